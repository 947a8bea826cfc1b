"""What waits for a person on one side, in the order in which it presses, with the figures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trainhub.kernel import clock
from trainhub.kernel.i18n import _l
from trainhub.kernel.rooms import Chart, KeyFigure, Room, Task
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

FAR = timedelta(days=7)
GROUPS = (
    ("overdue", _l("Past its time")),
    ("today", _l("Today")),
    ("week", _l("Within a week")),
    ("later", _l("In more than a week")),
    ("open", _l("Without a date")),
)
URGENCY = {"bad": 0, "warn": 1, "info": 2}


@dataclass(frozen=True)
class Group:
    """Tasks that press equally.

    Args:
        key: overdue, today, week, later or open (no date).
        title: of the group.
        tasks: what is to be done, the most pressing first.
    """

    key: str
    title: Any
    tasks: Sequence[Task]


@dataclass(frozen=True)
class Waiting:
    """A person's home page on one side (待办)."""

    groups: Sequence[Group]
    figures: Sequence[KeyFigure]
    charts: Sequence[Chart]

    @property
    def count(self) -> int:
        """How many tasks wait."""
        return sum(len(group.tasks) for group in self.groups)

    @property
    def pressing(self) -> int:
        """How many of them are past their time or due today."""
        return sum(len(group.tasks) for group in self.groups if group.key in ("overdue", "today"))


def side_of(room: Room) -> str:
    """Return the side on which a room's pages and tasks stand; administration is oversight's."""
    return "oversight" if room.name == "governance" else room.side


def gather(rooms: Sequence[Room], person: Person, duties: frozenset[Duty]) -> Waiting:
    """Ask the rooms of a side what waits for a person there."""
    names = frozenset(duty.value for duty in duties)
    tasks = [task for room in rooms for task in room.open_work(person, names)]
    shown = [one for room in rooms for one in room.at_a_glance(person, names)]
    return Waiting(
        group_by_urgency(tasks),
        [one for one in shown if isinstance(one, KeyFigure)],
        [one for one in shown if isinstance(one, Chart)],
    )


def group_by_urgency(tasks: Sequence[Task]) -> list[Group]:
    """Order tasks into groups by when they are due; groups without a task are left out."""
    now = clock.now()
    found: dict[str, list[Task]] = {key: [] for key, _title in GROUPS}
    for task in sorted(tasks, key=lambda task: (task.due or now, URGENCY.get(task.tone, 3))):
        found[_group_of(task.due, now)].append(task)
    return [Group(key, title, found[key]) for key, title in GROUPS if found[key]]


def _group_of(due: datetime | None, now: datetime) -> str:
    if due is None:
        return "open"
    if due < now:
        return "overdue"
    if clock.local_day(due) == clock.local_day(now):
        return "today"
    return "week" if due < now + FAR else "later"
