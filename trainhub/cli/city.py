"""An invented city of ten years: as large as wanted, the same each time, and no rule broken in it.

Bulk for measuring: the rows are made in the form in which a database takes them, past the rules. Near each
rule lies much that nearly breaks it: instructors who became invigilators long after, rows taken back,
authors who taught for something else, teams that come to one site twice in a row and then go elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from hashlib import blake2b

from trainhub.separation.duties import Duty

Made = tuple[str | None, ...]
"""First day, last day, what it does to the row before it (``""``, ``replaces`` or ``withdraws``), facts."""

YEARS = 10
DAYS = 365 * YEARS
TO_COME = 60
"""Days of the ten years that lie in the future: sittings planned, not yet held."""
IN_CLASS, IN_SITTING, ON_PAPER = 40, 60, 100
ROWS_A_CLASS = 132.5
QUALIFICATIONS, DISTRICTS = 40, 12
TEAM = (Duty.INVIGILATE, Duty.INVIGILATE, Duty.INVIGILATE, Duty.INVIGILATE, Duty.ASSESS)
ROOM_OF = ("R1", "R1", "R2", "R2", None)
OLD_HAND = 1000
"""The last day, counted from the first, on which those taught who later became staff."""


@dataclass(frozen=True)
class City:
    """How large it is, and everybody in it, by number.

    Args:
        rows: how many rows the register is to have, about.
        today: the day from which the ten years are counted back.
    """

    rows: int
    today: date

    @cached_property
    def classes(self) -> int:
        """How many classes were held."""
        return max(24, int(self.rows / ROWS_A_CLASS))

    @cached_property
    def learners(self) -> int:
        """How many people learn; each comes back after a third of the time."""
        return self.classes * IN_CLASS // 3

    @cached_property
    def sittings(self) -> int:
        """How many sittings there are."""
        return math.ceil(self.classes * IN_CLASS / IN_SITTING)

    @cached_property
    def bodies(self) -> int:
        """How many training bodies there are."""
        return max(4, self.classes // 400)

    @cached_property
    def instructors(self) -> int:
        """How many instructors each training body has."""
        return max(2, self.classes // self.bodies // 100)

    @cached_property
    def enterprises(self) -> int:
        """How many enterprises send people."""
        return max(10, self.learners // 50)

    @cached_property
    def sites(self) -> int:
        """How many exam sites there are."""
        return max(3, min(40, self.sittings // 400))

    @cached_property
    def teams(self) -> int:
        """How many teams of staff there are at a time: a multiple of the sites."""
        return self.sites * max(3, math.ceil(self.sittings / 200 / self.sites))

    @cached_property
    def inspectors(self) -> int:
        """How many inspectors each district has: more than there are sittings on a day."""
        return 4 + 2 * math.ceil(self.sittings / DAYS)

    @cached_property
    def items(self) -> int:
        """How many items the banks hold."""
        return max(QUALIFICATIONS * 10, self.rows // 100)

    @cached_property
    def authors(self) -> int:
        """How many people write and review items."""
        return max(4, self.items // 250)

    @cached_property
    def papers(self) -> int:
        """How many papers were made."""
        return math.ceil(self.sittings / 5)

    @cached_property
    def officers(self) -> int:
        """How many people there are for papers, for marks, for results and for certificates, each."""
        return max(5, self.sittings // 1000)

    @cached_property
    def days(self) -> list[str]:
        """All days of the ten years, and some before and after, by number from ``-400``."""
        first = self.today - timedelta(days=DAYS - TO_COME)
        return [(first + timedelta(days=number)).isoformat() for number in range(-400, DAYS + 400)]

    def day(self, number: int) -> str:
        """Return the day so many days after the first."""
        return self.days[number + 400]

    def body_of(self, number: int) -> str:
        """Return the training body that holds a class."""
        return f"BODY-{number % self.bodies}"

    def class_day(self, number: int) -> int:
        """Return the day on which a class begins."""
        return number * (DAYS - 40) // self.classes

    def sitting_day(self, number: int) -> int:
        """Return the day of a sitting: more than two weeks after the class of its candidates began."""
        return 30 + number * (DAYS - 40) // self.sittings

    @cached_property
    def names(self) -> list[str]:
        """The random ids of the learners."""
        return [person("learner", number) for number in range(self.learners)]

    def learner(self, number: int) -> str:
        """Return who has a place, counted through all classes; whoever comes again has other neighbours."""
        turn, place = divmod(number, self.learners)
        return self.names[(place * self._steps[turn % 4] + turn * 7) % self.learners]

    @cached_property
    def _steps(self) -> list[int]:
        steps = (self.learners // 3, self.learners // 7, self.learners // 11)
        return [1, *(_coprime(step, self.learners) for step in steps)]

    def team_of(self, sitting: int) -> int:
        """Return the team that staffs a sitting; half-way through the years, younger ones take over."""
        return sitting % self.teams + (self.teams if sitting * 2 >= self.sittings else 0)

    def staff(self, team: int, place: int) -> str:
        """Return who has a place in a team."""
        return person("staff", team, place)

    def site_of(self, sitting: int) -> int:
        """Return the site of a sitting: a team comes there twice in a row, then goes elsewhere."""
        return (sitting + sitting // self.teams // 2) % self.sites

    def inspector_of(self, sitting: int) -> tuple[int, int]:
        """Return the district, never that of the site, and the number there of who inspects a sitting."""
        district = (self.site_of(sitting) + 1 + sitting % (DISTRICTS - 1)) % DISTRICTS
        return district, sitting % self.inspectors


def person(kind: str, *number: object) -> str:
    """Return the random id of somebody."""
    text = f"{kind} {' '.join(map(str, number))}"
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _coprime(number: int, to: int) -> int:
    number = max(2, number)
    while math.gcd(number, to) != 1:
        number += 1
    return number
