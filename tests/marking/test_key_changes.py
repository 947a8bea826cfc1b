"""A question found wrong after an exam is voided or re-keyed by two people, for everybody who met it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.factories.bank import Staff, make_bank
from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.factories.marking import Marked
from tests.factories.people import make_officer, make_organisation
from tests.worlds import built_once
from trainhub import ledger
from trainhub.exams import bank as bank_room
from trainhub.exams.bank import Draft, ItemBody, ItemType, Option
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.marking import (
    Correction,
    KeyChange,
    Mark,
    Wanted,
    approve_correction,
    approve_key_change,
    differences,
    mark_sitting,
    propose_correction,
    propose_key_change,
    publish_results,
    refuse_correction,
    refuse_key_change,
    results_of,
)
from trainhub.exams.marking.listing_key_changes import registered_still
from trainhub.exams.marking.touched import Touched, touched_by
from trainhub.exams.marking.work import open_work
from trainhub.exams.sittings.models import Sitting, SittingState
from trainhub.exams.sittings.objections import decide_objection, raise_objection
from trainhub.handover import outcomes_of, publish_certificate_status
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, Refused
from trainhub.kernel.jobs import Job
from trainhub.ledger import Entry
from trainhub.people.messages import Message
from trainhub.people.models import OrganisationKind, Person
from trainhub.people.persons import give_phone
from trainhub.separation.duties import Duty

WHY = ("标准修订后答案有误", "复核记录 2026-11 号")


class Story(Marked):
    """A marked sitting whose tenth question, with the key A and C, only the first candidate got right."""

    def __init__(self, app, right=(10, 9, 8, 7)):
        super().__init__(app, right)
        with transaction():
            centre = self.sitting.organisation
            self.second_id = make_officer(Duty.MARK, centre).id
            self._write_item(centre)
        self._begin()

    def _begin(self):
        mark_sitting(self.code, self.marker_id)

    def _write_item(self, centre):
        duties = (Duty.AUTHOR_ITEMS, Duty.REVIEW_ITEMS, Duty.ASSEMBLE_PAPERS, Duty.REVIEW_PAPERS)
        staff = Staff(centre, *(make_officer(duty, centre) for duty in duties))
        bank = make_bank(staff)
        options = tuple(Option(key, f"选项{key}") for key in "ABCD")
        body = ItemBody("第10题", options, ("A", "C"))
        item = bank_room.write_item(bank, Draft(ItemType.MULTIPLE, body), by=staff.author)
        self._approved(item, staff)
        self.staff_ids = (staff.author.id, staff.reviewer.id)
        self.item_id, self.item_code = item.id, item.code

    @staticmethod
    def _approved(item, staff):
        bank_room.submit([newest_version(item)], by=staff.author)
        bank_room.approve(newest_version(item), by=staff.reviewer)

    def propose(self, to_version=None, item="I-10", by=None):
        with transaction():
            wanted = Wanted(item, 1, to_version, *WHY)
            change = propose_key_change(
                self.sitting.organisation, wanted, by=self.person(by or self.marker_id)
            )
            return change.code

    def approve(self, code, by=None):
        db.session.rollback()
        return approve_key_change(code, by or self.second_id)

    @property
    def marks(self):
        return [(each.marks, each.passed) for each in results_of(self.sitting)]


@pytest.fixture
@built_once
def story(app):
    return Story(app)


def given_for(story, item="I-10"):
    ids = [each.id for each in results_of(story.sitting)]
    statement = (
        select(Mark.given).where(Mark.result_id.in_(ids), Mark.item_code == item).order_by(Mark.result_id)
    )
    return list(db.session.scalars(statement))


def kinds():
    wanted = Entry.kind.like("key_change.%") | Entry.kind.like("result.rekeyed")
    return [row.kind for row in db.session.scalars(select(Entry).where(wanted).order_by(Entry.id))]


def test_a_voided_question_gives_its_marks_to_everybody_and_only_after_a_second_person(story):
    before = story.marks
    code = story.propose()
    assert story.marks == before

    assert story.approve(code) == 3

    assert story.marks == [(100, True), (100, True), (90, True), (80, True)]
    assert given_for(story) == [10, 10, 10, 10]
    assert differences(story.sitting) == []
    assert kinds() == [
        "key_change.proposed",
        "key_change.approved",
        *["result.rekeyed"] * 3,
        "key_change.followed",
    ]
    assert ledger.verify().as_json()["ok"]


def test_who_proposes_does_not_approve_and_nothing_is_entered(story):
    code = story.propose()

    with pytest.raises(Refused) as refusal:
        story.approve(code, story.marker_id)

    assert refusal.value.rule.id == "S-21"
    assert db.session.scalar(select(KeyChange.state)) == "proposed"
    assert given_for(story) == [10, 0, 0, 0]


def test_only_markers_of_the_centre_propose_and_approve(story):
    with transaction():
        elsewhere = make_officer(Duty.MARK, make_organisation(OrganisationKind.EXAM_CENTRE)).id
    with pytest.raises(Forbidden):
        story.propose(by=elsewhere)
    code = story.propose()
    for stranger in (elsewhere, story.publisher_id):
        with pytest.raises(Forbidden):
            story.approve(code, stranger)


def test_a_change_needs_reason_and_basis_and_a_question_that_was_set(story):
    with transaction(), pytest.raises(Invalid):
        wanted = Wanted("I-10", 1, None, "?", "?")
        propose_key_change(story.sitting.organisation, wanted, by=story.person(story.marker_id))
    with pytest.raises(Conflict):
        story.propose(item="I-77")
    story.propose()
    with pytest.raises(Conflict):
        story.propose()


def test_a_refused_change_leaves_every_key_as_it_was(story):
    code = story.propose()
    with transaction():
        change = db.session.scalars(select(KeyChange).where(KeyChange.code == code)).one()
        refuse_key_change(change, "原答案无误", by=story.person(story.second_id))

    with pytest.raises(Conflict):
        story.approve(code)
    assert given_for(story) == [10, 0, 0, 0]
    story.propose()


def rename_in_paper(app, story):
    """Let the sealed paper name the item as the bank does."""
    paper = app.extensions["opened-papers"]["P-TEST", story.code]
    items = tuple(
        replace(each, item_code=story.item_code) if each.item_code == "I-10" else each for each in paper.items
    )
    app.extensions["opened-papers"]["P-TEST", story.code] = replace(paper, items=items)
    with transaction():
        db.session.execute(update(Mark).where(Mark.item_code == "I-10").values(item_code=story.item_code))


def write_version(story, answer, options="ABCD", approve=True):
    with transaction():
        author, reviewer = (story.person(each) for each in story.staff_ids)
        item = db.session.get_one(Item, story.item_id)
        body = ItemBody("第10题", tuple(Option(key, f"选项{key}") for key in options), answer)
        version = bank_room.revise_item(item, body, by=author)
        bank_room.submit([version], by=author)
        if approve:
            bank_room.approve(version, by=reviewer)
        return version.number


def test_with_another_key_right_becomes_wrong_and_wrong_becomes_right(app, story):
    rename_in_paper(app, story)
    number = write_version(story, ("A",))

    story.approve(story.propose(number, story.item_code))

    assert given_for(story, story.item_code) == [0, 10, 10, 10]
    assert story.marks == [(90, True), (100, True), (90, True), (80, True)]
    assert differences(story.sitting) == []


def test_a_version_that_nobody_approved_or_that_offers_other_options_gives_no_key(app, story):
    rename_in_paper(app, story)
    unapproved = write_version(story, ("A",), approve=False)
    for version in (unapproved, 1, 9):
        with pytest.raises(Conflict):
            story.propose(version, story.item_code)
    with transaction():
        bank_room.approve(
            db.session.scalars(select(ItemVersion).where(ItemVersion.number == unapproved)).one(),
            by=story.person(story.staff_ids[1]),
        )
    other = write_version(story, ("A",), options="ABCDE")
    with pytest.raises(Conflict):
        story.propose(other, story.item_code)


def test_published_results_that_change_are_handed_over_and_told_anew(story, client):
    with transaction():
        for place, result in enumerate(results_of(story.sitting)):
            give_phone(result.person, f"1380000010{place}")
    with transaction():
        # The third says they did not sit; the fourth is registered for the next sitting of what they failed.
        third = results_of(story.sitting)[2].candidate
        objection = raise_objection(third, "not_sat", "不是我考的", "", channel="link")
        later = make_seated_sitting(state=SittingState.PLANNED)
        make_seated_candidate(later, 1, results_of(story.sitting)[3].person)
        later = later.code
    publish_results(story.code, story.publisher_id)
    told = db.session.query(Message).filter_by(subject="result.corrected").count()

    code = story.propose()
    story.approve(code)

    assert db.session.query(Message).filter_by(subject="result.corrected").count() - told == 2
    effects = db.session.scalars(select(KeyChange)).one().effects
    assert [each.was_published for each in effects] == [True, True, False, True]
    fourth = results_of(story.sitting)[3]
    assert story.marks[3] == (80, True) and [each.passed for each in outcomes_of(fourth.person)] == [True]
    assert list(registered_still(effects)) == [fourth.person_id]
    client.sign_in(story.person(story.second_id))
    assert later in client.get(f"/exam/marking/key-changes/{code}").text

    with transaction():
        db.session.add(objection)
        decide_objection(objection, False, "照片与监控一致", by=story.person(story.publisher_id))
    assert publish_results(story.code, story.publisher_id) == 1
    third = results_of(story.sitting)[2]
    assert (third.marks, third.state) == (90, "published")
    assert [each.passed for each in outcomes_of(third.person)] == [True]


def test_marks_corrected_by_hand_stay_and_are_named(story):
    with transaction():
        result = results_of(story.sitting)[3]
        correction = propose_correction(result, 95, *WHY, by=story.person(story.marker_id)).id
    with transaction():
        approve_correction(db.session.get_one(Correction, correction), by=story.person(story.second_id))

    story.approve(story.propose())

    assert story.marks[3] == (95, True)
    effects = db.session.scalars(select(KeyChange)).one().effects
    assert [each.by_hand for each in effects] == [False, False, False, True]
    assert differences(story.sitting) == []


def test_somebody_must_look_at_marks_corrected_by_hand_until_they_are_said_to_stay(app, story, client):
    with transaction():
        for place, marks in ((2, 85), (3, 95)):
            result = results_of(story.sitting)[place]
            row = propose_correction(result, marks, *WHY, by=story.person(story.marker_id))
            approve_correction(row, by=story.person(story.second_id))
        tickets = [each.candidate.ticket_number for each in results_of(story.sitting)]
        codes = [each.candidate.code for each in results_of(story.sitting)]
    change = story.propose()
    story.approve(change)
    address = f"/exam/marking/key-changes/{change}"

    def tasks():
        person = db.session.get_one(Person, story.marker_id)
        with app.test_request_context():
            found = open_work(person, frozenset({Duty.MARK}))
        db.session.rollback()
        return [each.count for each in found if each.url.startswith(address)]

    assert tasks() == [2]
    client.sign_in(story.person(story.marker_id))
    page = client.get(address).text
    assert all(f"/kept/{code}" in page for code in codes[2:]) and tickets[3] in page
    assert client.post(f"{address}/kept/{codes[3]}", data={"reason": "短"}).status_code == 422
    db.session.rollback()
    kept = {"reason": "更正与本题无关，分数不变。"}
    assert client.post(f"{address}/kept/{codes[3]}", data=kept).status_code == 302
    assert client.post(f"{address}/kept/{codes[3]}", data=kept).status_code == 409
    assert client.post(f"{address}/kept/{codes[0]}", data=kept).status_code == 409
    db.session.rollback()
    assert kept["reason"] in client.get(address).text
    assert tasks() == [1]
    assert db.session.scalars(select(Entry).where(Entry.kind == "result.marks_kept")).one()
    db.session.rollback()

    with transaction():
        row = propose_correction(results_of(story.sitting)[2], 90, *WHY, by=story.person(story.marker_id)).id
    assert tasks() == []
    with transaction():
        refuse_correction(
            db.session.get_one(Correction, row), "依据不足，不予更正", by=story.person(story.second_id)
        )
    assert tasks() == [1]


def test_a_sitting_marked_later_follows_the_approved_change(app, story):
    story.approve(story.propose())
    later = Marked(app, right=(9,))
    with transaction():
        db.session.execute(
            update(Sitting)
            .where(Sitting.code == later.code)
            .values(organisation_id=story.sitting.organisation_id)
        )
    mark_sitting(later.code, story.marker_id)
    assert [each.marks for each in results_of(later.sitting)] == [100]


def test_a_second_marker_finds_the_change_among_the_tasks_and_approves_on_the_page(app, story, client):
    def be(person_id):
        client.sign_in(db.session.get_one(Person, person_id))

    be(story.marker_id)
    page = client.get(f"/exam/statistics/{story.code}/I-10").text
    assert "作废" in page
    form = {"item": "I-10", "version": "1", "kind": "void", "reason": WHY[0], "basis": WHY[1]}
    answer = client.post(f"/exam/marking/{story.code}/key-changes", data=form)
    assert answer.status_code == 302
    address = answer.headers["Location"]
    page = client.get(address).text
    assert "S-21" in page and "另一名评卷人批准之前一切不变" in page
    assert client.post(f"{address}/approve").status_code == 409

    second = db.session.get_one(Person, story.second_id)
    with app.test_request_context():
        assert any(task.url == address for task in open_work(second, frozenset({Duty.MARK})))
    be(story.second_id)
    page = client.get(f"{address}?lang=en").text
    assert 'value="4-0-0"' in page and "Results that are computed anew" in page
    for unread in ({}, {"touched": "3-0-0"}):
        refused = client.post(f"{address}/approve", data=unread)
        assert refused.status_code == 422 and 'id="touched-error"' in refused.text
        assert refused.text.count("data-focus") == 1
        told = client.post(f"{address}/approve", data=unread, headers={"Accept": "application/json"})
        assert told.status_code == 422 and told.json["error"]
        assert db.session.scalar(select(func.count()).select_from(Job)) == 0
    assert client.post(f"{address}/approve", data={"touched": "4-0-0"}).status_code == 302


def test_whom_a_change_touches_counts_published_results_and_certificates_in_force(app, story):
    publish_results(story.code, story.publisher_id)
    with transaction():
        officer = make_officer(Duty.ISSUE_CERTIFICATES, story.sitting.organisation)
        held = [each.person for each in results_of(story.sitting)][:3]
        days = (365, 365, -1)
        for number, (person, off) in enumerate(zip(held, days, strict=True), start=1):
            day = clock.today() + timedelta(days=off)
            told = (person, story.sitting.qualification, f"C-{number}", day)
            publish_certificate_status(*told, False, by=officer)
        publish_certificate_status(held[1], told[1], "C-2", day, True, by=officer)
        publish_certificate_status(
            held[0], "FORKLIFT", "C-9", clock.today() + timedelta(days=9), False, by=officer
        )
    story.propose()
    change = db.session.scalars(select(KeyChange)).one()

    assert touched_by(change) == Touched(results=4, published=4, certificates=1)


def test_what_was_confirmed_is_still_what_a_change_touches_when_its_work_comes_to_it(story):
    code, known = story.propose(), "4-0-0"
    marks = story.marks
    publish_results(story.code, story.publisher_id)

    with pytest.raises(Conflict):
        approve_key_change(code, story.second_id, touched=known)
    assert story.marks == marks and kinds() == ["key_change.proposed"]

    db.session.rollback()
    assert approve_key_change(code, story.second_id, touched="4-4-0") == 3


def test_a_proposal_that_comes_back_offers_the_old_key_only_where_another_counts(story, client):
    def refused(item="I-10"):
        client.sign_in(db.session.get_one(Person, story.marker_id))
        form = {"item": item, "version": "1", "kind": "void", "reason": "zu", "basis": WHY[1]}
        answer = client.post(f"/exam/marking/{story.code}/key-changes", data=form)
        assert answer.status_code == 422
        return answer.text

    assert 'value="back"' not in refused()
    story.approve(story.propose())
    assert 'value="back"' in refused() and 'value="back"' not in refused("I-9")


def test_a_version_that_is_retired_later_still_gives_the_key(app, story):
    rename_in_paper(app, story)
    number = write_version(story, ("A",))
    story.approve(story.propose(number, story.item_code))
    with transaction():
        version = db.session.scalars(select(ItemVersion).where(ItemVersion.number == number)).one()
        bank_room.retire(version, "不再使用", by=story.person(story.staff_ids[1]))

    assert differences(story.sitting) == []


def test_a_version_that_is_retired_before_the_second_person_acts_gives_none(app, story):
    rename_in_paper(app, story)
    number = write_version(story, ("A",))
    code = story.propose(number, story.item_code)
    with transaction():
        version = db.session.scalars(select(ItemVersion).where(ItemVersion.number == number)).one()
        bank_room.retire(version, "不再使用", by=story.person(story.staff_ids[1]))

    with pytest.raises(Conflict):
        story.approve(code)
    assert given_for(story, story.item_code) == [10, 0, 0, 0]


def approving_in_the_middle(story, code):
    """What approves a change while something else is being computed."""
    approved = []

    def told(_done, _total):
        if not approved:
            approved.append(code)
            db.session.rollback()
            story.approve(code)

    return told


def test_two_changes_computed_at_once_do_not_undo_each_other(story):
    first, second = story.propose(item="I-10"), story.propose(item="I-9")

    with pytest.raises(Conflict):
        approve_key_change(first, story.second_id, approving_in_the_middle(story, second))
    assert [marks for marks, _passed in story.marks] == [100, 90, 90, 80]

    story.approve(first)
    assert [marks for marks, _passed in story.marks] == [100, 100, 100, 90]
    assert differences(story.sitting) == []


def test_a_sitting_computed_before_a_change_is_not_entered_after_it(app, story):
    code = story.propose()
    later = Marked(app, right=(9,))
    with transaction():
        moved = update(Sitting).where(Sitting.code == later.code)
        db.session.execute(moved.values(organisation_id=story.sitting.organisation_id))

    with pytest.raises(Conflict):
        mark_sitting(later.code, story.marker_id, approving_in_the_middle(story, code))
    mark_sitting(later.code, story.marker_id)
    assert [each.marks for each in results_of(later.sitting)] == [100]
