"""Who has no pass is registered for another sitting from the page of theirs, by the rules of re-sits."""

import pytest
from sqlalchemy import select

from tests.factories.delivery import make_seated_candidate
from tests.factories.marking import Marked
from tests.factories.people import make_officer
from tests.factories.separation import appoint, state_class
from tests.factories.sites import make_centre, make_site
from tests.factories.sittings import make_sitting
from tests.worlds import built_once
from trainhub import handover
from trainhub.exams.marking import mark_sitting, publish_results
from trainhub.exams.sittings import get_sitting
from trainhub.exams.sittings.changes import changes_of
from trainhub.exams.sittings.models import Candidate, Eligibility, RosterImport
from trainhub.exams.sittings.objections import raise_objection
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry
from trainhub.people.models import Message, Person
from trainhub.separation.duties import Duty

WHO = ("passed", "failed", "cheated", "absent")


class Story(Marked):
    """A published sitting: one passed, one failed, one cheated, one did not come; and one to come later."""

    def __init__(self, app, *, published=True, seats=6):
        super().__init__(app, right=(10, 7, 10), misconduct=(2,))
        with transaction():
            make_seated_candidate(self.sitting, 4)
            self.officer_id = make_officer(Duty.ARRANGE_SITTINGS, self.sitting.organisation).id
        mark_sitting(self.code, self.marker_id)
        if published:
            publish_results(self.code, self.publisher_id)
        with transaction():
            centre, by = self.sitting.organisation, self.person(self.officer_id)
            site = make_site(centre, seats=seats, by=by)
            self.to_code = make_sitting(centre, by, site=site).code
        db.session.rollback()

    def candidate(self, who):
        """One of the earlier sitting."""
        seat = WHO.index(who) + 1
        wanted = select(Candidate).where(Candidate.sitting_id == self.sitting.id)
        return db.session.scalars(wanted.where(Candidate.seat_number == seat)).one()

    def registered(self):
        """Who is registered for the sitting to come, by what they were in the earlier one."""
        db.session.rollback()
        there = {self.candidate(who).person_id: who for who in WHO}
        wanted = select(Candidate).where(Candidate.sitting_id == get_sitting(self.to_code).id)
        return {there[each.person_id]: each for each in db.session.scalars(wanted)}


@pytest.fixture
@built_once
def story(app):
    return Story(app)


def page(client, story):
    db.session.rollback()
    client.sign_in(db.session.get_one(Person, story.officer_id))
    return client.get(f"/exam/again/{story.code}", query_string={"to": story.to_code, "lang": "en"})


def send(client, story, *who):
    codes = [story.candidate(each).code for each in who]
    db.session.rollback()
    client.sign_in(db.session.get_one(Person, story.officer_id))
    told = {"to": story.to_code, "candidate": codes}
    return client.post(f"/exam/again/{story.code}?lang=en", data=told)


def reasons():
    jobs.run_pending()
    db.session.rollback()
    kept = db.session.scalars(select(RosterImport)).one()
    return {each["where"]: each["reason"] for each in kept.report["rejected"]}, kept


def box(text, candidate):
    found = text.partition(f'value="{candidate.code}"')
    return None if not found[1] else found[2].partition(">")[0]


def test_who_failed_or_was_absent_is_registered_on_one_page_and_told(on_either):
    client = on_either.test_client()
    story = Story(on_either)
    shown = page(client, story).text
    assert "checked" in box(shown, story.candidate("failed"))
    assert "checked" in box(shown, story.candidate("absent"))
    assert "checked" not in box(shown, story.candidate("cheated")), "of these somebody decides first"
    assert box(shown, story.candidate("passed")) is None
    assert send(client, story, "failed", "absent").status_code == 302
    assert reasons()[0] == {}
    found = story.registered()
    assert set(found) == {"failed", "absent"}
    assert (found["failed"].attempt_number, found["failed"].eligibility) == (2, Eligibility.EARLIER_RECORD)
    assert found["failed"].employer_name == story.candidate("failed").employer_name
    entry = db.session.scalars(select(Entry).where(Entry.kind == "candidates.come_again")).one()
    assert story.code in entry.body and story.to_code in entry.body
    assert changes_of(get_sitting(story.to_code))[0].kind == "come_again"
    told = select(Message.person_id).where(Message.subject == "sitting.registered")
    assert set(db.session.scalars(told)) == {each.person_id for each in found.values()}
    assert "registered for it" in page(client, story).text
    address = f"/exam/again/?to={story.to_code}"
    assert address in client.get(f"/exam/sittings/{story.to_code}").text
    assert f"/exam/again/{story.code}?to={story.to_code}" in client.get(address).text


def test_each_who_may_not_come_is_named_with_the_rule_before_and_after(client, story):
    with transaction():
        failed, absent = story.candidate("failed").person, story.candidate("absent").person
        centre = story.sitting.organisation
        publisher = story.person(story.publisher_id)
        day = clock.today()
        handover.publish_outcome(
            failed, "SAFETY-MANAGER", "theory", True, day, "ELSEWHERE", by=publisher, centre=centre
        )
        staff = make_officer(Duty.INVIGILATE, centre)
        state_class(staff, [absent])
        appoint(staff, story.to_code)
    shown = page(client, story).text
    assert box(shown, story.candidate("failed")) is box(shown, story.candidate("absent")) is None
    assert "and is still valid. Rule: 安监总培训〔2013〕104号" in shown
    assert "S-07" in shown
    # Whoever sends them nevertheless learns the same of each.
    send(client, story, "failed", "absent")
    found, kept = reasons()
    assert "安监总培训" in found[story.candidate("failed").ticket_number]
    assert "S-07" in found[story.candidate("absent").ticket_number]
    assert story.registered() == {}
    result = client.get(f"/exam/sittings/roster/{kept.id}").text
    assert failed_name(story) in result and "S-07" in result


def failed_name(story):
    return story.candidate("failed").person.name


def test_who_did_not_pass_is_known_on_this_page_only_after_the_publication(client, app):
    story = Story(app, published=False)
    shown = page(client, story).text
    assert "checked" in box(shown, story.candidate("absent"))
    assert box(shown, story.candidate("failed")) is None
    answer = send(client, story, "failed")
    assert answer.status_code == 422
    assert "no need to come again" in answer.text
    jobs.run_pending()
    assert story.registered() == {}


def test_more_than_there_are_seats_fill_the_seats_and_the_rest_is_named(client, app):
    story = Story(app, seats=1)
    shown = page(client, story).text
    assert "checked" in box(shown, story.candidate("failed"))
    assert "checked" not in box(shown, story.candidate("absent"))
    send(client, story, "failed", "absent")
    found, _kept = reasons()
    assert ["No seat is left" in each for each in found.values()] == [True]
    assert len(story.registered()) == 1
    answer = send(client, story, "absent")
    assert answer.status_code == 409
    assert "checked" in box(answer.text, story.candidate("absent")), "what was chosen is still chosen"


def test_whom_an_objection_concerns_is_not_registered_again(client, story):
    with transaction():
        raise_objection(story.candidate("failed"), "not_sat", "", "", channel="link")
    assert box(page(client, story).text, story.candidate("failed")) is None


def test_a_sitting_of_another_centre_is_neither_shown_nor_filled(client, story):
    with transaction():
        story.officer_id = make_officer(Duty.ARRANGE_SITTINGS, make_centre()).id
    assert page(client, story).status_code == 404
    assert send(client, story, "failed").status_code == 404


def test_who_was_admitted_by_two_people_and_absent_need_not_be_admitted_again(client, story):
    with transaction():
        story.candidate("absent").eligibility = Eligibility.ACCEPTED_EVIDENCE
    send(client, story, "absent")
    jobs.run_pending()
    assert story.registered()["absent"].eligibility == Eligibility.EARLIER_RECORD
