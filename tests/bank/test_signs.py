"""Questions that differ in a sign alone are no copies: none is lost, a person looks at the second."""

import pytest

from tests.bank.test_imports import HEADER, bring_in
from tests.bank.test_imports import place as place  # a fixture
from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.held import content_of, get_held, held_rows, proposed_body, take_in
from trainhub.exams.bank.imports_alone import judged_alone
from trainhub.exams.bank.items import Draft, newest_version, revise_item, write_item
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.exams.bank.rotation import rotate
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import in_language
from trainhub.kernel.workbooks import Sheet
from trainhub.people.models import Person

PAIRS = [
    ("压力为10²Pa。", "压力为102Pa。"),
    ("比例为1:10。", "比例为110。"),
    ("遇5、6级大风停工。", "遇56级大风停工。"),
    ("误差为3,5。", "误差为35。"),
    ("配制Ca(OH)2。", "配制CaOH2。"),
]


def row(stem):
    return ["判断题", stem, "", "正确"]


def stems(place):
    bank = db.session.get_one(Bank, place["bank"])
    items = db.session.query(Item).filter(Item.bank_id == bank.id).order_by(Item.id)
    return [body_of(newest_version(item)).stem for item in items]


def truth(stem, answer="T", *, rich=False):
    return Draft(ItemType.TRUE_FALSE, ItemBody(stem, (), (answer,), rich=rich))


def write(place, draft):
    with transaction():
        bank, author = db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, place["author"])
        return write_item(bank, draft, by=author).code


@pytest.mark.parametrize("pair", PAIRS)
def test_the_second_of_two_rows_that_differ_in_a_sign_is_held_and_named(place, pair):
    report, _kept = bring_in(place, [row(each) for each in pair])

    assert (report["imported"], report["duplicates"], report["rejected"]) == (1, 0, [])
    assert report["held"][0]["where"] == "Sheet1!3"
    assert "Sheet1!2" in report["held"][0]["reason"]
    assert stems(place) == [pair[0]]


@pytest.mark.parametrize("pair", PAIRS)
def test_a_row_that_differs_in_a_sign_from_an_item_is_held_taken_in_and_then_known(place, pair):
    first, second = pair
    bring_in(place, [row(first)])
    dry, _kept = bring_in(place, [row(second)], dry_run=True)
    report, _kept = bring_in(place, [row(second)])

    assert [len(each["held"]) for each in (dry, report)] == [1, 1]
    assert [each["duplicates"] for each in (dry, report)] == [0, 0]
    code = db.session.query(Item.code).scalar()
    assert code in report["held"][0]["reason"]

    with transaction():
        bank, author = db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, place["author"])
        (waiting,) = held_rows(bank)
        body = proposed_body(content_of(waiting, bank))
        take_in(get_held(waiting.id, by=author), bank, Draft(ItemType.TRUE_FALSE, body), by=author)

    assert stems(place) == [first, second]
    again, _kept = bring_in(place, [row(first), row(second), row(f" 3.{second.rstrip('。')}")])
    assert (again["imported"], again["duplicates"], again["held"]) == (0, 3, [])
    db.session.rollback()
    rotate(db.session.get_one(Bank, place["bank"]).code, by=db.session.get_one(Person, place["author"]))
    again, _kept = bring_in(place, [row(first), row(second)])
    assert (again["imported"], again["duplicates"], again["held"]) == (0, 2, [])


def test_copies_that_were_typed_otherwise_are_duplicates_as_before(place):
    bring_in(place, [row("比例为1:10，压力为10²Pa。")])
    copies = ["比例为1：10，压力为10^2Pa", "比例为 1:10，压力为１０² Pa", "“比例”为1:10,压力为10²Pa。"]
    report, _kept = bring_in(place, [row(each) for each in copies[1:]])

    assert (report["imported"], report["duplicates"], report["held"]) == (0, 2, [])


def test_an_author_writes_what_differs_in_a_sign_but_no_copy(place):
    first = write(place, truth("压力为10²Pa。"))
    write(place, truth("压力为102Pa。"))

    for copy in (
        truth("压力为１０²Pa"),
        truth("压力为102 Pa"),
        truth("<p>压力为10<sup>2</sup>Pa</p>", rich=True),
    ):
        with pytest.raises(Conflict):
            write(place, copy)
    with transaction():
        author = db.session.get_one(Person, place["author"])
        item = db.session.query(Item).filter(Item.code == first).one()
        with pytest.raises(Conflict):
            revise_item(item, truth("压力为102Pa。").body, by=author)
        revise_item(item, truth("压力为10³Pa。").body, by=author)


def test_the_file_of_a_question_whose_sign_was_corrected_brings_nothing_new(place):
    wrong, right = "压力为102Pa。", "压力为10²Pa。"
    bring_in(place, [row(wrong)])
    with transaction():
        author = db.session.get_one(Person, place["author"])
        revised = revise_with_another(author, right)
    report, _kept = bring_in(place, [row(wrong), row(right)])

    assert (report["imported"], report["duplicates"], report["held"]) == (0, 2, [])
    assert {each["same_as"] for each in report["repeated"]} == {revised}


def revise_with_another(author, stem):
    item = db.session.query(Item).one()
    item.versions[-1].state = "draft"
    revise_item(item, truth(stem).body, by=author)
    return item.code


def test_options_that_differ_in_a_sign_make_two_questions(place):
    rows = [["单选题", "压力为？", f"A.{one}**B.3Pa", "A"] for one in ("10²Pa", "102Pa")]
    report, _kept = bring_in(place, rows)

    assert (report["imported"], report["duplicates"], len(report["held"])) == (1, 0, 1)


def blank(key):
    return ["填空题", "压力不超过____帕。", "", key]


@pytest.mark.parametrize(("key", "others"), [("10²", ["10^2", "１０²"]), ("1:10", ["1：10"])])
def test_a_key_that_differs_in_a_sign_contradicts_and_one_typed_otherwise_does_not(place, key, others):
    coarse = {"10²": "102", "1:10": "110"}[key]
    first, _kept = bring_in(place, [blank(key), *map(blank, others)])
    same, _kept = bring_in(place, [blank(key), *map(blank, others)])
    other, _kept = bring_in(place, [blank(coarse)])

    assert (first["imported"], first["duplicates"], same["warnings"]) == (1, len(others), [])
    assert first["warnings"] == []
    assert (other["duplicates"], [each["where"] for each in other["warnings"]]) == (1, ["Sheet1!2"])
    assert db.session.query(Item.code).scalar() in other["warnings"][0]["text"]


def test_a_key_whose_stroke_may_be_that_of_a_fraction_is_held_although_its_question_is_known(place):
    bring_in(place, [blank("5½")])
    report, _kept = bring_in(place, [blank("51/2")])

    assert (report["imported"], report["duplicates"], len(report["held"])) == (0, 0, 1)


def test_the_keys_of_two_items_that_differ_in_a_sign_are_told_apart(place):
    write(place, truth("压力为10²Pa。"))
    write(place, truth("压力为102Pa。", "F"))
    right, _kept = bring_in(place, [row("压力为10²Pa。"), ["判断题", "压力为102Pa。", "", "错误"]])
    wrong, _kept = bring_in(place, [["判断题", "压力为10²Pa。", "", "错误"], row("压力为102Pa。")])

    assert (right["duplicates"], right["warnings"]) == (2, [])
    assert (wrong["duplicates"], len(wrong["warnings"])) == (2, 2)


@pytest.mark.parametrize("pair", PAIRS)
def test_a_file_judged_alone_holds_the_second_of_two_that_differ_in_a_sign(app, pair):
    rows = [row(each) for each in (*pair, *pair)]
    with in_language("en"):
        report = judged_alone(read_sheet_list([Sheet("S", [HEADER, *rows])]), "题.xlsx").plain()

    assert (report["imported"], report["duplicates"], report["rejected"]) == (1, 2, [])
    assert [each["where"] for each in report["held"]] == ["S!3"] and "S!2" in report["held"][0]["reason"]


def test_a_file_judged_alone_names_a_key_that_differs_in_a_sign(app):
    rows = [blank("10²"), blank("10^2"), blank("102")]
    report = judged_alone(read_sheet_list([Sheet("S", [HEADER, *rows])]), "题.xlsx").plain()

    assert (report["duplicates"], [each["where"] for each in report["warnings"]]) == (2, ["S!4"])
