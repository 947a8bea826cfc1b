"""What the options of a question attract: how many, and whom (干扰项分析)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainhub.exams.bank.statistics.classical import correlation
from trainhub.exams.bank.statistics.responses import Numbers, Options

GROUPS = 5
"""Into how many groups candidates are divided, from the weakest to the strongest."""


@dataclass(frozen=True)
class OptionFigures:
    """One option in figures.

    Args:
        is_key: whether it is right, or a part of what is right.
        count: how many chose it.
        share: which share of all candidates that is.
        point_biserial: correlation of choosing it with the total.
        point_biserial_rest: the same with the total of the other questions.
        by_group: share that chose it in each group, from the weakest; None for a group without anybody.
    """

    is_key: bool
    count: int
    share: float | None
    point_biserial: float | None
    point_biserial_rest: float | None
    by_group: tuple[float | None, ...]


def option_figures(options: Options, total: Numbers, own: Numbers) -> dict[str, OptionFigures]:
    """Return the figures of every option of a question, offered or written, in order.

    Args:
        options: what was chosen.
        total: of each candidate.
        own: what the question itself gave each of them.
    """
    seen = set().union(*options.chosen) if options.chosen else set()
    groups = score_groups(total - own)
    names = sorted({*options.key, *options.offered, *seen})
    # Few choices are made by many: each is looked into once.
    choices = {each: number for number, each in enumerate(dict.fromkeys(options.chosen))}
    made = np.array([choices[each] for each in options.chosen], dtype=np.int64)
    found = {}
    for name in names:
        took = np.array([name in each for each in choices], dtype=np.float64)[made]
        found[name] = _one(name, took, options, total, own, groups)
    return found


def _one(
    name: str, took: Numbers, options: Options, total: Numbers, own: Numbers, groups: Numbers
) -> OptionFigures:
    return OptionFigures(
        is_key=name in options.key,
        count=int(took.sum()),
        share=float(took.mean()) if len(took) else None,
        point_biserial=correlation(took, total),
        point_biserial_rest=correlation(took, total - own),
        by_group=tuple(_mean(took[groups == group]) for group in range(GROUPS)),
    )


def _mean(values: Numbers) -> float | None:
    return float(values.mean()) if len(values) else None


def score_groups(total: Numbers) -> Numbers:
    """Return the group of each candidate, from 0 for the weakest fifth; equal totals are in one group."""
    if not len(total):
        return total
    rounded = np.round(total, 9)
    values, places, counts = np.unique(rounded, return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / len(total)
    groups: Numbers = np.minimum(np.floor(middle * GROUPS), GROUPS - 1)[places].astype(np.float64)
    return groups
