"""From the desk to the machine: who may sign in where, and that trying teaches nothing."""

from datetime import timedelta

import pytest

from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from trainhub.exams import delivery
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.sittings.models import CandidateState, SittingState
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.ledger import Entry
from trainhub.people.persons import id_number_of


@pytest.fixture
def candidate(app):
    return make_seated_candidate(make_seated_sitting(), 1)


def digits(candidate):
    return id_number_of(candidate.person)[-6:]


def kinds():
    return [entry.kind for entry in db.session.query(Entry).order_by(Entry.id)]


def test_admission_leaves_a_trail_and_happens_once(candidate):
    attempt = delivery.admit(candidate, by=candidate.person)

    assert attempt.state == "admitted"
    assert kinds()[-1] == "candidate.admitted"
    with pytest.raises(Conflict, match="."):
        delivery.admit(candidate, by=candidate.person)


def test_nobody_is_admitted_before_entry_or_after_late_entry(candidate):
    sitting = candidate.sitting
    for moment in (sitting.entry_from - timedelta(seconds=1), sitting.entry_until + timedelta(seconds=1)):
        with clock.set_to(moment), pytest.raises(Conflict):
            delivery.admit(candidate, by=candidate.person)


@pytest.mark.parametrize("state", [SittingState.ARRANGED, SittingState.CLOSED])
def test_nobody_is_admitted_to_a_sitting_that_is_not_open(candidate, state):
    candidate.sitting.state = state
    with pytest.raises(Conflict):
        delivery.admit(candidate, by=candidate.person)


def test_a_withdrawn_registration_is_not_admitted(candidate):
    candidate.state = CandidateState.WITHDRAWN
    with pytest.raises(Conflict):
        delivery.admit(candidate, by=candidate.person)


def test_signing_in_needs_the_desk_first(candidate):
    assert delivery.enter(candidate.ticket_number, digits(candidate)) is None
    delivery.admit(candidate, by=candidate.person)
    assert delivery.enter(candidate.ticket_number, digits(candidate)) is not None


def test_wrong_ticket_wrong_number_and_not_admitted_all_give_the_same_nothing(candidate):
    delivery.admit(candidate, by=candidate.person)
    assert delivery.enter(candidate.ticket_number, "000000") is None
    assert delivery.enter("26T000-9999-9999", digits(candidate)) is None
    assert delivery.enter("", "") is None


def test_the_token_is_not_in_the_database(candidate):
    delivery.admit(candidate, by=candidate.person)
    attempt, token = delivery.enter(candidate.ticket_number, digits(candidate))

    stored = db.session.get(Attempt, attempt.id)
    assert token not in {str(value) for value in vars(stored).values()}


def test_a_second_machine_is_refused_until_the_desk_moves_the_candidate(candidate):
    delivery.admit(candidate, by=candidate.person)
    attempt, token = delivery.enter(candidate.ticket_number, digits(candidate))
    assert delivery.enter(candidate.ticket_number, digits(candidate)) is None

    delivery.move(attempt, "键盘失灵", by=candidate.person)
    moved, new_token = delivery.enter(candidate.ticket_number, digits(candidate))

    assert moved.id == attempt.id
    assert new_token != token
    assert attempt.machines == 2
    assert "attempt.moved" in kinds()


def test_moving_needs_a_reason(candidate):
    attempt = delivery.admit(candidate, by=candidate.person)
    with pytest.raises(Invalid):
        delivery.move(attempt, " ", by=candidate.person)


def test_guessing_ends_after_a_few_tries_even_with_the_right_digits(candidate):
    delivery.admit(candidate, by=candidate.person)
    for guess in range(8):
        assert delivery.enter(candidate.ticket_number, f"{guess:06d}") is None

    assert delivery.enter(candidate.ticket_number, digits(candidate)) is None


def test_the_desk_unlocks_a_ticket_with_a_record_and_nothing_else_does(candidate):
    attempt = delivery.admit(candidate, by=candidate.person)
    with pytest.raises(Conflict):
        delivery.unlock(attempt, by=candidate.person)
    for guess in range(9):
        delivery.enter(candidate.ticket_number, f"{guess:06d}")

    assert delivery.unlock(attempt, by=candidate.person) == 9

    assert delivery.enter(candidate.ticket_number, digits(candidate)) is not None
    assert "attempt.unlocked" in kinds()


def test_unlocking_does_not_take_the_machine_from_who_works_at_it(candidate):
    delivery.admit(candidate, by=candidate.person)
    attempt, _token = delivery.enter(candidate.ticket_number, digits(candidate))
    bound = attempt.token_hash
    for guess in range(8):
        delivery.enter(candidate.ticket_number, f"{guess:06d}")

    delivery.unlock(attempt, by=candidate.person)

    assert attempt.token_hash == bound


def test_extra_time_moves_the_deadline_before_and_during_the_exam(candidate):
    attempt = delivery.admit(candidate, by=candidate.person)
    delivery.extend(attempt, 10, "设备故障补时", by=candidate.person)
    attempt.state, attempt.deadline = "working", clock.now()
    db.session.flush()
    before = attempt.deadline
    delivery.extend(attempt, 5, "设备故障补时", by=candidate.person)

    assert attempt.extra_seconds == 15 * 60
    assert attempt.deadline == before + timedelta(minutes=5)


@pytest.mark.parametrize("minutes", [0, -5, 241])
def test_extra_time_has_limits(candidate, minutes):
    attempt = delivery.admit(candidate, by=candidate.person)
    with pytest.raises(Invalid):
        delivery.extend(attempt, minutes, "设备故障补时", by=candidate.person)


def test_overdue_attempts_are_sealed_and_the_others_left(app):
    from tests.factories.delivery import make_working_attempt

    sitting = make_seated_sitting()
    late, _token = make_working_attempt(sitting, 1)
    still, _token = make_working_attempt(sitting, 2)
    late.deadline = clock.now() - timedelta(seconds=1)

    assert delivery.close_overdue(sitting) == 1
    assert (late.state, late.ending) == ("handed_in", "deadline")
    assert still.state == "working"
    assert late.receipt
    assert delivery.is_intact(late)


def test_a_receipt_checks_without_an_account_and_tells_nothing_of_the_person(app):
    from tests.factories.delivery import make_working_attempt

    attempt, _token = make_working_attempt(make_seated_sitting())
    delivery.hand_in(attempt, 0)
    check = delivery.check_receipt(attempt.receipt.lower())

    assert check.is_intact
    assert (check.answered, check.questions) == (0, 10)
    assert delivery.check_receipt("AAAA-BBBB-CCCC") is None
