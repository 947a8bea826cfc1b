"""What papers tell the separation register, and the two-person rule they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trainhub import separation
from trainhub.kernel.errors import Refused, RuleReference
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person

ASSEMBLER_DOES_NOT_SEAL = "S-12"
_TITLE = _l("Who assembled a paper does not review or seal it")
_SOURCE = _l("Local policy, to be confirmed: two persons for each paper")


def require_other_than_assembler(assembler_id: str, by: Person) -> None:
    """Check that a second person reviews and seals (S-12).

    Raises:
        Refused: it is the person who assembled the paper.
    """
    rule: Any = getattr(separation, "require_other_person", None)
    if rule is not None:
        rule(ASSEMBLER_DOES_NOT_SEAL, assembler_id, by)
    elif by.id == assembler_id:
        fact = _("%(name)s assembled this paper.", name=by.name)
        raise Refused(RuleReference(ASSEMBLER_DOES_NOT_SEAL, _TITLE, _SOURCE), [fact])


def state_saw(person: Person, paper_code: str) -> None:
    """State that a person has seen a paper."""
    statement = _statement("state_saw")
    if statement is not None:
        statement(person, paper_code, by=person, source="papers")


def state_contains(paper_code: str, item_codes: Sequence[str], *, by: Person) -> None:
    """State which items a paper contains."""
    statement = _statement("state_contains")
    if statement is not None:
        statement(paper_code, list(item_codes), by=by, source="papers")


def _statement(name: str) -> Any:
    return getattr(getattr(separation, "relations", None), name, None)
