"""A paper whose words nobody else uses: sealed, sat, marked, corrected, published; and where to look."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Sequence
from datetime import timedelta

from tests.factories.bank import make_bank, make_blueprint, make_staff
from tests.factories.delivery import change, make_seated_candidate
from tests.factories.judging import state_planned
from tests.factories.opening import make_opening_officers, make_waiting_sitting, passphrase_of
from tests.factories.people import make_officer
from tests.factories.staffing import make_staff_member
from trainhub.exams import bank as room
from trainhub.exams import delivery, marking, papers
from trainhub.exams.bank import Draft, ItemBody, ItemType, Option
from trainhub.exams.bank.details import Criterion, Rubric
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.models import Item
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.form import read_form
from trainhub.exams.marking.giving_out import allot
from trainhub.exams.marking.judged_anew import ask_anew
from trainhub.exams.marking.judging import enter, own_judgement, own_work
from trainhub.exams.marking.kept_marks import keep_marks
from trainhub.exams.marking.models import Correction
from trainhub.exams.marking.models_judging import WrittenResponse
from trainhub.exams.papers.models import Paper
from trainhub.exams.sittings import close_sitting, get_sitting
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person
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


def words_in(content: bytes, words: Sequence[str]) -> list[str]:
    """Return which words stand in some bytes, in any of the ways in which a text may be written."""
    low = content.lower()
    return [word for word in words if any(way in content for way in ways(word)) or hex_in(low, word)]


def ways(word: str) -> list[bytes]:
    """A text as it is, escaped, in the encodings of spreadsheets, and in base64 wherever it begins."""
    found = [word.encode(), json.dumps(word)[1:-1].encode(), word.encode("utf-16-le"), word.encode("gb18030")]
    for skipped in range(3):
        # What stands before changes the first letters, what stands behind the last ones.
        letters = base64.b64encode(b"\0" * skipped + word.encode()).rstrip(b"=")
        found.append(letters[4 if skipped else 0 : -1])
    return found


def hex_in(low: bytes, word: str) -> bool:
    """Tell whether a text stands in lowered bytes in hexadecimal digits."""
    return word.encode().hex().encode() in low


def dump_of(connection: sqlite3.Connection) -> bytes:
    """All tables of an embedded database as text."""
    return "\n".join(connection.iterdump()).encode()


def require_none(content: bytes, where: object) -> None:
    """Demand that no word of the paper stands in some bytes."""
    assert words_in(content, WORDS) == [], where


class Life:
    """A paper of three questions whose words nobody else uses, sealed for officers with its printed forms."""

    def __init__(self):
        with transaction():
            staff = make_staff()
            bank = make_bank(staff)
            self.staff = {name: getattr(staff, name).id for name in vars(staff)}
            self.items = [
                room.write_item(bank, draft, by=staff.author).code for draft in (*drafts(), *drafts(True))
            ]
            self._approve(staff)
            paper = papers.assemble(make_blueprint(staff, cells()), by=staff.paper_officer)
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


def drafts(twins=False):
    options = tuple(Option(key, text) for key, text in zip("AB", CHOICE[1:3], strict=True))
    stem = TWIN if twins else CHOICE[0]
    yield Draft(ItemType.SINGLE, ItemBody(f"{stem}（ ）。", options, ("A",), CHOICE[3]))
    rubric = Rubric((Criterion(WRITTEN[1], 2), Criterion(WRITTEN[2], 3)), WRITTEN[3], 500)
    yield Draft(
        ItemType.CONSTRUCTED, ItemBody(f"{WRITTEN[0]}{'二' if twins else ''}。", (), (), detail=rubric)
    )


def cells():
    return [papers.Cell("single", None, 1, 5), papers.Cell("constructed", None, 1, 5)]


def everything_kept(app):
    """All that lies on disk: the tables as they are, and every file, pages of the database's log included."""
    raw = db.engine.raw_connection()
    yield "tables", dump_of(raw.driver_connection)
    raw.close()
    for path in app.config["SETTINGS"].instance.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()
