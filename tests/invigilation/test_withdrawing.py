"""A record that nobody confirmed is withdrawn with a reason: it stays, says so, and holds nothing up."""

import json
from datetime import timedelta

import pytest

from tests.factories.delivery import make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty, make_second_room
from tests.worlds import built_once
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.invigilation.live import boards_of
from trainhub.exams.invigilation.models import Incident
from trainhub.exams.sittings.models import Sitting, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.ledger import Entry
from trainhub.separation.duties import Duty

WHY = "看错座位号，违纪的是邻座"


@pytest.fixture
@built_once
def desk(app, client):
    """A record that would end the exam of one at work; its author, a second, one of another room."""
    sitting = make_seated_sitting()
    attempt, _token = make_working_attempt(sitting)
    second = make_second_room(sitting)
    known = {
        "own": f"/exam/desk/{sitting.code}",
        "sitting": sitting.id,
        "attempt": attempt.id,
        "author": make_on_duty(sitting, Duty.INVIGILATE, sitting.rooms[0]),
        "second": make_on_duty(sitting, Duty.INVIGILATE, sitting.rooms[0]),
        "other": make_on_duty(sitting, Duty.INVIGILATE, second),
    }
    facts = {"candidate": attempt.candidate.code, "kind": "misconduct", "ends_attempt": "y"}
    db.session.commit()
    client.sign_in(known["author"])
    client.post(f"{known['own']}/incidents", data=facts | {"description": "考生携带手机并查看，已当场收存。"})
    known["code"] = db.session.query(Incident).one().code
    return known


def do(client, desk, what, by, **data):
    client.sign_in(db.session.merge(desk[by]))
    return client.post(f"{desk['own']}/incidents/{desk['code']}/{what}", data=data)


def withdraw(client, desk, by, reason=WHY):
    return do(client, desk, "withdraw", by, **{f"withdraw-{desk['code']}-reason": reason})


@pytest.mark.parametrize("by", ["author", "second"])
def test_a_withdrawn_record_stays_with_who_and_why_and_counts_for_nothing(client, desk, by):
    assert withdraw(client, desk, by).status_code == 302

    page = client.get(f"{desk['own']}/incidents").text
    assert WHY in page and "记录已撤回" in page and "考生携带手机并查看" in page
    row = db.session.query(Incident).one()
    assert (row.state, row.withdrawn_by_id, row.withdrawn_for) == ("withdrawn", desk[by].id, WHY)
    told = json.loads(db.session.query(Entry).where(Entry.kind == "incident.withdrawn").one().body)["facts"]
    assert (told["incident"], told["reason"]) == (desk["code"], WHY)
    (board, _second) = boards_of(db.session.get(Sitting, desk["sitting"]))
    assert all("incidents" not in seat.marks for seat in board.seats)


def test_the_sitting_can_be_closed_once_the_record_is_withdrawn(client, desk):
    def close():
        client.sign_in(db.session.merge(desk["author"]))
        client.post(f"{desk['own']}/close")
        db.session.rollback()
        return db.session.get(Sitting, desk["sitting"]).state

    db.session.get(Attempt, desk["attempt"]).deadline = clock.now() - timedelta(minutes=1)
    sitting = db.session.get(Sitting, desk["sitting"])
    sitting.starts_at = clock.now() - timedelta(hours=3)
    db.session.commit()
    assert close() == SittingState.OPEN

    withdraw(client, desk, "second")

    assert close() == SittingState.CLOSED
    assert db.session.get(Attempt, desk["attempt"]).ending != "misconduct"


def test_what_is_withdrawn_is_not_confirmed_and_what_is_confirmed_is_not_withdrawn(client, desk):
    withdraw(client, desk, "author")
    assert do(client, desk, "confirm", "second", told="signed").status_code == 409
    assert withdraw(client, desk, "second").status_code == 409
    row = db.session.query(Incident).one()
    row.state = "recorded"
    db.session.commit()
    assert do(client, desk, "confirm", "second", told="signed").status_code == 302
    assert withdraw(client, desk, "author").status_code == 409


def test_it_takes_a_reason_and_somebody_of_the_same_room(client, desk):
    answer = withdraw(client, desk, "author", "错")
    assert answer.status_code == 422
    assert f'id="withdraw-{desk["code"]}-reason-error"' in answer.text
    assert withdraw(client, desk, "other").status_code == 404
    db.session.rollback()
    assert db.session.query(Incident).one().state == "recorded"
