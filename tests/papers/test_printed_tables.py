"""Tables that go on over the page of a booklet: each page says again what the columns are."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from tests.factories.every_type import options
from trainhub.exams.bank.content import ItemBody
from trainhub.exams.bank.rich import clean_html
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.papers.printing import Cover, booklet_pdf
from trainhub.kernel.i18n import in_language

COVER = Cover("安全生产管理人员", "某市考试中心", "P-1", "A1B2 C3D4")
HEAD = "<tr><th>检查项目</th><th>标准</th></tr>"


def rows_of(count):
    return "".join(f"<tr><td>第{number}项</td><td>每月检查一次</td></tr>" for number in range(1, count + 1))


def pages_of(table, before="", after="<p>哪项正确？</p>"):
    """Return the words of each page of a booklet, its title page aside, for a question with a table."""
    stem = clean_html(f"<p>看表：{before}</p><table>{table}</table>{after}")
    body = ItemBody(stem, options("甲", "乙"), ("A",), rich=True)
    paper = PaperContent("P-1", "SAFETY-MANAGER", 60, 20, (PaperItem(1, "Q-1", 1, "single", 4, body),))
    with in_language("zh"):
        pdf, _pages = booklet_pdf(paper, COVER)
    _title, *pages = PdfReader(io.BytesIO(pdf)).pages
    return ["".join(page.extract_text().split()) for page in pages]


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def test_the_heading_of_a_long_table_stands_on_every_page_above_its_rows():
    pages = pages_of(HEAD + rows_of(80))

    assert len(pages) >= 3
    assert [page.count("检查项目标准第") for page in pages] == [1] * len(pages)
    assert [f"第{number}项" in "".join(pages) for number in range(1, 81)] == [True] * 80


def test_a_heading_of_two_rows_is_repeated_whole():
    head = "<tr><th rowspan='2'>设备</th><th colspan='2'>检查</th></tr><tr><th>周期</th><th>标准</th></tr>"
    rows = "<tr><td>灭火器</td><td>每月</td><td>铅封完好</td></tr>" * 80

    pages = pages_of(head + rows)

    assert len(pages) >= 3
    # A cell that covers two rows is drawn after those of one.
    assert [page.count("检查周期标准设备灭火器") for page in pages] == [1] * len(pages)


@pytest.mark.parametrize(
    "table",
    [
        rows_of(80),
        "<tr><th>第一列</th><td>甲</td></tr>" + rows_of(80),
        "".join(f"<tr><th>第{number}项</th></tr>" for number in range(1, 81)),
        # The heading's first cell stands beside the rows as well: it cannot be drawn without them.
        "<tr><th rowspan='3'>项目</th><th>标准</th></tr><tr><td>甲</td></tr><tr><td>乙</td></tr>"
        + rows_of(80),
    ],
    ids=["no heading", "heads of rows", "nothing but headings", "a heading that runs into the rows"],
)
def test_a_table_without_a_heading_of_its_own_repeats_nothing(table):
    pages = pages_of(table)

    assert len(pages) >= 2
    assert all("".join(pages).count(said) == 1 for said in ("第1项", "第40项", "第80项"))
    assert "".join(pages).count("项目") <= 1 and "".join(pages).count("第一列") <= 1


def test_a_heading_never_stands_alone_at_the_foot_of_a_page():
    tall = "<tr><td>甲</td><td>" + "<br>".join(["每月检查一次"] * 12) + "</td></tr>"
    for lines in range(18, 36, 2):
        for page in pages_of(HEAD + tall * 4, before="<br>先看说明" * lines):
            assert page.count("检查项目标准") == page.count("检查项目标准甲"), lines


def test_a_heading_that_would_fill_the_page_again_is_drawn_once():
    head = "<tr><th>" + "<br>".join(["检查项目"] * 20) + "</th></tr>"

    pages = pages_of(head + "<tr><td>每月检查一次</td></tr>" * 60)

    assert len(pages) >= 2
    assert sum(page.count("检查项目") for page in pages) == 20


def test_the_heading_is_repeated_in_an_option_too():
    table = clean_html(f"<table>{HEAD}{rows_of(60)}</table>")
    body = ItemBody("哪张表正确？", options("甲", "乙"), ("A",), rich=True)
    body = replace(body, options=(replace(body.options[0], text=table), body.options[1]))
    paper = PaperContent("P-1", "SAFETY-MANAGER", 60, 20, (PaperItem(1, "Q-1", 1, "single", 4, body),))

    pdf, _pages = booklet_pdf(paper, COVER)

    _title, *pages = PdfReader(io.BytesIO(pdf)).pages
    said = ["".join(page.extract_text().split()) for page in pages]
    shown = [page.count("检查项目标准第") for page in said if "每月检查一次" in page]
    assert len(shown) >= 2 and set(shown) == {1}
