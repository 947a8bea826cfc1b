"""Results that can be certified, and certificates, for tests."""

from datetime import UTC, datetime, timedelta
from itertools import count

from tests.factories.people import make_organisation
from trainhub import handover
from trainhub.certificates.issuing import issue_for_sitting
from trainhub.certificates.models import Certificate
from trainhub.exams.marking.models import Result, ResultState
from trainhub.exams.sites.models import ExamRoom, Site, SiteState
from trainhub.exams.sittings.models import Candidate, Objection, Sitting, SittingRoom, SittingState
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.people.models import Person
from trainhub.separation.duties import Duty

_number = count(1)


def make_centre():
    """An exam centre and the authority above it."""
    place = next(_number)
    make_organisation("authority", "海川市应急管理局", f"BUREAU-{place}", "市直")
    return make_organisation("exam_centre", "海川市安全生产考试中心", f"ZS-CENTRE-{place}", "市直")


def make_human(name):
    """A person without ID number."""
    person = Person(name=name)
    db.session.add(person)
    db.session.flush()
    return person


def make_issuer(centre, name="郑开颖", duty=Duty.ISSUE_CERTIFICATES):
    """An officer with a duty at a centre."""
    person = make_human(name)
    today = clock.today()
    until = today + timedelta(days=3650)
    db.session.add(
        Grant(person_id=person.id, organisation_id=centre.id, duty=duty, starts_on=today, ends_on=until)
    )
    db.session.flush()
    return person


def make_published_sitting(centre, qualification="SAFETY-MANAGER", starts_at=None):
    """A sitting of a centre whose results are out."""
    place = next(_number)
    site = Site(
        code=f"SITE-{place}",
        name="海川职业技术学院考点",
        organisation_id=centre.id,
        centre_id=centre.id,
        district="东港区",
        address="学府路 1 号",
        state=SiteState.ACTIVE,
    )
    room = ExamRoom(site=site, code="R1", name="第一考场", seats=30)
    sitting = Sitting(
        code=f"S{place}",
        organisation_id=centre.id,
        qualification=qualification,
        site=site,
        starts_at=starts_at or datetime(2026, 11, 10, 1, 0, tzinfo=UTC),
        minutes=120,
        pass_mark=80,
        entry_before_minutes=30,
        late_entry_minutes=30,
        early_hand_in_minutes=30,
        state=SittingState.PUBLISHED,
        planned_by_id=make_human("计划员").id,
        rooms=[SittingRoom(exam_room=room, seats=30)],
    )
    db.session.add(sitting)
    db.session.flush()
    return sitting


def make_result(sitting, publisher, name="欧阳若琳", marks=91, state=ResultState.PUBLISHED):
    """A candidate of a sitting with a result."""
    place = next(_number)
    person = make_human(name)
    candidate = Candidate(
        sitting_id=sitting.id,
        person_id=person.id,
        ticket_number=f"T{place}",
        employer_name="海川华丰机械有限公司",
        registered_by_id=sitting.planned_by_id,
    )
    db.session.add(candidate)
    db.session.flush()
    published = state is ResultState.PUBLISHED
    result = Result(
        candidate_id=candidate.id,
        sitting_id=sitting.id,
        person_id=person.id,
        qualification=sitting.qualification,
        part="theory",
        marks=marks,
        pass_mark=80,
        passed=marks >= 80,
        state=state,
        published_by_id=publisher.id if published else None,
        published_at=clock.now() if published else None,
    )
    db.session.add(result)
    db.session.flush()
    if published:
        day = clock.local_day(sitting.starts_at)
        facts = (sitting.qualification, "theory", result.passed, day, sitting.code)
        handover.publish_outcome(person, *facts, by=publisher, centre=sitting.organisation)
    return result


def make_objection(result):
    """The person of a result says that they did not sit."""
    row = Objection(candidate_id=result.candidate_id, ground="not_me", text_sealed=b"", channel="page")
    db.session.add(row)
    db.session.flush()
    return row


class Story:
    """A centre with an issuer, a publisher and a sitting with some passed results, committed."""

    def __init__(self, names=("欧阳若琳",), qualification="SAFETY-MANAGER"):
        with transaction():
            self.centre = make_centre()
            self.issuer = make_issuer(self.centre)
            self.other_issuer = make_issuer(self.centre, "何秀兰")
            self.publisher = make_issuer(self.centre, "孙立", Duty.PUBLISH_RESULTS)
            self.sitting = make_published_sitting(self.centre, qualification)
            self.results = [make_result(self.sitting, self.publisher, name) for name in names]
            self.code, self.issuer_id = self.sitting.code, self.issuer.id

    def issue(self):
        """Issue the certificates and return them."""
        issue_for_sitting(self.code, self.issuer_id)
        return list(db.session.scalars(db.select(Certificate).order_by(Certificate.id)))
