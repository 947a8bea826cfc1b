"""The cheapest plan as a flow of least cost: exact while overlaps form blocks, a proven bound always.

People flow to places: from a person (as often as they may come, each time above the fair load dearer)
through a block of sittings that all overlap (once) to a place, at the cost of the way. Such a flow has a
whole-numbered optimum that OR-Tools finds in seconds. Only sittings that overlap in chains (A with B, B with
C, but A not with C) bind people in ways that no flow knows: there it says how good a plan can be at best, and
CP-SAT plans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python import min_cost_flow

from trainhub.exams.staffing.plan.instance import Instance, Sitting
from trainhub.exams.staffing.plan.offering import Numbers, Offer, People, Place

MISSING, CHANGED, UNFAIR = 10_000_000_000, 1_000_000, 100
"""What a missing person costs, a change of an earlier plan, and the first sitting above the fair load.

So far apart that no number of the smaller outweighs a larger one: a plan has some thousand places.
"""
STEPS = 4
"""The second sitting above the fair load costs twice as much, and so on to this many times."""

Kept = Mapping[Place, set[int]]
"""By place the people of an earlier plan."""


@dataclass(frozen=True)
class Flow:
    """A flow of least cost.

    Args:
        cost: of it; no plan made of the same offer costs less.
        missing: people missing; no plan made of the same offer misses fewer.
        taken: pairs of place and person (or group) that it uses.
    """

    cost: int
    missing: int
    taken: Sequence[tuple[Place, int]]


def fair_load(instance: Instance) -> int:
    """Return the smallest number of sittings that could be everybody's who does a duty that is needed."""
    needed = sum(number for sitting in instance.sittings for number in sitting.needs.values())
    wanted = {duty for sitting in instance.sittings for duty in sitting.needs}
    able = sum(bool(person.duties & wanted) for person in instance.people)
    return -(-needed // max(1, able))


def blocks(sittings: Sequence[Sitting]) -> list[int]:
    """Return for each sitting the number of its block; sittings of one block all overlap each other."""
    found, block, until = [0] * len(sittings), -1, None
    for number in sorted(range(len(sittings)), key=lambda each: sittings[each].starts_at):
        sitting = sittings[number]
        if until is None or sitting.starts_at >= until:
            block, until = block + 1, sitting.ends_at
        until = min(until, sitting.ends_at)
        found[number] = block
    return found


def flow_of(people: People, offer: Offer, kept: Kept) -> Flow:
    """Return the cheapest flow of the people whom the places are offered."""
    places = list(people.places())
    who = [offer[place] for place, _needed in places]
    cost = [_cost(people, place, some, kept) for (place, _needed), some in zip(places, who, strict=True)]
    arcs = _Arcs(
        np.concatenate(who) if who else np.zeros(0, dtype=np.int64),
        np.repeat(np.arange(len(places)), [len(each) for each in who]),
        np.concatenate(cost) if cost else np.zeros(0, dtype=np.int64),
        np.ones(sum(len(each) for each in who), dtype=np.int64),
    )
    size = np.ones(len(people.instance.people), dtype=np.int64)
    most = np.array([each.max_sittings for each in people.instance.people], dtype=np.int64)
    found = _least(people.instance, places, arcs, size, most)
    return replace(found, cost=found.cost + CHANGED * _still(offer, kept))


def bound_of(people: People, kept: Kept) -> int:
    """Return what no plan of the whole instance undercuts: people who are alike flow as one group.

    Which member a rule or an absence keeps away is lost, only how many can come is kept; so the flow is wider
    than any plan, and its cost is a bound.
    """
    group = people.alike()
    size = np.bincount(group)
    limit = np.zeros(len(size), dtype=np.int64)
    limit[group] = [each.max_sittings for each in people.instance.people]
    first = np.unique(group, return_index=True)[1]
    places, parts, still = list(people.places()), [], 0
    for number, (place, needed) in enumerate(places):
        able = people.able(place)
        again = np.isin(able, list(kept.get(place, ())))
        still += int(again.sum())
        for some, less in ((able[~again], 0), (able[again], CHANGED)):
            many = np.bincount(group[some], minlength=len(size))
            here = np.flatnonzero(many)
            parts.append(
                np.stack(
                    (
                        here,
                        np.full(len(here), number),
                        people.ways(place, first[here]) - less,
                        np.minimum(many[here], needed),
                    )
                )
            )
    units, at, cost, many = np.concatenate(parts, axis=1) if parts else np.zeros((4, 0), dtype=np.int64)
    found = _least(people.instance, places, _Arcs(units, at, cost, many), size, limit)
    return found.cost + CHANGED * still


def _cost(people: People, place: Place, who: Numbers, kept: Kept) -> Numbers:
    again = np.isin(who, list(kept.get(place, ())))
    return people.ways(place, who) - CHANGED * again


def _still(offer: Offer, kept: Kept) -> int:
    return sum(int(np.isin(offer[place], list(who)).sum()) for place, who in kept.items() if place in offer)


@dataclass(frozen=True)
class _Arcs:
    """Which person or group can come to which place, at what cost, with how many people."""

    units: Numbers
    places: Numbers
    cost: Numbers
    many: Numbers


class _Network:
    """Nodes and arcs as OR-Tools takes them."""

    def __init__(self) -> None:
        self.solver = min_cost_flow.SimpleMinCostFlow()

    def join(self, begin: Numbers, end: Numbers, many: Numbers | int, cost: Numbers | int) -> Numbers:
        """Add arcs; of fixed ends, capacity or cost one value stands for all."""
        begin, end, many, cost = np.broadcast_arrays(begin, end, many, cost)
        found: Numbers = self.solver.add_arcs_with_capacity_and_unit_cost(
            *(np.ascontiguousarray(each, dtype=np.int64) for each in (begin, end, many, cost))
        )
        return found


def _least(
    instance: Instance, places: Sequence[tuple[Place, int]], arcs: _Arcs, size: Numbers, most: Numbers
) -> Flow:
    """Return the cheapest flow from units of a size through blocks to places; missing people flow dearly."""
    block = np.array(blocks(instance.sittings), dtype=np.int64)
    sitting = np.array([number for (number, _duty), _needed in places], dtype=np.int64)
    needs = np.array([needed for _place, needed in places], dtype=np.int64)
    net, source, units = _Network(), 0, np.arange(len(size))
    keys, gate = np.unique(
        arcs.units * (len(instance.sittings) + 1) + block[sitting[arcs.places]]
        if len(places)
        else arcs.units,
        return_inverse=True,
    )
    unit_node, gate_node = 1 + units, 1 + len(size) + np.arange(len(keys))
    place_node = 1 + len(size) + len(keys) + np.arange(len(places))
    fair, left = fair_load(instance), np.minimum(most, len(places) or 1)
    for step in range(STEPS + 1):
        share = left if step == STEPS else np.minimum(left, fair if step == 0 else 1)
        net.join(np.full(len(size), source), unit_node, share * size, UNFAIR * step)
        left = left - share
    of_gate = keys // (len(instance.sittings) + 1)
    net.join(unit_node[of_gate], gate_node, size[of_gate], 0)
    used = net.join(gate_node[gate], place_node[arcs.places], arcs.many, arcs.cost)
    net.join(np.full(len(places), source), place_node, needs, MISSING)
    net.solver.set_nodes_supplies(
        np.concatenate(([source], place_node)), np.concatenate(([needs.sum()], -needs))
    )
    status = net.solver.solve()
    if status != net.solver.OPTIMAL:
        raise RuntimeError(f"the flow of people to places was not found: {status}")
    flows = net.solver.flows(used) if len(used) else np.zeros(0, dtype=np.int64)
    through = np.flatnonzero(flows)
    return Flow(
        int(net.solver.optimal_cost()),
        int(needs.sum() - flows.sum()),
        [(places[int(arcs.places[each])][0], int(arcs.units[each])) for each in through],
    )
