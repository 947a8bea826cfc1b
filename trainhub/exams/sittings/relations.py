"""What sittings tell the separation register, and what they ask of it.

Everything that a rule needs to know of a sitting is stated here, in the transaction of the act: its place and
time, its paper, who is registered and for whom they work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trainhub import separation
from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.kernel import clock
from trainhub.people.models import Organisation, Person


def state_plan(sitting: Sitting, *, by: Person) -> None:
    """State (again) where and when a sitting is, how large, and for what.

    Raises:
        Refused: its staff may not be before its candidates at that time or place.
    """
    separation.relations.state_sitting(
        sitting.code,
        site=sitting.site.code,
        organisation=sitting.site.organisation,
        district=sitting.site.district,
        rooms=len(sitting.rooms),
        candidates=sum(room.seats for room in sitting.rooms),
        qualification=sitting.qualification,
        starts_at=sitting.starts_at,
        ends_at=sitting.ends_at,
        by=by,
    )


def state_seats(sitting: Sitting, taken: Mapping[int | None, int], *, by: Person) -> None:
    """State how many candidates sit in each room of a sitting.

    Args:
        sitting: which.
        taken: number of candidates by room of the sitting.
        by: who arranged.
    """
    rooms = {room.exam_room.code: taken.get(room.id, 0) for room in sitting.rooms}
    separation.relations.state_rooms(sitting.code, rooms, by=by)


def state_paper(sitting: Sitting, before: str | None, *, by: Person) -> None:
    """State which paper a sitting uses, after asking whether it may.

    Raises:
        Refused: somebody on duty there knows the paper.
    """
    if sitting.paper_code != before:
        separation.relations.state_uses(sitting.code, sitting.paper_code, instead_of=before, by=by)


def state_registrations(rows: Sequence[separation.Registered], *, by: Person) -> None:
    """State that many persons are registered, after asking whether they may.

    Raises:
        Refused: somebody on duty may not be before one of these candidates.
    """
    separation.relations.state_registered_many(rows, by=by)


def registration_of(
    person_id: str, sitting: Sitting, employer: Organisation | None, training_body: Organisation | None
) -> separation.Registered:
    """Return the row that a registration would add to the register, to ask the rules about it."""
    return separation.Registered(
        person_id=person_id,
        sitting_code=sitting.code,
        employer_code=None if employer is None else employer.code,
        training_body_code=None if training_body is None else training_body.code,
        starts_on=clock.today(),
        void=False,
    )


def withdraw_registration(candidate: Candidate, *, by: Person) -> None:
    """State that a person is registered no more."""
    separation.relations.withdraw_registered(candidate.person, candidate.sitting.code, by=by)


def require_separation(sitting: Sitting, *, by: Person) -> None:
    """Ask every rule of a sitting once more, count its staff, and state that it is opened.

    Raises:
        Refused: a rule is violated now.
    """
    separation.require_sitting(sitting.code, by=by)
    separation.relations.state_opened(sitting.code, by=by)


def separation_violations(sitting: Sitting) -> list[Any]:
    """Return the sentences of what violates a rule in a sitting now."""
    return [str(violation) for violation in separation.violations_of_sitting(sitting.code)]
