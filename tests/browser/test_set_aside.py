"""An answer that the server can never take: the page sets it aside, says so, and the later ones are saved."""

import io
import json

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.sitting_down import (
    BEAT,
    ENDED,
    WORKING,
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
from trainhub.exams.delivery.models_watch import Alarm, WatchEvent
from trainhub.exams.delivery.reading import is_intact
from trainhub.exams.delivery.watching import alarms_of, dismiss, look_at
from trainhub.kernel.db import db, transaction

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
        page.evaluate(BEAT)
        expect(part(page, "aside")).to_contain_text("1–8", timeout=60_000)
        expect_state(page, "offline")
        assert stored(admitted) == {9: ["A"], 10: ["B"]}
        assert said_to_be_saved(page) == {9, 10}
        assert set(told(admitted)) == set(range(1, 9))


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


def alarms_raised(admitted):
    """What the desk is told once the journals were looked at."""
    attempt = attempt_of(admitted)
    with transaction():
        look_at(attempt)
        return {each.kind: each.code for each in alarms_of(attempt)}


def moved(admitted):
    """The desk moves the candidate to another machine."""
    attempt = attempt_of(admitted)
    delivery.move(attempt, "这台机器坏了", by=attempt.candidate.person)
    db.session.commit()


def opened_again(page):
    """The same machine after its browser was closed and begun anew."""
    again, address = page.context.new_page(), page.url
    page.close()
    again.goto(address)
    expect(again.locator(WORKING)).to_be_visible(timeout=20_000)
    return again


def test_where_one_after_the_other_is_refused_the_software_is_wrong_and_nothing_is_given_up(
    app, page, admitted
):
    """After a release that no longer understands the page all is kept, said, and sent when it is mended."""
    with meets(app, JOURNAL, spoiling(*KEYS)):
        for position in range(1, 11):
            answer(page, position)
        expect(part(page, "aside")).to_contain_text("1–10", timeout=60_000)
        expect(part(page, "aside")).to_contain_text("软件的故障")
        expect_state(page, "offline")
        assert stored(admitted) == {} and said_to_be_saved(page) == set()
        expect(part(page, "map").locator(".is-answered.is-unsaved")).to_have_count(10)
        assert set(told(admitted)) == set(KEYS)
        assert alarms_raised(admitted).keys() == {"fault", "refused"}
        part(page, "hand-in").click()
        expect(part(page, "lacking")).to_contain_text("1–10")
        part(page, "go-back").click()

        page = opened_again(page)
        expect(part(page, "aside")).to_contain_text("1–10")
        expect(part(page, "map").locator(".is-answered.is-unsaved")).to_have_count(10)
        kept = len(told(admitted))
        page.evaluate(BEAT)
        page.wait_for_timeout(1500)
        assert len(told(admitted)) == kept, "offered again and again they are kept as evidence once"
    page.evaluate(BEAT)
    # One that was on its way was refused after that: then they are offered at the next turn.
    expect_state(page, "saved", timeout=60_000)
    expect(part(page, "aside")).to_be_hidden()
    assert said_to_be_saved(page) == set(KEYS)
    assert set(stored(admitted)) == set(KEYS) and None not in stored(admitted).values()
    assert is_intact(attempt_of(admitted))


def test_a_type_that_is_refused_holds_up_no_other_and_is_sent_when_it_is_mended(app, page, admitted):
    """A release that is wrong about one kind of question must not cost the answers to all the others."""
    with meets(app, JOURNAL, spoiling(5, 6, 7, 8)):
        for position in range(1, 11):
            answer(page, position)
        expect(part(page, "aside")).to_contain_text("5–8", timeout=60_000)
        assert set(stored(admitted)) == {1, 2, 3, 4, 9, 10} == said_to_be_saved(page)
        answer(page, 6, "C")
        expect_state(page, "offline")
    page.evaluate(BEAT)
    # One that was on its way was refused after that: then they are offered at the next turn.
    expect_state(page, "saved", timeout=60_000)
    assert stored(admitted)[6] == "C", "what was given last counts, not what was refused first"
    assert set(stored(admitted)) == set(KEYS)


def test_what_was_given_anew_at_another_machine_is_not_overtaken_by_what_was_refused_here(
    app, page, context, address, admitted
):
    with meets(app, JOURNAL, spoiling(5, 6, 7)):
        for position in (5, 6, 7):
            answer(page, position)
        expect(part(page, "aside")).to_contain_text("5–7", timeout=60_000)
    moved(admitted)
    there = context.browser.new_context().new_page()
    enter(there, address, admitted)
    expect(there.locator(WORKING)).to_be_visible()
    expect(part(there, "aside")).to_contain_text("5–7")
    answer(there, 6, "D")
    expect_state(there, "saved")
    there.context.close()
    for _twice_so_that_the_first_machine_may_come_back in range(2):
        moved(admitted)
    enter(page, address, admitted)
    expect(page.locator(WORKING)).to_be_visible()
    page.evaluate(BEAT)
    expect_state(page, "saved", timeout=30_000)
    assert stored(admitted) == {5: "A", 6: "D", 7: "C"}


def decided_at_the_desk(admitted):
    """Somebody has looked after the candidate and dismisses the alarm about their answer."""
    [code] = alarms_raised(admitted).values()
    with transaction():
        alarm = db.session.scalar(select(Alarm).where(Alarm.code == code))
        dismiss(alarm, "考生已重新作答", by=alarm.attempt.candidate.person)


def test_once_the_desk_has_decided_the_warning_goes_although_this_machine_remembers(app, page, admitted):
    with meets(app, JOURNAL, spoiling(5)):
        answer(page, 5)
        expect(part(page, "aside")).to_contain_text("5", timeout=30_000)
    decided_at_the_desk(admitted)
    page.reload()
    expect(page.locator(WORKING)).to_be_visible()
    expect(part(page, "aside")).to_be_hidden()


def test_a_second_window_and_a_reload_do_not_make_the_warning_vanish(app, page, context, address, admitted):
    """Each window had a memory of its own, and wrote it over that of the other."""
    blind = "Storage.prototype.getItem = () => null;"
    page.evaluate(blind)
    other = context.new_page()
    other.add_init_script(blind)
    other.goto(f"{address}/exam/attempt")
    expect(other.locator(WORKING)).to_be_visible()
    with meets(app, JOURNAL, spoiling(5)):
        answer(page, 5)
        expect(part(page, "aside")).to_contain_text("5", timeout=30_000)
    answer(other, 1)
    expect_state(other, "saved")
    page.close()
    other.reload()
    expect(other.locator(WORKING)).to_be_visible()
    expect(part(other, "aside")).to_contain_text("5")

    other.evaluate("indexedDB.deleteDatabase('trainhub-exam')")
    other.reload()
    expect(other.locator(WORKING)).to_be_visible()
    expect(part(other, "aside")).to_contain_text("5")

    decided_at_the_desk(admitted)
    other.reload()
    expect(other.locator(WORKING)).to_be_visible()
    expect(part(other, "aside")).to_be_hidden()


LATER = """async () => {
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
  const store = new Store("LATER");
  const journal = new Journal({ tell, knowsTime: true }, store, new Proxy({}, { get: () => () => {} }));
  await journal.open({ ...standing });
  for (const position of [2, 1]) journal.record(position, "A", false, "key", 900);
  for (let tries = 0; tries < 5 && journal.unsent; tries += 1) await journal.hurry();
  journal.stop();
  return [store.aside.length, journal.unsent, standing.last_sequence];
}"""


def test_one_that_is_set_aside_holds_up_nobody_where_the_network_fails_meanwhile(context, address):
    page = context.new_page()
    page.goto(f"{address}/exam/machine-check")
    assert page.evaluate(LATER) == [1, 0, 1]
