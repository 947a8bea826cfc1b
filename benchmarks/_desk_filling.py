"""Sittings, candidates at work and people on duty for the benchmark of the desk, straight in the tables."""

from __future__ import annotations

import hashlib
import json
import random
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert

from trainhub.exams.delivery.chain import first_link, hash_token
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.sites.models import ExamRoom, Site
from trainhub.exams.sittings.models import Candidate, Sitting, SittingRoom
from trainhub.exams.staffing.models import Appointment
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Account, Organisation, Person, SignIn
from trainhub.separation.duties import Duty

QUESTIONS = 100
PAPER = "P-BENCH"


@dataclass(frozen=True)
class Desk:
    """One desk: the address of its board and the cookie of whoever sits there."""

    board: str
    cookie: str


@dataclass(frozen=True)
class Machine:
    """One candidate's machine: what it needs to save."""

    attempt: str
    token: str


def fill(app: Flask, sittings: int, rooms: int, seats: int) -> tuple[list[Desk], list[Machine]]:
    """Make so many sittings with so many rooms and seats, one person on duty a room, everybody at work."""
    with transaction():
        centre = Organisation(code="BENCH", name="考试中心", kind="exam_centre", district="市南区")
        planner = Person(name="张安排")
        db.session.add_all([centre, planner])
        db.session.flush()
        site = Site(
            code="BENCH-SITE",
            name="考点",
            organisation_id=centre.id,
            centre_id=centre.id,
            district="市南区",
            address="海川路1号",
            state="active",
        )
        db.session.add(site)
        db.session.flush()
        desks: list[Desk] = []
        machines: list[Machine] = []
        for number in range(sittings):
            sitting, own = _sitting(number, rooms, seats, site, centre, planner)
            for room in own:
                desks.append(Desk(f"/exam/desk/{sitting.code}/board", _on_duty(app, sitting, room, centre)))
                machines += _at_work(sitting, room, seats, planner)
    return desks, machines


def _sitting(
    number: int, rooms: int, seats: int, site: Site, centre: Organisation, planner: Person
) -> tuple[Sitting, list[SittingRoom]]:
    sitting = Sitting(
        code=f"BENCH-{number:03d}",
        organisation_id=centre.id,
        qualification="SAFETY-MANAGER",
        site_id=site.id,
        starts_at=clock.now() - timedelta(minutes=20),
        minutes=120,
        pass_mark=80,
        entry_before_minutes=30,
        late_entry_minutes=30,
        early_hand_in_minutes=30,
        state="open",
        paper_code=PAPER,
        planned_by_id=planner.id,
    )
    places = [
        ExamRoom(site_id=site.id, code=f"{number:03d}-{each:02d}", name=f"{each + 1}号考场", seats=seats)
        for each in range(rooms)
    ]
    db.session.add_all([sitting, *places])
    db.session.flush()
    own = [SittingRoom(sitting_id=sitting.id, exam_room_id=place.id, seats=seats) for place in places]
    db.session.add_all(own)
    db.session.flush()
    return sitting, own


def _on_duty(app: Flask, sitting: Sitting, room: SittingRoom, centre: Organisation) -> str:
    """Put somebody on duty in a room; returns the cookie of their session."""
    person = Person(name="李监考")
    db.session.add(person)
    db.session.flush()
    account = Account(person_id=person.id, username=f"bench-{room.id}", password_hash="unusable")
    db.session.add(account)
    db.session.flush()
    token, now = secrets.token_urlsafe(32), clock.now()
    today = clock.today()
    db.session.add_all(
        [
            SignIn(
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                account_id=account.id,
                started_at=now,
                expires_at=now + timedelta(hours=12),
                used_at=now,
            ),
            Grant(
                person_id=person.id,
                organisation_id=centre.id,
                duty=Duty.INVIGILATE,
                starts_on=today - timedelta(days=1),
                ends_on=today + timedelta(days=1),
            ),
            Appointment(
                sitting_id=sitting.id,
                sitting_room_id=room.id,
                person_id=person.id,
                duty=Duty.INVIGILATE,
                appointed_by_id=person.id,
            ),
        ]
    )
    interface: Any = app.session_interface
    signed = interface.get_signing_serializer(app).dumps({"sign-in": token})
    return f"{app.config['SESSION_COOKIE_NAME']}={signed}"


def _at_work(sitting: Sitting, room: SittingRoom, seats: int, planner: Person) -> list[Machine]:
    people = [
        {"id": random_id(), "name": f"考生{seat + 1:02d}", "created_at": clock.now()} for seat in range(seats)
    ]
    db.session.execute(insert(Person), people)
    rows = [
        {
            "code": random_id(),
            "sitting_id": sitting.id,
            "person_id": person["id"],
            "ticket_number": f"B{room.id:06d}-{seat:04d}",
            "check_in_code": random_id(),
            "objection_token": random_id(),
            "employer_name": "海川华丰机械有限公司",
            "eligibility": "training_record",
            "sitting_room_id": room.id,
            "seat_number": seat + 1,
            "registered_by_id": planner.id,
        }
        for seat, person in enumerate(people)
    ]
    ids = list(db.session.scalars(insert(Candidate).returning(Candidate.id), rows))
    form = json.dumps(
        [[number, "true_false", []] for number in range(1, QUESTIONS + 1)], separators=(",", ":")
    )
    machines, attempts = [], []
    for candidate_id in ids:
        machine, now = Machine(random_id(), secrets.token_urlsafe(24)), clock.now()
        machines.append(machine)
        attempts.append(
            {
                "code": machine.attempt,
                "candidate_id": candidate_id,
                "sitting_id": sitting.id,
                "state": "working",
                "admitted_at": now,
                "started_at": now,
                "deadline": now + timedelta(minutes=120),
                "paper_code": PAPER,
                "form": form,
                "token_hash": hash_token(machine.token),
                "machines": 1,
                "head": first_link(machine.attempt, sitting.code, PAPER, form),
                "last_seen_at": now - timedelta(seconds=random.randrange(30)),
            }
        )
    db.session.execute(insert(Attempt), attempts)
    return machines
