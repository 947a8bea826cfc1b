"""Answers on paper: two read each sheet alone, a third decides, and the journal is as any other."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from tests.factories.on_paper import ITEMS, RIGHT, OnPaperSitting, typed
from tests.factories.people import make_officer
from trainhub.exams.delivery import attempts_of, final_responses, is_intact
from trainhub.exams.delivery import enter as sign_in
from trainhub.exams.delivery.asked import asked
from trainhub.exams.delivery.chain import How, read_change
from trainhub.exams.delivery.form import Place
from trainhub.exams.delivery.models import Attempt, Ending, Response
from trainhub.exams.delivery.models_on_paper import AnswerSheet, Reading, SheetState
from trainhub.exams.delivery.on_paper.arranging import arrangements_of, lift, put_on_paper
from trainhub.exams.delivery.on_paper.entering import take_up
from trainhub.exams.delivery.on_paper.keyed import kept_entries, read_entries, said, write_entries
from trainhub.exams.delivery.on_paper.settling import unsettled
from trainhub.exams.marking import mark_sitting, publish_results, results_of
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from trainhub.ledger import Entry
from trainhub.people.persons import id_number_of
from trainhub.separation import audit
from trainhub.separation.comparing import compare
from trainhub.separation.comparing_words import told
from trainhub.separation.declaring import declare
from trainhub.separation.duties import Duty
from trainhub.separation.models import Related
from trainhub.separation.report_ledger import facts_of_entry


@pytest.fixture
def story(app):
    return OnPaperSitting(app)


def sheet():
    return db.session.scalars(select(AnswerSheet)).one()


def last(kind):
    wanted = select(Entry).where(Entry.kind == kind).order_by(Entry.id.desc()).limit(1)
    return facts_of_entry(db.session.scalars(wanted).one())


def test_two_who_agree_bring_a_sheet_into_the_journal_and_marking_needs_nothing_new(story):
    with pytest.raises(Conflict, match="1 份答题纸"):
        mark_sitting(story.code, story.marker_id)
    assert story.enter(0, typed()) == SheetState.WAITING
    # Another hand, another way of typing the same.
    assert story.enter(1, typed(true_false=[["1"]], multiple=[["ACD"]], matching=[["A3B1C2"]])) == "settled"
    (attempt,) = attempts_of(story.sitting)
    assert is_intact(attempt)
    assert (attempt.on_paper, attempt.ending) == (True, Ending.PAPER)
    assert {each.how for each in db.session.scalars(select(Response))} == {How.PAPER}
    answers = final_responses(attempt)
    assert answers[6] == ["D", "A", "B", "C"]
    assert answers[9] == ["B", ["A", "C", "D"], "1.637MPa", ["A3", "B1", "C2"]]
    assert answers[8] is None
    assert unsettled(story.sitting) == []
    assert mark_sitting(story.code, story.marker_id) == 1
    assert answers[10] == RIGHT["hazard_spotting"][0][0].split()
    # Ten questions of four marks, one of them left empty.
    assert [(each.marks, each.passed) for each in results_of(story.sitting)] == [(36, True)]
    publish_results(story.code, story.publisher_id)
    settled = last("sheet.settled")
    assert settled["readers"] == story.clerks[:2]
    assert (settled["differed"], settled["empty"], settled["unreadable"]) == ([], ["8"], [])
    assert last("attempt.handed_in")["ending"] == "paper"
    assert not audit(compares=False).violations
    assert [each for each in compare().differences if each.relation in ("judged", "marked")] == []


def test_where_two_differ_a_third_decides_and_both_readings_are_kept(story):
    story.enter(0, typed(single=[["A"]]))
    assert story.enter(1, typed(single=[["B"]], true_false=[["?"]])) == SheetState.DIFFERS
    assert last("sheet.differs")["places"] == ["1", "2"]
    for reader in (0, 1):
        with pytest.raises(Conflict, match="已录入"):
            story.take_up(reader)
        db.session.rollback()
    assert story.enter(2, typed(true_false=[["?"]])) == SheetState.SETTLED
    assert [each.kind for each in sheet().readings] == ["read", "read", "decision"]
    assert sheet().readings[0].entries != sheet().readings[1].entries
    (attempt,) = attempts_of(story.sitting)
    assert (final_responses(attempt)[1], final_responses(attempt)[2]) == (None, "B")
    assert last("sheet.settled")["unreadable"] == ["1"]
    assert deviating() == []
    first, second, third = sheet().readings
    with transaction():
        first.entries = first.entries.replace("A", "B", 1)
        db.session.execute(delete(Reading).where(Reading.id == second.id))
        added = Reading(sheet_id=third.sheet_id, person_id=story.marker_id, kind="read", entries="[]")
        added.entered_at = clock.now()
        db.session.add(added)
    assert deviating() == sorted(
        [("altered", story.clerks[0]), ("removed", story.clerks[1]), ("added", story.marker_id)]
    )
    assert len(told(compare())) >= 3 and "与存证不符" in "".join(map(str, told(compare())))
    with transaction():
        db.session.execute(update(Reading).where(Reading.id == third.id).values(kind="read"))
    assert ("altered", story.clerks[2]) in deviating()


def deviating():
    """How readings are not what the ledger holds, and whose they are."""
    found = [each for each in compare().differences if each.relation == "sheet_reading"]
    return sorted((each.kind.value, each.person) for each in found)


def test_crosses_near_each_other_are_one_and_the_first_readers_count(story):
    near = "8700,6700 1600,5900 3300,6100; 5200,8800"
    story.enter(0, typed())
    assert story.enter(1, typed(hazard_spotting=[[near]])) == SheetState.SETTLED
    (attempt,) = attempts_of(story.sitting)
    assert final_responses(attempt)[10] == RIGHT["hazard_spotting"][0][0].split()

    other = OnPaperSitting(story.app)
    other.enter(0, typed())
    far = "1800,6001 3400,6000 5000,9000 8600,6600"
    assert other.enter(1, typed(hazard_spotting=[[far]])) == SheetState.DIFFERS
    assert last("sheet.differs")["places"] == ["10"]
    assert other.enter(2, {12: [far]}) == SheetState.SETTLED
    (attempt,) = attempts_of(other.sitting)
    assert final_responses(attempt)[10] == far.split()


def test_nobody_reads_a_sheet_twice_or_one_of_people_they_are_close_to(story):
    story.enter(0, typed())
    with pytest.raises(Conflict):
        story.take_up(0)
    db.session.rollback()
    close = story.clerks[1]
    declare(Related(person_id=story.people[0], other_id=close), by=story.person(close), source="test")
    db.session.commit()
    with pytest.raises(Refused, match="回避关系"):
        story.take_up(1)
    db.session.rollback()
    assert story.enter(2, typed()) == SheetState.SETTLED
    with transaction():
        stranger = make_officer(Duty.ENTER_SHEETS)
        with pytest.raises(Forbidden):
            take_up(story.sitting, story.tickets[0], story.control, by=stranger)


def test_a_sheet_of_another_form_is_refused_and_so_is_who_was_absent(story):
    with pytest.raises(Invalid, match="校验码"):
        story.take_up(0, control="0000 0000")
    db.session.rollback()
    with pytest.raises(Conflict, match="未签到"):
        story.take_up(0, place=1)
    db.session.rollback()
    with pytest.raises(Conflict, match="未签到"):
        story.miss(0, place=1)
    db.session.rollback()
    with pytest.raises(NotFound):
        by = story.person(story.clerks[0])
        take_up(story.sitting, "26T0", story.control, by=by)
    assert db.session.scalars(select(Reading)).all() == []


def test_what_is_missing_is_said_by_two_and_guessed_by_nobody(app):
    story = OnPaperSitting(app, candidates=2)
    assert story.miss(0) == SheetState.WAITING
    # It turns up after all, and whoever missed it may read it.
    assert story.enter(0, typed()) == SheetState.WAITING
    assert story.enter(1, typed()) == SheetState.SETTLED
    story.miss(1, place=1)
    assert story.miss(2, place=1) == SheetState.MISSING
    with pytest.raises(Conflict):
        story.take_up(0, place=1)
    db.session.rollback()
    assert mark_sitting(story.code, story.marker_id) == 1
    assert [each.candidate.ticket_number for each in results_of(story.sitting)] == story.tickets[:1]
    assert last("sheet.missing")["readers"] == story.clerks[1:]
    assert [each for each in compare().differences if each.relation in ("judged", "marked")] == []
    assert deviating() == []


def test_a_place_left_out_or_not_offered_is_refused_and_every_answer_is_said_as_typed():
    form = tuple(
        Place(each.number, each.type, each.keys, each.targets, each.part)
        for each in (one.drawable for one in asked(ITEMS))
    )
    for kind, wrong in (
        ("single", [""]),
        ("single", ["E"]),
        ("single", ["AB"]),
        ("true_false", ["A"]),
        ("ordering", ["DAB"]),
        ("matching", ["A9 B1"]),
        ("matching", ["AB12"]),
        ("fill_in", ["", "", ""]),
        ("multiple", ["AE"]),
        ("numeric", ["长" * 61]),
        ("hazard_spotting", ["1800,5700 3400"]),
        ("hazard_spotting", ["1800,10001"]),
        ("hazard_spotting", [" ".join(11 * ["1,2"])]),
    ):
        with pytest.raises(Invalid, match=r"^Question \d"):
            read_entries(form, typed(**{kind: [wrong]}))
    with pytest.raises(Invalid, match="2001 characters were entered, and 2000 are taken"):
        read_entries(form, typed(constructed=[["字" * 2001]]))
    with pytest.raises(Invalid):
        read_entries(form, {place: texts for place, texts in typed().items() if place})
    entries = read_entries(form, typed(fill_in=[["2", "？", "-"]], constructed=[["先审批。\r\n再清理。"]]))
    assert kept_entries(write_entries(entries)) == entries
    assert [said(*pair) for pair in zip(form, entries, strict=True)][:8] == [
        "√", "B", "ACD", "2 / - / -", "1.637 MPa", "DABC", "A3 B1 C2", "先审批。\n再清理。",
    ]  # fmt: skip
    assert (entries[3].mark, entries[3].response) == ("unreadable", ["2", "", ""])


def test_nothing_is_entered_before_the_sitting_is_closed_and_no_machine_writes_to_it(app):
    story = OnPaperSitting(app, is_closed=False)
    with pytest.raises(Conflict, match="场次结束后"):
        story.take_up(0)
    db.session.rollback()
    number = id_number_of(story.person(story.people[0]))
    assert sign_in(story.tickets[0], number[-6:]) is None
    with pytest.raises(Invalid):
        read_change(
            {"sequence": 1, "position": 1, "response": "T", "flagged": False, "how": "paper", "shown_ms": 1}
        )
    planner = story.person(story.planner_id)
    with pytest.raises(Conflict, match="开考前"):
        put_on_paper(story.sitting, None, "开考后才想起来", by=planner)


def test_it_is_said_before_the_start_with_a_reason_and_can_be_taken_back(app):
    story = OnPaperSitting(app, is_closed=False)
    with clock.set_to(story.sitting.starts_at - timedelta(minutes=2)), transaction():
        planner, (row,) = story.person(story.planner_id), arrangements_of(story.sitting)
        lift(story.sitting, row.code, by=planner)
        attempt = db.session.scalars(select(Attempt)).one()
        assert not attempt.on_paper
        with pytest.raises(Invalid):
            put_on_paper(story.sitting, attempt.candidate, " ", by=planner)
        put_on_paper(story.sitting, attempt.candidate, "考生右手受伤，申请纸笔", by=planner)
        assert attempt.on_paper
        with pytest.raises(Conflict):
            put_on_paper(story.sitting, attempt.candidate, "又说一次同样的话", by=planner)
    assert last("sitting.on_paper")["reason"] == "考生右手受伤，申请纸笔"
    story.close()
    with pytest.raises(Conflict, match="不使用纸笔"):
        story.take_up(0, place=1)


def test_an_answer_changed_after_it_was_entered_keeps_the_sitting_from_being_marked(story):
    story.enter(0, typed(single=[["A"]]))
    story.enter(1, typed(single=[["A"]]))
    db.session.execute(text("UPDATE delivery_response SET response = '\"B\"' WHERE position = 2"))
    db.session.commit()
    with pytest.raises(Conflict, match=story.tickets[0]):
        mark_sitting(story.code, story.marker_id)
