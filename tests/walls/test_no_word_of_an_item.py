"""No word of an item stands in clear from the sealed paper to the last correction: no table, file or log."""

from __future__ import annotations

import json
import logging
import sys
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from tests.bank.test_no_word_in_clear import dump_of, words_in
from tests.factories.bank import make_bank, make_blueprint, make_staff
from tests.factories.delivery import change, make_seated_candidate
from tests.factories.judging import state_planned
from tests.factories.marking import Marked
from tests.factories.opening import make_opening_officers, make_waiting_sitting, passphrase_of
from tests.factories.people import make_officer, make_organisation
from tests.factories.staffing import make_staff_member
from trainhub import handover
from trainhub.exams import bank as room
from trainhub.exams import delivery, marking, papers
from trainhub.exams.bank import Draft, ItemBody, ItemType, Option, vault
from trainhub.exams.bank.alike.leaks import compare_practice
from trainhub.exams.bank.details import Criterion, Rubric
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.models_alike import Leak, Pair
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.form import read_form
from trainhub.exams.marking.allotting import allot
from trainhub.exams.marking.judged_anew import ask_anew
from trainhub.exams.marking.judging import enter, own_judgement, own_work
from trainhub.exams.marking.kept_marks import keep_marks
from trainhub.exams.marking.models import Correction
from trainhub.exams.marking.models_judging import WrittenResponse
from trainhub.exams.marking.models_keys import KeptMarks
from trainhub.exams.papers.models import Paper
from trainhub.exams.sittings import close_sitting, get_sitting
from trainhub.kernel import clock, jobs, logs
from trainhub.kernel.db import db, transaction
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation import relations
from trainhub.separation.duties import Duty

CHOICE = ("盲板抽堵作业前管道残压应降至", "零点一二兆帕以下", "零点三四兆帕以下", "盲板强度计算见附录丙")
TWIN = "盲板抽堵作业之前管道残压应降至"
WRITTEN = ("说明受限空间内监护人的职责", "不得离开出入口半步", "随时与内部人员呼应", "失联即停并报警")
SAID = {
    "remark": "卷内盲板那题的残压写错一位",
    "note": "评阅时认为出入口半步说得太死",
    "anew": "考生认为呼应二字不该扣分",
    "correction": "残压一题选零点三四也应给分",
    "basis": "复核记录称零点三四有教材依据",
    "refusal": "零点三四并无教材依据不予更正",
    "key": "盲板抽堵一题题干的残压有歧义",
    "kept": "残压一题与本人更正无关分数不变",
}
WORDS = (*CHOICE, *WRITTEN, *SAID.values(), TWIN)
NUMBER = 3
"""Candidates who sit."""


def require_none(content: bytes, where: object) -> None:
    assert words_in(content, WORDS) == [], where


class Life:
    """A paper of three questions whose words nobody else uses, sealed for officers with its printed forms."""

    def __init__(self):
        with transaction():
            staff = make_staff()
            bank = make_bank(staff)
            self.staff = {name: getattr(staff, name).id for name in vars(staff)}
            self.items = [
                room.write_item(bank, draft, by=staff.author).code for draft in (*_drafts(), *_drafts(True))
            ]
            self._approve(staff)
            paper = papers.assemble(make_blueprint(staff, _cells()), by=staff.paper_officer)
            papers.see_proof(paper, by=staff.paper_reviewer)
            papers.approve_paper(paper, SAID["remark"], by=staff.paper_reviewer)
            officers = make_opening_officers(staff.centre)
            papers.seal_paper(paper, officers, by=staff.paper_reviewer, printed=True)
            self.bank_id, self.paper_id = bank.id, paper.id
            self.officers = [each.id for each in officers]
            self._people(staff.centre)
            sitting = make_waiting_sitting(paper)
            sitting.organisation = staff.centre
            state_planned(sitting)
            self.code, self.planner_id, self.starts_at = (
                sitting.code,
                sitting.planned_by_id,
                sitting.starts_at,
            )

    def _approve(self, staff):
        for each in db.session.query(Item):
            room.submit([newest_version(each)], by=staff.author)
            room.approve(newest_version(each), by=staff.reviewer)

    def _people(self, centre):
        self.markers = [make_officer(Duty.MARK, centre).id for _each in range(2)]
        self.publisher_id = make_officer(Duty.PUBLISH_RESULTS, centre).id
        staffing = make_officer(Duty.ASSIGN_STAFF, centre)
        self.assessors = [make_staff_member(centre, staffing, Duty.ASSESS).id for _each in range(3)]

    def person(self, person_id):
        return db.session.get_one(Person, person_id)

    @property
    def sitting(self):
        return get_sitting(self.code)

    def hold(self):
        """Two officers open it, some sit it, everybody hands in."""
        with clock.set_to(self.starts_at - timedelta(minutes=5)), transaction():
            paper = db.session.get_one(Paper, self.paper_id)
            for place, officer in enumerate(self.officers[:2]):
                papers.give_share(paper, self.code, passphrase_of(place), by=self.person(officer))
            seated = [make_seated_candidate(self.sitting, seat) for seat in range(1, NUMBER + 1)]
            for each in seated:
                relations.state_registered(each.person, self.code, by=None)
                delivery.admit(each, by=self.person(self.planner_id))
            numbers = [each.id for each in seated]
        with clock.set_to(self.starts_at + timedelta(minutes=1)):
            for each in numbers:
                self._sit(each)
        with clock.set_to(self.starts_at + timedelta(minutes=60)), transaction():
            delivery.close_all(self.sitting, by=self.person(self.planner_id))
            close_sitting(self.sitting, by=self.person(self.planner_id))

    def _sit(self, candidate_id):
        with transaction():
            attempt = db.session.query(delivery.Attempt).filter_by(candidate_id=candidate_id).one()
            token, attempt.token_hash = f"token-{candidate_id}", hash_token(f"token-{candidate_id}")
            delivery.start(attempt)
            code, form = attempt.code, read_form(attempt.form)
        changes = [
            change(position, position, "看好入口。" if place.type == "constructed" else "A")
            for position, place in enumerate(form, start=1)
        ]
        delivery.append(code, token, changes)

    def mark(self):
        """Assessors mark what was written, the machine the rest; a second person publishes."""
        allot(self.code, self.markers[0])
        db.session.rollback()
        while work := self._work():
            assessor, code = work[0]
            with transaction():
                by = self.person(assessor)
                enter(own_judgement(code, by=by), (1, 1), by=by, note=SAID["note"])
        marking.mark_sitting(self.code, self.markers[0])
        jobs.run_pending()
        db.session.rollback()
        with transaction():
            response = db.session.query(WrittenResponse).first()
            ask_anew(response, SAID["anew"], by=self.person(self.markers[0]))

    def _work(self):
        found = [
            (assessor, each.code) for assessor in self.assessors for each in own_work(self.person(assessor))
        ]
        db.session.rollback()
        return found

    def correct(self):
        """Marks are corrected, a key is changed, and corrected marks stay."""
        first, second = self.markers
        for refused in (True, False):
            with transaction():
                result = marking.results_of(self.sitting)[0]
                by = self.person(first)
                code = marking.propose_correction(
                    result, result.marks - 1, SAID["correction"], SAID["basis"], by=by
                ).code
            with transaction():
                row = db.session.query(Correction).filter_by(code=code).one()
                if refused:
                    marking.refuse_correction(row, SAID["refusal"], by=self.person(second))
                else:
                    marking.approve_correction(row, by=self.person(second))
        with transaction():
            item = marking.results_of(self.sitting)[0].item_marks[0]
            wanted = marking.Wanted(item.item_code, item.item_version, None, SAID["key"], SAID["basis"])
            code = marking.propose_key_change(self.sitting.organisation, wanted, by=self.person(first)).code
        marking.approve_key_change(code, second)
        with transaction():
            wrong = db.session.query(marking.KeyChange).filter_by(code=code).one()
            for effect in [each for each in wrong.effects if each.by_hand]:
                keep_marks(wrong, effect.result.candidate.code, SAID["kept"], by=self.person(first))
        marking.publish_results(self.code, self.publisher_id)
        jobs.run_pending()
        db.session.rollback()


def _drafts(twins=False):
    options = tuple(Option(key, text) for key, text in zip("AB", CHOICE[1:3], strict=True))
    stem = TWIN if twins else CHOICE[0]
    yield Draft(ItemType.SINGLE, ItemBody(f"{stem}（ ）。", options, ("A",), CHOICE[3]))
    rubric = Rubric((Criterion(WRITTEN[1], 2), Criterion(WRITTEN[2], 3)), WRITTEN[3], 500)
    yield Draft(
        ItemType.CONSTRUCTED, ItemBody(f"{WRITTEN[0]}{'二' if twins else ''}。", (), (), detail=rubric)
    )


def _cells():
    return [papers.Cell("single", None, 1, 5), papers.Cell("constructed", None, 1, 5)]


def everything_kept(app):
    """All that lies on disk: the tables as they are, and every file, pages of the database's log included."""
    raw = db.engine.raw_connection()
    yield "tables", dump_of(raw.driver_connection)
    raw.close()
    for path in app.config["SETTINGS"].instance.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()


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
        item = room.write_item(bank, next(_drafts()), by=staff.author)
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
