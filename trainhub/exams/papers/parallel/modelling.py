"""Forms item by item as a CP-SAT model: all of a small problem, or a few forms of a large one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ortools.sat.python import cp_model

from trainhub.exams.papers.parallel.problem import Form, Limits, Numbers, Problem
from trainhub.exams.papers.parallel.shortage import weights

BROKEN = 10**7
"""What each thing broken costs: more than any distance of a form from its targets."""


def distance_from(model: cp_model.CpModel, total: Any, target: int, most: int) -> Any:
    """Return a variable that is at least the distance of a sum, itself at most `most`, from a target."""
    distance = model.new_int_var(0, abs(target) + most, "")
    model.add(distance >= total - target)
    model.add(distance >= target - total)
    return distance


class Model:
    """Some forms as variables beside others that stay.

    Args:
        problem: of which they are forms.
        offered: by form that is made anew the items it may get.
        staying: the forms that stay.
        may_break: whether cells may stay empty and pairs share too much, at a price.
    """

    def __init__(
        self,
        problem: Problem,
        offered: Mapping[int, Sequence[int]],
        staying: Sequence[Form] = (),
        *,
        may_break: bool = False,
    ) -> None:
        self.problem = problem
        self.cp = cp_model.CpModel()
        self.forms = list(offered)
        self.empty: list[list[Any]] = [[] for _cell in problem.blueprint.cells]
        self._staying = staying
        self._may_break = may_break
        self._placed: dict[tuple[int, int], dict[int, Any]] = {}
        self._taken: dict[int, dict[int, Any]] = {form: {} for form in offered}
        self._prices: list[Any] = []
        self._over: list[Any] = []
        for form, items in offered.items():
            self._fill(form, items)
        self._often()
        if problem.blueprint.most_common is not None:
            self._overlap(problem.blueprint.most_common)

    def _fill(self, form: int, items: Iterable[int]) -> None:
        filling: dict[int, list[Any]] = defaultdict(list)
        groups: dict[int, list[Any]] = defaultdict(list)
        for item in items:
            mine = {cell: self.cp.new_bool_var("") for cell in self.problem.cells[item]}
            self._placed[form, item] = mine
            if len(mine) > 1:
                self.cp.add_at_most_one(mine.values())
            for cell, variable in mine.items():
                filling[cell].append(variable)
            self._taken[form][item] = sum(mine.values())
            for group in self.problem.groups[item]:
                groups[group] += mine.values()
        self._keep_apart(groups)
        for number, wanted in enumerate(self.problem.blueprint.cells):
            if self._may_break:
                empty = self.cp.new_int_var(0, wanted.count, "")
                self.empty[number].append(empty)
                self._prices.append(BROKEN * empty)
                self.cp.add(sum(filling[number]) + empty == wanted.count)
            else:
                self.cp.add(sum(filling[number]) == wanted.count)

    def _keep_apart(self, groups: Mapping[int, Sequence[Any]]) -> None:
        for group, members in groups.items():
            if self.problem.cap(group) == 1:
                self.cp.add_at_most_one(members)
            else:
                self.cp.add(sum(members) <= self.problem.cap(group))

    def _often(self) -> None:
        staying: dict[int, int] = defaultdict(int)
        for form in self._staying:
            for item in form:
                staying[item] += 1
        by_item: dict[int, list[Any]] = defaultdict(list)
        for mine in self._taken.values():
            for item, taken in mine.items():
                by_item[item].append(taken)
        for item, taken in by_item.items():
            left = int(self.problem.uses[item]) - staying[item]
            if left < len(taken):
                self.cp.add(sum(taken) <= max(0, left))

    def _overlap(self, most: int) -> None:
        for form in self.forms:
            for other in self._staying:
                shared = [self._taken[form][item] for item in other if item in self._taken[form]]
                self._share(shared, most)
        for place, form in enumerate(self.forms):
            for later in self.forms[place + 1 :]:
                self._share(self._both(form, later) if most else [], most)

    def _both(self, form: int, other: int) -> list[Any]:
        found = []
        for item, taken in self._taken[form].items():
            if item in self._taken[other] and self.problem.uses[item] > 1:
                both = self.cp.new_bool_var("")
                self.cp.add(both >= taken + self._taken[other][item] - 1)
                found.append(both)
        return found

    def _share(self, shared: Sequence[Any], most: int) -> None:
        if len(shared) <= most:
            return
        if not self._may_break:
            self.cp.add(sum(shared) <= most)
            return
        over = self.cp.new_int_var(0, len(shared), "")
        self.cp.add(sum(shared) <= most + over)
        self._over.append(over)
        self._prices.append(BROKEN * over)

    def total(self, form: int, values: Numbers) -> Any:
        """Return the sum of a value in a form."""
        return sum(int(values[item]) * taken for item, taken in self._taken[form].items())

    def keep_within(self, values: Numbers, goal: Limits) -> None:
        """Bind every form to the tolerance of a goal."""
        for form in self.forms:
            if goal.low is not None:
                self.cp.add(self.total(form, values) >= goal.low)
            if goal.high is not None:
                self.cp.add(self.total(form, values) <= goal.high)

    def come_near(self, goals: Sequence[tuple[Numbers, int]]) -> None:
        """Ask for forms each as near to the targets as can be."""
        apart = [
            distance_from(self.cp, self.total(form, values), target, self._most(values))
            for values, target in goals
            for form in self.forms
        ]
        self.cp.minimize(sum(self._prices) + sum(apart))

    def be_alike(self, goals: Sequence[tuple[Numbers, Limits]], at_least: int) -> None:
        """Ask for the worst form as near to the targets, or the forms as near to each other, as can be."""
        terms: list[Any] = []
        for values, goal in goals:
            totals = [self.total(form, values) for form in self.forms]
            highest = self._most(values)
            if goal.target is not None:
                worst = self.cp.new_int_var(0, goal.target + highest, "")
                for total in totals:
                    self.cp.add(worst >= total - goal.target)
                    self.cp.add(worst >= goal.target - total)
                terms.append(worst)
            elif len(totals) > 1:
                most, least = self.cp.new_int_var(0, highest, ""), self.cp.new_int_var(0, highest, "")
                for total in totals:
                    self.cp.add(most >= total)
                    self.cp.add(least <= total)
                terms.append(most - least)
        self.cp.add(sum(terms) >= at_least)
        self.cp.minimize(sum(terms))

    def _most(self, values: Numbers) -> int:
        return self.problem.blueprint.questions * int(values.max(initial=0))

    def leave_few_empty(self) -> list[Any]:
        """Ask for as few empty places as can be, and no pair that shares too much; return them by cell."""
        empty = [sum(mine) for mine in self.empty]
        for over in self._over:
            self.cp.add(over == 0)
        self.cp.minimize(sum(cost * each for cost, each in zip(weights(self.problem), empty, strict=True)))
        return empty

    def order_forms(self, values: Numbers) -> None:
        """Put the forms in the order of their sums: any other order is the same solution."""
        totals = [self.total(form, values) for form in self.forms]
        for one, following in zip(totals, totals[1:], strict=False):
            self.cp.add(one <= following)

    def begin_at(self, forms: Mapping[int, Form]) -> None:
        """Give the solver forms to begin at."""
        for (form, item), mine in self._placed.items():
            for cell, variable in mine.items():
                self.cp.add_hint(variable, forms[form].get(item) == cell)

    def found(self, solver: cp_model.CpSolver) -> dict[int, Form]:
        """Return the forms that were found."""
        found: dict[int, Form] = {form: {} for form in self.forms}
        for (form, item), mine in self._placed.items():
            for cell, variable in mine.items():
                if solver.boolean_value(variable):
                    found[form][item] = cell
        return found
