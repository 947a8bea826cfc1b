"""What a response earns: exactly, by the rule of its item, never above everything or below nothing."""

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.every_type import EVERY_TYPE, FILL_IN, MATCHING, MULTIPLE, NUMERIC, ORDERING, RIGHT
from trainhub.exams.bank import ItemBody, ItemType, Option, marks_for, score
from trainhub.exams.bank.content import Credit
from trainhub.exams.bank.details import Blank, Blanks, Number

OPTIONS = tuple(Option(key, key) for key in "ABCD")
TEXT = st.text(max_size=12)
RESPONSES = st.one_of(
    st.none(),
    TEXT,
    st.lists(TEXT, max_size=5),
    st.lists(st.sampled_from(["A", "B", "C", "D", "A3", "B1", "C2", "2.0", "高", "低", ""]), max_size=5),
    st.lists(
        st.one_of(st.none(), TEXT, st.lists(st.sampled_from("ABCD"), max_size=4)), min_size=4, max_size=4
    ),
)


@pytest.mark.parametrize(
    ("kind", "answer", "response", "share"),
    [
        ("single", ("B",), "B", 1),
        ("single", ("B",), "A", 0),
        ("single", ("B",), None, 0),
        ("true_false", ("T",), "T", 1),
        ("true_false", ("T",), "F", 0),
        ("multiple", ("A", "C"), ["A", "C"], 1),
        ("multiple", ("A", "C"), ["C", "A"], 1),
        ("multiple", ("A", "C"), ["A"], 0),
        ("multiple", ("A", "C"), ["A", "B", "C"], 0),
        ("multiple", ("A", "C"), ["A", "A", "C"], 0),
        ("multiple", ("A", "C"), [], 0),
        ("multiple", ("A", "C"), "A", 0),
        ("ordering", ("C", "A", "D", "B"), ["C", "A", "D", "B"], 1),
        ("ordering", ("C", "A", "D", "B"), ["A", "B", "C", "D"], 0),
        ("ordering", ("A", "B", "C", "D"), ["A", "B", "D", "C"], 0),
    ],
)
def test_without_partial_credit_a_response_earns_all_or_nothing(kind, answer, response, share):
    assert score(kind, ItemBody("甲？", OPTIONS, answer), response) == share


BY_MACHINE = [kind for kind in RIGHT if kind is not ItemType.CONSTRUCTED]


@pytest.mark.parametrize("kind", BY_MACHINE)
def test_a_response_equal_to_the_key_earns_everything(kind):
    assert score(kind, EVERY_TYPE[kind], RIGHT[kind]) == 1


@given(st.sampled_from(BY_MACHINE), RESPONSES, st.sampled_from(list(Credit)))
def test_nothing_earns_more_than_everything_or_less_than_nothing(kind, response, credit):
    share = score(kind, replace(EVERY_TYPE[kind], credit=credit), response)

    assert isinstance(share, Fraction)
    assert 0 <= share <= 1


@given(st.permutations("ABCD"), st.sets(st.sampled_from("ABCD")), st.sampled_from(list(Credit)))
def test_the_order_of_options_never_changes_what_a_choice_earns(letters, chosen, credit):
    moved = dict(zip("ABCD", letters, strict=True))
    body = replace(MULTIPLE, credit=credit)
    shown = replace(
        body,
        options=tuple(
            sorted((Option(moved[each.key], each.text) for each in body.options), key=lambda o: o.key)
        ),
        answer=tuple(sorted(moved[key] for key in body.answer)),
    )

    assert score("multiple", body, sorted(chosen)) == score("multiple", shown, sorted(map(moved.get, chosen)))


@given(st.sets(st.sampled_from("ABCD")))
def test_with_partial_credit_right_options_earn_their_share_and_a_wrong_one_takes_it_all(chosen):
    expected = 0 if "B" in chosen else Fraction(len(chosen), 3)
    assert score("multiple", MULTIPLE, sorted(chosen)) == expected


@pytest.mark.parametrize(
    ("chosen", "possible", "marks"),
    [
        (["A"], 2, 0),
        (["A", "C"], 2, 1),
        (["A", "C", "D"], 2, 2),
        (["A"], 3, 1),
        (["A", "C"], 4, 2),
        ([], 4, 0),
    ],
)
def test_marks_are_rounded_down_to_a_whole_one(chosen, possible, marks):
    assert marks_for(score("multiple", MULTIPLE, chosen), possible) == marks


@given(st.permutations("ABCD"))
def test_an_ordering_in_part_earns_by_lines_in_their_right_place(order):
    right = sum(one == other for one, other in zip(order, "DABC", strict=True))
    assert score("ordering", ORDERING, order) == Fraction(right, 4)
    assert score("ordering", ORDERING, order[:3]) == 0


def test_a_matching_in_part_earns_by_right_pairs_and_one_line_has_one_partner():
    assert score("matching", MATCHING, ["A3"]) == Fraction(1, 3)
    assert score("matching", MATCHING, ["A3", "B1", "C4"]) == Fraction(2, 3)
    assert score("matching", MATCHING, ["A1", "A2", "A3"]) == 0


@pytest.mark.parametrize(
    ("given", "right"),
    [
        (["2", "高", "低"], 3),
        (["２．０", "　高处 ", "低 处"], 3),
        (["贰", "高", "低"], 3),
        (["2.05", "高", "低"], 3),
        (["2.06", "高", "低"], 2),
        (["1.95", "", ""], 1),
        (["2", "低", "高"], 1),
        (["2", "高"], 0),
    ],
)
def test_blanks_take_variants_whatever_their_width_and_numbers_within_tolerance(given, right):
    assert score("fill_in", FILL_IN, given) == Fraction(right, 3)


def test_the_size_of_letters_counts_only_where_the_key_says_so():
    for counts in (False, True):
        body = ItemBody("____", (), (), detail=Blanks((Blank(("PPE",), case_sensitive=counts),)))
        assert score("fill_in", body, ["ｐｐｅ"]) == (0 if counts else 1)
        assert score("fill_in", body, ["ＰＰＥ"]) == 1


@given(st.permutations(["通风", "检测", "监护"]))
def test_in_any_order_the_same_answers_earn_the_same(order):
    blanks = Blanks((Blank(("通风", "换气")), Blank(("检测", "通风")), Blank(("监护",))), any_order=True)
    body = ItemBody("____、____、____", (), (), credit=Credit.PARTIAL, detail=blanks)

    assert score("fill_in", body, list(order)) == 1
    assert score("fill_in", body, ["通风", "通风", "通风"]) == Fraction(2, 3)


@pytest.mark.parametrize(
    ("response", "is_right"),
    [
        ("1.637 MPa", True),
        ("１．６５　ＭＰａ", True),
        ("1.624MPa", True),
        ("1.623 MPa", False),
        ("1,637 kPa", True),
        ("1.637×10³ kPa", True),
        ("1.637e3 kPa", True),
        ("1 637 kPa", True),
        ("1637", False),
        ("1.637", False),
        ("1.637 mpa", False),
        ("-1.637 MPa", False),
        ("1.637 bar", False),
        ("关于 1.637 MPa", False),
        ("", False),
    ],
)
def test_a_number_is_read_as_people_type_it_and_its_unit_counts(response, is_right):
    assert score("numeric", NUMERIC, response) == is_right


def test_a_unit_that_alone_can_be_meant_may_be_left_out():
    body = ItemBody("？", (), (), detail=Number(Decimal(20), unit="m"))
    assert [score("numeric", body, text) for text in ("20", "20 m", "20.0米", "20 km")] == [1, 1, 0, 0]


def test_tolerance_is_exact_where_a_binary_fraction_would_not_be():
    body = ItemBody("？", (), (), detail=Number(Decimal("0.3"), Decimal("0.1")))
    assert score("numeric", body, "0.4") == 1
    assert score("numeric", body, "0.2") == 1
    assert score("numeric", body, "0.40000000000000000001") == 0


def test_a_case_earns_by_the_weights_of_its_questions():
    response = ["B", ["A", "C"], "0", None]
    assert score("case_set", EVERY_TYPE[ItemType.CASE_SET], response) == Fraction(1 + 2, 8)
    assert score("case_set", EVERY_TYPE[ItemType.CASE_SET], [None] * 4) == 0


def test_what_people_mark_is_never_given_a_computed_score():
    with pytest.raises(ValueError, match="people"):
        score("constructed", EVERY_TYPE[ItemType.CONSTRUCTED], "先审批。")


@given(st.integers(0, 2**32))
def test_any_share_of_the_marks_is_a_whole_number_of_them(seed):
    chance = random.Random(seed)
    possible, below = chance.randint(1, 100), chance.randint(1, 40)
    share = Fraction(chance.randint(0, below), below)
    assert share * possible - 1 < marks_for(share, possible) <= share * possible
