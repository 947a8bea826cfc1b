"""What a calibrated item tells: its characteristic curve, its information, and what was observed beside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainhub.exams.bank.statistics.responses import Numbers


@dataclass(frozen=True)
class Parameters:
    """Where an item lies and how sharply it separates (项目参数), for abilities of mean 0 and deviation 1.

    Args:
        difficulty: the ability at which half of the candidates get it right (b).
        discrimination: slope of its curve there, times four (a).
        difficulty_error: standard error of the difficulty.
        discrimination_error: standard error of the discrimination.
    """

    difficulty: float
    discrimination: float
    difficulty_error: float | None = None
    discrimination_error: float | None = None


@dataclass(frozen=True)
class Observed:
    """Candidates of about one ability, and which share of them got an item right."""

    ability: float
    share: float
    weight: float


def characteristic(item: Parameters, abilities: Numbers) -> Numbers:
    """Return the probability of a right answer at each ability (项目特征曲线)."""
    return _logistic(item.discrimination * (abilities - item.difficulty))


def _logistic(values: Numbers) -> Numbers:
    result: Numbers = 0.5 * (1 + np.tanh(values / 2))
    return result


def information(item: Parameters, abilities: Numbers) -> Numbers:
    """Return how much an item tells at each ability (信息函数)."""
    right = characteristic(item, abilities)
    return item.discrimination**2 * right * (1 - right)


def whole_information(items: list[Parameters], abilities: Numbers) -> Numbers:
    """Return how much all items together tell at each ability."""
    return sum((information(each, abilities) for each in items), np.zeros_like(abilities))


def expected_share(items: list[Parameters], abilities: Numbers) -> Numbers:
    """Return the share of items that somebody of each ability gets right (测验特征曲线)."""
    curves = sum((characteristic(each, abilities) for each in items), np.zeros_like(abilities))
    return curves / max(1, len(items))


def observed_points(
    posterior: Numbers, nodes: Numbers, right: Numbers, *, width: float = 0.5
) -> list[Observed]:
    """Return what was observed of an item, band of ability by band.

    Args:
        posterior: a row a candidate: how likely each ability is for them.
        nodes: these abilities.
        right: 1 for each candidate who got the item right.
        width: of a band.
    """
    bands = np.round(nodes / width)
    points = []
    for band in np.unique(bands):
        weight = posterior[:, bands == band]
        mass = float(weight.sum())
        if mass >= 1:
            ability = float((weight @ nodes[bands == band]).sum() / mass)
            points.append(Observed(ability, float(weight.sum(axis=1) @ right / mass), mass))
    return points
