"""Bringing a database to the newest form, back, and telling whether it is there."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from trainhub.kernel.resources import resource_folder


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource_folder("migrations")).replace("%", "%%"))
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run the migrations that are missing up to a revision."""
    with engine.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        connection.commit()


def downgrade(engine: Engine, to: str) -> None:
    """Walk the migrations back to a revision (``base`` for all)."""
    with engine.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, to)
        connection.commit()


def current(engine: Engine) -> str | None:
    """Return the revision that a database stands at, or None."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the newest revision that this program knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head
