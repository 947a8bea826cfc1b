"""The form of a doubtful row begins with all that the file says of it, and all of it comes in."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import select

from tests.factories.bank import make_bank, make_staff
from trainhub.exams import bank as room
from trainhub.exams.bank.handing_in import new_import
from trainhub.exams.bank.imports import import_items
from trainhub.exams.bank.models import Bank, HeldRow, Item
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.kernel.db import db, transaction
from trainhub.kernel.workbooks import Sheet
from trainhub.people.models import Person

HEADER = ["题型", "题目", "选项", "答案", "知识点", "难易度", "认知层次", "匹配项", "评分标准"]


@pytest.fixture
def place(app):
    """A bank with one knowledge point, as plain ids and codes."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        room.add_knowledge_point(bank.qualification, "01", "用电安全", by=staff.author)
        return {"bank": bank.id, "code": bank.code, "author": staff.author.id}


def hold(place, row):
    """Import a file of one row, which is held; returns what the form of it says."""
    parsed = read_sheet_list([Sheet("Sheet1", [HEADER, row])])
    with transaction():
        bank, author = db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, place["author"])
        kept = new_import(bank, "题.xlsx", by=author, submit=True, dry_run=False).id
    report = import_items(parsed, place["bank"], kept, file_name="题.xlsx", by=place["author"])
    assert len(report.held) == 1, report.plain()


def form_of(client, place):
    with transaction():
        client.sign_in(db.session.get_one(Person, place["author"]))
    page = client.get(f"/exam/bank/{place['code']}/held").text
    found = {}
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.findall(r'<option selected value="([^"]*)"', inner)
        found[name] = chosen[0] if chosen else ""
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.S):
        found[name] = unescape(inner).strip().replace("\r\n", "\n")
    for tag in re.findall(r'<input[^>]*type="text"[^>]*>', page):
        value = re.search(r'value="([^"]*)"', tag)
        found[re.search(r'name="([^"]+)"', tag)[1]] = unescape(value[1]) if value else ""
    return found


@pytest.mark.parametrize("key", ["A", "B"])
def test_point_level_and_difficulty_of_a_doubtful_row_come_in_with_it(client, place, key):
    hold(place, ["单选题", "漏电动作电流是？", "A.30m**A**B.50m**A", key, "用电安全", "难", "应用", "", ""])
    form = form_of(client, place)
    assert (form["point"], form["difficulty"], form["cognitive"]) == ("01", "3", "apply")
    held = db.session.scalars(select(HeldRow.id)).one()
    db.session.rollback()
    data = {name: text for name, text in form.items() if not name.startswith("parts-")}
    assert client.post(f"/exam/bank/held/{held}/take-in", data=data).status_code == 302
    item = db.session.scalars(select(Item)).one()
    assert (item.knowledge_point.code, item.level, item.cognitive) == ("01", 3, "apply")


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (
            ["匹配题", "配对？", "A.灭火器**B.安全帽", "A3 B1", "", "", "", "1.防砸\n2.灭火", ""],
            {"type": "matching", "options": "灭火器\n安全帽", "targets": "防砸\n灭火", "answer": "A3 B1"},
        ),
        (
            ["简答题", "怎样救援触电者？", "", "先断电。", "01", "", "", "", "说出断电\n说出呼救"],
            {"type": "constructed", "criteria": "说出断电\n说出呼救", "model": "先断电。", "point": "01"},
        ),
    ],
)
def test_what_could_not_be_read_stands_in_its_field(client, place, row, wanted):
    hold(place, row)
    form = form_of(client, place)
    assert {name: form[name] for name in wanted} == wanted


def test_a_form_of_a_question_in_json_is_answered_in_json(client, place):
    hold(place, ["单选题", "先做什么？", "A.验电 B.挂牌", "A或B", "01", "", "", "", ""])
    form_of(client, place)
    (row,) = db.session.scalars(select(HeldRow))
    in_json = {"Accept": "application/json"}

    for address in (f"/exam/bank/held/{row.id}/take-in", f"/exam/bank/{place['code']}/items/new"):
        for sent, lacks in (
            ({"type": "single"}, "题目："),
            ({"type": "single", "stem": "先做什么？", "options": "验电\n挂牌"}, "答案："),
            ({"type": "case_set", "stem": "见图。"}, "小题"),
        ):
            answer = client.post(address, data=sent, headers=in_json)
            assert answer.status_code == 422 and answer.is_json
            assert lacks in answer.json["error"], answer.json
        assert client.post(address, data={"type": "single"}).mimetype == "text/html"


def test_what_was_typed_comes_back_if_the_bank_has_the_question(client, place):
    hold(place, ["单选题", "先做什么？", "A.验电 B.挂牌", "A或B", "01", "", "", "", ""])
    form_of(client, place)
    (row,) = db.session.scalars(select(HeldRow))
    typed = {
        "type": "single",
        "stem": "先做什么？",
        "options": "验电\n挂牌",
        "answer": "A",
        "explanation": "规程",
    }
    assert client.post(f"/exam/bank/{place['code']}/items/new", data=typed).status_code == 302

    answer = client.post(f"/exam/bank/held/{row.id}/take-in", data=typed)

    assert answer.status_code == 409
    assert "规程" in answer.text and "先做什么？" in answer.text


def test_the_pages_say_which_keys_are_proposed_and_of_which_file_the_row_is(client, place):
    hold(place, ["填空题", "安全电压为（1）V，水中为（2）V。", "", "36；12", "01", "", "", "", ""])
    page, (row,) = form_of(client, place), db.session.scalars(select(HeldRow))
    held = client.get(f"/exam/bank/{place['code']}/held").text

    assert page["blanks"] == "36\n12"
    assert "题.xlsx 中 Sheet1!2 处的原文" in re.sub("</?[^>]*>", "", held)
    result = client.get(f"/exam/bank/{place['code']}/imports/{row.import_id}").text
    assert "安全电压为____V，水中为____V。<br>答案：36；12" in result


def test_the_page_of_a_file_that_comes_again_says_that_its_rows_are_repeated(client, place):
    parsed = read_sheet_list(
        [Sheet("Sheet1", [HEADER, ["判断题", "应验电。", "", "√", "01", "", "", "", ""]])]
    )
    for _time in range(2):
        with transaction():
            bank, author = (
                db.session.get_one(Bank, place["bank"]),
                db.session.get_one(Person, place["author"]),
            )
            kept = new_import(bank, "题.xlsx", by=author, submit=True, dry_run=False).id
        import_items(parsed, place["bank"], kept, file_name="题.xlsx", by=place["author"])
    form_of(client, place)

    page = client.get(f"/exam/bank/{place['code']}/imports/{kept}").text

    assert "1 行中有 0 行新入库。" in page
    assert "1 行与库中已有的题目或待处理的存疑行重复。" in page
