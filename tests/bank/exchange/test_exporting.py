"""Taking items out: only who writes for the bank, with a trace in the ledger, and back in as they were."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from io import BytesIO

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import select

from tests.factories.bank import make_bank, make_staff
from tests.factories.every_type import HAZARD_SPOTTING, WORKSHOP
from tests.factories.people import make_person
from tests.worlds import built_once
from trainhub.cli import main
from trainhub.exams.bank.banks import add_knowledge_point
from trainhub.exams.bank.content import ItemBody, ItemType, Option
from trainhub.exams.bank.exchange import files
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exporting import export_items, weigh_items
from trainhub.exams.bank.imports import import_items
from trainhub.exams.bank.items import Draft, write_item
from trainhub.exams.bank.levels import CognitiveLevel
from trainhub.exams.bank.media import bring, clean_medium
from trainhub.exams.bank.models import Bank, Item, ItemVersion
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.errors import Forbidden, Invalid
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.people.sign_in import open_account

CHOICE = ItemBody(
    "若 {a} = b~c？", (Option("A", "]]> 是"), Option("B", "否\n或不")), ("A",), "见规程", "第 5 条"
)
TRUTH = ItemBody("可以带电作业。", (), ("F",))


@pytest.fixture
@built_once
def place(app):
    """A bank with two items and an empty one, as plain ids that outlive transactions."""
    with transaction():
        staff = make_staff()
        bank, empty = make_bank(staff), make_bank(staff)
        point = add_knowledge_point(bank.qualification, "K-1", "用电", by=staff.author)
        draft = Draft(ItemType.SINGLE, CHOICE, point, 3, CognitiveLevel.APPLY)
        write_item(bank, draft, by=staff.author)
        write_item(bank, Draft(ItemType.TRUE_FALSE, TRUTH), by=staff.author)
        return {
            "bank": bank.id,
            "code": bank.code,
            "empty": empty.id,
            "author": staff.author.id,
            "reviewer": staff.reviewer.id,
        }


def take_out(place, form, *, by="author", **more):
    with transaction():
        person = db.session.get_one(Person, place[by])
        return export_items(db.session.get_one(Bank, place["bank"]), form, by=person, **more)


def weighed(place, form):
    with reading():
        return weigh_items(db.session.get_one(Bank, place["bank"]), form).plain()


@pytest.mark.parametrize("form", ["qti", "moodle", "gift", "csv", "xlsx"])
def test_what_goes_out_comes_into_an_empty_bank_as_it_was(place, form):
    export = take_out(place, form)

    report = import_items(
        read_content(export.content), place["empty"], None, file_name="x", by=place["author"]
    ).plain()

    kept = db.session.scalars(
        select(ItemVersion).join(Item).where(Item.bank_id == place["empty"]).order_by(Item.id)
    )
    assert (report["format"], report["imported"], report["rows"]) == (form, 2, 2)
    versions = list(kept)
    first, second = (version.item for version in versions)
    assert [body_of(version) for version in versions] == [CHOICE, TRUTH]
    assert (first.knowledge_point.code, first.level, first.cognitive) == ("K-1", 3, "apply")
    assert (second.knowledge_point, second.level, second.cognitive) == (None, None, None)
    assert weighed(place, form)["lossy"] == []


@pytest.mark.parametrize("version", ["2.2", "3.0"])
def test_hazards_on_a_picture_go_out_with_it_and_come_into_an_empty_bank_as_they_were(place, version):
    with transaction():
        bank, author = db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, place["author"])
        bring(bank, WORKSHOP, by=author)
        write_item(bank, Draft(ItemType.HAZARD_SPOTTING, HAZARD_SPOTTING), by=author)
    export = take_out(place, "qti", version=version)
    parsed = read_content(export.content)

    import_items(parsed, place["empty"], None, file_name="x", by=place["author"])

    statement = (
        select(ItemVersion).join(Item).where(Item.bank_id == place["empty"], Item.type == "hazard_spotting")
    )
    assert [body_of(each) for each in db.session.scalars(statement)] == [HAZARD_SPOTTING]
    assert (export.left_out, export.lossy) == ([], [])


def test_taking_items_out_stands_in_the_ledger_and_a_dry_run_does_not(place):
    assert weighed(place, "qti")["exported"] == 2
    assert not db.session.scalars(select(Entry).where(Entry.kind == "items.exported")).all()

    take_out(place, "qti")

    assert len(db.session.scalars(select(Entry).where(Entry.kind == "items.exported")).all()) == 1


def test_only_who_writes_for_the_bank_takes_items_out(place):
    with pytest.raises(Forbidden):
        take_out(place, "qti", by="reviewer")


def test_what_a_form_cannot_carry_is_named_by_item_and_field(place):
    report = weighed(place, "aiken")

    assert (report["items"], report["exported"]) == (2, 1)
    assert [item["fields"] for item in report["left_out"]] == [["all"]]
    assert [item["fields"] for item in report["lossy"]] == [
        ["explanation", "source_article", "point", "level", "cognitive"]
    ]


def test_the_command_asks_who_acts(place, app, tmp_path):
    db.session.rollback()
    done = CliRunner().invoke(
        main,
        [
            "items",
            "export",
            "--bank",
            place["code"],
            "--format",
            "qti",
            "--output",
            str(tmp_path / "x.zip"),
            "--json",
        ],
        env={"TRAINHUB_INSTANCE": str(app.config["SETTINGS"].instance)},
    )

    assert done.exit_code == 1
    assert "--as" in json.loads(done.stdout)["error"]
    assert not (tmp_path / "x.zip").exists()


def asked_dry(place, app, *more):
    """What a dry run of the command says, with nobody named unless ``more`` does."""
    db.session.rollback()
    words = ["items", "export", "--bank", place["code"], "--format", "aiken", "--dry-run", "--json", *more]
    done = CliRunner().invoke(main, words, env={"TRAINHUB_INSTANCE": str(app.config["SETTINGS"].instance)})
    return done.exit_code, json.loads(done.stdout), done.output


def test_a_dry_run_of_the_command_needs_no_person_and_tells_no_word_of_a_question(place, app):
    exit_code, told, printed = asked_dry(place, app)

    assert (exit_code, told["dry_run"], told["items"], told["exported"]) == (0, True, 2, 1)
    assert told == weighed(place, "aiken") | {"dry_run": True}
    for body in (CHOICE, TRUTH):
        assert body.stem not in printed
    assert not db.session.scalars(select(Entry).where(Entry.kind == "items.exported")).all()


def test_a_dry_run_of_a_named_person_answers_for_their_banks_alone(place, app):
    with transaction():
        open_account(make_person(), "somebody-else", "a-long-password", by=None)
    who = ("--as", "somebody-else", "--password", "a-long-password")
    exit_code, told, _printed = asked_dry(place, app, *who)
    assert exit_code == 1 and "items" not in told


def test_the_page_says_what_would_be_lost_and_hands_the_file_out(client, place):
    client.sign_in(db.session.get_one(Person, place["author"]))
    address = f"/exam/bank/{place['code']}/export"

    page = client.post(address, data={"form": "aiken", "deed": "check"})
    file = client.post(address, data={"form": "gift", "deed": "take"})

    assert client.get(address).status_code == 200
    assert "Q-" in page.text
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Cache-Control"] == "no-store"
    assert len(read_content(file.data).rows) == 2


def test_a_file_that_our_own_import_would_refuse_is_said_to_be_before_it_is_made(client, place, monkeypatch):
    monkeypatch.setattr(files, "MAX_FILE", 1 << 20)
    noise = Image.frombytes("RGB", (400, 400), random.Random(7).randbytes(3 * 400 * 400))
    with transaction():
        bank, author = db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, place["author"])
        for number in range(4):
            out = BytesIO()
            noise.rotate(90 * number).save(out, "PNG")
            clean = clean_medium(out.getvalue())
            bring(bank, clean, by=author)
            shown = replace(HAZARD_SPOTTING.media[0], digest=clean.digest)
            body = replace(HAZARD_SPOTTING, stem=f"请标出第 {number} 张图片中的隐患。", media=(shown,))
            write_item(bank, Draft(ItemType.HAZARD_SPOTTING, body), by=author)
    assert weighed(place, "csv")["import_refuses"] is None
    with reading():
        told = weigh_items(db.session.get_one(Bank, place["bank"]), "qti").plain()
    assert "1 MB" in told["import_refuses"] and not told["left_out"]
    export = take_out(place, "qti")
    with pytest.raises(Invalid, match="1 MB"):
        read_content(export.content)
    client.sign_in(db.session.get_one(Person, place["author"]))
    address = f"/exam/bank/{place['code']}/export?lang=en"

    page = client.post(address, data={"form": "qti-2.2", "deed": "take"})

    assert "Content-Disposition" not in page.headers, "no file before it was said"
    assert "An import here would not take this file back: The file is larger than 1 MB." in page.text
    assert "Everything comes back" not in page.text
    file = client.post(address, data={"form": "qti-2.2", "deed": "take", "known": "qti-2.2"})
    assert len(file.data) > 1 << 20


def test_nobody_gets_a_file_that_lacks_something_before_the_page_has_said_so(client, place):
    client.sign_in(db.session.get_one(Person, place["author"]))
    address = f"/exam/bank/{place['code']}/export"

    told = client.post(address, data={"form": "aiken", "deed": "take"})
    other = client.post(address, data={"form": "aiken", "deed": "take", "known": "gift"})

    assert [each.mimetype for each in (told, other)] == ["text/html"] * 2
    assert 'name="known" value="aiken"' in told.text and "Q-" in told.text and "notice-warn" in told.text
    assert not db.session.scalars(select(Entry).where(Entry.kind == "items.exported")).all()

    file = client.post(address, data={"form": "aiken", "deed": "take", "known": "aiken"})

    assert file.headers["Content-Disposition"].startswith("attachment")
    assert len(read_content(file.data).rows) == 1


def test_who_only_reviews_gets_no_file(client, place):
    client.sign_in(db.session.get_one(Person, place["reviewer"]))

    assert (
        client.post(f"/exam/bank/{place['code']}/export", data={"form": "gift", "deed": "take"}).status_code
        == 403
    )
