"""Bringing a form exactly to its targets by two exchanges at once, found by sorting instead of searching.

A form of a hundred questions has thousands of single exchanges, and among their millions of pairs nearly
always one that moves facility and information by just what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from trainhub.exams.papers.parallel.judging import Shared
from trainhub.exams.papers.parallel.problem import Form, Numbers, Problem

SAMPLE = 100
"""How many free items of a cell are tried."""
ROUNDS = 40
_WIDE = 2**31


@dataclass(frozen=True)
class Exchanges:
    """Single exchanges of a form: what goes, what comes, by how much that moves facility and information.

    The first is no exchange at all, so that one alone is a pair too.
    """

    goes: Numbers
    comes: Numbers
    facility: Numbers
    information: Numbers


class Bench:
    """Which forms hold which items, and how many each pair of forms shares.

    Args:
        problem: of which forms are polished.
        forms: all of them; they are changed in place.
        chance: which free items are tried.
    """

    def __init__(self, problem: Problem, forms: Sequence[Form], chance: Random) -> None:
        self.problem, self.forms, self._chance = problem, forms, chance
        self._shared = Shared(problem, forms)
        self._by_cell: dict[int, list[int]] = {}
        for item, cells in enumerate(problem.cells):
            if not problem.groups[item]:
                for cell in cells:
                    self._by_cell.setdefault(cell, []).append(item)

    def polish(self, number: int, facility: int, information: int) -> None:
        """Bring a form as near to the targets as pairs of exchanges can."""
        best, nearest = dict(self.forms[number]), self._away(number, facility, information)
        for _round in range(ROUNDS):
            exchanges = self._exchanges(number)
            missing = self._missing(number, facility, information)
            pair = _best_pair(exchanges, *missing)
            # Where no pair helps, one exchange by chance gives the next round other pairs.
            for each in pair or [self._chance.randrange(len(exchanges.goes))]:
                self._exchange(number, int(exchanges.goes[each]), int(exchanges.comes[each]))
            away = self._away(number, facility, information)
            if away < nearest:
                best, nearest = dict(self.forms[number]), away
            if not nearest:
                return
        self._shared.remove(number, self.forms[number])
        self._shared.add(number, best)
        self.forms[number].clear()
        self.forms[number].update(best)

    def _missing(self, number: int, facility: int, information: int) -> tuple[int, int]:
        held = list(self.forms[number])
        return (
            facility - int(self.problem.facility[held].sum()),
            information - int(self.problem.information[held].sum()),
        )

    def _away(self, number: int, facility: int, information: int) -> int:
        return sum(abs(each) for each in self._missing(number, facility, information))

    def _exchange(self, number: int, goes: int, comes: int) -> None:
        if goes < 0:
            return
        form = self.forms[number]
        self._shared.remove(number, [goes])
        form[comes] = form.pop(goes)
        self._shared.add(number, [comes])

    def _exchanges(self, number: int) -> Exchanges:
        form, pairs = self.forms[number], [(-1, -1)]
        free = {cell: list(self._free(number, cell)) for cell in sorted(set(form.values()))}
        for item, cell in form.items():
            pairs += [(item, other) for other in free[cell]]
        table = np.array(pairs, dtype=np.int64)
        goes, comes = table[:, 0], table[:, 1]
        is_real = (goes >= 0).astype(np.int64)
        facility = (self.problem.facility[comes] - self.problem.facility[goes]) * is_real
        information = (self.problem.information[comes] - self.problem.information[goes]) * is_real
        return Exchanges(goes, comes, facility, information)

    def _free(self, number: int, cell: int) -> Iterator[int]:
        """Yield items of a cell that no limit keeps from a form, whatever else is exchanged with them."""
        mine, form = self._by_cell.get(cell, []), self.forms[number]
        tried = self._chance.sample(mine, min(len(mine), 2 * SAMPLE))
        tried.sort(key=self._shared.used)
        count = 0
        for item in tried:
            if count == SAMPLE:
                return
            if item not in form and self._shared.admits(number, item, exchanges=2):
                count += 1
                yield item


def _best_pair(exchanges: Exchanges, facility: int, information: int) -> tuple[int, int] | None:
    """Return the two exchanges that together come nearest to what is missing; None if none is any better."""
    keys = exchanges.facility * _WIDE + exchanges.information
    order = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys[order], facility * _WIDE + information - keys)
    best, nearest = None, abs(facility) + abs(information)
    for shift in (0, -1, 1):
        other = order[np.clip(place + shift, 0, len(order) - 1)]
        left = np.abs(facility - exchanges.facility - exchanges.facility[other])
        left += np.abs(information - exchanges.information - exchanges.information[other])
        for each in np.argsort(left, kind="stable")[:20].tolist():
            pair = each, int(other[each])
            if left[each] < nearest and _go_together(exchanges, *pair):
                best, nearest = pair, int(left[each])
    return best


def _go_together(exchanges: Exchanges, one: int, other: int) -> bool:
    return one != other and (
        exchanges.goes[one] != exchanges.goes[other] and exchanges.comes[one] != exchanges.comes[other]
    )
