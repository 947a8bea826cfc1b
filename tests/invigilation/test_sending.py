"""A form of the desk does its deed once, and comes back with what was chosen and typed where it cannot."""

import re
from datetime import timedelta

import pytest

from tests.factories.delivery import make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.invigilation import make_on_duty, make_second_room
from tests.worlds import built_once
from trainhub.exams import delivery
from trainhub.exams.delivery.models import Attempt, Halt
from trainhub.exams.invigilation.models import Incident, InspectionNote, Measure, SentForm
from trainhub.exams.sittings.models import Sitting, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry
from trainhub.separation.duties import Duty

TOLD = "只办理一次"


@pytest.fixture
@built_once
def known(app, client):
    """Two candidates at work and an invigilator of the whole sitting signed in."""
    sitting = make_seated_sitting()
    first, _token = make_working_attempt(sitting, 1)
    second, _token = make_working_attempt(sitting, 2)
    facts = {
        "id": first.id,
        "sitting": sitting.id,
        "code": sitting.code,
        "seat": first.candidate.code,
        "seats": [first.candidate.code, second.candidate.code],
        "own": f"/exam/desk/{sitting.code}",
    }
    facts["inspector"] = make_on_duty(sitting, Duty.INSPECT)
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE))
    return facts


def extra_minutes(known):
    db.session.rollback()
    return db.session.get(Attempt, known["id"]).extra_seconds // 60


def marks_of(page):
    return re.findall(r'name="once" value="([0-9a-f]{32})"', page.text)


WHY = {"extend-room": "", "extend-minutes": "10", "extend-why": "disturbance"}


@pytest.mark.parametrize(
    ("page", "to", "data"),
    [
        ("/halts", "/halts/extend", WHY),
        ("/halts", "/halts/extend", WHY | {"extend-room": "A101"}),
        ("/candidates/{seat}", "/candidates/{seat}/extra-time", {"minutes": "10", "reason": "网络故障"}),
        ("", "/acts", {"act": "extend", "minutes": "10", "why": "network", "seat": "{seat}"}),
    ],
    ids=["sitting", "room", "seat", "chosen"],
)
def test_extra_time_that_is_sent_twice_is_given_once(client, known, page, to, data):
    page, to = page.format(**known), to.format(**known)
    mark = marks_of(client.get(known["own"] + page))[0]
    data = {name: value.format(**known) for name, value in data.items()} | {"once": mark}

    assert client.post(known["own"] + to, data=data).status_code == 302
    again = client.post(known["own"] + to, data=data, follow_redirects=True)

    assert again.status_code == 200 and TOLD in again.text
    assert again.request.path == known["own"] + page
    assert extra_minutes(known) == 10
    assert (
        db.session.query(Entry).filter(Entry.kind.in_(["attempt.extended", "attempts.extended"])).count() == 1
    )


def test_the_same_time_given_from_a_fresh_page_is_given_again(client, known):
    for mark in (marks_of(client.get(f"{known['own']}/halts"))[0] for _again in range(2)):
        assert client.post(f"{known['own']}/halts/extend", data=WHY | {"once": mark}).status_code == 302

    assert extra_minutes(known) == 20


def test_a_record_a_note_and_a_pause_that_are_sent_twice_stand_once(client, known):
    own = known["own"]
    for page, to, data in (
        ("/incidents", "/incidents", {"kind": "other", "description": "空调滴水，已请工程人员处理。"}),
        ("", "/acts", {"act": "note", "text": "起身举手一次", "seat": known["seat"]}),
        (
            "",
            "/acts",
            {"act": "record", "text": "机器反复重启，考生示意。", "kind": "equipment", "seat": known["seat"]},
        ),
        ("/halts", "/halts/pause", {"pause-room": "", "pause-why": "network"}),
    ):
        sent = data | {"once": marks_of(client.get(own + page))[0]}
        assert [client.post(own + to, data=sent).status_code for _twice in range(2)] == [302, 302], to

    db.session.rollback()
    assert db.session.query(Incident).count() == 2
    assert db.session.query(Measure).filter_by(kind="note").count() == 1
    assert db.session.query(Halt).count() == 1
    (halt,) = db.session.query(Halt)
    address = f"{own}/halts/{halt.code}/resume"
    mark = marks_of(client.get(f"{own}/halts"))[0]
    assert [client.post(address, data={"once": mark}).status_code for _twice in range(2)] == [302, 302]


def test_an_inspectors_note_that_is_sent_twice_stands_once(client, known):
    client.sign_in(db.session.merge(known["inspector"]))
    page = f"{known['own']}/inspection"
    sent = {"remarks": "考场秩序良好。", "once": marks_of(client.get(page))[0]}

    assert [client.post(page, data=sent).status_code for _twice in range(2)] == [302, 302]
    assert db.session.query(InspectionNote).count() == 1


def test_what_was_refused_leaves_no_mark_and_can_be_sent_again_mended(client, known):
    mark = marks_of(client.get(f"{known['own']}/halts"))[0]
    wrong = WHY | {"extend-minutes": "-5", "once": mark}

    assert client.post(f"{known['own']}/halts/extend", data=wrong).status_code == 422
    assert db.session.query(SentForm).count() == 0
    assert client.post(f"{known['own']}/halts/extend", data=WHY | {"once": mark}).status_code == 302
    assert extra_minutes(known) == 10


def test_a_page_that_the_browser_brought_back_does_what_is_asked_on_it_for_other_seats(client, known):
    """Gone back to, the page bears the mark of the form that was sent from it."""
    sent = {"act": "extend", "minutes": "10", "why": "network", "once": marks_of(client.get(known["own"]))[0]}
    for seat in known["seats"]:
        for _twice in range(2):
            client.post(known["own"] + "/acts", data=sent | {"seat": seat})
    db.session.rollback()
    assert [each.extra_seconds for each in db.session.query(Attempt)] == [600, 600]


def test_a_mark_of_ones_own_does_not_tell_whether_there_is_another_sitting(client, known):
    other = make_seated_sitting().code
    sent = WHY | {"once": marks_of(client.get(f"{known['own']}/halts"))[0]}
    assert client.post(f"{known['own']}/halts/extend", data=sent).status_code == 302
    for code in (other, "S-NONE"):
        assert client.post(f"/exam/desk/{code}/halts/extend", data=sent).status_code == 404


def test_a_mark_that_no_page_gave_is_refused(client, known):
    assert client.post(f"{known['own']}/halts/extend", data=WHY | {"once": "x" * 400}).status_code == 422
    assert extra_minutes(known) == 0


def test_every_form_of_the_desk_bears_a_mark_of_its_own(client, known):
    with transaction():
        sitting = db.session.get(Sitting, known["sitting"])
        delivery.halt(
            sitting, delivery.HaltKind.PAUSE, "网络故障", room=sitting.rooms[0], by=sitting.planned_by
        )
    client.post(f"{known['own']}/incidents", data={"kind": "other", "description": "空调滴水，已请人处理。"})

    for rest in (
        "",
        "/halts",
        "/incidents",
        f"/candidates/{known['seat']}",
        f"/candidates/{known['seat']}/watch",
    ):
        page = client.get(known["own"] + rest)
        forms = re.findall(
            r'<form [^>]*method="post"[^>]*action="/exam/desk/.*?</form>', page.text, re.DOTALL
        )
        marks = [re.findall(r'name="once" value="([0-9a-f]{32})"', form) for form in forms]
        assert forms and all(len(each) == 1 for each in marks), rest
        assert len({each[0] for each in marks}) == len(forms), rest


def is_checked(page, code):
    return re.search(
        rf'<input type="checkbox" name="seat" value="{code}" form="desk-acts" checked', page.text
    )


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "act"),
        ({"act": "fly"}, "act"),
        ({"act": "extend", "minutes": "", "why": "network"}, "minutes"),
        ({"act": "extend", "minutes": "-3", "why": "network"}, "minutes"),
        ({"act": "extend", "minutes": "viel", "why": "network"}, "minutes"),
        ({"act": "extend", "minutes": "5", "why": "other"}, "text"),
        ({"act": "move", "why": "none of ours"}, "why"),
        ({"act": "pause", "why": "other", "text": "短"}, "text"),
        ({"act": "record", "kind": "misconduct", "text": "作弊"}, "text"),
        ({"act": "note", "text": " "}, "text"),
        ({"act": "note", "text": "很" * 1001}, "text"),
        ({"act": "admit"}, "documents_seen"),
    ],
)
def test_an_act_that_lacks_something_comes_back_with_its_seats_and_the_error_at_its_field(
    client, known, sent, field
):
    page = client.post(f"{known['own']}/acts", data=sent | {"seat": known["seats"]})

    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert all(is_checked(page, code) for code in known["seats"])
    if sent.get("text", "").strip():
        assert f'value="{sent["text"]}"' in page.text
    if sent.get("act") not in (None, "fly"):
        assert re.search(rf'<input[^>]*checked[^>]*value="{sent["act"]}"', page.text)
    assert extra_minutes(known) == 0


def test_an_act_without_seats_comes_back_with_what_was_typed(client, known):
    page = client.post(f"{known['own']}/acts", data={"act": "note", "text": "起身举手一次"})

    assert page.status_code == 422
    assert "请先选择座位" in page.text and 'value="起身举手一次"' in page.text


def test_a_record_that_needs_misconduct_comes_back_as_it_was(client, known):
    text = "考生携带手机，已当场收存。"
    sent = {"act": "record", "kind": "equipment", "text": text, "ends_attempt": "y", "seat": known["seats"]}

    page = client.post(f"{known['own']}/acts", data=sent, follow_redirects=True)

    assert page.status_code == 200 and "未办理" in page.text
    assert db.session.query(Incident).count() == 0


@pytest.mark.parametrize("moment", ["2020-01-01T08:00", "0001-01-01T00:00", "gestern"])
def test_a_time_to_go_on_that_is_none_is_asked_for_at_its_field(client, known, moment):
    sent = {"suspend-room": "", "suspend-why": "fire", "suspend-text": "三层冒烟", "suspend-sure": "y"}

    page = client.post(f"{known['own']}/halts/suspend", data=sent | {"suspend-resumes_at": moment})

    assert page.status_code == 422
    assert 'id="suspend-resumes_at-error"' in page.text and 'value="三层冒烟"' in page.text
    assert db.session.query(Halt).count() == 0


ENDED = [
    ("/candidates/{seat}/extra-time", {"minutes": "5", "reason": "网络故障"}, 409),
    ("/candidates/{seat}/move", {"move-why": "machine"}, 409),
    ("/candidates/{seat}/freeze", {"reason": "屏幕自行移动"}, 409),
    ("/halts/pause", {"pause-room": "", "pause-why": "network"}, 409),
    ("/halts/suspend", {"suspend-room": "", "suspend-why": "fire", "suspend-sure": "y"}, 409),
    ("/halts/extend", WHY, 409),
    ("/close", {}, 409),
]


@pytest.mark.parametrize(("to", "data", "status"), ENDED)
def test_where_the_sitting_ended_in_between_the_page_of_the_desk_says_so(client, known, to, data, status):
    with transaction():
        for attempt in db.session.query(Attempt):
            delivery.end_for_misconduct(attempt, by=attempt.candidate.person)
        db.session.get(Sitting, known["sitting"]).state = SittingState.CLOSED

    page = client.post(known["own"] + to.format(**known), data=data)

    assert page.status_code == status
    assert 'class="desk-links"' in page.text, "the page of the desk, not a bare page of an error"
    assert 'class="error-summary"' in page.text


def test_acts_on_seats_whose_sitting_ended_in_between_say_for_each_why_not(client, known):
    with transaction():
        for attempt in db.session.query(Attempt):
            delivery.end_for_misconduct(attempt, by=attempt.candidate.person)
        db.session.get(Sitting, known["sitting"]).state = SittingState.CLOSED
    for act in ("extend", "pause", "resume", "move", "unlock"):
        sent = {"act": act, "minutes": "5", "why": "network", "seat": known["seats"]}
        page = client.post(f"{known['own']}/acts", data=sent, follow_redirects=True)
        assert page.status_code == 200 and "未办理" in page.text, act


@pytest.mark.parametrize(
    ("to", "sent"),
    [
        ("/incidents/{code}/confirm", {}),
        ("/incidents/{code}/confirm", {"told": "by telepathy"}),
        ("/incidents/{code}/confirm", {"told": "nobody"}),
        ("/incidents/{code}/withdraw", {"withdraw-{code}-reason": "否"}),
        ("/incidents", {"kind": "other", "description": "短"}),
    ],
)
def test_a_record_that_lacks_something_comes_back_on_its_page(client, known, to, sent):
    with transaction():
        sitting = db.session.get(Sitting, known["sitting"])
        seat = db.session.get(Attempt, known["id"]).candidate
        about = Incident(
            sitting_id=sitting.id,
            candidate_id=seat.id,
            kind="misconduct",
            description="考生携带手机，已当场收存。",
            first_by_id=sitting.planned_by_id,
        )
        db.session.add(about)
        db.session.flush()
        code = about.code
    sent = {name.format(code=code): value for name, value in sent.items()}

    page = client.post(known["own"] + to.format(code=code), data=sent)

    assert page.status_code == 422
    assert 'class="desk-links"' in page.text and "error-text" in page.text or "error-summary" in page.text
    assert db.session.query(Incident).one().state == "recorded"


def test_a_closing_that_comes_too_early_comes_back_on_the_page_of_the_desk(client, known):
    page = client.post(f"{known['own']}/close")

    assert page.status_code == 409
    assert 'id="desk"' in page.text and "error-summary" in page.text


def test_a_signature_with_too_many_words_comes_back_with_them(client, known):
    with transaction():
        for attempt in db.session.query(Attempt):
            delivery.end_for_misconduct(attempt, by=attempt.candidate.person)
        db.session.get(Sitting, known["sitting"]).state = SittingState.CLOSED

    page = client.post(f"{known['own']}/record/A101", data={"remarks": "长" * 501})

    assert page.status_code == 422
    assert "error-text" in page.text and f'value="{"长" * 501}"' in page.text


def test_a_seat_of_another_room_is_not_found_and_nothing_is_done(client, known):
    sitting = db.session.get(Sitting, known["sitting"])
    second = make_second_room(sitting)
    client.sign_in(make_on_duty(sitting, Duty.INVIGILATE, second))
    sent = {"act": "extend", "minutes": "5", "why": "network", "seat": known["seats"]}

    assert client.post(f"{known['own']}/acts", data=sent).status_code == 404
    assert extra_minutes(known) == 0


@pytest.fixture
def waiting(known):
    """Three who stand at the door, one more who is in already."""
    with transaction():
        sitting = db.session.get(Sitting, known["sitting"])
        found = [make_seated_candidate(sitting, seat).code for seat in (11, 12, 13)]
    return [*found, known["seat"]]


SEEN = {"act": "admit", "documents_seen": "y"}


def test_many_are_let_in_at_once_and_it_is_told_who_was_not_and_why(client, known, waiting):
    told = client.post(f"{known['own']}/acts", data=SEEN | {"seat": waiting}, follow_redirects=True).text

    assert "签到：已为3人办理，座位：11–13" in told
    assert "签到：1号座位未办理" in told
    db.session.rollback()
    entries = [each.body for each in db.session.query(Entry).filter_by(kind="candidate.checked_in")]
    assert len(entries) == 3, "each stands in the ledger by themself"
    assert all('"together":4' in each.replace(" ", "") and "not_asked" in each for each in entries)


def test_nobody_is_let_in_among_many_without_the_word_that_documents_were_seen(client, known, waiting):
    page = client.post(f"{known['own']}/acts", data={"act": "admit", "seat": waiting})

    assert page.status_code == 422 and 'id="documents_seen-error"' in page.text
    assert db.session.query(Attempt).count() == 2


def test_many_are_let_in_only_while_entry_is_open(client, known, waiting):
    with clock.set_to(clock.now() + timedelta(hours=1)):
        page = client.post(f"{known['own']}/acts", data=SEEN | {"seat": waiting[:3]}, follow_redirects=True)

    assert "11–13号座位未办理" in page.text
    assert db.session.query(Attempt).count() == 2
