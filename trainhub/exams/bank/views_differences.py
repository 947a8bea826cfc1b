"""What changed between two versions of an item, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from trainhub.exams.bank.banks import BANK_DUTIES
from trainhub.exams.bank.citing import sources_of
from trainhub.exams.bank.differing import Difference, between, changed_regions
from trainhub.exams.bank.facts import Fact, facts_of
from trainhub.exams.bank.items import get_item
from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.bank.presenting import Shown
from trainhub.exams.bank.vault import body_of
from trainhub.governance.guards import requires
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.people.sign_in import current_person


@dataclass(frozen=True)
class Beside:
    """Two versions of an item for a page (两版对照); ``old_changed`` and ``new_changed`` number hazards."""

    old: Shown
    new: Shown
    found: list[Difference]
    old_changed: frozenset[int]
    new_changed: frozenset[int]


def beside(old: ItemVersion, new: ItemVersion) -> Beside:
    """Return two versions with all that differs between them, the laws on which they rest included."""
    shown = Shown(old, body_of(old)), Shown(new, body_of(new))
    facts = []
    cited = sources_of([old.id, new.id])
    for each in shown:
        laws = _("; ").join(f"{source.title} {source.number}" for source in cited.get(each.version.id, []))
        law = {"laws": Fact(_("laws of the register"), laws)}
        facts.append(facts_of(each.version.item.type, each.body) | law)
    return Beside(
        *shown,
        between(*facts),
        changed_regions(shown[0].body, shown[1].body),
        changed_regions(shown[1].body, shown[0].body),
    )


@requires(*BANK_DUTIES)
def show_difference(item_code: str) -> ResponseReturnValue:
    """Show two versions side by side; the newest two unless ``old`` and ``new`` say which."""
    item = get_item(item_code, by=current_person())
    return render_template("bank/difference.html", item=item, pair=beside(*_wanted(item)))


def _wanted(item: Item) -> tuple[ItemVersion, ItemVersion]:
    by_number: dict[Any, ItemVersion] = {each.number: each for each in item.versions}
    new = by_number.get(request.args.get("new", item.versions[-1].number, type=int))
    old = None if new is None else by_number.get(request.args.get("old", new.number - 1, type=int))
    if old is None or new is None or old is new:
        raise NotFound(_l("The item has no two such versions."))
    return old, new


def add_routes(blueprint: Blueprint) -> None:
    """Give a blueprint the page of differences."""
    blueprint.get("/items/<item_code>/difference")(show_difference)
