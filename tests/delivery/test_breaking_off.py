"""A sitting broken off while something else stands still: nobody stays on the old form, nobody is stuck."""

from contextlib import ExitStack
from datetime import timedelta

import pytest

from tests.delivery.test_halts import fresh, go_on, other_room, stop
from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.factories.delivery import make_working_attempt as make_attempt
from tests.on_postgres import application_on_postgres
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind
from trainhub.exams.delivery.evidence import evidence_of
from trainhub.exams.delivery.models_watch import Alarm
from trainhub.exams.delivery.reserve import reserve_begun_with
from trainhub.exams.delivery.watching import alarms_of
from trainhub.exams.invigilation.alarms import freeze_seat
from trainhub.exams.sittings import note_change
from trainhub.exams.sittings.models import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def sitting(request, tmp_path):
    with ExitStack() as house:
        if request.param == "postgresql":
            house.enter_context(application_on_postgres(tmp_path))
        else:
            request.getfixturevalue("app")
        made = make_seated_sitting()
        made.reserve_paper_code = "P-RESERVE"
        db.session.commit()
        yield made


def test_a_seat_frozen_when_the_sitting_was_broken_off_goes_on_with_the_reserve_form_as_all_do(sitting):
    attempt, _token = make_attempt(sitting)
    now = clock.now()
    with clock.set_to(now):
        seat = stop(sitting, HaltKind.FREEZE, "作答无键鼠动作", candidate=attempt.candidate)
    with clock.set_to(now + timedelta(minutes=1)):
        code = stop(sitting, HaltKind.SUSPENSION, "火警疏散")
    with clock.set_to(now + timedelta(days=1)):
        go_on(sitting, code, reserve=True)
        go_on(sitting, seat)
        old = fresh(attempt)
        new = delivery.attempt_of(old.candidate)

    assert (old.state, old.ending) == ("handed_in", "replaced")
    assert (new.round, new.state, new.paper_code) == (2, "admitted", "P-RESERVE")


def test_who_begins_anew_keeps_their_alarms_and_evidence_on_the_page_of_the_seat(sitting):
    attempt, _token = make_attempt(sitting)
    facts = {"attempt_id": attempt.id, "kind": "no_hand", "until_sequence": 5, "evidence": []}
    db.session.add(Alarm(**facts))
    db.session.commit()
    with transaction():
        freeze_seat(db.session.merge(attempt).candidate, "作答无键鼠动作", by=sitting.planned_by)
    go_on(sitting, stop(sitting, HaltKind.SUSPENSION, "火警疏散"), reserve=True)
    new = delivery.attempt_of(fresh(attempt).candidate)

    assert (new.round, new.state) == (2, "paused")
    assert [each.attempt_id for each in evidence_of(new)] == [attempt.id]
    assert [each.state for each in alarms_of(new)] == ["frozen"]


def test_a_room_and_then_the_sitting_broken_off_can_both_go_on_with_the_reserve_form(sitting):
    attempt, _token = make_attempt(sitting)
    now = clock.now()
    with clock.set_to(now):
        room = stop(sitting, HaltKind.SUSPENSION, "教室停电", room=sitting.rooms[0])
    with clock.set_to(now + timedelta(minutes=1)):
        whole = stop(sitting, HaltKind.SUSPENSION, "全楼停电")
    with clock.set_to(now + timedelta(days=1)):
        assert go_on(sitting, whole, reserve=True) == 1
        assert delivery.attempt_of(fresh(attempt).candidate).state == "paused"
        assert go_on(sitting, room, reserve=True) == 1
        new = delivery.attempt_of(fresh(attempt).candidate)

    assert (new.state, new.paper_code, new.started_at) == ("admitted", "P-RESERVE", None)


def give_reserve(sitting, code):
    """Note that a reserve paper is given, by the clock of now."""
    with transaction():
        note_change(sitting, "reserve_paper_given", by=sitting.planned_by, paper=code)
        db.session.get_one(Sitting, sitting.id).reserve_paper_code = code


def test_a_clock_that_is_set_back_does_not_change_the_reserve_form_that_a_room_has_begun(sitting):
    """Who came late to the room got the other room's form, which was given by the earlier time."""
    make_attempt(sitting)
    here, there, now = sitting.rooms[0], other_room(sitting), clock.now()
    late = make_seated_candidate(sitting, 9)
    elsewhere, _token = make_attempt(sitting, 2)
    elsewhere.candidate.sitting_room_id = there.id
    db.session.commit()
    give_reserve(sitting, "P-RESERVE")
    with clock.set_to(now + timedelta(minutes=5)):
        go_on(sitting, stop(sitting, HaltKind.SUSPENSION, "本考场停电", room=here), reserve=True)

    with clock.set_to(now - timedelta(minutes=2)):
        give_reserve(sitting, "P-NEXT")
        go_on(sitting, stop(sitting, HaltKind.SUSPENSION, "隔壁停电", room=there), reserve=True)

        with transaction():
            assert delivery.admit(late, by=sitting.planned_by).paper_code == "P-RESERVE"
        assert delivery.attempt_of(fresh(elsewhere).candidate).paper_code == "P-NEXT"


def test_the_later_reserve_counts_although_it_was_begun_at_an_earlier_hour(sitting):
    now, here = clock.now(), sitting.rooms[0]
    give_reserve(sitting, "P-RESERVE")
    with clock.set_to(now + timedelta(minutes=5)):
        go_on(sitting, stop(sitting, HaltKind.SUSPENSION, "本考场停电", room=here), reserve=True)
    with clock.set_to(now - timedelta(hours=1)):
        give_reserve(sitting, "P-NEXT")
        go_on(sitting, stop(sitting, HaltKind.SUSPENSION, "全楼停电"), reserve=True)
    assert reserve_begun_with(sitting, here.id) == "P-NEXT"
