"""Entering answer sheets (答卷录入): two people read each, neither sees what the other read.

A sheet is taken up before its page is shown; the rules are asked then. Nobody takes up a sheet twice.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from trainhub import ledger, separation
from trainhub.exams.delivery.asked import asked
from trainhub.exams.delivery.form import Place, write_form
from trainhub.exams.delivery.forms_prepared import paper_of
from trainhub.exams.delivery.models import Attempt, AttemptState
from trainhub.exams.delivery.models_on_paper import AnswerSheet, Kind, Reading, SheetState
from trainhub.exams.delivery.on_paper.arranging import sits_on_paper
from trainhub.exams.delivery.on_paper.keyed import Typed, read_entries, write_entries
from trainhub.exams.delivery.on_paper.settling import agreed, differing, form_of, settle
from trainhub.exams.papers.printed_sealing import control_of_paper
from trainhub.exams.sittings import Candidate, Sitting, SittingState
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.identity import records_of
from trainhub.separation.models import Judged

SHORTEST_END = 4


def require_may_enter(sitting: Sitting, *, by: Person) -> None:
    """Check that a person may enter sheets of a sitting now.

    Raises:
        Forbidden: entering for this centre is not theirs.
        Conflict: the sitting is not over, or marked already.
    """
    if sitting.organisation_id not in organisations_for(by, Duty.ENTER_SHEETS):
        raise Forbidden(_l("You do not enter answer sheets for this exam centre."))
    if sitting.state in (SittingState.MARKED, SittingState.PUBLISHED):
        raise Conflict(_l("The sitting is marked; nothing more is entered."))
    if sitting.state != SittingState.CLOSED:
        raise Conflict(_l("Answer sheets are entered once the sitting is closed."))


def take_up(sitting: Sitting, ticket: str, control: str, *, by: Person) -> Reading:
    """Take up a sheet to read it, or where two have read it differently to decide.

    Args:
        sitting: which.
        ticket: number on the sheet.
        control: code on the sheet, as printed.
        by: who reads.

    Raises:
        Forbidden, Conflict: not theirs, not now, settled, or read by them before.
        NotFound: no such ticket here.
        Invalid: the sheet is not of the candidate's form.
        Refused: a rule keeps them from this candidate (S-23) or this sheet (S-24).
    """
    sheet = _held_sheet(sitting, ticket, by)
    attempt = sheet.attempt
    paper_code = attempt.paper_code or sitting.paper_code or ""
    printed = "".join(control_of_paper(paper_code).split())
    if not printed or "".join(control.split()).upper() != printed:
        raise Invalid(
            _l(
                "The control code is not that of this candidate's form: nothing is entered from this sheet. "
                "Compare ticket number and code once more, and if they stay so, tell the exam centre."
            )
        )
    reading = _own(sheet, by)
    if reading is not None and reading.entered_at is not None and reading.kind != Kind.MISSING:
        raise Conflict(_l("You have read this sheet. Somebody else reads it the second time."))
    if reading is None:
        reading = _begin(sheet, sitting, by)
    reading.kind = Kind.DECISION if sheet.state == SheetState.DIFFERS else Kind.READ
    reading.entered_at = None
    if sheet.form is None:
        # The paper is opened last: whatever is refused has been refused by now.
        sheet.form = _form(paper_code, sitting)
    db.session.flush()
    return reading


def say_missing(sitting: Sitting, ticket: str, *, by: Person) -> AnswerSheet:
    """Say that the sheet of a candidate who was there is not: once two say so, it is settled as missing.

    Raises:
        what ``take_up`` raises, but for the control code.
    """
    sheet = _held_sheet(sitting, ticket, by)
    reading = _own(sheet, by)
    if reading is not None and reading.entered_at is not None:
        raise Conflict(_l("You have said already what you found of this sheet."))
    if reading is None:
        reading = _begin(sheet, sitting, by)
    reading.kind, reading.said_missing_at = Kind.MISSING, clock.now()
    _enter(reading, None, by)
    return sheet


def enter(reading: Reading, typed: Typed, *, by: Person) -> AnswerSheet:
    """Enter what stands on a sheet, place by place, once and for all.

    Whoever decides is asked for the places at which the two readings differ; the others are taken.

    Args:
        reading: taken up by the person.
        typed: by place, from 0.
        by: who reads.

    Raises:
        Forbidden, Conflict: not theirs, not now, or two others have read it meanwhile.
        Invalid: a place was left out, or says what the question does not offer.
        Refused: they may not mark at all (S-05), or published the results (S-13).
    """
    sheet = reading.sheet
    sitting = sheet.attempt.sitting
    lock("answer-sheet", sheet.attempt_id)
    db.session.refresh(sheet)
    db.session.refresh(reading)
    require_may_enter(sitting, by=by)
    _require_open(sheet)
    if reading.entered_at is not None:
        raise Conflict(_l("You have read this sheet. Somebody else reads it the second time."))
    if (reading.kind == Kind.DECISION) != (sheet.state == SheetState.DIFFERS):
        raise Conflict(_l("Two others have read this sheet meanwhile. Take it up once more."))
    if reading.kind == Kind.DECISION:
        typed = agreed(sheet) | {place: typed.get(place, ()) for place in differing(sheet)}
    _enter(reading, write_entries(read_entries(form_of(sheet), typed)), by)
    return sheet


def _enter(reading: Reading, entries: str | None, by: Person) -> None:
    sheet = reading.sheet
    sitting = sheet.attempt.sitting
    separation.relations.state_marked(by, sitting.code, by=by, source="sheets")
    reading.entries, reading.entered_at = entries, clock.now()
    db.session.flush()
    db.session.refresh(sheet)
    ledger.append(
        "sheet.read",
        by=by,
        side="exam",
        sitting=sitting.code,
        sheet=sheet.code,
        found=reading.kind,
        entries_hash=None if entries is None else hashlib.sha256(entries.encode()).hexdigest(),
    )
    settle(sheet, by=by)
    db.session.flush()


def own_reading(sitting: Sitting, sheet_code: str, *, by: Person) -> Reading:
    """Return a reading that a person has taken up; what is another's is not found.

    Raises:
        NotFound: they have taken up no such sheet.
    """
    found = db.session.scalar(
        select(Reading)
        .join(AnswerSheet, AnswerSheet.id == Reading.sheet_id)
        .join(Attempt, Attempt.id == AnswerSheet.attempt_id)
        .where(
            AnswerSheet.code == sheet_code,
            Attempt.sitting_id == sitting.id,
            Reading.person_id.in_(records_of(by.id)),
        )
    )
    if found is None:
        raise NotFound(_l("You have taken up no such sheet."))
    return found


def _held_sheet(sitting: Sitting, ticket: str, by: Person) -> AnswerSheet:
    require_may_enter(sitting, by=by)
    attempt = _attempt_on_paper(sitting, ticket)
    lock("answer-sheet", attempt.id)
    sheet = db.session.scalar(select(AnswerSheet).where(AnswerSheet.attempt_id == attempt.id))
    if sheet is None:
        if attempt.state == AttemptState.HANDED_IN:
            raise Conflict(_l("The exam of this candidate was ended; their sheet is not entered."))
        sheet = AnswerSheet(attempt_id=attempt.id)
        db.session.add(sheet)
        db.session.flush()
    db.session.refresh(sheet)
    _require_open(sheet)
    return sheet


def _require_open(sheet: AnswerSheet) -> None:
    if sheet.is_settled:
        raise Conflict(_l("This sheet is settled; nothing more is entered from it."))
    if sheet.attempt.state == AttemptState.HANDED_IN:
        raise Conflict(_l("The exam of this candidate was ended; their sheet is not entered."))


def _attempt_on_paper(sitting: Sitting, ticket: str) -> Attempt:
    candidate = _candidate(sitting, "".join(each for each in ticket.upper() if each.isalnum()))
    wanted = select(Attempt).where(Attempt.candidate_id == candidate.id).order_by(Attempt.round.desc())
    attempt = db.session.scalars(wanted.limit(1)).first()
    if attempt is None:
        raise Conflict(
            _l("This candidate was not checked in. Tell the exam centre if there is a sheet of theirs.")
            if sits_on_paper(candidate)
            else _l("This candidate does not sit on paper.")
        )
    if not attempt.on_paper:
        raise Conflict(_l("This candidate does not sit on paper."))
    return attempt


def _candidate(sitting: Sitting, ticket: str) -> Candidate:
    """Return the candidate with a ticket number; its end is enough where one alone has it."""
    candidates = db.session.scalars(select(Candidate).where(Candidate.sitting_id == sitting.id))
    numbers = {each.ticket_number.replace("-", ""): each for each in candidates}
    if ticket in numbers:
        return numbers[ticket]
    ending = [each for number, each in numbers.items() if number.endswith(ticket)]
    if len(ticket) < SHORTEST_END or len(ending) != 1:
        raise NotFound(_l("No candidate of this sitting, or more than one, has this ticket number."))
    return ending[0]


def _own(sheet: AnswerSheet, by: Person) -> Reading | None:
    mine = records_of(by.id)
    return next((each for each in sheet.readings if each.person_id in mine), None)


def _begin(sheet: AnswerSheet, sitting: Sitting, by: Person) -> Reading:
    row = Judged(
        person_id=by.id,
        sitting_code=sitting.code,
        other_id=sheet.attempt.candidate.person_id,
        response_code=sheet.code,
    )
    separation.relations.state_judged(row, by=by, source="sheets")
    reading = Reading(sheet_id=sheet.id, person_id=by.id, kind=Kind.READ)
    db.session.add(reading)
    db.session.flush()
    db.session.refresh(sheet)
    return reading


def _form(paper_code: str, sitting: Sitting) -> str:
    """Return what can be answered, in the order in which it is printed."""
    found = (each.drawable for each in asked(paper_of(paper_code, sitting.code).items))
    return write_form(
        tuple(Place(each.number, each.type, each.keys, each.targets, each.part) for each in found)
    )


__all__ = ["enter", "own_reading", "require_may_enter", "say_missing", "take_up"]
