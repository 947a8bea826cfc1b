"""What a person sees of their own examinations: coming ones with ticket, past ones with result."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainhub.exams.delivery import Halt, HaltKind, halts_of
from trainhub.exams.marking.models import Result, ResultState
from trainhub.exams.sittings import Candidate, CandidateState, SittingState, tickets_of_person
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.people.models import Person


def own_results(person: Person) -> list[Result]:
    """Return a person's published results, the newest first."""
    statement = (
        select(Result)
        .options(joinedload(Result.sitting))
        .where(Result.person_id == person.id, Result.state == ResultState.PUBLISHED)
        .order_by(Result.published_at.desc())
    )
    return list(db.session.scalars(statement))


def coming(person: Person) -> list[Candidate]:
    """Return a person's registrations for sittings that are not over, the nearest first.

    One that was broken off may go on another day: it stays until it is closed.
    """
    return [
        candidate
        for candidate in reversed(tickets_of_person(person))
        if candidate.state == CandidateState.REGISTERED
        and (candidate.sitting.ends_at > clock.now() or _suspensions(candidate))
        and candidate.sitting.state in (SittingState.PLANNED, SittingState.ARRANGED, SittingState.OPEN)
    ]


def broken_off(candidate: Candidate) -> Halt | None:
    """Return the suspension by which a candidate's sitting, or their room, stands still now."""
    return next((each for each in _suspensions(candidate) if each.ended_at is None), None)


def _suspensions(candidate: Candidate) -> list[Halt]:
    if candidate.sitting.state != SittingState.OPEN:
        return []
    places = (None, candidate.sitting_room_id)
    halts = halts_of(candidate.sitting)
    return [each for each in halts if each.kind == HaltKind.SUSPENSION and each.sitting_room_id in places]


def awaiting_result(person: Person) -> list[Candidate]:
    """Return a person's registrations of past sittings whose results are not out, the newest first."""
    known = {result.candidate_id for result in own_results(person)}
    return [
        candidate
        for candidate in tickets_of_person(person)
        if candidate.state == CandidateState.REGISTERED
        and candidate.sitting.state in (SittingState.CLOSED, SittingState.MARKED, SittingState.PUBLISHED)
        and candidate.id not in known
    ]
