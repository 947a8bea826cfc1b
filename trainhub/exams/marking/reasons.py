"""What people write as the reason of a deed in marking: sealed, for it may quote a question.

Whoever reads tables or a backup finds no word of it; pages of marking decipher it for those who may see the
deed. The ledger has the deed and never its reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainhub.kernel import keys
from trainhub.kernel.rewrapping import MASTER

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped


def context_of(row: Any, name: str) -> str:
    """Return what binds sealed words to their row and column."""
    return f"{row.__tablename__}:{row.sealed_as}:{name}"


def write_words(row: Any, **words: str) -> None:
    """Seal words and put them on a row; empty ones stay away.

    Args:
        row: one that knows already what it is ``sealed_as``.
        words: by name of the word, whose column is called so with ``_sealed``.
    """
    for name, text in words.items():
        sealed = keys.seal(MASTER, text.encode(), context_of(row, name)) if text else None
        setattr(row, f"{name}_sealed", sealed)


def word_of(row: Any, name: str) -> str:
    """Return a word of a row, deciphered; empty where there is none.

    Raises:
        Undecipherable: it was changed, or moved from another row.
    """
    sealed = getattr(row, f"{name}_sealed")
    return "" if sealed is None else keys.unseal(MASTER, sealed, context_of(row, name)).decode()


class Given:
    """A deed that one person gave reasons for and another one may have refused with a note."""

    if TYPE_CHECKING:
        code: Mapped[str]

    @property
    def reason(self) -> str:
        """Why it was proposed."""
        return word_of(self, "reason")

    @property
    def basis(self) -> str:
        """The record that shows it."""
        return word_of(self, "basis")

    @property
    def note(self) -> str:
        """Why it was refused; empty where it was not."""
        return word_of(self, "note")

    @property
    def sealed_as(self) -> str:
        """What binds its words to its row."""
        return self.code
