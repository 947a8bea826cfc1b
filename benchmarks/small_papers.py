"""How searches for forms from small banks end: hundreds of invented ones, near the border of what can be.

Each has 10 to 60 questions, 30 to 500 items, enemies, limits of exposure and of overlap, and mostly a target.
A search should end with forms and their gap, or with a proof of what is short; ``open`` counts those that end
with neither. Forms are checked by code of its own, and beside them stands what drawing at random reaches.

    python -m benchmarks.small_papers --seeds 1 300 --seconds 20
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from trainhub.cli.measuring import machine, told
from trainhub.exams.papers.parallel import Blueprint, Cell, Goal, Item, answer

TYPES, POINTS, LEVELS = ("single", "multiple", "true_false"), ("1", "2", "3", "4"), ("know", "grasp", "use")
DRAWS = 200


def instance(seed: int, seconds: float) -> tuple[Blueprint, list[Item]]:
    """Return a blueprint and a bank that may be a little too small for it."""
    chance = Random(seed)
    forms = chance.choice((1, 2, 2, 3, 4, 6))
    questions = chance.randint(10, 60)
    cells = _cells(chance, questions)
    items = _items(chance, cells, min(500, max(30, round(questions * forms * chance.uniform(0.35, 2.0)))))
    overlap = chance.choice((None, 0, 0.1, 0.2, 0.3, 0.5))
    exposure = chance.choice((None, 2, 3, 4))
    target = sum(each.facility or 0 for each in items) / len(items) + chance.choice((-0.05, 0, 0, 0.05))
    facility = Goal(target, chance.choice((None, 0.03, 0.01, 0.003)))
    information = Goal()
    if chance.random() < 0.4:
        mean = sum(each.information for each in items) / len(items)
        information = Goal(mean * questions * chance.choice((0.9, 1, 1.1)), chance.choice((None, 1.0, 0.3)))
    if chance.random() < 0.15:
        facility = Goal()
    blueprint = Blueprint(
        cells, facility, information, forms, overlap, exposure, seed=seed, time_limit_s=seconds
    )
    return blueprint, items


def _cells(chance: Random, questions: int) -> list[Cell]:
    kinds = [(one, two, three) for one in TYPES for two in POINTS for three in LEVELS]
    chosen = chance.sample(kinds, min(questions, chance.randint(2, 14)))
    counts = Counter(chance.choice(chosen) for _each in range(questions))
    cells = []
    for (one, two, three), count in counts.items():
        # A cell that leaves a field out takes the items of others: the border is then not seen cell by cell.
        point, level = (
            None if chance.random() < 0.2 else two,
            None if chance.random() < 0.2 else three,
        )
        cells.append(Cell(one, point, level, count))
    return cells


def _items(chance: Random, cells: Sequence[Cell], count: int) -> list[Item]:
    items = []
    groups = max(1, count // chance.choice((4, 8, 20)))
    share = chance.choice((0, 0.2, 0.5, 0.9))
    for number in range(count):
        cell = chance.choices(cells, [each.count for each in cells])[0]
        enemies = {f"G{chance.randrange(groups)}" for _each in range(2) if chance.random() < share}
        items.append(
            Item(
                f"I{number}",
                cell.type or "",
                cell.knowledge_point or chance.choice(POINTS),
                cell.level or chance.choice(LEVELS),
                round(chance.betavariate(5, 2.5), 4),
                round(chance.uniform(0.2, 1.8), 3),
                exposure=chance.choice((0, 0, 1, 2)),
                enemies=tuple(sorted(enemies)),
            )
        )
    return items


def complaints(blueprint: Blueprint, items: Sequence[Item], forms: Sequence[Sequence[str]]) -> list[str]:
    """Return what forms break, counted anew from the items."""
    known = {each.id: each for each in items}
    found = [said for form in forms for said in _of_one(blueprint, [known[each] for each in form])]
    used = Counter(each for form in forms for each in form)
    if blueprint.max_exposure is not None:
        found += ["exposure"] * sum(known[i].exposure + n > blueprint.max_exposure for i, n in used.items())
    if blueprint.most_common is not None:
        for place, one in enumerate(forms):
            for other in forms[:place]:
                found += ["overlap"] * (len(set(one) & set(other)) > blueprint.most_common)
    return found


def _of_one(blueprint: Blueprint, form: Sequence[Item]) -> list[str]:
    met = Counter(group for each in form for group in each.enemies)
    found = ["enemies"] * sum(each > 1 for each in met.values())
    if len({each.id for each in form}) != blueprint.questions:
        found.append("questions")
    for goal, value in (
        (blueprint.facility, sum(each.facility or 0 for each in form) / max(1, len(form))),
        (blueprint.information, sum(each.information for each in form)),
    ):
        if goal.target is not None and goal.tolerance is not None:
            # Both are counted in 1/10,000.
            found += ["tolerance"] * (abs(value - goal.target) > goal.tolerance + 1e-4 * len(form))
    return found


def ended(found: dict[str, Any]) -> str:
    """Return how a search ended, in one word."""
    if found["forms"]:
        return str(found["status"])
    if not found["proven"]:
        return "open"
    return "short" if found["short"] else "out of reach"


def measure(first: int, last: int, seconds: float) -> dict[str, Any]:
    """Search each instance and count how it ends."""
    ends: Counter[str] = Counter()
    slow: list[tuple[float, int, str]] = []
    gaps: list[float] = []
    left_open, broken = [], []
    begun = time.process_time()
    for seed in range(first, last + 1):
        blueprint, items = instance(seed, seconds)
        found = answer(blueprint, items)
        end = ended(found)
        ends[end] += 1
        slow.append((found["seconds"], seed, end))
        gaps += [found["gap"]] if found["gap"] is not None else []
        left_open += [seed] if end == "open" else []
        if complaints(blueprint, items, [each["items"] for each in found["forms"]]):
            broken.append(seed)
        told(f"{seed}: {end} {found['seconds']} s gap {found['gap']} {found.get('error', '')[:150]}")
    gaps.sort()
    return {
        "figures": {
            "ends": dict(ends),
            "open": left_open,
            "broken": broken,
            "slowest": sorted(slow, reverse=True)[:10],
            "median_s": sorted(slow)[len(slow) // 2][0],
            "gap_median": gaps[len(gaps) // 2] if gaps else None,
            "cpu_s": round(time.process_time() - begun),
        },
        "conditions": machine() | {"seeds": [first, last], "limit_s": seconds},
    }


def main() -> None:
    """Run as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs=2, default=(1, 100))
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    print(json.dumps(measure(*options.seeds, options.seconds), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
