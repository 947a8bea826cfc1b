"""Deeds for chosen seats: done for whom it can be done, refused with the reason for the others."""

from dataclasses import replace

import pytest

from tests.factories.delivery import make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.people import make_person
from tests.worlds import built_once
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind
from trainhub.exams.invigilation import many
from trainhub.exams.invigilation.centre import WatchedRoom
from trainhub.exams.invigilation.incidents import incidents_of
from trainhub.exams.invigilation.live import boards_of
from trainhub.exams.invigilation.measures import measures_of
from trainhub.exams.invigilation.models import IncidentKind
from trainhub.exams.invigilation.reasons import reason_of
from trainhub.kernel.db import db
from trainhub.kernel.errors import Invalid
from trainhub.ledger import Entry

WHY = "机房断网三分钟"


@pytest.fixture
@built_once
def sitting(app):
    return make_seated_sitting()


@pytest.fixture
@built_once
def at_work(sitting):
    return [make_working_attempt(sitting, seat)[0].candidate for seat in (1, 2)]


@pytest.fixture
def by(app):
    return make_person()


def kinds():
    return [entry.kind for entry in db.session.query(Entry).order_by(Entry.id)]


def attempt(candidate):
    return delivery.attempt_of(candidate)


def state_of(sitting, number):
    (board,) = boards_of(sitting)
    return next(seat.state for seat in board.seats if seat.number == number)


def test_more_time_goes_to_whoever_can_use_it_and_says_who_cannot(sitting, at_work, by):
    absent = make_seated_candidate(sitting, 3)
    done = make_working_attempt(sitting, 4)[0]
    delivery.end_for_misconduct(done, by=by)
    before = attempt(at_work[0]).deadline

    outcome = many.extend_chosen(sitting, [*at_work, absent, done.candidate], 10, WHY, by=by)

    assert outcome.done == at_work
    assert sorted(map(len, outcome.refused.values())) == [1, 1]
    assert {each.id for some in outcome.refused.values() for each in some} == {absent.id, done.candidate_id}
    assert (attempt(at_work[0]).deadline - before).total_seconds() == 600
    assert [measure.minutes for measure in measures_of(at_work[1])] == [10]
    assert kinds().count("attempts.extended") == 2


@pytest.mark.parametrize("minutes", [0, 241])
def test_more_time_is_one_minute_to_four_hours(sitting, at_work, by, minutes):
    assert many.extend_chosen(sitting, at_work, minutes, WHY, by=by).done == []


def test_the_chosen_stand_still_and_go_on_each_by_themself(sitting, at_work, by):
    many.pause_chosen(sitting, at_work[:1], WHY, by=by)
    assert (state_of(sitting, 1), attempt(at_work[1]).state) == ("paused", "working")

    outcome = many.resume_chosen(at_work, WHY, by=by)

    assert outcome.done == at_work[:1]
    assert attempt(at_work[0]).state == "working"
    assert [measure.kind for measure in measures_of(at_work[0])] == ["pause", "resume"]
    assert kinds()[-2:] == ["halt.begun", "halt.ended"]


def test_nobody_is_paused_twice(sitting, at_work, by):
    many.pause_chosen(sitting, at_work[:1], WHY, by=by)

    outcome = many.pause_chosen(sitting, at_work, WHY, by=by)

    assert outcome.done == at_work[1:]


def test_who_is_broken_off_is_not_called_paused_and_their_room_comes_before_one_that_is(sitting, at_work, by):
    (room,) = boards_of(sitting)
    watched = WatchedRoom(sitting.code, "open", "考点", sitting.starts_at, room)
    calm = watched.pressing()
    many.pause_chosen(sitting, at_work[:1], WHY, by=by)
    paused = replace(watched, room=boards_of(sitting)[0]).pressing()

    delivery.halt(sitting, HaltKind.SUSPENSION, "停电，全考场", by=by)

    assert state_of(sitting, 2) == "broken_off"
    assert replace(watched, room=boards_of(sitting)[0]).pressing() > paused
    assert calm == 20, "two machines that were never heard of"


def test_a_frozen_seat_does_not_go_on_with_the_others(sitting, at_work, by):
    delivery.halt(sitting, HaltKind.FREEZE, "疑似远程控制", candidate=at_work[0], by=by)
    assert state_of(sitting, 1) == "frozen"

    assert many.resume_chosen(at_work, WHY, by=by).done == []
    assert attempt(at_work[0]).state == "paused"


def test_the_chosen_move_to_other_machines(sitting, at_work, by):
    outcome = many.move_chosen(at_work, WHY, by=by)

    assert outcome.done == at_work
    assert [attempt(each).has_machine for each in at_work] == [False, False]


def test_each_of_the_chosen_gets_a_record_that_waits_for_a_second_person(sitting, at_work, by):
    absent = make_seated_candidate(sitting, 3)
    text = "两名考生交换纸条，监考员当场发现。"

    outcome = many.record_chosen(
        sitting, [*at_work, absent], IncidentKind.MISCONDUCT, text, ends_attempt=True, by=by
    )

    assert outcome.done == at_work
    assert [each.state for each in incidents_of(sitting)] == ["recorded", "recorded"]
    assert attempt(at_work[0]).state == "working"


def test_a_note_changes_nothing_and_leaves_a_trail(sitting, at_work, by):
    many.note_chosen(at_work[:1], "考生要求加开台灯", by=by)

    assert [measure.kind for measure in measures_of(at_work[0])] == ["note"]
    assert attempt(at_work[0]).state == "working"
    assert kinds()[-1] == "candidate.noted"
    with pytest.raises(Invalid):
        many.note_chosen(at_work, " ", by=by)


def test_what_fails_for_one_is_undone_for_that_one_alone(sitting, at_work, by):
    delivery.end_for_misconduct(attempt(at_work[0]), by=by)

    outcome = many.move_chosen(at_work, WHY, by=by)

    assert outcome.done == at_work[1:]
    assert measures_of(at_work[0]) == []


def test_another_reason_needs_words_and_one_of_the_list_does_not():
    assert reason_of("power", "") != ""
    assert "三号机" in reason_of("machine", "三号机蓝屏")
    with pytest.raises(Invalid):
        reason_of("other", "  ")


def test_pausing_and_letting_go_on_does_not_read_for_each_seat_the_pauses_of_all_others(
    sitting, at_work, by, monkeypatch
):
    """To let a room of 350 seats go on held everybody's answers back for 12 s of the processor."""

    def read_all(_sitting):
        raise AssertionError("what stands still for a seat is asked for that seat")

    for name in ("halts_of", "open_halts"):
        monkeypatch.setattr(delivery, name, read_all)
        monkeypatch.setattr(f"trainhub.exams.delivery.halts.{name}", read_all)
    assert len(many.pause_chosen(sitting, at_work, WHY, by=by).done) == 2
    assert many.pause_chosen(sitting, at_work, WHY, by=by).done == []
    assert len(many.resume_chosen(at_work, WHY, by=by).done) == 2
    assert {attempt(each).state for each in at_work} == {"working"}
