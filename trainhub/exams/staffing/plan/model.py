"""The plan as a model of CP-SAT: the places, the people who can take them, and what binds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from ortools.sat.python import cp_model

from trainhub.exams.staffing.plan.flowing import (
    CHANGED,
    STEPS,
    UNFAIR,
    Kept,
    fair_load,
)
from trainhub.exams.staffing.plan.instance import Instance, Sitting
from trainhub.exams.staffing.plan.offering import Offer, People, Place, way


class Model:
    """The places, the people who can take them, and what binds them, as a CP-SAT model.

    Args:
        instance: to be planned.
        offer: whom each place is offered; everybody who could come unless given.
    """

    def __init__(self, instance: Instance, offer: Offer | None = None) -> None:
        self.instance = instance
        self._offer = People(instance).offer(None, {}) if offer is None else offer
        self.cp = cp_model.CpModel()
        self.taken: dict[tuple[Place, int], Any] = {}
        self.short: dict[Place, Any] = {}
        self._by_person: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        self._fill()
        self._one_place_at_a_time()

    def _fill(self) -> None:
        for number, sitting in enumerate(self.instance.sittings):
            for duty, needed in sitting.needs.items():
                able = []
                for place in self._offer[number, duty].tolist():
                    variable = self.cp.new_bool_var("")
                    self.taken[(number, duty), place] = variable
                    self._by_person[place].append((number, variable))
                    able.append(variable)
                self.short[number, duty] = self.cp.new_int_var(0, needed, "")
                self.cp.add(sum(able) + self.short[number, duty] == needed)

    def _one_place_at_a_time(self) -> None:
        groups = cliques(self.instance.sittings)
        for place, mine in self._by_person.items():
            by_sitting = defaultdict(list)
            for number, variable in mine:
                by_sitting[number].append(variable)
            done: set[frozenset[int]] = set()
            for group in groups:
                here = frozenset(group & by_sitting.keys())
                variables = [each for number in here for each in by_sitting[number]]
                if len(variables) > 1 and here not in done:
                    done.add(here)
                    self.cp.add_at_most_one(variables)
            most = self.instance.people[place].max_sittings
            if most < len(mine):
                self.cp.add(sum(variable for _number, variable in mine) <= most)

    def cost(self, kept: Kept) -> Any:
        """Return what is to be made small once as many places are filled as can be: changes, load, ways."""
        terms: list[Any] = list(self._unfair())
        for (place, who), variable in self.taken.items():
            far = way(self.instance.sittings[place[0]], self.instance.people[who])
            if far:
                terms.append(far * variable)
            if who in kept.get(place, ()):
                terms.append(CHANGED * (1 - variable))
        return sum(terms)

    def _unfair(self) -> list[Any]:
        """Return the cost of each sitting above the fair load, of the second one twice as much, and so on."""
        fair = fair_load(self.instance)
        terms = []
        for mine in self._by_person.values():
            load = sum(variable for _number, variable in mine)
            for step in range(fair, min(fair + STEPS, len(mine))):
                over = self.cp.new_int_var(0, len(mine) - step, "")
                self.cp.add(over >= load - step)
                terms.append(UNFAIR * over)
        return terms


def cliques(sittings: Sequence[Sitting]) -> list[frozenset[int]]:
    """Return the largest groups of sittings that all overlap: those that run when one begins."""
    ordered = sorted(range(len(sittings)), key=lambda number: sittings[number].starts_at)
    groups: list[frozenset[int]] = []
    running: set[int] = set()
    for moment, starting in groupby(ordered, key=lambda number: sittings[number].starts_at):
        running = {number for number in running if sittings[number].ends_at > moment} | set(starting)
        while groups and groups[-1] <= running:
            groups.pop()
        groups.append(frozenset(running))
    return groups
