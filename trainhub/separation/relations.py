"""Stating relations, one function each: call it inside the act; a rule that forbids it raises ``Refused``.

Persons are persons (or their ids), organisations are organisations (or their codes), the rest are codes.
"""

from __future__ import annotations

from datetime import date

from trainhub.kernel import clock
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.people.organisations import changes
from trainhub.separation.duties import Duty
from trainhub.separation.identity import join
from trainhub.separation.models import (
    Affiliated,
    Employed,
    Granted,
    OrganisationRelation,
    Overridden,
    Qualified,
    Related,
    SameOrganisation,
    SamePerson,
)
from trainhub.separation.relations_of_content import (
    end_live,
    note_contains,
    require_contains,
    state_assembled,
    state_authored,
    state_authored_many,
    state_contains,
    state_knows,
    state_live,
    state_reviewed,
    state_saw,
    state_sealed,
    withdraw_live,
)
from trainhub.separation.relations_of_exams import (
    state_appointed,
    state_confirmed,
    state_corrected,
    state_issued,
    state_judged,
    state_marked,
    state_opened,
    state_published,
    state_registered,
    state_registered_many,
    state_rooms,
    state_sitting,
    state_uses,
    withdraw_appointed,
    withdraw_judged,
    withdraw_opened,
    withdraw_registered,
)
from trainhub.separation.relations_of_training import (
    has_attended,
    state_approved,
    state_attended,
    state_attested,
    state_class,
    state_drafted,
    state_taught,
    withdraw_attended,
    withdraw_taught,
)
from trainhub.separation.stating import code_of, copy_of, end, id_of, once, standing, state

__all__ = [
    "end_employed",
    "end_granted",
    "end_live",
    "has_attended",
    "join_organisations",
    "join_persons",
    "note_contains",
    "require_contains",
    "state_affiliated",
    "state_appointed",
    "state_approved",
    "state_assembled",
    "state_attended",
    "state_attested",
    "state_authored",
    "state_authored_many",
    "state_class",
    "state_confirmed",
    "state_contains",
    "state_corrected",
    "state_drafted",
    "state_employed",
    "state_granted",
    "state_issued",
    "state_judged",
    "state_knows",
    "state_live",
    "state_marked",
    "state_opened",
    "state_organisation",
    "state_overridden",
    "state_published",
    "state_qualified",
    "state_registered",
    "state_registered_many",
    "state_related",
    "state_reviewed",
    "state_rooms",
    "state_saw",
    "state_sealed",
    "state_sitting",
    "state_taught",
    "state_uses",
    "withdraw_appointed",
    "withdraw_judged",
    "withdraw_live",
    "withdraw_opened",
    "withdraw_attended",
    "withdraw_registered",
    "withdraw_taught",
]


def state_organisation(
    organisation: Organisation,
    by: Person | None = None,
    *,
    kind: OrganisationKind | str | None = None,
    source: str = "organisations",
) -> None:
    """State what an organisation is and who answers for it, in place of what was stated before.

    Args:
        kind: what it has become, such as an exam site; a site stays one whatever else changes.

    Raises:
        Refused: a rule forbids it.
    """
    before = standing(OrganisationRelation, organisation_code=organisation.code)
    known = before[-1] if before else None
    is_site = known is not None and known.kind == OrganisationKind.EXAM_SITE
    facts = {
        "kind": str(kind or (OrganisationKind.EXAM_SITE if is_site else organisation.kind)),
        "district": organisation.district,
        "person_id": organisation.responsible_person_id,
    }
    if known is None:
        row = OrganisationRelation(organisation_code=organisation.code, **facts)
    elif all(getattr(known, name) == value for name, value in facts.items()):
        return
    else:
        row = copy_of(known, **facts, starts_on=clock.today())
    state(row, by=by, source=source)


changes.append(state_organisation)


def state_overridden(
    rule: str, person: Person | str, object_code: str, side: str, *, by: Person | None, source: str
) -> None:
    """State that two of the oversight side let pass what a rule forbids."""
    facts = {"rule": rule, "person_id": id_of(person), "object_code": object_code, "side": side}
    once(Overridden, by, source, **facts)


def join_persons(person: Person | str, other: Person | str, *, by: Person | None, source: str) -> int:
    """State that two records are of one human being; the second stands for both.

    Returns:
        How many rows of the register were written anew.
    """
    return join(SamePerson, id_of(person), id_of(other), by=by, source=source)


def join_organisations(
    organisation: Organisation | str, other: Organisation | str, *, by: Person | None, source: str
) -> int:
    """State that an organisation was merged into another, which stands for both.

    Returns:
        How many rows of the register were written anew.
    """
    return join(SameOrganisation, code_of(organisation), code_of(other), by=by, source=source)


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
    who = {"person_id": id_of(person), "organisation_code": code_of(organisation)}
    if any(row.ends_on == ends_on for row in standing(Employed, **who)):
        return
    state(Employed(**who, starts_on=starts_on, ends_on=ends_on), by=by, source=source)


def end_employed(
    person: Person | str, organisation: Organisation | str, day: date, *, by: Person | None, source: str
) -> int:
    """State that a person works for an organisation until a day."""
    return end(
        Employed, day, person_id=id_of(person), organisation_code=code_of(organisation), by=by, source=source
    )


def state_affiliated(
    organisation: Organisation | str, other: Organisation | str, *, by: Person | None, source: str
) -> None:
    """State that one of two organisations belongs to the other."""
    state(
        Affiliated(organisation_code=code_of(organisation), other_code=code_of(other)), by=by, source=source
    )


def state_related(person: Person | str, other: Person | str, *, by: Person | None, source: str) -> None:
    """State that two persons are close (回避)."""
    state(Related(person_id=id_of(person), other_id=id_of(other)), by=by, source=source)


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
        person_id=id_of(person),
        duty=str(Duty(duty)),
        organisation_code=code_of(organisation),
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
    facts = {"person_id": id_of(person), "duty": str(Duty(duty)), "organisation_code": code_of(organisation)}
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
    facts = {"organisation_code": code_of(organisation), "district": district}
    before = standing(Qualified, person_id=id_of(person), duty=str(duty))
    row = Qualified(
        person_id=id_of(person),
        duty=str(duty),
        **facts,
        starts_on=starts_on,
        ends_on=ends_on,
        supersedes_id=before[-1].id if before else None,
    )
    state(row, by=by, source=source)
