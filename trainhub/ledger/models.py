"""Tables of the ledger: entries of their sides, and the leaves, nodes and heads of the one tree over them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from trainhub.kernel.db import CORE_LOG, CORE_SIDE, Model

CORE_TREE = {"info": {"side": "core", "append_only": True}}
_Number = BigInteger().with_variant(Integer, "sqlite")
_WAITING = text("position IS NULL")


class Entry(Model):
    """One decision in the ledger (台账记录). Rows are only ever added; nothing here is changed or deleted.

    The leaf hash is SHA-256(0x00 ‖ salt ‖ canonical body), as a leaf in RFC 6962, section 2.1; the body is
    canonical JSON (RFC 8785) and can be erased by law without touching the hash.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (Index(None, "kind", "id"), CORE_LOG)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[str | None] = mapped_column(index=True)
    side: Mapped[str]
    body: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str]
    leaf_hash: Mapped[str] = mapped_column(unique=True)


class Leaf(Model):
    """A leaf of the tree (树叶): the salted hash of an entry, which tells nothing, and its place.

    It is written with the entry; the sequencer gives it the next place and never another.
    """

    __tablename__ = "ledger_leaf"
    __table_args__ = (
        Index("ix_ledger_leaf_waiting", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
        CORE_SIDE,
    )

    id: Mapped[int] = mapped_column(_Number, primary_key=True)
    leaf_hash: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int | None] = mapped_column(_Number, unique=True)


class Node(Model):
    """The root of a complete subtree (子树根) of 2**level leaves, kept so that proofs need few reads."""

    __tablename__ = "ledger_node"
    __table_args__ = (CORE_TREE,)

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=False)
    hash: Mapped[str]


class Head(Model):
    """A signed tree head (签名树头): so many leaves had this root at that moment (Ed25519)."""

    __tablename__ = "ledger_head"
    __table_args__ = (CORE_TREE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(_Number, unique=True)
    root: Mapped[str]
    at: Mapped[datetime]
    key: Mapped[str]
    signature: Mapped[str]
