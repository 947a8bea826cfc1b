"""The ledger from the command line: verified, its head taken out, an entry proved to somebody without us."""

import json

import pytest

from tests.cli.test_databases_and_users import instance, run, started
from trainhub import create_app
from trainhub.kernel.db import db

__all__ = ["instance", "started"]


@pytest.fixture
def files(tmp_path):
    return tmp_path / "heads.jsonl", tmp_path / "proof.json"


def test_a_head_leaves_the_house_and_the_ledger_is_verified_against_it(started, files):
    heads, _proof = files
    status, head = run("ledger", "head", "--output", str(heads))
    assert (status, head["size"] > 3) == (0, True)
    status, verdict = run("ledger", "verify", "--head", str(heads))
    assert (status, verdict["ok"], verdict["outside_head"]) == (0, True, True)
    assert (verdict["root"], verdict["head_signed_by"]) == (head["root"], head["key"])


def test_a_cut_off_end_is_found_with_the_outside_head_alone(started, files):
    heads, _proof = files
    run("ledger", "head", "--output", str(heads))
    with create_app().app_context(), db.engine.begin() as connection:
        last = connection.exec_driver_sql("SELECT max(position) FROM ledger_leaf").scalar()
        for statement in (
            "DELETE FROM ledger_entry WHERE leaf_hash = "
            f"(SELECT leaf_hash FROM ledger_leaf WHERE position = {last})",
            f"DELETE FROM ledger_leaf WHERE position = {last}",
            "DELETE FROM ledger_head",
        ):
            connection.exec_driver_sql(statement)
    assert run("ledger", "verify")[0] == 0
    status, verdict = run("ledger", "verify", "--head", str(heads))
    assert status == 1
    assert verdict["problems"][-1]["index"] == last
    assert "cut off" in verdict["problems"][-1]["what"]


def test_an_entry_is_proved_to_somebody_without_database(started, files, monkeypatch, tmp_path):
    heads, proof = files
    _status, head = run("ledger", "head")
    assert run("ledger", "prove", "2", "--output", str(proof))[0] == 0
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(tmp_path / "nowhere"))
    assert run("ledger", "check", str(proof), "--key", head["public_key"]) == (
        0,
        {"ok": True, "problems": []},
    )
    said = json.loads(proof.read_text())
    proof.write_text(json.dumps(said | {"index": said["index"] + 1}))
    assert run("ledger", "check", str(proof))[0] == 1
    assert not heads.exists()


def test_what_is_no_head_and_no_entry_is_said(started, files):
    heads, _proof = files
    heads.write_text('{"size": "many"}\n')
    assert run("ledger", "verify", "--head", str(heads))[0] == 1
    run("ledger", "head")
    status, answer = run("ledger", "prove", "99999")
    assert (status, bool(answer["error"])) == (1, True)
