"""Closed sittings whose answers can be marked: a paper with known keys, and attempts that answered it."""

from datetime import timedelta

from tests.factories.delivery import QUESTIONS, change, make_seated_sitting, make_working_attempt
from tests.factories.people import make_officer
from trainhub.exams import delivery
from trainhub.exams.bank.content import ItemBody, Option
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.working import close_all
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.sittings import close_sitting, get_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

KEYS = {"true_false": ("T",), "single": ("B",), "multiple": ("A", "C")}
WRONG = {"true_false": "F", "single": "C", "multiple": ["A"]}


def make_paper(marks=10):
    """An opened paper of ten questions: T for true or false, B for single, A and C for multiple choice."""
    items = tuple(
        PaperItem(
            number,
            f"I-{number}",
            1,
            kind,
            marks,
            ItemBody(f"第{number}题", tuple(Option(each.key, each.text) for each in options), KEYS[kind]),
        )
        for number, kind, options in QUESTIONS
    )
    return PaperContent("P-TEST", "SAFETY-MANAGER", 120, 80, items)


def lay_out(app, sitting):
    """Let a process hold the opened paper of a sitting."""
    app.extensions.setdefault("opened-papers", {})[(sitting.paper_code, sitting.code)] = make_paper()


def answer(attempt, token, right):
    """Answer every question of an attempt through the journal: these numbers right, the others wrong."""
    changes = []
    for position, place in enumerate(read_form(attempt.form), start=1):
        changes.append(change(position, position, as_shown(place, right=place.number in right)))
    code = attempt.code
    db.session.rollback()
    delivery.append(code, token, changes)


def as_shown(place, *, right):
    """A right or a wrong answer to a question, in the letters that its candidate sees."""
    wanted = list(KEYS[place.type]) if right else WRONG[place.type]
    wanted = wanted[0] if len(wanted) == 1 and place.type != "multiple" else wanted
    if place.type == "true_false":
        return wanted
    letters = dict(zip(place.options, place.letters(), strict=True))
    return sorted(letters[key] for key in wanted) if isinstance(wanted, list) else letters[wanted]


class Marked:
    """A centre with marker and publisher, and a closed sitting whose candidates answered as told.

    Args:
        app: whose process has the paper open.
        right: for each candidate how many of the ten questions are answered right.
    """

    def __init__(self, app, right=(10, 7), misconduct=()):
        with transaction():
            sitting = make_seated_sitting(paper_code="P-TEST")
            self.code, centre = sitting.code, sitting.organisation
            self.marker_id = make_officer(Duty.MARK, centre).id
            self.publisher_id = make_officer(Duty.PUBLISH_RESULTS, centre).id
            self.second_publisher_id = make_officer(Duty.PUBLISH_RESULTS, centre).id
            self.planner_id = sitting.planned_by_id
            self.tell_planned(sitting)
        self.attempts = []
        for seat, count in enumerate(right, start=1):
            attempt, token = make_working_attempt(get_sitting(self.code), seat, form_seed=seat)
            self.attempts.append(attempt.id)
            answer(attempt, token, range(1, count + 1))
        self._close(app, misconduct)

    def tell_planned(self, sitting):
        """Tell the ledger of the plan, where what is tried asks the ledger for it."""

    def _close(self, app, misconduct):
        with clock.set_to(clock.now() + timedelta(minutes=30)), transaction():
            planner = db.session.get_one(Person, self.planner_id)
            for place in misconduct:
                delivery.end_for_misconduct(db.session.get_one(Attempt, self.attempts[place]), by=planner)
            close_all(self.sitting, by=planner)
            close_sitting(self.sitting, by=planner)
        lay_out(app, self.sitting)

    @property
    def sitting(self):
        """The sitting as it is now."""
        return get_sitting(self.code)

    def person(self, person_id):
        """One of its persons, in the present session."""
        return db.session.get_one(Person, person_id)
