"""Assembly: a seeded choice that fills every cell exactly, least exposed items first, or says what is short.

Cells about knowledge points are nested or apart, as the points of a tree are. So filling the narrowest cell
first finds a paper whenever there is one: what a narrow cell leaves is all that a wider one could lose.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.alike.pairs import enemies_of
from trainhub.exams.bank.banks import below, knowledge_points, organisations_of
from trainhub.exams.bank.content import TYPE_LABELS, ItemType
from trainhub.exams.bank.models import Bank, Item, ItemVersion
from trainhub.exams.bank.review import CHOOSABLE
from trainhub.exams.papers.blueprints import Cell, cells_of
from trainhub.exams.papers.models import Blueprint, Paper, PaperState, Place
from trainhub.exams.papers.relations import state_assembled
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import readable_code
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


@dataclass(frozen=True)
class Candidate:
    """An item that may be set: its newest version is approved or live."""

    version_id: int
    item_id: int
    type: str
    point_id: int | None
    exposure: int


@dataclass(frozen=True)
class Shortage:
    """A cell that the bank cannot fill (缺题)."""

    cell: Cell
    needed: int
    available: int


class Short(Invalid):
    """The bank cannot fill the blueprint: every cell that is short, by how many."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        parts = [
            _(
                "%(type)s, %(point)s: %(needed)s needed, %(available)s available, %(short)s short",
                type=TYPE_LABELS[ItemType(each.cell.type)],
                point=each.cell.knowledge_point or _("any knowledge point"),
                needed=each.needed,
                available=each.available,
                short=each.needed - each.available,
            )
            for each in shortages
        ]
        super().__init__(_("The bank cannot fill the blueprint. %(cells)s.", cells="；".join(parts)))
        self.shortages = tuple(shortages)


def choose(
    cells: Sequence[Cell],
    candidates: Sequence[Candidate],
    covered: Mapping[str, frozenset[int]],
    chance: random.Random,
    enemies: Mapping[int, frozenset[int]] | None = None,
) -> list[list[Candidate]]:
    """Fill every cell from the candidates.

    Args:
        cells: of the blueprint.
        candidates: what may be set.
        covered: ids of the knowledge points that each code of a cell covers.
        chance: where ties are broken; the same seed and bank give the same paper.
        enemies: by item those that say the same; they meet only where nothing else is left.

    Returns:
        The chosen candidates of each cell, in the order of the cells.

    Raises:
        Short: a cell cannot be filled; all such cells are named.
    """
    free = sorted(candidates, key=lambda each: each.version_id)
    chance.shuffle(free)
    free.sort(key=lambda each: each.exposure)
    chosen: dict[int, list[Candidate]] = {}
    shortages: dict[int, Shortage] = {}
    met: set[int] = set()
    for place in sorted(range(len(cells)), key=lambda each: _width(cells[each], covered)):
        cell = cells[place]
        fitting = [each for each in free if _fits(each, cell, covered)]
        if len(fitting) < cell.count:
            shortages[place] = Shortage(cell, cell.count, len(fitting))
        chosen[place] = _apart(fitting, cell.count, met, enemies or {})
        taken = set(chosen[place])
        free = [each for each in free if each not in taken]
    if shortages:
        raise Short([shortages[place] for place in sorted(shortages)])
    return [chosen[place] for place in range(len(cells))]


def _apart(
    fitting: Sequence[Candidate], count: int, met: set[int], enemies: Mapping[int, frozenset[int]]
) -> list[Candidate]:
    """Take the first so many of which none meets an enemy, and others only if they do not suffice."""
    taken: list[Candidate] = []
    passed: list[Candidate] = []
    for each in fitting:
        if len(taken) == count:
            break
        if each.item_id in met:
            passed.append(each)
        else:
            taken.append(each)
            met |= enemies.get(each.item_id, frozenset())
    return taken + passed[: count - len(taken)]


def _width(cell: Cell, covered: Mapping[str, frozenset[int]]) -> float:
    return float("inf") if cell.knowledge_point is None else len(covered[cell.knowledge_point])


def _fits(candidate: Candidate, cell: Cell, covered: Mapping[str, frozenset[int]]) -> bool:
    if candidate.type != cell.type:
        return False
    return cell.knowledge_point is None or candidate.point_id in covered[cell.knowledge_point]


def candidates_for(blueprint: Blueprint) -> list[Candidate]:
    """Return what may be set in a paper of a blueprint: approved or live items of the centre's banks."""
    statement = (
        select(ItemVersion.id, Item.id, Item.type, Item.knowledge_point_id, Item.exposure)
        .join(Item, Item.id == ItemVersion.item_id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(
            Bank.organisation_id == blueprint.organisation_id,
            Bank.qualification == blueprint.qualification,
            ItemVersion.newest,
            ItemVersion.state.in_(CHOOSABLE),
        )
    )
    return [Candidate(*row) for row in db.session.execute(statement)]


def assemble(blueprint: Blueprint, *, by: Person, seed: str | None = None) -> Paper:
    """Assemble a paper by a blueprint.

    Args:
        blueprint: what it consists of.
        by: who assembles.
        seed: of the choice; drawn unless given, and kept.

    Raises:
        Short: the bank cannot fill a cell.
        Forbidden: the person does not assemble papers for the organisation.
    """
    if blueprint.organisation_id not in organisations_of(by, Duty.ASSEMBLE_PAPERS):
        raise Forbidden(_l("You do not assemble papers for this organisation."))
    seed = seed or secrets.token_hex(16)
    cells = cells_of(blueprint)
    chance = random.Random(seed)  # noqa: S311 - what decides is drawn, kept and can be repeated
    candidates = candidates_for(blueprint)
    enemies = enemies_of([each.item_id for each in candidates])
    chosen = choose(cells, candidates, _covered(blueprint.qualification, cells), chance, enemies)
    paper = Paper(
        code=f"P-{clock.local(clock.now()):%y%m}-{readable_code(6)}",
        blueprint=blueprint,
        organisation_id=blueprint.organisation_id,
        qualification=blueprint.qualification,
        minutes=blueprint.minutes,
        pass_mark=blueprint.pass_mark,
        marks=sum(cell.count * cell.marks for cell in cells),
        seed=seed,
        assembled_by_id=by.id,
    )
    db.session.add(paper)
    db.session.flush()
    db.session.add_all(_places(paper, cells, chosen, chance))
    db.session.flush()
    state_assembled(by, paper.code)
    ledger.append(
        "paper.assembled",
        by=by,
        side="exam",
        paper=paper.code,
        blueprint=blueprint.code,
        questions=sum(cell.count for cell in cells),
        marks=paper.marks,
    )
    return paper


def _covered(qualification: str, cells: Sequence[Cell]) -> dict[str, frozenset[int]]:
    points = knowledge_points(qualification)
    return {
        cell.knowledge_point: below(points, cell.knowledge_point) for cell in cells if cell.knowledge_point
    }


def _places(
    paper: Paper, cells: Sequence[Cell], chosen: Sequence[Sequence[Candidate]], chance: random.Random
) -> list[Place]:
    """Number the questions: types in the order of the blueprint, by chance within a type."""
    by_type: dict[str, list[tuple[Candidate, int]]] = {}
    for cell, found in zip(cells, chosen, strict=True):
        by_type.setdefault(cell.type, []).extend((each, cell.marks) for each in found)
    order: list[tuple[Candidate, int]] = []
    for group in by_type.values():
        chance.shuffle(group)
        order += group
    return [
        Place(paper_id=paper.id, number=number, item_id=each.item_id, version_id=each.version_id, marks=marks)
        for number, (each, marks) in enumerate(order, start=1)
    ]


def discard(paper: Paper, *, by: Person) -> None:
    """Give up a paper that is not sealed; its items become free for others.

    Raises:
        Conflict: it is sealed or discarded already.
        Forbidden: the person does not assemble papers for the organisation.
    """
    if paper.organisation_id not in organisations_of(by, Duty.ASSEMBLE_PAPERS):
        raise Forbidden(_l("You do not assemble papers for this organisation."))
    lock("paper", paper.code)
    db.session.refresh(paper)
    if paper.state in (PaperState.SEALED, PaperState.DISCARDED):
        raise Conflict(_("A sealed paper stays; a discarded one is gone."))
    paper.state = PaperState.DISCARDED
    ledger.append("paper.discarded", by=by, side="exam", paper=paper.code)
