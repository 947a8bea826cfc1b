"""Rows of sheets whose key is no letter: blanks, numbers, orders and answers to be written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trainhub.exams.bank.details import Blank, Number
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.reading.rows import Outcome


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def row_of(kind, stem, key, options=""):
    text = f'题型,题目,选项,答案\n{kind},"{stem}","{options}","{key}"\n'
    (row,) = read_content(text.encode()).rows
    return row


def test_a_blank_is_found_in_its_usual_writings_and_takes_variants():
    row = row_of("填空题", "安全电压上限为（  ）伏，频率为___赫。", "36/三十六；50")

    assert (row.type, row.body.stem) == ("fill_in", "安全电压上限为____伏，频率为____赫。")
    assert row.body.detail.blanks == (Blank(("36", "三十六")), Blank(("50",)))


def test_a_number_may_have_a_tolerance_and_a_unit():
    assert row_of("计算题", "多少？", "12.5±0.5 kPa").body.detail == Number(
        Decimal("12.5"), Decimal("0.5"), "kPa"
    )
    assert row_of("计算题", "多少？", "约十二").outcome is Outcome.REJECTED


def test_an_order_names_every_option_once():
    assert row_of("排序题", "先后？", "B、A、C", "A.一**B.二**C.三").body.answer == ("B", "A", "C")
    assert row_of("排序题", "先后？", "BA", "A.一**B.二**C.三").outcome is Outcome.REJECTED


def test_a_key_with_fewer_parts_than_blanks_is_rejected():
    assert row_of("填空题", "____和____", "一").outcome is Outcome.REJECTED
