"""Voiding or re-keying a question after an exam: one proposes, another approves, everybody is recomputed.

Nothing of a question is written here: a new key is a later version in the bank, which two people there stand
for. Voided, a question gives its marks to everybody who met it, so that nobody loses by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from trainhub import ledger, separation
from trainhub.exams.bank.flags import key_change_begun, key_change_given_up
from trainhub.exams.delivery import attempts_of
from trainhub.exams.marking.changed_keys import (
    changed_for,
    changes_so_far,
    is_marked_by_people,
    require_countable,
    require_machine_marked,
    require_none_under_way,
    sittings_with,
)
from trainhub.exams.marking.computing import Computed, compute
from trainhub.exams.marking.corrections import LONGEST, SHORTEST
from trainhub.exams.marking.flagging import describe
from trainhub.exams.marking.following import Signed, follow, sign_ahead, steps_of
from trainhub.exams.marking.models import CorrectionState
from trainhub.exams.marking.models_keys import KeyChange, KeyChangeKind
from trainhub.exams.marking.reasons import context_of, write_words
from trainhub.exams.marking.set_questions import closed_with
from trainhub.exams.marking.touched import glance, require_known
from trainhub.exams.marking.under_way import tell_all, told_so_far
from trainhub.exams.marking.written import require_settled_in
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock, reading, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.identifiers import random_id
from trainhub.kernel.rewrapping import sealed_by_master
from trainhub.people.models import Organisation, Person
from trainhub.people.persons import get_person
from trainhub.separation.duties import Duty

Told = Callable[[int, int], object]
WHO_PROPOSES_DOES_NOT_APPROVE = "S-21"

for _name in ("reason", "basis", "note"):
    sealed_by_master(KeyChange, f"{_name}_sealed", partial(context_of, name=_name))


@dataclass(frozen=True)
class Wanted:
    """What is proposed about a question.

    Args:
        item_code: which item.
        item_version: the version that was set.
        to_version: the version whose key counts instead; None voids the question.
        reason: what is wrong.
        basis: the record that shows it.
    """

    item_code: str
    item_version: int
    to_version: int | None
    reason: str
    basis: str


def propose_key_change(centre: Organisation, wanted: Wanted, *, by: Person) -> KeyChange:
    """Propose that a question be voided or re-keyed for all attempts that met it; nothing changes yet.

    Sittings that are closed and not marked yet are concerned too: their marking follows what is approved.

    Raises:
        Forbidden: marking for this centre is not theirs.
        Conflict: no closed sitting of the centre set it, another change of it waits, or what is wanted counts
            already or is no approved later version of the same question.
        Invalid: reason or basis are missing.
    """
    _require_marker(centre.id, by)
    reason, basis = " ".join(wanted.reason.split()), " ".join(wanted.basis.split())
    for about, words in (("reason", reason), ("basis", basis)):
        if not SHORTEST <= len(words) <= LONGEST:
            raise Invalid(_l("Give reason and basis in 5 to 500 characters each."), about=about)
    lock("key-change", centre.id)
    concerned = closed_with(centre.id, wanted.item_code, wanted.item_version)
    if not concerned:
        raise Conflict(_l("No closed sitting of this centre has set this version of the question."))
    if _open(centre.id, wanted) is not None:
        raise Conflict(_l("A change of this question waits for approval already."))
    require_countable(centre.id, wanted.item_code, wanted.item_version, wanted.to_version)
    _require_marks_for(centre.id, wanted)
    change = KeyChange(
        organisation=centre,
        item_code=wanted.item_code,
        item_version=wanted.item_version,
        kind=KeyChangeKind.VOID if wanted.to_version is None else KeyChangeKind.REKEY,
        to_version=wanted.to_version,
        code=random_id(),
        proposed_by_id=by.id,
    )
    write_words(change, reason=reason, basis=basis)
    db.session.add(change)
    db.session.flush()
    for sitting in concerned:
        separation.relations.state_corrected(by, sitting.code, change.code, by=by)
    key_change_begun(wanted.item_code, wanted.item_version, by=by)
    _record("key_change.proposed", change, by, sittings=[each.code for each in concerned])
    return change


def _require_marks_for(centre_id: int, wanted: Wanted) -> None:
    if wanted.to_version is None:
        return
    if wanted.to_version != wanted.item_version:
        require_machine_marked(wanted.item_code, wanted.to_version)
    elif is_marked_by_people(wanted.item_code, wanted.item_version):
        asked = wanted.item_code, wanted.item_version
        require_settled_in(sittings_with(centre_id, *asked), *asked)


def _open(centre_id: int, wanted: Wanted) -> KeyChange | None:
    return db.session.scalar(
        select(KeyChange).where(
            KeyChange.organisation_id == centre_id,
            KeyChange.item_code == wanted.item_code,
            KeyChange.item_version == wanted.item_version,
            KeyChange.state == CorrectionState.PROPOSED,
        )
    )


def require_approvable(change: KeyChange, *, by: Person) -> None:
    """Check that a person may approve a change now.

    Raises:
        Forbidden: marking for this centre is not theirs.
        Conflict: it is decided already, or the version whose key is to count is no longer approved.
        Refused: they proposed it (S-21).
    """
    _require_marker(change.organisation_id, by)
    _require_waiting(change)
    require_countable(change.organisation_id, change.item_code, change.item_version, change.to_version)
    separation.require_other_person(WHO_PROPOSES_DOES_NOT_APPROVE, change.proposed_by_id, by)


def approve_key_change(
    change_code: str,
    by_id: str,
    told: Told = lambda _done, _total: None,
    touched: str | None = None,
    ended: Callable[[], object] = lambda: None,
) -> int:
    """Approve a change as the second person and recompute every result it concerns; outside any deed.

    Everything is computed and signed first and entered in one short deed: either all results follow the new
    key, or none does. Then ledger and persons are told, some in a deed; broken off there, it goes on there.

    Args:
        change_code: which change.
        by_id: who approves.
        told: is told how many of how many attempts are computed.
        touched: the mark of what the approver was told that it touches; None if nobody asked.
        ended: is called in the last deed.

    Returns:
        The number of results whose marks changed.

    Raises:
        Conflict: it is decided already, another change or a marking came between, it touches others than
            was told, or a journal is not what was handed in.
        NotFound: there is no such change.
        Forbidden: marking for this centre is not theirs.
        Refused: they proposed it (S-21).
    """
    with reading():
        change = _by_code(change_code)
        is_entered = change.is_under_way and change.decided_by_id == by_id
        ready = None if is_entered else _computed(change, by_id, told, touched)
    if ready is not None:
        signed = sign_ahead(ready.sitting_ids, ready.computed, by_id)
        with transaction():
            _enter(_by_code(change_code), ready, signed, by_id, touched)
    tell_all(change_code, ended)
    with reading():
        return told_so_far(_by_code(change_code))[1]


@dataclass(frozen=True)
class _Ready:
    """What was computed of a change, and of what."""

    sitting_ids: tuple[int, ...]
    computed: dict[int, Computed]
    changes: tuple[int, ...]
    glance: tuple[int, ...]


def _computed(change: KeyChange, by_id: str, told: Told, touched: str | None) -> _Ready:
    require_approvable(change, by=get_person(by_id))
    so_far, seen = changes_so_far(change.organisation_id), glance(change)
    require_known(change, touched)
    changed = changed_for(change.organisation_id, also=change)
    concerned = sittings_with(change.organisation_id, change.item_code, change.item_version)
    attempts = [(sitting, attempt) for sitting in concerned for attempt in attempts_of(sitting)]
    computed: dict[int, Computed] = {}
    for done, (sitting, attempt) in enumerate(attempts, start=1):
        computed[attempt.candidate_id] = compute(sitting, attempt, changed)
        told(done, len(attempts))
    return _Ready(tuple(each.id for each in concerned), computed, so_far, seen)


def _enter(change: KeyChange, ready: _Ready, signed: Signed, by_id: str, touched: str | None) -> None:
    lock("key-change", change.organisation_id)
    if changes_so_far(change.organisation_id) != ready.changes:
        raise Conflict(_l("Another key was changed meanwhile: approve once more."))
    concerned = sittings_with(change.organisation_id, change.item_code, change.item_version)
    for sitting in sorted(concerned, key=lambda each: each.code):
        lock("sitting", sitting.code)
    db.session.refresh(change)
    by = get_person(by_id)
    require_approvable(change, by=by)
    require_none_under_way(change.organisation_id)
    if glance(change) != ready.glance:
        require_known(change, touched)
    for sitting in closed_with(change.organisation_id, change.item_code, change.item_version):
        separation.relations.state_confirmed(by, sitting.code, change.code, by=by)
    change.state, change.decided_by_id, change.decided_at = CorrectionState.APPROVED, by.id, clock.now()
    steps = steps_of(concerned, ready.computed)
    if {each.candidate_id for each in steps} != ready.computed.keys():
        raise Conflict(_l("A sitting was marked meanwhile: approve once more."))
    altered = follow(change, steps, concerned, ready.computed, signed)
    by_hand = sum(each.by_hand for each in steps)
    _record("key_change.approved", change, by, results=len(steps), changed=altered, by_hand=by_hand)
    for sitting in concerned:
        describe(sitting, by=by)


def refuse_key_change(change: KeyChange, note: str, *, by: Person) -> None:
    """Refuse a change, or withdraw one's own: every key stays, and what speaks against it waits again.

    Raises:
        Forbidden: marking for this centre is not theirs.
        Conflict: it is decided already.
        Invalid: there is no reason.
    """
    _require_marker(change.organisation_id, by)
    lock("key-change", change.organisation_id)
    db.session.refresh(change)
    _require_waiting(change)
    note = " ".join(note.split())
    if not SHORTEST <= len(note) <= LONGEST:
        raise Invalid(_("Say why in 5 to 500 characters."))
    change.state, change.decided_by_id, change.decided_at = CorrectionState.REFUSED, by.id, clock.now()
    write_words(change, note=note)
    _record("key_change.refused", change, by)
    key_change_given_up(change.item_code, change.item_version, change.proposed_at, by=by)
    for sitting in sittings_with(change.organisation_id, change.item_code, change.item_version):
        describe(sitting, by=by)


def _require_marker(centre_id: int, by: Person) -> None:
    if centre_id not in organisations_for(by, Duty.MARK):
        raise Forbidden(_l("You do not mark for this exam centre."))


def _require_waiting(change: KeyChange) -> None:
    if change.state != CorrectionState.PROPOSED:
        raise Conflict(_l("This change is decided already."))


def _record(kind: str, change: KeyChange, by: Person, **more: object) -> None:
    ledger.append(
        kind,
        by=by,
        side="exam",
        key_change=change.code,
        item=change.item_code,
        version=change.item_version,
        what=change.kind,
        to_version=change.to_version,
        **more,
    )


def _by_code(code: str) -> KeyChange:
    found = db.session.scalar(select(KeyChange).where(KeyChange.code == code))
    if found is None:
        raise NotFound(_l("There is no such change."))
    return found
