"""Marking a sitting: everything is computed first, then entered in short deeds; the last one marks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from trainhub import ledger, separation
from trainhub.exams.delivery import attempts_of, late_so_far, take_nothing_late, undecided
from trainhub.exams.invigilation.incidents import incidents_of
from trainhub.exams.invigilation.models import IncidentState
from trainhub.exams.marking.borne_out import require_borne_out
from trainhub.exams.marking.changed_keys import changed_for, changes_so_far
from trainhub.exams.marking.computing import Computed, compute
from trainhub.exams.marking.entering import enter_all, let_count, take_away
from trainhub.exams.marking.flagging import describe
from trainhub.exams.marking.models import Result
from trainhub.exams.marking.written import number_waiting
from trainhub.exams.sittings import Candidate, Sitting, SittingState, get_sitting, note_marked
from trainhub.governance.duties import organisations_for
from trainhub.kernel.alone import alone
from trainhub.kernel.db import db, lock, reading, transaction
from trainhub.kernel.errors import Conflict, Forbidden
from trainhub.kernel.i18n import _, _l, ngettext
from trainhub.people.models import Person
from trainhub.people.persons import get_person
from trainhub.separation.duties import Duty

Told = Callable[[int, int], object]


def require_markable(sitting: Sitting, *, by: Person) -> None:
    """Check that a person may mark a sitting now.

    Raises:
        Forbidden: marking for this centre is not theirs.
        Conflict: it is not closed, or marked already, or people have yet to mark what was written.
    """
    require_final(sitting, by=by)
    if count := number_waiting(sitting):
        raise Conflict(
            ngettext(
                "%(num)s response waits to be marked by people: the sitting is marked after that.",
                "%(num)s responses wait to be marked by people: the sitting is marked after that.",
                count,
            )
        )


def require_final(sitting: Sitting, *, by: Person) -> None:
    """Check that the answers of a sitting are final, and that a person may have them marked.

    Raises:
        Forbidden: marking for this centre is not theirs.
        Conflict: it is not closed, or marked already, or something of it is undecided.
    """
    if sitting.organisation_id not in organisations_for(by, Duty.MARK):
        raise Forbidden(_l("You do not mark for this exam centre."))
    if sitting.state in (SittingState.MARKED, SittingState.PUBLISHED):
        raise Conflict(_("This sitting is marked already."))
    if sitting.state != SittingState.CLOSED:
        raise Conflict(_("A sitting is marked once it is closed."))
    if waiting := undecided(sitting):
        raise Conflict(" ".join(str(each.text) for each in waiting))
    if any(each.ends_attempt and each.state == IncidentState.RECORDED for each in incidents_of(sitting)):
        raise Conflict(
            _("Misconduct is recorded and waits for a second person: it is settled before marking.")
        )


def mark_sitting(
    sitting_code: str,
    by_id: str,
    told: Told = lambda _done, _total: None,
    ended: Callable[[], object] = lambda: None,
) -> int:
    """Mark every attempt of a closed sitting; call it outside any transaction.

    Everything is computed first, then entered in short deeds; the last one marks the sitting. Until then
    nobody sees a result, and broken off before, nothing is marked.

    Args:
        sitting_code: which sitting.
        by_id: who marks.
        told: is told how many of how many attempts are computed.
        ended: is called in the deed that marks the sitting.

    Returns:
        The number of results.

    Raises:
        Conflict: the sitting is not closed, marked already or being marked, or a journal was changed; nothing
            is entered.
        Forbidden: marking is not theirs.
    """
    with alone(db.engine, f"marking:{sitting_code}", is_once=True) as is_mine:
        if not is_mine:
            raise Conflict(_l("This sitting is being marked just now."))
        with reading():
            basis, computed = _computed(sitting_code, by_id, told)
        try:
            enter_all(sitting_code, computed, by_id)
            with transaction():
                _mark(get_sitting(sitting_code), [what for _candidate, what in computed], basis, by_id)
                ended()
        except Exception:
            take_away(sitting_code)
            raise
    return len(computed)


@dataclass(frozen=True)
class _Basis:
    """What the computing rests on besides the answers that were in time."""

    late: dict[int, tuple[str, int]]
    changes: tuple[int, ...]


def _computed(sitting_code: str, by_id: str, told: Told) -> tuple[_Basis, list[tuple[int, Computed]]]:
    sitting = get_sitting(sitting_code)
    require_markable(sitting, by=get_person(by_id))
    require_borne_out(sitting)
    attempts = attempts_of(sitting)
    basis = _Basis(late_so_far(sitting), changes_so_far(sitting.organisation_id))
    changed = changed_for(sitting.organisation_id)
    computed: list[tuple[int, Computed]] = []
    for done, attempt in enumerate(attempts, start=1):
        computed.append((attempt.candidate_id, compute(sitting, attempt, changed)))
        told(done, len(attempts))
    return basis, computed


def _mark(sitting: Sitting, computed: Sequence[Computed], basis: _Basis, by_id: str) -> None:
    by = get_person(by_id)
    # Whoever changes a key now waits, and finds the results of this sitting.
    lock("key-change", sitting.organisation_id)
    if changes_so_far(sitting.organisation_id) != basis.changes:
        raise Conflict(_l("A key was changed meanwhile: mark once more."))
    lock("sitting", sitting.code)
    take_nothing_late(sitting)
    require_markable(sitting, by=by)
    # From here on no late answer is taken or decided on. What came since the computing would be missing from
    # the results, and these could never be published.
    if late_so_far(sitting) != basis.late:
        raise Conflict(_l("Late answers were decided on meanwhile: mark once more."))
    separation.relations.state_marked(by, sitting.code, by=by)
    let_count(sitting, len(computed))
    note_marked(sitting, by=by)
    passed = sum(each.marks >= sitting.pass_mark for each in computed)
    facts = {"sitting": sitting.code, "results": len(computed), "passed": passed}
    ledger.append("results.marked", by=by, side="exam", **facts)
    describe(sitting, by=by)


def results_of(sitting: Sitting) -> list[Result]:
    """Return the results of a sitting in the order of ticket numbers."""
    return list(db.session.scalars(results_in(sitting)))


def results_found(sitting: Sitting, words: str) -> Select[Any]:
    """Return a select of a sitting's results, or of those of one ticket number or whole name."""
    if not words:
        return results_in(sitting)
    named = select(Person.id).where(Person.name == words)
    return results_in(sitting).where(or_(Candidate.ticket_number == words, Result.person_id.in_(named)))


def results_in(sitting: Sitting) -> Select[Any]:
    """Return a select of them, with whose they are."""
    return (
        select(Result)
        .join(Candidate, Candidate.id == Result.candidate_id)
        .where(Result.sitting_id == sitting.id)
        .options(joinedload(Result.person), contains_eager(Result.candidate))
        .order_by(Candidate.ticket_number)
    )
