"""Numbers that no heading explains: they are asked about once, and one answer settles the whole file."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.bank.test_columns import send
from tests.bank.test_pages import be, place  # noqa: F401
from trainhub.cli import main
from trainhub.exams.bank.reading.layouts import Columns
from trainhub.exams.bank.reading.looks import Unsure, read_look
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.kernel import jobs
from trainhub.kernel.db import db
from trainhub.kernel.workbooks import Sheet
from trainhub.kernel.written_workbooks import write_workbook

TYPED = ["题型", "题干", "A", "B", "C", "答案"]
OF_TYPES = [
    ["1", "安全帽保护什么部位？", "头", "手", "脚", "A"],
    ["2", "个人防护用品有哪些？", "帽", "鞋", "伞", "AB"],
    ["3", "特种作业须持证上岗。", "", "", "", "对"],
]
PAIRED = ["题型", "题干", "选项A", "选项B", "答案"]
OF_TRUTH = [
    ["判断", "特种作业须持证上岗。", "正确", "错误", "1"],
    ["判断", "可酒后作业。", "正确", "错误", "0"],
]


def asked(head, rows):
    with pytest.raises(Unsure) as refusal:
        read_sheet_list([Sheet("S", [head, *rows])])
    (look,) = refusal.value.looks
    return read_look(json.loads(json.dumps(look.plain())))


def said(head, rows, codes):
    parsed = read_sheet_list([Sheet("S", [head, *rows])], columns=Columns((), {"题干": "stem"}, codes))
    return [(row.outcome, row.type, "".join(row.body.answer) if row.body else "") for row in parsed.rows]


def test_types_in_numbers_are_asked_about_with_what_their_rows_look_like(app):
    look = asked(TYPED, OF_TYPES)

    assert look.layout.codes == {"type": {"1": "single", "2": "multiple", "3": "true_false"}}
    assert "题型" in str(look.doubts[0])


def test_the_answer_is_the_type_of_all_rows_and_a_number_left_aside_rejects_its_own(app):
    assert said(TYPED, OF_TYPES, {"type": {"1": "single", "2": "multiple"}}) == [
        ("good", "single", "A"),
        ("good", "multiple", "AB"),
        ("rejected", None, ""),
    ]


def test_numbers_that_the_heading_explains_are_not_asked_about(app):
    parsed = read_sheet_list([Sheet("S", [["题型（1单选，2多选，3判断）", *TYPED[1:]], *OF_TYPES])])

    assert [row.type for row in parsed.rows] == ["single", "multiple", "true_false"]


def test_one_and_nought_beside_right_and_wrong_are_asked_about_where_all_is_true_or_false(app):
    assert asked(PAIRED, OF_TRUTH).layout.codes == {"answer": {"0": "F", "1": "T"}}
    assert said(PAIRED, OF_TRUTH, {"answer": {"1": "T", "0": "F"}}) == [
        ("good", "true_false", "T"),
        ("good", "true_false", "F"),
    ]
    assert said(PAIRED, OF_TRUTH, {"answer": {"0": "T", "1": "F"}})[0] == ("good", "true_false", "F")


def test_in_a_sheet_with_choices_they_are_held_row_by_row_as_ever(app):
    choice = ["单选", "安全帽保护什么？", "头", "手", "0"]
    parsed = read_sheet_list([Sheet("S", [PAIRED, *OF_TRUTH, choice])])

    assert {row.outcome for row in parsed.rows} == {"held"}


def test_one_and_nought_without_options_are_certain(app):
    rows = [["须持证上岗。", "1"], ["可酒后作业。", "0"]]
    parsed = read_sheet_list([Sheet("判断题", [["题干", "答案"], *rows])])

    assert [(row.outcome, row.body.answer) for row in parsed.rows] == [("good", ("T",)), ("good", ("F",))]


def test_the_page_asks_what_numbers_are_and_the_answer_counts_for_the_next_file_too(client, place):  # noqa: F811
    be(client, place, "author")
    url = send(client, place, TYPED, OF_TYPES)
    page = client.get(f"{url}/columns").text
    assert 'name="code-0-type-1"' in page and page.count("selected") >= 3

    meanings = ["type", "stem", "option:A", "option:B", "option:C", "answer"]
    form = {"row-0": "1", "keep": "1", **{f"column-0-{place}": each for place, each in enumerate(meanings)}}
    codes = {"code-0-type-1": "single", "code-0-type-2": "multiple", "code-0-type-3": "true_false"}
    assert client.post(f"{url}/columns", data=form | codes).status_code == 302
    jobs.run_pending()
    assert client.get(f"{url}/report.json").json["by_type"] == {"single": 1, "multiple": 1, "true_false": 1}

    again = send(client, place, TYPED, [["2", "触电后应做什么？", "断电", "呼救", "围观", "AB"]])
    assert client.get(f"{again}/report.json").json["by_type"] == {"multiple": 1}


def test_the_command_takes_what_numbers_mean_as_a_heading_would_say_it(app, tmp_path):
    file = tmp_path / "题.xlsx"
    file.write_bytes(write_workbook("题库", TYPED, OF_TYPES))
    command = ["items", "import", str(file), "--dry-run", "--json"]
    db.session.rollback()

    unsure = CliRunner().invoke(main, command)
    assert unsure.exit_code == 1
    assert json.loads(unsure.stdout)["unsure"][0]["codes"] == {
        "type": {"1": "single", "2": "multiple", "3": "true_false"}
    }
    done = CliRunner().invoke(main, [*command, "--columns", "题型=type(1单选 2多选 3判断)"])
    assert json.loads(done.stdout)["imported"] == 3
    assert CliRunner().invoke(main, [*command, "--columns", "题型=type(1甲乙)"]).exit_code == 2
