"""Alarms at the desk: who sees them, what a person does, and what is kept when a seat is frozen."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories.delivery import change, make_seated_sitting, make_working_attempt, note_events
from tests.factories.invigilation import make_on_duty, make_second_room
from trainhub.exams import delivery
from trainhub.exams.delivery import evidence, watching
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import Alarm, Evidence
from trainhub.exams.delivery.noticing import EventKind, Noticed
from trainhub.exams.invigilation.alarms import alarm_marks, freeze_of, freeze_seat, open_alarms, release_seat
from trainhub.exams.invigilation.board import seat_sources
from trainhub.exams.invigilation.many import pause_chosen
from trainhub.kernel import clock, storage
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.ledger import Entry
from trainhub.separation.duties import Duty

SCRIPT = "<script>document.title='broken'</script>"


@pytest.fixture
def sitting(app):
    return make_seated_sitting()


@pytest.fixture
def invigilator(sitting):
    return make_on_duty(sitting, Duty.INVIGILATE)


@pytest.fixture
def alarmed(sitting, invigilator):
    """A candidate whose answers entered themselves, at a machine with a nasty name."""
    attempt, token = make_working_attempt(sitting)
    code, number = attempt.code, attempt.id
    db.session.rollback()
    delivery.append(code, token, [change(n, n, how=delivery.How.NONE, shown_ms=50) for n in (1, 2, 3, 4)])
    with transaction():
        machine = Noticed(1, EventKind.MACHINE, 0, {"width": 1280, "height": 800})
        pressed = [Noticed(n, EventKind.UNTRUSTED, 0, {"position": n}) for n in (2, 3, 4)]
        note_events(number, [machine, *pressed], agent=SCRIPT, address="10.1.2.3")
    with clock.set_to(clock.now() + timedelta(minutes=2)), transaction():
        watching.look_at(db.session.get(Attempt, number))
    return db.session.get(Attempt, number)


def alarm_of(attempt):
    return db.session.scalars(select(Alarm).where(Alarm.attempt_id == attempt.id)).one()


def url(sitting, rest=""):
    return f"/exam/desk/{sitting.code}{rest}"


def test_the_desk_has_open_alarms_by_candidate_until_somebody_decides(sitting, alarmed, invigilator):
    [alarm] = open_alarms(sitting)[alarmed.candidate_id]
    assert alarm_marks(sitting.id) == {alarmed.candidate_id: {"alarms": 1}}
    assert alarm_marks in seat_sources
    watching.mark_seen(alarm, by=invigilator)
    assert list(open_alarms(sitting)) == [alarmed.candidate_id]

    watching.dismiss(alarm, "考生使用辅助软件", by=invigilator)
    assert open_alarms(sitting) == {}


def test_a_frozen_seat_stands_still_and_everything_known_is_kept_encrypted(sitting, alarmed, invigilator):
    kept = freeze_seat(alarmed.candidate, "手未动，答案自行出现", by=invigilator)
    db.session.commit()

    assert alarmed.state == "paused"
    assert freeze_of(alarmed.candidate).kind == "freeze"
    assert alarm_of(alarmed).state == "frozen"
    on_disk = storage.read(kept.file_key)
    assert b"untrusted" not in on_disk
    content, is_unchanged = evidence.read_evidence(kept)
    assert is_unchanged
    assert [row["sequence"] for row in content["journal"]] == [1, 2, 3, 4]
    assert {event["kind"] for event in content["events"]} == {"machine", "untrusted"}
    assert [alarm["kind"] for alarm in content["alarms"]] == ["scripted"]
    assert content["attempt"]["head"] == alarmed.head


def test_freezing_changes_no_answer_and_releasing_gives_the_time_back(sitting, alarmed, invigilator):
    head, deadline = alarmed.head, alarmed.deadline
    freeze_seat(alarmed.candidate, "疑似远程控制", by=invigilator)
    db.session.commit()
    with clock.set_to(clock.now() + timedelta(minutes=7)):
        release_seat(alarmed.candidate, by=invigilator)
        db.session.commit()

    assert alarmed.state == "working"
    assert alarmed.head == head
    assert alarmed.deadline - deadline >= timedelta(minutes=6)
    assert freeze_of(alarmed.candidate) is None
    assert db.session.scalars(select(Evidence)).one().file_key is not None


def test_a_seat_is_not_frozen_twice_without_a_reason_or_after_handing_in(sitting, alarmed, invigilator):
    with pytest.raises(Invalid):
        freeze_seat(alarmed.candidate, " ", by=invigilator)
    freeze_seat(alarmed.candidate, "疑似远程控制", by=invigilator)
    with pytest.raises(Conflict):
        freeze_seat(alarmed.candidate, "再次冻结座位", by=invigilator)
    db.session.rollback()
    with pytest.raises(Conflict):
        release_seat(alarmed.candidate, by=invigilator)


def test_changed_evidence_is_told(sitting, alarmed, invigilator):
    kept = freeze_seat(alarmed.candidate, "疑似远程控制", by=invigilator)
    kept.sha256 = "0" * 64
    db.session.commit()

    assert evidence.read_evidence(kept)[1] is False


def test_evidence_is_deleted_when_its_time_is_over_and_its_hash_stays(sitting, alarmed, invigilator):
    kept = freeze_seat(alarmed.candidate, "疑似远程控制", by=invigilator)
    db.session.commit()
    file_key, sha256 = kept.file_key, kept.sha256
    assert not evidence.is_over()

    with clock.set_to(kept.keep_until + timedelta(seconds=1)):
        assert evidence.is_over()
        with transaction():
            assert evidence.delete_what_is_over() == 1

    assert db.session.scalars(select(Evidence)).one().sha256 == sha256
    with pytest.raises(NotFound):
        storage.read(file_key)
    deleted = db.session.scalars(select(Entry).where(Entry.kind == "evidence.deleted")).one()
    assert json.loads(deleted.body)["facts"]["number"] == 1


def test_the_pages_show_what_an_alarm_rests_on_and_escape_what_a_machine_says(
    client, sitting, alarmed, invigilator
):
    candidate = alarmed.candidate.code
    own = url(sitting)
    client.sign_in(invigilator)

    listed = client.get(f"{own}/alarms").get_data(as_text=True)
    seat = client.get(f"{own}/candidates/{candidate}/watch").get_data(as_text=True)
    assert candidate in listed
    assert SCRIPT not in seat
    assert "&lt;script&gt;" in seat

    reason = {"reason": "手未动，答案自行出现"}
    assert client.post(f"{own}/candidates/{candidate}/freeze", data=reason).status_code == 302
    kept = db.session.scalars(select(Evidence)).one().code
    page = client.get(f"{own}/evidence/{kept}").get_data(as_text=True)
    assert SCRIPT not in page
    assert "badge-good" in page
    assert client.post(f"{own}/candidates/{candidate}/release").status_code == 302


def test_an_invigilator_sees_and_dismisses_by_the_pages(client, sitting, alarmed, invigilator):
    own, code = url(sitting), alarm_of(alarmed).code
    reason = f"{code}-reason"
    client.sign_in(invigilator)

    assert client.post(f"{own}/alarms/{code}/seen").status_code == 302
    assert client.post(f"{own}/alarms/{code}/dismiss", data={reason: ""}).status_code == 422
    assert client.post(f"{own}/alarms/{code}/dismiss", data={reason: "考生本人操作"}).status_code == 302
    assert client.post(f"{own}/alarms/{code}/seen").status_code == 409


def test_alarm_candidate_and_evidence_of_another_sitting_or_room_are_not_found(
    client, sitting, alarmed, invigilator
):
    kept = freeze_seat(alarmed.candidate, "疑似远程控制", by=invigilator).code
    code, candidate = alarm_of(alarmed).code, alarmed.candidate.code
    theirs, other = url(sitting), make_seated_sitting()
    stranger = make_on_duty(other, Duty.INVIGILATE)
    own = url(other)
    neighbour = make_on_duty(sitting, Duty.INVIGILATE, make_second_room(sitting))

    for person, at in ((stranger, theirs), (stranger, own), (neighbour, theirs)):
        client.sign_in(person)
        assert client.get(f"{at}/evidence/{kept}").status_code == 404
        assert client.get(f"{at}/candidates/{candidate}/watch").status_code == 404
        assert client.post(f"{at}/alarms/{code}/dismiss", data={"reason": "没有问题"}).status_code == 404
        assert client.post(f"{at}/candidates/{candidate}/release").status_code == 404
        frozen = client.post(f"{at}/candidates/{candidate}/freeze", data={"reason": "没有理由"})
        assert frozen.status_code == 404
        assert client.post(f"{at}/alarms/{code}/seen").status_code == 404
    assert candidate not in client.get(f"{theirs}/alarms").get_data(as_text=True)


def test_an_inspector_looks_on_and_changes_nothing(client, sitting, alarmed):
    inspector = make_on_duty(sitting, Duty.INSPECT)
    own, code, candidate = url(sitting), alarm_of(alarmed).code, alarmed.candidate.code
    client.sign_in(inspector)

    page = client.get(f"{own}/alarms").get_data(as_text=True)
    assert candidate not in page
    assert client.post(f"{own}/alarms/{code}/seen").status_code == 403
    assert client.post(f"{own}/candidates/{candidate}/freeze", data={"reason": "疑似"}).status_code == 403


def test_a_seat_that_was_paused_first_is_frozen_all_the_same(sitting, alarmed, invigilator):
    pause_chosen(sitting, [alarmed.candidate], "鼠标自行移动，先暂停", by=invigilator)

    freeze_seat(alarmed.candidate, "暂停后仍见光标移动", by=invigilator)

    assert (alarmed.halt.kind, freeze_of(alarmed.candidate).kind) == ("freeze", "freeze")
    assert [each.kind for each in delivery.open_halts(sitting)] == ["freeze"]
    release_seat(alarmed.candidate, by=invigilator)
    assert alarmed.state == "working"
