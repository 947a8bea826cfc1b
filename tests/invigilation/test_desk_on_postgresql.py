"""The desk on PostgreSQL, where deeds run truly at once: what one has just changed, the next one knows."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.conftest import Client
from tests.factories.delivery import change, make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty
from tests.factories.people import make_person
from tests.on_postgres import LONG_S, application_on_postgres, long_deed
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind, watching
from trainhub.exams.delivery.batch import do_all
from trainhub.exams.delivery.beacon import read_beacon
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.deeds import HandIn, Save
from trainhub.exams.delivery.journal import JournalRefusal, Packet
from trainhub.exams.delivery.late import late_so_far
from trainhub.exams.delivery.models import Attempt, Halt
from trainhub.exams.delivery.models_watch import WatchEvent, WatchMark
from trainhub.exams.delivery.noticing import FORGETTING
from trainhub.exams.invigilation import many
from trainhub.exams.invigilation.closing import close_desk
from trainhub.exams.invigilation.halting import stand_still
from trainhub.exams.invigilation.incidents import confirm_incident, record_incident
from trainhub.exams.invigilation.models import Incident, IncidentKind, Told
from trainhub.exams.sittings import Candidate, Sitting, SittingState
from trainhub.exams.staffing.models import Appointment, AppointmentState
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.postgres

WHY = "机房断网三分钟"


@pytest.fixture
def app(tmp_path):
    with application_on_postgres(tmp_path) as application:
        application.test_client_class = Client
        yield application


@pytest.fixture
def sitting_id(app):
    found = make_seated_sitting().id
    db.session.commit()
    return found


@pytest.fixture
def by_id(app):
    found = make_person().id
    db.session.commit()
    return found


def seated(sitting_id, seat):
    found = make_seated_candidate(db.session.get(Sitting, sitting_id), seat).id
    db.session.commit()
    return found


def admit(candidate_id, by_id):
    return delivery.admit(db.session.get(Candidate, candidate_id), by=db.session.get(Person, by_id))


def pause_everybody(sitting_id, by_id):
    sitting, by = db.session.get(Sitting, sitting_id), db.session.get(Person, by_id)
    return stand_still(sitting, HaltKind.PAUSE, WHY, by=by)


def attempt_now(candidate_id):
    db.session.rollback()
    return delivery.attempt_of(db.session.get(Candidate, candidate_id))


def test_who_is_let_in_while_the_room_is_being_paused_stands_still_too(app, sitting_id, by_id):
    early, late = seated(sitting_id, 1), seated(sitting_id, 2)

    with long_deed(app, lambda: admit(early, by_id)), transaction():
        pause_everybody(sitting_id, by_id)

    assert attempt_now(early).state == "paused"
    with transaction():
        delivery.resume(db.session.query(Halt).one(), by=db.session.get(Person, by_id))
    with long_deed(app, lambda: pause_everybody(sitting_id, by_id)), transaction():
        admit(late, by_id)
    assert attempt_now(late).state == "paused"


def close(sitting_id, by_id):
    close_desk(db.session.get(Sitting, sitting_id), by=db.session.get(Person, by_id))


def test_nobody_is_let_in_and_nothing_is_paused_where_the_desk_is_just_being_closed(app, sitting_id, by_id):
    candidate_id = seated(sitting_id, 1)

    with long_deed(app, lambda: close(sitting_id, by_id)):
        with pytest.raises(Conflict), transaction():
            admit(candidate_id, by_id)
        assert attempt_now(candidate_id) is None
    with transaction():
        db.session.get(Sitting, sitting_id).state = "open"
    with long_deed(app, lambda: close(sitting_id, by_id)):
        with pytest.raises(Conflict), transaction():
            pause_everybody(sitting_id, by_id)
    assert db.session.query(Halt).count() == 0


def test_a_desk_that_acts_on_many_and_the_answers_of_the_same_seats_never_wait_for_each_other(
    app, sitting_id, by_id
):
    sitting = db.session.get(Sitting, sitting_id)
    # Let in against the order of their seats: the journal holds attempts in the order of their numbers.
    at_work = [make_working_attempt(sitting, seat) for seat in (2, 1)]
    packets = [Save(Packet(each.code, hash_token(token), ())) for each, token in at_work]
    chosen = [each.candidate_id for each, _token in reversed(at_work)]
    db.session.commit()

    def save():
        with app.app_context(), db.engine.begin() as connection:
            return do_all(packets, connection, lambda: None)

    failed = []

    def save_and_tell():
        try:
            save()
        except Exception as problem:
            failed.append(problem)

    thread = threading.Thread(target=save_and_tell)
    with transaction():
        candidates = [db.session.get(Candidate, each) for each in chosen]
        by = db.session.get(Person, by_id)

        def pause(candidate):
            outcome = many.pause_chosen(candidate.sitting, [candidate], WHY, by=by)
            assert outcome.done == [candidate]
            if candidate is candidates[0]:
                thread.start()
                time.sleep(LONG_S)

        outcome = many.for_each(candidates, pause)
    thread.join(60)

    assert (len(outcome.done), failed) == (2, [])
    assert {attempt_now(each).state for each in chosen} == {"paused"}


def test_a_record_is_confirmed_also_when_the_candidate_is_just_handing_in(app, sitting_id, by_id):
    attempt, token = make_working_attempt(db.session.get(Sitting, sitting_id))
    attempt_id, candidate_id = attempt.id, attempt.candidate_id
    hand_in = HandIn(hash_token(token), 0, attempt.code)
    with transaction():
        sitting, by = db.session.get(Sitting, sitting_id), db.session.get(Person, by_id)
        candidate = db.session.get(Candidate, candidate_id)
        text = "考生携带手机进入考场并在作答时查看。"
        record_incident(sitting, candidate, IncidentKind.MISCONDUCT, text, ends_attempt=True, by=by)
    second = make_person().id
    db.session.commit()

    with long_deed(app, lambda: do_all([hand_in], db.session.connection(), lambda: None)), transaction():
        incident = db.session.query(Incident).one()
        confirm_incident(incident, Told.SIGNED, by=db.session.get(Person, second))

    assert db.session.query(Incident).one().state == "confirmed"
    assert db.session.get(Attempt, attempt_id).ending == "candidate"


def late_at(sitting_id, seat):
    """Somebody who was offline when their time ended; returns their attempt, and what sends a late answer."""
    attempt, token = make_working_attempt(db.session.get(Sitting, sitting_id), seat)
    attempt_id, code = attempt.id, attempt.code
    db.session.commit()
    beacon = delivery.append(code, token, []).beacon
    over = clock.now() + timedelta(hours=5)

    def send(sequence):
        deed = Save(Packet(code, hash_token(token), (change(sequence, 1, "T"),), read_beacon(beacon)))
        with clock.set_to(over):
            (outcome,) = do_all([deed], db.session.connection(), lambda: None)
        return outcome

    return attempt_id, send


def mark(sitting_id):
    sitting = db.session.get(Sitting, sitting_id)
    delivery.take_nothing_late(sitting)
    sitting.state = SittingState.MARKED


def test_what_comes_or_is_decided_late_while_a_sitting_is_marked_is_not_taken_any_more(
    app, sitting_id, by_id
):
    (first, send), (_second, send_too) = late_at(sitting_id, 1), late_at(sitting_id, 2)
    with transaction():
        assert send(1).late
    with long_deed(app, lambda: mark(sitting_id)):
        with transaction():
            assert isinstance(send_too(1), JournalRefusal)
    with transaction():
        db.session.get(Sitting, sitting_id).state = SittingState.CLOSED
    with long_deed(app, lambda: mark(sitting_id)), pytest.raises(Conflict, match="评卷"), transaction():
        by = db.session.get(Person, by_id)
        delivery.decide_late(db.session.get(Attempt, first), True, "考场断网，监考员确认", by=by)


def test_what_is_just_being_taken_late_is_known_to_whoever_marks(app, sitting_id):
    attempt_id, send = late_at(sitting_id, 1)
    with long_deed(app, lambda: send(1)), transaction():
        sitting = db.session.get(Sitting, sitting_id)
        delivery.take_nothing_late(sitting)
        assert late_so_far(sitting) == {attempt_id: ("provisional", 1)}


def test_who_is_withdrawn_while_their_board_is_made_holds_a_pass_for_nothing(app, sitting_id):
    sitting = db.session.get(Sitting, sitting_id)
    person, address = make_on_duty(sitting, Duty.INVIGILATE), f"/exam/desk/{sitting.code}/board"
    client = app.test_client()
    client.sign_in(person)
    withdrawn = []

    def withdraw(_connection, _cursor, statement, *_rest):
        """Withdraw the appointment as soon as the request has read it."""
        if "FROM staffing_appointment" in statement and not withdrawn:
            withdrawn.append(statement)

            def run():
                with app.app_context(), transaction():
                    db.session.query(Appointment).one().state = AppointmentState.WITHDRAWN

            thread = threading.Thread(target=run)
            thread.start()
            thread.join(30)

    db.session.rollback()
    event.listen(db.engine, "after_cursor_execute", withdraw)
    try:
        answer = client.get(address)
    finally:
        event.remove(db.engine, "after_cursor_execute", withdraw)
    assert answer.status_code == 200
    assert withdrawn
    time.sleep(1.1)

    shown = {"X-Desk-Pass": answer.headers["X-Desk-Pass"], "Accept": "application/json"}
    assert client.get(address, headers=shown).status_code == 404


def test_what_two_processes_delete_by_rule_at_once_is_counted_once(app, sitting_id):
    attempt, _token = make_working_attempt(db.session.get(Sitting, sitting_id))
    long_ago = clock.now() - timedelta(days=5_000)
    facts = {"number": 1, "kind": "copy", "at": long_ago, "received_at": long_ago, "detail": {}}
    db.session.add(WatchEvent(attempt_id=attempt.id, **facts))
    db.session.commit()

    with long_deed(app, FORGETTING.do), transaction():
        FORGETTING.do()

    told = [each.body for each in db.session.query(Entry).filter_by(kind="events.deleted")]
    assert len(told) == 1
    assert db.session.query(WatchEvent).count() == 0


def test_whose_journal_was_never_looked_at_comes_before_those_that_were(app, sitting_id, monkeypatch):
    long_ago = clock.now() - timedelta(minutes=10)
    sitting = db.session.get(Sitting, sitting_id)
    looked_at, never = (make_working_attempt(sitting, seat) for seat in (1, 2))
    for attempt, token in (looked_at, never):
        packet = Packet(attempt.code, hash_token(token), tuple(change(number) for number in range(1, 10)))
        db.session.commit()
        with clock.set_to(long_ago), db.engine.begin() as connection:
            do_all([Save(packet)], connection, lambda: None)
    db.session.add(WatchMark(attempt_id=looked_at[0].id, sequence=0, event_id=0, looked_at=long_ago))
    db.session.commit()
    monkeypatch.setattr(watching, "AT_A_TIME", 1)

    assert [each.attempt_id for each in watching.look_ahead()] == [never[0].id]


def test_answers_saved_beside_a_pause_are_all_there(app, sitting_id, by_id):
    attempt, token = make_working_attempt(db.session.get(Sitting, sitting_id))
    packet = Save(Packet(attempt.code, hash_token(token), (change(1),)))
    attempt_id = attempt.id
    db.session.rollback()

    with long_deed(app, lambda: pause_everybody(sitting_id, by_id)):
        with app.app_context(), db.engine.begin() as connection:
            [taken] = do_all([packet], connection, lambda: None)

    assert taken.paused["kind"] == "pause"
    assert db.session.get(Attempt, attempt_id).last_sequence == 1
