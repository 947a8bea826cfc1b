"""Planning sittings and finding them again; the figures of the law on the day are written into the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select

from trainhub import ledger, regulations
from trainhub.exams import papers
from trainhub.exams.sites import ExamRoom, Site, hold_site, require_usable
from trainhub.exams.sittings.changes import note_change
from trainhub.exams.sittings.holding import hold_sitting
from trainhub.exams.sittings.models import Candidate, CandidateState, Part, Sitting, SittingRoom, SittingState
from trainhub.exams.sittings.relations import state_paper, state_plan
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import readable_code
from trainhub.people.models import Organisation, Person


def get_sitting(code: str, *, centres: Sequence[int] | None = None) -> Sitting:
    """Return a sitting by code.

    Args:
        code: of the sitting.
        centres: ids of the exam centres whose sittings the person may see; None in the house itself.

    Raises:
        NotFound: there is none, or it belongs to another centre.
    """
    statement = select(Sitting).where(Sitting.code == code)
    if centres is not None:
        statement = statement.where(Sitting.organisation_id.in_(centres))
    sitting = db.session.scalar(statement)
    if sitting is None:
        raise NotFound(_l("There is no such sitting."))
    return sitting


def candidates_of(sitting: Sitting, *, withdrawn: bool = False) -> list[Candidate]:
    """Return the candidates of a sitting by room and seat, then by ticket number."""
    statement = select(Candidate).where(Candidate.sitting_id == sitting.id)
    if not withdrawn:
        statement = statement.where(Candidate.state == CandidateState.REGISTERED)
    order = (Candidate.sitting_room_id, Candidate.seat_number, Candidate.ticket_number)
    return list(db.session.scalars(statement.order_by(*order)))


def number_of_candidates(sitting: Sitting) -> int:
    """Return how many registrations of a sitting stand."""
    statement = select(func.count(Candidate.id)).where(
        Candidate.sitting_id == sitting.id, Candidate.state == CandidateState.REGISTERED
    )
    return db.session.scalar(statement) or 0


def capacity(sitting: Sitting) -> int:
    """Return the number of seats of a sitting."""
    return sum(room.seats for room in sitting.rooms)


def plan_sitting(
    qualification: str,
    site: Site,
    rooms: Sequence[ExamRoom],
    starts_at: datetime,
    *,
    organisation: Organisation,
    by: Person,
    part: Part = Part.THEORY,
    code: str | None = None,
) -> Sitting:
    """Put a sitting into the plan.

    Args:
        qualification: code of what is examined.
        site: where; active and of the same exam centre.
        rooms: rooms of the site that are used, each whole.
        starts_at: when, aware.
        organisation: the exam centre that holds it.
        by: who plans.
        part: theory or practical.
        code: of the sitting; made up unless given.

    Raises:
        Invalid: no room, a room of another site, or a qualification that the law does not know that day.
        Conflict: the site is not active, a room is taken at that time, the time is over.
        NotFound: the site is of another exam centre.
        Refused: a separation rule forbids the site.
    """
    day = clock.local_day(starts_at)
    hold_site(site)
    require_usable(site, by=by)
    if site.centre_id != organisation.id:
        raise NotFound(_l("There is no such site."))
    _require_sound(qualification, part, site, rooms, starts_at)
    sitting = _drawn_up(qualification, part, site, starts_at, organisation, by)
    sitting.code = code or f"{day:%Y%m%d}-{readable_code(5)}"
    _require_free(sitting, rooms)
    sitting.rooms = [SittingRoom(exam_room=room, seats=room.seats) for room in rooms]
    db.session.add(sitting)
    db.session.flush()
    state_plan(sitting, by=by)
    _record_plan(sitting, by)
    return sitting


def _drawn_up(
    qualification: str, part: Part, site: Site, starts_at: datetime, organisation: Organisation, by: Person
) -> Sitting:
    """Return a sitting with the figures of the law of its day, not yet in the plan."""
    day = clock.local_day(starts_at)
    return Sitting(
        organisation=organisation,
        qualification=qualification,
        part=part,
        site=site,
        starts_at=starts_at,
        minutes=_minutes(qualification, part, starts_at),
        pass_mark=int(regulations.value(f"exam.{part}.pass_mark", on=day)),
        entry_before_minutes=int(regulations.value("exam.entry_before_minutes", on=day)),
        late_entry_minutes=int(regulations.value("exam.late_entry_minutes", on=day)),
        early_hand_in_minutes=int(regulations.value("exam.early_hand_in_minutes", on=day)),
        state=SittingState.PLANNED,
        planned_by=by,
        planned_at=clock.now(),
    )


def _record_plan(sitting: Sitting, by: Person) -> None:
    note_change(sitting, "planned", by=by)
    ledger.append(
        "sitting.planned",
        by=by,
        side="exam",
        sitting=sitting.code,
        qualification=sitting.qualification,
        part=sitting.part,
        pass_mark=sitting.pass_mark,
        minutes=sitting.minutes,
        entry_before_minutes=sitting.entry_before_minutes,
        late_entry_minutes=sitting.late_entry_minutes,
        early_hand_in_minutes=sitting.early_hand_in_minutes,
        site=sitting.site.code,
        rooms=[room.exam_room.code for room in sitting.rooms],
        starts_at=sitting.starts_at.astimezone(UTC).isoformat(),
    )


def _minutes(qualification: str, part: Part, starts_at: datetime) -> int:
    day = clock.local_day(starts_at)
    key = "exam.theory.minutes" if part is Part.THEORY else f"exam.practical.minutes.{qualification}"
    return int(regulations.value(key, on=day))


def _require_sound(
    qualification: str, part: Part, site: Site, rooms: Sequence[ExamRoom], starts_at: datetime
) -> None:
    try:
        known = regulations.qualification(qualification, on=clock.local_day(starts_at))
    except LookupError:
        raise Invalid(_("The law of that day knows no such qualification.")) from None
    if part is Part.PRACTICAL and not known.has_practical:
        raise Invalid(_("This qualification is examined in theory alone."))
    if not rooms or len({room.id for room in rooms}) != len(rooms):
        raise Invalid(_("Choose at least one room, each once."))
    if any(room.site_id != site.id for room in rooms):
        raise Invalid(_("A room belongs to another site."))
    if starts_at <= clock.now():
        raise Conflict(_("A sitting is planned before it begins, not after."))


def _require_free(sitting: Sitting, rooms: Sequence[ExamRoom]) -> None:
    """Refuse rooms in which another sitting takes place at the same time."""
    statement = (
        select(Sitting)
        .join(SittingRoom, SittingRoom.sitting_id == Sitting.id)
        .where(SittingRoom.exam_room_id.in_([room.id for room in rooms]), Sitting.state.in_(LIVE))
    )
    for other in db.session.scalars(statement.distinct()):
        if other.starts_at < sitting.ends_at and sitting.starts_at < other.ends_at:
            raise Conflict(_("A room is taken at that time by the sitting %(code)s.", code=other.code))


LIVE = (SittingState.PLANNED, SittingState.ARRANGED, SittingState.OPEN)
"""States of a sitting that is still to be held or being held."""


def give_paper(sitting: Sitting, paper_code: str, *, by: Person) -> None:
    """Decide which sealed paper a sitting uses; it stays sealed until the sitting opens.

    Raises:
        Conflict: the sitting has begun.
        Invalid: there is no sealed paper of this code for the qualification.
        Refused: a separation rule forbids it.
    """
    hold_sitting(sitting)
    if sitting.state not in (SittingState.PLANNED, SittingState.ARRANGED):
        raise Conflict(_("The sitting has begun; its paper cannot be changed."))
    if paper_code not in {paper.code for paper in papers.sealed_papers(sitting.qualification)}:
        raise Invalid(_("There is no sealed paper of this code for the qualification."))
    if sitting.paper_code == paper_code:
        return
    before, sitting.paper_code = sitting.paper_code, paper_code
    state_paper(sitting, before, by=by)
    note_change(sitting, "paper_given", by=by, paper=paper_code, before=before or "")
    ledger.append(
        "sitting.paper.given", by=by, side="exam", sitting=sitting.code, paper=paper_code, before=before
    )
