"""What papers tell the separation register, and the two-person rule they ask for."""

from __future__ import annotations

from collections.abc import Sequence

from trainhub import separation
from trainhub.people.models import Person

ASSEMBLER_DOES_NOT_SEAL = "S-12"


def require_other_than_assembler(assembler_id: str, by: Person) -> None:
    """Check that a second person reviews and seals (S-12).

    Raises:
        Refused: it is the person who assembled the paper.
    """
    separation.require_other_person(ASSEMBLER_DOES_NOT_SEAL, assembler_id, by)


def state_assembled(person: Person, paper_code: str) -> None:
    """State that a person assembled a paper.

    Raises:
        Refused: they hold a training duty (S-05).
    """
    separation.relations.state_assembled(person, paper_code, by=person, source="papers")


def state_sealed(person: Person, paper_code: str) -> None:
    """State that a person reviewed and sealed a paper.

    Raises:
        Refused: they assembled it (S-12), hold a training duty (S-05), or teach for its items (S-04).
    """
    separation.relations.state_sealed(person, paper_code, by=person, source="papers")


def state_saw(person: Person, paper_code: str) -> None:
    """State that a person has seen a paper.

    Raises:
        Refused: they hold a training duty (S-05), or teach for its items (S-04).
    """
    separation.relations.state_saw(person, paper_code, by=person, source="papers")


def state_contains(paper_code: str, item_codes: Sequence[str], *, by: Person) -> None:
    """State which items a paper contains.

    Raises:
        Refused: somebody who saw it teaches for its items (S-04), or is staff where it is used (S-17).
    """
    separation.relations.state_contains(paper_code, list(item_codes), by=by, source="papers")


def require_contains(paper_code: str, item_codes: Sequence[str], *, by: Person) -> None:
    """Ask the rules about the items of a paper that nobody may list.

    Raises:
        Refused: somebody who saw it teaches for its items (S-04), or is staff where it is used (S-17).
    """
    separation.relations.require_contains(paper_code, item_codes, by=by)


def note_contains(paper_code: str, item_codes: Sequence[str], *, by: Person) -> None:
    """State which items a paper contains that two officers have opened."""
    separation.relations.note_contains(paper_code, item_codes, by=by, source="papers")


def state_knows(person_id: str, paper_code: str, *, by: Person) -> None:
    """State that a person wrote or reviewed an item of a paper whose items nobody may list.

    Raises:
        Refused: they are staff where it is used (S-17).
    """
    separation.relations.state_knows(person_id, paper_code, by=by, source="papers")
