"""What waits for the three administrators: duties that end, accounts to close, refusals to look into."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from trainhub.governance.accounts import unidentified, unneeded
from trainhub.governance.duties import ending_soon
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Task
from trainhub.people.models import Account
from trainhub.separation.duties import Duty
from trainhub.separation.refusals import unseen


def open_work(person: Any, duties: frozenset[str]) -> list[Task]:
    """Return what waits for an administrator."""
    tasks = []
    if Duty.ADMINISTER_SECURITY in duties:
        tasks += _ending() + _unidentified(person)
    if Duty.ADMINISTER_SYSTEM in duties:
        tasks += _unneeded()
    if Duty.AUDIT in duties and (count := len(unseen())):
        title, url = _("Look into what rules refused"), url_for("governance.list_refusals")
        tasks.append(Task(title, url, count=count, tone="warn"))
    return tasks


def _unneeded() -> list[Task]:
    count = db.session.scalar(select(func.count(Account.id)).where(unneeded())) or 0
    title, url = _("Close accounts that nobody needs any more"), url_for("governance.list_people", unneeded=1)
    return [Task(title, url, count=count, tone="info")] if count else []


def _unidentified(person: Any) -> list[Task]:
    others = select(func.count(Account.id)).where(unidentified(), Account.person_id != person.id)
    count = db.session.scalar(others) or 0
    title = _("Record the ID numbers of those who hold duties")
    return [Task(title, url_for("governance.list_people", unidentified=1), count=count)] if count else []


def _ending() -> list[Task]:
    count, first = db.session.execute(
        select(func.count(Grant.id), func.min(Grant.ends_on)).where(ending_soon())
    ).one()
    if not count:
        return []
    due = clock.from_local(datetime.combine(first, time(23, 59)))
    title, url = _("Renew duties that end soon, or let them end"), url_for("governance.list_people", ending=1)
    return [Task(title, url, count=count, due=due, tone="warn")]
