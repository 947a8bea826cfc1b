"""What each column of a sheet means, as somebody said it: on a page, by an option, or for an earlier file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trainhub.exams.bank.reading.columns import COLUMN_LETTERS, HEADER_WITHIN, Header, codes_in, meanings_of
from trainhub.exams.bank.reading.sayings import Saying, _l
from trainhub.kernel.errors import Invalid
from trainhub.kernel.workbooks import Sheet

IGNORED = "ignored"
PLAIN = (
    "stem", "answer", "type", "options", "explanation", "point", "level", "cognitive", "source",
    "targets", "rubric", "longest", "credit",
)  # fmt: skip
MEANINGS = (*PLAIN, *(f"option:{letter}" for letter in COLUMN_LETTERS), IGNORED)
"""What a column can mean."""


@dataclass(frozen=True)
class Layout:
    """What the columns of a sheet mean (列对应关系).

    Args:
        head: the headings as they stand there; empty where the sheet has none.
        meanings: one of ``MEANINGS`` for each column; empty where the sheet is to be left aside.
        sheet: the one sheet that is meant; every sheet with the head unless given.
        row: of the headings from 0, where the sheet is named; -1 where it has none.
        codes: what numbers in its columns of types and of keys stand for, by the meaning of the column.
    """

    head: tuple[str, ...]
    meanings: tuple[str, ...]
    sheet: str = ""
    row: int = -1
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "head": list(self.head),
            "meanings": list(self.meanings),
            "sheet": self.sheet,
            "row": self.row,
            "codes": {meaning: dict(codes) for meaning, codes in self.codes.items()},
        }


def read_layout(plain: Mapping[str, Any]) -> Layout:
    """Return a layout from its plain values."""
    said = plain["head"], plain["meanings"], plain["sheet"], plain["row"]
    return Layout(tuple(said[0]), tuple(said[1]), said[2], said[3], plain.get("codes", {}))


@dataclass(frozen=True)
class Columns:
    """All that is said about the columns of a file.

    Args:
        layouts: of sheets, the first that fits counts.
        headings: what single headings mean, wherever they stand.
        codes: what the numbers below them stand for, by the meaning of the column.
    """

    layouts: Sequence[Layout] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def layout_of(self, sheet: Sheet) -> Layout | None:
        """Return what was said of a sheet, None if nothing was."""
        for layout in self.layouts:
            if layout.sheet:
                if layout.sheet == sheet.name:
                    return layout
            elif layout.head and (row := _row_of(layout.head, sheet)) is not None:
                return Layout(layout.head, layout.meanings, sheet.name, row, layout.codes)
        return self._by_headings(sheet) if self.headings else None

    def _by_headings(self, sheet: Sheet) -> Layout | None:
        for row, cells in enumerate(sheet.rows[:HEADER_WITHIN]):
            head = head_of(cells)
            said = [self.headings.get(heading) for heading in head]
            if not any(said):
                continue
            taken = set(said)
            others = [meaning or IGNORED for meaning in meanings_of(head)]
            meanings = [
                mine or (other if other in MEANINGS and other not in taken else IGNORED)
                for mine, other in zip(said, others, strict=True)
            ]
            return Layout(head, _once(meanings), sheet.name, row, self.codes)
        return None


def head_of(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the headings of a row, without the empty cells behind the last."""
    head = [cell.strip() for cell in cells]
    while head and not head[-1]:
        head.pop()
    return tuple(head)


def check_meanings(meanings: Sequence[str]) -> None:
    """Raise Invalid unless questions can be read from columns of these meanings."""
    problem = what_is_wrong(meanings)
    if problem is not None:
        raise Invalid(str(problem))


def what_is_wrong(meanings: Sequence[str]) -> Saying | None:
    """Return why no questions can be read from columns of these meanings; None if they can."""
    used = [meaning for meaning in meanings if meaning != IGNORED]
    own = [meaning for meaning in used if meaning.startswith("option:")]
    if not set(used) <= set(MEANINGS):
        return _l("A column has a meaning that does not exist.")
    if "stem" not in used or "answer" not in used:
        return _l("Say which column holds the question and which the key.")
    if len(set(used)) != len(used):
        return _l("Two columns have the same meaning. Ignore one of them.")
    if own and "options" in used:
        return _l("Options stand either in columns of their own or together in one.")
    if own and sorted(own) != [f"option:{letter}" for letter in COLUMN_LETTERS[: len(own)]]:
        return _l("Options of separate columns begin with A and leave no letter out.")
    return None


def header_by(layout: Layout, sheet: Sheet) -> Header:
    """Return where the columns of a sheet are, as a layout says it."""
    places = {meaning: place for place, meaning in enumerate(layout.meanings) if meaning != IGNORED}
    options = {
        letter: places[f"option:{letter}"] for letter in COLUMN_LETTERS if f"option:{letter}" in places
    }
    columns = {meaning: place for meaning, place in places.items() if not meaning.startswith("option:")}
    codes = dict(layout.codes.get("type", {}))
    if "type" in columns and 0 <= layout.row < len(sheet.rows):
        cells = sheet.rows[layout.row]
        codes |= codes_in(cells[columns["type"]]) if columns["type"] < len(cells) else {}
    return Header(layout.row, columns, options, codes, (), layout.codes.get("answer", {}))


def _row_of(head: Sequence[str], sheet: Sheet) -> int | None:
    rows = enumerate(sheet.rows[:HEADER_WITHIN])
    return next((row for row, cells in rows if head_of(cells) == tuple(head)), None)


def _once(meanings: Sequence[str]) -> tuple[str, ...]:
    seen: set[str] = set()
    kept = []
    for meaning in meanings:
        kept.append(IGNORED if meaning in seen else meaning)
        seen |= {meaning} - {IGNORED}
    return tuple(kept)
