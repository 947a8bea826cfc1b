"""Marks, always computed from the journal and the sealed paper, by anyone who may, as often as one likes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from trainhub.exams.bank import marks_for, score
from trainhub.exams.delivery import Attempt, Ending, final_responses, is_intact
from trainhub.exams.delivery.forms_prepared import paper_of
from trainhub.exams.invigilation.incidents import incidents_of
from trainhub.exams.invigilation.models import IncidentState
from trainhub.exams.marking.changed_keys import Changed, changed_for
from trainhub.exams.marking.models import Standing
from trainhub.exams.marking.written import is_empty, require_settled, rubric_of, shares
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.sittings import Sitting
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _


@dataclass(frozen=True)
class ItemMark:
    """The marks of one question: number in the paper, item and version, possible and given marks."""

    number: int
    item_code: str
    item_version: int
    possible: int
    given: int


@dataclass(frozen=True)
class Computed:
    """What an attempt is worth.

    Args:
        marks: sum over the questions; 0 after misconduct, or where the exam was broken off for good.
        standing: whether the answers count.
        items: question by question.
        journal_head: last link of the journal that was read.
    """

    marks: int
    standing: Standing
    items: tuple[ItemMark, ...]
    journal_head: str


Shares = Mapping[int, Fraction]
"""What people settled that a response is worth, by number in the paper."""


def mark_items(
    paper: PaperContent,
    responses: Mapping[int, Any],
    changed: Changed = MappingProxyType({}),
    by_people: Shares = MappingProxyType({}),
) -> tuple[ItemMark, ...]:
    """Return the marks of every question of a paper: what the response earns, rounded down to whole marks.

    Args:
        paper: opened.
        responses: what was answered, by number in the paper; None or nothing is unanswered.
        changed: of questions found wrong; a voided one gives its marks to everybody.
        by_people: what people gave; what they did not mark earns nothing.
    """
    return tuple(
        ItemMark(
            item.number,
            item.item_code,
            item.version,
            item.marks,
            _given(item, responses, changed, by_people),
        )
        for item in paper.items
    )


def _given(item: PaperItem, responses: Mapping[int, Any], changed: Changed, by_people: Shares) -> int:
    body = changed.get((item.item_code, item.version), item.body)
    if body is None:
        return item.marks
    if rubric_of(item) is not None:
        return marks_for(by_people.get(item.number, Fraction(0)), item.marks)
    return marks_for(score(item.type, body, responses.get(item.number)), item.marks)


def _is_void(sitting: Sitting, attempt: Attempt) -> bool:
    """Tell whether misconduct that two people stand for voids an attempt, handed in or not."""
    return attempt.ending == Ending.MISCONDUCT or any(
        incident.ends_attempt and incident.state == IncidentState.CONFIRMED
        for incident in incidents_of(sitting, attempt.candidate)
    )


def _standing(sitting: Sitting, attempt: Attempt) -> Standing:
    """Return whether an attempt counts: misconduct weighs more than that the exam was broken off."""
    if _is_void(sitting, attempt):
        return Standing.MISCONDUCT
    return Standing.BROKEN_OFF if attempt.ending == Ending.BROKEN_OFF else Standing.COUNTED


def _by_people(
    sitting: Sitting,
    attempt: Attempt,
    paper: PaperContent,
    responses: Mapping[int, Any],
    standing: Standing,
    changed: Changed,
) -> Shares:
    """Return what people gave to an attempt.

    What does not count need not be marked to the end, nor what was written to a voided question.
    """
    written = [
        item.number
        for item in paper.items
        if (rubric := rubric_of(item)) is not None
        and changed.get((item.item_code, item.version), item.body) is not None
        and not is_empty(responses.get(item.number), rubric)
    ]
    if not written:
        return {}
    found = shares(sitting, attempt.candidate, responses)
    if standing is Standing.COUNTED:
        require_settled(written, found)
    return found


def compute(sitting: Sitting, attempt: Attempt, changed: Changed | None = None) -> Computed:
    """Return what an attempt is worth, from its journal alone.

    Args:
        sitting: at which it was made.
        attempt: which.
        changed: what counts instead of wrong keys; the approved changes of the centre if not given.

    Raises:
        Conflict: the journal was changed after the answers were given, and nothing may be marked from it; or
            people have yet to mark what was written.
    """
    if not is_intact(attempt):
        raise Conflict(
            _(
                "The journal of ticket %(ticket)s is not what was handed in. Nothing was marked; "
                "tell the auditor.",
                ticket=attempt.candidate.ticket_number,
            )
        )
    standing = _standing(sitting, attempt)
    paper = paper_of(attempt.paper_code or sitting.paper_code, sitting.code)
    if changed is None:
        changed = changed_for(sitting.organisation_id)
    responses = final_responses(attempt)
    by_people = _by_people(sitting, attempt, paper, responses, standing, changed)
    items = mark_items(paper, responses, changed, by_people)
    counted = sum(item.given for item in items) if standing is Standing.COUNTED else 0
    return Computed(counted, standing, items, attempt.head)
