"""What waits in this room: papers sent back and qualifications without a sealed paper, papers to review."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import select

from trainhub.exams.papers.blueprints import blueprints_of
from trainhub.exams.papers.listing import sent_back_to, waiting_for_review
from trainhub.exams.papers.models import Blueprint, Paper, PaperState
from trainhub.exams.papers.opening import entrusted_to, waiting
from trainhub.exams.papers.opening_keys import key_in_use
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Task
from trainhub.separation.duties import Duty
from trainhub.separation.identity import records_of

_ON_THE_WAY = (PaperState.ASSEMBLED, PaperState.REVIEWED, PaperState.SEALED, PaperState.SENT_BACK)


def open_work(person: Any, duties: frozenset[str]) -> list[Task]:
    """Return what waits for a person in the room of papers."""
    tasks: list[Task] = []
    if Duty.ASSEMBLE_PAPERS in duties:
        for paper in sent_back_to(person):
            url = url_for("papers.show_paper", code=paper.code)
            tasks.append(Task(_("A paper was sent back"), url, detail=paper.code, tone="warn"))
        for blueprint in _unused(person):
            url = url_for("papers.show_blueprint", code=blueprint.code)
            tasks.append(Task(_("Assemble a paper"), url, detail=blueprint.name, tone="info"))
    if Duty.REVIEW_PAPERS in duties:
        for paper in waiting_for_review(person):
            url = url_for("papers.show_paper", code=paper.code)
            is_read = paper.state == PaperState.REVIEWED
            title = _("Seal the paper") if is_read else _("Review the paper")
            tasks.append(Task(title, url, detail=f"{paper.code} · {paper.blueprint.name}", tone="info"))
    if Duty.OPEN_PAPERS in duties:
        tasks += _openings(person)
    return tasks


def _openings(person: Any) -> list[Task]:
    """Return the papers that wait for a person's share, and that they have no key yet."""
    tasks = []
    if key_in_use(person) is None:
        url = url_for("papers.list_openings")
        tasks.append(Task(_("Set up your opening key"), url, tone="warn"))
    mine, today = records_of(person.id), clock.today()
    for each in waiting(entrusted_to(person)):
        has_given = each.first is not None and each.first.share.person_id in mine
        if each.use.is_reserve or has_given or clock.local_day(each.use.starts_at) > today:
            continue
        detail = _("The paper of the sitting %(code)s waits for two officers.", code=each.use.sitting_code)
        if each.first:
            detail = _(
                "The paper of the sitting %(code)s waits for a second officer.", code=each.use.sitting_code
            )
        url = url_for("papers.show_opening", code=each.paper.code)
        tone = "bad" if each.is_time else "info"
        tasks.append(Task(_("Open a paper"), url, detail=detail, due=each.use.starts_at, tone=tone))
    return tasks


def _unused(person: Any) -> list[Blueprint]:
    """Return the blueprints by which no paper has been assembled."""
    used = set(db.session.scalars(select(Paper.blueprint_id).where(Paper.state.in_(_ON_THE_WAY))))
    return [each for each in blueprints_of(person) if each.id not in used]
