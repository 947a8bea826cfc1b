"""The pages of sites: application, inspection and admission over HTTP."""

import pytest
from sqlalchemy import select

from tests.factories.people import make_officer
from tests.factories.sites import findings_all_met, make_centre, make_site, make_site_owner
from trainhub.exams.sites.models import Site
from trainhub.kernel.db import db, transaction
from trainhub.separation.duties import Duty


@pytest.fixture
def manager(app, client):
    """A browser in which a site manager is signed in."""
    with transaction():
        person = make_officer(Duty.MANAGE_SITES, make_centre())
    client.sign_in(person)
    return client


def application(owner):
    return {"organisation": owner, "code": "KD-NEW", "name": "新考点", "address": "学府路 1 号"}


def test_site_is_recorded_inspected_and_admitted(manager):
    with transaction():
        owner = make_site_owner().code
    answer = manager.post("/exam/sites/new", data=application(owner))
    assert answer.location == "/exam/sites/KD-NEW"
    room = {"code": "R1", "name": "机房", "seats": "30", "seats_per_row": "6", "spare_machines": "3"}
    manager.post("/exam/sites/KD-NEW/rooms", data=room)
    findings = {f"point-{code}": "met" for code in findings_all_met()}
    manager.post("/exam/sites/KD-NEW/inspections", data=findings)
    manager.post("/exam/sites/KD-NEW/activate")
    assert db.session.scalars(select(Site)).one().state == "active"
    answer = manager.post("/exam/sites/KD-NEW/suspend", data={"reason": "  "})
    form = answer.text.partition("/exam/sites/KD-NEW/suspend")[2]
    assert answer.status_code == 422 and 'id="reason-error"' in form and 'href="#reason"' in answer.text
    assert db.session.scalars(select(Site)).one().state == "active"
    db.session.rollback()
    for language in ("zh_CN", "en"):
        for page in ("/exam/sites/", "/exam/sites/new", "/exam/sites/KD-NEW"):
            assert manager.get(page, query_string={"lang": language}).status_code == 200


def test_site_of_an_owner_that_trains_is_refused_with_the_rule(manager):
    with transaction():
        owner = make_site_owner("training_body").code
    answer = manager.post("/exam/sites/new", data=application(owner))
    assert answer.status_code == 409
    assert "S-03" in answer.text
    assert db.session.scalar(select(Site)) is None


def test_site_of_another_centre_is_not_found(manager):
    with transaction():
        code = make_site(make_centre()).code
    assert manager.get(f"/exam/sites/{code}").status_code == 404
    assert manager.post(f"/exam/sites/{code}/suspend", data={"reason": "理由"}).status_code == 404
