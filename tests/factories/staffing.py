"""Exam staff in the register of a centre, and sittings to put them on duty at."""

from datetime import timedelta

from tests.factories.people import make_officer
from trainhub.exams.staffing import enter
from trainhub.kernel import clock
from trainhub.separation.duties import Duty


def make_staff_member(centre, by, duty=Duty.INVIGILATE, *, organisation=None, days=400, district=""):
    """A person who holds the duty and stands in the register; returns the person."""
    person = make_officer(duty, centre)
    until = clock.today() + timedelta(days=days)
    since = clock.today() - timedelta(days=1)
    organisation = organisation or centre
    enter(person, duty, organisation, since, until, centre=centre, by=by, district=district)
    return person
