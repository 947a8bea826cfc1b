"""Whether an item became easier or harder between two sittings, beyond what the groups explain (项目漂移)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt
from statistics import median

TOO_FAR = 0.5
"""Logits by which an item may move beside the others. Half a logit is the customary limit of displacement
(Linacre, Winsteps manual, "Displacement measures")."""
SURE = 1.96
"""The shift is this many times its standard error, or it may be chance (95 %, two-sided)."""
FEWEST_COMMON = 3
"""With fewer common items nobody can tell a moved item from another group of candidates."""


@dataclass(frozen=True)
class Sat:
    """How one item went at one sitting: how many sat, and how much they reached of what was possible."""

    candidates: int
    reached: float

    @property
    def facility(self) -> float:
        """The share that was reached."""
        return self.reached / self.candidates


@dataclass(frozen=True)
class Shift:
    """How far an item moved beside the other common items, in logits; above 0 it became easier."""

    earlier: float
    later: float
    logits: float
    error: float

    @property
    def is_drift(self) -> bool:
        """Whether it moved farther than chance and custom allow."""
        return abs(self.logits) >= TOO_FAR and abs(self.logits) >= SURE * self.error


def shifts(earlier: Mapping[str, Sat], later: Mapping[str, Sat]) -> dict[str, Shift]:
    """Compare the items that two sittings have in common; nothing, unless there are at least three.

    The median of all shifts is taken off: by so much the one group is simply better than the other.
    """
    common = [
        name for name in later if name in earlier and min(earlier[name].candidates, later[name].candidates)
    ]
    if len(common) < FEWEST_COMMON:
        return {}
    raw = {name: _logit(later[name]) - _logit(earlier[name]) for name in common}
    group = median(raw.values())
    return {
        name: Shift(
            earlier[name].facility,
            later[name].facility,
            raw[name] - group,
            sqrt(_variance(earlier[name]) + _variance(later[name])),
        )
        for name in common
    }


def _logit(sat: Sat) -> float:
    return log((sat.reached + 0.5) / (sat.candidates - sat.reached + 0.5))


def _variance(sat: Sat) -> float:
    return 1 / (sat.reached + 0.5) + 1 / (sat.candidates - sat.reached + 0.5)
