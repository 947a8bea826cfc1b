"""Files that a command computes from: their text in whatever encoding can be told, or where it ends."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from trainhub.cli.acting import speaking
from trainhub.cli.ending import BadContent
from trainhub.cli.json_lines import lines_of
from trainhub.exams.bank.exchange.encodings import placed_text
from trainhub.kernel.i18n import in_language


def text_in(path: Path) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or GB18030.

    Raises:
        BadContent: it is no text, or its encoding cannot be told; line and byte are named.
    """
    # What reads encodings knows the languages of the house; the command speaks English throughout.
    with speaking(False), in_language("en"):
        try:
            return placed_text(path.read_bytes())
        except ValueError as problem:
            raise BadContent(f"{path.name}: {problem}") from None


@dataclass(frozen=True)
class Written:
    """What a file of JSON says, and where it says what.

    Args:
        name: of the file.
        text: of the file.
        value: what it says.
    """

    name: str
    text: str
    value: Any

    def told(self, problem: object) -> str:
        """Return what is said of a place such as ``cells[3].count: …`` with the file and the line of it."""
        place = str(problem).partition(": ")[0]
        while place and place not in self._lines:
            place = re.sub(r"(?:^|\.)[^.\[\]]*$|\[\d+\]$", "", place)
        line = f"line {self._lines[place]}: " if place else ""
        return f"{self.name}: {line}{problem}"

    @cached_property
    def _lines(self) -> dict[str, int]:
        return lines_of(self.text)


def json_in(path: Path) -> Written:
    """Return what a file of JSON says.

    Raises:
        BadContent: it is no JSON, or says a name twice in one object; line and column are named.
    """
    text = text_in(path)
    if not text.strip():
        raise BadContent(f"{path.name}: line 1: the file is empty")
    try:
        return Written(path.name, text, json.loads(text, object_pairs_hook=_once))
    except (ValueError, RecursionError) as problem:
        raise BadContent(f"{path.name}: this is no JSON: {problem}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for place, (name, _value) in enumerate(pairs) if name in dict(pairs[:place]))
        raise ValueError(f"{twice!r} is said twice in one object")
    return found
