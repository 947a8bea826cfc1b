"""What can be done with many items, said for one of them: the deed of the bank that each one is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trainhub.exams.bank.classifying import level_items, place_items, rate_item
from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.items import newest_version, revise_item, submit
from trainhub.exams.bank.levels import CognitiveLevel
from trainhub.exams.bank.models import Item, KnowledgePoint
from trainhub.exams.bank.review import approve, retire
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

LONGEST_SOURCE, LONGEST_REASON = 200, 2000
EASIEST, HARDEST = 1, 3


@dataclass(frozen=True)
class Order:
    """A deed on many items with its values (批量操作单); a value that a deed does not need is left alone.

    Args:
        deed: a name of ``DEEDS``.
        point: code of a knowledge point; empty takes items off theirs.
        cognitive: a cognitive level; empty says it is not known.
        difficulty: what authors think, 1 to 3; None says nothing.
        source: on what the items rest.
        reason: why they are retired.
        settles: whether open comments are settled with an approval.
    """

    deed: str
    point: str = ""
    cognitive: str = ""
    difficulty: int | None = None
    source: str = ""
    reason: str = ""
    settles: bool = False


Points = Mapping[str, KnowledgePoint]
Do = Callable[[Order, Item, Points, Person], str]


@dataclass(frozen=True)
class Deed:
    """One thing that can be done with many items; ``do`` returns what is worth knowing of it, or nothing."""

    label: Any
    duty: Duty
    do: Do
    check: Callable[[Order], None] = lambda _order: None


def _submit(_order: Order, item: Item, _points: Points, by: Person) -> str:
    if not submit([newest_version(item)], by=by):
        raise Conflict(_("The item is no draft."))
    return ""


def _place(order: Order, item: Item, points: Points, by: Person) -> str:
    if order.point and order.point not in points:
        raise Conflict(_("The knowledge point is closed, or there is none of this code."))
    place_items([item], points.get(order.point), by=by)
    return ""


def _level(order: Order, item: Item, _points: Points, by: Person) -> str:
    level_items([item], CognitiveLevel(order.cognitive) if order.cognitive else None, by=by)
    return ""


def _rate(order: Order, item: Item, _points: Points, by: Person) -> str:
    rate_item(item, order.difficulty, by=by)
    return ""


def _source(order: Order, item: Item, _points: Points, by: Person) -> str:
    body: ItemBody = body_of(newest_version(item))
    if body.source_article == order.source:
        raise Conflict(_("The item says so already."))
    version = revise_item(item, replace(body, source_article=order.source), by=by)
    return _("version %(number)s, to be handed in for review", number=version.number)


def _approve(order: Order, item: Item, _points: Points, by: Person) -> str:
    approve(newest_version(item), by=by, settles=order.settles)
    return ""


def _retire(order: Order, item: Item, _points: Points, by: Person) -> str:
    retire(newest_version(item), order.reason, by=by)
    return ""


def _needs_level(order: Order) -> None:
    if order.cognitive and order.cognitive not in list(CognitiveLevel):
        raise Invalid(_("There is no such cognitive level."))


def _needs_difficulty(order: Order) -> None:
    if order.difficulty is not None and not EASIEST <= order.difficulty <= HARDEST:
        raise Invalid(_("The difficulty is 1, 2 or 3."))


def _needs_source(order: Order) -> None:
    if not order.source.strip() or len(order.source) > LONGEST_SOURCE:
        raise Invalid(_("Say on what the items rest, in 200 characters at most."))


def _needs_reason(order: Order) -> None:
    if not order.reason.strip() or len(order.reason) > LONGEST_REASON:
        raise Invalid(_("Say why the items are retired."))


DEEDS = {
    "submit": Deed(_l("Hand in for review"), Duty.AUTHOR_ITEMS, _submit),
    "place": Deed(_l("Put under the knowledge point"), Duty.AUTHOR_ITEMS, _place),
    "level": Deed(_l("Set the cognitive level"), Duty.AUTHOR_ITEMS, _level, _needs_level),
    "difficulty": Deed(_l("Set the difficulty"), Duty.AUTHOR_ITEMS, _rate, _needs_difficulty),
    "source": Deed(_l("Set on what they rest"), Duty.AUTHOR_ITEMS, _source, _needs_source),
    "approve": Deed(_l("Approve"), Duty.REVIEW_ITEMS, _approve),
    "retire": Deed(_l("Retire"), Duty.REVIEW_ITEMS, _retire, _needs_reason),
}
