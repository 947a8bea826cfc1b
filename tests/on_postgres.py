"""An application on a PostgreSQL database of its own, for tests that ask what SQLite cannot show."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from tests.migrated import migrate
from tests.servers import create_database, drop_database
from trainhub import create_app, regulations
from trainhub.config import read_settings
from trainhub.kernel import keys
from trainhub.kernel.db import db, transaction

LONG_S = 0.6
"""So long the first of two deeds takes before it is committed."""


def with_the_law(url: str) -> None:
    """Bring a database to the newest form, load the law, and close its connections."""
    migrate(url)
    with TemporaryDirectory() as folder:
        application = _application(Path(folder), url)
        with application.app_context():
            with transaction():
                regulations.load_figures()
            db.session.remove()
            db.engine.dispose()


def _application(folder: Path, url: str) -> Flask:
    keys.create_missing_keys(folder / "keys")
    return create_app(read_settings({"TRAINHUB_INSTANCE": str(folder), "TRAINHUB_DATABASE_URL": url}))


@contextmanager
def application_on_postgres(folder: Path) -> Iterator[Flask]:
    """Take a migrated database with the law, and keep its application's context active for a while.

    Args:
        folder: for the keys.
    """
    url = create_database(with_the_law)
    application = _application(folder, url)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()
    drop_database(url)


@contextmanager
def long_deed(app: Flask, do: Callable[[], object]) -> Iterator[None]:
    """Another thread's deed that has been done and is committed a little later, beside the block."""
    is_done = threading.Event()
    problems: list[Exception] = []

    def run() -> None:
        try:
            with app.app_context(), transaction():
                do()
                db.session.flush()
                is_done.set()
                time.sleep(LONG_S)
        except Exception as problem:
            problems.append(problem)
            is_done.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert is_done.wait(20)
    db.session.rollback()
    yield
    thread.join(60)
    db.session.rollback()
    assert problems == []
