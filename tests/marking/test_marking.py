"""Marks come from the journal alone, a second person publishes, and what was changed in between is found."""

import random
import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from tests.factories.delivery import change, make_seated_candidate
from tests.factories.marking import KEYS, WRONG, Marked, as_shown, make_paper
from tests.factories.people import make_officer
from trainhub import handover
from trainhub.exams import delivery
from trainhub.exams.delivery.beacon import beacon_key, light, read_beacon
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.models import Attempt, Response
from trainhub.exams.invigilation import IncidentKind, Told, confirm_incident, record_incident
from trainhub.exams.invigilation.incidents import get_incident
from trainhub.exams.marking import (
    Mark,
    Result,
    Standing,
    mark_items,
    mark_sitting,
    own_results,
    publish_results,
    results_of,
    withheld,
)
from trainhub.exams.marking.statistics import hardest_questions, spread_of
from trainhub.exams.sittings.objections import decide_objection, raise_objection
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Refused
from trainhub.ledger import Entry
from trainhub.people.messages import Message
from trainhub.people.models import Person
from trainhub.people.persons import give_phone, record_person
from trainhub.separation.duties import Duty


@pytest.fixture
def closed(app):
    return Marked(app, right=(10, 8, 7))


@pytest.fixture
def marked(closed):
    mark_sitting(closed.code, closed.marker_id)
    return closed


def facts(story):
    return [(each.marks, each.passed, each.standing, each.state) for each in results_of(story.sitting)]


def kinds():
    return [entry.kind for entry in db.session.query(Entry).order_by(Entry.id)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["right", "wrong", "none"]), min_size=10, max_size=10), st.integers(1, 5))
def test_marks_are_the_sum_of_the_right_answers_whatever_is_answered(how, each_marks):
    paper = make_paper(marks=each_marks)
    responses = {}
    for item, what in zip(paper.items, how, strict=True):
        if what == "right":
            key = list(KEYS[item.type])
            responses[item.number] = random.sample(key, len(key)) if item.type == "multiple" else key[0]
        elif what == "wrong":
            responses[item.number] = WRONG[item.type]

    marks = mark_items(paper, responses)

    assert sum(each.given for each in marks) == how.count("right") * each_marks
    assert sum(each.possible for each in marks) == paper.marks


def test_a_closed_sitting_is_marked_from_its_journals(closed):
    assert mark_sitting(closed.code, closed.marker_id) == 3

    assert facts(closed) == [
        (100, True, "counted", "marked"),
        (80, True, "counted", "marked"),
        (70, False, "counted", "marked"),
    ]
    assert closed.sitting.state == "marked"
    sums = select(func.sum(Mark.given)).group_by(Mark.result_id).order_by(Mark.result_id)
    assert db.session.scalars(sums).all() == [100, 80, 70]
    assert "results.marked" in kinds()


def test_a_sitting_is_marked_once(marked):
    with pytest.raises(Conflict, match="已评卷"):
        mark_sitting(marked.code, marked.marker_id)

    assert len(facts(marked)) == 3


def arrive_late_and_count(app, story):
    """What a machine kept arrives after the end, and the desk lets it count, from another thread."""
    with app.app_context():
        attempt = db.session.get_one(Attempt, story.attempts[2])
        wrong = next(place for place in enumerate(read_form(attempt.form), 1) if place[1].number == 10)
        token = f"token-{attempt.candidate_id}-{attempt.candidate.ticket_number}"
        kept = read_beacon(light(beacon_key(), attempt.code, attempt.started_at, attempt.last_sequence))
        late, code = as_shown(wrong[1], right=True), attempt.code
        packet = [change(attempt.last_sequence + 1, wrong[0], late)]
        with clock.set_to(clock.now() + timedelta(minutes=40)):
            db.session.rollback()
            delivery.append(code, token, packet, kept)
        with transaction():
            attempt = db.session.get_one(Attempt, story.attempts[2])
            by = db.session.get_one(Person, story.planner_id)
            delivery.decide_late(attempt, True, "考场断网，监考员确认", by=by)


def test_late_answers_that_count_while_marks_are_computed_are_in_the_results_or_there_are_none(app, closed):
    done = []

    def told(*_progress):
        if not done:
            done.append(True)
            other = threading.Thread(target=arrive_late_and_count, args=(app, closed))
            other.start()
            other.join(60)

    with pytest.raises(Conflict, match="请重新评卷"):
        mark_sitting(closed.code, closed.marker_id, told)
    assert facts(closed) == []

    assert mark_sitting(closed.code, closed.marker_id) == 3
    assert [each[0] for each in facts(closed)] == [100, 80, 80]
    assert publish_results(closed.code, closed.publisher_id) == 3


def test_a_sitting_that_is_still_open_is_not_marked(closed):
    with transaction():
        closed.sitting.state = "open"

    with pytest.raises(Conflict):
        mark_sitting(closed.code, closed.marker_id)


def test_who_marks_for_another_centre_does_not_mark_here(closed):
    with transaction():
        stranger = make_officer(Duty.MARK).id

    with pytest.raises(Forbidden):
        mark_sitting(closed.code, stranger)


def test_an_attempt_ended_for_misconduct_counts_nothing(app):
    story = Marked(app, right=(10, 10), misconduct=(1,))

    mark_sitting(story.code, story.marker_id)

    assert [each[:3] for each in facts(story)] == [(100, True, "counted"), (0, False, "misconduct")]
    assert results_of(story.sitting)[1].standing == Standing.MISCONDUCT


def test_a_journal_that_was_changed_in_the_database_stops_the_marking(closed):
    with transaction():
        row = db.session.scalar(select(Response).where(Response.attempt_id == closed.attempts[2]))
        row.shown_ms = row.shown_ms + 1

    with pytest.raises(Conflict):
        mark_sitting(closed.code, closed.marker_id)

    assert facts(closed) == []


def test_results_are_published_by_a_second_person_and_handed_over(marked):
    with transaction():
        give_phone(marked.person(_person_ids(marked)[0]), "13912345678")

    assert publish_results(marked.code, marked.publisher_id) == 3

    assert {each[3] for each in facts(marked)} == {"published"}
    assert marked.sitting.state == "published"
    outcomes = [handover.outcomes_of(marked.person(each))[0] for each in _person_ids(marked)]
    assert [(each.passed, each.part) for each in outcomes] == [
        (True, "theory"),
        (True, "theory"),
        (False, "theory"),
    ]
    assert "results.published" in kinds()
    told = db.session.scalars(select(Message).where(Message.person_id.in_(_person_ids(marked)))).all()
    assert len(told) == 3
    assert [each.marks for each in own_results(marked.person(_person_ids(marked)[2]))] == [70]


def _person_ids(story):
    return [each.person_id for each in results_of(story.sitting)]


def test_nobody_sees_a_result_before_it_is_published(marked):
    assert own_results(marked.person(_person_ids(marked)[0])) == []
    assert handover.outcomes_of(marked.person(_person_ids(marked)[0])) == []


def test_who_marked_does_not_publish_even_with_the_duty(marked):
    with transaction():
        _grant_publishing(marked)

    with pytest.raises(Refused) as refusal:
        publish_results(marked.code, marked.marker_id)

    assert refusal.value.rule.id == "S-13"
    assert {each[3] for each in facts(marked)} == {"marked"}


def _grant_publishing(story):
    copy = "INSERT INTO governance_grant ({0}) SELECT {1} FROM governance_grant WHERE person_id = :from"
    names = [column.name for column in _grant_table().columns if column.name not in ("id", "code")]
    values = [":person" if name == "person_id" else name for name in names]
    statement = copy.format(", ".join(names), ", ".join(values))
    db.session.execute(text(statement), {"person": story.marker_id, "from": story.publisher_id})


def _grant_table():
    return db.metadata.tables["governance_grant"]


def test_results_are_published_once(marked):
    publish_results(marked.code, marked.publisher_id)

    with pytest.raises(Conflict):
        publish_results(marked.code, marked.second_publisher_id)


def test_nothing_is_published_before_it_is_marked(closed):
    with pytest.raises(Conflict):
        publish_results(closed.code, closed.publisher_id)


def test_who_only_marks_does_not_publish(marked):
    with pytest.raises(Forbidden):
        publish_results(marked.code, marked.marker_id)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE marking_result SET marks = 95, passed = 1 WHERE marks = 70",
        "UPDATE marking_result SET passed = 1 WHERE marks = 70",
        "UPDATE marking_mark SET given = possible",
        "UPDATE marking_result SET pass_mark = 60, passed = 1",
        "UPDATE marking_result SET marks = 0, passed = 0, standing = 'misconduct' WHERE marks = 80",
        "UPDATE marking_result SET standing = 'misconduct' WHERE marks = 70",
        "DELETE FROM marking_mark WHERE number = 3",
    ],
)
def test_a_mark_changed_in_the_database_is_found_before_it_goes_out(marked, change):
    with transaction():
        db.session.execute(text(change))

    with pytest.raises(Conflict):
        publish_results(marked.code, marked.publisher_id)

    assert {each[3] for each in facts(marked)} == {"marked"}


def test_a_result_taken_out_of_the_database_is_missed_before_the_others_go_out(marked):
    with transaction():
        gone = select(Result.id).where(Result.marks == 70).scalar_subquery()
        db.session.execute(Mark.__table__.delete().where(Mark.result_id == gone))
        db.session.execute(Result.__table__.delete().where(Result.marks == 70))

    with pytest.raises(Conflict):
        publish_results(marked.code, marked.publisher_id)


def test_an_objection_keeps_only_its_own_result_back_until_it_is_dismissed(marked):
    with transaction():
        result = results_of(marked.sitting)[0]
        objection = raise_objection(result.candidate, "not_sat", "不是我考的", "", channel="link")

    assert publish_results(marked.code, marked.publisher_id) == 2
    assert len(withheld(marked.sitting)) == 1

    with transaction():
        db.session.add(objection)
        decide_objection(objection, False, "照片与监控一致", by=marked.person(marked.second_publisher_id))
    assert publish_results(marked.code, marked.publisher_id) == 1
    assert {each[3] for each in facts(marked)} == {"published"}


def test_an_upheld_objection_keeps_the_result_back_for_good(marked):
    with transaction():
        objection = raise_objection(
            results_of(marked.sitting)[0].candidate, "not_sat", "不是我考的", "", channel="link"
        )
        decide_objection(objection, True, "照片不是本人", by=marked.person(marked.second_publisher_id))

    assert publish_results(marked.code, marked.publisher_id) == 2
    with pytest.raises(Conflict):
        publish_results(marked.code, marked.publisher_id)


def test_figures_of_a_sitting_add_up(marked):
    spread = spread_of(marked.sitting)

    assert (spread.passed, spread.failed, spread.mean) == (2, 1, 83.3)
    assert sum(number for _label, number in spread.bands) == 3
    assert hardest_questions(marked.sitting)[0].percent == 33


def test_absent_is_whoever_has_a_seat_and_was_never_let_in_and_nobody_else(marked):
    with transaction():
        make_seated_candidate(marked.sitting, 7, record_person("缺考考生", by=None))
        came = results_of(marked.sitting)[0].candidate
        came.sitting_room_id, came.seat_number = None, None

    assert spread_of(marked.sitting).absent == 1


def test_a_candidate_admitted_who_answered_nothing_gets_no_marks(app):
    story = Marked(app, right=(0,))

    mark_sitting(story.code, story.marker_id)

    assert facts(story)[0][:2] == (0, False)
    assert db.session.get_one(Attempt, story.attempts[0]).ending is not None


def record(story, place):
    """Record misconduct of a candidate after hand-in; returns its code and who recorded it."""
    with transaction():
        first = make_officer(Duty.INVIGILATE, story.sitting.organisation)
        candidate = db.session.get_one(Attempt, story.attempts[place]).candidate
        text_ = "监控回看发现考生携带手机并多次查看屏幕。"
        incident = record_incident(
            story.sitting, candidate, IncidentKind.MISCONDUCT, text_, ends_attempt=True, by=first
        )
        return incident.code


def confirm(story, code):
    with transaction():
        second = make_officer(Duty.INVIGILATE, story.sitting.organisation)
        confirm_incident(get_incident(story.sitting, code), Told.SIGNED, by=second)


def test_misconduct_confirmed_after_the_hand_in_voids_the_result(closed):
    code = record(closed, 0)
    with pytest.raises(Conflict):
        mark_sitting(closed.code, closed.marker_id)
    confirm(closed, code)
    mark_sitting(closed.code, closed.marker_id)
    assert facts(closed)[0] == (0, False, Standing.MISCONDUCT, "marked")
    publish_results(closed.code, closed.publisher_id)


def test_a_record_of_the_desk_voids_nothing_once_the_sitting_is_marked(marked):
    with pytest.raises(Conflict):
        record(marked, 0)
    publish_results(marked.code, marked.publisher_id)
