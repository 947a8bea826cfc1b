"""Two records of one human being meet in every rule, one account remains, no name stands in the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories.people import (
    give_duty,
    make_account,
    make_id_number,
    make_officer,
    make_organisation,
    make_person,
)
from tests.factories.separation import appoint, hold, state_class, state_sitting
from trainhub import create_app, separation
from trainhub.config import Side
from trainhub.governance import identity
from trainhub.governance.duties import duties_of, grant, holders, organisations_for, revoke
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, Refused
from trainhub.ledger import Entry
from trainhub.people.id_numbers import parse_id_number
from trainhub.people.models import Account, OrganisationKind, Person
from trainhub.people.persons import id_number_of, record_person
from trainhub.people.sign_in import Replaced, authenticate, open_account
from trainhub.separation.duties import Duty
from trainhub.separation.identity import is_behind
from trainhub.separation.models import Appointed, Granted, SamePerson, Taught
from trainhub.separation.register import current

PASSWORD = "a-long-password"


@pytest.fixture
def security(app):
    return make_officer(Duty.ADMINISTER_SECURITY, make_organisation(OrganisationKind.AUTHORITY))


def staff(name="沈国华"):
    """Somebody on record without an ID number."""
    return record_person(name, by=None)


def kinds():
    return [entry.kind for entry in db.session.query(Entry).order_by(Entry.id)]


def test_a_number_that_nobody_has_is_recorded(security):
    person, number = staff(), make_id_number()
    joined = identity.identify(person, number, by=security)
    assert (joined.person.id, joined.violations) == (person.id, ())
    assert id_number_of(person) == number
    assert kinds()[-1] == "person.id_number.given"
    assert number not in "".join(entry.body for entry in db.session.query(Entry))
    with pytest.raises(Conflict):
        identity.give_id_number(person, make_id_number(), by=security)
    with pytest.raises(Invalid):
        identity.give_id_number(staff(), number[:-1] + ("0" if number[-1] != "0" else "1"), by=security)


def test_a_number_on_record_elsewhere_changes_nothing_until_the_records_are_joined(security):
    person, other = staff(), make_person()
    assert identity.give_id_number(person, id_number_of(other), by=security) is other
    assert person.id_number_hash is None
    assert db.session.query(SamePerson).count() == 0


def test_an_old_number_of_fifteen_digits_is_the_same_person(security):
    number = make_id_number()
    old = number[:6] + number[8:17]
    assert parse_id_number(old) == number
    other = make_person(id_number=number)
    assert identity.identify(staff(), old, by=security).person.id == other.id
    assert record_person(other.name, old, by=None) is other


@pytest.mark.parametrize("first", ["conflict", "identity"])
def test_two_records_meet_whichever_came_first(security, first):
    """Training knows the teacher by ID number, the examination side by another record without one."""
    teacher, examiner, learner, code = make_person(), staff(), make_person(), state_sitting()
    separation.relations.state_registered(learner, code, by=None)
    hold(examiner, Duty.INVIGILATE)
    if first == "conflict":
        appoint(examiner, code)
        state_class(teacher, [learner])
        assert "S-07" not in {each.rule.id for each in separation.audit().violations}
        joined = identity.identify(examiner, id_number_of(teacher), by=security)
        assert "S-07" in {each.rule.id for each in joined.violations}
        found = {(each.rule.id, each.person) for each in separation.audit().violations}
        assert ("S-07", teacher.id) in found
        assert kinds()[-1] == "person.joined"
    else:
        identity.identify(examiner, id_number_of(teacher), by=security)
        state_class(teacher, [learner])
        for record in (examiner, teacher):
            with pytest.raises(Refused) as refusal:
                separation.relations.state_appointed(record, code, Duty.INVIGILATE, by=None)
            assert refusal.value.rule.id == "S-07"


def test_what_was_known_before_the_join_can_still_be_told(security):
    now = clock.now()
    with clock.set_to(now):
        teacher, examiner, learner, code = make_person(), staff(), make_person(), state_sitting()
        separation.relations.state_registered(learner, code, by=None)
        appoint(examiner, code)
        state_class(teacher, [learner])
    with clock.set_to(now + timedelta(hours=1)):
        identity.identify(examiner, id_number_of(teacher), by=security)
    with clock.set_to(now + timedelta(hours=2)):
        assert "S-07" in {each.rule.id for each in separation.audit().violations}
        before = separation.audit(at=now + timedelta(minutes=30))
        assert "S-07" not in {each.rule.id for each in before.violations}


def test_duties_count_under_whichever_record_they_were_granted(security):
    body, centre = make_organisation(OrganisationKind.TRAINING_BODY), make_organisation()
    one, other = staff(), make_person()
    give_duty(one, Duty.TEACH, body)
    give_duty(other, Duty.ENROL_PEOPLE, centre)
    identity.identify(one, id_number_of(other), by=security)
    for record in (one, other):
        assert duties_of(record) == {Duty.TEACH, Duty.ENROL_PEOPLE}
        assert organisations_for(record, Duty.TEACH) == [body.id]
    assert [each.id for each in holders(Duty.TEACH)] == [other.id]
    today = clock.today()
    with pytest.raises(Refused) as refusal:
        grant(
            other, Duty.INVIGILATE, make_organisation(OrganisationKind.EXAM_CENTRE), today, today, by=security
        )
    assert refusal.value.rule.id == "S-01"
    with pytest.raises(Conflict):
        grant(one, Duty.ENROL_PEOPLE, make_organisation(), today, today, by=security)
    with pytest.raises(Conflict):
        grant(other, Duty.TEACH, body, today, today, by=security)
    held = db.session.scalars(select(Grant).where(Grant.person_id == one.id)).one()
    revoke(held.id, by=security)
    assert duties_of(other) == {Duty.ENROL_PEOPLE}
    assert "S-01" not in {each.rule.id for each in separation.audit().violations}


def test_four_eyes_are_those_of_two_people_not_of_two_records(security):
    one, other = staff(), make_person()
    identity.identify(one, id_number_of(other), by=security)
    with pytest.raises(Refused):
        separation.require_other_person("S-13", one.id, other)
    with pytest.raises(Refused):
        separation.require_other_person("S-13", other.id, one)
    separation.require_other_person("S-13", one.id, security)


def test_the_account_of_the_record_with_the_number_remains_and_the_other_says_so(security):
    one, other = staff(), make_person()
    open_account(one, "shen.guohua", PASSWORD, by=None)
    open_account(other, "learner", PASSWORD, by=None)
    identity.identify(one, id_number_of(other), by=security)
    assert authenticate("learner", PASSWORD).person_id == other.id
    with pytest.raises(Replaced, match="learner"):
        authenticate("shen.guohua", PASSWORD)
    assert authenticate("shen.guohua", "wrong-password") is None
    assert "account.replaced" in kinds()


def test_an_account_goes_over_where_the_record_with_the_number_has_none(security, client):
    one, other = staff(), make_person()
    account_id, ids, security_id = make_account(one, "shen.guohua").id, (one.id, other.id), security.id
    db.session.commit()
    client.sign_in(one)
    assert client.get("/account").status_code == 200
    with transaction():
        people = (db.session.get_one(Person, each) for each in ids)
        identity.join_records(*people, by=db.session.get_one(Person, security_id))
    db.session.expire_all()
    assert db.session.get_one(Account, account_id).person_id == ids[1]
    assert client.get("/account").status_code == 302, "its sessions end"


def test_whoever_signs_in_with_the_closed_account_is_told_which_to_use(security, client):
    one, other = staff(), make_person()
    open_account(one, "shen.guohua", PASSWORD, by=None)
    open_account(other, "learner", PASSWORD, by=None)
    identity.identify(one, id_number_of(other), by=security)
    db.session.commit()
    page = client.post("/sign-in", data={"username": "shen.guohua", "password": PASSWORD})
    assert page.status_code == 422 and "learner" in page.text
    guess = client.post("/sign-in", data={"username": "shen.guohua", "password": "wrong-password"})
    assert guess.status_code == 422 and "learner" not in guess.text


def test_two_numbers_are_two_people_and_one_record_is_not_joined_twice(security):
    one, other = make_person(), make_person()
    with pytest.raises(Conflict):
        identity.join_records(one, other, by=security)
    third = staff()
    identity.join_records(third, one, by=security)
    with pytest.raises(Conflict):
        identity.join_records(one, third, by=security)
    with pytest.raises(Conflict):
        identity.join_records(third, other, by=security)
    with pytest.raises(Conflict):
        identity.give_id_number(third, make_id_number(), by=security)


def test_three_records_become_one(security):
    one, two, three = staff(), staff(), make_person()
    assert identity.join_records(one, two, by=security).person.id == two.id
    assert identity.join_records(three, one, by=security).person.id == three.id
    give_duty(one, Duty.TEACH, make_organisation(OrganisationKind.TRAINING_BODY))
    assert duties_of(three) == {Duty.TEACH}
    rows = db.session.scalars(select(SamePerson).where(current(SamePerson))).all()
    assert {(row.person_id, row.other_id) for row in rows} == {(one.id, three.id), (two.id, three.id)}


@pytest.mark.parametrize("duty", [Duty.ADMINISTER_SYSTEM, Duty.AUDIT, Duty.SUPERVISE, Duty.ARRANGE_SITTINGS])
def test_nobody_else_says_who_is_who_and_nobody_of_themself(security, duty):
    other = make_officer(duty)
    for by in (other, security):
        about = staff() if by is other else by
        with pytest.raises(Forbidden):
            identity.give_id_number(about, make_id_number(), by=by)
        with pytest.raises(Forbidden):
            identity.rename(about, "新名", by=by)
        with pytest.raises(Forbidden):
            identity.join_records(about, staff(), by=by)


def test_a_changed_name_is_recorded_and_no_name_stands_in_the_ledger(security):
    person = make_person("沈国花")
    identity.rename(person, "沈国华", by=security)
    identity.rename(person, "沈国华", by=security)
    assert person.name == "沈国华"
    entries = [entry.body for entry in db.session.query(Entry).filter_by(kind="person.renamed")]
    assert len(entries) == 1 and "沈国" not in entries[0]
    assert record_person("沈国华", id_number_of(person), by=None) is person


def test_each_side_moves_its_own_rows_and_a_chore_does_the_rest(app, security):
    teacher, examiner, learner, code = make_person(), staff(), make_person(), state_sitting()
    separation.relations.state_registered(learner, code, by=None)
    appoint(examiner, code)
    state_class(examiner, [learner], days_ago=4000)
    ids = examiner.id, teacher.id, security.id
    db.session.commit()

    def names():
        relations = (Granted, Appointed, Taught)
        found = [set(db.session.scalars(select(each.person_id).where(current(each)))) for each in relations]
        return [{"examiner" if ids[0] in each else "", "teacher" if ids[1] in each else ""} for each in found]

    with create_app(replace(app.config["SETTINGS"], side=Side.OVERSIGHT)).app_context():
        with transaction():
            one, other, by = (db.session.get_one(Person, each) for each in ids)
            identity.join_records(one, other, by=by)
        assert names() == [{"", "teacher"}, {"examiner", ""}, {"examiner", ""}]
        assert not is_behind()
    for side, moved in ((Side.EXAM, [1]), (Side.TRAINING, [1, 2])):
        with create_app(replace(app.config["SETTINGS"], side=side)).app_context() as context:
            chores = context.app.extensions["chores"]
            (chore,) = [each for each in chores if each.name == "records of one person"]
            assert chore.is_due()
            with transaction():
                assert chore.do() == 1
            assert not chore.is_due()
            assert names()[1:] == [
                {"", "teacher"} if place in moved else {"examiner", ""} for place in (1, 2)
            ]


def test_the_register_is_looked_through_until_all_that_had_begun_is_over_and_not_for_ever(app, security):
    examiner, teacher, code = staff(), make_person(), state_sitting()
    assert not identity.is_behind()
    now = clock.now()
    with clock.set_to(now):
        identity.join_records(examiner, teacher, by=security)
        assert not identity.is_behind()

    def late(moment):
        with clock.set_to(moment):
            row = Appointed(
                person_id=examiner.id,
                sitting_code=code,
                duty="exam:sitting:invigilate",
                starts_on=clock.today(),
            )
            row.source, row.void = "an act that had begun before", False
            db.session.add(row)
            db.session.flush()
            return identity.is_behind()

    assert late(now + timedelta(minutes=1))
    with clock.set_to(now + timedelta(minutes=11)):
        assert identity.follow_joined() == 1
        assert not identity.is_behind()
    assert not late(now + timedelta(minutes=12)), "nothing that old can be stated any more: nobody looks"
    with clock.set_to(now + timedelta(minutes=13)):
        identity.join_records(staff(), teacher, by=security)
        assert not identity.is_behind(), "the join moved everything"


def test_a_side_is_told_only_what_it_may_know(app, security):
    teacher, examiner, learner, code = make_person(), staff(), make_person(), state_sitting()
    separation.relations.state_registered(learner, code, by=None)
    appoint(examiner, code)
    state_class(teacher, [learner])
    ids = examiner.id, teacher.id, security.id
    db.session.commit()
    with create_app(replace(app.config["SETTINGS"], side=Side.TRAINING)).app_context(), transaction():
        one, other, by = (db.session.get_one(Person, each) for each in ids)
        told = identity.join_records(one, other, by=by).violations
        assert {each.rule.id for each in told} <= {"S-01", "S-02", "S-03", "S-06"}
