"""What a changed key does to the results that met its question, all in one deed: all follow it, or none does.

Nobody waits long for that deed: what goes out anew is signed before it, and what it writes is written
together, whatever the number of results.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.orm import joinedload, selectinload

from trainhub import handover, ledger
from trainhub.exams.marking.computing import Computed
from trainhub.exams.marking.corrections import words_of_corrected
from trainhub.exams.marking.models import Mark, Result, ResultState
from trainhub.exams.marking.models_keys import KeyChange, KeyEffect
from trainhub.exams.sittings import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.many import among
from trainhub.people import messages
from trainhub.people.models import Organisation, Person
from trainhub.people.persons import get_person

Signed = Mapping[int, handover.Outcome]
"""Outcomes that were signed ahead, by result."""


@dataclass(frozen=True)
class Step:
    """What becomes of one result: marks that two people corrected by hand stay, for a marker to look at."""

    result: Result
    marks: int
    by_hand: bool

    @property
    def is_change(self) -> bool:
        """Whether the marks become others."""
        return self.marks != self.result.marks

    @property
    def passed(self) -> bool:
        """Whether that is a pass."""
        return self.marks >= self.result.pass_mark if self.is_change else self.result.passed

    @property
    def goes_out(self) -> bool:
        """Whether the person was told of the result, and is told anew."""
        return self.is_change and self.result.state == ResultState.PUBLISHED


def steps_of(sittings: Collection[Sitting], computed: Mapping[int, Computed]) -> list[Step]:
    """Return what becomes of every result of some sittings, by what was computed for each candidate."""
    statement = (
        select(Result)
        .where(among(Result.sitting_id, [each.id for each in sittings]))
        .options(selectinload(Result.corrections), joinedload(Result.person))
        .order_by(Result.id)
        .execution_options(populate_existing=True)
    )
    return [_step(each, computed) for each in db.session.scalars(statement)]


def _step(result: Result, computed: Mapping[int, Computed]) -> Step:
    by_hand, what = bool(result.approved_corrections), computed.get(result.candidate_id)
    return Step(result, result.marks if by_hand or what is None else what.marks, by_hand)


def sign_ahead(sitting_ids: Collection[int], computed: Mapping[int, Computed], by_id: str) -> Signed:
    """Sign what is to go out anew while nobody waits for it; nothing of it is out yet. Outside any deed."""
    with reading():
        going = _going(_sittings(sitting_ids), computed)
        centre_id = going[0].result.sitting.organisation_id if going else None
    if centre_id is None:
        return {}
    with transaction():
        handover.have_key(db.session.get_one(Organisation, centre_id), by=get_person(by_id))
    with reading():
        return _signed(_going(_sittings(sitting_ids), computed), get_person(by_id))


def _sittings(ids: Collection[int]) -> list[Sitting]:
    return list(db.session.scalars(select(Sitting).where(among(Sitting.id, ids))))


def _going(sittings: Collection[Sitting], computed: Mapping[int, Computed]) -> list[Step]:
    return [each for each in steps_of(sittings, computed) if each.goes_out]


def _signed(steps: Sequence[Step], by: Person) -> dict[int, handover.Outcome]:
    outcomes = {each.result.id: _outcome(each) for each in steps}
    if outcomes:
        # All sittings of a change are of one centre.
        centre = steps[0].result.sitting.organisation
        handover.sign_outcomes(list(outcomes.values()), by=by, centre=centre)
    return outcomes


def _outcome(step: Step) -> handover.Outcome:
    result = step.result
    return handover.Outcome(
        person_id=result.person_id,
        qualification=result.qualification,
        part=str(result.part),
        passed=step.passed,
        on=clock.local_day(result.sitting.starts_at),
        sitting_code=result.sitting.code,
    )


def follow(
    change: KeyChange, steps: Sequence[Step], computed: Mapping[int, Computed], signed: Signed, by: Person
) -> int:
    """Let results follow a change; what was published is handed over and told anew.

    Args:
        change: approved in this deed.
        steps: what becomes of each result.
        computed: the marks of every question, by candidate.
        signed: what goes out anew, as signed before; what became of it since is signed once more.
        by: who approves.

    Returns:
        How many results have other marks now.
    """
    altered = [each for each in steps if each.is_change]
    going = [each for each in altered if each.goes_out]
    late = [each for each in going if not _is_signed(each, signed)]
    outcomes = {**signed, **_signed(late, by)}
    # The words are of a day: all of a sitting read the same.
    of_sittings = {each.result.sitting_id: each.result for each in going}
    texts = {sitting: words_of_corrected(result) for sitting, result in of_sittings.items()}
    told = [(each.result.person, texts[each.result.sitting_id]) for each in going]
    drafts = [_draft(change, each, by) for each in altered]
    _write(change, steps, computed)
    for each, marks, passed in [(each.result, each.marks, each.passed) for each in altered]:
        each.marks, each.passed = marks, passed
    db.session.flush()
    ledger.append_all(db.session.connection(), drafts, side="exam")
    handover.hand_over_outcomes([outcomes[each.result.id] for each in going], by=by)
    messages.tell_all(told, "result.corrected")
    return len(altered)


def _is_signed(step: Step, signed: Signed) -> bool:
    outcome = signed.get(step.result.id)
    return outcome is not None and outcome.passed == step.passed


def _draft(change: KeyChange, step: Step, by: Person) -> tuple[str, str, dict[str, object]]:
    result = step.result
    was = {"result": result.id, "old": result.marks, "new": step.marks, "was": result.passed}
    return "result.rekeyed", by.id, {"key_change": change.code, **was, "is": step.passed}


def _write(change: KeyChange, steps: Sequence[Step], computed: Mapping[int, Computed]) -> None:
    """Write the effects beside what each result was, and the marks of the question."""
    effects = [
        {
            "key_change_id": change.id,
            "result_id": each.result.id,
            "old_marks": each.result.marks,
            "new_marks": each.marks,
            "was_published": each.result.state == ResultState.PUBLISHED,
            "by_hand": each.by_hand,
            "at": change.decided_at,
        }
        for each in steps
    ]
    question = (change.item_code, change.item_version)
    marks = [
        {"result_id": each.result.id, "number": item.number, "given": item.given}
        for each in steps
        for item in computed[each.result.candidate_id].items
        if (item.item_code, item.item_version) == question
    ]
    if effects:
        db.session.execute(insert(KeyEffect), effects)
    if marks:
        db.session.execute(update(Mark), marks)
