"""What is said of an item beside its versions: knowledge point, cognitive level, how hard it is."""

from __future__ import annotations

from collections.abc import Sequence

from trainhub import ledger
from trainhub.exams.bank.items import require_author
from trainhub.exams.bank.levels import CognitiveLevel
from trainhub.exams.bank.models import Item, KnowledgePoint
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _
from trainhub.people.models import Person


def level_items(items: Sequence[Item], level: CognitiveLevel | None, *, by: Person) -> None:
    """Say what items ask of the mind; papers count by it from now on.

    Raises:
        Forbidden: the person does not write items for a bank.
    """
    for item in items:
        require_author(item.bank, by)
        item.cognitive = level
    codes = sorted(item.code for item in items)
    ledger.append("item.levelled", by=by, side="exam", items=codes, level=level)


def rate_item(item: Item, level: int | None, *, by: Person) -> None:
    """Say how hard an author thinks an item, 1 to 3; None says nothing.

    Raises:
        Forbidden: the person does not write items for the bank.
    """
    require_author(item.bank, by)
    item.level = level
    ledger.append("item.rated", by=by, side="exam", item=item.code, level=level)


def classify(
    item: Item,
    point: KnowledgePoint | None,
    cognitive: CognitiveLevel | None,
    level: int | None,
    *,
    by: Person,
) -> bool:
    """Say all three of one item; what is said of it already is not said again.

    Returns:
        Whether anything changed.

    Raises:
        Conflict: the point belongs to another qualification.
        Forbidden: the person does not write items for the bank.
    """
    before = item.knowledge_point_id, item.cognitive, item.level
    wanted = None if point is None else point.id, cognitive, level
    if wanted[0] != before[0]:
        place_items([item], point, by=by)
    if wanted[1] != before[1]:
        level_items([item], cognitive, by=by)
    if wanted[2] != before[2]:
        rate_item(item, level, by=by)
    return wanted != before


def place_items(items: Sequence[Item], point: KnowledgePoint | None, *, by: Person) -> None:
    """Say to which knowledge point items belong.

    Raises:
        Conflict: the point belongs to another qualification.
        Forbidden: the person does not write items for a bank.
    """
    for item in items:
        require_author(item.bank, by)
        if point is not None and point.qualification != item.bank.qualification:
            raise Conflict(_("The knowledge point belongs to another qualification."))
        item.knowledge_point_id = None if point is None else point.id
    codes = sorted(item.code for item in items)
    ledger.append("item.placed", by=by, side="exam", items=codes, point=None if point is None else point.code)
