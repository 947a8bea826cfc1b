"""All rules in the order of their identifiers: adding one here is all that a new rule needs."""

from __future__ import annotations

from trainhub.separation import (
    rules_of_content,
    rules_of_duties,
    rules_of_marking,
    rules_of_staffing,
    rules_of_the_day,
    rules_of_wings,
)
from trainhub.separation.rules import Rule

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *rules_of_duties.RULES,
            *rules_of_wings.RULES,
            *rules_of_the_day.RULES,
            *rules_of_staffing.RULES,
            *rules_of_content.RULES,
            *rules_of_marking.RULES,
        ),
        key=lambda rule: rule.id,
    )
)


def rule_by_id(rule_id: str) -> Rule:
    """Return a rule by its identifier.

    Raises:
        KeyError: there is none: a mistake of the program.
    """
    return {rule.id: rule for rule in RULES}[rule_id]
