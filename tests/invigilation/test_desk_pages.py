"""The desk over HTTP: whose it is, what it tells, what it costs when nothing happens."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

import trainhub
from tests.factories.delivery import make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty, make_second_room
from tests.worlds import built_once
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind, attempt_of
from trainhub.exams.invigilation.inspection import POINTS
from trainhub.exams.invigilation.live import board_of
from trainhub.exams.invigilation.models import Incident
from trainhub.exams.sittings.models import Candidate, SittingState
from trainhub.exams.staffing.models import Appointment
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.separation.duties import Duty

SCRIPT = Path(trainhub.__file__).parent / "static" / "js" / "delivery-journal.js"


@pytest.fixture
@built_once
def sitting(app):
    return make_seated_sitting()


@pytest.fixture
def invigilator(sitting):
    return make_on_duty(sitting, Duty.INVIGILATE)


def url(sitting, rest=""):
    return f"/exam/desk/{sitting.code}{rest}"


def test_a_desk_is_only_for_those_appointed_to_the_sitting(client, sitting, invigilator):
    own, other = url(sitting), url(make_seated_sitting())
    client.sign_in(invigilator)

    assert client.get(own).status_code == 200
    assert client.get(other).status_code == 404
    assert client.get(other + "/board").status_code == 404
    assert client.post(other + "/open").status_code == 404


def test_ones_sittings_begin_with_the_one_that_is_on_and_end_with_the_oldest(client, sitting, invigilator):
    codes = [sitting.code]
    for days, state in ((3, SittingState.ARRANGED), (-2, SittingState.CLOSED), (-9, SittingState.PUBLISHED)):
        other = make_seated_sitting(state=state)
        other.starts_at = clock.now() + timedelta(days=days)
        row = Appointment(sitting_id=other.id, person_id=invigilator.id, duty=Duty.INVIGILATE)
        row.appointed_by_id = other.planned_by_id
        db.session.add(row)
        codes.append(other.code)
    db.session.commit()
    client.sign_in(invigilator)

    page = client.get("/exam/desk/").text

    assert [code for code in re.findall(r"/exam/desk/(S\d+)", page) if code in codes] == codes


def test_tickets_that_are_locked_are_counted_and_not_what_was_mistyped(client, sitting, invigilator):
    for seat in (1, 2):
        make_working_attempt(sitting, seat)[0].wrong_entries = 8
    db.session.commit()
    (room,) = board_of(sitting).rooms
    assert room.marks() == {"locked": 2}


def test_where_there_are_several_rooms_a_seat_is_told_with_its_room(client, sitting, invigilator):
    candidate = make_working_attempt(sitting, 7)[0].candidate
    with transaction():
        delivery.halt(
            db.session.merge(sitting), HaltKind.PAUSE, "电脑死机", candidate=candidate, by=invigilator
        )
    client.sign_in(invigilator)
    assert "已暂停：7 号座位" in client.get(url(sitting, "/halts")).text
    make_second_room(sitting)
    assert "已暂停：A101 · 7 号座位" in client.get(url(sitting, "/halts")).text


def test_somebody_elses_candidate_is_not_found_at_my_desk(client, sitting, invigilator):
    theirs = make_seated_candidate(make_seated_sitting(), 1).code
    own = url(sitting)
    client.sign_in(invigilator)

    assert client.get(f"{own}/candidates/{theirs}").status_code == 404
    assert client.post(f"{own}/check-in/{theirs}", data={}).status_code == 404
    assert client.post(f"{own}/candidates/{theirs}/extra-time", data={}).status_code == 404


def test_a_board_on_which_nothing_happened_is_an_empty_answer(client, sitting, invigilator):
    make_working_attempt(sitting)
    address = url(sitting, "/board")
    client.sign_in(invigilator)
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.json["rooms"][0]["seats"][0]["questions"] == 10
    assert (again.status_code, again.get_data()) == (304, b"")


def test_a_candidate_is_checked_in_by_the_ticket_until_the_end_of_entry(client, sitting, invigilator):
    candidate = make_seated_candidate(sitting, 3)
    ticket, code, own = candidate.ticket_number, candidate.code, url(sitting)
    entry_until = sitting.entry_until
    client.sign_in(invigilator)

    page = client.get(f"{own}/check-in?ticket={ticket}").get_data(as_text=True)
    facts = {"phone_given": "given", "phone": "13812345678", "identity_confirmed": "y"}
    with clock.set_to(entry_until + timedelta(seconds=1)):
        late = client.post(f"{own}/check-in/{code}", data=facts)
    with clock.set_to(entry_until):
        answer = client.post(f"{own}/check-in/{code}", data=facts)

    assert code in page
    assert late.status_code == 409
    assert answer.status_code == 302
    candidate = db.session.query(Candidate).filter_by(code=code).one()
    assert attempt_of(candidate).state == "admitted"


def test_from_the_seat_of_somebody_absent_a_link_leads_to_their_check_in(client, sitting, invigilator):
    candidate = make_seated_candidate(sitting, 3)
    ticket, code, own = candidate.ticket_number, candidate.code, url(sitting)
    working, _token = make_working_attempt(sitting)
    present = working.candidate
    there, present_code = f"{own}/check-in?ticket={ticket}", present.code
    theirs = f"{own}/check-in?ticket={present.ticket_number}"
    client.sign_in(invigilator)

    assert f'href="{there}"' in client.get(f"{own}/candidates/{code}").text
    assert client.get(there).status_code == 200
    assert theirs not in client.get(f"{own}/candidates/{present_code}").text


def test_the_desk_promises_no_sooner_cover_than_the_pages_sign_of_life_gives(client, sitting, invigilator):
    attempt, _token = make_working_attempt(sitting)
    own, seat = url(sitting), attempt.candidate.code
    client.sign_in(invigilator)
    beat = re.search(r"^const BEAT_MS = (\d+);$", SCRIPT.read_text(), re.MULTILINE)

    assert int(beat[1]) <= 30_000
    for address in (f"{own}/halts", f"{own}/candidates/{seat}"):
        assert "半分钟内被遮盖" in client.get(address).text
    paused = client.post(f"{own}/halts/pause", data={"why": "power"}, follow_redirects=True)
    assert "半分钟内被遮盖" in paused.text


def test_who_stands_at_the_desk_of_another_room_is_told_theirs_and_not_let_in(client, sitting):
    candidate = make_seated_candidate(sitting, 3)
    ticket, code, own = candidate.ticket_number, candidate.code, url(sitting)
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE, make_second_room(sitting)))

    page = client.get(f"{own}/check-in?ticket={ticket}").get_data(as_text=True)
    facts = {"phone_given": "given", "phone": "13812345678", "identity_confirmed": "y"}

    assert "A101" in page
    assert "identity_confirmed" not in page
    assert client.post(f"{own}/check-in/{code}", data=facts).status_code == 404


def test_an_unknown_ticket_says_so(client, sitting, invigilator):
    own = url(sitting)
    client.sign_in(invigilator)
    assert client.get(f"{own}/check-in?ticket=26T111-1111-1111").status_code == 404


def test_misconduct_is_recorded_by_one_and_confirmed_by_another(client, sitting, invigilator):
    attempt, _token = make_working_attempt(sitting)
    second = make_on_duty(sitting, Duty.INVIGILATE)
    own, code, attempt_id = url(sitting), attempt.candidate.code, attempt.id
    facts = {"candidate": code, "kind": "misconduct", "description": "考生携带手机并查看,已当场收存。"}
    client.sign_in(invigilator)
    assert client.post(f"{own}/incidents", data=facts | {"ends_attempt": "y"}).status_code == 302
    incident = db.session.query(Incident).one().code
    assert client.post(f"{own}/incidents/{incident}/confirm", data={"told": "signed"}).status_code == 409

    client.sign_in(second)
    assert client.post(f"{own}/incidents/{incident}/confirm", data={"told": "signed"}).status_code == 302

    attempt = db.session.get(type(attempt), attempt_id, populate_existing=True)
    assert (attempt.state, attempt.ending) == ("handed_in", "misconduct")


def test_the_inspector_sees_and_notes_but_cannot_act(client, sitting):
    make_working_attempt(sitting)
    own = url(sitting)
    client.sign_in(make_on_duty(sitting, Duty.INSPECT))

    assert client.get(f"{own}/inspection").status_code == 200
    assert client.get(f"{own}/board").status_code == 200
    findings = {f"point-{point}": "met" for point in POINTS}
    assert client.post(f"{own}/inspection", data=findings).status_code == 302
    for act in ("/open", "/close", "/incidents"):
        assert client.post(own + act).status_code == 403
