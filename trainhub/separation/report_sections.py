"""What separation itself has to say of a sitting: audit, walls, rules, each decision decided anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from trainhub.kernel.db import db
from trainhub.kernel.i18n import _l, ngettext
from trainhub.ledger import Entry
from trainhub.separation.auditor import AuditReport
from trainhub.separation.catalogue import RULES
from trainhub.separation.decisions import Violation
from trainhub.separation.duties import Duty
from trainhub.separation.models import Appointed
from trainhub.separation.refusals import KIND
from trainhub.separation.replay import refusal_of, replay_of_row
from trainhub.separation.report import Coded, Column, Section, Who
from trainhub.separation.rules import Rule
from trainhub.separation.wording import RELATION_WORDS


def rule_cell(rule: Rule) -> Coded:
    """Return a rule as cells hold it."""
    return Coded(rule.id, f"{rule.id} {rule.title}")


def evidence_cell(violation: Violation) -> list[Coded]:
    """Return the rows that prove a violation."""
    return [
        Coded(f"{each.relation}#{each.row}", f"{RELATION_WORDS[each.relation]} {each.row}")
        for each in violation.evidence
        if each.row is not None
    ]


def audit_section(report: AuditReport) -> Section:
    """Return what the auditor finds in the sitting at the moment of the report."""
    rows = tuple(
        (rule_cell(each.rule), Who(each.person or None), each.fact, evidence_cell(each), each.rule.source)
        for each in report.violations
    )
    columns = (
        Column("rule", _l("Rule"), 2),
        Column("person", _l("Person")),
        Column("fact", _l("Fact"), 3),
        Column("evidence", _l("Rows that prove it"), 1.5),
        Column("source", _l("Where the rule is written"), 2),
    )
    note = _l(
        "%(rules)s rules asked over %(rows)s rows of the register, at the moment of the report.",
        rules=len(report.rules),
        rows=report.rows,
    )
    return Section(
        "audit",
        _l("Audit at the moment of the report"),
        columns,
        rows,
        note,
        _l("No rule is violated in this sitting."),
    )


def walls_section(report: AuditReport) -> Section:
    """Return which of the four walls stand where the report is made."""
    columns = (
        Column("wall", _l("Wall")),
        Column("stands", _l("State")),
        Column("why", _l("What it rests on, or what is missing"), 4),
    )
    rows = tuple(
        (
            Coded(each.name, each.title),
            Coded(each.stands, _l("stands") if each.stands else _l("missing")),
            each.why,
        )
        for each in report.walls
    )
    return Section("walls", _l("Walls of separation"), columns, rows)


def rules_section(report: AuditReport) -> Section:
    """Return the rules with their sources, and which of them were asked about the sitting."""
    columns = (
        Column("rule", _l("Rule"), 3),
        Column("kind", _l("Law or local policy"), 1.5),
        Column("source", _l("Where the rule is written"), 4),
        Column("asked", _l("Asked about this sitting"), 1.2),
        Column("violations", _l("Violations"), 0.8),
    )
    rows = tuple(
        (
            rule_cell(rule),
            Coded(rule.source.kind.value, rule.source.label),
            rule.source.text,
            Coded(rule.id in report.rules, _l("yes") if rule.id in report.rules else _l("no")),
            sum(each.rule.id == rule.id for each in report.violations),
        )
        for rule in RULES
    )
    return Section("rules", _l("Rules and their sources"), columns, rows)


def decisions_section(sitting_code: str) -> Section:
    """Return each appointment and withdrawal with what was checked, then and now."""
    stated = select(Appointed).where(Appointed.sitting_code == sitting_code).order_by(Appointed.id)
    columns = (
        Column("at", _l("When"), 1.4),
        Column("what", _l("Decision"), 1.2),
        Column("person", _l("Person")),
        Column("duty", _l("Duty")),
        Column("by", _l("By")),
        Column("asked", _l("Rules asked")),
        Column("then", _l("Found by what was known then"), 2.5),
        Column("now", _l("Found by what is known now"), 2.5),
    )
    rows = tuple(_decision(row) for row in db.session.scalars(stated))
    nothing = _l("Nobody was appointed to this sitting.")
    return Section("decisions", _l("Decisions on staff, and what was checked"), columns, rows, "", nothing)


def _decision(row: Appointed) -> tuple[Any, ...]:
    replayed = replay_of_row(row)
    what = Coded("withdrawn", _l("Taken off duty")) if row.void else Coded("appointed", _l("Appointed"))
    head = (
        row.recorded_at,
        what,
        Who(row.person_id),
        Coded(row.duty, Duty(row.duty).label),
        Who(row.stated_by_id),
    )
    if replayed is None:
        return (*head, None, None, None)
    asked = [rule.id for rule in replayed.asked]
    count = ngettext("%(num)s rule", "%(num)s rules", len(asked))
    return (*head, Coded(asked, count), _found(replayed.then), _found(replayed.today))


def _found(violations: tuple[Violation, ...]) -> Any:
    if not violations:
        return Coded([], _l("no rule is violated"))
    return [Coded(each.rule.id, f"{each.rule.id} {each.fact}") for each in violations]


def refusals_section(entries: list[Entry]) -> Section:
    """Return what rules refused in the sitting, as the ledger has it, decided once more."""
    columns = (
        Column("at", _l("When"), 1.2),
        Column("by", _l("Who tried")),
        Column("rule", _l("Rule"), 2),
        Column("person", _l("Person")),
        Column("fact", _l("Fact"), 3),
        Column("source", _l("Where the rule is written"), 2),
        Column("agrees", _l("Decided once more")),
    )
    rows = tuple(row for entry in entries if entry.kind == KIND for row in _refusal(entry))
    nothing = _l("No rule refused anything in this sitting.")
    return Section("refusals", _l("Refused acts"), columns, rows, "", nothing)


def _refusal(entry: Entry) -> list[tuple[Any, ...]]:
    refusal = refusal_of(entry.id)
    said = {
        (each.rule.id, each.person): each.fact for each in (refusal.replay.then if refusal.replay else ())
    }
    agrees = Coded(refusal.agrees, _l("same finding") if refusal.agrees else _l("not computed alike"))
    found = {(each.rule.id, each.person): each for each in refusal.violations}
    return [
        (
            entry.at,
            Who(entry.by_id),
            rule_cell(each.rule),
            Who(each.person or None),
            said.get(key, ""),
            each.rule.source,
            agrees,
        )
        for key, each in found.items()
    ]
