"""The register against the rooms' own records: a row that somebody deleted or slipped in is told by name.

Each room that states relations also bears witness (旁证): a query over its own tables says which rows the
register must hold. It shares no code with what states them, so that neither a mistake there nor somebody with
a hand in the database stays unseen. What is compared is how things are now; the past stands in the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import Executable, or_, select

from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.separation.identity import ORGANISATIONS, PERSONS, standing_for
from trainhub.separation.models import RELATIONS, Relation, SameOrganisation, SamePerson
from trainhub.separation.register import current
from trainhub.separation.wording import names_of

Row = tuple[Any, ...]

NOT_COMPARED = {
    "same_organisation": "mergers stand in the register alone; the ledger holds who stated them",
    "affiliated": "owners stand in the register alone; the ledger holds who stated them",
}
"""Relations that no room could bear witness to, and why."""


@dataclass(frozen=True)
class Testimony:
    """What the tables of a room say that the register holds of a relation (旁证).

    Args:
        relation: its name.
        columns: of which columns of the register.
        rows: the values, in that order.
        known_by: the columns by which a row of the register must be found in ``rows``; all of them unless
            the room keeps the last of several persons only.
        in_force: whether a row of the register that ended before today is none.
    """

    relation: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    known_by: tuple[str, ...] = ()
    in_force: bool = False


def rows_of(statement: Executable) -> list[Row]:
    """Return the rows of a query as plain values."""
    return [tuple(row) for row in db.session.execute(statement)]


Witness = Callable[[], "list[Testimony]"]


@dataclass(frozen=True)
class Difference:
    """A row that only the register or only a room knows (登记差异).

    Args:
        relation: which.
        is_missing: whether the register lacks it; else no room has a record behind it.
        rooms: which rooms bear witness to the relation.
        facts: values by column.
        names: of the persons among them, by random id.
    """

    relation: str
    is_missing: bool
    rooms: tuple[str, ...]
    facts: dict[str, Any]
    names: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return it in the form that the command line prints."""
        kind = "missing" if self.is_missing else "unbacked"
        facts = {name: None if value is None else str(value) for name, value in self.facts.items()}
        return {"kind": kind, "relation": self.relation, "rooms": list(self.rooms), "facts": facts}

    def __str__(self) -> str:
        told = ", ".join(self.names.get(str(value), str(value)) for value in self.facts.values() if value)
        said = {"relation": self.relation, "facts": told, "rooms": ", ".join(self.rooms)}
        if self.is_missing:
            return _("The register lacks %(relation)s (%(facts)s), which %(rooms)s has on record.", **said)
        return _("No record of %(rooms)s stands behind %(relation)s (%(facts)s).", **said)


def differences(declarations: Witness) -> list[Difference] | None:
    """Return how the register and the rooms' own records differ now; None if not all rooms can be heard.

    Args:
        declarations: what the ledger has of them.

    Persons and organisations that were joined count as one, as they do for the rules.
    """
    witnesses: dict[str, Witness] | None = current_app.extensions.get("witnesses")
    if witnesses is None:
        return None
    heard: dict[str, list[tuple[str, Testimony]]] = defaultdict(list)
    for room, witness in witnesses.items():
        for testimony in witness():
            heard[testimony.relation].append((room, testimony))
    found: list[Difference] = []
    for testimony in declarations():
        heard[testimony.relation].append(("ledger", testimony))
    for relation, testimonies in sorted(heard.items()):
        found += _compare(relation, testimonies)
    return _named(found)


def _compare(relation: str, heard: Sequence[tuple[str, Testimony]]) -> Iterable[Difference]:
    model = RELATIONS[relation]
    for room, said in heard:
        stored = set(_stored(model, said.columns, said.in_force))
        for row in sorted(_rooted(said.columns, said.rows) - stored, key=str):
            yield Difference(relation, True, (room,), dict(zip(said.columns, row, strict=True)), {})
    columns = heard[0][1].known_by or heard[0][1].columns
    backed: set[Row] = set()
    for _room, said in heard:
        places = [said.columns.index(name) for name in columns]
        backed |= {tuple(row[place] for place in places) for row in _rooted(said.columns, said.rows)}
    rooms = tuple(room for room, _said in heard)
    for row in sorted(set(_stored(model, columns, heard[0][1].in_force)) - backed, key=str):
        yield Difference(relation, False, rooms, dict(zip(columns, row, strict=True)), {})


def _stored(model: type[Relation], columns: Sequence[str], in_force: bool) -> Iterable[Row]:
    statement = select(*(getattr(model, name) for name in columns)).where(current(model))
    if in_force:
        statement = statement.where(or_(model.ends_on.is_(None), model.ends_on >= clock.today()))
    return _rooted(columns, rows_of(statement))


def _rooted(columns: Sequence[str], rows: Sequence[Row]) -> set[Row]:
    """Return rows with the records that stand for joined persons and organisations."""
    roots: dict[int, dict[str, str]] = {}
    for place, name in enumerate(columns):
        model = SamePerson if name in PERSONS else SameOrganisation if name in ORGANISATIONS else None
        if model is not None:
            roots[place] = standing_for({row[place] for row in rows}, model)
    return {
        tuple(
            roots[place].get(value, value) if place in roots else _plain(value)
            for place, value in enumerate(row)
        )
        for row in rows
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _named(found: list[Difference]) -> list[Difference]:
    wanted = {str(each.facts[name]) for each in found for name in PERSONS if each.facts.get(name)}
    names: dict[str, str] = {}
    ordered = sorted(wanted)
    for start in range(0, len(ordered), 500):
        names |= names_of(ordered[start : start + 500])
    return [Difference(each.relation, each.is_missing, each.rooms, each.facts, names) for each in found]
