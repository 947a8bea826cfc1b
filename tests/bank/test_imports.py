"""Importing: all rows accounted for, nothing twice, dry runs change nothing, held rows wait for a person."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.factories.bank import make_bank, make_staff
from trainhub.exams.bank.content import ItemBody, ItemType, Option
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.standing import Standing
from trainhub.exams.bank.exchange.writing import write_items
from trainhub.exams.bank.handing_in import get_import, new_import, report_of
from trainhub.exams.bank.held import content_of, held_rows, leave_out, take_in
from trainhub.exams.bank.imports import import_items
from trainhub.exams.bank.items import Draft, newest_version, revise_item
from trainhub.exams.bank.models import Bank, HeldRow, Item, ItemVersion
from trainhub.exams.bank.models_earlier import EarlierQuestion
from trainhub.exams.bank.reading.workbook import read_sheet_list
from trainhub.exams.bank.review import send_back
from trainhub.exams.bank.rotation import rotate
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden
from trainhub.kernel.workbooks import Sheet
from trainhub.ledger import Entry
from trainhub.people.models import Person

HEADER = ["题型", "题目", "选项", "答案"]
ROWS = [
    ["单选题", "1.甲？", "A.一**B.二", "A"],
    ["判断题", "2.乙。", "A.正确**B.错误", "B"],
    ["单选题", "3.甲？", "B.二**A.一".replace("B.二**A.一", "A.二**B.一"), "B"],
    ["单选题", "4.丙？", "A.30m**A**B.50m**A", "A"],
    ["单选题", "5.丁？", "A.一**B.二", "D"],
]


@pytest.fixture
def place(app):
    """A bank with its staff, as plain ids that outlive transactions."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        ids = {"bank": bank.id, "author": staff.author.id, "reviewer": staff.reviewer.id}
    return ids


def bring_in(place, rows=ROWS, *, dry_run=False, by="author"):
    parsed = read_sheet_list([Sheet("Sheet1", [HEADER, *rows])])
    person_id = place[by]
    with transaction():
        bank, person = db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, person_id)
        kept = new_import(bank, "题.xlsx", by=person, submit=True, dry_run=dry_run).id
    report = import_items(
        parsed, place["bank"], kept, file_name="题.xlsx", by=person_id, dry_run=dry_run
    ).plain()
    return report, kept


def test_every_row_is_imported_repeated_rejected_or_held(place):
    report, _kept = bring_in(place)

    assert report["rows"] == 5
    assert (report["imported"], report["duplicates"]) == (2, 1)
    assert [row["where"] for row in report["rejected"]] == ["Sheet1!6"]
    assert [row["where"] for row in report["held"]] == ["Sheet1!5"]
    assert report["held"][0]["proposal"]["options"] == {"A": "30mA", "B": "50mA"}
    assert report["by_type"] == {"single": 4, "true_false": 1}
    assert report["repeated"] == [{"where": "Sheet1!4", "same_as": "Sheet1!2"}]


def test_a_question_that_was_written_anew_is_known_by_its_old_words_too_also_under_a_new_key(place):
    bring_in(place, ROWS[:2])
    with transaction():
        item, person = db.session.query(Item).first(), db.session.get_one(Person, place["author"])
        send_back(newest_version(item), "请改", by=db.session.get_one(Person, place["reviewer"]))
        for stem in ("甲是什么？", "甲到底是什么？"):
            revise_item(item, replace(body_of(newest_version(item)), stem=stem), by=person)
        revise_item(item, replace(body_of(newest_version(item)), explanation="见规程"), by=person)
    known = [[*ROWS[0][:1], stem, *ROWS[0][2:]] for stem in ("甲？", "甲是什么?", "甲到底是什么？")]

    def twice():
        report, _kept = bring_in(place, known)
        return report["imported"], [row["same_as"] for row in report["repeated"]]

    assert twice() == (0, [item.code] * 3)
    assert not any("甲" in str(row.question_sealed) for row in db.session.query(EarlierQuestion))
    rotate(db.session.get_one(Bank, place["bank"]).code, by=db.session.get_one(Person, place["author"]))
    assert twice() == (0, [item.code] * 3)


def test_a_question_is_known_again_in_whatever_form_it_comes_and_within_one_file(place):
    body = ItemBody("甲 （ ）？", (Option("A", "一"), Option("B", "二")), ("A",))
    pairs = [(ItemType.SINGLE, body), (ItemType.SINGLE, replace(body, stem="甲（  ）?"))]
    done = [
        import_items(
            read_content(write_items(pairs, form)), place["bank"], None, file_name="x", by=place["author"]
        )
        for form in ("aiken", "csv", "gift", "moodle", "qti", "xlsx")
    ]
    assert [(each.rows, each.imported, each.duplicates) for each in done] == [(2, 1, 1), *[(2, 0, 2)] * 5]


def test_a_difficulty_and_a_cognitive_level_that_are_not_known_are_told(place):
    head = [*HEADER, "难度", "认知层次"]
    rows = [[*ROWS[0], "较易", "掌握"], [*ROWS[1], "0.65", "高"]]
    parsed = read_sheet_list([Sheet("Sheet1", [head, *rows])])
    report = import_items(parsed, place["bank"], None, file_name="x", by=place["author"])
    items = db.session.query(Item).order_by(Item.id)
    assert [(each.level, each.cognitive) for each in items] == [(1, "apply"), (None, None)]
    assert all(any(word in each["text"] for each in report.warnings) for word in ("“0.65”", "“高”"))


@pytest.mark.parametrize("heading", ["认知层次", "认知水平", "能力层次", "Cognitive level"])
def test_a_cognitive_level_is_read_under_every_name_of_its_column(place, heading):
    words = ["识记", "熟悉", "应用", "掌握", ""]
    rows = [["判断题", f"第{number}题。", "A.正确**B.错误", "A", word] for number, word in enumerate(words)]
    parsed = read_sheet_list([Sheet("Sheet1", [[*HEADER, heading], *rows])])
    report = import_items(parsed, place["bank"], None, file_name="x", by=place["author"])
    assert report.imported == 5
    found = [each.cognitive for each in db.session.query(Item).order_by(Item.id)]
    assert found == ["remember", "understand", "apply", "apply", None]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_cognitive_level_goes_out_under_its_heading_and_comes_back(place, form):
    levels = ["remember", "understand", "apply", ""]
    options = (Option("A", "一"), Option("B", "二"))
    pairs = [(ItemType.SINGLE, ItemBody(f"{level}？", options, ("A",))) for level in levels]
    written = write_items(pairs, form, standings=[Standing(cognitive=level) for level in levels])
    if form == "csv":
        lines = written.decode("utf-8-sig").splitlines()
        assert [line.rpartition(",")[2] for line in lines] == ["认知层次", "识记", "理解", "应用", ""]
    import_items(read_content(written), place["bank"], None, file_name="x", by=place["author"])
    found = {body_of(item.versions[0]).stem: item.cognitive for item in db.session.query(Item)}
    assert found == {f"{level}？": level or None for level in levels}


def test_nothing_is_imported_twice_not_even_a_held_row(place):
    bring_in(place)
    report, _kept = bring_in(place)

    assert (report["imported"], report["duplicates"], len(report["held"])) == (0, 4, 0)
    assert db.session.query(Item).count() == 2
    assert db.session.query(HeldRow).count() == 1


def test_the_same_question_with_another_key_is_named(place):
    report, _kept = bring_in(place, [ROWS[0], ["单选题", "甲？", "A.一**B.二", "B"]])

    assert report["duplicates"] == 1
    assert [warning["where"] for warning in report["warnings"]] == ["Sheet1!3"]


def test_a_dry_run_changes_nothing_but_its_own_report(place):
    report, kept = bring_in(place, dry_run=True)

    assert report["imported"] == 2
    assert db.session.query(Item).count() == 0
    assert db.session.query(HeldRow).count() == 0
    assert db.session.query(Entry).filter_by(kind="items.imported").count() == 0
    bank = db.session.get_one(Bank, place["bank"])
    assert report_of(get_import(kept, bank))["dry_run"] is True


def test_who_imports_is_author_of_every_item_and_the_items_wait_for_review(place):
    bring_in(place)
    versions = db.session.query(ItemVersion).all()

    assert {version.author_id for version in versions} == {place["author"]}
    assert {version.state for version in versions} == {"in_review"}
    assert sorted(body_of(version).stem for version in versions) == ["乙。", "甲？"]


def test_only_an_author_of_that_bank_imports(place):
    with pytest.raises(Forbidden):
        bring_in(place, by="reviewer")
    assert db.session.query(Item).count() == 0


def test_a_person_takes_a_held_row_in_or_leaves_it_out_once(place):
    from trainhub.exams.bank import ItemBody, ItemType, Option
    from trainhub.people.models import Person

    bring_in(place, [ROWS[3], ["单选题", "戊？", "A.60**A**B.70**A", "B"]])
    with transaction():
        bank, author = db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, place["author"])
        first, second = held_rows(bank)
        assert content_of(first, bank)["proposal"]["stem"] == "丙？"
        body = ItemBody("丙？", (Option("A", "30mA"), Option("B", "50mA")), ("A",))
        item = take_in(first, bank, Draft(ItemType.SINGLE, body), by=author)
        leave_out(second, bank, by=author)
        assert item.versions[0].state == "draft"
        assert held_rows(bank) == []
        with pytest.raises(Conflict):
            leave_out(first, bank, by=author)


def test_no_text_of_an_item_stands_anywhere_in_the_database(place, app):
    words = ("绝缘手套的试验周期", "绝缘靴每半年试验", "三十毫安以下", "五十毫安以上", "独一无二的解析")
    bring_in(
        place,
        [
            ["单选题", words[0], f"A.{words[2]}**B.{words[3]}", "A"],
            ["判断题", words[1], "", "√"],
            ["单选题", words[4], f"A.{words[2]}**A**B.{words[3]}", "A"],
        ],
    )
    db.session.rollback()
    raw = db.engine.raw_connection()
    dump = "\n".join(raw.driver_connection.iterdump())
    raw.close()

    assert "bank_item_version" in dump
    assert not [word for word in words if word in dump]
    assert not [word for word in words if json.dumps(word)[1:-1] in dump]
    folder = app.config["SETTINGS"].instance
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not [word for word in words if word.encode() in content], file.name
