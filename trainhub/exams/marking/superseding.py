"""What was written changes after it was given out where answers that came late count: it is marked anew then.

A row of ``WrittenResponse`` stands for one text, whose digest it holds. Where another text counts since, the
row and what assessors gave to it stay on record, count no more, and another row takes its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from trainhub import ledger, separation
from trainhub.exams.delivery import LateState, final_responses_of, late_of
from trainhub.exams.marking.models_judging import Judgement, JudgementState, WrittenResponse
from trainhub.exams.sittings import SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.people.models import Person


def digest_of(response: object) -> str:
    """Return the SHA-256 of what was written, in hexadecimal digits; of nothing that of an empty text."""
    return hashlib.sha256((response if isinstance(response, str) else "").encode()).hexdigest()


def changed_among(responses: Iterable[WrittenResponse]) -> set[int]:
    """Return the ids of those of some responses that say something else since answers that came late count.

    Only a closed sitting is asked: before, nothing is given out, and after, nothing late is taken. What was
    given out before digests were kept counts as changed where anything late counts.
    """
    rows = [
        each for each in responses if each.superseded_at is None and each.sitting.state == SittingState.CLOSED
    ]
    sittings = {each.sitting_id: each.sitting for each in rows}
    late = {
        attempt.candidate_id: attempt
        for sitting in sittings.values()
        for attempt in late_of(sitting)
        if attempt.late_state == LateState.CONFIRMED
    }
    rows = [each for each in rows if each.candidate_id in late]
    if not rows:
        return set()
    texts = final_responses_of(
        {late[each.candidate_id].id: late[each.candidate_id] for each in rows}.values()
    )
    return {
        each.id
        for each in rows
        if each.digest != digest_of(texts[late[each.candidate_id].id].get(each.number))
    }


def supersede(responses: Sequence[WrittenResponse], by: Person) -> None:
    """Let responses whose text changed count no more; what assessors had not marked is taken from them."""
    open_ones = [
        judgement
        for each in responses
        for judgement in each.judgements
        if judgement.state == JudgementState.ALLOTTED
    ]
    withdraw(open_ones, by, "superseded")
    for each in responses:
        each.superseded_at = clock.now()
        facts = {"sitting": each.sitting.code, "response": each.code, "marked": len(each.entered())}
        ledger.append("response.superseded", by=by, side="exam", **facts)
    db.session.flush()


def withdraw(judgements: Sequence[Judgement], by: Person, why: str) -> None:
    """Take responses from their assessors; that they had them stays on record."""
    for each in judgements:
        each.state = JudgementState.RELEASED
        separation.relations.withdraw_judged(each.assessor_id, each.response.code, by=by)
        facts = {"sitting": each.response.sitting.code, "response": each.response.code, "why": why}
        ledger.append("response.released", by=by, side="exam", judgement=each.code, **facts)
    db.session.flush()
