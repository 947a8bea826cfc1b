"""What a reader types for one place of a sheet: an answer, that it is empty, or that nobody can read it.

Nothing is taken for granted: a place for which nothing was typed is refused. Letters and numbers are those
printed in the booklet; each type says what a machine would have sent for them (``types``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trainhub.exams.bank.folding import fold
from trainhub.exams.delivery.chain import Answer
from trainhub.exams.delivery.form import Form, Place
from trainhub.exams.delivery.types import OnPaper, response_form
from trainhub.exams.delivery.types._on_paper import EMPTY, UNREADABLE, NotOffered, mark_of
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _


class Mark(StrEnum):
    """What is at a place of a sheet (填涂状态)."""

    ANSWERED = "answered"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Entry:
    """What one reader saw at one place; of several blanks some may be unreadable and others answered."""

    mark: Mark
    response: Answer = None

    @property
    def compared(self) -> str:
        """The entry for comparing two: width of characters, case and spaces tell nothing."""
        given = self.response if isinstance(self.response, list) else [self.response or ""]
        plain = [fold("".join(each.split())).casefold() for each in given]
        return f"{self.mark}:{plain}"


def are_same(place: Place, one: Entry, other: Entry, within: int) -> bool:
    """Tell whether two entries for a place say the same; crosses need not lie on the very same point.

    Args:
        place: which.
        one: what one reader entered.
        other: what the other did.
        within: how far two crosses may lie apart, in ten-thousandths of a picture.
    """
    same = _form(place).are_same(one.response, other.response, place.targets, within)
    if same is not None:
        return one.mark == other.mark and same
    return one.compared == other.compared


Typed = Mapping[int, "Sequence[str] | Entry"]
"""What was typed by place, from 0: a text for each field, or an entry that was chosen as it is."""


def read_entries(form: Form, typed: Typed) -> list[Entry]:
    """Return what was typed for every place of a form, in its order.

    Raises:
        Invalid: a place was left out, or says what the question does not offer; the sentence names it.
    """
    return [_entry(place, typed.get(at, ())) for at, place in enumerate(form)]


def name_of(place: Place) -> str:
    """Return the number of a place as it is printed."""
    return f"{place.number}({place.part})" if place.part else str(place.number)


def write_entries(entries: Sequence[Entry]) -> str:
    """Return entries as they are kept."""
    plain = [[str(each.mark), each.response] for each in entries]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def kept_entries(written: str) -> list[Entry]:
    """Return kept entries."""
    return [Entry(Mark(mark), response) for mark, response in json.loads(written)]


def said(place: Place, entry: Entry) -> str:
    """Return an entry in the letters and numbers of the booklet, as it would be typed."""
    if entry.response is None:
        return UNREADABLE if entry.mark is Mark.UNREADABLE else EMPTY
    return _form(place).said(entry.response, place.options, place.targets)


def _form(place: Place) -> OnPaper:
    return response_form(place.type).ON_PAPER


def _entry(place: Place, texts: Sequence[str] | Entry) -> Entry:
    if isinstance(texts, Entry):
        return texts
    stripped = [text.replace("\r\n", "\n").strip() for text in texts]
    marks = [mark_of(text) for text in stripped]
    filled = [mark for mark in marks if mark]
    if not filled:
        raise Invalid(
            _(
                "Question %(number)s: enter the answer, - if it is empty, ? if it cannot be read.",
                number=name_of(place),
            )
        )
    if all(mark == EMPTY for mark in filled):
        return Entry(Mark.EMPTY)
    if all(mark in (EMPTY, UNREADABLE) for mark in filled):
        return Entry(Mark.UNREADABLE)
    try:
        response = _form(place).read(stripped, place.options, place.targets)
        place.slot.check(response)
    except NotOffered as problem:
        raise (Invalid(problem.say(name_of(place))) if problem.say else _not_offered(place)) from None
    except Invalid:
        raise _not_offered(place) from None
    return Entry(Mark.UNREADABLE if UNREADABLE in marks else Mark.ANSWERED, response)


def _not_offered(place: Place) -> Invalid:
    return Invalid(_("Question %(number)s does not offer what was entered.", number=name_of(place)))
