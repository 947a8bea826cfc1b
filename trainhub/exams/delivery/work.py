"""What waits for clerks: answer sheets to enter; for the centre: what is broken off without a reserve."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from trainhub.exams.delivery.on_paper.listing import lines_of, sittings_on_paper
from trainhub.exams.delivery.reserve import lacking_reserve
from trainhub.exams.sittings import SittingState
from trainhub.governance.duties import organisations_for
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Task
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def open_work(person: Person, duties: frozenset[str]) -> list[Task]:
    """Return a person's tasks: sheets of closed sittings to enter, reserve papers to give."""
    tasks: list[Task] = []
    if Duty.ARRANGE_SITTINGS in duties:
        tasks += _reserves_to_give(person)
    if Duty.ENTER_SHEETS in duties:
        tasks += _sheets_to_enter(person)
    return tasks


def _reserves_to_give(person: Person) -> Iterator[Task]:
    codes = {
        sitting.code for _row, sitting in lacking_reserve(organisations_for(person, Duty.ARRANGE_SITTINGS))
    }
    for code in sorted(codes):
        url = url_for("sittings.show_sitting", code=code) + "#reserve"
        yield Task(_("Broken off: give it a reserve paper"), url, detail=code, tone="bad")


def _sheets_to_enter(person: Person) -> Iterator[Task]:
    for sitting, waiting in sittings_on_paper(organisations_for(person, Duty.ENTER_SHEETS)):
        if sitting.state != SittingState.CLOSED or not waiting:
            continue
        count = sum(line.is_open for line in lines_of(sitting, by=person))
        if count:
            url = url_for("sheets.show_sitting", code=sitting.code)
            yield Task(_("Enter answer sheets"), url, detail=sitting.code, count=count, tone="warn")
