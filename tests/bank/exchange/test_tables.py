"""Tables out and back again: every type that has a row comes back field by field, whatever it says."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.every_type import EVERY_TYPE
from trainhub.exams.bank.authoring import read_rubric, write_criteria
from trainhub.exams.bank.content import LETTERS, Credit, ItemBody, ItemType, Option
from trainhub.exams.bank.details import Blank, Blanks, Criterion, Matching, Number, Rubric, Target, Unit
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.standing import Standing
from trainhub.exams.bank.exchange.writing import carried, write_items
from trainhub.exams.bank.reading.rows import Outcome

FORMS = ["csv", "xlsx"]
CM = Unit("cm", Decimal("0.01"))
IN_TABLES = (
    "single", "multiple", "true_false", "fill_in", "numeric", "ordering", "matching", "constructed",
)  # fmt: skip
ODD = [
    *"=+-@'\"\\/|,;:.#*&<>%$~!?[]{} \n\t1A甲，。；：、！？／｜《》“”±×√",
    "【", "】", "【误差1】", "【区分大小写】", "【顺序不限】", "\n2. ", "1. ", "3.5米", "A. ", "B、", "(1)",
    "''=", "\\ ", "分", "5分", "（2分）", "_x0041_", "题目", "答案", "DISPIMG", "TRUE", "0012", "１２",
    "4" * 40, "甲乙丙", "é", "😀", "&amp;", "\r",
]  # fmt: skip


def is_sayable(text):
    """Tell whether a text is none of what a table has no place for: formulas, line ends of old systems."""
    return bool(text) and "\r" not in text and not re.search(r"\\[(\[]", text)


texts = st.lists(st.sampled_from(ODD), min_size=1, max_size=12).map("".join).map(str.strip).filter(is_sayable)
lines = texts.filter(lambda text: "\n" not in text and "\t" not in text)
reasons = st.one_of(st.just(""), texts)
holeless = texts.filter(lambda text: not re.search(r"__|[（(]\s*[）)]", text))
numbers = st.one_of(
    st.decimals(-1000, 1000, allow_nan=False, allow_infinity=False, places=3),
    st.integers(10**38, 10**39 - 1).map(Decimal),
)
rules = st.sampled_from(list(Credit))


def said_once(text):
    """By what a text is the same as another; a row with two options that say the same is held."""
    return " ".join(text.split())


def offered(count, texts=texts):
    return st.lists(texts, min_size=2, max_size=count, unique_by=said_once).map(
        lambda said: tuple(Option(letter, text) for letter, text in zip(LETTERS, said, strict=False))
    )


@st.composite
def choices(draw):
    kind = draw(st.sampled_from([ItemType.SINGLE, ItemType.MULTIPLE]))
    options = draw(offered(8))
    most = 1 if kind is ItemType.SINGLE else len(options)
    keys = st.sampled_from([option.key for option in options])
    answer = tuple(sorted(draw(st.lists(keys, min_size=1, max_size=most, unique=True))))
    credit = Credit.ALL_OR_NOTHING if kind is ItemType.SINGLE else draw(rules)
    return kind, ItemBody(draw(texts), options, answer, draw(reasons), draw(reasons), credit)


@st.composite
def truths(draw):
    return ItemType.TRUE_FALSE, ItemBody(
        draw(texts), (), (draw(st.sampled_from("TF")),), draw(reasons), draw(reasons)
    )


@st.composite
def fill_ins(draw):
    stem, blanks = draw(holeless), []
    for _number in range(draw(st.integers(1, 3))):
        stem += f" ____ {draw(holeless)}"
        accepted = draw(st.lists(lines.filter(lambda text: len(text) <= 90), min_size=1, max_size=3))
        tolerance = draw(st.one_of(st.none(), st.decimals(0, 9, places=2)))
        if tolerance is not None:
            accepted = ["12.5", *accepted]
        blanks.append(Blank(tuple(accepted), draw(st.booleans()), tolerance))
    detail = Blanks(tuple(blanks), draw(st.booleans()))
    return ItemType.FILL_IN, ItemBody(stem, (), (), draw(reasons), draw(reasons), draw(rules), detail=detail)


@st.composite
def sums(draw):
    unit = draw(st.sampled_from(["", "m", "kPa", "℃", "m³/h", "Ω·m", "%"]))
    detail = Number(draw(numbers), abs(draw(numbers)), unit)
    return ItemType.NUMERIC, ItemBody(draw(texts), (), (), draw(reasons), draw(reasons), detail=detail)


@st.composite
def orderings(draw):
    options = draw(offered(8))
    answer = tuple(draw(st.permutations([option.key for option in options])))
    return ItemType.ORDERING, ItemBody(
        draw(texts), options, answer, draw(reasons), draw(reasons), draw(rules)
    )


@st.composite
def matchings(draw):
    options = draw(offered(5))
    lines = texts.filter(lambda text: "\n" not in text)
    rights = draw(st.lists(lines, min_size=2, max_size=12, unique_by=said_once))
    targets = tuple(Target(str(number), text) for number, text in enumerate(rights, start=1))
    keys = st.sampled_from([target.key for target in targets])
    answer = tuple(f"{option.key}{draw(keys)}" for option in options)
    return ItemType.MATCHING, ItemBody(
        draw(texts), options, answer, draw(reasons), draw(reasons), draw(rules), detail=Matching(targets)
    )


@st.composite
def essays(draw):
    criteria = st.builds(
        Criterion, lines.filter(lambda text: text[0] not in ".、,，:： "), st.integers(1, 100)
    )
    detail = Rubric(
        tuple(draw(st.lists(criteria, min_size=1, max_size=4))), draw(reasons), draw(st.integers(1, 2000))
    )
    return ItemType.CONSTRUCTED, ItemBody(draw(texts), (), (), draw(reasons), draw(reasons), detail=detail)


items = st.one_of(choices(), truths(), fill_ins(), sums(), orderings(), matchings(), essays())


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def come_back(pairs, form):
    return [(row.type, row.body) for row in read_content(write_items(pairs, form), form).rows]


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(items, min_size=1, max_size=5))
def test_every_type_that_has_a_row_comes_back_field_by_field(form, pairs):
    assert come_back(pairs, form) == pairs
    assert [carried(*pair, form).lost for pair in pairs] == [()] * len(pairs)


@pytest.mark.parametrize("form", FORMS)
def test_a_question_with_two_options_that_say_the_same_is_named_before_it_goes_out(form):
    twins = ItemBody("选。", (Option("A", "甲"), Option("B", "甲")), ("A",))
    assert carried(ItemType.SINGLE, twins, form).is_left_out


@pytest.mark.parametrize("form", FORMS)
def test_every_type_that_has_a_row_is_carried_and_the_others_are_named(form):
    plain = {kind: replace(body, rich=False, media=()) for kind, body in EVERY_TYPE.items()}
    left_out = {kind for kind, body in plain.items() if carried(ItemType(kind), body, form).is_left_out}

    # The number of that example may be given in other units, for which a table has no place.
    assert left_out == {*ItemType} - {*IN_TABLES} | {"numeric"}
    number = replace(plain["numeric"], detail=replace(plain["numeric"].detail, units=()))
    assert carried(ItemType.NUMERIC, number, form).lost == ()
    assert "detail" in carried(ItemType.NUMERIC, plain["numeric"], form).lost


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("numeric", ItemBody("多长？", (), (), detail=Number(Decimal(1), unit="m", units=(CM,))), "detail"),
        ("fill_in", ItemBody("（ ）____", (), (), detail=Blanks((Blank(("一",)),))), "all"),
        ("constructed", ItemBody("为何？", (), (), detail=Rubric((Criterion("一\n二", 2),))), "detail"),
        ("single", ItemBody("选。", (Option("B", "甲"), Option("A", "乙")), ("A",)), "options"),
        ("true_false", ItemBody("<p>对。</p>", (), ("T",), rich=True), "rich"),
    ],
)  # fmt: skip
def test_what_a_row_has_no_place_for_is_named(form, kind, body, field):
    found = carried(ItemType(kind), body, form)

    assert field in found.lost and found.is_left_out


@pytest.mark.parametrize("text", ["_x0041_", "⧼b⧽", 'DISPIMG("a",1)'])
def test_what_a_workbook_takes_for_a_sign_of_its_own_comes_back_or_is_named(text):
    body = ItemBody(text, (), ("T",))

    if not carried(ItemType.TRUE_FALSE, body, "xlsx").lost:
        assert come_back([(ItemType.TRUE_FALSE, body)], "xlsx") == [(ItemType.TRUE_FALSE, body)]
    else:
        assert text != "_x0041_"
    assert carried(ItemType.TRUE_FALSE, body, "csv").lost == ()


@pytest.mark.parametrize("form", FORMS)
def test_numbers_with_which_questions_begin_are_no_numbers_of_rows(form):
    stems = [
        "1.5米以上要系安全带。",
        "2.5米以上要系安全带。",
        "3. 3.5米以上要系。",
        "10 千伏是高压。",
        "(5) 不是编号。",
    ]
    pairs = [(ItemType.TRUE_FALSE, ItemBody(stem, (), ("T",))) for stem in stems]

    assert [carried(*pair, form).lost for pair in pairs] == [()] * 5
    assert come_back(pairs, form) == pairs


def test_a_table_has_only_the_columns_that_its_questions_need():
    truth = (ItemType.TRUE_FALSE, ItemBody("对。", (), ("T",)))
    essay = (
        ItemType.CONSTRUCTED,
        ItemBody("为何？", (), (), detail=Rubric((Criterion("一", 2),), "因为。", 300)),
    )

    heads = [
        write_items(each, "csv").decode("utf-8-sig").splitlines()[0] for each in ([truth], [truth, essay])
    ]

    assert heads[0].endswith("认知层次") and heads[1].endswith("认知层次,评分标准,字数上限")


def test_where_an_item_stands_is_carried_beside_every_type():
    standing = Standing("K-1", 3, "apply")
    for kind, body in EVERY_TYPE.items():
        if kind in IN_TABLES and kind != "numeric":
            plain = replace(body, rich=False, media=())
            assert carried(ItemType(kind), plain, "csv", standing=standing).lost == (), kind


def row_of(head, *cells):
    (row,) = read_content(f"{head}\n{','.join(cells)}\n".encode()).rows
    return row


def test_an_answer_to_be_written_has_its_rubric_in_a_column_of_its_own():
    head = "题型,题目,答案,评分标准,字数上限"
    row = row_of(
        head,
        "简答题",
        "为何通风？",
        "防止中毒。",
        '"3分：说明缺氧\n2 分类说明毒气\n说明爆炸（5分）"',
        "300字",
    )

    criteria = (Criterion("说明缺氧", 3), Criterion("分类说明毒气", 2), Criterion("说明爆炸", 5))
    assert row.outcome is Outcome.GOOD
    assert row.body.detail == Rubric(criteria, "防止中毒。", 300)
    assert row_of(head, "简答题", "为何？", "", "5 全面", "").body.detail == Rubric((Criterion("全面", 5),))
    unread = row_of(head, "简答题", "为何？", "因为。", "酌情给分", "")
    assert (unread.outcome, unread.body.detail) == (Outcome.HELD, Rubric((), "因为。"))
    assert row_of(head, "简答题", "为何？", "因为。", "5 全面", "很多").outcome is Outcome.HELD
    assert row_of(head, "简答题", "为何？", "", "", "").outcome is Outcome.REJECTED


def test_a_matching_has_its_right_side_in_one_cell_and_pairs_as_its_key():
    head = "题型,题目,选项A,选项B,匹配项,答案"
    numbered = row_of(head, "匹配题", "连线。", "红", "蓝", '"1．禁止\n2．指令\n3．提示"', "A1、B2")
    bare = row_of(head, "连线题", "连线。", "红", "蓝", '"禁止\n指令\n提示"', "A-1;B-2")

    assert (numbered.outcome, numbered.body) == (Outcome.GOOD, bare.body)
    assert numbered.body.answer == ("A1", "B2")
    assert [each.text for each in numbered.body.detail.targets] == ["禁止", "指令", "提示"]
    assert row_of(head, "匹配题", "连线。", "红", "蓝", '"禁止\n指令"', "红-1").outcome is Outcome.REJECTED


def test_blanks_say_in_brackets_what_else_counts():
    row = row_of(
        "题型,题目,答案", "填空题", "____和____。", "12.5/十二点五【误差0.5】；kPa【区分大小写】【顺序不限】"
    )

    first = Blank(("12.5", "十二点五"), tolerance=Decimal("0.5"))
    assert row.body.detail == Blanks((first, Blank(("kPa",), case_sensitive=True)), any_order=True)
    other = row_of("题型,题目,答案", "填空题", "贴____。", "【当心】/36±2")
    assert other.body.detail == Blanks((Blank(("【当心】", "36±2")),))


def test_the_rule_of_credit_is_read_and_one_that_is_not_known_is_named():
    head = "题型,题目,选项A,选项B,选项C,答案,得分规则"
    said = [
        row_of(head, "多选题", "选。", "甲", "乙", "丙", "AB", rule)
        for rule in ("部分得分", "全对得分", "漏选得0.5分")
    ]

    assert [row.body.credit for row in said] == [Credit.PARTIAL, Credit.ALL_OR_NOTHING, Credit.ALL_OR_NOTHING]
    assert [len(row.notes) for row in said] == [0, 0, 1]
    assert "漏选得0.5分" in said[2].notes[0]


def test_a_line_of_a_rubric_that_begins_like_its_points_comes_back_to_its_author():
    detail = Rubric(
        (Criterion("分类存放", 5), Criterion("points out the danger", 2), Criterion("分、合闸", 1))
    )

    assert read_rubric(write_criteria(detail), "", None) == detail
    assert read_rubric("5 分开存放\n3 分：通风", "", None).criteria == (
        Criterion("分开存放", 5),
        Criterion("通风", 3),
    )
