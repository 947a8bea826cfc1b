"""The command line of an instance from nothing: keys, tables, the first three people, accounts and duties."""

import json

import pytest
from click.testing import CliRunner

from trainhub.cli import main
from trainhub.cli.answers_server import free_port
from trainhub.config import read_settings
from trainhub.kernel import keys, migrations

PASSWORD = "a-long-password"
START = [
    "user",
    "start",
    *("--authority", "海川市应急管理局", "--district", "市南区", "--until", "2099-12-31"),
    *("--administrator", "贺文彬", "sysadmin", PASSWORD),
    *("--administrator", "陆佩珍", "secadmin", PASSWORD),
    *("--administrator", "范仲衡", "auditor", PASSWORD),
]


@pytest.fixture
def instance(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(tmp_path / "instance"))
    return tmp_path / "instance"


def run(*arguments):
    """Run a command; returns its exit status and its JSON."""
    result = CliRunner().invoke(main, [*arguments, "--json"], catch_exceptions=False)
    lines = [line for line in result.stdout.splitlines() if line.startswith("{") and '"event"' not in line]
    return result.exit_code, json.loads(lines[-1]) if lines else {}


def as_person(name):
    return ("--as", name, "--password", PASSWORD)


@pytest.fixture
def started(instance):
    assert run("db", "upgrade")[0] == 0
    assert run(*START)[0] == 0


def test_upgrading_makes_keys_tables_and_figures_once(instance):
    status, first = run("db", "upgrade")
    assert (status, first["revision"]) == (0, migrations.newest())
    assert set(first["keys_made"]) == set(keys.SYMMETRIC["all"])
    kept = {path.name: path.read_bytes() for path in (instance / "keys").iterdir()}
    private = [instance, instance / "keys", *(instance / "keys").glob("*.key")]
    assert all(path.stat().st_mode & 0o077 == 0 for path in private)
    status, second = run("db", "upgrade")
    assert (status, second["keys_made"]) == (0, [])
    assert {path.name: path.read_bytes() for path in (instance / "keys").iterdir()} == kept
    assert run("db", "check") == (
        0,
        {"revision": migrations.newest(), "needed": migrations.newest(), "fits": True, "rights": None},
    )


def test_a_database_that_was_walked_back_does_not_fit_and_is_not_served(instance):
    run("db", "upgrade")
    assert run("db", "downgrade", "base", "--yes")[0] == 0
    assert run("db", "check") == (
        1,
        {"revision": None, "needed": migrations.newest(), "fits": False, "rights": None},
    )
    refused = CliRunner().invoke(main, ["serve", "--port", str(free_port())])
    assert refused.exit_code == 1
    assert "trainhub db upgrade" in refused.output


def test_serving_without_keys_says_what_to_run(instance):
    refused = CliRunner().invoke(main, ["serve", "--port", str(free_port())])
    assert refused.exit_code == 1
    assert "trainhub db upgrade" in refused.output


def test_a_bad_setting_is_named(monkeypatch, instance):
    monkeypatch.setenv("TRAINHUB_SIDE", "both")
    refused = CliRunner().invoke(main, ["serve", "--port", str(free_port())])
    assert refused.exit_code == 1
    assert "TRAINHUB_SIDE" in refused.output
    assert "both" in refused.output


def test_three_people_start_with_one_duty_each_and_only_once(started):
    status, listed = run("user", "list", *as_person("auditor"))
    held = {each["username"]: [duty.split(":", 1)[1] for duty in each["duties"]] for each in listed["users"]}
    assert status == 0
    assert held == {
        "sysadmin": ["system:machine:administer@AUTHORITY"],
        "secadmin": ["system:account:administer@AUTHORITY"],
        "auditor": ["oversight:record:audit@AUTHORITY"],
    }
    status, answer = run(*START)
    assert (status, bool(answer["error"])) == (1, True)


def test_one_person_cannot_be_two_of_the_three_administrators(instance):
    run("db", "upgrade")
    twice = [word.replace("secadmin", "sysadmin") for word in START]
    status, answer = run(*twice)
    assert (status, bool(answer["error"])) == (1, True)
    assert run(*START)[0] == 0


def test_an_account_is_opened_by_the_system_administrator_and_its_password_signs_in(started):
    status, opened = run("user", "create", "item-author", "--name", "方志敏", *as_person("sysadmin"))
    assert status == 0
    status, refused = run("user", "list", "--as", "item-author", "--password", opened["password"])
    assert (status, "职责" in refused["error"]) == (1, True)
    status, _answer = run("user", "create", "another", "--name", "方志敏", *as_person("secadmin"))
    assert status == 1


def test_a_duty_is_granted_by_the_security_administrator_and_taken_back(started):
    run("user", "create", "item-author", "--name", "方志敏", *as_person("sysadmin"))
    grant = ("user", "grant", "item-author", "exam:item:author", "--organisation", "AUTHORITY")
    status, refused = run(*grant, "--until", "2099-12-31", *as_person("sysadmin"))
    assert (status, bool(refused["error"])) == (1, True)
    status, granted = run(*grant, "--until", "2099-12-31", *as_person("secadmin"))
    assert status == 0
    number = str(granted["grant"])
    assert run("user", "revoke", number, *as_person("secadmin")) == (0, {"revoked": granted["grant"]})
    assert run("user", "revoke", number, *as_person("secadmin"))[0] == 1


def test_a_rule_refuses_a_second_duty_for_an_administrator_and_says_which(started):
    grant = ("user", "grant", "auditor", "exam:item:author", "--organisation", "AUTHORITY")
    status, refused = run(*grant, "--until", "2099-12-31", *as_person("secadmin"))
    assert status == 1
    assert refused["error"].startswith("S-02")
    assert refused["facts"]


def test_wrong_passwords_on_the_command_line_lock_the_account(started):
    for _try in range(5):
        assert run("user", "list", "--as", "auditor", "--password", "wrong-password")[0] == 1
    assert run("user", "list", *as_person("auditor"))[0] == 1


def test_an_act_without_a_person_is_refused(started):
    status, refused = run("user", "list")
    assert (status, "--as" in refused["error"]) == (1, True)


def test_the_instance_lies_where_the_environment_says(instance):
    run("db", "upgrade")
    assert read_settings().instance == instance
    assert (instance / "trainhub.db").is_file()
