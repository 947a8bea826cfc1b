"""What a home page shows of sittings beside the tasks: what comes, who is registered, who is not cleared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from trainhub import regulations
from trainhub.exams.sittings.models import Candidate, CandidateState, Eligibility, Sitting, SittingState
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Chart, KeyFigure
from trainhub.separation.duties import Duty

PLANNING = (Duty.ARRANGE_SITTINGS, Duty.ASSIGN_STAFF)
COMING = (SittingState.PLANNED, SittingState.ARRANGED, SittingState.OPEN)
SPAN = timedelta(days=30)
SHOWN = 8


def at_a_glance(person: Any, duties: frozenset[str]) -> list[KeyFigure | Chart]:
    """Return the figures of sittings for whoever plans them."""
    held = [duty for duty in PLANNING if duty in duties]
    if not held:
        return []
    centres = {each for duty in held for each in organisations_for(person, duty)}
    coming = _coming(centres)
    counts = _counts(coming)
    pending = sum(count[Eligibility.PENDING] for count in counts.values())
    url = url_for("sittings.list_sittings")
    shown: list[KeyFigure | Chart] = [
        KeyFigure(len(coming), _("Sittings in the next 30 days"), url),
        KeyFigure(sum(sum(count.values()) for count in counts.values()), _("Registered candidates"), url),
        KeyFigure(pending, _("Eligibility not settled"), url, tone="warn" if pending else ""),
    ]
    if any(counts.values()):
        shown.append(_chart(coming[:SHOWN], counts))
    return shown


def _coming(centres: set[int]) -> list[Sitting]:
    today = clock.now()
    statement = select(Sitting).where(
        Sitting.organisation_id.in_(centres),
        Sitting.state.in_(COMING),
        Sitting.starts_at.between(today - timedelta(days=1), today + SPAN),
    )
    return list(db.session.scalars(statement.order_by(Sitting.starts_at)))


def _counts(sittings: Sequence[Sitting]) -> dict[int, Counter[str]]:
    statement = (
        select(Candidate.sitting_id, Candidate.eligibility, func.count(Candidate.id))
        .where(
            Candidate.sitting_id.in_([each.id for each in sittings]),
            Candidate.state == CandidateState.REGISTERED,
        )
        .group_by(Candidate.sitting_id, Candidate.eligibility)
    )
    counts: dict[int, Counter[str]] = {each.id: Counter() for each in sittings}
    for sitting_id, eligibility, count in db.session.execute(statement):
        counts[sitting_id][eligibility] = count
    return counts


def _chart(sittings: Sequence[Sitting], counts: dict[int, Counter[str]]) -> Chart:
    def cleared(count: Counter[str]) -> int:
        return sum(count.values()) - count[Eligibility.PENDING]

    return Chart(
        "candidates",
        _("Candidates of the coming sittings"),
        tuple(_name(each) for each in sittings),
        (
            (_("Cleared to sit"), tuple(cleared(counts[each.id]) for each in sittings)),
            (_("Not settled"), tuple(counts[each.id][Eligibility.PENDING] for each in sittings)),
        ),
        unit=_("people"),
        is_stacked=True,
    )


def _name(sitting: Sitting) -> str:
    day = clock.local_day(sitting.starts_at)
    return f"{day:%m-%d} {regulations.qualification(sitting.qualification, on=day).name}"
