"""What results and corrections say of who marked, published and corrected, for the auditor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, select, union_all

from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_on_paper import AnswerSheet, Reading
from trainhub.exams.marking.models import Correction, CorrectionState, Result, ResultState
from trainhub.exams.marking.models_judging import Judgement, JudgementState, WrittenResponse
from trainhub.exams.sittings.models import Candidate, Change, Sitting
from trainhub.kernel.witness import Witness, local_day


def bear_witness() -> Sequence[Witness]:
    """Return what the register must hold of marking.

    Where nobody sat there are no results, and where an objection keeps all of them back none is published: of
    such a sitting its change log alone tells who did it.
    """
    written = exists().where(Attempt.sitting_id == Sitting.id)
    kept = exists().where(Result.sitting_id == Sitting.id, Result.state == ResultState.MARKED)
    marked, published = Result.marked_by_id, Result.published_by_id
    read = (Reading.entered_at, Reading.said_missing_at)
    corrected = _corrections(Correction.proposed_by_id, Correction.proposed_at)
    confirmed = _corrections(Correction.decided_by_id, Correction.decided_at).where(
        Correction.state == CorrectionState.APPROVED
    )
    return (
        Witness(
            "marked",
            _either(_by(marked), _assessors(), *(_readers(at) for at in read)),
            _either(
                _by(marked, Result.marked_at),
                _noted("marked", ~written),
                _assessors(local_day(Judgement.entered_at)),
                *(_readers(at, local_day(at)) for at in read),
            ),
        ),
        Witness("judged", _either(_judged(), _sheets()), _either(_judged(), _sheets())),
        Witness(
            "published",
            _by(published),
            _either(_by(published, Result.published_at), _noted("published", ~written | kept)),
        ),
        Witness("corrected", corrected, corrected),
        Witness("confirmed", confirmed, confirmed),
    )


def _judged() -> Any:
    """Return whose responses are whose to mark; what was taken back unmarked is not so any more."""
    return (
        select(
            Judgement.assessor_id.label("person_id"),
            Sitting.code.label("sitting_code"),
            Candidate.person_id.label("other_id"),
            WrittenResponse.code.label("response_code"),
            local_day(Judgement.allotted_at).label("starts_on"),
        )
        .join(WrittenResponse, WrittenResponse.id == Judgement.response_id)
        .join(Candidate, Candidate.id == WrittenResponse.candidate_id)
        .join(Sitting, Sitting.id == WrittenResponse.sitting_id)
        .where(Judgement.state != JudgementState.RELEASED)
    )


def _sheets() -> Any:
    """Return who took up whose answer sheets to enter what stands on them."""
    return (
        select(
            Reading.person_id.label("person_id"),
            Sitting.code.label("sitting_code"),
            Candidate.person_id.label("other_id"),
            AnswerSheet.code.label("response_code"),
            local_day(Reading.taken_at).label("starts_on"),
        )
        .join(AnswerSheet, AnswerSheet.id == Reading.sheet_id)
        .join(Attempt, Attempt.id == AnswerSheet.attempt_id)
        .join(Candidate, Candidate.id == Attempt.candidate_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
    )


def _readers(at: Any, *day: Any) -> Any:
    """Return who had a hand in the answer sheets of a sitting, by one of the moments at which they had."""
    return (
        select(
            Reading.person_id.label("person_id"),
            Sitting.code.label("sitting_code"),
            *(each.label("starts_on") for each in day),
        )
        .join(AnswerSheet, AnswerSheet.id == Reading.sheet_id)
        .join(Attempt, Attempt.id == AnswerSheet.attempt_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(at.is_not(None))
        .distinct()
    )


def _assessors(*day: Any) -> Any:
    return (
        select(
            Judgement.assessor_id.label("person_id"),
            Sitting.code.label("sitting_code"),
            *(each.label("starts_on") for each in day),
        )
        .join(WrittenResponse, WrittenResponse.id == Judgement.response_id)
        .join(Sitting, Sitting.id == WrittenResponse.sitting_id)
        .where(Judgement.state == JudgementState.ENTERED)
        .distinct()
    )


def _corrections(person: Any, at: Any) -> Any:
    return (
        select(
            person.label("person_id"),
            Sitting.code.label("sitting_code"),
            Correction.code.label("result_code"),
            local_day(at).label("starts_on"),
        )
        .join(Result, Result.id == Correction.result_id)
        .join(Sitting, Sitting.id == Result.sitting_id)
    )


def _by(person: Any, *at: Any) -> Any:
    day = [local_day(each).label("starts_on") for each in at]
    return (
        select(person.label("person_id"), Sitting.code.label("sitting_code"), *day)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .where(person.is_not(None))
        .distinct()
    )


def _noted(kind: str, condition: Any) -> Any:
    code, day = Sitting.code.label("sitting_code"), local_day(Change.at).label("starts_on")
    return (
        select(Change.by_id.label("person_id"), code, day)
        .join(Sitting, Sitting.id == Change.sitting_id)
        .where(Change.kind == kind, condition)
    )


def _either(*statements: Any) -> Any:
    return select(union_all(*statements).subquery())
