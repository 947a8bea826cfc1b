"""Tables and lines of a formula, made of the cells that were read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trainhub.exams.bank.formulas.tree import Grid, Row, Unreadable
from trainhub.kernel.i18n import _

MOST_CELLS = 64
_SIDES = re.compile(r"[lcr]{1,20}")


def sides_of(raw: str) -> str:
    """Return the sides of the columns of an array.

    Raises:
        Unreadable: it says more of its columns than their sides, such as lines between them.
    """
    sides = "".join(raw.split())
    if not _SIDES.fullmatch(sides):
        command = f"\\begin{{array}}{{{sides[:20]}}}"
        raise Unreadable(_("Formulas here have no “%(command)s”.", command=command))
    return sides


def grid_of(name: str, rows: Sequence[Sequence[Row]], sides: str = "") -> Grid:
    """Return a table whose rows are made equally long, and each column of an array a side.

    Raises:
        Unreadable: it is empty or too large.
    """
    if not rows or sum(map(len, rows)) > MOST_CELLS:
        raise Unreadable(_("A table in a formula has 1 to %(most)s cells.", most=MOST_CELLS))
    widest = max(map(len, rows))
    columns = (sides + sides[-1:] * widest)[:widest]
    return Grid(name, tuple((*row, *[Row(())] * (widest - len(row))) for row in rows), columns)


def below_each_other(lines: Sequence[Sequence[Row]]) -> Row:
    """Return a whole formula out of its lines; empty ones show nothing and count for none."""
    shown = [line for line in lines if any(cell.parts for cell in line)]
    if len(shown) > 1:
        is_aligned = any(len(line) > 1 for line in shown)
        return Row((grid_of("aligned" if is_aligned else "gathered", shown),))
    return shown[0][0] if shown else Row(())
