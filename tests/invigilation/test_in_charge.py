"""Who invigilates one room acts for that room; for the whole sitting, who invigilates all of its rooms."""

from datetime import timedelta

import pytest

from tests.factories.delivery import make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty, make_second_room
from tests.factories.people import make_officer
from tests.worlds import built_once
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind
from trainhub.exams.delivery.models import Attempt, Halt
from trainhub.exams.invigilation.access import is_in_charge
from trainhub.exams.sittings.models import Sitting
from trainhub.exams.staffing.models import Appointment
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


@pytest.fixture
@built_once
def rooms(app):
    """Two rooms with one at work in each; an invigilator of each, and one of both."""
    sitting = make_seated_sitting()
    second = make_second_room(sitting)
    here = make_working_attempt(sitting, 1)[0]
    there = make_working_attempt(sitting, 2)[0]
    there.candidate.sitting_room_id = second.id
    db.session.commit()
    return {
        "own": f"/exam/desk/{sitting.code}",
        "sitting": sitting.id,
        "room": make_on_duty(sitting, Duty.INVIGILATE, sitting.rooms[0]),
        "other": make_on_duty(sitting, Duty.INVIGILATE, second),
        "chief": make_on_duty(sitting, Duty.INVIGILATE),
        "here": here.id,
        "there": there.id,
    }


SENT = {
    "pause": {"pause-room": "", "pause-why": "network"},
    "suspend": {"suspend-room": "", "suspend-why": "fire", "suspend-sure": "y"},
    "extend": {"extend-room": "", "extend-minutes": "10", "extend-why": "disturbance"},
}


def states(rooms):
    db.session.rollback()
    return [
        (each.state, each.extra_seconds)
        for each in (db.session.get(Attempt, rooms[k]) for k in ("here", "there"))
    ]


def entries():
    wanted = db.session.query(Entry).filter(Entry.kind.in_(["halt.begun", "attempts.extended"]))
    return [each.body for each in wanted]


@pytest.mark.parametrize("act", SENT)
def test_of_one_room_nobody_acts_for_the_whole_sitting(client, rooms, act):
    client.sign_in(db.session.merge(rooms["room"]))
    shown = client.get(f"{rooms['own']}/halts").text
    assert "整个场次的暂停、恢复和补时由负责所有考场的监考员办理" in shown
    assert '<option value="">' not in shown and '<option selected value="">' not in shown

    answer = client.post(f"{rooms['own']}/halts/{act}", data=SENT[act])

    assert answer.status_code == 422
    assert f'id="{act}-room-error"' in answer.text
    assert states(rooms) == [("working", 0)] * 2
    assert entries() == []


@pytest.mark.parametrize("act", SENT)
def test_of_all_rooms_somebody_acts_for_the_whole_sitting_and_the_ledger_says_so(client, rooms, act):
    client.sign_in(db.session.merge(rooms["chief"]))

    assert client.post(f"{rooms['own']}/halts/{act}", data=SENT[act]).status_code == 302

    assert states(rooms) == ([("working", 600)] * 2 if act == "extend" else [("paused", 0)] * 2)
    (entry,) = entries()
    assert '"room":null' in entry.replace(" ", "")


@pytest.mark.parametrize("act", SENT)
def test_in_a_fire_each_breaks_off_their_own_room_at_once(client, rooms, act):
    client.sign_in(db.session.merge(rooms["room"]))

    assert (
        client.post(f"{rooms['own']}/halts/{act}", data=SENT[act] | {f"{act}-room": "A101"}).status_code
        == 302
    )

    assert states(rooms) == [("working", 600) if act == "extend" else ("paused", 0), ("working", 0)]


def test_what_the_whole_sitting_stands_still_for_goes_on_through_whoever_is_in_charge(client, rooms):
    with transaction():
        sitting = db.session.get(Sitting, rooms["sitting"])
        code = delivery.halt(sitting, HaltKind.PAUSE, "全场断网", by=sitting.planned_by).code
    client.sign_in(db.session.merge(rooms["room"]))
    page = client.get(f"{rooms['own']}/halts").text
    assert f"{code}/resume" not in page and "由负责整个场次的监考员恢复" in page

    assert client.post(f"{rooms['own']}/halts/{code}/resume").status_code == 404

    client.sign_in(db.session.merge(rooms["chief"]))
    assert client.post(f"{rooms['own']}/halts/{code}/resume").status_code == 302
    assert db.session.query(Halt).one().ended_at is not None


def test_the_one_of_the_only_room_is_in_charge_of_the_sitting(app):
    sitting = make_seated_sitting()
    assert is_in_charge(sitting, make_on_duty(sitting, Duty.INVIGILATE, sitting.rooms[0]))
    assert not is_in_charge(sitting, make_on_duty(sitting, Duty.INSPECT))


def test_the_desk_says_who_is_in_charge_or_what_is_done_where_nobody_is(client, rooms):
    chief = db.session.merge(rooms["chief"]).name
    client.sign_in(db.session.merge(rooms["room"]))
    for path in ("", "/halts"):
        page = client.get(rooms["own"] + path).text
        assert f"负责所有考场：{chief}" in page and "没有人负责整个场次" not in page

    with transaction():
        db.session.query(Appointment).filter_by(person_id=rooms["chief"].id).delete()

    for path in ("", "/halts"):
        page = client.get(rooms["own"] + path).text
        assert "没有人负责整个场次" in page and "考试机构可随时指定其中一人" in page


def test_the_centre_is_led_to_where_it_says_who_is_in_charge_if_it_may(client, rooms):
    with transaction():
        sitting = db.session.get(Sitting, rooms["sitting"])
        code, centre = sitting.code, sitting.organisation
        db.session.query(Appointment).filter_by(sitting_room_id=None).delete()
        officers = [make_officer(duty, centre) for duty in (Duty.ASSIGN_STAFF, Duty.ARRANGE_SITTINGS)]
        one = db.session.query(Appointment).filter_by(person_id=rooms["room"].id).one().code
    staffing = f"/exam/staffing/{code}"
    for officer, leads in zip(officers, (True, False), strict=True):
        client.sign_in(db.session.merge(officer))
        page = client.get(f"/exam/centre/{code}").text
        assert "没有人负责整个场次" in page
        assert (f'href="{staffing}"' in page) is leads
    client.sign_in(db.session.merge(officers[0]))
    assert f"/appointments/{one}/in-charge" in client.get(staffing).text


def test_that_nobody_goes_on_is_not_said_for_another_room(client, rooms):
    with transaction():
        sitting = db.session.get(Sitting, rooms["sitting"])
        for room in sitting.rooms:
            delivery.halt(sitting, HaltKind.PAUSE, "断网检修", room=room, by=sitting.planned_by)
    later = clock.now() + timedelta(hours=5)
    with clock.set_to(later):
        client.sign_in(db.session.merge(rooms["room"]))
        page = client.post(f"{rooms['own']}/close", data={"abandoned": "y"})
        assert page.status_code == 409
        assert "其他考场计时仍停止" in page.text
        client.sign_in(db.session.merge(rooms["chief"]))
        assert client.post(f"{rooms['own']}/close", data={"abandoned": "y"}).status_code == 302


def test_what_is_broken_off_without_a_reserve_form_waits_for_the_centre_until_it_has_one(client, rooms):
    with transaction():
        sitting = db.session.get(Sitting, rooms["sitting"])
        code, officer = sitting.code, make_officer(Duty.ARRANGE_SITTINGS, sitting.organisation).id
    task = f'href="/exam/sittings/{code}#reserve"'
    client.sign_in(db.session.get(Person, officer))
    assert task not in client.get("/home/exam").text
    with transaction():
        sitting = db.session.get(Sitting, rooms["sitting"])
        delivery.halt(sitting, HaltKind.SUSPENSION, "全楼停电", by=sitting.planned_by)
    assert task in client.get("/home/exam").text

    for reserve, waits in (("P-RESERVE", False), ("P-TEST", True)):
        with transaction():
            db.session.get(Sitting, rooms["sitting"]).reserve_paper_code = reserve
        assert (task in client.get("/home/exam").text) is waits


def test_the_centre_reads_that_a_sitting_is_broken_off_and_what_can_be_done(client, rooms):
    with transaction():
        sitting = db.session.get(Sitting, rooms["sitting"])
        code, officer = sitting.code, make_officer(Duty.ARRANGE_SITTINGS, sitting.organisation).id
    assert "已中止" not in page_of(client, officer, code)
    with transaction():
        sitting = db.session.get(Sitting, rooms["sitting"])
        sitting.paper_code = "P-TEST"
        stopped = delivery.halt(sitting, HaltKind.SUSPENSION, "全楼停电", by=sitting.planned_by)
    shown = page_of(client, officer, code)
    assert "已中止" in shown and "全楼停电" in shown
    assert "可用原卷恢复考试" in shown and 'href="#reserve">配备用卷' in shown
    assert "已中止" in client.get("/exam/sittings/").text
    with clock.set_to(clock.now() + timedelta(minutes=61)):
        assert "须启用备用卷" in page_of(client, officer, code)
    with transaction():
        delivery.resume(db.session.merge(stopped), by=db.session.get(Person, officer))
    assert "已中止" not in page_of(client, officer, code)


def page_of(client, officer, code):
    db.session.rollback()
    client.sign_in(db.session.get(Person, officer))
    return client.get(f"/exam/sittings/{code}").text
