"""A roster is registered in lots: killed anywhere it goes on, and every row is there once."""

import os
import random
import signal
from datetime import timedelta

import pytest
from sqlalchemy import func, null, select

from tests.factories.people import make_officer
from tests.factories.sites import make_centre
from tests.factories.sittings import make_sitting, roster_row, write_roster
from tests.killing import killed_at
from trainhub.exams.sittings import entering
from trainhub.exams.sittings.amending import withdraw
from trainhub.exams.sittings.models import Candidate, CandidateState, ImportState, RosterImport
from trainhub.exams.sittings.plan import get_sitting
from trainhub.exams.sittings.registration import Registration, register
from trainhub.exams.sittings.roster_work import hand_in_roster
from trainhub.kernel import broken_off, jobs, storage
from trainhub.kernel.broken_off import MOST_BROKEN_OFF, TAKING_UP
from trainhub.kernel.db import db, transaction
from trainhub.kernel.jobs import Job
from trainhub.ledger import Entry
from trainhub.people.models import Message, Person
from trainhub.people.persons import record_person
from trainhub.separation.duties import Duty
from trainhub.separation.models import Registered

ROWS = 12
NEVER = 10**9
"""So many statements no work has."""


@pytest.fixture
def small_lots(monkeypatch):
    monkeypatch.setattr(entering, "AT_ONCE", 5)


@pytest.fixture
def handed_in(on_either, tmp_path, small_lots):
    """A roster of twelve rows that waits for a worker; returns the sitting's code and the import's id."""
    rows = [roster_row(number) for number in range(ROWS)]
    path = write_roster(tmp_path / "r.xlsx", rows)
    with transaction(), path.open("rb") as file:
        centre = make_centre()
        by = make_officer(Duty.ARRANGE_SITTINGS, centre)
        code = make_sitting(centre, by, seats=20).code
        hand_in_roster(file, "r.xlsx", [get_sitting(code)], by=by, language="zh_CN")
    import_id = db.session.scalar(select(RosterImport.id))
    # Whoever has asked something holds SQLite's pen until then.
    db.session.rollback()
    return code, import_id


def number(statement):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(statement.subquery()))


def kept(import_id):
    db.session.rollback()
    found = db.session.get_one(RosterImport, import_id)
    db.session.refresh(found)
    return found


def everything():
    """Count what a registered row leaves behind."""
    return {
        "candidates": number(select(Candidate.id)),
        "persons": number(select(Candidate.person_id).distinct()),
        "relations": number(select(Registered.id)),
        "messages": number(select(Message.id).where(Message.subject == "sitting.registered")),
        "on record": number(select(Entry.id).where(Entry.kind == "candidate.registered")),
    }


def test_killed_anywhere_it_goes_on_and_every_row_is_there_once(handed_in):
    _code, import_id = handed_in
    chance, deaths = random.Random(import_id), 0
    for _again in range(MOST_BROKEN_OFF):
        deaths += killed_at(chance.randint(8, 60), jobs.run_pending)
        so_far = everything()
        assert len(set(so_far.values())) == 1, so_far
        assert so_far["candidates"] in (0, 5, 10, ROWS)
        TAKING_UP.run()
    jobs.run_pending()
    assert everything() == dict.fromkeys(everything(), ROWS)
    report = kept(import_id).report
    assert (report["rows"], report["imported"], report["duplicates"]) == (ROWS, ROWS, 0), deaths
    assert number(select(Entry.id).where(Entry.kind == "roster.imported")) == 1
    assert db.session.scalar(select(Job.state)) == "done"


def test_what_breaks_off_again_and_again_is_given_up_and_says_so(handed_in):
    for _again in range(MOST_BROKEN_OFF + 1):
        assert killed_at(9, jobs.run_pending)
        TAKING_UP.run()
    db.session.rollback()
    row = db.session.scalars(select(Job)).one()
    assert (row.state, row.broken_off) == ("failed", MOST_BROKEN_OFF + 1)
    _code, import_id = handed_in
    assert (kept(import_id).state, kept(import_id).file_key) == (ImportState.REFUSED, None)
    assert list(storage.keys(".roster")) == []


def die_after_the_first_lot(monkeypatch):
    told = jobs.Progress.tell

    def tell(progress, done, total, message=""):
        told(progress, done, total, message)
        if done == 5:
            os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as there:
        there.setattr(jobs.Progress, "tell", tell)
        assert killed_at(NEVER, jobs.run_pending)


def test_who_was_withdrawn_while_it_waited_to_go_on_stays_withdrawn(handed_in, monkeypatch):
    code, import_id = handed_in
    die_after_the_first_lot(monkeypatch)
    with transaction():
        gone = db.session.scalars(select(Candidate).order_by(Candidate.id)).first()
        withdraw(gone, "本人书面申请退考", by=db.session.get(Person, get_sitting(code).planned_by_id))
        gone = gone.id
    TAKING_UP.run()
    jobs.run_pending()
    assert db.session.get_one(Candidate, gone).state == CandidateState.WITHDRAWN
    assert number(select(Candidate.id).where(Candidate.state == CandidateState.REGISTERED)) == ROWS - 1
    report = kept(import_id).report
    assert (report["imported"], report["duplicates"], len(report["rejected"])) == (ROWS - 1, 0, 1)
    assert number(select(Message.id).where(Message.subject == "sitting.registered")) == ROWS


def test_given_up_with_rows_registered_its_page_says_that_it_goes_on_no_more(handed_in, monkeypatch):
    _code, import_id = handed_in
    die_after_the_first_lot(monkeypatch)
    with transaction():
        db.session.scalars(select(Job)).one().broken_off = MOST_BROKEN_OFF
    TAKING_UP.run()
    assert (kept(import_id).state, kept(import_id).file_key) == (ImportState.BROKEN_OFF, None)
    assert list(storage.keys(".roster")) == []
    assert everything()["candidates"] == 5


def test_work_of_before_its_arguments_were_kept_is_not_begun_and_says_so(handed_in):
    with transaction():
        row = db.session.scalars(select(Job)).one()
        row.state, row.arguments = "running", null()
    TAKING_UP.run()
    db.session.rollback()
    row = db.session.scalars(select(Job)).one()
    assert (row.state, "Begin it once more" in row.message) == ("failed", True)
    assert row.ended_at


def test_killed_before_it_could_say_that_it_runs_it_is_found_too(handed_in, monkeypatch):
    assert killed_at(1, jobs.run_pending)
    db.session.rollback()
    assert db.session.scalar(select(Job.state)) == "queued"
    TAKING_UP.run()
    assert jobs.run_pending() == 0
    monkeypatch.setattr(broken_off, "LOST_AFTER", timedelta(0))
    TAKING_UP.run()
    # In its queue it is left alone.
    TAKING_UP.run()
    assert jobs.run_pending() == 1
    assert everything() == dict.fromkeys(everything(), ROWS)


def test_what_was_queued_twice_is_done_once(handed_in):
    with transaction():
        row = db.session.scalars(select(Job)).one()
        jobs.queue_after_commit(row.id, row.kind, row.arguments)
    assert jobs.run_pending() == 2
    assert everything() == dict.fromkeys(everything(), ROWS)
    assert number(select(Entry.id).where(Entry.kind == "roster.imported")) == 1


def test_a_job_that_runs_is_not_taken_up(handed_in):
    with transaction():
        row = db.session.scalars(select(Job)).one()
        row.state, job_id = "running", row.id
    with jobs.held(job_id):
        TAKING_UP.run()
        assert db.session.scalar(select(Job.state)) == "running"
        db.session.rollback()
    TAKING_UP.run()
    assert db.session.scalar(select(Job.state)) == "queued"


def test_what_others_do_to_a_row_meanwhile_stands_in_the_report_with_it(handed_in, monkeypatch):
    """Somebody gives a person of the last lot another name between the first lot and the last."""
    _code, import_id = handed_in
    told = jobs.Progress.tell

    def rename(progress, done, total, message=""):
        told(progress, done, total, message)
        if done == 5:
            with transaction():
                record_person("别名", roster_row(ROWS - 1)["身份证号"], by=None)

    monkeypatch.setattr(jobs.Progress, "tell", rename)
    jobs.run_pending()
    report = kept(import_id).report
    assert (report["imported"], len(report["rejected"]), report["rows"]) == (ROWS - 1, 1, ROWS)
    assert report["rejected"][0]["where"] == f"名册!{ROWS + 2}"
    assert kept(import_id).state == ImportState.IMPORTED


def test_who_was_registered_by_hand_while_it_ran_is_a_duplicate(handed_in, monkeypatch):
    code, import_id = handed_in
    told = jobs.Progress.tell

    def meanwhile(progress, done, total, message=""):
        told(progress, done, total, message)
        if done == 5:
            with transaction():
                sitting, row = get_sitting(code), roster_row(ROWS - 1)
                by = db.session.get_one(Person, sitting.planned_by_id)
                person = record_person(row["姓名"], row["身份证号"], by=by)
                register(sitting, person, Registration("第一机械厂"), by=by)

    monkeypatch.setattr(jobs.Progress, "tell", meanwhile)
    jobs.run_pending()
    report = kept(import_id).report
    assert (report["imported"], report["duplicates"], len(report["rejected"])) == (ROWS - 1, 1, 0)
    assert everything() == dict.fromkeys(everything(), ROWS)


def test_the_file_is_kept_until_the_import_has_ended_and_no_longer(handed_in):
    _code, import_id = handed_in
    file_key = kept(import_id).file_key
    assert killed_at(30, jobs.run_pending)
    assert storage.read(file_key)
    TAKING_UP.run()
    jobs.run_pending()
    assert not storage._root().joinpath(file_key).exists()
