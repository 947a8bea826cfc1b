"""Inspection: what the inspector saw, point by point; seeing changes nothing in the room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.invigilation.models import InspectionNote
from trainhub.exams.sittings import Sitting
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person

POINTS: dict[str, Any] = {
    "plan": _l("The sitting follows the published plan: place, time, qualification"),
    "staff": _l("The appointed invigilators are present and wear their signs"),
    "identity": _l("ID cards are compared, belongings are stored"),
    "room": _l("Room, machines and video meet the site standard"),
    "conduct": _l("Nobody helps, prompts or answers for a candidate"),
    "records": _l("Incidents are recorded by two people and told to the candidate"),
}
"""What an inspector looks at (after 应急厅函〔2021〕274号)."""

FINDINGS: dict[str, Any] = {"met": _l("met"), "problem": _l("problem"), "not_seen": _l("not looked at")}


def note_inspection(
    sitting: Sitting, findings: Mapping[str, str], remarks: str, *, by: Person
) -> InspectionNote:
    """Keep what an inspector saw.

    Raises:
        Invalid: an unknown point or finding, nothing looked at, or a problem without a word about it.
    """
    if findings.keys() != POINTS.keys() or not set(findings.values()) <= FINDINGS.keys():
        raise Invalid(_l("Say of each point whether it is met."))
    if set(findings.values()) == {"not_seen"} and not remarks.strip():
        raise Invalid(_l("Look at one point at least, or write what you saw."))
    if "problem" in findings.values() and len(remarks.strip()) < 5:
        raise Invalid(_l("Describe the problem in the remarks."))
    note = InspectionNote(
        sitting_id=sitting.id, findings=dict(findings), remarks=remarks.strip(), by_id=by.id
    )
    db.session.add(note)
    ledger.append(
        "sitting.inspected", by=by, side="exam", sitting=sitting.code, findings=dict(sorted(findings.items()))
    )
    return note


def notes_of(sitting: Sitting) -> list[InspectionNote]:
    """Return a sitting's inspection notes, newest first."""
    wanted = select(InspectionNote).where(InspectionNote.sitting_id == sitting.id)
    return list(db.session.scalars(wanted.order_by(InspectionNote.id.desc())))
