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

LONGEST_LOG = 4_000
"""Pages of SQLite's log, 16 MB, that a commit carries over itself where ``checkpointing`` did not."""

SYNCHRONOUS = "FULL"
"""On SQLite a commit is on the disk before anybody hears of it; only tests, which may lose all, say OFF."""

BUSY_MS = 15_000
"""How long SQLite looks for its pen where nobody waits for the answer to a call."""

_REPEATABLE_READ = 3
"""``psycopg.IsolationLevel.REPEATABLE_READ``, without loading the driver where there is SQLite."""

_reading: ContextVar[bool] = ContextVar("trainhub_reading", default=False)


def prepare_engine(engine: Engine, role: str | None = None) -> None:
    """Make an engine behave: foreign keys, WAL and IMMEDIATE writes on SQLite, read-only reads on both.

    On both a commit is on disk before anybody hears of it.

    Args:
        engine: whose connections.
        role: the role of PostgreSQL that every connection puts on, if it exists and the login may.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", partial(_prepare_sqlite, turns_of(engine)))
    else:
        # The driver is loaded only where it is used.
        from trainhub.kernel.listening import listen

        event.listen(engine, "do_connect", listen)
        event.listen(engine, "checkin", _forget_reading)
        event.listen(engine, "connect", demand_durable_commits)
        if role:
            event.listen(engine, "connect", partial(_put_on, role))
    event.listen(engine, "begin", _begin)


def _forget_reading(connection: Any, _record: Any) -> None:
    """Hand a connection back as it was made: whoever takes it next may write."""
    if connection is not None and not connection.closed:
        _look_only(connection, False)


def _look_only(driver: Any, reading: bool) -> None:
    """Let what a connection of PostgreSQL begins next be a look at one state, or a deed.

    All questions of a look see what was committed when the first was asked, as on SQLite: a page never shows
    halves of two states. The driver says it with BEGIN: no message more.
    """
    if driver.read_only != reading:
        driver.read_only = reading
        driver.isolation_level = _REPEATABLE_READ if reading else None


def _put_on(role: str, connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(session_user, oid, 'MEMBER')", (role,)
        )
        if cursor.fetchone():
            cursor.execute(f'SET ROLE "{role}"')
    connection.commit()


def _prepare_sqlite(turns: Turns | None, connection: Any, _record: Any) -> None:
    if isinstance(connection, TurnTaking):
        connection.turns = turns
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        f"synchronous={SYNCHRONOUS}",
        f"busy_timeout={BUSY_MS}",
        # What is deleted is gone from the file, however SQLite was built.
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(f"PRAGMA wal_autocheckpoint={LONGEST_LOG}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.info["began"] = time.monotonic()
    reading = _reading.get()
    if connection.dialect.name == "sqlite":
        # Said when it changes: thousands of glances a second follow each other on the same connections.
        if connection.info.get("reads") is not reading:
            connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
            connection.info["reads"] = reading
        if reading:
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection)
    else:
        if not reading and (patience := present()) is not None:
            patience.come(writes=True)
        driver = connection.connection.driver_connection
        if driver is not None and not driver.closed:
            _look_only(driver, reading)


def _begin_writing(connection: Connection) -> None:
    """Take SQLite's pen; a call that is answered waits no longer for it than its patience lasts."""
    patience = present()
    if patience is None:
        _take_pen(connection)
        return
    patience.come(writes=True)
    failed: OperationalError | None = None
    for seconds in patience.spells():
        try:
            return _take_pen(connection, seconds)
        except OperationalError as problem:
            failed = problem
    assert failed is not None
    raise failed


def _take_pen(connection: Connection, patience_s: float | None = None) -> None:
    driver = connection.connection.driver_connection
    taking_turns = driver if isinstance(driver, TurnTaking) else None
    until = None if patience_s is None else time.monotonic() + patience_s
    try:
        if taking_turns is not None:
            taking_turns.take_turn(patience_s)
        _wait_for_pen(connection, until)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        if taking_turns is not None:
            taking_turns.give_back_turn()
        raise


def _wait_for_pen(connection: Connection, until: float | None) -> None:
    """Let SQLite look for the pen again and again until a moment; said where it differs from before."""
    left = BUSY_MS if until is None else max(50, round(until - time.monotonic(), 1) * 1000)
    if connection.info.get("waits") != left:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={left:.0f}")
        connection.info["waits"] = left


def turns_of(engine: Engine) -> Turns | None:
    """Return how the transactions that write on an engine take turns; None where all may write at once."""
    database = engine.url.database
    is_file = engine.dialect.name == "sqlite" and database and database != ":memory:"
    return turns_at(str(database)) if is_file else None


_OUT_OF_REACH = ("08", "53", "57", "55P03")
"""Of PostgreSQL's errors: connection, resources, an operator, and a lock not had in time (PostgreSQL 15,
appendix A)."""
_UNDONE = ("40",)
"""Rolled back because of what others did at the same time."""
_SQLITE_BUSY = ("database is locked", "database or disk is full", "disk i/o error", "unable to open database")


def is_unreachable(error: DBAPIError) -> bool:
    """Tell whether the database cannot answer just now; the same asked again may well succeed."""
    is_making_contact = error.statement is None and isinstance(error, OperationalError)
    if error.connection_invalidated or is_making_contact:
        return True
    state = getattr(error.orig, "sqlstate", None)
    said = str(error.orig).lower()
    return bool(state and state.startswith(_OUT_OF_REACH)) or any(each in said for each in _SQLITE_BUSY)


def comes_right(error: Exception) -> bool:
    """Tell whether what failed so may well succeed when it is sent again, and nothing of it was kept."""
    if isinstance(error, PoolTimeout):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, DBAPIError) and (is_unreachable(error) or state.startswith(_UNDONE))


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
