"""What a changed key does to the results that met its question: all follow in one short deed, or none does.

That deed writes marks, passes and signed outcomes together, so that both sides see what was or what is, and
never some of each. What is told of it, to the ledger and to each person, comes after (``under_way``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from trainhub import handover
from trainhub.exams.marking.computing import Computed
from trainhub.exams.marking.models import Correction, CorrectionState, Mark, Result, ResultState
from trainhub.exams.marking.models_keys import KeyChange
from trainhub.exams.sittings import Sitting
from trainhub.kernel import clock
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.many import Rows, among
from trainhub.people.models import Organisation, Person
from trainhub.people.persons import get_person

Signed = Mapping[int, handover.Outcome]
"""Outcomes that were signed ahead, by result."""

_RESULTS = Rows("marking_result", {"id": "integer", "marks": "integer", "passed": "boolean"})
_EFFECTS = Rows(
    "marking_key_effect",
    dict.fromkeys(("key_change_id", "result_id", "old_marks", "new_marks"), "integer")
    | dict.fromkeys(("was_published", "by_hand"), "boolean")
    | {"at": "timestamp", "followed_at": "timestamp", "outcome_code": "text"},
)


@dataclass(frozen=True)
class Step:
    """What becomes of one result: marks that two people corrected by hand stay, for a marker to look at."""

    result_id: int
    candidate_id: int
    person_id: str
    sitting_id: int
    qualification: str
    part: str
    old: int
    marks: int
    pass_mark: int
    was_passed: bool
    was_published: bool
    by_hand: bool

    @property
    def is_change(self) -> bool:
        """Whether the marks become others."""
        return self.marks != self.old

    @property
    def passed(self) -> bool:
        """Whether that is a pass."""
        return self.marks >= self.pass_mark if self.is_change else self.was_passed

    @property
    def goes_out(self) -> bool:
        """Whether the person was told of the result, and is told anew."""
        return self.is_change and self.was_published


def steps_of(sittings: Collection[Sitting], computed: Mapping[int, Computed]) -> list[Step]:
    """Return what becomes of every result of some sittings, by what was computed for each candidate."""
    own = among(Result.sitting_id, [each.id for each in sittings])
    corrected = (
        select(Correction.result_id)
        .join(Result, Result.id == Correction.result_id)
        .where(own, Correction.state == CorrectionState.APPROVED)
    )
    by_hand = set(db.session.scalars(corrected))
    statement = select(
        Result.id,
        Result.candidate_id,
        Result.person_id,
        Result.sitting_id,
        Result.qualification,
        Result.part,
        Result.marks,
        Result.pass_mark,
        Result.passed,
        Result.state,
    )
    return [
        Step(
            result_id=row.id,
            candidate_id=row.candidate_id,
            person_id=row.person_id,
            sitting_id=row.sitting_id,
            qualification=row.qualification,
            part=str(row.part),
            old=row.marks,
            marks=row.marks
            if row.id in by_hand or row.candidate_id not in computed
            else computed[row.candidate_id].marks,
            pass_mark=row.pass_mark,
            was_passed=row.passed,
            was_published=row.state == ResultState.PUBLISHED,
            by_hand=row.id in by_hand,
        )
        for row in db.session.execute(statement.where(own).order_by(Result.id))
    ]


def sign_ahead(sitting_ids: Collection[int], computed: Mapping[int, Computed], by_id: str) -> Signed:
    """Sign what is to go out anew while nobody waits for it; nothing of it is out yet. Outside any deed."""
    with reading():
        sittings = _sittings(sitting_ids)
        goes_out = any(each.goes_out for each in steps_of(sittings, computed))
        centre_id = sittings[0].organisation_id if goes_out else None
    if centre_id is None:
        return {}
    with transaction():
        handover.have_key(db.session.get_one(Organisation, centre_id), by=get_person(by_id))
    with reading():
        sittings = _sittings(sitting_ids)
        going = [each for each in steps_of(sittings, computed) if each.goes_out]
        return _signed(going, sittings, get_person(by_id))


def _sittings(ids: Collection[int]) -> list[Sitting]:
    return list(db.session.scalars(select(Sitting).where(among(Sitting.id, ids))))


def _signed(steps: Sequence[Step], sittings: Collection[Sitting], by: Person) -> dict[int, handover.Outcome]:
    by_id = {each.id: each for each in sittings}
    outcomes = {each.result_id: _outcome(each, by_id[each.sitting_id]) for each in steps}
    if outcomes:
        # All sittings of a change are of one centre.
        centre = by_id[steps[0].sitting_id].organisation
        handover.sign_outcomes(list(outcomes.values()), by=by, centre=centre)
    return outcomes


def _outcome(step: Step, sitting: Sitting) -> handover.Outcome:
    return handover.Outcome(
        person_id=step.person_id,
        qualification=step.qualification,
        part=step.part,
        passed=step.passed,
        on=clock.local_day(sitting.starts_at),
        sitting_code=sitting.code,
    )


def follow(
    change: KeyChange,
    steps: Sequence[Step],
    sittings: Collection[Sitting],
    computed: Mapping[int, Computed],
    signed: Signed,
) -> int:
    """Let all results follow a change at once, with the outcomes of those that were published.

    Args:
        change: approved in this deed.
        steps: what becomes of each result.
        sittings: whose results they are.
        computed: the marks of every question, by candidate.
        signed: what goes out anew, as signed before; what became of it since is signed once more.

    Returns:
        How many results have other marks now.
    """
    going = [each for each in steps if each.goes_out]
    late = [each for each in going if not _is_signed(each, signed)]
    by = get_person(str(change.decided_by_id))
    outcomes = {**signed, **_signed(late, sittings, by)}
    outcomes = {each.result_id: outcomes[each.result_id] for each in going}
    altered = [each for each in steps if each.is_change]
    db.session.flush()
    connection = db.session.connection()
    handover.enter_outcomes(list(outcomes.values()))
    _EFFECTS.insert(connection, [_effect(change, each, outcomes) for each in steps])
    _RESULTS.update(
        connection, [{"id": each.result_id, "marks": each.marks, "passed": each.passed} for each in altered]
    )
    _write_marks(change, steps, computed)
    return len(altered)


def _is_signed(step: Step, signed: Signed) -> bool:
    outcome = signed.get(step.result_id)
    return outcome is not None and outcome.passed == step.passed


def _effect(change: KeyChange, step: Step, outcomes: Signed) -> dict[str, object]:
    outcome = outcomes.get(step.result_id)
    return {
        "key_change_id": change.id,
        "result_id": step.result_id,
        "old_marks": step.old,
        "new_marks": step.marks,
        "was_published": step.was_published,
        "by_hand": step.by_hand,
        "at": change.decided_at,
        "followed_at": None if step.is_change else change.decided_at,
        "outcome_code": None if outcome is None else outcome.code,
    }


def _write_marks(change: KeyChange, steps: Sequence[Step], computed: Mapping[int, Computed]) -> None:
    """Write what the question is worth to each: a statement for each number of marks."""
    question = (change.item_code, change.item_version)
    given: dict[int, list[int]] = defaultdict(list)
    for each in steps:
        for item in computed[each.candidate_id].items:
            if (item.item_code, item.item_version) == question:
                given[item.given].append(each.result_id)
    for marks, result_ids in given.items():
        statement = update(Mark).where(
            among(Mark.result_id, result_ids),
            Mark.item_code == change.item_code,
            Mark.item_version == change.item_version,
            Mark.given != marks,
        )
        db.session.execute(statement.values(given=marks), execution_options={"synchronize_session": False})
