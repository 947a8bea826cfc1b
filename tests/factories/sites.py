"""Exam sites for tests, made by the deeds that make them in the house."""

from itertools import count

from trainhub.exams.sites.register import activate_site, add_room, add_site, inspect_site
from trainhub.exams.sites.standard import site_standard, spare_machines_needed
from trainhub.kernel import clock
from trainhub.people.organisations import record_organisation
from trainhub.people.persons import record_person

_number = count(1)


def make_centre():
    """An exam centre of its own."""
    place = next(_number)
    return record_organisation(f"KSZX-{place}", f"第{place}安全生产考试中心", "exam_centre", "市直", by=None)


def make_site_owner(kind="exam_site"):
    """An organisation that may own a site."""
    place = next(_number)
    return record_organisation(f"OWNER-{place}", f"第{place}职业技术学院", kind, "东港区", by=None)


def make_applied_site(centre, by=None, owner=None):
    """A site that has only applied."""
    by = by or record_person("登记人", by=None)
    place = next(_number)
    owner = owner or make_site_owner()
    return add_site(owner, f"KD-{place}", f"第{place}考点", "学府路 1 号", centre=centre, by=by)


def findings_all_met():
    """Findings of an inspection in which every point is met."""
    return {point.code: True for point in site_standard(clock.today()).points}


def make_site(centre, rooms=1, seats=30, seats_per_row=6, by=None):
    """An active site with rooms."""
    by = by or record_person("登记人", by=None)
    site = make_applied_site(centre, by)
    for number in range(1, rooms + 1):
        spare = spare_machines_needed(seats, clock.today())
        per_row = min(seats_per_row, seats)
        add_room(
            site, f"R{number}", f"第{number}机房", seats, seats_per_row=per_row, spare_machines=spare, by=by
        )
    inspect_site(site, findings_all_met(), "", by=by)
    activate_site(site, by=by)
    return site
