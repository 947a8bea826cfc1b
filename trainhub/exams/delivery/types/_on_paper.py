"""How an answer of a type is entered from a sheet of paper: as typed words, unless the type says else."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from trainhub.exams.delivery.types._lettered import LETTERS, Answer

EMPTY, UNREADABLE = "-", "?"
_ALIKE = str.maketrans("—－–？", "---?")
BETWEEN = " ,、;"
"""What may stand between signs that are entered in a row."""


class NotOffered(ValueError):
    """A question does not offer what was entered; ``say`` says of its number why, if there is more to say."""

    def __init__(self, say: Callable[[str], str] | None = None) -> None:
        super().__init__()
        self.say = say


@dataclass(frozen=True)
class OnPaper:
    """Typed words in one field; what a type with other answers on paper derives from (答题卡录入).

    Args:
        press: how a key answers: ``one`` is the answer, of ``some`` each adds or takes away, of an ``order``
            each comes next; empty: words are typed.
        is_long: whether the field has several lines.
        aliases: keys that stand for a printed sign.
    """

    press: str = ""
    is_long: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict)

    def keys(self, options: Sequence[str]) -> str:
        """Return the signs that stand on the sheet, of which a key is one."""
        return "".join(options) if self.press else ""

    def fields(self, options: Sequence[str]) -> int:
        """Return how many fields there are to type in."""
        return 1

    def has_picture(self, targets: Sequence[str]) -> bool:
        """Tell whether crosses on a picture are entered."""
        return False

    def read(self, texts: Sequence[str], options: Sequence[str], targets: Sequence[str]) -> Answer:
        """Return what a machine would have sent.

        Args:
            texts: what was typed, a text a field; not all are empty or unreadable.
            options: the paper's keys in the order printed.
            targets: the paper's keys of the right side in the order printed.

        Raises:
            NotOffered: the question does not offer that.
        """
        return texts[0]

    def said(self, response: Answer, options: Sequence[str], targets: Sequence[str]) -> str:
        """Return an answer in the signs of the booklet, as it would be typed."""
        return str(response)

    def are_same(self, one: Answer, other: Answer, targets: Sequence[str], within: int) -> bool | None:
        """Tell whether two answers say the same; None: as their words do."""
        return None


def mark_of(text: str) -> str:
    """Return what was typed with the one stroke and the one question mark that say empty and unreadable."""
    return text.translate(_ALIKE)


def plain(text: str) -> str:
    """Return signs as they are compared: as wide as letters, and large."""
    return unicodedata.normalize("NFKC", text).upper()


def letter_of(options: Sequence[str], printed: str) -> str:
    """Return the letter that a machine shows where a sign is printed; its number says the same."""
    if printed in options:
        return LETTERS[options.index(printed)]
    if printed.isascii() and printed.isdecimal() and 0 < int(printed) <= len(options):
        return LETTERS[int(printed) - 1]
    raise NotOffered


def printed_at(options: Sequence[str], letter: str) -> str:
    """Return the sign that is printed where a machine shows a letter."""
    return options[LETTERS.index(letter)]


@dataclass(frozen=True)
class Lettered(OnPaper):
    """Letters in a row."""

    def read(self, texts: Sequence[str], options: Sequence[str], targets: Sequence[str]) -> Answer:
        """Return the letters that a machine shows; in the order entered only where it is the answer."""
        letters = [letter_of(options, each) for each in plain(texts[0]) if each not in BETWEEN]
        if self.press == "one":
            if len(letters) == 1:
                return letters[0]
            raise NotOffered
        return letters if self.press == "order" else sorted(set(letters))

    def said(self, response: Answer, options: Sequence[str], targets: Sequence[str]) -> str:
        """Return the letters printed."""
        return "".join(printed_at(options, each) for each in response or ())
