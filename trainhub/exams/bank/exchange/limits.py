"""How much of a text file is read as questions: no more than people write, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

MOST_QUESTIONS = 20_000
"""As many as a sheet has rows."""

MOST_LINES = 400_000
"""Twenty a question."""

LONGEST_QUESTION = 50_000
"""Characters of one question as it stands in a file; one of the bank has far less."""

LONGEST_MARKUP = 200_000
"""Characters of one question in XML, with the tags of its texts."""

MOST_ANSWERS = 100
"""Answers, pairs or blanks that are looked at in one question; the bank keeps far fewer."""

MOST_RICH_RUNS = 20_000
"""Places of a workbook where letters are raised or lowered: one a row of the longest sheet."""

MOST_MARKUP = 24 << 20
"""Bytes of all files of questions of a package together: their trees stand in memory at once."""

_USUAL_EFFORT = 4_000
_MOST_EFFORT = 800_000
"""Effort, about microseconds: that of a question of some hundred tags, and what a file may need beyond."""

_effort: ContextVar[list[int] | None] = ContextVar("effort", default=None)

LOOKED_AT = 1 << 20
"""Characters by which the form of a file is told."""


def require_few(count: int) -> None:
    """Raise Invalid if a file has more questions than are read at once."""
    if count > MOST_QUESTIONS:
        raise Invalid(_("The file has more than %(count)s questions. Divide it.", count=MOST_QUESTIONS))


def require_markup(size: int) -> None:
    """Raise Invalid if the files of questions of a package are larger together than is read at once."""
    if size > MOST_MARKUP:
        raise Invalid(_("Unpacked, the package would be unreasonably large; it was not opened."))


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, and an empty one after the last.

    Raises:
        Invalid: it has more than are read at once.
    """
    if text.count("\n") > MOST_LINES:
        raise Invalid(_("The file has more than %(count)s lines. Divide it.", count=MOST_LINES))
    return [*text.split("\n"), ""]


def too_long(most: int = LONGEST_QUESTION) -> str:
    """Return the reason why a question is not read."""
    return _("The question is longer than %(count)s characters; it was not read.", count=most)


def too_many() -> str:
    """Return the reason why the answers of a question are not read."""
    return _("The question has more than %(count)s answers; they were not read.", count=MOST_ANSWERS)


@contextmanager
def counting_effort() -> Iterator[None]:
    """Count what the questions of a file cost beyond the usual."""
    token = _effort.set([0])
    try:
        yield
    finally:
        _effort.reset(token)


def spend(before: int, markup: str) -> int:
    """Return what a question has cost with a further text: its length, and much more its tags.

    Args:
        before: what it has cost so far.
        markup: the text.

    Raises:
        Invalid: the questions of the file cost more beyond the usual than those that people write.
    """
    now = before + len(markup) // 10 + 20 * markup.count("<")
    spent = _effort.get()
    if spent is not None and now > _USUAL_EFFORT:
        spent[0] += now - max(before, _USUAL_EFFORT)
        if spent[0] > _MOST_EFFORT:
            raise Invalid(_("The file has more layout than its questions need. Divide it."))
    return now
