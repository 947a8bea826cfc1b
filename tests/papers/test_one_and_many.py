"""One is one and two are two, in English as in Chinese: on booklets and proofs, and in figures of the law."""

from types import SimpleNamespace

import pytest

from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.details import Rubric, Scene
from trainhub.exams.bank.facts import facts_of
from trainhub.exams.delivery.types import constructed, hazard_spotting
from trainhub.exams.papers.printing.booklet import _heading, _rules
from trainhub.exams.papers.proof import length_of
from trainhub.kernel.i18n import in_language
from trainhub.regulations.wording import UNITS


@pytest.fixture(autouse=True)
def context(app):
    """Words need an application."""


def items(*marks):
    return [SimpleNamespace(marks=each) for each in marks]


@pytest.mark.parametrize(
    ("marks", "english", "chinese"),
    [
        ((1,), "one question, 1 mark", "共 1 题，1 分"),
        ((2,), "one question, 2 marks", "共 1 题，2 分"),
        ((1, 1), "2 questions of 1 mark, 2 marks in all", "共 2 题，每题 1 分，合计 2 分"),
        ((2, 2), "2 questions of 2 marks, 4 marks in all", "共 2 题，每题 2 分，合计 4 分"),
        ((1, 2), "2 questions, 3 marks in all", "共 2 题，合计 3 分"),
    ],
)
def test_the_heading_of_a_part_of_a_booklet(marks, english, chinese):
    for language, said in (("en", english), ("zh_CN", chinese)):
        with in_language(language):
            assert _heading(0, ItemType.SINGLE, items(*marks)).endswith(said)


def test_the_length_of_a_paper_on_its_proof():
    one = SimpleNamespace(items=items(1), marks=1, pass_mark=1, minutes=1)
    many = SimpleNamespace(items=items(1, 2), marks=3, pass_mark=2, minutes=90)
    with in_language("en"):
        assert length_of(one) == "1 question, 1 mark, pass mark 1, 1 minute"
        assert length_of(many) == "2 questions, 3 marks, pass mark 2, 90 minutes"
    with in_language("zh_CN"):
        assert length_of(many) == "共 2 题，满分 3 分，合格 2 分，90 分钟"


def test_the_limits_of_a_written_response_and_of_a_picture():
    written = ItemBody("题", (), (), detail=Rubric((), "", 1))
    scene = ItemBody("题", (), (), detail=Scene("m", (), 0, 1))
    with in_language("en"):
        assert facts_of(ItemType.CONSTRUCTED, written)["longest"].words == "1 character at most"
        assert facts_of(ItemType.HAZARD_SPOTTING, scene)["most"].words == "1 mark at most"


def test_what_the_scripts_of_an_exam_say_of_marks_and_characters():
    with in_language("en"):
        told = hazard_spotting.texts() | constructed.texts()
        assert told["sceneCountOne"] == "{count} mark set, at most {most}"
        assert told["sceneCount"] == "{count} marks set, at most {most}"
        assert told["writtenOverOne"].startswith("{over} character too many:")
        assert told["writtenOver"].startswith("{over} characters too many:")
    with in_language("zh_CN"):
        told = hazard_spotting.texts()
        assert told["sceneCountOne"] == told["sceneCount"] == "已标记 {count} 处，最多 {most} 处"


def test_the_time_that_a_booklet_gives():
    with in_language("en"):
        assert "You have 1 minute. Only" in " ".join(_rules(SimpleNamespace(minutes=1)))
        assert "You have 2 minutes. Only" in " ".join(_rules(SimpleNamespace(minutes=2)))


NAMES = "second minute hour day month year mark time line".split()


@pytest.mark.parametrize(
    ("unit", "one", "many"),
    [
        *((f"{name}s", name, f"{name}s") for name in NAMES),
        ("training_hours", "training hour", "training hours"),
        ("working_days", "working day", "working days"),
        ("persons", "person", "people"),
        ("machines", "unit", "units"),
    ],
)
def test_a_figure_of_the_law_with_its_unit(unit, one, many):
    with in_language("en"):
        assert (UNITS[unit](1), UNITS[unit](2)) == (f"1 {one}", f"2 {many}")
    with in_language("zh_CN"):
        assert UNITS[unit](1).replace("1", "2") == UNITS[unit](2)
