"""What a bank asks of SQLite, which plans without statistics, grows with the bank and not with its square."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sqlalchemy import insert, select

from tests.factories.bank import make_bank, make_staff
from trainhub.exams.bank.alike.pairs import likes_of, number_open, number_urgent, pairs_in
from trainhub.exams.bank.banks import counts_by_state
from trainhub.exams.bank.comments import number_unanswered
from trainhub.exams.bank.ended import is_any_unflagged
from trainhub.exams.bank.finding import Filter, find, listing
from trainhub.exams.bank.flags import flagged_versions, number_flagged
from trainhub.exams.bank.models import Item, ItemVersion, Review, Verdict
from trainhub.exams.bank.models_alike import Pair
from trainhub.exams.bank.models_comments import Comment
from trainhub.exams.bank.models_sources import Citation, ItemFlag, Source
from trainhub.exams.bank.review import number_waiting
from trainhub.kernel.db import db

SMALL, LARGE = 250, 1000
LOOKS = {
    "open pairs, counted": lambda bank, _person: number_open(bank),
    "pairs to be judged, counted": lambda bank, _person: number_urgent(bank),
    "a page of pairs": lambda bank, _person: db.session.scalars(pairs_in(bank).limit(10)).all(),
    "pairs of an item": lambda bank, _person: likes_of(_some(bank)),
    "items with open comments": lambda bank, _person: _all(listing(bank, Filter(commented=True))),
    "comments to be answered": lambda bank, person: number_unanswered(bank, person),
    "items to be reviewed": lambda bank, person: number_waiting(person, bank),
    "items with flags, counted": lambda bank, _person: number_flagged(bank),
    "a page of flags": lambda bank, _person: db.session.scalars(flagged_versions(bank).limit(10)).all(),
    "items by their states": lambda bank, _person: counts_by_state(bank),
    "items of a state": lambda bank, _person: _all(listing(bank, Filter(state="in_review"))),
    "words": lambda bank, _person: find(bank, "接地线"),
}


def _all(statement):
    return db.session.scalars(statement.with_only_columns(ItemVersion.id)).all()


def _some(bank):
    return db.session.scalars(select(Item).where(Item.bank_id == bank.id).limit(3)).all()


def filled(staff, count):
    """A bank in which each item has an open comment and a flag, and is like the next."""
    bank = make_bank(staff)
    made = {"bank_id": bank.id, "type": "single", "created_by_id": staff.author.id}
    items = [made | {"code": f"{bank.code}-{each}", "fingerprint": f"{each}"} for each in range(count)]
    ids = list(db.session.scalars(insert(Item).returning(Item.id), items))
    version = {"number": 1, "state": "in_review", "body_sealed": b"", "author_id": staff.author.id}
    version |= {"bank_id": bank.id}
    versions = [version | {"item_id": each} for each in ids]
    version_ids = list(db.session.scalars(insert(ItemVersion).returning(ItemVersion.id), versions))
    remark = {"person_id": staff.reviewer.id, "verdict": Verdict.REMARK}
    reviews = [remark | {"version_id": each} for each in version_ids]
    review_ids = db.session.scalars(insert(Review).returning(Review.id), reviews)
    on_items = zip(review_ids, ids, strict=True)
    db.session.execute(insert(Comment), [{"review_id": one, "item_id": other} for one, other in on_items])
    flag = {"bank_id": bank.id, "kind": "weak"}
    db.session.execute(insert(ItemFlag), [flag | {"version_id": each} for each in version_ids])
    alike = {"percent": 90, "difference": "wording", "first_bank_id": bank.id, "second_bank_id": bank.id}
    db.session.execute(
        insert(Pair), [alike | {"first_id": one, "second_id": other} for one, other in pairwise(ids)]
    )
    return bank


def steps_of(look, bank, person):
    """Return how many hundred steps SQLite takes for a look."""
    driver, taken = db.session.connection().connection.driver_connection, []
    driver.set_progress_handler(lambda: taken.append(1), 100)
    try:
        look(bank, person)
    finally:
        driver.set_progress_handler(None, 0)
    return len(taken)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_four_times_the_items_cost_about_four_times_the_work(app, look):
    staff = make_staff()
    small = filled(staff, SMALL)
    first = steps_of(look, small, staff.author)
    large = filled(staff, LARGE)
    assert steps_of(look, large, staff.author) < 10 * (first + 5)


def test_the_chore_asks_nothing_of_items_whose_sources_are_in_force(app):
    staff = make_staff()
    bank = filled(staff, LARGE)
    source = Source(organisation_id=staff.centre.id, kind="law", title="安全生产法", number="")
    source.recorded_by_id = staff.author.id
    db.session.add(source)
    db.session.flush()
    ids = db.session.scalars(select(ItemVersion.id))
    db.session.execute(insert(Citation), [{"version_id": each, "source_id": source.id} for each in ids])
    assert steps_of(lambda _bank, _person: is_any_unflagged(), bank, staff.author) < 10
