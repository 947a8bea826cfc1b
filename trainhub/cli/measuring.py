"""What every benchmark needs: a house of its own, a stop-watch, and the conditions beside the figures."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy import text

from trainhub.app import create_app
from trainhub.cli.databases import prepare
from trainhub.config import read_settings
from trainhub.kernel.db import db

SETTINGS = (
    "server_version",
    "shared_buffers",
    "work_mem",
    "max_parallel_workers_per_gather",
    "jit",
    "fsync",
    "synchronous_commit",
)


@contextmanager
def house(database: str | None, is_empty: Callable[[], bool]) -> Iterator[dict[str, str]]:
    """Work in an application on an empty database, never beside what is real; yields its environment.

    Raises:
        click.ClickException: the database is not empty.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = {"TRAINHUB_INSTANCE": folder}
        if database:
            environment["TRAINHUB_DATABASE_URL"] = database
        settings = read_settings(environment)
        prepare(settings)
        with create_app(settings).app_context():
            if not is_empty():
                raise click.ClickException("That database is not empty: what is invented is no neighbour.")
            yield environment


def timed(act: Callable[..., Any], *args: Any) -> tuple[float, Any]:
    """Return how many seconds an act took, and what came of it."""
    begun = time.perf_counter()
    came = act(*args)
    return time.perf_counter() - begun, came


def machine() -> dict[str, Any]:
    """Return the machine that the figures were measured on, without any database."""
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }


def conditions() -> dict[str, Any]:
    """Return what the figures were measured on."""
    known: dict[str, Any] = {**machine(), "database": db.engine.dialect.name}
    if db.engine.dialect.name == "postgresql":
        for setting in SETTINGS:
            known[setting] = db.session.scalar(text(f"SHOW {setting}"))
    return known


def told(what: str) -> None:
    """Say on the error stream how far long work is."""
    click.echo(what, err=True)
