"""The sequencer: gives waiting leaves their places, keeps the nodes of the tree, and signs its head."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import and_, bindparam, func, insert, or_, select, update

from trainhub.kernel import clock
from trainhub.kernel.db import after_commit, db, lock
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.rooms import Room
from trainhub.ledger.models import Head, Leaf, Node
from trainhub.ledger.signing import key_id, may_sign, public_key, sign
from trainhub.ledger.tree import Edge
from trainhub.ledger.tree import Node as AskNode

BATCH = 20_000
EXPORT_EVERY = timedelta(minutes=5)
_GIVE_PLACE = update(Leaf).where(Leaf.id == bindparam("number")).values(position=bindparam("place"))
_KEEP_NODE = insert(Node)
_exported: dict[str, datetime] = {}
Computed = TypeVar("Computed")


def from_stored(compute: Callable[[AskNode], Computed]) -> Computed:
    """Compute something from the stored tree, asking the database once for all nodes that it takes.

    Which nodes it takes hangs on sizes alone, so a first walk with hashes of no meaning tells them.

    Args:
        compute: takes the function that gives the hash of a complete subtree, as ``trainhub.ledger.tree``
            has it.

    Raises:
        LookupError: a node is not there.
    """
    wanted: set[tuple[int, int]] = set()

    def note(level: int, index: int) -> bytes:
        wanted.add((level, index))
        return bytes(32)

    compute(note)
    if not wanted:
        return compute(note)
    places = or_(*(and_(Node.level == level, Node.index == index) for level, index in sorted(wanted)))
    rows = db.session.execute(select(Node.level, Node.index, Node.hash).where(places))
    found = {(level, index): bytes.fromhex(text) for level, index, text in rows}
    for level, index in wanted - set(found):
        raise LookupError(f"the tree has no node {index} on level {level}")
    return compute(lambda level, index: found[level, index])


def size_of_tree() -> int:
    """Return how many leaves have a place."""
    last = db.session.scalar(select(func.max(Leaf.position)))
    return 0 if last is None else last + 1


def edge_of(size: int) -> Edge:
    """Return the right edge of the stored tree when it had so many leaves."""
    return from_stored(lambda node: Edge.of(size, node))


def number_waiting() -> int:
    """Return how many leaves wait for their place."""
    return db.session.scalar(select(func.count(Leaf.id)).where(Leaf.position.is_(None))) or 0


def newest_head() -> Head | None:
    """Return the newest signed head, or None before the first."""
    return db.session.scalar(select(Head).order_by(Head.size.desc()).limit(1))


def sequence() -> int:
    """Give waiting leaves their places, in the order in which they were written as far as it is known.

    One sequencer works at a time. A leaf that is committed later than others comes after them, whatever its
    number: no place is ever given anew.

    Returns:
        How many leaves got a place.
    """
    lock("ledger", "sequencer")
    waiting = db.session.execute(
        select(Leaf.id, Leaf.leaf_hash).where(Leaf.position.is_(None)).order_by(Leaf.id).limit(BATCH)
    ).all()
    if not waiting:
        return 0
    edge = edge_of(size_of_tree())
    places, nodes = [], []
    for number, leaf_hash in waiting:
        places.append({"number": number, "place": edge.size})
        nodes += [
            {"level": level, "index": index, "hash": found.hex()}
            for level, index, found in edge.add(bytes.fromhex(leaf_hash))
        ]
    # Without the session's bookkeeping of each row: this runs beside an exam that begins or ends.
    connection = db.session.connection()
    connection.execute(_GIVE_PLACE, places)
    connection.execute(_KEEP_NODE, nodes)
    return len(places)


def sign_head() -> Head | None:
    """Sign the tree as it stands, unless its size is signed already.

    Raises:
        MissingKey: this process has no key of the ledger.
    """
    size, newest = size_of_tree(), newest_head()
    if not size or (newest is not None and newest.size >= size):
        return newest
    said = {
        "size": size,
        "root": edge_of(size).root().hex(),
        "at": clock.now().isoformat(),
        "key": key_id(public_key()),
    }
    head = Head(
        size=size,
        root=said["root"],
        at=datetime.fromisoformat(str(said["at"])),
        key=said["key"],
        signature=sign(said),
    )
    db.session.add(head)
    db.session.flush()
    return head


def head_as_json(head: Head) -> dict[str, Any]:
    """Return a head in the form in which it leaves the house."""
    return said_by(head) | {"signature": head.signature}


def said_by(head: Head) -> dict[str, Any]:
    """Return what a head says and its signature covers."""
    return {"size": head.size, "root": head.root, "at": head.at.isoformat(), "key": head.key}


def folders() -> list[Path]:
    """Return where heads are kept outside the database."""
    settings = current_app.config["SETTINGS"]
    return [settings.instance / "heads", *([settings.heads] if settings.heads else [])]


def export(head: Head) -> None:
    """Append a head to the file of heads in each folder; each line is on disk before this returns."""
    line = json.dumps(head_as_json(head) | {"public_key": public_key().hex()}) + "\n"
    for folder in folders():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / "heads.jsonl").open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    _exported[str(folders()[0])] = clock.now()


def is_due() -> bool:
    """Tell whether leaves wait, and this process may sign what becomes of them."""
    return may_sign() and (
        db.session.scalar(select(Leaf.id).where(Leaf.position.is_(None)).limit(1)) is not None
    )


def run() -> None:
    """Sequence what waits, sign the head, and let it leave the house every few minutes."""
    while sequence() == BATCH:
        pass
    head = sign_head()
    before = _exported.get(str(folders()[0]))
    if head is not None and (before is None or clock.now() - before >= EXPORT_EVERY):
        after_commit(lambda: export(head))


room = Room(name="ledger", side="core", chores=(Chore("ledger", is_due, run),))
