"""Words kept for readers of any language: which text is said and with what, in place of the sentence.

In a kept text such words stand as ``⟦{"says": "Row %(row)s is empty.", "with": {"row": 3}}⟧``, alone or
between words that somebody wrote. Values may hold such words themselves. Reading finds them again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

BEGIN, END = "⟦", "⟧"
_OPENS = re.compile(BEGIN + r'\{"says"')
"""How such words begin; within words that begin so nothing does, for a quote stands there with a stroke."""
_OPENS_IN_MARKUP = re.compile(BEGIN + r"\{(?:&#34;|&quot;|\")says")
_TAG = re.compile("[<>]")
_decoder = json.JSONDecoder()


@dataclass(frozen=True)
class KeptWords:
    """A text of the house as it is kept (留存的译文标识).

    Args:
        says: the text, in English, with places for values.
        values: what stands in these places.
        plural: the text where the count is not one, if it has a form of its own.
        count: what decides between the two.
    """

    says: str
    values: Mapping[str, Any] = field(default_factory=dict)
    plural: str | None = None
    count: int = 0

    def written(self) -> str:
        """Return the words as they are kept; a value that is no number is kept as text."""
        kept: dict[str, Any] = {"says": self.says}
        if self.plural is not None:
            kept |= {"plural": self.plural, "count": self.count}
        if self.values:
            kept["with"] = {name: _plain(value) for name, value in self.values.items()}
        return f"{BEGIN}{json.dumps(kept, ensure_ascii=False)}{END}"


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def parts_of(text: str) -> Iterator[str | KeptWords]:
    """Divide a kept text into what stands there as it is, and words of the house."""
    for piece in _pieces(text, _OPENS):
        found, end = _read_from(piece)
        if found is not None:
            yield found
        if end < len(piece):
            yield piece[end:]


def _pieces(text: str, opens: re.Pattern[str]) -> Iterator[str]:
    """Divide a text before each place where kept words may begin: each is looked at once, however many."""
    begins = [opened.start() for opened in opens.finditer(text)]
    for begin, end in pairwise([0, *begins, len(text)]):
        yield text[begin:end]


def _read_from(piece: str) -> tuple[KeptWords | None, int]:
    """Return the words with which a piece begins, and where they end; what others bracketed is none."""
    try:
        kept, end = _decoder.raw_decode(piece, 1) if piece.startswith(BEGIN) else (None, 0)
        # Half a character, which JSON can name, would end the page that is to show it.
        json.dumps(kept, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None, 0
    if not isinstance(kept, dict) or not isinstance(kept.get("says"), str) or piece[end : end + 1] != END:
        return None, 0
    values, plural, count = kept.get("with", {}), kept.get("plural"), kept.get("count", 0)
    if not isinstance(values, dict) or not isinstance(count, int) or not isinstance(plural, str | None):
        return None, 0
    return KeptWords(kept["says"], values, plural, count), end + 1


def replaced(text: str, say: Callable[[KeptWords], str]) -> str:
    """Return a kept text with the words of the house said.

    Args:
        text: as it is kept; markup stays markup, and what is said in it is escaped.
        say: says some words.
    """
    if isinstance(text, Markup):
        return _replaced_in_markup(text, say)
    return "".join(part if isinstance(part, str) else say(part) for part in parts_of(text))


def _replaced_in_markup(text: Markup, say: Callable[[KeptWords], str]) -> Markup:
    """Say the words that were escaped on their way into markup; the markup around them is left alone."""
    said = "".join(_said_in_markup(piece, say) for piece in _pieces(str(text), _OPENS_IN_MARKUP))
    return Markup(said)  # noqa: S704  (it was markup, the rest is escaped)


def _said_in_markup(piece: str, say: Callable[[KeptWords], str]) -> str:
    """Say the words with which a piece of markup begins, if it does; they end before the next tag does."""
    if not piece.startswith(BEGIN):
        return piece
    written = _TAG.split(piece, maxsplit=1)[0]
    found, end = _read_from(plain := unescape(written))
    if found is None:
        return piece
    closing = [place for place, sign in enumerate(written) if sign == END][plain.count(END, 0, end) - 1]
    return f"{escape(say(found))}{piece[closing + 1 :]}"
