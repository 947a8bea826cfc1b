"""What was typed at the desk is not lost for a word that lacks: the same page says what, and keeps it."""

import re
from datetime import timedelta

import pytest

from tests.factories.delivery import change, make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty
from tests.worlds import built_once
from trainhub.exams import delivery
from trainhub.exams.delivery.beacon import read_beacon
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.invigilation.inspection import POINTS
from trainhub.exams.invigilation.models import CheckIn, Incident, InspectionNote, Measure
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.separation.duties import Duty


@pytest.fixture
@built_once
def desk(app):
    """A sitting with one at work and one who stands at the desk."""
    sitting = make_seated_sitting()
    attempt, token = make_working_attempt(sitting)
    waiting = make_seated_candidate(sitting, 2)
    return {
        "own": f"/exam/desk/{sitting.code}",
        "attempt": attempt.code,
        "id": attempt.id,
        "token": token,
        "seat": attempt.candidate.code,
        "waiting": waiting.code,
        "invigilator": make_on_duty(sitting, Duty.INVIGILATE),
        "inspector": make_on_duty(sitting, Duty.INSPECT),
    }


@pytest.fixture
def invigilating(client, desk):
    client.sign_in(db.session.merge(desk["invigilator"]))
    return client


@pytest.mark.parametrize(
    ("phone", "sure", "says", "kept"),
    [
        ("13812345678", "", "请先核对身份证", "13812345678"),
        ("1381234", "y", "手机号", "1381234"),
    ],
)
def test_at_check_in_the_queue_goes_on_at_the_same_page(invigilating, desk, phone, sure, says, kept):
    given = {"phone_given": "given", "phone": phone} | ({"identity_confirmed": sure} if sure else {})
    answer = invigilating.post(f"{desk['own']}/check-in/{desk['waiting']}", data=given)

    assert answer.status_code == 422
    assert f'action="{desk["own"]}/check-in/{desk["waiting"]}"' in answer.text
    assert says in answer.text and f'value="{kept}"' in answer.text
    assert db.session.query(CheckIn).count() == 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"description": "看手机"}, "请描述所见情况，至少十个字。"),
        ({"kind": "equipment"}, "只有某一名考生的违纪行为才能终止考试。"),
    ],
)
def test_an_incident_comes_back_as_it_was_typed(invigilating, desk, wrong, says):
    facts = {"candidate": desk["seat"], "kind": "misconduct", "ends_attempt": "y"}
    facts |= {"description": "在桌下看手机，屏幕为试题照片"} | wrong
    answer = invigilating.post(f"{desk['own']}/incidents", data=facts)

    assert answer.status_code == 422
    assert says in answer.text and facts["description"] in answer.text
    assert f'<option selected value="{desk["seat"]}">' in answer.text
    assert db.session.query(Incident).count() == 0


def test_an_inspectors_six_findings_outlive_a_missing_word(client, desk):
    client.sign_in(db.session.merge(desk["inspector"]))
    findings = {f"point-{point}": "met" for point in POINTS} | {"point-room": "problem"}
    answer = client.post(f"{desk['own']}/inspection", data=findings | {"remarks": "坏"})

    assert answer.status_code == 422
    assert "请在备注中说明问题。" in answer.text
    assert answer.text.count('value="met" checked') == len(POINTS) - 1
    assert 'name="point-room" value="problem" checked' in answer.text
    assert db.session.query(InspectionNote).count() == 0


def test_a_decision_about_nobody_keeps_its_reason(invigilating, desk):
    taken = delivery.append(desk["attempt"], desk["token"], [change(1, 1, "T")])
    deadline = db.session.get(Attempt, desk["id"], populate_existing=True).deadline
    db.session.rollback()
    with clock.set_to(deadline + timedelta(minutes=10)):
        delivery.append(desk["attempt"], desk["token"], [change(2, 2, "F")], read_beacon(taken.beacon))
    answer = invigilating.post(f"{desk['own']}/late", data={"verdict": "accept", "text": "考场断网十分钟"})

    assert answer.status_code == 422
    assert "请先选择考生。" in answer.text and "考场断网十分钟" in answer.text
    assert db.session.get(Attempt, desk["id"], populate_existing=True).late_state == "provisional"


@pytest.mark.parametrize("what", ["move", "pause"])
def test_on_a_seats_own_page_a_missing_word_is_asked_for_at_its_field(invigilating, desk, what):
    address = f"{desk['own']}/candidates/{desk['seat']}"
    answer = invigilating.post(f"{address}/{what}", data={f"{what}-why": "other", f"{what}-text": "吵"})

    assert answer.status_code == 422
    assert f'action="{address}/{what}"' in answer.text
    assert f'id="{what}-text-error"' in answer.text and 'value="吵"' in answer.text
    assert '<option selected value="other">' in answer.text


@pytest.mark.parametrize("what", ["pause", "suspend"])
def test_a_pause_of_a_room_without_a_word_for_it_comes_back_too(invigilating, desk, what):
    facts = {f"{what}-room": "", f"{what}-why": "other", f"{what}-text": "", f"{what}-sure": "y"}
    answer = invigilating.post(f"{desk['own']}/halts/{what}", data=facts)

    assert answer.status_code == 422
    assert f'id="{what}-text-error"' in answer.text


def test_a_seat_paused_on_its_own_page_stands_still_and_goes_on_with_a_note(invigilating, desk):
    address = f"{desk['own']}/candidates/{desk['seat']}"
    invigilating.post(f"{address}/pause", data={"pause-why": "machine", "pause-text": "键盘失灵"})
    page = invigilating.get(address).text
    (resume,) = re.findall(r'action="([^"]+/resume)"', page)
    assert db.session.get(Attempt, desk["id"]).state == "paused"

    assert invigilating.post(resume).status_code == 302

    db.session.rollback()
    assert db.session.get(Attempt, desk["id"]).state == "working"
    assert [each.kind for each in db.session.query(Measure).order_by(Measure.id)] == ["pause", "resume"]


def test_a_frozen_seat_goes_on_only_where_its_alarm_is_looked_at(invigilating, desk):
    address = f"{desk['own']}/candidates/{desk['seat']}"
    invigilating.post(f"{address}/freeze", data={"reason": "疑似远程控制"})
    (halt,) = delivery.open_halts(db.session.get(Attempt, desk["id"]).sitting)
    resume = f"{desk['own']}/halts/{halt.code}/resume"

    for page in (address, f"{desk['own']}/halts"):
        text = invigilating.get(page).text
        assert resume not in text
        assert f'href="{address}/watch"' in text
    assert invigilating.post(resume).status_code == 409
    db.session.rollback()
    assert db.session.get(Attempt, desk["id"]).state == "paused"

    assert invigilating.post(f"{address}/release").status_code == 302
    db.session.rollback()
    assert db.session.get(Attempt, desk["id"]).state == "working"
    assert [each.kind for each in db.session.query(Measure).order_by(Measure.id)] == ["freeze", "release"]
