"""What an exam leaves in the files of a machine's browser: no word of a question."""

from __future__ import annotations

import json
import zlib

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ARGUMENTS, WALKED_IN
from tests.browser.sitting_down import sit_down

pytestmark = pytest.mark.browser

SAID = "发现直接危及人身安全的紧急情况"
GZIP = b"\x1f\x8b\x08"


def unpacked(content):
    """Some bytes, and behind them whatever is packed in them: answers are kept as they came."""
    yield content
    start = content.find(GZIP)
    while start >= 0:
        try:
            yield zlib.decompressobj(31).decompress(content[start:])
        except zlib.error:
            pass
        start = content.find(GZIP, start + 1)


def left_in(profile):
    """All that lies in the files of a profile, unpacked."""
    files = [each for each in profile.rglob("*") if each.is_file()]
    return b"\n".join(part for each in files for part in unpacked(each.read_bytes()))


def test_a_browser_keeps_no_question_on_its_disk_during_the_exam_or_after_it(
    playwright, address, admitted, tmp_path
):
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=WALKED_IN, args=ARGUMENTS, viewport={"width": 1280, "height": 800}
    )
    page = context.new_page()
    sit_down(page, address, admitted)
    expect(page.get_by_text(SAID).first).to_be_visible()
    page.reload()
    expect(page.get_by_text(SAID).first).to_be_visible()
    context.close()

    left = left_in(profile)
    assert b"delivery-journal.js" in left and address.encode() in left, "the control: what may be kept is"
    for way in (SAID.encode(), SAID.encode("utf-16-le"), json.dumps(SAID)[1:-1].encode()):
        assert way not in left
