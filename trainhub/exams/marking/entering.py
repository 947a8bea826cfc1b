"""Entering the results of a sitting some papers at a time, so that nobody waits long to write.

Until all of them are there they belong to no sitting: whoever asks for the results of one finds none, and
the deed that marks the sitting makes all of them its own at once. What a marking leaves that was broken off
is taken away by the next one.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, delete, select, update

from trainhub.exams.marking.computing import Computed
from trainhub.exams.marking.models import Mark, Result, ResultState
from trainhub.exams.sittings import Candidate, Sitting, get_sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _l
from trainhub.kernel.many import Rows, among
from trainhub.kernel.rewrapping import lots

PAPERS_AT_ONCE = 40
"""With a hundred questions each they are four thousand rows: less than a tenth of a second."""

_WHOLE = ("result_id", "number", "item_version", "possible", "given")
_MARKS = Rows("marking_mark", dict.fromkeys(_WHOLE, "integer") | {"item_code": "text"})


def enter_all(sitting_code: str, computed: Sequence[tuple[int, Computed]], by_id: str) -> None:
    """Enter what was computed in short deeds of its own, for the deed that marks the sitting.

    Args:
        sitting_code: which sitting; nobody else marks it meanwhile.
        computed: each candidate's id with what their attempt is worth.
        by_id: who marks.
    """
    take_away(sitting_code)
    for lot in lots(computed, PAPERS_AT_ONCE):
        with transaction():
            _enter(get_sitting(sitting_code), lot, by_id)


def take_away(sitting_code: str) -> None:
    """Take away what was entered for a marking that did not come to its end, in short deeds of its own."""
    while True:
        with transaction():
            found = list(db.session.scalars(_entered(sitting_code).limit(PAPERS_AT_ONCE)))
            db.session.execute(delete(Mark).where(among(Mark.result_id, found)))
            db.session.execute(delete(Result).where(among(Result.id, found)))
        if not found:
            return


def let_count(sitting: Sitting, number: int) -> None:
    """Make what was entered the results of its sitting, all at once, in the deed that marks it.

    Raises:
        Conflict: they are not as many as were computed.
    """
    own = select(Candidate.id).where(Candidate.sitting_id == sitting.id)
    statement = (
        update(Result)
        .where(Result.candidate_id.in_(own), Result.state == ResultState.ENTERED)
        .values(sitting_id=sitting.id, state=ResultState.MARKED, marked_at=clock.now())
    )
    counting = db.session.execute(statement, execution_options={"synchronize_session": False})
    if counting.rowcount != number:  # type: ignore[attr-defined]
        raise Conflict(_l("What was entered of this marking is not there any more: mark once more."))


def _entered(sitting_code: str) -> Select[int]:
    return (
        select(Result.id)
        .join(Candidate, Candidate.id == Result.candidate_id)
        .join(Sitting, Sitting.id == Candidate.sitting_id)
        .where(Sitting.code == sitting_code, Result.state == ResultState.ENTERED)
    )


def _enter(sitting: Sitting, computed: Sequence[tuple[int, Computed]], by_id: str) -> None:
    whose = select(Candidate.id, Candidate.person_id).where(
        among(Candidate.id, [candidate for candidate, _what in computed])
    )
    persons = {candidate: person for candidate, person in db.session.execute(whose)}
    results = [_result(sitting, each, persons[each], what, by_id) for each, what in computed]
    db.session.add_all(results)
    db.session.flush()
    rows = [
        {"result_id": result.id, **vars(item)}
        for result, (_candidate, what) in zip(results, computed, strict=True)
        for item in what.items
    ]
    _MARKS.insert(db.session.connection(), rows)


def _result(sitting: Sitting, candidate_id: int, person_id: str, what: Computed, by_id: str) -> Result:
    return Result(
        candidate_id=candidate_id,
        person_id=person_id,
        qualification=sitting.qualification,
        part=sitting.part,
        marks=what.marks,
        pass_mark=sitting.pass_mark,
        passed=what.marks >= sitting.pass_mark,
        standing=what.standing,
        journal_head=what.journal_head,
        state=ResultState.ENTERED,
        marked_by_id=by_id,
    )
