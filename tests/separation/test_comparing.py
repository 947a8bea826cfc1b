"""The register against the rooms' own records: whoever deletes or slips in a row by SQL is found by name."""

import pytest
from sqlalchemy import text

from tests.factories.people import make_person
from tests.factories.separation import state_class
from trainhub import create_app, ledger
from trainhub.config import read_settings
from trainhub.demo import build as demo
from trainhub.kernel.db import db
from trainhub.separation import audit, identity
from trainhub.separation.comparing import NOT_COMPARED, differences
from trainhub.separation.declaring import declare, declared
from trainhub.separation.models import RELATIONS, Related, SamePerson

OTHER = "(SELECT id FROM people_person ORDER BY id LIMIT 1)"
RECORDS = {
    "granted": "DELETE FROM governance_grant WHERE id = (SELECT max(id) FROM governance_grant)",
    "overridden": "UPDATE governance_override SET state = 'refused'",
    "organisation": "UPDATE people_organisation SET district = 'elsewhere' WHERE id = 1",
    "class": "UPDATE courses_class SET code = code || 'X' WHERE id = 1",
    "taught": "DELETE FROM courses_instructor WHERE id = 1",
    "attended": "DELETE FROM courses_member",
    "attested": "DELETE FROM handover_training_record",
    "drafted": "UPDATE cases_case SET code = code || 'X' WHERE id = 1",
    "approved": "UPDATE cases_version SET state = 'draft' WHERE reviewed_by_id IS NOT NULL",
    "authored": f"UPDATE bank_item_version SET author_id = {OTHER} WHERE id = 1",
    "reviewed": "DELETE FROM bank_review WHERE verdict = 'approved'",
    "live": "UPDATE bank_item_version SET state = 'draft' WHERE state IN ('live', 'approved')",
    "contains": "DELETE FROM papers_place WHERE number = 1",
    "assembled": f"UPDATE papers_paper SET assembled_by_id = {OTHER}",
    "sealed": f"UPDATE papers_paper SET sealed_by_id = {OTHER} WHERE sealed_by_id IS NOT NULL",
    "saw": "DELETE FROM papers_viewing",
    "uses": "UPDATE sittings_sitting SET paper_code = NULL",
    "sitting": "UPDATE sittings_sitting SET minutes = minutes + 1 WHERE id = 1",
    "room": "UPDATE sites_room SET code = code || 'X'",
    "opened": "UPDATE sittings_sitting SET state = 'arranged'",
    "registered": "UPDATE sittings_candidate SET state = 'withdrawn' WHERE id = 1",
    "qualified": "UPDATE staffing_member SET qualified_until = '2099-01-01' WHERE id = 1",
    "employed": "DELETE FROM staffing_member",
    "appointed": "UPDATE staffing_appointment SET state = 'withdrawn' WHERE id = 1",
    "marked": f"UPDATE marking_result SET marked_by_id = {OTHER} WHERE id = 1",
    "published": f"UPDATE marking_result SET published_by_id = {OTHER} WHERE state = 'published'",
    "issued": f"UPDATE certificates_certificate SET issued_by_id = {OTHER} WHERE revoked_by_id IS NULL",
    "related": "UPDATE ledger_entry SET body = NULL WHERE kind = 'relation.declared'",
}
"""What somebody with a hand in the database does to a room's record."""
ELSEWHERE = {"same_person", "corrected", "confirmed"}
"""Of which the demo has none; tests of their own try them."""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """The demo: every room has something on record."""
    settings = read_settings({"TRAINHUB_INSTANCE": str(tmp_path_factory.mktemp("demo") / "instance")})
    demo.build(settings)
    return create_app(settings)


@pytest.fixture
def house(city):
    """The demo as it was built; what a test does to it is undone."""
    with city.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = OFF")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.rollback()
        db.session.remove()
        yield city
        db.session.rollback()
        db.session.remove()


def found():
    return differences(declared)


def tamper(statement):
    """Do something to the database that no page allows; it is never committed."""
    db.session.rollback()
    db.session.execute(text("PRAGMA query_only = OFF"))
    return db.session.execute(text(statement)).rowcount


def test_every_relation_has_a_witness_or_a_reason_why_not():
    assert set(RECORDS) | set(NOT_COMPARED) | ELSEWHERE == set(RELATIONS)
    assert not set(RECORDS) & set(NOT_COMPARED)


def test_register_and_records_of_a_whole_city_agree(house):
    assert [str(each) for each in found()] == []
    report = audit()
    assert (report.differences, report.is_clean) == ((), not report.violations)


@pytest.mark.parametrize("relation", RECORDS)
def test_a_row_deleted_from_the_register_is_named(house, relation):
    table = f"separation_{relation}"
    standing = (
        f"SELECT max(id) FROM {table} WHERE NOT void AND id NOT IN "
        f"(SELECT supersedes_id FROM {table} WHERE supersedes_id IS NOT NULL) "
        "AND (ends_on IS NULL OR ends_on >= '2026-01-01')"
    )
    if relation in ("drafted", "attested", "marked", "published"):
        assert tamper(f"DELETE FROM {table}")
    else:
        assert tamper(f"DELETE FROM {table} WHERE id = ({standing})") == 1
    missing = [each for each in found() if each.relation == relation and each.is_missing]
    assert missing


@pytest.mark.parametrize("relation", RECORDS)
def test_a_record_deleted_from_a_room_is_named(house, relation):
    assert tamper(RECORDS[relation])
    assert relation in {each.relation for each in found()}


def test_a_deleted_class_list_is_reported_with_everybody_who_was_on_it(house):
    listed = db.session.execute(
        text(
            "SELECT p.name, c.code FROM courses_member m JOIN people_person p ON p.id = m.person_id "
            "JOIN courses_class c ON c.id = m.class_id WHERE m.record_code IS NULL"
        )
    ).all()
    tamper("DELETE FROM courses_member")
    told = [str(each) for each in found() if each.relation == "attended"]
    assert listed
    for name, code in listed:
        assert any(name in sentence and code in sentence for sentence in told)
    assert all(each.as_json()["kind"] == "unbacked" for each in found())


def test_a_row_slipped_into_the_register_is_named(house):
    tamper(
        "INSERT INTO separation_taught (person_id, class_code, organisation_code, starts_on, source, void, "
        "recorded_at) SELECT id, 'GHOST', 'HONGYUAN', '2026-01-01', 'class', 0, '2026-01-01' "
        "FROM people_person LIMIT 1"
    )
    (difference,) = found()
    assert (difference.relation, difference.is_missing, difference.facts["class_code"]) == (
        "taught",
        False,
        "GHOST",
    )


def test_two_records_of_one_person_make_no_difference(app):
    one, other = make_person(), make_person()
    declare(Related(person_id=one.id, other_id=make_person().id), by=one, source="test")
    identity.join(SamePerson, one.id, other.id, by=None, source="test")
    assert [each for each in found() if each.relation == "related"] == []


def test_a_joined_record_that_vanishes_from_the_register_is_named(app):
    ledger.append("person.joined", by=None, side="core", person="a", standing="b", rules=[])
    db.session.flush()
    assert [(each.relation, each.is_missing) for each in found()] == [("same_person", True)]


def test_what_is_known_of_classes_elsewhere_alone_is_told(app):
    state_class(make_person(), [make_person()])
    assert {each.relation for each in found()} == {"taught", "attended"}


def test_the_past_and_a_single_sitting_are_not_compared(house):
    assert audit(at=audit().at).differences is None
    code = db.session.execute(text("SELECT code FROM sittings_sitting LIMIT 1")).scalar()
    assert audit(sitting=code).differences is None


def test_a_process_of_one_wing_does_not_compare(app):
    app.extensions["witnesses"] = None
    assert found() is None
    assert audit().as_json()["differences"] is None
