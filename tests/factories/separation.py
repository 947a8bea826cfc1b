"""Relations for tests, stated by the functions that state them in the house."""

from datetime import timedelta
from itertools import count

from tests.factories.people import make_organisation
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.people.models import OrganisationKind
from trainhub.separation import Duty, relations
from trainhub.separation.models import Granted
from trainhub.separation.stating import standing

_number = count(1)


def state_sitting(code=None, days=3, site="SITE-X", organisation=None, district="东港区", rooms=1, hours=2):
    """A sitting in the register that begins in some days; returns its code."""
    code = code or f"SIT-{next(_number)}"
    starts_at = clock.now().replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=days)
    relations.state_sitting(
        code,
        site=site,
        organisation=organisation or make_organisation(OrganisationKind.EXAM_SITE),
        district=district,
        rooms=rooms,
        candidates=0,
        qualification="LV-ELECTRICIAN",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        by=None,
    )
    return code


def hold(person, duty):
    """Let a person hold a duty in the register, for ever and whatever the rules say."""
    person_id = person if isinstance(person, str) else person.id
    facts = {"person_id": person_id, "duty": str(duty), "organisation_code": "CENTRE-X"}
    if not standing(Granted, **facts):
        since = clock.today() - timedelta(days=4000)
        db.session.add(Granted(**facts, starts_on=since, source="test", void=False))
        db.session.flush()


def appoint(person, sitting, duty=Duty.INVIGILATE, room=None):
    """Appoint somebody who holds the duty."""
    hold(person, duty)
    relations.state_appointed(person, sitting, duty, room=room, by=None)


def state_class(instructor, learners, days_ago=30, organisation=None, code=None):
    """A class that ended some days ago; returns its code."""
    code = code or f"CLASS-{next(_number)}"
    organisation = organisation or make_organisation(OrganisationKind.TRAINING_BODY)
    ends_on = clock.today() - timedelta(days=days_ago)
    period = (ends_on - timedelta(days=5), ends_on)
    relations.state_taught(instructor, code, organisation, *period, by=None, source="test")
    for learner in learners:
        relations.state_attended(learner, code, organisation, *period, by=None, source="test")
    return code
