"""A sitting on paper with every type that can be printed, its candidates, and clerks who enter the sheets."""

from dataclasses import replace
from datetime import timedelta
from secrets import token_hex

from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.factories.every_type import EVERY_TYPE, WORKSHOP
from tests.factories.judging import state_planned
from tests.factories.people import make_officer
from trainhub.exams.bank import Draft, add_bank, write_item
from trainhub.exams.bank.media import bring
from trainhub.exams.delivery.admission import admit
from trainhub.exams.delivery.on_paper.arranging import put_on_paper
from trainhub.exams.delivery.on_paper.entering import enter, own_reading, say_missing, take_up
from trainhub.exams.delivery.working import close_all
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.papers.models import Blueprint, Paper, PaperState
from trainhub.exams.papers.printed_sealing import control_of_paper
from trainhub.exams.papers.printing.questions import ASKS
from trainhub.exams.sittings import close_sitting, get_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Person
from trainhub.separation import relations
from trainhub.separation.duties import Duty

KINDS = [kind for kind in EVERY_TYPE if kind in ASKS]
ITEMS = tuple(
    PaperItem(number, f"Q-{number}", 1, str(kind), 4, EVERY_TYPE[kind])
    for number, kind in enumerate(KINDS, 1)
)
RIGHT = {
    "true_false": [["√"]],
    "single": [["b"]],
    "multiple": [["dca"]],
    "fill_in": [["2", "高处", "低处"]],
    "numeric": [["1.637 MPa"]],
    "ordering": [["DABC"]],
    "matching": [["312"]],
    "constructed": [["-"]],
    "case_set": [["2"], ["ACD"], ["1.637MPa"], ["A3 B1 C2"]],
    "hazard_spotting": [["1800,5700 3400,6000 5000,9000 8600,6600"]],
}
"""What a clerk types for the right answer to each type; nothing was written in the candidate's own words."""


def typed(**instead):
    """Everything as it is right, but for some types."""
    texts = [texts for kind in KINDS for texts in instead.get(str(kind), RIGHT[str(kind)])]
    return dict(enumerate(texts))


class OnPaperSitting:
    """A closed sitting on paper; the last candidate registered never came.

    Args:
        app: whose process has the paper open.
        candidates: how many were let in.
        clerks: who enter sheets.
        is_closed: whether it is over.
    """

    def __init__(self, app, candidates=1, clerks=3, is_closed=True):
        self.app = app
        with transaction():
            code = f"P-{random_id()[:8]}"
            sitting = make_seated_sitting(paper_code=code)
            self._seal(code, sitting)
            sitting.pass_mark = 20
            self.code, self.paper_code, centre = sitting.code, code, sitting.organisation
            self.control = control_of_paper(code)
            self.planner_id = make_officer(Duty.ARRANGE_SITTINGS, centre).id
            items = [*ITEMS[:-1], replace(ITEMS[-1], item_code=self._write_scene(centre))]
            self.marker_id = make_officer(Duty.MARK, centre).id
            self.publisher_id = make_officer(Duty.PUBLISH_RESULTS, centre).id
            self.clerks = [make_officer(Duty.ENTER_SHEETS, centre).id for _each in range(clerks)]
            state_planned(sitting)
        paper = PaperContent(code, "SAFETY-MANAGER", 60, 20, tuple(items))
        app.extensions.setdefault("opened-papers", {})[(code, self.code)] = paper
        with clock.set_to(self.sitting.starts_at - timedelta(minutes=5)), transaction():
            planner = self.person(self.planner_id)
            put_on_paper(self.sitting, None, "考点停电，改用纸笔作答", by=planner)
            rows = [make_seated_candidate(self.sitting, seat) for seat in range(1, candidates + 2)]
            for row in rows:
                relations.state_registered(row.person, self.code, by=None)
            for row in rows[:-1]:
                admit(row, by=planner)
            self.tickets = [row.ticket_number for row in rows]
            self.people = [row.person_id for row in rows]
        if is_closed:
            self.close()

    def _write_scene(self, centre):
        """The question with hazards in a bank that has its picture; returns its code."""
        author = make_officer(Duty.AUTHOR_ITEMS, centre)
        bank = add_bank(f"B-{token_hex(4).upper()}", "题库", "SAFETY-MANAGER", centre, by=author)
        bring(bank, WORKSHOP, by=author)
        return write_item(bank, Draft(KINDS[-1], ITEMS[-1].body, None), by=author).code

    def _seal(self, code, sitting):
        """A sealed paper as far as its control code needs one; what it says the process has open."""
        shared = {"organisation_id": sitting.organisation_id, "qualification": sitting.qualification}
        shared |= {"minutes": 60, "pass_mark": 20}
        blueprint = Blueprint(
            code=f"B-{code}", name="纸笔卷", cells=[], created_by_id=sitting.planned_by_id, **shared
        )
        paper = Paper(
            code=code, blueprint=blueprint, marks=36, assembled_by_id=sitting.planned_by_id, **shared
        )
        paper.state, paper.content_hash = PaperState.SEALED, "a1b2c3d4" + 56 * "0"
        db.session.add(paper)
        db.session.flush()

    def close(self):
        """Close the sitting once its time is over."""
        with clock.set_to(self.sitting.ends_at + timedelta(minutes=1)), transaction():
            planner = self.person(self.planner_id)
            close_all(self.sitting, by=planner)
            close_sitting(self.sitting, by=planner)

    @property
    def sitting(self):
        """The sitting as it is now."""
        return get_sitting(self.code)

    def person(self, person_id):
        """One of its persons, in the present session."""
        return db.session.get_one(Person, person_id)

    def take_up(self, clerk, place=0, control=None):
        """Let a clerk take up a candidate's sheet; returns its code."""
        with transaction():
            by = self.person(self.clerks[clerk])
            return take_up(self.sitting, self.tickets[place], control or self.control, by=by).sheet.code

    def enter(self, clerk, texts, place=0):
        """Let a clerk enter a candidate's sheet; returns its state then."""
        code = self.take_up(clerk, place)
        with transaction():
            by = self.person(self.clerks[clerk])
            return enter(own_reading(self.sitting, code, by=by), texts, by=by).state

    def miss(self, clerk, place=0):
        """Let a clerk say that a sheet is not there; returns its state then."""
        with transaction():
            return say_missing(self.sitting, self.tickets[place], by=self.person(self.clerks[clerk])).state
