"""How far assessors agree (评阅一致性): by assessor and by question, from what they entered alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from trainhub.exams.marking.agreeing import is_far_apart
from trainhub.exams.marking.models_judging import FIRST, SECOND, THIRD, JudgementState, WrittenResponse


@dataclass
class Agreement:
    """How markings of the same responses compare.

    Args:
        pairs: responses that two marked independently.
        equal: of which both gave the same.
        near: of which they were no further apart than the limit.
        apart: how far apart they were in all, in per cent of the points of each rubric.
        above: how much an assessor gave above the other, in all, likewise; of a question always 0.
        marked: responses marked, and still to be marked, by an assessor.
    """

    pairs: int = 0
    equal: int = 0
    near: int = 0
    apart: float = 0.0
    above: float = 0.0
    marked: int = 0
    to_mark: int = 0
    thirds: int = 0
    names: list[str] = field(default_factory=list)

    @property
    def mean_apart(self) -> float | None:
        """Mean distance of two markings in per cent of the points."""
        return self.apart / self.pairs if self.pairs else None

    @property
    def mean_above(self) -> float | None:
        """How much more an assessor gave than whoever marked the same, on average; below zero: less."""
        return self.above / self.pairs if self.pairs else None

    @property
    def equal_percent(self) -> int | None:
        """Of a hundred responses, to how many both gave the same."""
        return round(100 * self.equal / self.pairs) if self.pairs else None

    @property
    def near_percent(self) -> int | None:
        """Of a hundred responses, on how many both agreed within the limit."""
        return round(100 * self.near / self.pairs) if self.pairs else None

    def add(self, one: int, other: int, points: int, limit: int) -> None:
        """Count one response that two marked."""
        self.pairs += 1
        self.equal += one == other
        self.near += not is_far_apart(one, other, points, limit)
        self.apart += 100 * abs(one - other) / points
        self.above += 100 * (one - other) / points


def by_question(
    responses: Iterable[WrittenResponse], limit: int, changed: Collection[int] = ()
) -> dict[tuple[int, str], Agreement]:
    """Return how far assessors agree on each question, by number and item.

    Args:
        responses: with their judgements.
        limit: how far apart two may be, in per cent of the points.
        changed: ids of responses that say something else since they were given out: they wait to be marked.
    """
    found: dict[tuple[int, str], Agreement] = defaultdict(Agreement)
    for row in responses:
        agreement = found[row.number, row.item_code]
        is_settled = row.twice_points is not None and row.id not in changed
        agreement.marked += is_settled
        agreement.to_mark += not is_settled
        agreement.thirds += any(
            each.turn == THIRD and each.state != JudgementState.RELEASED for each in row.judgements
        )
        given = {each.turn: each.total or 0 for each in row.entered()}
        if FIRST in given and SECOND in given:
            agreement.add(given[FIRST], given[SECOND], row.points, limit)
            agreement.above = 0.0
    return dict(sorted(found.items()))


def by_assessor(responses: Iterable[WrittenResponse], limit: int) -> dict[str, Agreement]:
    """Return by the assessor's id how far each agrees with whoever marked the same first or second."""
    found: dict[str, Agreement] = defaultdict(Agreement)
    for row in responses:
        for each in row.judgements:
            if each.state != JudgementState.RELEASED:
                own = found[each.assessor_id]
                own.names = [each.assessor.name]
                own.marked += each.state == JudgementState.ENTERED
                own.to_mark += each.state == JudgementState.ALLOTTED
        given = {each.turn: each for each in row.entered()}
        if FIRST in given and SECOND in given:
            for one, other in ((FIRST, SECOND), (SECOND, FIRST)):
                mine, theirs = given[one], given[other]
                found[mine.assessor_id].add(mine.total or 0, theirs.total or 0, row.points, limit)
    return dict(sorted(found.items(), key=lambda each: each[1].names))
