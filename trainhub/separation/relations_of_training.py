"""Stating what the training side does: classes, who learns and teaches in them, accident cases."""

from __future__ import annotations

from datetime import date

from trainhub.kernel import clock
from trainhub.people.models import Organisation, Person
from trainhub.separation import models
from trainhub.separation.models import (
    Attended,
    Attested,
    ClassRelation,
    Taught,
)
from trainhub.separation.stating import code_of, id_of, once, standing, state, withdraw


def state_attended(
    person: Person | str,
    class_code: str,
    organisation: Organisation | str,
    starts_on: date,
    ends_on: date | None,
    *,
    by: Person | None,
    source: str,
) -> None:
    """State that a person learns, or learned, in a class; stated again, nothing is added."""
    _in_class(Attended, person, class_code, organisation, starts_on, ends_on, by, source)


def state_taught(
    person: Person | str,
    class_code: str,
    organisation: Organisation | str,
    starts_on: date,
    ends_on: date | None,
    *,
    by: Person | None,
    source: str,
) -> None:
    """State that a person teaches, or taught, a class; stated again, nothing is added."""
    _in_class(Taught, person, class_code, organisation, starts_on, ends_on, by, source)


def _in_class(
    model: type[Attended] | type[Taught],
    person: Person | str,
    class_code: str,
    organisation: Organisation | str,
    starts_on: date,
    ends_on: date | None,
    by: Person | None,
    source: str,
) -> None:
    who = {"person_id": id_of(person), "class_code": class_code, "organisation_code": code_of(organisation)}
    before = standing(model, **who)
    if any((row.starts_on, row.ends_on) == (starts_on, ends_on) for row in before):
        return
    state(model(**who, starts_on=starts_on, ends_on=ends_on), by=by, source=source)


def has_attended(person: Person | str, class_code: str, organisation: Organisation | str) -> bool:
    """Tell whether it is stated that a person learns, or learned, in a class."""
    who = {"person_id": id_of(person), "class_code": class_code, "organisation_code": code_of(organisation)}
    return bool(standing(Attended, **who))


def withdraw_attended(person: Person | str, class_code: str, *, by: Person | None, source: str) -> int:
    """State that a person did not learn in a class after all."""
    return withdraw(Attended, person_id=id_of(person), class_code=class_code, by=by, source=source)


def withdraw_taught(person: Person | str, class_code: str, *, by: Person | None, source: str) -> int:
    """State that a person did not teach a class after all."""
    return withdraw(Taught, person_id=id_of(person), class_code=class_code, by=by, source=source)


def state_attested(
    person: Person | str, class_code: str, organisation: Organisation | str, *, by: Person | None, source: str
) -> None:
    """State that a person signed training records of a class."""
    facts = {"person_id": id_of(person), "class_code": class_code, "organisation_code": code_of(organisation)}
    once(Attested, by, source, **facts, starts_on=clock.today())


def state_class(
    class_code: str,
    organisation: Organisation | str,
    qualification: str,
    starts_on: date,
    ends_on: date | None,
    *,
    by: Person | None,
    source: str = "class",
) -> None:
    """State what a class leads to."""
    facts = {"class_code": class_code, "organisation_code": code_of(organisation)}
    if not standing(ClassRelation, **facts, qualification=qualification):
        row = ClassRelation(**facts, qualification=qualification, starts_on=starts_on, ends_on=ends_on)
        state(row, by=by, source=source)


def state_drafted(person: Person | str, case_code: str, *, by: Person | None, source: str = "cases") -> None:
    """State that a person drafted an accident case."""
    once(models.Drafted, by, source, person_id=id_of(person), case_code=case_code)


def state_approved(person: Person | str, case_code: str, *, by: Person | None, source: str = "cases") -> None:
    """State that a person approved an accident case."""
    once(models.Approved, by, source, person_id=id_of(person), case_code=case_code)
