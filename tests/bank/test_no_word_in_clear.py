"""No word of an item stands in clear in a table, a file or a log, whatever becomes of the item."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

from tests.factories.bank import make_approved, make_bank, make_blueprint, make_staff
from tests.factories.life_of_a_paper import dump_of, words_in
from trainhub.exams import bank as room
from trainhub.exams import papers
from trainhub.exams.bank import Draft, ItemBody, ItemType
from trainhub.exams.bank.comments import comment
from trainhub.exams.bank.details import Criterion, Rubric
from trainhub.exams.bank.flags import Finding, raise_flags
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models import Bank, Item
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.written_workbooks import write_workbook
from trainhub.people.models import Person

IMPORTED = ("绝缘手套的试验周期为", "三十毫安以下者", "五十毫安以上者", "独一无二的解析")
WRITTEN = ("触电者脱离电源之后怎样施救", "先判断有无呼吸", "说出胸外按压频率", "救护要点见手册")
OF_THE_FACTORY = ("规程要求作业前检查防护装置", "隐患时，正确的做法是", "号做法之", "见规程。")
SAID = ("题干里的离电源三字应改", "请补充按压深度一条")


def found_in(content: bytes) -> list[str]:
    """Return the words of this walk that stand in some bytes."""
    return words_in(content, (*IMPORTED, *WRITTEN, *OF_THE_FACTORY, *SAID))


def test_an_item_leaves_no_word_from_its_file_to_the_sealed_paper(app, client, caplog, capfd):
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        author, reviewer, code = staff.author.id, staff.reviewer.id, bank.code
        ids = (bank.id, staff.centre.id)
    client.sign_in(db.session.get_one(Person, author))
    head = ["题型", "题目", "选项", "答案", "解析"]
    options = f"A.{IMPORTED[1]}**B.{IMPORTED[2]}"
    rows = [
        ["单选题", IMPORTED[0], options, "A", IMPORTED[3]],
        ["单选题", f"{IMPORTED[0]}？", f"A.{IMPORTED[1]}**A**B.{IMPORTED[2]}", "A", ""],
    ]
    data = {"file": (BytesIO(write_workbook("Sheet1", head, rows)), "题.xlsx"), "submit_items": "y"}
    client.post(f"/exam/bank/{code}/import", data=data, content_type="multipart/form-data")
    jobs.run_pending()
    db.session.rollback()

    with transaction():
        bank = db.session.get_one(Bank, ids[0])
        by, second = db.session.get_one(Person, author), db.session.get_one(Person, reviewer)
        rubric = Rubric((Criterion(WRITTEN[2], 2),), WRITTEN[1])
        body = ItemBody(f"{WRITTEN[0]}？", (), (), WRITTEN[3], detail=rubric)
        item = room.write_item(bank, Draft(ItemType.CONSTRUCTED, body), by=by)
        room.submit(item.versions, by=by)
        comment(item.versions[0], "", SAID[0], by=second)
        room.send_back(item.versions[0], SAID[1], by=second)
        version = room.revise_item(item, replace(body, stem=f"{WRITTEN[0]}？请说明。"), by=by)
        room.submit([version], by=by)
        room.approve(version, SAID[1], by=second, settles=True)
        finding = Finding(
            item.code, version.number, "dead_distractor", {"option": WRITTEN[1], "key": WRITTEN[2]}
        )
        raise_flags(ids[1], "S-1", [finding], by=None)
        room.retire(newest_version(item), SAID[0], by=second)
    with transaction():
        bank = db.session.get_one(Bank, ids[0])
        make_approved(bank, staff, ItemType.TRUE_FALSE, 6)
        make_approved(bank, staff, ItemType.SINGLE, 4)
        paper = papers.assemble(make_blueprint(staff), by=staff.paper_officer)
        papers.see_proof(paper, by=staff.paper_reviewer)
        papers.approve_paper(paper, by=staff.paper_reviewer)
        papers.seal_paper(paper, by=staff.paper_reviewer)
    assert db.session.query(Item).count() == 12
    db.session.rollback()

    raw = db.engine.raw_connection()
    dump = dump_of(raw.driver_connection)
    raw.close()
    assert b"bank_review" in dump and found_in(dump) == []
    files = [each for each in app.config["SETTINGS"].instance.rglob("*") if each.is_file()]
    assert len(files) > 3
    for file in files:
        assert found_in(file.read_bytes()) == [], file.name
    told = capfd.readouterr()
    assert found_in((told.out + told.err + caplog.text).encode()) == []
