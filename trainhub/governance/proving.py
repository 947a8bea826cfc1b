"""What governance has to say in the proof report of a sitting: every override about it, for ever."""

from __future__ import annotations

from typing import Any

from trainhub.governance.models import Override, OverrideState
from trainhub.governance.overrides import concerning
from trainhub.kernel.i18n import _l
from trainhub.separation.catalogue import rule_by_id
from trainhub.separation.report import Coded, Column, Free, Section, Who
from trainhub.separation.report_sections import rule_cell

_WORDS: dict[str, Any] = {
    OverrideState.PROPOSED: _l("proposed"),
    OverrideState.APPROVED: _l("in force"),
    OverrideState.REFUSED: _l("refused"),
    OverrideState.WITHDRAWN: _l("withdrawn"),
}


def prove(sitting_code: str) -> list[Section]:
    """Return every override about a sitting, also refused and withdrawn ones."""
    columns = (
        Column("rule", _l("Rule"), 2),
        Column("person", _l("Person")),
        Column("reason", _l("Reason"), 3),
        Column("proposed_by", _l("Proposed by")),
        Column("proposed_at", _l("Proposed at"), 1.3),
        Column("decided_by", _l("Decided by")),
        Column("decided_at", _l("Decided at"), 1.3),
        Column("state", _l("State")),
        Column("withdrawn_by", _l("Withdrawn by")),
    )
    rows = tuple(_row(each) for each in reversed(concerning(sitting_code)))
    nothing = _l("No rule was overridden for this sitting.")
    return [Section("overrides", _l("Overridden rules"), columns, rows, "", nothing)]


def _row(each: Override) -> tuple[Any, ...]:
    return (
        _rule(each.rule),
        Who(each.person_id) if each.person_id else None,
        Free(each.reason),
        Who(each.proposed_by_id),
        each.proposed_at,
        Who(each.decided_by_id) if each.decided_by_id else None,
        each.decided_at,
        Coded(each.state, _WORDS[each.state]),
        Who(each.withdrawn_by_id) if each.withdrawn_by_id else None,
    )


def _rule(rule_id: str) -> Coded:
    """Return a rule as cells hold it, also one of earlier days."""
    try:
        return rule_cell(rule_by_id(rule_id))
    except KeyError:
        return Coded(rule_id, rule_id)
