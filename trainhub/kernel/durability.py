"""What PostgreSQL must be set to, so that what was acknowledged is on disk; SQLite is told by PRAGMA."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text

SAFE = ("fsync", "full_page_writes")
"""Settings of the whole server, which no client can raise: without them a power cut may take anything."""

_RAISE = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)


def demand_durable_commits(connection: Any, _record: Any) -> None:
    """Have each commit of a connection wait for the disk, whatever server, database or role were set to.

    Only ``off`` is raised: ``local``, ``remote_write``, ``on`` and ``remote_apply`` all wait for the server's
    own disk (PostgreSQL 15, 20.5.1), and what they ask of a copy is for whoever runs one to decide.

    Args:
        connection: of the driver, just made and outside of a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RAISE)
    connection.commit()


def unsafe_settings(engine: Engine) -> list[str]:
    """Return which settings of the server are off though acknowledged answers rest on them."""
    if engine.dialect.name != "postgresql":
        return []
    with engine.connect() as connection:
        return [name for name in SAFE if connection.scalar(text(f"SHOW {name}")) == "off"]
