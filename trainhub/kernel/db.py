"""The database session: one transaction per deed, a side per table, SQLite and PostgreSQL alike."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, String, text
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from trainhub.kernel.engines import reads_only

P = ParamSpec("P")
R = TypeVar("R")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

CORE_SIDE: dict[str, Any] = {"info": {"side": "core"}}
TRAINING_SIDE: dict[str, Any] = {"info": {"side": "training"}}
EXAM_SIDE: dict[str, Any] = {"info": {"side": "exam"}}
OVERSIGHT_SIDE: dict[str, Any] = {"info": {"side": "oversight"}}
DOOR_SIDE: dict[str, Any] = {"info": {"side": "door", "written_by": ("training",), "append_only": True}}
DOOR_FROM_EXAM: dict[str, Any] = {"info": {"side": "door", "written_by": ("exam",), "append_only": True}}
DOOR_OF_BOTH: dict[str, Any] = {
    "info": {"side": "door", "written_by": ("training", "exam"), "append_only": True}
}
CORE_BY_OVERSIGHT: dict[str, Any] = {"info": {"side": "core", "written_by": ("oversight",)}}
CORE_BY_UPGRADE: dict[str, Any] = {"info": {"side": "core", "written_by": ()}}
CORE_LOG: dict[str, Any] = {"info": {"side": "core", "append_only": True, "rows_by_side": True}}
OVERSIGHT_BY_SIDE: dict[str, Any] = {
    "info": {"side": "oversight", "read_by": ("training", "exam"), "rows_by_side": True}
}
CORE_ROWS_BY_SIDE: dict[str, Any] = {"info": {"side": "core", "rows_by_side": True}}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, UTC without zone on disk, and a naive value is a mistake."""

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store as UTC; refuse a time that does not say where it is measured."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand out as aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Root of all tables, with a naming convention so that migrations can name every constraint."""

    metadata = MetaData(naming_convention=NAMING)
    registry = registry(metadata=metadata, type_annotation_map={datetime: UtcDateTime, str: String})


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def start_reading() -> None:
    """Make the transactions of this request read-only until a deed begins: GET never writes."""
    reads_only.set(True)


def stop_reading() -> None:
    """End the read-only mode at the end of a request."""
    reads_only.set(False)


def is_reading() -> bool:
    """Tell whether the present request may only read, so that a record needs a deed of its own."""
    return reads_only.get()


def began_at() -> float:
    """Return when the present transaction began, by ``time.monotonic``: a look sees nothing that is older."""
    began: float = db.session.connection().info["began"]
    return began


def lock(kind: str, key: object, *, shared: bool = False) -> None:
    """Let deeds about the same thing wait for each other until the transaction ends.

    Args:
        kind: what is locked, such as ``sitting``.
        key: which one.
        shared: beside others that lock it so, but beside nobody who locks it alone.

    SQLite has one writer at a time anyway; PostgreSQL takes an advisory lock.
    """
    if db.engine.dialect.name == "postgresql":
        number = zlib.crc32(f"{kind}:{key}".encode())
        how = "_shared" if shared else ""
        db.session.execute(text(f"SELECT pg_advisory_xact_lock{how}(:number)"), {"number": number})


def after_commit(action: Callable[[], object]) -> None:
    """Have something done once the present deed is committed, and never if it is rolled back."""
    db.session.info.setdefault("after_commit", []).append(action)


def if_undone(action: Callable[[], object]) -> None:
    """Have something taken back if the present deed fails; of what is done outside of a deed nothing is.

    Where the commit itself fails nothing is taken back: the database may have done it, unheard.
    """
    db.session.info.get("if_undone", []).append(action)


def known_to_deed() -> dict[Any, Any] | None:
    """Return what the present deed alone knows, forgotten when it ends; None outside of a deed."""
    found: dict[Any, Any] | None = db.session.info.get("known_to_deed")
    return found


@contextmanager
def transaction() -> Iterator[None]:
    """One deed: commit at the end of the block, roll everything back if it raises."""
    db.session.rollback()
    token = reads_only.set(False)
    db.session.info.update(after_commit=[], if_undone=[], known_to_deed={})
    is_sure = True
    try:
        yield
        is_sure = False
        db.session.commit()
    except BaseException:
        db.session.rollback()
        for action in db.session.info.get("if_undone", []) if is_sure else ():
            action()
        raise
    finally:
        reads_only.reset(token)
        actions = db.session.info.pop("after_commit", [])
        db.session.info.pop("if_undone", None)
        db.session.info.pop("known_to_deed", None)
    for action in actions:
        action()


@contextmanager
def reading() -> Iterator[None]:
    """Look at a consistent state without ever holding what writers wait for."""
    db.session.rollback()
    token = reads_only.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        reads_only.reset(token)


@contextmanager
def glancing() -> Iterator[Connection]:
    """Read a few rows on a connection of its own, beside whatever this thread is doing.

    For what is asked by the thousand: no session is begun, no writer is waited for, and on PostgreSQL each
    question is one message there and one back.
    """
    token = reads_only.set(True)
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection
    finally:
        reads_only.reset(token)


def writes(view: Callable[P, R]) -> Callable[P, R]:
    """Make a view one deed: what it does is committed when it returns and undone when it raises."""

    @wraps(view)
    def deed(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction():
            return view(*args, **kwargs)

    deed.__writes__ = True  # type: ignore[attr-defined]
    return deed


def writes_prepared(prepare: Callable[P, object]) -> Callable[[Callable[..., R]], Callable[P, R]]:
    """Make a view one deed that is given, as ``prepared``, what was read and computed before it began.

    Args:
        prepare: is called as the view is, and only reads: nobody waits for it.
    """

    def wear(view: Callable[..., R]) -> Callable[P, R]:
        @wraps(view)
        def deed(*args: P.args, **kwargs: P.kwargs) -> R:
            with reading():
                prepared = prepare(*args, **kwargs)
            with transaction():
                return view(*args, **kwargs, prepared=prepared)

        deed.__writes__ = True  # type: ignore[attr-defined]
        return deed

    return wear
