"""Fills an empty database with a bank and marked sittings of a hundred questions each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
from sqlalchemy import insert, text

from benchmarks import _bank_filling
from tests.factories.delivery import Choice, make_seated_sitting
from tests.factories.people import make_officer
from trainhub.exams.bank.models import Bank
from trainhub.exams.delivery.form import draw_form, drawable, write_form
from trainhub.exams.delivery.models import Attempt, AttemptState, Response
from trainhub.exams.marking import Mark, Result
from trainhub.exams.sittings.models import Candidate, Eligibility, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty

QUESTIONS, LOT = 100, 250
OPTIONS = [Choice(key, key) for key in "ABCD"]


def fill(items: int, large: int, small: tuple[int, int]) -> tuple[str, str, dict[str, str]]:
    """Fill a bank and its sittings; returns the codes of the last small and the large one, and officers."""
    bank_id = _bank_filling.fill(items)
    with transaction():
        centre = db.session.get_one(Organisation, db.session.get_one(Bank, bank_id).organisation_id)
        officers = {str(duty): make_officer(duty, centre).id for duty in (Duty.MARK, Duty.REVIEW_ITEMS)}
        centre_id = centre.id
    codes = [_sitting(centre_id, small[1], days_ago=small[0] + 1 - each) for each in range(small[0])]
    last = _sitting(centre_id, large, days_ago=0)
    _analyse()
    return codes[-1], last, officers


def _analyse() -> None:
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _sitting(centre_id: int, size: int, *, days_ago: int) -> str:
    """Write a marked sitting of so many candidates; a third of its questions is in every paper."""
    chance = np.random.default_rng(days_ago)
    with transaction():
        sitting = make_seated_sitting(state=SittingState.MARKED, paper_code=f"P-{days_ago}")
        sitting.organisation_id = centre_id
        sitting.starts_at = clock.now() - timedelta(days=days_ago, hours=1)
        code, sitting_id, planner = sitting.code, sitting.id, sitting.planned_by_id
        codes = _codes(chance)
    for start in range(0, size, LOT):
        with transaction():
            _sit(sitting_id, planner, codes, f"P-{days_ago}", min(LOT, size - start), chance)
    return code


def _codes(chance: Any) -> list[str]:
    numbers = [*range(1, 34), *sorted(chance.choice(range(100, 2000), QUESTIONS - 33, replace=False))]
    return [f"Q-{number:08}" for number in numbers]


def _sit(sitting_id: int, planner: str, codes: list[str], paper: str, size: int, chance: Any) -> None:
    now = clock.now()
    people = [{"name": "考生", "created_at": now} for _each in range(size)]
    persons = list(
        db.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), people)
    )
    common = {"sitting_id": sitting_id, "employer_name": "机械厂", "eligibility": Eligibility.TRAINING_RECORD}
    rows = [
        {**common, "person_id": each, "ticket_number": each[:20], "registered_by_id": planner}
        for each in persons
    ]
    candidates = _added(Candidate, rows)
    questions = [drawable(number, "single", OPTIONS) for number in range(1, QUESTIONS + 1)]
    forms = [draw_form(questions, Random(each)) for each in candidates]
    attempts = _added(
        Attempt,
        [
            {
                "candidate_id": candidate,
                "sitting_id": sitting_id,
                "state": AttemptState.HANDED_IN,
                "admitted_at": now,
                "started_at": now,
                "paper_code": paper,
                "form": write_form(form),
            }
            for candidate, form in zip(candidates, forms, strict=True)
        ],
    )
    ability = chance.normal(size=(size, 1))
    right = chance.random((size, QUESTIONS)) < 1 / (
        1 + np.exp(-1.3 * (ability - np.linspace(-2, 1.5, QUESTIONS)))
    )
    wrong = chance.integers(0, 3, (size, QUESTIONS))
    results = _added(
        Result,
        [
            {
                "candidate_id": candidate,
                "sitting_id": sitting_id,
                "person_id": person,
                "qualification": "SAFETY-MANAGER",
                "part": "theory",
                "marks": int(mine.sum()),
                "pass_mark": 60,
                "passed": bool(mine.sum() >= 60),
                "marked_at": now,
            }
            for candidate, person, mine in zip(candidates, persons, right, strict=True)
        ],
    )
    db.session.execute(insert(Mark), list(_marks(results, codes, right)))
    db.session.execute(insert(Response), list(_responses(attempts, forms, right, wrong, now)))


def _added(model: Any, rows: list[dict[str, Any]]) -> list[int]:
    return list(db.session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows))


def _marks(results: list[int], codes: list[str], right: Any) -> Iterator[dict[str, Any]]:
    for result, mine in zip(results, right.tolist(), strict=True):
        for number, (code, given) in enumerate(zip(codes, mine, strict=True), start=1):
            yield {
                "result_id": result,
                "number": number,
                "item_code": code,
                "item_version": 1,
                "possible": 1,
                "given": int(given),
            }


def _responses(attempts: list[int], forms: Any, right: Any, wrong: Any, now: Any) -> Iterator[dict[str, Any]]:
    for attempt, form, mine, other in zip(attempts, forms, right.tolist(), wrong.tolist(), strict=True):
        for position, place in enumerate(form, start=1):
            key = "B" if mine[place.number - 1] else "ACD"[other[place.number - 1]]
            yield {
                "attempt_id": attempt,
                "sequence": position,
                "position": position,
                "response": json.dumps(dict(zip(place.options, place.letters(), strict=True))[key]),
                "flagged": False,
                "how": "pointer",
                "shown_ms": 9000,
                "received_at": now,
                "link": "x",
            }
