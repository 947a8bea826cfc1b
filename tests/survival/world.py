"""The exam that a run is about: a sealed paper, sittings under way, candidates; some must sign in first."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from flask import Flask

from tests.factories.bank import Staff, make_approved, make_bank, make_blueprint, make_staff
from trainhub.exams import papers
from trainhub.exams.bank import ItemType
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.sites.models import ExamRoom, Site, SiteState
from trainhub.exams.sittings.models import Candidate, Eligibility, Sitting, SittingRoom, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.identifiers import random_id
from trainhub.people.id_numbers import check_character
from trainhub.people.persons import record_person

MINUTES = 120
SEATS = 50
SITTINGS = 4
SIGN_IN_SHARE = 0.15
PASSING_SHARE = 0.25
SOON_SHARE = 0.05
QUESTIONS = {ItemType.TRUE_FALSE: 8, ItemType.SINGLE: 8, ItemType.MULTIPLE: 4}


@dataclass(frozen=True)
class Seat:
    """What one candidate brings to the machine.

    Args:
        attempt: code of the attempt.
        ticket: number of the admission ticket.
        last_six: of the ID number.
        token: of the machine, where somebody signed in before the run; empty: signs in during the run.
        leaves_at: seconds from the start to the deadline.
    """

    attempt: str
    ticket: str
    last_six: str
    token: str
    leaves_at: int

    def plain(self) -> dict[str, object]:
        """As the load generator reads it."""
        return asdict(self)


def build(app: Flask, candidates: int, seconds: int, seed: int) -> list[Seat]:
    """Fill a migrated database with an exam that is under way.

    Args:
        app: an application on it, its context active.
        candidates: how many.
        seconds: how long the run is meant to last: a quarter of the deadlines pass within it.
        seed: of who sits how.
    """
    chance = random.Random(seed)
    with transaction():
        staff = make_staff()
        paper_code = _seal_paper(staff)
        rooms = _open_sittings(staff, paper_code, candidates)
        seats = [_seat(place, rooms, seconds, chance) for place in range(candidates)]
    return seats


def _seal_paper(staff: Staff) -> str:
    bank = make_bank(staff)
    for kind, count in QUESTIONS.items():
        make_approved(bank, staff, kind, count)
    cells = [papers.Cell(kind.value, None, count, 5) for kind, count in QUESTIONS.items()]
    paper = papers.assemble(make_blueprint(staff, cells), by=staff.paper_officer)
    papers.see_proof(paper, by=staff.paper_reviewer)
    papers.approve_paper(paper, by=staff.paper_reviewer)
    papers.seal_paper(paper, by=staff.paper_reviewer)
    return paper.code


def _open_sittings(staff: Staff, paper_code: str, candidates: int) -> list[SittingRoom]:
    site = Site(
        code="SURVIVAL",
        name="海川职业技术学院考点",
        organisation_id=staff.centre.id,
        centre_id=staff.centre.id,
        district="东港区",
        address="学府路 88 号",
        state=SiteState.ACTIVE,
    )
    db.session.add(site)
    db.session.flush()
    rooms = []
    for number in range(SITTINGS):
        sitting = Sitting(
            code=f"SURVIVAL-{number + 1}",
            organisation_id=staff.centre.id,
            qualification="SAFETY-MANAGER",
            site_id=site.id,
            starts_at=clock.now() - timedelta(minutes=1),
            minutes=MINUTES,
            pass_mark=80,
            entry_before_minutes=30,
            late_entry_minutes=60,
            early_hand_in_minutes=0,
            paper_code=paper_code,
            state=SittingState.OPEN,
            planned_by_id=staff.paper_officer.id,
        )
        for place in range(-(-candidates // SITTINGS // SEATS)):
            name = f"R{number + 1}{place + 1:02d}"
            exam_room = ExamRoom(site_id=site.id, code=name, name=name, seats=SEATS)
            room = SittingRoom(sitting=sitting, exam_room=exam_room, seats=SEATS)
            rooms.append(room)
        db.session.add(sitting)
    db.session.flush()
    return rooms


def _seat(place: int, rooms: list[SittingRoom], seconds: int, chance: random.Random) -> Seat:
    room = rooms[place % len(rooms)]
    number = id_number(place)
    person = record_person("考生" + "甲乙丙丁戊己庚辛壬癸"[place % 10], number, by=None)
    candidate = Candidate(
        sitting_id=room.sitting_id,
        person_id=person.id,
        ticket_number=f"26SURV-{place // 10000:04d}-{place % 10000:04d}",
        employer_name="海川华丰机械有限公司",
        eligibility=Eligibility.TRAINING_RECORD,
        sitting_room_id=room.id,
        seat_number=place // len(rooms) + 1,
        registered_by_id=room.sitting.planned_by_id,
    )
    db.session.add(candidate)
    db.session.flush()
    token = "" if chance.random() < SIGN_IN_SHARE else random_id() + random_id()
    leaves_at = _leaves_at(seconds, chance)
    attempt = Attempt(
        candidate_id=candidate.id,
        sitting_id=room.sitting_id,
        admitted_at=clock.now(),
        extra_seconds=leaves_at - MINUTES * 60,
        token_hash=hash_token(token) if token else None,
        machines=int(bool(token)),
    )
    db.session.add(attempt)
    db.session.flush()
    return Seat(attempt.code, candidate.ticket_number, number[-6:], token, leaves_at)


def _leaves_at(seconds: int, chance: random.Random) -> int:
    """A quarter runs out of time within the run, a few when the clock jumps, the others never."""
    drawn = chance.random()
    if drawn < PASSING_SHARE:
        return round(chance.uniform(0.15, 1.05) * seconds)
    if drawn < PASSING_SHARE + SOON_SHARE:
        return seconds + chance.randint(120, 360)
    return MINUTES * 60 - chance.randint(0, 600)


def id_number(place: int) -> str:
    """A well-formed ID number that only this candidate has."""
    born = date(1970, 1, 1) + timedelta(days=place // 500)
    body = f"370281{born:%Y%m%d}{place % 500:03d}"
    return body + check_character(body + "0")
