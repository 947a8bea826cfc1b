"""Versions, flags, pairs and comments know whose they are: the lists of a bank are counted at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from tests.factories.bank import make_bank, make_staff
from trainhub.exams.bank import Draft, ItemBody, ItemType, write_item
from trainhub.exams.bank.alike.pairs import enemies_of, judge, likes_of, number_open, number_urgent, pairs_in
from trainhub.exams.bank.banks import counts_by_state
from trainhub.exams.bank.comments import answer, comment, settle
from trainhub.exams.bank.finding import Filter, listing, number_in
from trainhub.exams.bank.flags import Finding, flagged_versions, number_flagged, raise_flags
from trainhub.exams.bank.items import newest_version, revise_item, submit
from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.bank.models_alike import Pair, PairState
from trainhub.exams.bank.models_comments import Comment
from trainhub.exams.bank.models_sources import ItemFlag
from trainhub.exams.bank.review import approve, retire
from trainhub.kernel import migrations
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict

STEM = "进入受限空间作业前应当先检测其中的气体浓度，合格后方可进入作业。"


@pytest.fixture
def staff(on_either):
    with transaction():
        return make_staff()


def claim(bank, staff, stem):
    return write_item(bank, Draft(ItemType.TRUE_FALSE, ItemBody(stem, (), ("T",))), by=staff.author)


def twins(staff, one, other):
    return claim(one, staff, STEM), claim(other, staff, STEM.replace("应当", "必须"))


def in_use(staff, *items):
    submit([newest_version(each) for each in items], by=staff.author)
    for each in items:
        approve(newest_version(each), by=staff.reviewer)


def test_a_pair_across_two_banks_is_counted_in_each_and_in_no_third(staff):
    with transaction():
        first, second, third = (make_bank(staff) for _each in range(3))
        twins(staff, first, second)
        assert [number_open(each) for each in (first, second, third)] == [1, 1, 0]
        assert [number_urgent(each) for each in (first, second, third)] == [1, 1, 0]


def test_an_open_pair_goes_with_an_item_that_is_retired_and_a_judged_one_stays_on_record(staff):
    with transaction():
        bank = make_bank(staff)
        one, other = twins(staff, bank, bank)
        third = claim(bank, staff, STEM.replace("应当", "须"))
        pairs = {
            frozenset((each.first_id, each.second_id)): each for each in db.session.scalars(pairs_in(bank))
        }
        assert len(pairs) == 3
        judge(pairs[frozenset((one.id, other.id))], PairState.SAME, by=staff.reviewer)
        retire(newest_version(one), "重复", by=staff.reviewer)
        assert number_open(bank) == 1
        assert likes_of([one, other, third])[one.id] == []
        kept = db.session.scalars(select(Pair)).all()
        assert sorted(each.state for each in kept) == ["open", "same"]
        assert enemies_of([one.id, other.id])[one.id] == {other.id}


@pytest.mark.parametrize("deed", ["retired", "written anew"])
def test_who_judges_a_pair_that_has_gone_meanwhile_is_told_so(staff, deed):
    with transaction():
        bank = make_bank(staff)
        one, _other = twins(staff, bank, bank)
        pair = db.session.scalars(pairs_in(bank)).one()
        if deed == "retired":
            retire(newest_version(one), "重复", by=staff.reviewer)
        else:
            revise_item(
                one, ItemBody("作业票应当由谁签发才有效，这句话怎么说都对。", (), ("T",)), by=staff.author
            )
        with pytest.raises(Conflict, match="期间已修改或已停用"):
            judge(pair, PairState.SAME, by=staff.reviewer)


def test_each_list_counts_what_is_of_its_bank(staff):
    with transaction():
        bank, other = make_bank(staff), make_bank(staff)
        item = claim(bank, staff, STEM)
        in_use(staff, item)
        claim(other, staff, STEM.replace("30", "60"))
        revise_item(item, ItemBody(STEM + "作业中也是。", (), ("T",)), by=staff.author)
        assert (counts_by_state(bank), counts_by_state(other)) == ({"draft": 1}, {"draft": 1})
        found = db.session.scalars(listing(bank, Filter())).all()
        assert [(each.item_id, each.number) for each in found] == [(item.id, 2)]


NARROWED = [
    Filter(),
    Filter(state="draft"),
    Filter(state="live"),
    Filter(type="single"),
    Filter(commented=True),
]


@pytest.mark.parametrize("wanted", NARROWED)
def test_a_list_is_as_long_as_the_counts_beside_it_say(staff, wanted):
    with transaction():
        bank = make_bank(staff)
        in_use(staff, claim(bank, staff, STEM))
        claim(bank, staff, "动火作业前要清除周围的可燃物。")
        told = number_in(counts_by_state(bank), wanted)
        assert told in (None, len(db.session.scalars(listing(bank, wanted)).all()))
        assert (told is None) == (wanted != Filter(state=wanted.state))


def test_flags_of_a_bank_are_counted_by_version(staff):
    with transaction():
        bank, other = make_bank(staff), make_bank(staff)
        one, two = claim(bank, staff, STEM), claim(bank, staff, "动火作业前要清除周围的可燃物。")
        in_use(staff, one, two)
        shown = [
            Finding(one.code, 1, "weak", {}),
            Finding(one.code, 1, "too_hard", {}),
            Finding(two.code, 1, "key_likely_wrong", {}),
        ]
        raise_flags(staff.centre.id, "sitting:1", shown, by=None)
        assert (number_flagged(bank), number_flagged(other)) == (2, 0)
        order = list(db.session.scalars(flagged_versions(bank)))
        assert order == [newest_version(two).id, newest_version(one).id], "a key likely wrong comes first"


def test_only_open_comments_list_an_item(staff):
    with transaction():
        bank = make_bank(staff)
        item = claim(bank, staff, STEM)
        asked = comment(newest_version(item), "", "依据是哪一条？", by=staff.reviewer)
        answer(asked, "第十条。", by=staff.author)
        wanted = listing(bank, Filter(commented=True))
        assert [each.item_id for each in db.session.scalars(wanted)] == [item.id]
        settle(asked, by=staff.reviewer)
        assert db.session.scalars(wanted).all() == []


def test_the_migration_finds_out_whose_everything_is(staff):
    with transaction():
        one, other = make_bank(staff), make_bank(staff)
        first, _second = twins(staff, one, other)
        gone = claim(one, staff, STEM.replace("应当", "须"))
        in_use(staff, first)
        comment(newest_version(first), "", "依据是哪一条？", by=staff.reviewer)
        raise_flags(staff.centre.id, "sitting:1", [Finding(first.code, 1, "weak", {})], by=None)
        item_id, gone_id = first.id, gone.id
        banks = {one.id, other.id}
    db.session.remove()
    migrations.downgrade(db.engine, "0064")
    with transaction():
        retired = "UPDATE bank_item_version SET state = 'retired' WHERE item_id = :id"
        db.session.execute(text(retired), {"id": gone_id})
    migrations.upgrade(db.engine)
    with transaction():
        version = select(ItemVersion.bank_id, Item.bank_id).join(Item, Item.id == ItemVersion.item_id)
        assert all(kept == known for kept, known in db.session.execute(version))
        pair = db.session.scalars(select(Pair)).one()
        assert (pair.first_bank_id, pair.second_bank_id) == (pair.first.bank_id, pair.second.bank_id)
        assert {pair.first_bank_id, pair.second_bank_id} == banks
        flag = db.session.scalars(select(ItemFlag)).one()
        assert flag.bank_id == flag.version.item.bank_id
        assert db.session.scalars(select(Comment.item_id)).one() == item_id
    db.session.remove()
