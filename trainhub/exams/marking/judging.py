"""Marking a response as an assessor (评阅): by its rubric, once, and without knowing whose it is."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from trainhub import ledger, separation
from trainhub.exams.bank.details import Rubric
from trainhub.exams.marking.agreeing import NEEDED, twice_the_mean
from trainhub.exams.marking.allotting import fill, is_barred, places_of, sees_names, take_back
from trainhub.exams.marking.models_judging import ANEW, Judgement, JudgementState, WrittenResponse
from trainhub.exams.marking.superseding import changed_among
from trainhub.exams.marking.written import Sheet, limit_of, sheet_of, to_be_marked
from trainhub.exams.sittings import Sitting, SittingState
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.keys import seal, unseal
from trainhub.kernel.rewrapping import MASTER, sealed_by_master
from trainhub.people.models import Person
from trainhub.separation.duties import Duty
from trainhub.separation.identity import records_of

LONGEST_NOTE = 500


def own_judgement(code: str, *, by: Person) -> Judgement:
    """Return what was allotted to a person, by code; what is another's is not found.

    Raises:
        NotFound: there is no such response for them.
    """
    found = db.session.scalar(
        select(Judgement)
        .where(Judgement.code == code, Judgement.assessor_id.in_(records_of(by.id)))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(_l("There is no such response for you."))
    return found


def own_work(person: Person) -> list[Judgement]:
    """Return what a person has to mark, question by question, in an order that tells nothing."""
    statement = (
        select(Judgement)
        .join(Judgement.response)
        .options(contains_eager(Judgement.response))
        .where(Judgement.assessor_id.in_(records_of(person.id)), Judgement.state == JudgementState.ALLOTTED)
        .order_by(WrittenResponse.item_code, WrittenResponse.item_version, Judgement.code)
    )
    found = list(db.session.scalars(statement))
    counted = {each.id for each in to_be_marked(each.response for each in found)}
    counted -= changed_among(each.response for each in found)
    return [each for each in found if each.turn >= ANEW or each.response_id in counted]


def require_open(judgement: Judgement, *, by: Person) -> None:
    """Check that somebody may read and mark what was allotted to them.

    Raises:
        Forbidden: they assess for this centre no more, or are in charge of its marking.
        Conflict: it is marked, was taken from them, was changed since, or the sitting is marked.
    """
    sitting = judgement.response.sitting
    if sitting.organisation_id not in organisations_for(by, Duty.ASSESS):
        raise Forbidden(_l("You do not assess for this exam centre."))
    if sees_names(by, sitting):
        raise Forbidden(
            _l("Who is in charge of marking marks no responses: they read whose results are whose.")
        )
    if judgement.state == JudgementState.ENTERED:
        raise Conflict(_l("You have marked this response. What was entered stays as it is."))
    if judgement.state != JudgementState.ALLOTTED:
        raise Conflict(_l("This response is not yours to mark any more."))
    if judgement.turn < ANEW and not to_be_marked([judgement.response]):
        raise Conflict(_l("This question was found wrong: what was written to it is not marked."))
    if changed_among([judgement.response]):
        raise Conflict(_l("Answers that came late count now and change this response: it is given out anew."))
    wanted = (
        (SittingState.CLOSED,) if judgement.turn < ANEW else (SittingState.MARKED, SittingState.PUBLISHED)
    )
    if sitting.state not in wanted:
        raise Conflict(_l("This response is not to be marked now."))


def read_sheet(judgement: Judgement, *, by: Person) -> Sheet:
    """Return what an assessor reads.

    Raises:
        Forbidden, Conflict: they may not, or not any more; no word says whose response it is.
    """
    require_open(judgement, by=by)
    if is_barred(judgement):
        raise Conflict(_l("This response is not for you any more: it goes to somebody else."))
    return sheet_of(judgement.response)


def enter(judgement: Judgement, points: Sequence[int], *, by: Person, note: str = "") -> bool:
    """Enter an assessor's points, once and for all; what two or three of them come to is settled at once.

    Args:
        judgement: allotted to the person.
        points: for each line of the rubric.
        by: the assessor.
        note: what the assessor has to say to it, for who is in charge of marking; no other assessor reads it.

    Returns:
        False if a rule keeps them from it by what became known since: then it went to somebody else.

    Raises:
        Forbidden, Conflict: it is not theirs to mark, or not any more.
        Invalid: the points are not those of the rubric, or the note is too long.
        Refused: they may not mark at all (S-05), or published the results (S-13).
    """
    response = judgement.response
    sitting = response.sitting
    lock("sitting", sitting.code)
    db.session.refresh(judgement)
    db.session.refresh(sitting)
    require_open(judgement, by=by)
    if is_barred(judgement):
        take_back([judgement], by, "barred")
        return False
    _require_of_rubric(points, sheet_of(response).rubric)
    if len(note) > LONGEST_NOTE:
        raise Invalid(_("A note has %(most)s characters at most.", most=LONGEST_NOTE))
    separation.relations.state_marked(by, sitting.code, by=by)
    judgement.points, judgement.total = json.dumps(list(points)), sum(points)
    judgement.note_sealed = seal(MASTER, note.strip().encode(), _context(judgement)) if note.strip() else None
    judgement.state, judgement.entered_at = JudgementState.ENTERED, clock.now()
    db.session.flush()
    ledger.append("response.judged", by=by, side="exam", **facts_of(judgement))
    db.session.refresh(response)
    if judgement.turn < ANEW:
        _settle(response, sitting, by)
    return True


def _context(judgement: Judgement) -> str:
    return f"judgement-note:{judgement.code}"


sealed_by_master(Judgement, "note_sealed", _context)


def note_of(judgement: Judgement) -> str:
    """Return what an assessor said to a response, deciphered; empty if nothing."""
    if judgement.note_sealed is None:
        return ""
    return unseal(MASTER, judgement.note_sealed, _context(judgement)).decode()


def facts_of(judgement: Judgement) -> dict[str, object]:
    """Return what the ledger holds of a judgement, as it stands in its table."""
    return {
        "sitting": judgement.response.sitting.code,
        "response": judgement.response.code,
        "judgement": judgement.code,
        "assessor": judgement.assessor_id,
        "turn": judgement.turn,
        "points": judgement.points,
    }


def _require_of_rubric(points: Sequence[int], rubric: Rubric) -> None:
    if len(points) != len(rubric.criteria) or any(
        not 0 <= given <= line.points for given, line in zip(points, rubric.criteria, strict=True)
    ):
        raise Invalid(_("Give each line of the rubric a whole number of points, up to what the line says."))


def _settle(response: WrittenResponse, sitting: Sitting, by: Person) -> None:
    totals = [each.total or 0 for each in response.entered()]
    twice = twice_the_mean(totals, response.points, limit_of(sitting))
    if twice is not None:
        response.twice_points, response.settled_at = twice, clock.now()
        facts = {"sitting": sitting.code, "response": response.code, "twice": twice}
        ledger.append("response.settled", by=by, side="exam", of=response.points, **facts)
    elif len(totals) >= NEEDED:
        fill(sitting, [(response, turn) for turn in places_of(response)], by)
