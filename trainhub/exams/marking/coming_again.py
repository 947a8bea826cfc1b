"""Who of a sitting has no pass and may come to another one of the same examination (补考对象).

Whether somebody failed is known to nobody but the markers before the results are published, so until then
only those are named who have no result at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from trainhub.exams.delivery import Attempt
from trainhub.exams.marking.marking import results_of
from trainhub.exams.marking.models import Result, ResultState, Standing
from trainhub.exams.sittings import Candidate, CandidateState, Sitting, SittingState, objected_in
from trainhub.exams.sittings.again import judge_again, register_again
from trainhub.exams.sittings.imports import Verdict
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.jobs import Job
from trainhub.people.models import Person

LAST = 12
"""So many earlier sittings are offered to a planned one."""
HELD = (SittingState.MARKED, SittingState.PUBLISHED)


class Why(StrEnum):
    """Why somebody has no pass."""

    FAILED = "failed"
    ABSENT = "absent"
    BROKEN_OFF = "broken_off"
    SHEET_MISSING = "sheet_missing"
    NO_SEAT = "no_seat"
    MISCONDUCT = "misconduct"

    @property
    def label(self) -> Any:
        """The reason in the reader's language."""
        return _LABELS[self.value]


_LABELS = {
    "failed": _l("Not passed"),
    "absent": _l("Absent"),
    "broken_off": _l("Broken off, and not gone on with"),
    "sheet_missing": _l("Answer sheet missing"),
    "no_seat": _l("Without a seat: eligibility was open"),
    "misconduct": _l("void: misconduct"),
}


@dataclass(frozen=True)
class Returning:
    """Somebody of an earlier sitting, and whether they may come to another one (补考人员).

    Args:
        candidate: of the earlier sitting.
        why: they have no pass.
        verdict: of the other sitting.
    """

    candidate: Candidate
    why: Why
    verdict: Verdict

    @property
    def may_come(self) -> bool:
        """Whether no rule stands against it."""
        return self.verdict.is_good


def without_pass(sitting: Sitting) -> list[tuple[Candidate, Why]]:
    """Return who of a sitting has no pass, and why, in the order of the reasons and of their tickets.

    Whom an objection concerns is not among them: perhaps somebody else registered or sat.

    Raises:
        Conflict: the sitting is not marked.
    """
    if sitting.state not in HELD:
        raise Conflict(_("People of a sitting come again once it is marked."))
    results = {result.candidate_id: result for result in results_of(sitting)}
    attempts = _newest_attempts(sitting)
    objected = objected_in(sitting)
    found = []
    for candidate in _registered(sitting):
        why = _why(candidate, results.get(candidate.id), attempts.get(candidate.id))
        if why is not None and candidate.id not in objected:
            found.append((candidate, why))
    in_order = list(Why)
    return sorted(found, key=lambda each: in_order.index(each[1]))


def sittings_before(to: Sitting, centres: Sequence[int]) -> list[Sitting]:
    """Return the last marked sittings of some centres that held the same examination, newest first."""
    wanted = (
        select(Sitting)
        .where(
            Sitting.organisation_id.in_(centres),
            Sitting.qualification == to.qualification,
            Sitting.part == to.part,
            Sitting.state.in_(HELD),
        )
        .order_by(Sitting.starts_at.desc())
    )
    return list(db.session.scalars(wanted.limit(LAST)))


def _registered(sitting: Sitting) -> list[Candidate]:
    wanted = (
        select(Candidate)
        .where(Candidate.sitting_id == sitting.id, Candidate.state == CandidateState.REGISTERED)
        .options(joinedload(Candidate.person))
        .order_by(Candidate.ticket_number)
    )
    return list(db.session.scalars(wanted))


def _why(candidate: Candidate, result: Result | None, attempt: Attempt | None) -> Why | None:
    if result is not None:
        return _why_of_result(result)
    if attempt is None:
        return Why.ABSENT if candidate.seat_number else Why.NO_SEAT
    return Why.SHEET_MISSING


def _why_of_result(result: Result) -> Why | None:
    if result.standing == Standing.BROKEN_OFF:
        return Why.BROKEN_OFF
    if result.state != ResultState.PUBLISHED or result.passed:
        return None
    return Why.MISCONDUCT if result.standing == Standing.MISCONDUCT else Why.FAILED


def _newest_attempts(sitting: Sitting) -> dict[int, Attempt]:
    wanted = select(Attempt).where(Attempt.sitting_id == sitting.id).order_by(Attempt.round)
    return {attempt.candidate_id: attempt for attempt in db.session.scalars(wanted)}


def returning(people: Sequence[tuple[Candidate, Why]], to: Sitting) -> list[Returning]:
    """Return people without a pass with what stands against their coming to another sitting.

    Args:
        people: of the earlier sitting (``without_pass``).
        to: the other one.
    """
    verdicts = judge_again([candidate for candidate, _reason in people], to)
    return [Returning(*each, verdict) for each, verdict in zip(people, verdicts, strict=True)]


def let_come_again(
    after: Sitting, to: Sitting, candidate_codes: list[str], *, by: Person, language: str
) -> Job:
    """Register people who have no pass in a sitting for another one of the same examination.

    Args:
        after: the earlier sitting.
        to: the other one.
        candidate_codes: of the candidates of the earlier one.
        by: who registers.
        language: of who asked.

    Raises:
        Conflict: the earlier sitting is not marked, or registration for the other one is over.
        Invalid: nobody is chosen, somebody has no need to come, or the other one examines something else.
    """
    wanted = set(candidate_codes)
    chosen = [candidate for candidate, _reason in without_pass(after) if candidate.code in wanted]
    if len(chosen) != len(wanted):
        raise Invalid(_("Somebody who was chosen has no need to come again by now. Look once more."))
    return register_again(chosen, after, to, by=by, language=language)
