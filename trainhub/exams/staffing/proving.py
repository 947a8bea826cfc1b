"""What staffing has to say in the proof report of a sitting: pool, exclusions with reasons, draws, staff."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing.appointing import Choice, choices_for
from trainhub.exams.staffing.draws import drawn_at, draws_of
from trainhub.exams.staffing.models import Appointment, AppointmentState, StaffMember
from trainhub.exams.staffing.pools import DUTIES
from trainhub.exams.staffing.proving_draws import excluded_at, frozen_pool, prove_draws
from trainhub.exams.staffing.register import STAFF_DUTIES
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _l
from trainhub.people.models import Organisation
from trainhub.separation.duties import Duty
from trainhub.separation.report import Coded, Column, Free, Section, Who
from trainhub.separation.report_sections import rule_cell

_OUTCOMES = {
    "on_duty": _l("on duty"),
    "withdrawn": _l("was on duty, withdrawn"),
    "excluded": _l("excluded by a rule"),
    "free": _l("could be chosen"),
}


def prove(sitting_code: str) -> list[Section]:
    """Return pool, exclusions, draws and staff of a sitting; nothing if the sitting is not ours."""
    sitting = db.session.scalar(select(Sitting).where(Sitting.code == sitting_code))
    if sitting is None:
        return []
    appointments = list(
        db.session.scalars(
            select(Appointment).where(Appointment.sitting_id == sitting.id).order_by(Appointment.id)
        )
    )
    choices = {duty: choices_for(sitting, duty) for duty in STAFF_DUTIES}
    found = draws_of(sitting)
    frozen = frozen_pool(found)
    return [
        _pool(sitting, choices, appointments) if frozen is None else _frozen(sitting, frozen, appointments),
        _exclusions(choices),
        *prove_draws(found, sitting.code),
        _staff(appointments, drawn_at(sitting)),
    ]


def _pool(
    sitting: Sitting, choices: dict[Duty, list[Choice]], appointments: Iterable[Appointment]
) -> Section:
    members = _members(sitting)
    withdrawn = {(row.person_id, row.duty) for row in appointments if row.state == AppointmentState.WITHDRAWN}
    rows: list[tuple[Any, ...]] = [
        _pooled(row.person_id, row.duty, "on_duty", members)
        for row in appointments
        if row.state == AppointmentState.APPOINTED
    ]
    for duty, found in choices.items():
        for choice in found:
            outcome = "withdrawn" if (choice.person.id, duty.value) in withdrawn else "free"
            rows.append(
                _pooled(choice.person.id, duty, "excluded" if choice.violations else outcome, members)
            )
    note = _l("Who stands in the register of the exam centre for a duty on the day of the sitting.")
    return _pool_section(rows, note)


def _frozen(sitting: Sitting, pool: dict[str, Any], appointments: Iterable[Appointment]) -> Section:
    """Return the pool as it was frozen for the newest draw, with what became of each person."""
    members = _members(sitting)
    states = {(row.person_id, row.duty): row.state for row in appointments}
    excluded = excluded_at(pool, sitting.code)
    rows = []
    for person in pool["people"]:
        for duty in (DUTIES[name] for name in person["duties"]):
            state = states.pop((person["id"], duty.value), None)
            outcome = "excluded" if (person["id"], duty) in excluded else "free"
            outcome = _BY_STATE[state] if state else outcome
            rows.append(_pooled(person["id"], duty, outcome, members))
    rows += [_pooled(person, duty, _BY_STATE[state], members) for (person, duty), state in states.items()]
    note = _l("Who stood in the pool that was frozen for the newest draw, and who was appointed besides.")
    return _pool_section(rows, note)


_BY_STATE: dict[str, str] = {AppointmentState.APPOINTED: "on_duty", AppointmentState.WITHDRAWN: "withdrawn"}


def _pool_section(rows: Iterable[tuple[Any, ...]], note: Any) -> Section:
    columns = (
        Column("person", _l("Person")),
        Column("duty", _l("Duty")),
        Column("organisation", _l("Works for"), 2),
        Column("district", _l("District")),
        Column("outcome", _l("Outcome"), 1.5),
    )
    nothing = _l("Nobody stands in the register of exam staff for that day.")
    return Section("pool", _l("Pool of exam staff"), columns, tuple(rows), note, nothing)


def _pooled(
    person_id: str, duty: str, outcome: str, members: dict[tuple[str, str], tuple[str, str, str]]
) -> tuple[Any, ...]:
    code, name, district = members.get((person_id, duty), ("", "", ""))
    return (
        Who(person_id),
        Coded(str(duty), Duty(duty).label),
        Coded(code, name),
        district,
        Coded(outcome, _OUTCOMES[outcome]),
    )


def _members(sitting: Sitting) -> dict[tuple[str, str], tuple[str, str, str]]:
    statement = (
        select(
            StaffMember.person_id,
            StaffMember.duty,
            Organisation.code,
            Organisation.name,
            StaffMember.district,
        )
        .join(Organisation, Organisation.id == StaffMember.organisation_id)
        .where(StaffMember.centre_id == sitting.organisation_id)
    )
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in db.session.execute(statement)}


def _exclusions(choices: dict[Duty, list[Choice]]) -> Section:
    rows = tuple(
        (
            Who(choice.person.id),
            Coded(duty.value, duty.label),
            rule_cell(violation.rule),
            violation.fact,
            violation.rule.source,
        )
        for duty, found in choices.items()
        for choice in found
        for violation in choice.violations
    )
    columns = (
        Column("person", _l("Person")),
        Column("duty", _l("Duty")),
        Column("rule", _l("Rule"), 2),
        Column("fact", _l("Fact"), 3),
        Column("source", _l("Where the rule is written"), 2),
    )
    note = _l(
        "By what is known at the moment of the report; what was refused before stands under refused acts."
    )
    nothing = _l("No rule excludes anybody who is not on duty.")
    return Section("exclusions", _l("Excluded by rules"), columns, rows, note, nothing)


def _staff(appointments: Iterable[Appointment], drawn: set[int]) -> Section:
    columns = (
        Column("person", _l("Person")),
        Column("duty", _l("Duty")),
        Column("room", _l("Room")),
        Column("how", _l("Drawn or by hand")),
        Column("appointed_by", _l("Appointed by")),
        Column("appointed_at", _l("Appointed at"), 1.4),
        Column("state", _l("State")),
        Column("withdrawn_by", _l("Withdrawn by")),
        Column("withdrawn_at", _l("Withdrawn at"), 1.4),
        Column("reason", _l("Reason"), 2),
    )
    nothing = _l("Nobody was appointed to this sitting.")
    rows = tuple(_on_duty(row, row.id in drawn) for row in appointments)
    return Section("staff", _l("Staff on duty"), columns, rows, "", nothing)


def _on_duty(row: Appointment, drawn: bool) -> tuple[Any, ...]:
    stands = row.state == AppointmentState.APPOINTED
    return (
        Who(row.person_id),
        Coded(row.duty, Duty(row.duty).label),
        None if row.room is None else row.room.name,
        Coded("drawn", _l("drawn")) if drawn else Coded("by_hand", _l("by hand")),
        Who(row.appointed_by_id),
        row.appointed_at,
        Coded(row.state, _l("on duty") if stands else _l("withdrawn")),
        None if row.withdrawn_by_id is None else Who(row.withdrawn_by_id),
        row.withdrawn_at,
        Free(row.withdrawal_reason),
    )
