"""What the banks of a centre have for a blueprint: its items as the solver counts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from trainhub import regulations
from trainhub.exams.bank.banks import below, knowledge_points
from trainhub.exams.bank.models import Bank, Item, ItemVersion
from trainhub.exams.bank.review import CHOOSABLE
from trainhub.exams.papers.blueprints import Cell
from trainhub.exams.papers.figures import figures_by_version
from trainhub.exams.papers.models import Blueprint, Paper, PaperState, Place
from trainhub.kernel import clock
from trainhub.kernel.db import db

ESTIMATE = "exam.item.facility_percent"
ON_THE_WAY = (PaperState.ASSEMBLED, PaperState.REVIEWED)
"""Papers that may still be sealed, and hold their items; one sent back or discarded never will be."""
USED = (*ON_THE_WAY, PaperState.SEALED)


@dataclass(frozen=True)
class Candidate:
    """An item that may be set: its newest version is approved or live.

    Args:
        version_id: of that version.
        item_id: of the item.
        code: of the item.
        type: of question.
        point_id: the knowledge point it is placed at.
        cognitive: what it asks of the mind.
        exposure: in how many papers it stands, sealed or on the way.
        facility: share of right answers; None: nobody knows.
        discrimination: slope; None: unknown.
        measured: whether candidates have shown it; else its author thinks so.
    """

    version_id: int
    item_id: int
    code: str
    type: str
    point_id: int | None
    cognitive: str | None
    exposure: int
    facility: float | None = None
    discrimination: float | None = None
    measured: bool = False


def candidates_for(blueprint: Blueprint) -> list[Candidate]:
    """Return what may be set in a paper of a blueprint: approved or live items of the centre's banks."""
    figures = figures_by_version().subquery()
    coming = _on_the_way().subquery()
    statement = (
        select(
            ItemVersion.id,
            Item.id,
            Item.code,
            Item.type,
            Item.knowledge_point_id,
            Item.cognitive,
            Item.exposure + func.coalesce(coming.c.papers, 0),
            Item.level,
            figures.c.facility,
            figures.c.discrimination,
        )
        .join(Item, Item.id == ItemVersion.item_id)
        .join(Bank, Bank.id == Item.bank_id)
        .outerjoin(coming, coming.c.item_id == Item.id)
        .outerjoin(figures, figures.c.version_id == ItemVersion.id)
        .where(*_choosable(blueprint))
        .order_by(Item.id)
    )
    today = clock.today()
    thought = {level: regulations.value(f"{ESTIMATE}.{level}", on=today) / 100 for level in (1, 2, 3)}
    found = []
    for row in db.session.execute(statement):
        facts: Sequence[Any] = row[:7]
        level, facility, slope = row[7:]
        measured = facility is not None
        known = float(facility) if measured else thought.get(level)
        found.append(Candidate(*[*facts, known, slope, measured]))
    return found


def _on_the_way() -> Select[int, int]:
    """Return a select of item and in how many papers it stands that are not sealed yet."""
    return (
        select(Place.item_id.label("item_id"), func.count().label("papers"))
        .join(Paper, Paper.id == Place.paper_id)
        .where(Paper.state.in_(ON_THE_WAY))
        .group_by(Place.item_id)
    )


def papers_on_the_way(blueprint: Blueprint) -> list[Before]:
    """Return the papers of a blueprint's centre and qualification that are not sealed yet, newest first."""
    statement = (
        select(Paper.code, Place.item_id)
        .join(Place, Place.paper_id == Paper.id)
        .where(*_beside(blueprint), Paper.state.in_(ON_THE_WAY))
        .order_by(Paper.id.desc())
    )
    found: dict[str, set[int]] = {}
    for code, item_id in db.session.execute(statement):
        found.setdefault(code, set()).add(item_id)
    return [Before(code, frozenset(items)) for code, items in found.items()]


def newest_paper(blueprint: Blueprint) -> int:
    """Return the number of the newest paper of a blueprint's centre and qualification; 0 if there is none."""
    return db.session.scalar(select(func.max(Paper.id)).where(*_beside(blueprint))) or 0


def _beside(blueprint: Blueprint) -> tuple[Any, ...]:
    return (
        Paper.organisation_id == blueprint.organisation_id,
        Paper.qualification == blueprint.qualification,
    )


def cells_of_candidates(
    qualification: str, cells: Sequence[Cell], candidates: Sequence[Candidate]
) -> dict[str, tuple[int, ...]]:
    """Return by code of an item the numbers of the cells it fits; a point covers what lies under it."""
    points = knowledge_points(qualification)
    covered = {
        cell.knowledge_point: below(points, cell.knowledge_point) for cell in cells if cell.knowledge_point
    }
    known: dict[tuple[str, int | None, str | None], tuple[int, ...]] = {}
    found = {}
    for each in candidates:
        kind = (each.type, each.point_id, each.cognitive)
        if kind not in known:
            known[kind] = tuple(n for n, cell in enumerate(cells) if _fits(kind, cell, covered))
        found[each.code] = known[kind]
    return found


def _fits(
    kind: tuple[str, int | None, str | None], cell: Cell, covered: Mapping[str, frozenset[int]]
) -> bool:
    type_, point_id, level = kind
    if cell.type != type_ or cell.level not in (None, level):
        return False
    return cell.knowledge_point is None or point_id in covered[cell.knowledge_point]


def supply_of(blueprint: Blueprint, cells: Sequence[Cell]) -> list[int]:
    """Return for each cell how many items of the centre's banks fit it."""
    statement = (
        select(Item.type, Item.knowledge_point_id, Item.cognitive, func.count())
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(*_choosable(blueprint))
        .group_by(Item.type, Item.knowledge_point_id, Item.cognitive)
    )
    kinds = [((kind, point, level), n) for kind, point, level, n in db.session.execute(statement)]
    points = knowledge_points(blueprint.qualification)
    covered = {
        cell.knowledge_point: below(points, cell.knowledge_point) for cell in cells if cell.knowledge_point
    }
    return [sum(count for kind, count in kinds if _fits(kind, cell, covered)) for cell in cells]


def _choosable(blueprint: Blueprint) -> tuple[Any, ...]:
    return (
        Bank.organisation_id == blueprint.organisation_id,
        Bank.qualification == blueprint.qualification,
        ItemVersion.newest,
        ItemVersion.state.in_(CHOOSABLE),
    )


@dataclass(frozen=True)
class Before:
    """One of the last papers, and the items it holds; None if they are closed to everybody."""

    code: str
    item_ids: frozenset[int] | None


def last_papers(blueprint: Blueprint, count: int) -> list[Before]:
    """Return the last papers of a blueprint's centre and qualification, the newest first."""
    if not count:
        return []
    statement = (
        select(Paper.id, Paper.code)
        .where(*_beside(blueprint), Paper.state.in_(USED))
        .order_by(Paper.id.desc())
        .limit(count)
    )
    found = []
    for paper_id, code in db.session.execute(statement).all():
        held = frozenset(db.session.scalars(select(Place.item_id).where(Place.paper_id == paper_id)))
        found.append(Before(code, held or None))
    return found
