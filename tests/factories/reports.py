"""A sitting in which everything has happened that a proof report tells of."""

from dataclasses import dataclass

import pytest

from tests.factories.bank import make_sealed, make_staff
from tests.factories.people import make_officer
from tests.factories.separation import state_class
from tests.factories.sittings import make_candidate, make_sitting
from tests.factories.staffing import make_staff_member
from trainhub.exams.sittings.plan import give_paper
from trainhub.exams.staffing import appoint, withdraw_appointment
from trainhub.kernel.db import db
from trainhub.kernel.errors import Refused
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.refusals import record_refusal


@dataclass(frozen=True)
class Story:
    """Codes, random ids and names of what happened; everything is committed."""

    sitting: str
    paper: str
    names: dict[str, str]
    present: str
    fallen_ill: str
    instructor: str
    candidate: str
    reviewer: str

    @property
    def full_names(self):
        """Everybody's name, as it may not be read where names are masked."""
        return sorted(self.names.values())


def make_story():
    """A sitting with a sealed paper, staff, a withdrawal, a refusal; all names unlike any word."""
    staff = make_staff()
    by = make_officer(Duty.ASSIGN_STAFF, staff.centre, name="甄排班")
    paper = make_sealed(staff)
    sitting = make_sitting(staff.centre, by)
    give_paper(sitting, paper.code, by=by)
    candidate = make_candidate(sitting, by, name="尉迟考生").person
    present, ill, instructor = (make_staff_member(staff.centre, by) for _each in range(3))
    present.name, ill.name, instructor.name = "诸葛监考", "慕容患病", "端木教员"
    appoint(sitting, sitting.rooms[0], present, Duty.INVIGILATE, by=by)
    row = appoint(sitting, sitting.rooms[0], ill, Duty.INVIGILATE, by=by)
    withdraw_appointment(row, "慕容患病突发疾病，由诸葛监考告知", by=by)
    state_class(instructor, [candidate])
    people = {"by": by, "reviewer": staff.paper_reviewer, "candidate": candidate}
    people |= {"present": present, "ill": ill, "instructor": instructor}
    names = {each.id: each.name for each in people.values()}
    ids = {name: each.id for name, each in people.items()}
    codes = sitting.code, paper.code
    db.session.commit()
    _refuse(codes[0], ids)
    return Story(
        *codes, names, ids["present"], ids["ill"], ids["instructor"], ids["candidate"], ids["reviewer"]
    )


def _refuse(sitting_code, ids):
    from trainhub.exams.sittings import get_sitting

    by, instructor = (db.session.get_one(Person, ids[name]) for name in ("by", "instructor"))
    sitting = get_sitting(sitting_code)
    with pytest.raises(Refused) as refusal:
        appoint(sitting, sitting.rooms[0], instructor, Duty.INVIGILATE, by=by)
    db.session.rollback()
    record_refusal(refusal.value)
