"""What waits on paper: sittings with sheets to enter, and the sheets of one sitting with their states."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from trainhub.exams.delivery.models import Attempt, AttemptState
from trainhub.exams.delivery.models_on_paper import AnswerSheet, Kind, OnPaper, SheetState
from trainhub.exams.sittings import Candidate, CandidateState, Sitting, SittingState
from trainhub.kernel.db import db
from trainhub.people.models import Person
from trainhub.separation.identity import records_of

ABSENT, ENDED = "absent", "ended"
SHOWN = (SittingState.OPEN, SittingState.CLOSED, SittingState.MARKED, SittingState.PUBLISHED)


@dataclass(frozen=True)
class Line:
    """One candidate on paper as the list shows them: a ticket number and a seat, no name.

    Args:
        candidate: who.
        state: of the sheet; absent for who was not checked in, ended for who was sent out.
        readings: how many have entered it.
        missed: how many say that it is missing.
        is_mine: whether the reader has entered it.
        is_open: whether the reader may take it up.
    """

    candidate: Candidate
    state: str
    readings: int = 0
    missed: int = 0
    is_mine: bool = False
    is_open: bool = False


def sittings_on_paper(centres: Collection[int]) -> list[tuple[Sitting, int]]:
    """Return sittings of some centres with somebody on paper, and how many sheets are open, newest first."""
    wanted = (
        select(Sitting)
        .where(
            Sitting.organisation_id.in_(list(centres)),
            Sitting.state.in_(SHOWN),
            exists().where(Attempt.sitting_id == Sitting.id, Attempt.on_paper.is_(True)),
        )
        .order_by(Sitting.starts_at.desc(), Sitting.id.desc())
        .limit(50)
    )
    found = list(db.session.scalars(wanted))
    counted = db.session.execute(
        select(Attempt.sitting_id, func.count())
        .where(
            Attempt.sitting_id.in_([each.id for each in found]),
            Attempt.on_paper.is_(True),
            Attempt.state != AttemptState.HANDED_IN,
        )
        .group_by(Attempt.sitting_id)
    )
    number = {sitting_id: count for sitting_id, count in counted}
    return [(each, number.get(each.id, 0)) for each in found]


def lines_of(sitting: Sitting, *, by: Person) -> list[Line]:
    """Return the candidates of a sitting who sit on paper, in the order of their seats."""
    everybody = exists().where(
        OnPaper.sitting_id == sitting.id, OnPaper.lifted_at.is_(None), OnPaper.candidate_id.is_(None)
    )
    alone = exists().where(OnPaper.candidate_id == Candidate.id, OnPaper.lifted_at.is_(None))
    candidates = db.session.scalars(
        select(Candidate)
        .where(
            Candidate.sitting_id == sitting.id,
            Candidate.state == CandidateState.REGISTERED,
            everybody | alone,
        )
        .order_by(Candidate.sitting_room_id, Candidate.seat_number, Candidate.ticket_number)
    ).all()
    rows = db.session.scalars(
        select(Attempt)
        .where(Attempt.sitting_id == sitting.id, Attempt.on_paper.is_(True))
        .order_by(Attempt.round)
    )
    attempts = {each.candidate_id: each for each in rows}
    sheets = {
        sheet.attempt_id: sheet
        for sheet in db.session.scalars(
            select(AnswerSheet)
            .join(Attempt, Attempt.id == AnswerSheet.attempt_id)
            .where(Attempt.sitting_id == sitting.id)
        )
    }
    mine = records_of(by.id)
    return [_line(each, attempts.get(each.id), sheets, mine) for each in candidates]


def _line(
    candidate: Candidate, attempt: Attempt | None, sheets: dict[int, AnswerSheet], mine: Collection[str]
) -> Line:
    if attempt is None:
        return Line(candidate, ABSENT)
    sheet = sheets.get(attempt.id)
    if sheet is None:
        is_over = attempt.state == AttemptState.HANDED_IN
        return Line(candidate, ENDED if is_over else SheetState.WAITING, is_open=not is_over)
    is_mine = any(each.person_id in mine and each.kind != Kind.MISSING for each in sheet.entered())
    is_over = sheet.is_settled or attempt.state == AttemptState.HANDED_IN
    return Line(
        candidate,
        ENDED if is_over and not sheet.is_settled else sheet.state,
        readings=len(sheet.entered(Kind.READ)),
        missed=len(sheet.entered(Kind.MISSING)),
        is_mine=is_mine,
        is_open=not is_over and not is_mine,
    )
