"""What a home page shows the three administrators: accounts, duties in force, decisions day by day."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from trainhub import regulations
from trainhub.governance.duties import in_force
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Chart, KeyFigure
from trainhub.ledger import Entry, number_of_decisions
from trainhub.people.models import Account, Organisation
from trainhub.separation.duties import Duty

DAYS = 14
ADMINISTRATORS = {Duty.ADMINISTER_SYSTEM, Duty.ADMINISTER_SECURITY, Duty.AUDIT}


def at_a_glance(_person: Any, duties: frozenset[str]) -> list[KeyFigure | Chart]:
    """Return the figures of the house for its administrators."""
    if not duties & ADMINISTRATORS:
        return []
    people = url_for("governance.list_people")
    shown: list[KeyFigure | Chart] = [
        KeyFigure(_count(select(func.count(Account.id))), _("Accounts"), people),
        KeyFigure(
            _count(select(func.count(Grant.id)).where(in_force(clock.today()))), _("Duties in force"), people
        ),
        KeyFigure(
            _count(select(func.count(Organisation.id))),
            _("Organisations"),
            url_for("governance.list_organisations"),
        ),
    ]
    if Duty.AUDIT in duties:
        shown += _for_auditor()
    return shown


def _for_auditor() -> list[KeyFigure | Chart]:
    open_figures = sum(not figure.confirmed for figure in regulations.figures(clock.today()))
    unconfirmed = url_for("regulations.list_figures", unconfirmed=1)
    decisions = number_of_decisions()
    return [
        KeyFigure(decisions, _("Decisions in the ledger"), url_for("governance.read_ledger")),
        KeyFigure(open_figures, _("Figures the authority has not confirmed"), unconfirmed),
        _decisions_by_day(),
    ]


def _decisions_by_day() -> Chart:
    days = [clock.today() - timedelta(days=before) for before in range(DAYS - 1, -1, -1)]
    begin = clock.from_local(datetime.combine(days[0], time()))
    moments = db.session.scalars(select(Entry.at).where(Entry.at >= begin))
    counts = Counter(clock.local_day(moment) for moment in moments)
    return Chart(
        "decisions",
        _("Decisions recorded in the last two weeks"),
        tuple(f"{day:%m-%d}" for day in days),
        ((_("Decisions"), tuple(counts[day] for day in days)),),
        unit=_("decisions"),
    )


def _count(statement: Any) -> int:
    return db.session.scalar(statement) or 0
