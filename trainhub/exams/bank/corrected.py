"""What the bank says of an item whose key was found wrong: the version that two people corrected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.details import Blanks, CaseSet, Matching, Scene
from trainhub.exams.bank.models import Item, ItemVersion, VersionState
from trainhub.exams.bank.review import CHOOSABLE
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _


def require_corrected(item_code: str, from_version: int, to_version: int) -> None:
    """Check that a later version of an item may stand in for the one that was set.

    Raises:
        Conflict: there is no such approved version, or it asks another question.
    """
    found = _versions(item_code, from_version, to_version)
    later = found.get(to_version)
    if later is None or to_version <= from_version or later.state not in CHOOSABLE:
        raise Conflict(
            _("Version %(number)s is no later version that a second person approved.", number=to_version)
        )
    if from_version in found and _offered(body_of(found[from_version])) != _offered(body_of(later)):
        raise Conflict(
            _("Version %(number)s offers other options: it is another question.", number=to_version)
        )


@dataclass(frozen=True)
class Since:
    """What the bank did to an item after one of its versions was set.

    Args:
        later: the newest later version that a second person approved; None: there is none.
        is_retired: whether it, or what came after it, is retired, with nothing in its place.
    """

    later: int | None
    is_retired: bool


def changed_since(asked: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Since]:
    """Return of versions that were set, by item code and number, those that are newer or retired by now."""
    wanted = list(asked)
    codes = sorted({code for code, _version in wanted})
    states: dict[str, dict[int, str]] = {}
    for start in range(0, len(codes), 500):
        statement = (
            select(Item.code, ItemVersion.number, ItemVersion.state)
            .join(Item, Item.id == ItemVersion.item_id)
            .where(Item.code.in_(codes[start : start + 500]))
        )
        for code, number, state in db.session.execute(statement):
            states.setdefault(code, {})[number] = state
    found: dict[tuple[str, int], Since] = {}
    for code, version in wanted:
        known = states.get(code, {})
        later = max((each for each in known if each > version and known[each] in CHOOSABLE), default=None)
        is_retired = later is None and any(
            known[each] == VersionState.RETIRED for each in known if each >= version
        )
        if later is not None or is_retired:
            found[code, version] = Since(later, is_retired)
    return found


def corrected_body(item_code: str, version: int) -> ItemBody:
    """Return what a version says that two people let count; it counts also when it is retired later.

    Raises:
        KeyError: there is no such version.
    """
    return body_of(_versions(item_code, version)[version])


def _versions(item_code: str, *numbers: int) -> dict[int, ItemVersion]:
    statement = (
        select(ItemVersion)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Item.code == item_code, ItemVersion.number.in_(numbers))
    )
    return {version.number: version for version in db.session.scalars(statement)}


def _offered(body: ItemBody) -> list[str]:
    """Return the keys in which answers to a question are kept; with others they would mean something else."""
    keys = [option.key for option in body.options]
    match body.detail:
        case Matching(targets):
            return [*keys, *(each.key for each in targets)]
        case Blanks(blanks, _any_order):
            return [str(place) for place in range(len(blanks))]
        case Scene(medium):
            return [each.digest for each in body.media if each.name == medium]
        case CaseSet(parts):
            return [key for each in parts for key in (each.type, *_offered(each.body))]
        case _:
            return keys
