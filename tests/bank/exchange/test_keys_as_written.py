"""Keys as people write them: read where they are certain, proposed where they are not, never guessed."""

from __future__ import annotations

import csv
import io
import time

import pytest

from tests.bank.exchange.office import document
from trainhub.exams.bank.exchange.files import read_content

FOUR = "A.手套**B.面罩**C.帽子**D.围裙"
RIGHT_AND_WRONG = "A.正确**B.错误"
LINES = ("A. 手套", "B. 面罩", "C. 帽子", "D. 围裙")


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def rows_of(*rows):
    target = io.StringIO()
    csv.writer(target).writerows([("题型", "题目", "选项", "答案"), *rows])
    return read_content(target.getvalue().encode()).rows


def row_of(kind, options, key, stem="焊接时应佩戴什么？"):
    (row,) = rows_of((kind, stem, options, key))
    return row


def answer_of(row):
    return "" if row.body is None else "".join(row.body.answer)


@pytest.mark.parametrize(
    "key",
    [
        "AC。", "答案：AC", "正确答案是：AC", "【答案】AC", "（A）（C）", "ＡＣ", "ａ，ｃ", "A与C",
        "A、C、", "应选AC", "A、C项", "AC（2分）", '["A","C"]', "A\nC", "手套、帽子", "手套；帽子",
        "A.手套 C.帽子", "A（手套）、C（帽子）", "①③", "⑴⑶",
    ],
)  # fmt: skip
def test_a_key_that_can_mean_one_thing_alone_is_read(key):
    row = row_of("多选题", FOUR, key)

    assert (row.outcome, answer_of(row)) == ("good", "AC")


@pytest.mark.parametrize("key", ["全选", "全部", "以上都对", "ABCD全选", "以上选项均正确"])
def test_all_options_are_meant_where_a_key_says_so_and_none_of_them_does(key):
    row = row_of("多选题", FOUR, key)

    assert (row.outcome, answer_of(row)) == ("good", "ABCD")
    assert row_of("多选题", f"{FOUR}**E.以上都不对", key).outcome == "held"
    assert row_of("单选题", FOUR, key).outcome == "rejected"


@pytest.mark.parametrize(
    ("key", "proposed"),
    [
        ("1,3", "AC"), ("1、3", "AC"), ("13", "AC"), ("甲丙", "AC"), ("Ⅰ、Ⅲ", "AC"), ("A√C√", "AC"),
        ("АС", "AC"), ("A-C", "ABC"), ("A至C", "ABC"), ("AC或ABC", ""), ("除B外", ""), ("AA", ""),
    ],
)  # fmt: skip
def test_a_key_that_can_mean_something_else_is_only_proposed(key, proposed):
    row = row_of("多选题", FOUR, key)

    assert (row.outcome, answer_of(row)) == ("held", proposed)


@pytest.mark.parametrize("key", ["ABE", "1,5", "13、4", "AC帽子", "见解析"])
def test_a_key_that_names_no_option_is_rejected(key):
    assert row_of("多选题", FOUR, key).outcome == "rejected"


def test_numbers_count_from_one_where_a_key_of_the_sheet_names_the_last_option_and_none_is_nought():
    asked = [("单选题", f"第{number}个问题是什么？", FOUR, key) for number, key in enumerate("1342", 1)]

    assert [(row.outcome, answer_of(row)) for row in rows_of(*asked)] == [
        ("good", "A"), ("good", "C"), ("good", "D"), ("good", "B"),
    ]  # fmt: skip
    assert {row.outcome for row in rows_of(*asked, ("单选题", "还有一题？", FOUR, "0"))} == {"held"}
    assert {row.outcome for row in rows_of(*asked[:2])} == {"held"}


def test_a_number_that_is_an_option_is_that_option_unless_it_may_count_another():
    numbers = "A.2**B.3**C.4**D.1"

    assert row_of("单选题", numbers, "3").outcome == "held"
    lettered = rows_of(("单选题", "几个？", numbers, "3"), ("单选题", "几个呢？", numbers, "A"))
    assert [(row.outcome, answer_of(row)) for row in lettered] == [("good", "B"), ("good", "A")]
    assert row_of("单选题", "A.20**B.30**C.40", "30").outcome == "good"


def test_circles_that_the_question_counts_itself_name_no_options():
    row = row_of("多选题", FOUR, "①③", "①手套②面罩③帽子中应佩戴哪些？")

    assert (row.outcome, answer_of(row)) == ("held", "")
    combined = row_of("单选题", "A.①②**B.①③**C.②③", "①③", "①手套②面罩③帽子中应佩戴哪些？")
    assert (combined.outcome, answer_of(combined)) == ("good", "B")


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ("R Y T t 真 对的 √对 正确(√) ✅ ☑ 对； 答案：√ 【答案】对 Ｔ 1 是的", "T"),
        ("W N F f 假 错的 ×错 错误(×) ❌ ☒ 错。 正确答案是：错 【答案】× Ｆ 0 不是", "F"),
    ],
)
def test_right_and_wrong_are_read_in_all_the_ways_people_write_them(keys, answer):
    assert {(key, answer_of(row_of("判断题", "", key))) for key in keys.split(" ")} == {
        (key, answer) for key in keys.split(" ")
    }


@pytest.mark.parametrize("key", ["R/W", "对/错", "√×", "无", "3"])
def test_a_key_that_says_both_or_neither_is_rejected(key):
    assert row_of("判断题", "", key).outcome == "rejected"


@pytest.mark.parametrize(
    ("options", "key", "outcome", "answer"),
    [
        ("", "2", "held", "F"),
        ("", "②", "held", "F"),
        (RIGHT_AND_WRONG, "2", "good", "F"),
        (RIGHT_AND_WRONG, "①", "good", "T"),
        (RIGHT_AND_WRONG, "0", "held", "F"),
        (RIGHT_AND_WRONG, "1", "held", "T"),
        ("A.错误**B.正确", "1", "held", "T"),
        ("A.错误**B.正确", "②", "good", "T"),
    ],
)
def test_a_number_says_right_or_wrong_only_where_it_cannot_count_the_other(options, key, outcome, answer):
    row = row_of("判断题", options, key)

    assert (row.outcome, answer_of(row)) == (outcome, answer)


def test_beside_keys_in_letters_one_is_right_and_nought_is_wrong():
    choice = ("单选题", "焊接时应佩戴什么？", FOUR, "B")
    truths = [("判断题", f"第{key}句话。", RIGHT_AND_WRONG, key) for key in "10"]

    assert [(row.outcome, answer_of(row)) for row in rows_of(choice, *truths)[1:]] == [
        ("good", "T"),
        ("good", "F"),
    ]


def test_the_reason_behind_a_key_is_its_explanation():
    for kind, options, key in (
        ("多选题", FOUR, "AC。解析：两样都要"),
        ("多选题", FOUR, "【答案】AC【解析】两样都要"),
        ("判断题", "", "错，解析：两样都要"),
    ):
        row = row_of(kind, options, key)
        assert (row.outcome, row.body.explanation) == ("good", "两样都要")
    assert row_of("判断题", "", "错。应为10米").body.explanation == "应为10米"


def test_an_empty_key_is_proposed_from_the_question_or_its_options_that_say_it():
    within = row_of("单选题", FOUR, "", "焊接时应佩戴（B）。")
    marked = row_of("多选题", "A.手套√**B.面罩**C.帽子√", "")
    sign = row_of("判断题", "", "", "焊工应持证（√）。")

    assert [row.outcome for row in (within, marked, sign)] == ["held"] * 3
    assert [answer_of(row) for row in (within, marked, sign)] == ["B", "AC", "T"]
    assert (within.body.stem, marked.body.options[0].text) == ("焊接时应佩戴（  ）。", "手套")
    assert row_of("单选题", FOUR, "").outcome == "rejected"


@pytest.mark.parametrize(
    "line",
    [
        "正确答案是：C", "正确答案为：C。", "答：C", "故选C", "（答案：C）", "本题答案：C", "【试题答案】C",
        "正确选项：C", "正确答案：C.帽子", "答案：③", "【答案】C【解析】因为", "正确答案: C 你的答案: D",
    ],
)  # fmt: skip
def test_a_line_below_the_options_is_the_key_in_whatever_words(line):
    (row,) = read_content(document("1. 焊接时应佩戴什么？", *LINES, line)).rows

    assert (row.outcome, answer_of(row), row.body.options[-1].text) == ("good", "C", "围裙")


def test_what_a_platform_writes_beside_a_question_is_none_of_its_options():
    (first, second) = read_content(
        document(
            *("1. 焊接时应佩戴什么？", *LINES, "我的答案：D", "得分：0", "正确答案：C"),
            *("2. 切割时应佩戴什么？", *LINES, "难度：难", "分值：2分", "答案：B"),
        )
    ).rows

    assert (first.outcome, answer_of(first), first.body.options[-1].text) == ("good", "C", "围裙")
    assert (second.outcome, second.level, second.body.options[-1].text) == ("good", 3, "围裙")


@pytest.mark.parametrize(
    "lines",
    [
        ("1. 焊接时应佩戴什么？A.手套 B.面罩 C.帽子 D.围裙 答案：C",),
        ("1. 焊接时应佩戴什么？", *LINES[:3], "D. 围裙【答案】C"),
        ("1. 焊接时应佩戴什么？（答案：C）", *LINES),
        ("1. 焊接时应佩戴（ C ）", *LINES),
        ("1. 焊接时应佩戴【C】。", *LINES),
    ],
)
def test_a_key_behind_the_words_of_a_line_is_read_and_taken_out(lines):
    (row,) = read_content(document(*lines)).rows

    assert (row.outcome, answer_of(row), len(row.body.options)) == ("good", "C", 4)
    assert "答案" not in repr(row.body) and "C" not in row.body.stem


@pytest.mark.parametrize(
    ("stem", "without"),
    [
        ("焊接时应佩戴（A、C）防护用品", "焊接时应佩戴（  ）防护用品"),
        ("( A C )属于防护用品", "（  ）属于防护用品"),
        ("焊接时应佩戴__AC__。", "焊接时应佩戴____。"),
        ("焊接时应佩戴什么？ AC", "焊接时应佩戴什么？"),
    ],
)
def test_letters_elsewhere_in_a_question_are_only_proposed_as_its_key(stem, without):
    (row,) = read_content(document(f"1. {stem}", *LINES)).rows

    assert (row.outcome, answer_of(row), row.body.stem) == ("held", "AC", without)


def test_signs_before_the_number_are_the_key_and_empty_brackets_wait_for_it():
    rows = read_content(
        document(
            "一、判断题",
            "（√）1、焊工应持证。",
            "（ × ）2、焊工可无证。",
            "( F )3、焊工可以无证。",
            "二、单选题",
            "（C）1、应佩戴？",
            *LINES,
        )
    ).rows
    waiting = read_content(
        document("一、判断题", "（  ）1、焊工应持证。", "（  ）2、焊工可无证。", "答案：1.√ 2.×")
    ).rows

    assert [(row.outcome, answer_of(row)) for row in rows] == [
        ("good", "T"), ("good", "F"), ("held", "F"), ("held", "C"),
    ]  # fmt: skip
    assert [(row.outcome, answer_of(row)) for row in waiting] == [("good", "T"), ("good", "F")]


def test_a_statement_about_a_unit_in_brackets_does_not_say_its_key():
    (row,) = read_content(document("一、判断题", "1. 力的单位是牛顿（N）。", "答案：√")).rows

    assert (row.outcome, answer_of(row), row.body.stem) == ("good", "T", "力的单位是牛顿（N）。")


def test_a_sign_beside_another_is_not_left_in_the_question():
    (row,) = read_content(document("一、判断题", "1、焊工应持证（√）。（正确）")).rows

    assert row.outcome == "held"


@pytest.mark.parametrize(
    "said", ["{blanks}x", "答案{blanks}x", "（{blanks}x", "{blanks}我的{blanks}答", "A{blanks}解析"]
)
def test_lines_of_blanks_cost_no_time_wherever_a_key_may_stand(said):
    line = said.format(blanks=45_000 * " ")
    before = time.process_time()

    read_content(document(f"1. 甲{line}", "A. 一", f"B. 二{line}", line, f"答案：{line}", f"（{line}）1、乙"))

    assert time.process_time() - before < 2


def test_circles_out_of_order_may_say_in_what_order_the_options_come():
    row = row_of("多选题", "①切断电源**②验电**③挂接地线", "③①②", "正确的步骤是？")

    assert (row.outcome, answer_of(row)) == ("held", "")
    assert row_of("多选题", "①切断电源**②验电**③挂接地线", "①③").outcome == "good"


@pytest.mark.parametrize(
    ("options", "outcome"),
    [
        ('["A. 头", "B. 手"]', "good"),
        ('["头", "手"]', "good"),
        ('["B. 手", "A. 头"]', "held"),
        ('["头", "B. 手"]', "held"),
    ],
)
def test_letters_within_a_list_of_options_must_be_those_of_their_places(options, outcome):
    row = row_of("单选题", options, "A")

    assert row.outcome == outcome
    assert outcome == "held" or [option.text for option in row.body.options] == ["头", "手"]
