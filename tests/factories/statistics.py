"""Marked sittings with many candidates, written straight into the tables: what statistics read."""

import json
import random
from datetime import timedelta
from math import exp

from sqlalchemy import insert

from tests.factories.bank import Staff, make_approved, make_bank
from tests.factories.delivery import Choice, make_seated_candidate, make_seated_sitting
from tests.factories.people import make_officer, make_person
from trainhub.exams.bank import ItemType
from trainhub.exams.delivery.form import draw_form, drawable, write_form
from trainhub.exams.delivery.models import Attempt, AttemptState, Response
from trainhub.exams.marking import Mark, Result
from trainhub.exams.sittings import SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.separation.duties import Duty

OPTIONS = [Choice(key, key) for key in "ABCD"]


def make_items(size, centre=None):
    """A staff and single choices with key B that a second person approved: staff, codes."""
    centre = centre or make_seated_sitting(state=SittingState.PLANNED).organisation
    duties = (Duty.AUTHOR_ITEMS, Duty.REVIEW_ITEMS, Duty.ASSEMBLE_PAPERS, Duty.REVIEW_PAPERS)
    staff = Staff(centre, *(make_officer(duty, centre) for duty in duties))
    return staff, [item.code for item in make_approved(make_bank(staff), staff, ItemType.SINGLE, size)]


def make_marked(codes, size, *, centre=None, choose=None, seed=5, days_ago=1, paper="P-STAT"):
    """A marked sitting in which candidates of different ability answered single choices with key B.

    Args:
        codes: items of the paper, in order, each worth two marks.
        size: number of candidates.
        centre: whose sitting it is; one of its own unless given.
        choose: what a candidate answers: ability, place in the paper, chance -> option, list of marks, None.
        seed: where abilities and answers come from.
        days_ago: when it was.
        paper: code of the paper.
    """
    chance = random.Random(seed)
    with clock.set_to(clock.now() - timedelta(days=days_ago)):
        sitting = make_seated_sitting(state=SittingState.MARKED, paper_code=paper)
    sitting.organisation_id = (centre or sitting.organisation).id
    for seat in range(1, size + 1):
        ability = chance.gauss(0, 1)
        answers = [(choose or usual)(ability, place, chance) for place in range(len(codes))]
        _sit(sitting, seat, codes, answers, paper)
    db.session.flush()
    return sitting


def usual(ability, place, chance):
    """A sound question: harder from place to place, and who does not know guesses."""
    knows = chance.random() < 1 / (1 + exp(-1.4 * (ability - (place - 5) * 0.3)))
    return "B" if knows else chance.choice("ACD")


def _sit(sitting, seat, codes, answers, paper):
    candidate, now = make_seated_candidate(sitting, seat, make_person()), clock.now()
    questions = [
        drawable(number, *(("hazard_spotting", ()) if isinstance(answer, list) else ("single", OPTIONS)))
        for number, answer in enumerate(answers, start=1)
    ]
    form = draw_form(questions, random.Random(seat))
    attempt = Attempt(
        candidate_id=candidate.id,
        sitting_id=sitting.id,
        state=AttemptState.HANDED_IN,
        admitted_at=now,
        started_at=now,
        paper_code=paper,
        form=write_form(form),
    )
    given = [2 * (answer == "B" or isinstance(answer, list)) for answer in answers]
    result = Result(
        candidate_id=candidate.id,
        sitting_id=sitting.id,
        person_id=candidate.person_id,
        qualification=sitting.qualification,
        part="theory",
        marks=sum(given),
        pass_mark=int(1.2 * len(codes)),
        passed=sum(given) >= int(1.2 * len(codes)),
        marked_at=now,
    )
    db.session.add_all([attempt, result])
    db.session.flush()
    rows = [_row(attempt, position, place, answers) for position, place in enumerate(form, start=1)]
    db.session.execute(insert(Response), [row for row in rows if row])
    marks = [
        {"number": number, "item_code": code, "given": each, "result_id": result.id}
        for number, (code, each) in enumerate(zip(codes, given, strict=True), start=1)
    ]
    db.session.execute(insert(Mark), [{**each, "item_version": 1, "possible": 2} for each in marks])


def _row(attempt, position, place, answers):
    answer = answers[place.number - 1]
    if answer is None:
        return None
    marks = isinstance(answer, list)
    shown = answer if marks else dict(zip(place.options, place.letters(), strict=True))[answer]
    facts = {"flagged": False, "how": "pointer", "shown_ms": 9000, "received_at": clock.now(), "link": "x"}
    return {
        "attempt_id": attempt.id,
        "sequence": position,
        "position": position,
        "response": json.dumps(shown),
        "circumstance": "",
        **facts,
    }
