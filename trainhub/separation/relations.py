"""Stating relations, one function each: call it inside the act; a rule that forbids it raises ``Refused``.

Persons are persons (or their ids), organisations are organisations (or their codes), the rest are codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from trainhub.kernel import clock
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Organisation, Person
from trainhub.separation import models
from trainhub.separation.duties import Duty
from trainhub.separation.models import (
    Affiliated,
    Appointed,
    Attended,
    Contains,
    Employed,
    Granted,
    Opened,
    Qualified,
    Registered,
    Related,
    Relation,
    SittingRelation,
    Taught,
    Uses,
)
from trainhub.separation.stating import copy_of, end, standing, state, withdraw


def _id(person: Person | str) -> str:
    return person if isinstance(person, str) else person.id


def _code(organisation: Organisation | str) -> str:
    return organisation if isinstance(organisation, str) else organisation.code


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
    who = {"person_id": _id(person), "class_code": class_code, "organisation_code": _code(organisation)}
    before = standing(model, **who)
    if any((row.starts_on, row.ends_on) == (starts_on, ends_on) for row in before):
        return
    state(model(**who, starts_on=starts_on, ends_on=ends_on), by=by, source=source)


def has_attended(person: Person | str, class_code: str, organisation: Organisation | str) -> bool:
    """Tell whether it is stated that a person learns, or learned, in a class."""
    who = {"person_id": _id(person), "class_code": class_code, "organisation_code": _code(organisation)}
    return bool(standing(Attended, **who))


def withdraw_attended(person: Person | str, class_code: str, *, by: Person | None, source: str) -> int:
    """State that a person did not learn in a class after all."""
    return withdraw(Attended, person_id=_id(person), class_code=class_code, by=by, source=source)


def withdraw_taught(person: Person | str, class_code: str, *, by: Person | None, source: str) -> int:
    """State that a person did not teach a class after all."""
    return withdraw(Taught, person_id=_id(person), class_code=class_code, by=by, source=source)


def state_employed(
    person: Person | str,
    organisation: Organisation | str,
    starts_on: date,
    ends_on: date | None = None,
    *,
    by: Person | None,
    source: str,
) -> None:
    """State for whom a person works or worked; stated again, nothing is added."""
    who = {"person_id": _id(person), "organisation_code": _code(organisation)}
    if any(row.ends_on == ends_on for row in standing(Employed, **who)):
        return
    state(Employed(**who, starts_on=starts_on, ends_on=ends_on), by=by, source=source)


def end_employed(
    person: Person | str, organisation: Organisation | str, day: date, *, by: Person | None, source: str
) -> int:
    """State that a person works for an organisation until a day."""
    return end(
        Employed, day, person_id=_id(person), organisation_code=_code(organisation), by=by, source=source
    )


def state_affiliated(
    organisation: Organisation | str, other: Organisation | str, *, by: Person | None, source: str
) -> None:
    """State that one of two organisations belongs to the other."""
    state(Affiliated(organisation_code=_code(organisation), other_code=_code(other)), by=by, source=source)


def state_related(person: Person | str, other: Person | str, *, by: Person | None, source: str) -> None:
    """State that two persons are close (回避)."""
    state(Related(person_id=_id(person), other_id=_id(other)), by=by, source=source)


def state_granted(
    person: Person | str,
    duty: Duty | str,
    organisation: Organisation | str,
    starts_on: date,
    ends_on: date | None,
    *,
    by: Person | None,
    source: str = "grant",
) -> None:
    """State that a person holds a duty for an organisation in a period."""
    row = Granted(
        person_id=_id(person),
        duty=str(Duty(duty)),
        organisation_code=_code(organisation),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    state(row, by=by, source=source)


def end_granted(
    person: Person | str,
    duty: Duty | str,
    organisation: Organisation | str,
    starts_on: date,
    day: date,
    *,
    by: Person | None,
    source: str = "grant revoked",
) -> int:
    """State that a duty, as granted from a first day, ends on a day."""
    facts = {"person_id": _id(person), "duty": str(Duty(duty)), "organisation_code": _code(organisation)}
    return end(Granted, day, starts_on=starts_on, by=by, source=source, **facts)


def state_qualified(
    person: Person | str,
    duty: Duty | str,
    organisation: Organisation | str,
    district: str,
    starts_on: date,
    ends_on: date | None,
    *,
    by: Person | None,
    source: str = "register of exam staff",
) -> None:
    """State that a person stands in the register of exam staff; an earlier entry for the duty is replaced."""
    facts = {"organisation_code": _code(organisation), "district": district}
    before = standing(Qualified, person_id=_id(person), duty=str(duty))
    row = Qualified(
        person_id=_id(person),
        duty=str(duty),
        **facts,
        starts_on=starts_on,
        ends_on=ends_on,
        supersedes_id=before[-1].id if before else None,
    )
    state(row, by=by, source=source)


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
        organisation_code=_code(organisation),
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
    _require_sitting(sitting_code)
    before = standing(Registered, person_id=_id(person), sitting_code=sitting_code)
    row = Registered(
        person_id=_id(person),
        sitting_code=sitting_code,
        supersedes_id=before[-1].id if before else None,
        employer_code=None if employer is None else _code(employer),
        training_body_code=None if training_body is None else _code(training_body),
    )
    state(row, by=by, source=source)


def withdraw_registered(
    person: Person | str, sitting_code: str, *, by: Person | None, source: str = "registration withdrawn"
) -> int:
    """State that a person is registered no more."""
    return withdraw(Registered, person_id=_id(person), sitting_code=sitting_code, by=by, source=source)


def state_appointed(
    person: Person | str,
    sitting_code: str,
    duty: Duty | str,
    *,
    by: Person | None,
    source: str = "appointment",
) -> None:
    """State that a person is appointed to a sitting for a duty.

    Raises:
        NotFound: the sitting was not stated.
        Refused: a rule forbids it.
    """
    _require_sitting(sitting_code)
    state(Appointed(person_id=_id(person), sitting_code=sitting_code, duty=str(duty)), by=by, source=source)


def withdraw_appointed(
    person: Person | str, sitting_code: str, duty: Duty | str, *, by: Person | None, source: str = "withdrawn"
) -> int:
    """State that a person is not appointed after all."""
    facts = {"person_id": _id(person), "sitting_code": sitting_code, "duty": str(duty)}
    return withdraw(Appointed, by=by, source=source, **facts)


def state_uses(sitting_code: str, paper_code: str | None, *, by: Person | None, source: str = "plan") -> None:
    """State which paper a sitting uses, in place of the one before; None takes it away."""
    before = standing(Uses, sitting_code=sitting_code)
    if paper_code is None:
        withdraw(Uses, sitting_code=sitting_code, by=by, source=source)
    elif before:
        state(copy_of(before[-1], paper_code=paper_code, starts_on=clock.today()), by=by, source=source)
    else:
        state(Uses(sitting_code=sitting_code, paper_code=paper_code), by=by, source=source)


def state_contains(
    paper_code: str, item_codes: Iterable[str], *, by: Person | None, source: str = "assembly"
) -> None:
    """State which items a paper contains."""
    rows = [Contains(paper_code=paper_code, item_code=code) for code in dict.fromkeys(item_codes)]
    state(*rows, by=by, source=source)


def state_opened(sitting_code: str, *, by: Person | None, source: str = "opening") -> None:
    """State that a sitting is opened, after counting its staff.

    Raises:
        Refused: there are too few.
    """
    _require_sitting(sitting_code)
    if not standing(Opened, sitting_code=sitting_code):
        state(Opened(sitting_code=sitting_code), by=by, source=source)


def _once(model: type[Relation], by: Person | None, source: str, **facts: Any) -> None:
    if not standing(model, **facts):
        state(model(**facts), by=by, source=source)


def state_authored(person: Person | str, item_code: str, *, by: Person | None, source: str = "bank") -> None:
    """State that a person wrote or imported an item."""
    _once(models.Authored, by, source, person_id=_id(person), item_code=item_code)


def state_reviewed(person: Person | str, item_code: str, *, by: Person | None, source: str = "bank") -> None:
    """State that a person reviewed an item."""
    _once(models.Reviewed, by, source, person_id=_id(person), item_code=item_code)


def state_assembled(
    person: Person | str, paper_code: str, *, by: Person | None, source: str = "papers"
) -> None:
    """State that a person assembled a paper."""
    _once(models.Assembled, by, source, person_id=_id(person), paper_code=paper_code)


def state_sealed(person: Person | str, paper_code: str, *, by: Person | None, source: str = "papers") -> None:
    """State that a person reviewed and sealed a paper."""
    _once(models.Sealed, by, source, person_id=_id(person), paper_code=paper_code)


def state_saw(person: Person | str, paper_code: str, *, by: Person | None, source: str = "papers") -> None:
    """State that a person saw the content of a paper."""
    _once(models.Saw, by, source, person_id=_id(person), paper_code=paper_code)


def state_marked(
    person: Person | str, sitting_code: str, *, by: Person | None, source: str = "marking"
) -> None:
    """State that a person marked a sitting."""
    _once(models.Marked, by, source, person_id=_id(person), sitting_code=sitting_code)


def state_published(
    person: Person | str, sitting_code: str, *, by: Person | None, source: str = "publication"
) -> None:
    """State that a person published the results of a sitting."""
    _once(models.Published, by, source, person_id=_id(person), sitting_code=sitting_code)


def state_issued(
    person: Person | str, sitting_code: str, *, by: Person | None, source: str = "certificates"
) -> None:
    """State that a person issued certificates for the results of a sitting."""
    _once(models.Issued, by, source, person_id=_id(person), sitting_code=sitting_code)


def state_drafted(person: Person | str, case_code: str, *, by: Person | None, source: str = "cases") -> None:
    """State that a person drafted an accident case."""
    _once(models.Drafted, by, source, person_id=_id(person), case_code=case_code)


def state_approved(person: Person | str, case_code: str, *, by: Person | None, source: str = "cases") -> None:
    """State that a person approved an accident case."""
    _once(models.Approved, by, source, person_id=_id(person), case_code=case_code)
