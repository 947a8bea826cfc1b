"""A room of forty at the desk in a real Chromium: many at once, with scripts and without, on a phone too."""

import pytest
from playwright.sync_api import expect

from tests.browser.usable import require_usable
from tests.factories.delivery import make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty, make_second_room
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind
from trainhub.exams.invigilation.incidents import record_incident
from trainhub.exams.invigilation.models import IncidentKind
from trainhub.exams.sittings.models import Sitting
from trainhub.kernel.db import db, transaction
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.browser

SIZES = {"phone": {"width": 390, "height": 844}, "wide": {"width": 1280, "height": 900}}


@pytest.fixture
def forty(app, client, context, address):
    """A sitting with forty in a room, five of them at work, and somebody's sign-in at the desk."""
    sitting = make_seated_sitting()
    room = sitting.rooms[0]
    room.seats = room.exam_room.seats = 40
    make_second_room(sitting)
    for seat in range(1, 6):
        make_working_attempt(sitting, seat)
    for seat in range(6, 41):
        make_seated_candidate(sitting, seat)
    db.session.commit()
    code, ids = sitting.code, sitting.id
    people = {
        "room": make_on_duty(sitting, Duty.INVIGILATE, room),
        "chief": make_on_duty(sitting, Duty.INVIGILATE),
        "inspector": make_on_duty(sitting, Duty.INSPECT),
    }

    def sign_in(who):
        client.sign_in(db.session.merge(people[who]))
        db.session.rollback()
        return [{"name": "trainhub", "value": client.get_cookie("trainhub").value, "url": address}]

    return f"{address}/exam/desk/{code}", sign_in, ids


def test_who_stands_at_the_door_is_let_in_at_once_and_told_by_seats(forty, context, shot):
    own, sign_in, _sitting = forty
    context.add_cookies(sign_in("chief"))
    page = context.new_page()
    page.goto(own)
    page.click("#desk-choose")
    page.click(".desk-room >> nth=0 >> [data-choose-state=absent]")
    page.check("input[name=act][value=admit]")
    for name, size in SIZES.items():
        page.set_viewport_size(size)
        shot(page, f"choosing-{name}")
    page.click("#desk-act-do")
    expect(page.locator(".notice-good")).to_have_count(0)
    page.check("#documents_seen")
    page.click("#desk-act-do")

    expect(page.locator(".notice-good")).to_contain_text("6–40")
    expect(page.locator(".desk-seat.desk-checked_in")).to_have_count(35)
    for name, size in SIZES.items():
        page.set_viewport_size(size)
        shot(page, f"let-in-{name}")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_without_scripts_an_act_comes_back_with_its_seats_and_says_what_lacks(forty, browser, shot, language):
    own, sign_in, _sitting = forty
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(sign_in("chief"))
    page = context.new_page()
    page.goto(f"{own}?lang={language}")
    for box in page.locator(".desk-pick input").all()[:3]:
        box.check()
    page.check("input[name=act][value=pause]")
    page.select_option("#why", "other")
    page.click("#desk-act-do")

    expect(page.locator("#text-error")).to_be_visible()
    expect(page.locator(".error-summary")).to_be_in_viewport()
    expect(page.locator(".desk-pick input:checked")).to_have_count(3)
    for name, size in SIZES.items():
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        shot(page, f"lacks-{name}-{language}")
    page.fill("#text", "三人同时反映屏幕闪烁")
    page.click("#desk-act-do")
    expect(page.locator(".notice-good")).to_contain_text("1–3")
    context.close()


def test_with_scripts_what_came_back_is_still_being_chosen(forty, context):
    own, sign_in, _sitting = forty
    context.add_cookies(sign_in("chief"))
    page = context.new_page()
    page.goto(own)
    page.click("#desk-choose")
    page.locator(".desk-seat a").first.click()
    page.check("input[name=act][value=record]")
    page.eval_on_selector("#desk-acts", "form => { form.noValidate = true; }")
    page.click("#desk-act-do")

    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#desk-chosen")).to_have_text("1")
    expect(page.locator("#kind")).to_be_visible()
    require_usable(page)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_on_a_phone_the_button_is_at_hand_whatever_act_is_chosen(forty, context, shot, language):
    own, sign_in, _sitting = forty
    context.add_cookies(sign_in("chief"))
    page = context.new_page()
    page.set_viewport_size(SIZES["phone"])
    page.goto(f"{own}?lang={language}")
    page.click("#desk-choose")
    page.locator(".desk-seat a").first.click()
    expect(page.locator("#desk-act-other")).to_be_hidden()
    acts = page.eval_on_selector_all("input[name=act]", "all => all.map((each) => each.value)")
    assert len(acts) == 8
    for act in acts:
        page.check(f"input[name=act][value={act}]")
        expect(page.locator("#desk-act-do")).to_be_in_viewport(ratio=1)
        expect(page.locator(".desk-seat >> nth=0")).to_be_in_viewport()
        expect(page.locator(".desk-act:visible")).to_have_count(1)
        shot(page, f"phone-{act}-{language}")
        page.click("#desk-act-other")
        expect(page.locator(".desk-act:visible")).to_have_count(len(acts))
    require_usable(page)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_each_page_of_the_desk_fits_a_phone_and_a_screen(forty, browser, shot, language):
    own, sign_in, sitting_id = forty
    with transaction():
        sitting = db.session.get(Sitting, sitting_id)
        delivery.halt(sitting, HaltKind.PAUSE, "全场断网", by=sitting.planned_by)
        seat = sitting.rooms[0] and db.session.query(delivery.Attempt).first().candidate
        record_incident(
            sitting, seat, IncidentKind.OTHER, "空调滴水，已请工程人员处理。", by=sitting.planned_by
        )
        code = seat.code
    context = browser.new_context()
    for who, rest in (
        ("room", "/halts"),
        ("chief", "/halts"),
        ("room", "/incidents"),
        ("room", f"/candidates/{code}"),
        ("room", f"/candidates/{code}/watch"),
        ("inspector", "/inspection"),
    ):
        context.add_cookies(sign_in(who))
        page = context.new_page()
        page.goto(f"{own}{rest}?lang={language}")
        require_usable(page)
        for name, size in SIZES.items():
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (who, rest)
            shot(page, f"{who}{rest.replace('/', '-').replace(code, 'seat')}-{name}-{language}")
        page.close()
    context.close()


def test_an_inspector_notes_and_finds_nothing_that_changes_the_room(forty, context, shot):
    own, sign_in, _sitting = forty
    context.add_cookies(sign_in("inspector"))
    page = context.new_page()
    page.goto(f"{own}/inspection")
    expect(page.locator("main form[method=post]")).to_have_count(1)
    page.click("main form[method=post] button[type=submit]")
    expect(page.locator(".error-summary")).to_be_visible()
    page.check("input[name=point-identity][value=problem]")
    page.fill("#remarks", "三号座位未核对证件，已告知监考员。")
    page.click("main form[method=post] button[type=submit]")

    expect(page.locator(".notice-good")).to_be_visible()
    expect(page.locator(".desk-said")).to_contain_text("三号座位")
    page.goto(f"{own}/alarms")
    expect(page.locator("main form[method=post]")).to_have_count(0)
    assert page.goto(own).status == 403
