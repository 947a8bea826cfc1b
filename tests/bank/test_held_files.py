"""Doubtful rows keep their pictures, files that nothing shows go, and table and disk agree."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.bank.exchange.test_media import package, picture
from tests.factories.bank import make_bank, make_staff
from tests.factories.every_type import SINGLE
from trainhub.exams.bank import tidying
from trainhub.exams.bank.content import ItemType, Medium
from trainhub.exams.bank.exchange.files import read_content
from trainhub.exams.bank.exchange.showing_pictures import Shown, with_pictures
from trainhub.exams.bank.handing_in import hand_in_items, new_import
from trainhub.exams.bank.held import content_of, files_with, held_rows, leave_out, proposed_body, take_in
from trainhub.exams.bank.imports import import_items
from trainhub.exams.bank.items import Draft, revise_item, submit, write_item
from trainhub.exams.bank.layout import with_layout
from trainhub.exams.bank.media import bring, clean_medium, clear_media
from trainhub.exams.bank.media.needed import is_any_to_remove, remove_files
from trainhub.exams.bank.models import Bank, Import, Item, VersionState
from trainhub.exams.bank.models_media import BankMedium, FileToRemove, MediumOfVersion
from trainhub.exams.bank.reading.columns import find_header
from trainhub.exams.bank.reading.judging import judge
from trainhub.exams.bank.reading.rows import Outcome
from trainhub.exams.bank.rotation import rotate
from trainhub.exams.bank.vault import body_of
from trainhub.kernel import clock, storage
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry
from trainhub.people.models import Person


@pytest.fixture
def place(app):
    """A bank with its author, as plain ids that outlive transactions."""
    with transaction():
        staff = make_staff()
        return {"bank": make_bank(staff).id, "author": staff.author.id}


def actors(place):
    return db.session.get_one(Bank, place["bank"]), db.session.get_one(Person, place["author"])


def bring_in(place, content):
    with transaction():
        bank, author = actors(place)
        kept = new_import(bank, "x.zip", by=author, submit=True, dry_run=False).id
    return import_items(read_content(content), place["bank"], kept, file_name="x.zip", by=place["author"])


def doubtful(*good):
    """A package whose question shows a picture that is there and one that is not."""
    shown = "".join(f'<img src="../images/{name}.png" alt="{name}"/>' for name in (*good, "gone"))
    files = {name: picture(colour=colour) for name, colour in zip(good, ("red", "blue"), strict=False)}
    return package(f"<p>图中是{shown}？</p>", **files)


def files_on_disk():
    root = storage._root()
    return {str(each.relative_to(root)) for each in root.rglob("*.sealed")}


def assert_agreed():
    """The table names exactly the files that lie there."""
    assert set(db.session.scalars(select(BankMedium.file_key))) == files_on_disk()


def test_a_held_row_keeps_its_pictures_sealed_and_is_taken_in_with_them(place):
    report = bring_in(place, doubtful("valve", "pump"))
    assert (report.imported, len(report.held)) == (0, 1)
    with transaction():
        bank, author = actors(place)
        (held,) = held_rows(bank)
        content = content_of(held, bank)
        media = files_with(content)
        assert [each.description for each in media] == ["valve", "pump"]
        assert b"PNG" not in b"".join(storage.read(each) for each in files_on_disk())
        code = bank.code
    rotate(code, by=db.session.get_one(Person, place["author"]))
    with transaction():
        bank, author = actors(place)
        (held,) = held_rows(bank)
        body = proposed_body(content_of(held, bank))
        valve = next(each for each in media if each.description == "valve")
        item = take_in(held, bank, Draft(ItemType.SINGLE, with_layout(body, True, [valve])), by=author)
        assert list(clear_media(item.code, body_of(item.versions[-1]))) == [valve.digest]
    remove_in_a_deed()
    assert len(files_on_disk()) == 1
    assert_agreed()


def remove_in_a_deed():
    with transaction():
        remove_files()


def test_the_files_of_a_row_left_out_go_and_what_an_item_shows_stays(place):
    bring_in(place, package('<p>图<img src="../images/a.png" alt="a"/>？</p>', a=picture(colour="red")))
    bring_in(place, doubtful("valve", "pump"))
    with transaction():
        bank, author = actors(place)
        assert len(files_on_disk()) == 2  # the red one is the item's, too, and kept once
        leave_out(held_rows(bank)[0], bank, by=author)
    with transaction():
        assert is_any_to_remove()
        assert db.session.query(Entry).filter_by(kind="item.file.removed").count() == 1
    remove_in_a_deed()
    assert len(files_on_disk()) == 1
    assert_agreed()


def test_a_picture_of_a_doubtful_row_of_a_workbook_stays_with_it(app):
    header = find_header([["题型", "题目", "选项", "答案"]])
    cells = {"type": "单选题", "stem": "丙？", "options": "A.30m**A**B.50m**A", "answer": "A"}
    row = judge("Sheet1!2", cells, header)
    assert row.outcome is Outcome.HELD
    kept = with_pictures(row, [Shown("p.png", picture(), "泵"), Shown("q.png", None)])
    assert kept.reason.startswith(row.reason) and "q.png" in kept.reason
    assert [each.description for each in kept.named] == ["泵"]
    whole = with_pictures(row, [Shown("p.png", picture(), "泵")])
    assert whole.body.media == whole.named and whole.outcome is Outcome.HELD


def test_the_page_of_a_doubtful_row_shows_its_pictures_and_takes_them_in(client, place):
    bring_in(place, doubtful("valve"))
    client.sign_in(db.session.get_one(Person, place["author"]))
    code = db.session.get_one(Bank, place["bank"]).code
    db.session.rollback()
    page = client.get(f"/exam/bank/{code}/held").text
    medium = db.session.scalars(select(BankMedium)).one()
    assert f"/exam/bank/media/{medium.id}" in page and 'name="medium_description"' in page
    form = {
        "type": "single", "stem": "图中是？", "options": "甲\n乙", "answer": "A", "medium": medium.id,
        "medium_name": "valve.png", "medium_description": "阀门",
    }  # fmt: skip
    held = held_rows(db.session.get_one(Bank, place["bank"]))[0].id
    db.session.rollback()
    gone = client.post(f"/exam/bank/held/{held}/take-in", data=form | {"medium": "none"})
    assert gone.status_code == 422 and "valve.png" in gone.text
    assert client.post(f"/exam/bank/held/{held}/take-in", data=form).status_code == 302
    item = db.session.scalars(select(Item)).one()
    assert [each.description for each in body_of(item.versions[-1]).media] == ["阀门"]


def rounds(number=4):
    """Let the chores of the bank do what is due, each in a deed of its own."""
    for _round in range(number):
        for chore in tidying.CHORES:
            db.session.rollback()
            if chore.is_due():
                with transaction():
                    chore.do()
    db.session.rollback()


def test_a_file_that_nothing_shows_goes_by_the_figure_and_one_that_anything_shows_never(place):
    bring_in(place, package('<p>图<img src="../images/a.png" alt="a"/>？</p>', a=picture(colour="red")))
    bring_in(place, doubtful("pump"))
    with transaction():
        bank, author = actors(place)
        bring(bank, clean_medium(picture(colour="green")), by=author)
        bring(bank, clean_medium(picture("JPEG", "blue")), by=author)
        # As if the item was written before the bank noted what its versions show.
        db.session.query(MediumOfVersion).delete()
    rounds()
    assert len(files_on_disk()) == 3
    with clock.set_to(clock.now() + timedelta(days=15)):
        with transaction():
            bank, author = actors(place)
            bring(bank, clean_medium(picture("JPEG", "blue")), by=author)  # somebody is at it again
        rounds()
        assert len(files_on_disk()) == 2
        assert_agreed()
    item = db.session.scalars(select(Item)).one()
    assert clear_media(item.code, body_of(item.versions[-1]))
    assert db.session.query(Entry).filter_by(kind="item.file.removed").count() == 1


def test_a_draft_written_over_lets_go_of_its_picture_and_an_older_version_does_not(place):
    with transaction():
        bank, author = actors(place)
        rows = [bring(bank, clean_medium(picture(colour=each)), by=author) for each in ("red", "blue")]
        red, blue = (
            Medium(f"{number}.png", clean_medium(picture(colour=each)).digest, "image/png", each)
            for number, each in enumerate(("red", "blue"))
        )
        item = write_item(bank, Draft(ItemType.SINGLE, with_layout(SINGLE, True, [red])), by=author)
        revise_item(item, with_layout(SINGLE, True, [blue]), by=author)
        noted = set(db.session.scalars(select(MediumOfVersion.medium_id)))
        assert noted == {rows[1].id}
        submit([item.versions[-1]], by=author)
        item.versions[-1].state = VersionState.DRAFT  # sent back
        revise_item(item, with_layout(SINGLE, True, [red]), by=author)
    assert set(db.session.scalars(select(MediumOfVersion.medium_id))) == {row.id for row in rows}


def test_whatever_breaks_between_table_and_disk_the_next_round_makes_them_agree(place, monkeypatch):
    with transaction():
        bank, author = actors(place)
        bring(bank, clean_medium(picture(colour="green")), by=author)
    with clock.set_to(clock.now() + timedelta(days=15)):
        with pytest.raises(KeyboardInterrupt), transaction():
            tidying.remove_old()
            raise KeyboardInterrupt
        assert_agreed()
        with transaction():
            bank, _author = actors(place)
            tidying.look_into(bank)
            tidying.remove_old()
        # The machine dies here: the file lies there without a row, and the note of it stands.
        assert len(files_on_disk()) == 1 and db.session.query(BankMedium).count() == 0
        db.session.rollback()
        with pytest.raises(KeyboardInterrupt), transaction():
            remove_files()
            raise KeyboardInterrupt
        # And here: the file is gone, and the note still stands.
        assert not files_on_disk() and db.session.query(FileToRemove).count() == 1
        rounds()
        assert_agreed()
        assert db.session.query(FileToRemove).count() == 0


def test_a_file_whose_columns_are_asked_about_goes_after_its_time(place):
    with transaction():
        bank, author = actors(place)
        hand_in_items(io.BytesIO("甲,乙\n1,2\n".encode()), "x.csv", bank, by=author, language="en")
        kept = db.session.scalars(select(Import)).one()
        kept.columns_sealed = b"asked"
        path = storage.path(str(kept.file_key))
    rounds()
    assert path.exists()
    with clock.set_to(clock.now() + timedelta(days=31)):
        rounds()
    kept = db.session.scalars(select(Import)).one()
    assert not path.exists() and kept.file_key is None and kept.columns_sealed is None
    assert db.session.query(Entry).filter_by(kind="items.file_expired").count() == 1
