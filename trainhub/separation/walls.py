"""The four walls on which the separation stands, and which of them this process can be said to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app

from trainhub.config import Side
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _l


@dataclass(frozen=True)
class Wall:
    """One of the four walls (四道墙): rule, process, database, content.

    Args:
        name: which.
        title: in the reader's language.
        stands: whether it stands here and now.
        why: what it rests on, or what is missing.
    """

    name: str
    title: Any
    stands: bool
    why: Any


def walls() -> tuple[Wall, ...]:
    """Return the four walls as they stand in this process."""
    return (
        Wall("rule", _l("Rules"), True, _l("Every act asks the rules before it is done.")),
        _process(),
        _database(),
        Wall(
            "content",
            _l("Content"),
            True,
            _l("Items and papers are encrypted with a key that the examination side alone holds."),
        ),
    )


def _process() -> Wall:
    side = current_app.config["SETTINGS"].side
    if side is Side.ALL:
        why = _l("One process serves both sides; start one process for each side to have this wall.")
        return Wall("process", _l("Processes"), False, why)
    return Wall("process", _l("Processes"), True, _l("This process serves one side alone."))


def _database() -> Wall:
    if db.engine.dialect.name == "postgresql":
        why = _l("A database role for each side has not been set up.")
    else:
        why = _l("An embedded database file has no roles.")
    return Wall("database", _l("Database"), False, why)
