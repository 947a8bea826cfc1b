"""Registration: who may be registered, what it leaves behind, and how it is corrected or withdrawn."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from tests.factories.people import make_person
from tests.factories.sittings import (
    make_arranged_sitting,
    make_candidate,
    make_sitting,
    roster_row,
    write_roster,
)
from tests.worlds import built_once
from trainhub.exams.sittings.amending import correct, withdraw
from trainhub.exams.sittings.changes import changes_of
from trainhub.exams.sittings.entering import import_roster
from trainhub.exams.sittings.models import Candidate
from trainhub.exams.sittings.objections import candidate_by_ticket
from trainhub.exams.sittings.plan import candidates_of
from trainhub.exams.sittings.registration import Registration, register
from trainhub.exams.sittings.rosters import read_roster
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import in_language
from trainhub.ledger import Entry
from trainhub.people.messages import own_messages
from trainhub.people.persons import give_phone


@pytest.fixture(autouse=True)
def english(app):
    """Read the reasons in English."""
    with in_language("en"):
        yield


@pytest.fixture
@built_once
def sitting(house):
    """A planned sitting."""
    with transaction():
        return make_sitting(house.centre, house.by)


def test_registered_person_is_told_at_their_own_number_with_the_way_to_object(house, sitting):
    with transaction():
        person = make_person()
        give_phone(person, "13700001111")
        candidate = register(sitting, person, Registration("甲公司", phone="13999999999"), by=house.by)
    message, text = own_messages(person)[0]
    assert message.state == "waiting"
    assert f"/exam/objections/{candidate.objection_token}" in text
    assert "安全生产管理人员" in text
    assert "13999999999" not in text


def test_telephone_of_the_registering_party_is_sealed_and_never_becomes_the_persons_own(house, sitting):
    with transaction():
        person = make_person()
        candidate = register(sitting, person, Registration("甲公司", phone="13999999999"), by=house.by)
    assert person.phone_sealed is None
    assert b"13999999999" not in candidate.contact_phone_sealed


def test_ticket_number_has_a_random_tail_and_is_found_however_it_is_typed(house, sitting):
    with transaction():
        numbers = {make_candidate(sitting, house.by).ticket_number for _ in range(5)}
    assert len(numbers) == 5
    number = numbers.pop()
    assert re.fullmatch(r"\d{6}-[0-9A-Z]{4}-[0-9A-Z]{4}", number)
    assert candidate_by_ticket(number.lower().replace("-", " ")).ticket_number == number
    assert candidate_by_ticket("x") is None


def test_same_person_twice_is_refused(house, sitting):
    with transaction():
        person = make_person()
        register(sitting, person, Registration("甲公司"), by=house.by)
    with pytest.raises(Conflict, match="already"), transaction():
        register(sitting, person, Registration("甲公司"), by=house.by)


def test_full_sitting_takes_nobody(house):
    with transaction():
        sitting = make_sitting(house.centre, house.by, seats=1)
        make_candidate(sitting, house.by)
    with pytest.raises(Conflict, match="full"), transaction():
        make_candidate(sitting, house.by)


def test_withdrawn_candidate_frees_the_seat_and_may_come_back(house):
    with transaction():
        sitting = make_arranged_sitting(house.centre, house.by, house.second, candidates=2)
    candidate = candidates_of(sitting)[0]
    first_number = candidate.ticket_number
    with transaction():
        withdraw(candidate, "本人申请取消", by=house.by)
    assert (candidate.seat_number, candidate.state) == (None, "withdrawn")
    with transaction():
        again = register(sitting, candidate.person, Registration("乙公司"), by=house.by)
    assert again.id == candidate.id
    assert again.ticket_number != first_number


def test_withdrawal_needs_a_reason_and_stands_in_the_change_log(house, sitting):
    with transaction():
        candidate = make_candidate(sitting, house.by)
    with pytest.raises(Invalid, match="reason"), transaction():
        withdraw(candidate, " ", by=house.by)
    with transaction():
        withdraw(candidate, "本人申请取消", by=house.by)
    change = changes_of(sitting)[0]
    assert (change.kind, change.reason, change.by_id) == ("withdrawn", "本人申请取消", house.by.id)
    assert "candidate.withdrawn" in set(db.session.scalars(select(Entry.kind)))


def test_correction_keeps_the_reason(house, sitting):
    with transaction():
        candidate = make_candidate(sitting, house.by)
        correct(candidate, "新单位", "", "单位更名", by=house.by)
    assert candidate.employer_name == "新单位"
    assert changes_of(sitting)[0].reason == "单位更名"


def test_nobody_is_registered_after_the_beginning(house, sitting):
    with (
        clock.set_to(sitting.starts_at + timedelta(minutes=1)),
        pytest.raises(Conflict, match="over"),
        transaction(),
    ):
        make_candidate(sitting, house.by)


def test_two_imports_at_once_register_nobody_twice_and_nobody_beyond_the_seats(app, house, tmp_path):
    with transaction():
        code = make_sitting(house.centre, house.by, seats=6).code
    by_id = house.by.id
    db.session.rollback()
    files = [
        write_roster(tmp_path / f"{place}.xlsx", [roster_row(place * 3 + n) for n in range(4)])
        for place in range(2)
    ]
    start, reports = Barrier(2), []

    def run(path):
        with app.app_context():
            roster = read_roster(path)
            start.wait()
            reports.append(import_roster(roster, [code], by_id=by_id, accept_good=True))
            db.session.remove()

    threads = [Thread(target=run, args=(path,)) for path in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report["imported"] for report in reports) == [2, 4]
    assert db.session.scalar(select(func.count(Candidate.id))) == 6
