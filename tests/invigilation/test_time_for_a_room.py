"""More time for a room or the whole sitting after a fault: with a reason, once in the ledger."""

import json

import pytest

from tests.factories.delivery import make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty, make_second_room
from tests.worlds import built_once
from trainhub.exams import delivery
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.invigilation.models import Measure
from trainhub.exams.sittings import Candidate
from trainhub.kernel.db import db
from trainhub.ledger import Entry
from trainhub.separation.duties import Duty


@pytest.fixture
@built_once
def rooms(app):
    """Two rooms: here one at work, one checked in, one done and one absent; one at work elsewhere."""
    sitting = make_seated_sitting()
    second = make_second_room(sitting)
    here = sitting.rooms[0]
    working = make_working_attempt(sitting, 1)[0]
    done = make_working_attempt(sitting, 2)[0]
    delivery.end_for_misconduct(done, by=sitting.planned_by)
    checked_in = delivery.admit(make_seated_candidate(sitting, 3), by=sitting.planned_by)
    make_seated_candidate(sitting, 4)
    elsewhere = make_working_attempt(sitting, 5)[0]
    elsewhere.candidate.sitting_room_id = second.id
    db.session.commit()
    return {
        "own": f"/exam/desk/{sitting.code}",
        "here": here.exam_room.code,
        "there": second.exam_room.code,
        "room": make_on_duty(sitting, Duty.INVIGILATE, here),
        "other": make_on_duty(sitting, Duty.INVIGILATE, second),
        "chief": make_on_duty(sitting, Duty.INVIGILATE),
        "inspector": make_on_duty(sitting, Duty.INSPECT),
        "working": working.id,
        "checked in": checked_in.id,
        "done": done.id,
        "elsewhere": elsewhere.id,
    }


WHO = ("working", "checked in", "done", "elsewhere")


def extend(client, rooms, by, room, **facts):
    client.sign_in(db.session.merge(rooms[by]))
    given = {
        "extend-room": room,
        "extend-minutes": "7",
        "extend-why": "disturbance",
        "extend-text": "警报误响",
    }
    return client.post(f"{rooms['own']}/halts/extend", data=given | facts)


def given_time(rooms):
    """Who got how many minutes."""
    db.session.rollback()
    found = {who: db.session.get(Attempt, rooms[who]).extra_seconds // 60 for who in WHO}
    return {who: minutes for who, minutes in found.items() if minutes}


def entries():
    wanted = db.session.query(Entry).where(Entry.kind.in_(["attempts.extended", "attempt.extended"]))
    return [json.loads(each.body)["facts"] for each in wanted]


def test_a_rooms_time_goes_to_everybody_there_who_is_checked_in_or_at_work(client, rooms):
    before = db.session.get(Attempt, rooms["working"]).deadline

    assert extend(client, rooms, "room", rooms["here"]).status_code == 302

    assert given_time(rooms) == {"working": 7, "checked in": 7}
    assert (db.session.get(Attempt, rooms["working"]).deadline - before).total_seconds() == 420
    (told,) = entries()
    assert (told["room"], told["minutes"]) == (rooms["here"], 7)
    assert "警报误响" in told["reason"]
    assert len(told["attempts"]) == 2
    noted = db.session.query(Measure).order_by(Measure.id).all()
    assert [(each.kind, each.minutes) for each in noted] == [("extra_time", 7)] * 2
    assert all("警报误响" in each.reason for each in noted)


def test_the_whole_sittings_time_is_one_entry_that_names_no_room(client, rooms):
    assert extend(client, rooms, "chief", "").status_code == 302

    assert given_time(rooms) == {"working": 7, "checked in": 7, "elsewhere": 7}
    (told,) = entries()
    assert told["room"] is None and len(told["attempts"]) == 3


@pytest.mark.parametrize(("by", "status"), [("other", 422), ("inspector", 403)])
def test_nobody_of_another_room_or_who_only_looks_gives_a_room_time(client, rooms, by, status):
    assert extend(client, rooms, by, rooms["here"]).status_code == status

    assert given_time(rooms) == {}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"extend-minutes": "0"}, "extend-minutes"),
        ({"extend-minutes": "241"}, "extend-minutes"),
        ({"extend-why": "other", "extend-text": ""}, "extend-text"),
    ],
)
def test_what_lacks_is_asked_for_at_its_field(client, rooms, wrong, field):
    answer = extend(client, rooms, "room", rooms["here"], **wrong)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert given_time(rooms) == {}


def test_where_nobody_can_use_it_nothing_is_written(client, rooms):
    moved = db.session.get(Attempt, rooms["elsewhere"]).candidate_id
    delivery.end_for_misconduct(
        db.session.get(Attempt, rooms["elsewhere"]), by=db.session.get(Candidate, moved).sitting.planned_by
    )
    db.session.commit()

    assert extend(client, rooms, "other", rooms["there"]).status_code == 409

    assert entries() == []
