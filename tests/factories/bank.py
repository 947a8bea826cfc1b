"""Banks, items in every state, papers in every state."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from sqlalchemy import select

from tests.factories.people import make_officer, make_organisation
from trainhub import regulations
from trainhub.exams import bank as bank_room
from trainhub.exams import papers
from trainhub.exams.bank import Bank, Draft, Item, ItemBody, ItemType, Option
from trainhub.exams.bank.as_shown import mark_of
from trainhub.exams.bank.items import newest_version
from trainhub.kernel.db import db
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.separation.duties import Duty

_number = count(1)


@dataclass(frozen=True)
class Staff:
    """Who works on the bank and the papers of one centre."""

    centre: Organisation
    author: Person
    reviewer: Person
    paper_officer: Person
    paper_reviewer: Person


def make_staff() -> Staff:
    """A centre with an author, a reviewer, a paper officer and a paper reviewer."""
    centre = make_organisation(OrganisationKind.EXAM_CENTRE)
    duties = (Duty.AUTHOR_ITEMS, Duty.REVIEW_ITEMS, Duty.ASSEMBLE_PAPERS, Duty.REVIEW_PAPERS)
    return Staff(centre, *(make_officer(duty, centre) for duty in duties))


def make_bank(staff: Staff, qualification: str = "SAFETY-MANAGER") -> Bank:
    """An empty bank."""
    regulations.load_figures()
    return bank_room.add_bank(
        f"BANK-{next(_number)}", "安全生产管理人员题库", qualification, staff.centre, by=staff.author
    )


def make_body(kind: ItemType, number: int | None = None) -> ItemBody:
    """A question that nobody has asked yet."""
    number = number or next(_number)
    if kind is ItemType.TRUE_FALSE:
        return ItemBody(f"判断：第{number}号规程要求作业前检查防护装置是否完好。", (), ("T",))
    options = tuple(
        Option(key, f"{number}号做法之{text}") for key, text in zip("ABCD", "甲乙丙丁", strict=True)
    )
    answer = ("B",) if kind is ItemType.SINGLE else ("A", "C")
    return ItemBody(f"发现第{number}号隐患时，正确的做法是（ ）。", options, answer, "见规程。", "第十条")


def make_item(bank: Bank, staff: Staff, kind: ItemType = ItemType.SINGLE, point=None) -> Item:
    """A draft."""
    return bank_room.write_item(bank, Draft(kind, make_body(kind), point), by=staff.author)


def make_approved(bank: Bank, staff: Staff, kind: ItemType = ItemType.SINGLE, number: int = 1, point=None):
    """Items that a second person approved."""
    items = [make_item(bank, staff, kind, point) for _each in range(number)]
    bank_room.submit([newest_version(item) for item in items], by=staff.author)
    for item in items:
        bank_room.approve(newest_version(item), by=staff.reviewer)
    return items


def make_blueprint(staff: Staff, cells=None, qualification: str = "SAFETY-MANAGER"):
    """A blueprint of five true or false questions and three single choices."""
    chosen = cells or [papers.Cell("true_false", None, 5, 1), papers.Cell("single", None, 3, 1)]
    marks = sum(cell.count * cell.marks for cell in chosen)
    return papers.draw_blueprint(
        qualification, staff.centre, "小卷", by=staff.paper_officer, cells=chosen, pass_mark=marks
    )


def make_paper(staff: Staff, bank: Bank | None = None):
    """An assembled paper of eight questions."""
    bank = bank or make_bank(staff)
    make_approved(bank, staff, ItemType.TRUE_FALSE, 6)
    make_approved(bank, staff, ItemType.SINGLE, 4)
    return papers.assemble(make_blueprint(staff), by=staff.paper_officer)


def make_sealed(staff: Staff, bank: Bank | None = None):
    """A sealed paper of eight questions."""
    paper = make_paper(staff, bank)
    papers.see_proof(paper, by=staff.paper_reviewer)
    papers.approve_paper(paper, by=staff.paper_reviewer)
    papers.seal_paper(paper, by=staff.paper_reviewer)
    db.session.flush()
    return paper


def shown_now(code: str) -> dict[str, str]:
    """Return what the page of an item, opened now, has its forms bring back of the text that it shows."""
    item = db.session.scalars(select(Item).where(Item.code == code)).one()
    return {"shown": mark_of(newest_version(item))}
