"""The syllabus of a qualification (考核大纲): editions, points as a tree, what the bank has of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select

from trainhub import ledger
from trainhub.exams.bank.banks import below, knowledge_points
from trainhub.exams.bank.items import require_author
from trainhub.exams.bank.models import Bank, Item, ItemVersion, KnowledgePoint
from trainhub.exams.bank.models_sources import SyllabusEdition
from trainhub.exams.bank.review import CHOOSABLE
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person


@dataclass(frozen=True)
class Branch:
    """A point of the tree with what stands under it.

    Args:
        point: which.
        own: items in use right at it.
        whole: items in use at it and below.
        below: its branches.
    """

    point: KnowledgePoint
    own: int
    whole: int
    below: tuple[Branch, ...] = field(default=())


def tree_of(bank: Bank) -> list[Branch]:
    """Return the tree of a bank's qualification with the number of items in use at each point."""
    counts = _in_use(bank)
    children: dict[int | None, list[KnowledgePoint]] = defaultdict(list)
    for point in knowledge_points(bank.qualification):
        children[point.parent_id].append(point)

    def branch(point: KnowledgePoint) -> Branch:
        under = tuple(branch(each) for each in children[point.id])
        own = counts.get(point.id, 0)
        return Branch(point, own, own + sum(each.whole for each in under), under)

    return [branch(point) for point in children[None]]


def _in_use(bank: Bank) -> dict[int | None, int]:
    statement = (
        select(Item.knowledge_point_id, func.count(func.distinct(Item.id)))
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .where(Item.bank_id == bank.id, ItemVersion.state.in_(CHOOSABLE))
        .group_by(Item.knowledge_point_id)
    )
    return {point_id: count for point_id, count in db.session.execute(statement)}


def number_unplaced(bank: Bank) -> int:
    """Return how many items in use stand at no point."""
    used = select(ItemVersion.id).where(ItemVersion.item_id == Item.id, ItemVersion.state.in_(CHOOSABLE))
    unplaced = select(func.count(Item.id)).where(Item.bank_id == bank.id, Item.knowledge_point_id.is_(None))
    return db.session.scalar(unplaced.where(used.exists())) or 0


def choosable(points: Sequence[KnowledgePoint]) -> list[KnowledgePoint]:
    """Return the points at which an item may be placed today: those that are not closed."""
    today = clock.today()
    return [each for each in points if each.closed_on is None or each.closed_on > today]


def by_text(points: Sequence[KnowledgePoint]) -> dict[str, KnowledgePoint]:
    """Return points by all that a file may call them: code, name, both; what two are called names none."""
    found: dict[str, KnowledgePoint | None] = {}
    for point in points:
        for name in {point.code, point.name, f"{point.code} {point.name}"}:
            found[name] = point if found.get(name, point) is point else None
    return {name: point for name, point in found.items() if point is not None}


def get_point(bank: Bank, code: str) -> KnowledgePoint:
    """Return a point of the qualification of a bank.

    Raises:
        NotFound: there is none.
    """
    point = next((each for each in knowledge_points(bank.qualification) if each.code == code), None)
    if point is None:
        raise NotFound(_l("There is no such knowledge point."))
    return point


def change_point(
    bank: Bank, point: KnowledgePoint, name: str, parent: KnowledgePoint | None, *, by: Person
) -> None:
    """Rename a point or move it with all that stands under it; its code and its items stay.

    Raises:
        Invalid: the name cannot be used, or the point would stand under itself.
        Forbidden: the person does not write items for the bank.
    """
    require_author(bank, by)
    if not name.strip() or len(name) > 60 or not name.isprintable():
        raise Invalid(_("A knowledge point needs a short name."))
    lock("knowledge", bank.qualification)
    points = knowledge_points(bank.qualification)
    if parent is not None and (parent.qualification != point.qualification):
        raise Invalid(_("The parent belongs to another qualification."))
    if parent is not None and parent.id in below(points, point.code):
        raise Invalid(_("A knowledge point cannot stand under itself."))
    point.name, point.parent_id = name.strip(), None if parent is None else parent.id
    ledger.append(
        "bank.knowledge.changed",
        by=by,
        side="exam",
        qualification=bank.qualification,
        point=point.code,
        under=None if parent is None else parent.code,
    )


def close_point(bank: Bank, point: KnowledgePoint, *, by: Person) -> None:
    """Close a point: its items stay where they are, and no further one is placed there.

    Raises:
        Conflict: it is closed.
        Forbidden: the person does not write items for the bank.
    """
    require_author(bank, by)
    lock("knowledge", bank.qualification)
    db.session.refresh(point)
    if point.closed_on is not None:
        raise Conflict(_("The knowledge point is closed."))
    point.closed_on = clock.today()
    ledger.append(
        "bank.knowledge.closed", by=by, side="exam", qualification=bank.qualification, point=point.code
    )


def reopen_point(bank: Bank, point: KnowledgePoint, *, by: Person) -> None:
    """Open a closed point again.

    Raises:
        Forbidden: the person does not write items for the bank.
    """
    require_author(bank, by)
    point.closed_on = None
    ledger.append(
        "bank.knowledge.reopened", by=by, side="exam", qualification=bank.qualification, point=point.code
    )


def editions_of(qualification: str) -> list[SyllabusEdition]:
    """Return the editions of a qualification's syllabus, the newest first."""
    statement = select(SyllabusEdition).where(SyllabusEdition.qualification == qualification)
    return list(db.session.scalars(statement.order_by(SyllabusEdition.valid_from.desc())))


def record_edition(bank: Bank, edition: str, valid_from: date, *, by: Person) -> SyllabusEdition:
    """Record an edition of the syllabus; the one before ends the day before.

    Raises:
        Invalid: its name cannot be used, or it does not begin after the one before.
        Conflict: it is recorded already.
        Forbidden: the person does not write items for the bank.
    """
    require_author(bank, by)
    edition = " ".join(edition.split())
    if not edition or len(edition) > 60 or not edition.isprintable():
        raise Invalid(_("An edition needs a name of 60 characters at most."))
    lock("knowledge", bank.qualification)
    earlier = editions_of(bank.qualification)
    if any(each.edition == edition for each in earlier):
        raise Conflict(_("This edition is recorded already."))
    if earlier and valid_from <= earlier[0].valid_from:
        raise Invalid(_("A new edition begins after the one before."))
    if earlier and earlier[0].valid_to is None:
        earlier[0].valid_to = valid_from - timedelta(days=1)
    row = SyllabusEdition(
        qualification=bank.qualification,
        edition=edition,
        valid_from=valid_from,
        recorded_by_id=by.id,
        recorded_at=clock.now(),
    )
    db.session.add(row)
    ledger.append(
        "bank.syllabus.recorded",
        by=by,
        side="exam",
        qualification=bank.qualification,
        edition=edition,
        first_day=valid_from.isoformat(),
    )
    return row
