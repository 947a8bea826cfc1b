"""The relation graph around a sitting or a person (关系图): what the register says, bounded, conflicts named.

Edges are rows of the register that stand now. Rows that prove a violation come first, so that a graph that
has to be cut never loses a conflict before it loses something harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from trainhub.kernel.db import db
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _
from trainhub.people.persons import get_person
from trainhub.separation.auditor import violations_in, violations_of_sitting
from trainhub.separation.decisions import Violation
from trainhub.separation.identity import records_of
from trainhub.separation.models import RELATIONS, Appointed, Registered, Relation, name_of
from trainhub.separation.naming import Names, call
from trainhub.separation.register import current
from trainhub.separation.report_ledger import known_since
from trainhub.separation.search import PERSONS
from trainhub.separation.sittings_on_record import names_of_organisations
from trainhub.separation.wording import RELATION_WORDS, names_of

MOST_NODES = 40
MOST_EDGES = 70
_OF_A_RELATION = 60
_CANDIDATES = 12
"""Candidates without a conflict who are drawn; the register has them all."""

NodeKey = tuple[str, str]
_PERSON_AND = {
    "class_code": ("attended", "taught", "attested"),
    "organisation_code": ("employed", "granted", "qualified"),
    "other_id": ("same_person", "related"),
    "object_code": ("overridden",),
    "item_code": ("authored", "reviewed"),
    "paper_code": ("assembled", "sealed", "saw", "knows"),
    "case_code": ("drafted", "approved"),
    "sitting_code": ("appointed", "marked", "corrected", "confirmed", "published", "issued"),
}
_PAIRS: dict[str, tuple[tuple[str, str], ...]] = {
    **{name: (("person_id", column),) for column, names in _PERSON_AND.items() for name in names},
    "registered": (
        ("person_id", "sitting_code"),
        ("person_id", "employer_code"),
        ("person_id", "training_body_code"),
    ),
    "class": (("class_code", "organisation_code"),),
    "same_organisation": (("organisation_code", "other_code"),),
    "affiliated": (("organisation_code", "other_code"),),
    "organisation": (("organisation_code", "person_id"),),
    "contains": (("paper_code", "item_code"),),
    "uses": (("sitting_code", "paper_code"),),
    "sitting": (("sitting_code", "organisation_code"),),
    "judged": (("person_id", "other_id"), ("person_id", "sitting_code")),
}
"""Which columns of a relation an edge joins; relations of one thing alone have no edge."""
_KINDS = {
    "person_id": "person",
    "other_id": "person",
    "organisation_code": "organisation",
    "other_code": "organisation",
    "employer_code": "organisation",
    "training_body_code": "organisation",
    "class_code": "class",
    "item_code": "item",
    "paper_code": "paper",
    "case_code": "case",
    "sitting_code": "sitting",
    "object_code": "object",
}


@dataclass(frozen=True)
class Node:
    """A person, an organisation, or a thing with a code (关系图节点)."""

    kind: str
    id: str
    text: str

    @property
    def key(self) -> NodeKey:
        """What edges call it."""
        return self.kind, self.id


@dataclass(frozen=True)
class Edge:
    """A row of the register between two nodes (关系图连线); ``rules`` are those that it helps to violate."""

    number: int
    relation: str
    row: int
    source: NodeKey
    target: NodeKey
    text: Any
    starts_on: Any
    ends_on: Any
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Graph:
    """A picture's content: nodes, edges, and how much was left out because it would not fit."""

    centre: NodeKey
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int
    conflicts: tuple[Violation, ...]


def graph_of_sitting(code: str, names: Names) -> Graph:
    """Return what the register says around a sitting: staff, papers, what joins staff and candidates.

    Raises:
        NotFound: the register knows no such sitting.
    """
    if known_since(code) is None:
        raise NotFound(_("The register knows no sitting %(code)s.", code=code))
    found = violations_of_sitting(code)
    rows = list(_evidence(found))
    at_sitting = [name for name, model in RELATIONS.items() if hasattr(model, "sitting_code")]
    for name in at_sitting:
        if name != "registered":
            rows += _rows(name, RELATIONS[name].sitting_code == code)  # type: ignore[attr-defined]
    staff = {row.person_id for row in rows if isinstance(row, Appointed) and row.sitting_code == code}
    candidates = _rows("registered", Registered.sitting_code == code)
    rows += _between(staff, {str(row.person_id) for row in candidates})  # type: ignore[attr-defined]
    for name in ("assembled", "sealed", "saw", "knows"):
        papers = {row.paper_code for row in rows if hasattr(row, "paper_code")}
        rows += _rows(name, RELATIONS[name].paper_code.in_(papers))  # type: ignore[attr-defined]
    rows += candidates[:_CANDIDATES]
    return _graph(("sitting", code), rows, found, names, max(0, len(candidates) - _CANDIDATES))


def graph_of_person(person_id: str, names: Names) -> Graph:
    """Return what the register says around a person, under all their records.

    Raises:
        NotFound: there is no such person.
    """
    person = get_person(person_id)
    mine = set(records_of(person.id))
    sittings = select(Appointed.sitting_code).where(Appointed.person_id.in_(mine), current(Appointed))
    found = [each for each in violations_in(sittings) if each.person in mine]
    rows = list(_evidence(found))
    for name, model in RELATIONS.items():
        columns = [getattr(model, column) for column in PERSONS if hasattr(model, column)]
        if columns and name in _PAIRS:
            rows += _rows(name, or_(*(column.in_(mine) for column in columns)))
    return _graph(("person", person.id), rows, found, names)


def _rows(name: str, *where: ColumnElement[bool]) -> list[Relation]:
    model = RELATIONS[name]
    statement = select(model).where(current(model), *where).order_by(model.id.desc())
    return list(db.session.scalars(statement.limit(_OF_A_RELATION)))


def _evidence(violations: Iterable[Violation]) -> Iterator[Relation]:
    for violation in violations:
        for each in violation.evidence:
            row = None if each.row is None else db.session.get(RELATIONS[each.relation], each.row)
            if row is not None:
                yield row


def _between(staff: set[str], candidates: set[str]) -> list[Relation]:
    """Return what could join staff with candidates or with the work before the sitting."""
    rows: list[Relation] = []
    for name in ("related", "same_person"):
        model: Any = RELATIONS[name]
        rows += _rows(name, or_(model.person_id.in_(staff), model.other_id.in_(staff)))
    for name in ("taught", "attested", "employed"):
        rows += _rows(name, RELATIONS[name].person_id.in_(staff))  # type: ignore[attr-defined]
    classes = {row.class_code for row in rows if hasattr(row, "class_code")}
    attended: Any = RELATIONS["attended"]
    rows += _rows("attended", attended.class_code.in_(classes), attended.person_id.in_(candidates))
    return rows


def _graph(
    centre: NodeKey, rows: Iterable[Relation], found: list[Violation], names: Names, left_out: int = 0
) -> Graph:
    rows, rules = list(rows), _rules_of(found)
    sittings = {str(getattr(row, "sitting_code", "")) for row in rows} | {centre[1]}
    kept: dict[tuple[str, int, NodeKey, NodeKey], Relation] = {}
    keys = {centre: None}
    for row in rows:
        for source, target in _ends(row, bool(rules.get((name_of(row), row.id))), sittings):
            edge = (name_of(row), row.id, source, target)
            new = {source, target} - set(keys)
            if edge in kept:
                continue
            if len(keys) + len(new) > MOST_NODES or len(kept) >= MOST_EDGES:
                left_out += 1
                continue
            kept[edge] = row
            keys |= dict.fromkeys((source, target))
    edges = tuple(
        Edge(
            number, name, row_id, source, target, RELATION_WORDS[name], row.starts_on, row.ends_on,
            rules.get((name, row_id), ()),
        )
        for number, ((name, row_id, source, target), row) in enumerate(kept.items(), start=1)
    )  # fmt: skip
    return Graph(centre, tuple(_nodes(keys, kept.values(), names)), edges, left_out, tuple(found))


def _ends(row: Relation, is_evidence: bool, sittings: set[str]) -> list[tuple[NodeKey, NodeKey]]:
    pairs = _PAIRS.get(name_of(row), ())
    if not is_evidence:
        pairs = pairs[:1]
    return [
        (_key(row, first, sittings), _key(row, second, sittings))
        for first, second in pairs
        if getattr(row, first) and getattr(row, second)
    ]


def _key(row: Relation, column: str, sittings: set[str]) -> NodeKey:
    """Return the node that a column names; what an override is about may be a sitting or anything else."""
    value = str(getattr(row, column))
    return ("sitting" if column == "object_code" and value in sittings else _KINDS[column]), value


def _rules_of(found: Iterable[Violation]) -> dict[tuple[str, int], tuple[str, ...]]:
    """Return for each row of the register the rules that it helps to violate."""
    rules: dict[tuple[str, int], set[str]] = {}
    for violation in found:
        for each in violation.evidence:
            if each.row is not None:
                rules.setdefault((each.relation, each.row), set()).add(violation.rule.id)
    return {key: tuple(sorted(ids)) for key, ids in rules.items()}


def _nodes(keys: Mapping[NodeKey, None], rows: Iterable[Relation], names: Names) -> Iterator[Node]:
    persons = names_of(id for kind, id in keys if kind == "person")
    bodies = {
        str(row.class_code): str(row.organisation_code)  # type: ignore[attr-defined]
        for row in rows
        if hasattr(row, "class_code")
    }
    codes = [id for kind, id in keys if kind == "organisation"]
    organisations = names_of_organisations(sorted({*codes, *bodies.values()}))
    for kind, id in keys:
        text = id
        if kind == "person":
            text = call(names, id, persons.get(id, ""))
        elif kind == "organisation":
            text = organisations.get(id, id)
        elif kind == "class" and id in bodies:
            text = f"{id} · {organisations.get(bodies[id], bodies[id])}"
        yield Node(kind, id, text)
