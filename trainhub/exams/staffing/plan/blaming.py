"""Why places stay empty: the smallest set of rules and shortages whose lifting makes the plan whole."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ortools.sat.python import cp_model

from trainhub.exams.staffing.plan.flowing import Kept
from trainhub.exams.staffing.plan.instance import Instance, obstacles
from trainhub.exams.staffing.plan.lifting import Blamed, Reason, lifted
from trainhub.exams.staffing.plan.model import Model, cliques
from trainhub.exams.staffing.plan.offering import Offer, People, Place
from trainhub.exams.staffing.plan.solving import (
    FIRST_OFFER,
    WHOLE,
    WORKERS,
    Assignment,
    kept_of,
    solve,
)

WEIGHTS = {"unavailable": 2, "max_sittings": 2, "people": 1_000}
RULE_WEIGHT = 5


class _Lifting:
    """The model of an instance in which, at places that stay empty, what keeps people away can be lifted.

    Args:
        instance: to be planned.
        missing: places that stay empty.
        offer: who may come to each place without anything lifted.
    """

    def __init__(self, instance: Instance, missing: Mapping[tuple[str, str], int], offer: Offer) -> None:
        self.instance = instance
        self.model = Model(instance, offer)
        self.cp = self.model.cp
        self.lifted: dict[tuple[Place, str], Any] = {}
        self.helped: dict[tuple[Place, str], list[tuple[int, Any]]] = defaultdict(list)
        self.more: dict[Place, Any] = {}
        self._coming: dict[int, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self._beyond: dict[int, list[Any]] = defaultdict(list)
        for place, short in self.model.short.items():
            if (instance.sittings[place[0]].id, place[1]) in missing:
                self._open(place, short)
            else:
                self.cp.add(short == 0)
        self._bind_people()

    def _lift(self, place: Place, reason: str) -> Any:
        if (place, reason) not in self.lifted:
            self.lifted[place, reason] = self.cp.new_bool_var("")
        return self.lifted[place, reason]

    def _open(self, place: Place, short: Any) -> None:
        """Let people come to a place against what is lifted, and new people if nothing else helps."""
        sitting, duty = self.instance.sittings[place[0]], place[1]
        coming = []
        for who, person in enumerate(self.instance.people):
            against = obstacles(self.instance, person, sitting, duty)
            if against is not None:
                taken, beyond = self.cp.new_bool_var(""), self.cp.new_bool_var("")
                self.cp.add_implication(beyond, taken)
                if not against:
                    self.cp.add_implication(taken, beyond)
                for reason in against:
                    self.cp.add_implication(taken, self._lift(place, reason))
                    self.helped[place, reason].append((who, taken))
                self.cp.add_implication(beyond, self._lift(place, "max_sittings"))
                self.helped[place, "max_sittings"].append((who, beyond))
                self._coming[who][place[0]].append(taken)
                self._beyond[who].append(beyond)
                coming.append(taken)
        self.more[place] = self.cp.new_int_var(0, sitting.needs[duty], "")
        self.cp.add(self.more[place] <= sitting.needs[duty] * self._lift(place, "people"))
        self.cp.add(sum(coming) + self.more[place] == short)

    def _bind_people(self) -> None:
        """Nobody is in two places at once, nor more often than they may unless that is lifted."""
        plain: dict[int, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for ((number, _duty), who), variable in self.model.taken.items():
            plain[who][number].append(variable)
        groups = cliques(self.instance.sittings)
        for who, coming in self._coming.items():
            for group in groups:
                there = [each for number in group for each in (*plain[who][number], *coming[number])]
                self.cp.add_at_most_one(there)
            everywhere = [each for mine in (plain[who], coming) for many in mine.values() for each in many]
            most = self.instance.people[who].max_sittings
            self.cp.add(sum(everywhere) - sum(self._beyond[who]) <= most)

    def least(self) -> dict[tuple[str, str], list[Reason]]:
        """Return the set of reasons that asks for the least."""
        weights = [WEIGHTS.get(reason, RULE_WEIGHT) * each for (_place, reason), each in self.lifted.items()]
        self.cp.minimize(1_000 * sum(weights) + sum(self.more.values()))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = WORKERS
        solver.parameters.random_seed = self.instance.settings.seed
        solver.parameters.max_time_in_seconds = max(5.0, self.instance.settings.time_limit_s)
        found: dict[tuple[str, str], list[Reason]] = defaultdict(list)
        if solver.solve(self.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return {}
        for (place, reason), variable in self.lifted.items():
            if solver.boolean_value(variable):
                used = [who for who, taken in self.helped[place, reason] if solver.boolean_value(taken)]
                people = tuple(sorted(self.instance.people[who].id for who in used))
                number = solver.value(self.more[place]) if reason == "people" else 0
                named = self.instance.sittings[place[0]].id, place[1]
                found[named].append(Reason(reason, people, number))
        return dict(found)


def blame(
    instance: Instance, missing: Mapping[tuple[str, str], int], assignments: Iterable[Assignment] = ()
) -> dict[tuple[str, str], list[Reason]]:
    """Return, for each place that stays empty, what is to be lifted.

    Lifting all that is named makes the plan whole; leaving any of it in force does not. Of several such sets
    the one is named that asks for the least: no more people if it can be helped.

    Args:
        instance: that was planned.
        missing: people missing by sitting and duty.
        assignments: of the plan; a large instance is searched near it.
    """
    if not missing:
        return {}
    found = _Lifting(instance, missing, _offer(instance, kept_of(instance, assignments))).least()
    blamed = [(*place, reason) for place, reasons in found.items() for reason in reasons]
    needed: dict[tuple[str, str], list[Reason]] = defaultdict(list)
    for sitting, duty, reason in _none_to_spare(instance, blamed):
        needed[sitting, duty].append(reason)
    return dict(needed)


def _offer(instance: Instance, kept: Kept) -> Offer:
    people = People(instance)
    return people.offer(None if people.pairs() <= WHOLE else FIRST_OFFER, kept)


def _none_to_spare(instance: Instance, blamed: list[Blamed]) -> list[Blamed]:
    """Leave out what need not be lifted: a person helped at one place may be of use at another as well."""
    until = time.monotonic() + max(5.0, instance.settings.time_limit_s)
    needed = list(blamed)
    for each in sorted(blamed, key=lambda one: WEIGHTS.get(one[2].reason, RULE_WEIGHT), reverse=True):
        without = [other for other in needed if other is not each]
        left = until - time.monotonic()
        if left > 0 and _is_whole(lifted(instance, without), left):
            needed = without
    return needed


def _is_whole(instance: Instance, seconds: float) -> bool:
    """Return whether a plan without a missing person exists (and is found in time)."""
    settings = replace(instance.settings, time_limit_s=seconds, gap=1.0)
    return not solve(replace(instance, settings=settings)).missing
