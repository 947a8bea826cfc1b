"""What comparing practice questions found, told once a day (疑似泄题日报): with a finding and without alike.

The leaves of the ledger and the numbers of messages are counted for all sides together. A report as soon as
something was found, or only where something was, would tell whoever counts them on the training side that a
question which they handed over resembles an item.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import func, select, update

from trainhub import ledger
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.models_alike import Leak, LeakReport, Practice
from trainhub.governance.duties import holders
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.i18n import _, for_any_reader, ngettext
from trainhub.people.messages import tell
from trainhub.separation.duties import Duty


def is_report_due() -> bool:
    """Tell whether today's report is missing; there is none before the first practice question."""
    last = _last()
    if last is not None and clock.local_day(last) >= clock.today():
        return False
    return db.session.scalar(select(Practice.record_code).limit(1)) is not None


def report_leaks() -> None:
    """Write into the ledger what was found since the last report, and tell those who review, if a practice
    question was compared since; how much is written does not depend on what was found.
    """
    lock("bank", "practice")
    if not is_report_due():
        return
    last, now = _last(), clock.now()
    fresh = select(func.count()).select_from(Practice)
    if last is not None:
        fresh = fresh.where(Practice.compared_at > last)
    questions = db.session.scalar(fresh) or 0
    found = _take_unreported(now)
    db.session.add(LeakReport(at=now))
    facts = {bank.code: codes for bank, codes in found.items()}
    ledger.append("items.practice_compared", by=None, side="exam", questions=questions, found=facts)
    for bank in db.session.scalars(select(Bank).order_by(Bank.id)) if questions else ():
        _tell_owner(bank, len(found.get(bank, ())))


def _last() -> datetime | None:
    return db.session.scalar(select(func.max(LeakReport.at)))


def _take_unreported(now: datetime) -> dict[Bank, list[str]]:
    """Return the items of each bank with a resemblance that no report has told, and note that one does."""
    unreported = Leak.reported_at.is_(None)
    statement = select(Item).where(Item.id.in_(select(Leak.item_id).where(unreported)))
    found: defaultdict[Bank, list[str]] = defaultdict(list)
    for item in db.session.scalars(statement.order_by(Item.code)):
        found[item.bank].append(item.code)
    db.session.execute(update(Leak).where(unreported).values(reported_at=now))
    return found


def _tell_owner(bank: Bank, count: int) -> None:
    with for_any_reader():
        text = ngettext(
            "%(num)s item of the bank “%(name)s” resembles practice questions of a training body. "
            "Sign in on the examination side and look at it on the page of the bank.",
            "%(num)s items of the bank “%(name)s” resemble practice questions of a training body. "
            "Sign in on the examination side and look at them on the page of the bank.",
            count,
            name=bank.name,
        )
        if not count:
            text = _(
                "Practice questions of a training body were compared with the bank “%(name)s”: "
                "none resembles an item.",
                name=bank.name,
            )
    for person in holders(Duty.REVIEW_ITEMS, organisation=bank.organisation):
        tell(person, "bank.leak", text)
