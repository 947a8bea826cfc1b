"""The invented sitting of ``trainhub bench answers``: a sealed paper, and candidates by the thousand."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, text

from trainhub import ledger
from trainhub.exams.bank.content import ItemBody, Option
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.models import Attempt, AttemptState
from trainhub.exams.papers.content import PaperContent, PaperItem, hash_of, write_content
from trainhub.exams.papers.models import Blueprint, Paper, PaperState
from trainhub.exams.sites.models import ExamRoom, Site, SiteState
from trainhub.exams.sittings.models import Candidate, Eligibility, Sitting, SittingRoom, SittingState
from trainhub.kernel import cipher, clock, keys
from trainhub.kernel.db import db, transaction
from trainhub.kernel.identifiers import random_id
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.people.persons import hash_id_number

MINUTES = 600
QUESTIONS = [("true_false", 70), ("single", 30)]
BATCH = 2_000
STEM = "在有限空间作业前，应当先通风、再检测、后作业，检测不合格的不得进入，作业时须有人监护。"


@dataclass(frozen=True)
class Ticket:
    """What a candidate brings: ticket number, last six digits, and perhaps a machine signed in already."""

    number: str
    digits: str
    attempt_code: str
    token: str


def build(candidates: int) -> list[Ticket]:
    """Make a sitting that has begun, with so many candidates let in; each even has a machine signed in."""
    with transaction():
        sitting = _sitting(candidates)
        ids = sitting.id, sitting.rooms[0].id, sitting.planned_by_id
    tickets: list[Ticket] = []
    for first in range(0, candidates, BATCH):
        with transaction():
            tickets += _let_in(range(first, min(first + BATCH, candidates)), *ids)
    return tickets


def _sitting(candidates: int) -> Sitting:
    planner = Person(id=random_id(), name="计划员")
    centre = Organisation(
        code=f"C-{random_id()[:8]}", name="考试中心", kind=OrganisationKind.EXAM_CENTRE, district="市南区"
    )
    db.session.add_all([planner, centre])
    db.session.flush()
    place = {"organisation_id": centre.id, "centre_id": centre.id, "district": "市南区"}
    site = Site(
        code=f"S-{random_id()[:8]}", name="考点", address="海川路1号", state=SiteState.ACTIVE, **place
    )
    db.session.add(site)
    db.session.flush()
    hall = ExamRoom(site_id=site.id, code="H1", name="H1", seats=candidates)
    db.session.add(hall)
    db.session.flush()
    sitting = Sitting(
        code=f"B-{random_id()[:8]}",
        organisation_id=centre.id,
        qualification="LV-ELECTRICIAN",
        site_id=site.id,
        starts_at=clock.now() - timedelta(minutes=1),
        minutes=MINUTES,
        pass_mark=80,
        entry_before_minutes=30,
        late_entry_minutes=MINUTES,
        early_hand_in_minutes=0,
        state=SittingState.OPEN,
        paper_code=_paper(centre, planner),
        planned_by_id=planner.id,
        rooms=[SittingRoom(exam_room_id=hall.id, seats=candidates)],
    )
    db.session.add(sitting)
    db.session.flush()
    return sitting


def _paper(centre: Organisation, by: Person) -> str:
    """Seal a paper of invented questions, as sealing does it."""
    facts = {
        "organisation_id": centre.id,
        "qualification": "LV-ELECTRICIAN",
        "minutes": MINUTES,
        "pass_mark": 80,
    }
    blueprint = Blueprint(code=random_id()[:10], name="基准", cells=[], created_by_id=by.id, **facts)
    db.session.add(blueprint)
    db.session.flush()
    code = f"P-{random_id()[:8]}"
    content = PaperContent(code, "LV-ELECTRICIAN", MINUTES, 80, tuple(_items()))
    written, key = write_content(content), secrets.token_bytes(32)
    entry = ledger.append("paper.sealed", by=by, side="exam", paper=code, content_hash=hash_of(written))
    paper = Paper(
        code=code,
        blueprint_id=blueprint.id,
        marks=100,
        seed="bench",
        state=PaperState.SEALED,
        assembled_by_id=by.id,
        content_hash=hash_of(written),
        content_sealed=cipher.encrypt(key, written, f"paper:{code}"),
        key_sealed=keys.seal("exam", key, f"paper-key:{code}"),
        ledger_leaf=entry.leaf_hash,
        **facts,
    )
    db.session.add(paper)
    return code


def _items() -> Iterator[PaperItem]:
    number = itertools.count(1)
    for kind, count in QUESTIONS:
        for _each in range(count):
            place = next(number)
            stem = f"第{place}题：{STEM}"
            options = tuple(Option(key, f"选项{key}：按照操作规程采取相应的安全措施") for key in "ABCD")
            body = ItemBody(
                stem, () if kind == "true_false" else options, ("T",) if kind == "true_false" else ("A",)
            )
            yield PaperItem(place, f"Q-{place}", 1, kind, 1, body)


def _let_in(numbers: range, sitting_id: int, room_id: int, by_id: str) -> list[Ticket]:
    tickets, persons, rows = [], [], []
    for number in numbers:
        digits, person_id = f"{secrets.randbelow(10**6):06d}", random_id()
        id_number = f"{secrets.randbelow(10**12):012d}{digits}"
        ticket = f"99B{number // 10**8:03d}-{number // 10**4 % 10**4:04d}-{number % 10**4:04d}"
        tickets.append(Ticket(ticket, digits, random_id(), secrets.token_urlsafe(32)))
        persons.append(
            {
                "id": person_id,
                "name": f"考生{number}",
                "id_number_hash": hash_id_number(id_number),
                "id_number_sealed": cipher.encrypt(
                    keys.key("people"), id_number.encode(), f"id-number:{person_id}"
                ),
            }
        )
        rows.append(_candidate(person_id, ticket, number + 1, sitting_id, room_id, by_id))
    db.session.execute(insert(Person), persons)
    made = db.session.scalars(
        insert(Candidate).returning(Candidate.id, sort_by_parameter_order=True), rows
    ).all()
    attempts = [
        {
            "code": each.attempt_code,
            "candidate_id": candidate_id,
            "sitting_id": sitting_id,
            "state": AttemptState.ADMITTED,
            "admitted_at": clock.now(),
            "token_hash": hash_token(each.token) if place % 2 == 0 else None,
        }
        for place, (each, candidate_id) in enumerate(zip(tickets, made, strict=True))
    ]
    db.session.execute(insert(Attempt), attempts)
    return tickets


def _candidate(
    person_id: str, ticket: str, seat: int, sitting_id: int, room_id: int, by_id: str
) -> dict[str, Any]:
    return {
        "sitting_id": sitting_id,
        "person_id": person_id,
        "ticket_number": ticket,
        "employer_name": "海川华丰机械有限公司",
        "eligibility": Eligibility.TRAINING_RECORD,
        "sitting_room_id": room_id,
        "seat_number": seat,
        "registered_by_id": by_id,
    }


def store(responses: int, per_attempt: int = 100) -> None:
    """Fill the journal with responses of attempts that ended long ago, until it holds so many."""
    with transaction():
        held = db.session.scalar(text("SELECT count(*) FROM delivery_response")) or 0
        wanted = max(0, responses - held) // per_attempt
        if not wanted:
            return
        first = (db.session.scalar(text("SELECT max(id) FROM delivery_attempt")) or 0) + 1
        candidate, sitting = db.session.execute(
            text("SELECT candidate_id, sitting_id FROM delivery_attempt ORDER BY id LIMIT 1")
        ).one()
        postgres = db.engine.dialect.name == "postgresql"
        bound = {"first": first, "last": first + wanted - 1, "candidate": candidate, "sitting": sitting}
        db.session.execute(text(_ATTEMPTS.format(numbers=_numbers(":first", ":last", postgres))), bound)
        numbers, places = (
            _numbers(":first", ":last", postgres),
            _numbers("1", str(per_attempt), postgres, "q"),
        )
        db.session.execute(text(_RESPONSES.format(numbers=numbers, places=places)), bound)
        if postgres:
            db.session.execute(text(f"SELECT setval('delivery_attempt_id_seq', {first + wanted})"))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for settling in _SETTLING[db.engine.dialect.name]:
            connection.exec_driver_sql(settling)


def _numbers(first: str, last: str, postgres: bool, name: str = "n") -> str:
    """Return a table of whole numbers in the words of a database."""
    if postgres:
        return f"generate_series(CAST({first} AS integer), CAST({last} AS integer)) AS {name}(i)"
    counting = f"SELECT {first} UNION ALL SELECT i + 1 FROM c WHERE i < {last}"  # noqa: S608
    return f"(WITH RECURSIVE c(i) AS ({counting}) SELECT i FROM c) AS {name}"  # noqa: S608


# What was stored long ago has been tidied and written out; else the database does that while it is measured.
_CHECKPOINT = "DO $$ BEGIN CHECKPOINT; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"
_SETTLING = {"postgresql": ("VACUUM (FREEZE, ANALYZE)", _CHECKPOINT), "sqlite": ("PRAGMA optimize",)}
_ATTEMPTS = """
INSERT INTO delivery_attempt (id, code, candidate_id, round, sitting_id, state, admitted_at,
  extra_seconds, halted_seconds, wrong_entries, machines, last_sequence, head,
  late_state, late_sequence, late_head, late_reason)
SELECT n.i, 'old-' || n.i, :candidate, n.i + 10, :sitting, 'handed_in', '2026-01-01 00:00:00',
  0, 0, 0, 1, 100, 'f', 'none', 0, '', '' FROM {numbers}"""
_RESPONSES = """
INSERT INTO delivery_response (attempt_id, sequence, position, response, flagged, how, shown_ms, received_at,
  link, circumstance)
SELECT n.i, q.i, q.i, '"A"', false, 'pointer', 21000, '2026-01-01 00:00:00',
  '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', '' FROM {numbers}, {places}"""
