"""Two signatures are those of two human beings: who turns out to be the same person gives one of them."""

import pytest

from tests.factories.marking import Marked
from tests.factories.people import make_officer, make_organisation
from tests.factories.sites import make_centre
from tests.factories.sittings import make_candidate, make_sitting
from trainhub.exams.invigilation import IncidentKind, Told, confirm_incident, record_incident
from trainhub.exams.invigilation.closing import sign_room_record
from trainhub.exams.sittings.evidence import decide_evidence, propose_evidence
from trainhub.governance import identity
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden
from trainhub.people.models import OrganisationKind, Person
from trainhub.separation.duties import Duty


def found_to_be(person):
    """Another record of a person, with which something is done before anybody knows that it is theirs."""
    second = Person(name=person.name)
    db.session.add(second)
    db.session.flush()
    return second


def join(second, person):
    authority = make_organisation(OrganisationKind.AUTHORITY)
    identity.join_records(second, person, by=make_officer(Duty.ADMINISTER_SECURITY, authority))


@pytest.fixture
def closed(app):
    return Marked(app, right=(3,)).sitting


def test_misconduct_is_not_confirmed_by_who_recorded_it_under_another_record(closed):
    with transaction():
        person = make_officer(Duty.INVIGILATE, closed.organisation)
        second = found_to_be(person)
        words = "考生两次查看藏在袖口的纸条，经提醒仍不停止。"
        incident = record_incident(closed, None, IncidentKind.MISCONDUCT, words, by=second)
        join(second, person)

        with pytest.raises(Conflict, match="第二人"):
            confirm_incident(incident, Told.NOBODY, by=person)


def test_a_room_record_is_not_signed_twice_by_one_human_being(closed):
    with transaction():
        person = make_officer(Duty.INVIGILATE, closed.organisation)
        second = found_to_be(person)
        sign_room_record(closed, closed.rooms[0], by=second)
        join(second, person)

        with pytest.raises(Conflict):
            sign_room_record(closed, closed.rooms[0], by=person)


def test_evidence_is_not_accepted_by_who_laid_it_under_another_record(app):
    with transaction():
        centre = make_centre()
        person = make_officer(Duty.ARRANGE_SITTINGS, centre)
        manager = make_officer(Duty.MANAGE_SITES, centre)
        second = found_to_be(person)
        candidate = make_candidate(make_sitting(centre, manager), manager)
        [evidence] = propose_evidence([candidate], "paper_record", "培训台账原件，存档案室", by=second)
        join(second, person)

        with pytest.raises(Forbidden):
            decide_evidence(evidence, True, "原件已核对", by=person)
