"""What passes through the door is signed, and what was changed past its signature does not pass."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from tests.factories.people import make_officer, make_organisation, make_person
from tests.factories.separation import appoint, state_sitting
from trainhub import handover, ledger
from trainhub.handover.models import SigningKey
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.keys import key_file
from trainhub.people.models import OrganisationKind
from trainhub.separation import Duty, audit, relations


@pytest.fixture
def school(app):
    return make_organisation(OrganisationKind.TRAINING_BODY, code="SCHOOL")


@pytest.fixture
def issuer(school):
    return make_officer(Duty.ISSUE_TRAINING_RECORDS, school)


@pytest.fixture
def trainee(app):
    return make_person()


@pytest.fixture
def centre(app):
    return make_organisation(OrganisationKind.EXAM_CENTRE, code="CENTRE")


def issue(trainee, school, by, class_code="C-1", **changed):
    day = clock.today()
    facts = {"seconds": 3600, "starts_on": day - timedelta(days=9), "ends_on": day} | changed
    return handover.issue_training_record(
        trainee,
        "PRINCIPAL",
        "2026",
        facts["seconds"],
        facts["starts_on"],
        facts["ends_on"],
        school,
        class_code,
        by=by,
    )


def found(trainee):
    db.session.expire_all()
    return handover.training_records_of([trainee.id], "PRINCIPAL")


def test_a_record_passes_with_its_facts(trainee, school, issuer):
    record = issue(trainee, school, issuer)
    assert [row.code for row in found(trainee)] == [record.code]
    assert handover.training_records_of([trainee.id], "LV-ELECTRICIAN") == []
    assert handover.problems() == []


def test_it_leaves_a_trail_without_the_persons_name(trainee, school, issuer):
    record = issue(trainee, school, issuer)
    entry = db.session.scalars(
        select(ledger.Entry).where(ledger.Entry.kind == "training_record.issued")
    ).one()
    assert record.code in entry.body and trainee.name not in entry.body and entry.by_id == issuer.id


def test_only_who_issues_for_the_school_issues(trainee, school, issuer):
    other = make_officer(Duty.ISSUE_TRAINING_RECORDS, make_organisation(OrganisationKind.TRAINING_BODY))
    with pytest.raises(Forbidden):
        issue(trainee, school, other)
    with pytest.raises(Forbidden):
        issue(trainee, school, make_officer(Duty.TEACH, school))


@pytest.mark.parametrize("wrong", [{"seconds": 0}, {"ends_on": date(2020, 1, 1)}])
def test_impossible_hours_and_periods_do_not_pass(trainee, school, issuer, wrong):
    with pytest.raises(Invalid):
        issue(trainee, school, issuer, **wrong)


def test_the_key_is_a_file_that_only_its_owner_reads(trainee, school, issuer):
    issue(trainee, school, issuer)
    issue(make_person(), school, issuer)
    path = key_file("handover-SCHOOL.pem")
    assert path.stat().st_mode & 0o777 == 0o600
    assert db.session.query(SigningKey).count() == 1


CHANGES = [
    ("verified_seconds", "999999"),
    ("qualification", "'PRINCIPAL '"),
    ("ends_on", "'2026-12-31'"),
    ("person_id", "(SELECT id FROM people_person WHERE name = '别人')"),
    ("organisation_code", "'OTHER'"),
    ("class_code", "'C-2'"),
    ("issued_by_id", "'nobody'"),
    ("signature", "'00'"),
]


@pytest.mark.parametrize(("column", "value"), CHANGES)
def test_a_record_changed_in_the_database_passes_no_more_and_is_named(trainee, school, issuer, column, value):
    make_person("别人")
    record = issue(trainee, school, issuer)
    db.session.execute(text(f"UPDATE handover_training_record SET {column} = {value}"))
    assert found(trainee) == []
    assert [(each.code, each.what) for each in handover.problems()] == [(record.code, "altered")]


def test_a_record_signed_again_with_a_key_slipped_in_passes_no_more(trainee, school, issuer):
    import rfc8785
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    record = issue(trainee, school, issuer)
    forged = Ed25519PrivateKey.generate()
    raw = forged.public_key().public_bytes_raw().hex()
    db.session.add(SigningKey(id="f" * 32, organisation_id=school.id, public_key=raw))
    record.key_id, record.verified_seconds = "f" * 32, 999_999
    record.signature = forged.sign(rfc8785.dumps(record.content())).hex()
    db.session.flush()
    assert found(trainee) == []


def test_a_deleted_record_is_missed(trainee, school, issuer):
    record = issue(trainee, school, issuer)
    db.session.execute(text("DELETE FROM handover_training_record"))
    assert [(each.code, each.what) for each in handover.problems()] == [(record.code, "missing")]


def test_a_revoked_record_counts_no_more_even_if_the_revocation_is_deleted(trainee, school, issuer):
    record = issue(trainee, school, issuer)
    handover.revoke_training_record(record.code, "学时认定有误", by=issuer)
    assert found(trainee) == []
    db.session.execute(text("DELETE FROM handover_revocation"))
    assert found(trainee) == []
    assert [each.what for each in handover.problems()] == ["missing"]


def test_revoking_needs_a_reason_and_is_done_once_by_the_school_itself(trainee, school, issuer):
    record = issue(trainee, school, issuer)
    with pytest.raises(Invalid):
        handover.revoke_training_record(record.code, " ", by=issuer)
    stranger = make_officer(Duty.ISSUE_TRAINING_RECORDS, make_organisation(OrganisationKind.TRAINING_BODY))
    with pytest.raises(NotFound):
        handover.revoke_training_record(record.code, "理由", by=stranger)
    handover.revoke_training_record(record.code, "理由", by=issuer)
    with pytest.raises(Conflict):
        handover.revoke_training_record(record.code, "理由", by=issuer)


def test_a_late_record_makes_a_conflict_known_instead_of_being_refused(trainee, school, issuer):
    instructor, sitting = make_person(), state_sitting()
    relations.state_taught(instructor, "C-1", school, clock.today(), clock.today(), by=issuer, source="class")
    relations.state_registered(trainee, sitting, by=None)
    appoint(instructor, sitting)
    assert audit().violations == ()

    issue(trainee, school, issuer)

    assert [(each.rule.id, each.object) for each in audit().violations] == [("S-07", sitting)]


def test_outcomes_pass_back_without_marks(trainee, centre):
    officer = make_officer(Duty.PUBLISH_RESULTS, centre)
    handover.publish_outcome(trainee, "PRINCIPAL", "theory", False, date(2026, 7, 1), "S-1", by=officer)
    handover.publish_outcome(trainee, "PRINCIPAL", "theory", True, date(2026, 8, 1), "S-2", by=officer)
    assert [(each.on.month, each.passed) for each in handover.outcomes_of(trainee)] == [(7, False), (8, True)]
    db.session.execute(text("UPDATE handover_outcome SET passed = 1"))
    db.session.expire_all()
    assert [each.sitting_code for each in handover.outcomes_of(trainee)] == ["S-2"]


def test_a_certificate_once_revoked_stays_revoked(trainee, centre):
    officer = make_officer(Duty.ISSUE_CERTIFICATES, centre)
    for revoked in (False, True, False):
        handover.publish_certificate_status(
            trainee, "PRINCIPAL", "N-1", date(2029, 1, 1), revoked, by=officer
        )
    statuses = handover.certificate_statuses_of(trainee)
    assert [(each.number, each.revoked) for each in statuses] == [("N-1", True)]


def test_an_enterprise_asks_for_its_own_people_to_be_examined(trainee):
    factory = make_organisation()
    manager = make_officer(Duty.ENROL_PEOPLE, factory)
    period = (date(2026, 12, 1), date(2026, 12, 31))
    handover.submit_application(trainee, "PRINCIPAL", *period, factory, "身份证复印件", by=manager)
    assert [each.organisation_code for each in handover.applications("PRINCIPAL")] == [factory.code]
    with pytest.raises(Forbidden):
        handover.submit_application(trainee, "PRINCIPAL", *period, make_organisation(), by=manager)
