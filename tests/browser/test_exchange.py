"""Taking questions in and writing them out, in a browser: the pages fit, in both languages."""

import pytest

from tests.browser.at_the_bank import signed_in
from tests.browser.test_items import place  # noqa: F401
from tests.browser.usable import require_usable

pytestmark = pytest.mark.browser
PAGES = ("import", "export")


@pytest.mark.parametrize(("width", "language"), [(1280, "zh_CN"), (390, "en")])
def test_import_and_export_fit_their_screen(context, client, address, request, shot, width, language):
    code, _codes, _paper, author_id, _officer_id = request.getfixturevalue("place")
    page = signed_in(context, client, address, author_id)
    page.set_viewport_size({"width": width, "height": 800})
    for name in PAGES:
        page.goto(f"{address}/exam/bank/{code}/{name}?lang={language}")
        require_usable(page)
        shot(page, f"{name}-{width}-{language}")
