"""Banks of the demo: questions of our own for two qualifications, imported by one, approved by another.

Open work is left for both: items that wait for review, one of them with a formula and a comment, two that
were sent back, and doubtful rows of a second file. The questions (``media/items_safety.csv``, CC0) are
written for the demo and rest on the law.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from trainhub.demo.items_of_every_type import FORMULA, ITEMS
from trainhub.demo.items_with_pictures import items_with_pictures
from trainhub.exams.bank import (
    Draft,
    add_bank,
    add_knowledge_point,
    approve,
    knowledge_points,
    send_back,
    submit,
    write_item,
)
from trainhub.exams.bank.comments import comment
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.handing_in import new_import
from trainhub.exams.bank.imports import import_items
from trainhub.exams.bank.layout import with_layout
from trainhub.exams.bank.models import Bank, Item, ItemVersion, KnowledgePoint, VersionState
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.workbooks import Sheet
from trainhub.separation.duties import Duty

QUESTIONS = Path(__file__).parent / "media" / "items_safety.csv"
BANKS = {
    "PRINCIPAL": ("BANK-PRINCIPAL", "主要负责人题库"),
    "SAFETY-MANAGER": ("BANK-MANAGER", "安全生产管理人员题库"),
}
POINTS = {
    "01": "法律法规",
    "01.1": "安全生产法与刑事责任",
    "01.2": "事故报告与调查处理",
    "01.3": "安全教育培训",
    "02": "安全管理",
    "02.1": "责任与制度",
    "02.2": "风险与隐患",
    "02.3": "作业许可与相关方",
    "03": "安全技术",
    "03.1": "防火防爆",
    "03.2": "用电、机械与起重",
    "03.3": "高处与有限空间",
    "04": "应急与职业健康",
    "04.1": "应急管理",
    "04.2": "职业健康与急救",
}
HEADER = ["题型", "知识点", "题目", "选项A", "选项B", "选项C", "选项D", "答案", "依据"]
SECOND_FILE = [
    ["题型", "题目", "题目选项(选项之间用**隔开)", "答案"],
    [
        "单选题",
        "1.人体通过工频电流时，一般认为能够自主摆脱的电流约为（ ）。",
        "**A.10m**A**B.100m**A**C.1**A",
        "A",
    ],
    ["单选题", "2.二氧化碳灭火器不宜用于扑救（ ）火灾。", "**A.精密仪器**B.**C.活泼金属**D.档案资料", "C"],
    ["单选题", "3.灭火的基本方法不包括（ ）。", "**A.冷却**B.隔离**C.窒息**D.通风", "E"],
    ["判断题", "4.班前会应当说明当班的主要风险和防范措施。", "**A.正确**B.错误", "A"],
]
LEFT_WAITING = {"true_false": 4, "single": 3}
SENT_BACK = ("题干中的“立即”缺少时限，请按条例原文改写。", "选项 B 与选项 C 容易混淆，请核对表述。")


def build(world: Any) -> None:
    """Open the banks, import the questions and review most of them."""
    author, centre = world.persons["item-author"], world.organisations["CENTRE"]
    with at_the_desk(author, Duty.AUTHOR_ITEMS, days_ago=20):
        for qualification, (code, name) in BANKS.items():
            with transaction():
                bank = add_bank(code, name, qualification, centre, by=author)
                _add_points(qualification, author)
                bank_id = bank.id
            _bring_in(_sheet(qualification), bank_id, f"{name}.xlsx", author)
        _write_the_others(author)
    with at_the_desk(world.persons["item-reviewer"], Duty.REVIEW_ITEMS, days_ago=19):
        for code, _name in BANKS.values():
            _review(code, world.persons["item-reviewer"])
    _leave_a_comment(author, world.persons["item-reviewer"])
    with transaction():
        bank_id = db.session.scalars(select(Bank.id).where(Bank.code == "BANK-MANAGER")).one()
    _bring_in(Sheet("补充题", SECOND_FILE), bank_id, "安全管理人员补充题.xlsx", author)


@contextmanager
def at_the_desk(person: Any, duty: Duty, *, days_ago: int) -> Iterator[None]:
    """Work some days ago, if the person held the duty then; else today."""
    now = clock.now()
    earlier = now - timedelta(days=days_ago)
    with clock.set_to(earlier):
        held = bool(organisations_for(person, duty))
        db.session.rollback()
    with clock.set_to(earlier if held else now):
        yield


def _add_points(qualification: str, by: Any) -> None:
    added: dict[str, KnowledgePoint] = {}
    for code, name in POINTS.items():
        added[code] = add_knowledge_point(qualification, code, name, added.get(code.split(".")[0]), by=by)


def _sheet(qualification: str) -> Sheet:
    """Return the questions for a qualification as a workbook would hold them."""
    return Sheet("Sheet1", [HEADER, *questions_for(qualification)])


def questions_for(qualification: str) -> list[list[str]]:
    """Return the questions for a qualification, each with the cells that ``HEADER`` names."""
    with QUESTIONS.open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if row["适用"] in ("", qualification)]
    return [[{**row, "知识点": POINTS[row["知识点"]]}[name] for name in HEADER] for row in rows]


def _bring_in(sheet: Sheet, bank_id: int, file_name: str, author: Any) -> None:
    parsed = read_sheet_list([sheet])
    author_id = author.id
    with transaction():
        bank = db.session.get_one(Bank, bank_id)
        kept = new_import(bank, file_name, by=author, submit=True, dry_run=False).id
    import_items(parsed, bank_id, kept, file_name=file_name, by=author_id)


def _write_the_others(author: Any) -> None:
    """Write what stands in no workbook: one or two questions of each further type."""
    with transaction():
        bank = db.session.scalars(select(Bank).where(Bank.code == BANKS["SAFETY-MANAGER"][0])).one()
        points = {each.code: each for each in knowledge_points(bank.qualification)}
        written = [*ITEMS, *items_with_pictures(bank, author)]
        items = [write_item(bank, Draft(kind, body, points[code]), by=author) for code, kind, body in written]
        submit([item.versions[-1] for item in items], by=author)


def _leave_a_comment(author: Any, reviewer: Any) -> None:
    """Leave a question with a formula in review, with a comment that its author has to answer."""
    with transaction():
        bank = db.session.scalars(select(Bank).where(Bank.code == BANKS["SAFETY-MANAGER"][0])).one()
        point = next(each for each in knowledge_points(bank.qualification) if each.code == "03.2")
        draft = Draft(ItemType.NUMERIC, with_layout(FORMULA, True, []), point)
        version = write_item(bank, draft, by=author).versions[-1]
        submit([version], by=author)
    with transaction():
        text = "面积的单位换算容易出错，是否改用 cm² 给出？"
        comment(db.session.merge(version), "stem", text, by=reviewer)


def _review(bank_code: str, reviewer: Any) -> None:
    """Approve what waits, but leave some of each type and send the next back."""
    left = dict(LEFT_WAITING)
    reasons = dict(zip(LEFT_WAITING, SENT_BACK, strict=True))
    with transaction():
        waiting = (
            select(ItemVersion)
            .join(Item, Item.id == ItemVersion.item_id)
            .join(Bank, Bank.id == Item.bank_id)
            .where(Bank.code == bank_code, ItemVersion.state == VersionState.IN_REVIEW)
            .order_by(ItemVersion.id.desc())
        )
        for version in db.session.scalars(waiting).all():
            kind = version.item.type
            if left.get(kind, 0):
                left[kind] -= 1
            elif kind in reasons:
                send_back(version, reasons.pop(kind), by=reviewer)
            else:
                approve(version, by=reviewer)
