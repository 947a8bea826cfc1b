"""Every type is kept whole: checked, written down, read back, known again."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.factories.every_type import (
    CASE_SET,
    CONSTRUCTED,
    EVERY_TYPE,
    FILL_IN,
    HAZARD_SPOTTING,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    ORDERING,
    options,
    targets,
)
from trainhub.exams.bank.content import (
    ItemType,
    bigrams,
    check_body,
    read_body,
    same_answer,
    same_question,
    same_question_exactly,
    texts_of,
    write_body,
)
from trainhub.exams.bank.details import (
    Blank,
    Blanks,
    CaseSet,
    Criterion,
    Matching,
    Number,
    Part,
    Rubric,
    Unit,
)
from trainhub.kernel.errors import Invalid

each_type = pytest.mark.parametrize("kind", EVERY_TYPE)


@each_type
def test_a_sound_body_is_taken_and_reads_back_as_it_was_written(kind):
    body = EVERY_TYPE[kind]
    check_body(kind, body)
    assert read_body(write_body(kind, body)) == body


@each_type
def test_the_order_of_what_is_offered_makes_no_new_question_and_another_key_does(kind):
    body = EVERY_TYPE[kind]
    turned = replace(body, options=tuple(reversed(body.options)))
    assert same_question(kind, turned) == same_question(kind, body)
    assert same_answer(kind, body).startswith(same_question_exactly(kind, body))


ANOTHER_KEY = [
    (ItemType.ORDERING, replace(ORDERING, answer=("A", "B", "C", "D"))),
    (ItemType.MATCHING, replace(MATCHING, answer=("A1", "B3", "C2"))),
    (ItemType.FILL_IN, replace(FILL_IN, detail=Blanks((Blank(("3",)), *FILL_IN.detail.blanks[1:])))),
    (ItemType.NUMERIC, replace(NUMERIC, detail=replace(NUMERIC.detail, value=Decimal(2)))),
    (ItemType.CONSTRUCTED, replace(CONSTRUCTED, detail=Rubric((Criterion("别的", 5),)))),
    (
        ItemType.HAZARD_SPOTTING,
        replace(HAZARD_SPOTTING, detail=replace(HAZARD_SPOTTING.detail, false_percent=0)),
    ),
    (
        ItemType.CASE_SET,
        replace(
            CASE_SET,
            detail=CaseSet(
                (
                    Part("single", replace(CASE_SET.detail.parts[0].body, answer=("A",))),
                    *CASE_SET.detail.parts[1:],
                )
            ),
        ),
    ),
]


@pytest.mark.parametrize(("kind", "other"), ANOTHER_KEY)
def test_the_same_question_with_another_key_is_known_as_such(kind, other):
    check_body(kind, other)
    assert same_question(kind, other) == same_question(kind, EVERY_TYPE[kind])
    assert same_answer(kind, other) != same_answer(kind, EVERY_TYPE[kind])


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("fill_in", "低处"),
        ("numeric", "MPa"),
        ("matching", "指令"),
        ("constructed", "可燃物"),
        ("case_set", "绿区"),
        ("hazard_spotting", "安全帽"),
    ],
)
def test_an_item_is_found_by_every_word_it_says(kind, word):
    assert bigrams([word]) <= bigrams(texts_of(EVERY_TYPE[ItemType(kind)]))


UNSOUND = [
    ("ordering", replace(ORDERING, answer=("D", "A", "B"))),
    ("ordering", replace(ORDERING, answer=("D", "A", "B", "B"))),
    ("matching", replace(MATCHING, answer=("A3", "B1"))),
    ("matching", replace(MATCHING, answer=("A3", "B1", "C9"))),
    ("matching", replace(MATCHING, detail=Matching(targets("一")))),
    ("matching", replace(MATCHING, detail=None)),
    ("fill_in", replace(FILL_IN, stem="没有空。")),
    ("fill_in", replace(FILL_IN, detail=Blanks((Blank(()),) * 3))),
    ("fill_in", replace(FILL_IN, detail=Blanks((Blank(("甲",), tolerance=Decimal(1)),) * 3))),
    ("fill_in", replace(FILL_IN, options=options("一", "二"))),
    ("numeric", replace(NUMERIC, detail=Number(Decimal("NaN")))),
    ("numeric", replace(NUMERIC, detail=Number(Decimal("Infinity")))),
    ("numeric", replace(NUMERIC, detail=Number(Decimal(1), Decimal(-1)))),
    ("numeric", replace(NUMERIC, detail=Number(Decimal(1), unit="m", units=(Unit("m", Decimal(1)),)))),
    ("numeric", replace(NUMERIC, detail=Number(Decimal(1), unit="m", units=(Unit("km", Decimal(0)),)))),
    ("numeric", replace(NUMERIC, detail=Number(Decimal(1), units=(Unit("km", Decimal(5)),)))),
    ("constructed", replace(CONSTRUCTED, detail=Rubric(()))),
    ("constructed", replace(CONSTRUCTED, detail=Rubric((Criterion("甲", 0),)))),
    ("case_set", replace(CASE_SET, detail=CaseSet(()))),
    ("case_set", replace(CASE_SET, detail=CaseSet((Part("case_set", CASE_SET),)))),
    ("case_set", replace(CASE_SET, detail=CaseSet((Part("constructed", CONSTRUCTED),)))),
    ("case_set", replace(CASE_SET, detail=CaseSet((Part("multiple", MULTIPLE, 0),)))),
    ("case_set", replace(CASE_SET, detail=CaseSet((Part("multiple", replace(MULTIPLE, answer=("X",))),)))),
    ("single", replace(FILL_IN, stem="甲？")),
    ("hazard_spotting", MULTIPLE),
]


@pytest.mark.parametrize(("kind", "body"), UNSOUND)
def test_an_unsound_body_is_refused(kind, body):
    with pytest.raises(Invalid):
        check_body(ItemType(kind), body)


def test_a_refusal_names_the_question_of_the_case():
    broken = Part("multiple", replace(MULTIPLE, answer=("X",)))
    with pytest.raises(Invalid, match=r"2"):
        check_body(ItemType.CASE_SET, replace(CASE_SET, detail=CaseSet((CASE_SET.detail.parts[0], broken))))
