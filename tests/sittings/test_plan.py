"""A sitting is planned at a site in use, by the law of its day, and opened only when nothing is missing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories.sites import make_centre, make_site
from tests.factories.sittings import make_arranged_sitting, make_sitting
from trainhub.exams.delivery.admission import is_open_for_entry
from trainhub.exams.sites import suspend_site
from trainhub.exams.sittings import (
    Obstacle,
    close_sitting,
    open_sitting,
    opening_checks,
    plan_sitting,
)
from trainhub.exams.sittings.conduct import obstacles_to_opening, steps_of
from trainhub.exams.sittings.plan import get_sitting, give_paper
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.kernel.i18n import in_language
from trainhub.ledger import Entry


@pytest.fixture(autouse=True)
def english(app):
    """Read the reasons in English."""
    with in_language("en"):
        yield


def test_plan_holds_the_figures_of_the_law_of_its_day(house):
    with transaction():
        sitting = make_sitting(house.centre, house.by)
    assert (sitting.minutes, sitting.pass_mark) == (120, 80)
    assert sitting.entry_until - sitting.starts_at == timedelta(minutes=30)
    assert "sitting.planned" in set(db.session.scalars(select(Entry.kind)))


def test_room_is_not_planned_twice_at_the_same_time(house):
    with transaction():
        site = make_site(house.centre)
        first = make_sitting(house.centre, house.by, site=site)
    with pytest.raises(Conflict, match=first.code), transaction():
        make_sitting(house.centre, house.by, site=site)


def test_suspended_site_takes_no_sitting(house):
    with transaction():
        site = make_site(house.centre)
        suspend_site(site, "监控损坏", by=house.by)
    with pytest.raises(Conflict, match="not active"), transaction():
        make_sitting(house.centre, house.by, site=site)


def test_site_of_another_centre_is_not_found(house):
    with transaction():
        site = make_site(make_centre())
    with pytest.raises(NotFound), transaction():
        make_sitting(house.centre, house.by, site=site)


def test_sitting_in_the_past_is_not_planned(house):
    with transaction():
        site = make_site(house.centre)
    with pytest.raises(Conflict, match="before it begins"), transaction():
        make_sitting(house.centre, house.by, site=site, days=-1)


def test_unknown_qualification_is_refused(house):
    with transaction():
        site = make_site(house.centre)
    with pytest.raises(Invalid, match="no such qualification"), transaction():
        make_sitting(house.centre, house.by, site=site, qualification="ALCHEMIST")


def test_rooms_of_two_sites_make_no_sitting(house):
    with transaction():
        one, two = make_site(house.centre), make_site(house.centre)
    at = clock.now() + timedelta(days=1)
    with pytest.raises(Invalid, match="another site"), transaction():
        plan_sitting("PRINCIPAL", one, [*one.rooms, *two.rooms], at, organisation=house.centre, by=house.by)


def test_sitting_of_another_centre_is_not_found(house):
    with transaction():
        sitting = make_sitting(house.centre, house.by)
    with pytest.raises(NotFound):
        get_sitting(sitting.code, centres=[house.centre.id + 1])


def test_paper_that_is_not_sealed_is_refused(house):
    with transaction():
        sitting = make_sitting(house.centre, house.by)
    with pytest.raises(Invalid, match="no sealed paper"), transaction():
        give_paper(sitting, "NO-SUCH-PAPER", by=house.by)


def test_opening_says_everything_that_is_missing(house):
    with transaction():
        sitting = make_sitting(house.centre, house.by)
    texts = [str(obstacle.text) for obstacle in obstacles_to_opening(sitting)]
    assert "Seats have not been given." in texts
    assert "No sealed paper has been given to the sitting." in texts
    assert any("Entry has not begun" in text for text in texts)
    with pytest.raises(Conflict, match="sealed paper"), transaction():
        open_sitting(sitting, by=house.by)


def test_later_room_can_keep_a_sitting_from_being_opened(house):
    with transaction():
        sitting = make_arranged_sitting(house.centre, house.by, house.second)

    def too_few(_sitting):
        return [Obstacle("Too few invigilators.")]

    opening_checks.append(too_few)
    try:
        assert "Too few invigilators." in [each.text for each in obstacles_to_opening(sitting)]
    finally:
        opening_checks.remove(too_few)


def test_entry_is_open_only_while_the_sitting_is_and_within_its_limits(house):
    with transaction():
        sitting = make_sitting(house.centre, house.by)
    assert not is_open_for_entry(sitting, sitting.starts_at)
    sitting.state = "open"
    assert is_open_for_entry(sitting, sitting.entry_from)
    assert is_open_for_entry(sitting, sitting.entry_until)
    assert not is_open_for_entry(sitting, sitting.entry_until + timedelta(seconds=1))
    db.session.rollback()


def test_only_an_open_sitting_is_closed(house):
    with transaction():
        sitting = make_sitting(house.centre, house.by)
    with pytest.raises(Conflict, match="not open"), transaction():
        close_sitting(sitting, by=house.by)


def test_line_of_a_sitting_shows_what_is_done_by_whom_and_what_is_next(house):
    with transaction():
        sitting = make_arranged_sitting(house.centre, house.by, house.second)
    steps = {str(step.label): step for step in steps_of(sitting)}
    assert steps["Planned"].by == house.by.name
    assert steps["Seats and tickets"].state == "done"
    assert steps["Sealed paper"].state == "current"
    assert steps["Opened"].blocks


def test_day_of_the_law_is_the_day_in_shanghai(house):
    late_evening_utc = datetime(2026, 5, 31, 17, 0, tzinfo=UTC)
    assert clock.local_day(late_evening_utc).isoformat() == "2026-06-01"
