"""How a room presents itself to the house: its pages, side, navigation, open work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, g

from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.witness import BearWitness, CompareWithLedger, Deviating, Witness

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Gate = Callable[[Flask, Wsgi], Wsgi]
"""(application, what stands behind) -> a layer in front of it, for calls that come by the thousand."""


@dataclass(frozen=True)
class NavigationEntry:
    """A link of the side's navigation, shown to whoever holds one of the duties.

    Args:
        label: text of the link.
        endpoint: where it leads.
        duties: any of these lets one see it; empty: everybody signed in.
        beside: pages that are reached from there, but whose addresses do not begin with its own.
    """

    label: Any
    endpoint: str
    duties: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class KeyFigure:
    """A number that a person of a duty wants to see at a glance; it leads to its rows.

    Args:
        value: as it is shown.
        label: what is counted.
        url: the rows behind it; empty if there is no such page.
        unit: of the value.
        tone: empty, good, warn or bad.
    """

    value: Any
    label: Any
    url: str = ""
    unit: Any = ""
    tone: str = ""


@dataclass(frozen=True)
class Chart:
    """A picture of numbers where people would rather look than read; the page shows its table as well.

    Args:
        id: of the element, unique on the page.
        title: what it shows.
        labels: names of the places.
        series: name and values, in the order of the labels.
        kind: bar or line.
        unit: of the values.
        is_stacked: whether the series add up.
    """

    id: str
    title: Any
    labels: tuple[str, ...]
    series: tuple[tuple[Any, tuple[int | float, ...]], ...]
    kind: str = "bar"
    unit: Any = ""
    is_stacked: bool = False


OpenWork = Callable[[Any, frozenset[str]], list[Task]]
"""(person, names of the duties in force) -> the person's tasks in this room."""


AtAGlance = Callable[[Any, frozenset[str]], "list[KeyFigure | Chart]"]
"""(person, names of the duties in force) -> what the home page shows of this room beside the tasks."""


ProofOfSitting = Callable[[str], list[Any]]
"""(code of a sitting) -> sections of its proof report that this room contributes, by reading alone."""


def stand_in(side: str, room: str) -> None:
    """Have the page of this request stand in a side and a room, where its address belongs to neither."""
    g.stands_in = (side, room)


def _no_witness() -> Sequence[Witness]:
    return ()


def _no_deviation() -> Sequence[Deviating]:
    return ()


def _no_proof(_sitting_code: str) -> list[Any]:
    return []


def _no_glance(_person: Any, _duties: frozenset[str]) -> list[KeyFigure | Chart]:
    return []


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
        at_a_glance: figures and charts of this room for a person's home page.
        chores: what a serving process looks after.
        proof: what it has to say of a sitting in the proof report.
        witness: what its own tables say that the register of separation must hold.
        against_ledger: which of its rows are not what the ledger holds of them.
        gate: a layer of its own in front of the application, if it needs one.
    """

    name: str
    side: str
    blueprints: tuple[Blueprint, ...] = ()
    navigation: tuple[NavigationEntry, ...] = ()
    open_work: OpenWork = field(default=_nothing)
    at_a_glance: AtAGlance = field(default=_no_glance)
    chores: tuple[Chore, ...] = ()
    proof: ProofOfSitting = field(default=_no_proof)
    witness: BearWitness = field(default=_no_witness)
    against_ledger: CompareWithLedger = field(default=_no_deviation)
    gate: Gate | None = None
