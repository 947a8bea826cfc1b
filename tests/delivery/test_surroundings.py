"""Where a candidate's call comes from: the room's network, the locked browser; every way round them."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, select

from tests.factories.delivery import make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.surroundings import locked_browser, make_demanding
from trainhub import ledger
from trainhub.exams import delivery
from trainhub.exams.delivery import demands, refusals, surroundings
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.places import place_of
from trainhub.exams.delivery.seb_keys import CONFIG_KEY_HEADER, request_hash
from trainhub.exams.sites.networks import set_networks
from trainhub.exams.sittings.models import Sitting, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.persons import id_number_of

JOURNAL = "/exam/attempt/journal"
FACTS = {"sequence": 1, "position": 1, "response": "T", "flagged": False, "how": "key", "shown_ms": 900}
BROWSER_KEY = "ab" * 32


def at_work(**demanded):
    """An attempt under way in a sitting that demands something; id, code, token, Config Key."""
    sitting = make_seated_sitting()
    own = make_demanding(sitting, **demanded) if demanded else None
    key = own.config_key if own else None
    attempt, token = make_working_attempt(sitting)
    return attempt.id, attempt.code, token, key


def call(client, who, path=JOURNAL, *, address="127.0.0.1", body=None, **headers):
    _id, code, token, _key = who
    return client.post(
        path,
        json={"changes": [FACTS]} if body is None else body,
        headers={"Authorization": f"Bearer {token}", "X-Attempt": code, **headers},
        environ_overrides={"REMOTE_ADDR": address},
    )


def turned_away(answer, cause):
    return (answer.status_code, answer.json["reason"], answer.json["cause"]) == (403, "surroundings", cause)


# ---- the locked browser: attack 20


def test_a_sitting_that_demands_nothing_takes_any_browser_from_anywhere(app, client):
    assert call(client, at_work(), address="203.0.113.9").status_code == 200


def test_a_call_without_a_key_is_turned_away_and_nothing_is_kept(app, client):
    who = at_work(lockdown=True)

    assert turned_away(call(client, who), "no_key")
    assert db.session.get(Attempt, who[0], populate_existing=True).last_sequence == 0


def test_a_call_with_the_key_of_its_address_is_heard(app, client):
    who = at_work(lockdown=True)
    assert call(client, who, **locked_browser(JOURNAL, who[3])).status_code == 200


def test_a_call_with_the_key_that_the_page_has_from_the_browsers_script_is_heard(app, client):
    who = at_work(lockdown=True)
    assert call(client, who, **locked_browser("/exam/attempt", who[3])).status_code == 200


OTHER_PAGES = """
/ /exam/attempt/ /exam/attempt/state /exam/attempt/hand-in /exam/attempt/enter /exam/receipt
/exam/attempt/journal? /exam/attempt/journal?x=1 //exam/attempt/journal
"""


def test_the_key_of_another_page_is_turned_away(app, client):
    who = at_work(lockdown=True)
    for address in OTHER_PAGES.split():
        assert turned_away(call(client, who, **locked_browser(address, who[3])), "configuration"), address


def test_the_key_of_the_same_address_of_another_site_is_turned_away(app, client):
    who = at_work(lockdown=True)
    elsewhere = locked_browser(JOURNAL, who[3], public_url="http://exam.example.org")

    assert turned_away(call(client, who, Host="exam.example.org", **elsewhere), "configuration")


def test_a_host_that_the_request_names_changes_nothing(app, client):
    who = at_work(lockdown=True)
    own = locked_browser(JOURNAL, who[3])

    assert call(client, who, Host="exam.example.org", **own).status_code == 200


def test_the_bare_key_is_no_hash_of_it(app, client):
    who = at_work(lockdown=True)
    assert turned_away(call(client, who, **{CONFIG_KEY_HEADER: who[3]}), "configuration")


def test_a_header_replayed_from_a_candidate_of_another_sitting_is_turned_away(app, client):
    one, other = at_work(lockdown=True), at_work(lockdown=True)
    assert turned_away(call(client, one, **locked_browser(JOURNAL, other[3])), "configuration")


def test_a_header_replayed_in_the_same_sitting_is_of_no_use_without_the_token(app, client):
    _id, code, _token, key = at_work(lockdown=True)
    seen = locked_browser(JOURNAL, key)

    assert call(client, (None, code, "another token", key), **seen).status_code == 401
    assert call(client, (None, code, "", key), **seen).status_code == 401


def test_the_configuration_before_the_last_is_turned_away(app, client):
    who = at_work(lockdown=True)
    sitting = db.session.get(Attempt, who[0]).sitting
    sitting.state = SittingState.ARRANGED
    again = demands.make_configuration(sitting, public_url="http://127.0.0.1:8000", by=sitting.planned_by)
    sitting.state = SittingState.OPEN
    db.session.commit()
    newest = again.config_key
    surroundings.forget(app)

    assert turned_away(call(client, who, **locked_browser(JOURNAL, who[3])), "configuration")
    assert call(client, who, **locked_browser(JOURNAL, newest)).status_code == 200


def test_another_build_of_the_browser_is_turned_away_and_one_of_those_allowed_is_heard(app, client):
    who = at_work(lockdown=True, browser_keys=["cd" * 32, BROWSER_KEY])
    without = locked_browser(JOURNAL, who[3])
    other = locked_browser(JOURNAL, who[3], "ef" * 32)
    of_another_page = without | {
        "X-SafeExamBrowser-RequestHash": request_hash("http://127.0.0.1:8000/exam/receipt", BROWSER_KEY)
    }

    assert turned_away(call(client, who, **without), "browser")
    assert turned_away(call(client, who, **other), "browser")
    assert turned_away(call(client, who, **of_another_page), "browser")
    assert call(client, who, **locked_browser(JOURNAL, who[3], BROWSER_KEY)).status_code == 200


def test_the_key_of_the_browser_alone_is_not_enough(app, client):
    who = at_work(lockdown=True, browser_keys=[BROWSER_KEY])
    headers = locked_browser(JOURNAL, "0" * 64, BROWSER_KEY)

    assert turned_away(call(client, who, **headers), "configuration")


def test_every_call_is_checked(app, client):
    who = at_work(lockdown=True)
    for name in ("start", "hand-in", "journal", "events", "camera", "photo"):
        assert turned_away(call(client, who, f"/exam/attempt/{name}", body={"last_sequence": 0}), "no_key"), (
            name
        )


def test_the_state_of_an_attempt_is_checked_too(app, client):
    _id, code, token, key = at_work(lockdown=True)
    headers = {"Authorization": f"Bearer {token}", "X-Attempt": code}
    own = locked_browser("/exam/attempt/state", key)

    assert client.get("/exam/attempt/state", headers=headers).status_code == 403
    assert client.get("/exam/attempt/state", headers=headers | own).status_code == 200


def test_a_call_in_the_name_of_an_attempt_without_demands_does_not_get_past(app, client):
    locked, free = at_work(lockdown=True), at_work()
    assert call(client, (None, free[1], locked[2], None)).status_code == 401


# ---- the pages


def page(client, token, **headers):
    client.set_cookie("trainhub-attempt", token, path="/exam/attempt")
    return client.get("/exam/attempt", headers=headers)


def test_the_exam_page_is_shown_with_the_key_and_not_without(app, client):
    _id, code, token, key = at_work(lockdown=True)

    without = page(client, token)
    assert without.status_code == 403
    assert code not in without.text
    assert "data-knock" in without.text
    assert page(client, token, **locked_browser("/exam/receipt", key)).status_code == 403
    shown = page(client, token, **locked_browser("/exam/attempt", key)).text
    assert code in shown
    assert "/exam/lockdown/quit" in shown


def test_a_browser_that_tells_its_key_to_the_page_alone_knocks_with_it(app, client):
    _id, code, token, key = at_work(lockdown=True)
    hashed = request_hash("http://127.0.0.1:8000/exam/attempt", key)
    client.set_cookie("trainhub-attempt", token, path="/exam/attempt")

    wrong = client.post("/exam/attempt", data={"config_key_hash": "0" * 64})
    assert wrong.status_code == 403
    assert "data-knock" not in wrong.text
    assert code in client.post("/exam/attempt", data={"config_key_hash": hashed}).text
    assert client.post("/exam/attempt", data={}).status_code == 403


def test_knocking_without_a_token_leads_to_the_way_in(app, client):
    assert client.post("/exam/attempt", data={}).location == "/exam/attempt"


@pytest.fixture
def admitted(app):
    """A candidate let in at the desk of a sitting with a locked browser and a network; what they type."""
    sitting = make_seated_sitting()
    key = make_demanding(sitting, networks=["10.8.1.0/24"], lockdown=True).config_key
    candidate = make_seated_candidate(sitting, 1)
    attempt = delivery.admit(candidate, by=candidate.person)
    db.session.commit()
    typed = {"ticket_number": candidate.ticket_number, "last_six": id_number_of(candidate.person)[-6:]}
    return typed, key, attempt.id


def sign_in(client, typed, address="10.8.1.5", **headers):
    return client.post(
        "/exam/attempt/enter", data=typed, headers=headers, environ_overrides={"REMOTE_ADDR": address}
    )


def test_signing_in_from_elsewhere_makes_no_token_and_is_kept_for_the_desk(app, client, admitted):
    typed, key, attempt_id = admitted
    own = locked_browser("/exam/attempt/enter", key)

    away = sign_in(client, typed, address="203.0.113.9", **own)
    bare = sign_in(client, typed)

    assert away.status_code == bare.status_code == 403
    assert "Set-Cookie" not in away.headers
    attempt = db.session.get(Attempt, attempt_id, populate_existing=True)
    assert (attempt.token_hash, attempt.machines) == (None, 0)
    kept = {row.cause: row.address for row in refusals.refusals_of(attempt.sitting)}
    assert kept == {"network": "203.0.113.9", "no_key": "10.8.1.5"}
    assert "attempt.machine.bound" not in db.session.scalars(select(ledger.Entry.kind)).all()


def test_signing_in_at_a_machine_of_the_room_in_the_locked_browser_works(app, client, admitted):
    typed, key, _attempt_id = admitted
    answer = sign_in(client, typed, **locked_browser("/exam/attempt/enter", key))

    assert answer.status_code == 302
    assert "trainhub-attempt=" in answer.headers["Set-Cookie"]


def test_signing_in_with_the_key_that_the_page_has_works(app, client, admitted):
    typed, key, _attempt_id = admitted
    hashed = request_hash("http://127.0.0.1:8000/exam/attempt", key)

    assert sign_in(client, typed | {"config_key_hash": hashed}).status_code == 302


def test_who_does_not_know_the_numbers_learns_nothing_of_the_surroundings(app, client, admitted):
    typed, _key, attempt_id = admitted
    answer = sign_in(client, typed | {"last_six": "000000"}, address="203.0.113.9")

    assert answer.status_code == 422
    assert refusals.refusals_of(db.session.get(Attempt, attempt_id).sitting) == []


# ---- the network of the room


INSIDE = ("10.8.1.5", "::ffff:10.8.1.5", "2001:db8:8:1::5")
OUTSIDE = ("10.8.2.5", "::ffff:10.8.2.5", "2001:db8:8:2::5", "127.0.0.1", "")


def test_only_machines_of_the_rooms_network_are_heard(app, client):
    who = at_work(networks=["10.8.1.0/24", "2001:db8:8:1::/64"])
    assert [call(client, who, address=each).status_code for each in INSIDE] == [200] * len(INSIDE)
    assert [call(client, who, address=each).status_code for each in OUTSIDE] == [403] * len(OUTSIDE)


def test_without_a_proxy_of_ours_an_address_that_somebody_claims_does_not_count(app, client):
    who = at_work(networks=["10.8.1.0/24"])
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP"):
        claimed = "for=10.8.1.5" if header == "Forwarded" else "10.8.1.5"
        assert turned_away(call(client, who, address="203.0.113.9", **{header: claimed}), "network"), header


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "10.8.1.5", "192.0.2.1"),
        (1, "10.8.1.5", "10.8.1.5"),
        (1, "10.8.1.5, 203.0.113.9", "203.0.113.9"),
        (2, "10.8.1.5, 203.0.113.9, 192.0.2.2", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, None, "192.0.2.1"),
    ],
)
def test_our_own_proxies_are_believed_and_nobody_before_them(proxies, forwarded, seen):
    environ = {"REMOTE_ADDR": "192.0.2.1"}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    assert surroundings.client_address(environ, proxies) == seen


def test_an_address_that_was_judged_before_is_not_judged_twice():
    environ = {
        "REMOTE_ADDR": "203.0.113.9",
        "HTTP_X_FORWARDED_FOR": "10.8.1.5, 203.0.113.9",
        "werkzeug.proxy_fix.orig": {},
    }
    assert surroundings.client_address(environ, 2) == "203.0.113.9"


def test_behind_a_proxy_the_layer_in_front_and_the_pages_see_the_same_address(app, client):
    who = at_work(networks=["10.8.1.0/24"])
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], proxies=1)
    inside = {"X-Forwarded-For": "203.0.113.9, 10.8.1.5"}
    outside = {"X-Forwarded-For": "10.8.1.5, 203.0.113.9"}

    assert call(client, who, **inside).status_code == 200
    assert call(client, who, **outside).status_code == 403


# ---- what it costs, and what is kept


def test_calls_ask_the_database_once_in_an_interval_and_not_each_time(app):
    who = at_work(networks=["10.8.1.0/24"])
    free = at_work()
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *_: asked.append(1))

    def check(each):
        return surroundings.check(each[1], {"REMOTE_ADDR": "10.8.1.5", "PATH_INFO": JOURNAL}, app=app)

    for each in (who, free):
        assert check(each) is None
    first = len(asked)
    for _again in range(50):
        assert check(who) is None
        assert check(free) is None
    assert len(asked) == first


def test_a_room_that_asks_in_the_same_instant_is_read_once(app):
    seats = [at_work() for _each in range(8)]
    surroundings.forget(app)
    asked, together = [], Barrier(8)
    event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def look(seat):
        together.wait()
        return place_of(app, ("code", seat[1]))

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(look, seats))

    assert [place.attempt_code for place in found] == [each[1] for each in seats]
    assert len([statement for statement in asked if "delivery_attempt" in statement]) == 1


def test_a_form_is_handed_out_by_the_token_of_a_machine_that_fits_and_no_name_gets_past(app, client):
    locked, free = at_work(lockdown=True), at_work()
    asked = {"Authorization": f"Bearer {locked[2]}"}
    address = "/exam/attempt/form/none?k=none"

    assert turned_away(client.get(address, headers=asked), "no_key")
    assert turned_away(client.get(address, headers=asked | {"X-Attempt": free[1]}), "no_key")
    own = locked_browser(address, locked[3])
    assert client.get(address, headers=asked | own).status_code == 401
    client.set_cookie("trainhub-attempt", locked[2], path="/exam/attempt")
    assert turned_away(client.get(address), "no_key")
    assert turned_away(client.get("/exam/attempt/form/none/file?k=none"), "no_key")


def test_a_machine_that_keeps_on_trying_is_one_row(app, client):
    who = at_work(lockdown=True)
    for _try in range(4):
        call(client, who)
    app.extensions["refusals-noted"].clear()
    call(client, who)

    rows = refusals.refusals_of(db.session.get(Attempt, who[0]).sitting)
    assert [(row.cause, row.times, row.address) for row in rows] == [("no_key", 2, "127.0.0.1")]


def test_addresses_of_refused_machines_are_deleted_by_rule_and_the_ledger_says_how_many(app, client):
    call(client, at_work(lockdown=True))
    db.session.rollback()
    assert not refusals.FORGETTING.is_due()

    with clock.set_to(clock.now() + timedelta(days=181)):
        assert refusals.FORGETTING.is_due()
        with transaction():
            assert refusals.FORGETTING.do() == 1
        assert not refusals.FORGETTING.is_due()

    entry = db.session.scalars(select(ledger.Entry).where(ledger.Entry.kind == "refusals.deleted")).one()
    assert json.loads(entry.body)["facts"]["number"] == 1


def test_a_network_that_is_mended_under_way_holds_within_seconds(app, client, monkeypatch):
    monkeypatch.setattr(surroundings, "DEMANDS_KEPT_S", -1.0)
    who = at_work(networks=["10.8.1.0/24"])
    assert call(client, who, address="10.9.1.5").status_code == 403
    sitting = db.session.get(Attempt, who[0]).sitting
    set_networks(sitting.rooms[0].exam_room, ["10.9.1.0/24"], by=sitting.planned_by)
    db.session.commit()

    assert call(client, who, address="10.9.1.5").status_code == 200


def test_demands_that_are_lifted_under_way_hold_nobody_up_any_more(app, client):
    who = at_work(lockdown=True, networks=["10.8.1.0/24"])
    assert call(client, who).status_code == 403
    sitting = db.session.scalars(select(Sitting)).one()
    demands.lift(sitting, "锁定浏览器无法启动", by=sitting.planned_by)
    db.session.commit()
    surroundings.forget(app)

    assert call(client, who).status_code == 200
