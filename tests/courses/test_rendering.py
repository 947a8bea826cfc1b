"""Lesson texts carry no script."""

import pytest

from trainhub.courses.rendering import render_text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        "![x](http://example.org/a.png)",
        "<iframe src='//example.org'></iframe>",
    ],
)
def test_html_and_odd_addresses_are_shown_as_text(text):
    html = str(render_text(text))
    for forbidden in ("<script", "<img", "<iframe", 'href="javascript', 'href="data'):
        assert forbidden not in html


def test_markdown_is_rendered():
    html = str(render_text("## 一\n\n- 甲\n- 乙\n\n| a | b |\n|---|---|\n| 1 | 2 |"))
    assert "<h2>一</h2>" in html
    assert "<li>甲</li>" in html
    assert "<td>1</td>" in html
