"""Who and what the demo speaks of: persons by user name, organisations by code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from sqlalchemy.orm import DeclarativeBase

from trainhub.kernel.db import db
from trainhub.people.models import Organisation, Person

Row = TypeVar("Row", bound=DeclarativeBase)


class Rows(Mapping[str, Row]):
    """Rows by name, fetched anew each time, so that no session is kept open by looking one up earlier."""

    def __init__(self, model: type[Row]) -> None:
        self._model = model
        self._ids: dict[str, object] = {}

    def add(self, name: str, row_id: object) -> None:
        """Remember the row of a name."""
        self._ids[name] = row_id

    def __getitem__(self, name: str) -> Row:
        return db.session.get_one(self._model, self._ids[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


class World:
    """The demo's people and organisations; builders of the rooms take it.

    Args:
        password: with which every account of the demo signs in.
    """

    def __init__(self, password: str) -> None:
        self.password = password
        self.persons: Rows[Person] = Rows(Person)
        self.organisations: Rows[Organisation] = Rows(Organisation)
