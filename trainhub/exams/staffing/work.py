"""What waits for the staffing officer, and what lies ahead of those on duty."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from trainhub import separation
from trainhub.exams.staffing.draws import head_for, open_draws
from trainhub.exams.staffing.in_charge import people_in_charge
from trainhub.exams.staffing.models_of_draws import Party
from trainhub.exams.staffing.needs import needs_of, sittings_ahead
from trainhub.governance.duties import organisations_for
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Task
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def open_work(person: Person, duties: frozenset[str]) -> list[Task]:
    """Return what waits: draws for both parties; for the officer sittings that lack people, and conflicts."""
    tasks = list(_draws(person, duties))
    if Duty.ASSIGN_STAFF in duties:
        tasks += _tasks(person)
    return tasks


def _draws(person: Person, duties: frozenset[str]) -> Iterator[Task]:
    """Yield the draws that wait for the person's party."""
    if Duty.SUPERVISE in duties:
        party, waiting = Party.OVERSIGHT, open_draws()
    elif Duty.ASSIGN_STAFF in duties:
        party, waiting = Party.CENTRE, open_draws(organisations_for(person, Duty.ASSIGN_STAFF))
    else:
        return
    for draw in waiting:
        own, is_ready = draw.of(party), head_for(draw) is not None
        if own is None or (own.secret is None and is_ready):
            title = _("Commit to a secret for a draw") if own is None else _("Reveal your secret of a draw")
            yield Task(
                title, url_for("draws.show_draw", code=draw.code), detail=draw.centre.name, tone="warn"
            )


def _tasks(person: Person) -> Iterator[Task]:
    sittings = sittings_ahead(organisations_for(person, Duty.ASSIGN_STAFF))
    conflicts = [violation.object for violation in separation.planned_conflicts()] if sittings else []
    for sitting in sittings:
        url = url_for("staffing.show_sitting", code=sitting.code)
        detail = f"{sitting.site.name} · {sitting.code}"
        if count := conflicts.count(sitting.code):
            yield Task(
                _("Resolve conflicts"), url, detail=detail, count=count, due=sitting.starts_at, tone="bad"
            )
        needs = needs_of(sitting)
        if missing := needs[Duty.INVIGILATE].missing:
            title = _("Appoint invigilators")
            yield Task(title, url, detail=detail, count=missing, due=sitting.starts_at, tone="warn")
        elif not people_in_charge(sitting):
            yield Task(
                _("Say who is in charge of all rooms"),
                url,
                detail=detail,
                due=sitting.starts_at,
                tone="info",
            )
        if Duty.ASSESS in needs and (missing := needs[Duty.ASSESS].missing):
            title = _("Appoint assessors")
            yield Task(title, url, detail=detail, count=missing, due=sitting.starts_at, tone="warn")
        if missing := needs[Duty.INSPECT].missing:
            title = _("Appoint an inspector")
            yield Task(title, url, detail=detail, count=missing, due=sitting.starts_at, tone="info")
