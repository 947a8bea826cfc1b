"""Correcting marks (更正成绩): one person proposes, another approves; what was before stays on record."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import current_app
from sqlalchemy import Select, select

from trainhub import handover, ledger, separation
from trainhub.exams.marking.changed_keys import require_none_under_way
from trainhub.exams.marking.models import Correction, CorrectionState, Result, ResultState, Standing
from trainhub.exams.marking.reasons import context_of, write_words
from trainhub.exams.sittings.models import Candidate, Sitting
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l, for_any_reader
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.people import messages
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

SHORTEST, LONGEST = 5, 500

for _name in ("reason", "basis", "note"):
    sealed_by_master(Correction, f"{_name}_sealed", partial(context_of, name=_name))


def result_of(sitting: Sitting, candidate_code: str) -> Result:
    """Return a candidate's result at a sitting.

    Raises:
        NotFound: there is none.
    """
    wanted = (
        select(Result)
        .join(Candidate, Candidate.id == Result.candidate_id)
        .where(Result.sitting_id == sitting.id, Candidate.code == candidate_code)
    )
    result = db.session.scalar(wanted)
    if result is None:
        raise NotFound(_l("There is no such result."))
    return result


def propose_correction(result: Result, new_marks: int, reason: str, basis: str, *, by: Person) -> Correction:
    """Propose that a result be worth other marks; nothing changes yet.

    Raises:
        Forbidden: marking for this centre is not theirs.
        Conflict: it is void for misconduct, or another correction waits.
        Invalid: the marks are the same or not possible, or reason or basis are missing.
    """
    _require_marker(result, by)
    _lock(result)
    if result.standing != Standing.COUNTED:
        raise Conflict(_l("This attempt is void for misconduct: there are no marks to correct."))
    if any(each.state == CorrectionState.PROPOSED for each in result.corrections):
        raise Conflict(_l("A correction of this result waits for approval already."))
    possible = sum(mark.possible for mark in result.item_marks)
    if not 0 <= new_marks <= possible:
        raise Invalid(_("The marks are a number from 0 to %(possible)s.", possible=possible))
    if new_marks == result.marks:
        raise Invalid(_l("These are the marks it has already."))
    reason, basis = " ".join(reason.split()), " ".join(basis.split())
    if not all(SHORTEST <= len(each) <= LONGEST for each in (reason, basis)):
        raise Invalid(_l("Give reason and basis in 5 to 500 characters each."))
    correction = Correction(
        result=result,
        old_marks=result.marks,
        new_marks=new_marks,
        code=random_id(),
        proposed_by_id=by.id,
    )
    write_words(correction, reason=reason, basis=basis)
    db.session.add(correction)
    db.session.flush()
    separation.relations.state_corrected(by, result.sitting.code, correction.code, by=by)
    _record("correction.proposed", correction, by)
    return correction


def still_fits(correction: Correction) -> bool:
    """Tell whether a result is still what a correction speaks of: a changed key may have come between."""
    result = correction.result
    return (result.marks, result.standing) == (correction.old_marks, Standing.COUNTED)


def approve_correction(correction: Correction, *, by: Person) -> None:
    """Approve a correction as the second person: from now on the result is worth the new marks.

    Raises:
        Forbidden: marking for this centre is not theirs.
        Conflict: it is decided already, the result is not what was to be corrected, or a changed key is
            under way.
        Refused: they proposed it (S-21).
    """
    result = correction.result
    _require_marker(result, by)
    _lock(result)
    _require_waiting(correction)
    require_none_under_way(result.sitting.organisation_id)
    if not still_fits(correction):
        raise Conflict(_l("The result is no longer what this correction speaks of: refuse it."))
    separation.relations.state_confirmed(by, result.sitting.code, correction.code, by=by)
    _decide(correction, CorrectionState.APPROVED, by)
    result.marks = correction.new_marks
    result.passed = correction.new_marks >= result.pass_mark
    correction.was_published = result.state == ResultState.PUBLISHED
    db.session.flush()
    _record("correction.approved", correction, by, passed=result.passed, published=correction.was_published)
    if correction.was_published:
        publish_anew(result, by)


def refuse_correction(correction: Correction, note: str, *, by: Person) -> None:
    """Refuse a correction, or withdraw one's own: the marks stay what they are.

    Raises:
        Forbidden: marking for this centre is not theirs.
        Conflict: it is decided already.
        Invalid: there is no reason.
    """
    _require_marker(correction.result, by)
    _lock(correction.result)
    _require_waiting(correction)
    note = " ".join(note.split())
    if not SHORTEST <= len(note) <= LONGEST:
        raise Invalid(_("Say why in 5 to 500 characters."))
    write_words(correction, note=note)
    _decide(correction, CorrectionState.REFUSED, by)
    db.session.flush()
    _record("correction.refused", correction, by)


def _require_marker(result: Result, by: Person) -> None:
    if result.sitting.organisation_id not in organisations_for(by, Duty.MARK):
        raise Forbidden(_l("You do not mark for this exam centre."))


def _lock(result: Result) -> None:
    """Wait for whoever publishes, certifies or corrects this result now; then read it again."""
    lock("sitting", result.sitting.code)
    lock("result", result.id)
    db.session.refresh(result)
    for each in result.corrections:
        db.session.refresh(each)


def _require_waiting(correction: Correction) -> None:
    if correction.state != CorrectionState.PROPOSED:
        raise Conflict(_l("This correction is decided already."))


def _decide(correction: Correction, state: CorrectionState, by: Person) -> None:
    correction.state, correction.decided_by_id, correction.decided_at = state, by.id, clock.now()


def publish_anew(result: Result, by: Person) -> None:
    """Hand the new outcome over beside the old one and tell the person: no marks in the message."""
    handover.publish_outcome(
        result.person,
        result.qualification,
        result.part,
        result.passed,
        clock.local_day(result.sitting.starts_at),
        result.sitting.code,
        by=by,
        centre=result.sitting.organisation,
    )
    messages.tell(result.person, "result.corrected", words_of_corrected(result))


def words_of_corrected(result: Result) -> str:
    """Return what tells a person that their published result is another one now."""
    with for_any_reader():
        return _(
            "The published result of your examination of %(day)s was corrected; "
            "see what it was and is: %(url)s/exam/my",
            day=clock.local_day(result.sitting.starts_at).isoformat(),
            url=current_app.config["SETTINGS"].public_url,
        )


def _record(kind: str, correction: Correction, by: Person, **more: bool) -> None:
    ledger.append(
        kind,
        by=by,
        side="exam",
        sitting=correction.result.sitting.code,
        correction=correction.code,
        result=correction.result_id,
        old=correction.old_marks,
        new=correction.new_marks,
        **more,
    )


def get_correction(code: str, *, centres: Sequence[int]) -> Correction:
    """Return a correction by code.

    Raises:
        NotFound: there is none, or it belongs to another centre.
    """
    found = db.session.scalar(
        of_centres(centres).where(Correction.code == code).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(_l("There is no such correction."))
    return found


def waiting_corrections(centres: Sequence[int]) -> list[Correction]:
    """Return the corrections of some centres that nobody has decided, the oldest first."""
    waiting = of_centres(centres).where(Correction.state == CorrectionState.PROPOSED)
    return list(db.session.scalars(waiting.order_by(Correction.proposed_at, Correction.id)))


def of_centres(centres: Sequence[int]) -> Select[Correction]:
    """Select the corrections of some centres."""
    return (
        select(Correction)
        .join(Result, Result.id == Correction.result_id)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .where(Sitting.organisation_id.in_(centres))
    )


def waiting_first(centres: Sequence[int]) -> Select[Correction]:
    """Select the corrections of some centres, those that wait first, then the newest."""
    is_decided = Correction.state != CorrectionState.PROPOSED
    return of_centres(centres).order_by(is_decided, Correction.proposed_at.desc(), Correction.id)
