"""The classic silent loss: whatever fails, the page shows as saved what the server has, and nothing else."""

import random
from contextlib import nullcontext

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete
from werkzeug.wrappers import Response as Answer

from tests.browser.sitting_down import (
    BLOCKED,
    ENDED,
    WORKING,
    answered,
    attempt_of,
    enter,
    expect_state,
    meets,
    part,
    said_to_be_saved,
    sit_down,
    stored,
    unreachable,
)
from trainhub.exams import delivery
from trainhub.exams.delivery.models import Response
from trainhub.kernel.db import db

pytestmark = pytest.mark.browser

JOURNAL = "/exam/attempt/journal"
HAND_IN = "/exam/attempt/hand-in"
KEYS = {1: "T", 2: "F", 3: "T", 4: "F", 5: "A", 6: "B", 7: "C", 8: "D", 9: "A", 10: "B"}
SETTLE = "window.dispatchEvent(new Event('online'))"
NOTHING_KEPT = "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('not here'); } });"


@pytest.fixture
def page(context, address, admitted):
    """A candidate at work."""
    page = context.new_page()
    sit_down(page, address, admitted)
    return page


def answer(page, position):
    part(page, "map").locator("button").nth(position - 1).click()
    page.keyboard.press(KEYS[position])


def cut(_served, environ, start_response):
    """The packet does not get to the server."""
    return unreachable(environ, start_response)


def lose_the_answer(served, environ, start_response):
    """The server takes the packet; its answer gets lost on the way back."""
    list(served(environ, lambda *_answer: None))
    return unreachable(environ, start_response)


def answering(status, body, *headers):
    """Something between machine and server answers in its place."""
    return lambda _served, environ, start: Answer(body, status, headers)(environ, start)


def test_after_a_failed_save_and_a_reload_nothing_is_called_saved_that_the_server_lacks(app, page, admitted):
    answer(page, 1)
    expect_state(page, "saved")
    with meets(app, JOURNAL, cut):
        for position in (2, 5, 9):
            answer(page, position)
        expect_state(page, "offline")
        page.reload()
        expect(page.locator(WORKING)).to_be_visible()
        expect_state(page, "offline")
        expect(part(page, "map").locator(".is-answered")).to_have_count(4)
        assert said_to_be_saved(page) == answered(admitted) == {1}

    page.evaluate(SETTLE)
    expect_state(page, "saved")
    assert said_to_be_saved(page) == answered(admitted) == {1, 2, 5, 9}


def test_an_acknowledgement_lost_on_the_way_is_asked_for_again_and_nothing_is_doubled(app, page, admitted):
    with meets(app, JOURNAL, lose_the_answer):
        answer(page, 1)
        answer(page, 2)
        expect_state(page, "offline")
        assert said_to_be_saved(page) == set()
    page.evaluate(SETTLE)
    expect_state(page, "saved")

    assert said_to_be_saved(page) == answered(admitted) == {1, 2}
    assert attempt_of(admitted).last_sequence == 2
    expect(part(page, "differs")).to_be_hidden()


def test_an_acknowledgement_lost_before_a_reload_is_no_difference(app, page, admitted):
    with meets(app, JOURNAL, lose_the_answer):
        answer(page, 1)
        expect_state(page, "offline")
        page.reload()
        expect(page.locator(WORKING)).to_be_visible()
    page.evaluate(SETTLE)
    answer(page, 2)
    expect_state(page, "saved")
    assert said_to_be_saved(page) == answered(admitted) == {1, 2}
    expect(part(page, "differs")).to_be_hidden()
    expect(part(page, "overtaken")).to_be_hidden()


def test_where_the_browser_keeps_nothing_the_page_says_so_and_saves_all_the_same(context, address, admitted):
    page = context.new_page()
    page.add_init_script(NOTHING_KEPT)
    sit_down(page, address, admitted)
    expect(part(page, "no-store")).to_be_visible()
    answer(page, 1)
    expect_state(page, "saved")
    context.set_offline(True)
    answer(page, 2)
    expect_state(page, "offline")
    kept_here = "留存在本机"
    expect(part(page, "saving")).not_to_contain_text(kept_here)
    context.set_offline(False)
    page.reload()
    expect(page.locator(WORKING)).to_be_visible()
    assert said_to_be_saved(page) == answered(admitted)


def test_a_store_that_is_cleared_while_the_exam_runs_is_filled_again(app, page, context, admitted):
    answer(page, 1)
    expect_state(page, "saved")
    cdp = context.new_cdp_session(page)
    origin = page.evaluate("location.origin")
    cdp.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "indexeddb"})
    with meets(app, JOURNAL, cut):
        answer(page, 2)
        expect_state(page, "offline")
        expect(part(page, "no-store")).to_be_hidden()
        page.reload()
        expect(page.locator(WORKING)).to_be_visible()
        assert said_to_be_saved(page) == answered(admitted) == {1}
    page.evaluate(SETTLE)
    expect_state(page, "saved")
    assert said_to_be_saved(page) == answered(admitted) == {1, 2}


def test_two_windows_that_know_nothing_of_each_other_end_with_what_the_server_has(
    page, context, address, admitted
):
    answer(page, 1)
    expect_state(page, "saved")
    other = context.new_page()
    # A lease that is never seen: the worst case of two windows, or of a browser that keeps no settings.
    blind = "Storage.prototype.getItem = () => null;"
    other.add_init_script(blind)
    page.evaluate(blind)
    other.goto(f"{address}/exam/attempt")
    expect(other.locator(WORKING)).to_be_visible()
    for position in (2, 3):
        answer(other, position)
    expect_state(other, "saved")
    answer(page, 4)
    expect_state(page, "saved")
    expect(part(page, "map").locator(".is-answered")).to_have_count(4)
    assert said_to_be_saved(page) == answered(admitted) == {1, 2, 3, 4}
    assert stored(admitted) == {1: "T", 2: "F", 3: "T", 4: "F"}


def test_answers_overtaken_at_another_machine_are_named_and_do_not_replace_newer_ones(
    page, context, address, admitted
):
    answer(page, 1)
    expect_state(page, "saved")
    context.set_offline(True)
    for position in (2, 3):
        answer(page, position)
    expect_state(page, "offline")
    move(admitted)
    elsewhere = context.browser.new_context().new_page()
    enter(elsewhere, address, admitted)
    expect(elsewhere.locator(WORKING)).to_be_visible()
    part(elsewhere, "map").locator("button").nth(1).click()
    elsewhere.keyboard.press("T")
    expect_state(elsewhere, "saved")
    elsewhere.close()
    context.set_offline(False)
    expect(page.locator(BLOCKED)).to_be_visible(timeout=15_000)

    move(admitted)
    enter(page, address, admitted)
    expect(page.locator(WORKING)).to_be_visible()
    expect_state(page, "saved")
    expect(part(page, "overtaken")).to_contain_text("2")
    assert stored(admitted) == {1: "T", 2: "T", 3: "T"}
    assert said_to_be_saved(page) == answered(admitted)


def move(admitted):
    attempt = attempt_of(admitted)
    delivery.move(attempt, "主机故障", by=attempt.candidate.person)
    db.session.commit()


def lose_on_the_server(admitted, sequence):
    """Put the server back to a moment before, as a restored copy would be."""
    attempt = attempt_of(admitted)
    columns = Response.__table__.c
    link = db.session.query(Response).filter_by(attempt_id=attempt.id, sequence=sequence).one().link
    db.session.execute(delete(Response).where(columns.attempt_id == attempt.id, columns.sequence > sequence))
    attempt.last_sequence, attempt.head = sequence, link
    db.session.commit()


@pytest.mark.parametrize("reloads", [True, False], ids=["after a reload", "while the page stays open"])
def test_a_server_that_came_back_with_less_is_noticed_and_gets_it_again(page, admitted, reloads):
    for position in (1, 2, 3):
        answer(page, position)
    expect_state(page, "saved")
    page.wait_for_timeout(300)
    lose_on_the_server(admitted, 1)
    if reloads:
        page.reload()
        expect(page.locator(WORKING)).to_be_visible()
    else:
        page.evaluate(SETTLE)
    expect(part(page, "differs")).to_be_visible()
    expect_state(page, "saved")
    assert said_to_be_saved(page) == answered(admitted) == {1, 2, 3}
    answer(page, 4)
    expect_state(page, "saved")
    assert stored(admitted) == {1: "T", 2: "F", 3: "T", 4: "F"}


def test_a_hand_in_that_finds_answers_missing_sends_them_and_is_repeated(app, page, admitted):
    answer(page, 1)
    answer(page, 2)
    expect_state(page, "saved")
    tries = []

    def lose_before_the_first(served, environ, start_response):
        tries.append(environ["PATH_INFO"])
        if len(tries) == 1:
            with app.app_context():
                lose_on_the_server(admitted, 1)
        return served(environ, start_response)

    with meets(app, HAND_IN, lose_before_the_first):
        part(page, "hand-in").click()
        part(page, "hand-in-now").click()
        expect(page.locator(ENDED)).to_be_visible(timeout=15_000)

    assert len(tries) == 2
    assert stored(admitted) == {1: "T", 2: "F"}


def test_the_page_notices_when_the_server_has_something_else_than_it_acknowledged(page, admitted):
    answer(page, 1)
    expect_state(page, "saved")
    expect(part(page, "differs")).to_be_hidden()
    page.wait_for_timeout(300)
    attempt_of(admitted).head = "0" * 64
    db.session.commit()

    page.reload()
    expect(part(page, "differs")).to_be_visible()
    answer(page, 2)
    expect_state(page, "saved")
    assert said_to_be_saved(page) == answered(admitted) == {1, 2}


@pytest.mark.parametrize("seed", range(3))
def test_in_any_order_of_faults_what_is_shown_as_saved_is_what_the_server_has(app, page, admitted, seed):
    chance = random.Random(seed)
    given = {}
    ways = {
        "cut": cut,
        "answer lost": lose_the_answer,
        "busy": answering(503, '{"error": ""}', ("Retry-After", "1"), ("Content-Type", "application/json")),
        "proxy": answering(502, "<html>Bad gateway"),
        "portal": answering(200, "<html>Please sign in"),
    }
    for _step in range(8):
        fault = chance.choice([None, *ways])
        with meets(app, JOURNAL, ways[fault]) if fault else nullcontext():
            for position in chance.sample(range(1, 11), 2):
                answer(page, position)
                given[position] = True
            if chance.random() < 0.4:
                page.reload()
                expect(page.locator(WORKING)).to_be_visible()
            assert said_to_be_saved(page) <= answered(admitted), f"seed {seed}: {fault}"
    page.evaluate(SETTLE)
    expect_state(page, "saved", timeout=30_000)
    assert said_to_be_saved(page) == answered(admitted), f"seed {seed}"
    assert attempt_of(admitted).last_sequence >= len(given)
    expect(part(page, "differs")).to_be_hidden()
