"""Late answers that count change what was written: what was given to the old text is worth nothing then."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories.delivery import change
from tests.factories.judging import WORDS, Written
from trainhub.exams import delivery
from trainhub.exams.delivery.beacon import beacon_key, light, read_beacon
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.marking import mark_sitting, publish_results, results_of
from trainhub.exams.marking.judged_anew import ask_anew
from trainhub.exams.marking.judged_record import altered_responses
from trainhub.exams.marking.judging import own_judgement, own_work, read_sheet
from trainhub.exams.marking.models_judging import Judgement, WrittenResponse
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation import audit

LATER = "整段是断网之后写的，另有内容。"


@pytest.fixture
def story(app):
    return Written(app, words=(WORDS, None), assessors=3)


@pytest.fixture
def allotted(story):
    assert story.allot() == (2, 0)
    return story


def come_late(story, seat, place, answer, *, counts=True):
    """Let what the machine of a seat kept arrive, and the desk decide on it."""
    attempt = db.session.scalars(select(Attempt).where(Attempt.sitting_id == story.sitting.id)).all()[
        seat - 1
    ]
    kept = read_beacon(light(beacon_key(), attempt.code, attempt.started_at, attempt.last_sequence))
    packet = [change(attempt.last_sequence + 1, place, answer)]
    code, token = attempt.code, f"token-{seat}-{story.code}"
    with clock.set_to(clock.now() + timedelta(minutes=70)):
        db.session.rollback()
        delivery.append(code, token, packet, kept)
    if counts is None:
        return
    with transaction():
        attempt = db.session.scalars(select(Attempt).where(Attempt.code == code)).one()
        by = story.person(story.sitting.planned_by_id)
        delivery.decide_late(attempt, counts, "考场断网，监考员确认", by=by)


def rows():
    db.session.rollback()
    return list(db.session.scalars(select(WrittenResponse).order_by(WrittenResponse.id)))


def marks(story):
    return [each.marks for each in results_of(story.sitting)]


def test_points_given_to_a_text_that_late_answers_replaced_count_no_more(allotted):
    allotted.give_all([2, 3], [2, 3])
    come_late(allotted, 1, 2, LATER)
    with pytest.raises(Conflict, match="1 份作答等待人工评阅"):
        mark_sitting(allotted.code, allotted.marker_id)
    assert allotted.allot() == (2, 0)
    old, new = rows()
    assert (old.twice_points, old.superseded_at is None) == (10, False)
    assert (new.twice_points, new.superseded_at) == (None, None)
    allotted.give_all([0, 1], [0, 1])
    mark_sitting(allotted.code, allotted.marker_id)
    # 1 of 5 points, of 8 marks: 1.6, rounded down; and 2 marks from the machine.
    assert marks(allotted) == [3, 2]
    assert altered_responses(allotted.sitting) == []
    assert publish_results(allotted.code, allotted.publisher_id) == 2
    assert not audit(compares=False).violations
    kinds = list(db.session.scalars(select(Entry.kind)))
    assert kinds.count("response.superseded") == 1


def test_nobody_marks_a_text_that_late_answers_replaced(allotted):
    (assessor, code), _other = allotted.to_mark()
    come_late(allotted, 1, 2, LATER)
    assert allotted.to_mark() == []
    by = allotted.person(assessor)
    with pytest.raises(Conflict, match="重新分派"):
        read_sheet(own_judgement(code, by=by), by=by)
    db.session.rollback()
    with pytest.raises(Conflict, match="重新分派"):
        allotted.give(assessor, code, [2, 3])
    assert allotted.allot() == (2, 0)
    texts = set()
    for assessor, code in allotted.to_mark():
        by = allotted.person(assessor)
        texts.add(read_sheet(own_judgement(code, by=by), by=by).text)
    assert texts == {LATER}
    states = db.session.scalars(select(Judgement.state).order_by(Judgement.id)).all()
    assert states == ["released", "released", "allotted", "allotted"]


@pytest.mark.parametrize(
    ("place", "answer", "counts"), [(1, "F", True), (2, LATER, False), (2, WORDS, True), (1, "F", False)]
)
def test_late_answers_that_change_no_text_leave_what_assessors_gave(allotted, place, answer, counts):
    allotted.give_all([2, 3], [2, 3])
    come_late(allotted, 1, place, answer, counts=counts)
    assert allotted.allot() == (0, 0)
    mark_sitting(allotted.code, allotted.marker_id)
    assert marks(allotted) == [8 if (place, counts) == (1, True) else 10, 2]


def test_a_text_that_came_late_where_nothing_stood_is_given_out(allotted):
    allotted.give_all([2, 3], [2, 3])
    come_late(allotted, 2, 2, LATER)
    with pytest.raises(Conflict, match="第 2 题的作答等待人工评阅"):
        mark_sitting(allotted.code, allotted.marker_id)
    assert allotted.allot() == (2, 0)
    allotted.give_all([2, 3], [2, 3])
    mark_sitting(allotted.code, allotted.marker_id)
    assert marks(allotted) == [10, 10]


def test_a_text_that_late_answers_took_away_earns_nothing_and_waits_for_nobody(allotted):
    allotted.give_all([2, 3])
    come_late(allotted, 1, 2, None)
    assert allotted.allot() == (0, 0)
    assert allotted.to_mark() == []
    mark_sitting(allotted.code, allotted.marker_id)
    assert marks(allotted) == [2, 2]


def test_while_late_answers_wait_for_a_decision_assessors_go_on_with_what_counts(allotted):
    come_late(allotted, 1, 2, LATER, counts=None)
    assert len(allotted.to_mark()) == 2
    with pytest.raises(Conflict, match="迟到作答"):
        allotted.allot()


def test_a_replaced_response_is_not_marked_anew(allotted):
    come_late(allotted, 1, 2, LATER)
    allotted.allot()
    allotted.give_all([2, 3], [2, 3])
    mark_sitting(allotted.code, allotted.marker_id)
    old, new = rows()
    with pytest.raises(Conflict, match="取代"), transaction():
        ask_anew(
            db.session.get_one(WrittenResponse, old.id),
            "考生提出异议",
            by=allotted.person(allotted.marker_id),
        )
    with transaction():
        ask_anew(
            db.session.get_one(WrittenResponse, new.id),
            "考生提出异议",
            by=allotted.person(allotted.marker_id),
        )


def test_the_pages_say_what_late_answers_changed_and_have_it_given_out_anew(client, allotted):
    allotted.give_all([2, 3], [2, 3])
    come_late(allotted, 1, 2, LATER)
    client.sign_in(db.session.get_one(Person, allotted.marker_id))
    address = f"/exam/marking/{allotted.code}"
    page = client.get(f"{address}/people").text
    assert "改变了 1 份已分派的作答" in page
    settled, waiting = re.findall(r'class="num">(\d+)</td>', page)[:2]
    assert (settled, waiting) == ("0", "1")
    assert client.post(f"{address}/people/allot").status_code == 302
    db.session.rollback()
    jobs.run_pending()
    db.session.rollback()
    assert "改变了" not in client.get(f"{address}/people").text
    old, _new = rows()
    page = client.get(f"/exam/marking/responses/{old.code}").text
    assert "取代" in page and "留存备查" in page
    assert own_work(allotted.person(allotted.marker_id)) == []
