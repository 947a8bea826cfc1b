"""Deeds on many items: each is done and on record by itself, or left as it was and told why."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank.as_shown import UNREAD, require_as_shown
from trainhub.exams.bank.banks import knowledge_points, organisations_of
from trainhub.exams.bank.bulk_one import DEEDS, Order
from trainhub.exams.bank.finding import Filter, find, marked_by
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.models_bulk import BulkDeed
from trainhub.exams.bank.syllabus import choosable
from trainhub.exams.bank.vault import seal, unseal
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import after_commit, db, reading, transaction
from trainhub.kernel.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from trainhub.kernel.i18n import _, _l, for_any_reader
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.jobs import Job, Progress, job, path_to
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.refusals import record_refusal

MOST_AT_ONCE = 20_000
LOT = 20
"""Items a transaction at most."""
SPELL_S = 0.1
"""How long a transaction goes on taking up items: nobody waits long for the lock of the bank, or to write."""


class Outcome(StrEnum):
    """What became of an item."""

    DONE = "done"
    REFUSED = "refused"


@dataclass
class Report:
    """What became of each item of a deed on many (批量操作结果): code, outcome, words."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """For how many items it was done."""
        return sum(outcome == Outcome.DONE for _code, outcome, _why in self.rows)

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Which items it was not done for, and why."""
        return [(code, why) for code, outcome, why in self.rows if outcome == Outcome.REFUSED]


@dataclass(frozen=True)
class Search:
    """A search all of whose items are meant (检索结果), found when the work begins.

    Args:
        words: that are looked for.
        limits: what else must hold.
        shown_at: when its list was shown; nothing is done to what was written later.
    """

    words: str
    limits: Filter
    shown_at: datetime


Chosen = tuple[str, str]
"""Code of an item with the mark of the text that was shown (``as_shown``)."""


def begin(
    bank: Bank, order: Order, chosen: Sequence[Chosen], *, by: Person, search: Search | None = None
) -> BulkDeed:
    """Write down a deed on many items that is to be done; nothing is done yet.

    Args:
        bank: of the items; what belongs to another is told as missing.
        order: the deed with its values.
        chosen: the items, each with the mark of what was shown of it: done is it for that text alone.
        by: who does it.
        search: what finds the items, instead of ``chosen``.

    Raises:
        Invalid: no items, too many, or a value that the deed needs is missing.
        Forbidden: the person has not the duty for it.
    """
    deed = DEEDS[order.deed]
    if bank.organisation_id not in organisations_of(by, deed.duty):
        raise Forbidden(_l("You do not do this for this bank."))
    if not chosen and search is None:
        raise Invalid(_("Choose items and what is to be done with them."))
    if len(chosen) > MOST_AT_ONCE:
        raise Invalid(_("At most %(count)s items at once; narrow the list.", count=MOST_AT_ONCE))
    deed.check(order)
    row = BulkDeed(id=random_id(), bank=bank, deed=order.deed, asked_by_id=by.id, asked_at=clock.now())
    if search is None:
        _keep(row, order, list(dict(chosen).items()), by)
    else:
        asked = asdict(search) | {"shown_at": search.shown_at.isoformat()}
        _seal(row, {"order": asdict(order), "items": [], "search": asked})
    db.session.add(row)
    db.session.flush()
    return row


def _seal(row: BulkDeed, asked: dict[str, Any]) -> None:
    row.order_sealed = seal(row.bank, json.dumps(asked, ensure_ascii=False).encode(), f"bulk:{row.id}")


def _keep(row: BulkDeed, order: Order, chosen: list[Chosen], by: Person) -> None:
    """Write down for which items a deed is done, once and for all."""
    _seal(row, {"order": asdict(order), "items": chosen})
    ledger.append("items.bulk", by=by, side="exam", bank=row.bank.code, deed=order.deed, items=len(chosen))


def _find(bulk_id: str) -> None:
    """Find the items of a search that a deed is to be done for; found once, they stay the same.

    Raises:
        Invalid: it finds more than can be done at once; then nothing is done.
    """
    with reading():
        row = db.session.get_one(BulkDeed, bulk_id)
        asked = search_of(row)
        if asked is None:
            return
        order = asked_for(row)[0]
        found = find(row.bank, asked.words, asked.limits, most=MOST_AT_ONCE + 1)
        if len(found) > MOST_AT_ONCE:
            raise Invalid(_("At most %(count)s items at once; narrow the list.", count=MOST_AT_ONCE))
        chosen = marked_by(found, asked.shown_at)
    with transaction():
        row = db.session.get_one(BulkDeed, bulk_id, with_for_update=True)
        if search_of(row) is not None:
            _keep(row, order, chosen, row.asked_by)


def in_background(row: BulkDeed, *, by: Person, language: str) -> Job:
    """Have a deed on many items done by the background jobs."""
    title = _l("%(deed)s: items of %(bank)s", deed=DEEDS[row.deed].label, bank=row.bank.name)
    return jobs.start("bank.bulk", title, by=by, language=language, bulk_id=row.id)


def do_lot(row: BulkDeed, chosen: Sequence[Chosen], *, by: Person, spell_s: float = SPELL_S) -> int:
    """Do a deed for some of its items, each by itself, and keep what became of them.

    Args:
        row: the deed.
        chosen: the items in their order.
        by: who does it.
        spell_s: how long to go on, in seconds; at least one is done.

    Returns:
        With how many of the items it came to an end.
    """
    until, done = time.monotonic() + spell_s, 0
    order = asked_for(row)[0]
    report = report_of(row)
    points = {each.code: each for each in choosable(knowledge_points(row.bank.qualification))}
    wanted = select(Item).where(Item.bank_id == row.bank_id, Item.code.in_([code for code, _mark in chosen]))
    items = {item.code: item for item in db.session.scalars(wanted)}
    told = {code for code, _outcome, _why in report.rows}
    with for_any_reader():
        for code, mark in dict(chosen).items():
            if code not in told:
                report.rows.append((code, *_one(items.get(code), mark, order, points, by)))
            done += 1
            if time.monotonic() > until:
                break
    written = json.dumps(report.rows, ensure_ascii=False).encode()
    row.report_sealed = seal(row.bank, written, f"bulk-report:{row.id}")
    return done


def _one(item: Item | None, mark: str, order: Order, points: dict[str, Any], by: Person) -> tuple[str, str]:
    if item is None:
        return Outcome.REFUSED, _("There is no such item in this bank.")
    waiting = len(db.session.info.get("after_commit", []))
    try:
        with db.session.begin_nested():
            require_as_shown(item, mark)
            return Outcome.DONE, DEEDS[order.deed].do(order, item, points, by)
    except DomainError as refusal:
        # What the undone deed would have done after the commit is not done either.
        del db.session.info.setdefault("after_commit", [])[waiting:]
        after_commit(partial(record_refusal, refusal))
        return Outcome.REFUSED, _why(refusal)


def _why(refusal: DomainError) -> str:
    if not isinstance(refusal, Refused):
        return str(refusal)
    facts = _("; ").join(str(fact) for fact in refusal.facts)
    return f"{refusal.rule.id} {refusal.rule.title}" + (f" ({facts})" if facts else "")


def do_all(bulk_id: str, tell: Callable[[int, int], object] = lambda _done, _total: None) -> str:
    """Do a deed for all its items in lots, going on where an earlier run was broken off; it commits.

    Returns:
        Code of the bank.
    """
    _find(bulk_id)
    with transaction():
        row = db.session.get_one(BulkDeed, bulk_id)
        chosen, bank_code = asked_for(row)[1], row.bank.code
    done = 0
    while done < len(chosen):
        with transaction():
            row = db.session.get_one(BulkDeed, bulk_id, with_for_update=True)
            done += do_lot(row, chosen[done : done + LOT], by=row.asked_by)
        tell(done, len(chosen))
    with transaction():
        db.session.get_one(BulkDeed, bulk_id).ended_at = clock.now()
    return bank_code


@job("bank.bulk", again=True)
def run_bulk(progress: Progress, bulk_id: str) -> str:
    """Do a deed on many items in the background."""
    db.session.rollback()
    code = do_all(bulk_id, tell=lambda done, total: progress.tell(done, total, _("Items")))
    return path_to("bank.bulk_report", code=code, bulk_id=bulk_id)


def search_of(row: BulkDeed) -> Search | None:
    """Return the search whose items are meant and not found yet; None if the items are known."""
    asked = json.loads(unseal(row.bank, row.order_sealed, f"bulk:{row.id}")).get("search")
    if asked is None:
        return None
    return Search(asked["words"], Filter(**asked["limits"]), datetime.fromisoformat(asked["shown_at"]))


def asked_for(row: BulkDeed) -> tuple[Order, list[Chosen]]:
    """Return what was to be done and with which items, deciphered."""
    asked = json.loads(unseal(row.bank, row.order_sealed, f"bulk:{row.id}"))
    # An order of before lists carried what they showed tells of no item what was read of it.
    chosen = asked["items"] if "items" in asked else [(code, UNREAD) for code in asked["codes"]]
    return Order(**asked["order"]), [(code, mark) for code, mark in chosen]


def report_of(row: BulkDeed) -> Report:
    """Return what became of the items so far, deciphered."""
    if row.report_sealed is None:
        return Report()
    rows = json.loads(unseal(row.bank, row.report_sealed, f"bulk-report:{row.id}"))
    return Report([(code, outcome, why) for code, outcome, why in rows])


def get_bulk(bank: Bank, bulk_id: str, *, by: Person) -> BulkDeed:
    """Return a deed on many items of a bank that a person asked for.

    Raises:
        NotFound: there is none of theirs.
    """
    mine = select(BulkDeed).where(BulkDeed.bank_id == bank.id, BulkDeed.asked_by_id == by.id)
    found: BulkDeed | None = db.session.scalar(mine.where(BulkDeed.id == bulk_id))
    if found is None:
        raise NotFound(_l("There is no such task of yours."))
    return found


def deeds_of(bank: Bank, person: Person) -> list[tuple[str, Any]]:
    """Return which deeds on many a person may do in a bank: names with their labels."""
    held = [
        duty
        for duty in (Duty.AUTHOR_ITEMS, Duty.REVIEW_ITEMS)
        if bank.organisation_id in organisations_of(person, duty)
    ]
    return [(name, deed.label) for name, deed in DEEDS.items() if deed.duty in held]
