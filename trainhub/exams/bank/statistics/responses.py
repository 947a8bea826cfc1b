"""What a group of candidates answered: a matrix of marks, and beside it what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Choice = frozenset[str]


class Missing(StrEnum):
    """What is made of a question that somebody did not answer."""

    WRONG = "wrong"
    COMPLETE = "complete"


@dataclass(frozen=True)
class Options:
    """What was chosen at one question (选项).

    Args:
        key: the right options.
        offered: every option that the question has, as far as known.
        chosen: what each candidate chose; nothing is unanswered.
    """

    key: Choice
    offered: tuple[str, ...]
    chosen: tuple[Choice, ...]


@dataclass(frozen=True)
class Responses:
    """A matrix of responses (作答矩阵).

    Args:
        items: names of the questions.
        marks: a row a candidate, a column a question: the share of its marks that was reached, from 0 to 1;
            not a number where nothing was answered.
        options: what was chosen, question by question; None where only marks are known.
        weights: the marks that each question can give; 1 for all unless said.
        left_out: how many rows were not taken in, because they hold no answer at all.
        assumed: questions whose marks nobody said: the highest that anybody reached stands for them.
    """

    items: tuple[str, ...]
    marks: Numbers
    options: tuple[Options | None, ...] = field(default=())
    weights: tuple[float, ...] = field(default=())
    left_out: int = 0
    assumed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.options:
            object.__setattr__(self, "options", (None,) * len(self.items))
        if not self.weights:
            object.__setattr__(self, "weights", (1.0,) * len(self.items))

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Where something was answered."""
        return ~np.isnan(self.marks)

    def counted(self, missing: Missing) -> Responses:
        """Return the rows that count: all of them, or those in which every question is answered."""
        if missing is Missing.WRONG:
            return self
        rows = np.flatnonzero(self.answered.all(axis=1))
        return replace(
            self,
            marks=self.marks[rows],
            options=tuple(None if each is None else _some(each, rows.tolist()) for each in self.options),
        )

    def shares(self) -> Numbers:
        """Return the share of each question that was reached; nothing for what was not answered."""
        return np.nan_to_num(self.marks, nan=0.0)

    def scored(self) -> Numbers:
        """Return the marks; nothing for what was not answered, as an examination marks it.

        A share of marks times these marks is the mark that was written, but for the last digits of a float.
        """
        scored: Numbers = np.round(self.shares() * np.array(self.weights), 12)
        return scored


def _some(options: Options, rows: Sequence[int]) -> Options:
    return Options(options.key, options.offered, tuple(options.chosen[row] for row in rows))
