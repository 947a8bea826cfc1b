"""What the room of sittings has to say in the proof report of a sitting: what it is, and how it stands."""

from __future__ import annotations

from sqlalchemy import func, select

from trainhub import regulations
from trainhub.exams.sittings.models import Candidate, CandidateState, Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _l
from trainhub.kernel.pages import local_time
from trainhub.separation.report import Coded, Section, Who, facts


def prove(sitting_code: str) -> list[Section]:
    """Return what is on record of a sitting; nothing if this room never had it."""
    sitting = db.session.scalar(select(Sitting).where(Sitting.code == sitting_code))
    if sitting is None:
        return []
    day = clock.local_day(sitting.starts_at)
    standing = (Candidate.sitting_id == sitting.id, Candidate.state == CandidateState.REGISTERED)
    count = db.session.scalar(select(func.count(Candidate.id)).where(*standing)) or 0
    rows = [
        (Coded("code", _l("Code")), sitting.code),
        (
            Coded("qualification", _l("Qualification")),
            regulations.qualification(sitting.qualification, on=day).name,
        ),
        (Coded("centre", _l("Exam centre")), Coded(sitting.organisation.code, sitting.organisation.name)),
        (
            Coded("site", _l("Exam site")),
            Coded(sitting.site.code, f"{sitting.site.name} · {sitting.site.district}"),
        ),
        (Coded("begins", _l("Begins")), sitting.starts_at),
        (Coded("ends", _l("Ends")), sitting.ends_at),
        (Coded("rooms", _l("Rooms")), len(sitting.rooms)),
        (Coded("candidates", _l("Candidates")), count),
        (Coded("planned_by", _l("Planned by")), Who(sitting.planned_by_id)),
        (Coded("planned_at", _l("Planned at")), local_time(sitting.planned_at)),
        (Coded("state", _l("State")), Coded(sitting.state, _WORDS[sitting.state])),
    ]
    return [facts("sitting", _l("Sitting"), _l("What"), _l("What is on record"), rows)]


_WORDS = {
    "planned": _l("planned"),
    "arranged": _l("arranged"),
    "open": _l("under way"),
    "closed": _l("closed"),
    "marked": _l("marked"),
    "published": _l("published"),
}
