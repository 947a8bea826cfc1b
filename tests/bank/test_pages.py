"""The story over HTTP: a file comes in, is reviewed, set in a paper, sealed; and nobody else sees a word."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from io import BytesIO
from urllib.parse import quote

import pytest
from sqlalchemy import select

from tests.factories.bank import (
    make_approved,
    make_bank,
    make_blueprint,
    make_body,
    make_item,
    make_paper,
    make_staff,
    shown_now,
)
from tests.factories.people import make_officer
from tests.worlds import built_once
from trainhub.exams import bank as room
from trainhub.exams.bank import ItemType
from trainhub.exams.bank.banks import get_bank
from trainhub.exams.bank.items import newest_version, revise_item
from trainhub.exams.bank.models import HeldRow, Import, Item, ItemVersion
from trainhub.exams.bank.vault import body_of
from trainhub.exams.papers.models import Paper
from trainhub.governance.duties import record_grant
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.jobs import Job, run_pending
from trainhub.kernel.kept_words import BEGIN as KEPT
from trainhub.kernel.written_workbooks import write_workbook
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

HEADER = ["作业种类", "试题类型", "题目内容", "题目选项(选项之间用**隔开)", "题目答案"]
ROWS = [
    ["安全", "单选题", "1.灭火器压力表指针在绿区表示（ ）。", "A.正常**B.不足**C.过高", "A"],
    ["安全", "判断题", "2.动火作业可以不办许可。", "A.正确**B.错误", "B"],
    ["安全", "单选题", "3.电流单位是（ ）。", "**A.1**A**B.2**A", "A"],
    ["安全", "单选题", "4.没有答案的题", "A.一**B.二", "D"],
]


@pytest.fixture
@built_once
def place(app):
    """A bank with its staff, as plain ids and codes."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        names = ("author", "reviewer", "paper_officer", "paper_reviewer")
        ids = {name: getattr(staff, name).id for name in names}
        ids |= {"bank": bank.code, "centre": staff.centre.id}
    return ids


def be(client, place, who):
    client.sign_in(db.session.get_one(Person, place[who]))


def hand_in(client, place, rows=ROWS, **fields):
    content = write_workbook("Sheet1", HEADER, rows)
    data = {"file": (BytesIO(content), "题目.xlsx"), "submit_items": "y"} | fields
    answer = client.post(f"/exam/bank/{place['bank']}/import", data=data, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    jobs.run_pending()
    return db.session.scalars(select(Import).order_by(Import.imported_at.desc())).first().id


def test_a_file_is_handed_in_and_every_row_is_reported(client, place):
    be(client, place, "author")
    import_id = hand_in(client, place)

    page = client.get(f"/exam/bank/{place['bank']}/imports/{import_id}").text
    report = client.get(f"/exam/bank/{place['bank']}/imports/{import_id}/report.json").json

    assert "Sheet1!5" in page
    assert (report["rows"], report["imported"]) == (4, 2)
    assert [row["where"] for row in report["held"]] == ["Sheet1!4"]


def test_a_doubtful_row_is_taken_in_by_its_repair(client, place):
    be(client, place, "author")
    hand_in(client, place)
    page = client.get(f"/exam/bank/{place['bank']}/held").text
    assert "1A" in page
    held_id = db.session.scalars(select(HeldRow.id)).one()

    data = {"type": "single", "stem": "电流单位是（ ）。", "options": "1A\n2A", "answer": "A"}
    answer = client.post(f"/exam/bank/held/{held_id}/take-in", data=data)

    assert answer.status_code == 302
    assert db.session.query(Item).count() == 3


def test_a_reviewer_goes_through_what_waits_one_after_the_other(client, place):
    be(client, place, "author")
    hand_in(client, place)
    be(client, place, "reviewer")
    review = f"/exam/bank/{place['bank']}/review"

    assert "灭火器压力表" in client.get(review).text
    for verdict in ("approve", "send_back"):
        version = next(
            each
            for each in db.session.scalars(select(ItemVersion).order_by(ItemVersion.id))
            if each.state == "in_review"
        )
        url = f"{review}/{version.item.code}"
        data = {"verdict": verdict, "text": "请核对表述", "version": "1"}
        assert client.post(url, data=data).status_code == 302
    states = sorted(db.session.scalars(select(ItemVersion.state)))

    assert states == ["approved", "draft"]
    assert "灭火器" not in client.get(review).text


def test_a_verdict_without_its_reason_brings_the_same_item_again_and_says_so_at_the_field(client, place):
    be(client, place, "author")
    hand_in(client, place)
    be(client, place, "reviewer")
    version = db.session.scalars(select(ItemVersion).where(ItemVersion.state == "in_review")).first()
    item, version_id = version.item.code, version.id
    url = f"/exam/bank/{place['bank']}/review/{item}"

    answer = client.post(url, data={"verdict": "send_back", "version": "1", "text": "  "})
    assert answer.status_code == 422
    assert 'id="text-error"' in answer.text and item in answer.text and "verdict" in answer.text
    answer = client.post(url, data={"verdict": "send_back", "version": "1", "text": "长" * 2001})
    assert answer.status_code == 422 and "长" * 2001 in answer.text
    assert db.session.get_one(ItemVersion, version_id).state == "in_review"


def test_a_verdict_is_given_of_the_version_that_was_read_and_of_no_later_one(client, place):
    with transaction():
        staff = _staff(place)
        version = newest_version(make_item(get_bank(place["bank"], by=staff.author), staff))
        room.submit([version], by=staff.author)
        item = version.item.code
    url = f"/exam/bank/{place['bank']}/review"
    be(client, place, "reviewer")
    read = client.get(url).text
    assert re.findall('name="version" value="(.*?)"', read) == ["1"]
    with transaction():
        staff = _staff(place)
        version = db.session.scalars(select(ItemVersion)).one()
        room.send_back(version, "请改", by=make_officer(Duty.REVIEW_ITEMS, staff.centre))
        second = revise_item(version.item, make_body(ItemType.SINGLE), by=staff.author)
        room.submit([second], by=staff.author)
        stem = body_of(second).stem

    for verdict in ("approve", "send_back"):
        stale = {"verdict": verdict, "version": "1", "text": "可用"}
        answer = client.post(f"{url}/{item}", data=stale)
        assert answer.status_code == 409
        assert stem in answer.text and "error-summary" in answer.text
        assert db.session.scalars(select(ItemVersion.state).order_by(ItemVersion.number)).all() == [
            "draft",
            "in_review",
        ]
        db.session.rollback()
    read = re.findall('name="version" value="(.*?)"', answer.text)
    assert read == ["2"]
    assert client.post(f"{url}/{item}", data={"verdict": "approve", "version": "2"}).status_code == 302


def test_an_item_is_retired_with_a_reason_only(client, place):
    be(client, place, "author")
    hand_in(client, place)
    be(client, place, "reviewer")
    version = db.session.scalars(select(ItemVersion).where(ItemVersion.state == "in_review")).first()
    item, version_id = version.item.code, version.id
    page = client.get(f"/exam/bank/items/{item}").text
    form = page.split(f"/items/{item}/retire")[1].partition("</form>")[0]
    assert "required" in form and "data-confirm" in form

    shown = re.search('name="shown" value="(.*?)"', form)[1]

    answer = client.post(f"/exam/bank/items/{item}/retire", data={"text": " ", "shown": shown})
    assert answer.status_code == 422 and 'href="#reason"' in answer.text, "the form comes back with its error"
    assert db.session.get_one(ItemVersion, version_id).state == "in_review"
    db.session.rollback()
    answer = client.post(f"/exam/bank/items/{item}/retire", data={"text": "过时", "shown": shown})
    assert answer.status_code == 302
    assert db.session.get_one(ItemVersion, version_id).state == "retired"


def test_who_wrote_an_item_and_was_made_reviewer_is_refused_by_name_of_the_rule(client, place):
    be(client, place, "author")
    hand_in(client, place)
    with transaction():
        staff = _staff(place)
        both = make_officer(Duty.REVIEW_ITEMS, staff.centre)
        for version in db.session.scalars(select(ItemVersion)):
            version.author_id = both.id
        code = db.session.scalars(select(Item.code)).first()
    client.sign_in(both)

    assert "灭火器" not in client.get(f"/exam/bank/{place['bank']}/review").text
    answer = client.post(
        f"/exam/bank/{place['bank']}/review/{code}", data={"verdict": "approve", "version": "1"}
    )

    assert answer.status_code == 409
    assert "S-11" in answer.text


def test_many_items_are_approved_at_once_and_each_refusal_is_told(client, place):
    be(client, place, "author")
    hand_in(client, place)
    codes = list(db.session.scalars(select(Item.code)))
    be(client, place, "reviewer")
    url = f"/exam/bank/{place['bank']}/items"
    ticked = re.findall('name="item" value="(.*?)"', client.get(f"/exam/bank/{place['bank']}").text)

    assert client.post(url, data={"action": "approve", "item": ticked, "point": ""}).status_code == 302
    assert set(db.session.scalars(select(ItemVersion.state))) == {"approved"}
    again = client.post(url, data={"action": "approve", "item": ticked, "point": ""})
    report = client.get(again.location).text
    assert "/items/bulk/" in again.location and all(code in report for code in codes)


def test_what_a_search_finds_has_an_address_that_does_not_tell_the_words(client, place):
    be(client, place, "author")
    hand_in(client, place)

    found = client.post(f"/exam/bank/{place['bank']}/search", data={"words": "压力表", "type": "single"})
    again = client.get(found.location)
    found, address = again.text, found.location

    assert "灭火器压力表指针" in found
    assert "动火作业" not in found
    assert (again.status_code, again.headers["Cache-Control"]) == (200, "no-store")
    assert "type=single" in address and "words" not in address
    for telling in ("压力表", quote("压力表"), base64.urlsafe_b64encode("压力表".encode()).decode()):
        assert telling not in address
    be(client, place, "reviewer")
    assert client.get(address).location == f"/exam/bank/{place['bank']}", "it is another person's search"
    for broken in (
        address.replace("q=", "q=A"),
        address.replace("q=", "p="),
        f"{address.split('?')[0]}?q=%ff",
    ):
        assert client.get(broken).location == f"/exam/bank/{place['bank']}"


def test_an_item_is_written_and_changed_on_its_page(client, place):
    be(client, place, "author")
    data = {"type": "multiple", "stem": "灭火方法有（ ）。", "options": "冷却\n窒息\n加热", "answer": "AB"}
    answer = client.post(f"/exam/bank/{place['bank']}/items/new", data=data)
    url = answer.headers["Location"]
    assert "灭火方法有" in client.get(url).text

    changed = data | {"stem": "基本的灭火方法有（ ）。", "hand_in": "1"} | shown_now(url.split("/")[-1])
    assert client.post(url, data=changed).status_code == 302
    assert db.session.scalars(select(ItemVersion.state)).all() == ["in_review"]
    assert client.post(f"/exam/bank/{place['bank']}/items/new", data=changed).status_code == 409
    assert (
        client.post(f"/exam/bank/{place['bank']}/items/new", data=data | {"answer": "AZ"}).status_code == 422
    )


def test_a_paper_goes_from_blueprint_to_seal_by_two_persons(client, place):
    with transaction():
        bank = db.session.scalars(select(room.Bank)).one()
        staff = _staff(place)
        make_approved(bank, staff, ItemType.TRUE_FALSE, 6)
        make_approved(bank, staff, ItemType.SINGLE, 4)
        blueprint = make_blueprint(staff).code
    be(client, place, "paper_officer")
    assert "小卷" in client.get("/exam/papers/blueprints").text
    assert client.get(f"/exam/papers/blueprints/{blueprint}").status_code == 200
    assert client.post(f"/exam/papers/blueprints/{blueprint}/papers").status_code == 302
    run_pending()
    result = db.session.scalars(select(Job.result_url)).one()
    page = client.get(result).text
    assert "已证明最优" in page
    assert "按已知难度的平均值计" in page and "按目标值计" not in page
    url = f"/exam/papers/{db.session.scalars(select(Paper.code)).one()}"
    assert client.post(f"{url}/seal").status_code in (403, 404)

    be(client, place, "paper_reviewer")
    assert "隐患" not in client.get(url).text
    assert client.get(f"{url}/proof").status_code == 409
    assert client.post(f"{url}/approve").status_code == 409
    assert client.post(f"{url}/proof").status_code == 302
    assert "隐患" in client.get(f"{url}/proof").text
    assert client.get(f"{url}/proof.pdf").data.startswith(b"%PDF")
    answer = client.post(f"{url}/send-back", data={"text": " "})
    assert answer.status_code == 422 and 'id="text-error"' in answer.text and "/approve" in answer.text
    assert client.post(f"{url}/approve", data={"text": "可用"}).status_code == 302
    answer = client.post(f"{url}/seal")
    assert answer.status_code == 422 and "error-summary" in answer.text
    assert client.post(f"{url}/seal", data={"opening": "officers"}).status_code == 422
    assert client.post(f"{url}/seal", data={"opening": "clock"}).status_code == 302
    assert client.post(f"{url}/seal", data={"opening": "clock"}).status_code == 409
    assert client.get(f"{url}/proof").status_code == 409
    assert db.session.scalars(select(Paper.state)).all() == ["sealed"]


def test_who_assembled_a_paper_and_was_made_reviewer_is_refused_by_the_rule(client, place):
    with transaction():
        staff = _staff(place)
        paper = make_paper(staff, db.session.scalars(select(room.Bank)).one())
        until = clock.today() + timedelta(days=9)
        record_grant(staff.paper_officer, Duty.REVIEW_PAPERS, staff.centre, clock.today(), until, by=None)
        url = f"/exam/papers/{paper.code}"
    be(client, place, "paper_officer")
    assert client.post(f"{url}/proof").status_code == 302
    answer = client.post(f"{url}/approve", data={"text": "可用"})
    assert (answer.status_code, "S-12" in answer.text) == (409, True)
    assert db.session.scalars(select(Paper.state)).all() == ["assembled"]


def test_a_blueprint_is_changed_cell_by_cell(client, place):
    with transaction():
        code = make_blueprint(_staff(place)).code
    be(client, place, "paper_officer")
    url = f"/exam/papers/blueprints/{code}"
    grid = {"type": ["single", "multiple"], "marks": ["2", ""], "point": ["", ""], "level": ["", "apply"]}
    data = grid | {"count": ["8", "", "2", ""], "minutes": "60", "pass_mark": "16", "forms": "2"}

    assert client.post(url, data=data | {"questions_in_all": "11"}).status_code == 422
    assert client.post(url, data=data | {"marks_in_all": "20", "facility": "0.7"}).status_code == 302
    shown = client.get(url).text
    assert 'value="0.7"' in shown and 'value="apply" selected' in shown
    assert client.post(url, data=data | {"pass_mark": "99"}).status_code == 422
    added = client.post(url, data=data | {"count": ["8", "5", "2", ""], "add_up": "1"})
    assert (added.status_code, ">15<" in added.text) == (200, True)
    assert client.post(f"{url}/papers").status_code == 302
    run_pending()
    result = client.get(db.session.scalars(select(Job.result_url)).one()).text
    assert "缺 8 题" in result and "缺 2 题" in result
    assert db.session.scalars(select(Paper)).all() == []


def test_what_is_no_number_in_a_grid_is_named_by_its_place_and_nothing_written_is_lost(client, place):
    with transaction():
        code = make_blueprint(_staff(place)).code
    be(client, place, "paper_officer")
    url = f"/exam/papers/blueprints/{code}"
    grid = {"type": ["single", "multiple"], "marks": ["2", "两"], "point": ["", ""], "level": ["", "apply"]}
    data = grid | {"count": ["8", "", "2", "7x"], "minutes": "61", "pass_mark": "16", "forms": "2"}
    for pressed in ({}, {"add_up": "1"}):
        answer = client.post(url, data=data | pressed)
        assert answer.status_code == 422
        assert "第 2 行第 2 列：“7x”不是整数" in answer.text
        assert "第 2 列每题分值：“两”不是整数" in answer.text
        for kept in ("7x", "两", "8", "61"):
            assert f'value="{kept}"' in answer.text
        assert answer.text.count('aria-invalid="true"') == 2
    assert 'value="61"' not in client.get(url).text


def test_a_number_too_large_for_a_grid_is_called_that_with_the_limit(client, place):
    with transaction():
        code = make_blueprint(_staff(place)).code
    be(client, place, "paper_officer")
    grid = {"type": ["single"], "marks": ["20000"], "point": ["", ""], "level": ["", "apply"]}
    data = grid | {"count": ["9999", "10000"], "minutes": "60", "pass_mark": "16", "forms": "2"}
    answer = client.post(f"/exam/papers/blueprints/{code}", data=data | {"add_up": "1"})
    assert answer.status_code == 422
    assert "第 2 行第 1 列：“10000”过大，最大为 9999。" in answer.text
    assert "第 1 列每题分值：“20000”过大，最大为 9999。" in answer.text
    assert "不是整数" not in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'value="10000"' in answer.text and 'value="20000"' in answer.text


def _staff(place):
    from tests.factories.bank import Staff
    from trainhub.people.models import Organisation

    persons = [db.session.get_one(Person, place[name]) for name in list(place)[:4]]
    return Staff(db.session.get_one(Organisation, place["centre"]), *persons)


OTHERS = [duty for duty in Duty if duty not in (Duty.AUTHOR_ITEMS, Duty.REVIEW_ITEMS)]


@pytest.mark.parametrize("duty", OTHERS)
def test_no_other_duty_reads_an_item_or_bank_not_even_of_the_same_centre(client, place, duty):
    with transaction():
        staff = _staff(place)
        item = make_item(db.session.scalars(select(room.Bank)).one(), staff).code
        person = make_officer(duty, staff.centre)
    client.sign_in(person)
    bank = place["bank"]
    pages = ["", f"/{bank}", f"/{bank}/review", f"/{bank}/import", f"/{bank}/held", f"/items/{item}"]

    for page in pages:
        answer = client.get(f"/exam/bank{page}" if page else "/exam/bank/")
        assert answer.status_code == 403, page
        assert "隐患" not in answer.text


@pytest.mark.parametrize(
    "duty", [duty for duty in Duty if duty not in (Duty.ASSEMBLE_PAPERS, Duty.REVIEW_PAPERS)]
)
def test_no_other_duty_reads_a_paper(client, place, duty):
    with transaction():
        staff = _staff(place)
        code = make_paper(staff, db.session.scalars(select(room.Bank)).one()).code
        person = make_officer(duty, staff.centre)
    client.sign_in(person)

    for url in (
        "/exam/papers/",
        f"/exam/papers/{code}",
        f"/exam/papers/{code}/proof",
        f"/exam/papers/{code}/proof.pdf",
    ):
        assert client.get(url).status_code == 403
    assert client.post(f"/exam/papers/{code}/proof").status_code == 403


def test_officers_of_another_centre_find_neither_bank_nor_item_nor_paper(client, place):
    with transaction():
        staff = _staff(place)
        bank = db.session.scalars(select(room.Bank)).one()
        code, item = make_paper(staff, bank).code, make_item(bank, staff).code
        version = newest_version(db.session.scalars(select(Item).where(Item.code == item)).one())
        room.submit([version], by=staff.author)
        stranger = make_staff()
        ids = {name: getattr(stranger, name).id for name in ("author", "reviewer", "paper_reviewer")}
    tries = {
        "author": [
            f"/exam/bank/{place['bank']}",
            f"/exam/bank/items/{item}",
            f"/exam/bank/{place['bank']}/held",
        ],
        "reviewer": [f"/exam/bank/{place['bank']}/review", f"/exam/bank/items/{item}"],
        "paper_reviewer": [f"/exam/papers/{code}", f"/exam/papers/{code}/proof"],
    }
    for who, urls in tries.items():
        client.sign_in(db.session.get_one(Person, ids[who]))
        for url in urls:
            assert client.get(url).status_code == 404, (who, url)
    client.sign_in(db.session.get_one(Person, ids["reviewer"]))
    data = {"verdict": "approve"}
    assert client.post(f"/exam/bank/{place['bank']}/review/{item}", data=data).status_code == 404


def test_an_item_of_another_bank_is_not_reached_through_ones_own_bulk_deed(client, place):
    with transaction():
        stranger = make_staff()
        other = make_item(make_bank(stranger), stranger).code
    be(client, place, "author")

    answer = client.post(
        f"/exam/bank/{place['bank']}/items", data={"action": "submit", "item": [other], "point": ""}
    )

    assert answer.status_code == 302 and "/items/bulk/" in answer.location
    assert db.session.scalars(select(ItemVersion.state)).all() == ["draft"]


def test_a_written_item_is_handed_in_from_its_page_and_leads_a_reviewer_to_its_verdict(client, place):
    be(client, place, "author")
    fields = {"type": "true_false", "stem": "动火作业须办理许可。", "answer": "√"}
    address = client.post(f"/exam/bank/{place['bank']}/items/new", data=fields).location
    hand_in_at = f"{address}/hand-in"
    assert hand_in_at in client.get(address).text
    code = address.split("/")[-1]
    client.post(hand_in_at, data=shown_now(code))
    page = client.get(address).text
    assert "已提交" in page
    assert hand_in_at not in page
    assert f"/exam/bank/{place['bank']}/review?at=" not in page, "nobody reviews what they wrote"
    assert client.post(hand_in_at, data=shown_now(code), follow_redirects=True).text.count("未作更改") == 1

    be(client, place, "reviewer")
    page = client.get(address).text
    (review,) = re.findall(r'href="([^"]*/review\?at=\d+)"', page)
    assert "动火作业须办理许可" in client.get(review).text
    assert client.post(hand_in_at).status_code == 403


def test_a_change_handed_in_at_once_is_said_to_be(client, place):
    be(client, place, "author")
    fields = {"type": "true_false", "stem": "动火作业须办理许可。", "answer": "√"}
    address = client.post(f"/exam/bank/{place['bank']}/items/new", data=fields).location
    for hand_in, said in (({}, "版已保存。"), ({"hand_in": "1"}, "版已保存并提交审核。")):
        shown = shown_now(address.split("/")[-1])
        client.post(address, data=fields | {"explanation": said} | hand_in | shown)
        assert said in client.get(address).text


def test_reasons_of_a_file_handed_in_in_english_are_read_by_each_in_their_own_language(client, place):
    be(client, place, "author")
    client.get("/?lang=en")
    rows = [*ROWS, ["安全", "单选题", "5.没有选项的题", "", "A"]]
    import_id = hand_in(client, place, rows)
    english, chinese = "names no option of the row.", "没有对应的选项"
    url = f"/exam/bank/{place['bank']}/imports/{import_id}"

    in_english, report_in_english = client.get(url).text, client.get(f"{url}/report.json").json
    held_in_english = client.get(f"/exam/bank/{place['bank']}/held").text
    client.get("/?lang=zh_CN")
    in_chinese, report_in_chinese = client.get(url).text, client.get(f"{url}/report.json").json
    held_in_chinese = client.get(f"/exam/bank/{place['bank']}/held").text

    assert english in in_english and chinese not in in_english
    assert chinese in in_chinese and english not in in_chinese
    assert english in report_in_english["rejected"][0]["reason"]
    assert chinese in report_in_chinese["rejected"][0]["reason"]
    doubt = "The options cannot be told apart for certain"
    assert doubt in held_in_english and doubt not in held_in_chinese
    assert KEPT not in in_english + in_chinese + held_in_english + held_in_chinese
