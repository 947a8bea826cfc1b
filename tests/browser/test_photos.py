"""Photographs at random moments, taken in a real Chromium by the camera that it feigns."""

from collections import Counter
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ARGUMENTS
from tests.browser.sitting_down import BEAT, WORKING, attempt_of, begin, enter, leave_seconds, part
from tests.browser.usable import require_usable
from trainhub.exams.delivery import photos
from trainhub.exams.delivery.noticing import events_of
from trainhub.kernel.db import db, transaction

CHROMIUM = [*ARGUMENTS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
SECONDS = 12
FAILS_ONCE = """(() => {
    const take = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    let fails = true;
    navigator.mediaDevices.getUserMedia = (wanted) => {
        if (!fails) return take(wanted);
        fails = false;
        return Promise.reject(new Error("another program has the camera"));
    };
})();"""
DRAWN = """async ({ left, photos, runs }) => {
    const { leftWhenDue } = await import("/static/js/delivery-camera.js");
    const sittings = [];
    for (let run = 0; run < runs; run += 1) {
        const moments = [];
        let still = left;
        for (let missing = photos; missing > 0; missing -= 1) {
            still = leftWhenDue(still, missing, Math.random());
            moments.push(left - still);
        }
        sittings.push(moments);
    }
    return sittings;
}"""
"""The moments of photographs, in minutes from the beginning, in many sittings."""
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
    setTimeout(() => pause(false), 1500);
}"""
"""The candidate agrees, and the exam stands still for a while."""


def sit_down(page, address, admitted):
    enter(page, address, admitted)
    begin(page)
    leave_seconds(admitted, SECONDS)
    page.evaluate(BEAT)
    expect(part(page, "clock")).to_contain_text("0:00:")


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

    assert [jpeg[:3] for jpeg in taken(photographed)] == [b"\xff\xd8\xff"] * 2


def test_a_photograph_that_fails_is_told_as_missing_and_the_next_one_is_taken(context, address, photographed):
    page = context.new_page()
    page.add_init_script(FAILS_ONCE)
    sit_down(page, address, photographed)
    with page.expect_response("**/exam/attempt/photo") as kept:
        part(page, "photo-yes").click()
    assert kept.value.ok
    part(page, "ended").wait_for()

    assert len(taken(photographed)) == 1
    noticed = {event.kind for event in events_of(attempt_of(photographed))}
    db.session.rollback()
    assert "photo_missed" in noticed and "no_camera" not in noticed


def test_the_moments_lie_anywhere_in_the_time_that_the_candidate_has_and_none_foretells_the_next(
    context, address, photographed
):
    page = context.new_page()
    enter(page, address, photographed)
    minutes = 120
    drawn = page.evaluate(DRAWN, {"left": minutes * 60_000, "photos": 3, "runs": 3000})
    moments = [[moment / 60_000 for moment in sitting] for sitting in drawn]

    assert all(
        sitting == sorted(sitting) and 0 <= sitting[0] and sitting[-1] < minutes for sitting in moments
    )
    quarters = Counter(int(moment // (minutes / 4)) for sitting in moments for moment in sitting)
    assert all(0.22 < quarters[quarter] / 9000 < 0.28 for quarter in range(4))
    # After one photograph the next may follow within a minute as well as after an hour.
    gaps = [later - sooner for sitting in moments for sooner, later in pairwise(sitting)]
    assert min(gaps) < 1 and max(gaps) > 60


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


def test_a_candidate_withdraws_after_all_photographs_were_taken_and_they_are_deleted(
    context, address, photographed, shot
):
    page = context.new_page()
    sit_down(page, address, photographed)
    with page.expect_response("**/exam/attempt/photo"):
        part(page, "photo-yes").click()
    with page.expect_response("**/exam/attempt/photo"):
        pass
    assert len(taken(photographed)) == 2
    page.reload()
    expect(part(page, "photo-agreed")).to_be_visible()
    shot(page, "agreed")

    part(page, "photo-withdraw").click()

    expect(part(page, "photo-withdrawn")).to_be_focused()
    expect(part(page, "photo-agreed")).to_be_hidden()
    shot(page, "withdrawn")
    assert taken(photographed) == []


def test_a_withdrawal_without_network_is_said_to_be_on_its_way_and_arrives_later(
    context, address, photographed, shot
):
    page = context.new_page()
    enter(page, address, photographed)
    begin(page)
    part(page, "photo-yes").click()
    expect(part(page, "photo-agreed")).to_be_visible()
    context.set_offline(True)
    part(page, "photo-withdraw").click()
    expect(part(page, "photo-withdrawing")).to_be_visible()
    page.keyboard.press("ArrowRight")
    shot(page, "withdrawing")

    context.set_offline(False)

    expect(part(page, "photo-withdrawn")).to_be_visible(timeout=15_000)
    expect(part(page, "photo-agreed")).to_be_hidden()
    assert photos.consent_of(attempt_of(photographed).candidate) is False
