"""No word of an item stands in clear from the sealed paper to the last correction: no table, file or log."""

from __future__ import annotations

import json
import logging
import sys
import threading
from dataclasses import replace

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from tests.factories.bank import make_bank, make_staff
from tests.factories.life_of_a_paper import CHOICE, SAID, Life, drafts, everything_kept, require_none
from tests.factories.marking import Marked
from tests.factories.people import make_officer, make_organisation
from trainhub import handover
from trainhub.exams import bank as room
from trainhub.exams import marking
from trainhub.exams.bank import ItemType, vault
from trainhub.exams.bank.alike.leaks import compare_practice
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models import Bank
from trainhub.exams.bank.models_alike import Leak, Pair
from trainhub.exams.marking.models import Correction
from trainhub.exams.marking.models_keys import KeptMarks
from trainhub.kernel import jobs, logs
from trainhub.kernel.db import db, transaction
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation.duties import Duty


@pytest.fixture
def life(app):
    """It was held, marked, corrected and published."""
    found = Life()
    found.hold()
    found.mark()
    found.correct()
    return found


def test_the_whole_life_of_a_paper_leaves_no_word_of_it(app, life, capfd, caplog):
    reasons = {each.reason for each in db.session.query(Correction)}
    assert reasons == {SAID["correction"]}
    assert {each.note for each in db.session.query(Correction)} == {SAID["refusal"], ""}
    assert [each.reason for each in db.session.query(KeptMarks)] == [SAID["kept"]]
    assert db.session.query(marking.KeyChange).one().basis == SAID["basis"]
    db.session.rollback()

    kept = dict(everything_kept(app))
    assert b"marking_key_change" in kept["tables"] and len(kept) > 8
    for where, content in kept.items():
        require_none(content, where)
    told = capfd.readouterr()
    require_none((told.out + told.err + caplog.text).encode(), "log")


def test_near_duplicates_and_leaks_leave_no_word_on_the_side_of_the_examination(app, life, client):
    with transaction():
        school = make_organisation(OrganisationKind.TRAINING_BODY)
        teacher = make_officer(Duty.MANAGE_COURSES, school)
        told = f"{CHOICE[0]}（ ）。\nA. {CHOICE[1]}\nB. {CHOICE[2]}\n答案：A"
        handover.hand_over_practice_questions([told], "SAFETY-MANAGER", school, by=teacher)
    with transaction():
        compare_practice()
    assert (db.session.query(Leak).count(), db.session.query(Pair).count()) == (2, 2)
    client.sign_in(life.person(life.staff["reviewer"]))
    bank = db.session.get_one(Bank, life.bank_id).code
    assert CHOICE[1] in client.get(f"/exam/bank/{bank}/alike").text
    db.session.rollback()

    # What a training body handed over is its own text, and no secret: it stands where they keep it.
    raw = db.engine.raw_connection()
    statements = list(raw.driver_connection.iterdump())
    raw.close()
    of_others = [each for each in statements if "handover_practice_question" not in each]
    assert len(of_others) < len(statements)
    require_none("\n".join(of_others).encode(), "tables")


@pytest.fixture
def as_served(monkeypatch, capfd):
    """The log as a serving process writes it, and afterwards as it was."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers = list(root.handlers)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    logs.configure_logging()
    structlog.configure(logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr))
    yield
    root.handlers[:] = handlers
    structlog.configure(**before)


def test_an_item_that_breaks_what_handles_it_is_not_told_by_the_log(app, client, capfd, as_served):
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        item = room.write_item(bank, next(drafts()), by=staff.author)
        # Sealed as it should be, and not what a body may be: what is wrong with it is its own words.
        form = {"stem": CHOICE[0], "options": [], "answer": [], "explanation": "", "source": ""}
        broken = json.dumps(form | {"credit": CHOICE[1]}).encode()
        newest_version(item).body_sealed = vault.seal(bank, broken, f"item:{item.code}:1")
        author, code = staff.author.id, item.code
    story = Marked(app)
    story_paper = app.extensions["opened-papers"][("P-TEST", story.code)]
    wrong = replace(story_paper.items[0], type=CHOICE[2])
    paper = replace(story_paper, items=(wrong, *story_paper.items[1:]))
    app.extensions["opened-papers"][("P-TEST", story.code)] = paper
    capfd.readouterr()

    client.sign_in(db.session.get_one(Person, author))
    page = client.get(f"/exam/bank/items/{code}")
    client.sign_in(db.session.get_one(Person, story.marker_id))
    client.post(f"/exam/marking/{story.code}/mark")
    jobs.run_pending()
    thread = threading.Thread(target=ItemType, args=(CHOICE[0],))
    thread.start()
    thread.join()
    logging.getLogger("library").exception("in the middle", exc_info=ValueError(CHOICE[1]))
    with pytest.raises(StatementError) as refused:
        db.session.execute(text("INSERT INTO bank_gram VALUES (:one)"), {"one": CHOICE[0]})
    db.session.rollback()

    told = capfd.readouterr()
    log = told.out + told.err
    assert (page.status_code, db.session.query(jobs.Job).one().state) == (500, "failed")
    for each in ("unforeseen", "job failed", "thread ended", "in the middle", "content.py", "ValueError"):
        assert each in log, each
    require_none(log.encode(), "log")
    require_none(page.data, "page")
    require_none(str(refused.value).encode(), "statement")
    require_none(dict(everything_kept(app))["tables"], "tables")
