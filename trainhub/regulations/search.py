"""Finding figures for a reader: by subject, kind and words, on a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from trainhub.kernel.i18n import _l
from trainhub.regulations.lookup import Figure, Qualification, figures, qualifications
from trainhub.regulations.models import Kind

SUBJECTS = {
    "exam": _l("Examination"),
    "appeal": _l("Review of results"),
    "objection": _l("Objections"),
    "certificate": _l("Certificates and their validity"),
    "training": _l("Training"),
    "site": _l("Exam site standard"),
    "inspection": _l("Inspection"),
    "staff": _l("Examination staff"),
    "separation": _l("Separation of training and examination"),
    "archive": _l("Archive"),
    "accident": _l("Accidents"),
    "catalogue": _l("Catalogue"),
}


@dataclass(frozen=True)
class Question:
    """What a reader of the figures wants to see.

    Args:
        on: the day whose law is shown; None for all periods, past and coming.
        subject: first word of the keys; empty for all.
        kind: law, local_policy or empty for both.
        unconfirmed: only what waits for the authority.
        words: each must appear in title, source, note, article or key.
    """

    on: date | None
    subject: str = ""
    kind: str = ""
    unconfirmed: bool = False
    words: str = ""


def find_figures(question: Question) -> list[Figure]:
    """Return the figures that answer a reader's question, in the order of the data."""
    tests: list[Callable[[Figure], bool]] = []
    if question.subject:
        tests.append(lambda row: row.subject == question.subject)
    if question.kind in set(Kind):
        tests.append(lambda row: row.kind == question.kind)
    if question.unconfirmed:
        tests.append(lambda row: not row.confirmed)
    for word in question.words.casefold().split():
        tests.append(lambda row, word=word: word in _text(row))  # type: ignore[misc]
    return [row for row in figures(question.on) if all(test(row) for test in tests)]


def find_qualifications(on: date, words: str) -> list[Qualification]:
    """Return the qualifications of a day in whose number, code or names every word appears."""
    wanted = words.casefold().split()
    rows = qualifications(on=on)
    return [
        row
        for row in rows
        if all(word in f"{row.number} {row.code} {row.name_zh} {row.name_en}".casefold() for word in wanted)
    ]


def _text(row: Figure) -> str:
    parts = (row.key, row.title_zh, row.title_en, row.source, row.article, row.note_zh, row.note_en)
    return " ".join(parts).casefold()
