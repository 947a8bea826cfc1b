"""Reading question files: headers by meaning, packed options, keys in all their forms, nothing lost."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainhub.exams.bank.content import LETTERS, ItemBody, ItemType, normalised, same_question
from trainhub.exams.bank.reading.answers import key_of, letters, truth
from trainhub.exams.bank.reading.columns import find_header
from trainhub.exams.bank.reading.looks import Unsure
from trainhub.exams.bank.reading.options import SEPARATORS, unpack
from trainhub.exams.bank.reading.proposed import as_proposal
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.kernel.errors import Invalid
from trainhub.kernel.workbooks import Sheet, read_sheets

SHARED = Path(os.environ.get("TRAINHUB_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
QUESTIONS = SHARED / "questions"
real_files = pytest.mark.skipif(not QUESTIONS.is_dir(), reason="the shared question files are not here")
TYPES = {"单选题": "single", "多选题": "multiple", "判断题": "true_false"}


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def read(*rows, header=("题型", "题目内容", "题目选项", "答案"), name="Sheet1"):
    return read_sheet_list([Sheet(name, [list(header), *(list(row) for row in rows)])])


def one(*cells, **other):
    (row,) = read(cells, **other).rows
    return row


def options_of(row):
    return {option.key: option.text for option in row.body.options}


@real_files
@pytest.mark.parametrize("name", ["low_voltage_electrician.xlsx", "forklift.xlsx", "welding.xlsx"])
def test_the_real_files_are_read_as_an_independent_reading_counts_them(name):
    expected = json.loads((QUESTIONS / "expected.json").read_text())[name]

    rows = read_sheet_list(read_sheets(QUESTIONS / name)).rows

    held = [int(row.where.split("!")[1]) for row in rows if row.outcome is Outcome.HELD]
    assert len(rows) == expected["rows"]
    assert Counter(row.type for row in rows) == {
        TYPES[kind]: count for kind, count in expected["by_type"].items()
    }
    assert held == expected["doubtful_rows"]


@real_files
def test_the_one_real_row_that_is_neither_doubtful_nor_sound_is_rejected_with_its_reason():
    rejected = [
        row
        for row in read_sheet_list(read_sheets(QUESTIONS / "welding.xlsx")).rows
        if row.outcome is Outcome.REJECTED
    ]

    assert [row.where for row in rejected] == ["Sheet1!64"]
    assert "B" in rejected[0].reason


@real_files
def test_the_headings_of_twelve_real_templates_are_understood():
    with (QUESTIONS / "header_variants.csv").open() as source:
        variants = [row["headers"].split("|") for row in csv.DictReader(source)]

    headers = [find_header([variant]) for variant in variants]

    assert len(headers) == 12
    assert all(header is not None and {"stem", "answer"} <= header.columns.keys() for header in headers)


def test_options_in_columns_of_their_own():
    header = ("序号", "题干", "选项A", "选项B", "选项C", "选项D", "正确答案", "解析")
    row = one("1", "灭火的方法有（ ）。", "冷却", "窒息", "隔离", "", "A、C", "三种方法", header=header)

    assert row.outcome is Outcome.GOOD
    assert row.type is ItemType.MULTIPLE
    assert options_of(row) == {"A": "冷却", "B": "窒息", "C": "隔离"}
    assert row.body.answer == ("A", "C")
    assert row.body.explanation == "三种方法"


def test_a_heading_says_what_the_numbers_of_types_mean():
    header = ("问题", "题型（0单选，1判断，2多选）", "选项A", "选项B", "答案（多选用英文逗号分隔，如：A,B）")
    rows = read(
        ("甲？", "0", "一", "二", "B"),
        ("乙？", "1", "", "", "√"),
        ("丙？", "2", "一", "二", "A,B"),
        header=header,
    )

    assert [row.type for row in rows.rows] == ["single", "true_false", "multiple"]
    assert all(row.outcome is Outcome.GOOD for row in rows.rows)


@pytest.mark.parametrize("separator", SEPARATORS)
def test_options_packed_into_one_cell(separator):
    cell = separator.join(["", "A.一**" if separator == "##" else "A.一", "B、二", "C三", "D：四"])
    if separator == "##":
        cell = "##A.一##B、二##C三##D：四"
    row = one("单选题", "甲？", cell, "C")

    assert row.outcome is Outcome.GOOD
    assert options_of(row) == {"A": "一", "B": "二", "C": "三", "D": "四"}


@pytest.mark.parametrize(
    "cell",
    ["A.一 B.二 C.三", "A、一；B、二；C、三", "A.一\nB.二\nC.三", "Ａ．一　Ｂ．二　Ｃ．三", "一##二##三"],
)
def test_options_told_apart_by_letters_lines_or_separators(cell):
    assert options_of(one("单选", "甲？", cell, "B")) == {"A": "一", "B": "二", "C": "三"}


@pytest.mark.parametrize(
    ("cell", "proposed"),
    [
        ("**A.30m**A**B.50m**A**C.100m**A", {"A": "30mA", "B": "50mA", "C": "100mA"}),
        ("**A.单独**B.同时**C.**A、**B两种方法", {"A": "单独", "B": "同时", "C": "A、B两种方法"}),
        ("**A氧气**B二氧化碳（**CO2)**C氢气", {"A": "氧气", "B": "二氧化碳（CO2)", "C": "氢气"}),
        ("**A.L**B.E**C.G**C.V", {"A": "L", "B": "E", "C": "G", "D": "V"}),
    ],
)
def test_a_separator_inside_an_option_holds_the_row_with_a_repair(cell, proposed):
    row = one("单选题", "甲？", cell, "A")

    assert row.outcome is Outcome.HELD
    assert as_proposal(row)["options"] == proposed


def test_a_doubtful_row_without_a_sound_repair_is_held_without_one():
    row = one("单选题", "甲？", "**A-17℃ 8-15**C **C-16℃**D-14℃", "A")

    assert row.outcome is Outcome.HELD
    assert row.body is None


@pytest.mark.parametrize("key", ["AC", "A,C", "A、C", "a c", "A，C", "A;C", "C A", "A和C", " AC  ", "（AC）"])
def test_keys_of_several_letters(key):
    assert letters(key) == ("A", "C")


@pytest.mark.parametrize("word", ["正确", "对", "√", "true", "TRUE", "是", "Ｔ", "✓", "right", "（√）"])
def test_words_and_signs_of_right(word):
    assert truth(word) == "T"


@pytest.mark.parametrize("word", ["错误", "错", "×", "false", "FALSE", "否", "F", "✗", "wrong", "（×）", "X"])
def test_words_and_signs_of_wrong(word):
    assert truth(word) == "F"


def test_a_true_or_false_key_is_read_through_its_options_in_either_order():
    assert one("判断题", "甲。", "A.正确**B.错误", "A").body.answer == ("T",)
    assert one("判断题", "甲。", "A.错误**B.正确", "A").body.answer == ("F",)
    assert one("判断题", "甲。", "", "×").body.answer == ("F",)


def test_a_lettered_key_without_options_is_held_not_guessed():
    row = one("判断题", "甲。", "", "B")

    assert row.outcome is Outcome.HELD
    assert as_proposal(row)["answer"] == "F"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("单选题", "甲？", "A.一**B.二", "C"), "C"),
        (("单选题", "甲？", "A.一**B.二", "AB"), "single|单选|one|唯一|一个"),
        (("单选题", "甲？", "A.一**B.二", ""), "key|答案"),
        (("单选题", "", "A.一**B.二", "A"), "text|题干|内容"),
        (("案例题", "甲？", "", "一"), "案例题"),
        (("判断题", "甲。", "", "也许"), "也许"),
        (("单选题", "甲？", "", "A"), "options|选项"),
    ],
)
def test_what_cannot_be_taken_in_is_rejected_with_place_and_reason(cells, reason):
    row = one(*cells)

    assert row.outcome is Outcome.REJECTED
    assert row.where == "Sheet1!2"
    import re

    assert re.search(reason, row.reason)


def test_a_key_may_be_the_words_of_an_option():
    assert one("单选题", "甲？", "A.三个月**B.半年", "半年").body.answer == ("B",)
    assert one("单选题", "甲？", "A.1:10**B.110", "1：10。").body.answer == ("A",)
    assert one("单选题", "甲？", "A.10²Pa**B.102Pa", "102Pa").body.answer == ("B",)
    assert one("单选题", "甲？", "A.1:10**B.二", "110").outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    ("stems", "read_as"),
    [
        (("1.甲", "2.乙"), ("甲", "乙")),
        (("（1）甲", "（2）乙"), ("甲", "乙")),
        (("67.1MΩ等于多少", "68.2MΩ等于多少"), ("1MΩ等于多少", "2MΩ等于多少")),
        (("1.5米以上称为什么", "乙"), ("1.5米以上称为什么", "乙")),
        (("202.甲", "203乙", "204.丙"), ("甲", "乙", "丙")),
        (("54.54、甲", "55.乙"), ("甲", "乙")),
    ],
)
def test_numbers_before_questions_go_and_quantities_stay(stems, read_as):
    rows = read(*(("判断题", stem, "", "√") for stem in stems)).rows

    assert tuple(row.body.stem for row in rows) == read_as


def test_every_row_of_every_sheet_is_accounted_for_and_junk_is_named():
    first = Sheet(
        "甲",
        [
            ["某某公司题库", "", "", "", ""],
            ["", "", "", "", ""],
            ["题型", "题目", "选项", "答案", "整理人"],
            ["判断题", "一。", "", "√", "张"],
            ["", "", "", "", "备注"],
            ["题型", "题目", "选项", "答案", "整理人"],
            ["判断题", "二。", "", "×", ""],
        ],
    )
    second = Sheet("乙", [["题目", "答案", "题型"], ["三。", "对", "判断"]])
    parsed = read_sheet_list([first, second, Sheet("空", []), Sheet("说明", [["请按格式填写"]])])

    assert [row.where for row in parsed.rows] == ["甲!4", "甲!7", "乙!2"]
    assert [where for where, _text in parsed.warnings] == ["甲!3", "甲!3", "甲!5", "甲!6", "说明"]


def test_a_workbook_without_questions_is_refused():
    with pytest.raises(Invalid):
        read_sheet_list([Sheet("Sheet1", [["姓名", "身份证号"], ["张三", "1"]])])


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), max_size=12))
def test_whatever_stands_in_a_file_no_row_is_lost_and_nothing_raises(rows):
    try:
        parsed = read(*rows)
    except Unsure as refusal:
        assert refusal.looks[0].layout.codes
        return

    accounted = {row.where for row in parsed.rows} | {where for where, _text in parsed.warnings}
    filled = {
        f"Sheet1!{place}" for place, cells in enumerate(rows, start=2) if any(cell.strip() for cell in cells)
    }
    assert filled <= accounted
    assert all(row.body is not None for row in parsed.rows if row.outcome is Outcome.GOOD)
    assert all(row.reason for row in parsed.rows if row.outcome is not Outcome.GOOD)


PLAIN = st.text("甲乙丙丁戊己庚辛一二三四五六七八九十", min_size=1, max_size=20)


@given(
    st.lists(PLAIN, min_size=2, max_size=8), st.sampled_from(SEPARATORS), st.sampled_from(". 、 ．".split())
)
def test_packing_options_and_taking_them_apart_gives_the_same(texts, separator, sign):
    cell = separator.join(f"{letter}{sign}{text}" for letter, text in zip(LETTERS, texts, strict=False))

    unpacked = unpack(cell)

    assert unpacked.is_certain
    assert [option.text for option in unpacked.options] == texts


@given(TEXT)
def test_a_key_never_names_an_option_that_is_not_there(text):
    unpacked = unpack("A.一**B.二")
    named = key_of(text, unpacked.options)
    row = one("单选题", "甲？", "A.一**B.二", text)

    assert row.outcome is not Outcome.GOOD or set(named) <= {"A", "B"}


def test_the_same_question_is_known_by_its_words_not_its_punctuation_nor_against_its_signs():
    assert normalised("接地称为（    ）。") == normalised("接地称为( )")
    assert normalised("用小写字母e表示") != normalised("用小写字母E表示")
    assert normalised("-5℃") != normalised("5℃")
    assert normalised("≥3") != normalised("≤3")


def test_the_bracket_that_waits_for_a_choice_makes_no_other_question_and_a_gap_does():
    def told(kind, stem):
        return same_question(kind, ItemBody(stem=stem, options=(), answer=("T",)))

    for kind in (ItemType.TRUE_FALSE, ItemType.SINGLE, ItemType.MULTIPLE):
        assert told(kind, "进入有限空间前应先通风（ ）。") == told(kind, "进入有限空间前应先通风。")
    assert told(ItemType.SINGLE, "（ ）应先通风") != told(ItemType.SINGLE, "应先通风")
    assert told(ItemType.FILL_IN, "先通风再（ ）") != told(ItemType.FILL_IN, "先通风再")
