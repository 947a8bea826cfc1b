"""The page's clock in a real Chromium: answers long on their way, a machine that sleeps, a clock set anew."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HANDS = """
  const { Server } = await import("/static/js/delivery-server.js");
  const { Countdown } = await import("/static/js/delivery-clock.js");
  const served = Date.now() - performance.now() + 5000;
  const texts = { moreTime: "more", left: "{minutes} left", lastMinute: "1 left", timeUnsure: "unsure" };
  const elements = { clock: document.createElement("p"), said: document.createElement("p") };
  // What the page would do, by name and in order.
  const done = [];
  const listener = { onOver: () => done.push("over"), onJump: () => done.push("asks"), onTick() {} };
  const server = new Server("/exam/attempt", "A");
  const countdown = new Countdown(server, (name) => elements[name], texts, listener);
  // An answer of the server, read when a share of its way was gone.
  const answer = (trip, share, lag = 0) => {
    const received = performance.now();
    server.learnTime(received - trip, received, served + lag + received - trip * (1 - share));
  };
  const off = () => Math.abs(server.now() - performance.now() - served);
  const said = () => {
    const text = elements.said.textContent;
    elements.said.textContent = "";
    countdown.announcedAt = -Infinity;
    return text;
  };
"""


@pytest.fixture
def page(context, address):
    """A page of the application, to import the page's own scripts in."""
    page = context.new_page()
    page.goto(f"{address}/exam/machine-check")
    return page


def played(page, script):
    """Run a script with the clock of the page and a server that is five seconds ahead."""
    return page.evaluate(f"async () => {{ {HANDS} {script} }}")


def test_an_answer_that_was_long_on_its_way_does_not_spoil_a_time_that_is_known(page):
    told = played(
        page,
        """answer(40, 0.5);
        for (let number = 0; number < 40; number += 1) answer(14000, 0.95);
        return off();""",
    )
    assert told < 100


def test_a_network_that_is_slow_in_one_way_and_then_in_the_other_tells_the_time_all_the_same(page):
    told = played(page, "answer(9000, 0.98); answer(9000, 0.02); return off();")
    assert told < 400


def test_when_the_servers_clock_was_set_its_last_word_counts(page):
    told = played(page, "answer(40, 0.5); answer(200, 0.5, 60000); return off();")
    assert abs(told - 60000) < 150


def test_the_end_is_sure_only_when_no_message_can_have_told_it_too_early(page):
    told = played(
        page,
        """answer(8000, 0.98);
        countdown.setDeadline(served + performance.now() + 1000);
        const shown = [countdown.isOver, countdown.isSurelyOver()];
        answer(40, 0.5);
        countdown.setDeadline(served + performance.now() - 100);
        return [...shown, countdown.isOver, countdown.isSurelyOver()];""",
    )
    # The message took eight seconds and its answer came at once: the page's guess is four seconds ahead.
    assert told == [True, False, True, True]


def test_a_machine_that_slept_says_so_and_asks_and_believes_no_answer_from_before(page):
    told = played(
        page,
        """answer(40, 0.5);
        countdown.setDeadline(served + performance.now() + 3600000);
        countdown.tick();
        const before = elements.clock.textContent;
        const real = Date.now;
        const wide = window.fetch;
        let wake;
        window.fetch = () => new Promise((resolve) => { wake = resolve; });
        const asked = server.ask("state");
        // The lid was closed for half an hour: this clock stood still, the one on the wall did not.
        Date.now = () => real() + 1800000;
        wake(new Response(JSON.stringify({ now: served + performance.now() })));
        await asked;
        const wasBelieved = server.knowsTime;
        countdown.tick();
        const unsure = elements.clock.textContent;
        const saidAtOnce = said();
        const clock = performance.now.bind(performance);
        performance.now = () => clock() + 4000;
        Date.now = () => real() + 1804000;
        countdown.tick();
        const saidLater = said();
        performance.now = clock;
        Date.now = () => real() + 1800000;
        const awake = () => JSON.stringify({ now: served + performance.now() + 1800000 });
        window.fetch = async () => new Response(awake());
        await server.ask("state");
        countdown.tick();
        Object.assign(window, { fetch: wide });
        Date.now = real;
        return [before, wasBelieved, unsure, elements.clock.textContent, saidAtOnce, saidLater];""",
    )
    before, was_believed, unsure, after, said_at_once, said_later = told
    assert before.startswith(("1:00:00", "0:59:5"))
    assert not was_believed
    assert unsure.startswith("≈ ")
    assert (said_at_once, said_later) == ("", "unsure")
    assert after.startswith(("0:30:00", "0:29:5"))


def test_a_clock_that_is_set_while_the_page_works_asks_the_server_once(page):
    told = played(
        page,
        """answer(40, 0.5);
        countdown.setDeadline(served + performance.now() + 3600000);
        const real = Date.now;
        Date.now = () => real() - 7200000;
        for (let number = 0; number < 5; number += 1) countdown.tick();
        answer(40, 0.5);
        countdown.tick();
        Date.now = real;
        return [done, elements.said.textContent, elements.clock.textContent];""",
    )
    asked, said, clock = told
    assert (asked, said) == (["asks"], "")
    assert clock.startswith(("1:00:00", "0:59:5"))


LEFT = "const left = (minutes) => countdown.setDeadline(served + performance.now() + minutes * 60000 - 1);"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(16, ""), (15, "15 left"), (14.2, "14 left"), (5, "5 left"), (4.1, "4 left"), (1, "1 left"), (0.4, "")],
)
def test_who_comes_back_behind_a_mark_is_told_how_much_is_left(page, minutes, words):
    assert played(page, f"answer(40, 0.5); {LEFT} left({minutes}); return said();") == words


def test_more_time_is_said_and_the_marks_below_it_are_said_again(page):
    told = played(
        page,
        f"""answer(40, 0.5); {LEFT}
        const heard = [];
        for (const minutes of [5, 15, 4.9, 1, 0.9, 16, 15]) {{ left(minutes); heard.push(said()); }}
        return heard;""",
    )
    assert told == ["5 left", "more 15 left", "5 left", "1 left", "", "more", "15 left"]


def test_more_time_that_was_given_in_a_pause_is_said_and_a_pause_alone_is_not(page):
    told = played(
        page,
        """answer(40, 0.5);
        const now = served + performance.now();
        const heard = [];
        const told = (...when) => { countdown.setDeadline(...when); heard.push(said()); };
        told(now + 3600000);
        told(now + 3600000 + 60000, now + 60000);
        told(now + 3600000 + 90000, now + 90000);
        told(now + 3600000 + 100000 + 600000, now + 100000);
        told(now + 3600000 + 600000);
        return heard;""",
    )
    assert told == ["", "", "", "more", ""]


def test_a_pause_at_the_very_end_is_no_end_and_the_end_comes_after_it(page):
    told = played(
        page,
        """answer(40, 0.5);
        const now = served + performance.now();
        const ends = [];
        const told = (...when) => { countdown.setDeadline(...when); ends.push(countdown.isOver); };
        told(now - 100);
        told(now + 500, now);
        told(now - 50);
        return [...ends, ...done];""",
    )
    assert told == [True, False, True, "over", "over"]


def test_the_state_of_the_exam_survives_a_page_of_somebody_on_the_way(page):
    """A proxy or a portal of the network answers with its own pages; none of them is the exam's word."""
    told = page.evaluate(
        """async () => {
        const { Server, Refusal } = await import("/static/js/delivery-server.js");
        const server = new Server("/exam/attempt", "A");
        const kinds = [];
        const pages = [[401, "<p>sign in</p>"], [403, "{}"], [404, "null"], [413, ""], [200, "<p>hi</p>"]];
        for (const [status, body] of [...pages, [409, '{"error": "no"}']]) {
          window.fetch = async () => new Response(body, { status });
          kinds.push(await server.ask("state").catch((problem) => problem instanceof Refusal));
        }
        return kinds;
      }"""
    )
    assert told == [False, False, False, False, False, True]


def test_a_paper_that_takes_half_a_minute_to_arrive_is_waited_for(context, address):
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}/exam/machine-check")
    page.evaluate(
        """async () => {
        const { Server } = await import("/static/js/delivery-server.js");
        window.fetch = (_address, { signal }) => new Promise((resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("given up")));
          setTimeout(() => resolve(new Response('{"questions": []}')), 40000);
        });
        const told = (words) => { document.title = words; };
        const server = new Server("/exam/attempt", "A");
        server.form("/form?k=1").then(() => told("paper"), (problem) => told(problem.message));
      }"""
    )
    page.clock.run_for(41_000)
    expect(page).to_have_title("paper")
