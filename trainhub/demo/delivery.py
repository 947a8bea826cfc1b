"""Exam days of the demo: doors opened, candidates checked in, answers given, papers handed in.

Past sittings run from beginning to hand-in on a clock set back to their day; today's has people at work.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from trainhub.exams import delivery
from trainhub.exams.delivery.chain import Answer, Change, How
from trainhub.exams.delivery.form import Place, read_form
from trainhub.exams.delivery.forms_prepared import paper_of
from trainhub.exams.delivery.types import LETTERS
from trainhub.exams.invigilation import PhoneGiven, check_in
from trainhub.exams.sittings import (
    Candidate,
    Part,
    Sitting,
    SittingState,
    candidates_of,
    get_sitting,
    open_sitting,
)
from trainhub.exams.staffing import appointments_of
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person
from trainhub.people.persons import id_number_of, phone_of
from trainhub.separation.duties import Duty

PACKET = 25


def build(world: Any) -> None:
    """Hold every theory sitting of the demo whose time has come; ``candidate`` comes with the visitor."""
    now = clock.now()
    with transaction():
        visitor = world.persons["candidate"].id
    for code, entry_from, ends_at in _due(now):
        if ends_at < now:
            _hold_past(code, entry_from)
        else:
            _hold_present(code, visitor)


def _due(now: datetime) -> list[tuple[str, datetime, datetime]]:
    with transaction():
        wanted = select(Sitting).where(Sitting.state == SittingState.ARRANGED, Sitting.part == Part.THEORY)
        rows = db.session.scalars(wanted.order_by(Sitting.starts_at)).all()
        return [(row.code, row.entry_from, row.ends_at) for row in rows if row.entry_from <= now]


def _hold_past(code: str, entry_from: datetime) -> None:
    """Hold a sitting on its own day: all but one candidate come, all hand in."""
    with clock.set_to(entry_from + timedelta(minutes=5)):
        tickets = let_in(code, absent=1)
    with transaction():
        starts_at = get_sitting(code).starts_at
    for number, (ticket, digits) in enumerate(tickets):
        begins = starts_at + timedelta(seconds=20 + 7 * number)
        with clock.set_to(begins):
            attempt_code, token = _sit_down(ticket, digits)
        _answer(attempt_code, token, begins, skill=0.98 - 0.06 * (number % 5))
        with clock.set_to(begins + timedelta(minutes=62 + number % 30)), transaction():
            delivery.hand_in(_attempt(attempt_code))


def _hold_present(code: str, visitor: str) -> None:
    """Hold the sitting that runs now: some are at work, one has handed in, some are only let in."""
    now = clock.now()
    with transaction():
        starts_at = get_sitting(code).starts_at
    with clock.set_to(min(now, starts_at - timedelta(minutes=10))):
        tickets = let_in(code, absent=0, without=visitor)
    if now < starts_at:
        return
    begins = starts_at + timedelta(seconds=30)
    for number, (ticket, digits) in enumerate(tickets[:-1]):
        with clock.set_to(begins):
            attempt_code, token = _sit_down(ticket, digits)
        _answer(attempt_code, token, begins, skill=0.9, part=0.15 + 0.1 * (number % 6), until=now)


def let_in(code: str, absent: int, without: str = "") -> list[tuple[str, str]]:
    """Open a sitting and check in all but some; returns ticket number and digits of who is in."""
    with transaction():
        sitting = get_sitting(code)
        staff = invigilators_of(sitting)
        if sitting.state == SittingState.ARRANGED:
            open_sitting(sitting, by=staff[0])
    with transaction():
        sitting = get_sitting(code)
        staff = invigilators_of(sitting)
        seated = sorted(
            (each for each in candidates_of(sitting) if each.seat_number),
            key=lambda each: each.seat_number or 0,
        )
        coming = [each for each in seated if each.person_id != without][: len(seated) - absent]
        for number, candidate in enumerate(coming):
            _check_in(candidate, staff[number % len(staff)])
        return [(each.ticket_number, (id_number_of(each.person) or "")[-6:]) for each in coming]


def _check_in(candidate: Candidate, by: Person) -> None:
    phone = PhoneGiven.CONFIRMED if phone_of(candidate.person) else PhoneGiven.NONE
    check_in(candidate, phone, identity_confirmed=True, by=by)


def invigilators_of(sitting: Sitting) -> list[Person]:
    """Return who invigilates a sitting, in the order of appointment."""
    rows = [row for row in appointments_of(sitting) if row.duty == Duty.INVIGILATE]
    return [db.session.get_one(Person, row.person_id) for row in rows]


def _sit_down(ticket: str, digits: str) -> tuple[str, str]:
    with transaction():
        found = delivery.enter(ticket, digits)
        assert found is not None, "a candidate who was let in can sign in"
        attempt, token = found
        delivery.start(attempt)
        return attempt.code, token


def _attempt(code: str) -> delivery.Attempt:
    return db.session.scalars(select(delivery.Attempt).where(delivery.Attempt.code == code)).one()


def _answer(
    attempt_code: str,
    token: str,
    begins: datetime,
    *,
    skill: float,
    part: float = 1.0,
    until: datetime | None = None,
) -> None:
    """Answer as a person of some skill would, in packets as the page sends them."""
    changes = _changes(attempt_code, skill, part)
    for packet_number, first in enumerate(range(0, len(changes), PACKET), start=1):
        moment = begins + timedelta(minutes=13 * packet_number)
        with clock.set_to(min(moment, until) if until else moment):
            delivery.append(attempt_code, token, changes[first : first + PACKET])


def _changes(attempt_code: str, skill: float, part: float) -> list[Change]:
    with transaction():
        attempt = _attempt(attempt_code)
        form = read_form(attempt.form or "[]")
        seed = f"{attempt.sitting.code}-{attempt.candidate.seat_number}"
        keys = {
            item.number: item.body.answer for item in paper_of(attempt.paper_code, attempt.sitting.code).items
        }
    chance = random.Random(seed)  # noqa: S311  (a play, not a secret)
    changes = []
    for position, place in enumerate(form[: round(len(form) * part)], start=1):
        right = _as_shown(place, keys[place.number])
        response = right if chance.random() < skill else _other_than(right, place, chance)
        shown_ms = chance.randint(6_000, 50_000)
        changes.append(Change(position, position, response, chance.random() < 0.05, How.POINTER, shown_ms))
    return changes


def _as_shown(place: Place, key: Any) -> Answer:
    if place.type == "true_false":
        return str(key[0])
    letters = dict(zip(place.options, LETTERS, strict=False))
    if place.type == "multiple":
        return sorted(letters[each] for each in key)
    return letters[key[0]]


def _other_than(right: Answer, place: Place, chance: random.Random) -> Answer:
    wrong: Sequence[str] = [letter for letter in place.letters() if letter not in (right or ())]
    chosen = chance.choice(wrong or place.letters())
    return [chosen] if place.type == "multiple" else chosen
