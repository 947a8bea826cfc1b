"""Verifying: everything is computed anew from the entries, and each thing that does not fit is named."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func, select, type_coerce
from sqlalchemy.types import NullType

from trainhub.kernel.db import db
from trainhub.ledger.append import ERASED, leaf_hash
from trainhub.ledger.models import Entry, Head, Leaf, Node
from trainhub.ledger.sequencing import said_by
from trainhub.ledger.signing import is_signed, key_id, may_sign, public_key
from trainhub.ledger.tree import Edge, hash_leaf

_LOT = 5_000


@dataclass(frozen=True)
class Problem:
    """Something that does not fit (台账异常): where in the tree, as far as it has a place, and what."""

    index: int | None
    what: str


@dataclass(frozen=True)
class Verdict:
    """What verifying the ledger found (台账核验结果).

    Args:
        size: leaves that have a place.
        root: of the tree computed anew, in hexadecimal digits.
        signed_by: name of the key that signed the newest head.
        waiting: leaves that have no place yet.
        problems: what does not fit.
        outside: whether a head from outside was compared; without one a cut-off end cannot be excluded.
    """

    size: int
    root: str
    signed_by: str | None
    waiting: int
    problems: tuple[Problem, ...]
    outside: bool

    def as_json(self) -> dict[str, Any]:
        """Return the form that the command line prints."""
        return {
            "ok": not self.problems,
            "size": self.size,
            "root": self.root,
            "head_signed_by": self.signed_by,
            "waiting": self.waiting,
            "outside_head": self.outside,
            "problems": [{"index": each.index, "what": each.what} for each in self.problems],
        }


def verify(outside: Sequence[dict[str, Any]] = ()) -> Verdict:
    """Compute the whole tree anew and compare it with what was signed.

    Args:
        outside: heads that were kept elsewhere, as exported.
    """
    heads = list(db.session.scalars(select(Head).order_by(Head.size)))
    claims: dict[int, list[tuple[str, str]]] = {}
    for head in heads:
        claims.setdefault(head.size, []).append((head.root, f"the head signed at {head.at.isoformat()}"))
    for each in outside:
        claims.setdefault(each["size"], []).append((each["root"], f"the outside head of {each['at']}"))
    problems: list[Problem] = []
    edge = Edge()
    for problem in _walk(edge, claims):
        problems.append(problem)
    for size in sorted(claims):
        if size > edge.size:
            names = ", ".join(name for _root, name in claims[size])
            problems.append(
                Problem(edge.size, f"the end is cut off: {size - edge.size} leaves are missing for {names}")
            )
    problems += _entries_without_leaf()
    problems += _signatures(heads, outside)
    waiting = db.session.scalar(select(func.count(Leaf.id)).where(Leaf.position.is_(None))) or 0
    signed_by = heads[-1].key if heads else None
    return Verdict(edge.size, edge.root().hex(), signed_by, waiting, tuple(problems), bool(outside))


def _walk(edge: Edge, claims: dict[int, list[tuple[str, str]]]) -> Iterator[Problem]:
    """Take all leaves in their places into a new tree; name what does not fit on the way."""
    erased = _erased()
    for lot in _lots():
        nodes = _nodes_of(lot)
        for row in lot:
            if row.position != edge.size:
                yield _gap(edge.size, row.position)
            yield from _wrong_entry(row, erased)
            for level, index, found in edge.add(_bytes_of(row.leaf_hash)):
                if nodes.get((level, index)) != found.hex():
                    first, last = index << level, ((index + 1) << level) - 1
                    yield Problem(first, f"the leaves {first} to {last} are not those that were sequenced")
            for wanted, name in claims.get(edge.size, ()):
                if wanted != edge.root().hex():
                    yield Problem(edge.size - 1, f"the first {edge.size} leaves are not those of {name}")


def _gap(place: int, found: Any) -> Problem:
    if not isinstance(found, int):
        return Problem(place, f"a leaf has a place that is no number: {found!r}")
    return Problem(place, f"{found - place} leaves are missing before place {found}")


def _bytes_of(text: str) -> bytes:
    """Return the hash of a leaf; what is none gets one that fits nothing, so that the rest can be judged."""
    try:
        found = bytes.fromhex(text)
    except (TypeError, ValueError):
        found = b""
    return found if len(found) == 32 else hash_leaf(repr(text).encode())


def _erased() -> frozenset[str]:
    """Return the leaves of which an entry says that their body was erased."""
    bodies = db.session.scalars(select(Entry.body).where(Entry.kind == ERASED, Entry.body.is_not(None)))
    found = set()
    for body in bodies:
        try:
            found.add(str(json.loads(str(body))["facts"]["leaf"]))
        except (KeyError, TypeError, ValueError):
            continue
    return frozenset(found)


def _lots() -> Iterator[Sequence[Row[Any]]]:
    after: int | None = -1
    while True:
        wanted: Any = (
            select(Leaf.position, Leaf.leaf_hash, *_ENTRY)
            .outerjoin(Entry, Entry.leaf_hash == Leaf.leaf_hash)
            .where(Leaf.position > after)
            .order_by(Leaf.position)
            .limit(_LOT)
        )
        lot = db.session.execute(wanted).all()
        if not lot:
            return
        yield lot
        after = lot[-1].position


_ENTRY = (
    Entry.id.label("entry"),
    Entry.kind,
    # As the database has it: what is no moment must be named and not stop the verifying.
    type_coerce(Entry.at, NullType()).label("at"),
    Entry.by_id,
    Entry.side,
    Entry.body,
    Entry.salt,
)


def _nodes_of(lot: Sequence[Row[Any]]) -> dict[tuple[int, int], str]:
    """Return the stored nodes that the leaves of a lot complete."""
    places = [row.position for row in lot if isinstance(row.position, int)] or [0]
    first, last = places[0], places[-1]
    found: dict[tuple[int, int], str] = {}
    level = 0
    while True:
        low, high = first >> level, (last + 1 >> level) - 1
        if last >> level == 0 and level > last.bit_length():
            return found
        rows = select(Node.index, Node.hash).where(Node.level == level, Node.index.between(low, high))
        found |= {(level, index): node for index, node in db.session.execute(rows)}
        level += 1


def _wrong_entry(row: Row[Any], erased: Collection[str]) -> Iterator[Problem]:
    if row.entry is None:
        yield Problem(row.position, "the entry of this leaf is gone")
    elif row.body is None:
        if row.leaf_hash not in erased:
            yield Problem(
                row.position, f"what entry {row.entry} said is gone, and no entry says that it was erased"
            )
    elif not _is_hash_of(row):
        yield Problem(row.position, f"entry {row.entry} was changed: its body does not give its hash")
    else:
        for name in _wrong_columns(row):
            yield Problem(row.position, f"entry {row.entry} was changed: {name} is not what its body says")


def _is_hash_of(row: Row[Any]) -> bool:
    try:
        return bool(leaf_hash(bytes.fromhex(row.salt), row.body.encode()) == row.leaf_hash)
    except (TypeError, ValueError):
        return False


def _wrong_columns(row: Row[Any]) -> list[str]:
    try:
        said = json.loads(row.body)
        shown = {"kind": row.kind, "at": _moment(row.at), "by": row.by_id, "side": row.side}
        return [name for name, value in shown.items() if said[name] != value]
    except (KeyError, TypeError, ValueError):
        return ["what it is"]


def _moment(found: Any) -> str | None:
    """Return a stored moment as a body writes it; None if it is none."""
    try:
        at = found if isinstance(found, datetime) else datetime.fromisoformat(found)
        return at.replace(tzinfo=UTC).isoformat()
    except (TypeError, ValueError):
        return None


def _entries_without_leaf() -> list[Problem]:
    lost = select(Entry.id).outerjoin(Leaf, Leaf.leaf_hash == Entry.leaf_hash).where(Leaf.id.is_(None))
    return [
        Problem(None, f"entry {number} has no leaf: its hash was changed, or its leaf was deleted")
        for number in db.session.scalars(lost.order_by(Entry.id).limit(100))
    ]


def _signatures(heads: Sequence[Head], outside: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """Check every signature against the key of this process and, where there is one, the outside key."""
    known: dict[str, bytes] = {}
    if may_sign():
        known[key_id(public_key())] = public_key()
    signed = [_outside_signature(each) for each in outside if "public_key" in each]
    outer = {name for _problem, name in signed if name}
    for problem, _name in signed:
        if problem:
            yield Problem(None, problem)
    for head in heads:
        if outer and head.key not in outer:
            yield Problem(head.size - 1, f"the head of size {head.size} is signed by another key: {head.key}")
        elif head.key not in known:
            yield Problem(
                head.size - 1, f"the head of size {head.size} is signed by a foreign key: {head.key}"
            )
        elif not is_signed(said_by(head), head.signature, known[head.key]):
            yield Problem(head.size - 1, f"the signature of the head of size {head.size} is wrong")


def _outside_signature(head: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return what is wrong with an outside head that brings its key, and the name of that key."""
    try:
        public = bytes.fromhex(head["public_key"])
        said = {name: head[name] for name in ("size", "root", "at", "key")}
        genuine = is_signed(said, str(head["signature"]), public) and head["key"] == key_id(public)
    except (KeyError, TypeError, ValueError):
        return f"the outside head of {head['at']} is not signed by its own key", None
    return None if genuine else f"the outside head of {head['at']} is not signed by its own key", key_id(
        public
    )
