"""What the bank tells the separation register, and the two-person rule it asks for."""

from __future__ import annotations

from typing import Any

from trainhub import separation
from trainhub.kernel.errors import Refused, RuleReference
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person

AUTHOR_DOES_NOT_REVIEW = "S-11"
_TITLE = _l("Who wrote or imported an item does not review it")
_SOURCE = _l("Local policy, to be confirmed: two persons for each item")


def require_other_than_author(author_id: str, by: Person) -> None:
    """Check that a second person reviews (S-11).

    Raises:
        Refused: it is the author or importer.
    """
    rule: Any = getattr(separation, "require_other_person", None)
    if rule is not None:
        rule(AUTHOR_DOES_NOT_REVIEW, author_id, by)
    elif by.id == author_id:
        fact = _("%(name)s wrote or imported this item.", name=by.name)
        raise Refused(RuleReference(AUTHOR_DOES_NOT_REVIEW, _TITLE, _SOURCE), [fact])


def state_authored(person: Person, item_code: str) -> None:
    """State that a person wrote or imported an item."""
    _state("state_authored", person, item_code)


def state_reviewed(person: Person, item_code: str) -> None:
    """State that a person reviewed an item."""
    _state("state_reviewed", person, item_code)


def _state(name: str, person: Person, item_code: str) -> None:
    relations: Any = getattr(separation, "relations", None)
    statement = getattr(relations, name, None)
    if statement is not None:
        statement(person, item_code, by=person, source="bank")
