"""On PostgreSQL: who waited for somebody else's deed sees what came of it, not what they read before."""

import threading

import pytest
from sqlalchemy import func, select

from tests.factories.people import give_duty, make_account, make_officer, make_organisation, make_person
from tests.factories.sites import make_centre, make_site
from tests.factories.sittings import make_candidate, make_sitting
from tests.on_postgres import application_on_postgres, long_deed
from trainhub.exams.sites import Site, suspend_site
from trainhub.exams.sittings.models import Objection, ObjectionState
from trainhub.exams.sittings.objections import decide_objection, raise_objection
from trainhub.governance import accounts, duties
from trainhub.governance.models import Grant
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, NotFound
from trainhub.ledger import Entry
from trainhub.people.models import Account, OrganisationKind, Person
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with application_on_postgres(tmp_path_factory.mktemp("meanwhile")) as application:
        yield application


def meanwhile(app, do):
    """Do a deed in another thread, from beginning to end."""
    problems = []

    def run():
        with app.app_context():
            try:
                with transaction():
                    do()
            except Exception as problem:
                problems.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert problems == [] and not thread.is_alive()


def test_an_objection_that_one_upholds_is_not_dismissed_by_another_in_the_same_instant(app):
    with transaction():
        centre = make_centre()
        by = make_officer(Duty.HANDLE_OBJECTIONS, centre)
        candidate = make_candidate(make_sitting(centre, by), by)
        code = raise_objection(candidate, "not_sat", "不是我考的", "", channel="link").code
        by_id = by.id

    def decide(uphold):
        objection = db.session.scalars(select(Objection).where(Objection.code == code)).one()
        return lambda: decide_objection(objection, uphold, "经核查照片", by=db.session.get_one(Person, by_id))

    with transaction():
        dismiss = decide(False)
        meanwhile(app, lambda: decide(True)())
        with pytest.raises(Conflict):
            dismiss()
    db.session.rollback()
    assert db.session.scalars(select(Objection.state)).one() == ObjectionState.UPHELD


def test_no_sitting_is_planned_at_a_site_that_is_suspended_in_the_same_instant(app):
    with transaction():
        centre = make_centre()
        by = make_officer(Duty.ARRANGE_SITTINGS, centre)
        site_id, by_id, centre_code = make_site(centre, by=by).id, by.id, centre.code

    def suspend():
        suspend_site(db.session.get_one(Site, site_id), "监控损坏", by=db.session.get_one(Person, by_id))

    with transaction():
        site, by = db.session.get_one(Site, site_id), db.session.get_one(Person, by_id)
        assert (site.state, site.centre.code) == ("active", centre_code)
        meanwhile(app, suspend)
        with pytest.raises(Conflict):
            make_sitting(site.centre, by, site=site)


def test_a_duty_is_withdrawn_and_an_account_closed_once(app):
    with transaction():
        authority = make_organisation(OrganisationKind.AUTHORITY)
        security = make_officer(Duty.ADMINISTER_SECURITY, authority).id
        system = make_officer(Duty.ADMINISTER_SYSTEM, authority).id
        person = make_person()
        account_id = make_account(person).id
        give_duty(person, Duty.INVIGILATE, make_centre())
        grant_id = db.session.scalars(select(Grant.id).where(Grant.person_id == person.id)).one()

    def revoke():
        duties.revoke(grant_id, by=db.session.get_one(Person, security))

    def close():
        account = db.session.get_one(Account, account_id)
        accounts.close_account(account, by=db.session.get_one(Person, system))

    for deed, kind in ((revoke, "duty.revoked"), (close, "account.closed")):
        with long_deed(app, deed), transaction(), pytest.raises((Conflict, NotFound)):
            deed()
        assert db.session.scalar(select(func.count(Entry.id)).where(Entry.kind == kind)) == 1
