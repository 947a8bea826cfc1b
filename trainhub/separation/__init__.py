"""Who may do what beside what else: the rules, the relations they read, decisions, the auditor.

An act states what it makes true (``separation.relations.state_…``), and is refused there if a rule forbids.
"""

from trainhub.separation import relations
from trainhub.separation.auditor import (
    AuditReport,
    audit,
    conflicts_of_content,
    planned_conflicts,
    require_sitting,
    violations_of_sitting,
)
from trainhub.separation.catalogue import RULES, rule_by_id
from trainhub.separation.decisions import (
    SeparationRefused,
    Violation,
    check,
    check_each,
    require,
    require_other_person,
)
from trainhub.separation.duties import Duty
from trainhub.separation.independence import require_independent
from trainhub.separation.models import Appointed, Granted, Registered
from trainhub.separation.papers_ahead import papers_ahead, who_worked_on
from trainhub.separation.rules import Rule

__all__ = [
    "RULES",
    "Appointed",
    "AuditReport",
    "Duty",
    "Granted",
    "Registered",
    "Rule",
    "SeparationRefused",
    "Violation",
    "audit",
    "check",
    "check_each",
    "conflicts_of_content",
    "papers_ahead",
    "planned_conflicts",
    "relations",
    "require",
    "require_independent",
    "require_other_person",
    "require_sitting",
    "rule_by_id",
    "violations_of_sitting",
    "who_worked_on",
]
