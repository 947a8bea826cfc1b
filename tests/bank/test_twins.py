"""Two options that say the same: nobody writes such a question down, by whatever way; a file's is held."""

from dataclasses import replace

import pytest

from tests.bank.test_imports import bring_in
from tests.bank.test_imports import place as place  # a fixture
from tests.factories.every_type import CASE_SET, MATCHING, SINGLE, options, targets
from trainhub.exams.bank.content import ItemBody, ItemType, check_body
from trainhub.exams.bank.details import CaseSet, Matching, Part
from trainhub.exams.bank.held import content_of, held_rows, proposed_body, take_in
from trainhub.exams.bank.items import Draft, revise_item, write_item
from trainhub.exams.bank.models import Bank, Item
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Invalid
from trainhub.people.models import Person

TWINS = replace(SINGLE, options=options("绿 区", "红区", "绿  区"))
BODIES = [
    (ItemType.SINGLE, TWINS),
    (ItemType.MULTIPLE, replace(TWINS, answer=("A", "C"))),
    (ItemType.ORDERING, replace(TWINS, answer=("A", "C", "B"))),
    (ItemType.MATCHING, replace(MATCHING, detail=Matching(targets("警告", "指令", "警告", "提示")))),
    (ItemType.CASE_SET, replace(CASE_SET, detail=CaseSet((Part("single", TWINS, 1),)))),
]


def both(place):
    return db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, place["author"])


@pytest.mark.parametrize(("kind", "body"), BODIES)
def test_nobody_writes_it_down_and_no_new_version_or_key_brings_it_in(place, kind, body):
    check_body(kind, body)
    sound = {ItemType.MATCHING: MATCHING, ItemType.CASE_SET: CASE_SET}.get(kind)
    sound = sound or ItemBody(body.stem, options("绿区", "红区", "黄区"), body.answer)
    with transaction():
        bank, author = both(place)
        with pytest.raises(Invalid, match="文字相同"):
            write_item(bank, Draft(kind, body), by=author)
        item = write_item(bank, Draft(kind, sound), by=author)
        with pytest.raises(Invalid, match="文字相同"):
            revise_item(item, body, by=author)


def test_a_held_row_is_not_taken_in_as_it_stands(place):
    report, _kept = bring_in(place, [["单选题", "压力表指针在哪一区？", "A.绿区**B.红区**C.绿区", "A"]])
    assert [len(report[name]) for name in ("held", "rejected")] == [1, 0]

    with transaction():
        bank, author = both(place)
        (row,) = held_rows(bank)
        body = proposed_body(content_of(row, bank))
        with pytest.raises(Invalid, match="文字相同"):
            take_in(row, bank, Draft(ItemType.SINGLE, body), by=author)
        right = replace(body, options=options("绿区", "红区", "黄区"))
        take_in(row, bank, Draft(ItemType.SINGLE, right), by=author)
    assert db.session.query(Item).count() == 1
