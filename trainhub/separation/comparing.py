"""Comparing the register with the rooms' own records (对账): what one of the two has and the other has not.

Each room says by statements over its own tables which rows the register must hold (its ``witness.py``).
The database compares them with the rows that stand now, all at once. What differs was changed past the house:
a class list deleted by SQL, a row of the register taken away, a period written anew.

It is about now: what the tables of the rooms held at an earlier moment is not known, unlike the register. It
needs the tables of both wings, so that a process of one wing compares nothing.

Not compared, because nothing else holds it: the source of a row, who stated it and when it became known; the
day from which a paper is used, a room of a sitting, a registration, an owner or an override counts, which no
rule reads; the training body of a candidate, which was found by a name that may have changed. The entries of
the ledger are checked by ``trainhub ledger verify``: a row of the register has no leaf of its own, its act
has one. Rows of a room that decide something and have a leaf each, such as readings of answer sheets, are
compared with the ledger by the room itself (``against_ledger`` of a room).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import except_, func, select, union_all
from sqlalchemy.sql.selectable import Subquery

from trainhub.kernel.db import UtcDateTime, db
from trainhub.kernel.witness import BearWitness, CompareWithLedger, Deviation, Witness, to_second
from trainhub.separation.identity import ORGANISATIONS, PERSONS
from trainhub.separation.models import RELATIONS, SameOrganisation, SamePerson
from trainhub.separation.register import current

MOST = 2000
"""Of how many differences of one kind in one relation the facts are read; the rest is counted."""
ALONE = {"same_person": "person_id", "same_organisation": "organisation_code"}
"""The column of a joining relation that names what was joined, and is no one's other record."""

NOT_COMPARED: dict[str, str] = {}
"""Relations that no room can witness, and why: none; a test proves that every other one has a witness."""


class Kind(StrEnum):
    """Which of the two lacks it; of rows that the ledger holds: what became of them."""

    MISSING = "missing"
    UNBACKED = "unbacked"
    ALTERED = Deviation.ALTERED.value
    ADDED = Deviation.ADDED.value
    REMOVED = Deviation.REMOVED.value


@dataclass(frozen=True)
class Difference:
    """One row that the register or a room's records have, and the other has not (对账差异).

    Args:
        kind: missing in the register, without a record behind it, or not what the ledger holds.
        relation: as the register calls it, or the kind of a room's own row.
        rooms: whose records were asked.
        facts: what the row says, by column.
    """

    kind: Kind
    relation: str
    rooms: tuple[str, ...]
    facts: tuple[tuple[str, Any], ...]

    @property
    def person(self) -> str:
        """The person concerned, or nothing."""
        return str(dict(self.facts).get("person_id") or "")


@dataclass(frozen=True)
class Comparison:
    """What comparing found (对账结果).

    Args:
        differences: by relation.
        left_out: how many more there are than were read, by kind and relation.
        relations: which were compared.
        seconds: how long it took.
    """

    differences: tuple[Difference, ...]
    left_out: dict[tuple[Kind, str], int]
    relations: tuple[str, ...]
    seconds: float

    @property
    def total(self) -> int:
        """How many differences there are, also those whose facts were not read."""
        return len(self.differences) + sum(self.left_out.values())


def compare() -> Comparison | None:
    """Compare the register as it stands now with the records of all rooms.

    Returns:
        None in a process of one wing, which may not read the tables of the other.
    """
    rooms: dict[str, BearWitness] | None = current_app.extensions.get("witnesses")
    if rooms is None:
        return None
    begun = time.monotonic()
    witnesses: dict[str, list[tuple[str, Witness]]] = defaultdict(list)
    for room, bear_witness in rooms.items():
        for witness in bear_witness():
            witnesses[witness.relation].append((room, witness))
    comparer = _Comparer()
    for relation in sorted(witnesses):
        comparer.compare(relation, witnesses[relation])
    comparer.compare_with_ledger(current_app.extensions["against-ledger"])
    return Comparison(
        tuple(comparer.found), comparer.left_out, tuple(sorted(witnesses)), time.monotonic() - begun
    )


def organisations_that_stand() -> Subquery:
    """Return merged organisations with those that go on as them, by ``own`` and ``root``."""
    own, root = SameOrganisation.organisation_code.label("own"), SameOrganisation.other_code.label("root")
    return select(own, root).where(current(SameOrganisation)).subquery()


class _Comparer:
    def __init__(self) -> None:
        self.found: list[Difference] = []
        self.left_out: dict[tuple[Kind, str], int] = {}
        self.persons = _joined(SamePerson.person_id, SamePerson.other_id)
        self.organisations = _joined(SameOrganisation.organisation_code, SameOrganisation.other_code)

    def compare(self, relation: str, witnesses: Sequence[tuple[str, Witness]]) -> None:
        """Find what differs in one relation."""
        for room, witness in witnesses:
            if witness.must is not None:
                rows = self._without_gone(witness)
                names = _names(rows)
                lacking = except_(self._mapped(relation, rows, names), self._standing(relation, names))
                self._note(Kind.MISSING, relation, (room,), names, lacking)
        backing: dict[tuple[str, ...], list[tuple[str, Any]]] = defaultdict(list)
        for room, witness in witnesses:
            if witness.backs is not None:
                rows = witness.backs.subquery()
                names = _names(rows)
                backing[names].append((room, self._mapped(relation, rows, names)))
        for names, behind in backing.items():
            rooms = tuple(dict.fromkeys(room for room, _rows in behind))
            backed = union_all(*(rows for _room, rows in behind)).subquery()
            unbacked = except_(self._standing(relation, names), select(*(backed.c[each] for each in names)))
            self._note(Kind.UNBACKED, relation, rooms, names, unbacked)

    def compare_with_ledger(self, rooms: Mapping[str, CompareWithLedger]) -> None:
        """Take down what rooms find of their own rows that the ledger does not bear out."""
        for room, deviating in rooms.items():
            for each in deviating():
                self.found.append(Difference(Kind(each.kind.value), each.record, (room,), each.facts))

    def _without_gone(self, witness: Witness) -> Subquery:
        rows: Subquery = witness.must.subquery()
        if not witness.besides or self.organisations is None:
            return rows
        gone = select(SameOrganisation.organisation_code).where(current(SameOrganisation))
        return select(rows).where(rows.c[witness.besides].not_in(gone)).subquery()

    def _standing(self, relation: str, names: tuple[str, ...]) -> Any:
        model = RELATIONS[relation]
        columns = [getattr(model, name) for name in names]
        said = [
            (to_second(each) if isinstance(each.type, UtcDateTime) else each).label(each.key)
            for each in columns
        ]
        rows = select(*said).where(current(model)).subquery()
        return self._mapped(relation, rows, names)

    def _mapped(self, relation: str, rows: Subquery, names: tuple[str, ...]) -> Any:
        """Return rows with every person and organisation under the record that stands for them."""
        source: Any = rows
        columns: list[Any] = []
        for name in names:
            joined = None if ALONE.get(relation) == name else self._records(name)
            if joined is None:
                columns.append(rows.c[name])
                continue
            other = joined.alias()
            source = source.outerjoin(other, other.c.own == rows.c[name])
            columns.append(func.coalesce(other.c.root, rows.c[name]).label(name))
        return select(*columns).select_from(source)

    def _records(self, name: str) -> Subquery | None:
        if name in PERSONS:
            return self.persons
        return self.organisations if name in ORGANISATIONS else None

    def _note(
        self, kind: Kind, relation: str, rooms: tuple[str, ...], names: tuple[str, ...], rows: Any
    ) -> None:
        found = db.session.execute(rows.limit(MOST + 1)).all()
        if len(found) > MOST:
            total = db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
            key = (kind, relation)
            self.left_out[key] = self.left_out.get(key, 0) + total - MOST
        for row in found[:MOST]:
            self.found.append(Difference(kind, relation, rooms, tuple(zip(names, row, strict=True))))


def _joined(own: Any, other: Any) -> Subquery | None:
    """Return the joined records with those that stand for them; None, which is quicker, if there are none."""
    rows = select(own.label("own"), other.label("root")).where(current(own.class_))
    if db.session.execute(rows.limit(1)).first() is None:
        return None
    return rows.subquery()


def _names(rows: Subquery) -> tuple[str, ...]:
    return tuple(sorted(rows.c.keys()))
