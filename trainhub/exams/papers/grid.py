"""A blueprint as a grid (双向细目表): a column is a type and marks, a row a knowledge point and level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trainhub.exams.papers.blueprints import Cell
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _
from trainhub.kernel.sent_forms import Placed

SPARE_COLUMNS, SPARE_ROWS = 1, 2
MOST_COLUMNS, MOST_ROWS = 12, 80
LARGEST = 9999


@dataclass(frozen=True)
class Grid:
    """A grid of counts.

    Args:
        columns: type of question and marks of each; the type of a spare column is empty.
        rows: knowledge point and level; empty for any.
        counts: a row for each row, a number for each column.
        unread: what was written where a whole number up to LARGEST belongs, by row and column; row -1 has
            the marks. It counts as zero.
    """

    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, str], ...]
    counts: tuple[tuple[int, ...], ...]
    unread: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def complaints(self) -> list[Placed]:
        """What is no whole number or too large a one, and where."""
        return [
            Placed(_complaint(row, column, text), mark_of(row, column))
            for (row, column), text in self.unread.items()
        ]

    @property
    def row_questions(self) -> list[int]:
        """Questions of each row."""
        return [sum(row) for row in self.counts]

    @property
    def row_marks(self) -> list[int]:
        """Marks of each row."""
        worth = [marks for _type, marks in self.columns]
        return [sum(count * each for count, each in zip(row, worth, strict=True)) for row in self.counts]

    @property
    def column_questions(self) -> list[int]:
        """Questions of each column."""
        return [sum(row[place] for row in self.counts) for place in range(len(self.columns))]

    @property
    def column_marks(self) -> list[int]:
        """Marks of each column."""
        pairs = zip(self.column_questions, self.columns, strict=True)
        return [count * marks for count, (_type, marks) in pairs]

    @property
    def questions(self) -> int:
        """All questions."""
        return sum(self.row_questions)

    @property
    def marks(self) -> int:
        """All marks."""
        return sum(self.row_marks)

    @property
    def cells(self) -> list[Cell]:
        """The cells that hold a question, type by type.

        Raises:
            Invalid: a column with questions has no type or no marks.
        """
        found = []
        for place, (kind, marks) in enumerate(self.columns):
            if self.column_questions[place] and (not kind or marks < 1):
                at = mark_of(-1, place) if kind else f"type-{place + 1}"
                said = _("Say the type and the marks of column %(number)s.", number=place + 1)
                raise Invalid(said, about=f"#{at}")
            found += [
                Cell(kind, point or None, row[place], marks, level or None)
                for (point, level), row in zip(self.rows, self.counts, strict=True)
                if row[place]
            ]
        return found

    def with_spare(self) -> Grid:
        """Return the grid with room to write more: the empty columns and rows that it lacks and may have."""
        empty = sum(
            not kind and not self._holds(column=place) for place, (kind, _m) in enumerate(self.columns)
        )
        blank = sum(not any(row) and not self._holds(row=place) for place, row in enumerate(self.rows))
        wide = _lacking(SPARE_COLUMNS, empty, MOST_COLUMNS - len(self.columns))
        high = _lacking(SPARE_ROWS, blank, MOST_ROWS - len(self.rows))
        columns = (*self.columns, *[("", 0)] * wide)
        counts = [(*row, *[0] * wide) for row in self.counts] + [(0,) * len(columns)] * high
        return Grid(columns, (*self.rows, *[("", "")] * high), tuple(counts), self.unread)

    def _holds(self, *, row: int | None = None, column: int | None = None) -> bool:
        """Tell whether anything is written in the cells of a row, or in those of a column and its marks."""
        if column is None:
            return any(self.counts[row or 0]) or any(row == at for at, _c in self.unread)
        marks = self.columns[column][1]
        return bool(marks or self.column_questions[column]) or any(column == at for _r, at in self.unread)


def _lacking(wanted: int, there: int, room: int) -> int:
    return max(0, min(wanted - there, room))


def mark_of(row: int, column: int) -> str:
    """Return the mark of a field of the grid on its page; row -1 has the marks of the columns."""
    return f"marks-{column + 1}" if row < 0 else f"count-{row + 1}-{column + 1}"


def grid_of(cells: Sequence[Cell]) -> Grid:
    """Return cells as a grid; two cells that say the same are one with the sum."""
    columns = tuple(dict.fromkeys((cell.type, cell.marks) for cell in cells))
    rows = tuple(
        sorted({(cell.knowledge_point or "", cell.level or "") for cell in cells}, key=_by_point_and_level)
    )
    counts = [[0] * len(columns) for _row in rows]
    for cell in cells:
        row = rows.index((cell.knowledge_point or "", cell.level or ""))
        counts[row][columns.index((cell.type, cell.marks))] += cell.count
    return Grid(columns, rows, tuple(tuple(row) for row in counts))


def _by_point_and_level(row: tuple[str, str]) -> tuple[bool, str, int]:
    order = ("remember", "understand", "apply", "")
    return not row[0], row[0], order.index(row[1])


def read_grid(
    types: Sequence[str],
    marks: Sequence[str],
    points: Sequence[str],
    levels: Sequence[str],
    counts: Sequence[str],
) -> Grid:
    """Return the grid that the fields of a form say, row by row; what is left empty is zero.

    Raises:
        Invalid: the fields make no grid.
    """
    columns = tuple((kind, _number(each) or 0) for kind, each in zip(types, marks, strict=False))
    rows = tuple(zip(points, levels, strict=False))
    if not columns or not rows or len(columns) > MOST_COLUMNS or len(rows) > MOST_ROWS:
        raise Invalid(_("A blueprint has rows and columns."))
    if len(counts) != len(columns) * len(rows):
        raise Invalid(_("A blueprint has rows and columns."))
    numbers = [_number(each) or 0 for each in counts]
    wide = len(columns)
    unread = {(-1, place): text for place, text in enumerate(marks[:wide]) if _number(text) is None}
    unread |= {divmod(place, wide): text for place, text in enumerate(counts) if _number(text) is None}
    rows_of_numbers = tuple(tuple(numbers[start : start + wide]) for start in range(0, len(numbers), wide))
    return Grid(columns, rows, rows_of_numbers, unread)


def _number(text: str) -> int | None:
    """Return the number that a field says, nothing being zero; None if it says none, or too large a one."""
    text = text.strip()
    if not text:
        return 0
    return int(text) if text.isdecimal() and not _is_too_large(text) else None


def _is_too_large(text: str) -> bool:
    """Tell whether a field says a whole number above the limit; told by its length, however long it is."""
    text = text.strip()
    return text.isdecimal() and len(text) > len(str(LARGEST))


def _complaint(row: int, column: int, text: str) -> str:
    place = {"row": row + 1, "column": column + 1, "written": text, "limit": LARGEST}
    if _is_too_large(text):
        if row < 0:
            return _("Marks of column %(column)s: “%(written)s” is too large; %(limit)s at most.", **place)
        return _("Row %(row)s, column %(column)s: “%(written)s” is too large; %(limit)s at most.", **place)
    if row < 0:
        return _("Marks of column %(column)s: “%(written)s” is no whole number.", **place)
    return _("Row %(row)s, column %(column)s: “%(written)s” is no whole number.", **place)


def require_sums(grid: Grid, questions: int | None, marks: int | None) -> None:
    """Check that a grid comes to what the paper is to have.

    Raises:
        Invalid: it does not; both numbers are said.
    """
    if questions is not None and grid.questions != questions:
        raise Invalid(
            _("The cells hold %(found)s questions, not %(wanted)s.", found=grid.questions, wanted=questions),
            about="questions_in_all",
        )
    if marks is not None and grid.marks != marks:
        raise Invalid(
            _("The cells come to %(found)s marks, not %(wanted)s.", found=grid.marks, wanted=marks),
            about="marks_in_all",
        )
