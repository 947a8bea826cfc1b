"""Invented instances of the staffing problem, a bare model of them, a check of plans; no house code here."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

DISTRICTS, SITES_PER_DISTRICT = 10, 10
FIRST_DAY = datetime.fromisoformat("2026-07-06T08:00:00+08:00")
BEGINNINGS = (0, 3, 6)
"""Hours after the first of a day at which sittings begin; they take two hours."""
CHAINED = (0, 1, 2, 3, 4, 5, 6, 7)
FORBIDDEN = 0.02


def instance(
    sittings: int, people: int, seed: int = 1, possible: int | None = None, chained: bool = False
) -> dict[str, Any]:
    """Return an instance in the form of exchange.

    Args:
        sittings: how many; each needs two to six invigilators, one inspector, and one in four an assessor.
        people: how many; most invigilate, some assess or inspect, some are away for days.
        seed: of everything that is chosen.
        possible: about how many people can come to a sitting; the rest is away that day. None: nearly all.
        chained: whether sittings begin at every hour, so that one overlaps the next and that one the third.
    """
    chance = Random(seed)  # noqa: S311 - invented on purpose, the same each time
    # So many sittings a day that they can be staffed by those who are there that day.
    per_day = max(1, (possible or people // 4) // 12)
    planned = [
        _sitting(number, per_day, CHAINED if chained else BEGINNINGS, chance) for number in range(sittings)
    ]
    staff = [_person(number, chance) for number in range(people)]
    days = sorted({each["starts_at"][:10] for each in planned})
    for each in staff:
        share = 0.97 if possible is None else min(0.97, possible / people)
        gone = [day for day in days if chance.random() > share]
        each["unavailable"] = [[f"{day}T00:00:00+08:00", f"{day}T23:59:00+08:00"] for day in gone]
    count = int(sittings * people * FORBIDDEN)
    pairs = {(chance.randrange(people), chance.randrange(sittings)) for _each in range(count)}
    return {
        "sittings": planned,
        "people": staff,
        "forbidden": [{"person": f"P{a}", "sitting": f"S{b}", "rule": "S-07"} for a, b in sorted(pairs)],
        "settings": {"seed": seed, "time_limit_s": 60, "gap": 0.01},
    }


def _sitting(number: int, per_day: int, hours: Sequence[int], chance: Random) -> dict[str, Any]:
    day, place = divmod(number, per_day)
    begins = FIRST_DAY + timedelta(days=day, hours=hours[place % len(hours)])
    district = chance.randrange(DISTRICTS)
    needs = {"invigilator": chance.randint(2, 6), "inspector": 1}
    return {
        "id": f"S{number}",
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=2)).isoformat(),
        "site": f"site {district}-{chance.randrange(SITES_PER_DISTRICT)}",
        "district": f"district {district}",
        "qualification": f"Q{chance.randrange(5)}",
        "candidates": 30 * needs["invigilator"] // 2,
        "rooms": needs["invigilator"] // 2,
        "needs": needs | ({"assessor": 1} if number % 4 == 0 else {}),
    }


def _person(number: int, chance: Random) -> dict[str, Any]:
    kind, district = chance.random(), chance.randrange(DISTRICTS)
    duties = ["inspector"] if kind < 0.1 else ["invigilator", "assessor"] if kind < 0.3 else ["invigilator"]
    at_site = chance.random() < 0.5
    return {
        "id": f"P{number}",
        "duties": duties,
        "qualifications": [f"Q{chance.randrange(5)}"] if "assessor" in duties else [],
        "district": f"district {district}",
        "site": f"site {district}-{chance.randrange(SITES_PER_DISTRICT)}" if at_site else "",
        "max_sittings": 8,
    }


def possible(written: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Return who can come to which place, by sitting and duty."""
    forbidden = {(each["person"], each["sitting"]) for each in written["forbidden"]}
    away = {(each["id"], period[0][:10]) for each in written["people"] for period in each["unavailable"]}
    found: dict[tuple[str, str], list[str]] = {}
    for sitting in written["sittings"]:
        for duty in sitting["needs"]:
            found[sitting["id"], duty] = [
                person["id"]
                for person in written["people"]
                if duty in person["duties"]
                and (person["id"], sitting["id"]) not in forbidden
                and (person["id"], sitting["starts_at"][:10]) not in away
                and (duty != "assessor" or sitting["qualification"] in person["qualifications"])
                and (duty != "inspector" or person["district"] != sitting["district"])
            ]
    return found


def complaints(written: Mapping[str, Any], assignments: Sequence[Mapping[str, str]]) -> list[str]:
    """Return everything in a plan that the instance does not allow."""
    able = {key: set(people) for key, people in possible(written).items()}
    begins = {each["id"]: each["starts_at"] for each in written["sittings"]}
    needs = {each["id"]: each["needs"] for each in written["sittings"]}
    found = [
        f"{each['person']} may not come to {each['sitting']}"
        for each in assignments
        if each["person"] not in able[each["sitting"], each["duty"]]
    ]
    times = Counter((each["person"], begins[each["sitting"]]) for each in assignments)
    found += [
        f"{person} is at two places at {moment}" for (person, moment), count in times.items() if count > 1
    ]
    loads = Counter(each["person"] for each in assignments)
    most = {each["id"]: each["max_sittings"] for each in written["people"]}
    found += [f"{person} comes {count} times" for person, count in loads.items() if count > most[person]]
    places = Counter((each["sitting"], each["duty"]) for each in assignments)
    found += [f"too many at {code}" for (code, duty), count in places.items() if count > needs[code][duty]]
    return found


def bare(written: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """Solve the places and times alone with the bare solver: the floor.

    Returns:
        Seconds to build and to solve, status, and the gap of the number of sittings of who has most.
    """
    from ortools.sat.python import cp_model

    begun = time.monotonic()
    model, by_time, by_person = cp_model.CpModel(), defaultdict(list), defaultdict(list)
    begins = {each["id"]: each["starts_at"] for each in written["sittings"]}
    needs = {each["id"]: each["needs"] for each in written["sittings"]}
    for (code, duty), people in possible(written).items():
        taken = []
        for person in people:
            variable = model.new_bool_var("")
            taken.append(variable)
            by_time[person, begins[code]].append(variable)
            by_person[person].append(variable)
        model.add(sum(taken) == needs[code][duty])
    most = model.new_int_var(0, 100, "")
    for variables in by_time.values():
        model.add_at_most_one(variables)
    for variables in by_person.values():
        model.add(sum(variables) <= most)
    model.minimize(most)
    built = time.monotonic() - begun
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    return {
        "build_s": round(built, 2),
        "solve_s": round(solver.wall_time, 2),
        "status": solver.status_name(status).lower(),
    }
