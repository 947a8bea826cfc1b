"""CSV, Aiken and GIFT: every block accounted for, encodings found or refused, nothing guessed silently."""

from __future__ import annotations

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest

from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.details import Blank, Number, Target
from trainhub.exams.bank.exchange.encodings import text_of, tidy
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.kernel.errors import Invalid

SHARED = Path(os.environ.get("TRAINHUB_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
VARIANTS = SHARED / "questions" / "header_variants.csv"
CSV = "题型,题目,选项A,选项B,答案\n单选题,断电后先做什么？,验电,挂牌,A\n判断题,可以带电作业。,,,错误\n"


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def rows_of(text, form="auto", encoding="utf-8"):
    return read_content(text.encode(encoding), form).rows


def gift(text):
    (row,) = rows_of(text, "gift")
    return row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_a_csv_file_is_read_in_each_encoding_that_spreadsheets_write(encoding):
    parsed = read_content(CSV.encode(encoding))

    assert parsed.form == "csv"
    assert [row.where for row in parsed.rows] == ["line 2", "line 3"]
    assert parsed.rows[0].body.stem == "断电后先做什么？"
    assert parsed.rows[0].body.answer == ("A",)
    assert parsed.rows[1].type is ItemType.TRUE_FALSE


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_whatever_stands_between_the_columns_is_found(delimiter):
    rows = rows_of(CSV.replace(",", delimiter))

    assert [row.outcome for row in rows] == [Outcome.GOOD, Outcome.GOOD]


def test_a_cell_with_lines_keeps_the_place_of_the_rows_after_it():
    rows = rows_of('题型,题目,选项A,选项B,答案\n单选题,"甲\n乙？",一,二,A\n单选题,丙？,一,二,D\n')

    assert [(row.where, row.outcome) for row in rows] == [("line 2", "good"), ("line 4", "rejected")]


@pytest.mark.skipif(not VARIANTS.is_file(), reason="the shared question files are not here")
def test_the_headings_of_twelve_real_templates_are_understood_in_csv():
    with VARIANTS.open() as source:
        variants = [row["headers"].split("|") for row in csv.DictReader(source)]

    for variant in variants:
        heading = ",".join(f'"{each}"' for each in variant)
        cells = ",".join("x" for _each in variant)
        assert len(rows_of(f"{heading}\n{cells}\n")) == 1, variant


@pytest.mark.parametrize(
    "content",
    [
        "café,thé\n".encode("latin-1") * 20,
        "題目,答案\n甲？,乙\n".encode("big5"),
        b"\xff\xfe\x00\x00a\x00\x00\x00",
        "題目".encode("shift_jis") * 10,
    ],
)
def test_an_encoding_that_cannot_be_told_is_refused_and_not_garbled(content):
    with pytest.raises(Invalid, match="UTF-8"):
        text_of(content)


def test_spaces_of_every_width_are_spaces_and_hidden_marks_vanish():
    assert tidy("甲\u3000乙\u00a0丙\u200b\ufeff\r\n丁") == "甲 乙 丙\n丁"


@pytest.mark.parametrize(
    "lines",
    [
        "甲？\nA. 一\n\nB. 二\nANSWER: B",
        "甲？\nA. 一\nB. 二\n\n\nANSWER: B",
        "甲？\n\nA. 一\n\nB. 二\n\nANSWER: B",
    ],
)
def test_an_aiken_question_with_empty_lines_within_is_one_row_and_held(lines):
    held, good = rows_of(f"{lines}\n\n乙？\nA. 一\nB. 二\nANSWER: A\n", "aiken")

    assert (held.where, held.outcome) == ("line 1", Outcome.HELD)
    assert "题目中间有空行" in held.reason
    assert ([each.text for each in held.body.options], held.body.answer) == (["一", "二"], ("B",))
    assert (good.outcome, good.body.stem) == (Outcome.GOOD, "乙？")


def test_an_aiken_block_without_a_key_does_not_take_the_next_question_in():
    first, second = rows_of("甲？\nA. 一\nB. 二\n\nA. 三，对吗？\nA. 一\nB. 二\nANSWER: A\n", "aiken")

    assert (first.where, first.outcome) == ("line 1", Outcome.REJECTED)
    assert (second.where, second.body.stem) == ("line 5", "A. 三，对吗？")


def test_aiken_questions_are_read_and_a_block_without_a_key_is_rejected():
    text = (
        "先做什么？\nA. 验电\nB) 挂牌\nANSWER: A\n\n"
        "无答案？\nA. 一\nB. 二\n\n错键？\nA. 一\nB. 二\nANSWER: D\n"
    )

    parsed = read_content(text.encode())

    assert parsed.form == "aiken"
    assert [(row.where, row.outcome) for row in parsed.rows] == [
        ("line 1", "good"),
        ("line 6", "rejected"),
        ("line 10", "rejected"),
    ]
    assert [option.text for option in parsed.rows[0].body.options] == ["验电", "挂牌"]
    assert "D" in parsed.rows[2].reason


def test_gift_is_recognised_and_its_comments_and_categories_are_no_questions():
    text = "// 说明\n$CATEGORY: 电工/触电急救\n\n::Q1::先做什么？{=验电 ~挂牌 ~登记}\n\n可以带电作业。{F}\n"

    parsed = read_content(text.encode())

    assert parsed.form == "gift"
    assert [(row.where, row.type) for row in parsed.rows] == [("line 4", "single"), ("line 6", "true_false")]
    assert parsed.rows[0].point == "触电急救"
    assert parsed.rows[1].body.answer == ("F",)


def test_gift_signs_that_are_escaped_are_part_of_the_text():
    row = gift(r"若 a\=b \{c\} \~d \#e \: f？{=a\=b#好 ~x\~y}")

    assert row.body.stem == "若 a=b {c} ~d #e : f？"
    assert [option.text for option in row.body.options] == ["a=b", "x~y"]


def test_gift_with_weights_is_a_multiple_choice():
    row = gift("防护用品有？{~%50%安全帽 ~%50%绝缘鞋 ~%-100%领带}")

    assert (row.type, row.body.answer) == ("multiple", ("A", "B"))
    assert row.notes


def test_gift_numbers_are_read_as_value_and_range():
    assert gift("安全电压上限？{#36:2}").type == "numeric"
    assert gift("安全电压上限？{#36:2}").body.detail == Number(Decimal(36), Decimal(2))
    assert gift("几个？{#3..5}").body.detail == Number(Decimal(4), Decimal(1))


def test_gift_pairs_become_a_matching_with_what_is_left_over():
    row = gift("配对。{=红 -> 停止 =绿 -> 通行 = -> 注意}")

    assert row.body.detail.targets == (Target("1", "停止"), Target("2", "通行"), Target("3", "注意"))


def test_gift_words_in_the_middle_of_a_sentence_become_a_blank():
    assert gift("安全电压为 {=36 =三十六} 伏。").body.detail.blanks == (Blank(("36", "三十六")),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("没有答案的一段话。", "braces"),
        ("没有结束{=甲 ~乙", "brace"),
        ("都错？{~甲 ~乙}", "key"),
        ("数？{#abc}", "abc"),
        ("数？{#1e9999}", "number"),
    ],
)
def test_gift_that_cannot_be_read_is_rejected_with_its_reason(text, said, app):
    from flask_babel import force_locale

    with app.test_request_context(), force_locale("en"):
        row = gift(text)

    assert row.outcome is Outcome.REJECTED
    assert said in row.reason


def test_an_empty_file_a_picture_and_plain_prose_are_refused():
    for content in (b"", b"  \n", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", "只是文字。".encode()):
        with pytest.raises(Invalid):
            read_content(content)


def test_a_file_of_another_form_than_was_said_is_refused():
    with pytest.raises(Invalid, match="moodle"):
        read_content(b"<quiz></quiz>", "qti")
