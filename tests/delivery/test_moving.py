"""A candidate who was moved: the machine that they left gets them back only after the new one."""

from __future__ import annotations

import pytest

from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from trainhub.exams import delivery
from trainhub.exams.delivery.models import Attempt, HaltKind
from trainhub.kernel.db import db, transaction
from trainhub.people.persons import id_number_of

WHY = "键盘失灵，换机"


@pytest.fixture
def app(on_either):
    return on_either


class Desk:
    """One candidate who was let in, and whoever acts for them."""

    def __init__(self):
        with transaction():
            self.sitting_id = (sitting := make_seated_sitting()).id
            candidate = make_seated_candidate(sitting, 1)
            self.attempt_id = delivery.admit(candidate, by=sitting.planned_by).id
            self.known = candidate.ticket_number, id_number_of(candidate.person)[-6:]

    @property
    def attempt(self):
        return db.session.get(Attempt, self.attempt_id, populate_existing=True)

    def move(self):
        with transaction():
            delivery.move(self.attempt, WHY, by=self.attempt.sitting.planned_by)

    def enter(self, browser):
        browser.get("/exam/attempt?lang=en")
        ticket, digits = self.known
        return browser.post("/exam/attempt/enter", data={"ticket_number": ticket, "last_six": digits})


@pytest.fixture
def desk(app):
    return Desk()


@pytest.fixture
def old(app):
    return app.test_client()


@pytest.fixture
def new(app):
    return app.test_client()


def test_the_machine_that_was_left_is_not_let_in_again_and_is_told_why(desk, old, new):
    assert desk.enter(old).status_code == 302
    desk.move()

    refused = desk.enter(old)
    assert refused.status_code == 409 and "You were moved to another machine" in refused.text
    assert 'id="ticket_number"' in refused.text and "data-focus" in refused.text, "not a bare page"
    assert not desk.attempt.has_machine and desk.attempt.machines == 1

    assert desk.enter(new).status_code == 302
    assert desk.enter(old).status_code == 422
    assert desk.attempt.has_machine and desk.attempt.machines == 2


@pytest.mark.parametrize("lost", ["trainhub", "trainhub-attempt"])
def test_it_is_known_by_its_mark_or_by_the_token_it_still_holds(desk, old, lost):
    desk.enter(old)
    desk.move()
    old.delete_cookie(lost, path="/" if lost == "trainhub" else "/exam/attempt")

    assert desk.enter(old).status_code == 409


def test_it_may_write_as_little_as_before(desk, old):
    desk.enter(old)
    code = desk.attempt.code
    desk.move()

    answer = old.post("/exam/attempt/journal", json={"changes": []}, headers={"X-Attempt": code})
    assert answer.status_code == 401


def test_a_second_move_lets_whichever_machine_comes_first_have_them(desk, old, new):
    desk.enter(old)
    desk.move()
    desk.move()

    assert desk.enter(old).status_code == 302
    assert desk.enter(new).status_code == 422


def test_who_is_moved_on_may_come_back_to_the_first_machine(desk, old, new):
    desk.enter(old)
    desk.move()
    desk.enter(new)
    desk.move()

    assert desk.enter(new).status_code == 409
    assert desk.enter(old).status_code == 302
    assert desk.attempt.machines == 3


def test_wrong_digits_at_the_machine_that_was_left_learn_nothing(desk, old):
    desk.enter(old)
    desk.move()
    desk.known = desk.known[0], "000000"

    assert desk.enter(old).status_code == 422
    assert desk.attempt.wrong_entries == 1


def test_after_a_suspension_everybody_signs_in_wherever_they_sit(desk, old):
    desk.enter(old)
    desk.move()
    with transaction():
        sitting = desk.attempt.sitting
        delivery.halt(sitting, HaltKind.SUSPENSION, "全场停电，暂停考试", by=sitting.planned_by)

    assert desk.enter(old).status_code == 302
