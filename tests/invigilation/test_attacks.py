"""What machines and two people at once can do against the desk, by real requests, on both databases."""

import threading
from types import SimpleNamespace

import pytest

from tests.conftest import Client
from tests.factories.delivery import lay_out_paper, make_seated_candidate, make_seated_sitting
from tests.factories.invigilation import make_on_duty
from tests.factories.people import make_person
from tests.on_postgres import application_on_postgres
from trainhub.exams import delivery
from trainhub.exams.delivery.evidence import evidence_of, read_evidence
from trainhub.exams.delivery.models import Attempt, Halt, Response
from trainhub.exams.invigilation.models import CheckIn, Incident, Measure
from trainhub.exams.sittings import Sitting, SittingState
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry
from trainhub.people.persons import id_number_of
from trainhub.separation.duties import Duty


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request, tmp_path):
    """An application on one of the databases, with a paper laid out, two at the door and two on duty."""
    if request.param == "sqlite":
        application = request.getfixturevalue("app")
        yield built(application)
        return
    with application_on_postgres(tmp_path) as application:
        application.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        application.test_client_class = Client
        yield built(application)


def built(app):
    sitting = make_seated_sitting(paper_code="P-DESK")
    lay_out_paper(app, sitting)
    seats = [make_seated_candidate(sitting, seat, make_person()) for seat in (1, 2, 3)]
    people = [make_on_duty(sitting, Duty.INVIGILATE) for _each in range(2)]
    db.session.commit()
    desks = []
    for person in people:
        desks.append(app.test_client())
        desks[-1].sign_in(person)
    return SimpleNamespace(
        app=app,
        own=f"/exam/desk/{sitting.code}",
        sitting=sitting.id,
        seats=[each.code for each in seats],
        tickets=[(each.ticket_number, id_number_of(each.person)[-6:]) for each in seats],
        desks=desks,
    )


def post(house, desk, to, **data):
    return house.desks[desk].post(house.own + to.format(seat=house.seats[0]), data=data)


def let_in(house):
    answer = post(house, 0, "/acts", act="admit", documents_seen="y", seat=house.seats[:2])
    assert answer.status_code == 302


def enter(house, machine, seat=0):
    """Sign a candidate in at a machine, as its browser does; returns the status."""
    ticket, last_six = house.tickets[seat]
    machine.get("/exam/attempt")
    return machine.post("/exam/attempt/enter", data={"ticket_number": ticket, "last_six": last_six})


def attempt_at(house, seat=0):
    db.session.rollback()
    return db.session.query(Attempt).join(Attempt.candidate).filter_by(code=house.seats[seat]).one()


def call(house, machine, name, body=None):
    headers = {"X-Attempt": attempt_at(house).code}
    db.session.rollback()
    if name == "state":
        return machine.get("/exam/attempt/state", headers=headers)
    return machine.post(f"/exam/attempt/{name}", json=body or {}, headers=headers)


def change(sequence, position=1, response="T"):
    facts = {"sequence": sequence, "position": position, "response": response, "flagged": False}
    return facts | {"how": "key", "shown_ms": 900}


def save(house, machine, *changes):
    return call(house, machine, "journal", {"changes": list(changes)})


def at_work(house):
    machine = house.app.test_client()
    let_in(house)
    assert enter(house, machine).status_code == 302
    assert call(house, machine, "start").status_code == 200
    assert save(house, machine, change(1)).status_code == 200
    return machine


def at_once(house, *requests):
    """Send requests at the same moment, each from its own desk; returns the status of each answer."""
    ready, found = threading.Barrier(len(requests)), [None] * len(requests)

    def send(place, desk, to, data):
        with house.app.app_context():
            ready.wait()
            found[place] = post(house, desk, to, **data).status_code

    threads = [
        threading.Thread(target=send, args=(place, *request)) for place, request in enumerate(requests)
    ]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    return sorted(found)


def journal_of(house):
    rows = db.session.query(Response).filter_by(attempt_id=attempt_at(house).id).order_by(Response.sequence)
    return [row.sequence for row in rows]


BODIES = {
    "journal": {"changes": [change(2)]},
    "hand-in": {"last_sequence": 1},
    "events": {"events": [{"number": 1, "kind": "copy", "ago_ms": 0, "detail": {}}]},
}


def test_after_a_move_the_old_machine_can_do_nothing_however_often_it_asks(house):
    old, new = at_work(house), house.app.test_client()
    assert post(house, 0, "/candidates/{seat}/move", **{"move-why": "machine"}).status_code == 302

    for _again in range(2):
        for name in ("state", "start", "journal", "hand-in", "events"):
            assert call(house, old, name, BODIES.get(name)).status_code in (401, 403), name
        assert enter(house, new).status_code == 302
    assert save(house, new, change(2, 2)).status_code == 200
    assert save(house, old, change(3, 3)).status_code in (401, 403)
    assert save(house, old, change(1)).status_code in (401, 403), "nor what was saved before"
    assert enter(house, old).status_code == 422, "one attempt, one session"
    assert journal_of(house) == [1, 2]
    assert attempt_at(house).machines == 2


def test_two_machines_that_sign_in_at_the_same_moment_are_one(house):
    let_in(house)
    machines = [house.app.test_client() for _each in range(4)]
    ready = threading.Barrier(4)

    def sign_in(machine):
        with house.app.app_context():
            machine.get("/exam/attempt")
            ready.wait()
            enter(house, machine)

    threads = [threading.Thread(target=sign_in, args=(each,)) for each in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert attempt_at(house).machines == 1
    assert [call(house, each, "state").status_code for each in machines].count(200) == 1


def test_a_frozen_seat_shows_what_came_after_and_its_evidence_holds_what_was_before(house):
    machine = at_work(house)
    assert post(house, 0, "/candidates/{seat}/freeze", reason="屏幕自行移动").status_code == 302

    told = save(house, machine, change(2, 2)).get_json()

    assert told["state"] == "paused" and told["paused"]["kind"] == "freeze"
    assert call(house, machine, "hand-in", {"last_sequence": 2}).status_code == 409
    for to, data in (
        ("/halts/{halt}/resume", {}),
        ("/acts", {"act": "resume", "why": "machine", "seat": house.seats[0]}),
    ):
        halt = db.session.query(Halt).one().code
        post(house, 1, to.replace("{halt}", halt), **data)
        assert attempt_at(house).state == "paused", "a frozen seat goes on where its alarm is looked at"
    page = house.desks[0].get(f"{house.own}/candidates/{house.seats[0]}/watch").text
    assert "冻结后又收到1次作答" in page
    [kept] = evidence_of(attempt_at(house))
    content, is_unchanged = read_evidence(kept)
    assert is_unchanged and [each["sequence"] for each in content["journal"]] == [1]
    assert post(house, 0, "/candidates/{seat}/release").status_code == 302
    assert post(house, 0, "/candidates/{seat}/release").status_code == 409
    assert db.session.query(Entry).filter_by(kind="evidence.kept").count() == 1


def test_two_who_act_on_one_seat_at_once_do_each_deed_once(house):
    at_work(house)
    freeze = {"reason": "屏幕自行移动"}

    assert at_once(
        house, (0, "/candidates/{seat}/freeze", freeze), (1, "/candidates/{seat}/freeze", freeze)
    ) == [302, 409]
    assert db.session.query(Halt).count() == 1 and len(evidence_of(attempt_at(house))) == 1
    release = "/candidates/{seat}/release"
    assert at_once(house, (0, release, {}), (1, release, {})) == [302, 409]
    assert attempt_at(house).state == "working"


def test_a_move_and_a_freeze_at_once_are_both_done(house):
    machine = at_work(house)
    at_once(
        house,
        (0, "/candidates/{seat}/freeze", {"reason": "屏幕自行移动"}),
        (1, "/candidates/{seat}/move", {"move-why": "machine"}),
    )

    attempt = attempt_at(house)
    assert (attempt.state, attempt.has_machine) == ("paused", False)
    assert save(house, machine, change(2, 2)).status_code in (401, 403)


def test_one_who_is_let_in_at_two_desks_and_among_many_at_once_is_let_in_once(house):
    alone = {"phone_given": "none", "identity_confirmed": "y"}
    many = {"act": "admit", "documents_seen": "y", "seat": house.seats}

    for _round in range(2):
        statuses = at_once(
            house,
            (0, "/check-in/{seat}", alone),
            (1, "/acts", many),
            (0, "/acts", many),
            (1, "/check-in/{seat}", alone),
        )
        assert set(statuses) <= {302, 409}

    assert db.session.query(Attempt).count() == db.session.query(CheckIn).count() == 3


def test_a_form_that_arrives_twice_at_the_same_moment_is_done_once(house):
    at_work(house)
    sent = {"act": "extend", "minutes": "10", "why": "network", "seat": house.seats[0], "once": "0f" * 16}
    record = {"kind": "other", "description": "空调滴水，已请工程人员处理。", "once": "1e" * 16}

    assert at_once(house, *((desk, "/acts", sent) for desk in (0, 1, 0, 1))) == [302] * 4
    assert at_once(house, *((desk, "/incidents", record) for desk in (0, 1, 0))) == [302] * 3

    assert attempt_at(house).extra_seconds == 600
    assert db.session.query(Measure).filter_by(kind="extra_time").count() == 1
    assert db.session.query(Incident).count() == 1


def test_a_record_is_confirmed_or_withdrawn_by_whoever_comes_first(house):
    at_work(house)
    sent = {"kind": "misconduct", "description": "考生携带手机并查看，已收存。", "ends_attempt": "y"}
    assert post(house, 0, "/incidents", candidate=house.seats[0], **sent).status_code == 302
    assert attempt_at(house).state == "working", "what one person records ends nothing"
    code = db.session.query(Incident).one().code
    assert post(house, 0, f"/incidents/{code}/confirm", told="signed").status_code == 409

    confirm = (1, f"/incidents/{code}/confirm", {"told": "signed"})
    withdraw = (0, f"/incidents/{code}/withdraw", {f"withdraw-{code}-reason": "登记有误"})
    assert at_once(house, confirm, withdraw) == [302, 409]

    is_confirmed = db.session.query(Incident).one().state == "confirmed"
    assert (attempt_at(house).state == "handed_in") == is_confirmed


@pytest.mark.parametrize("state", [SittingState.MARKED, SittingState.PUBLISHED])
def test_nothing_more_is_recorded_at_the_desk_of_a_sitting_that_is_marked(house, state):
    at_work(house)
    with transaction():
        delivery.end_for_misconduct(attempt_at(house), by=make_person())
        db.session.get(Sitting, house.sitting).state = state

    sent = {"kind": "misconduct", "description": "考生携带手机并查看，已收存。"}
    assert post(house, 0, "/incidents", candidate=house.seats[0], **sent).status_code == 409
    post(house, 0, "/acts", act="record", text="考生携带手机并查看，已收存。", seat=house.seats[0])
    post(house, 0, "/acts", act="note", text="考后补记", seat=house.seats[0])

    assert db.session.query(Incident).count() == 0
    assert db.session.query(Measure).filter_by(kind="note").count() == 0


def test_a_character_that_no_text_holds_is_refused_and_breaks_nothing(house):
    at_work(house)
    for to, data in (
        ("/acts", {"act": "note", "text": "起身\x00举手", "seat": house.seats[0]}),
        ("/acts", {"act": "move", "why": "machine", "seat": house.seats[0] + "\x00"}),
        ("/incidents", {"kind": "other", "description": "空调滴水，\x00已请工程人员处理。"}),
        ("/candidates/{seat}/extra-time", {"minutes": "5", "reason": "网络\x00故障"}),
    ):
        assert post(house, 0, to, **data).status_code in (302, 404, 422), to
