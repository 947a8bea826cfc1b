"""``trainhub roster import``: the same rules as the page, for operators who script."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from tests.factories.sittings import make_sitting, roster_row, write_roster
from trainhub.cli.roster import roster
from trainhub.exams.sittings.models import Candidate
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Account
from trainhub.people.sign_in import _hasher

PASSWORD = "a-long-password"


@pytest.fixture
def code(app, house, monkeypatch):
    """The code of a sitting; colleague and stranger can sign in on the command line."""
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(app.config["SETTINGS"].instance))
    with transaction():
        code = make_sitting(house.centre, house.by).code
        account = db.session.scalars(select(Account).where(Account.person_id == house.by.id)).one()
        account.username, account.password_hash = "exam-admin", _hasher.hash(PASSWORD)
    return code


def run(*arguments):
    """Run the command and return its exit status and its JSON."""
    db.session.rollback()
    result = CliRunner().invoke(roster, ["import", *map(str, arguments), "--json"], catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout.strip().splitlines()[-1])


def as_person(password=PASSWORD):
    return ("--as", "exam-admin", "--password", password)


def registered():
    return db.session.scalar(select(func.count(Candidate.id)))


def test_good_roster_is_imported_and_the_report_has_its_keys(code, tmp_path):
    path = write_roster(tmp_path / "r.xlsx", [roster_row(1), roster_row(2)])
    status, report = run(path, "--sitting", code, *as_person())
    assert (status, report["imported"], registered()) == (0, 2, 2)
    stable = {"file", "format", "rows", "imported", "duplicates", "rejected", "held", "by_type", "warnings"}
    assert stable <= set(report)


def test_bad_row_refuses_the_whole_roster_with_status_1(code, tmp_path):
    path = write_roster(tmp_path / "r.xlsx", [roster_row(1), roster_row(2, 姓名="")])
    status, report = run(path, "--sitting", code, *as_person())
    assert (status, report["imported"], registered()) == (1, 0, 0)
    status, report = run(path, "--sitting", code, "--accept-good", *as_person())
    assert (status, report["imported"], registered()) == (0, 1, 1)


def test_dry_run_needs_nobody_and_changes_nothing(code, tmp_path):
    path = write_roster(tmp_path / "r.xlsx", [roster_row(1)])
    status, report = run(path, "--sitting", code, "--dry-run")
    assert (status, report["imported"], registered()) == (0, 1, 0)


@pytest.mark.parametrize("who", [(), ("--as", "exam-admin", "--password", "wrong-password")])
def test_nobody_imports_without_signing_in(code, tmp_path, who):
    path = write_roster(tmp_path / "r.xlsx", [roster_row(1)])
    status, report = run(path, "--sitting", code, *who)
    assert status == 1
    assert report["error"]
    assert registered() == 0


def test_unknown_sitting_and_unreadable_file_are_refused_with_a_reason(code, tmp_path):
    path = write_roster(tmp_path / "r.xlsx", [roster_row(1)])
    assert run(path, "--sitting", "NO-SUCH", *as_person())[1]["error"] == "没有这个场次。"
    path.write_bytes(b"x")
    assert "Excel" in run(path, "--sitting", code, *as_person())[1]["error"]
