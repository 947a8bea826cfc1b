"""Allotting responses to assessors (分派评阅): drawn by the house among those whom no rule keeps from it."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from trainhub import separation
from trainhub.exams.marking.marking import require_final
from trainhub.exams.marking.models_judging import (
    ANEW,
    FIRST,
    SECOND,
    THIRD,
    Judgement,
    JudgementState,
    WrittenResponse,
)
from trainhub.exams.marking.superseding import withdraw
from trainhub.exams.marking.written import responses_of, to_be_marked
from trainhub.exams.sittings import Sitting
from trainhub.exams.staffing.register import qualified_on
from trainhub.governance.duties import organisations_for
from trainhub.kernel import clock
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Forbidden, NotFound, Refused
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person
from trainhub.separation.catalogue import rule_by_id
from trainhub.separation.duties import Duty
from trainhub.separation.models import Judged, Marked

Place = tuple[WrittenResponse, int]
"""A response and a turn of marking for which nobody has it."""

MARKS_NO_ACQUAINTANCE = "S-23"


@dataclass
class Pool:
    """Who can be given responses of a sitting, and how many each has to mark.

    Args:
        people: assessors in the register of the centre who may mark for it today.
        load: responses that each has and has not marked.
        barred: pairs of assessor and response that a rule forbids.
    """

    people: list[Person]
    load: Counter[str]
    barred: set[tuple[str, int]] = field(default_factory=set)

    def take(self, response: WrittenResponse) -> Person | None:
        """Return who gets a response: of those who may, one with the least to do, drawn by chance."""
        had = {each.assessor_id for each in response.judgements}
        free = [
            each for each in self.people if each.id not in had and (each.id, response.id) not in self.barred
        ]
        if not free:
            return None
        least = min(self.load[each.id] for each in free)
        chosen = secrets.choice([each for each in free if self.load[each.id] == least])
        self.load[chosen.id] += 1
        return chosen


def proposed(assessor: Person, response: WrittenResponse) -> Judged:
    """Return the row of the register that stands for somebody's marking of a response."""
    return Judged(
        person_id=assessor.id,
        sitting_code=response.sitting.code,
        other_id=response.candidate.person_id,
        response_code=response.code,
        starts_on=clock.today(),
        void=False,
    )


def is_barred(judgement: Judgement) -> bool:
    """Tell whether a rule keeps somebody, by what is known now, from marking what was allotted to them."""
    row = proposed(judgement.assessor, judgement.response)
    return bool(separation.check(row, rules=[rule_by_id(MARKS_NO_ACQUAINTANCE)]))


def sees_names(person: Person, sitting: Sitting) -> bool:
    """Tell whether somebody is in charge of marking for a centre, and so reads whose results are whose."""
    return sitting.organisation_id in organisations_for(person, Duty.MARK)


def _pool(sitting: Sitting, responses: Sequence[WrittenResponse]) -> Pool:
    people = qualified_on(sitting.organisation_id, Duty.ASSESS, clock.today())
    facts = {"sitting_code": sitting.code, "starts_on": clock.today(), "void": False}
    marks = separation.check_each([Marked(person_id=each.id, **facts) for each in people])
    people = [
        person
        for person, against in zip(people, marks, strict=True)
        if not against and not sees_names(person, sitting)
    ]
    barred = _barred(people, responses)
    open_now = (
        select(Judgement.assessor_id, func.count())
        .where(Judgement.state == JudgementState.ALLOTTED)
        .group_by(Judgement.assessor_id)
    )
    load = Counter({person: count for person, count in db.session.execute(open_now)})
    return Pool(people, load, barred)


def _barred(people: Sequence[Person], responses: Sequence[WrittenResponse]) -> set[tuple[str, int]]:
    """Return who must not mark what; of responses that nobody had, one of each candidate is asked about."""
    alike: dict[tuple[str, int], list[WrittenResponse]] = {}
    for response in responses:
        own = "" if not response.judgements else response.code
        alike.setdefault((own, response.candidate_id), []).append(response)
    pairs = [(person, same) for same in alike.values() for person in people]
    against = separation.check_each([proposed(person, same[0]) for person, same in pairs])
    return {
        (person.id, response.id)
        for (person, same), found in zip(pairs, against, strict=True)
        if found
        for response in same
    }


def places_of(response: WrittenResponse) -> list[int]:
    """Return the turns for which nobody has a response that is not settled."""
    if response.twice_points is not None:
        return []
    there = {each.turn for each in response.judgements if each.state != JudgementState.RELEASED}
    wanted = [FIRST, SECOND] if len(response.entered()) < SECOND else [FIRST, SECOND, THIRD]
    return [turn for turn in wanted if turn not in there]


def fill(sitting: Sitting, places: Iterable[Place], by: Person) -> tuple[list[Judgement], int]:
    """Give responses to assessors, in a chance order.

    Returns:
        What was allotted, and for how many places nobody could be found.
    """
    places = list(places)
    counted = {each.id for each in to_be_marked(response for response, _turn in places)}
    # What is marked anew after an objection was marked already, whatever became of the question since.
    wanted = [(response, turn) for response, turn in places if turn >= ANEW or response.id in counted]
    if not wanted:
        return [], 0
    secrets.SystemRandom().shuffle(wanted)
    pool = _pool(sitting, list({response.id: response for response, _turn in wanted}.values()))
    given: list[Judgement] = []
    for response, turn in wanted:
        assessor = pool.take(response)
        if assessor is not None:
            judgement = Judgement(turn=turn, assessor=assessor, assessor_id=assessor.id, allotted_by_id=by.id)
            response.judgements.append(judgement)
            given.append(judgement)
    db.session.flush()
    try:
        separation.relations.state_judged(*(proposed(each.assessor, each.response) for each in given), by=by)
    except Refused as refusal:
        # What became known in this very moment; who acts may be an assessor, and the fact names a candidate.
        raise Conflict(_l("Something became known meanwhile: do it once more.")) from refusal
    return given, len(wanted) - len(given)


def release(sitting: Sitting, assessor_id: str, *, by: Person) -> tuple[int, int]:
    """Take from an assessor what they have not marked of a sitting, and give it to others.

    Returns:
        How many were taken, and for how many nobody else could be found.

    Raises:
        NotFound: they have nothing of it to mark.
        Conflict, Forbidden: as for allotting; what is marked anew is taken back also after that.
    """
    if sitting.organisation_id not in organisations_for(by, Duty.MARK):
        raise Forbidden(_l("You do not mark for this exam centre."))
    lock("sitting", sitting.code)
    db.session.refresh(sitting)
    taken = [
        each
        for row in responses_of(sitting)
        for each in row.judgements
        if each.assessor_id == assessor_id and each.state == JudgementState.ALLOTTED
    ]
    if not taken:
        raise NotFound(_l("This assessor has nothing of the sitting to mark."))
    if any(each.turn < ANEW for each in taken):
        require_final(sitting, by=by)
    return len(taken), take_back(taken, by, "released")


def take_back(judgements: Sequence[Judgement], by: Person, why: str) -> int:
    """Take responses from their assessors and give them to others; the taken stay on record.

    Returns:
        For how many nobody else could be found.
    """
    withdraw(judgements, by, why)
    if not judgements:
        return 0
    sitting = judgements[0].response.sitting
    return fill(sitting, [(each.response, each.turn) for each in judgements], by)[1]
