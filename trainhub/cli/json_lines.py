"""In which line a text of JSON says what; the reader of the library tells nothing of it once it has read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

_SIGN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]|[^\s"{}\[\],:]+')


def lines_of(text: str) -> dict[str, int]:
    """Return the line of each name and of each element of a list, by places such as ``cells[3].count``.

    Args:
        text: sound JSON.
    """
    walk = _Walk()
    for sign in _SIGN.findall(text):
        walk.take(sign)
    return walk.found


@dataclass
class _Level:
    """An object or a list within which the walk is: its place, and which element comes in a list."""

    place: str
    element: int | None


@dataclass
class _Walk:
    line: int = 1
    here: str = ""
    text: str = ""
    levels: list[_Level] = field(default_factory=list)
    found: dict[str, int] = field(default_factory=dict)

    def take(self, sign: str) -> None:
        if sign == "\n":
            self.line += 1
        elif sign == ":":
            self.here = f"{self.levels[-1].place}.{json.loads(self.text)}".lstrip(".")
            self.found[self.here] = self.line
        elif sign in "}]":
            self.levels.pop()
        elif sign == ",":
            level = self.levels[-1]
            level.element = None if level.element is None else level.element + 1
        else:
            self._value(sign)

    def _value(self, sign: str) -> None:
        level = self.levels[-1] if self.levels else None
        if level is not None and level.element is not None:
            self.here = f"{level.place}[{level.element}]"
            self.found[self.here] = self.line
        self.text = sign
        if sign in "{[":
            self.levels.append(_Level(self.here, 0 if sign == "[" else None))
