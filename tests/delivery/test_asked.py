"""What a candidate is given of every type: all of the question, nothing of the key; and back again."""

import gzip
import json
import random
from dataclasses import dataclass
from typing import Any

import pytest

from tests.factories.every_type import CASE_SET, EVERY_TYPE, RIGHT
from trainhub.exams.bank import score
from trainhub.exams.bank.content import SETTABLE, ItemType
from trainhub.exams.bank.details import Blanks, CaseSet, Matching, Number, Scene
from trainhub.exams.delivery.form import in_the_paper, read_form, slots_of, write_form
from trainhub.exams.delivery.forms_prepared import _made

pytestmark = pytest.mark.usefixtures("context_of_app")


@pytest.fixture
def context_of_app(app):
    with app.app_context():
        yield


@dataclass(frozen=True)
class Question:
    """A question of an opened paper."""

    number: int
    type: str
    marks: int
    body: Any


@dataclass(frozen=True)
class Paper:
    """An opened paper."""

    items: tuple[Question, ...]


PAPER = Paper(
    tuple(Question(number, kind, 8, EVERY_TYPE[kind]) for number, kind in enumerate(SETTABLE, start=1))
)
KINDS = {each.number: each.type for each in PAPER.items}
MAY_HOLD = {"type", "marks", "stem", "options", "partial", "case", "blanks", "targets", "units"} | {
    "scene",
    "most",
    "percent",
    "longest",
}


def document_of(paper=PAPER, name="P|S"):
    form = _made(paper, name)
    return form, gzip.decompress(form.packed).decode()


def secrets_of(body):
    """Whatever of a key has words or digits of its own."""
    match body.detail:
        case Blanks(blanks, _any):
            return [text for blank in blanks for text in (*blank.accepted, str(blank.tolerance or ""))]
        case Number(value, tolerance, _unit, units):
            return [str(value), str(tolerance), *(str(each.factor) for each in units)]
        case Scene(_medium, regions):
            places = [str(each) for region in regions for corner in region.corners for each in corner]
            return [*(region.name for region in regions), *(each for each in places if len(each) > 3)]
        case CaseSet(parts):
            return [secret for part in parts for secret in secrets_of(part.body)]
    return []


def test_no_accepted_answer_value_or_tolerance_is_in_the_document():
    _form, text = document_of()
    secrets = [each for item in PAPER.items for each in secrets_of(item.body) if each]
    assert {"2.0", "贰", "低处", "1.637", "0.013", "0.001"} <= set(secrets)
    shown = " ".join(each["stem"] for each in json.loads(text)["questions"])
    assert [each for each in secrets if each in text and each not in shown] == []


def test_the_document_holds_what_a_candidate_may_have_and_no_other_field():
    _form, text = document_of()
    for question in json.loads(text)["questions"]:
        assert set(question) <= MAY_HOLD
        assert set(question.get("case", {})) <= {"text", "part", "parts", "marks"}
        assert all(isinstance(option, str) for option in question["options"] + question.get("targets", []))


@pytest.mark.parametrize("kind", [ItemType.ORDERING, ItemType.MATCHING, ItemType.SINGLE, ItemType.MULTIPLE])
def test_neither_order_of_lines_nor_of_partners_tells_the_key(kind):
    """Over many papers what is right stands in every place of the document."""
    body = EVERY_TYPE[kind]
    texts = {option.key: option.text for option in body.options}
    first = body.answer[0][:1]
    places, partners = set(), set()
    for number in range(60):
        _form, text = document_of(Paper((Question(1, kind, 4, body),)), f"P{number}|S")
        (question,) = json.loads(text)["questions"]
        places.add(question["options"].index(texts[first]))
        if isinstance(body.detail, Matching):
            right = next(each.text for each in body.detail.targets if each.key == body.answer[0][1:])
            partners.add(question["targets"].index(right))
    assert places == set(range(len(body.options)))
    assert partners in (set(), {0, 1, 2, 3})


def test_a_candidates_order_says_nothing_but_places():
    prepared, _text = document_of()
    drawn = prepared.deck.draw(random.Random(5))
    for entry in prepared.order(drawn):
        assert all(
            isinstance(each, int) for each in (entry[0], *(number for part in entry[1:] for number in part))
        )


def shown_answer(place, answer):
    """A response in the paper's keys as a candidate who sees this order gives it."""
    letters = dict(zip(place.options, "ABCDEFGH", strict=False))
    if place.type == "ordering":
        return [letters[key] for key in answer]
    if place.type == "matching":
        return sorted(letters[pair[0]] + str(place.targets.index(pair[1:]) + 1) for pair in answer)
    if place.type == "multiple":
        return sorted(letters[key] for key in answer)
    return letters[answer] if place.type == "single" else answer


@pytest.mark.parametrize("seed", range(40))
def test_however_a_form_is_drawn_the_right_responses_earn_everything(seed):
    prepared, _text = document_of()
    form = read_form(write_form(prepared.deck.draw(random.Random(seed))))
    answers = {}
    for position, place in enumerate(form, start=1):
        right = RIGHT[KINDS[place.number]]
        answers[position] = shown_answer(place, right[place.part - 1] if place.part else right)
        place.slot.check(answers[position])

    marked = in_the_paper(form, answers)

    assert slots_of(write_form(form)) == tuple(place.slot for place in form)
    by_people = {number for number, kind in KINDS.items() if kind == ItemType.CONSTRUCTED}
    assert {marked[number] for number in by_people} == {RIGHT[ItemType.CONSTRUCTED]}
    assert {
        number: score(kind, EVERY_TYPE[kind], marked[number])
        for number, kind in KINDS.items()
        if number not in by_people
    } == dict.fromkeys(KINDS.keys() - by_people, 1)


@pytest.mark.parametrize("seed", range(10))
def test_the_questions_of_a_case_stay_together_and_in_their_order(seed):
    paper = Paper(
        (*PAPER.items, Question(20, "case_set", 8, CASE_SET), Question(21, "case_set", 3, CASE_SET))
    )
    prepared, text = document_of(paper)
    form = prepared.deck.draw(random.Random(seed))
    parts = [(place.number, place.part) for place in form if place.part]
    assert [part for _number, part in parts] == [1, 2, 3, 4] * 3
    assert len({number for number, _part in parts[:4]}) == 1
    marks = [
        each["marks"] for each in json.loads(text)["questions"] if each.get("case", {}).get("marks") == 8
    ]
    assert sorted(marks) == sorted([1, 3, 2, 2] * 2)
    assert all(
        each["marks"] is None
        for each in json.loads(text)["questions"]
        if each.get("case", {}).get("marks") == 3
    )


def test_a_case_of_which_nothing_is_answered_is_not_answered():
    prepared, _text = document_of(Paper((Question(1, "case_set", 8, CASE_SET),)))
    form = prepared.deck.draw(random.Random(1))
    assert in_the_paper(form, {}) == {1: None}
    assert in_the_paper(form, {1: "A"})[1][1:] == [None, None, None]


def test_a_form_recorded_before_there_were_targets_reads_as_before():
    form = read_form('[[1,"single",["B","A"]],[2,"true_false",[]]]')
    assert [(place.options, place.targets, place.part) for place in form] == [
        (("B", "A"), (), 0),
        ((), (), 0),
    ]
    assert write_form(form) == '[[1,"single",["B","A"]],[2,"true_false",[]]]'
