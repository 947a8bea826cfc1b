"""Days on which staff cannot come: entered by the staffing officer, known to the examination side alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainhub import ledger
from trainhub.exams.staffing.models import AbsenceKind, StaffAbsence, StaffMember
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Organisation, Person

_LOT = 500


def enter_absence(
    person: Person,
    starts_on: date,
    ends_on: date,
    kind: AbsenceKind,
    *,
    centre: Organisation,
    by: Person,
) -> StaffAbsence:
    """Enter the days on which somebody of a centre's register cannot come.

    The reason is a word of a short list; it stays in the table and does not go into the ledger.

    Raises:
        Invalid: the period ends before it begins, or is over already.
        NotFound: the person does not stand in the centre's register.
        Conflict: the days are entered already.
    """
    lock("person", person.id)
    if ends_on < starts_on:
        raise Invalid(_("The period ends before it begins."))
    if ends_on < clock.today():
        raise Invalid(_("The period is over already: nothing is planned for it."))
    wanted = select(StaffMember.id).where(
        StaffMember.centre_id == centre.id, StaffMember.person_id == person.id
    )
    if db.session.scalar(wanted.limit(1)) is None:
        raise NotFound(_l("There is no such person in the register."))
    if any(row.starts_on <= starts_on and ends_on <= row.ends_on for row in _standing([person.id])):
        raise Conflict(_("These days are entered already."))
    row = StaffAbsence(
        centre_id=centre.id,
        person_id=person.id,
        starts_on=starts_on,
        ends_on=ends_on,
        kind=AbsenceKind(kind),
        entered_by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    _record("staff.absence_entered", row, by)
    return row


def withdraw_absence(row: StaffAbsence, *, by: Person) -> None:
    """Take the entry back: the person can come after all.

    Raises:
        Conflict: it was taken back before.
    """
    lock("person", row.person_id)
    db.session.refresh(row)
    if row.withdrawn_at is not None:
        raise Conflict(_("This entry was taken back before."))
    row.withdrawn_at, row.withdrawn_by_id = clock.now(), by.id
    db.session.flush()
    _record("staff.absence_withdrawn", row, by)


def _record(kind: str, row: StaffAbsence, by: Person) -> None:
    ledger.append(
        kind, by=by, side="exam", person=row.person_id, starts_on=row.starts_on, ends_on=row.ends_on
    )


def get_absence(code: str, *, centres: Sequence[int]) -> StaffAbsence:
    """Return an entry of own centres by code.

    Raises:
        NotFound: there is none, or it is another centre's.
    """
    wanted = select(StaffAbsence).where(StaffAbsence.code == code, StaffAbsence.centre_id.in_(centres))
    row = db.session.scalar(wanted)
    if row is None:
        raise NotFound(_l("There is no such absence on record."))
    return row


def absences_of(centres: Sequence[int]) -> list[StaffAbsence]:
    """Return what some centres entered that is not over and stands, by first day."""
    statement = (
        select(StaffAbsence)
        .options(joinedload(StaffAbsence.person))
        .where(
            StaffAbsence.centre_id.in_(centres),
            StaffAbsence.withdrawn_at.is_(None),
            StaffAbsence.ends_on >= clock.today(),
        )
        .order_by(StaffAbsence.starts_on, StaffAbsence.id)
    )
    return list(db.session.scalars(statement))


def away_periods(person_ids: Iterable[str]) -> dict[str, list[tuple[datetime, datetime]]]:
    """Return when persons cannot come, as moments, whichever centre entered it."""
    found: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in _standing(person_ids):
        found[row.person_id].append(whole_days(row.starts_on, row.ends_on))
    return found


def absent_on(person_ids: Iterable[str], starts_at: datetime, ends_at: datetime) -> set[str]:
    """Return which of some persons cannot come between two moments, whichever centre entered it."""
    return {
        person_id
        for person_id, periods in away_periods(person_ids).items()
        if any(begin < ends_at and starts_at < end for begin, end in periods)
    }


def whole_days(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the moment at which the first of some days begins and the one at which the last ends."""
    midnight = datetime.combine
    return (
        clock.from_local(midnight(first, time())),
        clock.from_local(midnight(last + timedelta(days=1), time())),
    )


def _standing(person_ids: Iterable[str]) -> list[StaffAbsence]:
    wanted = sorted(set(person_ids))
    rows: list[StaffAbsence] = []
    for start in range(0, len(wanted), _LOT):
        lot = select(StaffAbsence).where(
            StaffAbsence.person_id.in_(wanted[start : start + _LOT]), StaffAbsence.withdrawn_at.is_(None)
        )
        rows += db.session.scalars(lot)
    return rows
