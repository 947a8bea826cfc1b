"""Two versions side by side: whatever changes in a question of any type is found, named and marked."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.factories.bank import make_approved, make_bank, make_staff
from tests.factories.every_type import EVERY_TYPE, options
from trainhub.exams.bank.content import Credit, ItemType, Medium
from trainhub.exams.bank.details import Blank, CaseSet, Criterion, Region, Target, Unit
from trainhub.exams.bank.differing import changed_regions, differences, marked
from trainhub.exams.bank.items import revise_item
from trainhub.kernel.db import db

KINDS = {kind: EVERY_TYPE[kind] for kind in ItemType}


def in_detail(kind, **values):
    return replace(KINDS[kind], detail=replace(KINDS[kind].detail, **values))


def parts(change):
    first, *others = KINDS[ItemType.CASE_SET].detail.parts
    return CaseSet((*others[:0], change(first), *others))


SCENE = KINDS[ItemType.HAZARD_SPOTTING].detail
MOVED = replace(SCENE.regions[3], corners=((7700, 5450), (9500, 5450), (9500, 7900), (7800, 7900)))
CHANGES = [
    (ItemType.SINGLE, {"stem": "灭火器压力表在哪一区域？"}, "stem"),
    (ItemType.SINGLE, {"options": options("红区", "绿区", "黄区", "蓝区")}, "option-D"),
    (ItemType.SINGLE, {"answer": ("C",)}, "key-1"),
    (ItemType.SINGLE, {"explanation": "见说明书。"}, "explanation"),
    (ItemType.SINGLE, {"source_article": "GB 4351 6.1"}, "source"),
    (ItemType.MULTIPLE, {"credit": Credit.ALL_OR_NOTHING}, "credit"),
    (ItemType.ORDERING, {"answer": ("A", "D", "B", "C")}, "key-1"),
    (
        ItemType.TRUE_FALSE,
        {"rich": True, "stem": "进入<strong>有限空间</strong>前必须先通风、再检测、后作业。"},
        "stem",
    ),
    (
        ItemType.FILL_IN,
        {"blanks": (Blank(("2.0",), tolerance=Decimal("0.1")), Blank(("高处",)), Blank(("低",)))},
        "",
    ),
    (ItemType.NUMERIC, {"tolerance": Decimal("0.02")}, "tolerance"),
    (ItemType.NUMERIC, {"units": (Unit("Pa", Decimal("0.000001")),)}, "unit-1"),
    (
        ItemType.MATCHING,
        {"targets": tuple(Target(str(n), t) for n, t in enumerate("警告 指令 禁止 其他".split(), 1))},
        "",
    ),
    (ItemType.CONSTRUCTED, {"criteria": (Criterion("办理动火审批", 3),)}, "criterion-1"),
    (ItemType.CONSTRUCTED, {"longest": 400}, "longest"),
    (ItemType.HAZARD_SPOTTING, {"regions": (*SCENE.regions[:3], MOVED)}, "hazard-4"),
    (ItemType.HAZARD_SPOTTING, {"false_percent": 25}, "false"),
    (ItemType.HAZARD_SPOTTING, {"most_marks": 6}, "most"),
    (ItemType.HAZARD_SPOTTING, {"media": (Medium("workshop.png", "0" * 64, "image/png", "车间"),)}, "file-1"),
]


@pytest.mark.parametrize(("kind", "values", "key"), CHANGES, ids=lambda each: str(each)[:20])
def test_a_change_of_anything_is_found_and_its_words_are_marked(app, kind, values, key):
    old = KINDS[kind]
    new = replace(old, **values) if hasattr(old, next(iter(values))) else in_detail(kind, **values)
    assert differences(kind, old, old) == []
    found = differences(kind, old, new)
    assert found and all(each.old != each.new for each in found)
    texts = [
        ("".join(t for t, _o in each.old_pieces), "".join(t for t, _o in each.new_pieces)) for each in found
    ]
    for each, (before, after) in zip(found, texts, strict=True):
        assert before == (each.old.words if each.old else "") and after == (
            each.new.words if each.new else ""
        )
    assert changed_regions(old, new) == (frozenset({4}) if key == "hazard-4" else frozenset())


def test_a_question_of_a_case_is_compared_part_by_part(app):
    old = KINDS[ItemType.CASE_SET]
    new = replace(
        old, detail=parts(lambda part: replace(part, weight=2, body=replace(part.body, answer=("A",))))
    )
    found = differences(ItemType.CASE_SET, old, new)
    assert len(found) == 2 and all("1" in each.name for each in found)


def test_a_time_of_a_film_differs_by_its_words_and_a_number_is_one_word(app):
    assert marked("从 12.5 s 起", "从 12 s 起") == (
        (("从 ", False), ("12.5", True), (" s 起", False)),
        (("从 ", False), ("12", True), (" s 起", False)),
    )
    film = replace(SCENE, regions=(Region("未戴", (), 1000, 2000),))
    later = replace(SCENE, regions=(Region("未戴", (), 1000, 2500),))
    base = KINDS[ItemType.HAZARD_SPOTTING]
    (found,) = differences(ItemType.HAZARD_SPOTTING, replace(base, detail=film), replace(base, detail=later))
    assert found.new_pieces[-2][0] == "2.5"


def test_texts_rewritten_at_great_length_are_compared_in_no_time(app):
    begun = time.process_time()
    old, new = "头" + "的" * 15_000 + "尾", "头" + "地" + "的" * 14_000 + "得" + "尾"
    left, right = marked(old, new)
    assert time.process_time() - begun < 1, "it took half a minute of the processor"
    assert ("".join(text for text, _other in left), "".join(text for text, _other in right)) == (old, new)
    assert (left[0], left[-1], right[-1]) == (("头", False), ("尾", False), ("尾", False))


def test_the_page_marks_what_is_gone_and_new_for_eyes_and_ears(client, app):
    staff = make_staff()
    (item,) = make_approved(make_bank(staff), staff)
    (old,) = item.versions
    body = KINDS[ItemType.SINGLE]
    revise_item(item, body, by=staff.author)
    code, number = item.code, old.number
    db.session.commit()
    client.sign_in(staff.reviewer)
    page = client.get(f"/exam/bank/items/{code}/difference?old={number}&new=2&lang=zh_CN").text
    assert '<del class="differs-del"><span class="visually-hidden">［删去： </span>' in page
    assert '<ins class="differs-ins"><span class="visually-hidden">［新增： </span>' in page
    assert '<span class="visually-hidden">］</span></ins>' in page and ">]<" not in page
    for wrong in ("old=2&new=2", "old=1&new=9", "old=x&new=2"):
        assert client.get(f"/exam/bank/items/{code}/difference?{wrong}").status_code in (404, 200)
    client.sign_in(make_staff().reviewer)
    db.session.commit()
    assert client.get(f"/exam/bank/items/{code}/difference").status_code == 404
