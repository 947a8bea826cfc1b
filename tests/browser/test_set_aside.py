"""An answer that the server can never take: the page sets it aside, says so, and the later ones are saved."""

import io
import json

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.sitting_down import (
    ENDED,
    WORKING,
    attempt_of,
    expect_state,
    meets,
    part,
    sit_down,
    stored,
    unreachable,
)
from trainhub.exams.delivery.models_watch import WatchEvent
from trainhub.exams.delivery.reading import is_intact
from trainhub.kernel.db import db

pytestmark = pytest.mark.browser

JOURNAL = "/exam/attempt/journal"
KEYS = {1: "T", 2: "F", 3: "T", 4: "F", 5: "A", 6: "B", 7: "C", 8: "D", 9: "A", 10: "B"}


@pytest.fixture
def page(context, address, admitted):
    """A candidate at work."""
    page = context.new_page()
    sit_down(page, address, admitted)
    return page


def answer(page, position, key=None):
    part(page, "map").locator("button").nth(position - 1).click()
    page.keyboard.press(key or KEYS[position])


def spoiling(*positions):
    """On its way each answer to some questions becomes one that no question offers."""

    def spoil(served, environ, start_response):
        packet = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        for change in packet["changes"]:
            if change["position"] in positions and change["response"] is not None:
                change["response"] = "Z\x00\ud800"
        body = json.dumps(packet).encode()
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        return served(environ, start_response)

    return spoil


def cut(_served, environ, start_response):
    """The packet does not get to the server."""
    return unreachable(environ, start_response)


def told(admitted):
    db.session.rollback()
    wanted = select(WatchEvent).where(WatchEvent.kind == "answer_refused")
    found = [json.loads(each.detail["said"])["position"] for each in db.session.scalars(wanted)]
    db.session.rollback()
    return found


def test_the_later_answers_are_saved_and_the_one_set_aside_is_told_and_can_be_given_anew(app, page, admitted):
    answer(page, 1)
    expect_state(page, "saved")
    with meets(app, JOURNAL, spoiling(5)):
        answer(page, 5)
        answer(page, 6)
        answer(page, 7)
        expect(part(page, "aside")).to_be_visible(timeout=30_000)
        expect_state(page, "saved")
        assert stored(admitted) == {1: "T", 6: "B", 7: "C"}
        assert told(admitted) == [5]
        expect(part(page, "map").locator("button").nth(4)).not_to_have_class("is-answered")

    expect(part(page, "aside")).to_contain_text("5")
    page.reload()
    expect(page.locator(WORKING)).to_be_visible()
    expect(part(page, "aside")).to_contain_text("5")
    answer(page, 5, "B")
    expect_state(page, "saved")
    assert stored(admitted) == {1: "T", 5: "B", 6: "B", 7: "C"}
    assert is_intact(attempt_of(admitted))


def test_many_that_were_kept_without_network_do_not_hold_up_each_other(app, page, admitted):
    with meets(app, JOURNAL, cut):
        for position in range(1, 11):
            answer(page, position)
        expect_state(page, "offline")
    with meets(app, JOURNAL, spoiling(1, 2, 3, 4, 5, 6, 7, 8)):
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(part(page, "aside")).to_contain_text("1–8", timeout=60_000)
        expect_state(page, "saved")
        assert stored(admitted) == {9: ["A"], 10: ["B"]}
        assert sorted(told(admitted)) == list(range(1, 9))


def test_the_paper_can_be_handed_in_without_it(app, page, admitted):
    with meets(app, JOURNAL, spoiling(2)):
        answer(page, 1)
        answer(page, 2)
        expect(part(page, "aside")).to_be_visible(timeout=30_000)
        expect_state(page, "saved")
        part(page, "hand-in").click()
        part(page, "hand-in-now").click()
        expect(page.locator(ENDED)).to_be_visible(timeout=30_000)
    assert stored(admitted) == {1: "T"}
    assert is_intact(attempt_of(admitted))


def test_where_nearly_all_are_refused_the_page_or_the_server_is_wrong_and_they_wait(app, page, admitted):
    """After a release that no longer understands the page nothing is thrown away: it is sent later."""
    with meets(app, JOURNAL, spoiling(*KEYS)):
        for lot in range(3):
            for position in range(1, 10):
                answer(page, position, "TF"[lot % 2] if position < 5 else "ABC"[lot])
        expect(part(page, "saving")).to_have_attribute("data-state", "offline", timeout=90_000)
        assert stored(admitted) == {}
        assert len(told(admitted)) <= 21
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect_state(page, "saved")
    assert stored(admitted) != {}


TWENTIETH = """async () => {
  const { Journal } = await import("/static/js/delivery-journal.js");
  const { Store } = await import("/static/js/delivery-store.js");
  const { Refusal, Unreachable } = await import("/static/js/delivery-server.js");
  const standing = { last_sequence: 0, head: "0", answers: [] };
  let cuts = 1;
  const tell = async (name, { changes }) => {
    if (name === "start") {
      if (cuts-- > 0) throw new Unreachable("cut");
      return { ...standing };
    }
    const place = changes.findIndex((change) => change.position === 2);
    if (place >= 0) throw new Refusal(422, { error: "no such option", reason: "unfit", place });
    const links = {};
    for (const { sequence } of changes) links[sequence] = standing.head = String(sequence);
    standing.last_sequence = Number(standing.head);
    return { ...standing, links };
  };
  const store = new Store("TWENTIETH");
  const journal = new Journal({ tell, knowsTime: true }, store, new Proxy({}, { get: () => () => {} }));
  await journal.open({ ...standing });
  store.aside = Array.from({ length: 19 }, () => ({ position: 3 }));
  for (const position of [2, 1]) journal.record(position, "A", false, "key", 900);
  for (let tries = 0; tries < 5 && journal.unsent; tries += 1) await journal.hurry();
  journal.stop();
  return [store.aside.length, journal.unsent, standing.last_sequence];
}"""


def test_the_last_that_may_be_set_aside_holds_up_nobody_where_the_network_fails(context, address):
    page = context.new_page()
    page.goto(f"{address}/exam/machine-check")
    assert page.evaluate(TWENTIETH) == [20, 0, 1]
