"""Finding sittings and candidates for the pages that list them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from trainhub.exams.sittings.models import (
    Candidate,
    CandidateState,
    Eligibility,
    Sitting,
    SittingRoom,
    SittingState,
)
from trainhub.exams.sittings.registration import MAY_REGISTER
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def sittings_of(
    centres: Sequence[int], states: Collection[SittingState], last: SittingState | None = None
) -> Select[Sitting]:
    """Return the statement of the sittings of some centres in some states, those to come first.

    Args:
        centres: which.
        states: which.
        last: sittings in this state follow all others.
    """
    return (
        select(Sitting)
        .where(Sitting.organisation_id.in_(centres), Sitting.state.in_(states))
        .order_by(Sitting.state == last, Sitting.starts_at.desc(), Sitting.id)
    )


def open_to_registering(centres: Sequence[int]) -> list[Sitting]:
    """Return the sittings of some centres for which people can still be registered, the next one first."""
    statement = select(Sitting).where(
        Sitting.organisation_id.in_(centres),
        Sitting.state.in_(MAY_REGISTER),
        Sitting.starts_at > clock.now(),
    )
    return list(db.session.scalars(statement.order_by(Sitting.starts_at)))


def candidates_found(sitting: Sitting, words: str, *, only_pending: bool) -> Select[Candidate]:
    """Return the statement of a sitting's candidates in the order of their seats.

    Args:
        sitting: where.
        words: a name, a ticket number, or a part of an employer's name; empty for all.
        only_pending: only whose eligibility waits for evidence.
    """
    seat = joinedload(Candidate.room).joinedload(SittingRoom.exam_room)
    statement = (
        select(Candidate)
        .where(Candidate.sitting_id == sitting.id)
        .join(Candidate.person)
        .options(joinedload(Candidate.person), seat)
    )
    if words:
        found = (
            Person.name == words,
            Candidate.ticket_number == words,
            Candidate.employer_name.contains(words),
        )
        statement = statement.where(or_(*found))
    if only_pending:
        statement = statement.where(
            Candidate.eligibility == Eligibility.PENDING, Candidate.state == CandidateState.REGISTERED
        )
    order = (Candidate.state, Candidate.sitting_room_id, Candidate.seat_number, Candidate.ticket_number)
    return statement.order_by(*order)


def candidates_chosen(sitting: Sitting, codes: Sequence[str]) -> list[Candidate]:
    """Return the candidates of a sitting that have some codes."""
    statement = select(Candidate).where(Candidate.sitting_id == sitting.id, Candidate.code.in_(codes))
    return list(db.session.scalars(statement))


def holder_of_ticket(candidate_code: str, person: Person) -> Candidate:
    """Return the candidate of a ticket that a person may read: their own, or of a sitting they arrange.

    Raises:
        NotFound: there is none, or it is none of theirs.
    """
    statement = (
        select(Candidate)
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .where(
            Candidate.code == candidate_code,
            or_(
                Candidate.person_id == person.id,
                Sitting.organisation_id.in_(organisations_for(person, Duty.ARRANGE_SITTINGS)),
            ),
        )
    )
    candidate = db.session.scalar(statement)
    if candidate is None:
        raise NotFound(_l("There is no such ticket."))
    return candidate


def room_of_candidate(candidate_id: int) -> int | None:
    """Return the id of the room in which a candidate has a seat, or None."""
    return db.session.get_one(Candidate, candidate_id).sitting_room_id
