"""The command line of certificates: what operators script and outsiders check us with."""

import json

import pytest
from click.testing import CliRunner

from tests.factories.certificates import Story
from trainhub.certificates.authority import root_certificate
from trainhub.certificates.models import Certificate
from trainhub.cli.certificates import certificate
from trainhub.kernel import storage
from trainhub.kernel.db import db, transaction
from trainhub.people.sign_in import open_account


@pytest.fixture
def story(app, monkeypatch, tmp_path):
    settings = app.config["SETTINGS"]
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(settings.instance))
    story = Story()
    with transaction():
        open_account(story.issuer, "certificate-officer", "a-long-password", by=None)
        open_account(story.publisher, "results-officer", "a-long-password", by=None)
    story.tmp = tmp_path
    db.session.rollback()
    return story


def run(*arguments):
    """Run the command and return its exit status and its JSON."""
    db.session.rollback()
    result = CliRunner().invoke(certificate, [*arguments, "--json"], catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout.strip().splitlines()[-1])


def as_person(name):
    return ("--as", name, "--password", "a-long-password")


def test_an_officer_issues_and_anybody_verifies_online_and_offline(story):
    status, told = run("issue", "--sitting", story.code, *as_person("certificate-officer"))
    assert (status, told["issued"]) == (0, 1)

    file, root = story.tmp / "a.pdf", story.tmp / "root.pem"
    row = db.session.scalars(db.select(Certificate)).one()
    file.write_bytes(storage.read(row.document_key))
    root.write_bytes(root_certificate())
    number = row.number

    assert run("verify", str(file)) == (
        0,
        {"verdict": "genuine", "number": number, "reason": "登记簿中有此证明，内容与签发时一致。"},
    )
    assert run("verify", str(file), "--offline", "--root", str(root))[1]["verdict"] == "genuine"
    file.write_bytes(file.read_bytes()[:-100])
    assert run("verify", str(file))[0] == 1


def test_a_wrong_password_or_duty_issues_nothing(story):
    result = CliRunner().invoke(
        certificate, ["issue", "--sitting", story.code, *as_person("results-officer")], catch_exceptions=False
    )

    assert result.exit_code == 1
    assert "职责" in result.output


def test_who_issued_is_refused_to_revoke_with_the_rule(story):
    run("issue", "--sitting", story.code, *as_person("certificate-officer"))
    number = db.session.scalars(db.select(Certificate.number)).one()
    status, told = run("revoke", number, "--reason", "成绩经复核无效", *as_person("certificate-officer"))

    assert status == 1
    assert told["error"].startswith("S-14")
