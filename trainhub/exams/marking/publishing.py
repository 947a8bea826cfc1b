"""Publishing results: a second person, after every mark was computed anew; what is objected to waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import Select, select, update

from trainhub import handover, ledger, separation
from trainhub.exams.delivery import attempts_of
from trainhub.exams.marking.borne_out import require_borne_out
from trainhub.exams.marking.changed_keys import changed_for, expected_marks
from trainhub.exams.marking.computing import Computed, compute
from trainhub.exams.marking.flagging import describe
from trainhub.exams.marking.judged_record import altered_responses
from trainhub.exams.marking.marking import results_in, results_of
from trainhub.exams.marking.models import Mark, Result, ResultState, Standing
from trainhub.exams.marking.written import number_waiting
from trainhub.exams.sittings import (
    Sitting,
    SittingState,
    get_sitting,
    note_published,
    objected,
)
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock, reading, transaction
from trainhub.kernel.errors import Conflict, Forbidden
from trainhub.kernel.i18n import _, _l, for_any_reader, ngettext
from trainhub.kernel.many import among
from trainhub.people import messages
from trainhub.people.models import Person
from trainhub.people.persons import get_person
from trainhub.separation.duties import Duty
from trainhub.separation.models import Published

Told = Callable[[int, int], object]


def require_publishable(sitting: Sitting, *, by: Person) -> None:
    """Check that a person may publish what waits in a sitting.

    Raises:
        Forbidden: publishing for this centre is not theirs.
        Conflict: the sitting is not marked, or nothing waits.
        Refused: the person marked it (S-13).
    """
    if sitting.organisation_id not in organisations_for(by, Duty.PUBLISH_RESULTS):
        raise Forbidden(_l("You do not publish results for this exam centre."))
    if sitting.state not in (SittingState.MARKED, SittingState.PUBLISHED):
        if count := number_waiting(sitting):
            raise Conflict(
                ngettext(
                    "%(num)s response waits to be marked by people: results are published after that.",
                    "%(num)s responses wait to be marked by people: results are published after that.",
                    count,
                )
            )
        raise Conflict(_("Results are published once the sitting is marked."))
    if sitting.state == SittingState.PUBLISHED and not is_any_waiting(sitting):
        raise Conflict(_("The results of this sitting are published already."))
    proposed = Published(person_id=by.id, sitting_code=sitting.code, starts_on=clock.today(), void=False)
    separation.require(proposed, by=by)


_MARKED = Result.state == ResultState.MARKED


def _waiting(sitting: Sitting) -> Select[Any]:
    """Return a select of what can be published now: not yet out, and nobody objects to the registration."""
    return results_in(sitting).where(_MARKED, Result.candidate_id.not_in(objected()))


def is_any_waiting(sitting: Sitting) -> bool:
    """Tell whether a result can be published now."""
    return db.session.scalar(_waiting(sitting).with_only_columns(Result.id).limit(1)) is not None


def releasable(centres: Sequence[int]) -> list[Sitting]:
    """Return published sittings of some centres with results that an objection no longer keeps back."""
    free = select(Result.sitting_id).where(_MARKED, Result.candidate_id.not_in(objected()))
    statement = select(Sitting).where(
        Sitting.organisation_id.in_(centres), Sitting.state == SittingState.PUBLISHED, Sitting.id.in_(free)
    )
    return list(db.session.scalars(statement))


def withheld(sitting: Sitting) -> list[Result]:
    """Return the results that are kept back by an objection that is open or was right."""
    return list(db.session.scalars(results_in(sitting).where(_MARKED, Result.candidate_id.in_(objected()))))


def differences(sitting: Sitting, told: Told = lambda _done, _total: None) -> list[str]:
    """Return the ticket numbers whose stored results are not what journal, paper, sitting and the corrections
    that a second person approved say.

    An attempt whose result was taken away is one of them.
    """
    stored = {result.candidate_id: result for result in results_of(sitting)}
    changed = changed_for(sitting.organisation_id)
    found = sorted({each.candidate.ticket_number for each in altered_responses(sitting)})
    attempts = attempts_of(sitting)
    for done, attempt in enumerate(attempts, start=1):
        told(done, len(attempts))
        result = stored.pop(attempt.candidate_id, None)
        if result is None or not _is_same(result, compute(sitting, attempt, changed)):
            found.append(attempt.candidate.ticket_number)
    return found + [result.candidate.ticket_number for result in stored.values()]


def _is_same(result: Result, what: Computed) -> bool:
    rows = select(Mark.number, Mark.given).where(Mark.result_id == result.id)
    given = {number: each for number, each in db.session.execute(rows)}
    pass_mark = result.sitting.pass_mark
    kept = (result.marks, result.standing, result.pass_mark, result.passed)
    marks = expected_marks(result, what.marks)
    return (
        marks is not None
        and kept == (marks, what.standing, pass_mark, marks >= pass_mark)
        and result.journal_head == what.journal_head
        and given == {item.number: item.given for item in what.items}
    )


def publish_results(
    sitting_code: str,
    by_id: str,
    told: Told = lambda _done, _total: None,
    ended: Callable[[], object] = lambda: None,
) -> int:
    """Publish the results of a marked sitting, or those that an objection had kept back; outside any deed.

    Args:
        sitting_code: which sitting.
        by_id: who publishes; never who marked.
        told: is told how many of how many were computed anew; then all go out in one act.
        ended: is called in that act.

    Returns:
        The number of results published now.

    Raises:
        Conflict: not marked, nothing waits, or a stored mark is not what the journal says.
        Refused: S-13.
        Forbidden: publishing is not theirs.
    """
    with reading():
        sitting = get_sitting(sitting_code)
        require_publishable(sitting, by=get_person(by_id))
        require_borne_out(sitting)
        different = differences(sitting, told)
    if different:
        numbers = _(", ").join(different[:5])
        raise Conflict(
            _(
                "Stored marks are not what the journal says: %(tickets)s. Nothing was published.",
                tickets=numbers,
            )
        )
    ready = _prepare(sitting_code, by_id)
    with transaction():
        published = _publish(get_sitting(sitting_code), get_person(by_id), ready)
        ended()
    return published


@dataclass(frozen=True)
class _Ready:
    """What goes out with a result, made before the deed: the signed outcome, and the words to its person.

    An exam that was broken off for good has no outcome: nobody failed in it, and no try is used up.
    """

    outcome: handover.Outcome | None
    passed: bool
    text: str


def _prepare(sitting_code: str, by_id: str) -> dict[int, _Ready]:
    """Sign and word what a publication hands over while nobody waits for it; nothing of it is out yet."""
    with transaction():
        handover.have_key(get_sitting(sitting_code).organisation, by=get_person(by_id))
    with reading():
        sitting = get_sitting(sitting_code)
        return _made_ready(sitting, list(db.session.scalars(_waiting(sitting))), get_person(by_id))


def _made_ready(sitting: Sitting, results: Sequence[Result], by: Person) -> dict[int, _Ready]:
    day = clock.local_day(sitting.starts_at)
    outcomes = {
        result.id: handover.Outcome(
            person_id=result.person_id,
            qualification=result.qualification,
            part=str(result.part),
            passed=result.passed,
            on=day,
            sitting_code=sitting.code,
        )
        for result in results
        if result.standing != Standing.BROKEN_OFF
    }
    handover.sign_outcomes(list(outcomes.values()), by=by, centre=sitting.organisation)
    return {each.id: _Ready(outcomes.get(each.id), each.passed, _words(each, day)) for each in results}


def _publish(sitting: Sitting, by: Person, ready: dict[int, _Ready]) -> int:
    """Publish in one deed: before it nobody sees a result, after it everybody sees all that go out."""
    lock("sitting", sitting.code)
    db.session.refresh(sitting)
    require_publishable(sitting, by=by)
    separation.relations.state_published(by, sitting.code, by=by)
    waiting = list(db.session.scalars(_waiting(sitting)))
    kept_back = len(withheld(sitting))
    # What was settled or corrected since it was made ready is made ready once more.
    late = [each for each in waiting if each.id not in ready or ready[each.id].passed != each.passed]
    ready = ready | _made_ready(sitting, late, by)
    going = [(result.person, ready[result.id]) for result in waiting]
    handover.hand_over_outcomes([each.outcome for _person, each in going if each.outcome], by=by)
    messages.tell_all([(person, each.text) for person, each in going], "result.published")
    _let_out([result.id for result in waiting], by)
    if sitting.state == SittingState.MARKED:
        note_published(sitting, by=by)
    ledger.append(
        "results.published",
        by=by,
        side="exam",
        sitting=sitting.code,
        results=len(waiting),
        withheld=kept_back,
    )
    describe(sitting, by=by)
    return len(waiting)


def _let_out(result_ids: Sequence[int], by: Person) -> None:
    out = {"state": ResultState.PUBLISHED, "published_by_id": by.id, "published_at": clock.now()}
    statement = update(Result).where(among(Result.id, result_ids)).values(out)
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _words(result: Result, day: date) -> str:
    """Return what tells the person that a result is out: no marks, and where to say 'that was not me'."""
    address = current_app.config["SETTINGS"].public_url
    with for_any_reader():
        if result.standing == Standing.BROKEN_OFF:
            return _(
                "Your examination of %(day)s was broken off and did not go on. It does not count, and "
                "you have lost no try: %(url)s/exam/my . The exam centre registers you for another one.",
                day=day.isoformat(),
                url=address,
            )
        return _(
            "The result of your examination of %(day)s is published: %(url)s/exam/my . "
            "If you did not sit it, say so here: %(url)s/exam/objections/%(token)s",
            day=day.isoformat(),
            url=address,
            token=result.candidate.objection_token,
        )
