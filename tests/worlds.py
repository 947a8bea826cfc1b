"""What many tests of a file begin with, built once in a process and copied for each of them.

A world is built as always, by the acts that would build it in life; for the tests after the first its
database, its files and what the fixture gave are copied. What a test does to its world no other test sees.
"""

from __future__ import annotations

import io
import pickle
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import inspect

from trainhub.kernel.db import db

DATABASE = "trainhub.db"
FRESH_SECONDS = 30
"""A world knows what time it is: one that is older is built anew."""
HELD = "opened-papers"
"""What a process holds in memory that belongs to a world."""


class Kept(NamedTuple):
    """A world that was built: its folder, what the fixture gave, and what process and browser held.

    Args:
        folder: a copy of the instance.
        found: what the fixture gave, packed.
        held: the opened papers of the process.
        cookies: of the browser that the fixture was given.
        built: when, by the clock that only runs forward.
    """

    folder: Path
    found: bytes
    held: dict
    cookies: dict
    built: float


_kept: dict[tuple, Kept] = {}
_untouched: set[int] = set()
"""When the databases that are copied were last written; another one was changed since it was copied."""


class _Packing(pickle.Pickler):
    """Packs what a fixture gave: rows by their keys, and what it was given itself by name."""

    def __init__(self, file: io.BytesIO, given: dict[str, Any]) -> None:
        super().__init__(file)
        self.names = {id(value): name for name, value in given.items()}

    def persistent_id(self, value: Any) -> Any:
        """Return what to write instead of a value, None for the value itself."""
        if isinstance(value, Flask):
            return ("application",)
        if id(value) in self.names and not isinstance(value, db.Model):
            return ("given", self.names[id(value)])
        if isinstance(value, db.Model) and (identity := inspect(value).identity) is not None:
            return ("row", type(value), identity)
        return None


class _Unpacking(pickle.Unpickler):
    """Undoes ``_Packing`` in another test."""

    def __init__(self, file: io.BytesIO, given: dict[str, Any]) -> None:
        super().__init__(file)
        self.given = given

    def persistent_load(self, pid: Any) -> Any:
        """Return the value of this test that was meant."""
        kind, *rest = pid
        if kind == "application":
            return _application()
        if kind == "given":
            return self.given[rest[0]]
        return db.session.get_one(*rest)


def _application() -> Flask:
    return current_app._get_current_object()


def _folder() -> Path:
    return _application().config["SETTINGS"].instance


def copied(database: Path) -> None:
    """Note that a database which others are copied from is as it should be."""
    _untouched.add(database.stat().st_mtime_ns)


def _base() -> int | None:
    """Return which copy the database of this test is, None once anything was or is being written to it."""
    database = _folder() / DATABASE
    if not database.exists() or db.session().in_transaction():
        return None
    log = database.with_name(f"{DATABASE}-wal")
    written = database.stat().st_mtime_ns
    is_clean = written in _untouched and not (log.exists() and log.stat().st_size)
    return written if is_clean else None


def built_once(build: Callable) -> Callable:
    """Make a fixture's world once in a process and copy it for the tests after the first.

    What the fixture builds is committed. A database to which something else was written before is left alone:
    then the world is built on it as if this decorator were not there.
    """

    @wraps(build)
    def world(**given: Any) -> Any:
        base = _base()
        key = (build.__module__, build.__qualname__, base)
        kept = _kept.get(key)
        if base is not None and kept is not None and time.monotonic() - kept.built < FRESH_SECONDS:
            return _take(kept, given)
        found = build(**given)
        db.session.commit()
        if base is not None:
            _kept[key] = _keep(found, given)
        return found

    return world


def _keep(found: Any, given: dict[str, Any]) -> Kept:
    folder = Path(tempfile.mkdtemp(dir=_folder().parent.parent, prefix="world-"))
    packed = io.BytesIO()
    _Packing(packed, given).dump(found)
    shutil.copytree(
        _folder(),
        folder,
        dirs_exist_ok=True,
        ignore=lambda _folder, names: [n for n in names if DATABASE in n],
    )
    source, target = sqlite3.connect(_folder() / DATABASE), sqlite3.connect(folder / DATABASE)
    source.backup(target)
    source.close()
    target.close()
    copied(folder / DATABASE)
    held = dict(_application().extensions.get(HELD, {}))
    return Kept(folder, packed.getvalue(), held, dict(_cookies(given)), time.monotonic())


def _take(kept: Kept, given: dict[str, Any]) -> Any:
    db.session.expire_all()
    db.engine.dispose()
    for name in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (_folder() / name).unlink(missing_ok=True)
    shutil.copytree(kept.folder, _folder(), dirs_exist_ok=True)
    if kept.held:
        _application().extensions.setdefault(HELD, {}).update(kept.held)
    _cookies(given).update(kept.cookies)
    found = _Unpacking(io.BytesIO(kept.found), given).load()
    db.session.commit()
    return found


def _cookies(given: dict[str, Any]) -> dict:
    browser = given.get("client")
    return browser._cookies if isinstance(browser, FlaskClient) else {}
