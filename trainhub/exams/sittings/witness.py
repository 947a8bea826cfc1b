"""What the tables of sittings say of plan, rooms, papers, registrations and openings, for the auditor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, union

from trainhub.exams.sites.models import ExamRoom, Site
from trainhub.exams.sittings.models import (
    Candidate,
    CandidateState,
    Change,
    Sitting,
    SittingRoom,
    SittingState,
)
from trainhub.exams.sittings.reserve import CODE_GIVEN, GIVEN
from trainhub.kernel.witness import Witness, local_day, to_second
from trainhub.people.models import Organisation

CODE = Sitting.code.label("sitting_code")
NOT_YET_OPEN = (SittingState.PLANNED, SittingState.ARRANGED)


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold of sittings.

    The training body of a candidate stays out: it is found by the name that was registered, and names change.
    """
    plan, rooms, registered = _plan(), _rooms(), _registered()
    papers = union(
        select(CODE, Sitting.paper_code).where(Sitting.paper_code.is_not(None)),
        select(CODE, Sitting.reserve_paper_code).where(Sitting.reserve_paper_code.is_not(None)),
        # One that was begun stays a paper of its sitting when the next one is given.
        select(CODE, CODE_GIVEN).join(Change, Change.sitting_id == Sitting.id).where(Change.kind == GIVEN),
    )
    opened = select(CODE).where(Sitting.state.not_in(NOT_YET_OPEN))
    return (
        Witness("sitting", plan, plan),
        Witness("room", rooms, rooms),
        Witness("uses", papers, papers),
        Witness("opened", opened, opened),
        Witness("registered", registered, registered),
        Witness("marked", _noted("marked"), None),
        Witness("published", _noted("published"), None),
    )


def _plan() -> Any:
    used = (
        select(
            SittingRoom.sitting_id,
            func.count().label("rooms"),
            func.sum(SittingRoom.seats).label("candidates"),
        )
        .group_by(SittingRoom.sitting_id)
        .subquery()
    )
    day = local_day(Sitting.starts_at)
    return (
        select(
            CODE,
            Site.code.label("site_code"),
            Organisation.code.label("organisation_code"),
            Site.district,
            used.c.rooms,
            used.c.candidates,
            Sitting.qualification,
            to_second(Sitting.starts_at).label("starts_at"),
            to_second(Sitting.starts_at, Sitting.minutes).label("ends_at"),
            day.label("starts_on"),
            day.label("ends_on"),
        )
        .join(Site, Site.id == Sitting.site_id)
        .join(Organisation, Organisation.id == Site.organisation_id)
        .join(used, used.c.sitting_id == Sitting.id)
    )


def _rooms() -> Any:
    """The rooms of a sitting whose seats were given, and how many registered candidates sit in each."""
    seated = (
        select(func.count(Candidate.id))
        .where(
            Candidate.sitting_room_id == SittingRoom.id,
            Candidate.state == CandidateState.REGISTERED,
        )
        .scalar_subquery()
    )
    return (
        select(CODE, ExamRoom.code.label("room_code"), seated.label("candidates"))
        .join(SittingRoom, SittingRoom.sitting_id == Sitting.id)
        .join(ExamRoom, ExamRoom.id == SittingRoom.exam_room_id)
        .where(Sitting.state != SittingState.PLANNED)
    )


def _registered() -> Any:
    return (
        select(Candidate.person_id, CODE, Organisation.code.label("employer_code"))
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .outerjoin(Organisation, Organisation.id == Candidate.employer_id)
        .where(Candidate.state == CandidateState.REGISTERED)
    )


def _noted(kind: str) -> Any:
    day = local_day(Change.at).label("starts_on")
    return (
        select(Change.by_id.label("person_id"), CODE, day)
        .join(Sitting, Sitting.id == Change.sitting_id)
        .where(Change.kind == kind)
    )
