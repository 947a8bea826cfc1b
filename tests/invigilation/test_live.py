"""The live board: what a poll costs, who gets which rooms, and how a pass ends."""

import queue
import re
import threading
import time
from contextlib import nullcontext

import pytest
from sqlalchemy import event

from tests.factories.delivery import change, make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty, make_second_room
from tests.factories.people import make_officer
from tests.worlds import built_once
from trainhub.exams import delivery
from trainhub.exams.invigilation.board import BoardBuilder, seat_sources
from trainhub.exams.invigilation.centre import live_centre
from trainhub.exams.invigilation.gate import LOOKERS, moment_of
from trainhub.exams.invigilation.live import STALE_S, Busy, Live, boards_of, live_board
from trainhub.exams.sittings import Candidate, Sitting
from trainhub.exams.staffing.models import Appointment, AppointmentState
from trainhub.governance.duties import revoke
from trainhub.governance.models import Grant
from trainhub.kernel.db import db, reading, transaction
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

HEADER = "X-Desk-Pass"


@pytest.fixture
@built_once
def sitting(app):
    return make_seated_sitting()


@pytest.fixture
def queries(app):
    """Statements that the database was asked."""
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(statement)

    def note_bare(connection, _record, _proxy):
        # What goes straight to SQLite's driver (``kernel/driving.py``) is a question, too.
        connection.set_trace_callback(
            lambda statement: "json_group_array" in statement and asked.append(statement)
        )

    event.listen(db.engine, "before_cursor_execute", note)
    event.listen(db.engine, "checkout", note_bare)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)
    event.remove(db.engine, "checkout", note_bare)


def board_address(sitting):
    return f"/exam/desk/{sitting.code}/board"


def a_second_later(app):
    """Let a process forget what it read less than a second ago."""
    for kept in ("desk-live", "desk-ended"):
        app.extensions.pop(kept, None)


def first_look(client, address):
    """Return a pass and the tag of the board, from the long way."""
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.headers[HEADER], answer.headers["ETag"]


def test_polls_with_a_pass_within_a_second_ask_the_database_nothing(client, sitting, queries):
    make_working_attempt(sitting)
    address = board_address(sitting)
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE))
    granted, tag = first_look(client, address)
    client.get(address, headers={HEADER: granted})
    queries.clear()

    answers = [client.get(address, headers={HEADER: granted, "If-None-Match": tag}) for _poll in range(5)]

    assert [(answer.status_code, answer.get_data()) for answer in answers] == [(304, b"")] * 5
    assert queries == []


def test_the_gate_says_what_flask_says(client, sitting):
    make_working_attempt(sitting)
    address = board_address(sitting)
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE))
    granted, _tag = first_look(client, address)

    long, short = client.get(address), client.get(address, headers={HEADER: granted})

    assert short.get_json() == long.get_json()
    assert short.headers["X-Content-Type-Options"] == "nosniff"
    assert {each.headers["Cache-Control"] for each in (long, short)} == {"no-store"}
    assert HEADER not in short.headers


@pytest.mark.parametrize("spoil", [lambda each: each[:-2], lambda each: "x" + each, lambda _each: "nonsense"])
def test_a_forged_pass_takes_the_long_way(client, sitting, spoil):
    address = board_address(sitting)
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE))
    granted, _tag = first_look(client, address)

    assert HEADER in client.get(address, headers={HEADER: spoil(granted)}).headers
    client.post("/sign-out")
    client.delete_cookie("trainhub")
    assert client.get(address, headers={HEADER: granted, "Accept": "application/json"}).status_code == 401


def test_a_pass_opens_only_its_own_sitting(client, sitting):
    other = make_seated_sitting()
    own_address, other_address = board_address(sitting), board_address(other)
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE))
    granted, _tag = first_look(client, own_address)

    assert client.get(other_address, headers={HEADER: granted}).status_code == 404


def test_a_pass_is_worth_nothing_in_another_persons_browser(client, sitting):
    address = board_address(sitting)
    invigilator = make_on_duty(sitting, Duty.INVIGILATE)
    stranger = make_on_duty(make_seated_sitting(), Duty.INVIGILATE)
    client.sign_in(invigilator)
    granted, _tag = first_look(client, address)

    client.sign_in(stranger)

    assert client.get(address, headers={HEADER: granted}).status_code == 404


def test_a_withdrawn_appointment_costs_the_board_with_the_next_poll(app, client, sitting):
    address = board_address(sitting)
    other = make_on_duty(sitting, Duty.INVIGILATE)
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE))
    granted, _tag = first_look(client, address)
    own = db.session.query(Appointment).where(Appointment.person_id != other.id)
    own.update({"state": AppointmentState.WITHDRAWN})
    db.session.commit()
    a_second_later(app)

    assert client.get(address, headers={HEADER: granted}).status_code == 404


@pytest.mark.parametrize("centre", [False, True])
def test_a_revoked_duty_costs_the_board_with_the_next_poll_and_its_neighbours_keep_theirs(
    app, client, sitting, centre
):
    duty = Duty.ARRANGE_SITTINGS if centre else Duty.INVIGILATE
    neighbour, person = (
        make_officer(duty, sitting.organisation) if centre else make_on_duty(sitting, duty) for _each in "12"
    )
    address = "/exam/centre/board" if centre else board_address(sitting)
    grant = db.session.query(Grant).where(Grant.person_id == person.id).one().id
    by = make_officer(Duty.ADMINISTER_SECURITY, sitting.organisation)
    beside = app.test_client()
    beside.sign_in(neighbour)
    client.sign_in(person)
    (granted, _tag), (kept, _other) = first_look(client, address), first_look(beside, address)
    with transaction():
        revoke(grant, by=db.session.get(Person, by.id))
    a_second_later(app)

    answer = client.get(address, headers={HEADER: granted, "Accept": "application/json"})
    assert answer.status_code == 401
    assert HEADER not in beside.get(address, headers={HEADER: kept}).headers


def test_an_invigilator_of_a_room_gets_that_room_alone(client, sitting):
    second = make_second_room(sitting)
    make_seated_candidate(sitting, 1)
    db.session.commit()
    address, second_id = board_address(sitting), second.id
    first_candidate = make_seated_candidate(sitting, 2).code
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE, second))
    granted, _tag = first_look(client, address)

    for headers in ({}, {HEADER: granted}):
        rooms = client.get(address, headers=headers).get_json()["rooms"]
        assert [room["room"] for room in rooms] == [second_id]
    own = address.removesuffix("/board")
    assert client.get(f"{own}/candidates/{first_candidate}").status_code == 404
    recorded = {"candidate": first_candidate, "kind": "misconduct", "description": "携带手机进入考场。"}
    assert client.post(f"{own}/incidents", data=recorded).status_code == 422
    chosen = {"act": "pause", "why": "machine", "seat": first_candidate}
    assert client.post(f"{own}/acts", data=chosen).status_code == 404


def test_the_centre_sees_the_rooms_of_its_own_sittings_and_no_others(client, sitting):
    make_working_attempt(sitting)
    make_working_attempt(make_seated_sitting())
    code, address = sitting.code, board_address(sitting)
    client.sign_in(make_officer(Duty.ARRANGE_SITTINGS, sitting.organisation))
    granted, _tag = first_look(client, "/exam/centre/board")

    assert client.get("/exam/centre/").status_code == 200
    for headers in ({}, {HEADER: granted}):
        rooms = client.get("/exam/centre/board", headers=headers).get_json()["rooms"]
        assert [room["room"].rpartition("-")[0] for room in rooms] == [code]
    assert client.get(f"/exam/centre/{code}").status_code == 200
    assert client.get(address).status_code == 200
    assert client.get(address, headers={HEADER: granted}).status_code == 200


def test_centre_and_inspector_read_what_stands_still_since_when_and_why(client, sitting):
    make_working_attempt(sitting)
    code = sitting.code
    inspector = make_on_duty(sitting, Duty.INSPECT)
    officer = make_officer(Duty.ARRANGE_SITTINGS, sitting.organisation)
    invigilator = make_on_duty(sitting, Duty.INVIGILATE)
    delivery.halt(sitting, delivery.HaltKind.PAUSE, "东侧供电闪断", by=invigilator)
    db.session.commit()
    for person, address in ((officer, f"/exam/centre/{code}"), (inspector, f"/exam/desk/{code}/inspection")):
        client.sign_in(person)
        page = client.get(address).text
        assert "东侧供电闪断" in page
        assert f"/exam/desk/{code}/halts" not in page


def test_a_centre_does_not_see_anothers_sitting(client, sitting):
    code, address = sitting.code, board_address(sitting)
    client.sign_in(make_officer(Duty.ARRANGE_SITTINGS, make_seated_sitting().organisation))

    assert client.get(f"/exam/centre/{code}").status_code == 404
    assert client.get(address).status_code == 404


ROOM = "trainhub.exams.invigilation."
READS = {"GET", "HEAD", "OPTIONS"}
OWN_NOTES = "/exam/desk/<code>/inspection"
OWN_RULES = "/exam/photographs/<code>"


def changing_routes(app):
    """Return whatever changes something at the desk and on its pages, as the application has it."""
    return {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - READS
        if app.view_functions[rule.endpoint].__module__.startswith(ROOM)
        or rule.rule.startswith("/exam/desk/")
    }


@pytest.mark.parametrize(
    "duty, own", [(Duty.INSPECT, OWN_NOTES), (Duty.ARRANGE_SITTINGS, OWN_RULES)], ids=["inspector", "centre"]
)
def test_who_only_looks_changes_nothing_at_the_desk_whatever_routes_it_has(app, client, sitting, duty, own):
    person = make_on_duty(sitting, duty) if duty is Duty.INSPECT else make_officer(duty, sitting.organisation)
    code = sitting.code
    client.sign_in(person)
    found = changing_routes(app)
    assert {rule.rpartition("/")[2] for rule, _method in found} >= {
        "seen",
        "dismiss",
        "freeze",
        "release",
        "photos",
    }

    allowed = set()
    for rule, method in found:
        address = re.sub(r"<[^>]+>", "x", rule.replace("<code>", code))
        if client.open(address, method=method).status_code != 403:
            allowed.add((rule, method))
    assert allowed == {(own, "POST")}


def test_answers_are_counted_on_from_where_the_last_look_ended(sitting, queries):
    attempt, token = make_working_attempt(sitting)
    code, board = attempt.code, live_board(sitting.id)
    make_working_attempt(sitting, 2)
    db.session.rollback()
    delivery.append(code, token, [change(1, 1, "T"), change(2, 2, "F")])

    def answered():
        with reading():
            return [seat.reading.answered for room in board.now().rooms for seat in room.seats]

    assert answered() == [2, 0]
    delivery.append(code, token, [change(3, 2, None), change(4, 3, "T"), change(5, 4, "T")])
    queries.clear()
    assert answered() == [3, 0]
    assert len([each for each in queries if "delivery_response" in each]) == 1
    queries.clear()
    answered()
    assert [each for each in queries if "delivery_response" in each] == []


def test_a_board_asks_as_many_questions_for_many_seats_as_for_few(sitting, queries):
    builder = BoardBuilder(sitting.id)

    def questions():
        queries.clear()
        with reading():
            builder.build()
        return len(queries)

    make_working_attempt(sitting, 1)
    questions()
    few = questions()
    assert few == 7  # docs/desk.md says so
    for seat in range(2, 12):
        make_working_attempt(sitting, seat)

    assert questions() == few


class CountingBuilder:
    """Builds nothing, slowly, and counts how often."""

    def __init__(self):
        self.built = 0
        self.begun, self.may_end = threading.Event(), threading.Event()

    def build(self):
        """Wait until the test lets it go."""
        self.built += 1
        self.read_at = time.monotonic()
        self.begun.set()
        self.may_end.wait(5)
        return self

    def facts(self, rooms=None):
        """Say how often it was built."""
        return {"built": self.built, "rooms": []}


def test_while_one_computes_the_others_get_the_last_board_at_once():
    builder = CountingBuilder()
    builder.may_end.set()
    live = Live(builder)
    first = live.moment(nullcontext)
    builder.begun.clear()
    builder.may_end.clear()
    object.__setattr__(first, "read_at", first.read_at - 1.05)
    computing = threading.Thread(target=live.moment, args=(nullcontext,))
    computing.start()
    builder.begun.wait(5)

    object.__setattr__(first, "read_at", first.read_at + 1.0)
    others = [live.moment(nullcontext) for _other in range(20)]
    builder.may_end.set()
    computing.join()

    assert others == [first] * 20
    assert builder.built == 2


def test_a_board_is_as_old_as_the_look_that_it_rests_on_however_long_it_took(app, sitting):
    sitting_id = sitting.id
    attempt, _token = make_working_attempt(sitting)
    db.session.commit()
    taking = 0.4

    def slow_source(_sitting):
        time.sleep(taking)
        return {}

    seat_sources.append(slow_source)
    try:
        with reading():
            # The request's own guards looked before: its transaction sees what was true then.
            db.session.get(Sitting, sitting_id)
            looked_at = time.monotonic()
            time.sleep(0.2)
            moment = live_board(sitting_id).moment(nullcontext)
    finally:
        seat_sources.remove(slow_source)

    assert moment.read_at <= looked_at
    assert moment.age >= taking + 0.2


def test_the_centres_board_is_as_old_as_the_oldest_board_that_it_shows(app, sitting):
    sitting_id, centres = sitting.id, frozenset({sitting.organisation_id})
    make_working_attempt(sitting)
    db.session.commit()
    with reading():
        part = live_board(sitting_id).moment(nullcontext)
        time.sleep(0.2)
    whole = live_centre(centres).moment(reading)

    assert whole.shown.rooms
    assert whole.read_at == part.read_at


@pytest.mark.parametrize("with_pass", [True, False])
def test_every_answer_says_how_old_its_board_is(client, sitting, with_pass):
    address = board_address(sitting)
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE))
    granted, tag = first_look(client, address)
    time.sleep(0.3)

    headers = {"If-None-Match": tag} | ({HEADER: granted} if with_pass else {})
    answer = client.get(address, headers=headers)

    assert answer.status_code == 304
    assert 300 <= int(answer.headers["X-Age"]) <= 1000 * STALE_S


def test_a_look_that_began_earlier_does_not_set_back_what_the_others_see():
    builder = CountingBuilder()
    builder.may_end.set()
    live = Live(builder)
    latest = live.moment(nullcontext)
    object.__setattr__(latest, "read_at", latest.read_at + 60)

    assert live._compute() is latest


def test_however_many_boards_take_long_most_threads_stay_the_exams(app):
    looking = threading.Semaphore(LOOKERS)
    builders = [CountingBuilder() for _sitting in range(LOOKERS + 3)]
    told = queue.SimpleQueue()

    def ask(builder):
        with app.app_context():
            try:
                told.put(moment_of(Live(builder), looking).shown)
            except Busy:
                told.put(None)

    asking = [threading.Thread(target=ask, args=(builder,)) for builder in builders]
    for thread in asking[:LOOKERS]:
        thread.start()
    for builder in builders[:LOOKERS]:
        assert builder.begun.wait(5)
    for thread in asking[LOOKERS:]:
        thread.start()

    assert [told.get(timeout=5) for _busy in range(3)] == [None] * 3
    assert told.empty()
    for builder in builders:
        builder.may_end.set()
    assert {told.get(timeout=5) for _shown in range(LOOKERS)} == set(builders[:LOOKERS])


def test_a_page_whose_look_began_earlier_does_not_set_the_board_of_the_others_back(app, sitting):
    sitting_id = sitting.id
    candidate_id = make_seated_candidate(sitting, 7).id
    db.session.commit()

    def states():
        return {
            seat.number: seat.state for seat in live_board(sitting_id).moment(reading).shown.rooms[0].seats
        }

    with reading():
        own = db.session.get(Sitting, sitting_id)
        with app.app_context():
            with transaction():
                delivery.admit(db.session.get(Candidate, candidate_id), by=own.planned_by)
            assert states()[7] == "checked_in"
        assert boards_of(own)[0].seats[0].state == "absent"

    assert states()[7] == "checked_in"


def test_a_source_of_another_room_marks_a_seat(sitting):
    candidate = make_seated_candidate(sitting, 1)

    def alarms(_sitting):
        return {candidate.id: {"alarms": 2, "unknown": 9}}

    seat_sources.append(alarms)
    try:
        (room,) = BoardBuilder(sitting.id).build().rooms
    finally:
        seat_sources.remove(alarms)

    assert dict(room.seats[0].marks) == {"alarms": 2}
    assert room.marks() == {"alarms": 2}
