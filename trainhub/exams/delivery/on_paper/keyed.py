"""What a reader types for one place of a sheet: an answer, that it is empty, or that nobody can read it.

Nothing is taken for granted: a place for which nothing was typed is refused. Letters and numbers are those
printed in the booklet; here they become what a machine would have sent.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trainhub.exams.bank.folding import fold
from trainhub.exams.bank.hazards import are_alike, read_marks
from trainhub.exams.delivery.chain import Answer
from trainhub.exams.delivery.form import Form, Place
from trainhub.exams.delivery.types import LETTERS
from trainhub.exams.delivery.types.constructed import LONGEST
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

EMPTY, UNREADABLE = "-", "?"
HAZARDS = "hazard_spotting"
_TRUE, _FALSE = frozenset("T√Y1对正V"), frozenset("F×XN20错误")
_PAIRS = re.compile(r"([A-Z])\s*[-–:=]?\s*([1-9][0-9]?)", re.ASCII)
_CROSSES = re.compile(r"\s*[;、\s]\s*")
_TYPED = frozenset({"fill_in", "numeric", "constructed"})
_ALIKE = str.maketrans("—－–？", "---?")


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
    if place.type == HAZARDS and isinstance(one.response, list) and isinstance(other.response, list):
        both = [read_marks(each.response or (), bool(place.targets)) or [] for each in (one, other)]
        return one.mark == other.mark and are_alike(both[0], both[1], within)
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
    if isinstance(entry.response, str):
        return {"T": "√", "F": "×"}[entry.response] if place.type == "true_false" else _printed(place, entry)
    if place.type == "matching":
        pairs = ((_key(place, each[0]), place.targets[int(each[1:]) - 1]) for each in entry.response)
        return " ".join(f"{left}{right}" for left, right in pairs)
    if place.type == "fill_in":
        return " / ".join(each or EMPTY for each in entry.response)
    if place.type == HAZARDS:
        return " ".join(entry.response)
    return "".join(_key(place, each) for each in entry.response)


def _printed(place: Place, entry: Entry) -> str:
    text = str(entry.response)
    return _key(place, text) if place.type == "single" else text


def _key(place: Place, letter: str) -> str:
    return place.options[LETTERS.index(letter)]


def _entry(place: Place, texts: Sequence[str] | Entry) -> Entry:
    if isinstance(texts, Entry):
        return texts
    stripped = [text.replace("\r\n", "\n").strip() for text in texts]
    marks = [text.translate(_ALIKE) for text in stripped]
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
    response = _typed(place, stripped, marks) if place.type in _TYPED else _chosen(place, stripped[0])
    if place.type == "constructed" and len(str(response)) > LONGEST:
        raise Invalid(
            _(
                "Question %(number)s: %(count)s characters were entered, and %(most)s are taken at most. "
                "Nothing was cut; shorten it.",
                number=name_of(place),
                count=len(str(response)),
                most=LONGEST,
            )
        )
    try:
        place.slot.check(response)
    except Invalid:
        raise _not_offered(place) from None
    return Entry(Mark.UNREADABLE if UNREADABLE in marks else Mark.ANSWERED, response)


def _typed(place: Place, texts: Sequence[str], marks: Sequence[str]) -> Answer:
    if place.type != "fill_in":
        return texts[0]
    return ["" if mark in (EMPTY, UNREADABLE) else text for text, mark in zip(texts, marks, strict=True)]


def _not_offered(place: Place) -> Invalid:
    return Invalid(_("Question %(number)s does not offer what was entered.", number=name_of(place)))


def _chosen(place: Place, text: str) -> Answer:
    """Return a choice in the letters shown; what is printed in the booklet are the paper's keys."""
    plain = unicodedata.normalize("NFKC", text).upper()
    if place.type == "true_false":
        if len(plain) == 1 and plain in _TRUE | _FALSE:
            return "T" if plain in _TRUE else "F"
        raise _not_offered(place)
    if place.type == "matching":
        return _matched(place, plain)
    if place.type == HAZARDS:
        return _crosses(place, plain)
    letters = [_letter(place, each) for each in plain if each not in " ,、;"]
    if place.type == "single":
        if len(letters) == 1:
            return letters[0]
        raise _not_offered(place)
    return letters if place.type == "ordering" else sorted(set(letters))


def _crosses(place: Place, text: str) -> list[str]:
    """Return crosses as the exam page sends marks; moments of a film cannot be marked on paper."""
    crosses = _CROSSES.split(text)
    if place.targets:
        raise _not_offered(place)
    if len(crosses) > len(place.options):
        raise Invalid(
            _(
                "Question %(number)s takes %(most)s crosses at most: enter ? if there are more.",
                number=name_of(place),
                most=len(place.options),
            )
        )
    return crosses


def _letter(place: Place, printed: str) -> str:
    if printed in place.options:
        return LETTERS[place.options.index(printed)]
    if printed.isascii() and printed.isdecimal() and 0 < int(printed) <= len(place.options):
        return LETTERS[int(printed) - 1]
    raise _not_offered(place)


def _matched(place: Place, text: str) -> list[str]:
    """Return pairs from ``A2 B1``, or from the numbers alone in the order of the letters: ``21``."""
    if text.isascii() and text.isdecimal() and len(text) == len(place.options):
        pairs = [(key, number) for key, number in zip(place.options, text, strict=True) if number != "0"]
    else:
        pairs = _PAIRS.findall(text)
        if len(_PAIRS.sub("", text).strip(" ,、;")) > 0:
            raise _not_offered(place)
    found = []
    for key, number in pairs:
        if key not in place.options or number not in place.targets:
            raise _not_offered(place)
        found.append(f"{LETTERS[place.options.index(key)]}{place.targets.index(number) + 1}")
    return sorted(found)
