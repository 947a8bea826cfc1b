"""The pages of opening officers: key, list, opening; what is refused, counted, and never logged."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories.bank import make_staff
from tests.factories.delivery import make_seated_candidate
from tests.factories.opening import (
    make_opening_officers,
    make_sealed_for,
    make_waiting_sitting,
    passphrase_of,
)
from tests.factories.people import give_duty, make_officer, make_person
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.papers.models import Paper
from trainhub.exams.papers.models_opening import OpeningKey
from trainhub.exams.papers.proving import prove
from trainhub.exams.papers.proving_seals import WEAKNESS
from trainhub.exams.sittings.models import Sitting
from trainhub.exams.sittings.relations import state_paper
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry
from trainhub.people.models import Person
from trainhub.people.sign_in import open_account
from trainhub.separation.duties import Duty

PASSWORD = "a password of ten"


@pytest.fixture
def place(app):
    """A paper sealed for three officers and the sitting that waits for it."""
    with transaction():
        staff = make_staff()
        officers = make_opening_officers(staff.centre)
        paper = make_sealed_for(staff, officers)
        sitting = make_waiting_sitting(paper)
        return {
            "centre": staff.centre.id,
            "paper": paper.code,
            "sitting": sitting.code,
            "officers": [each.id for each in officers],
            "reviewer": staff.paper_reviewer.id,
        }


def be(client, person_id):
    client.sign_in(db.session.get_one(Person, person_id))


def give(client, place, passphrase):
    url = f"/exam/papers/{place['paper']}/opening/{place['sitting']}"
    return client.post(url, data={"passphrase": passphrase})


def test_two_officers_open_a_paper_on_its_page(client, place):
    url = f"/exam/papers/{place['paper']}/opening"
    be(client, place["officers"][0])
    assert place["sitting"] in client.get("/home/exam").text
    to_do = f'href="{url}">启封试卷</a>'
    assert to_do in client.get("/exam/papers/opening").text
    assert give(client, place, passphrase_of(0)).status_code == 302
    assert to_do not in client.get("/exam/papers/opening").text, "theirs is given"
    assert 'name="passphrase"' not in client.get(url).text
    assert give(client, place, passphrase_of(0)).status_code == 409

    be(client, place["officers"][1])
    assert 'name="passphrase"' in client.get(url).text
    assert give(client, place, passphrase_of(1)).status_code == 302
    assert db.session.scalars(select(Paper.key_sealed)).one() is not None
    assert place["sitting"] not in client.get("/home/exam").text
    be(client, place["reviewer"])
    assert client.get(f"/exam/papers/{place['paper']}").status_code == 200


def test_a_reserve_paper_waits_for_its_officers_once_the_sitting_goes_on_with_it(client, place):
    with transaction():
        sitting = db.session.scalars(select(Sitting).where(Sitting.code == place["sitting"])).one()
        sitting.paper_code, sitting.reserve_paper_code = "P-FIRST", place["paper"]
        whose = {"candidate_id": make_seated_candidate(sitting, 9).id, "sitting_id": sitting.id}
    be(client, place["officers"][0])
    url = f"/exam/papers/{place['paper']}/opening"
    assert place["sitting"] not in client.get("/home/exam").text
    assert "仅在改用备用卷继续考试时启封" in client.get(url).text

    with transaction():
        db.session.add(Attempt(round=2, paper_code=place["paper"], admitted_at=clock.now(), **whose))

    assert place["sitting"] in client.get("/home/exam").text
    assert "仅在改用备用卷继续考试时启封" not in client.get(url).text


def test_the_page_of_an_opened_paper_says_which_two_of_its_officers_opened_it(client, place):
    be(client, place["reviewer"])
    assert "启封人员" not in client.get(f"/exam/papers/{place['paper']}").text
    for one in (2, 0):
        be(client, place["officers"][one])
        give(client, place, passphrase_of(one))
    names = [db.session.get_one(Person, place["officers"][one]).name for one in (2, 0)]

    assert f"启封人员：{'、'.join(names)}" in client.get(f"/exam/papers/{place['paper']}/opening").text
    be(client, place["reviewer"])
    assert f"<dt>启封人员</dt><dd>{'、'.join(names)} ·" in client.get(f"/exam/papers/{place['paper']}").text


def test_a_wrong_passphrase_is_counted_although_nothing_else_happens_and_stands_in_no_log(
    client, place, capfd
):
    be(client, place["officers"][0])

    answer = give(client, place, "a wrong passphrase of mine")
    assert give(client, place, passphrase_of(0)).status_code == 302

    assert answer.status_code == 422
    assert "a wrong passphrase of mine" not in answer.text
    kinds = db.session.scalars(select(Entry.kind).where(Entry.kind.startswith("opening_key."))).all()
    assert kinds.count("opening_key.failed") == 1
    said = "".join(capfd.readouterr())
    assert "/opening/" in said, "the control: the request is logged"
    assert passphrase_of(0) not in said and "a wrong passphrase of mine" not in said
    assert not [body for body in db.session.scalars(select(Entry.body)) if body and "passphrase of" in body]


def test_officers_of_another_centre_and_without_a_share_find_nothing(client, place):
    with transaction():
        stranger = make_officer(Duty.OPEN_PAPERS).id
        colleague = make_person()
        give_duty(colleague, Duty.OPEN_PAPERS, db.session.get_one(type(make_staff().centre), place["centre"]))
        ids = [stranger, colleague.id]
    for each in ids:
        be(client, each)
        assert client.get(f"/exam/papers/{place['paper']}/opening").status_code == 404
        assert give(client, place, passphrase_of(0)).status_code == 404
        assert place["paper"] not in client.get("/exam/papers/opening").text
    be(client, place["reviewer"])
    assert give(client, place, passphrase_of(0)).status_code == 403


def test_an_officer_sets_up_a_key_with_their_sign_in_password_and_confirms_to_replace_it(client, place):
    with transaction():
        person = db.session.get_one(Person, place["officers"][0])
        newcomer = make_person()
        open_account(newcomer, "newcomer", PASSWORD, by=None)
        from trainhub.people.models import Organisation

        give_duty(newcomer, Duty.OPEN_PAPERS, db.session.get_one(Organisation, place["centre"]))
        ids = person.id, newcomer.id
    form = {"password": PASSWORD, "passphrase": "sixteen letters or more", "again": "sixteen letters or more"}

    be(client, ids[1])
    assert "启封密钥" in client.get("/home/exam").text
    assert client.post("/exam/papers/opening/key", data=form | {"password": "wrong"}).status_code == 422
    assert client.post("/exam/papers/opening/key", data=form | {"again": "another"}).status_code == 422
    short = {"passphrase": "short", "again": "short"}
    assert client.post("/exam/papers/opening/key", data=form | short).status_code == 422
    assert client.post("/exam/papers/opening/key", data=form).status_code == 302
    made = select(OpeningKey).where(OpeningKey.person_id == ids[1], OpeningKey.replaced_at.is_(None))
    assert len(db.session.scalars(made).all()) == 1
    assert client.post("/exam/papers/opening/key", data=form).status_code == 302
    assert len(db.session.scalars(made).all()) == 1

    be(client, ids[0])
    assert client.post("/exam/papers/opening/key", data=form).status_code == 422


def test_the_reviewer_chooses_the_officers_when_sealing(client, place):
    with transaction():
        staff = make_staff()
        officers = make_opening_officers(staff.centre)
        from tests.factories.bank import make_paper
        from trainhub.exams import papers

        paper = make_paper(staff)
        papers.see_proof(paper, by=staff.paper_reviewer)
        papers.approve_paper(paper, by=staff.paper_reviewer)
        code, reviewer, ids = paper.code, staff.paper_reviewer.id, [each.id for each in officers]
    be(client, reviewer)
    url = f"/exam/papers/{code}/seal"

    for chosen in (ids[:1], [*ids[:1], place["officers"][0]]):
        assert client.post(url, data={"opening": "officers", "officers": chosen}).status_code == 422
    assert client.post(url, data={"opening": "officers", "officers": ids}).status_code == 302
    page = client.get(f"/exam/papers/{code}").text
    assert "8" in page and "隐患" not in page


def test_the_proof_report_names_who_held_shares_who_opened_and_the_weakness_of_the_clock(client, place):
    from tests.factories.bank import make_sealed
    from trainhub.exams.sittings.plan import get_sitting

    for number in (0, 1):
        be(client, place["officers"][number])
        give(client, place, passphrase_of(number))
    with transaction():
        by = db.session.get_one(Person, place["reviewer"])
        state_paper(get_sitting(place["sitting"]), None, by=by)
        other = make_waiting_sitting(make_sealed(make_staff()))
        state_paper(other, None, by=by)
        code = other.code

    seals = next(section for section in prove(place["sitting"]) if section.id == "seals")
    told = [(row[1].code, row[2].id, row[3].code) for row in seals.rows]
    first, second, third = place["officers"]
    assert {("officers", each, "held") for each in (first, second, third)} <= set(told)
    assert ("officers", first, "first") in told and ("officers", second, "second") in told
    assert seals.note != WEAKNESS

    (by_clock,) = [section for section in prove(code) if section.id == "seals"]
    assert [row[1].code for row in by_clock.rows] == ["clock"]
    assert by_clock.note == WEAKNESS
