"""Like items and practice questions in a browser: the pages fit, in both languages, and can be judged."""

import pytest

from tests.bank import test_alike_pages as alike
from tests.browser.at_the_bank import signed_in
from tests.browser.usable import require_usable

pytestmark = pytest.mark.browser
place = alike.place


@pytest.mark.parametrize(("width", "language"), [(1280, "zh_CN"), (390, "en")])
def test_pairs_leaks_and_the_door_for_practice_questions_fit_their_screen(
    app, context, client, address, place, shot, width, language
):
    app.config["WTF_CSRF_ENABLED"] = False
    alike.hand_over(client, place, alike.told_as_practice())
    alike.compare_now()
    app.config["WTF_CSRF_ENABLED"] = True
    pages = {
        "pairs": (f"/exam/bank/{place['bank']}/alike", "reviewer"),
        "leaks": (f"/exam/bank/{place['bank']}/leaks", "reviewer"),
        "item": (f"/exam/bank/items/{place['item']}", "author"),
        "bank": (f"/exam/bank/{place['bank']}", "author"),
        "practice": ("/training/manage/practice", "teacher"),
    }
    for name, (path, who) in pages.items():
        page = signed_in(context, client, address, place[who])
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{address}{path}?lang={language}")
        require_usable(page)
        shot(page, f"{name}-{width}-{language}")
