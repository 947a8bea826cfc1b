"""What waits in the room of cases: drafts sent back, versions to approve, cases to see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from flask import url_for

from trainhub.cases.drafting import cases_in_work
from trainhub.cases.models import VersionState
from trainhub.cases.watching import open_assignments
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Task
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def open_work(person: Person, duties: frozenset[str]) -> list[Task]:
    """Return a person's tasks in this room."""
    return [*_at_the_desk(person, duties), *_to_see(person)]


def _at_the_desk(person: Person, duties: frozenset[str]) -> Iterator[Task]:
    if Duty.DRAFT_CASES in duties:
        own = organisations_for(person, Duty.DRAFT_CASES)
        for version in cases_in_work(own, VersionState.DRAFT):
            title = _("Rework the case sent back") if version.remark else _("Finish the draft of a case")
            url = url_for("cases.edit_case", code=version.case.code)
            yield Task(title, url, detail=version.title, tone="warn" if version.remark else "neutral")
    if Duty.APPROVE_CASES in duties:
        for version in cases_in_work(organisations_for(person, Duty.APPROVE_CASES), VersionState.IN_REVIEW):
            if version.drafted_by_id != person.id:
                url = url_for("cases.review", code=version.case.code)
                yield Task(_("Approve the case or send it back"), url, detail=version.title, tone="info")


def _to_see(person: Person) -> Iterator[Task]:
    for row in open_assignments(person):
        version = row.case.published
        if version is not None:
            due = clock.from_local(datetime.combine(row.due_on, time(23, 59)))
            url = url_for("cases.show_case", code=row.case.code)
            yield Task(_("See the warning case"), url, detail=version.title, due=due, tone="info")
