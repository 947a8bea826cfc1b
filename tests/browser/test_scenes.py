"""How hazards of a picture and of a film were found, on the pages of statistics, looked at in a browser."""

from __future__ import annotations

import pytest

from tests.browser.at_the_bank import signed_in
from tests.browser.usable import require_usable
from tests.factories.bank import make_bank
from tests.factories.every_type import HAZARD_SPOTTING, WORKSHOP
from tests.factories.people import make_officer
from tests.factories.statistics import make_items, make_marked, usual
from trainhub.exams.bank import Draft, ItemType, approve, submit, write_item
from trainhub.exams.bank.content import ItemBody, Medium
from trainhub.exams.bank.details import Region, Scene
from trainhub.exams.bank.media import clean_medium
from trainhub.exams.bank.media.store import bring
from trainhub.exams.marking.flagging import describe
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.browser


def answered(ability, place, chance):
    """The good find the first hazards and mark one place that the key does not know."""
    if place < 3:
        return usual(ability, place, chance)
    if place == 3:
        return ["1800,5800", f"{6000 + chance.randrange(300)},1000"] if ability > 0 else ["3500,6000"]
    return ["2500", "7200", f"{10000 + chance.randrange(900)}"] if ability > 0 else ["6800"]


def film_of(medium):
    """Three hazards of a film; two of them go on at one time."""
    regions = (
        Region("未系安全带", (), 2000, 4000),
        Region("吊物下站人", (), 6100, 8500),
        Region("指挥信号不明", (), 7000, 9000),
    )
    shown = Medium("f.mp4", medium.digest, "video/mp4", "行车吊运")
    return ItemBody("请标出隐患出现的时刻。", (), (), detail=Scene("f.mp4", regions, 50, 5), media=(shown,))


@pytest.fixture
def story(app, film_file):
    """Marker, reviewer, and the addresses of both questions after a sitting of thirty."""
    film = clean_medium(film_file.read_bytes())
    with transaction():
        staff, codes = make_items(3)
        bank = make_bank(staff)
        for body, medium in ((HAZARD_SPOTTING, WORKSHOP), (film_of(film), film)):
            bring(bank, medium, by=staff.author)
            item = write_item(bank, Draft(ItemType.HAZARD_SPOTTING, body), by=staff.author)
            submit(item.versions, by=staff.author)
            approve(item.versions[0], by=staff.reviewer)
            codes.append(item.code)
        sitting = make_marked(codes, 30, centre=staff.centre, choose=answered)
        marker = make_officer(Duty.MARK, staff.centre)
        describe(sitting, by=marker)
        found = marker.id, staff.reviewer.id, [f"{sitting.code}/{code}" for code in codes[3:]]
    jobs.run_pending()
    db.session.rollback()
    return found


NUMBERS = """() => [...document.querySelectorAll("#scene .scene-number")].map((each) => {
  const { left, width } = each.closest("figure").querySelector("svg").getBoundingClientRect();
  return [each.textContent.trim(), (each.getBoundingClientRect().left - left) / width];
})"""


def test_hazards_carry_the_numbers_of_their_table_on_picture_and_film(context, client, address, story, shot):
    for who, person_id in zip(("marker", "reviewer"), story[:2], strict=True):
        page = signed_in(context, client, address, person_id)
        for kind, question in zip(("picture", "film"), story[2], strict=True):
            for language, width in (("en", 390), ("zh_CN", 390), ("en", 1280), ("zh_CN", 1280)):
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(f"{address}/exam/statistics/{question}?lang={language}")
                require_usable(page)
                shot(page, f"{kind}-{who}-{width}-{language}")
            listed = page.locator("#scene ~ .table-wrap tbody th").all_inner_texts()
            numbers = page.evaluate(NUMBERS)
            assert [number for number, _left in numbers] == [text.split()[0] for text in listed]
            if kind == "film":
                lefts = [left for _number, left in numbers]
                assert lefts == sorted(lefts)
                assert lefts[0] == pytest.approx(2 / 11, abs=0.05)
        page.close()
