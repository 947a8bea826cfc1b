"""Marks are corrected by two people; what was before stays, and nobody is left with a wrong certificate."""

import threading
import time

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from tests.factories.marking import Marked
from tests.factories.people import make_officer, make_organisation
from tests.migrated import on_postgres
from tests.servers import drop_database
from tests.worlds import built_once
from trainhub import create_app, handover, regulations
from trainhub.certificates import work as certificates_work
from trainhub.certificates.issuing import issue_for_sitting
from trainhub.certificates.models import Certificate
from trainhub.certificates.revocation import revoke
from trainhub.config import read_settings
from trainhub.exams.marking import (
    Correction,
    approve_correction,
    differences,
    mark_sitting,
    propose_correction,
    publish_results,
    refuse_correction,
    results_of,
)
from trainhub.exams.marking.work import open_work
from trainhub.kernel import keys
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, Refused
from trainhub.ledger import Entry
from trainhub.people.messages import Message
from trainhub.people.models import OrganisationKind, Person
from trainhub.people.persons import give_phone
from trainhub.separation.comparing import compare
from trainhub.separation.duties import Duty
from trainhub.separation.relations import join_persons

WHY = ("第七题答案有误", "复核记录 2026-11 号")


class Story(Marked):
    """A marked sitting and a second marker."""

    def __init__(self, app, right=(10, 8, 7)):
        super().__init__(app, right)
        mark_sitting(self.code, self.marker_id)
        with transaction():
            self.second_id = make_officer(Duty.MARK, self.sitting.organisation).id

    def propose(self, place, marks):
        with transaction():
            result = results_of(self.sitting)[place]
            return propose_correction(result, marks, *WHY, by=self.person(self.marker_id)).id

    def approve(self, which, by=None):
        with transaction():
            approve_correction(db.session.get_one(Correction, which), by=self.person(by or self.second_id))

    def result(self, place):
        return results_of(self.sitting)[place]


@pytest.fixture
@built_once
def story(app):
    return Story(app)


def be(client, person_id):
    client.sign_in(db.session.get_one(Person, person_id))


def trail():
    rows = db.session.scalars(select(Entry).where(Entry.kind.like("correction.%")).order_by(Entry.id))
    return [(row.kind, row.by_id) for row in rows]


def test_only_an_approved_correction_changes_a_result(story):
    which = story.propose(2, 80)
    assert (story.result(2).marks, story.result(2).passed) == (70, False)

    story.approve(which)

    result = story.result(2)
    assert (result.marks, result.passed, result.state) == (80, True, "marked")
    row = result.corrections[0]
    assert (row.old_marks, row.new_marks, row.state) == (70, 80, "approved")
    assert (row.reason, row.basis) == WHY
    assert trail() == [("correction.proposed", story.marker_id), ("correction.approved", story.second_id)]


def test_what_two_people_approved_can_be_published_and_a_change_behind_them_cannot(story):
    story.approve(story.propose(2, 80))
    assert differences(story.sitting) == []
    with transaction():
        story.result(2).marks = 90
    assert differences(story.sitting) == [story.result(2).candidate.ticket_number]
    with transaction():
        story.result(2).marks = 80
    assert publish_results(story.code, story.publisher_id) == 3


def test_the_page_offers_no_approval_of_a_correction_that_came_too_late(client, story):
    which = story.propose(2, 80)
    page = f"/exam/marking/corrections/{db.session.get_one(Correction, which).code}"
    be(client, story.second_id)
    assert f'action="{page}/approve"' in client.get(page).text
    with transaction():
        story.result(2).marks = 71
    shown = client.get(page).text
    assert f'action="{page}/approve"' not in shown and f'action="{page}/refuse"' in shown
    assert "成绩已与该更正所述不符" in shown


def test_who_proposed_is_refused_with_rule_and_fact(story):
    which = story.propose(2, 80)
    with pytest.raises(Refused) as refusal:
        story.approve(which, by=story.marker_id)
    assert refusal.value.rule.id == "S-21"
    db.session.rollback()
    assert story.result(2).marks == 70
    assert story.result(2).corrections[0].state == "proposed"


def test_a_second_record_of_the_same_person_is_refused_too(story):
    which = story.propose(2, 80)
    with transaction():
        join_persons(story.second_id, story.marker_id, by=None, source="ID number")
    with pytest.raises(Refused) as refusal:
        story.approve(which)
    assert refusal.value.rule.id == "S-21"
    db.session.rollback()
    assert story.result(2).marks == 70


def test_the_database_refuses_one_person_for_both_by_itself(story):
    which = story.propose(2, 80)
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(
            update(Correction)
            .where(Correction.id == which)
            .values(state="approved", decided_by_id=story.marker_id, decided_at=Correction.proposed_at)
        )


def test_a_correction_is_decided_once(story):
    which = story.propose(2, 80)
    story.approve(which)
    with pytest.raises(Conflict):
        story.approve(which)
    with pytest.raises(Conflict), transaction():
        refuse_correction(
            db.session.get_one(Correction, which), "不应更正的", by=story.person(story.second_id)
        )
    assert len(trail()) == 2


def test_a_refused_correction_changes_nothing_and_another_may_follow(story):
    which = story.propose(2, 80)
    with pytest.raises(Conflict):
        story.propose(2, 90)
    with transaction():
        refuse_correction(
            db.session.get_one(Correction, which), "依据不足，驳回", by=story.person(story.second_id)
        )
    assert story.result(2).marks == 70
    with pytest.raises(Conflict):
        story.approve(which)
    story.approve(story.propose(2, 90))
    assert [each.state for each in story.result(2).corrections] == ["refused", "approved"]
    assert trail()[1] == ("correction.refused", story.second_id)


@pytest.mark.parametrize("marks", [70, -1, 101])
def test_marks_that_are_not_possible_or_the_same_are_not_proposed(story, marks):
    with pytest.raises(Invalid):
        story.propose(2, marks)


def test_reason_and_basis_are_needed(story):
    with pytest.raises(Invalid), transaction():
        propose_correction(story.result(2), 80, "", "x", by=story.person(story.marker_id))


def test_marks_of_a_void_attempt_are_not_corrected(app):
    void = Marked(app, right=(10, 10), misconduct=(1,))
    mark_sitting(void.code, void.marker_id)
    with pytest.raises(Conflict), transaction():
        propose_correction(results_of(void.sitting)[1], 50, *WHY, by=void.person(void.marker_id))


def test_who_marks_elsewhere_or_only_publishes_decides_nothing(story):
    which = story.propose(2, 80)
    with transaction():
        stranger = make_officer(Duty.MARK, make_organisation(OrganisationKind.EXAM_CENTRE)).id
    for person in (stranger, story.publisher_id):
        with pytest.raises(Forbidden):
            story.approve(which, by=person)


def test_a_published_result_is_handed_over_anew_and_the_person_is_told(story):
    publish_results(story.code, story.publisher_id)
    with transaction():
        give_phone(story.result(2).person, "13912345678")
    story.approve(story.propose(2, 80))
    result = story.result(2)
    assert (result.state, result.marks) == ("published", 80)
    rows = db.session.scalars(
        select(handover.models.Outcome.passed)
        .where(handover.models.Outcome.person_id == result.person_id)
        .order_by(handover.models.Outcome.id)
    ).all()
    assert rows == [False, True]
    assert [each.passed for each in handover.outcomes_of(result.person)] == [True]
    assert (
        db.session.query(Message).filter_by(subject="result.corrected", person_id=result.person_id).count()
        == 1
    )


def certificate_tasks(app, person):
    with app.test_request_context():
        return [
            task.detail for task in certificates_work.open_work(person, frozenset({Duty.ISSUE_CERTIFICATES}))
        ]


def test_a_certificate_of_a_pass_that_was_none_is_a_task_until_it_is_revoked_and_due_again_with_the_pass(
    app, story
):
    publish_results(story.code, story.publisher_id)
    with transaction():
        issuer = make_officer(Duty.ISSUE_CERTIFICATES, story.sitting.organisation).id
        other = make_officer(Duty.ISSUE_CERTIFICATES, story.sitting.organisation).id
    assert issue_for_sitting(story.code, issuer) == 2
    assert certificate_tasks(app, story.person(other)) == []
    story.approve(story.propose(1, 70))
    certificate = db.session.scalar(select(Certificate).where(Certificate.result_id == story.result(1).id))
    assert certificate_tasks(app, story.person(other)) == [certificate.number]
    with transaction():
        revoke(certificate, "成绩更正为不合格", by=story.person(other))
        standing = db.session.scalar(select(Certificate).where(Certificate.result_id == story.result(0).id))
        revoke(standing, "经查系替考", by=story.person(other))
    assert certificate_tasks(app, story.person(other)) == []

    story.approve(story.propose(1, 80))
    assert certificate_tasks(app, story.person(other)) == [story.code]
    assert issue_for_sitting(story.code, other) == 1
    first, second = db.session.scalars(
        select(Certificate).where(Certificate.result_id == story.result(1).id).order_by(Certificate.id)
    )
    assert (first.state, second.state, first.pass_was_lost) == ("revoked", "valid", True)
    assert certificate_tasks(app, story.person(issuer)) == []


def test_two_corrections_leave_both_versions(story):
    story.approve(story.propose(2, 80))
    story.approve(story.propose(2, 60))
    assert [(each.old_marks, each.new_marks) for each in story.result(2).corrections] == [(70, 80), (80, 60)]
    assert differences(story.sitting) == []
    with transaction():
        db.session.execute(delete(Correction).where(Correction.new_marks == 60))
    assert differences(story.sitting) != []


def test_the_pages_propose_refuse_and_approve(client, story):
    code = story.result(2).candidate.code
    db.session.commit()
    address = f"/exam/marking/{story.code}/results/{code}"
    be(client, story.marker_id)
    assert "/corrections" in client.get(address).text
    form = {"marks": "80", "reason": WHY[0], "basis": WHY[1]}
    assert client.post(f"{address}/corrections", data={**form, "marks": "many"}).status_code == 422
    answer = client.post(f"{address}/corrections", data=form)
    assert answer.status_code == 302
    page = answer.location
    assert f'action="{page}/approve"' not in client.get(page).text
    own = client.post(f"{page}/approve")
    assert own.status_code == 409
    assert "S-21" in own.text
    be(client, story.publisher_id)
    assert client.get(page).status_code == 200
    assert client.post(f"{page}/approve").status_code == 403
    be(client, story.second_id)
    assert story.result(2).candidate.ticket_number in client.get("/exam/marking/corrections").text
    assert client.post(f"{page}/approve").status_code == 302
    assert "70 → 80" in client.get(address).text
    assert client.post(f"{page}/refuse", data={"note": "太晚了，不行"}).status_code == 409


def test_another_centre_finds_neither_result_nor_correction(client, story):
    which = story.propose(2, 80)
    page = f"/exam/marking/corrections/{db.session.get_one(Correction, which).code}"
    code = story.result(2).candidate.code
    other = make_officer(Duty.MARK, make_organisation(OrganisationKind.EXAM_CENTRE)).id
    db.session.commit()
    be(client, other)
    assert client.get(page).status_code == 404
    assert client.post(f"{page}/approve").status_code == 404
    assert client.post(f"/exam/marking/{story.code}/results/{code}/corrections").status_code == 404


def test_what_waits_is_a_task_of_other_markers(app, story):
    story.propose(2, 80)
    duties = frozenset({Duty.MARK})
    with app.test_request_context():
        own, other = (open_work(story.person(each), duties) for each in (story.marker_id, story.second_id))
        assert own == []
        assert len(other) == 1


@pytest.mark.postgres
def test_of_two_approvals_at_once_one_counts(tmp_path):
    url = on_postgres()
    keys.create_missing_keys(tmp_path / "keys")
    house = create_app(read_settings({"TRAINHUB_INSTANCE": str(tmp_path), "TRAINHUB_DATABASE_URL": url}))
    outcomes = []
    with house.app_context():
        with transaction():
            regulations.load_figures()
        story = Story(house)
        with transaction():
            third = make_officer(Duty.MARK, story.sitting.organisation).id
        which = story.propose(2, 80)
        db.session.remove()
    asked, go_on = threading.Event(), threading.Event()

    def run(person, pause):
        with house.app_context():
            try:
                with transaction():
                    approve_correction(db.session.get_one(Correction, which), by=story.person(person))
                    if pause:
                        asked.set()
                        go_on.wait(20)
                outcomes.append("approved")
            except Conflict:
                outcomes.append("conflict")
            finally:
                asked.set()
                db.session.remove()

    one = threading.Thread(target=run, args=(story.second_id, True))
    two = threading.Thread(target=run, args=(third, False))
    one.start()
    assert asked.wait(20)
    two.start()
    with house.app_context(), db.engine.connect() as connection:
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
        until = time.monotonic() + 20
        while two.is_alive() and not connection.execute(waiting).scalar() and time.monotonic() < until:
            time.sleep(0.01)
    go_on.set()
    one.join()
    two.join()
    with house.app_context():
        assert sorted(outcomes) == ["approved", "conflict"]
        assert [kind for kind, _who in trail()] == ["correction.proposed", "correction.approved"]
        assert story.result(2).corrections[0].decided_by_id == story.second_id
        db.session.remove()
        db.engine.dispose()
    drop_database(url)


@pytest.mark.parametrize(
    ("relation", "tampering"),
    [
        ("corrected", "DELETE FROM separation_corrected"),
        ("confirmed", "DELETE FROM separation_confirmed"),
        ("corrected", "DELETE FROM marking_correction"),
        ("confirmed", "UPDATE marking_correction SET state = 'refused'"),
    ],
)
def test_a_correction_taken_out_of_register_or_record_is_named(story, relation, tampering):
    story.approve(story.propose(0, 9))
    told = {"corrected", "confirmed"}
    assert [each for each in compare().differences if each.relation in told] == []
    db.session.execute(text("PRAGMA query_only = OFF"))
    db.session.execute(text(tampering))
    assert relation in {each.relation for each in compare().differences}
    db.session.rollback()
