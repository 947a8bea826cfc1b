"""An import that goes on after it was broken off: the items that it had brought in are its own, no copies."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from trainhub.exams.bank.known import Found
from trainhub.exams.bank.models import Import, Item
from trainhub.exams.bank.reading import Row
from trainhub.kernel.db import db
from trainhub.kernel.rewrapping import lots

_AT_ONCE = 500


class CameIn:
    """What an import had brought in before it was broken off; mostly nothing.

    Args:
        kept: id of the import's row; None: it has none, and goes on nowhere.
    """

    def __init__(self, kept: str | None) -> None:
        row = None if kept is None else db.session.get(Import, kept)
        self._ranges: list[list[int]] = [] if row is None else row.came_in or []
        self._rows: dict[int, Row] = {}

    def is_from(self, row: Row, found: Found) -> bool:
        """Tell whether an item came from this very row; another row that asks the same repeats it."""
        number = found.item_id
        if number is None or number in self._rows:
            return False
        if not any(first <= number <= last for first, last in self._ranges):
            return False
        self._rows[number] = row
        return True

    @property
    def rows(self) -> list[Row]:
        """The rows that were found so."""
        return list(self._rows.values())

    def items(self) -> list[tuple[str, Item]]:
        """Return the items that were found so, each with the place of its row."""
        found: list[tuple[str, Item]] = []
        for numbers in lots(sorted(self._rows), _AT_ONCE):
            items = db.session.scalars(select(Item).where(Item.id.in_(numbers)).order_by(Item.id))
            found += [(self._rows[item.id].where, item) for item in items]
        return found


def note_came_in(kept: str | None, items: Iterable[Item]) -> None:
    """Write down, in the deed that brings them in, which items an import has brought in."""
    if kept is None:
        return
    row = db.session.get_one(Import, kept)
    ranges = [list(each) for each in row.came_in or ()]
    for number in sorted(item.id for item in items):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    row.came_in = ranges
