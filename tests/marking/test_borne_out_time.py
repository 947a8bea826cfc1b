"""The time of each attempt is what the ledger tells of it; moved by SQL, it is found."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.factories.delivery import change, lay_out_paper, make_seated_candidate, make_seated_sitting
from tests.factories.people import make_officer
from tests.factories.sites import make_centre
from tests.factories.sittings import make_sitting
from tests.worlds import built_once
from trainhub import ledger
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind
from trainhub.exams.delivery.admission import enter
from trainhub.exams.delivery.models import Attempt, Halt
from trainhub.exams.delivery.working import close_all
from trainhub.exams.marking.borne_out import deviating_results, require_borne_out
from trainhub.exams.marking.borne_out_time import SPANS
from trainhub.exams.sittings import get_sitting
from trainhub.exams.sittings.models import Candidate
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.kernel.witness import Deviation
from trainhub.people.id_numbers import check_character
from trainhub.people.persons import record_person
from trainhub.separation.duties import Duty

REASON = "空调噪声"


class Day:
    """A sitting of ten minutes with a reserve form; what is done to it is done by the desk's own deeds."""

    def __init__(self, app):
        with transaction():
            sitting = make_seated_sitting(minutes=10, paper_code="P-1")
            sitting.reserve_paper_code = "P-2"
            self.code, self.now = sitting.code, clock.now()
            opened = app.extensions.setdefault("opened-papers", {})
            lay_out_paper(app, sitting)
            opened["P-2", sitting.code] = opened["P-1", sitting.code]
            plan = {each: getattr(sitting, each) for each in SPANS}
            plan |= {"sitting": sitting.code, "starts_at": sitting.starts_at.isoformat()}
            ledger.append("sitting.planned", by=None, side="exam", **plan)

    @property
    def sitting(self):
        return get_sitting(self.code)

    def at(self, minute):
        return clock.set_to(self.now + timedelta(minutes=minute))

    def admit(self, minute, seat):
        """Let somebody in; returns the attempt's id and what they sign in with."""
        with self.at(minute), transaction():
            number = f"37020119900101{seat:03d}"
            number += check_character(number)
            candidate = make_seated_candidate(
                self.sitting, seat, record_person(f"考生{seat}", number, by=None)
            )
            return (
                delivery.admit(candidate, by=self.sitting.planned_by).id,
                candidate.ticket_number,
                number[-6:],
            )

    def begin(self, minute, attempt_id):
        with self.at(minute), transaction():
            delivery.start(db.session.get_one(Attempt, attempt_id))

    def extend(self, minute, *attempt_ids):
        with self.at(minute), transaction():
            for each in attempt_ids:
                delivery.extend(db.session.get_one(Attempt, each), 2, REASON, by=self.sitting.planned_by)
            if not attempt_ids:
                delivery.extend_many(self.sitting, 3, REASON, by=self.sitting.planned_by)

    def stop(self, minute, kind=HaltKind.PAUSE, attempt_id=None):
        with self.at(minute), transaction():
            one = None if attempt_id is None else db.session.get_one(Attempt, attempt_id).candidate
            return delivery.halt(self.sitting, kind, REASON, candidate=one, by=self.sitting.planned_by).id

    def go_on(self, minute, halt_id, **how):
        with self.at(minute), transaction():
            delivery.resume(db.session.get_one(Halt, halt_id), by=self.sitting.planned_by, **how)

    def close(self, minute):
        with self.at(minute), transaction():
            close_all(self.sitting, by=self.sitting.planned_by)

    def untimely(self):
        db.session.rollback()
        return [dict(each.facts) for each in deviating_results() if each.record == "time"]


@pytest.fixture
@built_once
def day(app):
    return Day(app)


def sql(statement, **values):
    with transaction():
        assert db.session.execute(text(statement), values).rowcount


def test_whatever_the_desk_does_to_times_the_ledger_tells_it_to_the_microsecond(day):
    early, *_sign = day.admit(0, 1)
    day.begin(0.001, early)
    day.extend(1, early)
    room = day.stop(2.0003)
    late, *_sign = day.admit(3, 2)
    seat = day.stop(3.5, HaltKind.FREEZE, early)
    day.go_on(4.7, room)
    day.extend(5)
    day.go_on(5.1111, seat)
    day.begin(6, late)
    latest, *_sign = day.admit(6.5, 3)
    cut = day.stop(7, HaltKind.SUSPENSION)
    day.go_on(8, cut, reserve=True)
    with day.at(8), transaction():
        again = delivery.attempt_of(db.session.get_one(Attempt, early).candidate).id
    day.extend(8.2, again)
    day.begin(8.5, again)
    last = day.stop(9)
    day.close(30)

    assert db.session.get_one(Attempt, again).extra_seconds == (2 + 3 + 2) * 60
    assert db.session.get_one(Attempt, latest).halted_seconds > 0 and last
    assert day.untimely() == []


@pytest.mark.parametrize(
    "change, named",
    [
        ("deadline = (SELECT starts_at FROM sittings_sitting)", "deadline"),
        ("extra_seconds = extra_seconds + 600", "extra_seconds"),
        ("halted_seconds = halted_seconds + 600", "halted_seconds"),
    ],
)
def test_time_given_by_nobody_is_found_and_the_attempt_named(day, change, named):
    attempt_id, *_sign = day.admit(0, 1)
    day.begin(0, attempt_id)
    day.close(5)
    sql(f"UPDATE delivery_attempt SET {change}")

    code = db.session.get_one(Attempt, attempt_id).code
    [found] = day.untimely()
    assert (found["attempt"], named in found) == (code, True)
    with pytest.raises(Conflict, match=code):
        require_borne_out(day.sitting)


def test_an_answer_after_the_end_is_found_although_the_end_was_put_back(day):
    attempt_id, ticket, last_six = day.admit(0, 1)
    with day.at(0.1):
        _attempt, token = enter(ticket, last_six)
        db.session.commit()
    day.begin(0.2, attempt_id)
    code = db.session.get_one(Attempt, attempt_id).code
    deadline = db.session.scalar(text("SELECT deadline FROM delivery_attempt"))
    sql("UPDATE delivery_attempt SET deadline = :later", later="2999-01-01 00:00:00.000000")
    with day.at(20):
        delivery.append(code, token, [change(1)])
    sql("UPDATE delivery_attempt SET deadline = :before", before=deadline)
    day.close(25)

    assert [each["attempt"] for each in day.untimely()] == [code]


def test_a_length_that_was_other_than_planned_only_while_somebody_began_is_found(day):
    attempt_id, *_sign = day.admit(0, 1)
    sql("UPDATE sittings_sitting SET minutes = 40")
    day.begin(0, attempt_id)
    sql("UPDATE sittings_sitting SET minutes = 10")
    day.close(45)

    code = db.session.get_one(Attempt, attempt_id).code
    [found] = day.untimely()
    assert (found["attempt"], "deadline" in found) == (code, True)


def test_what_older_versions_did_not_tell_is_not_asked_for(day):
    attempt_id, *_sign = day.admit(0, 1)
    day.begin(0, attempt_id)
    day.go_on(3, day.stop(1))
    day.close(5)
    for name in ("given_us", "halted_seconds"):
        sql(f"UPDATE ledger_entry SET body = json_remove(body, '$.facts.{name}')")

    assert day.untimely() == []
    sql("UPDATE delivery_attempt SET extra_seconds = 60")
    assert [each["extra_seconds"] for each in day.untimely()] == [0]


def test_it_is_told_as_something_altered(day):
    attempt_id, *_sign = day.admit(0, 1)
    sql("UPDATE delivery_attempt SET extra_seconds = 60")

    [found] = [each for each in deviating_results() if each.record == "time"]
    whose = db.session.get_one(Candidate, db.session.get_one(Attempt, attempt_id).candidate_id)
    assert found.kind is Deviation.ALTERED
    assert dict(found.facts) | {"candidate": whose.code, "extra_seconds": 0} == dict(found.facts)


@pytest.fixture
@built_once
def planned(app):
    """A sitting that was planned on its page, of which the ledger was told."""
    with transaction():
        centre = make_centre()
        sitting = make_sitting(centre, make_officer(Duty.ARRANGE_SITTINGS, centre))
    return sitting.code


@pytest.mark.parametrize(
    "change, named",
    [
        ("starts_at = datetime(starts_at, '+1 minute')", "starts_at"),
        ("minutes = minutes + 30", "minutes"),
        ("entry_before_minutes = 0", "entry_before_minutes"),
        ("late_entry_minutes = 120", "late_entry_minutes"),
        ("early_hand_in_minutes = 0", "early_hand_in_minutes"),
    ],
)
def test_a_sitting_held_otherwise_than_planned_is_found_before_anybody_begins(planned, change, named):
    assert deviating_results() == []
    sql(f"UPDATE sittings_sitting SET {change}")

    [found] = deviating_results()
    assert (found.record, found.kind, dict(found.facts).keys()) == (
        "plan",
        Deviation.ALTERED,
        {"sitting_code", named},
    )
    with pytest.raises(Conflict, match="何时考"):
        require_borne_out(get_sitting(planned))
