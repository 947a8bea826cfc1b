"""New keys with the content in place: work goes on, and a run that was broken off is gone on with."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from flask import g
from sqlalchemy import select

from tests.factories import bank as factory
from tests.factories.people import make_organisation, make_person
from tests.worlds import built_once
from trainhub.cli import main
from trainhub.exams import bank as bank_room
from trainhub.exams.bank import ItemType, rotation, vault
from trainhub.exams.bank.finding import search
from trainhub.exams.bank.items import Draft
from trainhub.exams.bank.models import Bank, Gram, Item, ItemVersion
from trainhub.exams.papers.models import Paper
from trainhub.exams.papers.sealing import _unsealed
from trainhub.governance.duties import record_grant
from trainhub.kernel import cipher, clock, keys
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.kernel.rewrapping import MASTER, rewrap
from trainhub.ledger import Entry
from trainhub.people.models import OrganisationKind, Person
from trainhub.people.sign_in import open_account
from trainhub.separation.duties import Duty


@pytest.fixture
@built_once
def place(app):
    """A bank with items and a sealed paper: code, ids of its author and of the paper."""
    with transaction():
        staff = factory.make_staff()
        paper = factory.make_sealed(staff)
        bank = db.session.scalars(select(Bank)).one()
        found = bank.code, staff.author.id, paper.id
    return found


def the_bank():
    return db.session.scalars(select(Bank)).one()


def bodies():
    """What all items say, as a fresh request reads it."""
    g.pop("bank-keys", None)
    db.session.expire_all()
    return {
        (version.item.code, version.number): vault.body_of(version)
        for version in db.session.scalars(select(ItemVersion))
    }


def sealed_bodies():
    return set(db.session.scalars(select(ItemVersion.body_sealed)))


def rotate(place, **more):
    return rotation.rotate(place[0], by=db.session.get_one(Person, place[1]), **more)


def test_a_bank_gets_a_new_key_and_says_what_it_said(place):
    before, sealed, old = bodies(), sealed_bodies(), the_bank().key_sealed
    prints = set(db.session.scalars(select(Item.fingerprint)))
    grams = set(db.session.scalars(select(Gram.hash)))
    assert rotate(place) >= len(before)
    assert bodies() == before
    assert not sealed_bodies() & sealed and the_bank().key_sealed != old
    assert not set(db.session.scalars(select(Item.fingerprint))) & prints
    assert not set(db.session.scalars(select(Gram.hash))) & grams
    assert the_bank().old_key_sealed is None


def test_the_old_key_opens_nothing_any_more(place):
    old = vault.keys_of(the_bank())[0]
    rotate(place)
    bank = the_bank()
    for version in db.session.scalars(select(ItemVersion)):
        context = vault.context_in(bank, f"item:{version.item.code}:{version.number}")
        assert not cipher.is_sealed_with(old, version.body_sealed, context)


class BrokenOff(Exception):
    """The machine went down."""


def break_off(place):
    def tell(_done):
        raise BrokenOff

    with pytest.raises(BrokenOff):
        rotate(place, tell=tell)


@pytest.fixture
def half(place, monkeypatch):
    """A rotation that was broken off after its first batch."""
    monkeypatch.setattr("trainhub.exams.bank.rotation.AT_ONCE", 3)
    before = bodies()
    break_off(place)
    assert the_bank().old_key_sealed is not None
    return before


def test_what_is_half_rotated_is_read_and_found(place, half):
    assert bodies() == half
    stem = next(iter(half.values())).stem
    for body in half.values():
        assert any(vault.body_of(found) == body for found in search(the_bank(), body.stem[:12])), stem


def test_a_question_of_the_old_key_is_not_taken_twice_meanwhile(place, half):
    kinds = dict(db.session.execute(select(Item.code, Item.type)).all())
    for (code, _number), body in half.items():
        with pytest.raises(Conflict, match=code), transaction():
            draft = Draft(ItemType(kinds[code]), body)
            bank_room.write_item(the_bank(), draft, by=db.session.get_one(Person, place[1]))


def test_what_is_written_meanwhile_is_sealed_with_the_new_key(place, half):
    with transaction():
        item = factory.make_item(
            the_bank(), factory.Staff(None, db.session.get_one(Person, place[1]), *[None] * 3)
        )
        code = item.code
    bank = the_bank()
    version = db.session.scalars(select(ItemVersion).join(Item).where(Item.code == code)).one()
    context = vault.context_in(bank, f"item:{code}:1")
    assert cipher.is_sealed_with(vault.keys_of(bank)[0], version.body_sealed, context)


def test_a_broken_off_rotation_is_gone_on_with(place, half):
    key = the_bank().key_sealed
    rotate(place)
    assert the_bank().key_sealed == key and the_bank().old_key_sealed is None
    assert bodies() == half


def test_a_rotation_stands_in_the_ledger(place):
    rotate(place)
    kinds = [entry.kind for entry in db.session.scalars(select(Entry).where(Entry.kind.like("bank.key.%")))]
    assert kinds == ["bank.key.replaced", "bank.key.rotated"]


def paper_says(place):
    return _unsealed(db.session.get_one(Paper, place[2]))


def test_a_new_master_key_leaves_everything_readable(app, place):
    before, paper = bodies(), paper_says(place)
    old = keys.key(MASTER)
    assert keys.begin_rotation(MASTER)
    assert keys.key(MASTER) != old
    assert bodies() == before and paper_says(place) == paper, (
        "reading goes on before anything is wrapped anew"
    )
    assert rewrap() >= 2
    files = keys.end_rotation(MASTER)
    for name in files:
        keys.key_file(name).unlink()
    app.extensions.pop("keys")
    assert bodies() == before and paper_says(place) == paper
    assert rewrap() == 0


def test_a_broken_off_new_master_key_is_gone_on_with(app, place):
    before = bodies()
    assert keys.begin_rotation(MASTER)
    key = keys.key(MASTER)
    assert not keys.begin_rotation(MASTER)
    assert keys.key(MASTER) == key
    rewrap()
    assert len(keys.end_rotation(MASTER)) == 1
    assert bodies() == before


def test_the_master_key_opens_no_body_by_itself(place):
    bank = the_bank()
    for version in db.session.scalars(select(ItemVersion)):
        context = vault.context_in(bank, f"item:{version.item.code}:{version.number}")
        assert not cipher.is_sealed_with(keys.key(MASTER), version.body_sealed, context)


PASSWORD = "a-long-password"


@pytest.fixture
def administrator(app):
    with transaction():
        person = make_person("王芳")
        authority = make_organisation(OrganisationKind.AUTHORITY)
        until = clock.today().replace(year=clock.today().year + 1)
        record_grant(person, Duty.ADMINISTER_SYSTEM, authority, clock.today(), until, by=None)
        open_account(person, "wang.fang", PASSWORD, by=None)
        open_account(make_person("李伟"), "li.wei", PASSWORD, by=None)


def run(app, *words, who="wang.fang"):
    db.session.rollback()
    instance = str(app.config["SETTINGS"].instance)
    answer = CliRunner().invoke(
        main,
        ["keys", "rotate", *words, "--as", who, "--password", PASSWORD, "--json"],
        env={"TRAINHUB_INSTANCE": instance},
    )
    return answer.exit_code, json.loads(answer.stdout.splitlines()[-1]) if answer.stdout else answer.output


def test_the_command_rotates_a_bank_and_the_master_key(app, place, administrator):
    before = bodies()
    status, said = run(app, "--bank", place[0])
    assert (status, said["bank"]) == (0, place[0]) and said["rows"] > 0
    status, said = run(app, "--master")
    assert status == 0 and said["rows"] > 0 and len(said["old_keys"]) == 1
    assert bodies() == before


def test_only_the_system_administrator_rotates_keys(app, place, administrator):
    status, said = run(app, "--master", who="li.wei")
    assert status == 1 and "职责" in said["error"]
    assert run(app, "--bank", "NO-BANK")[0] == 1
    assert run(app)[0] == 2
