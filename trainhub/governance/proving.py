"""What governance has to say in the proof report of a sitting: the overrides that touch it, for ever."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, exists, or_, select

from trainhub.governance.models import Override, OverrideState
from trainhub.governance.overrides import with_people
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _l
from trainhub.separation.catalogue import rule_by_id
from trainhub.separation.models import (
    Appointed,
    Assembled,
    Confirmed,
    Contains,
    Corrected,
    Issued,
    Knows,
    Marked,
    Published,
    Registered,
    Saw,
    Sealed,
    SittingRelation,
    Uses,
)
from trainhub.separation.report import Coded, Column, Free, Section, Who
from trainhub.separation.report_sections import rule_cell

_WORDS: dict[str, Any] = {
    OverrideState.PROPOSED: _l("proposed"),
    OverrideState.APPROVED: _l("in force"),
    OverrideState.REFUSED: _l("refused"),
    OverrideState.WITHDRAWN: _l("withdrawn"),
}


def prove(sitting_code: str) -> list[Section]:
    """Return every override that touches a sitting as far as the register tells, refused ones too."""
    columns = (
        Column("touches", _l("How it touches the sitting"), 1.3),
        Column("rule", _l("Rule"), 2),
        Column("object", _l("What it concerns"), 1.3),
        Column("person", _l("Person")),
        Column("reason", _l("Reason"), 3),
        Column("proposed_by", _l("Proposed by")),
        Column("proposed_at", _l("Proposed at"), 1.3),
        Column("decided_by", _l("Decided by")),
        Column("decided_at", _l("Decided at"), 1.3),
        Column("state", _l("State")),
        Column("withdrawn_by", _l("Withdrawn by")),
    )
    rows = tuple(_row(each, sitting_code) for each in reversed(touching(sitting_code)))
    note = _l(
        "Those about the sitting itself, its papers and their items; and those that let something pass for "
        "people of its staff, its papers or its candidates, unless they are about another sitting."
    )
    nothing = _l("No rule was overridden for this sitting.")
    return [Section("overrides", _l("Overridden rules"), columns, rows, note, nothing)]


def touching(sitting_code: str) -> list[Override]:
    """Return the overrides that touch a sitting, the newest first."""
    papers = select(Uses.paper_code).where(Uses.sitting_code == sitting_code)
    items = select(Contains.item_code).where(Contains.paper_code.in_(papers))
    people = or_(*(Override.person_id.in_(each) for each in _people(sitting_code, papers)))
    other_sitting = exists().where(SittingRelation.sitting_code == Override.object_code)
    statement = with_people().where(
        or_(
            Override.object_code == sitting_code,
            Override.object_code.in_(papers),
            Override.object_code.in_(items),
            people & ~other_sitting,
        )
    )
    return list(db.session.scalars(statement))


def _people(sitting_code: str, papers: Select[Any]) -> list[Select[Any]]:
    """Return queries for who was on duty, registered or at work on a result, or had the paper in hand."""
    of_sitting = [
        select(model.person_id).where(model.sitting_code == sitting_code)
        for model in (Appointed, Registered, Marked, Corrected, Confirmed, Published, Issued)
    ]
    of_papers = [
        select(model.person_id).where(model.paper_code.in_(papers))
        for model in (Assembled, Sealed, Saw, Knows)
    ]
    return [*of_sitting, *of_papers]


def _row(each: Override, sitting_code: str) -> tuple[Any, ...]:
    return (
        OWN if each.object_code == sitting_code else RELATED,
        _rule(each.rule),
        each.object_code,
        Who(each.person_id) if each.person_id else None,
        Free(each.reason),
        Who(each.proposed_by_id),
        each.proposed_at,
        Who(each.decided_by_id) if each.decided_by_id else None,
        each.decided_at,
        Coded(each.state, _WORDS[each.state]),
        Who(each.withdrawn_by_id) if each.withdrawn_by_id else None,
    )


OWN = Coded("sitting", _l("is about it"))
RELATED = Coded("related", _l("people, paper or items of it"))


def _rule(rule_id: str) -> Coded:
    """Return a rule as cells hold it, also one of earlier days."""
    try:
        return rule_cell(rule_by_id(rule_id))
    except KeyError:
        return Coded(rule_id, rule_id)
