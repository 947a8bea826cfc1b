"""Whoever read a ticket's number can enter wrong digits from home: in the room it still opens the exam."""

import pytest

from tests.factories.delivery import make_seated_candidate, make_seated_sitting
from tests.worlds import built_once
from trainhub.exams.delivery import admit, attempt_of, unlock
from trainhub.exams.sites.models import RoomNetwork
from trainhub.exams.sittings.models import Candidate
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry
from trainhub.people.limits import limiter
from trainhub.people.persons import id_number_of

ROOM, OTHER_OF_ROOM, HOME = "10.8.1.20", "10.8.1.21", "203.0.113.7"


@pytest.fixture
@built_once
def ticket(app):
    """Number and digits of somebody who was admitted, in a room whose network is known."""
    with transaction():
        sitting = make_seated_sitting(paper_code="P-TEST")
        room = sitting.rooms[0].exam_room
        room.networks.append(RoomNetwork(room_id=room.id, network="10.8.1.0/24"))
        candidate = make_seated_candidate(sitting, 1)
        admit(candidate, by=sitting.planned_by)
        number, digits = candidate.ticket_number, id_number_of(candidate.person)[-6:]
    return number, digits


def enter(app, ticket, digits, address):
    form = {"ticket_number": ticket, "last_six": digits}
    here = {"REMOTE_ADDR": address}
    return app.test_client().post("/exam/attempt/enter", data=form, environ_base=here).status_code


def attempt():
    db.session.rollback()
    return attempt_of(db.session.query(Candidate).one())


def test_wrong_entries_from_home_lock_the_ticket_there_and_not_in_the_room(app, ticket):
    number, digits = ticket
    assert [enter(app, number, "000000", HOME) for _again in range(8)] == [422] * 8
    limiter.reset()
    assert enter(app, number, digits, "198.51.100.9") == 422, "outside no digits help any more, wherever"
    assert enter(app, number, digits, ROOM) == 302


def test_who_tries_without_pause_from_home_keeps_nobody_waiting_in_the_room(app, ticket):
    number, digits = ticket
    assert 429 in [enter(app, number, "000000", HOME) for _again in range(12)]
    assert enter(app, number, digits, ROOM) == 302


def test_wrong_entries_in_the_room_still_lock_the_ticket_everywhere_in_it(app, ticket):
    number, digits = ticket
    for _again in range(8):
        enter(app, number, "000000", ROOM)
    limiter.reset()
    assert enter(app, number, digits, OTHER_OF_ROOM) == 422


def test_unlocking_opens_both_and_says_how_many_entries_were_wrong(app, ticket):
    number, digits = ticket
    for _again in range(8):
        enter(app, number, "000000", HOME)
    limiter.reset()
    with transaction():
        assert unlock(attempt(), by=attempt().candidate.person) == 8
    assert enter(app, number, digits, HOME) == 302
    assert '"wrong_entries":8' in db.session.query(Entry).filter_by(kind="attempt.unlocked").one().body
