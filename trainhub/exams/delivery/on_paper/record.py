"""The record of a sheet, for whoever reads an attempt: who read it, where they differed, what was taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from trainhub.exams.delivery.form import Place
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_on_paper import AnswerSheet
from trainhub.exams.delivery.on_paper.keyed import Entry, Mark, kept_entries, name_of, said
from trainhub.exams.delivery.on_paper.settling import differing, form_of, readings_compared
from trainhub.exams.sittings import Candidate
from trainhub.kernel.db import db


@dataclass(frozen=True)
class Difference:
    """A place that two people read differently: its number, both readings, and what was taken."""

    name: str
    readings: tuple[str, ...]
    taken: str


@dataclass(frozen=True)
class SheetRecord:
    """How an answer sheet came into the journal (答题纸录入记录).

    Args:
        readers: name, what they did, when.
        differences: place by place.
        empty: numbers of the places left empty.
        unreadable: numbers of those that could not be read.
    """

    readers: tuple[tuple[str, str, datetime | None], ...]
    differences: tuple[Difference, ...]
    empty: tuple[str, ...]
    unreadable: tuple[str, ...]


def record_of(candidate: Candidate) -> SheetRecord | None:
    """Return the record of a candidate's settled sheet; None if they did not sit on paper."""
    sheet = db.session.scalar(
        select(AnswerSheet)
        .join(Attempt, Attempt.id == AnswerSheet.attempt_id)
        .where(Attempt.candidate_id == candidate.id, AnswerSheet.settled.is_not(None))
        .order_by(Attempt.round.desc())
        .limit(1)
    )
    if sheet is None:
        return None
    form, taken = form_of(sheet), kept_entries(sheet.settled or "[]")
    both = [kept_entries(each.entries or "[]") for each in readings_compared(sheet)]
    return SheetRecord(
        tuple((each.person.name, str(each.kind), each.entered_at) for each in sheet.entered()),
        tuple(
            Difference(
                name_of(form[at]),
                tuple(said(form[at], entries[at]) for entries in both),
                said(form[at], taken[at]),
            )
            for at in differing(sheet)
        ),
        _names(form, taken, Mark.EMPTY),
        _names(form, taken, Mark.UNREADABLE),
    )


def _names(form: tuple[Place, ...], entries: list[Entry], mark: Mark) -> tuple[str, ...]:
    return tuple(name_of(place) for place, each in zip(form, entries, strict=True) if each.mark is mark)
