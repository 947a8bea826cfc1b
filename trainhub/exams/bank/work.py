"""What waits in the bank: drafts and doubtful rows for authors, items to judge for reviewers."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import func, select

from trainhub.exams.bank.agreeing import requests_waiting
from trainhub.exams.bank.alike.pairs import number_urgent
from trainhub.exams.bank.alike.reported import number_unseen
from trainhub.exams.bank.asking import waiting_imports
from trainhub.exams.bank.banks import banks_of
from trainhub.exams.bank.comments import number_unanswered
from trainhub.exams.bank.conflicts import known_by_teachers
from trainhub.exams.bank.correcting import number_to_decide
from trainhub.exams.bank.flags import number_flagged
from trainhub.exams.bank.models import Bank, HeldRow, HeldState, ItemVersion, VersionState
from trainhub.exams.bank.review import number_waiting
from trainhub.kernel.db import db
from trainhub.kernel.i18n import _
from trainhub.kernel.rooms import Task
from trainhub.separation.duties import Duty


def open_work(person: Any, duties: frozenset[str]) -> list[Task]:
    """Return what waits for a person in the banks of their centres."""
    tasks = _about_sources(person)
    if Duty.AUTHOR_ITEMS in duties:
        for bank in banks_of(person, Duty.AUTHOR_ITEMS):
            tasks += _for_author(bank, person)
    if Duty.REVIEW_ITEMS in duties:
        for bank in banks_of(person, Duty.REVIEW_ITEMS):
            count = number_waiting(person, bank)
            if count:
                url = url_for("bank.review_next", code=bank.code)
                tasks.append(Task(_("Review items"), url, detail=bank.name, count=count, tone="info"))
            tasks += _about_likeness(bank) + _about_exports(bank, person)
            if count := number_flagged(bank):
                url = url_for("bank.list_flags", code=bank.code)
                title = _("Look at items that are conspicuous or whose law has changed")
                tasks.append(Task(title, url, detail=bank.name, count=count, tone="warn"))
        if count := len(known_by_teachers(person)):
            url = url_for("bank.list_conflicts")
            tasks.append(Task(_("Retire items known to teachers"), url, count=count, tone="bad"))
    return tasks


def _about_sources(person: Any) -> list[Task]:
    count = number_to_decide(person)
    title = _("Decide on corrections of the register of sources")
    return [Task(title, url_for("bank.list_sources"), count=count, tone="warn")] if count else []


def _about_exports(bank: Bank, person: Any) -> list[Task]:
    count = len(requests_waiting(bank, person))
    url = url_for("bank.list_export_requests", code=bank.code)
    title = _("Decide whether items may be taken out")
    return [Task(title, url, detail=bank.name, count=count, tone="warn")] if count else []


def _about_likeness(bank: Bank) -> list[Task]:
    lines = [
        (number_unseen(bank), _("Look at items that practice questions resemble"), "bank.list_leaks", "bad"),
        (number_urgent(bank), _("Judge items that say the same"), "bank.list_pairs", "neutral"),
    ]
    return [
        Task(title, url_for(endpoint, code=bank.code), detail=bank.name, count=count, tone=tone)
        for count, title, endpoint, tone in lines
        if count
    ]


def _for_author(bank: Bank, person: Any) -> list[Task]:
    drafts = url_for("bank.show_bank", code=bank.code, state="draft", mine="1")
    commented = url_for("bank.show_bank", code=bank.code, commented="1")
    held = url_for("bank.next_held", code=bank.code)
    files = url_for("bank.new_import_page", code=bank.code)
    lines = [
        (len(waiting_imports(bank)), _("Say what the columns of a file mean"), files, "warn"),
        (_count_held(bank), _("Decide on doubtful rows"), held, "warn"),
        (number_unanswered(bank, person), _("Answer comments on your questions"), commented, "warn"),
        (_count_drafts(bank, person, seen=True), _("Change items that were sent back"), drafts, "warn"),
        (_count_drafts(bank, person, seen=False), _("Hand drafts in for review"), drafts, "info"),
    ]
    return [
        Task(title, url, detail=bank.name, count=count, tone=tone)
        for count, title, url, tone in lines
        if count
    ]


def _count_held(bank: Bank) -> int:
    statement = select(func.count(HeldRow.id)).where(
        HeldRow.bank_id == bank.id, HeldRow.state == HeldState.OPEN
    )
    return db.session.scalar(statement) or 0


def _count_drafts(bank: Bank, person: Any, *, seen: bool) -> int:
    was_seen = ItemVersion.submitted_at.is_not(None) if seen else ItemVersion.submitted_at.is_(None)
    statement = select(func.count(ItemVersion.id)).where(
        ItemVersion.bank_id == bank.id,
        ItemVersion.newest,
        ItemVersion.state == VersionState.DRAFT,
        ItemVersion.author_id == person.id,
        was_seen,
    )
    return db.session.scalar(statement) or 0
