"""Loading the figures: as often as one likes, and every process sees a change."""

from datetime import date

from flask import g
from sqlalchemy import func, select, update

from trainhub import regulations
from trainhub.kernel.db import db, transaction
from trainhub.kernel.identifiers import random_id
from trainhub.ledger import Entry
from trainhub.regulations import loading, lookup
from trainhub.regulations.models import Edition, FigureRow

DAY = date(2026, 7, 8)


def _entries():
    return db.session.scalar(select(func.count()).where(Entry.kind == "regulations.loaded"))


def test_loading_twice_changes_nothing_and_writes_the_ledger_once(app):
    regulations.load_figures()
    before, rows = _entries(), db.session.scalar(select(func.count(FigureRow.id)))

    assert regulations.load_figures() is False
    assert _entries() == before == 1
    assert db.session.scalar(select(func.count(FigureRow.id))) == rows == len(loading.read_figures())


def test_a_database_that_says_something_else_is_brought_back_by_the_next_edition(app):
    regulations.load_figures()
    db.session.execute(update(FigureRow).where(FigureRow.key == "appeal.days").values(value=1))
    db.session.execute(update(Edition).values(content_hash="of an older package", token=random_id()))

    assert regulations.load_figures() is True
    assert regulations.value("appeal.days", on=DAY) == 7


def test_a_recorded_change_is_seen_by_a_process_that_had_kept_the_old_figure(app):
    regulations.load_figures()
    assert regulations.value("appeal.days", on=DAY) == 7

    db.session.execute(update(FigureRow).where(FigureRow.key == "appeal.days").values(value=5))
    db.session.execute(update(Edition).values(token=random_id()))
    g.pop("regulations")

    assert regulations.value("appeal.days", on=DAY) == 5


def test_asking_outside_a_deed_leaves_no_transaction_open(app):
    with transaction():
        regulations.load_figures()
    lookup.forget()

    regulations.value("exam.theory.minutes", on=DAY)

    assert not db.session().in_transaction()


def test_asking_within_a_deed_keeps_what_the_deed_has_done(app):
    with transaction():
        regulations.load_figures()
        lookup.forget()
        regulations.value("exam.theory.minutes", on=DAY)

    assert db.session.scalar(select(func.count(FigureRow.id))) == len(loading.read_figures())
