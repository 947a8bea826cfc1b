"""Asking for a figure on a day: cheap enough for hot paths, never older than the last recorded change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar, cast

from flask import current_app, g
from flask_babel import get_locale
from sqlalchemy import select

from trainhub.kernel.db import db
from trainhub.regulations.models import Edition, FigureRow, Kind, QualificationRow


class UnknownFigure(LookupError):
    """No figure has this key on this day: a mistake of the program or a hole in the data."""


class Dated(Protocol):
    """Something that holds in a period; an empty end is an open one."""

    @property
    def valid_from(self) -> date | None:
        """First day."""

    @property
    def valid_to(self) -> date | None:
        """Last day."""


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True)
class Figure:
    """A figure as it holds in one period (法规参数)."""

    key: str
    title_zh: str
    title_en: str
    value: Any
    unit: str
    kind: Kind
    source: str
    article: str
    valid_from: date | None
    valid_to: date | None
    confirmed: bool
    note_zh: str
    note_en: str

    @property
    def subject(self) -> str:
        """The first word of the key: exam, training, site …"""
        return self.key.split(".", 1)[0]

    @property
    def title(self) -> str:
        """What it is, in the reader's language."""
        return self.title_en if _in_english() else self.title_zh

    @property
    def written_at(self) -> str:
        """Source and article."""
        return f"{self.source}{self.article}"

    @property
    def note(self) -> str:
        """What to know about it, in the reader's language."""
        return self.note_en if _in_english() else self.note_zh


@dataclass(frozen=True)
class Qualification:
    """A qualification that people are examined for (考核类别、作业项目).

    Args:
        code: ours, such as ``LV-ELECTRICIAN``.
        family: principal, safety_manager or special_work.
        category: of the catalogue of special work; empty for the other families.
        number: within the catalogue, such as ``1.2``.
        has_practical: whether a practical part follows the theory.
    """

    code: str
    name_zh: str
    name_en: str
    family: str
    category: str
    number: str
    has_practical: bool
    source: str
    confirmed: bool
    valid_from: date | None
    valid_to: date | None

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return self.name_en if _in_english() else self.name_zh


@dataclass(frozen=True)
class _Book:
    """All figures and qualifications of one edition, as a process keeps them."""

    token: str
    figures: dict[str, tuple[Figure, ...]]
    qualifications: tuple[Qualification, ...]


def in_force(rows: Iterable[D], on: date) -> list[D]:
    """Return the rows whose period holds a day."""
    return [
        row
        for row in rows
        if (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to)
    ]


def figure(key: str, *, on: date) -> Figure:
    """Return a figure as it holds on a day.

    A key of one qualification (``certificate.valid_months.DRILLING``) that has no figure of its own is
    answered by the figure for all of them (``certificate.valid_months.*``).

    Raises:
        UnknownFigure: there is none.
    """
    figures = _book().figures
    general = key.rpartition(".")[0] + ".*"
    for name in (key, general):
        found = in_force(figures.get(name, ()), on)
        if found:
            return found[0]
    raise UnknownFigure(f"no figure {key!r} is in force on {on}")


def value(key: str, *, on: date) -> Any:
    """Return what a figure says on a day.

    Args:
        key: such as ``exam.theory.pass_mark``.
        on: the day whose law counts, such as the day of the sitting.

    Raises:
        UnknownFigure: there is none.
    """
    return figure(key, on=on).value


def figures(on: date | None = None) -> list[Figure]:
    """Return all figures in the order of the data, or those in force on a day."""
    rows = [row for group in _book().figures.values() for row in group]
    return rows if on is None else in_force(rows, on)


def qualifications(*, on: date) -> list[Qualification]:
    """Return the qualifications of the catalogue of a day."""
    return in_force(_book().qualifications, on)


def qualification(code: str, *, on: date) -> Qualification:
    """Return a qualification as the catalogue of a day has it.

    Raises:
        UnknownFigure: the catalogue of that day does not have it.
    """
    for found in qualifications(on=on):
        if found.code == code:
            return found
    raise UnknownFigure(f"no qualification {code!r} is in the catalogue of {on}")


def forget() -> None:
    """Read the figures anew at the next question, in this process; for whoever has just changed them."""
    g.pop("regulations", None)
    current_app.extensions.pop("trainhub-regulations", None)


def _in_english() -> bool:
    return str(get_locale()) == "en"


def _book() -> _Book:
    if "regulations" not in g:
        alone = not db.session().in_transaction()
        g.regulations = _newest_book()
        if alone:
            # A background job that asks outside its deeds must not be left holding a transaction.
            db.session.rollback()
    return cast(_Book, g.regulations)


def _newest_book() -> _Book:
    token = db.session.scalar(select(Edition.token)) or ""
    kept = current_app.extensions.get("trainhub-regulations")
    if kept is not None and kept.token == token:
        return cast(_Book, kept)
    book = _Book(token, _read_figures(), _read_qualifications())
    current_app.extensions["trainhub-regulations"] = book
    return book


def _read_figures() -> dict[str, tuple[Figure, ...]]:
    found: dict[str, tuple[Figure, ...]] = {}
    for row in db.session.scalars(select(FigureRow).order_by(FigureRow.id)):
        facts = {name: getattr(row, name) for name in Figure.__dataclass_fields__} | {"kind": Kind(row.kind)}
        found[row.key] = (*found.get(row.key, ()), Figure(**facts))
    return found


def _read_qualifications() -> tuple[Qualification, ...]:
    rows = db.session.scalars(select(QualificationRow).order_by(QualificationRow.id))
    names = Qualification.__dataclass_fields__
    return tuple(Qualification(**{name: getattr(row, name) for name in names}) for row in rows)
