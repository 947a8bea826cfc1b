"""On PostgreSQL: a bank's key is rotated by the examination's own login while others read and write."""

from __future__ import annotations

import threading

import pytest
from flask import g
from sqlalchemy import select

from tests.factories import bank as factory
from tests.factories import walls as instances
from trainhub.exams.bank import rotation, vault
from trainhub.exams.bank.finding import search
from trainhub.exams.bank.models import Bank, Item, ItemVersion
from trainhub.kernel import cipher, keys
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.rewrapping import MASTER, rewrap
from trainhub.people.models import Person

pytestmark = pytest.mark.postgres

ITEMS = 60


@pytest.fixture
def place(tmp_path):
    """An examination process, a bank's code, and its author's id."""
    folder = tmp_path / "instance"
    with instances.house(folder) as url:
        with instances.everything(url, folder), transaction():
            staff = factory.make_staff()
            bank = factory.make_bank(staff)
            factory.make_approved(bank, staff, number=ITEMS)
            found = bank.code, staff.author.id
        with instances.process_of("exam", url, folder) as app:
            yield app, *found


def the_bank():
    return db.session.scalars(select(Bank)).one()


def in_threads(app, *works):
    """Run works again and again until the last of them, which is done once, has ended; what they raised."""
    ended, wrong = threading.Event(), []

    def run(work, once):
        with app.app_context():
            try:
                while True:
                    work()
                    db.session.rollback()
                    if once or ended.is_set():
                        break
            except Exception as problem:
                wrong.append(problem)
            finally:
                db.session.remove()
                if once:
                    ended.set()

    threads = [threading.Thread(target=run, args=(work, work is works[-1])) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


def read_all():
    g.pop("bank-keys", None)
    with reading():
        versions = db.session.scalars(select(ItemVersion)).all()
        said = [vault.body_of(version) for version in versions]
        assert len(said) >= ITEMS
        assert search(the_bank(), said[0].stem)


def test_work_goes_on_while_a_bank_gets_a_new_key(place):
    app, code, author = place
    written = []

    def write():
        g.pop("bank-keys", None)
        with transaction():
            person = db.session.get_one(Person, author)
            written.append(factory.make_item(the_bank(), factory.Staff(None, person, None, None, None)).code)

    def rotate():
        rotation.rotate(code, by=db.session.get_one(Person, author))

    assert in_threads(app, read_all, write, rotate) == []
    g.pop("bank-keys", None)
    bank = the_bank()
    assert bank.old_key_sealed is None and len(written) > 0
    (key,) = vault.keys_of(bank)
    for version in db.session.scalars(select(ItemVersion).join(Item)):
        context = vault.context_in(bank, f"item:{version.item.code}:{version.number}")
        assert cipher.is_sealed_with(key, version.body_sealed, context)


def test_work_goes_on_while_the_master_key_is_replaced(place):
    app, _code, _author = place

    def rotate():
        assert keys.begin_rotation(MASTER)
        rewrap()
        keys.end_rotation(MASTER)

    assert in_threads(app, read_all, rotate) == []
    read_all()
