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
from typing import Any

from markupsafe import Markup, escape

BEGIN, END = "⟦", "⟧"
_decoder = json.JSONDecoder()
_BRACKET = re.compile(f"[{BEGIN}{END}]")


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
    start = place = 0
    while (place := text.find(BEGIN, place)) >= 0:
        found, end = _read_at(text, place)
        if found is None:
            place = end
            continue
        if place > start:
            yield text[start:place]
        yield found
        start = place = end
    if start < len(text):
        yield text[start:]


def _read_at(text: str, place: int) -> tuple[KeptWords | None, int]:
    """Return the words that begin at a place, and where to go on; brackets of other people are none.

    Anybody can write such brackets: what nests without end, or holds half a character, is none of ours.
    """
    try:
        kept, end = _decoder.raw_decode(text, place + 1)
        json.dumps(kept, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None, place + 1
    if not isinstance(kept, dict) or not isinstance(kept.get("says"), str) or text[end : end + 1] != END:
        return None, place + 1
    values, plural, count = kept.get("with", {}), kept.get("plural"), kept.get("count", 0)
    if not isinstance(values, dict) or not isinstance(count, int) or not isinstance(plural, str | None):
        return None, place + 1
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
    plain, start = str(text), 0
    ends = _ends_in(plain) if BEGIN in plain else {}
    pieces: list[str] = []
    while (begin := plain.find(BEGIN, start)) >= 0:
        end = ends.get(begin, begin + 1)
        pieces.append(plain[start:begin])
        pieces.append(str(escape(replaced(unescape(plain[begin:end]), say))))
        start = end
    return Markup("".join(pieces) + plain[start:])  # noqa: S704  (it was markup, the rest is escaped)


def _ends_in(text: str) -> dict[int, int]:
    """Return behind which place each bracket is closed, read once; one that is not closed is not there."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for found in _BRACKET.finditer(text):
        if found[0] == BEGIN:
            opened.append(found.start())
        elif opened:
            ends[opened.pop()] = found.end()
    return ends
