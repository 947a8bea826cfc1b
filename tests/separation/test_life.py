"""The whole life of the register at random: after each step nothing is wrong, or the step was refused.

Two kinds of step may bring a conflict to light without being refused: what the training side does, which must
not learn why, and the loss of a duty. The examination side answers them at once, as its pages ask it to: it
takes people off duty and retires items. Then nothing is wrong again.
"""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.factories.people import make_account, make_organisation
from tests.separation.scenarios import NOW
from trainhub import create_app
from trainhub.config import read_settings
from trainhub.governance.duties import grant, record_grant, revoke
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Refused
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.people.persons import record_person
from trainhub.separation import Duty, audit, planned_conflicts, relations
from trainhub.separation.auditor import conflicts_of_content
from trainhub.separation.models import (
    Appointed,
    Assembled,
    Authored,
    Employed,
    Marked,
    Opened,
    Registered,
    Reviewed,
    Saw,
    Sealed,
)
from trainhub.separation.stating import standing

PEOPLE, SITTINGS, CLASSES = range(6), range(3), range(3)
ITEMS, PAPERS = range(3), range(2)
person, sitting = st.sampled_from(PEOPLE), st.sampled_from(SITTINGS)
training_class, item, paper = st.sampled_from(CLASSES), st.sampled_from(ITEMS), st.sampled_from(PAPERS)
DUTIES = (Duty.TEACH, Duty.INVIGILATE, Duty.INSPECT, Duty.AUTHOR_ITEMS, Duty.MARK, Duty.AUDIT)
HANDLED = (Authored, Reviewed, Saw, Assembled, Sealed, Marked)
STAFF = (Duty.INVIGILATE, Duty.INSPECT, Duty.ASSESS)


class Life(RuleBasedStateMachine):
    """Six people, a school, a centre, a factory, three sittings, and every act of the register."""

    migrated = None
    folder = None

    @initialize()
    def begin(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.migrated, self.folder)
        self.app = create_app(read_settings({"TRAINHUB_INSTANCE": str(self.folder)}))
        self.context = self.app.app_context()
        self.context.push()
        self.clock = NOW
        self.refused = 0
        with clock.set_to(self.clock), transaction():
            self._found()

    def _found(self):
        kinds = (OrganisationKind.TRAINING_BODY, OrganisationKind.EXAM_CENTRE, OrganisationKind.ENTERPRISE)
        self.school, self.centre, self.factory = (make_organisation(kind).code for kind in kinds)
        bureau = make_organisation(OrganisationKind.AUTHORITY)
        security, audit_chief = make_account().person, make_account().person
        until = clock.today() + timedelta(days=3000)
        for officer, duty in ((security, Duty.ADMINISTER_SECURITY), (audit_chief, Duty.AUDIT)):
            record_grant(officer, duty, bureau, clock.today(), until, by=None)
        self.granters = {duty: security.id for duty in DUTIES} | {Duty.AUDIT: audit_chief.id}
        self.people = [record_person(f"人员{number}", by=None).id for number in PEOPLE]
        for number in SITTINGS:
            self._plan(number, days=5 + 5 * number)
        for number in CLASSES:
            period = (clock.today() - timedelta(days=30), clock.today() + timedelta(days=60))
            relations.state_class(f"K{number}", self.school, "LV", *period, by=None)

    def _plan(self, number, days):
        starts_at = self.clock + timedelta(days=days)
        relations.state_sitting(
            f"S{number}",
            site="A",
            organisation=self.centre,
            district="东港区",
            rooms=1,
            candidates=30,
            qualification="LV",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            by=None,
        )

    def teardown(self):
        if hasattr(self, "context"):
            db.session.remove()
            db.engine.dispose()
            self.context.pop()

    def act(self, deed, *, silent=False):
        """Do something: it is refused, or nothing is wrong afterwards; what is silent is answered first."""
        with clock.set_to(self.clock):
            before = {str(each) for each in audit().violations}
            assert before == set()
            try:
                with transaction():
                    deed()
            except (Refused, Conflict, Forbidden):
                self.refused += 1
                return
            if silent:
                with transaction():
                    self._answer()

    def _answer(self):
        """Take off duty, and out of use, whatever a conflict names, as the pages ask for."""
        for each in planned_conflicts():
            if each.person:
                for duty in STAFF:
                    relations.withdraw_appointed(each.person, each.object, duty, by=None)
        for each in conflicts_of_content():
            relations.withdraw_live(each.object, by=None)
        for opened in standing(Opened):
            if any(each.object == opened.sitting_code for each in audit().violations):
                relations.withdraw_opened(opened.sitting_code, by=None, source="suspended")

    @rule(who=person, duty=st.sampled_from(DUTIES), days=st.integers(-3, 30), length=st.integers(0, 200))
    def grant(self, who, duty, days, length):
        def deed():
            granter = db.session.get_one(Person, self.granters[duty])
            at = self.school if duty is Duty.TEACH else self.centre
            where = db.session.query(Organisation).filter_by(code=at).one()
            first = clock.today() + timedelta(days=days)
            someone = db.session.get_one(Person, self.people[who])
            if duty is Duty.TEACH and self._worked_since(someone, first):
                return
            grant(someone, duty, where, first, first + timedelta(days=length), by=granter)

        self.act(deed)

    def _worked_since(self, someone, day):
        """Whoever did this held an examination duty, with which S-01 refuses the grant; here nobody asked.

        S-05 itself does not decide a grant: the refusal would tell who had a paper in hand.
        """
        return any(row.starts_on >= day for model in HANDLED for row in standing(model, person_id=someone.id))

    @rule(who=person)
    def revoke(self, who):
        def deed():
            for row in db.session.query(Grant).filter_by(person_id=self.people[who], revoked_at=None):
                revoke(row.id, by=db.session.get_one(Person, self.granters[Duty(row.duty)]))

        self.act(deed, silent=True)

    @rule(who=person, where=training_class, days=st.integers(-500, 20))
    def teach(self, who, where, days):
        first = (self.clock + timedelta(days=days)).date()
        period = (first, first + timedelta(days=20))
        self.act(
            lambda: relations.state_taught(
                self.people[who], f"K{where}", self.school, *period, by=None, source="class"
            ),
            silent=True,
        )

    @rule(who=person, where=training_class)
    def learn(self, who, where):
        """The late door: a class, or a training record handed over, after the staff was drawn."""
        period = (self.clock.date() - timedelta(days=20), self.clock.date())
        self.act(
            lambda: relations.state_attended(
                self.people[who], f"K{where}", self.school, *period, by=None, source="training record"
            ),
            silent=True,
        )

    @rule(who=person, what=item, authors=st.booleans())
    def write(self, who, what, authors):
        stated = relations.state_authored if authors else relations.state_reviewed
        self.act(lambda: stated(self.people[who], f"I{what}", by=None))

    @rule(what=item)
    def put_live(self, what):
        self.act(lambda: relations.state_live(f"I{what}", "LV", by=None))

    @rule(who=person, what=paper, how=st.sampled_from(["assembled", "sealed", "saw"]))
    def handle_paper(self, who, what, how):
        self.act(lambda: getattr(relations, f"state_{how}")(self.people[who], f"P{what}", by=None))

    @rule(what=paper, holds=item)
    def compose(self, what, holds):
        self.act(lambda: relations.state_contains(f"P{what}", [f"I{holds}"], by=None), silent=True)

    @rule(where=sitting, what=paper)
    def use(self, where, what):
        self.act(lambda: relations.state_uses(f"S{where}", f"P{what}", by=None))

    @rule(who=person, where=sitting, sent=st.booleans())
    def register(self, who, where, sent):
        employer = self.factory if sent else None
        self.act(
            lambda: relations.state_registered(self.people[who], f"S{where}", employer=employer, by=None),
            silent=bool(standing(Opened, sitting_code=f"S{where}")),
        )

    @rule(who=person)
    def employ(self, who):
        def deed():
            if not standing(Employed, person_id=self.people[who]):
                relations.state_employed(
                    self.people[who], self.factory, self.clock.date(), by=None, source="list"
                )

        self.act(deed, silent=True)

    @rule(one=person, other=person)
    def declare(self, one, other):
        self.act(
            lambda: relations.state_related(self.people[one], self.people[other], by=None, source="own word")
        )

    @rule(who=person, where=sitting, duty=st.sampled_from(STAFF))
    def assign(self, who, where, duty):
        self.act(lambda: relations.state_appointed(self.people[who], f"S{where}", duty, by=None))

    @rule(where=sitting, who=person)
    def swap(self, where, who):
        def deed():
            for row in standing(Appointed, sitting_code=f"S{where}")[:1]:
                relations.withdraw_appointed(row.person_id, row.sitting_code, row.duty, by=None)
                relations.state_appointed(self.people[who], f"S{where}", row.duty, by=None)

        self.act(deed, silent=True)

    @rule(where=sitting)
    def open(self, where):
        self.act(lambda: relations.state_opened(f"S{where}", by=None))

    @rule(who=person, where=sitting, how=st.sampled_from(["marked", "published", "issued"]))
    def finish(self, who, where, how):
        self.act(lambda: getattr(relations, f"state_{how}")(self.people[who], f"S{where}", by=None))

    @rule(where=sitting, days=st.integers(1, 30))
    def move(self, where, days):
        self.act(lambda: self._plan(where, days), silent=True)

    @rule(one=person, other=person)
    def turn_out_to_be_one(self, one, other):
        """Two records of one human being: what follows is answered, or stays and blocks the next act."""
        if one == other or not self._hold_nothing(one, other):
            return
        with clock.set_to(self.clock), transaction():
            relations.join_persons(self.people[one], self.people[other], by=None, source="ID number")

    def _hold_nothing(self, *places):
        """Tell whether joining two persons can make nothing but conflicts that are answered (nobody lost)."""
        rows = [row for place in places for row in standing(Registered, person_id=self.people[place])]
        return not rows and not self._joining_violates(places)

    def _joining_violates(self, places):
        """Tell whether something would be wrong if two persons were one; nothing of the try stays."""
        with clock.set_to(self.clock):
            db.session.rollback()
            relations.join_persons(*(self.people[place] for place in places), by=None, source="try")
            found = bool(audit().violations)
            db.session.rollback()
            return found

    @rule(days=st.integers(1, 40))
    def let_time_pass(self, days):
        self.clock += timedelta(days=days)

    @invariant()
    def nothing_is_wrong(self):
        if hasattr(self, "clock"):
            with clock.set_to(self.clock):
                assert [str(each) for each in audit().violations] == []
                db.session.rollback()


@pytest.mark.parametrize("examples", [1, pytest.param(40, marks=pytest.mark.long)])
def test_a_life_in_which_nothing_ever_goes_wrong_unnoticed(migrated, tmp_path, examples):
    Life.migrated, Life.folder = migrated, tmp_path / "life"
    machine = Life.TestCase
    machine.settings = settings(
        max_examples=examples, stateful_step_count=25, deadline=None, phases=[Phase.generate]
    )
    machine("runTest").runTest()
