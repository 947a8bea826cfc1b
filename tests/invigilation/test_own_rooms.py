"""Records of a room are signed and confirmed by those who are on duty in it, not by those of another room."""

from datetime import timedelta

import pytest

from tests.factories.delivery import make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty, make_second_room
from tests.factories.people import make_officer
from tests.worlds import built_once
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.invigilation.models import Incident, RoomRecord
from trainhub.exams.sittings.models import Sitting, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.separation.duties import Duty

MISCONDUCT = {"kind": "misconduct", "description": "考生携带手机并查看，已当场收存。", "ends_attempt": "y"}


@pytest.fixture
@built_once
def rooms(app, client):
    """A room with somebody at work, two invigilators in it, one in another room and one for both."""
    sitting = make_seated_sitting()
    attempt, _token = make_working_attempt(sitting)
    second = make_second_room(sitting)
    elsewhere = make_seated_candidate(sitting, 2)
    elsewhere.sitting_room_id = second.id
    db.session.commit()
    here = sitting.rooms[0]
    return {
        "own": f"/exam/desk/{sitting.code}",
        "sitting": sitting.id,
        "attempt": attempt.id,
        "seat": attempt.candidate.code,
        "elsewhere": elsewhere.code,
        "first": make_on_duty(sitting, Duty.INVIGILATE, here),
        "second": make_on_duty(sitting, Duty.INVIGILATE, here),
        "other": make_on_duty(sitting, Duty.INVIGILATE, second),
        "chief": make_on_duty(sitting, Duty.INVIGILATE),
    }


def record(client, rooms, by, **facts):
    client.sign_in(db.session.merge(rooms[by]))
    client.post(f"{rooms['own']}/incidents", data=MISCONDUCT | {"candidate": rooms["seat"]} | facts)
    return db.session.query(Incident).order_by(Incident.id.desc()).first().code


def confirm(client, rooms, code, by, told="signed"):
    client.sign_in(db.session.merge(rooms[by]))
    return client.post(f"{rooms['own']}/incidents/{code}/confirm", data={"told": told}).status_code


def test_nobody_of_another_room_ends_a_candidates_exam(client, rooms):
    code = record(client, rooms, "first")

    assert confirm(client, rooms, code, "other") == 404
    assert MISCONDUCT["description"] not in client.get(f"{rooms['own']}/incidents").text
    assert db.session.get(Attempt, rooms["attempt"], populate_existing=True).state == "working"

    assert confirm(client, rooms, code, "second") == 302
    assert db.session.get(Attempt, rooms["attempt"], populate_existing=True).ending == "misconduct"


def test_who_is_on_duty_for_the_whole_sitting_confirms_and_what_is_about_nobody_any_of_them(client, rooms):
    assert confirm(client, rooms, record(client, rooms, "first"), "chief") == 302

    general = record(client, rooms, "first", candidate="", kind="other", ends_attempt="")
    assert MISCONDUCT["description"] in client.get(f"{rooms['own']}/incidents").text
    assert confirm(client, rooms, general, "other", "nobody") == 302


def test_a_rooms_record_is_signed_by_two_of_that_room(client, rooms):
    sitting = db.session.get(Sitting, rooms["sitting"])
    sitting.state, sitting.starts_at = SittingState.CLOSED, clock.now() - timedelta(hours=5)
    db.session.commit()
    client.sign_in(db.session.merge(rooms["other"]))

    page = client.get(f"{rooms['own']}/record").text
    assert "record/B202" in page and "record/A101" not in page
    assert client.post(f"{rooms['own']}/record/A101", data={}).status_code == 404
    assert db.session.query(RoomRecord).count() == 0

    for by in ("first", "second"):
        client.sign_in(db.session.merge(rooms[by]))
        assert client.post(f"{rooms['own']}/record/A101", data={}).status_code == 302
    assert db.session.query(RoomRecord).one().second_by_id is not None


@pytest.mark.parametrize("looks_on", ["inspector", "centre"])
def test_who_looks_on_is_told_about_whom_a_record_is_and_whether_two_stand_for_it(client, rooms, looks_on):
    code = record(client, rooms, "first")
    sitting = db.session.get(Sitting, rooms["sitting"])
    page = f"{rooms['own']}/inspection" if looks_on == "inspector" else f"/exam/centre/{sitting.code}"
    if looks_on == "inspector":
        person = make_on_duty(sitting, Duty.INSPECT)
    else:
        person = make_officer(Duty.ARRANGE_SITTINGS, sitting.organisation)
        db.session.commit()
    client.sign_in(person)
    assert "A101 · 1 号座位 · 等待第二人确认 · 终止考试" in client.get(page).text

    confirm(client, rooms, code, "second")
    client.sign_in(db.session.merge(person))
    assert "A101 · 1 号座位 · 已确认 · 终止考试" in client.get(page).text


def test_an_inspector_is_led_to_the_alarms_and_back(client, rooms):
    client.sign_in(make_on_duty(db.session.get(Sitting, rooms["sitting"]), Duty.INSPECT))
    there, back = f"{rooms['own']}/alarms", f"{rooms['own']}/inspection"

    assert f'href="{there}"' in client.get(back).text
    assert f'href="{back}"' in client.get(there).text
