"""Whoever decides about an item decides about the text that they read; a page left open decides no other."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.factories.bank import make_bank, make_item, make_staff
from tests.worlds import built_once
from trainhub.exams import bank as room
from trainhub.exams.bank import Draft, ItemBody, ItemType, rotation, write_item
from trainhub.exams.bank.alike.comparing import Difference
from trainhub.exams.bank.as_shown import Unread, mark_of, require_as_shown
from trainhub.exams.bank.comments import comment
from trainhub.exams.bank.flags import Finding, raise_flags
from trainhub.exams.bank.items import newest_version, revise_item
from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.bank.models_alike import Leak, Pair
from trainhub.exams.bank.models_sources import ItemFlag
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person

STEM = "动火作业前应当对作业现场的可燃气体浓度进行检测，间隔不超过30分钟。"
OTHER = "高处作业人员必须系好安全带，下方不得有人停留。"


def question(stem):
    return ItemBody(stem, (), ("T",))


@pytest.fixture
@built_once
def place(app):
    """A bank with two like drafts, as plain ids and codes."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        items = [
            write_item(bank, Draft(ItemType.TRUE_FALSE, question(stem)), by=staff.author)
            for stem in (STEM, STEM.replace("30", "60"))
        ]
        found = {"bank": bank.code, "items": [each.code for each in items]}
        found |= {"author": staff.author.id, "reviewer": staff.reviewer.id}
    return found


def be(client, place, who):
    client.sign_in(db.session.get_one(Person, place[who]))


def item_of(code):
    return db.session.scalars(select(Item).where(Item.code == code)).one()


def write_anew(place, code, stem=OTHER):
    """Let the author say something else; over the draft, so that the version's number stays."""
    db.session.rollback()
    with transaction():
        author = db.session.get_one(Person, place["author"])
        revise_item(item_of(code), question(stem), by=author)


def states():
    db.session.rollback()
    return set(db.session.scalars(select(ItemVersion.state)))


def ticked(page):
    return re.findall('name="item" value="(.*?)"', page)


def shown_in(page, url):
    """What the form that goes to an address brings back of what the page showed."""
    form = page.split(f'action="{url}"')[1].partition("</form>")[0]
    return re.search('name="shown" value="(.*?)"', form)[1]


def test_many_are_approved_in_the_version_that_the_list_showed_and_in_no_later_one(client, place):
    with transaction():
        author = db.session.get_one(Person, place["author"])
        room.submit([newest_version(item_of(each)) for each in place["items"]], by=author)
    be(client, place, "reviewer")
    chosen = ticked(client.get(f"/exam/bank/{place['bank']}").text)
    with transaction():
        author, reviewer = (db.session.get_one(Person, place[who]) for who in ("author", "reviewer"))
        version = newest_version(item_of(place["items"][0]))
        room.send_back(version, "请改", by=reviewer)
        room.submit([revise_item(version.item, question(OTHER), by=author)], by=author)

    form = {"action": "approve", "item": chosen}
    report = client.post(f"/exam/bank/{place['bank']}/items?lang=en", data=form, follow_redirects=True).text

    found = [[each.state for each in item_of(code).versions] for code in place["items"]]
    assert found == [["draft", "in_review"], ["approved"]]
    assert f"{place['items'][0]} was changed since this page was shown" in report


def test_of_all_items_of_a_list_those_handed_in_after_it_was_shown_stay_as_they_are(client, place):
    first, second = place["items"]
    with transaction():
        author = db.session.get_one(Person, place["author"])
        room.submit([newest_version(item_of(first))], by=author)
    be(client, place, "reviewer")
    page = client.get(f"/exam/bank/{place['bank']}?state=in_review").text
    with transaction():
        author = db.session.get_one(Person, place["author"])
        room.submit([newest_version(item_of(second))], by=author)

    form = {"action": "approve", "everything": "1", "state": "in_review"}
    url = f"/exam/bank/{place['bank']}/items"
    assert client.post(url, data=form).status_code == 422, "the form does not say what was shown"
    form["shown_at"] = re.search('name="shown_at" value="(.*?)"', page)[1]
    answer = client.post(url, data=form)

    assert "/items/bulk/" in answer.location
    assert [newest_version(item_of(code)).state for code in (first, second)] == ["approved", "in_review"]


@pytest.mark.parametrize("deed", [{"action": "submit"}, {"action": "difficulty", "difficulty": "3"}])
def test_a_draft_written_over_after_the_list_was_shown_is_left_alone_by_a_deed_on_many(client, place, deed):
    be(client, place, "author")
    chosen = ticked(client.get(f"/exam/bank/{place['bank']}").text)
    changed, other = place["items"]
    write_anew(place, changed)

    client.post(f"/exam/bank/{place['bank']}/items", data={"item": chosen} | deed)

    found = [(newest_version(item_of(code)).state, item_of(code).level) for code in (changed, other)]
    assert found[0] == ("draft", None) and found[1] != ("draft", None)


def test_an_item_ticked_without_what_was_shown_of_it_is_refused(client, place):
    be(client, place, "author")
    form = {"action": "submit", "item": place["items"]}
    answer = client.post(f"/exam/bank/{place['bank']}/items", data=form)
    assert "/items/bulk/" in answer.location and states() == {"draft"}


@pytest.mark.parametrize("verdict", ["first", "second", "different"])
@pytest.mark.parametrize("changed", [0, 1])
def test_a_pair_is_judged_by_the_two_texts_that_were_shown(client, place, verdict, changed):
    be(client, place, "reviewer")
    pair = db.session.scalars(select(Pair)).one()
    list_url = f"/exam/bank/{place['bank']}/alike"
    url = f"{list_url}/{pair.id}"
    form = {"verdict": verdict, "shown": shown_in(client.get(list_url).text, url)}
    write_anew(place, place["items"][changed], STEM.replace("30", "45"))

    told = client.post(f"{url}?lang=en", data=form, follow_redirects=True).text

    assert states() == {"draft"} and db.session.scalars(select(Pair.state)).all() == ["open"]
    assert f"{place['items'][changed]} was changed since this page was shown" in told
    form["shown"] = shown_in(client.get(list_url).text, url)
    client.post(url, data=form)
    assert db.session.scalars(select(Pair.state)).one() != "open"


def test_a_leak_is_settled_by_the_text_that_was_shown(client, place):
    def resembles():
        db.session.rollback()
        with transaction():
            item = item_of(place["items"][0])
            db.session.add(
                Leak(id=7, item_id=item.id, record_code="PQ-1", percent=90, difference=Difference.WORDING)
            )

    resembles()
    be(client, place, "reviewer")
    list_url = f"/exam/bank/{place['bank']}/leaks"
    url = f"{list_url}/7"
    form = {"retire": "1", "shown": shown_in(client.get(list_url).text, url)}
    write_anew(place, place["items"][0])
    resembles()

    client.post(url, data=form)

    assert states() == {"draft"}
    assert db.session.scalars(select(Leak.seen_at)).one() is None


@pytest.mark.parametrize(("deed", "who"), [("retire", "reviewer"), ("hand-in", "author")])
def test_an_item_is_retired_or_handed_in_as_its_page_showed_it(client, place, deed, who):
    be(client, place, who)
    code = place["items"][0]
    url = f"/exam/bank/items/{code}/{deed}"
    form = {"text": "过时", "shown": shown_in(client.get(f"/exam/bank/items/{code}").text, url)}
    write_anew(place, code)

    told = client.post(f"{url}?lang=en", data=form, follow_redirects=True).text

    assert states() == {"draft"}
    assert f"{code} was changed since this page was shown" in told


def test_a_change_does_not_silently_undo_what_another_author_wrote_meanwhile(client, place):
    be(client, place, "author")
    code = place["items"][0]
    url = f"/exam/bank/items/{code}"
    page = client.get(url).text
    form = {"type": "true_false", "stem": f"{STEM}对吗？", "answer": "T", "shown": shown_in(page, url)}
    write_anew(place, code)

    answer = client.post(f"{url}?lang=en", data=form)

    assert answer.status_code == 409 and f"{code} was changed since this page was shown" in answer.text
    assert f"{STEM}对吗？" in answer.text and OTHER in answer.text, (
        "what was typed stays, what came stands there"
    )
    assert body_of(newest_version(item_of(code))).stem == OTHER
    form["shown"] = shown_in(answer.text, url)
    assert client.post(url, data=form).status_code == 302
    assert body_of(newest_version(item_of(code))).stem == f"{STEM}对吗？"


def test_a_mark_holds_through_a_rotation_of_the_key_and_a_number_alone_stands_for_its_version(app, place):
    item = item_of(place["items"][0])
    before = mark_of(newest_version(item))
    with transaction():
        author = db.session.get_one(Person, place["author"])
        assert require_as_shown(item_of(place["items"][0]), "1").number == 1
        assert require_as_shown(item_of(place["items"][0]), before).number == 1
        for wrong in ("", "2", "1.0000000000000000", "x", place["items"][1]):
            with pytest.raises(Unread):
                require_as_shown(item_of(place["items"][0]), wrong)
    rotation.rotate(place["bank"], by=author)
    assert mark_of(newest_version(item_of(place["items"][0]))) == before


def test_two_items_of_the_same_text_have_marks_of_their_own(app):
    with transaction():
        staff = make_staff()
        versions = [newest_version(make_item(make_bank(staff), staff)) for _each in range(2)]
        assert len({mark_of(each) for each in versions}) == 2


def test_a_form_left_blank_comes_back_to_its_page_with_the_reason(client, place):
    with transaction():
        author, reviewer = (db.session.get_one(Person, place[who]) for who in ("author", "reviewer"))
        version, other = (newest_version(item_of(code)) for code in place["items"])
        asked = comment(version, "stem", "请核对。", by=reviewer)
        room.submit([other], by=author)
        room.approve(other, by=reviewer)
        finding = Finding(other.item.code, 1, "too_easy", {"percent": 99})
        raise_flags(other.item.bank.organisation_id, "S-1", [finding], by=None)
        codes = asked.review.code, db.session.scalars(select(ItemFlag.code)).one()
    be(client, place, "reviewer")
    items, item = f"/exam/bank/{place['bank']}/items", f"/exam/bank/items/{place['items'][0]}"
    ticked_one = ticked(client.get(f"/exam/bank/{place['bank']}?lang=en").text)[:1]
    for url, form, said in (
        (items, {"action": "approve"}, "Choose items and what is to be done with them."),
        (items, {"action": "retire", "item": ticked_one, "reason": " "}, "Say why the items are retired."),
        (f"{item}/remarks", {"text": " "}, "A comment has one to 2,000 characters."),
        (f"{item}/remarks/{codes[0]}/answer", {"text": " "}, "A comment has one to 2,000 characters."),
        (f"/exam/bank/flags/{codes[1]}/keep", {"reason": " "}, "Say why the item is right as it is."),
    ):
        page = client.post(url, data=form)
        assert page.status_code == 422 and said in page.text and f'action="{url}"' in page.text, url
    assert states() == {"draft", "approved"}
