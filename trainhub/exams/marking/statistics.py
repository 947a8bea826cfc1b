"""What a sitting's results look like: how many passed, how marks are spread, which questions were hard."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from trainhub.exams.delivery.models import Attempt
from trainhub.exams.marking.models import Mark, Result, Standing
from trainhub.exams.sittings import Candidate, CandidateState, Sitting
from trainhub.kernel.db import db

BAND = 10
HARDEST = 10
AT_ONCE = 2000
"""Results whose marks, question by question, are summed while somebody waits for a page."""


@dataclass(frozen=True)
class Spread:
    """The results of a sitting in figures (成绩分布).

    Args:
        passed: number of results that passed.
        failed: number of those that did not.
        broken_off: number of those that do not count, because the exam was broken off.
        absent: number of candidates with a seat who were never let in.
        bands: number of results in each band of ten marks, from the lowest; each with its label.
        mean: mean of the marks, one decimal; None without results.
    """

    passed: int
    failed: int
    broken_off: int
    absent: int
    bands: tuple[tuple[str, int], ...]
    mean: float | None


def spread_of(sitting: Sitting) -> Spread:
    """Return the spread of a sitting's results; those voided by misconduct count as failed, but in no band.

    The database counts: how many rows it returns does not grow with the candidates.
    """
    same = (Result.marks, Result.passed, Result.standing)
    statement = select(*same, func.count()).where(Result.sitting_id == sitting.id).group_by(*same)
    rows = db.session.execute(statement).all()
    marks: Counter[int] = Counter()
    for each, _passed, standing, number in rows:
        if standing == Standing.COUNTED:
            marks[each] += number
    bands = [sum(marks[each] for each in marks if min(each, 99) // BAND == place) for place in range(BAND)]
    labels = [f"{low}–{low + BAND - 1 if low < 90 else 100}" for low in range(0, 100, BAND)]
    passed = sum(number for _marks, is_passed, _standing, number in rows if is_passed)
    broken_off = sum(number for *_same, standing, number in rows if standing == Standing.BROKEN_OFF)
    return Spread(
        passed,
        sum(number for *_same, number in rows) - passed - broken_off,
        broken_off,
        _absent(sitting),
        tuple(zip(labels, bands, strict=True)),
        round(sum(each * number for each, number in marks.items()) / marks.total(), 1) if marks else None,
    )


def _absent(sitting: Sitting) -> int:
    statement = select(func.count(Candidate.id)).where(
        Candidate.sitting_id == sitting.id,
        Candidate.state == CandidateState.REGISTERED,
        Candidate.seat_number.is_not(None),
        ~exists().where(Attempt.candidate_id == Candidate.id),
    )
    return db.session.scalar(statement) or 0


@dataclass(frozen=True)
class Facility:
    """How many of those who answered a question got it right (难度): per cent."""

    number: int
    item_code: str
    percent: int


def hardest_questions(sitting: Sitting) -> list[Facility]:
    """Return the questions of a sitting with the lowest share of right answers, the hardest first.

    Of a large sitting nothing: its questions stand on its page of statistics, counted in the background.
    """
    counted = select(func.count(Result.id)).where(Result.sitting_id == sitting.id)
    if (db.session.scalar(counted) or 0) > AT_ONCE:
        return []
    right = func.sum(Mark.given) * 100 / func.sum(Mark.possible)
    statement = (
        select(Mark.number, Mark.item_code, right)
        .join(Result, Result.id == Mark.result_id)
        .where(Result.sitting_id == sitting.id, Result.standing == Standing.COUNTED)
        .group_by(Mark.number, Mark.item_code)
        .order_by(right, Mark.number)
        .limit(HARDEST)
    )
    return [Facility(number, code, int(percent)) for number, code, percent in db.session.execute(statement)]
