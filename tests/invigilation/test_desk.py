"""The desk: check-in, records of two people, the numbers of a room, the inspector who changes nothing."""

from datetime import timedelta

import pytest

from tests.factories.delivery import make_seated_candidate, make_seated_sitting, make_working_attempt
from tests.factories.people import make_person
from tests.worlds import built_once
from trainhub.exams import invigilation as desk
from trainhub.exams.delivery import attempt_of
from trainhub.exams.invigilation import IncidentKind, PhoneGiven, Told
from trainhub.exams.invigilation.access import candidate_of, find_candidate
from trainhub.exams.invigilation.inspection import POINTS
from trainhub.exams.invigilation.live import boards_of
from trainhub.exams.sittings import close_sitting
from trainhub.exams.sittings.models import SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.ledger import Entry
from trainhub.people.persons import give_phone, phone_of


@pytest.fixture
@built_once
def sitting(app):
    return make_seated_sitting()


@pytest.fixture
@built_once
def candidate(sitting):
    return make_seated_candidate(sitting, 1)


@pytest.fixture
def two(app):
    return make_person(), make_person()


def kinds():
    return [entry.kind for entry in db.session.query(Entry).order_by(Entry.id)]


def let_in(candidate, by, phone=PhoneGiven.NONE, number=""):
    return desk.check_in(candidate, phone, number, identity_confirmed=True, by=by)


def test_a_ticket_is_found_by_number_and_by_the_text_of_its_qr_code(sitting, candidate):
    assert find_candidate(sitting, candidate.ticket_number.lower()) is candidate
    assert find_candidate(sitting, f"TRAINHUB-TICKET:{candidate.check_in_code}") is candidate
    assert find_candidate(sitting, "nonsense") is None


def test_a_ticket_of_another_sitting_is_not_found_here(candidate):
    other = make_seated_sitting()

    assert find_candidate(other, candidate.ticket_number) is None
    with pytest.raises(NotFound):
        candidate_of(other, candidate.code)


def test_checking_in_admits_keeps_the_number_the_person_gives_and_leaves_a_trail(candidate, two):
    attempt = let_in(candidate, two[0], PhoneGiven.GIVEN, "138 0000 1234")

    assert attempt.state == "admitted"
    assert phone_of(candidate.person) == "13800001234"
    assert kinds()[-1] == "candidate.checked_in"


def test_nobody_is_let_in_whose_identity_is_not_confirmed(candidate, two):
    with pytest.raises(Invalid):
        desk.check_in(candidate, PhoneGiven.NONE, identity_confirmed=False, by=two[0])

    assert attempt_of(candidate) is None


def test_nobody_is_checked_in_twice(candidate, two):
    let_in(candidate, two[0])
    with pytest.raises(Conflict):
        let_in(candidate, two[1])


def test_a_number_is_confirmed_only_if_there_is_one(candidate, two):
    with pytest.raises(Invalid):
        let_in(candidate, two[0], PhoneGiven.CONFIRMED)
    give_phone(candidate.person, "13900001111")
    assert let_in(candidate, two[0], PhoneGiven.CONFIRMED).state == "admitted"


def test_the_map_shows_who_is_absent_checked_in_working_quiet_offline_and_done(sitting, two):
    now = clock.now()
    make_seated_candidate(sitting, 1)
    let_in(make_seated_candidate(sitting, 2), two[0])
    attempts = [make_working_attempt(sitting, seat)[0] for seat in (3, 4, 5, 6)]
    attempts[0].last_seen_at = attempts[1].last_seen_at = now
    attempts[0].last_response_at = now
    attempts[1].last_response_at = now - timedelta(minutes=6)
    attempts[2].last_seen_at = now - timedelta(minutes=2)
    attempts[3].state = "handed_in"
    db.session.flush()

    with clock.set_to(now):
        (board,) = boards_of(sitting)

    assert [seat.state for seat in board.seats] == [
        "absent",
        "checked_in",
        "working",
        "quiet",
        "offline",
        "handed_in",
    ]
    assert {state: count for state, count in board.counts().items() if count} == dict.fromkeys(
        ["absent", "checked_in", "working", "quiet", "offline", "handed_in"], 1
    )


def test_misconduct_ends_an_attempt_only_when_a_second_person_confirms(sitting, two):
    attempt, _token = make_working_attempt(sitting)
    text = "考生携带手机进入考场并在作答时查看。"
    incident = desk.record_incident(
        sitting, attempt.candidate, IncidentKind.MISCONDUCT, text, ends_attempt=True, by=two[0]
    )
    assert attempt.state == "working"

    with pytest.raises(Conflict, match="."):
        desk.confirm_incident(incident, Told.SIGNED, by=two[0])
    desk.confirm_incident(incident, Told.REFUSED_TO_SIGN, by=two[1])

    assert (attempt.state, attempt.ending) == ("handed_in", "misconduct")
    assert kinds()[-2:] == ["attempt.handed_in", "incident.confirmed"]


def test_a_record_about_somebody_says_how_they_were_told(sitting, candidate, two):
    incident = desk.record_incident(
        sitting, candidate, IncidentKind.OTHER, "考生迟到二十分钟,已说明。", by=two[0]
    )
    with pytest.raises(Invalid):
        desk.confirm_incident(incident, Told.NOBODY, by=two[1])


def test_a_record_is_confirmed_once(sitting, two):
    incident = desk.record_incident(
        sitting, None, IncidentKind.EQUIPMENT, "考场断电三分钟,已恢复。", by=two[0]
    )
    desk.confirm_incident(incident, Told.NOBODY, by=two[1])
    with pytest.raises(Conflict):
        desk.confirm_incident(incident, Told.NOBODY, by=make_person())


@pytest.mark.parametrize("kind", [IncidentKind.EQUIPMENT, IncidentKind.OTHER])
def test_only_misconduct_ends_an_attempt(sitting, candidate, two, kind):
    with pytest.raises(Invalid):
        desk.record_incident(
            sitting, candidate, kind, "不应终止考试的情况描述。", ends_attempt=True, by=two[0]
        )


def test_measures_are_kept_with_their_reason(sitting, two):
    attempt, _token = make_working_attempt(sitting)
    desk.give_extra_time(attempt.candidate, 10, "机器死机重启", by=two[0])
    desk.move_to_another_machine(attempt.candidate, "机器死机", by=two[0])

    assert attempt.extra_seconds == 600
    assert not attempt.has_machine
    assert {"attempt.extended", "attempt.moved"} <= set(kinds())


def test_a_sitting_is_not_closed_while_somebody_has_time(sitting, two):
    attempt, _token = make_working_attempt(sitting)
    with pytest.raises(Conflict, match="1"):
        desk.close_desk(sitting, by=two[0])
    # Let begin anew on the reserve form, on another day, and not begun yet.
    attempt.round, attempt.state, attempt.started_at, attempt.deadline = 2, "admitted", None, None
    attempt.admitted_at = clock.now() + timedelta(days=1)
    with clock.set_to(attempt.admitted_at), pytest.raises(Conflict, match="1"):
        desk.close_desk(sitting, by=two[0])


def test_nobody_closes_a_sitting_past_the_desk_while_papers_are_open(sitting, two):
    make_working_attempt(sitting)
    with pytest.raises(Conflict, match="1"):
        close_sitting(sitting, by=two[0])


def test_closing_seals_what_is_open_and_the_record_counts_and_is_signed_by_two(sitting, two):
    attempt, _token = make_working_attempt(sitting, 1)
    make_seated_candidate(sitting, 2)
    text = "考生多次与邻座交谈,经警告不改。"
    incident = desk.record_incident(sitting, attempt.candidate, IncidentKind.MISCONDUCT, text, by=two[0])
    desk.confirm_incident(incident, Told.SIGNED, by=two[1])
    room = sitting.rooms[0]
    with pytest.raises(Conflict):
        desk.sign_room_record(sitting, room, by=two[0])

    with clock.set_to(attempt.deadline + timedelta(seconds=1)):
        assert desk.close_desk(sitting, by=two[0]) == 1
        record = desk.sign_room_record(sitting, room, "", by=two[0])
        with pytest.raises(Conflict):
            desk.sign_room_record(sitting, room, by=two[0])
        desk.sign_room_record(sitting, room, by=two[1])

    assert sitting.state == SittingState.CLOSED
    assert attempt.state == "handed_in"
    assert (record.expected, record.present, record.absent, record.misconduct) == (2, 1, 1, 1)
    assert record.second_by_id == two[1].id
    assert kinds()[-1] == "room.record.completed"


def test_a_sitting_with_an_unconfirmed_record_is_not_closed(sitting, two):
    desk.record_incident(sitting, None, IncidentKind.EQUIPMENT, "考场断电三分钟,已恢复。", by=two[0])
    with clock.set_to(sitting.ends_at + timedelta(hours=1)), pytest.raises(Conflict):
        desk.close_desk(sitting, by=two[0])


def test_an_inspection_is_noted_and_changes_nothing(sitting, two):
    before = sitting.state
    desk.note_inspection(sitting, dict.fromkeys(POINTS, "met"), "", by=two[0])

    assert sitting.state == before
    assert kinds()[-1] == "sitting.inspected"


@pytest.mark.parametrize(
    ("findings", "remarks"),
    [
        (dict.fromkeys(POINTS, "not_seen"), ""),
        (dict.fromkeys(POINTS, "problem"), ""),
        (dict.fromkeys(POINTS, "splendid"), "很好"),
        ({}, "很好"),
    ],
)
def test_an_inspection_says_something_about_each_point(sitting, two, findings, remarks):
    with pytest.raises(Invalid):
        desk.note_inspection(sitting, findings, remarks, by=two[0])
