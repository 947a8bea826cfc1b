"""Two records of one human being: found by the ID number, joined by the security administrator.

The record with the ID number stands for both. Its account is the one to use; the other's is closed, or goes
over to it where it has none. Duties count under whichever record they were granted. The deeds are done in a
process of oversight; every other process then moves its own rows of the register by a chore.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from trainhub import ledger
from trainhub.governance.duties import duties_of
from trainhub.governance.following import violations_of_person
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.rooms import Room
from trainhub.people import persons
from trainhub.people.models import Account, Person
from trainhub.people.sign_in import end_all_sessions, hand_over_account, replace_account
from trainhub.separation import identity, relations
from trainhub.separation.decisions import Violation
from trainhub.separation.duties import Duty
from trainhub.separation.identity import person_standing_for, records_of
from trainhub.separation.models import SameOrganisation, SamePerson
from trainhub.separation.register import current
from trainhub.separation.stating import lock_for

SETTLED = "joined-records-settled"
SETTLES_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Joined:
    """What came of an identification (身份核对结果).

    Args:
        person: the record that stands for the human being.
        moved: how many rows of the register were written anew.
        violations: what stands against the person, now that it is known who they are.
    """

    person: Person
    moved: int
    violations: tuple[Violation, ...]


def give_id_number(person: Person, id_number: str, *, by: Person) -> Person:
    """Record a person's ID number.

    Returns:
        The person; or the other record of theirs, under which the number stands already: nothing is changed
            until the two are joined.

    Raises:
        Forbidden: the acting person does not administer security, or it is about themself.
        Invalid: the number is wrong.
        Conflict: another number is on record for this person, or the record was joined to another.
    """
    _require_authority([person], by)
    _require_standing(person)
    return persons.give_id_number(person, id_number, by=by)


def identify(person: Person, id_number: str, *, by: Person) -> Joined:
    """Record a person's ID number; if it stands under another record, join the two.

    Raises:
        Forbidden, Invalid, Conflict: as for giving a number and for joining.
    """
    other = give_id_number(person, id_number, by=by)
    if other.id != person.id:
        return join_records(person, other, by=by)
    return Joined(person, 0, tuple(violations_of_person(person.id)))


def rename(person: Person, name: str, *, by: Person) -> None:
    """Record the name that a person has now; neither the old nor the new one stands in the ledger.

    Raises:
        Forbidden: the acting person does not administer security, or it is about themself.
        Invalid: the name cannot be used.
        Conflict: the record was joined to another.
    """
    _require_authority([person], by)
    _require_standing(person)
    persons.rename_person(person, name, by=by)


def join_records(person: Person, other: Person, *, by: Person) -> Joined:
    """State that two records are of one human being; it is so, whatever stands against them afterwards.

    Args:
        person: one record.
        other: the other; it stands for both unless the first alone has an ID number.
        by: the security administrator.

    Raises:
        Forbidden: the acting person does not administer security, or it is about themself.
        Conflict: they are joined already, or both have an ID number: then they are two people.
    """
    _require_authority([person, other], by)
    root, gone = _ordered(_standing(person), _standing(other))
    lock_for([SamePerson(person_id=gone.id, other_id=root.id)])
    moved = relations.join_persons(gone, root, by=by, source="joined records")
    _leave_one_account(gone, root, by)
    end_all_sessions(root.id)
    violations = tuple(violations_of_person(root.id))
    ledger.append(
        "person.joined",
        by=by,
        side="core",
        person=gone.id,
        standing=root.id,
        rules=sorted({each.rule.id for each in violations}),
    )
    return Joined(root, moved, violations)


def namesakes(person: Person) -> list[Person]:
    """Return other records under the same name that may be of the same human being, at most twenty.

    Two ID numbers are two people, so that one of the two records has none.
    """
    joined = select(SamePerson.person_id).where(current(SamePerson))
    same = select(Person).where(
        Person.name == person.name, Person.id.not_in(records_of(person.id)), Person.id.not_in(joined)
    )
    if person.id_number_hash is not None:
        same = same.where(Person.id_number_hash.is_(None))
    return list(db.session.scalars(same.order_by(Person.created_at, Person.id).limit(20)))


def is_behind() -> bool:
    """Tell whether rows of this process still name a joined record; asked every few seconds.

    A look at the whole register takes its time where it is large. It is taken after each join until nothing
    is left and all acts that had begun before are over; then not again until the next join.
    """
    newest = tuple(_newest(model) for model in (SamePerson, SameOrganisation))
    if newest == (None, None) or current_app.extensions.get(SETTLED) == newest:
        return False
    if identity.is_behind():
        return True
    if all(moment is None or moment < clock.now() - SETTLES_AFTER for moment in newest):
        current_app.extensions[SETTLED] = newest
    return False


def _newest(model: type[SamePerson] | type[SameOrganisation]) -> datetime | None:
    return db.session.scalar(select(model.recorded_at).order_by(model.id.desc()).limit(1))


def follow_joined() -> int:
    """Write anew the rows of this process that still name a joined record; one process at a time."""
    lock("separation-identity", 0)
    return identity.follow()


def _standing(person: Person) -> Person:
    return persons.get_person(person_standing_for(person.id))


def _ordered(person: Person, other: Person) -> tuple[Person, Person]:
    """Return the record that stands for both, and the one that does not."""
    if person.id == other.id:
        raise Conflict(_("These are one record already."))
    if person.id_number_hash is not None and other.id_number_hash is not None:
        raise Conflict(_("Both have an ID number, and not the same: these are two people."))
    return (person, other) if person.id_number_hash is not None else (other, person)


def _leave_one_account(gone: Person, root: Person, by: Person) -> None:
    own = db.session.scalar(select(Account).where(Account.person_id == gone.id))
    stays = db.session.scalar(select(Account).where(Account.person_id == root.id))
    if own is not None and stays is None:
        hand_over_account(own, root, by=by)
    elif own is not None and stays is not None:
        replace_account(own, stays, by=by)


def _require_authority(about: list[Person], by: Person) -> None:
    if Duty.ADMINISTER_SECURITY not in duties_of(by):
        raise Forbidden(_l("Who is who is recorded by the security administrator."))
    for person_id in sorted(person.id for person in about):
        lock("person", person_id)
        if by.id in records_of(person_id):
            raise Forbidden(_l("Nobody changes their own record."))


def _require_standing(person: Person) -> None:
    if person_standing_for(person.id) != person.id:
        raise Conflict(_("This record was joined to another of the same person. Change that one."))


room = Room(name="identity", side="core", chores=(Chore("records of one person", is_behind, follow_joined),))
"""Without pages: the process of each side moves the rows that it alone may write."""
