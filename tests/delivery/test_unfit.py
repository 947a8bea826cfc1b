"""An answer that can never be taken: kept as evidence, told to the desk, and the later ones go on."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from tests.factories.delivery import make_seated_sitting, make_working_attempt
from trainhub.exams.delivery import noticing
from trainhub.exams.delivery.chain import LONGEST_ANSWER
from trainhub.exams.delivery.models import Attempt, Response
from trainhub.exams.delivery.models_watch import WatchEvent
from trainhub.exams.delivery.reading import is_intact
from trainhub.exams.invigilation.alarms import events_counted
from trainhub.exams.sittings.models import Sitting
from trainhub.kernel.db import db, transaction

FACTS = {"position": 1, "response": "T", "flagged": False, "how": "key", "shown_ms": 900}
UNFIT = {
    "no option of the question": {"response": "Z"},
    "half of a character": {"response": "\ud800"},
    "a NUL": {"response": "A\x00"},
    "too long": {"response": "长" * 3000},
    "a question that the paper lacks": {"position": 99},
    "a field too many": {"mark": 5},
    "a way that no machine has": {"how": "paper"},
    "a number that is none": {"shown_ms": -1},
}


@pytest.fixture
def app(on_either):
    return on_either


@pytest.fixture
def at_work(app):
    with transaction():
        sitting = make_seated_sitting()
    attempt, token = make_working_attempt(sitting)
    return attempt.id, attempt.code, token


def numbered(*changes):
    return [{**FACTS, **each, "sequence": number} for number, each in enumerate(changes, start=1)]


def send(client, at_work, changes, token=None, beacon=None):
    _id, code, own = at_work
    headers = {"Authorization": f"Bearer {token or own}", "X-Attempt": code, "Accept": "application/json"}
    return client.post("/exam/attempt/journal", json={"changes": changes, "beacon": beacon}, headers=headers)


def kept(at_work):
    db.session.rollback()
    return list(db.session.scalars(select(WatchEvent).where(WatchEvent.attempt_id == at_work[0])))


def journal(at_work):
    db.session.rollback()
    return [row.position for row in db.session.query(Response).order_by(Response.sequence)]


@pytest.mark.parametrize("what", UNFIT)
def test_the_page_learns_which_change_it_is_and_the_rest_goes_through_without_it(client, at_work, what):
    changes = numbered({}, {"position": 2} | UNFIT[what], {"position": 3})
    refused = send(client, at_work, changes)

    assert (refused.status_code, refused.json["reason"], refused.json["place"]) == (422, "unfit", 1)
    assert journal(at_work) == [], "a packet is taken whole or refused whole"

    rest = numbered({}, {"position": 3})
    assert send(client, at_work, rest).json["last_sequence"] == 2
    assert send(client, at_work, rest).json["last_sequence"] == 2
    assert journal(at_work) == [1, 3]
    assert is_intact(db.session.get(Attempt, at_work[0]))


def test_what_it_said_is_kept_once_and_counted_at_the_desk(client, at_work):
    changes = numbered({"response": "Z\x00\ud800"})
    for _again in range(3):
        assert send(client, at_work, changes).json["reason"] == "unfit"

    [event] = kept(at_work)
    assert json.loads(event.detail["said"]) == changes[0]
    assert (event.kind, event.detail["position"]) == ("answer_refused", 1)
    attempt = db.session.get(Attempt, at_work[0])
    assert events_counted(db.session.get(Sitting, attempt.sitting_id)) == {attempt.candidate_id: 1}


def test_a_stranger_leaves_no_evidence_and_learns_nothing(client, at_work):
    assert send(client, at_work, numbered({"response": "Z"}), token="stolen").status_code == 401
    assert send(client, at_work, numbered({"mark": 1}), token="stolen").status_code == 401
    assert kept(at_work) == []


def test_it_is_not_called_unfit_where_it_could_not_be_kept(client, at_work, monkeypatch):
    """The page would go on without it, and nobody would have it."""
    monkeypatch.setattr("trainhub.exams.delivery.noting.MOST_EVENTS", 0)
    monkeypatch.setattr("trainhub.exams.delivery.noting.MOST_REFUSED", 1)
    assert send(client, at_work, numbered({"response": "Y"})).json["reason"] == "unfit"
    full = send(client, at_work, numbered({"response": "Z"}))

    assert (full.status_code, "reason" in full.json) == (429, False)
    assert len(kept(at_work)) == 1


def test_a_page_cannot_say_itself_that_an_answer_was_refused(client, at_work):
    event = {"number": 1, "kind": "answer_refused", "ago_ms": 0, "detail": {"position": 1}}
    headers = {"Authorization": f"Bearer {at_work[2]}", "X-Attempt": at_work[1], "Accept": "application/json"}
    answer = client.post("/exam/attempt/events", json={"events": [event]}, headers=headers)

    assert answer.status_code == 422
    assert kept(at_work) == []


def test_what_is_kept_is_bounded(client, at_work):
    send(client, at_work, numbered({"response": "长" * 9000}))
    [event] = kept(at_work)
    assert len(event.detail["said"]) == noticing.LONGEST_SAID
    assert event.detail["count"] > 9_000


def test_the_longest_answer_in_chinese_is_kept_whole_and_can_be_read(client, at_work):
    """Its page forgets it after the exam: what is cut from the evidence is gone."""
    changes = numbered({"response": "长" * (LONGEST_ANSWER - 2) + "\x0b\ud800"})
    assert send(client, at_work, changes).json["reason"] == "unfit"

    [event] = kept(at_work)
    assert json.loads(event.detail["said"]) == changes[0]
    assert "长长长" in event.detail["said"]


def test_no_page_takes_a_number_that_the_server_gives_to_an_answer(client, at_work):
    """Whoever took it first would have the answer called unfit with nothing kept of it."""
    changes = numbered({"response": "Z"})
    number = noticing.refused_answer(changes[0]).number
    event = {"number": number, "kind": "focus_lost", "ago_ms": 0, "detail": {}}
    headers = {"Authorization": f"Bearer {at_work[2]}", "X-Attempt": at_work[1], "Accept": "application/json"}
    answer = client.post("/exam/attempt/events", json={"events": [event]}, headers=headers)

    assert answer.status_code == 422
    assert send(client, at_work, changes).json["reason"] == "unfit"
    assert [each.kind for each in kept(at_work)] == ["answer_refused"]


def test_one_event_that_comes_alone_is_kept(client, at_work):
    """On PostgreSQL a batch with a single one was not written, and its page told it again and again."""
    event = {"number": 1, "kind": "focus_lost", "ago_ms": 0, "detail": {}}
    headers = {"Authorization": f"Bearer {at_work[2]}", "X-Attempt": at_work[1], "Accept": "application/json"}
    for told_again, new in ((False, 1), (True, 0)):
        answer = client.post("/exam/attempt/events", json={"events": [event]}, headers=headers)
        assert (answer.status_code, answer.json) == (200, {"kept": new}), told_again
    assert [each.kind for each in kept(at_work)] == ["focus_lost"]
