"""Each side works in full with the rights of its own login: pages, sign-in, the door, refusals on record."""

from __future__ import annotations

import re
from collections import deque
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from tests.conftest import Client
from tests.factories import bank, certificates, courses, delivery, separation
from tests.factories import walls as instances
from tests.factories.people import make_account, make_officer, make_organisation, make_person
from trainhub import handover, ledger
from trainhub.exams.bank.models import ItemVersion
from trainhub.governance.duties import grant
from trainhub.governance.models import Grant
from trainhub.kernel import clock, roles
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.errors import Refused
from trainhub.people.messages import own_messages, tell
from trainhub.people.models import Organisation, OrganisationKind, Person
from trainhub.people.sign_in import open_account
from trainhub.separation import relations
from trainhub.separation.duties import Duty
from trainhub.separation.refusals import KIND, record_refusal

pytestmark = pytest.mark.postgres

MOST_PAGES = 15
PASSWORD = "a-long-password"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sides") / "instance"


@pytest.fixture(scope="module")
def url(folder):
    with instances.house(folder) as address:
        yield address


@pytest.fixture(scope="module")
def who(url, folder):
    """Rows of every room, and an officer of every duty by its name; their ids."""
    with instances.everything(url, folder):
        with transaction():
            found = _fill()
    return found


def _fill():
    body = make_organisation(OrganisationKind.TRAINING_BODY)
    centre = make_organisation(OrganisationKind.EXAM_CENTRE)
    enterprise = make_organisation(OrganisationKind.ENTERPRISE)
    authority = make_organisation(OrganisationKind.AUTHORITY)
    place = {"training": body, "exam": centre, "enterprise": enterprise}
    found = {duty.value: make_officer(duty, place.get(duty.side, authority)).id for duty in Duty}
    teacher, learner = db.session.get_one(Person, found[Duty.TEACH]), make_account().person
    manager = db.session.get_one(Person, found[Duty.MANAGE_COURSES])
    course = courses.make_course(body, manager)
    courses.make_class(course, manager, members=[learner], instructors=[teacher])
    separation.state_class(teacher, [learner])
    code = separation.state_sitting()
    relations.state_registered(learner, code, by=None)
    bank.make_sealed(bank.make_staff())
    sitting = delivery.make_seated_sitting()
    certificates.make_objection(certificates.make_result(sitting, certificates.make_human("发布员")))
    delivery.make_working_attempt(sitting)
    open_account(make_person("王芳"), "wang.fang", PASSWORD, by=None)
    return found | {"learner": learner.id, "sitting": code, "body": body.id, "centre": centre.id}


def browser(app):
    app.test_client_class = Client
    return app.test_client()


def walk(client, start):
    """Follow the links of a person's pages; what did not answer as a page should."""
    waiting, seen, wrong = deque([start]), {start}, []
    while waiting and len(seen) < MOST_PAGES + len(waiting):
        path = waiting.popleft()
        try:
            answer = client.get(path)
        except Exception as problem:
            wrong.append(f"{path}: {type(problem).__name__} {str(problem)[:200]}")
            continue
        if answer.status_code >= 500:
            wrong.append(f"{path}: {answer.status_code}")
        links = [answer.headers["Location"]] if answer.status_code in (302, 303) else []
        if answer.mimetype == "text/html":
            links += re.findall(r'href="(/[^"#?]*)', answer.get_data(as_text=True))
        for link in links:
            if link.startswith("/") and not link.startswith(("/static", "/sign-out")) and link not in seen:
                seen.add(link)
                waiting.append(link)
    assert len(seen) > 3
    return wrong


@pytest.mark.parametrize("side", roles.SIDES)
def test_the_chores_of_a_side_are_done_with_its_rights(url, folder, who, side):
    with instances.process_of(side, url, folder) as app:
        for chore in app.extensions["chores"]:
            with reading():
                chore.is_due()
            with transaction():
                chore.ready()()


OF_SIDE = {
    "training": ["learner", *(d.value for d in Duty if d.side in ("training", "enterprise"))],
    "exam": ["learner", *(d.value for d in Duty if d.side in ("exam", "enterprise"))],
    "oversight": [d.value for d in Duty if d.side in ("oversight", "system")],
}


@pytest.mark.parametrize("side, officer", [(side, who) for side in roles.SIDES for who in OF_SIDE[side]])
def test_everybody_of_a_side_finds_their_pages(url, folder, who, side, officer):
    with instances.process_of(side, url, folder) as app:
        client = browser(app)
        client.sign_in(db.session.get_one(Person, who[officer]))
        wrong = [
            problem for start in ("/home", f"/home/{side}", "/account") for problem in walk(client, start)
        ]
    assert sorted(set(wrong)) == []


@pytest.mark.parametrize("side", roles.SIDES)
def test_one_sign_in_serves_every_side(url, folder, who, side):
    with instances.process_of(side, url, folder) as app:
        client = browser(app)
        answer = client.post("/sign-in", data={"username": "wang.fang", "password": PASSWORD})
        assert answer.status_code in (302, 303)
        assert client.get("/home", follow_redirects=True).status_code == 200


def test_a_training_record_goes_through_the_door_and_the_examination_reads_it(url, folder, who):
    today = clock.today()
    with instances.process_of("training", url, folder):
        with transaction():
            code = handover.issue_training_record(
                db.session.get_one(Person, who["learner"]),
                "SAFETY-MANAGER",
                "1",
                3600,
                today - timedelta(days=9),
                today,
                db.session.get_one(Organisation, who["body"]),
                "CLASS-1",
                by=db.session.get_one(Person, who[Duty.ISSUE_TRAINING_RECORDS]),
            ).code
        assert db.session.scalar(select(ledger.Entry.id).where(ledger.Entry.kind == "training_record.issued"))
    with instances.process_of("exam", url, folder):
        found = handover.training_records_of([who["learner"]], "SAFETY-MANAGER")
        assert [record.code for record in found] == [code]


def test_oversight_grants_duties_and_a_training_process_has_no_page_for_it(url, folder, who):
    data = {"duty": Duty.TEACH.value, "organisation": who["body"]}
    with instances.process_of("oversight", url, folder) as app:
        with transaction():
            grant(
                db.session.get_one(Person, who["learner"]),
                Duty.TEACH,
                db.session.get_one(Organisation, who["body"]),
                clock.today(),
                clock.today() + timedelta(days=9),
                by=db.session.get_one(Person, who[Duty.ADMINISTER_SECURITY]),
            )
        held = select(Grant.id).where(Grant.person_id == who["learner"], Grant.duty == Duty.TEACH)
        assert db.session.scalar(held)
    with instances.process_of("training", url, folder) as app:
        client = browser(app)
        client.sign_in(db.session.get_one(Person, who[Duty.ADMINISTER_SECURITY]))
        assert client.post("/oversight/people/wang.fang/duties", data=data).status_code == 404


def test_a_refusal_is_on_record_on_its_own_side_and_for_oversight(url, folder, who):
    with instances.process_of("exam", url, folder):
        with pytest.raises(Refused) as refused, transaction():
            relations.state_appointed(
                db.session.get_one(Person, who[Duty.TEACH]), who["sitting"], Duty.INVIGILATE, by=None
            )
        record_refusal(refused.value)
        mine = db.session.scalars(select(ledger.Entry.id).where(ledger.Entry.kind == KIND)).all()
        assert len(mine) == 1
    with instances.process_of("training", url, folder):
        seen = db.session.scalars(select(ledger.Entry.side).where(ledger.Entry.kind == KIND)).all()
        assert "exam" not in seen
    with instances.process_of("oversight", url, folder):
        assert db.session.get(ledger.Entry, mine[0]) is not None


def test_what_the_examination_told_somebody_is_not_known_on_the_training_side(url, folder, who):
    with instances.process_of("exam", url, folder):
        with transaction():
            tell(db.session.get_one(Person, who["learner"]), "sitting.registered", "您已报名。")
        assert own_messages(db.session.get_one(Person, who["learner"]))
    with instances.process_of("training", url, folder):
        assert own_messages(db.session.get_one(Person, who["learner"])) == []
        told = select(ledger.Entry.id).where(ledger.Entry.kind == "message.queued")
        assert db.session.scalar(told) is None


def test_a_training_process_reads_no_item_whatever_it_asks(url, folder, who):
    with instances.process_of("training", url, folder):
        with pytest.raises(ProgrammingError, match="permission denied for table bank_item_version"):
            db.session.scalars(select(ItemVersion)).all()
        db.session.rollback()
