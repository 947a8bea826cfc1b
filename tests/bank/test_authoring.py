"""Every type is written in the form: what it shows comes back the same, errors stand at their field."""

import re
from decimal import Decimal
from html import unescape

import pytest
from sqlalchemy import select

from tests.factories.bank import make_bank, make_blueprint, make_staff, shown_now
from tests.factories.every_type import EVERY_TYPE, WORKSHOP
from tests.factories.people import make_officer
from trainhub.exams import bank as bank_room
from trainhub.exams import papers
from trainhub.exams.bank import ItemType, authoring
from trainhub.exams.bank.authoring import Misread
from trainhub.exams.bank.banks import add_knowledge_point
from trainhub.exams.bank.content import write_body
from trainhub.exams.bank.details import Blank, Blanks
from trainhub.exams.bank.forms_items import ItemForm
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.media import bring
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.presenting import rows_of
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

each_type = pytest.mark.parametrize("kind", EVERY_TYPE)


@pytest.fixture
def place(app):
    """The code of a bank, the id of its author, and that of a picture it has."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        row = bring(bank, WORKSHOP, by=staff.author)
        return bank.code, staff.author.id, row.id


@pytest.fixture
def author(client, place):
    """The author's browser."""
    client.sign_in(db.session.get_one(Person, place[1]))
    return client


def fields_of(app, kind):
    """What the form of a body sends: each field by its name."""
    with app.test_request_context("/"):
        form = ItemForm(formdata=None)
        form.show(EVERY_TYPE[kind])
        sent = {"type": kind.value}
        for field in form:
            if field.name == "parts":
                sent |= {inner.name: inner.data for entry in field for inner in entry.form}
            elif field.name not in ("type", "csrf_token", "point"):
                sent[field.name] = field.data
    return {
        name: "y" if value is True else value for name, value in sent.items() if value not in (None, False)
    }


@each_type
def test_what_the_form_shows_is_written_down_as_it_was(app, author, place, kind):
    sent = fields_of(app, kind)
    for medium in EVERY_TYPE[kind].media:
        sent |= {"medium": place[2], "medium_name": medium.name, "medium_description": medium.description}

    answer = author.post(f"/exam/bank/{place[0]}/items/new", data=sent)

    assert answer.status_code == 302, re.findall(r"error[^<]*<[^<]*", answer.text)
    item = db.session.scalars(select(Item)).one()
    assert write_body(kind, body_of(newest_version(item))) == write_body(kind, EVERY_TYPE[kind])
    page = author.get(f"/exam/bank/items/{item.code}")
    assert page.status_code == 200
    words = rows_of([newest_version(item)])[0].words
    for said in (*words.key, words.rule, *(key for part in words.parts for key in part.key)):
        assert said in unescape(page.text)


WRONG = [
    ({"type": "ordering", "options": "甲\n乙", "answer": "A?"}, "answer"),
    ({"type": "matching", "options": "甲\n乙", "targets": "一\n二", "answer": "A乙"}, "answer"),
    ({"type": "fill_in", "blanks": "2 ± 半"}, "blanks"),
    ({"type": "fill_in", "blanks": ""}, "blanks"),
    ({"type": "numeric", "value": "一百"}, "value"),
    ({"type": "numeric", "value": "1", "unit": "m", "units": "千米"}, "units"),
    ({"type": "numeric", "value": "1", "tolerance": "少许"}, "tolerance"),
    ({"type": "constructed", "criteria": "没有分值"}, "criteria"),
    ({"type": "single", "options": "甲\n乙", "answer": "是"}, "answer"),
    ({"type": "single", "options": "甲\n乙", "answer": ""}, "answer"),
    ({"type": "single", "options": "甲\n乙\n 甲 ", "answer": "A"}, "options"),
    ({"type": "ordering", "options": "甲\n乙\n甲", "answer": "ABC"}, "options"),
    ({"type": "matching", "options": "甲\n乙", "targets": "一\n一", "answer": "A1 B2"}, "targets"),
]


@pytest.mark.parametrize(("sent", "field"), WRONG)
def test_what_cannot_be_read_is_said_at_its_field_and_nothing_typed_is_lost(author, place, sent, field):
    answer = author.post(f"/exam/bank/{place[0]}/items/new", data={"stem": "一道题____", **sent})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "一道题____" in answer.text
    assert db.session.scalar(select(Item)) is None


def test_an_unsound_question_is_said_above_the_form(author, place):
    sent = {"type": "fill_in", "stem": "没有空", "blanks": "一"}
    answer = author.post(f"/exam/bank/{place[0]}/items/new", data=sent)
    assert answer.status_code == 422
    assert "____" in answer.text.split("error-summary")[1][:400]


def test_what_is_lacking_is_said_in_words_of_the_form(author, place):
    url = f"/exam/bank/{place[0]}/items/new"
    scene = {"type": "hazard_spotting", "stem": "找隐患", "regions": "没戴帽: rectangle 1,1 2,2"}
    choice = {"type": "single", "stem": "哪一项？", "options": "甲\n乙", "answer": " "}
    assert "缺少用于标出隐患的图片或视频" in author.post(url, data=scene).text
    said = author.post(url, data=choice).text
    assert "请填写答案" in said and "“”" not in said


def test_a_preview_tells_all_that_the_written_question_will_tell(app, author, place):
    sent = fields_of(app, ItemType.SINGLE) | {
        "explanation": "见条文说明。",
        "source_article": "GB 2811—2019 第 5 条",
    }

    new = author.post(f"/exam/bank/{place[0]}/items/new", data=sent | {"preview": "1"})
    assert new.status_code == 200
    assert author.post(f"/exam/bank/{place[0]}/items/new", data=sent).status_code == 302
    address = f"/exam/bank/items/{db.session.scalars(select(Item.code)).one()}"
    changed = author.post(address, data=sent | {"preview": "1"} | shown_now(address.split("/")[-1]))
    for page in (new, changed):
        preview = page.text.split('id="preview"')[1].split("</section>")[0]
        assert "见条文说明。" in preview
        assert "GB 2811—2019 第 5 条" in preview


def standing(item):
    """What is said of an item beside its versions."""
    return item.knowledge_point and item.knowledge_point.code, item.cognitive, item.level


def test_one_item_is_put_where_it_belongs_without_a_new_version(app, author, place):
    sent = fields_of(app, ItemType.SINGLE)
    with transaction():
        writer = db.session.get_one(Person, place[1])
        bank = db.session.scalars(select(Bank)).one()
        point = add_knowledge_point(bank.qualification, "07.1", "动火", by=writer).code
        reviewer = make_officer(Duty.REVIEW_ITEMS, bank.organisation)
    first = {"point": point, "cognitive": "apply", "difficulty": "3"}
    assert author.post(f"/exam/bank/{place[0]}/items/new", data=sent | first).status_code == 302
    with transaction():
        item = db.session.scalars(select(Item)).one()
        assert standing(item) == (point, "apply", 3)
        bank_room.submit([newest_version(item)], by=db.session.get_one(Person, place[1]))
        bank_room.approve(newest_version(item), by=db.session.merge(reviewer))
        address = f"/exam/bank/items/{item.code}"

    shown = author.get(address).text
    assert re.search('<option selected value="3">', shown.split('id="difficulty"')[1][:400])
    sent |= shown_now(address.split("/")[-1])
    answer = author.post(address, data=sent | first | {"difficulty": "1", "cognitive": ""})

    assert answer.status_code == 302
    item = db.session.scalars(select(Item)).one()
    assert standing(item) == (point, None, 1)
    assert [(each.number, each.state) for each in item.versions] == [(1, "approved")]
    kinds = ("item.placed", "item.levelled", "item.rated")
    assert db.session.scalars(select(Entry.kind).where(Entry.kind.in_(kinds)).order_by(Entry.id)).all() == [
        "item.levelled",
        "item.rated",
    ]


def test_a_form_without_these_fields_leaves_an_item_where_it_stands(app, author, place):
    sent = fields_of(app, ItemType.SINGLE)
    author.post(f"/exam/bank/{place[0]}/items/new", data=sent | {"cognitive": "apply", "difficulty": "2"})
    address = f"/exam/bank/items/{db.session.scalars(select(Item.code)).one()}"
    assert not {"point", "cognitive", "difficulty"} & sent.keys()
    sent |= shown_now(address.split("/")[-1])
    assert author.post(address, data=sent | {"explanation": "换一种说法"}).status_code == 302
    assert standing(db.session.scalars(select(Item)).one()) == (None, "apply", 2)


def hint_of(page, field):
    """What stands under a field, in words."""
    hint = re.search(rf'id="{field}-hint">(.*?)</p>', page.text, re.DOTALL)
    return re.sub("<[^>]*>", "", unescape(hint[1])).strip() if hint else ""


def test_the_form_of_a_question_says_what_its_own_type_asks_for_and_nothing_of_the_others(app, author, place):
    said = {
        ItemType.SINGLE: ("一个字母，如 B", "每行一项，第一行为 A。", ""),
        ItemType.ORDERING: (
            "按正确顺序写出全部字母，如 CADB",
            "每行一项，可按任意顺序填写，第一行为 A。",
            "",
        ),
        ItemType.FILL_IN: ("", "", "每个空用 ____ 表示"),
    }
    for kind, hints in said.items():
        author.post(f"/exam/bank/{place[0]}/items/new", data=fields_of(app, kind))
        code = db.session.scalars(select(Item.code).where(Item.type == kind)).one()
        page = author.get(f"/exam/bank/items/{code}")
        assert tuple(hint_of(page, field) for field in ("answer", "options", "stem")) == hints


def test_further_files_are_folded_away_so_that_the_options_stand_near_the_question(author, place):
    page = author.get(f"/exam/bank/{place[0]}/items/new").text
    open_part, folded = page.split("data-files")[1].split("</fieldset>")[0].split("<details")
    assert 'id="file-0"' in open_part and 'id="file-1"' in folded and 'id="file-2"' in folded
    assert " open" not in folded.split(">")[0]


def test_a_new_question_without_script_names_the_type_to_each_hint(author, place):
    page = author.get(f"/exam/bank/{place[0]}/items/new")
    said = hint_of(page, "answer")
    assert said.startswith("单选题：一个字母，如 B 多选题：字母，如 ACD 判断题：√ 或 ×")
    assert hint_of(page, "options").startswith("单选题、多选题：每行一项，第一行为 A。")


def test_blanks_are_shown_as_they_are_written():
    blanks = Blanks(
        (Blank(("PPE", "个体防护"), case_sensitive=True), Blank(("2.0",), tolerance=Decimal("0.05")))
    )
    assert authoring.read_blanks(authoring.write_blanks(blanks), False) == blanks


@pytest.mark.parametrize(
    ("text", "order"), [("C→A→D→B", "CADB"), ("c a、d，b", "CADB"), ("ＣＡＤＢ", "CADB")]
)
def test_an_order_is_read_however_it_is_separated(text, order):
    assert authoring.read_order(text) == tuple(order)


@pytest.mark.parametrize("text", ["A2 B1", "a-2，b-1", "A→2; B→1", "Ａ２Ｂ１"])
def test_pairs_are_read_however_they_are_joined(text):
    assert authoring.read_pairs(text) == ("A2", "B1")


@pytest.mark.parametrize("text", ["Infinity", "NaN", "", "1e400", "1_000"])
def test_no_number_that_is_none_gets_into_a_key(text):
    with pytest.raises(Misread):
        authoring.exact("value", text)


def test_a_paper_can_hold_what_people_mark(app):
    with transaction():
        assert make_blueprint(make_staff(), [papers.Cell(ItemType.CONSTRUCTED, None, 1, 80)]).cells
