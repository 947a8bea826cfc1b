"""Papers of the demo: one sealed for each theory-only qualification, and open work for both paper duties."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from trainhub.demo.bank import BANKS, at_the_desk
from trainhub.exams.papers import (
    Cell,
    approve_paper,
    assemble,
    draw_blueprint,
    seal_paper,
    see_proof,
    send_paper_back,
)
from trainhub.exams.papers.models import Blueprint, Paper
from trainhub.kernel.db import db, transaction
from trainhub.separation.duties import Duty

NAMES = {"PRINCIPAL": "主要负责人理论卷", "SAFETY-MANAGER": "安全生产管理人员理论卷"}
SHORT_PAPER = [
    Cell("true_false", "01", 10, 2),
    Cell("true_false", "02", 10, 2),
    Cell("single", None, 20, 3),
]


def build(world: Any) -> None:
    """Draw up blueprints, assemble, review and seal; leave one of each step to be done."""
    officer, reviewer = world.persons["paper-officer"], world.persons["paper-reviewer"]
    with at_the_desk(officer, Duty.ASSEMBLE_PAPERS, days_ago=18):
        codes = {qualification: _draw(world, qualification) for qualification in BANKS}
        first = {qualification: _assemble(code, officer) for qualification, code in codes.items()}
    with at_the_desk(reviewer, Duty.REVIEW_PAPERS, days_ago=17):
        for code in first.values():
            _review(code, reviewer, seal=True)
    _review(_assemble(codes["PRINCIPAL"], officer), reviewer, seal=False)
    _assemble(codes["SAFETY-MANAGER"], officer)
    _send_back(_assemble(codes["SAFETY-MANAGER"], officer), reviewer)
    with transaction():
        draw_blueprint(
            "SAFETY-MANAGER",
            world.organisations["CENTRE"],
            "安全生产管理人员补考卷",
            by=officer,
            cells=SHORT_PAPER,
            minutes=60,
            pass_mark=80,
        )


def _draw(world: Any, qualification: str) -> str:
    with transaction():
        centre, by = world.organisations["CENTRE"], world.persons["paper-officer"]
        return draw_blueprint(qualification, centre, NAMES[qualification], by=by).code


def _assemble(blueprint_code: str, officer: Any) -> str:
    with transaction():
        blueprint = db.session.scalars(select(Blueprint).where(Blueprint.code == blueprint_code)).one()
        return assemble(blueprint, by=officer).code


def _review(paper_code: str, reviewer: Any, *, seal: bool) -> None:
    with transaction():
        paper = db.session.scalars(select(Paper).where(Paper.code == paper_code)).one()
        see_proof(paper, by=reviewer)
        approve_paper(paper, "题量、分值与组卷方案一致。", by=reviewer)
        if seal:
            seal_paper(paper, by=reviewer)


def _send_back(paper_code: str, reviewer: Any) -> None:
    with transaction():
        paper = db.session.scalars(select(Paper).where(Paper.code == paper_code)).one()
        see_proof(paper, by=reviewer)
        send_paper_back(paper, "有两道题考查同一条款，请重新组卷。", by=reviewer)
