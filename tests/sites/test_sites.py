"""Only a site that was inspected by today's standard and belongs to nobody who trains is used."""

import pytest
from sqlalchemy import select

from tests.factories.people import make_officer
from tests.factories.sites import findings_all_met, make_applied_site, make_centre, make_site, make_site_owner
from trainhub.exams.sites import activate_site, add_room, inspect_site, require_usable, suspend_site
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid, Refused
from trainhub.kernel.i18n import as_read, in_language
from trainhub.ledger import Entry
from trainhub.separation.duties import Duty


@pytest.fixture(autouse=True)
def english(app):
    """Read the reasons in English."""
    with in_language("en"):
        yield


@pytest.fixture
def centre(app):
    """An exam centre."""
    with transaction():
        return make_centre()


@pytest.fixture
def by(centre):
    """A site manager."""
    with transaction():
        return make_officer(Duty.MANAGE_SITES, centre)


def test_site_goes_from_application_over_inspection_to_use_and_leaves_its_trail(centre, by):
    with transaction():
        site = make_applied_site(centre, by)
        inspect_site(site, findings_all_met(), "", by=by)
        assert site.state == "inspected"
        activate_site(site, by=by)
    assert site.state == "active"
    kinds = list(db.session.scalars(select(Entry.kind)))
    assert {"site.applied", "site.inspected", "site.activated"} <= set(kinds)


def test_site_that_was_not_inspected_is_not_admitted(centre, by):
    with transaction():
        site = make_applied_site(centre, by)
    with pytest.raises(Conflict, match="not been inspected"), transaction():
        activate_site(site, by=by)


def test_one_missing_required_point_keeps_a_site_out(centre, by):
    with transaction():
        site = make_applied_site(centre, by)
        inspect_site(site, findings_all_met() | {"computer_room": False}, "", by=by)
    with pytest.raises(Conflict, match="required point"), transaction():
        activate_site(site, by=by)


def test_inspection_answers_every_point(centre, by):
    findings = findings_all_met()
    findings.pop("ups")
    with transaction():
        site = make_applied_site(centre, by)
    with pytest.raises(Invalid, match="No finding"), transaction():
        inspect_site(site, findings, "", by=by)


def test_failed_inspection_suspends_a_site_in_use(centre, by):
    with transaction():
        site = make_site(centre)
        inspect_site(site, findings_all_met() | {"clock": False}, "", by=by)
    assert site.state == "suspended"
    assert as_read(site.state_reason) == "An inspection found that a required point is not met."
    with in_language("zh_CN"):
        assert as_read(site.state_reason) == "检查发现有必备项不符合要求。"


def test_owner_that_trains_is_refused_with_rule_and_fact(centre, by):
    with transaction():
        school = make_site_owner("training_body")
    with pytest.raises(Refused) as refusal, transaction():
        make_applied_site(centre, by, owner=school)
    assert refusal.value.rule.id == "S-03"
    assert refusal.value.facts


def test_suspended_site_is_not_used(centre, by):
    with transaction():
        site = make_site(centre)
        suspend_site(site, "监控损坏", by=by)
    with pytest.raises(Conflict, match="监控损坏"), transaction():
        require_usable(site, by=by)


def test_room_has_no_more_seats_than_the_law_allows_and_enough_spare_machines(centre, by):
    with transaction():
        site = make_applied_site(centre, by)
    with pytest.raises(Invalid, match="1 to 30 seats"), transaction():
        add_room(site, "R1", "机房", 31, spare_machines=9, by=by)
    with pytest.raises(Invalid, match="at least 3 spare"), transaction():
        add_room(site, "R1", "机房", 30, spare_machines=2, by=by)
