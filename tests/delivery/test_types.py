"""Every type of question has its response form and its script, and checks what is answered to it."""

import pytest

from trainhub.exams.bank.content import SETTABLE, ItemType
from trainhub.exams.bank.details import LONGEST_RESPONSE
from trainhub.exams.delivery.chain import LONGEST_ANSWER
from trainhub.exams.delivery.types import response_form, response_forms
from trainhub.kernel.errors import Invalid
from trainhub.kernel.resources import PACKAGE

SHOWN = ("C", "A", "D", "B")
"""The paper's C is shown as A, its A as B, its D as C, its B as D."""


def test_every_type_of_the_bank_has_a_response_form_and_a_script_and_none_has_only_one_of_them():
    scripts = {script.stem for script in (PACKAGE / "static" / "js" / "types").glob("*.js")}
    assert set(response_forms()) == scripts == set(SETTABLE) - {ItemType.CASE_SET}


@pytest.mark.parametrize(
    ("kind", "answer", "in_the_paper"),
    [
        ("single", "A", "C"),
        ("single", "D", "B"),
        ("multiple", ["A", "B"], ["A", "C"]),
        ("multiple", ["C", "D"], ["B", "D"]),
        ("true_false", "T", "T"),
        ("true_false", "F", "F"),
        ("single", None, None),
        ("multiple", None, None),
        ("true_false", None, None),
        ("fill_in", ["", "２ 米", "A", ""], ["", "２ 米", "A", ""]),
        ("fill_in", None, None),
        ("numeric", "1.5e3 kPa", "1.5e3 kPa"),
        ("numeric", None, None),
        ("ordering", ["B", "A", "D", "C"], ["A", "C", "B", "D"]),
        ("ordering", None, None),
        ("matching", ["A1", "C3"], ["C2", "D1"]),
        ("matching", ["A2", "B2"], ["A3", "C3"]),
        ("matching", None, None),
        ("constructed", "甲\n乙 ", "甲\n乙 "),
        ("constructed", "字" * LONGEST_ANSWER, "字" * LONGEST_RESPONSE),
        ("constructed", None, None),
    ],
)
def test_an_answer_as_shown_is_checked_and_told_in_the_keys_of_the_paper(kind, answer, in_the_paper):
    form = response_form(kind)
    form.check(4, answer, 3)
    assert form.in_the_paper(SHOWN, answer, ("2", "3", "1")) == in_the_paper


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("single", "E"),
        ("single", ["A"]),
        ("single", "T"),
        ("multiple", "A"),
        ("multiple", []),
        ("multiple", ["A", "E"]),
        ("multiple", ["B", "A"]),
        ("multiple", ["A", "A"]),
        ("true_false", "A"),
        ("true_false", ["T"]),
        ("fill_in", "甲"),
        ("fill_in", ["甲"]),
        ("fill_in", ["", "", "", ""]),
        ("fill_in", ["甲", "", "", "字" * 101]),
        ("fill_in", ["甲", "", "", "a\tb"]),
        ("fill_in", ["甲", "", "", "a\u202eb"]),
        ("fill_in", ["甲", "", "", "\ud800"]),
        ("numeric", ""),
        ("numeric", "　"),
        ("numeric", ["1"]),
        ("numeric", "1" * 61),
        ("numeric", "1\n2"),
        ("ordering", ["A", "B", "C"]),
        ("ordering", ["A", "B", "C", "C"]),
        ("ordering", ["A", "B", "C", "E"]),
        ("ordering", "ABCD"),
        ("matching", []),
        ("matching", ["A4"]),
        ("matching", ["E1"]),
        ("matching", ["A1", "A2"]),
        ("matching", ["B1", "A2"]),
        ("matching", ["A0"]),
        ("matching", ["A١"]),
        ("matching", "A1"),
        ("constructed", " \n　"),
        ("constructed", ["甲"]),
        ("constructed", "字" * 2001),
        ("constructed", "a\tb"),
        ("constructed", "a\u202eb"),
        ("constructed", "a\r\nb"),
        ("constructed", "\ud800"),
    ],
)
def test_an_answer_that_the_question_does_not_offer_is_refused(kind, answer):
    with pytest.raises(Invalid):
        response_form(kind).check(4, answer, 3)


def test_a_type_that_nobody_knows_is_refused_and_not_guessed_at():
    with pytest.raises(Invalid):
        response_form("hologram")


def test_what_can_be_answered_follows_from_the_type():
    assert response_form("single").letters(4) == ("A", "B", "C", "D")
    assert response_form("true_false").letters(4) == ("T", "F")
