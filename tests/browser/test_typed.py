"""Whatever can be typed, pasted or left standing: what the page makes of it is never refused by the server.

A change that the server refuses would keep all that follow from being saved, because they are taken in order.
"""

import sys

import pytest

from trainhub.exams.delivery.chain import read_change
from trainhub.exams.delivery.types import response_form

pytestmark = pytest.mark.browser

CLEANED = """async () => {
    const { clean, cleanLines } = await import("/static/js/delivery-typed.js");
    const made = [];
    for (let first = 0; first <= 0x10ffff; first += 64) {
        const signs = Array.from({ length: 64 }, (_none, place) => String.fromCodePoint(first + place));
        made.push([clean(signs.join("a"), 100), cleanLines(signs.join("a"), 2000)]);
    }
    const long = "\\u{1f600}字".repeat(1500);
    for (const text of [long, "a\\ud83d"]) made.push([clean(text, 100), cleanLines(text, 2000)]);
    return made;
}"""
A_DAY_AND_MORE = """async () => {
    const { Journal } = await import("/static/js/delivery-journal.js");
    const store = { aside: [], keep() {}, keepBeacon() {}, letGo() {} };
    const journal = new Journal({}, store, { onState() {} });
    journal.pump = () => {};
    journal.record(1, "T", false, "key", 90000000.4);
    journal.record(2, "T", false, "key", -3);
    return journal.changes;
}"""


def test_no_character_of_unicode_makes_an_answer_that_is_refused(context, address):
    page = context.new_page()
    page.goto(f"{address}/exam/machine-check")
    made = page.evaluate(f"({CLEANED})()")
    assert len(made) > sys.maxunicode // 64
    change = {"sequence": 1, "position": 1, "flagged": False, "how": "key", "shown_ms": 0}
    for short, lines in made:
        for kind, options, response in (("fill_in", 1, [short]), ("constructed", 0, lines)):
            read_change(change | {"response": response})
            response_form(kind).check(options, response)


def test_a_question_that_stood_for_more_than_a_day_is_answered_all_the_same(context, address):
    page = context.new_page()
    page.goto(f"{address}/exam/machine-check")
    assert [read_change(each).shown_ms for each in page.evaluate(f"({A_DAY_AND_MORE})()")] == [86_400_000, 0]
