"""What sittings have on record of place, time, rooms, paper and candidates."""

from __future__ import annotations

from sqlalchemy import select

from trainhub.exams.sites.models import ExamRoom, Site
from trainhub.exams.sittings.models import Candidate, CandidateState, Sitting, SittingRoom, SittingState
from trainhub.kernel.db import db
from trainhub.people.models import Organisation
from trainhub.separation.comparing import Row, Testimony, rows_of

BEFORE_OPENING = (SittingState.PLANNED, SittingState.ARRANGED)


def bear_witness() -> list[Testimony]:
    """Return the sittings with time and place, their seated rooms, papers and candidates, and which began."""
    uses = select(Sitting.code, Sitting.paper_code).where(Sitting.paper_code.is_not(None))
    opened = select(Sitting.code).where(Sitting.state.not_in(BEFORE_OPENING))
    registered = (
        select(Candidate.person_id, Sitting.code, Organisation.code)
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .outerjoin(Organisation, Organisation.id == Candidate.employer_id)
        .where(Candidate.state == CandidateState.REGISTERED)
    )
    seated = (
        select(Sitting.code, ExamRoom.code)
        .join(SittingRoom, SittingRoom.sitting_id == Sitting.id)
        .join(ExamRoom, ExamRoom.id == SittingRoom.exam_room_id)
        .where(Sitting.state != SittingState.PLANNED)
    )
    who = ("person_id", "sitting_code", "employer_code")
    return [
        _sittings(),
        Testimony("room", ("sitting_code", "room_code"), rows_of(seated)),
        Testimony("uses", ("sitting_code", "paper_code"), rows_of(uses)),
        Testimony("opened", ("sitting_code",), rows_of(opened)),
        Testimony("registered", who, rows_of(registered)),
    ]


def _sittings() -> Testimony:
    statement = (
        select(Sitting, Site.code, Organisation.code)
        .join(Site, Site.id == Sitting.site_id)
        .join(Organisation, Organisation.id == Site.organisation_id)
    )
    rows: list[Row] = [
        (each.code, site, organisation, each.qualification, each.starts_at, each.ends_at)
        for each, site, organisation in db.session.execute(statement)
    ]
    where = ("sitting_code", "site_code", "organisation_code", "qualification", "starts_at", "ends_at")
    return Testimony("sitting", where, rows)
