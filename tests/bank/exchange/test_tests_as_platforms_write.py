"""Tests as platforms write them: types behind questions, answers of several lines, keys part by part."""

from __future__ import annotations

import pytest

from trainhub.exams.bank.exchange.files import read_content


@pytest.fixture(autouse=True)
def context(app):
    """Messages need an application."""


def rows(text):
    return read_content(text.encode(), name="test.txt").rows


def said(text):
    return [(row.outcome, row.type, "".join(row.body.answer) if row.body else "") for row in rows(text)]


def test_a_type_in_brackets_behind_a_question_is_its_type_and_no_part_of_it():
    found = rows(
        "1.高处作业指坠落高度基准面____m及以上的作业 [单选题] *\nA.1\nB.2(正确答案)\n"
        "2.登高工具有（ ）。（多选题，2分）\nA.梯子\nB.脚扣\nC.手电\n答案：AB\n"
        "3.安全帽应系带。【判断题】\n答案：对\n4.下列正确的是[多选题] A.甲 B.乙\n答案：A\n"
    )

    assert [(row.type, row.body.stem) for row in found] == [
        ("single", "高处作业指坠落高度基准面____m及以上的作业"),
        ("multiple", "登高工具有（ ）。"),
        ("true_false", "安全帽应系带。"),
        ("multiple", "下列正确的是"),
    ]


def test_a_word_in_round_brackets_that_names_a_type_may_belong_to_the_question():
    (row,) = rows("1.触电急救应先（判断）\nA.意识\nB.姓名\n答案：A\n")

    assert (row.type, row.body.stem) == ("single", "触电急救应先（判断）")


def test_right_and_wrong_without_letters_are_what_a_true_or_false_question_offers():
    text = "1.甲是乙[判断题]\n对\n错(正确答案)\n2.丙是丁[判断题]\n错误\n正确\n答案：正确\n3.戊[判断题]\n对\n"
    assert said(text) == [
        ("held", "true_false", "F"),
        ("good", "true_false", "T"),
        ("held", "true_false", "T"),
    ]
    assert [row.body.stem for row in rows(text)] == ["甲是乙", "丙是丁", "戊"]


@pytest.mark.parametrize(
    "answer",
    [
        "答：（1）切断电源；\n（2）检查呼吸；",
        "答案：\n（1）切断电源；\n（2）检查呼吸；",
        "答：1、切断电源；\n2、检查呼吸；",
        "答：切断电源；\n检查呼吸；",
    ],
)
def test_the_lines_of_an_answer_are_one_answer_and_no_questions(answer):
    found = rows(f"简答题\n1、简述触电急救步骤。\n{answer}\n2、什么是三违？\n答：违章指挥、违章作业。\n")

    assert [(row.outcome, row.body.stem) for row in found] == [
        ("held", "简述触电急救步骤。"),
        ("held", "什么是三违？"),
    ]
    assert found[0].body.detail.model == answer.partition("：")[2].strip()
    assert found[1].body.detail.model == "违章指挥、违章作业。"


TEST = (
    "一、单选题\n1. 甲题\nA.一 B.二 C.三\n2. 乙题\nA.一 B.二 C.三\n3. 丙题\nA.一 B.二 C.三\n"
    "二、判断题\n1. 丁题\n2. 戊题\n"
)
KINDS = ["single"] * 3 + ["true_false"] * 2


@pytest.mark.parametrize(
    "keys",
    [
        "参考答案\n单选：1-3 BCA\n判断：1-2 √×\n",
        "参考答案\n单选：1~3 B C A\n判断：1-2 对错\n",
        "参考答案：\n一、1.B 2.C 3.A\n二、1.正确 2.错误\n",
        "答案：\n单选题：1B 2C 3A 判断题：1√ 2×\n",
    ],
)
def test_a_list_of_keys_by_parts_gives_each_its_own(keys):
    assert said(TEST + keys) == [("good", kind, key) for kind, key in zip(KINDS, "BCATF", strict=True)]


@pytest.mark.parametrize(
    "keys",
    [
        "参考答案：\n一、BCA\n二、√×\n",
        "参考答案\n单选题：B C A\n判断题：√×\n",
        "单选题答案：BCA\n判断题答案：TF\n",
    ],
)
def test_rows_of_signs_without_numbers_are_proposed_for_their_parts(keys):
    assert said(TEST + keys) == [("held", kind, key) for kind, key in zip(KINDS, "BCATF", strict=True)]


def test_a_row_that_has_not_as_many_signs_as_questions_gives_none():
    assert {outcome for outcome, _kind, key in said(f"{TEST}参考答案：\n一、BC\n二、√×\n") if not key} != {
        "good"
    }
    assert not any(outcome == "good" for outcome, _kind, _key in said(f"{TEST}参考答案：\n一、BC\n二、√×\n"))
