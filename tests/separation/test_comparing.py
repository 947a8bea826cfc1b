"""The register against the rooms' own records: whoever deletes or slips in a row by SQL is found by name."""

import ast
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

import trainhub
from tests.factories import bank, courses
from tests.factories import walls as instances
from tests.factories.people import make_officer, make_organisation, make_person
from tests.factories.separation import state_class
from tests.factories.sites import make_centre
from tests.factories.sittings import make_arranged_sitting
from tests.factories.staffing import make_staff_member
from trainhub import create_app, ledger
from trainhub.cli import main
from trainhub.config import read_settings
from trainhub.courses.classes import assign_instructor, enrol, open_class
from trainhub.exams.bank.items import newest_version, revise_item, submit
from trainhub.exams.bank.review import approve, retire
from trainhub.exams.marking import approve_correction, propose_correction
from trainhub.exams.marking.allotting import proposed
from trainhub.exams.marking.models import Result, Standing
from trainhub.exams.marking.models_judging import Judgement, WrittenResponse
from trainhub.exams.sittings import candidates_of
from trainhub.exams.sittings.amending import withdraw
from trainhub.exams.sittings.plan import give_paper
from trainhub.exams.staffing import appoint
from trainhub.governance import identity, organisations
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation import audit, relations
from trainhub.separation.comparing import MOST, NOT_COMPARED, Kind, compare
from trainhub.separation.comparing_words import ROOM_WORDS, told
from trainhub.separation.declaring import declare
from trainhub.separation.duties import Duty
from trainhub.separation.models import RELATIONS, Related

OTHER = "'somebody-else'"
RECORDS = {
    "granted": "DELETE FROM governance_grant WHERE id = (SELECT max(id) FROM governance_grant)",
    "overridden": "UPDATE governance_override SET state = 'refused'",
    "organisation": "UPDATE people_organisation SET district = 'elsewhere' WHERE id = 1",
    "same_person": "DELETE FROM ledger_entry WHERE kind = 'person.joined'",
    "same_organisation": "DELETE FROM ledger_entry WHERE kind = 'organisation.merged'",
    "affiliated": "DELETE FROM ledger_entry WHERE kind = 'organisation.owner.stated'",
    "class": "UPDATE courses_class SET ends_on = '2099-01-01' WHERE id = 1",
    "taught": "DELETE FROM courses_instructor WHERE id = 1",
    "attended": "DELETE FROM courses_member",
    "attested": "DELETE FROM handover_training_record",
    "drafted": "DELETE FROM cases_version WHERE case_id = 1",
    "approved": "DELETE FROM cases_version",
    "authored": f"UPDATE bank_item_version SET author_id = {OTHER} WHERE id = 1",
    "reviewed": "DELETE FROM bank_review WHERE verdict = 'approved'",
    "live": "UPDATE bank_item_version SET state = 'draft' WHERE state IN ('live', 'approved')",
    "contains": "DELETE FROM papers_place WHERE number = 1",
    "assembled": f"UPDATE papers_paper SET assembled_by_id = {OTHER}",
    "sealed": f"UPDATE papers_paper SET sealed_by_id = {OTHER} WHERE sealed_by_id IS NOT NULL",
    "knows": "DELETE FROM papers_insider",
    "saw": "DELETE FROM papers_viewing",
    "uses": "UPDATE sittings_sitting SET paper_code = NULL",
    "sitting": "UPDATE sittings_sitting SET minutes = minutes + 1 WHERE id = 1",
    "room": "UPDATE sites_room SET code = code || 'X'",
    "opened": "UPDATE sittings_sitting SET state = 'arranged'",
    "registered": "DELETE FROM sittings_candidate WHERE id = 1",
    "qualified": "UPDATE staffing_member SET district = 'elsewhere' WHERE id = 1",
    "employed": "DELETE FROM staffing_member",
    "appointed": "DELETE FROM staffing_appointment WHERE id = 1",
    "marked": "DELETE FROM marking_result",
    "judged": "DELETE FROM marking_judgement",
    "published": f"UPDATE marking_result SET published_by_id = {OTHER} WHERE state = 'published'",
    "issued": f"UPDATE certificates_certificate SET issued_by_id = {OTHER} WHERE revoked_by_id IS NULL",
    "corrected": "DELETE FROM marking_correction",
    "confirmed": "UPDATE marking_correction SET state = 'refused'",
    "related": "UPDATE ledger_entry SET body = NULL WHERE kind = 'relation.declared'",
}
"""What somebody with a hand in the database does to a room's record."""
PERIODS = ("attended", "taught", "class", "granted", "qualified", "authored", "saw", "marked", "live")
"""Relations of whose period the rules read, one of every room that states periods."""


DECIDING = {
    "plan": "UPDATE sittings_sitting SET pass_mark = 1",
    "registration": f"UPDATE sittings_candidate SET person_id = {OTHER} WHERE id = 1",
    "attempt": "DELETE FROM delivery_attempt WHERE ended_at IS NOT NULL",
    "objection": "UPDATE sittings_objection SET state = 'dismissed' WHERE state = 'open'",
    "correction": "UPDATE marking_correction SET new_marks = new_marks + 2",
    "key_change": "INSERT INTO marking_key_change (code, organisation_id, item_code, item_version, kind, "
    "state, proposed_by_id, proposed_at, decided_by_id, decided_at, reason_sealed, basis_sealed) "
    "SELECT 'slipped-in', 1, 'Q', 1, 'void', 'approved', 'one', starts_at, 'other', starts_at, x'00', x'00' "
    "FROM sittings_sitting WHERE id = 1",
    "result": "UPDATE marking_result SET passed = 1 - passed WHERE state = 'published'",
}
"""What somebody with a hand in the database does to what decides a result, answers and marks apart."""


@pytest.fixture(scope="module")
def city(built_demo, tmp_path_factory):
    """The demo, in which every room has something on record; and owners, a merger and a joined person."""
    folder = tmp_path_factory.mktemp("demo") / "instance"
    shutil.copytree(built_demo, folder)
    app = create_app(read_settings({"TRAINHUB_INSTANCE": str(folder)}))
    with app.app_context():
        with transaction():
            _reorganise()
            _correct()
            _judge()
        db.session.remove()
        db.engine.dispose()
    return app


def _reorganise():
    """Two enterprises become one that owns a third; a member of a class turns out to have two records."""
    authority = make_organisation(OrganisationKind.AUTHORITY)
    security = make_officer(Duty.ADMINISTER_SECURITY, authority)
    gone, root, owned, owner = (make_organisation() for _each in range(4))
    organisations.state_owner(owned, gone, by=security)
    organisations.state_owner(root, owned, by=security)
    organisations.state_owner(owned, owner, by=security)
    organisations.end_owner(root, owned, by=security)
    organisations.merge(gone, root, by=security)
    member = db.session.execute(text("SELECT person_id FROM courses_member ORDER BY id DESC")).scalar()
    person = db.session.get_one(Person, member)
    second = Person(name=person.name)
    db.session.add(second)
    db.session.flush()
    declare(Related(person_id=second.id, other_id=make_person().id), by=second, source="test")
    identity.join_records(second, person, by=security)


def _correct():
    """Two markers correct a result."""
    result = db.session.scalars(select(Result).where(Result.standing == Standing.COUNTED)).first()
    one, other = (make_officer(Duty.MARK, result.sitting.organisation) for _each in range(2))
    correction = propose_correction(result, result.marks - 1, "第七题答案有误", "复核记录 2026-11 号", by=one)
    approve_correction(correction, by=other)


def _judge():
    """An assessor has a response of a candidate to mark."""
    result = db.session.scalars(select(Result)).first()
    assessor = make_officer(Duty.ASSESS, result.sitting.organisation)
    response = WrittenResponse(
        sitting=result.sitting, candidate=result.candidate, number=1, item_code="I", item_version=1, points=5
    )
    response.judgements.append(Judgement(assessor=assessor, turn=1, allotted_by_id=assessor.id))
    db.session.add(response)
    db.session.flush()
    relations.state_judged(proposed(assessor, response), by=assessor)


@pytest.fixture
def house(city):
    """The demo as it was built; what a test does to it is undone."""
    with city.app_context():
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = OFF")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.rollback()
        yield city
        db.session.rollback()
        db.session.remove()


def found():
    return compare().differences


def kinds(relation):
    return {each.kind for each in found() if each.relation == relation}


def tamper(statement):
    """Do something to the database that no page allows; it is never committed."""
    db.session.rollback()
    db.session.execute(text("PRAGMA query_only = OFF"))
    db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    changed = db.session.execute(text(statement)).rowcount
    assert changed
    return changed


def standing(relation):
    table = f"separation_{relation}"
    return (
        f"NOT void AND NOT EXISTS (SELECT 1 FROM {table} later WHERE later.supersedes_id = {table}.id) "
        "AND (ends_on IS NULL OR ends_on > '2000-01-01')"
    )


def test_every_relation_has_a_witness_or_a_reason_why_not(house):
    compared = set(compare().relations)
    assert compared == set(RECORDS)
    assert compared | set(NOT_COMPARED) == set(RELATIONS)
    assert not compared & set(NOT_COMPARED)
    assert all(NOT_COMPARED.values())


def test_a_witness_shares_nothing_with_what_states_the_rows():
    stating = {"stating", "relations", "relations_of_exams", "register", "identity", "decisions", "declaring"}
    files = list(Path(trainhub.__file__).parent.rglob("witness.py"))
    assert len(files) > 12
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                last = str(node.module).rsplit(".", 1)[-1]
                assert last not in stating, f"{path}: {node.module}"
                assert not any(name.name.startswith(("state_", "end_")) for name in node.names), path


def test_register_and_records_of_a_whole_city_agree(house):
    assert [str(each) for each in told(compare())] == []
    report = audit()
    assert (report.comparison.total, report.is_clean) == (0, not report.violations)


@pytest.mark.parametrize("relation", RECORDS)
def test_a_row_deleted_from_the_register_is_named(house, relation):
    tamper(f"DELETE FROM separation_{relation} WHERE {standing(relation)}")
    assert kinds(relation) == {Kind.MISSING}


@pytest.mark.parametrize("relation", RECORDS)
def test_one_row_deleted_from_the_register_is_named(house, relation):
    """One that replaces no other: else the other would stand again, as before a merger, and nothing lack."""
    table = f"separation_{relation}"
    stands = standing(relation)
    tamper(
        f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table} WHERE {stands} "
        "AND supersedes_id IS NULL)"
    )
    assert kinds(relation) == {Kind.MISSING}


@pytest.mark.parametrize("relation", RECORDS)
def test_a_record_deleted_from_a_room_is_named(house, relation):
    tamper(RECORDS[relation])
    assert Kind.UNBACKED in kinds(relation)


@pytest.mark.parametrize("relation", PERIODS)
def test_a_period_written_anew_in_the_register_is_named(house, relation):
    tamper(f"UPDATE separation_{relation} SET starts_on = '1999-01-01' WHERE {standing(relation)}")
    assert Kind.UNBACKED in kinds(relation)


@pytest.mark.parametrize("relation", ["attended", "taught", "granted", "live"])
def test_a_last_day_written_anew_in_the_register_is_named(house, relation):
    """Somebody makes a class so old that nobody looks back to it."""
    tamper(f"UPDATE separation_{relation} SET ends_on = '2001-01-01' WHERE {standing(relation)}")
    assert Kind.UNBACKED in kinds(relation)


@pytest.mark.parametrize("record", DECIDING)
def test_what_decides_results_and_is_not_what_the_ledger_holds_is_named(house, record):
    """No relation of the register speaks of it, or none but roughly: the ledger was told it."""
    tamper(DECIDING[record])
    assert kinds(record) & {Kind.ALTERED, Kind.ADDED}
    assert all(str(each) for each in told(compare()))


def test_a_deleted_class_list_is_reported_with_everybody_who_was_on_it(house):
    listed = db.session.execute(
        text(
            "SELECT p.name, c.code FROM courses_member m JOIN people_person p ON p.id = m.person_id "
            "JOIN courses_class c ON c.id = m.class_id"
        )
    ).all()
    tamper("DELETE FROM courses_member WHERE record_code IS NULL")
    sentences = [str(each) for each in told(compare())]
    unrecorded = [(name, code) for name, code in listed if any(code in line for line in sentences)]
    assert unrecorded
    assert {each.kind for each in found()} == {Kind.UNBACKED}
    assert sum(any(name in line and code in line for line in sentences) for name, code in listed) == len(
        sentences
    )


def test_a_row_slipped_into_the_register_is_named(house):
    tamper(
        "INSERT INTO separation_taught (person_id, class_code, organisation_code, starts_on, source, void, "
        "recorded_at) SELECT id, 'GHOST', 'HONGYUAN', '2026-01-01', 'class', 0, '2026-01-01' "
        "FROM people_person LIMIT 1"
    )
    (difference,) = found()
    assert (difference.relation, difference.kind) == ("taught", Kind.UNBACKED)
    assert dict(difference.facts)["class_code"] == "GHOST"


def test_a_row_superseded_by_hand_is_missed(house):
    """Nothing is deleted: somebody adds a void row, as a withdrawal would be."""
    tamper(
        "INSERT INTO separation_appointed (person_id, sitting_code, duty, room_code, starts_on, source, "
        "void, recorded_at, supersedes_id) SELECT person_id, sitting_code, duty, room_code, starts_on, "
        f"'withdrawn', 1, recorded_at, id FROM separation_appointed WHERE {standing('appointed')} LIMIT 1"
    )
    (difference,) = found()
    assert (difference.relation, difference.kind) == ("appointed", Kind.MISSING)


def test_a_joined_record_taken_apart_by_sql_is_named_with_what_stands_on_it(house):
    tamper(f"DELETE FROM separation_same_person WHERE {standing('same_person')}")
    assert {(each.relation, each.kind) for each in found()} == {
        ("same_person", Kind.MISSING),
        ("related", Kind.MISSING),
        ("related", Kind.UNBACKED),
    }


def test_more_than_can_be_read_is_counted(house):
    tamper(
        "INSERT INTO separation_taught (person_id, class_code, organisation_code, starts_on, source, void, "
        "recorded_at) SELECT a.id, 'GHOST-' || b.id || '-' || c.id, 'HONGYUAN', '2026-01-01', 'class', 0, "
        f"'2026-01-01' FROM (SELECT id FROM people_person LIMIT 1) a, bank_item b, bank_item c "
        f"LIMIT {MOST + 7}"
    )
    comparison = compare()
    assert (comparison.total, len(comparison.differences)) == (MOST + 7, MOST)
    assert comparison.left_out == {(Kind.UNBACKED, "taught"): 7}


def test_what_is_known_of_classes_elsewhere_alone_is_told(app):
    state_class(make_person(), [make_person()])
    assert {each.relation for each in found()} == {"taught", "attended"}


def test_a_vanished_join_is_named_in_an_empty_house(app):
    ledger.append("person.joined", by=None, side="core", person="a", standing="b", rules=[])
    db.session.flush()
    assert [(each.relation, each.kind) for each in found()] == [("same_person", Kind.MISSING)]


def test_the_past_and_a_single_sitting_are_not_compared(house):
    past = audit(at=audit(compares=False).at)
    assert past.comparison is None
    assert past.as_json()["differences"] is None
    code = db.session.execute(text("SELECT code FROM sittings_sitting LIMIT 1")).scalar()
    assert audit(sitting=code).comparison is None


def test_a_process_of_one_wing_does_not_compare(app):
    assert create_app(read_settings(_of("training", app))).extensions["witnesses"] is None
    assert create_app(read_settings(_of("oversight", app))).extensions["witnesses"].keys() >= set(ROOM_WORDS)
    app.extensions["witnesses"] = None
    assert compare() is None
    assert audit().as_json()["differences"] is None


def _of(side, app):
    return {"TRAINHUB_INSTANCE": str(app.config["SETTINGS"].instance), "TRAINHUB_SIDE": side}


def test_the_command_tells_each_difference_and_fails(app, monkeypatch):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(app.config["SETTINGS"].instance))
    person = make_person(name="端木消失")
    body = make_organisation(OrganisationKind.TRAINING_BODY)
    manager = make_officer(Duty.MANAGE_COURSES, body)
    syllabus = courses.make_course(body, manager).published
    period = (clock.today(), clock.today() + timedelta(days=30))
    enrol(open_class(syllabus, "第一期", *period, is_open=False, by=manager), person, by=manager)
    db.session.commit()
    assert compare().total == 0
    db.session.execute(text("DELETE FROM separation_attended"))
    db.session.commit()
    answer = CliRunner().invoke(main, ["separation", "audit"], catch_exceptions=False)
    assert answer.exit_code == 1
    assert "端木消失" in answer.stdout
    assert "1 differences between the register and the rooms' records." in answer.stdout
    plain = CliRunner().invoke(main, ["separation", "audit", "--json"], catch_exceptions=False)
    (difference,) = json.loads(plain.stdout)["differences"]
    assert (plain.exit_code, difference["kind"], difference["relation"]) == (1, "missing", "attended")
    assert difference["rooms"] == ["courses"]


def test_the_auditors_page_tells_each_difference(app, client):
    auditor = make_officer(Duty.AUDIT)
    state_class(make_person(name="端木多余"), [])
    db.session.commit()
    client.sign_in(auditor)
    page = client.get("/oversight/audit?run=1").text
    assert "端木多余" in page
    assert "无业务记录为据" in page
    past = client.get("/oversight/audit?run=1&at=2026-01-01T08:00").text
    assert "端木多余" not in past
    assert "未核对" in past


def test_a_candidate_withdrawn_after_seating_leaves_their_room(app):
    """The number in a room decides how many invigilators it needs."""
    centre = make_centre()
    by = make_officer(Duty.ARRANGE_SITTINGS, centre)
    sitting = make_arranged_sitting(centre, by, make_officer(Duty.ARRANGE_SITTINGS, centre))
    withdraw(candidates_of(sitting)[0], "不参加考试", by=by)
    assert [str(each) for each in told(compare())] == []


def test_an_item_in_use_again_is_live_again(app):
    """Retired while its next version is a draft, approved some days later."""
    staff = bank.make_staff()
    (item,) = bank.make_approved(bank.make_bank(staff), staff)
    version = newest_version(item)
    draft = revise_item(item, bank.make_body(bank.ItemType(item.type)), by=staff.author)
    retire(version, "过时", by=staff.reviewer)
    assert [str(each) for each in told(compare())] == []
    with clock.set_to(clock.now() + timedelta(days=3)):
        submit([draft], by=staff.author)
        approve(draft, by=staff.reviewer)
        assert [str(each) for each in told(compare())] == []


def _live():
    """A class with instructor and member, a sitting with paper and staff; by the deeds of the house."""
    body = make_organisation(OrganisationKind.TRAINING_BODY)
    manager, teacher = (make_officer(duty, body) for duty in (Duty.MANAGE_COURSES, Duty.TEACH))
    period = (clock.today(), clock.today() + timedelta(days=30))
    taught = open_class(
        courses.make_course(body, manager).published, "第一期", *period, is_open=False, by=manager
    )
    assign_instructor(taught, teacher, by=manager)
    enrol(taught, make_person(name="端木学员"), by=manager)
    staff = bank.make_staff()
    paper = bank.make_sealed(staff)
    by, second, planner = (
        make_officer(duty, staff.centre)
        for duty in (Duty.ARRANGE_SITTINGS, Duty.ARRANGE_SITTINGS, Duty.ASSIGN_STAFF)
    )
    sitting = make_arranged_sitting(staff.centre, by, second)
    give_paper(sitting, paper.code, by=by)
    appoint(sitting, sitting.rooms[0], make_staff_member(staff.centre, by), Duty.INVIGILATE, by=planner)
    _reorganise()


@pytest.mark.postgres
def test_oversight_compares_on_postgresql_with_its_own_login_and_a_wing_does_not(tmp_path):
    with instances.house(tmp_path / "instance") as url:
        folder = tmp_path / "instance"
        with instances.everything(url, folder), transaction():
            _live()
        with instances.process_of("oversight", url, folder):
            comparison = compare()
            assert [str(each) for each in told(comparison)] == []
            assert set(comparison.relations) | set(NOT_COMPARED) == set(RELATIONS)
        with instances.process_of("training", url, folder):
            assert compare() is None
        with instances.everything(url, folder), db.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM separation_attended WHERE supersedes_id IS NOT NULL")
            connection.exec_driver_sql("DELETE FROM separation_attended")
            connection.exec_driver_sql("DELETE FROM courses_instructor")
        with instances.process_of("oversight", url, folder):
            found = {(each.relation, each.kind) for each in compare().differences}
            assert found == {("attended", Kind.MISSING), ("taught", Kind.UNBACKED)}
            assert any("端木学员" in str(each) for each in told(compare()))
