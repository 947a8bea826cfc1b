"""An application on a PostgreSQL database of its own, for tests that ask what SQLite cannot show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from tests.migrated import on_postgres
from tests.servers import drop_database
from trainhub import create_app, regulations
from trainhub.config import read_settings
from trainhub.kernel import keys
from trainhub.kernel.db import db, transaction


@contextmanager
def application_on_postgres(folder: Path) -> Iterator[Flask]:
    """Take a migrated database, load the law, and keep its application's context active for a while.

    Args:
        folder: for the keys.
    """
    url = on_postgres()
    keys.create_missing_keys(folder / "keys")
    application = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder), "TRAINHUB_DATABASE_URL": url}))
    with application.app_context():
        with transaction():
            regulations.load_figures()
        yield application
        db.session.remove()
        db.engine.dispose()
    drop_database(url)
