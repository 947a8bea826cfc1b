"""What waits for invigilators and inspectors: it comes from their appointments and goes when it is done."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from trainhub.exams.invigilation.access import duties_in, own_sittings
from trainhub.exams.invigilation.closing import records_of
from trainhub.exams.invigilation.incidents import incidents_of
from trainhub.exams.invigilation.inspection import notes_of
from trainhub.exams.invigilation.models import IncidentState
from trainhub.exams.sittings import Sitting, SittingState
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Task
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def open_work(person: Person, duties: frozenset[str]) -> list[Task]:
    """Return a person's tasks at the desk."""
    if not duties & {Duty.INVIGILATE, Duty.INSPECT}:
        return []
    return [task for sitting in own_sittings(person) for task in _tasks(sitting, person)]


def _tasks(sitting: Sitting, person: Person) -> Iterator[Task]:
    mine = duties_in(sitting, person)
    if Duty.INVIGILATE in mine:
        yield from _invigilating(sitting, person)
    if Duty.INSPECT in mine and sitting.state in (SittingState.ARRANGED, SittingState.OPEN):
        if not any(note.by_id == person.id for note in notes_of(sitting)):
            url = url_for("recording.inspection", code=sitting.code)
            due = sitting.ends_at if sitting.state == SittingState.OPEN else sitting.starts_at
            yield Task(_("Inspect the sitting"), url, sitting.code, due=due, tone="info")


def _invigilating(sitting: Sitting, person: Person) -> Iterator[Task]:
    desk = url_for("invigilation.show", code=sitting.code)
    if sitting.state == SittingState.ARRANGED:
        yield Task(_("Invigilate: open the sitting"), desk, sitting.code, due=sitting.starts_at, tone="info")
    if sitting.state == SittingState.OPEN:
        yield Task(_("The sitting is running"), desk, sitting.code, due=sitting.ends_at, tone="warn")
    waiting = [
        incident
        for incident in incidents_of(sitting)
        if incident.state == IncidentState.RECORDED and incident.first_by_id != person.id
    ]
    if waiting:
        url = url_for("recording.list_incidents", code=sitting.code)
        yield Task(_("Confirm incident records"), url, sitting.code, count=len(waiting), tone="warn")
    yield from _signing(sitting, person)


def _signing(sitting: Sitting, person: Person) -> Iterator[Task]:
    if sitting.state not in (SittingState.CLOSED, SittingState.MARKED):
        return
    records = records_of(sitting)
    unsigned = [
        room
        for room in sitting.rooms
        if room.id not in records
        or (records[room.id].second_by_id is None and records[room.id].first_by_id != person.id)
    ]
    if unsigned:
        url = url_for("recording.record", code=sitting.code)
        yield Task(_("Sign the room record"), url, sitting.code, count=len(unsigned), tone="info")
