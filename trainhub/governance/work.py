"""What waits for the security administrator: duties that end soon, to be granted anew or left to end."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased

from trainhub.governance.duties import in_force
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Task
from trainhub.separation.duties import Duty

SOON = timedelta(days=30)


def ending_soon() -> ColumnElement[bool]:
    """Return the condition that a grant ends within a month, and none of the same duty lasts longer."""
    longer = aliased(Grant)
    followed = exists().where(
        longer.person_id == Grant.person_id,
        longer.duty == Grant.duty,
        longer.organisation_id == Grant.organisation_id,
        longer.revoked_at.is_(None),
        longer.ends_on > Grant.ends_on,
    )
    return and_(in_force(clock.today()), Grant.ends_on < clock.today() + SOON, ~followed)


def open_work(_person: Any, duties: frozenset[str]) -> list[Task]:
    """Return what waits for an administrator."""
    if Duty.ADMINISTER_SECURITY not in duties:
        return []
    count, first = db.session.execute(
        select(func.count(Grant.id), func.min(Grant.ends_on)).where(ending_soon())
    ).one()
    if not count:
        return []
    due = clock.from_local(datetime.combine(first, time(23, 59)))
    title, url = _("Renew duties that end soon, or let them end"), url_for("governance.list_people", ending=1)
    return [Task(title, url, count=count, due=due, tone="warn")]
