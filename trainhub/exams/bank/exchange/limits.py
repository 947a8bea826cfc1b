"""How much of a text file is read as questions: no more than people write, whoever wrote it."""

from __future__ import annotations

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

MOST_QUESTIONS = 20_000
"""As many as a sheet has rows."""

MOST_LINES = 400_000
"""Twenty a question."""

LONGEST_QUESTION = 50_000
"""Characters of one question as it stands in a file; one of the bank has far less."""

LOOKED_AT = 1 << 20
"""Characters by which the form of a file is told."""


def require_few(count: int) -> None:
    """Raise Invalid if a file has more questions than are read at once."""
    if count > MOST_QUESTIONS:
        raise Invalid(_("The file has more than %(count)s questions. Divide it.", count=MOST_QUESTIONS))


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, and an empty one after the last.

    Raises:
        Invalid: it has more than are read at once.
    """
    if text.count("\n") > MOST_LINES:
        raise Invalid(_("The file has more than %(count)s lines. Divide it.", count=MOST_LINES))
    return [*text.split("\n"), ""]


def too_long() -> str:
    """Return the reason why a question is not read."""
    return _("The question is longer than %(count)s characters; it was not read.", count=LONGEST_QUESTION)
