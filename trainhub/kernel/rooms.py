"""How a room presents itself to the house: its pages, side, navigation, open work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Blueprint

from trainhub.kernel.housekeeping import Chore


@dataclass(frozen=True)
class NavigationEntry:
    """A link of the side's navigation, shown to whoever holds one of the duties.

    Args:
        label: text of the link.
        endpoint: where it leads.
        duties: any of these lets one see it; empty: everybody signed in.
    """

    label: Any
    endpoint: str
    duties: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """One line of 'what do I have to do next': it comes from open rows and goes when they are done.

    Args:
        title: what is to be done.
        url: where it is done.
        detail: what it concerns.
        count: how many wait, where there are several.
        due: by when.
        tone: neutral, info, good, warn or bad.
    """

    title: Any
    url: str
    detail: Any = ""
    count: int | None = None
    due: datetime | None = None
    tone: str = "neutral"


OpenWork = Callable[[Any, frozenset[str]], list[Task]]
"""(person, names of the duties in force) -> the person's tasks in this room."""


def _nothing(_person: Any, _duties: frozenset[str]) -> list[Task]:
    return []


@dataclass(frozen=True)
class Room:
    """A room of the house as ``create_app`` wires it.

    Args:
        name: package name without ``trainhub.``.
        side: core, training, exam or oversight; a process of one side registers only that side's rooms.
        blueprints: its pages.
        navigation: its entries.
        open_work: what waits for a person in this room.
        chores: what a serving process looks after.
    """

    name: str
    side: str
    blueprints: tuple[Blueprint, ...] = ()
    navigation: tuple[NavigationEntry, ...] = ()
    open_work: OpenWork = field(default=_nothing)
    chores: tuple[Chore, ...] = ()
