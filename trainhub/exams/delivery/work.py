"""What waits for clerks: answer sheets that they have not entered yet."""

from __future__ import annotations

from flask import url_for

from trainhub.exams.delivery.on_paper.listing import lines_of, sittings_on_paper
from trainhub.exams.sittings import SittingState
from trainhub.governance.duties import organisations_for
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Task
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def open_work(person: Person, duties: frozenset[str]) -> list[Task]:
    """Return a person's tasks in this room: the sheets of closed sittings that are theirs to enter."""
    if Duty.ENTER_SHEETS not in duties:
        return []
    tasks = []
    for sitting, waiting in sittings_on_paper(organisations_for(person, Duty.ENTER_SHEETS)):
        if sitting.state != SittingState.CLOSED or not waiting:
            continue
        count = sum(line.is_open for line in lines_of(sitting, by=person))
        if count:
            url = url_for("sheets.show_sitting", code=sitting.code)
            title = _("Enter answer sheets")
            tasks.append(Task(title, url, detail=sitting.code, count=count, tone="warn"))
    return tasks
