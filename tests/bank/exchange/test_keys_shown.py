"""Word documents that show their keys instead of saying them, and options that are not lettered as usual."""

from __future__ import annotations

from html import escape

import pytest

from tests.bank.exchange.office import document
from trainhub.exams.bank.exchange.files import read_content

RED, BOLD, LIGHT, LINE = (
    '<w:color w:val="FF0000"/>',
    "<w:b/>",
    '<w:highlight w:val="yellow"/>',
    '<w:u w:val="single"/>',
)


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def runs(*pieces):
    """A paragraph; a piece with a property is a pair of both."""
    parts = ((each, "") if isinstance(each, str) else each for each in pieces)
    return (
        "<w:p>"
        + "".join(
            f'<w:r><w:rPr>{how}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
            for text, how in parts
        )
        + "</w:p>"
    )


def read(*blocks):
    return read_content(document(*blocks)).rows


def of(text):
    return read(*text.strip().split("\n"))


def said(rows):
    return [(row.outcome, row.type, "".join(row.body.answer) if row.body else "") for row in rows]


def options(row):
    return [option.text for option in row.body.options]


def three(how, keys, heading="一、选择题"):
    """Three questions whose options named by ``keys`` stand out."""
    blocks = [heading]
    for number, key in enumerate(keys, start=1):
        blocks.append(f"{number}. 第{number}种情况下应佩戴什么？")
        for letter, text in zip("ABC", ("帽子", "面罩", "手套"), strict=True):
            whole = f"{letter}. {text}{number}"
            blocks.append(runs((whole, how)) if letter in key else whole)
    return blocks


# Options that are not lettered as usual


@pytest.mark.parametrize(
    ("first", "second", "key"),
    [
        ("a. 头", "b. 手", "A"),
        ("a) 头", "b) 手", "a"),
        ("（a）头", "（b）手", "Ａ"),
        ("a、头", "b、手", "A"),
        ("A 头部", "B 手部", "A"),
        ("① 头", "② 手", "①"),
        ("①头", "②手", "①"),
    ],
)
def test_options_with_small_letters_circles_or_no_sign_are_read(first, second, key):
    (row,) = of(f"一、单选题\n1. 安全帽保护什么？\n{first}\n{second}\n答案：{key}")

    assert said([row]) == [("good", "single", "A")]
    assert [text[0] for text in options(row)] == ["头", "手"]


def test_small_letters_in_one_line_are_options_as_well():
    (row,) = of("1. What protects the head?\na) Helmet  b) Glove  c) Shoe\nCorrect answer: a")

    assert said([row]) == [("good", "single", "A")]
    assert options(row) == ["Helmet", "Glove", "Shoe"]


def test_small_letters_above_capital_ones_are_part_of_the_question():
    (row,) = of("1. 属于防护用品的是\na. 帽子\nb. 雨伞\nc. 手套\nA. ab\nB. ac\nC. bc\n答案：B")

    assert said([row]) == [("good", "single", "B")]
    assert row.body.stem == "属于防护用品的是\na. 帽子\nb. 雨伞\nc. 手套"
    assert options(row) == ["ab", "ac", "bc"]


def test_circles_above_letters_are_part_of_the_question():
    (row,) = of("1. 说法正确的是\n①系下颌带\n②拉触电者\nA. ①\nB. ②\n答案：A")

    assert said([row]) == [("good", "single", "A")]
    assert row.body.stem == "说法正确的是\n①系下颌带\n②拉触电者"


def test_letters_that_begin_words_are_no_options():
    (row,) = of("1. 关于灭火，正确的是\nA类火灾可用水\nB类火灾可用泡沫\n答案：A")

    assert row.outcome == "rejected"


def test_letters_that_touch_their_words_are_held_with_a_proposal():
    (row,) = of("1. 指针在哪个区正常？\nA红  B绿  C黄\n答案：B")

    assert said([row]) == [("held", "single", "B")]
    assert options(row) == ["红", "绿", "黄"]


def test_small_letters_of_a_question_to_be_written_are_no_options():
    rows = of("一、简答题\n1. 简述概念：\na. 本质安全\nb. 冗余\n答案：见教材")

    assert rows[0].body.stem == "简述概念：\na. 本质安全\nb. 冗余"


def test_counted_options_and_a_key_in_letters_are_held_with_that_proposal():
    (row,) = of("一、单选题\n1. 安全帽保护什么？\n①头\n②手\n答案：A")

    assert said([row]) == [("held", "single", "A")]


@pytest.mark.parametrize("key", ["②①③", "①②③"])
def test_a_key_that_may_be_an_order_is_held_without_a_proposal(key):
    (row,) = of(f"1. 触电急救的顺序是\n①呼救\n②断电\n③复苏\n答案：{key}")

    assert said([row]) == [("held", None, "")]


def test_options_counted_with_brackets_stay_with_their_question():
    rows = of("1. 安全帽保护什么？\n1) 头\n2) 手\n答案：1\n2. 触电先做什么？\n1) 断电\n2) 拉人\n答案：1)")

    assert said(rows) == [("held", "single", "A"), ("held", "single", "A")]
    assert [options(row) for row in rows] == [["头", "手"], ["断电", "拉人"]]


def test_questions_counted_with_brackets_below_a_heading_question_stay_questions():
    rows = of("1. 看材料回答\n(1) 应戴什么？\nA. 帽\nB. 花\n答案：A\n(2) 应穿什么？\nA. 鞋\nB. 拖鞋\n答案：A")

    assert said(rows)[1:] == [("good", "single", "A"), ("good", "single", "A")]


# Keys that stand out


@pytest.mark.parametrize("how", [RED, BOLD, LIGHT, LINE, '<w:shd w:val="clear" w:fill="FFFF00"/>'])
def test_the_option_that_stands_out_in_every_question_is_the_key(how):
    rows = read(*three(how, ["A", "C", "B"]))

    assert said(rows) == [("good", "single", "A"), ("good", "single", "C"), ("good", "single", "B")]
    assert all("A" in row.notes[0] or "C" in row.notes[0] or "B" in row.notes[0] for row in rows)


def test_several_options_that_stand_out_are_a_multiple_choice():
    assert said(read(*three(RED, ["AC", "A", "BC"], "一、多选题"))) == [
        ("good", "multiple", "AC"),
        ("good", "multiple", "A"),
        ("good", "multiple", "BC"),
    ]


def test_where_it_happens_once_or_not_everywhere_it_is_only_proposed():
    few = read(*three(RED, ["A", "C"]))
    some = read(*three(RED, ["A", "", "C", "B", "", ""]))

    assert said(few) == [("held", "single", "A"), ("held", "single", "C")]
    assert [row.outcome for row in some] == ["held", "rejected", "held", "held", "rejected", "rejected"]


def test_options_of_one_line_stand_out_each_for_itself():
    rows = read(
        "1. 应佩戴什么？", runs("A.帽子  ", ("B.面罩", LIGHT), "  C.拖鞋"),
        "2. 先做什么？", runs(("A.断电  ", LIGHT), "B.拉人  C.跑"),
        "3. 什么颜色？", runs("A.红  B.黄  C.", ("绿", LIGHT)),
    )  # fmt: skip

    assert [row.body.answer for row in rows] == [("B",), ("A",), ("C",)]
    assert {row.outcome for row in rows} == {"good"}


def test_a_letter_alone_or_a_sign_before_it_marks_an_option_too():
    letters = [
        (f"{n}. 第{n}个问题是什么？", runs("A. 甲", str(n)), runs(("B", RED), f". 乙{n}")) for n in (1, 2, 3)
    ]
    letters.append(("4. 第4个问题是什么？", runs(("A", RED), ". 甲4"), runs("B. 乙4")))
    signs = "\n".join(f"{n}. 第{n}个问题是什么？\n□A. 甲{n}\n☑B. 乙{n}" for n in (1, 2, 3))
    behind = "\n".join(f"{n}. 第{n}个问题是什么？\nA. 甲{n}\nB. 乙{n}（正确答案）" for n in (1, 2, 3))

    for rows in (read(*(each for question in letters for each in question)), of(signs), of(behind)):
        assert said(rows)[:3] == [("good", "single", "B")] * 3
        assert options(rows[0]) == ["甲1", "乙1"]


def test_what_stands_out_everywhere_or_only_within_an_option_is_no_key():
    everywhere, within = [], []
    for n in (1, 2, 3):
        everywhere += [
            runs((f"{n}. 第{n}个问题？", BOLD)),
            *(runs((f"{x}.", BOLD), f"{x}物{n}") for x in "AB"),
        ]
        within += [f"{n}. 第{n}个问题？", runs("A.", ("不", RED), f"应该{n}"), f"B.应该{n}"]
    grey = read(*three('<w:color w:val="404040"/>', ["A", "B", "C"]))

    assert {row.outcome for row in (*read(*everywhere), *read(*within), *grey)} == {"rejected"}


def test_two_options_that_stand_out_in_a_single_choice_are_held_without_a_proposal():
    assert said(read(*three(RED, ["A", "BC", "C"], "一、单选题"))) == [
        ("good", "single", "A"),
        ("held", "single", ""),
        ("good", "single", "C"),
    ]


def test_signs_that_disagree_are_only_proposed():
    blocks = []
    for n in (1, 2, 3):
        blocks += [f"{n}. 第{n}个问题？", runs((f"A.甲{n}", RED)), runs((f"B.乙{n}", BOLD)), f"C.丙{n}"]

    assert {row.outcome for row in read(*blocks)} == {"held"}


def test_a_key_that_says_another_option_than_the_one_in_colour_is_held():
    (row,) = read("1. 应佩戴什么？", runs(("A.帽子", RED)), "B.面罩", "答案：B")

    assert said([row]) == [("held", "single", "B")]


# Blanks that are filled in


def test_underlined_words_of_a_fill_in_are_its_key():
    rows = read(
        "一、填空题",
        runs("1. 安全帽的有效期为", ("  30  ", LINE), "个月。"),
        runs("2. 高处作业指", ("2", LINE), "米及以上，", ("必须", LINE), ("系安全带", LINE), "。"),
        runs("3. 电压低于", ("    ", LINE), ("36V", LINE), ("  ", LINE), "为安全电压。"),
    )

    assert {row.outcome for row in rows} == {"good"}
    assert [row.body.stem for row in rows] == [
        "安全帽的有效期为____个月。",
        "高处作业指____米及以上，____。",
        "电压低于____为安全电压。",
    ]
    keys = [[blank.accepted for blank in row.body.detail.blanks] for row in rows]
    assert keys == [[("30",)], [("2",), ("必须系安全带",)], [("36V",)]]


def test_without_a_heading_or_with_open_blanks_they_are_only_proposed():
    (unnamed,) = read(runs("1. 高处作业指", ("2", LINE), "米及以上。"))
    (open_,) = read("一、填空题", runs("1. 高处作业指", ("2", LINE), "米及以上，必须____。"))

    assert (unnamed.outcome, unnamed.body.detail.blanks[0].accepted) == ("held", ("2",))
    assert open_.outcome == "held"


def test_words_in_brackets_of_a_fill_in_are_proposed():
    within, behind = of("一、填空题\n1. 安全帽的有效期为（30）个月。\n2. 安全帽的期限为____个月。（30）")

    assert [row.outcome for row in (within, behind)] == ["held", "held"]
    assert [row.body.stem for row in (within, behind)] == [
        "安全帽的有效期为____个月。",
        "安全帽的期限为____个月。",
    ]
    assert behind.body.detail.blanks[0].accepted == ("30",)


def test_underlined_words_change_nothing_where_there_is_a_key():
    rows = read(
        "一、判断题", runs("1. 可以", ("不", LINE), "持证上岗。（×）"),
        "二、填空题", runs("2. 高处", ("作业", LINE), "指____米。"), "答案：2",
    )  # fmt: skip

    assert [row.body.stem for row in rows] == ["可以不持证上岗。（  ）", "高处作业指____米。"]


@pytest.mark.parametrize("key", ["36V，12V", "36V、12V", "(1)36V (2)12V", "①36V ②12V", "36V；12V"])
def test_answers_of_several_blanks_are_parted_by_what_stands_between_them(key):
    (row,) = of(f"一、填空题\n1. 安全电压为____，水中为____。\n答案：{key}")

    assert row.outcome == "good"
    assert [blank.accepted for blank in row.body.detail.blanks] == [("36V",), ("12V",)]


@pytest.mark.parametrize("key", ["1,000", "甲、乙，丙", "open fire"])
def test_answers_that_can_be_parted_in_two_ways_or_none_are_held(key):
    (row,) = of(f"一、填空题\n1. 金额为____，距离为____。\n答案：{key}")

    assert row.outcome == "held"


# How questions begin


def test_questions_without_numbers_are_read_where_options_or_keys_tell_them_apart():
    rows = of(
        "单选题\n安全帽保护什么？\nA. 头\nB. 手\n答案：A\n"
        "触电先做什么？\nA. 拉人\nB. 断电\n答案：B\n解析：断电。\n"
        "还应做什么？\nA. 呼救\nB. 跑\n答案：A\n判断题\n应持证上岗。（√）\n可酒后作业。（×）"
    )

    assert said(rows) == [
        ("good", "single", "A"), ("good", "single", "B"), ("good", "single", "A"),
        ("good", "true_false", "T"), ("good", "true_false", "F"),
    ]  # fmt: skip


def test_a_line_above_a_question_without_a_number_holds_it():
    rows = of(
        "单选题\n安全帽保护什么？\nA. 头\nB. 手\n答案：A\n触电事故中，\n先做什么？\nA. 拉人\nB. 断电\n答案：B"
    )

    assert said(rows) == [("good", "single", "A"), ("held", "single", "B")]
    assert rows[1].body.stem == "触电事故中，\n先做什么？"


@pytest.mark.parametrize(
    "number", ["[单选题] 2. ", "【单选题】2、", "Q2. ", "Question 2: ", "题目2：", "2、[单选题]"]
)
def test_numbers_in_other_words_begin_a_question(number):
    rows = of(
        f"1. 安全帽保护什么？\nA. 头\nB. 手\n答案：A\n{number}触电先做什么？\nA. 断电\nB. 拉人\n答 案：A"
    )

    assert said(rows) == [("good", "single", "A"), ("good", "single", "A")]
    assert rows[1].body.stem == "触电先做什么？"


# What stands out for another reason


@pytest.mark.parametrize("key", ["A", "AB"])
def test_the_same_options_of_all_questions_stand_out_by_an_authors_hand(key):
    """Bold first lines, or the first letter of each list: nothing tells that they are right."""
    assert {row.outcome for row in read(*three(BOLD, [key] * 3))} == {"held"}


@pytest.mark.parametrize("words", [("面罩", "手套", "帽子"), ("A", "B", "C")])
def test_what_stands_out_in_the_question_is_no_key(words):
    blocks = ["一、单选题"]
    for number, word in enumerate(words, start=1):
        blocks += [
            runs(f"{number}. 与", (word, BOLD), "类不同的是哪项？"),
            "A. 面罩",
            "B. 手套",
            "C. 帽子",
        ]

    assert {row.outcome for row in read(*blocks)} == {"rejected"}


def test_what_stands_out_in_the_reason_is_no_key():
    blocks = ["一、单选题"]
    for number, word in enumerate(("水", "干粉", "泡沫"), start=1):
        blocks += [f"{number}. 应选用什么？", "A. 水", "B. 干粉", "C. 泡沫", runs("解析：不用", (word, RED))]

    assert {row.outcome for row in read(*blocks)} == {"rejected"}


def test_boxes_that_are_ticked_and_crossed_may_mean_right_and_wrong():
    boxes = ("☑☒☐", "☐☑☒", "☑☐☒")
    rows = of(
        "\n".join(f"{n}. 戴什么？\n{a}A. 帽{n}\n{b}B. 伞\n{c}C. 花" for n, (a, b, c) in enumerate(boxes, 1))
    )

    assert {row.outcome for row in rows} == {"held"}


# Questions without a number that begin a line earlier


def test_the_line_above_a_first_question_without_a_number_may_begin_it():
    (row,) = of("一、单选题\n安全帽保护\n头部的是哪项\nA. 帽壳\nB. 下颏带\n答案：A")

    assert (row.outcome, row.body.stem) == ("held", "安全帽保护\n头部的是哪项")


def test_below_a_new_heading_nothing_belongs_to_the_reason_of_the_question_above():
    first, second = of(
        "一、单选题\n安全帽保护哪里\nA. 头\nB. 手\n答案：A\n解析：保护头部\n"
        "二、多选题\n触电时首先\n应当做什么\nA. 断电\nB. 呼救\n答案：AB"
    )

    assert (first.outcome, first.body.explanation) == ("good", "保护头部")
    assert (second.outcome, second.body.stem) == ("held", "触电时首先\n应当做什么")
