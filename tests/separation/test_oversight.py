"""What the auditor sees of separation, on pages and on the command line, and the rules in words."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.factories.people import make_officer, make_organisation, make_person
from tests.factories.separation import appoint, state_class, state_sitting
from trainhub import separation
from trainhub.cli import main
from trainhub.cli.separation import rules_in_words
from trainhub.kernel.db import db
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation.duties import Duty

ROOT = Path(__file__).resolve().parents[2]


def test_the_rules_in_the_documents_are_the_objects(app):
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == rules_in_words()


@pytest.fixture
def late_conflict(app):
    """An invigilator who was appointed before it became known that they taught a candidate."""
    code, learner, teacher = state_sitting(), make_person(), make_person()
    separation.relations.state_registered(learner, code, by=None)
    appoint(teacher, code, Duty.INVIGILATE)
    state_class(teacher, [learner])
    found = code, teacher.name
    db.session.commit()
    return found


@pytest.fixture
def auditor(client):
    person = make_officer(Duty.AUDIT, make_organisation(OrganisationKind.AUTHORITY))
    person_id = person.id
    db.session.commit()
    client.sign_in(db.session.get_one(Person, person_id))
    return client


def test_the_auditor_reads_every_rule_with_its_source(auditor):
    page = auditor.get("/oversight/rules").text
    for rule in separation.RULES:
        assert rule.id in page


def test_an_audit_names_rule_person_sitting_and_the_rows_that_prove_it(auditor, late_conflict):
    code, teacher = late_conflict
    page = auditor.get("/oversight/audit?run=1").text
    for part in ("S-07", code, teacher, "taught#", "attended#"):
        assert part in page


def test_an_audit_of_an_earlier_moment_knows_only_what_was_known_then(auditor, late_conflict):
    code, _teacher = late_conflict
    assert code not in auditor.get("/oversight/audit?run=1&at=2020-01-01T00:00").text
    for moment in ("yesterday", "2999-01-01T00:00", "0001-01-01T00:00"):
        assert auditor.get(f"/oversight/audit?run=1&at={moment}").status_code == 422


def test_the_command_line_audits_and_its_status_tells(app, late_conflict, monkeypatch):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(app.config["SETTINGS"].instance))
    code, _teacher = late_conflict
    db.session.rollback()
    result = CliRunner().invoke(main, ["separation", "audit", "--json"], catch_exceptions=False)
    report = json.loads(result.stdout.splitlines()[-1])
    assert result.exit_code == 1
    assert {"at", "rules", "rows", "walls", "violations", "seconds"} <= set(report)
    assert {(each["rule"], each["object"]) for each in report["violations"]} == {("S-07", code)}
    unknown = ["separation", "audit", "--sitting", "NONE", "--json"]
    told = CliRunner().invoke(main, unknown, catch_exceptions=False)
    assert (told.exit_code, "error" in json.loads(told.stdout)) == (1, True)
    for moment in ("soon", "2999-01-01", "0001-01-01T00:00"):
        assert CliRunner().invoke(main, ["separation", "audit", "--at", moment]).exit_code == 2
