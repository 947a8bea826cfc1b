"""What papers has to say in the proof report of a sitting: its papers, and every eye that saw one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from trainhub.exams.papers.models import Paper
from trainhub.exams.papers.proving_seals import seals
from trainhub.governance.ledger_words import WORDS
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _l
from trainhub.ledger import Entry
from trainhub.separation.report import Coded, Column, Section, Who
from trainhub.separation.report_ledger import entries_about, facts_of_entry, papers_used

_SEEN = (
    "paper.assembled",
    "paper.seen",
    "paper.approved",
    "paper.sealed",
    "paper.share_given",
    "paper.share_expired",
    "paper.opened_by_two",
    "paper.opened",
)


def prove(sitting_code: str) -> list[Section]:
    """Return the papers of a sitting and every opening and seeing of them."""
    codes = papers_used(sitting_code)
    entries = entries_about(codes, Entry.kind.in_(_SEEN))
    return [_papers(codes), seals(codes, entries), _openings(entries, set(codes))]


def _papers(codes: list[str]) -> Section:
    found = {paper.code: paper for paper in db.session.scalars(select(Paper).where(Paper.code.in_(codes)))}
    columns = (
        Column("paper", _l("Paper"), 1.2),
        Column("use", _l("Use")),
        Column("assembled_by", _l("Assembled by")),
        Column("reviewed_by", _l("Reviewed by")),
        Column("sealed_by", _l("Sealed by")),
        Column("sealed_at", _l("Sealed at"), 1.3),
        Column("content_hash", _l("Hash of the sealed content"), 3),
    )
    rows = tuple(_paper(code, found.get(code), code == codes[-1]) for code in codes)
    return Section("papers", _l("Papers of the sitting"), columns, rows, "", _l("No paper was given to it."))


def _paper(code: str, paper: Paper | None, is_last: bool) -> tuple[Any, ...]:
    use = Coded("used", _l("in use")) if is_last else Coded("replaced", _l("replaced"))
    if paper is None:
        return (code, use, None, None, None, None, None)
    return (
        code,
        use,
        Who(paper.assembled_by_id),
        None if paper.reviewed_by_id is None else Who(paper.reviewed_by_id),
        None if paper.sealed_by_id is None else Who(paper.sealed_by_id),
        paper.sealed_at,
        paper.content_hash,
    )


def _openings(entries: list[Entry], codes: set[str]) -> Section:
    columns = (
        Column("at", _l("When"), 1.3),
        Column("what", _l("Step"), 1.5),
        Column("person", _l("Person")),
        Column("paper", _l("Paper"), 1.2),
        Column("sitting", _l("For the sitting"), 1.2),
        Column("leaf", _l("Leaf of the ledger"), 3),
    )
    note = _l(
        "Everybody who saw the content before the sitting, and every opening; the house itself opens a paper "
        "for candidates and for marking."
    )
    rows = tuple(_opening(entry) for entry in entries if facts_of_entry(entry).get("paper") in codes)
    nothing = _l("No opening of a paper is on record.")
    return Section("openings", _l("Who saw the paper, and when it was opened"), columns, rows, note, nothing)


def _opening(entry: Entry) -> tuple[Any, ...]:
    facts = facts_of_entry(entry)
    what = Coded(entry.kind, WORDS[entry.kind])
    return (entry.at, what, Who(entry.by_id), facts["paper"], facts.get("sitting"), entry.leaf_hash)
