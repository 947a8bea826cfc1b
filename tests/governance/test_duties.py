"""Duties: who grants which, what the rules refuse, and what ends when one is withdrawn."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from markupsafe import escape
from sqlalchemy import select

from tests.factories.people import make_account, make_organisation, make_person
from trainhub.governance.duties import (
    GRANTED_BY,
    duties_of,
    grant,
    holders,
    organisations_for,
    record_grant,
    revoke,
)
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from trainhub.kernel.i18n import _l, as_kept, in_language
from trainhub.ledger import Entry, append
from trainhub.people.models import Account, Organisation, OrganisationKind, Person
from trainhub.separation.duties import ADMINISTRATION, Duty

ADMINISTRATORS = sorted(ADMINISTRATION)


class House:
    """Three administrators, a centre, a training body and somebody without a duty, by their ids."""

    def __init__(self):
        with transaction():
            authority = make_organisation(OrganisationKind.AUTHORITY)
            self.administrators = {}
            for duty in ADMINISTRATORS:
                person = make_account().person
                until = clock.today() + timedelta(days=365)
                record_grant(person, duty, authority, clock.today(), until, by=None)
                self.administrators[duty] = person.id
            self.authority = authority.id
            self.centre = make_organisation(OrganisationKind.EXAM_CENTRE).id
            self.body = make_organisation(OrganisationKind.TRAINING_BODY).id
            self.enterprise = make_organisation(OrganisationKind.ENTERPRISE).id
            account = make_account()
            self.person, self.username = account.person_id, account.username

    def organisation_for(self, duty):
        side = duty.side
        found = {"training": self.body, "exam": self.centre, "enterprise": self.enterprise}
        return found.get(side, self.authority)

    def grant(self, duty, by, *, person=None, organisation=None, first=0, last=365):
        with transaction():
            today = clock.today()
            return grant(
                db.session.get_one(Person, person or self.person),
                duty,
                db.session.get_one(Organisation, organisation or self.organisation_for(duty)),
                today + timedelta(days=first),
                today + timedelta(days=last),
                by=db.session.get_one(Person, by),
            ).id

    def security(self, duty, **more):
        return self.grant(duty, self.administrators[Duty.ADMINISTER_SECURITY], **more)

    def held(self, on=None):
        db.session.rollback()
        return duties_of(db.session.get_one(Person, self.person), on)


@pytest.fixture
def house(app):
    return House()


def trail(kind):
    db.session.rollback()
    return db.session.scalars(select(Entry).where(Entry.kind == kind)).all()


@pytest.mark.parametrize("administrator", ADMINISTRATORS)
def test_each_administrator_grants_only_what_is_theirs(house, administrator):
    by = house.administrators[administrator]
    for duty in Duty:
        with transaction():
            person = make_person().id
        if GRANTED_BY[duty] is administrator:
            house.grant(duty, by, person=person)
        else:
            with pytest.raises(Forbidden):
                house.grant(duty, by, person=person)
        held = duties_of(db.session.get_one(Person, person))
        assert held == ({duty} if GRANTED_BY[duty] is administrator else frozenset())


def test_every_duty_is_somebodys_to_grant():
    assert set(GRANTED_BY) == set(Duty)
    assert {duty for duty in Duty if GRANTED_BY[duty] is Duty.AUDIT} == {Duty.AUDIT}
    assert {duty for duty in Duty if GRANTED_BY[duty] is Duty.ADMINISTER_SYSTEM} == {Duty.ADMINISTER_SYSTEM}


@pytest.mark.parametrize("administrator", ADMINISTRATORS)
def test_nobody_grants_a_duty_to_themself(house, administrator):
    by = house.administrators[administrator]
    for duty in Duty:
        with pytest.raises(Forbidden, match="本人"):
            house.grant(duty, by, person=by)


def test_who_administers_nothing_grants_nothing(house):
    with transaction():
        other = make_person().id
    for duty in Duty:
        with pytest.raises(Forbidden):
            house.grant(duty, house.person, person=other)


def test_a_training_and_an_examination_duty_are_refused_with_the_rule_and_its_source(house):
    house.security(Duty.TEACH)
    with pytest.raises(Refused) as refusal:
        house.security(Duty.INVIGILATE)
    assert refusal.value.rule.id == "S-01"
    assert str(refusal.value.rule.source) and refusal.value.facts
    assert house.held() == {Duty.TEACH}


def test_the_same_in_a_later_period_is_refused_within_the_cooling_off_time(house):
    house.security(Duty.TEACH, first=0, last=10)
    with pytest.raises(Refused) as refusal:
        house.security(Duty.INVIGILATE, first=12, last=20)
    assert refusal.value.rule.id == "S-01"


@pytest.mark.parametrize("duty", [Duty.MANAGE_COURSES, Duty.ARRANGE_SITTINGS, Duty.MARK])
def test_an_administrator_gets_no_business_duty(house, duty):
    with pytest.raises(Refused) as refusal:
        house.security(duty, person=house.administrators[Duty.AUDIT])
    assert refusal.value.rule.id == "S-02"


def test_no_administrator_becomes_a_second_one(house):
    with pytest.raises(Refused) as refusal:
        house.grant(
            Duty.AUDIT,
            house.administrators[Duty.AUDIT],
            person=house.administrators[Duty.ADMINISTER_SYSTEM],
            organisation=house.authority,
        )
    assert refusal.value.rule.id == "S-02"


def test_a_duty_is_held_from_its_first_day_to_its_last(house):
    house.security(Duty.TEACH, first=2, last=5)
    today = clock.today()
    held = [Duty.TEACH in house.held(today + timedelta(days=day)) for day in range(8)]
    assert held == [False, False, True, True, True, True, False, False]


def test_a_period_that_ends_before_it_begins_is_refused(house):
    with pytest.raises(Invalid):
        house.security(Duty.TEACH, first=5, last=4)


@pytest.mark.parametrize(("first", "last"), [(0, 365), (365, 400), (-10, 0), (100, 120)])
def test_the_same_duty_is_not_granted_twice_in_a_period(house, first, last):
    house.security(Duty.TEACH)
    with pytest.raises(Conflict):
        house.security(Duty.TEACH, first=first, last=last)


def test_a_grant_leaves_its_trail_with_who_and_what(house):
    house.security(Duty.TEACH)
    *_start, entry = trail("duty.granted")
    assert entry.by_id == house.administrators[Duty.ADMINISTER_SECURITY]
    assert house.person in entry.body and "training:class:teach" in entry.body


def test_a_refused_grant_leaves_nothing_but_what_was_before(house):
    house.security(Duty.TEACH)
    with pytest.raises(Refused):
        house.security(Duty.INVIGILATE)
    assert len(trail("duty.granted")) == len(ADMINISTRATORS) + 1
    assert db.session.scalars(select(Grant).where(Grant.duty == Duty.INVIGILATE)).all() == []


def test_a_withdrawn_duty_ends_at_once_with_every_session(house, client):
    grant_id = house.security(Duty.TEACH)
    client.sign_in(db.session.get_one(Person, house.person))
    assert client.get("/account").status_code == 200
    with transaction():
        by = db.session.get_one(Person, house.administrators[Duty.ADMINISTER_SECURITY])
        revoke(grant_id, by=by)
    assert house.held() == frozenset()
    assert client.get("/account").status_code == 302
    assert len(trail("duty.revoked")) == 1
    with pytest.raises(NotFound), transaction():
        revoke(grant_id, by=db.session.get_one(Person, by.id))


@pytest.mark.parametrize("administrator", [Duty.AUDIT, Duty.ADMINISTER_SYSTEM])
def test_only_who_may_grant_a_duty_withdraws_it(house, administrator):
    grant_id = house.security(Duty.TEACH)
    with pytest.raises(Forbidden), transaction():
        revoke(grant_id, by=db.session.get_one(Person, house.administrators[administrator]))
    assert house.held() == {Duty.TEACH}


def test_a_duty_is_held_for_an_organisation_and_for_no_other(house):
    house.security(Duty.TEACH)
    person = db.session.get_one(Person, house.person)
    assert organisations_for(person, Duty.TEACH) == [house.body]
    assert organisations_for(person, Duty.MANAGE_COURSES) == []
    assert [each.id for each in holders(Duty.TEACH)] == [house.person]


# ---- the pages


@pytest.fixture
def security(house, client):
    client.sign_in(db.session.get_one(Person, house.administrators[Duty.ADMINISTER_SECURITY]))
    return client


def form(house, duty, organisation_id, **more):
    db.session.rollback()
    code = db.session.get_one(Organisation, organisation_id).code
    db.session.rollback()
    today = clock.today()
    return {
        "duty": duty.value,
        "organisation": code,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=30)).isoformat(),
    } | more


def test_a_page_grants_and_the_next_shows_it(house, security):
    address = f"/oversight/people/{house.username}"
    answer = security.post(address + "/duties", data=form(house, Duty.TEACH, house.body))
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert Duty.TEACH in house.held()
    assert "教员" in security.get(address).text


def test_a_page_shows_the_refusal_with_rule_source_and_fact(house, security):
    house.security(Duty.TEACH)
    address = f"/oversight/people/{house.username}/duties"
    until = (clock.today() + timedelta(days=77)).isoformat()
    answer = security.post(address, data=form(house, Duty.INVIGILATE, house.centre, ends_on=until))
    assert answer.status_code == 409
    assert "S-01" in answer.text and "湖南" in answer.text
    # The form is there as it was sent.
    assert re.search(f'<option selected value="{Duty.INVIGILATE.value}"', answer.text)
    assert f'value="{until}"' in answer.text
    assert house.held() == {Duty.TEACH}


def test_a_page_refuses_an_administrator_a_business_duty_with_the_rule(house, security):
    auditor = db.session.get_one(Person, house.administrators[Duty.AUDIT])
    account = db.session.scalars(select(Account).where(Account.person_id == auditor.id)).one()
    address = f"/oversight/people/{account.username}/duties"
    answer = security.post(address, data=form(house, Duty.MARK, house.centre))
    assert (answer.status_code, "S-02" in answer.text) == (409, True)
    assert duties_of(db.session.get_one(Person, house.administrators[Duty.AUDIT])) == {Duty.AUDIT}


@pytest.mark.parametrize("duty", [Duty.AUDIT, Duty.ADMINISTER_SYSTEM])
def test_a_form_with_a_duty_that_was_not_offered_is_refused(house, security, duty):
    address = f"/oversight/people/{house.username}/duties"
    answer = security.post(address, data=form(house, duty, house.authority))
    assert answer.status_code in (403, 422)
    assert house.held() == frozenset()


def test_who_holds_a_duty_is_not_told_to_those_without_administration(house, client):
    client.sign_in(db.session.get_one(Person, house.person))
    assert client.get(f"/oversight/people/{house.username}").status_code == 403


def test_the_ledger_says_a_reason_from_a_list_in_the_auditors_language_and_shows_what_is_hashed(
    house, client
):
    with transaction(), in_language("en"):
        append("halt.begun", by=None, side="exam", reason=as_kept(_l("Reason")), minutes=[5])
    client.sign_in(db.session.get_one(Person, house.administrators[Duty.AUDIT]))
    for language, word in (("zh_CN", "原因"), ("en", "Reason")):
        page = client.get(f"/oversight/ledger?kind=halt.begun&lang={language}").text
        assert f"<p>{word}</p>" in page
        assert page.count(str(escape(as_kept(_l("Reason")).replace('"', '\\"')))) == 1


def test_the_auditor_reads_the_ledger_and_changes_nothing(house, client):
    house.security(Duty.TEACH)
    client.sign_in(db.session.get_one(Person, house.administrators[Duty.AUDIT]))
    page = client.get("/oversight/ledger")
    assert page.status_code == 200 and "duty.granted" in page.text
    assert client.get("/oversight/ledger?kind=duty.granted").status_code == 200
    address = f"/oversight/people/{house.username}/duties"
    assert client.post(address, data=form(house, Duty.TEACH, house.body)).status_code in (403, 422)
    assert house.held() == {Duty.TEACH}
