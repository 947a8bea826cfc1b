"""What waits in this room: sittings to fill, arrange and open, evidence for a second person, objections."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import func, select

from trainhub import regulations
from trainhub.exams.sittings.models import (
    Candidate,
    CandidateState,
    Eligibility,
    Evidence,
    EvidenceState,
    Sitting,
    SittingState,
)
from trainhub.exams.sittings.objections import objections_of
from trainhub.exams.sittings.plan import number_of_candidates
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Task
from trainhub.separation.duties import Duty


def open_work(person: Any, duties: frozenset[str]) -> list[Task]:
    """Return what waits for a person in the room of sittings."""
    tasks: list[Task] = []
    if Duty.ARRANGE_SITTINGS in duties:
        centres = organisations_for(person, Duty.ARRANGE_SITTINGS)
        statement = select(Sitting).where(
            Sitting.organisation_id.in_(centres),
            Sitting.state.in_((SittingState.PLANNED, SittingState.ARRANGED, SittingState.OPEN)),
        )
        for sitting in db.session.scalars(statement.order_by(Sitting.starts_at).limit(50)):
            tasks += _tasks_of(sitting, person)
    if Duty.HANDLE_OBJECTIONS in duties:
        waiting = objections_of(organisations_for(person, Duty.HANDLE_OBJECTIONS), open_only=True)
        if waiting:
            title, url = _("Decide objections"), url_for("sittings.list_objections")
            tasks.append(Task(title, url, count=len(waiting), tone="bad"))
    return tasks


def _tasks_of(sitting: Sitting, person: Any) -> list[Task]:
    url = url_for("sittings.show_sitting", code=sitting.code)
    day = clock.local_day(sitting.starts_at)
    detail = f"{regulations.qualification(sitting.qualification, on=day).name} · {sitting.site.name}"
    if sitting.state == SittingState.OPEN:
        late = clock.now() > sitting.ends_at
        closing = Task(_("Close the sitting"), url, detail=detail, due=sitting.ends_at, tone="warn")
        return [closing] if late else []
    evidence = _evidence_for(sitting, person)
    pending = _count(sitting, Candidate.eligibility == Eligibility.PENDING)
    unseated = _count(sitting, Candidate.seat_number.is_(None), Candidate.eligibility != Eligibility.PENDING)
    to_open = sitting.state == SittingState.ARRANGED and sitting.entry_from <= clock.now()
    nobody = not number_of_candidates(sitting)
    code = sitting.code
    lines: list[tuple[int | bool, str, str, str]] = [
        (nobody, _("Import the candidates"), url_for("sittings.new_roster", sitting=code), "info"),
        (
            evidence,
            _("Decide on a colleague's evidence"),
            url_for("sittings.list_evidence", code=code),
            "warn",
        ),
        (
            pending,
            _("Settle eligibility"),
            url_for("sittings.list_candidates", code=code, eligibility="pending"),
            "warn",
        ),
        (unseated, _("Give seats"), url, "info"),
        (sitting.paper_code is None, _("Give a sealed paper"), url, "info"),
        (to_open, _("Open the sitting"), url, "bad"),
    ]
    due = sitting.starts_at
    return [
        Task(title, where, detail=detail, count=None if waits is True else waits, due=due, tone=tone)
        for waits, title, where, tone in lines
        if waits
    ]


def _count(sitting: Sitting, *conditions: Any) -> int:
    statement = select(func.count(Candidate.id)).where(
        Candidate.sitting_id == sitting.id, Candidate.state == CandidateState.REGISTERED, *conditions
    )
    return db.session.scalar(statement) or 0


def _evidence_for(sitting: Sitting, person: Any) -> int:
    statement = (
        select(func.count(Evidence.id))
        .join(Candidate, Candidate.id == Evidence.candidate_id)
        .where(
            Candidate.sitting_id == sitting.id,
            Evidence.state == EvidenceState.PROPOSED,
            Evidence.proposed_by_id != person.id,
        )
    )
    return db.session.scalar(statement) or 0
