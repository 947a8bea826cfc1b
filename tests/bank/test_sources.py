"""The law items rest on, what is conspicuous, the syllabus: nothing is forgotten, nobody decides alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.factories.bank import make_approved, make_bank, make_body, make_paper, make_staff
from tests.factories.people import make_officer
from trainhub.exams import bank as room
from trainhub.exams.bank import Draft, ItemType
from trainhub.exams.bank.citing import Matcher, articles_in, in_use_citing, sources_of
from trainhub.exams.bank.flags import Finding, flags_of, open_kinds, raise_flags, values_of
from trainhub.exams.bank.keeping import keep_item
from trainhub.exams.bank.models import Bank, Item
from trainhub.exams.bank.models_sources import FlagEvidence, ItemFlag, Source, SourceKind
from trainhub.exams.bank.rotation import rotate
from trainhub.exams.bank.sources import Edition, record_source, repeal_source, replace_source
from trainhub.exams.bank.syllabus import (
    by_text,
    change_point,
    choosable,
    close_point,
    record_edition,
    tree_of,
)
from trainhub.kernel import clock, jobs
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, Refused
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

LAW = Edition(SourceKind.LAW, "中华人民共和国安全生产法", "主席令第88号", date(2021, 9, 1))
STANDARD = Edition(SourceKind.STANDARD, "危险化学品企业特殊作业安全规范", "GB 30871-2022", date(2022, 10, 1))


class Story:
    """A centre with a bank, as ids that outlive transactions."""

    def __init__(self) -> None:
        with transaction():
            staff = make_staff()
            self.bank_id, self.centre = make_bank(staff).id, staff.centre.id
            self.author_id, self.reviewer_id = staff.author.id, staff.reviewer.id
            self.other_id = make_officer(Duty.REVIEW_ITEMS, staff.centre).id
            self.staff = staff

    def __getattr__(self, name):
        if name in ("author", "reviewer", "other"):
            return db.session.get_one(Person, getattr(self, f"{name}_id"))
        raise AttributeError(name)

    @property
    def bank(self):
        return db.session.get_one(Bank, self.bank_id)

    def item(self, text, kind=ItemType.SINGLE, *, approve=True):
        body = replace(make_body(kind), source_article=text)
        item = room.write_item(self.bank, Draft(kind, body), by=self.author)
        if approve:
            room.submit(item.versions, by=self.author)
            room.approve(item.versions[0], by=self.reviewer)
        return item.code

    def source(self, edition):
        with transaction():
            code = record_source(self.centre, edition, by=self.author).code
        jobs.run_pending()
        return code


@pytest.fixture
def story(app):
    return Story()


def source_of(code):
    return db.session.scalars(select(Source).where(Source.code == code)).one()


def item_of(code):
    return db.session.scalars(select(Item).where(Item.code == code)).one()


def flags(code):
    return [(each.kind, each.decision) for each in flags_of(item_of(code))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("《安全生产法》第二十七条", {1}),
        ("安全生产法第27条", {1}),
        ("《中华人民共和国安全生产法》（2021修正）", {1}),
        ("GB 30871—2022 第5.1.2条", {2}),
        ("GB30871 5.1", {2}),
        ("GB 30871-2014 5.1", set()),
        ("GB 308712", set()),
        ("《安全生产法》和 GB 30871-2022", {1, 2}),
        ("《安全生产法实施细则》第三条", set()),
        ("第十条", set()),
        ("", set()),
    ],
)
def test_a_source_is_found_by_number_or_title_only_where_that_is_sure(text, found):
    register = [
        Source(id=number, title=each.title, number=each.number, in_force_from=each.in_force_from)
        for number, each in ((1, LAW), (2, STANDARD))
    ]
    assert Matcher(register, date(2026, 11, 29)).cited(text) == found


def test_the_edition_in_force_is_meant_where_a_text_names_none():
    old = Source(
        id=1, title="甲法", number="", in_force_from=date(2010, 1, 1), in_force_until=date(2019, 12, 31)
    )
    new = Source(id=2, title="甲法", number="", in_force_from=date(2020, 1, 1))
    assert Matcher([new, old], date(2026, 1, 1)).cited("《甲法》第三条") == {2}
    assert Matcher([new, old], date(2015, 1, 1)).cited("《甲法》第三条") == {1}


@given(st.integers(1, 199))
def test_an_article_is_the_same_in_chinese_and_in_digits(number):
    signs = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    word = f"{signs[hundreds]}百" if hundreds else ""
    word += (
        (f"{signs[tens]}十" if hundreds or tens > 1 else "十")
        if tens
        else ("零" if hundreds and ones else "")
    )
    word += signs[ones] if ones else ""
    assert articles_in(f"第{word}条") == articles_in(f"第{number}条") == {str(number)}


def test_a_replaced_source_flags_the_items_in_use_that_name_what_changed_and_a_second_person_decides(story):
    with transaction():
        named, elsewhere, whole = (
            story.item(each)
            for each in ("《安全生产法》第二十七条", "《安全生产法》第三条", "《安全生产法》")
        )
    law = story.source(LAW)
    assert len(in_use_citing(source_of(law))) == 3

    new = replace(LAW, number="主席令第99号", in_force_from=date(2027, 1, 1))
    with transaction():
        replace_source(source_of(law), new, ["27"], by=story.author)
    jobs.run_pending()
    assert source_of(law).in_force_until == date(2026, 12, 31)
    assert (flags(named), flags(elsewhere), flags(whole)) == (
        [("source_changed", None)],
        [],
        [("source_changed", None)],
    )
    (flag,) = flags_of(item_of(named))
    assert values_of(flag.evidence[0])["articles"] == ["27"]
    assert open_kinds([flag.version_id]) == {flag.version_id: ["source_changed"]}
    with pytest.raises(Conflict):
        repeal_source(source_of(law), date(2027, 5, 1), by=story.author)
    with pytest.raises(Invalid):
        keep_item(flag, " ", by=story.reviewer)
    db.session.rollback()

    with transaction():
        keep_item(flags_of(item_of(named))[0], "条款号变了，内容未变。", by=story.reviewer)
        room.retire(item_of(whole).versions[0], "", by=story.reviewer)
    assert (flags(named), flags(whole)) == ([("source_changed", "kept")], [("source_changed", "retired")])
    with pytest.raises(Conflict):
        keep_item(flags_of(item_of(named))[0], "再说一次。", by=story.reviewer)
    kinds = list(db.session.scalars(select(Entry.kind)))
    assert {"source.recorded", "source.replaced", "items.flagged", "item.flag_decided"} <= set(kinds)


def test_who_wrote_an_item_or_recorded_the_change_does_not_say_that_it_is_right(story):
    with transaction():
        record = room.write_item(
            story.bank, Draft(ItemType.SINGLE, make_body(ItemType.SINGLE)), by=story.author
        )
        room.submit(record.versions, by=story.author)
        room.approve(record.versions[0], by=story.reviewer)
        code = record.code
        finding = [Finding(code, 1, "source_changed", {"source": "x", "articles": [], "until": ""})]
        raise_flags(story.centre, "source:x:", finding, by=story.reviewer)
    with pytest.raises(Forbidden):
        keep_item(flags_of(item_of(code))[0], "无误，已核对。", by=story.reviewer)
    db.session.rollback()
    with pytest.raises((Refused, Forbidden)):
        keep_item(flags_of(item_of(code))[0], "无误，已核对。", by=story.author)
    db.session.rollback()
    with transaction():
        keep_item(flags_of(item_of(code))[0], "无误，已核对。", by=story.other)
    assert flags(code) == [("source_changed", "kept")]


def test_a_flag_comes_back_by_new_evidence_alone_and_goes_with_a_new_version(story):
    with transaction():
        code = make_approved(story.bank, story.staff)[0].code
    finding = [Finding(code, 1, "key_likely_wrong", {"option": "C", "key": "B"})]

    def raised(subject):
        with transaction():
            return len(raise_flags(story.centre, subject, finding, by=None))

    assert [raised(each) for each in ("S-1", "S-1", "S-2")] == [1, 0, 0]
    evidence = db.session.scalars(select(FlagEvidence)).all()
    assert [each.subject for each in evidence] == ["S-1", "S-2"]
    assert b"option" not in evidence[0].details_sealed
    with transaction():
        keep_item(flags_of(item_of(code))[0], "已核对教材，答案无误。", by=story.reviewer)
    assert [raised(each) for each in ("S-1", "S-2", "S-3")] == [0, 0, 1]

    with transaction():
        rotate_code = story.bank.code
    rotate(rotate_code, by=story.author)
    assert values_of(flags_of(item_of(code))[0].evidence[0])["option"] == "C"
    with transaction():
        version = room.revise_item(item_of(code), make_body(ItemType.SINGLE), by=story.author)
        room.submit([version], by=story.author)
        room.approve(version, by=story.reviewer)
    assert sorted(flags(code)) == [("key_likely_wrong", "changed"), ("key_likely_wrong", "kept")]
    assert raised("S-4") == 0
    with transaction():
        assert raise_flags(story.centre + 1000, "S-5", finding, by=None) == []


def test_all_flags_of_an_item_stand_on_one_page_however_many_items_are_flagged(client, story):
    with transaction():
        codes = [make_approved(story.bank, story.staff)[0].code for _item in range(11)]
        bank, reviewer = story.bank.code, story.reviewer
        for kind, values in (
            ("too_easy", {"percent": 99}),
            ("key_likely_wrong", {"option": "C", "key": "B"}),
        ):
            raise_flags(story.centre, "S-1", [Finding(each, 1, kind, values) for each in codes], by=None)
        client.sign_in(reviewer)
    first, second = (client.get(f"/exam/bank/{bank}/flags?page={number}").text for number in (1, 2))
    assert (first.count("/keep"), second.count("/keep")) == (20, 2)
    assert "(11)" in client.get(f"/exam/bank/{bank}").text


def test_points_are_renamed_moved_and_closed_and_their_items_stay(story):
    with transaction():
        qualification = story.bank.qualification
        first = room.add_knowledge_point(qualification, "01", "法律法规", by=story.author)
        second = room.add_knowledge_point(qualification, "01.1", "安全生产法", first, by=story.author)
        third = room.add_knowledge_point(qualification, "02", "安全生产法", by=story.author)
        make_approved(story.bank, story.staff, number=2, point=second)
        make_approved(story.bank, story.staff, ItemType.TRUE_FALSE, point=first)
        (top, other) = tree_of(story.bank)
        assert (top.own, top.whole, top.below[0].whole, other.whole) == (1, 3, 2, 0)
        names = by_text([first, second, third])
        assert names["法律法规"] is first and "安全生产法" not in names and names["02"] is third
        with pytest.raises(Invalid):
            change_point(story.bank, first, "法律法规", second, by=story.author)
        change_point(story.bank, second, "安全生产法律", third, by=story.author)
        assert [each.whole for each in tree_of(story.bank)] == [1, 2]
        close_point(story.bank, second, by=story.author)
        assert choosable([first, second]) == [first]
        record_edition(story.bank, "2020 版", date(2020, 1, 1), by=story.author)
        record_edition(story.bank, "2026 版", date(2026, 6, 1), by=story.author)
        with pytest.raises(Invalid):
            record_edition(story.bank, "旧版", date(2019, 1, 1), by=story.author)


def test_the_register_the_flags_and_the_syllabus_over_http(client, story):
    with transaction():
        code = story.item("GB 30871-2022 5.1.2")
        bank = story.bank.code
    client.sign_in(story.author)
    data = {
        "kind": "standard",
        "title": STANDARD.title,
        "number": STANDARD.number,
        "in_force_from": "2022-10-01",
    }
    shown = client.post("/exam/bank/sources", data=data)
    looking = client.get(shown.location).text
    assert "正在查找以此为依据的试题" in looking and "没有试题以此为依据" not in looking
    jobs.run_pending()
    assert "正在查找以此为依据的试题" not in client.get(shown.location).text
    assert code in client.get(shown.location).text
    assert client.post("/exam/bank/sources", data=data).status_code == 409
    assert client.post(f"{shown.location}/repeal", data={"last_day": "2020-01-01"}).status_code == 422
    today = clock.today() + timedelta(days=1)
    assert client.post(f"{shown.location}/repeal", data={"last_day": today.isoformat()}).status_code == 302
    jobs.run_pending()
    flag = db.session.scalars(select(ItemFlag.code)).one()
    assert client.post(f"/exam/bank/flags/{flag}/keep", data={"reason": "无误，已核对。"}).status_code == 403

    client.sign_in(story.reviewer)
    assert "复核表现异常或依据变更的试题" in client.get("/home/exam").text
    assert STANDARD.title in client.get(f"/exam/bank/{bank}/flags").text
    assert "待复核事项" in client.get(f"/exam/bank/items/{code}").text
    assert client.post(f"/exam/bank/flags/{flag}/keep", data={"reason": "无误，已核对。"}).status_code == 302
    assert "复核表现异常或依据变更的试题" not in client.get("/home/exam").text

    client.sign_in(story.author)
    point = {"code": "01", "name": "特殊作业", "parent": ""}
    assert client.post(f"/exam/bank/{bank}/points", data=point).status_code == 302
    assert (
        client.post(f"/exam/bank/{bank}/points/01", data={"name": "特殊作业安全", "parent": ""}).status_code
        == 302
    )
    edition = {"edition": "2026 版", "valid_from": "2026-06-01"}
    assert client.post(f"/exam/bank/{bank}/syllabus", data=edition).status_code == 302
    page = client.get(f"/exam/bank/{bank}/points").text
    assert "特殊作业安全" in page and "2026 版" in page
    assert client.post(f"/exam/bank/{bank}/points/01", data={"close": "1"}).status_code == 302


def test_sources_of_versions_are_named_beside_them(story):
    source = story.source(STANDARD)
    with transaction():
        item = item_of(story.item("GB 30871 第5条"))
        assert [each.code for each in sources_of([item.versions[0].id])[item.versions[0].id]] == [source]


def test_whoever_reviews_a_paper_reads_that_a_question_is_to_be_looked_at(client, story):
    with transaction():
        paper = make_paper(story.staff, story.bank)
        place = paper.places[0]
        finding = [Finding(place.version.item.code, place.version.number, "too_easy", {"percent": 99})]
        raise_flags(story.centre, "S-1", finding, by=None)
        code, reviewer = paper.code, story.staff.paper_reviewer
        client.sign_in(reviewer)
    assert "1 题待题库审题人复核" in client.get(f"/exam/papers/{code}").text
