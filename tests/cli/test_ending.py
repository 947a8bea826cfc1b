"""However a command cannot go on, it says what and where, in JSON too, and shows no traceback."""

import json
import os
import re
import shutil

import pytest
from click.testing import CliRunner

from trainhub.cli import main
from trainhub.kernel.db import db

AIKEN = "谁？\nA. 甲\nB. 乙\nANSWER: A\n"
REPORT = {"file", "format", "rows", "imported", "duplicates", "rejected", "held", "by_type", "warnings"}


@pytest.fixture
def file(tmp_path):
    """A file of one question."""
    path = tmp_path / "a.txt"
    path.write_text(AIKEN, encoding="utf-8")
    return path


@pytest.fixture
def instance(app, tmp_path):
    """A whole instance, that a test may break."""
    db.session.rollback()
    return shutil.copytree(app.config["SETTINGS"].instance, tmp_path / "broken")


def run(instance, *words, **more):
    """Run a command with an instance; returns how it ended, after looking for tracebacks."""
    done = CliRunner().invoke(
        main, [str(word) for word in words], env={"TRAINHUB_INSTANCE": str(instance), **more}
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.output
    return done


def importing(file):
    return ["items", "import", file, "--bank", "B-1", "--dry-run"]


def exporting(_file):
    return ["items", "export", "--bank", "B-1", "--format", "xlsx", "--dry-run"]


def without_keys(instance):
    shutil.rmtree(instance / "keys")
    return "session.key is missing in"


def with_half_a_key(instance):
    (instance / "keys" / "session.key").write_text("c2hvcnQ=")
    return "session.key holds no key of 32 bytes"


def with_no_key_at_all(instance):
    (instance / "keys" / "session.key").write_text("?")
    return "session.key holds no key of 32 bytes"


def without_tables(instance):
    (instance / "trainhub.db").write_bytes(b"")
    return "trainhub.db has not the tables of this version; run: trainhub db upgrade"


def with_another_file(instance):
    (instance / "trainhub.db").write_text("nothing that a database would hold\n" * 100)
    return "trainhub.db cannot be used: file is not a database"


@pytest.mark.parametrize("command", [importing, exporting])
@pytest.mark.parametrize(
    "harm", [without_keys, with_half_a_key, with_no_key_at_all, without_tables, with_another_file]
)
def test_what_an_instance_lacks_is_said_with_its_place_in_words_and_in_json(instance, file, command, harm):
    reason = harm(instance)

    told = run(instance, *command(file))
    assert (told.exit_code, told.stdout) == (1, "") and reason in told.stderr
    told = run(instance, *command(file), "--json")
    assert told.exit_code == 1 and reason in json.loads(told.stdout)["error"]
    assert str(instance) in json.loads(told.stdout)["error"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://nobody:secret@127.0.0.1:1/none", "127.0.0.1:1/none cannot be used"),
        ("nonsense://here", "TRAINHUB_DATABASE_URL"),
        ("no address", "TRAINHUB_DATABASE_URL"),
        ("mssql+pyodbc://here/it", "TRAINHUB_DATABASE_URL"),
    ],
)
def test_a_database_that_is_not_there_is_named_without_its_password(instance, file, url, reason):
    told = run(instance, *importing(file), "--json", TRAINHUB_DATABASE_URL=url)

    assert told.exit_code == 1 and reason in json.loads(told.stdout)["error"]
    assert "secret" not in told.output


def test_the_report_of_an_import_that_is_refused_has_all_that_it_always_has(instance, file):
    bad = file.with_name("b.txt")
    bad.write_bytes("題一\nA. 甲\nB. 乙\nANSWER: A\n".encode("big5"))
    unnamed = run(instance, "items", "import", file, "--bank", "B-9", "--json")
    unknown = run(instance, "items", "import", file, "--bank", "B-9", "--dry-run", "--json")
    garbled = run(instance, "items", "import", bad, "--dry-run", "--json")
    shutil.rmtree(instance / "keys")
    keyless = run(instance, *importing(file), "--json")

    for told in (unnamed, unknown, garbled, keyless):
        report = json.loads(told.stdout)
        assert told.exit_code == 1 and report.keys() >= REPORT | {"error"}, told.output
        assert (report["rows"], report["imported"], report["rejected"]) == (0, 0, [])
    assert json.loads(garbled.stdout)["error"].startswith("b.txt: ")
    assert json.loads(garbled.stdout)["file"] == "b.txt"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["items", "import", "nothing.txt", "--bank", "B-1"], "nothing.txt"),
        (["items", "import"], "FILE"),
        (["items", "export", "--bank", "B-1", "--format", "pdf"], "pdf"),
        (["items", "export", "--bank", "B-1", "--format", "xlsx"], "--output"),
        (["items", "export", "--format", "xlsx"], "--bank"),
        (["papers", "assemble", "nothing.json", "--items", "nothing.csv"], "nothing.csv"),
        (["papers", "assemble"], "BLUEPRINT"),
        (["items", "stats", "nothing.csv"], "nothing.csv"),
        (["papers", "assemble", "--no-such-option"], "--no-such-option"),
    ],
)
def test_bad_usage_is_said_in_json_too(tmp_path, words, reason):
    told = run(tmp_path, *words, "--json")

    assert told.exit_code == 2 and reason in json.loads(told.stdout)["error"]
    assert "Usage:" in told.stderr
    assert run(tmp_path, *words).stdout == ""


BLUEPRINT = {"cells": [{"type": "single", "count": 1, "marks": 1}], "forms": 1, "seed": 1}
ITEMS = "id,type,knowledge_point,level,facility,discrimination,marks,exposure,enemy_group,last_used\n"


@pytest.mark.parametrize(
    ("blueprint", "items", "place"),
    [
        ("{", ITEMS, "blueprint.json"),
        ("[]", ITEMS, "blueprint.json"),
        ("\ufffd".encode("utf-16").hex(), ITEMS, "blueprint.json"),
        ('{"cells":\n [{"count": "x"}]}', ITEMS, r"blueprint.json: line 2: cells\[0\].count: "),
        (json.dumps(BLUEPRINT), "", "items.csv"),
        (json.dumps(BLUEPRINT), ITEMS + "a,single,K,1,x,0.3,1,0,,\n", "items.csv: .*line 2"),
        (json.dumps(BLUEPRINT), "题,型\n".encode("gb18030"), "items.csv"),
    ],
)
def test_a_blueprint_or_items_that_cannot_be_read_are_told_with_their_place(
    tmp_path, blueprint, items, place
):
    (tmp_path / "blueprint.json").write_text(blueprint, encoding="utf-8")
    (tmp_path / "items.csv").write_bytes(items if isinstance(items, bytes) else items.encode())
    files = [tmp_path / "blueprint.json", "--items", tmp_path / "items.csv"]

    told = run(tmp_path, "papers", "assemble", *files, "--json")

    assert told.exit_code == 1 and re.search(place, json.loads(told.stdout)["error"]), told.output


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads and writes everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path, file):
    file.chmod(0)
    assert run(tmp_path, "items", "import", file, "--dry-run", "--json").exit_code == 2
