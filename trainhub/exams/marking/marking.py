"""Marking a sitting: everything is computed first, then entered in one short deed."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from trainhub import ledger, separation
from trainhub.exams.delivery import attempts_of, late_so_far, undecided
from trainhub.exams.invigilation.incidents import incidents_of
from trainhub.exams.invigilation.models import IncidentState
from trainhub.exams.marking.borne_out import require_borne_out
from trainhub.exams.marking.changed_keys import changed_for, changes_so_far
from trainhub.exams.marking.computing import Computed, compute
from trainhub.exams.marking.flagging import describe
from trainhub.exams.marking.models import Result
from trainhub.exams.marking.written import number_waiting
from trainhub.exams.sittings import Candidate, Sitting, SittingState, get_sitting, note_marked
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock, reading, transaction
from trainhub.kernel.errors import Conflict, Forbidden
from trainhub.kernel.i18n import _, _l, ngettext
from trainhub.kernel.many import Rows
from trainhub.kernel.rewrapping import lots
from trainhub.people.models import Person
from trainhub.people.persons import get_person
from trainhub.separation.duties import Duty

Told = Callable[[int, int], object]

_WHOLE = ("result_id", "number", "item_version", "possible", "given")
_MARKS = Rows("marking_mark", dict.fromkeys(_WHOLE, "integer") | {"item_code": "text"})
MARKS_AT_ONCE = 10_000
"""So many go to the database as one text; a sitting of a thousand has a hundred thousand."""


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


def mark_sitting(sitting_code: str, by_id: str, told: Told = lambda _done, _total: None) -> int:
    """Mark every attempt of a closed sitting; call it outside any transaction.

    Args:
        sitting_code: which sitting.
        by_id: who marks.
        told: is told how many of how many are done.

    Returns:
        The number of results.

    Raises:
        Conflict: the sitting is not closed, marked already, or a journal was changed; nothing is entered.
        Forbidden: marking is not theirs.
    """
    with reading():
        sitting = get_sitting(sitting_code)
        require_markable(sitting, by=get_person(by_id))
        require_borne_out(sitting)
        attempts, late = attempts_of(sitting), late_so_far(sitting)
        before, changed = changes_so_far(sitting.organisation_id), changed_for(sitting.organisation_id)
        computed: list[tuple[int, Computed]] = []
        for done, attempt in enumerate(attempts, start=1):
            computed.append((attempt.candidate_id, compute(sitting, attempt, changed)))
            told(done, len(attempts))
    with transaction():
        sitting = get_sitting(sitting_code)
        # Whoever changes a key now waits, and finds the results of this sitting.
        lock("key-change", sitting.organisation_id)
        if changes_so_far(sitting.organisation_id) != before:
            raise Conflict(_l("A key was changed meanwhile: mark once more."))
        return _enter(sitting, computed, late, get_person(by_id))


def _enter(
    sitting: Sitting, computed: list[tuple[int, Computed]], late: dict[int, tuple[str, int]], by: Person
) -> int:
    lock("sitting", sitting.code)
    db.session.refresh(sitting)
    require_markable(sitting, by=by)
    # From here on no late answer is taken or decided on. What came since the computing would be missing from
    # the results, and these could never be published.
    if late_so_far(sitting) != late:
        raise Conflict(_l("Late answers were decided on meanwhile: mark once more."))
    separation.relations.state_marked(by, sitting.code, by=by)
    candidates = {
        row.id: row for row in db.session.scalars(select(Candidate).where(Candidate.sitting_id == sitting.id))
    }
    results = [_result(sitting, candidates[each], what, by) for each, what in computed]
    db.session.add_all(results)
    db.session.flush()
    rows = [
        {"result_id": result.id, **vars(item)}
        for result, (_candidate, what) in zip(results, computed, strict=True)
        for item in what.items
    ]
    for lot in lots(rows, MARKS_AT_ONCE):
        _MARKS.insert(db.session.connection(), lot)
    note_marked(sitting, by=by)
    ledger.append(
        "results.marked",
        by=by,
        side="exam",
        sitting=sitting.code,
        results=len(results),
        passed=sum(result.passed for result in results),
    )
    describe(sitting, by=by)
    return len(results)


def _result(sitting: Sitting, candidate: Candidate, what: Computed, by: Person) -> Result:
    return Result(
        candidate_id=candidate.id,
        sitting_id=sitting.id,
        person_id=candidate.person_id,
        qualification=sitting.qualification,
        part=sitting.part,
        marks=what.marks,
        pass_mark=sitting.pass_mark,
        passed=what.marks >= sitting.pass_mark,
        standing=what.standing,
        journal_head=what.journal_head,
        marked_by_id=by.id,
        marked_at=clock.now(),
    )


def results_of(sitting: Sitting) -> list[Result]:
    """Return the results of a sitting in the order of ticket numbers."""
    statement = (
        select(Result)
        .join(Candidate, Candidate.id == Result.candidate_id)
        .where(Result.sitting_id == sitting.id)
        .options(joinedload(Result.person), contains_eager(Result.candidate))
        .order_by(Candidate.ticket_number)
    )
    return list(db.session.scalars(statement))
