"""A PostgreSQL database with a role and a login per side, and applications of one side on it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns

import psycopg

from tests.migrated import on_postgres
from tests.servers import drop_database
from trainhub import create_app, regulations
from trainhub.config import read_settings
from trainhub.kernel import keys, roles
from trainhub.kernel.db import db, transaction
from trainhub.people.limits import limiter


def name_of(url):
    """The database of an address."""
    return url.rsplit("/", 1)[1]


def login_url(url, side):
    """The address as the login of a side has it."""
    return url.replace("//postgres@", f"//{name_of(url)}_{side}_login@")


def dsn(url):
    """The address as psycopg reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


@contextmanager
def house(folder: Path):
    """An instance whose database has roles and a login of each side; its address."""
    url = on_postgres()
    folder.mkdir(exist_ok=True)
    keys.create_missing_keys(folder / "keys")
    with everything(url, folder):
        with transaction():
            regulations.load_figures()
        roles.install(db.engine)
    with psycopg.connect(dsn(url), autocommit=True) as connection:
        for side in roles.SIDES:
            role = roles.role_name(name_of(url), side)
            connection.execute(f'CREATE ROLE "{name_of(url)}_{side}_login" LOGIN IN ROLE "{role}"')
    try:
        yield url
    finally:
        drop_database(url)


@contextmanager
def everything(url, folder):
    """The whole house on a database, with the rights of its owner."""
    with _running(url, folder, "all") as app:
        yield app


@contextmanager
def process_of(side, url, folder):
    """A process of one side: its own login, its own folder, and the keys that it needs."""
    own = folder.parent / f"{folder.name}-{side}"
    if not own.exists():
        without = () if side == "exam" else ("exam.key",)
        copytree(folder, own, ignore=ignore_patterns(*without))
    with _running(login_url(url, side), own, side) as app:
        yield app


@contextmanager
def _running(url, folder, side):
    settings = {
        "TRAINHUB_INSTANCE": str(folder),
        "TRAINHUB_DATABASE_URL": url,
        "TRAINHUB_SIDE": side,
        "TRAINHUB_STORAGE_URL": f"file://{folder}/files",
    }
    app = create_app(read_settings(settings))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        limiter.reset()
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
