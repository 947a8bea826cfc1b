"""Out and back again: what a form can carry comes back field by field, and what it cannot is named before."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.bank.exchange.profiles import assert_valid
from tests.factories.every_type import HAZARD_SPOTTING
from trainhub.exams.bank import authoring
from trainhub.exams.bank.content import LETTERS, Credit, ItemBody, ItemType, Option
from trainhub.exams.bank.details import (
    Blank,
    Blanks,
    CaseSet,
    Criterion,
    Matching,
    Number,
    Part,
    Rubric,
    Target,
    Unit,
)
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.writing import carried, write_items
from trainhub.exams.bank.exchange.writing_qti import write_item
from trainhub.exams.bank.reading.written import written_body

NASTY = list("{}~=#:\\<>&'\"%[]*/-|,;.()_$@ \nAB1甲乙，。？：；（）【】《》“”√×")
PIECES = st.sampled_from(
    [
        *NASTY,
        "]]>",
        "->",
        "####",
        "&amp;",
        "<b>",
        "//",
        "依据：",
        "::",
        "\\n",
        "T",
        "甲乙丙",
        "±",
        "｜",
        "[Aa]",
        "+/-",
    ]
)


def is_plain(text):
    return bool(text) and "____" not in text and text == text.strip()


texts = st.lists(PIECES, min_size=1, max_size=12).map("".join).map(str.strip).filter(is_plain)
words = texts.filter(lambda text: "\n" not in text)
reasons = st.one_of(st.just(""), texts)
numbers = st.decimals(-1000, 1000, allow_nan=False, allow_infinity=False, places=2)


@st.composite
def choices(draw, kind):
    keys = draw(st.lists(st.sampled_from(LETTERS), min_size=2, max_size=5, unique=True))
    options = tuple(Option(key, draw(texts)) for key in keys)
    least, most = (1, 1) if kind is ItemType.SINGLE else (1, len(keys))
    answer = draw(st.lists(st.sampled_from(keys), min_size=least, max_size=most, unique=True))
    credit = draw(st.sampled_from(list(Credit))) if kind is ItemType.MULTIPLE else Credit.ALL_OR_NOTHING
    return kind, ItemBody(draw(texts), options, tuple(sorted(answer)), draw(reasons), draw(reasons), credit)


@st.composite
def truths(draw):
    answer = (draw(st.sampled_from("TF")),)
    return ItemType.TRUE_FALSE, ItemBody(draw(texts), (), answer, draw(reasons), draw(reasons))


@st.composite
def blanks(draw, count):
    stem = draw(texts)
    filled = []
    for _number in range(count):
        stem += f" ____ {draw(texts)}"
        accepted = draw(st.lists(words, min_size=1, max_size=3, unique=True))
        filled.append(Blank(tuple(accepted), draw(st.booleans())))
    detail = Blanks(tuple(filled), draw(st.booleans()))
    return ItemType.FILL_IN, ItemBody(stem, (), (), draw(reasons), draw(reasons), detail=detail)


@st.composite
def sums(draw, unit):
    name = draw(st.sampled_from(["m", "kPa", "℃"])) if unit else ""
    factors = st.sampled_from([Decimal("0.01"), Decimal(1000), Decimal("2.5"), Decimal("0.0625")])
    others = st.lists(st.builds(Unit, st.sampled_from(["cm", "x:y", "a,b", "米 %"]), factors), max_size=2)
    detail = Number(
        draw(numbers), abs(draw(numbers)), name, tuple(draw(others)) if name and draw(st.booleans()) else ()
    )
    return ItemType.NUMERIC, ItemBody(draw(texts), (), (), draw(reasons), draw(reasons), detail=detail)


@st.composite
def orderings(draw):
    keys = draw(st.lists(st.sampled_from(LETTERS), min_size=2, max_size=5, unique=True))
    options = tuple(Option(key, draw(texts)) for key in keys)
    answer = tuple(draw(st.permutations(keys)))
    return ItemType.ORDERING, ItemBody(draw(texts), options, answer, draw(reasons), draw(reasons))


@st.composite
def matchings(draw):
    sides = words.filter(lambda text: "->" not in text)
    rights = draw(st.lists(sides, min_size=2, max_size=5, unique=True))
    lefts = draw(st.lists(sides, min_size=2, max_size=len(rights), unique=True))
    targets = tuple(Target(str(place + 1), text) for place, text in enumerate(rights))
    options = tuple(Option(LETTERS[place], text) for place, text in enumerate(lefts))
    answer = tuple(f"{option.key}{draw(st.sampled_from(targets)).key}" for option in options)
    return ItemType.MATCHING, ItemBody(
        draw(texts), options, answer, draw(reasons), draw(reasons), detail=Matching(targets)
    )


@st.composite
def essays(draw):
    lines = st.builds(Criterion, words, st.integers(1, 20))
    detail = Rubric(
        tuple(draw(st.lists(lines, min_size=1, max_size=3))), draw(texts), draw(st.integers(10, 3000))
    )
    return ItemType.CONSTRUCTED, ItemBody(draw(texts), (), (), draw(reasons), draw(reasons), detail=detail)


@st.composite
def cases(draw):
    asked = st.one_of(choices(ItemType.SINGLE), truths(), blanks(2), sums(True), orderings(), matchings())
    drawn = draw(st.lists(st.tuples(asked, st.integers(1, 100)), min_size=1, max_size=3))
    parts = tuple(Part(kind.value, body, weight) for (kind, body), weight in drawn)
    return ItemType.CASE_SET, ItemBody(
        draw(texts), (), (), draw(reasons), draw(reasons), detail=CaseSet(parts)
    )


many = st.one_of(
    choices(ItemType.SINGLE),
    choices(ItemType.MULTIPLE),
    truths(),
    blanks(1),
    sums(False),
    matchings(),
)
all_types = st.one_of(many, blanks(2), blanks(3), sums(True), orderings(), essays())
often = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


@often
@given(st.lists(st.lists(words, min_size=1, max_size=3, unique=True), min_size=1, max_size=3), st.booleans())
def test_every_answer_of_a_blank_comes_back_from_the_line_in_which_its_author_sees_it(answers, case):
    detail = Blanks(tuple(Blank(tuple(each), case) for each in answers))
    assert authoring.read_blanks(authoring.write_blanks(detail), False) == detail


def test_answers_of_a_cell_may_hold_the_signs_that_divide_them():
    cells = {"answer": "和\\/或；1\\；2 / C:\\\\"}
    assert written_body(ItemType.FILL_IN, "____ 与 ____", (), cells).detail == Blanks(
        (Blank(("和/或",)), Blank(("1；2", "C:\\")))
    )


def come_back(items, form, version="2.2"):
    return [(row.type, row.body) for row in read_content(write_items(items, form, version), form).rows]


@pytest.mark.parametrize("version", ["2.2", "3.0"])
@often
@given(st.lists(st.one_of(all_types, cases()), min_size=1, max_size=4))
def test_every_type_comes_back_from_qti_field_by_field_out_of_a_valid_package(version, items):
    assert_valid(write_items(items, "qti", version), version)
    assert come_back(items, "qti", version) == items


@often
@given(st.lists(all_types, min_size=1, max_size=4))
def test_every_type_comes_back_from_moodle_field_by_field(items):
    assert come_back(items, "moodle") == items


@pytest.mark.parametrize(("form", "version"), [("qti", "2.2"), ("qti", "3.0"), ("moodle", "2.2")])
@pytest.mark.parametrize("sign", ["\u3000", "\u00a0", "\t", " 😀 ", "e\u0301", "𠮷", "甲  乙", "A" * 400])
def test_spaces_of_every_width_and_rare_signs_come_back_as_they_were(form, version, sign):
    text = f"{sign}甲{sign}乙{sign}"
    options = (Option("A", text), Option("B", text))
    matching = Matching((Target("1", text), Target("2", "丙")))
    items = [
        (ItemType.SINGLE, ItemBody(text, options, ("A",), text, "法")),
        (ItemType.ORDERING, ItemBody(text, options, ("B", "A"))),
        (ItemType.MATCHING, ItemBody(text, options, ("A1", "B2"), detail=matching)),
        (ItemType.FILL_IN, ItemBody(f"{text}____", (), (), detail=Blanks((Blank((f"甲{sign}乙",)),)))),
        (ItemType.CONSTRUCTED, ItemBody(text, (), (), detail=Rubric((Criterion("对", 2),), text))),
    ]

    assert come_back(items, form, version) == items


@often
@given(st.lists(many, min_size=1, max_size=4))
def test_what_gift_can_say_comes_back_field_by_field(items):
    assert come_back(items, "gift") == items


@pytest.mark.parametrize("form", ["gift", "moodle"])
def test_an_article_of_several_lines_comes_back_though_one_of_them_looks_like_the_mark(form):
    body = ItemBody("题", (), ("T",), explanation="见\n依据：甲", source_article="{\n依据：")
    assert come_back([(ItemType.TRUE_FALSE, body)], form) == [(ItemType.TRUE_FALSE, body)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(choices(ItemType.MULTIPLE), truths(), all_types, cases()), min_size=1, max_size=3))
def test_what_a_table_cannot_carry_is_named_and_the_rest_comes_back(form, items):
    kept = [pair for pair in items if not carried(*pair, form).lost]

    assert not kept or come_back(kept, form) == kept


def test_a_formula_in_a_cell_is_no_formula_and_comes_back(app):
    body = ItemBody("=1+1 等于？", (Option("A", "@2"), Option("B", "-3")), ("A",))

    assert b"\r\n\xe5\x8d\x95\xe9\x80\x89\xe9\xa2\x98,'=1+1" in write_items([(ItemType.SINGLE, body)], "csv")
    assert come_back([(ItemType.SINGLE, body)], "csv") == [(ItemType.SINGLE, body)]


@pytest.mark.parametrize(
    ("form", "kind", "detail"),
    [
        ("gift", ItemType.CONSTRUCTED, Rubric((Criterion("步骤", 5),))),
        ("gift", ItemType.NUMERIC, Number(Decimal(1), unit="m")),
        ("csv", ItemType.NUMERIC, Number(Decimal(1), unit="m", units=(Unit("cm", Decimal("0.01")),))),
        ("moodle", ItemType.CASE_SET, CaseSet((Part("true_false", ItemBody("乙", (), ("T",))),))),
        ("qti", ItemType.HAZARD_SPOTTING, HAZARD_SPOTTING.detail),
        ("csv", ItemType.CASE_SET, CaseSet((Part("true_false", ItemBody("乙", (), ("T",))),))),
    ],
)
def test_what_a_form_cannot_carry_stays_out(form, kind, detail):
    assert carried(kind, ItemBody("甲", (), (), detail=detail), form).is_left_out


def test_an_explanation_that_aiken_has_no_place_for_is_named_and_the_question_goes():
    body = ItemBody("先做什么？", (Option("A", "验电"), Option("B", "挂牌")), ("A",), "见规程")

    found = carried(ItemType.SINGLE, body, "aiken")

    assert found.lost == ("explanation",)
    assert not found.is_left_out


def test_an_item_of_qti_3_uses_the_names_and_the_namespace_of_its_version():
    body = ItemBody("先做什么？", (Option("A", "验电"), Option("B", "挂牌")), ("A",), "见规程")

    root = etree.fromstring(write_item(ItemType.SINGLE, body, "i1", "3.0"))

    names = [etree.QName(each).localname for each in root.iter()]
    assert etree.QName(root).namespace == "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
    assert names[:2] == ["qti-assessment-item", "qti-response-declaration"]
    assert {"qti-choice-interaction", "qti-simple-choice", "qti-modal-feedback", "qti-content-body"} <= set(
        names
    )
    assert root.get("time-dependent") == "false"
