"""Marks corrected by hand when a key changes: nobody can compute them, so a marker looks at each."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from sqlalchemy import select

from trainhub import ledger
from trainhub.exams.marking.corrections import LONGEST, SHORTEST
from trainhub.exams.marking.models import Correction, CorrectionState
from trainhub.exams.marking.models_keys import KeptMarks, KeyChange, KeyEffect
from trainhub.exams.marking.reasons import context_of, write_words
from trainhub.governance.duties import organisations_for
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

sealed_by_master(KeptMarks, "reason_sealed", partial(context_of, name="reason"))


def to_look_at(centres: Collection[int]) -> list[KeyEffect]:
    """Return the results of some centres at which somebody must look, the oldest change first.

    Looked at is one of which a marker said that its marks stay, or for which a correction was proposed since;
    refused, that counts for nothing.
    """
    kept = select(KeptMarks.result_id).where(
        KeptMarks.key_change_id == KeyEffect.key_change_id, KeptMarks.result_id == KeyEffect.result_id
    )
    corrected = select(Correction.id).where(
        Correction.result_id == KeyEffect.result_id,
        Correction.proposed_at >= KeyEffect.at,
        Correction.state != CorrectionState.REFUSED,
    )
    statement = (
        select(KeyEffect)
        .join(KeyChange, KeyChange.id == KeyEffect.key_change_id)
        .where(KeyEffect.by_hand, KeyChange.organisation_id.in_(list(centres)))
        .where(~kept.exists(), ~corrected.exists())
        .order_by(KeyEffect.key_change_id, KeyEffect.result_id)
    )
    return list(db.session.scalars(statement))


def kept_after(change: KeyChange) -> dict[int, KeptMarks]:
    """Return by result what markers said of marks that stay after a change."""
    found = db.session.scalars(select(KeptMarks).where(KeptMarks.key_change_id == change.id))
    return {each.result_id: each for each in found}


def keep_marks(change: KeyChange, candidate_code: str, reason: str, *, by: Person) -> KeptMarks:
    """Say with a reason that marks corrected by hand stay although a key changed.

    Args:
        change: the approved change.
        candidate_code: whose result.
        reason: why the marks are right as they are.
        by: a marker of the centre.

    Raises:
        Forbidden: marking for this centre is not theirs.
        Conflict: nothing of this result is to be looked at (any more).
        Invalid: there is no reason.
    """
    if change.organisation_id not in organisations_for(by, Duty.MARK):
        raise Forbidden(_l("You do not mark for this exam centre."))
    reason = " ".join(reason.split())
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Invalid(_("Say why in 5 to 500 characters."))
    lock("key-change", change.organisation_id)
    found = [
        each
        for each in to_look_at([change.organisation_id])
        if each.key_change_id == change.id and each.result.candidate.code == candidate_code
    ]
    if not found:
        raise Conflict(_l("Somebody has looked at these marks already."))
    result = found[0].result
    row = KeptMarks(key_change_id=change.id, result_id=result.id, kept_by_id=by.id)
    write_words(row, reason=reason)
    db.session.add(row)
    db.session.flush()
    facts = {"key_change": change.code, "sitting": result.sitting.code, "result": result.id}
    ledger.append("result.marks_kept", by=by, side="exam", marks=result.marks, **facts)
    return row
