"""No question comes in that says its own key."""

from __future__ import annotations

import pytest

from tests.bank.exchange.office import document
from trainhub.exams.bank.exchange.files import read_content

FOUR = "A.手套**B.面罩**C.帽子**D.围裙"
HEAD = "题型,题目,选项,答案"


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def row(kind, stem, options, key):
    (found,) = read_content("\n".join((HEAD, f"{kind},{stem},{options},{key}")).encode()).rows
    return found


@pytest.mark.parametrize(
    ("kind", "stem", "options", "key", "read_as"),
    [
        ("单选题", "焊接时应佩戴（B）。", FOUR, "B", "焊接时应佩戴（  ）。"),
        ("单选题", "（ Ｂ ）是焊工的防护用品。", FOUR, "B", "（  ）是焊工的防护用品。"),
        ("多选题", "焊接时应佩戴(A、B)防护用品。", FOUR, "AB", "焊接时应佩戴(  )防护用品。"),
        ("判断题", "焊工应当持证上岗。（√）", "", "对", "焊工应当持证上岗。（  ）"),
        ("判断题", "（×）焊工可以无证上岗。", "", "错", "（  ）焊工可以无证上岗。"),
    ],
)
def test_a_key_that_fills_the_brackets_of_its_question_is_taken_out(kind, stem, options, key, read_as):
    found = row(kind, stem, options, key)

    assert (found.outcome, found.body.stem) == ("good", read_as)
    assert any("已清除" in note for note in found.notes)


@pytest.mark.parametrize(
    ("kind", "stem", "options", "key"),
    [
        ("单选题", "焊接时应佩戴（B）。", FOUR, "C"),
        ("多选题", "焊接时应佩戴（AB）防护用品。", FOUR, "ABC"),
        ("判断题", "焊工可以无证上岗。（×）", "", "对"),
        ("单选题", "额定电流(A)的选取依据是？", FOUR, "A"),
        ("单选题", "焊接时应佩戴？", "A.手套**B.面罩（正确答案）**C.帽子**D.围裙", "B"),
        ("单选题", "焊接时应佩戴？", "A.手套**B.面罩√**C.帽子**D.围裙", "B"),
    ],
)
def test_what_contradicts_the_key_or_may_be_a_name_is_for_a_person(kind, stem, options, key):
    assert row(kind, stem, options, key).outcome == "held"


@pytest.mark.parametrize(
    ("kind", "stem", "options", "key"),
    [
        ("单选题", "额定电流(A)的选取依据是？", FOUR, "C"),
        ("单选题", "甲(A)与乙(B)相比？", FOUR, "A"),
        ("单选题", "动火证(E)由谁签发？", FOUR, "A"),
        ("单选题", "在图(B)中应佩戴（  ）。", FOUR, "B"),
    ],
)
def test_letters_that_are_no_key_stay(kind, stem, options, key):
    found = row(kind, stem, options, key)

    assert (found.outcome, found.body.stem) == ("good", stem)


def test_so_it_is_in_documents_and_in_aiken():
    written = document("1. 切割时应佩戴（B）防护用品。", "A. 手套", "B. 面罩", "答案：A")
    assert [each.outcome for each in read_content(written).rows] == ["held"]

    (found,) = read_content(b"Who signs (B)?\nA. one\nB. two\nANSWER: B\n").rows
    assert (found.outcome, found.body.stem) == ("good", "Who signs (  )?")


@pytest.mark.parametrize(
    ("kind", "options", "key", "answer"),
    [
        ("单选题", FOUR, "B.面罩", ("B",)),
        ("多选题", FOUR, "A.手套;C.帽子", ("A", "C")),
        ("多选题", FOUR, "答案：AC", ("A", "C")),
        ("多选题", FOUR, "【AC】", ("A", "C")),
        ("多选题", FOUR, "A.C", ("A", "C")),
        ("判断题", "", "A.正确", ("T",)),
        ("判断题", "", "B、错误", ("F",)),
        ("判断题", "A.错误**B.正确", "B.正确", ("T",)),
    ],
)
def test_a_key_may_bring_its_words_along(kind, options, key, answer):
    assert row(kind, "焊接时应当怎样？", options, key).body.answer == answer


@pytest.mark.parametrize(
    ("kind", "options", "key"),
    [
        ("单选题", FOUR, "B.帽子"),
        ("多选题", FOUR, "A.手套;C.围裙"),
        ("判断题", "A.错误**B.正确", "A.正确"),
    ],
)
def test_a_key_whose_words_are_those_of_another_option_is_rejected(kind, options, key):
    assert row(kind, "焊接时应当怎样？", options, key).outcome == "rejected"
