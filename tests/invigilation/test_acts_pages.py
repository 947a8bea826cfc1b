"""Acts, pauses, suspensions and late answers over HTTP, and two invigilators who act at once."""

import threading
from datetime import timedelta

import pytest

from tests.factories.delivery import (
    change,
    lay_out_paper,
    make_seated_candidate,
    make_seated_sitting,
    make_working_attempt,
)
from tests.factories.invigilation import make_on_duty, make_second_room
from tests.factories.people import make_person
from tests.worlds import built_once
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind
from trainhub.exams.delivery.beacon import read_beacon
from trainhub.exams.delivery.models import Attempt, Halt
from trainhub.exams.invigilation.closing import close_desk
from trainhub.exams.invigilation.deciding import late_answers, number_undecided
from trainhub.exams.invigilation.halting import go_on, stand_still
from trainhub.exams.sittings.models import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


@pytest.fixture
@built_once
def sitting(app):
    return make_seated_sitting()


@pytest.fixture
@built_once
def known(sitting, client):
    """A candidate at work and an invigilator signed in; names that survive a request."""
    attempt, token = make_working_attempt(sitting)
    facts = {
        "id": attempt.id,
        "attempt": attempt.code,
        "token": token,
        "seat": attempt.candidate.code,
        "own": f"/exam/desk/{sitting.code}",
        "sitting": sitting.id,
    }
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE))
    return facts


def attempt_now(known):
    db.session.rollback()
    return db.session.get(Attempt, known["id"], populate_existing=True)


def sitting_now(known):
    return db.session.get(Sitting, known["sitting"], populate_existing=True)


def halt_codes():
    db.session.rollback()
    return [halt.code for halt in db.session.query(Halt).order_by(Halt.id)]


def test_every_page_of_the_desk_opens(client, known):
    client.post(f"{known['own']}/halts/suspend", data={"suspend-room": "", "suspend-sure": "y"})
    for rest in ("", "/halts", "/late", "/incidents", "/check-in", f"/candidates/{known['seat']}", "/record"):
        assert client.get(known["own"] + rest).status_code == 200, rest


def test_a_ticket_that_a_neighbour_locked_is_seen_at_the_desk_and_unlocked_there_in_one_step(client, known):
    attempt_now(known).wrong_entries = 8
    db.session.commit()
    assert "输错次数过多：准考证已锁定" in client.get(known["own"]).text
    seat = f"{known['own']}/candidates/{known['seat']}"
    assert 'name="act" value="unlock"' in client.get(seat).text

    unlock = {"act": "unlock", "seat": known["seat"]}
    assert client.post(f"{known['own']}/acts", data=unlock).status_code == 302

    assert attempt_now(known).wrong_entries == 0
    assert 'name="act" value="unlock"' not in client.get(seat).text
    assert "输错 8 次后解除锁定" in client.get(seat).text


def test_who_gets_extra_time_and_who_comes_later_is_told_before_the_deed_and_after_it(client, known, sitting):
    assert "补时只给已签到且尚未交卷的考生" in client.get(known["own"]).text
    with transaction():
        absent = make_seated_candidate(sitting_now(known), 3).code
    chosen = {"act": "extend", "why": "network", "minutes": 10, "seat": [known["seat"], absent]}

    told = client.post(f"{known['own']}/acts", data=chosen, follow_redirects=True).text

    assert "3" in told and "该考生尚未签到" in told
    assert attempt_now(known).extra_seconds == 600


def test_a_seat_is_paused_from_its_page_and_goes_on(client, known):
    chosen = {"act": "pause", "why": "network", "seat": known["seat"]}
    assert client.post(f"{known['own']}/acts", data=chosen).status_code == 302
    assert attempt_now(known).state == "paused"
    (code,) = halt_codes()

    assert client.post(f"{known['own']}/halts/{code}/resume").status_code == 302

    assert attempt_now(known).state == "working"
    assert client.post(f"{known['own']}/halts/{code}/resume").status_code == 409


def test_the_answer_says_for_how_many_it_was_done_and_why_not_for_the_others(client, known):
    chosen = {"act": "extend", "minutes": "5", "why": "machine", "seat": known["seat"]}
    client.post(f"{known['own']}/acts", data={"act": "move", "why": "machine", "seat": known["seat"]})
    attempt = attempt_now(known)
    with transaction():
        attempt = db.session.get(Attempt, attempt.id)
        delivery.end_for_misconduct(attempt, by=attempt.candidate.person)

    page = client.post(f"{known['own']}/acts", data=chosen, follow_redirects=True).get_data(as_text=True)

    assert "未办理" in page


@pytest.mark.parametrize(
    "wrong",
    [{"act": "extend"}, {"act": "fly", "seat": "x"}, {"act": "extend", "why": "other", "seat": "own"}],
)
def test_an_act_without_seats_sense_or_reason_is_refused(client, known, wrong):
    wrong = {name: known["seat"] if value == "own" else value for name, value in wrong.items()}

    assert client.post(f"{known['own']}/acts", data=wrong).status_code == 422


def test_a_seat_of_another_sitting_spoils_the_whole_act(client, known):
    theirs = make_working_attempt(make_seated_sitting())[0].candidate.code
    chosen = {"act": "pause", "why": "network", "seat": [known["seat"], theirs]}

    assert client.post(f"{known['own']}/acts", data=chosen).status_code == 404
    assert attempt_now(known).state == "working"


def test_a_room_is_paused_once(client, known):
    paused = {"pause-room": "A101", "pause-why": "power"}
    assert client.post(f"{known['own']}/halts/pause", data=paused).status_code == 302

    assert client.post(f"{known['own']}/halts/pause", data=paused).status_code == 409
    assert len(halt_codes()) == 1
    assert attempt_now(known).state == "paused"


def test_a_suspension_asks_whether_one_is_sure(client, known):
    assert client.post(f"{known['own']}/halts/suspend", data={"suspend-why": "fire"}).status_code == 422
    assert halt_codes() == []

    sure = {"suspend-room": "", "suspend-why": "fire", "suspend-sure": "y"}
    assert client.post(f"{known['own']}/halts/suspend", data=sure).status_code == 302

    attempt = attempt_now(known)
    assert (attempt.state, attempt.token_hash) == ("paused", None)


def test_a_suspension_says_when_it_goes_on_if_that_is_to_come(client, known):
    sure = {"suspend-room": "", "suspend-why": "power", "suspend-sure": "y"}
    past = {"suspend-resumes_at": "2020-01-01T08:00"}
    assert client.post(f"{known['own']}/halts/suspend", data=sure | past).status_code == 422

    tomorrow = clock.local(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = client.post(f"{known['own']}/halts/suspend", data=sure | {"suspend-resumes_at": tomorrow})

    assert answer.status_code == 302
    db.session.rollback()
    assert db.session.query(Halt).one().resumes_at > clock.now()


def test_the_next_day_a_suspended_sitting_goes_on_with_the_reserve_form_alone(client, known):
    sitting = sitting_now(known)
    sitting.reserve_paper_code = sitting.paper_code = "P-RESERVE"
    lay_out_paper(client.application, sitting)
    sitting.paper_code = "P-TEST"
    db.session.commit()
    sure = {"suspend-room": "", "suspend-why": "fire", "suspend-sure": "y"}
    now = clock.now()
    with clock.set_to(now):
        client.post(f"{known['own']}/halts/suspend", data=sure)
        (code,) = halt_codes()
        page = client.get(f"{known['own']}/halts").get_data(as_text=True)
    assert "备用卷" in page

    with clock.set_to(now + timedelta(hours=2)):
        assert client.post(f"{known['own']}/halts/{code}/resume").status_code == 409
        answer = client.post(f"{known['own']}/halts/{code}/resume", data={"reserve": "y"})

    assert answer.status_code == 302
    old = attempt_now(known)
    assert old.ending == "replaced"
    again = delivery.attempt_of(old.candidate)
    assert again.round == 2
    with clock.set_to(now + timedelta(hours=2)):
        with transaction():
            delivery.start(db.session.merge(again))
        client.post(f"{known['own']}/halts/suspend", data=sure)
        page = client.get(f"{known['own']}/halts").get_data(as_text=True)
    assert "不能再次启用" in page
    assert 'name="reserve"' not in page


def test_an_invigilator_of_one_room_cannot_pause_or_resume_another(client, sitting):
    second = make_second_room(sitting)
    sitting_id, own = sitting.id, f"/exam/desk/{sitting.code}"
    with transaction():
        there = db.session.get(Sitting, sitting_id)
        room = next(each for each in there.rooms if each.exam_room.code == "A101")
        code = stand_still(there, HaltKind.PAUSE, "考场停电检查", room=room, by=there.planned_by).code
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE, second))

    elsewhere = {"pause-room": "A101", "pause-why": "power"}
    assert client.post(f"{own}/halts/pause", data=elsewhere).status_code == 422
    assert client.post(f"{own}/halts/{code}/resume").status_code == 404
    page = client.get(f"{own}/halts").get_data(as_text=True)
    assert f"{code}/resume" not in page and "由该考场的监考员恢复" in page
    assert client.post(f"{own}/halts/pause", data=elsewhere | {"pause-room": "B202"}).status_code == 302
    assert client.get(f"{own}/halts").get_data(as_text=True).count("/resume") == 1
    with transaction():
        there = db.session.get(Sitting, sitting_id)
        delivery.resume(delivery.get_halt(there, code), by=there.planned_by)
        attempt, _token = make_working_attempt(there, 9)
    with transaction():
        there = db.session.get(Sitting, sitting_id)
        seat = db.session.query(Attempt).one().candidate
        frozen = delivery.halt(
            there, HaltKind.FREEZE, "屏幕自行移动", candidate=seat, by=there.planned_by
        ).code
    assert client.post(f"{own}/halts/{frozen}/resume").status_code == 404


def test_two_invigilators_who_pause_the_same_room_at_once_pause_it_once(app, known):
    first, second = make_person().id, make_person().id
    db.session.commit()
    outcomes = []

    def pause(person_id):
        with app.app_context():
            try:
                with transaction():
                    there = db.session.get(Sitting, known["sitting"])
                    by = db.session.get(Person, person_id)
                    stand_still(there, HaltKind.PAUSE, "全场网络中断", room=there.rooms[0], by=by)
                outcomes.append("paused")
            except Conflict:
                outcomes.append("refused")

    threads = [threading.Thread(target=pause, args=(each,)) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["paused", "refused"]
    assert len(halt_codes()) == 1


@pytest.fixture
def late(known):
    """One answer in time, then no network, and two more that come ten minutes after the end."""
    db.session.rollback()
    taken = delivery.append(known["attempt"], known["token"], [change(1, 1, "T")])
    deadline = attempt_now(known).deadline
    db.session.rollback()
    with clock.set_to(deadline + timedelta(minutes=10)):
        offline = [change(2, 2, "F"), change(3, 4, "F")]
        delivery.append(known["attempt"], known["token"], offline, read_beacon(taken.beacon))
    return known


def test_the_desk_knows_of_late_answers_what_the_server_knows(late):
    (found,) = late_answers(sitting_now(late))

    assert (found.positions, found.answers, found.is_open) == ([2, 4], 2, True)
    assert found.late_by == timedelta(minutes=10)
    assert found.last_sign_at < found.attempt.deadline
    assert late_answers(sitting_now(late), frozenset({-1})) == []


@pytest.mark.parametrize(("verdict", "state"), [("accept", "confirmed"), ("refuse", "refused")])
def test_late_answers_are_decided_once_with_a_reason(client, late, verdict, state):
    decided = {"verdict": verdict, "text": "监考员确认考场断网", "seat": late["seat"]}
    page = client.get(f"{late['own']}/late").get_data(as_text=True)
    assert late["seat"] in page
    for moment in ("deadline", "late_received_at"):
        at = clock.local(getattr(attempt_now(late), moment))
        assert f"{at:%H:%M:%S}" in page, "whether it was in time is a matter of seconds"
    assert client.post(f"{late['own']}/late", data=decided | {"text": ""}).status_code == 422

    assert client.post(f"{late['own']}/late", data=decided).status_code == 302

    assert attempt_now(late).late_state == state
    again = client.post(f"{late['own']}/late", data=decided, follow_redirects=True).get_data(as_text=True)
    assert "未办理" in again


def test_closing_the_desk_says_what_is_undecided(client, late):
    assert number_undecided(sitting_now(late)) == 1
    db.session.rollback()

    page = client.post(f"{late['own']}/close", follow_redirects=True).get_data(as_text=True)

    assert "有1名考生的迟到作答待认定" in page


def test_a_desk_does_not_close_on_somebody_whose_time_stands_still(known):
    sitting = sitting_now(known)
    with clock.set_to(clock.now()):
        stand_still(sitting, HaltKind.SUSPENSION, "火警疏散", by=sitting.planned_by)
    with clock.set_to(clock.now() + timedelta(hours=5)):
        with pytest.raises(Conflict):
            close_desk(sitting, by=sitting.planned_by)
        assert close_desk(sitting, abandoned=True, by=sitting.planned_by) == 1


def test_after_too_long_the_same_form_is_not_offered_any_more(client, known):
    with transaction():
        sitting = sitting_now(known)
        stand_still(sitting, HaltKind.SUSPENSION, "火警疏散", by=sitting.planned_by)
        sitting.reserve_paper_code = "P-RESERVE"
    assert "用原卷继续考试" in client.get(f"{known['own']}/halts").text
    with transaction():
        db.session.query(Halt).one().began_at -= timedelta(minutes=61)
    page = client.get(f"{known['own']}/halts").text
    assert "用原卷继续考试" not in page and "已超过 60 分钟" in page and "启用备用卷重新作答" in page


def test_the_page_of_a_seat_tells_no_end_that_is_none(client, known):
    seat = f"{known['own']}/candidates/{known['seat']}"
    with transaction():
        sitting = sitting_now(known)
        halt = stand_still(sitting, HaltKind.PAUSE, "网络故障", by=sitting.planned_by).code
    assert "<dt>结束时间</dt><dd>计时已停止</dd>" in client.get(seat).text.replace("\n", "")
    with transaction():
        sitting = sitting_now(known)
        go_on(delivery.get_halt(sitting, halt), by=sitting.planned_by)
    with transaction():
        delivery.hand_in(attempt_now(known), 0)
    page = client.get(seat).text
    assert "交卷时间" in page and "结束时间" not in page


def test_what_goes_on_before_now_does_not_stand_still(known):
    sitting = sitting_now(known)
    with pytest.raises(Invalid):
        stand_still(sitting, HaltKind.PAUSE, "停电", resumes_at=clock.now(), by=sitting.planned_by)


def test_reasons_chosen_at_an_english_desk_are_read_in_chinese(client, known):
    client.get(f"{known['own']}?lang=en")
    chosen = {"why": "network", "minutes": 10, "seat": known["seat"]}
    client.post(f"{known['own']}/acts", data=chosen | {"act": "extend"})
    client.post(f"{known['own']}/acts", data=chosen | {"act": "move", "text": "A<b>3"})
    client.post(
        f"{known['own']}/halts/extend", data={"extend-room": "", "extend-minutes": 5, "extend-why": "health"}
    )
    client.post(f"{known['own']}/halts/pause", data={"pause-room": "", "pause-why": "power"})
    seat, halts = f"{known['own']}/candidates/{known['seat']}", f"{known['own']}/halts"

    english = client.get(seat).text + client.get(halts).text
    client.get(f"{known['own']}?lang=zh_CN")
    chinese = client.get(seat).text + client.get(halts).text

    said = {
        "The network fails": "网络故障",
        "The network fails: A&lt;b&gt;3": "网络故障：A&lt;b&gt;3",
        "The whole sitting: The candidate is not well": "整个场次：考生身体不适",
        "The power fails": "考场停电",
    }
    for words, in_chinese in said.items():
        assert words in english and words not in chinese, words
        assert in_chinese in chinese and in_chinese not in english, in_chinese
