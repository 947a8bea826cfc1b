"""What a formula consists of: a closed set of parts, whatever language it was written in."""

from __future__ import annotations

from dataclasses import dataclass


class Unreadable(ValueError):
    """A formula that cannot be taken in; says why, for the person."""


@dataclass(frozen=True)
class Number:
    """A number, such as 9.8."""

    text: str


@dataclass(frozen=True)
class Letter:
    """One slanted letter, a quantity."""

    text: str


@dataclass(frozen=True)
class Mark:
    """A sign with a name in ``symbols.SIGNS``."""

    command: str


@dataclass(frozen=True)
class Upright:
    """Letters that stand upright: a unit, an element, a name."""

    text: str


@dataclass(frozen=True)
class Text:
    """Words within a formula."""

    text: str


@dataclass(frozen=True)
class Row:
    """Parts side by side."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Fraction:
    """A fraction."""

    above: Row
    below: Row


@dataclass(frozen=True)
class Root:
    """A root; ``degree`` is None of a square root."""

    inside: Row
    degree: Row | None = None


@dataclass(frozen=True)
class Scripts:
    """Something with an index, a power or both."""

    base: Part
    sub: Row | None = None
    sup: Row | None = None


@dataclass(frozen=True)
class Fence:
    """Something between brackets that grow with it."""

    left: str
    inside: Row
    right: str


@dataclass(frozen=True)
class Accent:
    """Something with a sign above or below it."""

    command: str
    inside: Row


@dataclass(frozen=True)
class Grid:
    """A table of cells: a matrix, cases, lines below each other.

    Args:
        name: of its environment.
        rows: its cells, as many in each row.
        columns: of an ``array`` the side of each column, ``l``, ``c`` or ``r``.
    """

    name: str
    rows: tuple[tuple[Row, ...], ...]
    columns: str = ""


Leaf = Number | Letter | Mark | Upright | Text
Whole = Row | Fraction | Root | Scripts | Fence | Accent | Grid
Part = Leaf | Whole


def only(row: Row) -> Part:
    """Return the one part of a row, else the row."""
    return row.parts[0] if len(row.parts) == 1 else row
