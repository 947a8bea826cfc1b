"""Columns that are not surely understood: nothing comes in before somebody says what they mean."""

from __future__ import annotations

import csv
import json
import re
from io import BytesIO

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.bank.test_pages import be, place  # noqa: F401
from tests.bank.test_reading import QUESTIONS, real_files
from trainhub.cli import main
from trainhub.exams.bank.models import Import, Item
from trainhub.exams.bank.models_sources import ColumnChoice
from trainhub.exams.bank.reading.guessing import settled
from trainhub.exams.bank.reading.layouts import Columns, Layout
from trainhub.exams.bank.reading.looks import Unsure, read_look
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.exams.bank.rotation import rotate
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import in_language
from trainhub.kernel.workbooks import Sheet
from trainhub.kernel.written_workbooks import write_workbook
from trainhub.ledger import Entry
from trainhub.people.models import Person

ASK = ["题型", "题面", "标答", "甲", "乙", "丙"]
ROWS = [
    ["单选", "灭火器压力表指针在绿区表示什么", "A", "正常", "不足", "过高"],
    ["单选", "电流的单位是哪一个", "B", "伏", "安", "欧"],
    ["判断", "动火作业可以不办许可", "错误", "", "", ""],
]
MEANT = ["type", "stem", "answer", "option:A", "option:B", "option:C"]


def looks_of(head, *rows):
    with pytest.raises(Unsure) as asked:
        read_sheet_list([Sheet("S", [list(head), *rows])])
    return asked.value.looks


def test_a_column_that_only_its_cells_explain_is_asked_about_with_the_guess_and_its_reason(app):
    (look,) = looks_of(ASK, *ROWS)
    assert list(look.layout.meanings) == MEANT
    assert len(look.doubts) == 5 and "“标答”" in " ".join(map(str, look.doubts))
    assert look.rows[1][1] == ROWS[0][1]


def test_what_was_found_out_is_said_in_the_language_of_who_reads_it_not_of_who_brought_the_file(app):
    with in_language("zh_CN"):
        kept = json.dumps([each.plain() for each in looks_of(ASK, *ROWS)])
    look = read_look(json.loads(kept)[0])
    with in_language("en"):
        assert "“标答” is understood only by what stands in it." in map(str, look.doubts)
        assert str(look.reasons[2]) == "Its cells are letters, or right and wrong."
    with in_language("zh_CN"):
        assert not any("only by" in str(each) for each in look.doubts)
    nameless = read_look(
        json.loads(json.dumps(looks_of(*[["单选题", "灭火器压力表", "A.正**B.不", "A"]] * 2)[0].plain()))
    )
    with in_language("en"):
        assert any("column 2" in str(each) for each in nameless.doubts)
    old = nameless.plain() | {"doubts": ["旧句"], "reasons": [""]}
    assert read_look(old).doubts == ("旧句",)


def test_two_columns_that_could_be_the_same_thing_are_asked_about_unless_they_say_the_same(app):
    row = ["单选", "灭火器压力表", "A.正常**B.不足", "A", "B"]
    (look,) = looks_of(["题型", "题干", "选项", "答案", "正确答案"], row)
    assert look.layout.meanings == ("type", "stem", "options", "answer", "ignored")
    same = read_sheet_list([Sheet("S", [["题型", "题干", "选项", "答案", "正确答案"], [*row[:4], "A"]])])
    assert same.rows[0].body.answer == ("A",)
    empty = read_sheet_list([Sheet("S", [["题型", "题目", "题干", "选项", "答案"], ["单选", "", *row[1:4]]])])
    assert empty.rows[0].body.stem == row[1]


def test_a_sheet_without_headings_is_asked_about_and_read_from_its_first_row(app):
    rows = [["单选题", "灭火器压力表指针在绿区表示什么", "A.正常**B.不足", "A"]] * 2
    (look,) = looks_of(*rows)
    assert look.layout.row == -1
    parsed = read_sheet_list([Sheet("S", rows)], columns=Columns((look.layout,)))
    assert [row.where for row in parsed.rows] == ["S!1", "S!2"]
    assert parsed.rows[0].body.answer == ("A",)


def test_a_sheet_that_holds_no_questions_is_left_aside_and_not_asked_about(app):
    assert settled(Sheet("说明", [["请按格式填写"], ["日期", "2026"]])) == (None, None)


@real_files
def test_the_headings_that_systems_really_use_are_sure(app):
    with (QUESTIONS / "header_variants.csv").open() as file:
        for row in list(csv.reader(file))[1:]:
            header, look = settled(Sheet("S", [row[2].split("|")]))
            assert (header is not None, look) == (True, None), row


BESIDE = ["结果", "备注一"]
"""What a real system keeps behind the options: its own verdict on the row, and a remark."""
CHOICES = [
    ["单选", "灭火器压力表指针在绿区表示什么", "正常", "不足", "过高", "没有", "通过", "第三章"],
    ["单选", "电流的单位是哪一个呢", "伏", "安", "欧", "瓦", "通过", ""],
    ["判断", "动火作业可以不办许可", "", "", "", "", "退回", "旧题"],
]


def options_guessed(options, beside=BESIDE):
    head = ["题型", "题面", *options, *beside, "答案"]
    rows = [[*row, key] for row, key in zip(CHOICES, ("A", "B", "错误"), strict=True)]
    (look,) = looks_of(head, *rows)
    named = zip(head, look.layout.meanings, strict=True)
    return "".join(meaning[-1] for _name, meaning in named if meaning.startswith("option:"))


@pytest.mark.parametrize(
    "options", ["甲乙丙丁", ["选择一", "选择二", "选择三", "选择四"], ["项①", "项②", "项③", "项④"]]
)
@pytest.mark.parametrize("beside", [BESIDE, ["结论", "出题"]])
def test_columns_behind_the_options_are_not_taken_for_more_of_them(app, options, beside):
    assert options_guessed(options, beside) == "ABCD"


def test_without_headings_that_count_on_the_cells_say_where_the_options_end(app):
    assert options_guessed(["正", "副", "再", "末"]) == "ABCD"
    assert options_guessed(["正", "副", "再", "末"], ["结论", "出题"]) == "ABCD"
    assert options_guessed(["", "", "", ""]) == "ABCD"
    whole = [row for row in CHOICES if row[0] == "单选"] * 2
    (look,) = looks_of(
        ["题型", "题面", "正", "副", "再", "末", "结论", "答案"], *([*row[:7], "A"] for row in whole)
    )
    assert look.layout.meanings == (
        "type",
        "stem",
        *(f"option:{each}" for each in "ABCD"),
        "ignored",
        "answer",
    )


def test_a_long_remark_is_not_taken_for_the_question(app):
    rows = [["灭火器压力表", "A", "这一题在二〇二四年的复审考试里用过，命题人建议再核对一次教材"]] * 2
    (look,) = looks_of(["题面", "答案", "备注一"], *rows)
    assert look.layout.meanings == ("stem", "answer", "ignored")


@real_files
def test_what_stands_behind_the_options_of_real_systems_is_no_option(app):
    with (QUESTIONS / "header_variants.csv").open() as file:
        heads = [row[2].split("|") for row in list(csv.reader(file))[1:]]
    for head in heads:
        places = [at for at, each in enumerate(head) if re.match("选项[A-H]", each)]
        if places:
            end = places[-1] + 1
            header, look = settled(Sheet("S", [[*head[:end], *BESIDE, *head[end:]]]))
            assert (list(header.options.values()), look) == (places, None), head
            assert guessed_behind(head, places, end) == places, head


def guessed_behind(head, places, end):
    """Return what is guessed where the options are named as no heading of ours is."""
    named = [
        f"项{'甲乙丙丁戊己庚辛'[places.index(at)]}" if at in places else each for at, each in enumerate(head)
    ]
    rows = [[f"{row}{at}文" if at in places else "A" for at in range(len(head))] for row in range(3)]
    (look,) = looks_of(
        [*named[:end], *BESIDE, *named[end:]], *([*row[:end], "通过", "旧", *row[end:]] for row in rows)
    )
    return [at for at, meaning in enumerate(look.layout.meanings) if meaning.startswith("option:")]


def send(client, place, head=ASK, rows=ROWS):  # noqa: F811
    data = {"file": (BytesIO(write_workbook("题库", head, rows)), "题.xlsx"), "submit_items": "y"}
    url = f"/exam/bank/{place['bank']}/import"
    assert client.post(url, data=data, content_type="multipart/form-data").status_code == 302
    jobs.run_pending()
    kept = db.session.scalars(select(Import).order_by(Import.imported_at.desc())).first()
    return f"/exam/bank/{place['bank']}/imports/{kept.id}"


def said(meanings=MEANT, **more):
    return {f"column-0-{number}": meaning for number, meaning in enumerate(meanings)} | {"row-0": "1"} | more


def test_the_import_stops_at_a_page_goes_on_with_what_is_said_and_knows_it_the_next_time(
    client,
    place,  # noqa: F811
):
    be(client, place, "author")
    url = send(client, place)
    assert client.get(url).location.endswith("/columns")
    page = client.get(f"{url}/columns").text
    assert "标答" in page and ROWS[0][1] in page and "说明文件各列的含义" in client.get("/home/exam").text
    assert db.session.query(Item).count() == 0

    refused = client.post(f"{url}/columns", data=said(["type", "stem", "stem", *MEANT[3:]]))
    assert refused.status_code == 422
    assert client.post(f"{url}/columns", data=said(keep="1")).status_code == 302
    jobs.run_pending()
    assert client.get(f"{url}/report.json").json["imported"] == 3
    assert client.post(f"{url}/columns", data=said()).status_code == 409

    with transaction():
        author = db.session.get_one(Person, place["author"])
    rotate(place["bank"], by=author)
    again = client.get(f"{send(client, place)}/report.json").json
    assert (again["imported"], again["duplicates"]) == (0, 3)
    choice = db.session.scalars(select(ColumnChoice)).one()
    assert (
        "标答" not in choice.choice_sealed.decode("latin-1")
        and "标答" in client.get(f"/exam/bank/{place['bank']}/import").text
    )
    assert client.post(f"/exam/bank/{place['bank']}/columns/{choice.id}/forget").status_code == 302
    assert client.get(send(client, place)).location.endswith("/columns")
    kinds = set(db.session.scalars(select(Entry.kind)))
    assert {"items.columns_kept", "items.columns_forgotten"} <= kinds


def test_a_file_that_waits_can_be_given_up_and_leaves_nothing(client, place):  # noqa: F811
    be(client, place, "author")
    url = send(client, place)
    assert client.post(f"{url}/discard").status_code == 302
    assert db.session.scalars(select(Import)).one().file_key is None
    again = client.post(f"{url}/discard")
    assert again.status_code == 409 and "data-focus" in again.text
    be(client, place, "reviewer")
    assert client.get(f"{url}/columns").status_code == 403


def test_the_command_names_what_is_unsure_and_takes_it_once_it_is_said(app, place, tmp_path, monkeypatch):  # noqa: F811
    file = tmp_path / "题.xlsx"
    file.write_bytes(write_workbook("题库", ASK, ROWS))
    mapping = tmp_path / "columns.json"
    mapping.write_text(json.dumps(dict(zip(ASK[1:], MEANT[1:], strict=True)), ensure_ascii=False))
    monkeypatch.setenv(
        "TRAINHUB_INSTANCE",
        str(tmp_path / "instance"),
    )
    command = ["items", "import", str(file), "--bank", place["bank"], "--dry-run", "--json"]
    db.session.rollback()

    unsure = CliRunner().invoke(main, command)
    answer = json.loads(unsure.stdout)
    assert unsure.exit_code == 1
    assert answer["unsure"][0]["columns"][2] | {"why": ""} == {
        "column": 3,
        "heading": "标答",
        "meaning": "answer",
        "why": "",
    }
    done = CliRunner().invoke(main, [*command, "--columns-file", str(mapping)])
    assert done.exit_code == 0 and json.loads(done.stdout)["imported"] == 3
    options = [f"--columns={heading}={meaning}" for heading, meaning in zip(ASK, MEANT, strict=True)]
    assert json.loads(CliRunner().invoke(main, [*command, *options]).stdout)["imported"] == 3
    assert CliRunner().invoke(main, [*command, "--columns", "题面=wrong"]).exit_code == 2


def test_headings_that_are_said_displace_what_others_seem_to_mean(app):
    sheet = Sheet("S", [["题型", "题目", "题面", "答案"], ["判断", "x", "动火作业可以不办许可", "错误"]])
    parsed = read_sheet_list([sheet], columns=Columns((), {"题面": "stem"}))
    assert parsed.rows[0].body.stem == "动火作业可以不办许可"
    with pytest.raises(Invalid, match="题目"):
        read_sheet_list([sheet], columns=Columns((Layout(tuple(sheet.rows[0]), ("type",) * 4),)))
