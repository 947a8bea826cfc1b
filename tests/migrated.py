"""Migrated databases without a row, of both kinds: made once in a run, and copied for each test."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from filelock import FileLock
from sqlalchemy import create_engine

from tests.servers import create_database, shared_folder
from trainhub.kernel import migrations


def migrate(url: str) -> None:
    """Bring a database to the newest form, and close its connections."""
    engine = create_engine(url)
    migrations.upgrade(engine)
    engine.dispose()


def on_postgres() -> str:
    """Address of a database of its own on PostgreSQL; ``drop_database`` removes it."""
    return create_database(migrate)


def on_sqlite(folder: Path) -> str:
    """Address of a database of its own in a folder."""
    path = folder / "migrated.db"
    shutil.copyfile(_model(), path)
    return f"sqlite:///{path}"


@cache
def _model() -> Path:
    path = shared_folder() / "migrated.db"
    with FileLock(f"{path}.lock", timeout=300):
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            migrate(f"sqlite:///{unfinished}")
            unfinished.rename(path)
    return path
