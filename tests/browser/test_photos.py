"""Photographs at random moments, taken in a real Chromium by the camera that it feigns."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ARGUMENTS
from tests.browser.sitting_down import WORKING, attempt_of, begin, enter, part
from tests.browser.usable import require_usable
from trainhub.exams.delivery import photos
from trainhub.kernel.db import db, transaction

CHROMIUM = [*ARGUMENTS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
SPAN_MS = "400"
PHONE = {"width": 390, "height": 800}


@pytest.fixture
def photographed(app, admitted):
    """A candidate whose sitting takes two photographs."""
    with transaction():
        sitting = attempt_of(admitted).candidate.sitting
        db.session.add(
            photos.PhotoRule(
                sitting_id=sitting.id, at_check_in=False, random_photos=2, set_by_id=sitting.planned_by_id
            )
        )
    db.session.remove()
    return admitted


AGREED_AND_PAUSED = """() => {
    const view = (name) => document.querySelector(`[data-view="${name}"]`);
    const pause = (isPaused) => { view("working").hidden = isPaused; view("paused").hidden = !isPaused; };
    document.querySelector('[data-part="photo-yes"]').click();
    pause(true);
    setTimeout(() => pause(false), 700);
}"""
"""The candidate agrees, and the exam stands still for longer than until the first moment."""


def sit_down(page, address, admitted):
    enter(page, address, admitted)
    page.locator("#exam").evaluate(f"(exam) => {{ exam.dataset.photoSpan = {SPAN_MS}; }}")
    begin(page)


def taken(admitted):
    found = photos.photos_of(attempt_of(admitted).candidate)
    jpegs = [photos.jpeg_of(each) for each in found]
    db.session.rollback()
    return jpegs


def test_a_candidate_who_agrees_is_photographed_and_the_exam_goes_on(context, address, photographed, shot):
    page = context.new_page()
    sit_down(page, address, photographed)
    expect(part(page, "photo-consent")).to_be_visible()
    require_usable(page)
    shot(page, "consent")
    page.set_viewport_size(PHONE)
    require_usable(page)
    shot(page, "consent-phone")
    with page.expect_response("**/exam/attempt/photo"):
        page.evaluate(AGREED_AND_PAUSED)
    expect(part(page, "photo-consent")).to_be_hidden()
    with page.expect_response("**/exam/attempt/photo"):
        pass
    expect(page.locator(WORKING)).to_be_visible()

    assert [jpeg[:3] for jpeg in taken(photographed)] == [b"\xff\xd8\xff"] * 2


def test_a_candidate_who_does_not_agree_is_not_photographed_and_the_desk_is_told(
    context, address, photographed
):
    page = context.new_page()
    sit_down(page, address, photographed)
    with page.expect_response(lambda answer: "no_camera" in (answer.request.post_data or "")) as told:
        part(page, "photo-no").click()
    assert told.value.ok
    expect(page.locator(WORKING)).to_be_visible()
    assert taken(photographed) == []
