"""What Chromium tells a screen reader of each type's controls: a role, a name of its own and the state."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import test_every_type as every
from tests.browser.hearing import controls, focus, heard, listen
from tests.browser.sitting_down import part, sit_down
from trainhub.exams.bank.content import ItemType

pytestmark = pytest.mark.browser

admitted = every.admitted
FIELD = '[data-part="answer-field"]'
ROLES = {
    "true_false": {"radio"},
    "single": {"radio"},
    "multiple": {"checkbox"},
    "fill_in": {"textbox"},
    "numeric": {"textbox", "combobox"},
    "ordering": {"button"},
    "matching": {"combobox"},
    "constructed": {"textbox"},
    "hazard_spotting": {"application", "button"},
}


def told(page):
    """The controls without the options of lists, and the options that are chosen."""
    found = controls(page, FIELD)
    return [each for each in found if each[0] != "option"], [
        name for role, name, states, _value in found if role == "option" and "selected" in states
    ]


def states(page):
    """What is checked, typed and chosen, in the order of the page."""
    found, chosen = told(page)
    checked = [name for _role, name, state, _value in found if "checked" in state]
    return checked + [value for role, _name, _state, value in found if role == "textbox" and value] + chosen


def expected(place, given):
    """How many states a right reader hears of an answer."""
    count = {"matching": 3, "numeric": 2, "ordering": 0, "hazard_spotting": 0}
    return count.get(place.type, len(given) if isinstance(given, list) else 1)


def test_every_control_has_a_role_a_name_of_its_own_and_its_state(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    kinds = {item.number: item.type for item in every.PAPER.items}
    for place in every.form_of(admitted):
        found, _chosen = told(page)
        names = [name for _role, name, _states, _value in found]
        assert {role for role, *_rest in found} == ROLES[place.type], place
        assert all(names), place
        assert len(set(names)) == len(names), place
        group = page.locator(FIELD).aria_snapshot().splitlines()[0]
        assert part(page, "stem").inner_text()[:6] in group

        given = every.GIVEN[kinds[place.number]]
        given = given[place.part - 1] if place.part else given
        before = len([each for each in states(page) if each])
        every.answer(page, place, given)
        if place.type in ("matching", "numeric"):
            before = 0
        assert len(states(page)) - before == expected(place, given), place
        part(page, "heading").focus()
        page.keyboard.press("ArrowRight")


def at_type(page, admitted, wanted):
    """Turn the page to the first question of a type."""
    form = every.form_of(admitted)
    for _step in range(next(at for at, place in enumerate(form) if place.type == wanted)):
        page.keyboard.press("ArrowRight")


def test_a_list_of_a_matching_is_told_with_the_words_of_its_line(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    at_type(page, admitted, "matching")
    for line in part(page, "options").locator(".exam-line").all():
        words = line.locator(".exam-option-text")
        assert line.locator("select").get_attribute("aria-describedby") == words.get_attribute("id")
        expect(line.locator("select")).to_have_accessible_description(words.inner_text())


def test_a_line_that_was_moved_is_told_once_and_keeps_the_focus(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    at_type(page, admitted, "ordering")
    listen(page)
    every.tab_to(page, "at.dataset.way === 'down'")
    line = part(page, "options").locator("li").first
    letter = line.get_attribute("data-letter")
    page.keyboard.press("Enter")
    (said,) = heard(page)
    assert said.startswith(f"{letter}. ")
    assert page.evaluate("document.activeElement.closest('li').dataset.letter") == letter


def test_marks_are_set_and_taken_back_by_keys_and_the_focus_is_never_lost(context, address, admitted):
    page = context.new_page()
    sit_down(page, address, admitted)
    at_type(page, admitted, "hazard_spotting")
    every.spot(page, every.GIVEN[ItemType.HAZARD_SPOTTING])
    marks = part(page, "options").locator(".exam-marks li")
    listen(page)
    for left in (2, 1):
        every.tab_to(page, "at.closest('.exam-marks')")
        page.keyboard.press("Enter")
        expect(marks).to_have_count(left)
        assert page.evaluate("Boolean(document.activeElement.closest('.exam-marks'))")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(marks).to_have_count(0)
    assert page.evaluate("document.activeElement.matches('.exam-stage')")
    assert len(heard(page)) == 3
    for _mark in range(10):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Enter")
    heard(page)
    page.keyboard.press("Enter")
    (said,) = heard(page)
    assert "10" in said
    assert focus(page)
