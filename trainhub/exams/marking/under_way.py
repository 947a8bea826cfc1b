"""Telling of what followed a changed key, some results at a time, so that nobody waits long to write.

The results follow in one deed (``following``). Until ledger and persons were told of each of them the change
is under way: its page says so, no other deed on these results comes between, and whoever takes up what was
broken off goes on with those of whom nobody was told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from trainhub import handover, ledger
from trainhub.exams.marking.corrections import words_of_corrected
from trainhub.exams.marking.models import CorrectionState, Result
from trainhub.exams.marking.models_keys import KeyChange, KeyEffect
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock, transaction
from trainhub.kernel.housekeeping import Chore
from trainhub.kernel.many import among
from trainhub.people import messages
from trainhub.people.models import Person
from trainhub.people.persons import get_person

TOLD_AT_ONCE = 40
"""Each is three entries of the ledger, a message and its sealing: less than a tenth of a second."""
PATIENCE = timedelta(minutes=10)
"""What is under way for longer has lost its job, and a chore goes on with it."""


def tell_all(change_code: str, ended: Callable[[], object] = lambda: None) -> None:
    """Tell ledger and persons of all results that followed a change, some in a deed; outside any deed.

    Args:
        change_code: of a change that is approved.
        ended: is called in the deed after which nobody is left to be told.
    """
    is_any_left = True
    while is_any_left:
        with transaction():
            change = db.session.scalars(select(KeyChange).where(KeyChange.code == change_code)).one()
            is_any_left = _tell_some(change)
            if not is_any_left:
                ended()


def _tell_some(change: KeyChange) -> bool:
    """Tell of the next results, or that there are no more; returns whether this has to be asked again."""
    lock("key-change", change.organisation_id)
    db.session.refresh(change)
    if change.followed_at is not None:
        return False
    by = get_person(str(change.decided_by_id))
    untold = select(KeyEffect).where(KeyEffect.key_change_id == change.id, KeyEffect.followed_at.is_(None))
    whole = joinedload(KeyEffect.result).options(joinedload(Result.person), joinedload(Result.sitting))
    untold = untold.order_by(KeyEffect.result_id).limit(TOLD_AT_ONCE).options(whole)
    lot = list(db.session.scalars(untold))
    if not lot:
        change.followed_at = clock.now()
        ledger.append("key_change.followed", by=by, side="exam", key_change=change.code)
        return False
    drafts = [_draft(change, each, by) for each in lot]
    ledger.append_all(db.session.connection(), drafts, side="exam")
    handover.record_outcomes([each.outcome_code for each in lot if each.outcome_code is not None], by=by)
    told = [each.result for each in lot if each.outcome_code is not None]
    # The words are of a day: all of a sitting read the same.
    texts = {each.sitting_id: words_of_corrected(each) for each in told}
    messages.tell_all([(each.person, texts[each.sitting_id]) for each in told], "result.corrected")
    done = update(KeyEffect).where(
        KeyEffect.key_change_id == change.id, among(KeyEffect.result_id, [each.result_id for each in lot])
    )
    db.session.execute(done.values(followed_at=clock.now()))
    return True


def _draft(change: KeyChange, effect: KeyEffect, by: Person) -> tuple[str, str, dict[str, object]]:
    needed, old, new = effect.result.pass_mark, effect.old_marks, effect.new_marks
    was = {"result": effect.result_id, "old": old, "new": new, "was": old >= needed}
    return "result.rekeyed", by.id, {"key_change": change.code, **was, "is": new >= needed}


def told_so_far(change: KeyChange) -> tuple[int, int]:
    """Return of how many results that a change altered was told, and how many there are."""
    statement = select(func.count(KeyEffect.followed_at), func.count(KeyEffect.result_id)).where(
        KeyEffect.key_change_id == change.id, KeyEffect.old_marks != KeyEffect.new_marks
    )
    done, total = db.session.execute(statement).one()
    return done, total


def _left() -> KeyChange | None:
    statement = select(KeyChange).where(
        KeyChange.state == CorrectionState.APPROVED,
        KeyChange.followed_at.is_(None),
        KeyChange.decided_at < clock.now() - PATIENCE,
    )
    return db.session.scalar(statement.order_by(KeyChange.id).limit(1))


def _tell_some_that_are_left() -> None:
    if (change := _left()) is not None:
        _tell_some(change)


FOLLOWING = Chore("changes of keys under way", lambda: _left() is not None, _tell_some_that_are_left)
