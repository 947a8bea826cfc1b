"""Word documents whose keys stand apart from the questions: given by number, or held, never given wrong."""

from __future__ import annotations

import pytest

from tests.bank.exchange.office import document, paragraph, table
from trainhub.exams.bank.exchange.files import read_content
from trainhub.kernel.i18n import in_language

SINGLE = "一、单选题（每题2分，共4分）"
MULTIPLE = "二、多选题"
TRUTH = "三、判断题"


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""
    with in_language("en"):
        yield


def rows_of(*blocks, **parts):
    return read_content(document(*blocks, **parts)).rows


def choice(number, text="先做什么"):
    return [f"{number}. {text}{number}？", "A. 验电", "B. 挂牌", "C. 合闸"]


def truths(*numbers):
    return [f"{number}、停电后应验电{number}。（ ）" for number in numbers]


def told(rows):
    """What stands for each row: how it was judged, and the key that is imported or proposed."""
    return [(str(row.outcome), "".join(row.body.answer) if row.body else None) for row in rows]


@pytest.mark.parametrize(
    "keys",
    [
        ["参考答案", "1-3 ABC 4.√ 5.×"],
        ["参考答案：1-3 ABC 4-5 √×"],
        ["答案：1.A 2.B 3.C 4.√ 5.×"],
        ["【参考答案】", "1、A 2、B 3、C", "4、正确 5、错误"],
        ["附：试题答案", "1～3：A B C", "4～5：对错"],
        ["标准答案及解析", "1.A 解析：见规程。", "2.【答案】B", "3. C. 合闸", "4. √", "5. ×"],
        ["《电工》练习题答案", "第1题 A", "第2题 B", "第3题 C", "第4题 T", "第5题 F"],
        ["参考答案", "一、单选题", "1-3 ABC", "二、判断题", "4-5 √×"],
        ["参考答案", "一、单选题：1-3 ABC", "二、判断题：4.√；5.×"],
        [table(["题号", "1", "2", "3", "4", "5"], ["答案", "A", "B", "C", "√", "×"])],
        [table(["题号", "答案"], ["1", "A"], ["2", "B"], ["3", "C"], ["4", "√"], ["5", "×"])],
    ],
)
def test_keys_at_the_end_are_given_by_number(keys):
    rows = rows_of("一、单选题", *choice(1), *choice(2), *choice(3), "二、判断题", *truths(4, 5), *keys)

    good = [("good", "A"), ("good", "B"), ("good", "C"), ("good", "T"), ("good", "F")]
    assert told(rows) == good, [row.reason for row in rows]
    assert [row.body.stem for row in rows][0] == "先做什么1？"


def test_what_is_explained_beside_a_key_is_the_explanation():
    rows = rows_of(*choice(1), *choice(2), "参考答案", "1. A", "【解析】见规程。", "2. B 解析：见标准。")

    assert [row.body.explanation for row in rows] == ["见规程。", "见标准。"]


def test_numbers_that_begin_anew_in_each_part_are_told_apart_by_its_heading():
    rows = rows_of(
        SINGLE, *choice(1), *choice(2), MULTIPLE, *choice(1), *choice(2), TRUTH, *truths(1),
        "参考答案", "一、单选题", "1-2 AB", "二、多选题", "1.AB 2、A、C", "三、判断题", "1.×",
    )  # fmt: skip

    assert told(rows) == [("good", "A"), ("good", "B"), ("good", "AB"), ("good", "AC"), ("good", "F")]


def test_keys_below_each_part_are_those_of_its_own_questions():
    rows = rows_of(
        SINGLE, *choice(1), *choice(2), "答案：1-2 AB",
        MULTIPLE, *choice(1), *choice(2), "答案：1.AB 2.BC",
    )  # fmt: skip

    assert told(rows) == [("good", "A"), ("good", "B"), ("good", "AB"), ("good", "BC")]


def test_a_table_of_keys_above_the_questions_is_read_and_an_empty_one_is_left_aside():
    filled = table(["题号", "1", "2"], ["答案", "A", "B"])
    empty = table(["题号", "1", "2"], ["答案", "", ""])

    assert told(rows_of(filled, *choice(1), *choice(2))) == [("good", "A"), ("good", "B")]
    assert told(rows_of(empty, *choice(1), "答案：C")) == [("good", "C")]


def test_blanks_and_written_answers_take_what_the_list_says_over_several_lines():
    rows = rows_of(
        "一、填空题", "1. 上限为____伏。", "2. 频率为____赫。", "二、简答题", "1. 说说步骤。",
        "参考答案", "一、填空题", "1. 36", "2.50", "二、简答题", "1. 步骤：", "（1）断电", "（2）验电",
    )  # fmt: skip

    assert [row.outcome for row in rows] == ["good", "good", "held"]
    assert [row.body.detail.blanks[0].accepted for row in rows[:2]] == [("36",), ("50",)]
    assert rows[2].body.detail.model == "步骤：\n（1）断电\n（2）验电"
    assert "rubric" in rows[2].reason


@pytest.mark.parametrize(
    ("keys", "proposed"),
    [
        (["参考答案", "1-2 AB 1-2 BC"], ["A", "B", "B", "C"]),
        (["参考答案", "1.A 2.B 1.C"], [None] * 4),
        (["参考答案", "1-2 AB"], [None] * 4),
        (["参考答案", "三、多选题", "1-2 AB", "四、单选题", "1-2 AC"], ["A", "C", "A", "B"]),
    ],
    ids=["twice", "too few", "once", "counted differently"],
)
def test_numbers_that_are_not_certain_hold_every_question_that_could_be_meant(keys, proposed):
    rows = rows_of(SINGLE, *choice(1), *choice(2), MULTIPLE, *choice(1), *choice(2), *keys)

    assert told(rows) == [("held", key) for key in proposed]
    assert all(row.reason for row in rows)


def test_a_row_of_keys_of_another_length_holds_its_questions():
    rows = rows_of(SINGLE, *choice(1), *choice(2), *choice(3), "参考答案", "1-3 AB")

    assert told(rows) == [("held", None)] * 3
    assert "2" in rows[0].reason


def test_signs_that_may_belong_together_in_two_ways_are_only_proposed():
    rows = rows_of(SINGLE, *choice(1), *choice(2), *choice(3), "参考答案", "1-3 AB C")

    assert told(rows) == [("held", "A"), ("held", "B"), ("held", "C")]


def test_where_one_key_of_a_row_names_no_option_the_others_are_held_for_they_may_be_shifted():
    rows = rows_of(SINGLE, *choice(1), *choice(2), *choice(3), "参考答案", "1-3 AHB")

    assert told(rows) == [("held", "A"), ("rejected", None), ("held", "B")]


def test_a_single_sign_for_a_multiple_choice_out_of_a_row_of_signs_is_held():
    rows = rows_of(MULTIPLE, *choice(1), *choice(2), "参考答案", "1-2 AB")

    assert told(rows) == [("held", "A"), ("held", "B")]


def test_a_question_without_a_key_and_a_key_without_a_question_are_both_named():
    rows = rows_of(SINGLE, *choice(1), *choice(2), *choice(4), "参考答案", "1.A 3.B 4.C")

    assert told(rows) == [("good", "A"), ("held", None), ("good", "C"), ("rejected", None)]
    assert "3" in rows[1].reason and rows[3].where == "paragraph 15"


def test_a_key_at_the_question_that_the_list_contradicts_is_held():
    rows = rows_of(*choice(1), "答案：A", *choice(2), "答案：B", "参考答案", "1.A 2.C")

    assert told(rows) == [("good", "A"), ("held", "B")]


@pytest.mark.parametrize(("option", "other"), [("10²帕", "102帕"), ("1:10", "110"), ("5、6级", "56级")])
def test_a_key_whose_words_differ_from_its_option_in_a_sign_names_no_option(option, other):
    pressed = ["1. 压力是多少？", f"A. {option}", "B. 3"]
    assert told(rows_of(SINGLE, *pressed, "参考答案", f"1. A. {option}")) == [("good", "A")]
    assert told(rows_of(SINGLE, *pressed, "参考答案", f"1. A. {other}"))[0][0] != "good"


@pytest.mark.parametrize(("own", "other"), [("10²", "102"), ("1:10", "110")])
def test_a_key_at_the_question_that_the_list_contradicts_in_a_sign_alone_is_held(own, other):
    asked = ["一、填空题", "1. 压力不超过____帕。", f"答案：{own}", "2. 频率____赫。", "答案：50赫"]
    keys = [table(["题号", "1", "2"], ["答案", listed, "50赫"]) for listed in (own, other)]
    assert [told(rows_of(*asked, each))[0][0] for each in keys] == ["good", "held"]


def test_several_answers_in_one_line_of_the_list_are_only_proposed():
    rows = rows_of("一、填空题", "1. 上限____伏。", "2. 频率____赫。", "参考答案", "1. 36伏 2. 50赫")

    assert [row.outcome for row in rows] == ["held", "held"]


def test_questions_after_a_list_of_keys_are_questions_again():
    rows = rows_of(*choice(1), *choice(2), "答案：1-2 AB", *choice(3), "答案：C", *choice(4), "答案：A")

    assert told(rows) == [("good", "A"), ("good", "B"), ("good", "C"), ("good", "A")]


def test_an_answer_of_several_numbered_lines_is_never_taken_for_keys_of_other_questions():
    rows = rows_of("一、填空题", "1. 上限____伏。", "二、简答题", "2. 说说。", "答案：", "1. 断电", "2. 验电")

    assert not any(row.outcome == "good" for row in rows)


LEVELS = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="upperLetter"/>'
    '<w:lvlText w:val="%2、"/></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0">'
    '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
)


def counted(text, list_=1, level=0):
    place = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_}"/></w:numPr></w:pPr>'
    return paragraph(text, properties=place)


def test_numbers_and_letters_that_word_counts_itself_are_those_of_the_question():
    rows = rows_of(
        counted("单选题", 2),
        *(line for text in ("先做什么？", "再做什么？")
          for line in (counted(text), counted("验电", 1, 1), counted("挂牌", 1, 1))),
        counted("判断题", 2), counted("停电后应验电。"),
        "参考答案", "1-2 BA", "3.√",
        numbering=LEVELS,
    )  # fmt: skip

    assert told(rows) == [("good", "B"), ("good", "A"), ("good", "T")]
    assert [option.text for option in rows[0].body.options] == ["验电", "挂牌"]
