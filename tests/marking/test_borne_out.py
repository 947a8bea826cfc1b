"""What decides a result besides its answers is what the ledger was told, or nothing goes on from it."""

import pytest
from sqlalchemy import select, text

from tests.factories.marking import Marked
from tests.factories.people import make_officer
from tests.servers import postgres_url  # noqa: F401 (fixture)
from trainhub import ledger
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.invigilation import IncidentKind, Told, confirm_incident, record_incident
from trainhub.exams.marking import mark_sitting, publish_results, results_of
from trainhub.exams.marking.borne_out import unborne
from trainhub.exams.sittings.objections import raise_objection
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.separation.duties import Duty

BEST = "(SELECT id FROM marking_result WHERE marks = 100)"
LAST = "(SELECT max(id) FROM delivery_attempt)"
BEFORE_MARKING = {
    "a lower pass mark": ["UPDATE sittings_sitting SET pass_mark = 60"],
    "another examination": ["UPDATE sittings_sitting SET qualification = 'SAFETY-OFFICER'"],
    "somebody else in the place of a candidate": [
        "UPDATE sittings_candidate SET person_id = (SELECT planned_by_id FROM sittings_sitting) "
        f"WHERE id = (SELECT candidate_id FROM delivery_attempt WHERE id = {LAST})"
    ],
    "a failed attempt that is gone": [
        f"DELETE FROM delivery_response WHERE attempt_id = {LAST}",
        f"DELETE FROM delivery_attempt WHERE id = {LAST}",
    ],
    "a question voided by nobody": [
        "INSERT INTO marking_key_change (code, organisation_id, item_code, item_version, kind, state, "
        "proposed_by_id, proposed_at, decided_by_id, decided_at, reason_sealed, basis_sealed) "
        "SELECT 'x', s.organisation_id, 'I-10', 1, 'void', 'approved', s.planned_by_id, s.starts_at, "
        "c.person_id, s.starts_at, s.code_bytes, s.code_bytes FROM "
        "(SELECT *, CAST('00' AS {bytes}) AS code_bytes FROM sittings_sitting) s "
        f"JOIN sittings_candidate c ON c.id = (SELECT candidate_id FROM delivery_attempt WHERE id = {LAST})"
    ],
    "a failed attempt that is said to be another's forerunner": [
        f"UPDATE delivery_attempt SET ending = 'replaced' WHERE id = {LAST}"
    ],
    "misconduct that is gone": ["DELETE FROM invigilation_incident"],
}
BEFORE_PUBLISHING = {
    "the best result given to somebody else": [
        f"UPDATE marking_result SET person_id = marked_by_id WHERE id = {BEST}"
    ],
    "a result in another examination": ["UPDATE marking_result SET qualification = 'SAFETY-OFFICER'"],
    "a result in another part": ["UPDATE marking_result SET part = 'practical' WHERE marks = 100"],
    "an objection that is gone": ["DELETE FROM sittings_objection"],
    "an objection that nobody dismissed": ["UPDATE sittings_objection SET state = 'dismissed'"],
    "a correction that nobody approved": [
        "INSERT INTO marking_correction (code, result_id, old_marks, new_marks, state, proposed_by_id, "
        "proposed_at, decided_by_id, decided_at, reason_sealed, basis_sealed, was_published) "
        "SELECT 'x', r.id, 70, 90, 'approved', r.marked_by_id, r.marked_at, r.person_id, r.marked_at, "
        "CAST('00' AS {bytes}), CAST('00' AS {bytes}), false FROM marking_result r WHERE r.marks = 70",
        "UPDATE marking_result SET marks = 90, passed = true WHERE marks = 70",
    ],
}


class OnRecord(Marked):
    """A closed sitting of which the ledger was told what the deeds of a real one tell it."""

    def __init__(self, app):
        super().__init__(app, right=(10, 8, 7))
        with transaction():
            self._tell()

    def tell_planned(self, sitting):
        plan = {"qualification": sitting.qualification, "part": sitting.part, "pass_mark": sitting.pass_mark}
        ledger.append("sitting.planned", by=None, side="exam", sitting=sitting.code, **plan)

    def _tell(self):
        sitting = self.sitting
        for each in db.session.scalars(select(Attempt)):
            whose = {"sitting": sitting.code, "candidate": each.candidate.code}
            person = each.candidate.person_id
            ledger.append("candidate.registered", by=None, side="exam", person=person, **whose)
            ledger.append("candidate.admitted", by=None, side="exam", attempt=each.code, **whose)

    def record_misconduct(self):
        """Two people stand for misconduct of the last candidate, who had handed in."""
        with transaction():
            one, other = (make_officer(Duty.INVIGILATE, self.sitting.organisation) for _each in range(2))
            candidate = db.session.get_one(Attempt, self.attempts[-1]).candidate
            words = "监控回看发现考生携带手机并多次查看屏幕。"
            incident = record_incident(
                self.sitting, candidate, IncidentKind.MISCONDUCT, words, ends_attempt=True, by=one
            )
            confirm_incident(incident, Told.SIGNED, by=other)


@pytest.fixture
def story(on_either):
    return OnRecord(on_either)


def change(statements):
    kind = "blob" if db.engine.dialect.name == "sqlite" else "bytea"
    with transaction():
        for each in statements:
            assert db.session.execute(text(each.replace("{bytes}", kind))).rowcount


def test_what_the_ledger_was_told_is_marked_and_published(story):
    story.record_misconduct()
    mark_sitting(story.code, story.marker_id)
    publish_results(story.code, story.publisher_id)

    assert unborne(story.sitting) == []
    assert [each.marks for each in results_of(story.sitting)] == [100, 80, 0]


@pytest.mark.parametrize("what", BEFORE_MARKING)
def test_nothing_is_marked_from_what_the_ledger_was_not_told(story, what):
    story.record_misconduct()
    change(BEFORE_MARKING[what])

    with pytest.raises(Conflict, match="台账"):
        mark_sitting(story.code, story.marker_id)

    assert results_of(story.sitting) == []


def test_the_answers_of_one_candidate_are_not_marked_as_those_of_another(story):
    first, last = (db.session.get_one(Attempt, each).candidate_id for each in story.attempts[::2])
    with transaction():
        db.session.execute(
            text("UPDATE delivery_attempt SET round = 9 WHERE candidate_id = :a"), {"a": first}
        )
        db.session.execute(
            text("UPDATE delivery_attempt SET candidate_id = :a WHERE candidate_id = :b"),
            {"a": first, "b": last},
        )
        moved = {"b": last, "id": story.attempts[0]}
        db.session.execute(
            text("UPDATE delivery_attempt SET candidate_id = :b, round = 1 WHERE id = :id"), moved
        )

    with pytest.raises(Conflict, match="哪份作答属于谁"):
        mark_sitting(story.code, story.marker_id)


@pytest.mark.parametrize("what", BEFORE_PUBLISHING)
def test_nothing_is_published_that_the_ledger_was_not_told(story, what):
    mark_sitting(story.code, story.marker_id)
    with transaction():
        candidate = results_of(story.sitting)[1].candidate
        raise_objection(candidate, "not_sat", "不是我考的", "", channel="link")
    change(BEFORE_PUBLISHING[what])

    with pytest.raises(Conflict, match="台账"):
        publish_results(story.code, story.publisher_id)

    assert {each.state for each in results_of(story.sitting)} == {"marked"}
