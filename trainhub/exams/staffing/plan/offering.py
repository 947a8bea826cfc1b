"""Who could come to each place, and whom a large plan offers it: enough people near it, spread evenly.

A thousand sittings and five thousand people have fifteen million pairs of person and place, of which a plan
uses five thousand; so pairs are told by arrays over all people, a place at a time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from trainhub.exams.staffing.plan.instance import ASSESSOR, DUTIES, INSPECTOR, Instance, Sitting, Somebody

Place = tuple[int, str]
"""Number of a sitting in the instance, and a duty."""
Numbers = NDArray[np.int64]
Offer = Mapping[Place, Numbers]
"""By place the numbers of the people who may come."""
Time = tuple[datetime, datetime]


def way(sitting: Sitting, person: Somebody) -> int:
    """Return how far a person has to go: own site 0, own district 1, elsewhere 2."""
    if person.site and person.site == sitting.site:
        return 0
    return 1 if person.district == sitting.district else 2


def _away(instance: Instance) -> dict[Time, list[int]]:
    """Return who is away or on duty elsewhere at each time at which a sitting runs."""
    times = sorted({(each.starts_at, each.ends_at) for each in instance.sittings})
    longest = max((end - begin for begin, end in times), default=timedelta())
    found: dict[Time, list[int]] = {time: [] for time in times}
    for number, person in enumerate(instance.people):
        for begin, end in (*person.unavailable, *person.on_duty):
            place = bisect_left(times, (end,)) - 1
            while place >= 0 and times[place][0] + longest > begin:
                if times[place][1] > begin:
                    found[times[place]].append(number)
                place -= 1
    return found


class People:
    """The people of an instance in arrays, by duty, qualification, site, district and absence.

    Args:
        instance: to be planned.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        people = instance.people
        self._sites = np.array([each.site for each in people], dtype=object)
        self._districts = np.array([each.district for each in people], dtype=object)
        self._doing = {
            duty: np.array([duty in each.duties for each in people], dtype=bool) for duty in DUTIES
        }
        self._qualified = {
            name: np.array([name in each.qualifications for each in people], dtype=bool)
            for name in {each.qualification for each in instance.sittings}
        }
        self._away = _away(instance)
        self._forbidden: dict[tuple[str, str], list[int]] = defaultdict(list)
        numbers = {each.id: number for number, each in enumerate(people)}
        for (person, sitting, duty), rules in instance.forbidden.items():
            if rules:
                self._forbidden[sitting, duty].append(numbers[person])
        # People who are alike are taken in an order that the seed tells, not always the first of the file.
        self._order = np.random.default_rng(instance.settings.seed).permutation(len(people))
        self._rank = np.empty(len(people), dtype=np.int64)
        self._rank[self._order] = np.arange(len(people))

    def places(self) -> Iterable[tuple[Place, int]]:
        """Return the places and how many people each needs."""
        for number, sitting in enumerate(self.instance.sittings):
            for duty, needed in sitting.needs.items():
                yield (number, duty), needed

    def able(self, place: Place) -> Numbers:
        """Return the numbers of those whom nothing keeps from a place: what ``obstacles`` says of each."""
        sitting, duty = self.instance.sittings[place[0]], place[1]
        found = self._doing[duty].copy()
        if duty == ASSESSOR:
            found &= self._qualified[sitting.qualification]
        if duty == INSPECTOR or self.instance.settings.cross_district:
            found &= self._districts != sitting.district
        if duty == INSPECTOR and sitting.site:
            found &= self._sites != sitting.site
        for kept in (
            self._away[sitting.starts_at, sitting.ends_at],
            self._forbidden.get((sitting.id, ""), []),
            self._forbidden.get((sitting.id, duty), []),
        ):
            found[kept] = False
        return np.flatnonzero(found)

    def ways(self, place: Place, people: Numbers) -> Numbers:
        """Return how far each of some people has to go."""
        sitting = self.instance.sittings[place[0]]
        at_site = (self._sites[people] == sitting.site) & bool(sitting.site)
        in_district = self._districts[people] == sitting.district
        return np.where(at_site, 0, np.where(in_district, 1, 2)).astype(np.int64)

    def pairs(self) -> int:
        """Return how many pairs of person and place nothing keeps apart."""
        return sum(len(self.able(place)) for place, _needed in self.places())

    def offer(self, most: int | None, kept: Mapping[Place, set[int]]) -> Offer:
        """Return for each place who may come.

        Args:
            most: how many people a place is offered beyond those it needs, the nearest first; None for all.
            kept: by place the people of an earlier plan; whoever still may come is always offered.
        """
        found: dict[Place, Numbers] = {}
        for place, needed in self.places():
            able = self.able(place)
            if most is not None and len(able) > most + needed:
                # Of the same distance everybody is somewhere near the front of some place's list.
                turned = (self._rank[able] - 37 * (place[0] + 1) * needed) % len(self._rank)
                nearest = able[np.lexsort((turned, self.ways(place, able)))]
                again = [who for who in nearest[most + needed :] if who in kept.get(place, ())]
                able = np.concatenate((nearest[: most + needed], np.array(again, dtype=np.int64)))
            found[place] = able[np.argsort(self._rank[able])]
        return found

    def alike(self) -> Numbers:
        """Return by person the number of their group: same duties, qualifications, site, district, limit."""
        groups: dict[object, int] = {}
        return np.array(
            [
                groups.setdefault(
                    (each.duties, each.qualifications, each.district, each.site, each.max_sittings),
                    len(groups),
                )
                for each in self.instance.people
            ],
            dtype=np.int64,
        )
