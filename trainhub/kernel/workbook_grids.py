"""How far a sheet of a workbook reaches and how much it says, found in its bytes before any grid is built.

The parser that reads the cells afterwards is more lenient than Excel ever writes: it takes blanks around an
equals sign, any prefix, cells that do not say where they stand. Whatever this reading could see otherwise
than that one is refused, so that no cell stands where it was not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_OPENS = rb"<(?:[^\s<>/:!?]+:)?"
_ANY_TAG = re.compile(_OPENS + rb"(?:row|c)(?=[\s/>])")
_TAG = re.compile(
    _OPENS + rb"(row|c)(?=[\s/>])((?:\s+[\w:.-]+=(?:\"[^\"<>]*\"|'[^'<>]*'))*)\s*(/?)>"
    rb"(?:\s*(" + _OPENS + rb"f[\s>/]))?"
)
_PLACE = re.compile(rb"""\sr=["']([^"']*)["']""")
_REFERENCE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_NUMBER = re.compile(rb"[0-9]{1,7}")
_SHARED = re.compile(rb"""\st=["']s["']""")
_FORMULA = rb"(?:" + _OPENS + rb"f(?:\s[^<>]*)?(?:/>|>[^<]*</[^<>]*>)\s*)?"
_VALUE = re.compile(
    rb"\s*" + _FORMULA + rb"(?:" + _OPENS + rb"v(?:\s[^<>]*)?>\s*(\d{1,9})\s*</"
    rb"|" + _OPENS + rb"v\s*(?:/>|>\s*</)|</)"
)


class Unusual(ValueError):
    """A sheet is written as no program writes it."""


@dataclass
class Grid:
    """What is found of a sheet: how far its filled cells reach, where formulas stand, how much it says.

    Args:
        most_rows: more are not looked at.
        most_columns: more are not looked at.
        lengths: about how long the strings are that cells share.
    """

    most_rows: int
    most_columns: int
    lengths: Sequence[int] = ()
    rows: int = 0
    columns: int = 0
    said: int = 0
    filled: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    _row: int = 0
    _column: int = 0

    @property
    def area(self) -> int:
        """How many cells are built for it, filled or not."""
        return self.rows * self.columns

    @property
    def is_too_large(self) -> bool:
        """Whether it reaches further than it may."""
        return self.rows > self.most_rows or self.columns > self.most_columns

    def read(self, content: bytes) -> None:
        """Go over the tags of rows and cells, no further than a sheet may reach.

        Raises:
            Unusual: one of them is written as no program writes it.
        """
        found = 0
        for tag in _TAG.finditer(content):
            found += 1
            if tag[1] == b"row":
                self._begin_row(tag[2])
            else:
                self._take_cell(content, tag)
            if self.is_too_large:
                return
        if found != sum(1 for _each in _ANY_TAG.finditer(content)):
            raise Unusual("tag")

    def _begin_row(self, attributes: bytes) -> None:
        place = _PLACE.search(attributes)
        if place is not None and not _NUMBER.fullmatch(place[1]):
            raise Unusual("row")
        self._row = self._row + 1 if place is None else int(place[1])
        self._column = 0

    def _take_cell(self, content: bytes, tag: re.Match[bytes]) -> None:
        row, column = self._place_of(tag[2])
        if tag[3]:
            # Formatted and empty: programs write these up to the last column there is. Those that do not say
            # where they stand push the ones behind them on.
            return
        self.filled += 1
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        if tag[4]:
            self.formulas.add((row, column - 1))
        if _SHARED.search(tag[2]):
            self._take_string(_VALUE.match(content, tag.end(3) + 1))

    def _place_of(self, attributes: bytes) -> tuple[int, int]:
        """Return where a cell stands: where it says, else behind the one before it."""
        place = _PLACE.search(attributes)
        if place is None:
            self._column += 1
            return max(1, self._row), self._column
        reference = _REFERENCE.fullmatch(place[1])
        if reference is None:
            raise Unusual("cell")
        self._column = _column_number(reference[1])
        return int(reference[2]), self._column

    def _take_string(self, value: re.Match[bytes] | None) -> None:
        if value is None:
            raise Unusual("string")
        if value[1] is not None and int(value[1]) < len(self.lengths):
            self.said += self.lengths[int(value[1])]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
