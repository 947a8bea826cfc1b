"""Assembly before anything is written: what the bank has is read, the solver looks for forms in memory."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from trainhub.exams.bank.content import TYPE_LABELS, ItemType
from trainhub.exams.bank.flags import open_kinds
from trainhub.exams.bank.levels import LEVEL_LABELS, CognitiveLevel
from trainhub.exams.papers.blueprints import Cell, cells_of
from trainhub.exams.papers.demands import Demands, demands_of
from trainhub.exams.papers.enemies import pairs_among
from trainhub.exams.papers.models import Blueprint
from trainhub.exams.papers.supply import (
    Before,
    Candidate,
    candidates_for,
    cells_of_candidates,
    last_papers,
    newest_paper,
    papers_on_the_way,
)
from trainhub.kernel import clock
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from trainhub.exams.papers.parallel import Outcome, Problem

SECONDS = 60
"""Longest search; the same bank and seed give the same forms unless it ends the search."""


@dataclass(frozen=True)
class Prepared:
    """What a search needs, in memory: the blueprint and the bank as they were when it was read.

    Args:
        blueprint_id: of the blueprint.
        cells: of it.
        demands: of it, with the number of forms that is wanted now.
        seed: of what is chosen by chance.
        candidates: what fits a cell.
        fitting: by code of an item the cells it fits.
        enemies: pairs of item ids that must not meet.
        before: the last papers from which distance is kept.
        left_out: by code of an item that waits for a look, and is not set, the cells it fits.
        read_at: when all this was read.
        on_the_way: papers that hold items and are not sealed yet.
        newest_paper: number of the newest paper that was counted.
    """

    blueprint_id: int
    cells: tuple[Cell, ...]
    demands: Demands
    seed: str
    candidates: tuple[Candidate, ...]
    fitting: Mapping[str, tuple[int, ...]]
    enemies: frozenset[tuple[int, int]]
    before: tuple[Before, ...]
    left_out: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    read_at: datetime = field(default_factory=clock.now)
    on_the_way: tuple[Before, ...] = ()
    newest_paper: int = 0

    @property
    def questions(self) -> int:
        """How many questions a form has."""
        return sum(cell.count for cell in self.cells)


@dataclass(frozen=True)
class Shortage:
    """A cell that the bank cannot fill (缺题).

    Args:
        cell: which.
        needed: places of it.
        available: how many of them can be filled.
        reason: the simplest demand that leaves places empty, as the solver names it.
        kept_out: how many items fit and may not be set, by reason.
        held_by: by code of a paper, how many of them it holds: one of the last papers, or one on the way.
    """

    cell: Cell
    needed: int
    available: int
    reason: str = ""
    kept_out: Mapping[str, int] | None = None
    held_by: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """How many are short."""
        return self.needed - self.available


class Short(Invalid):
    """The bank cannot fill the blueprint: every cell that is short, by how many."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        parts = [_said(each) for each in shortages]
        super().__init__(_("The bank cannot fill the blueprint. %(cells)s.", cells="；".join(parts)))
        self.shortages = tuple(shortages)


def _said(shortage: Shortage) -> str:
    said = _(
        "%(cell)s: %(needed)s needed, %(available)s available, %(short)s short",
        cell=name_of(shortage.cell),
        needed=shortage.needed,
        available=shortage.available,
        short=shortage.missing,
    )
    return f"{said} ({held_in_words(shortage.held_by)})" if shortage.held_by else said


def held_in_words(held_by: Mapping[str, int]) -> str:
    """Return which papers hold items that fit and may not be set, and how many."""
    papers = _(", ").join(f"{code}{_(': ')}{count}" for code, count in held_by.items())
    return _("held by papers: %(papers)s", papers=papers)


def name_of(cell: Cell) -> str:
    """Return a cell in words."""
    words = [str(TYPE_LABELS[ItemType(cell.type)]), cell.knowledge_point or _("any knowledge point")]
    if cell.level:
        words.append(str(LEVEL_LABELS[CognitiveLevel(cell.level)]))
    return _(", ").join(words)


def prepare(blueprint: Blueprint, *, forms: int | None = None, seed: str | None = None) -> Prepared:
    """Read what the bank has for a blueprint.

    Args:
        blueprint: by which forms are assembled.
        forms: how many, whatever the blueprint says.
        seed: of the choice; drawn unless given.
    """
    cells, demands = tuple(cells_of(blueprint)), demands_of(blueprint)
    if forms is not None:
        demands = Demands(**{**asdict(demands), "forms": forms})
    newest = newest_paper(blueprint)
    every = candidates_for(blueprint)
    fitting = cells_of_candidates(blueprint.qualification, cells, every)
    flagged = open_kinds([each.version_id for each in every]) if demands.without_flagged else {}
    left_out = {each.code: fitting[each.code] for each in every if each.version_id in flagged}
    candidates = tuple(each for each in every if fitting[each.code] and each.code not in left_out)
    return Prepared(
        blueprint.id,
        cells,
        demands,
        seed or secrets.token_hex(16),
        candidates,
        {each.code: fitting[each.code] for each in candidates},
        frozenset(pairs_among([each.item_id for each in candidates])),
        tuple(last_papers(blueprint, demands.papers_back)),
        left_out,
        on_the_way=tuple(papers_on_the_way(blueprint)) if demands.most_uses is not None else (),
        newest_paper=newest,
    )


def problem_of_prepared(prepared: Prepared) -> Problem:
    """Return what was read as the solver counts it."""
    # The solver is large: only who assembles waits for it.
    from trainhub.exams.papers import parallel
    from trainhub.exams.papers.parallel.numbering import problem_of

    demands, questions = prepared.demands, prepared.questions
    common = demands.common(questions)
    groups: dict[int, list[str]] = {}
    for one, two in sorted(prepared.enemies):
        for each in (one, two):
            groups.setdefault(each, []).append(f"enemies:{one}:{two}")
    ago: dict[int, int] = {}
    for number, before in enumerate(prepared.before, start=1):
        for item in before.item_ids or ():
            ago.setdefault(item, number)
            if common:
                groups.setdefault(item, []).append(f"paper:{before.code}")
    items = [
        parallel.Item(
            each.code,
            each.type,
            facility=each.facility,
            discrimination=each.discrimination,
            exposure=each.exposure,
            enemies=tuple(groups.get(each.item_id, ())),
            papers_ago=ago.get(each.item_id),
        )
        for each in prepared.candidates
    ]
    overlap = demands.overlap_percent
    wanted = parallel.Blueprint(
        [parallel.Cell(each.type, each.knowledge_point, each.level, each.count) for each in prepared.cells],
        parallel.Goal(demands.facility, demands.facility_tolerance),
        parallel.Goal(demands.information, demands.information_tolerance),
        demands.forms,
        None if overlap is None else overlap * questions // 100,
        demands.most_uses,
        0 if common else demands.papers_back,
        int.from_bytes(hashlib.sha256(prepared.seed.encode()).digest()[:4]) % 2**31,
        SECONDS,
    )
    caps = {f"paper:{before.code}": common for before in prepared.before} if common else {}
    return problem_of(wanted, items, prepared.fitting, caps)


def search(prepared: Prepared, progress: Callable[[str], object] | None = None) -> tuple[Problem, Outcome]:
    """Look for the forms; no database is asked."""
    from trainhub.exams.papers.parallel import solve

    problem = problem_of_prepared(prepared)
    return problem, solve(problem, progress)


def shortages_of(prepared: Prepared, problem: Problem, outcome: Outcome) -> list[Shortage]:
    """Return the cells that are short."""
    return [
        Shortage(
            prepared.cells[each.cell],
            each.needed,
            each.available,
            each.reason,
            _kept_out(prepared, problem, each.cell),
            _held_by(prepared, problem, each.cell),
        )
        for each in outcome.short
    ]


def _kept_out(prepared: Prepared, problem: Problem, cell: int) -> dict[str, int]:
    """Return how many items fit a cell and may not be set, by reason."""
    found = {name: count for name, count in problem.kept_out[cell].items() if name and count}
    if flagged := sum(cell in cells for cells in prepared.left_out.values()):
        found["flagged"] = flagged
    return found


def _held_by(prepared: Prepared, problem: Problem, cell: int) -> dict[str, int]:
    """Return by paper how many items it holds that fit a cell and may not be set because of it."""
    if not set(problem.kept_out[cell]) & {"max_exposure", "min_distance"}:
        return {}
    may_be_set = {item.id for item in problem.items}
    barred = {
        each.item_id
        for each in prepared.candidates
        if cell in prepared.fitting[each.code] and each.code not in may_be_set
    }
    papers = {each.code: each.item_ids or frozenset() for each in (*prepared.before, *prepared.on_the_way)}
    return {code: len(items & barred) for code, items in papers.items() if items & barred}
