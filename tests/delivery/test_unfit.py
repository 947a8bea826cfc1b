"""An answer that can never be taken: kept as evidence, told to the desk, and the later ones go on."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from tests.factories.delivery import lay_out_paper, make_seated_sitting, make_working_attempt
from trainhub.exams.delivery import noticing
from trainhub.exams.delivery.chain import LONGEST_ANSWER
from trainhub.exams.delivery.models import Attempt, Response
from trainhub.exams.delivery.models_watch import WatchEvent
from trainhub.exams.delivery.presenting import _says as says_so
from trainhub.exams.delivery.reading import is_intact
from trainhub.exams.delivery.watching import alarms_of, dismiss, look_at, look_at_what_is_new, mark_seen
from trainhub.exams.invigilation.alarms import alarm_marks, events_counted
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
        sitting = make_seated_sitting(paper_code="P-TEST")
        lay_out_paper(app, sitting)
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
    monkeypatch.setattr("trainhub.exams.delivery.noting.MOST_REFUSED", 1)
    assert send(client, at_work, numbered({"response": "Y"})).json["reason"] == "unfit"
    full = send(client, at_work, numbered({"response": "Z"}))

    assert (full.status_code, "reason" in full.json) == (429, False)
    assert len(kept(at_work)) == 1


def test_a_flood_fills_no_disk_and_every_one_of_it_can_still_be_told_apart(client, at_work, monkeypatch):
    monkeypatch.setattr("trainhub.exams.delivery.gate.UNFIT", "1000 per minute")
    monkeypatch.setattr("trainhub.exams.delivery.noting.LARGEST_REFUSED", 40_000)
    for number in range(40):
        assert send(client, at_work, numbered({"response": f"{number}长" * 1000})).json["reason"] == "unfit"

    events = sorted(kept(at_work), key=lambda each: each.id)
    whole = [each for each in events if "said" in each.detail]
    assert len(events) == len({each.detail["sha256"] for each in events}) == 40
    assert sum(len(json.dumps(each.detail)) for each in events) <= 40_000 + 40 * 120
    assert whole == events[: len(whole)] and whole, "what came first is not driven out"


def test_a_machine_is_slowed_down_and_what_it_then_sends_is_not_called_unfit(client, at_work, monkeypatch):
    monkeypatch.setattr("trainhub.exams.delivery.gate.UNFIT", "2 per minute")
    answers = [send(client, at_work, numbered({"response": key})) for key in "XYZ"]

    assert [each.status_code for each in answers] == [422, 422, 429]
    assert answers[2].headers["Retry-After"] and len(kept(at_work)) == 2


def test_what_pages_tell_and_what_could_not_be_taken_hide_each_other_nowhere(client, at_work, monkeypatch):
    """Each has a bound of its own: a full book of either kind takes the other kind as ever."""
    monkeypatch.setattr("trainhub.exams.delivery.noting.MOST_EVENTS", 1)
    monkeypatch.setattr("trainhub.exams.delivery.noting.MOST_REFUSED", 1)
    headers = {"Authorization": f"Bearer {at_work[2]}", "X-Attempt": at_work[1], "Accept": "application/json"}

    def tell(number):
        event = {"number": number, "kind": "focus_lost", "ago_ms": 0, "detail": {}}
        return client.post("/exam/attempt/events", json={"events": [event]}, headers=headers).json["kept"]

    assert send(client, at_work, numbered({"response": "Y"})).json["reason"] == "unfit"
    assert (tell(1), tell(2)) == (1, 0)
    assert sorted(each.kind for each in kept(at_work)) == ["answer_refused", "focus_lost"]


def test_the_same_answer_offered_again_for_a_later_place_is_kept_once(client, at_work):
    [change] = numbered({"response": "Z"})
    assert send(client, at_work, [change]).json["reason"] == "unfit"
    assert send(client, at_work, numbered({"position": 2})).status_code == 200
    assert send(client, at_work, [change | {"sequence": 2}]).json["reason"] == "unfit"
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


def begins_again(client, at_work):
    headers = {"Authorization": f"Bearer {at_work[2]}", "X-Attempt": at_work[1], "Accept": "application/json"}
    return client.post("/exam/attempt/start", json={}, headers=headers).json["refused"]


def test_a_page_that_comes_back_is_told_of_it_until_somebody_at_the_desk_has_disposed_of_it(client, at_work):
    """The page's own memory is that of one window, and a second one may have written over it."""
    send(client, at_work, numbered({}, {"position": 2, "response": "Z"}))
    send(client, at_work, numbered({}, {"position": 2, "response": "F"}))
    assert begins_again(client, at_work) == [2]
    with transaction():
        look_at_what_is_new()
        [alarm] = alarms_of(db.session.get_one(Attempt, at_work[0]))
        assert (alarm.kind, [each["position"] for each in alarm.evidence]) == ("refused", [2])
        mark_seen(alarm, by=alarm.attempt.sitting.planned_by)
    assert begins_again(client, at_work) == [2]
    with transaction():
        [alarm] = alarms_of(db.session.get_one(Attempt, at_work[0]))
        dismiss(alarm, "考生已重新作答", by=alarm.attempt.sitting.planned_by)
    assert begins_again(client, at_work) == []

    send(client, at_work, numbered({}, {"position": 2, "response": "F"}, {"position": 3, "response": "Z"}))
    assert begins_again(client, at_work) == [3], "a later one is told anew"


def test_what_is_nested_as_deep_as_a_body_may_be_stands_in_no_page_s_way():
    # As deep as it is read at the gate it may be too deep further inside.
    assert not says_so("[" * 1_990 + "]" * 1_990, "T")


def test_an_answer_that_was_taken_after_all_is_not_told_of_any_more(client, at_work, monkeypatch):
    """As after a release of the server that took back what another one had broken."""
    with monkeypatch.context() as broken:
        broken.setattr("trainhub.exams.delivery.chain.LONGEST_ANSWER", 0)
        assert send(client, at_work, numbered({"response": "T"})).json["reason"] == "unfit"
    assert begins_again(client, at_work) == [1]

    assert send(client, at_work, numbered({"response": "T"})).status_code == 200
    assert begins_again(client, at_work) == []


def test_three_of_them_are_told_to_the_desk_as_a_fault_of_the_software(client, at_work):
    for count in range(1, 4):
        send(client, at_work, numbered({"position": count, "response": "Z"}))
        with transaction():
            look_at(db.session.get_one(Attempt, at_work[0]))
            kinds = sorted(each.kind for each in alarms_of(db.session.get_one(Attempt, at_work[0])))
        assert kinds == (["fault", "refused"] if count == 3 else ["refused"])
    attempt = db.session.get_one(Attempt, at_work[0])
    assert alarm_marks(attempt.sitting_id) == {attempt.candidate_id: {"alarms": 2}}
