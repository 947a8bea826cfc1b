"""What the benchmark of SQLite's pen needs before its deeds: a roster, answered papers, items, files."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy import insert, select

from benchmarks._bank_filling import fill as fill_bank
from tests.factories.delivery import Choice
from tests.factories.marking import KEYS, answer
from tests.factories.people import make_officer
from tests.factories.sites import make_centre
from tests.factories.sittings import HEADER, make_name, make_sitting
from trainhub.exams.bank import Bank
from trainhub.exams.bank.content import ItemBody, Option
from trainhub.exams.delivery.chain import first_link, hash_token
from trainhub.exams.delivery.form import draw_form, drawable, write_form
from trainhub.exams.delivery.models import Attempt, AttemptState
from trainhub.exams.delivery.models_watch import Photo
from trainhub.exams.papers.content import PaperContent, PaperItem
from trainhub.exams.sittings.models import Candidate, Evidence, EvidenceState, Sitting, SittingState
from trainhub.kernel import clock, keys, storage
from trainhub.kernel.db import db, transaction
from trainhub.kernel.identifiers import random_id
from trainhub.people.id_numbers import check_character
from trainhub.people.models import Organisation, Person
from trainhub.separation.duties import Duty

QUESTIONS = 100
PAPER = "P-PENS"
DUTIES = (Duty.ARRANGE_SITTINGS, Duty.MARK, Duty.PUBLISH_RESULTS, Duty.ISSUE_CERTIFICATES)
KINDS = ("true_false",) * 40 + ("single",) * 40 + ("multiple",) * 20
CHOICES = [Choice(key, f"选项{key}") for key in "ABCD"]


def plan(seats: int) -> tuple[str, dict[str, str]]:
    """A centre, its officers and a sitting of so many seats; returns its code and the officers' ids."""
    with transaction():
        centre = make_centre()
        people = {str(duty): make_officer(duty, centre).id for duty in DUTIES}
        by = db.session.get_one(Person, people[Duty.ARRANGE_SITTINGS])
        rooms = -(-seats // 30)
        return make_sitting(centre, by, rooms=rooms, seats=30).code, people


def roster(path: Path, rows: int) -> Path:
    """A workbook of so many good rows, of people whom nobody knows yet."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    sheet.append(HEADER)
    for number in range(rows):
        phone, employer = f"139{number:08d}", f"第{number % 40}机械厂"
        row = [
            number,
            make_name(number),
            _id_number(number),
            phone,
            employer,
            "安泰培训学校",
            "安全生产管理人员",
        ]
        sheet.append([str(each) for each in row])
    book.save(path)
    return path


def _id_number(number: int) -> str:
    year, month, day = 1960 + number // 8000, number // 700 % 12 + 1, number // 28 % 25 + 1
    head = f"370202{year}{month:02d}{day:02d}{number % 28:03d}"
    return head + check_character(head + "0")


def sit(app: Any, code: str) -> None:
    """Let every seated candidate answer a hundred questions, nine in ten right, in forty minutes."""
    app.extensions.setdefault("opened-papers", {})[(PAPER, code)] = _paper()
    attempts = _attempts(code)
    for number, (attempt_id, token) in enumerate(attempts):
        chance = random.Random(number)
        answer(
            db.session.get_one(Attempt, attempt_id),
            token,
            {each for each in range(1, QUESTIONS + 1) if chance.random() < 0.9},
        )


def _attempts(code: str) -> list[tuple[int, str]]:
    with transaction():
        sitting = db.session.scalars(select(Sitting).where(Sitting.code == code)).one()
        sitting.state, sitting.paper_code = SittingState.OPEN, PAPER
        now = sitting.starts_at
        clock.move(now + timedelta(minutes=40) - clock.now())
        seated = select(Candidate.id).where(
            Candidate.sitting_id == sitting.id, Candidate.seat_number.is_not(None)
        )
        rows = [_attempt(sitting, candidate, now) for candidate in db.session.scalars(seated)]
        tokens = [f"token-{row['candidate_id']}" for row in rows]
        ids = db.session.scalars(insert(Attempt).returning(Attempt.id, sort_by_parameter_order=True), rows)
        return list(zip(ids, tokens, strict=True))


def _attempt(sitting: Sitting, candidate: int, now: Any) -> dict[str, Any]:
    questions = [
        drawable(number, kind, () if kind == "true_false" else CHOICES) for number, kind in _numbered()
    ]
    form, attempt = write_form(draw_form(questions, random.Random(candidate))), random_id()
    return {
        "code": attempt,
        "candidate_id": candidate,
        "sitting_id": sitting.id,
        "state": AttemptState.WORKING,
        "admitted_at": now,
        "started_at": now,
        "deadline": now + timedelta(minutes=sitting.minutes),
        "paper_code": PAPER,
        "form": form,
        "token_hash": hash_token(f"token-{candidate}"),
        "machines": 1,
        "head": first_link(attempt, sitting.code, PAPER, form),
    }


def _numbered() -> Iterator[tuple[int, str]]:
    return enumerate(KINDS, start=1)


def _paper() -> PaperContent:
    options = tuple(Option(each.key, each.text) for each in CHOICES)
    items = tuple(
        PaperItem(
            number,
            f"I-{number}",
            1,
            kind,
            1,
            ItemBody(f"第{number}题", () if kind == "true_false" else options, KEYS[kind]),
        )
        for number, kind in _numbered()
    )
    return PaperContent(PAPER, "SAFETY-MANAGER", 120, 80, items)


def bank(items: int) -> tuple[int, str]:
    """A bank of so many invented items, and somebody who may change them; returns both ids."""
    bank_id = fill_bank(items)
    with transaction():
        owner = db.session.get_one(Bank, bank_id)
        author = make_officer(Duty.AUTHOR_ITEMS, db.session.get_one(Organisation, owner.organisation_id))
        return bank_id, author.id


def open_evidence(code: str) -> list[Evidence]:
    """What was laid for candidates of a sitting and waits for a second person."""
    wanted = select(Evidence).join(Candidate, Candidate.id == Evidence.candidate_id)
    wanted = wanted.join(Sitting, Sitting.id == Candidate.sitting_id)
    return list(
        db.session.scalars(wanted.where(Sitting.code == code, Evidence.state == EvidenceState.PROPOSED))
    )


def photographs(number: int, size: int) -> None:
    """Photographs of candidates, sealed, of so many bytes each."""
    with transaction():
        ids = list(db.session.scalars(select(Candidate.id).limit(number)))
        for place in range(number):
            photo = random_id()
            sealed = keys.seal("exam", random.randbytes(size), f"delivery_photo:{photo}")
            db.session.add(_photo(photo, ids[place % len(ids)], storage.put(BytesIO(sealed), ".photo")))


def _photo(code: str, candidate: int, file_key: str) -> Photo:
    until = clock.now() + timedelta(days=30)
    return Photo(
        code=code,
        candidate_id=candidate,
        moment="random",
        file_key=file_key,
        keep_until=until,
        taken_at=clock.now(),
    )
