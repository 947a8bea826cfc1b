"""The reserve form: whether what was broken off may still go on with the same one, and beginning anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select

from trainhub import ledger, regulations
from trainhub.exams.delivery.batch import do_to
from trainhub.exams.delivery.deeds import Close
from trainhub.exams.delivery.holding import held
from trainhub.exams.delivery.models import Attempt, AttemptState, Ending, Halt, HaltKind
from trainhub.exams.sittings import Candidate, Sitting, awaited_papers, begun_papers, reserves_of
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _l, ngettext
from trainhub.people.models import Person


def reserve_begun_with(sitting: Sitting, room_id: int | None) -> str | None:
    """Return the reserve form with which a room went on last; None: it has the first form still.

    Reserve papers are begun in the order in which they were given, whatever the clock said.
    """
    here = or_(Halt.sitting_room_id.is_(None), Halt.sitting_room_id == room_id)
    wanted = select(Halt.reserve_paper_code).where(Halt.sitting_id == sitting.id, here)
    begun = set(db.session.scalars(wanted.where(Halt.reserve_paper_code.is_not(None))))
    return next((code for code in reversed(reserves_of(sitting)) if code in begun), None)


def is_reserve_known(row: Halt, sitting: Sitting) -> bool:
    """Tell whether somebody in a halt's place has begun the reserve form: it is not begun there twice."""
    begun = _where(row, select(Attempt.id)).where(
        Attempt.paper_code == sitting.reserve_paper_code, Attempt.started_at.is_not(None)
    )
    return db.session.scalar(begun.limit(1)) is not None


def lacking_reserve(centres: Sequence[int]) -> list[tuple[Halt, Sitting]]:
    """Return what is broken off at the sittings of some centres and has no reserve form to go on with."""
    broken_off = (
        select(Halt, Sitting)
        .join(Sitting, Sitting.id == Halt.sitting_id)
        .where(
            Halt.kind == HaltKind.SUSPENSION, Halt.ended_at.is_(None), Sitting.organisation_id.in_(centres)
        )
        .order_by(Halt.began_at)
    )
    return [
        (row, sitting)
        for row, sitting in db.session.execute(broken_off)
        if sitting.reserve_paper_code is None or is_reserve_known(row, sitting)
    ]


def require_fair(row: Halt, sitting: Sitting, reserve: bool) -> None:
    """Raise Conflict unless what was halted may go on, with the reserve form or with the same one."""
    if reserve:
        if row.kind != HaltKind.SUSPENSION:
            raise Conflict(_l("Only a suspended sitting goes on with the reserve form."))
        if sitting.reserve_paper_code is None:
            raise Conflict(_l("This sitting has no reserve paper. Give it one first."))
        if is_reserve_known(row, sitting):
            raise Conflict(
                _l(
                    "The reserve form is known there by now: it cannot be begun a second time. "
                    "The exam centre can give the sitting another one."
                )
            )
        return
    longest = _same_form_minutes(sitting)
    if row.kind == HaltKind.SUSPENSION and clock.now() > same_form_until(row, sitting):
        text = ngettext(
            "More than %(num)s minute has passed: go on with the reserve form.",
            "More than %(num)s minutes have passed: go on with the reserve form.",
            longest,
        )
        raise Conflict(text)


def same_form_until(row: Halt, sitting: Sitting) -> datetime:
    """Return until when what was broken off may go on with the same form."""
    return row.began_at + timedelta(minutes=_same_form_minutes(sitting))


def _same_form_minutes(sitting: Sitting) -> int:
    day = clock.local_day(sitting.starts_at)
    return int(regulations.value("exam.suspension.same_form_minutes", on=day))


def begin_anew(row: Halt, sitting: Sitting, by: Person) -> list[Attempt]:
    """Seal what was begun, as not counting, and let the same candidates begin on the reserve form.

    Seats that were frozen before stay frozen, but not on the form that everybody knows by then.
    """
    frozen = and_(Halt.kind == HaltKind.FREEZE, Attempt.id.in_(_where(row, select(Attempt.id))))
    covered = select(Attempt).join(Halt, Halt.id == Attempt.halt_id).where(or_(Halt.id == row.id, frozen))
    begun = held(covered.where(Attempt.state == AttemptState.PAUSED))
    do_to(db.session.connection(), [attempt.id for attempt in begun], Close(Ending.REPLACED, by.id))
    fresh = [
        Attempt(
            candidate_id=attempt.candidate_id,
            sitting_id=attempt.sitting_id,
            round=attempt.round + 1,
            on_paper=attempt.on_paper,
            paper_code=sitting.reserve_paper_code,
            extra_seconds=attempt.extra_seconds,
            admitted_at=clock.now(),
        )
        for attempt in begun
    ]
    db.session.add_all(fresh)
    db.session.flush()
    for before, attempt in zip(begun, fresh, strict=True):
        _record_anew(before, attempt, sitting, by)
    db.session.expire_all()
    return fresh


def _record_anew(before: Attempt, attempt: Attempt, sitting: Sitting, by: Person) -> None:
    """Tell the ledger whose the new attempt is, as it was told of the first one."""
    whose = db.session.get_one(Candidate, attempt.candidate_id).code
    codes = {"candidate": whose, "attempt": attempt.code, "before": before.code}
    ledger.append("attempt.begun_anew", by=by, side="exam", sitting=sitting.code, **codes)


def _where(row: Halt, wanted: Select[Any]) -> Select[Any]:
    """Narrow a query of attempts down to the room or the sitting of a halt."""
    wanted = wanted.where(Attempt.sitting_id == row.sitting_id)
    if row.sitting_room_id is None:
        return wanted
    whose = Candidate.id == Attempt.candidate_id
    return wanted.join(Candidate, whose).where(Candidate.sitting_room_id == row.sitting_room_id)


def _is_begun(sitting: Sitting, paper_code: str) -> bool:
    begun = select(Attempt.id).where(
        Attempt.sitting_id == sitting.id, Attempt.paper_code == paper_code, Attempt.started_at.is_not(None)
    )
    return db.session.scalar(begun.limit(1)) is not None


def _is_awaited(sitting: Sitting, paper_code: str) -> bool:
    """Tell whether candidates of a sitting are to go on with a reserve paper, be it open yet or not."""
    theirs = select(Attempt.id).where(Attempt.sitting_id == sitting.id, Attempt.paper_code == paper_code)
    return db.session.scalar(theirs.limit(1)) is not None


begun_papers.append(_is_begun)
awaited_papers.append(_is_awaited)
