"""Work on a database that one process does at a time; who is killed or cut off lets go of it."""

from __future__ import annotations

import fcntl
import os
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

LOOKS_AGAIN_S = 0.1


@contextmanager
def alone(engine: Engine, name: str, patience_s: float = 0.0, *, is_once: bool = False) -> Iterator[bool]:
    """Do something unless another process or thread does it on the same database just now.

    PostgreSQL keeps an advisory lock for a connection of its own; processes at a file of SQLite share a lock
    on a file beside it.

    Args:
        engine: of the database.
        name: what is done.
        patience_s: how long to wait for another one to end, in seconds.
        is_once: it is not done again under this name, so that no file is left of it.

    Yields:
        Whether it is this one's to do.
    """
    number = zlib.crc32(f"alone:{name}".encode())
    database = engine.url.database
    if engine.dialect.name == "postgresql":
        with _alone_on_server(engine, number, patience_s) as is_mine:
            yield is_mine
    elif database and database != ":memory:":
        with _alone_at_file(f"{database}.alone-{number:08x}", patience_s, is_once) as is_mine:
            yield is_mine
    else:
        yield True


@contextmanager
def _alone_on_server(engine: Engine, number: int, patience_s: float) -> Iterator[bool]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

        def take() -> bool:
            taking = text("SELECT pg_try_advisory_lock(:number)")
            return bool(connection.scalar(taking, {"number": number}))

        is_mine = _taken(take, patience_s)
        try:
            yield is_mine
        finally:
            if is_mine:
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})


@contextmanager
def _alone_at_file(path: str, patience_s: float, is_once: bool) -> Iterator[bool]:
    file = -1

    def take() -> bool:
        nonlocal file
        file = _locked(path)
        return file >= 0

    if not _taken(take, patience_s):
        yield False
        return
    try:
        yield True
    finally:
        try:
            if is_once:
                os.unlink(path)
        finally:
            os.close(file)


def _locked(path: str) -> int:
    """Open and lock a file; returns -1 if somebody has it, or had it just now and took it away.

    Opened anew for each try: a file made by who then gave up would be left.
    """
    file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.stat(path), os.fstat(file)):
            return file
    except (BlockingIOError, FileNotFoundError):
        pass
    # A lock on what is gone keeps nobody out.
    os.close(file)
    return -1


def _taken(take: Callable[[], bool], patience_s: float) -> bool:
    """Try until it works or patience ends, at least once; a look costs next to nothing."""
    until = time.monotonic() + patience_s
    while not take():
        if time.monotonic() >= until:
            return False
        time.sleep(LOOKS_AGAIN_S)
    return True
