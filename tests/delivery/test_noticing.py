"""What a candidate's page tells of its surroundings: whose it is, its form, its limits; it never acts."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories.delivery import make_seated_sitting, make_working_attempt, note_events
from trainhub.exams.delivery import noticing
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import Alarm, WatchEvent
from trainhub.exams.delivery.noticing import MOST_EVENTS, EventKind, Noticed
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry

EVENT = {"number": 1_790_000_000_000, "kind": "paste", "ago_ms": 1500, "detail": {"count": 12}}


@pytest.fixture
def at_work(app):
    attempt, token = make_working_attempt(make_seated_sitting())
    return attempt.id, attempt.code, token


def tell(client, at_work, events, code=None, **more):
    _id, own, token = at_work
    headers = {"Authorization": f"Bearer {token}", "X-Attempt": code or own, "Accept": "application/json"}
    return client.post("/exam/attempt/events", json={"events": events}, headers=headers | more)


def kept(at_work):
    db.session.rollback()
    return db.session.scalars(select(WatchEvent).where(WatchEvent.attempt_id == at_work[0])).all()


def test_what_a_page_noticed_is_kept_with_the_servers_time(client, at_work):
    assert tell(client, at_work, [EVENT]).json == {"kept": 1}

    [event] = kept(at_work)
    assert (event.kind, event.detail, event.number) == ("paste", {"count": 12}, EVENT["number"])
    assert event.at <= event.received_at <= clock.now()


def test_the_same_number_again_changes_nothing(client, at_work):
    tell(client, at_work, [EVENT])
    again = tell(client, at_work, [EVENT | {"kind": "print", "detail": {}}, EVENT | {"number": 7}])

    assert again.json == {"kept": 1}
    assert sorted(each.kind for each in kept(at_work)) == ["paste", "paste"]


def test_nobody_tells_events_of_another_attempt(client, at_work):
    other, _token = make_working_attempt(make_seated_sitting())
    other_code = other.code

    assert tell(client, at_work, [EVENT], code=other_code).status_code == 401
    assert client.post("/exam/attempt/events", json={"events": [EVENT]}).status_code == 401
    assert db.session.scalar(select(func.count()).select_from(WatchEvent)) == 0


@pytest.mark.parametrize(
    "event",
    [
        {},
        [],
        EVENT | {"number": 0},
        EVENT | {"number": 2**53},
        EVENT | {"number": -1},
        EVENT | {"number": True},
        EVENT | {"number": "1"},
        EVENT | {"kind": "unheard"},
        EVENT | {"kind": ["paste"]},
        EVENT | {"ago_ms": -1},
        EVENT | {"ago_ms": 1e9},
        EVENT | {"detail": {"text": "<script>alert(1)</script>"}},
        EVENT | {"detail": {"count": "<script>alert(1)</script>"}},
        EVENT | {"detail": "<script>alert(1)</script>"},
        EVENT | {"detail": {"agent": 1}},
        EVENT | {"at": "2026-01-01T00:00:00Z"},
    ],
)
def test_an_event_of_another_form_is_refused_and_nothing_of_its_packet_kept(client, at_work, event):
    assert tell(client, at_work, [EVENT | {"number": 5}, event]).status_code == 422
    assert kept(at_work) == []


@pytest.mark.parametrize("body", [[], {}, {"events": {}}, {"events": [], "state": "frozen"}, None, "x"])
def test_a_packet_of_another_form_is_refused(client, at_work, body):
    _id, own, token = at_work
    headers = {"Authorization": f"Bearer {token}", "X-Attempt": own, "Accept": "application/json"}
    assert client.post("/exam/attempt/events", json=body, headers=headers).status_code == 422
    broken = {"data": b"{", "content_type": "application/json"}
    assert client.post("/exam/attempt/events", headers=headers, **broken).status_code == 422


def test_a_flood_is_limited_in_packet_rate_and_number(client, at_work):
    many = [EVENT | {"number": number} for number in range(1, 60)]
    assert tell(client, at_work, many).status_code == 422

    answers = [tell(client, at_work, [EVENT]).status_code for _again in range(40)]
    assert 429 in answers
    assert len(kept(at_work)) == 1


def test_the_limit_counts_machines_so_that_a_flood_costs_the_neighbour_nothing(client, at_work):
    neighbour, token = make_working_attempt(make_seated_sitting(), 2)
    theirs = neighbour.id, neighbour.code, token
    for _again in range(40):
        tell(client, at_work, [EVENT])

    assert tell(client, theirs, [EVENT]).status_code == 200


def test_past_a_limit_nothing_more_is_kept(app, at_work):
    with transaction():
        events = [Noticed(number, EventKind.FOCUS_LOST, 0, {}) for number in range(1, MOST_EVENTS + 20)]
        assert note_events(at_work[0], events) == MOST_EVENTS
        assert note_events(at_work[0], [Noticed(10**9, EventKind.PRINT, 0, {})]) == 0


def test_what_the_server_saw_of_a_machine_is_kept_with_it_and_cut_short(client, at_work):
    machine = {"number": 9, "kind": "machine", "ago_ms": 0, "detail": {"width": 1280, "height": 800}}
    tell(client, at_work, [machine, EVENT], **{"User-Agent": "<b>" + "x" * 900})

    by_kind = {event.kind: event.detail for event in kept(at_work)}
    assert len(by_kind["machine"]["agent"]) == 300
    assert "agent" not in by_kind["paste"]


def test_no_event_is_older_than_the_admission(client, at_work):
    tell(client, at_work, [EVENT | {"ago_ms": 86_000_000}])

    db.session.rollback()
    assert kept(at_work)[0].at >= db.session.get(Attempt, at_work[0]).admitted_at


def test_whatever_is_told_neither_answers_nor_time_nor_state_change(client, at_work):
    def standing():
        db.session.rollback()
        row = db.session.get(Attempt, at_work[0], populate_existing=True)
        return row.state, row.deadline, row.head, row.last_sequence, row.token_hash

    before = standing()
    by_pages = [kind for kind in EventKind if kind is not EventKind.ANSWER_REFUSED]
    for number, kind in enumerate(by_pages, start=1):
        tell(client, at_work, [{"number": number, "kind": kind, "ago_ms": 0, "detail": {"position": 1}}])

    assert standing() == before
    assert db.session.scalar(select(func.count()).select_from(Alarm)) == 0
    assert len(kept(at_work)) == len(by_pages)
    assert json.dumps([event.detail for event in kept(at_work)])


def test_events_are_deleted_by_rule_and_the_ledger_says_how_many(client, at_work):
    tell(client, at_work, [EVENT, EVENT | {"number": 8}])
    db.session.rollback()
    assert not noticing.FORGETTING.is_due()

    with clock.set_to(clock.now() + timedelta(days=181)):
        assert noticing.FORGETTING.is_due()
        with transaction():
            assert noticing.FORGETTING.do() == 2
        assert not noticing.FORGETTING.is_due()

    assert kept(at_work) == []
    entry = db.session.scalars(select(Entry).where(Entry.kind == "events.deleted")).one()
    assert json.loads(entry.body)["facts"]["number"] == 2
