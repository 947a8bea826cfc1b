"""Stating what the examination side does: sittings, staff, marks, certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.kernel.rewrapping import lots
from trainhub.people.models import Organisation, Person
from trainhub.separation import models
from trainhub.separation.duties import Duty
from trainhub.separation.identity import name_roots
from trainhub.separation.models import (
    Appointed,
    Opened,
    Registered,
    Relation,
    RoomRelation,
    SittingRelation,
    Uses,
)
from trainhub.separation.register import current
from trainhub.separation.stating import (
    code_of,
    copy_of,
    id_of,
    once,
    standing,
    state,
    withdraw,
)


def state_sitting(
    sitting_code: str,
    *,
    site: str,
    organisation: Organisation | str,
    district: str,
    rooms: int,
    candidates: int,
    qualification: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Person | None,
    source: str = "plan",
) -> None:
    """State where and when a sitting is; stated again, it replaces what was planned before.

    Args:
        site: code of the site.
        organisation: which runs the site.
    """
    before = standing(SittingRelation, sitting_code=sitting_code)
    day = clock.local_day(starts_at)
    row = SittingRelation(
        sitting_code=sitting_code,
        site_code=site,
        organisation_code=code_of(organisation),
        district=district,
        rooms=rooms,
        candidates=candidates,
        qualification=qualification,
        starts_at=starts_at,
        ends_at=ends_at,
        starts_on=day,
        ends_on=day,
        supersedes_id=before[-1].id if before else None,
    )
    state(row, by=by, source=source)


def _require_sitting(sitting_code: str) -> None:
    if not standing(SittingRelation, sitting_code=sitting_code):
        raise NotFound(_l("There is no such sitting."))


def state_registered(
    person: Person | str,
    sitting_code: str,
    *,
    employer: Organisation | str | None = None,
    training_body: Organisation | str | None = None,
    by: Person | None,
    source: str = "registration",
) -> None:
    """State that a person is registered for a sitting, and who sent and trained them as far as known;
    stated again, it replaces what was stated before.

    Raises:
        NotFound: the sitting was not stated.
        Refused: a rule forbids it.
    """
    row = Registered(
        person_id=id_of(person),
        sitting_code=sitting_code,
        employer_code=None if employer is None else code_of(employer),
        training_body_code=None if training_body is None else code_of(training_body),
    )
    state_registered_many([row], by=by, source=source)


def state_registered_many(
    rows: Sequence[Registered], *, by: Person | None, source: str = "registration"
) -> None:
    """State many registrations, as ``state_registered`` does for one; the rules are asked once for each lot.

    Args:
        rows: of different persons or sittings, not yet in the session.
        by: who states.
        source: what they rest on.

    Raises:
        NotFound: a sitting was not stated.
        Refused: a rule forbids one of them.
    """
    for sitting_code in sorted({row.sitting_code for row in rows}):
        _require_sitting(sitting_code)
    name_roots(rows)
    for lot in lots(rows):
        named = Registered.person_id.in_({row.person_id for row in lot})
        there = Registered.sitting_code.in_({row.sitting_code for row in lot})
        found = select(Registered).where(current(Registered), named, there).order_by(Registered.id)
        before = {(each.person_id, each.sitting_code): each.id for each in db.session.scalars(found)}
        for row in lot:
            row.supersedes_id = before.get((row.person_id, row.sitting_code))
        # Written before the next lot is asked about, which sees it.
        state(*lot, by=by, source=source)


def withdraw_registered(
    person: Person | str, sitting_code: str, *, by: Person | None, source: str = "registration withdrawn"
) -> int:
    """State that a person is registered no more."""
    return withdraw(Registered, person_id=id_of(person), sitting_code=sitting_code, by=by, source=source)


def state_appointed(
    person: Person | str,
    sitting_code: str,
    duty: Duty | str,
    *,
    room: str | None = None,
    by: Person | None,
    source: str = "appointment",
) -> None:
    """State that a person is appointed to a sitting for a duty, in a room of it or wherever needed.

    Raises:
        NotFound: the sitting was not stated.
        Refused: a rule forbids it.
    """
    _require_sitting(sitting_code)
    row = Appointed(person_id=id_of(person), sitting_code=sitting_code, duty=str(duty), room_code=room)
    state(row, by=by, source=source)


def withdraw_appointed(
    person: Person | str, sitting_code: str, duty: Duty | str, *, by: Person | None, source: str = "withdrawn"
) -> int:
    """State that a person is not appointed after all."""
    facts = {"person_id": id_of(person), "sitting_code": sitting_code, "duty": str(duty)}
    return withdraw(Appointed, by=by, source=source, **facts)


def state_uses(
    sitting_code: str,
    paper_code: str | None,
    *,
    instead_of: str | None = None,
    also: bool = False,
    by: Person | None,
    source: str = "plan",
) -> None:
    """State which paper a sitting uses, in place of the one before; None takes it away.

    Args:
        sitting_code: which sitting.
        paper_code: which paper.
        instead_of: the paper that it takes the place of, where the sitting has a reserve as well.
        also: it is a reserve, used beside the first.
        by: who decided.
        source: of the statement.
    """
    before = [
        row for row in standing(Uses, sitting_code=sitting_code) if instead_of in (None, row.paper_code)
    ]
    if also:
        state(Uses(sitting_code=sitting_code, paper_code=paper_code), by=by, source=source)
    elif paper_code is None:
        withdraw(Uses, sitting_code=sitting_code, by=by, source=source)
    elif before:
        state(copy_of(before[-1], paper_code=paper_code, starts_on=clock.today()), by=by, source=source)
    else:
        state(Uses(sitting_code=sitting_code, paper_code=paper_code), by=by, source=source)


def state_rooms(
    sitting_code: str, candidates: Mapping[str, int], *, by: Person | None, source: str = "seating"
) -> None:
    """State the rooms of a sitting by code, and how many sit in each, in place of those before."""
    before = {row.room_code: row for row in standing(RoomRelation, sitting_code=sitting_code)}
    for code in before.keys() - candidates.keys():
        withdraw(RoomRelation, sitting_code=sitting_code, room_code=code, by=by, source=source)
    rows: list[Relation] = []
    for code, number in candidates.items():
        known = before.get(code)
        if known is None:
            rows.append(RoomRelation(sitting_code=sitting_code, room_code=code, candidates=number))
        elif known.candidates != number:
            rows.append(copy_of(known, candidates=number))
    if rows:
        state(*rows, by=by, source=source)


def withdraw_opened(sitting_code: str, *, by: Person | None, source: str) -> int:
    """State that a sitting is not open after all."""
    return withdraw(Opened, sitting_code=sitting_code, by=by, source=source)


def state_corrected(
    person: Person | str, sitting_code: str, correction: str, *, by: Person | None, source: str = "marking"
) -> None:
    """State that a person proposed to change a mark."""
    facts = {"person_id": id_of(person), "sitting_code": sitting_code, "result_code": correction}
    once(models.Corrected, by, source, **facts)


def state_confirmed(
    person: Person | str, sitting_code: str, correction: str, *, by: Person | None, source: str = "marking"
) -> None:
    """State that a person approved the change of a mark.

    Raises:
        Refused: they proposed it.
    """
    facts = {"person_id": id_of(person), "sitting_code": sitting_code, "result_code": correction}
    once(models.Confirmed, by, source, **facts)


def state_opened(sitting_code: str, *, by: Person | None, source: str = "opening") -> None:
    """State that a sitting is opened, after counting its staff.

    Raises:
        Refused: there are too few.
    """
    _require_sitting(sitting_code)
    if not standing(Opened, sitting_code=sitting_code):
        state(Opened(sitting_code=sitting_code), by=by, source=source)


def state_marked(
    person: Person | str, sitting_code: str, *, by: Person | None, source: str = "marking"
) -> None:
    """State that a person marked a sitting."""
    once(models.Marked, by, source, person_id=id_of(person), sitting_code=sitting_code)


def state_judged(*rows: models.Judged, by: Person | None, source: str = "marking") -> None:
    """State whose responses are whose to mark, many at once.

    Raises:
        Refused: a rule keeps one of them from marking the candidate, or they had the response already.
    """
    if rows:
        state(*rows, by=by, source=source)


def withdraw_judged(
    person: Person | str, response_code: str, *, by: Person | None, source: str = "released"
) -> int:
    """State that a response is somebody's to mark no more, because it was taken from them unmarked."""
    facts = {"person_id": id_of(person), "response_code": response_code}
    return withdraw(models.Judged, by=by, source=source, **facts)


def state_published(
    person: Person | str, sitting_code: str, *, by: Person | None, source: str = "publication"
) -> None:
    """State that a person published the results of a sitting."""
    once(models.Published, by, source, person_id=id_of(person), sitting_code=sitting_code)


def state_issued(
    person: Person | str, sitting_code: str, *, by: Person | None, source: str = "certificates"
) -> None:
    """State that a person issued certificates for the results of a sitting."""
    once(models.Issued, by, source, person_id=id_of(person), sitting_code=sitting_code)
