"""How good forms are: what they still break, how far they are beyond the tolerance, what they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from trainhub.exams.papers.parallel.problem import Form, Limits, Numbers, Problem


@dataclass(frozen=True, order=True)
class Worth:
    """The worth of forms; less is better, and the earlier field decides.

    Args:
        broken: empty places, enemies that meet, items used or shared too often.
        beyond: units beyond the tolerances, all forms together.
        cost: what is made small: the worst form's distance from the targets, or the spread where none is set.
        apart: the distances of all forms together, so that a form mended counts where another is worse.
    """

    broken: int
    beyond: int
    cost: int
    apart: int

    @property
    def is_allowed(self) -> bool:
        """Whether the forms keep everything."""
        return self.broken == 0 and self.beyond == 0


def worth(problem: Problem, forms: Sequence[Form]) -> Worth:
    """Judge forms."""
    broken = _empty(problem, forms) + _meetings(problem, forms) + _too_often(problem, forms)
    beyond = cost = apart = 0
    for values, goal in (
        (problem.facility, problem.facility_limits),
        (problem.information, problem.information_limits),
    ):
        sums = sums_of(values, forms)
        beyond += sum(_beyond(each, goal) for each in sums)
        middle = aim(sums, goal)
        distances = [abs(each - middle) for each in sums]
        cost += max(sums) - min(sums) if goal.target is None else max(distances)
        apart += sum(distances)
    return Worth(broken, beyond, cost, apart)


def sums_of(values: Numbers, forms: Sequence[Collection[int]]) -> list[int]:
    """Return the sum of a value in each form."""
    return [int(values[list(form)].sum()) if form else 0 for form in forms]


def aim(sums: Sequence[int], goal: Limits) -> int:
    """Return what every form is brought to: the target, or else the form in the middle."""
    return sorted(sums)[len(sums) // 2] if goal.target is None else goal.target


def _beyond(value: int, goal: Limits) -> int:
    low = 0 if goal.low is None else max(0, goal.low - value)
    return low if goal.high is None else max(low, value - goal.high)


def _empty(problem: Problem, forms: Sequence[Form]) -> int:
    count = 0
    for form in forms:
        filled = Counter(form.values())
        count += sum(max(0, cell.count - filled[n]) for n, cell in enumerate(problem.blueprint.cells))
    return count


def _meetings(problem: Problem, forms: Sequence[Form]) -> int:
    count = 0
    for form in forms:
        groups = Counter(group for item in form for group in problem.groups[item])
        count += sum(max(0, number - problem.cap(group)) for group, number in groups.items())
    return count


def _too_often(problem: Problem, forms: Sequence[Form]) -> int:
    used = Counter(item for form in forms for item in form)
    count = sum(max(0, number - int(problem.uses[item])) for item, number in used.items())
    most = problem.blueprint.most_common
    if most is None:
        return count
    return count + sum(max(0, number - most) for number in common(forms).values())


def common(forms: Sequence[Form]) -> Counter[tuple[int, int]]:
    """Return how many items each pair of forms shares; pairs that share none are left out."""
    holders: dict[int, list[int]] = {}
    for number, form in enumerate(forms):
        for item in form:
            holders.setdefault(item, []).append(number)
    return Counter(pair for mine in holders.values() for pair in combinations(mine, 2))


class Shared:
    """Which forms hold each item, and how many items each pair of forms shares, while forms change.

    Args:
        problem: of which they are forms.
        forms: to begin with.
    """

    def __init__(self, problem: Problem, forms: Sequence[Collection[int]] = ()) -> None:
        self._uses, self._most = problem.uses, problem.blueprint.most_common
        self._holders: dict[int, set[int]] = {}
        self._common: Counter[tuple[int, int]] = Counter()
        for number, form in enumerate(forms):
            self.add(number, form)

    def used(self, item: int) -> int:
        """Return how many forms hold an item."""
        return len(self._holders.get(item, ()))

    def add(self, number: int, items: Collection[int]) -> None:
        """Note that a form holds items."""
        for item in items:
            for other in self._holders.setdefault(item, set()):
                self._common[min(number, other), max(number, other)] += 1
            self._holders[item].add(number)

    def remove(self, number: int, items: Collection[int]) -> None:
        """Note that a form holds items no more."""
        for item in items:
            self._holders[item].discard(number)
            for other in self._holders[item]:
                self._common[min(number, other), max(number, other)] -= 1

    def admits(self, number: int, item: int, exchanges: int = 1) -> bool:
        """Tell whether a form may get an item, and as many more at once as it is exchanged with."""
        holders = self._holders.get(item, ())
        if len(holders) >= self._uses[item]:
            return False
        return self._most is None or all(
            self._common[min(number, other), max(number, other)] + exchanges <= self._most
            for other in holders
        )
