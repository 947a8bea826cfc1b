"""Somebody who knows an item begins to teach for it: the bank is told and retires it, others are not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.bank import make_approved, make_bank, make_item, make_staff
from tests.factories.people import make_officer, make_organisation
from tests.factories.separation import state_sitting
from trainhub import separation
from trainhub.exams import bank as room
from trainhub.exams.bank.conflicts import known_by_teachers, retire_known
from trainhub.exams.bank.items import newest_version
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid, Refused
from trainhub.ledger import Entry
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation import relations
from trainhub.separation.duties import Duty

REASON = "命题人员已担任教员"


@pytest.fixture
def staff(app):
    return make_staff()


@pytest.fixture
def known(staff):
    """Two items in use, one draft, and their author who begins to teach for them."""
    bank = make_bank(staff)
    items = make_approved(bank, staff, number=2)
    make_item(bank, staff)
    teach(staff.author, bank.qualification)
    return items


def teach(person, qualification, ahead=0):
    body = make_organisation(OrganisationKind.TRAINING_BODY)
    first = clock.today() + timedelta(days=ahead)
    period = (first, first + timedelta(days=10))
    code = f"CLASS-{body.code}"
    relations.state_class(code, body, qualification, *period, by=None)
    relations.state_taught(person, code, body, *period, by=None, source="class")
    return code


def codes(found):
    return {each.item.code for each in found}


def of_content():
    return [each for each in separation.audit(compares=False).violations if each.rule.id == "S-04"]


def test_the_reviewer_is_told_which_items_in_use_and_who_knows_them(staff, known):
    found = known_by_teachers(staff.reviewer)

    assert codes(found) == {item.code for item in known}
    assert all(staff.author.name in fact for each in found for fact in each.facts)


def test_a_class_for_another_qualification_is_no_conflict(staff):
    make_approved(make_bank(staff), staff)
    teach(staff.author, "LV-ELECTRICIAN")

    assert known_by_teachers(staff.reviewer) == []


def test_a_class_that_is_still_to_come_is_a_conflict_already(staff):
    bank = make_bank(staff)
    make_approved(bank, staff)
    teach(staff.reviewer, bank.qualification, ahead=20)

    assert len(known_by_teachers(make_officer(Duty.REVIEW_ITEMS, staff.centre))) == 1


def test_retiring_ends_the_conflict_and_leaves_its_trail(staff, known):
    before = clock.now()
    assert len(of_content()) == 2

    assert retire_known([item.code for item in known], REASON, by=staff.reviewer) == 2

    assert (of_content(), known_by_teachers(staff.reviewer)) == ([], [])
    assert {newest_version(item).state for item in known} == {"retired"}
    trail = db.session.query(Entry).filter_by(kind="item.conflict_ended", by_id=staff.reviewer.id)
    assert trail.count() == 2
    assert separation.audit(compares=False).is_clean
    with clock.set_to(before + timedelta(days=1)):
        assert separation.audit(compares=False).is_clean


def test_every_version_goes_not_the_newest_alone(staff, known):
    item = known[0]
    second = make_officer(Duty.AUTHOR_ITEMS, staff.centre)
    room.revise_item(item, item_body(item), by=second)
    assert codes(known_by_teachers(staff.reviewer)) == {each.code for each in known}

    retire_known([item.code], REASON, by=staff.reviewer)

    db.session.refresh(item)
    assert {version.state for version in item.versions} == {"retired"}


def item_body(item):
    from dataclasses import replace

    from trainhub.exams.bank.vault import body_of

    body = body_of(newest_version(item))
    return replace(body, stem=body.stem + "（修订）")


def test_without_a_reason_or_for_another_item_nothing_is_retired(staff, known):
    other = make_approved(make_bank(staff, "LV-ELECTRICIAN"), staff)[0]
    with pytest.raises(Invalid):
        retire_known([known[0].code], "  ", by=staff.reviewer)
    with pytest.raises(Invalid):
        retire_known([], REASON, by=staff.reviewer)
    with pytest.raises(Conflict, match=other.code):
        retire_known([other.code], REASON, by=staff.reviewer)
    retire_known([known[0].code], REASON, by=staff.reviewer)
    with pytest.raises(Conflict):
        retire_known([known[0].code], REASON, by=staff.reviewer)


def test_the_papers_of_sittings_ahead_that_hold_the_item_are_named(staff, known):
    ahead, over = state_sitting(days=5), state_sitting(days=-5)
    for number, sitting in enumerate((ahead, over)):
        relations.state_contains(f"PAPER-{number}", [known[0].code], by=None)
        relations.state_uses(sitting, f"PAPER-{number}", by=None)

    papers = {each.item.code: each.papers for each in known_by_teachers(staff.reviewer)}

    assert papers == {known[0].code: (("PAPER-0", ahead),), known[1].code: ()}


def test_a_reviewer_of_another_centre_sees_and_retires_nothing(staff, known):
    stranger = make_staff().reviewer

    assert known_by_teachers(stranger) == []
    with pytest.raises(Conflict):
        retire_known([known[0].code], REASON, by=stranger)


def test_a_retired_item_of_somebody_who_teaches_does_not_come_back(staff, known):
    draft = newest_version(make_item(known[0].bank, staff))
    room.submit([draft], by=staff.author)

    with pytest.raises(Refused) as refusal:
        room.approve(draft, by=staff.reviewer)

    assert refusal.value.rule.id == "S-04"


def test_the_page_lists_and_retires_and_other_duties_are_refused(client):
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        items = make_approved(bank, staff, number=2)
        teach(staff.author, bank.qualification)
        code, ids = items[0].code, (staff.reviewer.id, staff.author.id)
    client.sign_in(db.session.get_one(Person, ids[0]))
    page = client.get("/exam/bank/conflicts")
    assert page.status_code == 200 and code in page.text
    assert "/exam/bank/conflicts" in client.get("/home/exam").text

    assert client.post("/exam/bank/conflicts", data={"item": code}).status_code == 422
    done = client.post("/exam/bank/conflicts", data={"item": code, "reason": REASON})
    assert done.status_code == 302
    assert code not in client.get("/exam/bank/conflicts").text

    client.sign_in(db.session.get_one(Person, ids[1]))
    assert client.get("/exam/bank/conflicts").status_code == 403


def test_teaching_begins_alike_whether_or_not_items_are_known(staff):
    """The training side cannot tell from its own act that somebody wrote items."""
    bank = make_bank(staff)
    make_approved(bank, staff)
    plain = make_officer(Duty.INVIGILATE)

    assert teach(staff.author, bank.qualification) and teach(plain, bank.qualification)
    assert db.session.query(Entry).filter(Entry.kind.like("item.conflict%")).count() == 0
