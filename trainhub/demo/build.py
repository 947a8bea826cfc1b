"""Building the demo, whole or not at all: every room by its own functions, in the order of the work."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from trainhub.app import create_app
from trainhub.config import Settings
from trainhub.demo import (
    bank,
    cases,
    cast,
    certificates,
    courses,
    delivery,
    invigilation,
    marking,
    on_paper,
    opening,
    overrides,
    papers,
    people,
    sites,
    sittings,
    staffing,
)
from trainhub.demo.world import World
from trainhub.kernel import jobs, keys, migrations
from trainhub.kernel.db import db, transaction
from trainhub.kernel.identifiers import readable_code
from trainhub.people import messages
from trainhub.regulations import load_figures

BUILDERS = (
    people,
    courses,
    cases,
    bank,
    papers,
    sites,
    sittings,
    staffing,
    overrides,
    delivery,
    invigilation,
    marking,
    certificates,
    opening,
    on_paper,
)
"""The builders of the rooms, in the order of the work."""

SIGN_INS = "demo.json"
PASSWORD_LENGTH = 10


class NoDemoHere(RuntimeError):
    """The instance holds something else than a demo, or is not embedded; nothing of it is touched."""


def is_missing(settings: Settings) -> bool:
    """Tell whether the demo has to be built.

    Raises:
        NoDemoHere: there is data that is not of a demo, or the database is not the embedded one.
    """
    _require_embedded(settings)
    if (settings.instance / SIGN_INS).is_file():
        return False
    if settings.instance.exists() and any(settings.instance.iterdir()):
        raise NoDemoHere(
            f"{settings.instance} holds an instance that is not a demo; choose another folder by "
            "TRAINHUB_INSTANCE"
        )
    return True


def _require_embedded(settings: Settings) -> None:
    embedded = _at(settings, settings.instance)
    if (settings.database_url, settings.storage) != (embedded.database_url, embedded.storage):
        raise NoDemoHere("the demo uses its embedded database; unset TRAINHUB_DATABASE_URL and _STORAGE_URL")


def _at(settings: Settings, folder: Path) -> Settings:
    database = f"sqlite:///{folder / 'trainhub.db'}"
    return replace(settings, instance=folder, database_url=database, storage=folder / "files", redis_url=None)


def throw_away(settings: Settings) -> None:
    """Delete a demo with all its data; nothing but a demo is ever deleted.

    Raises:
        NoDemoHere: what lies there is not a demo.
    """
    if not is_missing(settings):
        shutil.rmtree(settings.instance)


def build(settings: Settings, tell: Callable[[str], object] = lambda _step: None) -> None:
    """Build the demo beside its place and move it there when it is whole.

    Args:
        settings: of the instance.
        tell: is told what is being built.
    """
    folder = settings.instance.with_name(settings.instance.name + ".building")
    shutil.rmtree(folder, ignore_errors=True)
    world = World(readable_code(PASSWORD_LENGTH).lower())
    keys.create_missing_keys(folder / "keys")
    app = create_app(_at(settings, folder))
    with app.app_context():
        migrations.upgrade(db.engine)
        with transaction():
            load_figures()
        for room in BUILDERS:
            tell(room.__name__.rpartition(".")[2])
            room.build(world)
            db.session.remove()
        jobs.run_pending()
        with transaction():
            messages.send_waiting()
        db.session.remove()
        db.engine.dispose()
    _keep_sign_ins(folder, world.password)
    if settings.instance.exists():
        settings.instance.rmdir()
    folder.rename(settings.instance)


def _keep_sign_ins(folder: Path, password: str) -> None:
    path = folder / SIGN_INS
    path.touch(mode=0o600)
    path.write_text(json.dumps({"password": password}), encoding="utf-8")


def read_sign_ins(instance: Path) -> list[tuple[str, Any, str]]:
    """Return user name, duty and password of everybody in a demo; nothing if the instance is none."""
    path = instance / SIGN_INS
    if not path.is_file():
        return []
    password = json.loads(path.read_text(encoding="utf-8"))["password"]
    return [(role.username, role.label, password) for role in cast.EVERYBODY]
