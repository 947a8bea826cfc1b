"""Declarations of exam staff (回避申报): whom somebody must not judge, said by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trainhub.kernel.db import lock
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _
from trainhub.people.id_numbers import parse_id_number
from trainhub.people.models import Person
from trainhub.people.persons import get_person, id_number_of, person_by_id_number, record_person
from trainhub.separation.declaring import declare
from trainhub.separation.identity import records_of
from trainhub.separation.models import Related
from trainhub.separation.stating import standing


@dataclass(frozen=True)
class Declaration:
    """Somebody whom a member of the staff is close to (回避对象).

    Args:
        other: who; their name is not shown: only who knows it already should have it.
        id_number: as it was declared.
        declared_on: since when the rules know.
    """

    other: Person
    id_number: str
    declared_on: date


def declare_close(name: str, id_number: str, *, by: Person) -> None:
    """Declare that one is close to somebody, whether or not the house knows them yet.

    It is never refused, and never told whether the house knows the person: who is a candidate where stays
    unknown to who declares. What follows from it shows at the staffing officer's desk.

    Raises:
        Invalid: name or ID number cannot be, or it is one's own.
        Conflict: it is declared already.
    """
    lock("person", by.id)
    other = person_by_id_number(parse_id_number(id_number)) or record_person(name, id_number, by=by)
    if records_of(other.id) & records_of(by.id):
        raise Invalid(_("This is your own ID number."))
    if other.id in {each.other.id for each in declarations_of(by)}:
        raise Conflict(_("You have declared this person already."))
    declare(Related(person_id=by.id, other_id=other.id), by=by, source="declaration")


def declarations_of(person: Person) -> list[Declaration]:
    """Return what somebody has declared, the oldest first."""
    rows = standing(Related, person_id=person.id)
    people = [(get_person(row.other_id), row.starts_on) for row in rows]
    return [Declaration(other, id_number_of(other) or "", day) for other, day in people]
