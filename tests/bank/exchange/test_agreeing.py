"""Nobody takes a whole bank out alone: a second person agrees, for one time, one form and some hours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from tests.bank.test_no_word_in_clear import dump_of, words_in
from tests.factories.bank import make_bank, make_body, make_staff
from tests.factories.people import give_duty, make_person
from tests.worlds import built_once
from trainhub import regulations
from trainhub.cli import main
from trainhub.exams.bank import agreeing
from trainhub.exams.bank.agreeing import (
    NeedsAgreement,
    ask_to_export,
    decide_on_export,
    number_approved,
)
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exporting import export_items, weigh_items
from trainhub.exams.bank.items import Draft, add_items, newest_version, revise_item
from trainhub.exams.bank.models import Bank, Item, ItemVersion, VersionState
from trainhub.exams.bank.models_export import ExportRequest, ExportState
from trainhub.exams.bank.vault import body_of
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.people.sign_in import open_account
from trainhub.separation.duties import Duty

REASON = "搬到新的考试中心系统"
PASSWORD = "a-long-password"


@pytest.fixture
@built_once
def place(app):
    """A bank with one approved item more than a person takes out alone."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        count = agreeing.most_alone() + 1
        drafts = [Draft(ItemType.SINGLE, make_body(ItemType.SINGLE)) for _number in range(count)]
        add_items(bank, drafts, by=staff.author)
        db.session.execute(update(ItemVersion).values(state=VersionState.APPROVED))
        other = make_person()
        open_account(other, "zhao.min", PASSWORD, by=None)
        give_duty(other, Duty.AUTHOR_ITEMS, staff.centre)
        return {
            "bank": bank.id,
            "code": bank.code,
            "author": staff.author.id,
            "reviewer": staff.reviewer.id,
            "other": other.id,
            "stranger": make_staff().reviewer.id,
        }


def person(place, name):
    return db.session.get_one(Person, place[name])


def take_out(place, form="gift", by="author", **more):
    with transaction():
        bank = db.session.get_one(Bank, place["bank"])
        return export_items(bank, form, by=person(place, by), **more)


def ask(place, form="gift", by="author"):
    with transaction():
        bank = db.session.get_one(Bank, place["bank"])
        return ask_to_export(bank, form, REASON, by=person(place, by)).code


def decide(place, code, by="reviewer", *, agrees=True):
    with transaction():
        decide_on_export(code, agrees=agrees, by=person(place, by))


def test_many_approved_items_go_out_once_after_a_second_person_agreed_and_the_ledger_knows_all(place):
    assert weigh_items(db.session.get_one(Bank, place["bank"]), "gift").items == 51
    db.session.rollback()
    with pytest.raises(NeedsAgreement):
        take_out(place)
    code = ask(place)
    with pytest.raises(NeedsAgreement):
        take_out(place)
    decide(place, code)
    for form, by in (("csv", "author"), ("gift", "other")):
        with pytest.raises(NeedsAgreement):
            take_out(place, form, by)
    assert take_out(place).content
    with pytest.raises(NeedsAgreement):
        take_out(place)
    entries = db.session.query(Entry).filter(Entry.kind.like("items.export%")).order_by(Entry.id).all()
    assert [each.kind for each in entries] == ["items.export_asked", "items.export_agreed", "items.exported"]
    assert all(json.loads(each.body)["facts"]["request"] == code for each in entries)
    assert REASON not in "".join(each.body for each in entries)


def test_a_draft_begun_over_each_approved_item_does_not_let_the_bank_out(place):
    with transaction():
        bank, other = db.session.get_one(Bank, place["bank"]), person(place, "other")
        for item in db.session.query(Item).limit(5):
            body = body_of(newest_version(item))
            revise_item(item, replace(body, explanation="换一种说法"), by=other)
        assert number_approved(bank) == agreeing.most_alone() + 1

    with pytest.raises(NeedsAgreement):
        take_out(place, "csv", "other")


def test_nobody_agrees_to_their_own_request_nor_a_stranger_nor_twice_nor_to_another_answer(place):
    code = ask(place)
    for name, refusal in (("author", NotFound), ("stranger", NotFound)):
        with pytest.raises(refusal):
            decide(place, code, name)
    with transaction():
        db.session.get_one(ExportRequest, 1).asked_by_id = place["reviewer"]
    with pytest.raises(Forbidden):
        decide(place, code)
    with transaction():
        db.session.get_one(ExportRequest, 1).asked_by_id = place["author"]
    decide(place, code, agrees=False)
    with pytest.raises(Conflict):
        decide(place, code)
    with pytest.raises(NeedsAgreement):
        take_out(place)
    with pytest.raises(Invalid), transaction():
        ask_to_export(db.session.get_one(Bank, place["bank"]), "gift", "weil", by=person(place, "author"))


def test_an_agreement_ends_with_its_hours_with_more_items_and_with_a_new_request(place):
    hours = int(regulations.value("bank.export.agreed_hours", on=clock.today()))
    decide(place, ask(place))
    with clock.set_to(clock.now() + timedelta(hours=hours)), pytest.raises(NeedsAgreement):
        take_out(place)
    with transaction():
        db.session.get_one(ExportRequest, 1).items = 50
    with pytest.raises(NeedsAgreement):
        take_out(place)
    decide(place, ask(place))
    ask(place)
    with pytest.raises(NeedsAgreement):
        take_out(place)
    late = ask(place)
    with clock.set_to(clock.now() + timedelta(hours=hours)), pytest.raises(Conflict):
        decide(place, late)


def test_few_approved_items_go_out_as_ever(place):
    with transaction():
        version = db.session.query(ItemVersion).first()
        version.state = VersionState.DRAFT
    assert take_out(place).content
    with pytest.raises(Conflict):
        ask(place)


def test_the_reason_is_read_by_who_decides_and_stands_nowhere_in_clear(client, place):
    ask(place)
    client.sign_in(person(place, "reviewer"))
    assert REASON in client.get(f"/exam/bank/{place['code']}/export/requests").text
    db.session.rollback()
    raw = db.engine.raw_connection()
    dump = dump_of(raw.driver_connection)
    raw.close()
    assert b"bank_export_request" in dump and words_in(dump, [REASON]) == []


def test_the_pages_lead_from_asking_over_agreeing_to_the_file(client, place):
    address = f"/exam/bank/{place['code']}/export"
    client.sign_in(person(place, "author"))
    page = client.get(address).text
    assert 'name="reason"' in page and 'value="take"' not in page
    assert client.post(address, data={"form": "gift", "deed": "take"}).status_code == 403
    short = client.post(f"{address}/requests", data={"form": "gift", "reason": "太短"})
    assert short.status_code == 422 and 'id="reason-error"' in short.text and ">太短</textarea>" in short.text
    told = client.post(address, data={"form": "gift", "deed": "check", "reason": REASON})
    assert f">{REASON}</textarea>" in told.text
    asked = client.post(f"{address}/requests", data={"form": "gift", "reason": REASON})
    assert asked.status_code == 302
    assert client.get(f"{address}/requests").status_code == 403
    code = db.session.query(ExportRequest).one().code
    assert client.post(f"/exam/bank/exports/{code}", data={"deed": "agree"}).status_code == 403

    client.sign_in(person(place, "reviewer"))
    page = client.get(f"{address}/requests").text
    assert REASON in page and "草稿和审核中的试题也在内" in page
    assert client.post(f"/exam/bank/exports/{code}", data={"deed": "agree"}).status_code == 302
    again = client.post(f"/exam/bank/exports/{code}", data={"deed": "refuse"})
    assert again.status_code == 409 and "data-focus" in again.text and "最近的申请" in again.text
    assert client.post(address, data={"form": "gift", "deed": "take"}).status_code == 403

    client.sign_in(person(place, "author"))
    assert 'value="take"' in client.get(address).text
    file = client.post(address, data={"form": "gift", "deed": "take"})
    assert file.headers["Content-Disposition"].startswith("attachment")
    db.session.rollback()
    assert db.session.query(ExportRequest).one().state == ExportState.USED


def command(app, place, *words):
    db.session.rollback()
    who = ("--as", "zhao.min", "--password", PASSWORD, "--json")
    done = CliRunner().invoke(
        main,
        ["items", "export", "--bank", place["code"], "--format", "gift", *words, *who],
        env={"TRAINHUB_INSTANCE": str(app.config["SETTINGS"].instance)},
    )
    return done.exit_code, json.loads(done.stdout)


def test_the_command_asks_and_writes_by_the_same_rule(place, app, tmp_path):
    target = tmp_path / "x.gift"
    status, said = command(app, place, "--output", str(target))
    assert status == 1 and "50" in said["error"] and not target.exists()
    status, said = command(app, place, "--reason", REASON)
    assert (status, said["items"]) == (0, 51)
    decide(place, said["request"])
    status, said = command(app, place, "--output", str(tmp_path / "nowhere" / "x.gift"))
    assert status == 1 and str(tmp_path / "nowhere" / "x.gift") in said["error"]
    status, said = command(app, place, "--output", str(target))
    assert (status, said["exported"]) == (0, 51) and target.exists()
