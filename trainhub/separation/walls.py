"""The four walls on which the separation stands, and which of them this process can be said to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app

from trainhub.config import Side
from trainhub.kernel import keys, roles
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
        _content(),
    )


def _side() -> Side:
    side: Side = current_app.config["SETTINGS"].side
    return side


def _process() -> Wall:
    if _side() is Side.ALL:
        why = _l("One process serves both sides; start one process for each side to have this wall.")
        return Wall("process", _l("Processes"), False, why)
    return Wall("process", _l("Processes"), True, _l("This process serves one side alone."))


def _database() -> Wall:
    title = _l("Database")
    if db.engine.dialect.name != "postgresql":
        return Wall("database", title, False, _l("An embedded database file has no roles."))
    if _side() is Side.ALL:
        why = _l("A process that serves both sides reads the tables of both.")
        return Wall("database", title, False, why)
    with db.engine.connect() as connection:
        reached = roles.reaches(connection, _side())
        lacking = roles.lacking(connection, _side())
    if reached:
        why = _l(
            "The login of this process could reach more than its side's tables: %(what)s.",
            what=_first(reached),
        )
        return Wall("database", title, False, why)
    if lacking:
        return Wall("database", title, False, _l("Not set up: %(what)s.", what=_first(lacking)))
    return Wall(
        "database", title, True, _l("The login of this process has no right to the other side's tables.")
    )


def _content() -> Wall:
    title, side = _l("Content"), _side()
    if side in (Side.TRAINING, Side.OVERSIGHT) and keys.is_there(current_app.config["SETTINGS"].keys, "exam"):
        why = _l("The key of the examination side lies in this process's folder of keys.")
        return Wall("content", title, False, why)
    if side is Side.ALL:
        why = _l(
            "Items and papers are encrypted; this process has the key, for it serves the examination side."
        )
    else:
        why = _l("Items and papers are encrypted with a key that the examination side alone holds.")
    return Wall("content", title, True, why)


def _first(found: list[str], most: int = 3) -> str:
    return "; ".join(found[:most]) + (" …" if len(found) > most else "")
