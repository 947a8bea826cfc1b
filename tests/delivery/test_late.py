"""Answers given without network: they count when they arrive in time, else they wait for a decision."""

from datetime import timedelta

import pytest

from tests.factories.delivery import change, make_seated_sitting, make_working_attempt
from trainhub.exams import delivery
from trainhub.exams.delivery import beacon as beacons
from trainhub.exams.delivery.beacon import read_beacon
from trainhub.exams.delivery.journal import JournalRefusal, Reason
from trainhub.exams.delivery.late import confirm_by_rule
from trainhub.exams.delivery.models import Attempt, LateState, Response
from trainhub.exams.delivery.presenting import counted
from trainhub.exams.delivery.reading import is_intact
from trainhub.exams.sittings import SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid


@pytest.fixture
def at_work(app):
    return make_working_attempt(make_seated_sitting())


def send(at_work, *changes, beacon=None):
    attempt, token = at_work
    code = attempt.code
    db.session.rollback()
    return delivery.append(code, token, changes, None if beacon is None else read_beacon(beacon))


def fresh(attempt):
    db.session.rollback()
    return db.session.get(Attempt, attempt.id, populate_existing=True)


@pytest.fixture
def late(at_work):
    """Somebody who answered once in time, lost the network, and came back ten minutes after the end."""
    taken = send(at_work, change(1, 1, "T"))
    deadline = fresh(at_work[0]).deadline
    with clock.set_to(deadline + timedelta(minutes=10)):
        answer = send(at_work, change(2, 2, "F"), change(3, 1, "F"), beacon=taken.beacon)
    return at_work, answer, taken


def test_answers_that_follow_a_sign_from_before_the_end_are_kept_as_late(late):
    (attempt, _token), answer, _taken = late
    attempt = fresh(attempt)

    assert answer.late
    assert (attempt.state, attempt.ending) == ("handed_in", "deadline")
    assert (attempt.last_sequence, attempt.late_sequence, attempt.late_state) == (1, 3, "provisional")
    assert is_intact(attempt)


def test_late_answers_do_not_count_until_somebody_says_so(late):
    (attempt, _token), _answer, _taken = late
    assert sorted(each for each in delivery.final_responses(fresh(attempt)).values() if each) == ["T"]

    with transaction():
        attempt = db.session.get(Attempt, attempt.id)
        delivery.decide_late(attempt, True, "考场断网，监考员确认", by=attempt.candidate.person)

    attempt = fresh(attempt)
    assert sorted(each for each in delivery.final_responses(attempt).values() if each) == ["F", "F"]
    assert is_intact(attempt)


def test_refused_late_answers_never_count_and_nothing_more_is_taken(late):
    at_work, answer, taken = late
    with transaction():
        attempt = db.session.get(Attempt, at_work[0].id)
        delivery.decide_late(attempt, False, "监考员看到该生仍在联网答题", by=attempt.candidate.person)

    assert answer.beacon is None
    with clock.set_to(fresh(at_work[0]).late_received_at), pytest.raises(JournalRefusal):
        send(at_work, change(4, 3, "T"), beacon=taken.beacon)
    assert sorted(each for each in delivery.final_responses(fresh(at_work[0])).values() if each) == ["T"]


def test_a_retry_of_late_answers_gets_the_same_links_and_adds_nothing(late):
    at_work, answer, taken = late
    with clock.set_to(fresh(at_work[0]).late_received_at + timedelta(minutes=1)):
        again = send(at_work, change(2, 2, "F"), change(3, 1, "F"))

    assert (again.links, again.late) == (answer.links, True)
    assert fresh(at_work[0]).late_sequence == 3


def test_late_answers_may_come_in_several_packets(late):
    at_work, _answer, taken = late
    with clock.set_to(fresh(at_work[0]).late_received_at + timedelta(minutes=1)):
        more = send(at_work, change(4, 3, "T"), beacon=taken.beacon)

    assert more.late
    assert fresh(at_work[0]).late_sequence == 4
    assert is_intact(fresh(at_work[0]))


def test_without_a_beacon_from_before_the_end_nothing_late_is_taken(at_work):
    taken = send(at_work, change(1))
    attempt = fresh(at_work[0])
    forged = taken.beacon | {"mac": "0" * 32}
    after = beacons.light(beacons.beacon_key(), attempt.code, attempt.deadline + timedelta(seconds=5), 1)
    other, _token = make_working_attempt(make_seated_sitting())
    borrowed = beacons.light(beacons.beacon_key(), other.code, clock.now(), 1)

    with clock.set_to(attempt.deadline + timedelta(minutes=1)):
        for beacon in (None, forged, after, borrowed, taken.beacon | {"at": taken.beacon["at"] - 1}):
            with pytest.raises(JournalRefusal) as refusal:
                send(at_work, change(2), beacon=beacon)
            assert refusal.value.reason is Reason.DEADLINE
    assert fresh(attempt).late_sequence == 0


def test_after_the_candidate_handed_in_nothing_late_is_taken(at_work):
    taken = send(at_work, change(1))
    with transaction():
        delivery.hand_in(db.session.get(Attempt, at_work[0].id), 1)

    with pytest.raises(JournalRefusal) as refusal:
        send(at_work, change(2), beacon=taken.beacon)

    assert refusal.value.reason is Reason.HANDED_IN


def test_nothing_late_is_taken_once_the_sitting_is_marked(at_work):
    taken = send(at_work, change(1))
    attempt = fresh(at_work[0])
    deadline = attempt.deadline
    attempt.sitting.state = SittingState.MARKED
    db.session.commit()

    with clock.set_to(deadline + timedelta(minutes=1)), pytest.raises(JournalRefusal) as refusal:
        send(at_work, change(2), beacon=taken.beacon)

    assert refusal.value.reason is Reason.DEADLINE


def test_what_was_only_on_its_way_at_the_end_counts_by_the_rule(at_work):
    taken = send(at_work, change(1))
    deadline = fresh(at_work[0]).deadline
    for seconds, sequence in ((3, 2), (9, 3)):
        with clock.set_to(deadline + timedelta(seconds=seconds)):
            send(at_work, change(sequence, 2, "F"), beacon=taken.beacon)
            with transaction():
                confirm_by_rule()
    assert fresh(at_work[0]).late_state == LateState.PROVISIONAL
    with clock.set_to(deadline + timedelta(seconds=16)), transaction():
        confirm_by_rule()

    attempt = fresh(at_work[0])
    assert (attempt.late_state, attempt.late_sequence) == (LateState.CONFIRMED, 3)
    assert attempt.late_decided_by_id is None
    assert is_intact(attempt)


def test_what_came_long_after_the_end_waits_for_a_person(late):
    (attempt, _token), _answer, _taken = late
    with transaction():
        confirm_by_rule()

    assert fresh(attempt).late_state == LateState.PROVISIONAL
    assert [str(each.text) for each in delivery.undecided(attempt.sitting)] != []


def test_what_comes_long_after_the_sitting_was_closed_waits_for_a_person_though_its_time_were_not_over(
    at_work,
):
    attempt, _token = at_work
    taken = send(at_work, change(1))
    closed = clock.now() + timedelta(minutes=5)
    deadline = fresh(attempt).deadline
    with clock.set_to(closed), transaction():
        sitting = db.session.get(Attempt, attempt.id).sitting
        assert delivery.close_all(sitting, by=sitting.planned_by) == 1
    with clock.set_to(closed + timedelta(minutes=20)):
        send(at_work, change(2, 2, "F"), beacon=taken.beacon)
    with clock.set_to(deadline + timedelta(hours=1)), transaction():
        confirm_by_rule()

    assert closed + timedelta(minutes=30) < deadline
    assert fresh(attempt).late_state == LateState.PROVISIONAL


def test_what_was_on_its_way_when_the_sitting_was_closed_counts_by_the_rule(at_work):
    attempt, _token = at_work
    taken = send(at_work, change(1))
    closed = clock.now() + timedelta(minutes=5)
    with clock.set_to(closed), transaction():
        sitting = db.session.get(Attempt, attempt.id).sitting
        delivery.close_all(sitting, by=sitting.planned_by)
    with clock.set_to(closed + timedelta(seconds=3)):
        send(at_work, change(2, 2, "F"), beacon=taken.beacon)
    with clock.set_to(closed + timedelta(seconds=16)), transaction():
        confirm_by_rule()

    assert fresh(attempt).late_state == LateState.CONFIRMED


def test_a_decision_needs_a_reason_and_happens_once(late):
    (attempt, _token), _answer, _taken = late
    attempt = fresh(attempt)
    by = attempt.candidate.person
    with pytest.raises(Invalid), transaction():
        delivery.decide_late(db.session.get(Attempt, attempt.id), True, "", by=by)
    with transaction():
        delivery.decide_late(db.session.get(Attempt, attempt.id), True, "断网已核实", by=by)
    with pytest.raises(Conflict), transaction():
        delivery.decide_late(db.session.get(Attempt, attempt.id), False, "改变主意了", by=by)


def test_what_comes_after_the_time_of_the_rule_makes_all_of_it_wait_for_a_person(at_work):
    taken = send(at_work, change(1))
    deadline = fresh(at_work[0]).deadline
    for seconds, sequence in ((3, 2), (60, 3)):
        with clock.set_to(deadline + timedelta(seconds=seconds)):
            send(at_work, change(sequence, 2, "F"), beacon=taken.beacon)
    with clock.set_to(deadline + timedelta(seconds=61)), transaction():
        confirm_by_rule()

    assert fresh(at_work[0]).late_state == LateState.PROVISIONAL


@pytest.mark.parametrize(
    "forgery",
    [
        {"late_state": "confirmed"},
        {"late_state": "none", "late_sequence": 0, "late_head": ""},
        {"late_head": "0" * 64},
    ],
)
def test_a_late_journal_changed_by_sql_is_found(late, forgery):
    (attempt, _token), _answer, _taken = late
    with transaction():
        row = db.session.get(Attempt, attempt.id)
        for name, value in forgery.items():
            setattr(row, name, value)

    assert not is_intact(fresh(attempt))


def test_answers_after_a_gap_in_the_network_are_marked_and_count(at_work):
    taken = send(at_work, change(1))
    with clock.set_to(clock.now() + timedelta(minutes=7)):
        answer = send(at_work, change(2, 2, "F"), beacon=taken.beacon)

    row = db.session.get(Response, (at_work[0].id, 2))
    assert not answer.late
    assert row.circumstance == "offline"
    assert is_intact(fresh(at_work[0]))


def test_what_was_refused_is_not_counted_as_answered_any_more(late):
    (attempt, _token), _answer, _taken = late
    connection = db.session.connection()
    assert counted(connection, attempt.id) == {"answered": 2, "questions": 10}
    with transaction():
        attempt = db.session.get(Attempt, attempt.id)
        delivery.decide_late(attempt, False, "监考员看到该生仍在联网答题", by=attempt.candidate.person)

    assert counted(db.session.connection(), attempt.id) == {"answered": 1, "questions": 10}
