"""Two connections at the same moment: one agreement, and one file for it, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, update

from tests.factories.bank import make_bank, make_body, make_staff
from tests.factories.people import make_officer
from tests.on_postgres import application_on_postgres
from trainhub.exams.bank import agreeing
from trainhub.exams.bank.agreeing import NeedsAgreement, ask_to_export, decide_on_export
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.exporting import export_items
from trainhub.exams.bank.items import Draft, add_items
from trainhub.exams.bank.models import Bank, ItemVersion, VersionState
from trainhub.exams.bank.models_export import ExportRequest
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request, tmp_path):
    """An application on each of the two databases."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
    else:
        with application_on_postgres(tmp_path) as application:
            yield application


def at_once(house, *acts):
    """Have each act done on a connection of its own, all having read how things stood; what came of each."""
    on_postgres = db.engine.dialect.name == "postgresql"
    barrier, outcomes = threading.Barrier(len(acts)), []

    def run(act):
        with house.app_context():
            # SQLite lets one begin at a time; on PostgreSQL both have read before either has written.
            if not on_postgres:
                barrier.wait(60)
            try:
                with transaction():
                    seen = db.session.scalars(select(ExportRequest)).all()
                    if on_postgres:
                        barrier.wait(60)
                    act()
                    del seen
                outcomes.append("done")
            except (Conflict, NeedsAgreement) as refusal:
                outcomes.append(type(refusal).__name__)
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return sorted(outcomes)


def number(kind):
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Entry.kind == kind))


def test_of_two_who_decide_at_once_one_does_and_of_two_who_take_out_at_once_one_gets_the_file(house):
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        drafts = [Draft(ItemType.SINGLE, make_body(ItemType.SINGLE)) for _each in range(2)]
        add_items(bank, drafts, by=staff.author)
        db.session.execute(update(ItemVersion).values(state=VersionState.APPROVED))
        second = make_officer(Duty.REVIEW_ITEMS, staff.centre).id
        bank_id, author, first = bank.id, staff.author.id, staff.reviewer.id
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patched:
        # The rule is about any number; two items are as secret as fifty-one, and quicker made.
        patched.setattr(agreeing, "most_alone", lambda: 1)

        def person(person_id):
            return db.session.get_one(Person, person_id)

        def decide(person_id, agrees):
            return lambda: decide_on_export(code, agrees=agrees, by=person(person_id))

        def take_out():
            export_items(db.session.get_one(Bank, bank_id), "gift", by=person(author))

        with transaction():
            bank = db.session.get_one(Bank, bank_id)
            code = ask_to_export(bank, "gift", "搬到新的考试中心系统", by=person(author)).code
        assert at_once(house, decide(first, True), decide(second, False)) == ["Conflict", "done"]
        assert number("items.export_agreed") + number("items.export_refused") == 1
        if number("items.export_refused"):
            with transaction():
                bank = db.session.get_one(Bank, bank_id)
                code = ask_to_export(bank, "gift", "搬到新的考试中心系统", by=person(author)).code
            assert at_once(house, decide(first, True), decide(second, True)) == ["Conflict", "done"]
        assert number("items.export_agreed") == 1
        assert at_once(house, take_out, take_out) == ["NeedsAgreement", "done"]
        assert number("items.exported") == 1
        db.session.rollback()
        states = db.session.scalars(select(ExportRequest.state).order_by(ExportRequest.id.desc()))
        assert states.first() == "used"
