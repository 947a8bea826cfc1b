"""Marking a response anew after an objection (复评): by somebody who had not marked it, and what follows.

What was settled stays on record. The new marking stands beside the others; the response is then worth the
mean of the two nearest of all of them. Where that changes the result, one person proposes it as a correction
and another approves it, as every change of a mark. It can be asked for again, with another assessor, once
what came of the one before is decided.
"""

from __future__ import annotations

import hashlib
from functools import partial

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.bank import marks_for
from trainhub.exams.marking.agreeing import nearest_two, share_of
from trainhub.exams.marking.allotting import fill
from trainhub.exams.marking.corrections import LONGEST, SHORTEST, propose_correction
from trainhub.exams.marking.models import Correction, CorrectionState, Mark, Result, Standing
from trainhub.exams.marking.models_judging import ANEW, Judgement, JudgementState, WrittenResponse
from trainhub.exams.marking.reasons import context_of, write_words
from trainhub.exams.sittings import SittingState
from trainhub.governance.duties import organisations_for
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l, as_kept
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

sealed_by_master(Judgement, "reason_sealed", partial(context_of, name="reason"))


def get_response(code: str, *, centres: list[int]) -> WrittenResponse:
    """Return a response by code.

    Raises:
        NotFound: there is none, or it belongs to another centre.
    """
    found = db.session.scalar(
        select(WrittenResponse).where(WrittenResponse.code == code).execution_options(populate_existing=True)
    )
    if found is None or found.sitting.organisation_id not in centres:
        raise NotFound(_l("There is no such response."))
    return found


def anew_of(response: WrittenResponse) -> Judgement | None:
    """Return the last marking anew of a response, wherever it stands; None if nobody asked for one."""
    asked = [
        each for each in response.judgements if each.turn >= ANEW and each.state != JudgementState.RELEASED
    ]
    return asked[-1] if asked else None


def may_ask_anew(response: WrittenResponse) -> bool:
    """Tell whether a response counts, and nothing of an earlier marking anew of it is open or proposed."""
    if response.superseded_at is not None:
        return False
    before = anew_of(response)
    if before is None:
        return True
    waits = before.correction is not None and before.correction.state == CorrectionState.PROPOSED
    return before.state == JudgementState.ENTERED and not waits


def ask_anew(response: WrittenResponse, reason: str, *, by: Person) -> Judgement:
    """Have a settled response marked once more, by somebody who never had it.

    Raises:
        Forbidden: marking for this centre is not theirs.
        Conflict: the sitting is not marked yet, an earlier marking anew is open, or nobody may mark it.
        Invalid: there is no reason.
    """
    _require_marker(response, by)
    lock("sitting", response.sitting.code)
    db.session.refresh(response)
    if response.sitting.state not in (SittingState.MARKED, SittingState.PUBLISHED):
        raise Conflict(_l("A response is marked anew once the sitting is marked."))
    if response.superseded_at is not None:
        raise Conflict(_l("Answers that came late took the place of this response: it counts no more."))
    if not may_ask_anew(response):
        raise Conflict(_l("This response was given to somebody to be marked anew already."))
    before = anew_of(response)
    reason = " ".join(reason.split())
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Invalid(_("Say why in 5 to 500 characters."))
    given, _missing = fill(response.sitting, [(response, before.turn + 1 if before else ANEW)], by)
    if not given:
        raise Conflict(_l("There is no assessor who may mark this response and has not had it."))
    write_words(given[0], reason=reason)
    # The reason may quote the question: only its hash stands in the ledger.
    digest = hashlib.sha256(reason.encode()).hexdigest()
    facts = {"sitting": response.sitting.code, "response": response.code, "reason_sha256": digest}
    ledger.append("response.anew", by=by, side="exam", judgement=given[0].code, **facts)
    return given[0]


def new_marks(response: WrittenResponse) -> tuple[int, int] | None:
    """Return what the result is worth now and by the marking anew; None while that is not entered."""
    anew, result, mark = anew_of(response), _result(response), None
    if anew is None or anew.total is None or result is None or response.twice_points is None:
        return None
    mark = db.session.get(Mark, (result.id, response.number))
    if mark is None:
        return None
    was = _marks(response.twice_points, response, mark)
    if mark.given != was:
        # A question that was voided since gives its marks to everybody, whatever anybody wrote.
        return result.marks, result.marks
    return result.marks, result.marks + _marks(_nearest(response, anew), response, mark) - _on_record(
        response, mark
    )


def _marks(twice_points: int, response: WrittenResponse, mark: Mark) -> int:
    return marks_for(share_of(twice_points, response.points), mark.possible)


def _nearest(response: WrittenResponse, up_to: Judgement) -> int:
    """Return what a response is worth by all that was entered up to a marking."""
    return nearest_two([each.total or 0 for each in response.entered(anew=True) if each.turn <= up_to.turn])


def _on_record(response: WrittenResponse, mark: Mark) -> int:
    """Return what of the result is for this response: as settled, or by the last correction of two people."""
    approved = [
        each
        for each in response.entered(anew=True)
        if each.correction is not None and each.correction.state == CorrectionState.APPROVED
    ]
    twice = _nearest(response, approved[-1]) if approved else response.twice_points
    return _marks(twice or 0, response, mark)


def propose_anew(response: WrittenResponse, *, by: Person) -> Correction:
    """Propose as a correction what a marking anew comes to; another person approves it.

    Raises:
        Forbidden: marking for this centre is not theirs.
        Conflict: it is not entered, changes nothing, or was proposed already.
    """
    _require_marker(response, by)
    lock("sitting", response.sitting.code)
    db.session.refresh(response)
    anew, marks, result = anew_of(response), new_marks(response), _result(response)
    if anew is None or marks is None or result is None:
        raise Conflict(_l("This response is not marked anew yet."))
    if anew.correction is not None and anew.correction.state != CorrectionState.REFUSED:
        raise Conflict(_l("What came of it was proposed as a correction already."))
    if marks[0] == marks[1] or result.standing != Standing.COUNTED:
        raise Conflict(_l("The marking anew does not change the result."))
    reason = as_kept(_l("A response to question %(number)s was marked anew.", number=response.number))
    basis = as_kept(_l("Marking anew %(code)s", code=anew.code))
    anew.correction = propose_correction(result, marks[1], reason, basis, by=by)
    db.session.flush()
    return anew.correction


def response_of(correction: Correction) -> WrittenResponse | None:
    """Return the response of whose marking anew a correction came; None: it came of something else."""
    anew = db.session.scalar(select(Judgement).where(Judgement.correction_id == correction.id))
    return None if anew is None else anew.response


def responses_of_result(result: Result) -> list[WrittenResponse]:
    """Return the responses of one result that people marked, by question."""
    statement = select(WrittenResponse).where(WrittenResponse.candidate_id == result.candidate_id)
    return list(db.session.scalars(statement.order_by(WrittenResponse.number, WrittenResponse.id)))


def _result(response: WrittenResponse) -> Result | None:
    counting = Result.candidate_id == response.candidate_id, Result.sitting_id == response.sitting_id
    return db.session.scalar(select(Result).where(*counting))


def _require_marker(response: WrittenResponse, by: Person) -> None:
    if response.sitting.organisation_id not in organisations_for(by, Duty.MARK):
        raise Forbidden(_l("You do not mark for this exam centre."))
