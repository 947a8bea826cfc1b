"""What else would tell the questions of a sealed paper: taken away at the seal, put back when it is opened.

Opened by officers, a paper must not be readable from the tables: not from its places, not from the seed,
which with the bank gives the same choice again, not from remarks that quote questions, not from what the
register of separation or the items themselves say of their use.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, or_, select

from trainhub import separation
from trainhub.exams.bank import review as items_review
from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.papers.models import Assembly, Blueprint, Paper, PaperReview, Place
from trainhub.exams.papers.models_opening import Insider
from trainhub.exams.papers.relations import note_contains, require_contains, state_knows
from trainhub.exams.papers.reviewing import remarks_on
from trainhub.kernel import keys
from trainhub.kernel.db import db
from trainhub.people.models import Person


def hidden_of(paper: Paper) -> dict[str, Any]:
    """Return what goes into the sealed content besides the questions."""
    words = {row.code: text for row, text in remarks_on(paper) if text}
    return {"seed": paper.seed, "pads": _pads(paper), "remarks": words}


def _pads(paper: Paper) -> dict[str, str]:
    """Return by code of an assembly what covers its seed while the paper is closed.

    The seed gives all forms of an assembly and reads its inputs, and these tell what stood in papers before.
    So a paper covers its own assembly and every later one that may have counted it while it lay open. Each
    closed paper has pads of its own: one that is opened early tells nothing of those that are still closed.
    """
    counted = select(Assembly).where(
        Assembly.organisation_id == paper.organisation_id,
        Assembly.blueprint_id.in_(select(Blueprint.id).where(Blueprint.qualification == paper.qualification)),
        or_(Assembly.id == paper.assembly_id, Assembly.at >= paper.assembled_at),
    )
    return {each.code: secrets.token_hex(len(each.seed) // 2) for each in db.session.scalars(counted)}


def _cover(pads: Mapping[str, str]) -> None:
    """Cover the seeds of assemblies with pads; done once more, they are uncovered."""
    mine = select(Assembly).where(Assembly.code.in_(pads)).order_by(Assembly.id).with_for_update()
    # Read anew under the lock: a pad put on by another paper meanwhile must not be lost.
    for each in db.session.scalars(mine.execution_options(populate_existing=True)):
        length = len(each.seed)
        each.seed = f"{int(each.seed, 16) ^ int(pads[each.code], 16):0{length}x}"


def hide(paper: Paper, hidden: Mapping[str, Any], *, by: Person) -> None:
    """Take out of the tables whatever tells the questions of a paper, and put on record who knows some of it.

    Args:
        paper: which.
        hidden: what was sealed with its questions.
        by: who seals.

    Raises:
        Refused: a rule of content forbids the paper (S-04, S-17).
    """
    codes = [place.item.code for place in paper.places]
    require_contains(paper.code, codes, by=by)
    for person_id in sorted(separation.who_worked_on(codes)):
        db.session.add(Insider(paper_id=paper.id, person_id=person_id))
        state_knows(person_id, paper.code, by=by)
    paper.questions = len(codes)
    paper.seed = ""
    _cover(hidden["pads"])
    for row, words in remarks_on(paper):
        row.text_sealed = None if words else row.text_sealed
    db.session.flush()
    db.session.execute(delete(Place).where(Place.paper_id == paper.id))
    db.session.expire(paper, ["places"])


def restore(paper: Paper, written: bytes, *, by: Person) -> None:
    """Put back what was taken away, from the opened content: places, seed, remarks, items in use."""
    form = json.loads(written)
    db.session.add_all(_places(paper, form["items"]))
    db.session.flush()
    db.session.expire(paper, ["places"])
    hidden = form["hidden"]
    paper.seed = hidden["seed"]
    _cover(hidden.get("pads", {}))
    for row in db.session.scalars(select(PaperReview).where(PaperReview.paper_id == paper.id)):
        if words := hidden["remarks"].get(row.code):
            row.text_sealed = keys.seal("exam", words.encode(), f"paper-review:{row.code}")
    items_review.put_live([place.version_id for place in paper.places])
    note_contains(paper.code, [place.item.code for place in paper.places], by=by)


def _places(paper: Paper, written: list[dict[str, Any]]) -> list[Place]:
    codes = [each["item"] for each in written]
    statement = (
        select(Item.code, ItemVersion.number, Item.id, ItemVersion.id)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .where(Item.code.in_(codes))
    )
    known = {(code, number): (item, version) for code, number, item, version in db.session.execute(statement)}
    return [
        Place(
            paper_id=paper.id,
            number=each["number"],
            item_id=known[each["item"], each["version"]][0],
            version_id=known[each["item"], each["version"]][1],
            marks=each["marks"],
        )
        for each in written
    ]
