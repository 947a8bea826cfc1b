"""Bringing a database to the newest form, back, and telling whether it is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from trainhub.kernel.resources import resource_folder

# Alembic is large, and most commands migrate nothing: whoever does waits for it.
if TYPE_CHECKING:
    from alembic.config import Config


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resource_folder("migrations")).replace("%", "%%"))
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run the migrations that are missing up to a revision."""
    from alembic import command

    with _rebuilding(engine) as config:
        command.upgrade(config, to)


def downgrade(engine: Engine, to: str) -> None:
    """Walk the migrations back to a revision (``base`` for all)."""
    from alembic import command

    with _rebuilding(engine) as config:
        command.downgrade(config, to)


@contextmanager
def _rebuilding(engine: Engine) -> Iterator[Config]:
    """Give migrations a connection on which tables can be rebuilt, and commit what they did.

    SQLite changes most of a table by copying it, and would not let one go that others point to. So it looks
    at foreign keys not on the way but at the end, before anything is kept (sqlite.org/lang_altertable.html).

    Raises:
        RuntimeError: a row points to nothing; nothing of the migrations is kept.
    """
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite and driver is not None:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            config = _config()
            config.attributes["connection"] = connection
            yield config
            if is_sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                raise RuntimeError(f"rows point to nothing: {lost[:5]}")
            connection.commit()
        finally:
            connection.rollback()
            if is_sqlite and driver is not None:
                driver.execute("PRAGMA foreign_keys=ON")


def current(engine: Engine) -> str | None:
    """Return the revision that a database stands at, or None."""
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the newest revision that this program knows."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head
