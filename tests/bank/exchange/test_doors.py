"""The doors of import: command and page take every form; what comes again in another form is a duplicate."""

from __future__ import annotations

import io
import json

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from tests.factories.bank import make_bank, make_staff
from trainhub.cli import main
from trainhub.exams.bank.exchange.files import read_content, read_file
from trainhub.exams.bank.handing_in import hand_in_items, last_imports, report_of
from trainhub.exams.bank.imports import import_items
from trainhub.exams.bank.models import Bank, Item
from trainhub.kernel import jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Invalid
from trainhub.people.models import Person

AIKEN = "断电后先做什么？\nA. 验电\nB. 挂牌\nANSWER: A\n"
GIFT = "断电后先做什么？{=验电 ~挂牌}\n\n多少伏？{#36:2}\n"


@pytest.fixture
def place(app):
    """A bank with its author, as plain ids that outlive transactions."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        return {"bank": bank.id, "code": bank.code, "author": staff.author.id}


def bring_in(place, text, *, dry_run=False):
    parsed = read_content(text.encode())
    return import_items(
        parsed, place["bank"], None, file_name="题", by=place["author"], dry_run=dry_run
    ).plain()


def test_an_item_that_comes_again_in_another_form_is_a_duplicate(place):
    first = bring_in(place, AIKEN)
    again = bring_in(place, GIFT)

    assert (first["format"], first["imported"]) == ("aiken", 1)
    assert (again["format"], again["duplicates"]) == ("gift", 1)
    assert again["rows"] == again["imported"] + again["duplicates"] + len(again["rejected"]) + len(
        again["held"]
    )


def test_a_dry_run_of_another_form_changes_nothing(place):
    report = bring_in(place, AIKEN, dry_run=True)

    assert report["imported"] == 1
    assert db.session.query(Item).count() == 0


def test_the_worker_takes_a_file_of_any_form(place):
    with transaction():
        bank, person = db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, place["author"])
        hand_in_items(io.BytesIO(AIKEN.encode()), "a.txt", bank, by=person, language="en")
    jobs.run_pending()
    report = report_of(last_imports(db.session.get_one(Bank, place["bank"]))[0])

    assert (report["format"], report["imported"]) == ("aiken", 1)


def test_the_command_reports_the_form_it_found(place, app, tmp_path):
    file = tmp_path / "题.dat"
    file.write_text(GIFT)

    db.session.rollback()
    done = CliRunner().invoke(
        main,
        ["items", "import", str(file), "--bank", place["code"], "--dry-run", "--json"],
        env={"TRAINHUB_INSTANCE": str(app.config["SETTINGS"].instance)},
    )

    report = json.loads(done.stdout.splitlines()[-1])
    assert (report["format"], report["rows"], report["imported"]) == ("gift", 2, 2)
    assert report["by_type"] == {"single": 1, "numeric": 1}


XML = '<quiz><question type="essay"><questiontext><text>甲？</text></questiontext></question></quiz>'.encode()
TABLE = "题目,选项A,选项B,答案\n甲？,一,二,A\n".encode()


def the_workbook():
    out = io.BytesIO()
    book = Workbook()
    for row in (("题目", "选项A", "选项B", "答案"), ("甲？", "一", "二", "A")):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("form", ["auto", "xlsx"])
@pytest.mark.parametrize("ending", ["docx", "csv", "TXT", "xml", "zip", "json", "pdf", "png", "exe", "xls"])
def test_a_workbook_whose_name_says_something_else_is_refused(app, tmp_path, ending, form):
    (tmp_path / f"questions.{ending}").write_bytes(the_workbook())

    with app.test_request_context(), pytest.raises(Invalid) as refusal:
        read_file(tmp_path / f"questions.{ending}", form)

    assert f".{ending.lower()}" in str(refusal.value) and "Excel" in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "ending"), [(TABLE, "xlsx"), (TABLE, "xml"), (TABLE, "json"), (XML, "csv"), (XML, "zip")]
)
def test_a_text_whose_name_says_something_else_is_refused(app, content, ending):
    with app.test_request_context(), pytest.raises(Invalid, match=rf"\.{ending}"):
        read_content(content, name=f"questions.{ending}")


@pytest.mark.parametrize("name", ["", "questions", "a.dat", "a.2026", "a.txt", "a.gift", "a.csv", "a.aiken"])
def test_a_name_that_says_nothing_or_only_that_it_is_text_is_not_held_against_a_table(app, name):
    with app.test_request_context():
        assert read_content(TABLE, name=name).form == "csv"


def test_a_dry_run_without_a_bank_needs_no_instance(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(tmp_path / "nowhere"))
    other_key = AIKEN.replace("ANSWER: A", "ANSWER: B")
    no_key = "谁？\nA. 甲\nB. 乙\nANSWER: C\n"
    (tmp_path / "a.txt").write_text(f"{AIKEN}\n{AIKEN}\n{other_key}\n{no_key}")
    command = ["items", "import", str(tmp_path / "a.txt")]

    done = CliRunner().invoke(main, [*command, "--dry-run", "--json"])

    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    counts = [report[name] for name in ("format", "rows", "imported", "duplicates")]
    assert counts == ["aiken", 4, 1, 2] and len(report["rejected"]) == 1 and report["held"] == []
    assert report["by_type"]["single"] >= 3 and report["dry_run"] is True
    assert len(report["warnings"]) == 1
    assert CliRunner().invoke(main, command).exit_code == 2
    assert not (tmp_path / "nowhere").exists()


def test_a_dry_run_without_a_bank_that_is_refused_says_so_in_json(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(tmp_path / "nowhere"))
    (tmp_path / "a.docx").write_text(AIKEN)

    done = CliRunner().invoke(main, ["items", "import", str(tmp_path / "a.docx"), "--dry-run", "--json"])

    assert done.exit_code == 1 and ".docx" in json.loads(done.stdout)["error"]


def test_a_dry_run_without_a_bank_says_what_one_into_an_empty_bank_says(place, app, tmp_path):
    (tmp_path / "a.txt").write_text(GIFT)
    command = ["items", "import", str(tmp_path / "a.txt"), "--dry-run", "--json"]

    instance = {"TRAINHUB_INSTANCE": str(app.config["SETTINGS"].instance)}
    db.session.rollback()

    alone = CliRunner().invoke(main, command)
    into = CliRunner().invoke(main, [*command, "--bank", place["code"]], env=instance)

    alone, into = (json.loads(each.stdout.splitlines()[-1]) for each in (alone, into))
    assert alone == into and alone["imported"] == 2
