"""Parallel forms: alike as they can be, proven best or told how far from the bound; OR-Tools CP-SAT.

Classes of alike items first (`grouping`), then exchanges (`polishing`), then a few forms at a time item by
item; a small problem is also solved whole (`whole`): first for any forms at all, which is quick, and last for
the best ones, which proves. The bound is that of the whole bank, whatever was looked at.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from ortools.sat.python import cp_model

from trainhub.exams.papers.parallel.bounding import reach
from trainhub.exams.papers.parallel.grouping import first_forms, working_set
from trainhub.exams.papers.parallel.judging import Worth, aim, common, sums_of, worth
from trainhub.exams.papers.parallel.modelling import Model
from trainhub.exams.papers.parallel.polishing import Bench
from trainhub.exams.papers.parallel.problem import Form, Problem
from trainhub.exams.papers.parallel.shortage import Shortage, shortages
from trainhub.exams.papers.parallel.whole import (
    HARD,
    QUICK,
    any_forms,
    best_forms,
    is_small,
    obstacle,
    would_help,
)

OFFERED, STALLED = 8, 12
"""Free items of a cell that a form made anew is offered; rounds without a better form after which it ends."""
FEW = 0.3
"""Deterministic time for a few forms: about seconds, but the same everywhere."""
NEITHER = "no forms were found, nor a proof that there are none; more time or looser limits may help"

Progress = Callable[[str], object]


@dataclass(frozen=True)
class Outcome:
    """What came of it (组卷结果).

    Args:
        status: optimal (proven, or within the gap asked for), feasible, infeasible, or unknown.
        forms: by form the items in the order of the cells.
        cells: by form the cell of each item.
        cost: units: the worst distance from the targets, or the spread between forms where no target is set.
        bound: units: no forms of the whole bank cost less.
        short: cells that cannot be filled.
        because: why there are no forms, if no cell is short.
        helps: demands of which each, lifted alone, lets forms be found.
        seconds: of the search.
    """

    status: str
    forms: Sequence[Sequence[str]] = ()
    cells: Sequence[Sequence[int]] = ()
    cost: int | None = None
    bound: int | None = None
    short: Sequence[Shortage] = ()
    because: str = ""
    helps: Sequence[str] = ()
    seconds: float = 0.0

    @property
    def gap(self) -> float | None:
        """The relative distance of the cost from its proven bound."""
        if self.cost is None or self.bound is None:
            return None
        return max(0, self.cost - self.bound) / max(1, self.cost)


def solve(problem: Problem, progress: Progress | None = None) -> Outcome:
    """Assemble parallel forms, or say what is short."""
    begun = time.monotonic()
    search = Search(
        problem, begun + max(0.1, problem.blueprint.time_limit_s), progress or (lambda _text: None)
    )
    return search.run(begun)


class Search:
    """One search for the forms of a problem.

    Args:
        problem: the whole of it.
        until: when to stop, by the monotonic clock.
        progress: is told each step.
    """

    def __init__(self, problem: Problem, until: float, progress: Progress) -> None:
        self.problem, self.until, self._progress = problem, until, progress
        self._begun = time.monotonic()
        self._chance = Random(problem.blueprint.seed)  # noqa: S311 - can be repeated, which is the point

    def run(self, begun: float) -> Outcome:
        """Look for shortages, then for forms, then for a proof."""
        short = shortages(self.problem)
        if short:
            return Outcome("infeasible", short=short, seconds=time.monotonic() - begun)
        out_of_reach, bound = self._reach()
        if out_of_reach:
            return Outcome("infeasible", because=out_of_reach, seconds=time.monotonic() - begun)
        whole = is_small(self.problem)
        work = self.problem if whole else working_set(self.problem, self._chance)
        self._tell(f"{len(work.items)} of {len(self.problem.items)} items looked at, bound {bound}")
        forms = first_forms(work, self._chance)
        self._polish(work, forms)
        if whole:
            forms, bound, has_none = self._any(forms, bound)
            if has_none:
                return self._nothing()
        if not self._is_good(work, forms, bound):
            forms = self._approach(work, forms, bound)
        if whole and not self._is_good(work, forms, bound):
            forms, bound, has_none = self._best(forms, bound, HARD)
            if has_none:
                return self._nothing()
        return self._outcome(work, forms, bound, begun)

    def _is_good(self, work: Problem, forms: Sequence[Form], bound: int) -> bool:
        value = worth(work, forms)
        return value.is_allowed and self._is_near(value.cost, bound)

    def _any(self, forms: list[Form], bound: int) -> tuple[list[Form], int, bool]:
        """Return forms that keep every demand, if those at hand do not; or that there are none at all.

        Before much is made better: what ends without forms has nothing to show for its time.
        """
        if not worth(self.problem, forms).is_allowed:
            self._tell("looking for any forms that keep every demand")
            status, found = any_forms(self.problem, self._solver, forms)
            if status == cp_model.INFEASIBLE:
                return forms, bound, True
            forms = found or forms
        return (
            (forms, bound, False)
            if self._is_good(self.problem, forms, bound)
            else self._best(forms, bound, QUICK)
        )

    def _best(self, forms: list[Form], bound: int, deterministic: float) -> tuple[list[Form], int, bool]:
        """Look for the best forms of all; returns them, their bound, and whether there are none."""
        solver = self._solver(deterministic, self.problem.blueprint.gap)
        status, forms, bound = best_forms(self.problem, solver, forms, bound)
        return forms, bound, status == cp_model.INFEASIBLE

    def _outcome(self, work: Problem, forms: Sequence[Form], bound: int, begun: float) -> Outcome:
        value, seconds = worth(work, forms), time.monotonic() - begun
        if not value.is_allowed:
            has_time = time.monotonic() < self.until
            helps = would_help(work, self._solver) if has_time and is_small(work) else []
            seconds = time.monotonic() - begun
            return Outcome("unknown", bound=bound, because=NEITHER, helps=helps, seconds=seconds)
        status = "optimal" if self._is_near(value.cost, bound) else "feasible"
        ordered = [sorted(form, key=lambda item, form=form: (form[item], item)) for form in forms]  # type: ignore[misc]
        return Outcome(
            status,
            [[work.items[item].id for item in form] for form in ordered],
            [[form[item] for item in order] for form, order in zip(forms, ordered, strict=True)],
            value.cost,
            bound,
            seconds=seconds,
        )

    def _reach(self) -> tuple[str, int]:
        """Return which target the whole bank misses, if any, and the bound of the cost."""
        bound, questions = 0, self.problem.blueprint.questions
        for name, values, goal, scale in (
            ("facility", self.problem.facility, self.problem.facility_limits, questions),
            ("information", self.problem.information, self.problem.information_limits, 1),
        ):
            mine = reach(self.problem, values)
            if mine.misses(goal):
                low, high = mine.low / scale / 10_000, mine.high / scale / 10_000
                return f"the bank reaches a {name} of {low:.4f} to {high:.4f}, not the target", 0
            bound += mine.distance(goal)
        return "", bound

    def _is_near(self, cost: int, bound: int) -> bool:
        return (cost - bound) / max(1, cost) <= self.problem.blueprint.gap

    def _tell(self, text: str) -> None:
        self._progress(f"{time.monotonic() - self._begun:.1f} s: {text}")

    def _approach(self, work: Problem, forms: list[Form], bound: int) -> list[Form]:
        """Mend and better forms, a few at a time, until nothing comes of it any more."""
        value, stalled = worth(work, forms), 0
        while stalled < STALLED and time.monotonic() < self.until:
            if value.is_allowed and self._is_near(value.cost, bound):
                break
            self._tell(f"broken {value.broken}, cost {value.cost}")
            tried = [dict(form) for form in forms]
            if value.broken or stalled % 2:
                tried = self._anew(work, forms, _worst(work, forms, stalled, self._chance))
            if not worth(work, tried).broken:
                self._polish(work, tried)
            new = worth(work, tried)
            stalled = 0 if new < value else stalled + 1
            if new < value:
                forms, value = tried, new
        return forms

    def _polish(self, work: Problem, forms: list[Form]) -> None:
        targets = _targets(work, forms)
        bench = Bench(work, forms, self._chance)
        for number in range(len(forms)):
            bench.polish(number, *targets)

    def _anew(self, work: Problem, forms: Sequence[Form], free: Sequence[int]) -> list[Form]:
        staying = [form for number, form in enumerate(forms) if number not in free]
        offered = _offered(work, forms, free, self._chance)
        model = Model(work, {number: offered[number] for number in free}, staying, may_break=True)
        targets = _targets(work, forms)
        model.come_near(list(zip((work.facility, work.information), targets, strict=True)))
        model.begin_at({number: forms[number] for number in free})
        solver = self._solver(FEW)
        found = list(forms)
        if solver.solve(model.cp) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            for number, form in model.found(solver).items():
                found[number] = form
        return [dict(form) for form in found]

    def _nothing(self) -> Outcome:
        """Say why the whole problem has no forms: cells left empty by all demands, or a target."""
        found = obstacle(self.problem, self._solver)
        seconds = time.monotonic() - self._begun
        return Outcome(
            "infeasible", short=found.short, because=found.because, helps=found.helps, seconds=seconds
        )

    def _solver(self, deterministic: float, gap: float = 0.0) -> cp_model.CpSolver:
        solver = cp_model.CpSolver()
        # One thread, and an end that does not hang on the clock: the same seed gives the same forms.
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self.problem.blueprint.seed
        solver.parameters.max_deterministic_time = deterministic
        solver.parameters.max_time_in_seconds = max(0.1, self.until - time.monotonic())
        solver.parameters.relative_gap_limit = gap
        return solver


def _targets(problem: Problem, forms: Sequence[Form]) -> tuple[int, int]:
    """Return what the forms are brought to."""
    return (
        aim(sums_of(problem.facility, forms), problem.facility_limits),
        aim(sums_of(problem.information, forms), problem.information_limits),
    )


def _worst(problem: Problem, forms: Sequence[Form], stalled: int, chance: Random) -> list[int]:
    """Return the forms to make anew: the worst one, what it shares too much with, and others by chance."""
    facility, information = _targets(problem, forms)
    most, shared = problem.blueprint.most_common, common(forms)
    over = {pair: n - most for pair, n in shared.items() if n > most} if most is not None else {}
    burden: Counter[int] = Counter()
    for number, form in enumerate(forms):
        away = abs(facility - int(problem.facility[list(form)].sum()))
        away += abs(information - int(problem.information[list(form)].sum()))
        burden[number] = away + 10**9 * worth(problem, [form]).broken
    for pair, excess in over.items():
        for number in pair:
            burden[number] += 10**9 * excess
    ranked = sorted(burden, key=lambda number: (-burden[number], number))
    worst = ranked[min(stalled // 3, len(ranked) - 1)]
    others = [number for number in range(len(forms)) if number != worst]
    return [worst, *chance.sample(others, min(len(others), stalled % 3))]


def _offered(
    problem: Problem, forms: Sequence[Form], free: Sequence[int], chance: Random
) -> dict[int, list[int]]:
    """Return what forms made anew may get: what they hold together, and some items less used."""
    used = Counter(item for number, form in enumerate(forms) if number not in free for item in form)
    held = {item for number in free for item in forms[number]}
    by_cells: dict[tuple[int, ...], list[int]] = {}
    for item, cells in enumerate(problem.cells):
        if item not in held and used[item] < problem.uses[item]:
            by_cells.setdefault(cells, []).append(item)
    more: set[int] = set()
    for items in by_cells.values():
        chance.shuffle(items)
        more.update(sorted(items, key=lambda item: used[item])[:OFFERED])
    return {number: sorted(held | more) for number in free}


__all__ = ["Outcome", "Search", "Worth", "solve"]
