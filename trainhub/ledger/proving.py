"""Proofs for outsiders: a promise at once, an inclusion proof later, and how both are checked without us."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import rfc8785
from sqlalchemy import select

from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.ledger.append import leaf_hash
from trainhub.ledger.models import Entry, Head, Leaf
from trainhub.ledger.sequencing import from_stored, head_as_json, newest_head, said_by
from trainhub.ledger.signing import is_signed, key_id, public_key, sign
from trainhub.ledger.tree import Node, begins, consistency_path, includes, inclusion_path

_LOT = 25
"""Leaves whose paths are asked for at once: a path has up to thirty nodes, and SQLite takes some hundred."""


def promise(entry: Entry) -> dict[str, Any]:
    """Return a signed promise that an entry will be in the tree: a receipt at once.

    Raises:
        MissingKey: this process has no key of the ledger.
    """
    said = {"leaf": entry.leaf_hash, "at": entry.at.isoformat(), "key": key_id(public_key())}
    return said | {"signature": sign(said)}


def prove(entry_id: int, head: Head | None = None) -> dict[str, Any]:
    """Return the proof that an entry is in the ledger under a signed head, with all that it needs.

    Args:
        entry_id: number of the entry.
        head: under which; the newest unless given.

    Raises:
        NotFound: there is no such entry.
        Conflict: no signed head covers it yet.
    """
    entry = db.session.get(Entry, entry_id)
    if entry is None:
        raise NotFound(_l("There is no such entry."))
    position = db.session.scalar(select(Leaf.position).where(Leaf.leaf_hash == entry.leaf_hash))
    head = head or newest_head()
    if position is None or head is None or position >= head.size:
        raise Conflict(_("No signed head covers this entry yet; it does within a minute."))
    index, size = position, head.size
    path = from_stored(lambda node: inclusion_path(index, size, node))
    return {
        "entry": entry.id,
        "body": None if entry.body is None else json.loads(entry.body),
        "salt": entry.salt,
        "leaf": entry.leaf_hash,
        "index": position,
        "path": [step.hex() for step in path],
        "head": head_as_json(head),
        "public_key": public_key().hex(),
    }


def inclusions(leaf_hashes: Sequence[str], head: Head) -> dict[str, dict[str, Any]]:
    """Return index and path of each of many leaves that a head covers, with few questions to the database."""
    places: dict[str, int] = {}
    for start in range(0, len(leaf_hashes), _LOT):
        lot = leaf_hashes[start : start + _LOT]
        found = select(Leaf.leaf_hash, Leaf.position).where(
            Leaf.leaf_hash.in_(lot), Leaf.position < head.size
        )
        places |= {leaf: int(position or 0) for leaf, position in db.session.execute(found)}
    indices = sorted(places.values())
    size = head.size
    paths: dict[int, list[bytes]] = {}
    for start in range(0, len(indices), _LOT):
        lot_of = indices[start : start + _LOT]
        walked = from_stored(partial(_paths, lot_of, size))
        paths |= dict(zip(lot_of, walked, strict=True))
    return {
        leaf: {"index": index, "path": [step.hex() for step in paths[index]]}
        for leaf, index in places.items()
    }


def _paths(indices: Sequence[int], size: int, node: Node) -> list[list[bytes]]:
    return [inclusion_path(index, size, node) for index in indices]


def prove_growth(first: Head, second: Head) -> dict[str, Any]:
    """Return the proof that one signed tree begins another: nothing was taken away or changed in between."""
    path = from_stored(lambda node: consistency_path(first.size, second.size, node))
    return {
        "first": head_as_json(first),
        "second": head_as_json(second),
        "path": [step.hex() for step in path],
    }


def problems_of_proof(proof: dict[str, Any], public: bytes | None = None) -> list[str]:
    """Return what is wrong with an inclusion proof; needs no database.

    Args:
        proof: as ``prove`` made it.
        public: the key that is known from elsewhere; without it the proof's own is believed.
    """
    try:
        return _problems(proof, public)
    except (KeyError, TypeError, ValueError) as problem:
        return [f"this is no proof: {problem!r}"]


def _problems(proof: dict[str, Any], public: bytes | None) -> list[str]:
    head, found = proof["head"], []
    if proof["body"] is not None:
        made = leaf_hash(bytes.fromhex(proof["salt"]), rfc8785.dumps(proof["body"]))
        if made != proof["leaf"]:
            found.append("the body is not the one whose hash is in the tree")
    path = [bytes.fromhex(step) for step in proof["path"]]
    leaf, wanted = bytes.fromhex(proof["leaf"]), bytes.fromhex(head["root"])
    if not includes(leaf, int(proof["index"]), int(head["size"]), path, wanted):
        found.append("the path does not lead from the leaf to the root of the head")
    known = public or bytes.fromhex(proof["public_key"])
    said = {name: head[name] for name in ("size", "root", "at", "key")}
    if head["key"] != key_id(known) or not is_signed(said, head["signature"], known):
        found.append("the head is not signed by this key")
    return found


def grew(proof: dict[str, Any], public: bytes) -> bool:
    """Tell whether a proof of growth holds and both its heads are signed by a key; needs no database."""
    first, second = proof["first"], proof["second"]
    for head in (first, second):
        said = {name: head[name] for name in ("size", "root", "at", "key")}
        if not is_signed(said, head["signature"], public):
            return False
    path = [bytes.fromhex(step) for step in proof["path"]]
    roots = bytes.fromhex(first["root"]), bytes.fromhex(second["root"])
    return begins(first["size"], roots[0], second["size"], roots[1], path)


__all__ = ["grew", "inclusions", "problems_of_proof", "promise", "prove", "prove_growth", "said_by"]
