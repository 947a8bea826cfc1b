"""What a Word document shows without words: symbols of fonts, old formulas, titles between questions."""

from __future__ import annotations

import pytest

from tests.bank.exchange.office import document, paragraph
from trainhub.exams.bank.exchange.files import read_content


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def symbol(font, char):
    return f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>'


def line(*pieces):
    runs = "".join(each if each.startswith("<") else f"<w:r><w:t>{each}</w:t></w:r>" for each in pieces)
    return f"<w:p>{runs}</w:p>"


CHOICE = ("A. 一", "B. 二", "答案：A")


def test_symbols_of_fonts_are_the_signs_that_they_show():
    rows = read_content(
        document(
            line("1. 接地电阻应", symbol("Symbol", "F0A3"), "4", symbol("Symbol", "F057"), "，角度为90"),
            *CHOICE,
            line(
                "2. 夹角应", '<w:r><w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>\uf0b3</w:t></w:r>', "60"
            ),
            *CHOICE,
            "二、判断题",
            line("3. 应验电（", symbol("Wingdings 2", "F050"), "）"),
            line("4. 可带电作业（", symbol("Wingdings", "F0FB"), "）"),
        )
    ).rows

    assert [(row.outcome, row.body.stem, "".join(row.body.answer)) for row in rows] == [
        ("good", "接地电阻应≤4Ω，角度为90", "A"),
        ("good", "夹角应≥60", "A"),
        ("good", "应验电（  ）", "T"),
        ("good", "可带电作业（  ）", "F"),
    ]


@pytest.mark.parametrize(
    "shown",
    [
        symbol("Webdings", "F021"),
        "<w:r><w:instrText> EQ \\o\\ac(○,1)</w:instrText></w:r>",
        '<w:fldSimple w:instr="EQ \\F(1,2)"><w:r/></w:fldSimple>',
        "<w:r><w:object/></w:r>",
        "<w:r><w:ruby><w:rt><w:r><w:t>yi</w:t></w:r></w:rt></w:ruby></w:r>",
    ],
)
def test_what_is_shown_and_cannot_be_read_holds_its_question(shown):
    held, good = read_content(document(line("1. 图中", shown, "是？"), *CHOICE, "2. 乙是？", *CHOICE)).rows

    assert (held.outcome, good.outcome) == ("held", "good")


def test_fields_of_another_kind_hold_nothing():
    field = "<w:r><w:instrText> SEQ 题 \\* ARABIC </w:instrText></w:r>"
    (row,) = read_content(document(line(field, "1. 甲是？"), *CHOICE)).rows

    assert row.outcome == "good"


def test_titles_and_numbers_of_pages_between_questions_are_no_part_of_an_option():
    parsed = read_content(
        document(
            "1. 甲是？", "A. 一", "B. 二", "第二章 触电急救",
            "2. 乙是？", "A. 一", "第 2 页 共 10 页", "B. 二", "- 3 -",
            "3. 丙是？", "A. 见", "第三章 总则，以及附件", "B. 二", paragraph("答案：1-3 ABA"),
        )
    )  # fmt: skip

    assert [[each.text for each in row.body.options] for row in parsed.rows] == [
        ["一", "二"],
        ["一", "二"],
        ["见\n第三章 总则，以及附件", "二"],
    ]
    assert [where for where, _text in parsed.warnings] == ["paragraph 4", "paragraph 7", "paragraph 9"]


def test_what_looks_like_a_number_within_a_line_is_no_number_of_a_question():
    (row,) = read_content(
        document(
            "1. 倒闸操作的顺序是？",
            "A. 先合Q1、再合Q2",
            "B. 见问题3：处理",
            "答案：A",
            "解析：见Question 5: 甲",
        )
    ).rows

    assert [each.text for each in row.body.options] == ["先合Q1、再合Q2", "见问题3：处理"]
    assert row.body.explanation == "见Question 5: 甲"


def test_a_question_about_answers_of_candidates_keeps_its_words():
    stems = ("考生作答后要修改答案的，应（ ）。", "学员选择答案前，应先（ ）。", "我的答案是否正确？（ ）")
    lines = [line for stem in stems for line in (f"{stems.index(stem) + 1}. {stem}", *CHOICE, "你的答案：B")]
    rows = read_content(document(*lines)).rows

    assert tuple(row.body.stem for row in rows) == stems
    assert ["".join(row.body.answer) for row in rows] == ["A", "A", "A"]
