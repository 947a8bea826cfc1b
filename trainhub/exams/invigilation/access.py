"""Whose desk it is: a person sees the sittings they are appointed to, and nothing of any other."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from trainhub.exams.sittings import Candidate, CandidateState, Sitting, candidate_by_check_in, get_sitting
from trainhub.exams.staffing import appointments_of, people_in_charge, sittings_on_duty
from trainhub.governance.duties import organisations_for
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

OF_THE_CENTRE = (Duty.ARRANGE_SITTINGS, Duty.ASSIGN_STAFF)
"""Duties that see all rooms of their exam centre."""


def duties_in(sitting: Sitting, person: Person) -> frozenset[str]:
    """Return the duties for which a person is appointed to a sitting."""
    return frozenset(str(row.duty) for row in appointments_of(sitting) if row.person_id == person.id)


def rooms_of(sitting: Sitting, person: Person, *duties: Duty) -> frozenset[int] | None:
    """Return the rooms of a sitting for which a person is appointed; None where it is for all of them.

    Who is appointed to nothing has no room.
    """
    mine = [each for each in appointments_of(sitting) if each.person_id == person.id and each.duty in duties]
    rooms = frozenset(each.sitting_room_id for each in mine if each.sitting_room_id is not None)
    return None if len(rooms) < len({each.sitting_room_id for each in mine}) else rooms


def is_in_charge(sitting: Sitting, person: Person) -> bool:
    """Tell whether a person may act for a whole sitting (主考): invigilates all of its rooms."""
    return any(each.id == person.id for each in people_in_charge(sitting))


def own_sittings(person: Person) -> list[Sitting]:
    """Return the sittings on which a person is on duty, in the order of time."""
    return sittings_on_duty(person)


def sitting_of(code: str, person: Person, *duties: Duty) -> Sitting:
    """Return a sitting on which a person is appointed for one of some duties.

    Raises:
        NotFound: there is none, or it is not theirs: the two are never told apart.
    """
    sitting = get_sitting(code)
    if duties_in(sitting, person) & set(duties):
        return sitting
    raise NotFound(_l("There is no such sitting."))


def watched_sitting(code: str, person: Person) -> tuple[Sitting, frozenset[int] | None]:
    """Return a sitting that a person may look at, with the rooms they see of it; None means all of them.

    Its invigilators see the rooms they are appointed to, its inspectors and its exam centre all.

    Raises:
        NotFound: there is none, or it is not theirs to see.
    """
    sitting = get_sitting(code)
    mine = duties_in(sitting, person)
    if Duty.INSPECT in mine:
        return sitting, None
    if Duty.INVIGILATE in mine:
        return sitting, rooms_of(sitting, person, Duty.INVIGILATE)
    if any(sitting.organisation_id in organisations_for(person, duty) for duty in OF_THE_CENTRE):
        return sitting, None
    raise NotFound(_l("There is no such sitting."))


def candidate_of(sitting: Sitting, candidate_code: str, rooms: frozenset[int] | None = None) -> Candidate:
    """Return a candidate of this sitting, or of some of its rooms, by the code in the address.

    Raises:
        NotFound: there is none here.
    """
    wanted = select(Candidate).where(Candidate.sitting_id == sitting.id, Candidate.code == candidate_code)
    if rooms is not None:
        wanted = wanted.where(Candidate.sitting_room_id.in_(rooms))
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(_l("There is no such candidate in this sitting."))
    return found


def own_candidate(sitting: Sitting, candidate_code: str, person: Person) -> Candidate:
    """Return a candidate of the rooms that a person invigilates, by the code in the address.

    Raises:
        NotFound: there is none there.
    """
    return candidate_of(sitting, candidate_code, rooms_of(sitting, person, Duty.INVIGILATE))


def candidates_by(
    sitting: Sitting, codes: Collection[str], rooms: frozenset[int] | None = None
) -> list[Candidate]:
    """Return candidates of this sitting, or of some of its rooms, by their codes, in the order of seats.

    Raises:
        NotFound: one of them is not here; then nothing is done for any.
    """
    wanted = select(Candidate).where(Candidate.sitting_id == sitting.id, Candidate.code.in_(codes))
    if rooms is not None:
        wanted = wanted.where(Candidate.sitting_room_id.in_(rooms))
    found = list(db.session.scalars(wanted.order_by(Candidate.sitting_room_id, Candidate.seat_number)))
    if len(found) != len(set(codes)):
        raise NotFound(_l("There is no such candidate in this sitting."))
    return found


def find_candidate(sitting: Sitting, scanned: str) -> Candidate | None:
    """Return the candidate of this sitting whose ticket was scanned or typed, or None.

    Args:
        sitting: of the desk.
        scanned: content of the QR code, or the ticket number.
    """
    found = candidate_by_check_in(scanned)
    if found is None or found.sitting_id != sitting.id or found.state != CandidateState.REGISTERED:
        return None
    return found
