"""Appending: one leaf per decision, in the transaction of the act itself."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, event, insert
from sqlalchemy.orm import Session

from trainhub.kernel import clock
from trainhub.kernel.canonical import canonical
from trainhub.kernel.db import db
from trainhub.kernel.many import Rows
from trainhub.ledger.models import Entry, Leaf

ERASED = "ledger.body.erased"


def append(kind: str, /, *, by: Any, side: str, **facts: Any) -> Entry:
    """Record a decision.

    Args:
        kind: what was decided, such as ``staff.appointed``: subject, dot, past participle.
        by: the person who acted (anything with an ``id``), or None for the system itself.
        side: training, exam, oversight or core: who owns the fact.
        facts: what was decided; random ids and codes, never names, ID numbers, telephone numbers or item
            texts.

    Returns:
        The entry, added to the session and not yet committed.
    """
    entry = Entry(**_row(kind, clock.now(), None if by is None else by.id, side, facts))
    db.session.add(entry)
    return entry


Draft = tuple[str, str | None, dict[str, Any]]
"""Kind of a decision, id of the person who acted or None, and its facts."""


def append_all(connection: Connection, drafts: Sequence[Draft], *, side: str) -> list[str]:
    """Record many decisions in two statements, for deeds that come by the hundred.

    Args:
        connection: in the transaction of the acts.
        drafts: the decisions, in order.
        side: who owns the facts.

    Returns:
        The hash of each leaf, in order.
    """
    moment = clock.now()
    rows = [_row(kind, moment, by_id, side, facts) for kind, by_id, facts in drafts]
    _MANY_ENTRIES.insert(connection, rows)
    _MANY_LEAVES.insert(connection, rows)
    return [row["leaf_hash"] for row in rows]


def _row(kind: str, moment: datetime, by_id: str | None, side: str, facts: dict[str, Any]) -> dict[str, Any]:
    written = {"kind": kind, "at": moment.isoformat(), "by": by_id, "side": side, "facts": _plain(facts)}
    body = canonical(written)
    salt = secrets.token_bytes(16)
    return {
        "kind": kind,
        "at": moment,
        "by_id": by_id,
        "side": side,
        "body": body.decode(),
        "salt": salt.hex(),
        "leaf_hash": leaf_hash(salt, body),
    }


def erase_body(entry: Entry, reason: str, *, by: Any) -> None:
    """Erase what an entry says, as a law demands; its hash and the tree stay, and the erasing is an entry.

    Args:
        entry: whose body is erased.
        reason: why, with its legal source.
        by: who erases.
    """
    entry.body = None
    append(ERASED, by=by, side="oversight", entry=entry.id, leaf=entry.leaf_hash, reason=reason)


def leaf_hash(salt: bytes, body: bytes) -> str:
    """Return the hash of a leaf, 64 hexadecimal digits (RFC 6962, section 2.1, over salt and body)."""
    return hashlib.sha256(b"\x00" + salt + body).hexdigest()


_LEAVES = insert(Leaf).inline()
"""Ask for no numbers back: nobody needs those of leaves."""
_TEXTS = dict.fromkeys(("kind", "by_id", "side", "body", "salt", "leaf_hash"), "text")
_MANY_ENTRIES = Rows("ledger_entry", _TEXTS | {"at": "timestamp"})
_MANY_LEAVES = Rows("ledger_leaf", {"leaf_hash": "text"})


def _write_leaves(session: Session, _context: object) -> None:
    """Write the leaves of the entries that were written just now, in one statement, in their order.

    No entry gets in without its leaf, and a leaf costs no object of its own: an act with a decision is a
    quarter cheaper so.
    """
    leaves = [{"leaf_hash": entry.leaf_hash} for entry in session.new if isinstance(entry, Entry)]
    if leaves:
        session.connection().execute(_LEAVES, leaves if len(leaves) > 1 else leaves[0])


event.listen(db.session, "after_flush", _write_leaves)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)
