"""Two texts side by side with what differs marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from trainhub.exams.bank.content import FALSE, TRUE, ItemBody
from trainhub.exams.bank.texts import shown_words_in
from trainhub.kernel.i18n import _

Pieces = tuple[tuple[str, bool], ...]
"""Pieces of a text, each with whether the other text has it not."""


@dataclass(frozen=True)
class Side:
    """One of two questions as it is shown beside the other.

    Args:
        stem: in pieces.
        options: letter, text in pieces, whether it is the key.
        key: the key in words, where there are no options.
    """

    stem: Pieces
    options: tuple[tuple[str, Pieces, bool], ...] = ()
    key: str = ""


def marked(one: str, other: str) -> tuple[Pieces, Pieces]:
    """Return two texts in pieces, with what only one of them has marked."""
    left, right = [], []
    for what, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        left.append((one[a:b], what != "equal"))
        right.append((other[c:d], what != "equal"))
    return tuple(each for each in left if each[0]), tuple(each for each in right if each[0])


def side_by_side(one: ItemBody, other: ItemBody) -> tuple[Side, Side]:
    """Return two items with their differences marked; options are matched by what they say."""
    left, right = marked(shown_words_in(one, one.stem), shown_words_in(other, other.stem))
    return (
        Side(left, _options(one, other), _key(one)),
        Side(right, _options(other, one), _key(other)),
    )


def beside_text(body: ItemBody, text: str) -> tuple[Side, Pieces]:
    """Return an item and a text written as lines, with what differs marked in the question."""
    lines = text.splitlines() or [""]
    left, right = marked(shown_words_in(body, body.stem), lines[0])
    rest = "\n".join(lines[1:])
    return Side(left, _options(body, body), _key(body)), (*right, *((("\n" + rest, False),) if rest else ()))


def _options(body: ItemBody, other: ItemBody) -> tuple[tuple[str, Pieces, bool], ...]:
    return tuple(
        (option.key, marked(text, _closest(text, other))[0], option.key in body.answer)
        for option in body.options
        for text in [shown_words_in(body, option.text)]
    )


def _closest(text: str, other: ItemBody) -> str:
    texts = [shown_words_in(other, option.text) for option in other.options]
    return max(
        texts, key=lambda each: len(set(each) & set(text)) / max(1, len(set(each) | set(text))), default=""
    )


def _key(body: ItemBody) -> str:
    if body.options:
        return ""
    words: dict[Sequence[str], str] = {(TRUE,): _("√ right"), (FALSE,): _("× wrong")}
    return words.get(body.answer, "")
