"""How much of a text file is read as questions: no more than people write, whoever wrote it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from trainhub.exams.bank.media.cleaning import CleanMedium, clean_medium
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

_USUAL_POINTS = 24_000_000
_POINTS_A_BYTE = 12
"""Points of the pictures of a file: so many it may have, and so many for each byte that they take in it. A
photograph has four a byte, a picture of a screen ten; what has hundreds is drawn with one colour."""

_PICTURE = 20_000
"""What any picture costs beside its points, in points."""

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


@dataclass
class Pictures:
    """What was made of the files that the questions of one file show (一个文件的图片).

    Args:
        left: how many points may still be decoded.
        done: what each became, or why it is not taken, by the digest of its bytes.
    """

    left: int = _USUAL_POINTS
    done: dict[bytes, CleanMedium | str] = field(default_factory=dict)

    def clean(self, content: bytes) -> CleanMedium:
        """Return a file as the bank keeps it; the same bytes are looked at once.

        Raises:
            Invalid: it cannot be kept, or the pictures of the file have too many points together.
        """
        digest = hashlib.sha256(content).digest()
        if digest not in self.done:
            self.left += _POINTS_A_BYTE * len(content) - _PICTURE
            try:
                self.done[digest] = clean_medium(content, self._spend)
            except Invalid as problem:
                self.done[digest] = str(problem)
        found = self.done[digest]
        if isinstance(found, str):
            raise Invalid(found)
        return found

    def _spend(self, points: int) -> None:
        if points > self.left:
            raise Invalid(_("The pictures of this file have too many points together. Divide the file."))
        self.left -= points


_pictures: ContextVar[Pictures | None] = ContextVar("pictures", default=None)


def clean_shown(content: bytes) -> CleanMedium:
    """Return a file that a question shows as the bank keeps it, counted with the others of its file.

    Raises:
        Invalid: it cannot be kept, or the pictures of the file have too many points together.
    """
    return (_pictures.get() or Pictures()).clean(content)


@contextmanager
def counting_effort() -> Iterator[None]:
    """Count what the questions of a file cost beyond the usual, and the points of their pictures."""
    effort, pictures = _effort.set([0]), _pictures.set(Pictures())
    try:
        yield
    finally:
        _effort.reset(effort)
        _pictures.reset(pictures)


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
