"""What a person would read as the same answer or the same question, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainhub.exams.bank import ItemBody, score
from trainhub.exams.bank.details import Blank, Blanks
from trainhub.exams.bank.folding import exact, fold
from trainhub.exams.delivery.on_paper.keyed import Entry, Mark

RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
NUMBERS = st.integers(min_value=1, max_value=999)


def _earned(key, answer):
    return score("fill_in", ItemBody("____", (), (), detail=Blanks((Blank((key,)),))), [answer])


@pytest.mark.parametrize(
    "texts",
    [
        ("10²", "10^2", "10^(2)", "10^{2}", "10<sup>2</sup>", "１０²", "10 ²"),
        ("2×10⁻³", "2×10^-3", "2×10^(−3)", "2×10<sup>-3</sup>"),
        ("5m²", "5m2", "5㎡", "5 m^2"),
        ("CO₂", "CO2", "ＣＯ₂", "CO<sub>2</sub>"),
        ("SO₄²⁻", "SO4²⁻", "SO4^2-", "SO<sub>4</sub><sup>2-</sup>"),
        ("①③④", "134"),
        ("½", "1/2"),
        ("Ⅲ", "III"),
        ("-20℃", "−20°C"),
    ],
)
def test_an_answer_is_right_in_every_way_in_which_people_type_it(texts):
    assert [_earned(key, answer) for key in texts for answer in texts] == [1] * len(texts) ** 2


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("10²", "102"),
        ("10³", "103"),
        ("10³", "10²"),
        ("10⁻³", "10-3"),
        ("log₂8", "log28"),
        ("5½", "51/2"),
        ("3①", "31"),
        ("①②", "⑫"),
    ],
)
def test_an_answer_that_only_looks_like_the_key_earns_nothing(key, answer):
    assert _earned(key, answer) == _earned(answer, key) == 0
    assert _earned(key, key) == _earned(answer, answer) == 1


@given(NUMBERS, st.integers(min_value=-99, max_value=99))
def test_a_power_is_never_a_number_written_side_by_side(base, power):
    raised = f"{base}{str(power).translate(RAISED)}"

    assert fold(raised) == fold(f"{base}^{power}") == fold(f"{base}<sup>{power}</sup>")
    assert fold(raised) != fold(f"{base}{power}")


@given(st.text())
def test_whatever_the_key_is_who_types_it_is_right(text):
    assert _earned("x" + text[:90], "x" + text[:90]) == 1


def test_two_readers_of_a_sheet_who_read_a_power_and_a_number_do_not_agree():
    one, other, same = (Entry(Mark.ANSWERED, [each]) for each in ("10²", "102", "１０^2"))

    assert one.compared != other.compared
    assert one.compared == same.compared


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("压力为10²Pa", "压力为102Pa"),
        ("比例为1:10", "比例为110"),
        ("遇5、6级大风", "遇56级大风"),
        ("误差3,5", "误差35"),
        ("Ca(OH)2的作用", "CaOH2的作用"),
        ("长10 2米", "长102米"),
        ("2×(3+4)等于", "2×3+4等于"),
    ],
)
def test_questions_that_differ_in_a_sign_that_counts_are_two(one, other):
    assert exact(one) != exact(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("比例为1：10。", "比例为1:10"),
        ("遇5、6级大风", "遇 5，6 级大风"),
        ("共1,200人", "共1200人"),
        ("《安全生产法》规定，应当（）", "安全生产法规定应当( )"),
        ("面积10㎡", "面积10 m²"),
        ("Ca(OH)2的作用？", "Ca（OH）2的作用"),
        ("压力为10²Pa", "压力为10^2 Pa"),
    ],
)
def test_copies_of_one_question_are_one_however_they_were_typed(one, other):
    assert exact(one) == exact(other)
