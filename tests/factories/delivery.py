"""Sittings with candidates at work, made straight in the tables: what the journal stands on."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from datetime import timedelta

from tests.factories.people import make_organisation, make_person
from trainhub.exams.bank.content import Credit
from trainhub.exams.delivery.batch import do_to
from trainhub.exams.delivery.chain import Change, How, first_link, hash_token
from trainhub.exams.delivery.form import draw_form, drawable, write_form
from trainhub.exams.delivery.models import Attempt, AttemptState
from trainhub.exams.delivery.noticing import Noticed
from trainhub.exams.delivery.noting import Note
from trainhub.exams.sites.models import ExamRoom, Site, SiteState
from trainhub.exams.sittings.models import Candidate, Eligibility, Sitting, SittingRoom, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.people.models import OrganisationKind, Person

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Choice:
    """An option of a question."""

    key: str
    text: str


QUESTIONS = [(number, "true_false", ()) for number in range(1, 5)]
QUESTIONS += [(number, "single", [Choice(key, f"选项{key}") for key in "ABCD"]) for number in range(5, 9)]
QUESTIONS += [(number, "multiple", [Choice(key, f"选项{key}") for key in "ABCD"]) for number in range(9, 11)]


def make_seated_sitting(
    *, minutes: int = 120, state: SittingState = SittingState.OPEN, paper_code=None
) -> Sitting:
    """A sitting that began a minute ago, with one room of thirty seats."""
    number = next(_numbers)
    planner = make_person()
    centre = make_organisation(
        OrganisationKind.EXAM_CENTRE, name=f"中心{number}", code=f"CENTRE-{number}", district="市南区"
    )
    site = Site(
        code=f"SITE-{number}",
        name=f"考点{number}",
        organisation_id=centre.id,
        centre_id=centre.id,
        district="市南区",
        address="海川路1号",
        state=SiteState.ACTIVE,
    )
    db.session.add(site)
    db.session.flush()
    exam_room = ExamRoom(site_id=site.id, code="A101", name="A101", seats=30)
    sitting = Sitting(
        code=f"S{number:05d}",
        organisation_id=centre.id,
        qualification="SAFETY-MANAGER",
        site_id=site.id,
        starts_at=clock.now() - timedelta(minutes=1),
        minutes=minutes,
        pass_mark=80,
        entry_before_minutes=30,
        late_entry_minutes=30,
        early_hand_in_minutes=0,
        state=state,
        paper_code=paper_code,
        planned_by_id=planner.id,
    )
    db.session.add_all([exam_room, sitting])
    db.session.flush()
    db.session.add(SittingRoom(sitting_id=sitting.id, exam_room_id=exam_room.id, seats=30))
    db.session.flush()
    return sitting


def make_seated_candidate(sitting: Sitting, seat: int, person: Person | None = None) -> Candidate:
    """A registered, eligible candidate with a seat in the sitting's first room."""
    number = next(_numbers)
    person = person or make_person()
    plain = f"26T{number:011d}"
    candidate = Candidate(
        sitting_id=sitting.id,
        person_id=person.id,
        ticket_number=f"{plain[:6]}-{plain[6:10]}-{plain[10:]}",
        employer_name="海川华丰机械有限公司",
        eligibility=Eligibility.TRAINING_RECORD,
        sitting_room_id=sitting.rooms[0].id,
        seat_number=seat,
        registered_by_id=sitting.planned_by_id,
    )
    db.session.add(candidate)
    db.session.flush()
    return candidate


def note_events(attempt_id: int, events: list[Noticed], **seen: str) -> int:
    """Have a page tell what it noticed; returns how many were new."""
    deed = Note(None, None, tuple(events), **seen)
    [kept] = do_to(db.session.connection(), [attempt_id], deed)
    return kept


def make_working_attempt(sitting: Sitting, seat: int = 1, *, form_seed: int = 1) -> tuple[Attempt, str]:
    """A candidate at work on ten questions, with the token of their machine; committed for the writer."""
    candidate = make_seated_candidate(sitting, seat)
    now = clock.now()
    token = f"token-{candidate.id}-{candidate.ticket_number}"
    form = write_form(draw_form([drawable(*each) for each in QUESTIONS], random.Random(form_seed)))
    attempt = Attempt(
        candidate_id=candidate.id,
        sitting_id=sitting.id,
        state=AttemptState.WORKING,
        admitted_at=now,
        started_at=now,
        deadline=now + timedelta(minutes=sitting.minutes),
        paper_code="P-TEST",
        form=form,
        token_hash=hash_token(token),
        machines=1,
    )
    db.session.add(attempt)
    db.session.flush()
    attempt.head = first_link(attempt.code, sitting.code, "P-TEST", form)
    db.session.commit()
    return attempt, token


def change(sequence: int, position: int = 1, response="T", **other) -> Change:
    """A change as a candidate's page makes it."""
    facts = {"flagged": False, "how": How.POINTER, "shown_ms": 1200} | other
    return Change(sequence=sequence, position=position, response=response, **facts)


@dataclass(frozen=True)
class Body:
    """Words of a question."""

    stem: str
    options: tuple[Choice, ...] = ()
    detail: None = None
    credit: Credit = Credit.ALL_OR_NOTHING
    rich: bool = False
    media: tuple[()] = ()


@dataclass(frozen=True)
class PaperQuestion:
    """A question as an opened paper holds it."""

    number: int
    type: str
    marks: int
    body: Body


@dataclass(frozen=True)
class OpenPaper:
    """An opened paper."""

    items: tuple[PaperQuestion, ...]


def lay_out_paper(app, sitting: Sitting) -> None:
    """Put an opened paper of ten questions before a process, as if it had opened the sitting's paper."""
    items = [
        PaperQuestion(
            number,
            kind,
            10,
            Body(f"第{number}号题：发现直接危及人身安全的紧急情况时，有权停止作业。", tuple(options)),
        )
        for number, kind, options in QUESTIONS
    ]
    app.extensions.setdefault("opened-papers", {})[(sitting.paper_code, sitting.code)] = OpenPaper(
        tuple(items)
    )
