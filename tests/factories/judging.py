"""A closed sitting whose candidates wrote in their own words, and assessors in the register of its centre."""

import random
from datetime import timedelta

from tests.factories.delivery import change, make_seated_candidate, make_seated_sitting
from tests.factories.every_type import CONSTRUCTED, TRUE_FALSE
from tests.factories.people import make_officer
from tests.factories.staffing import make_staff_member
from trainhub.exams import delivery
from trainhub.exams.delivery.asked import asked
from trainhub.exams.delivery.chain import first_link, hash_token
from trainhub.exams.delivery.form import draw_form, write_form
from trainhub.exams.delivery.models import Attempt, AttemptState
from trainhub.exams.delivery.working import close_all
from trainhub.exams.marking.giving_out import allot
from trainhub.exams.marking.judging import enter, own_judgement, own_work
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.sittings import close_sitting, get_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person
from trainhub.separation import relations
from trainhub.separation.duties import Duty

CODE = "P-WRITTEN"
PAPER = PaperContent(
    CODE,
    "SAFETY-MANAGER",
    60,
    6,
    (
        PaperItem(1, "TF", 1, "true_false", 2, TRUE_FALSE),
        PaperItem(2, "CR", 1, "constructed", 8, CONSTRUCTED),
    ),
)
"""Two questions: one for the machine, and one of 5 points in two lines (2 and 3) that is worth 8 marks."""

WORDS = "先办理动火审批。\n再清理可燃物，配备灭火器。"


def state_planned(sitting):
    """Tell the register of a sitting, as its planning does."""
    relations.state_sitting(
        sitting.code,
        site=sitting.site.code,
        organisation=sitting.organisation,
        district=sitting.site.district,
        rooms=1,
        candidates=30,
        qualification=sitting.qualification,
        starts_at=sitting.starts_at,
        ends_at=sitting.ends_at,
        by=None,
    )


class Written:
    """A closed sitting; each candidate is given by what they wrote, None for nothing.

    Args:
        app: whose process has the paper open.
        words: of each candidate.
        assessors: in the register of the centre.
    """

    def __init__(self, app, words=(WORDS,), assessors=3):
        with transaction():
            sitting = make_seated_sitting(paper_code=CODE)
            sitting.pass_mark = PAPER.pass_mark
            self.code, centre = sitting.code, sitting.organisation
            self.marker_id = make_officer(Duty.MARK, centre).id
            self.second_marker_id = make_officer(Duty.MARK, centre).id
            self.publisher_id = make_officer(Duty.PUBLISH_RESULTS, centre).id
            staffing = make_officer(Duty.ASSIGN_STAFF, centre)
            self.assessors = [
                make_staff_member(centre, staffing, Duty.ASSESS).id for _each in range(assessors)
            ]
            self.staffing_id = staffing.id
            state_planned(sitting)
        app.extensions.setdefault("opened-papers", {})[(CODE, self.code)] = PAPER
        self.candidates = [self._write(seat, text) for seat, text in enumerate(words, start=1)]
        with clock.set_to(clock.now() + timedelta(minutes=30)), transaction():
            planner = self.person(self.sitting.planned_by_id)
            close_all(self.sitting, by=planner)
            close_sitting(self.sitting, by=planner)

    def _write(self, seat, text):
        sitting = self.sitting
        candidate = make_seated_candidate(sitting, seat)
        relations.state_registered(candidate.person, sitting.code, by=None)
        form = write_form(draw_form([each.drawable for each in asked(PAPER.items)], random.Random(seat)))
        attempt = Attempt(
            candidate_id=candidate.id,
            sitting_id=sitting.id,
            state=AttemptState.WORKING,
            admitted_at=clock.now(),
            started_at=clock.now(),
            deadline=clock.now() + timedelta(minutes=60),
            paper_code=CODE,
            form=form,
            token_hash=hash_token(f"token-{seat}-{sitting.code}"),
            machines=1,
        )
        db.session.add(attempt)
        db.session.flush()
        attempt.head = first_link(attempt.code, sitting.code, CODE, form)
        code, person_id, token = attempt.code, candidate.person_id, f"token-{seat}-{sitting.code}"
        db.session.commit()
        changes = [change(1, 1, "T")] + ([] if text is None else [change(2, 2, text)])
        delivery.append(code, token, changes)
        return person_id

    @property
    def sitting(self):
        """The sitting as it is now."""
        return get_sitting(self.code)

    def person(self, person_id):
        """One of its persons, in the present session."""
        return db.session.get_one(Person, person_id)

    def allot(self):
        """Have what was written given to assessors."""
        found = allot(self.code, self.marker_id)
        db.session.rollback()
        return found

    def to_mark(self):
        """Who has what to mark, by code: pairs of assessor and judgement."""
        found = [
            (assessor, each.code) for assessor in self.assessors for each in own_work(self.person(assessor))
        ]
        db.session.rollback()
        return found

    def give(self, assessor_id, code, points):
        """Let an assessor enter points."""
        with transaction():
            by = self.person(assessor_id)
            return enter(own_judgement(code, by=by), points, by=by)

    def give_all(self, *points):
        """Let assessors mark what is theirs, one after the other, as told."""
        for given in points:
            assessor, code = self.to_mark()[0]
            assert self.give(assessor, code, given)
