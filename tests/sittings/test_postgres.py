"""On PostgreSQL: rosters handed in at once register nobody twice, and no seat doubles."""

import threading

import pytest
from sqlalchemy import func, select

from tests.factories.people import make_officer
from tests.factories.sites import make_centre, make_site
from tests.factories.sittings import make_sitting, roster_row, settle_eligibility, write_roster
from tests.on_postgres import application_on_postgres
from trainhub.exams.sittings.entering import import_roster
from trainhub.exams.sittings.models import Candidate
from trainhub.exams.sittings.plan import candidates_of, get_sitting
from trainhub.exams.sittings.rosters import read_roster
from trainhub.exams.sittings.seating import arrange
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.postgres


@pytest.fixture
def app(tmp_path):
    """An application on a PostgreSQL database of its own."""
    with application_on_postgres(tmp_path) as application:
        yield application


@pytest.fixture
def plan(app):
    """Two sittings of one examination with six seats each; returns their codes and the two who act."""
    with transaction():
        centre = make_centre()
        officers = [make_officer(Duty.ARRANGE_SITTINGS, centre) for _ in range(2)]
        site = make_site(centre, seats=6)
        codes = [make_sitting(centre, officers[0], site=site, days=days).code for days in (3, 4)]
        ids = [officer.id for officer in officers]
    db.session.rollback()
    return codes, ids


def at_once(app, *deeds):
    """Run deeds in threads that start together, each with a session of its own."""
    gate = threading.Barrier(len(deeds))

    def run(deed):
        with app.app_context():
            gate.wait()
            deed()
            db.session.remove()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def importing(path, code, by_id, reports):
    def deed():
        roster = read_roster(path)
        reports.append(import_roster(roster, [code], by_id=by_id, accept_good=True))

    return deed


def test_two_rosters_for_one_sitting_fill_its_seats_and_no_more(app, plan, tmp_path):
    codes, ids = plan
    paths = [
        write_roster(tmp_path / f"{n}.xlsx", [roster_row(n * 5 + m) for m in range(4)]) for n in range(2)
    ]
    reports = []
    at_once(app, *(importing(path, codes[0], ids[n], reports) for n, path in enumerate(paths)))
    assert sorted(report["imported"] for report in reports) == [2, 4]


def test_one_roster_for_two_sittings_at_once_registers_each_person_once(app, plan, tmp_path):
    codes, ids = plan
    path = write_roster(tmp_path / "r.xlsx", [roster_row(number) for number in range(5)])
    reports = []
    at_once(app, *(importing(path, code, ids[n], reports) for n, code in enumerate(codes)))
    assert sorted(report["imported"] for report in reports) == [0, 5]
    assert db.session.scalar(select(func.count(Candidate.id))) == 5


def test_two_arrangements_at_once_leave_every_candidate_one_seat(app, plan, tmp_path):
    codes, ids = plan
    path = write_roster(tmp_path / "r.xlsx", [roster_row(number) for number in range(6)])
    importing(path, codes[0], ids[0], [])()
    with transaction():
        by, second = (db.session.get_one(Person, each) for each in ids)
        settle_eligibility(get_sitting(codes[0]), by, second)
    db.session.rollback()

    def arranging(by_id):
        def deed():
            with transaction():
                arrange(get_sitting(codes[0]), by=db.session.get_one(Person, by_id))

        return deed

    at_once(app, *(arranging(each) for each in ids))
    db.session.expire_all()
    seats = [candidate.seat_number for candidate in candidates_of(get_sitting(codes[0]))]
    assert sorted(seats) == list(range(1, 7))
