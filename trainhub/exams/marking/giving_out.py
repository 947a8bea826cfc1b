"""Giving what was written at a sitting to assessors (分派评阅), some at a time, so that nobody waits long.

All responses are on record before the first is given out, so that the sitting is not marked before all of
them are settled. Broken off, it goes on and gives what nobody has yet.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from trainhub import ledger
from trainhub.exams.delivery import attempts_of, is_intact, late_so_far
from trainhub.exams.marking.allotting import fill, places_of
from trainhub.exams.marking.marking import require_final
from trainhub.exams.marking.models_judging import ANEW, Judgement, WrittenResponse
from trainhub.exams.marking.superseding import changed_among, supersede
from trainhub.exams.marking.written import find_written, responses_of, to_be_marked
from trainhub.exams.sittings import Sitting, get_sitting
from trainhub.kernel import clock
from trainhub.kernel.alone import alone
from trainhub.kernel.db import db, lock, reading, transaction
from trainhub.kernel.errors import Conflict, DomainError
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.many import among
from trainhub.kernel.rewrapping import lots
from trainhub.people.models import Person
from trainhub.people.persons import get_person

RESPONSES_AT_ONCE = 10
"""Given out in one deed, with all their turns."""
KNOWN_AT_ONCE = 200
"""Put on record in one deed."""

Told = Callable[[int, int], object]


@dataclass(frozen=True)
class _Asked:
    """What is given out.

    Args:
        sitting_code: of which sitting.
        by_id: who has it given out.
        late: what was decided on late answers when it was read.
        since: since when it is given out.
    """

    sitting_code: str
    by_id: str
    late: dict[int, tuple[str, int]]
    since: datetime

    def held(self) -> tuple[Sitting, Person]:
        """Return, in a deed, sitting and person; nothing else is done to the sitting until the deed ends.

        Raises:
            Conflict: late answers were decided on meanwhile, or its answers are final no more.
        """
        sitting, by = get_sitting(self.sitting_code), get_person(self.by_id)
        lock("sitting", sitting.code)
        db.session.refresh(sitting)
        if late_so_far(sitting) != self.late:
            raise Conflict(_l("Late answers were decided on meanwhile: do it once more."))
        require_final(sitting, by=by)
        return sitting, by


def allot(
    sitting_code: str,
    by_id: str,
    told: Told = lambda _done, _total: None,
    ended: Callable[[], object] = lambda: None,
    since: datetime | None = None,
) -> tuple[int, int]:
    """Find what was written at a closed sitting and give it to assessors; call it outside any transaction.

    Done again, it gives what nobody has yet, and gives anew what late answers changed since it was given out.

    Args:
        sitting_code: which sitting.
        by_id: who has it given out.
        told: is told how many of how many papers are read.
        ended: is called in the last deed.
        since: when it was begun, if it goes on after it was broken off.

    Returns:
        For how many turns somebody was found, and for how many nobody.

    Raises:
        Conflict: the sitting is not closed, something is undecided, a journal was changed, late answers were
            decided on meanwhile, or its responses are being given out.
        Forbidden: marking for this centre is not theirs.
    """
    since = since or clock.now()
    with alone(db.engine, f"allotting:{sitting_code}", is_once=True) as is_mine:
        if not is_mine:
            raise Conflict(_l("The responses of this sitting are being given out just now."))
        with reading():
            found, late = _read(sitting_code, by_id, told)
        asked = _Asked(sitting_code, by_id, late, since)
        _put_on_record(asked, found)
        try:
            _give_out(asked)
        except DomainError:
            with reading():
                has_begun = bool(db.session.scalar(_given(asked)))
            if has_begun:
                _record(asked, lambda: None)
            raise
        return _record(asked, ended)


def _read(
    sitting_code: str, by_id: str, told: Told
) -> tuple[list[WrittenResponse], dict[int, tuple[str, int]]]:
    sitting = get_sitting(sitting_code)
    require_final(sitting, by=get_person(by_id))
    attempts, late = attempts_of(sitting), late_so_far(sitting)
    for done, attempt in enumerate(attempts, start=1):
        if not is_intact(attempt):
            raise Conflict(
                _(
                    "The journal of ticket %(ticket)s is not what was handed in. Nothing was marked; "
                    "tell the auditor.",
                    ticket=attempt.candidate.ticket_number,
                )
            )
        told(done, len(attempts))
    return find_written(sitting), late


def _put_on_record(asked: _Asked, found: Sequence[WrittenResponse]) -> None:
    with transaction():
        sitting, by = asked.held()
        rows = responses_of(sitting)
        changed = changed_among(rows)
        supersede([each for each in rows if each.id in changed], by)
        known = {(each.candidate_id, each.number) for each in rows if each.id not in changed}
    for lot in lots([each for each in found if (each.candidate_id, each.number) not in known], KNOWN_AT_ONCE):
        with transaction():
            asked.held()
            db.session.add_all(lot)


def _give_out(asked: _Asked) -> None:
    """Give out what nobody has, in a chance order."""
    with reading():
        rows = to_be_marked(responses_of(get_sitting(asked.sitting_code)))
        open_ones = [each.id for each in rows if places_of(each)]
    secrets.SystemRandom().shuffle(open_ones)
    for lot in lots(open_ones, RESPONSES_AT_ONCE):
        with transaction():
            sitting, by = asked.held()
            places = [(each, turn) for each in _responses(lot) for turn in places_of(each)]
            fill(sitting, places, by)


def _responses(ids: Sequence[int]) -> Sequence[WrittenResponse]:
    wanted = select(WrittenResponse).where(among(WrittenResponse.id, ids))
    with_judgements = selectinload(WrittenResponse.judgements).selectinload(Judgement.assessor)
    return db.session.scalars(wanted.options(with_judgements)).all()


def _record(asked: _Asked, ended: Callable[[], object]) -> tuple[int, int]:
    """Put on record what was given out since it was begun, and for how many turns nobody has it."""
    with reading():
        rows = to_be_marked(responses_of(get_sitting(asked.sitting_code)))
        responses, missing = len(rows), sum(len(places_of(each)) for each in rows)
    with transaction():
        given = db.session.scalar(_given(asked)) or 0
        facts = {"responses": responses, "allotted": given, "missing": missing}
        by = get_person(asked.by_id)
        ledger.append("responses.allotted", by=by, side="exam", sitting=asked.sitting_code, **facts)
        ended()
    return given, missing


def _given(asked: _Asked) -> Select[int]:
    return (
        select(func.count(Judgement.id))
        .join(WrittenResponse, WrittenResponse.id == Judgement.response_id)
        .join(Sitting, Sitting.id == WrittenResponse.sitting_id)
        .where(
            Sitting.code == asked.sitting_code,
            Judgement.turn < ANEW,
            Judgement.allotted_at >= asked.since,
        )
    )
