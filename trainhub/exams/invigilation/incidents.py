"""Incidents: one person records, another confirms; only then does misconduct end an attempt."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.delivery import AttemptState, attempt_of, end_for_misconduct
from trainhub.exams.delivery.holding import SHORTEST_REASON, locked
from trainhub.exams.invigilation.models import Incident, IncidentKind, IncidentState, Told
from trainhub.exams.sittings import Candidate, Sitting, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person
from trainhub.separation.identity import records_of

SHORTEST = 10


def record_incident(
    sitting: Sitting,
    candidate: Candidate | None,
    kind: IncidentKind,
    description: str,
    *,
    ends_attempt: bool = False,
    by: Person,
) -> Incident:
    """Record what happened, as the first of two persons.

    Raises:
        Invalid: too few words, or an attempt is to end without misconduct of somebody checked in.
        Conflict: the sitting is marked.
    """
    require_not_marked(sitting)
    if len(description.strip()) < SHORTEST:
        raise Invalid(_l("Describe what was seen, in at least ten characters."))
    if ends_attempt and (candidate is None or kind is not IncidentKind.MISCONDUCT):
        raise Invalid(_l("Only misconduct of one candidate ends an attempt."))
    if ends_attempt and candidate is not None and attempt_of(candidate) is None:
        raise Invalid(_l("This candidate has not been checked in."))
    incident = Incident(
        sitting_id=sitting.id,
        candidate_id=None if candidate is None else candidate.id,
        kind=kind,
        description=description.strip(),
        ends_attempt=ends_attempt,
        first_by_id=by.id,
    )
    db.session.add(incident)
    db.session.flush()
    _append("incident.recorded", incident, sitting, by)
    return incident


def confirm_incident(incident: Incident, told: Told, *, by: Person) -> None:
    """Stand for a record as the second person, and say how the candidate was told.

    Raises:
        Conflict: it is confirmed or withdrawn already, or this is the person who recorded it.
        Invalid: the candidate whom it concerns was not told.
    """
    _require_recorded(incident)
    if incident.first_by_id in records_of(by.id):
        raise Conflict(_l("A second person confirms the record, not the one who wrote it."))
    if (told is Told.NOBODY) != (incident.candidate_id is None):
        raise Invalid(_l("The candidate whom a record concerns is told, and the record says how."))
    if incident.ends_attempt:
        _require_unmarked(incident.sitting)
    incident.state = IncidentState.CONFIRMED
    incident.told = told
    incident.second_by_id = by.id
    incident.confirmed_at = clock.now()
    _end_attempt(incident, by)
    _append("incident.confirmed", incident, incident.sitting, by)


def withdraw_incident(incident: Incident, reason: str, *, by: Person) -> None:
    """Withdraw a record that nobody has confirmed; it stays, says by whom and why, and counts for nothing.

    Args:
        incident: which.
        reason: why it was not to be recorded.
        by: who wrote it, or another who might have confirmed it.

    Raises:
        Conflict: it is confirmed or withdrawn already.
        Invalid: no reason.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_l("Say why in a few words."))
    _require_recorded(incident)
    incident.state = IncidentState.WITHDRAWN
    incident.withdrawn_by_id = by.id
    incident.withdrawn_at = clock.now()
    incident.withdrawn_for = reason.strip()
    _append("incident.withdrawn", incident, incident.sitting, by, reason=incident.withdrawn_for)


def _require_recorded(incident: Incident) -> None:
    """Hold a record that waits for its second person, as it stands now."""
    lock("incident", incident.code)
    db.session.flush()
    db.session.refresh(incident, with_for_update=True)
    if incident.state == IncidentState.CONFIRMED:
        raise Conflict(_l("This record is confirmed already."))
    if incident.state == IncidentState.WITHDRAWN:
        raise Conflict(_l("This record was withdrawn."))


def require_not_marked(sitting: Sitting) -> None:
    """Let nothing be written down at the desk of a sitting whose marks rest on what was written down.

    Raises:
        Conflict: it is marked.
    """
    if sitting.state in (SittingState.MARKED, SittingState.PUBLISHED):
        raise Conflict(_l("The sitting is marked: nothing more is recorded at its desk."))


def _require_unmarked(sitting: Sitting) -> None:
    if sitting.state in (SittingState.MARKED, SittingState.PUBLISHED):
        raise Conflict(_l("The sitting is marked: a record of the desk can no longer void an attempt."))


def _end_attempt(incident: Incident, by: Person) -> None:
    if not incident.ends_attempt or incident.candidate is None:
        return
    attempt = attempt_of(incident.candidate)
    # Who hands in at the same moment has ended it: the record stands, and marking goes by it.
    if attempt is not None and locked(attempt).state != AttemptState.HANDED_IN:
        end_for_misconduct(attempt, by=by)


def _append(kind: str, incident: Incident, sitting: Sitting, by: Person, **more: Any) -> None:
    ledger.append(
        kind,
        by=by,
        side="exam",
        incident=incident.code,
        sitting=sitting.code,
        candidate=incident.candidate.code if incident.candidate else None,
        incident_kind=incident.kind,
        ends_attempt=incident.ends_attempt,
        first=incident.first_by_id,
        told=incident.told,
        **more,
    )


def get_incident(sitting: Sitting, code: str) -> Incident:
    """Return an incident of a sitting.

    Raises:
        NotFound: there is none here.
    """
    found = db.session.scalar(
        select(Incident).where(Incident.sitting_id == sitting.id, Incident.code == code)
    )
    if found is None:
        raise NotFound(_l("There is no such record in this sitting."))
    return found


def incidents_of(sitting: Sitting, candidate: Candidate | None = None) -> list[Incident]:
    """Return the incidents of a sitting, or of one candidate, oldest first."""
    wanted = select(Incident).where(Incident.sitting_id == sitting.id).order_by(Incident.id)
    if candidate is not None:
        wanted = wanted.where(Incident.candidate_id == candidate.id)
    return list(db.session.scalars(wanted))
