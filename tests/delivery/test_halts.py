"""Time that stands still: whoever is covered gets it back, and a sitting broken off goes on fairly."""

from datetime import timedelta

import pytest

from tests.factories.delivery import change, lay_out_paper, make_seated_candidate, make_seated_sitting
from tests.factories.delivery import make_working_attempt as make_attempt
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind
from trainhub.exams.delivery.beacon import read_beacon
from trainhub.exams.delivery.deeds import HandIn
from trainhub.exams.delivery.journal import JournalRefusal
from trainhub.exams.delivery.models import Attempt, Halt, Response
from trainhub.exams.delivery.reading import is_intact
from trainhub.exams.delivery.writer import writer
from trainhub.exams.sites.models import ExamRoom
from trainhub.exams.sittings import Sitting, SittingState, note_change
from trainhub.exams.sittings.models import SittingRoom
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid, NotSignedIn
from trainhub.ledger import Entry

FAULT = "交换机故障，全考场断网"


@pytest.fixture
def sitting(app):
    return make_seated_sitting()


@pytest.fixture
def at_work(sitting):
    return make_attempt(sitting)


def fresh(attempt):
    db.session.rollback()
    return db.session.get(Attempt, attempt.id, populate_existing=True)


def stop(sitting, kind=HaltKind.PAUSE, reason=FAULT, **where):
    with transaction():
        return delivery.halt(sitting, kind, reason, by=sitting.planned_by, **where).code


def go_on(sitting, code, **how):
    with transaction():
        return delivery.resume(delivery.get_halt(sitting, code), by=sitting.planned_by, **how)


def send(attempt, token, *changes):
    code = attempt.code
    db.session.rollback()
    return delivery.append(code, token, changes)


def test_time_lost_in_a_pause_is_given_back_to_the_second(sitting, at_work):
    attempt, _token = at_work
    began = fresh(attempt).deadline
    now = clock.now()
    with clock.set_to(now):
        code = stop(sitting)
    with clock.set_to(now + timedelta(minutes=11)):
        assert go_on(sitting, code) == 1

    attempt = fresh(attempt)
    assert attempt.state == "working"
    assert attempt.deadline == began + timedelta(minutes=11)
    assert attempt.halted_seconds == 660


def test_while_time_stands_still_the_end_moves_along_and_answers_are_taken_and_marked(sitting, at_work):
    attempt, token = at_work
    deadline = fresh(attempt).deadline
    stop(sitting)
    with clock.set_to(deadline + timedelta(minutes=5)):
        taken = send(attempt, token, change(1))

    assert taken.paused["kind"] == "pause"
    assert taken.deadline > deadline + timedelta(minutes=4)
    assert db.session.get(Response, (attempt.id, 1)).circumstance == "paused"
    assert is_intact(fresh(attempt))


def test_nobody_begins_or_hands_in_while_time_stands_still(sitting, at_work):
    attempt, token = at_work
    stop(sitting)
    attempt = fresh(attempt)
    hashed = attempt.token_hash
    db.session.rollback()

    with pytest.raises(Conflict):
        writer().submit(HandIn(hashed, 0))
    assert fresh(attempt).state == "paused"


def test_who_is_let_in_during_a_pause_stands_still_too_and_begins_afterwards(app, sitting):
    sitting.paper_code = "P-1"
    lay_out_paper(app, sitting)
    db.session.commit()
    code = stop(sitting)
    with transaction():
        attempt = delivery.admit(make_seated_candidate(sitting, 9), by=sitting.planned_by)
        with pytest.raises(Conflict):
            delivery.start(attempt)
    go_on(sitting, code)
    with transaction():
        started = delivery.start(db.session.get(Attempt, attempt.id))

    assert started.state == "working"


def test_a_pause_of_one_room_leaves_the_others_alone(sitting, at_work):
    attempt, _token = at_work
    other = other_room(sitting)

    stop(sitting, room=other)

    assert fresh(attempt).state == "working"
    with pytest.raises(Conflict):
        stop(sitting, room=other)


def test_a_frozen_seat_stays_frozen_when_the_pause_of_its_room_ends(sitting, at_work):
    attempt, _token = at_work
    deadline = fresh(attempt).deadline
    now = clock.now()
    with clock.set_to(now):
        room = stop(sitting, room=sitting.rooms[0])
    with clock.set_to(now + timedelta(minutes=2)):
        seat = stop(sitting, HaltKind.FREEZE, "作答无键鼠动作", candidate=attempt.candidate)
    with clock.set_to(now + timedelta(minutes=5)):
        go_on(sitting, room)
        assert fresh(attempt).state == "paused"
    with clock.set_to(now + timedelta(minutes=9)):
        go_on(sitting, seat)

    assert fresh(attempt).state == "working"
    assert fresh(attempt).deadline == deadline + timedelta(minutes=9)


def test_a_seat_that_is_thawed_while_its_room_stands_still_waits_for_the_room(sitting, at_work):
    attempt, _token = at_work
    deadline = fresh(attempt).deadline
    now = clock.now()
    with clock.set_to(now):
        seat = stop(sitting, HaltKind.FREEZE, "作答无键鼠动作", candidate=attempt.candidate)
    with clock.set_to(now + timedelta(minutes=1)):
        room = stop(sitting)
    with clock.set_to(now + timedelta(minutes=3)):
        go_on(sitting, seat)
        assert fresh(attempt).state == "paused"
    with clock.set_to(now + timedelta(minutes=4)):
        go_on(sitting, room)

    assert fresh(attempt).deadline == deadline + timedelta(minutes=4)


def test_whose_time_was_over_gets_none_back_by_a_pause(sitting, at_work):
    attempt, _token = at_work
    with clock.set_to(fresh(attempt).deadline + timedelta(seconds=5)):
        stop(sitting)
        assert fresh(attempt).state == "working"
        with transaction():
            assert delivery.close_overdue(sitting) == 1


def test_what_was_answered_without_network_comes_late_also_where_the_sitting_was_broken_off_after_the_end(
    sitting, at_work
):
    attempt, token = at_work
    taken = send(attempt, token, change(1, 1, "T"))
    over = fresh(attempt).deadline + timedelta(seconds=5)
    with clock.set_to(over):
        stop(sitting, HaltKind.SUSPENSION, "全楼停电")
    code, beacon = fresh(attempt).code, read_beacon(taken.beacon)
    db.session.rollback()
    with clock.set_to(over + timedelta(minutes=3)):
        assert delivery.append(code, token, [change(2, 2, "F")], beacon).late
    assert fresh(attempt).late_state == "provisional"


def test_a_suspension_cuts_every_machine_off_and_signing_in_again_finds_everything(sitting, at_work):
    attempt, token = at_work
    send(attempt, token, change(1, 1, "T"))
    code = stop(sitting, HaltKind.SUSPENSION, "全楼停电")

    with pytest.raises(NotSignedIn):
        send(attempt, token, change(2))
    assert go_on(sitting, code) == 1
    attempt = fresh(attempt)
    assert (attempt.state, attempt.last_sequence, attempt.token_hash) == ("working", 1, None)


def test_too_long_a_suspension_cannot_go_on_with_the_same_form(sitting, at_work):
    now = clock.now()
    with clock.set_to(now):
        code = stop(sitting, HaltKind.SUSPENSION, "火警疏散")
    with clock.set_to(now + timedelta(minutes=61)):
        with pytest.raises(Conflict, match="61|60"):
            go_on(sitting, code)
        with pytest.raises(Conflict):
            go_on(sitting, code, reserve=True)


def test_on_the_reserve_form_who_handed_in_keeps_it_and_all_others_begin_anew(app, sitting, at_work):
    done, done_token = make_attempt(sitting, 2)
    send(done, done_token, change(1))
    with transaction():
        delivery.hand_in(db.session.get(Attempt, done.id), 1)
    attempt, token = at_work
    send(attempt, token, change(1, 1, "T"), change(2, 2, "T"))
    sitting = db.session.merge(sitting)
    sitting.reserve_paper_code = "P-RESERVE"
    db.session.commit()
    now = clock.now()
    with clock.set_to(now):
        code = stop(sitting, HaltKind.SUSPENSION, "火警疏散")

    with clock.set_to(now + timedelta(days=1)):
        assert go_on(sitting, code, reserve=True) == 1

    old = fresh(attempt)
    new = delivery.attempt_of(old.candidate)
    assert (old.state, old.ending) == ("handed_in", "replaced")
    assert is_intact(old)
    assert (new.round, new.state, new.paper_code, new.last_sequence) == (2, "admitted", "P-RESERVE", 0)
    assert {each.id for each in delivery.attempts_of(sitting)} == {done.id, new.id}
    assert fresh(done).ending == "candidate"


def test_a_second_round_has_its_whole_time(app, sitting, at_work):
    attempt, _token = at_work
    sitting.reserve_paper_code = "P-RESERVE"
    sitting.paper_code = "P-TEST"
    db.session.commit()
    now = clock.now()
    with clock.set_to(now):
        code = stop(sitting, HaltKind.SUSPENSION, "火警疏散")
    with clock.set_to(now + timedelta(days=1)):
        go_on(sitting, code, reserve=True)
        opened = app.extensions.setdefault("opened-papers", {})
        lay_out_paper(app, sitting)
        opened["P-RESERVE", sitting.code] = opened["P-TEST", sitting.code]
        with transaction():
            new = delivery.start(delivery.attempt_of(db.session.get(Attempt, attempt.id).candidate))

        assert new.deadline == clock.now() + timedelta(minutes=sitting.minutes)


def test_more_time_for_a_whole_room_reaches_everybody_who_is_not_finished(sitting, at_work):
    done, _token = make_attempt(sitting, 2)
    with transaction():
        delivery.hand_in(db.session.get(Attempt, done.id), 0)
    before = fresh(at_work[0]).deadline
    with transaction():
        given = delivery.extend_many(sitting, 10, "空调噪声", room=sitting.rooms[0], by=sitting.planned_by)

    assert [each.id for each in given] == [at_work[0].id]
    assert fresh(at_work[0]).deadline == before + timedelta(minutes=10)


def test_stopping_and_going_on_leave_a_trail_with_the_reason(sitting, at_work):
    code = stop(sitting)
    go_on(sitting, code)

    kinds = {entry.kind: entry.body for entry in db.session.query(Entry)}
    assert FAULT in kinds["halt.begun"]
    assert code in kinds["halt.ended"]


def test_a_pause_needs_a_reason_an_open_sitting_and_goes_on_once(sitting, at_work):
    with pytest.raises(Invalid):
        stop(sitting, reason="")
    code = stop(sitting)
    go_on(sitting, code)
    with pytest.raises(Conflict):
        go_on(sitting, code)
    sitting = db.session.merge(sitting)
    sitting.state = SittingState.CLOSED
    db.session.commit()
    with pytest.raises(Conflict):
        stop(sitting)
    assert db.session.query(Halt).count() == 1


def test_a_change_that_was_refused_before_a_pause_is_refused_in_it(sitting, at_work):
    attempt, token = at_work
    stop(sitting)
    with pytest.raises(JournalRefusal):
        send(attempt, token, change(5))


def broken_off_until(sitting, moment, *, reserve=False):
    """Break a sitting off now and let it go on at a moment."""
    code = stop(sitting, HaltKind.SUSPENSION, "全楼停电")
    with clock.set_to(moment):
        go_on(sitting, code, reserve=reserve)


def test_who_comes_after_time_stood_still_has_as_long_as_everybody(app, sitting):
    sitting.paper_code = "P-1"
    lay_out_paper(app, sitting)
    late, later = make_seated_candidate(sitting, 8), make_seated_candidate(sitting, 9)
    db.session.commit()
    began = clock.now()
    code = stop(sitting, HaltKind.SUSPENSION, "全楼停电")
    with clock.set_to(began + timedelta(minutes=40)), transaction():
        attempt = delivery.admit(late, by=sitting.planned_by)
    resumed = began + timedelta(minutes=55)
    with clock.set_to(resumed):
        go_on(sitting, code)
    with clock.set_to(resumed + timedelta(minutes=10)), transaction():
        attempts = [db.session.get(Attempt, attempt.id), delivery.admit(later, by=sitting.planned_by)]
        for each in attempts:
            assert delivery.start(each).deadline == clock.now() + timedelta(minutes=sitting.minutes)


def other_room(sitting):
    """A second room of a sitting."""
    exam_room = ExamRoom(site_id=sitting.site_id, code="B2", name="B2", seats=30)
    db.session.add(exam_room)
    db.session.flush()
    room = SittingRoom(sitting_id=sitting.id, exam_room_id=exam_room.id, seats=30)
    db.session.add(room)
    db.session.commit()
    return room


def test_entry_to_a_room_stays_open_for_as_long_as_it_stood_still_and_to_no_other(app, sitting):
    sitting.paper_code = "P-1"
    lay_out_paper(app, sitting)
    here, elsewhere = make_seated_candidate(sitting, 8), make_seated_candidate(sitting, 9)
    elsewhere.sitting_room_id = other_room(sitting).id
    last = sitting.entry_until
    db.session.commit()
    began = clock.now()
    with clock.set_to(began):
        room = stop(sitting, room=sitting.rooms[0])
    # For five of the twenty minutes the whole sitting stood still too: that time counts once.
    with clock.set_to(began + timedelta(minutes=10)):
        whole = stop(sitting)
    with clock.set_to(began + timedelta(minutes=15)):
        go_on(sitting, whole)
    with clock.set_to(began + timedelta(minutes=20)):
        go_on(sitting, room)

    def lets_in(candidate, moment):
        with clock.set_to(moment), transaction():
            return delivery.start(delivery.admit(candidate, by=sitting.planned_by)).deadline

    stood = timedelta(minutes=19, seconds=55)
    with pytest.raises(Conflict):
        lets_in(elsewhere, last + timedelta(minutes=6))
    with pytest.raises(Conflict):
        lets_in(here, last + timedelta(minutes=21))
    moment = last + stood
    assert lets_in(here, moment) == moment + timedelta(minutes=sitting.minutes)


def test_who_comes_when_the_others_are_on_the_reserve_form_gets_it_too(sitting, at_work):
    newcomer, sitting.reserve_paper_code = make_seated_candidate(sitting, 9), "P-RESERVE"
    db.session.commit()
    tomorrow = clock.now() + timedelta(days=1)
    broken_off_until(sitting, tomorrow, reserve=True)

    with clock.set_to(tomorrow + timedelta(minutes=5)), transaction():
        attempt = delivery.admit(newcomer, by=sitting.planned_by)

    assert attempt.paper_code == "P-RESERVE"


def test_who_comes_to_the_reserve_form_waits_as_long_before_handing_in_as_the_others(app, sitting, at_work):
    newcomer = make_seated_candidate(sitting, 9)
    sitting.reserve_paper_code = sitting.paper_code = "P-RESERVE"
    lay_out_paper(app, sitting)
    sitting.paper_code, sitting.early_hand_in_minutes = "P-TEST", 30
    db.session.commit()
    tomorrow = clock.now() + timedelta(days=1)
    broken_off_until(sitting, tomorrow, reserve=True)
    with clock.set_to(tomorrow + timedelta(minutes=5)), transaction():
        code = delivery.start(delivery.admit(newcomer, by=sitting.planned_by)).id

    with clock.set_to(tomorrow + timedelta(minutes=34)), pytest.raises(Conflict), transaction():
        delivery.hand_in(db.session.get(Attempt, code), 0)
    with clock.set_to(tomorrow + timedelta(minutes=35)), transaction():
        assert delivery.hand_in(db.session.get(Attempt, code), 0).ending == "candidate"


def test_the_reserve_form_is_begun_once_in_each_room(app, sitting, at_work):
    sitting.reserve_paper_code = sitting.paper_code = "P-RESERVE"
    lay_out_paper(app, sitting)
    sitting.paper_code, candidate = "P-TEST", at_work[0].candidate
    db.session.commit()
    assert (
        go_on(sitting, stop(sitting, HaltKind.SUSPENSION, "全楼停电", room=sitting.rooms[0]), reserve=True)
        == 1
    )
    with transaction():
        delivery.start(delivery.attempt_of(candidate))
    code = stop(sitting, HaltKind.SUSPENSION, "全楼停电")
    with pytest.raises(Conflict):
        go_on(sitting, code, reserve=True)
    assert go_on(sitting, code) == 1


def test_after_a_second_long_break_the_sitting_goes_on_with_the_next_reserve(app, sitting, at_work):
    sitting.reserve_paper_code = sitting.paper_code = "P-RESERVE"
    lay_out_paper(app, sitting)
    sitting.paper_code, candidate = "P-TEST", at_work[0].candidate
    here, there = sitting.rooms[0], other_room(sitting)
    elsewhere, newcomer = make_attempt(sitting, 2)[0], make_seated_candidate(sitting, 9)
    elsewhere.candidate.sitting_room_id, newcomer.sitting_room_id = there.id, here.id
    note_change(sitting, "reserve_paper_given", by=sitting.planned_by, paper="P-RESERVE")
    db.session.commit()
    go_on(sitting, stop(sitting, HaltKind.SUSPENSION, "本考场停电", room=here), reserve=True)
    with transaction():
        delivery.start(delivery.attempt_of(candidate))
    code, began = stop(sitting, HaltKind.SUSPENSION, "全楼停电"), clock.now()

    with clock.set_to(began + timedelta(minutes=61)):
        for reserve in (True, False):
            with pytest.raises(Conflict):
                go_on(sitting, code, reserve=reserve)
        with transaction():
            note_change(sitting, "reserve_paper_given", by=sitting.planned_by, paper="P-NEXT")
            db.session.get(Sitting, sitting.id).reserve_paper_code = "P-NEXT"
        with transaction():
            assert delivery.admit(newcomer, by=sitting.planned_by).paper_code == "P-RESERVE"
        assert go_on(sitting, code, reserve=True) == 3

    assert {each.paper_code for each in delivery.attempts_of(fresh_sitting(sitting))} == {"P-NEXT"}


def fresh_sitting(sitting):
    db.session.rollback()
    return db.session.get(Sitting, sitting.id, populate_existing=True)


def test_nobody_hands_in_earlier_because_time_stood_still(sitting, at_work):
    sitting.early_hand_in_minutes = 30
    attempt, _token = at_work
    starts_at = sitting.starts_at
    db.session.commit()
    now = clock.now()
    broken_off_until(sitting, now + timedelta(minutes=50))

    def hands_in(moment):
        with clock.set_to(moment), transaction():
            return delivery.hand_in(db.session.get(Attempt, attempt.id), 0)

    allowed = starts_at + timedelta(minutes=80)
    with pytest.raises(Conflict):
        hands_in(allowed - timedelta(seconds=1))
    assert hands_in(allowed).ending == "candidate"


def test_on_the_reserve_form_the_wait_before_handing_in_begins_anew(app, sitting, at_work):
    sitting.reserve_paper_code, sitting.early_hand_in_minutes = "P-RESERVE", 30
    sitting.paper_code = "P-RESERVE"
    lay_out_paper(app, sitting)
    candidate = at_work[0].candidate
    db.session.commit()
    tomorrow = clock.now() + timedelta(days=1)
    broken_off_until(sitting, tomorrow, reserve=True)
    with clock.set_to(tomorrow + timedelta(minutes=3)), transaction():
        new = delivery.start(delivery.attempt_of(candidate))
    for minutes, is_allowed in ((32, False), (34, True)):
        with clock.set_to(tomorrow + timedelta(minutes=minutes)), transaction():
            attempt = db.session.get(Attempt, new.id)
            if is_allowed:
                assert delivery.hand_in(attempt, 0).ending == "candidate"
            else:
                with pytest.raises(Conflict):
                    delivery.hand_in(attempt, 0)
