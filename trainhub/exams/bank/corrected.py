"""What the bank says of an item whose key was found wrong: the version that two people corrected."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.details import Blanks, CaseSet, Matching
from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.bank.review import CHOOSABLE
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _


def corrected_body(item_code: str, from_version: int, to_version: int) -> ItemBody:
    """Return what a later version of an item says that may stand in for the one that was set.

    Raises:
        Conflict: there is no such approved version, or it asks another question.
    """
    statement = (
        select(ItemVersion)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Item.code == item_code, ItemVersion.number.in_((from_version, to_version)))
    )
    found = {version.number: version for version in db.session.scalars(statement)}
    later = found.get(to_version)
    if later is None or to_version <= from_version or later.state not in CHOOSABLE:
        raise Conflict(
            _("Version %(number)s is no later version that a second person approved.", number=to_version)
        )
    body = body_of(later)
    if from_version in found:
        was = body_of(found[from_version])
        if _offered(was) != _offered(body):
            raise Conflict(
                _("Version %(number)s offers other options: it is another question.", number=to_version)
            )
    return body


def _offered(body: ItemBody) -> list[str]:
    """Return the keys in which answers to a question are kept; with others they would mean something else."""
    keys = [option.key for option in body.options]
    match body.detail:
        case Matching(targets):
            return [*keys, *(each.key for each in targets)]
        case Blanks(blanks, _any_order):
            return [str(place) for place in range(len(blanks))]
        case CaseSet(parts):
            return [key for each in parts for key in (each.type, *_offered(each.body))]
        case _:
            return keys
