"""A refused act is decided once more from the ledger; a row of the register, from the register."""

import json
from datetime import timedelta

import pytest

from tests.factories.people import make_account, make_organisation, make_person
from tests.factories.separation import appoint, hold, state_class, state_sitting
from trainhub import ledger
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid, NotFound, Refused
from trainhub.people.models import OrganisationKind
from trainhub.separation import Duty, audit, relations, require_other_person
from trainhub.separation.auditor import read_moment
from trainhub.separation.models import Appointed
from trainhub.separation.refusals import record_refusal
from trainhub.separation.replay import refusal_of, replay_of_row, row_of, superseding
from trainhub.separation.search import Question, find
from trainhub.separation.stating import standing, state, withdraw


@pytest.fixture
def house(app):
    """A sitting, its candidate, who taught them, and an invigilator who did not; by their ids and codes."""

    class House:
        sitting = state_sitting()
        candidate, instructor, invigilator = (make_person().id for _each in range(3))
        taught_in = state_class(instructor, [candidate])

    relations.state_registered(House.candidate, House.sitting, by=None)
    for person in (House.instructor, House.invigilator):
        hold(person, Duty.INVIGILATE)
    db.session.commit()
    return House


def refused(act, *args, **named):
    """Try an act that is refused, keep the refusal as the pages do, and return its entry's number."""
    with pytest.raises(Refused) as refusal:
        act(*args, **named)
    db.session.rollback()
    record_refusal(refusal.value)
    entries = db.session.query(ledger.Entry).filter_by(kind="decision.refused")
    return entries.order_by(ledger.Entry.id.desc()).first().id


def ids(violations):
    return [each.rule.id for each in violations]


def test_a_refusal_is_found_again_by_what_was_known_then(house):
    refusal = refusal_of(refused(appoint, house.instructor, house.sitting))
    assert refusal.agrees
    assert (refusal.rule.id, ids(refusal.replay.then), ids(refusal.replay.today)) == (
        "S-07",
        ["S-07"],
        ["S-07"],
    )
    (proposed,) = refusal.proposed
    assert (proposed.person_id, proposed.sitting_code) == (house.instructor, house.sitting)


def test_what_became_known_later_changes_only_the_verdict_of_now(house):
    number = refused(appoint, house.instructor, house.sitting)
    relations.withdraw_taught(house.instructor, house.taught_in, by=None, source="wrong person named")
    db.session.commit()
    refusal = refusal_of(number)
    assert refusal.agrees
    assert (ids(refusal.replay.then), ids(refusal.replay.today)) == (["S-07"], [])


def test_a_replay_adds_nothing_to_the_register(house):
    number = refused(appoint, house.instructor, house.sitting)
    refusal_of(number)
    db.session.commit()
    assert standing(Appointed, sitting_code=house.sitting) == []


def test_an_entry_that_says_otherwise_is_seen(house):
    number = refused(appoint, house.instructor, house.sitting)
    entry = db.session.get_one(ledger.Entry, number)
    body = json.loads(entry.body)
    body["facts"]["violations"][0]["person"] = house.invigilator
    entry.body = json.dumps(body)
    assert not refusal_of(number).agrees


def test_a_refusal_of_one_among_many_rows_keeps_the_row_that_was_refused(house):
    """Many rows are asked about in lots: the place of a row in its lot is not its place among all."""
    others = [Appointed(person_id=make_person().id, sitting_code=house.sitting) for _each in range(230)]
    culprit = Appointed(person_id=house.instructor, sitting_code=house.sitting)
    rows = [*others, culprit]
    for row in rows:
        row.duty = Duty.INVIGILATE.value
        hold(row.person_id, Duty.INVIGILATE)
    db.session.commit()
    number = refused(state, *rows, by=None, source="test")
    assert [row.person_id for row in refusal_of(number).proposed] == [house.instructor]


def test_four_eyes_leave_nothing_to_compute_anew(app):
    person = make_person()
    db.session.commit()
    refusal = refusal_of(refused(require_other_person, "S-13", person.id, by=person))
    assert (refusal.replay, refusal.agrees, ids(refusal.violations)) == (None, False, ["S-13"])


def test_the_ledger_outlives_a_rule(house):
    number = refused(appoint, house.instructor, house.sitting)
    entry = db.session.get_one(ledger.Entry, number)
    entry.body = entry.body.replace("S-07", "S-99")
    assert ids(refusal_of(number).violations) == ["S-99"]


def test_only_a_refusal_is_a_refusal(app):
    make_organisation()
    with pytest.raises(NotFound):
        refusal_of(db.session.query(ledger.Entry).first().id)
    with pytest.raises(NotFound):
        refusal_of(10**6)


def test_a_row_that_stands_is_decided_once_more_without_itself(house):
    appoint(house.invigilator, house.sitting)
    (row,) = standing(Appointed, person_id=house.invigilator)
    again = replay_of_row(row)
    assert (again.then, again.today) == ((), ())
    asked = {rule.id for rule in again.asked}
    assert {"S-07", "S-19"} <= asked
    assert not {"S-01", "S-11"} & asked


def test_a_conflict_that_came_to_light_later_stands_against_the_row_now_and_did_not_then(house):
    appoint(house.invigilator, house.sitting)
    state_class(house.invigilator, [house.candidate])
    (row,) = standing(Appointed, person_id=house.invigilator)
    again = replay_of_row(row)
    assert (ids(again.then), ids(again.today)) == ([], ["S-07"])


def test_a_row_names_the_one_that_took_its_place(house):
    appoint(house.invigilator, house.sitting)
    (row,) = standing(Appointed, person_id=house.invigilator)
    withdraw(Appointed, by=None, source="ill", person_id=house.invigilator)
    later = superseding(row)
    assert (later.void, superseding(later), replay_of_row(later)) == (True, None, None)
    with pytest.raises(NotFound):
        row_of("appointed", 10**6)
    with pytest.raises(NotFound):
        row_of("ledger_entry", 1)


def found(**question):
    return {each.relation for each in find(Question(**question), 1, 50)[0]}


def test_rows_are_found_by_person_sitting_and_relation(house):
    appoint(house.invigilator, house.sitting)
    assert found(person=house.instructor) == {"granted", "taught"}
    assert found(code=house.sitting) == {"sitting", "registered", "appointed"}
    assert found(relation="registered", code=house.sitting) == {"registered"}
    assert found(person=house.candidate, code=house.sitting) == {"registered"}
    assert found(person="nobody at all") == set()


def test_a_person_is_found_by_name_and_user_name(app):
    person = make_account(make_person("欧阳审言"), "ouyang").person
    relations.state_employed(person, make_organisation(), clock.today(), by=None, source="test")
    assert found(person="欧阳审言") == found(person="ouyang") == {"employed"}


def test_the_register_is_seen_as_it_was_known(house):
    before = clock.now()
    with clock.set_to(before + timedelta(minutes=1)):
        appoint(house.invigilator, house.sitting)
    with clock.set_to(before + timedelta(minutes=2)):
        withdraw(Appointed, by=None, source="ill", person_id=house.invigilator)
    asked = {"relation": "appointed", "code": house.sitting}
    assert found(**asked) == set()
    assert found(**asked, at=before) == set()
    assert found(**asked, at=before + timedelta(seconds=90)) == {"appointed"}
    rows, total = find(Question(**asked, everything=True), 1, 50)
    assert total == 2
    assert [each.stands for each in rows] == [False, False]


def test_long_answers_come_in_pages(house):
    seen = [find(Question(), page, 2)[0] for page in (1, 2)]
    keys = [(each.relation, each.row.id) for part in seen for each in part]
    assert len(set(keys)) == 4
    assert find(Question(), 1000, 2)[0] == []


def test_a_moment_is_read_by_the_clock_of_the_place(app):
    assert read_moment("2026-06-01T08:00") == read_moment("2026-06-01T00:00:00+00:00")
    for wrong in ("yesterday", "0001-01-01T00:00", "9999-12-31T23:59"):
        with pytest.raises(Invalid):
            read_moment(wrong)


def test_an_audit_of_a_sitting_that_is_not_known_is_not_called_clean(house):
    assert audit(sitting=house.sitting).violations == ()
    with pytest.raises(NotFound):
        audit(sitting="SIT-UNHEARD-OF")


def test_a_school_that_would_be_an_exam_site_is_refused_with_its_row(app):
    school = make_organisation(OrganisationKind.TRAINING_BODY)
    site = make_organisation(OrganisationKind.EXAM_SITE)
    db.session.commit()
    number = refused(relations.state_affiliated, school, site, by=None, source="extract of the register")
    refusal = refusal_of(number)
    assert (refusal.rule.id, refusal.agrees) == ("S-03", True)
