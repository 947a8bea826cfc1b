"""The same journal on PostgreSQL: two web processes on one database, one attempt between them."""

import os
import random
import threading
from datetime import timedelta

import pytest

from tests.factories.delivery import change, make_seated_sitting, make_working_attempt
from tests.servers import postgres_url  # noqa: F401  (fixture)
from trainhub import create_app, regulations
from trainhub.config import read_settings
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind, watching
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.deeds import HandIn
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import Alarm, WatchEvent
from trainhub.exams.delivery.reading import is_intact, shown_responses
from trainhub.exams.delivery.writer import writer
from trainhub.exams.sittings.plan import get_sitting
from trainhub.kernel import clock, keys
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.ledger import Entry

pytestmark = pytest.mark.postgres


@pytest.fixture
def processes(postgres_url, tmp_path):  # noqa: F811
    """Two applications as two processes would be: each with its own writer, on one database."""
    environment = {"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_DATABASE_URL": postgres_url}
    settings = read_settings(os.environ | environment)
    keys.create_missing_keys(settings.keys)
    apps = [create_app(settings), create_app(settings)]
    with apps[0].app_context():
        db.create_all()
        with transaction():
            regulations.load_figures()
    yield apps
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def test_two_processes_that_get_the_same_packets_keep_each_answer_once(processes):
    with processes[0].app_context():
        attempt, token = make_working_attempt(make_seated_sitting())
        attempt_id, code = attempt.id, attempt.code
        db.session.remove()
    made = [(random.Random(7).randint(1, 4), answer) for answer in "TFTTFFTFTF" * 3]
    changes = [change(number, position, answer) for number, (position, answer) in enumerate(made, 1)]
    links = [{}, {}]

    def send(which):
        with processes[which].app_context():
            for each in changes:
                while each.sequence not in links[which]:
                    try:
                        links[which] |= delivery.append(code, token, [each]).links
                    except delivery.JournalRefusal:
                        continue

    threads = [threading.Thread(target=send, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert links[0] == links[1]
    with processes[1].app_context():
        attempt = db.session.get(Attempt, attempt_id)
        assert attempt.last_sequence == len(changes)
        assert is_intact(attempt)
        assert {place: answer for place, (answer, _flag) in shown_responses(attempt).items()} == dict(made)


def test_a_full_room_on_two_processes_loses_nothing(processes):
    with processes[0].app_context():
        sitting = make_seated_sitting()
        room = [make_working_attempt(sitting, seat) for seat in range(1, 9)]
        codes = [(attempt.id, attempt.code, token) for attempt, token in room]
        db.session.remove()

    def sit(number, code, token):
        for sequence in range(1, 16):
            with processes[(number + sequence) % 2].app_context():
                delivery.append(code, token, [change(sequence, sequence % 4 + 1, "T")])

    threads = [
        threading.Thread(target=sit, args=(number, code, token))
        for number, (_id, code, token) in enumerate(codes)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    with processes[0].app_context():
        for attempt_id, _code, _token in codes:
            attempt = db.session.get(Attempt, attempt_id)
            assert attempt.last_sequence == 15
            assert is_intact(attempt)


def test_two_hand_ins_at_once_seal_once(processes):
    with processes[0].app_context():
        attempt, token = make_working_attempt(make_seated_sitting())
        attempt_id, code = attempt.id, attempt.code
        db.session.remove()
    headers = {"Authorization": f"Bearer {token}", "X-Attempt": code, "Accept": "application/json"}
    receipts = []

    def give_in(app):
        answer = app.test_client().post("/exam/attempt/hand-in", json={"last_sequence": 0}, headers=headers)
        receipts.append(answer.json["receipt"])

    threads = [threading.Thread(target=give_in, args=(processes[number % 2],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(receipts) == 8
    assert len(set(receipts)) == 1
    with processes[0].app_context():
        assert is_intact(db.session.get(Attempt, attempt_id))
        assert db.session.query(Entry).filter_by(kind="attempt.handed_in").count() == 1


def test_pauses_from_two_desks_amid_saves_and_hand_ins_lose_nothing_and_undo_no_hand_in(processes):
    with processes[0].app_context():
        sitting = make_seated_sitting()
        room = [make_working_attempt(sitting, seat) for seat in range(1, 7)]
        codes = [(attempt.id, attempt.code, token, attempt.deadline) for attempt, token in room]
        sitting_code = sitting.code
        db.session.remove()
    has_ended = threading.Event()
    paused, failed = [], []

    def sit(number, code, token):
        for sequence in range(1, 21):
            with processes[(number + sequence) % 2].app_context():
                delivery.append(code, token, [change(sequence, sequence % 4 + 1, "T")])
        while True:
            try:
                with processes[number % 2].app_context():
                    writer().submit(HandIn(hash_token(token), 20, code))
                return
            except Conflict:
                has_ended.wait(0.01)

    def run_desk(app):
        for _each in range(8):
            has_ended.wait(0.02)
            try:
                with app.app_context(), transaction():
                    found = get_sitting(sitting_code)
                    row = delivery.halt(found, HaltKind.PAUSE, "断网断网断网", by=found.planned_by)
                    paused.append(row.code)
                with app.app_context(), transaction():
                    found = get_sitting(sitting_code)
                    delivery.resume(delivery.get_halt(found, paused[-1]), by=found.planned_by)
            except Conflict:
                continue
            except Exception as problem:
                failed.append(repr(problem)[:400])
                raise

    desks = [threading.Thread(target=run_desk, args=(app,)) for app in processes]
    seats = [
        threading.Thread(target=sit, args=(number, code, token))
        for number, (_id, code, token, _deadline) in enumerate(codes)
    ]
    for thread in [*desks, *seats]:
        thread.start()
    for thread in seats:
        thread.join(60)
    has_ended.set()
    for thread in desks:
        thread.join(60)

    assert failed == []
    assert paused
    with processes[0].app_context():
        assert delivery.open_halts(get_sitting(sitting_code)) == []
        for attempt_id, _code, _token, deadline in codes:
            attempt = db.session.get(Attempt, attempt_id)
            assert (attempt.state, attempt.last_sequence, attempt.paused_at) == ("handed_in", 20, None)
            assert attempt.deadline >= deadline
            assert is_intact(attempt)


def test_two_processes_that_are_told_the_same_events_keep_each_once_and_the_desk_is_warned_once(processes):
    with processes[0].app_context():
        attempt, token = make_working_attempt(make_seated_sitting())
        attempt_id, code = attempt.id, attempt.code
        db.session.remove()
    events = [
        {"number": number, "kind": "untrusted", "ago_ms": 0, "detail": {"position": number}}
        for number in range(1, 9)
    ]
    headers = {"Authorization": f"Bearer {token}", "X-Attempt": code, "Accept": "application/json"}
    kept = []

    def tell(number):
        answer = (
            processes[number % 2]
            .test_client()
            .post("/exam/attempt/events", json={"events": events}, headers=headers)
        )
        kept.append(answer.json["kept"])

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(kept) == [0] * 5 + [8]
    for number in (0, 1):
        with processes[number].app_context(), clock.set_to(clock.now() + timedelta(minutes=2)):
            with transaction():
                watching.look_at_what_is_new()
            assert [alarm.kind for alarm in db.session.query(Alarm).all()] == ["scripted"]
            events_kept = db.session.query(WatchEvent).filter_by(attempt_id=attempt_id)
            assert sorted(each.number for each in events_kept) == list(range(1, 9))
            db.session.remove()
