"""What the bank tells the separation register, and the two-person rule it asks for."""

from __future__ import annotations

from collections.abc import Iterable

from trainhub import separation
from trainhub.exams.bank.models import Item
from trainhub.people.models import Person

AUTHOR_DOES_NOT_REVIEW = "S-11"


def require_other_than_author(author_id: str, by: Person) -> None:
    """Check that a second person reviews (S-11).

    Raises:
        Refused: it is the author or importer.
    """
    separation.require_other_person(AUTHOR_DOES_NOT_REVIEW, author_id, by)


def state_authored(person: Person, item_code: str) -> None:
    """State that a person wrote or imported an item.

    Raises:
        Refused: they hold a training duty (S-05), or teach for the item, which is in use (S-04).
    """
    separation.relations.state_authored(person, item_code, by=person, source="bank")


def state_authored_many(person: Person, item_codes: Iterable[str]) -> None:
    """State that a person wrote or imported many items.

    Raises:
        Refused: they hold a training duty (S-05), or teach for one of the items, which is in use (S-04).
    """
    separation.relations.state_authored_many(person, item_codes, by=person, source="bank")


def state_reviewed(person: Person, item_code: str) -> None:
    """State that a person reviewed an item.

    Raises:
        Refused: they wrote it (S-11), hold a training duty (S-05), or teach for it (S-04).
    """
    separation.relations.state_reviewed(person, item_code, by=person, source="bank")


def state_live(item: Item, by: Person) -> None:
    """State that an item is in use.

    Raises:
        Refused: somebody who knows it teaches for its qualification (S-04).
    """
    separation.relations.state_live(item.code, item.bank.qualification, by=by)


def withdraw_live(item: Item, by: Person) -> None:
    """State that an item counts as in use no more: somebody who knows it teaches for it."""
    separation.relations.withdraw_live(item.code, by=by)


def end_live(item: Item, by: Person) -> None:
    """State that an item is in use no more."""
    separation.relations.end_live(item.code, by=by)
