"""Trying acts to learn secrets: the training side gets one answer, by the same statements, about everybody.

Each act is tried twice in the same state of things: about somebody of whom the examination side
keeps secrets (an appointment, a registration, an item written, a paper seen, a declared relation),
and about somebody of whom it knows nothing. The answers are compared byte by byte, but for random
codes; and so are the statements that the database was given: the same ones, as often, and on no
table of the examination. What the database does not do, no clock can show.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, event, select

from tests.conftest import Client
from tests.factories import cases, courses, separation
from tests.factories import walls as instances
from tests.factories.people import give_duty, make_account, make_id_number, make_officer, make_organisation
from trainhub import handover
from trainhub.cases import drafting
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import Base, db, transaction
from trainhub.people.models import Account, Organisation, OrganisationKind, Person
from trainhub.people.persons import record_person
from trainhub.separation import models
from trainhub.separation.duties import Duty

pytestmark = pytest.mark.postgres

SECRET_TABLES = [table.name for table in Base.metadata.sorted_tables if table.info["side"] == "exam"]
ID_NUMBERS = {}
# Random ids, codes of classes and courses, user names, codes of organisations, tokens against forgery.
RANDOM = r"[0-9a-f]{32}|(BJ|KC)-\w{6}|(user|ORG)-\d+|I[\w-]{20,}\.[\w-]+\.[\w-]+|[0-9X*]{18}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("probing") / "instance"


@pytest.fixture(scope="module")
def url(folder):
    with instances.house(folder) as address:
        yield address


def scene():
    """A training body with its officers, and a sitting that the examination keeps secret; their ids."""
    body = make_organisation(OrganisationKind.TRAINING_BODY, name="海川培训学校")
    authority = make_organisation(OrganisationKind.AUTHORITY, name="海川应急管理局")
    places = {
        Duty.MANAGE_COURSES: body,
        Duty.ISSUE_TRAINING_RECORDS: body,
        Duty.ENROL_PEOPLE: body,
        Duty.ADMINISTER_SECURITY: authority,
    }
    found = {duty: make_officer(duty, place, name="张敏").id for duty, place in places.items()}
    found |= {"body": body.id, "authority": authority.id, "sitting": separation.state_sitting(days=1)}
    course = courses.make_course(body, db.session.get_one(Person, found[Duty.MANAGE_COURSES]))
    return found | {"course": course.id}


def fact(model, person, **facts):
    row = model(person_id=person.id, **facts, starts_on=clock.today(), source="test", void=False)
    db.session.add(row)


def keep_secrets(person, who):
    """All that the examination may keep secret about somebody, but for duties, which are granted openly."""
    duty = Duty.INVIGILATE.value
    fact(models.Appointed, person, sitting_code=who["sitting"], duty=duty)
    fact(models.Registered, person, sitting_code=who["sitting"])
    fact(models.Qualified, person, duty=duty, organisation_code="C", district="市南区")
    fact(models.Authored, person, item_code="Q-1")
    fact(models.Reviewed, person, item_code="Q-2")
    fact(models.Saw, person, paper_code="P-1")
    fact(models.Related, person, other_id=who[Duty.MANAGE_COURSES])
    fact(models.Marked, person, sitting_code=who["sitting"])


def subject(who, secret, *, duty=None):
    """Somebody new, of whom the examination knows the secret, or nothing; their id."""
    number = make_id_number(date(1970, 1, 1) + timedelta(days=len(ID_NUMBERS)))
    person = record_person("王小明", number, by=None)
    make_account(person)
    ID_NUMBERS[person.id] = number
    if duty is not None:
        give_duty(
            person, duty, db.session.get_one(Organisation, who["authority" if "case" in duty else "body"])
        )
    if secret:
        keep_secrets(person, who)
    return person.id


def new_class(who, *instructors):
    course = db.session.get_one(courses.Course, who["course"])
    made = courses.make_class(
        course,
        db.session.get_one(Person, who[Duty.MANAGE_COURSES]),
        instructors=[db.session.get_one(Person, each) for each in instructors],
    )
    return made.code


@contextmanager
def watched():
    """The statements that the database is given."""
    said = []

    def listen(_connection, _cursor, statement, _parameters, _context, many):
        said.append((re.sub(r"\s+", " ", statement), many))

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)


def plain(answer, *names):
    """What an answer says, but for names and random codes."""
    text = f"{answer.status_code} {answer.headers.get('Location', '')} {answer.get_data(as_text=True)}"
    for name in names:
        text = text.replace(name, "…")
    return re.sub(RANDOM, "…", text)


def posting(path, data, officer):
    """An act on a page, with the page that it leads to."""

    def act(app, who, person_id, code):
        app.test_client_class = Client
        client = app.test_client()
        client.sign_in(db.session.get_one(Person, who[officer]))
        with watched() as said:
            answer = client.post(path.format(code=code), data=data(person_id, who))
            if answer.status_code in (302, 303):
                after = client.get(answer.headers["Location"])
                return plain(answer, code, person_id) + plain(after, code, person_id), said
        return plain(answer, code, person_id), said

    return act


def deed(do):
    """An act that several pages share, by its function."""

    def act(_app, who, person_id, code):
        with watched() as said, transaction():
            try:
                do(who, db.session.get_one(Person, person_id), code)
                outcome = "done"
            except Exception as refusal:
                outcome = f"{type(refusal).__name__}: {refusal}"
        return outcome, said

    return act


def issue_record(who, person, code):
    today = clock.today()
    handover.issue_training_record(
        person,
        "PRINCIPAL",
        "1",
        3600,
        today - timedelta(days=9),
        today,
        db.session.get_one(Organisation, who["body"]),
        code,
        by=db.session.get_one(Person, who[Duty.ISSUE_TRAINING_RECORDS]),
    )


def apply_for(who, person, _code):
    today = clock.today()
    handover.submit_application(
        person,
        "PRINCIPAL",
        today,
        today + timedelta(days=9),
        db.session.get_one(Organisation, who["body"]),
        by=db.session.get_one(Person, who[Duty.ENROL_PEOPLE]),
    )


def draft(who, person, _code):
    drafting.draft_case(cases.FACTS, db.session.get_one(Organisation, who["authority"]), by=person)


ACTS = {
    "enrol": (
        posting(
            "/training/classes/{code}/members",
            lambda person_id, who: {"name": "王小明", "id_number": ID_NUMBERS[person_id]},
            Duty.MANAGE_COURSES,
        ),
        None,
    ),
    "have teach": (
        posting(
            "/training/classes/{code}/instructors",
            lambda person_id, who: {"person": person_id},
            Duty.MANAGE_COURSES,
        ),
        Duty.TEACH,
    ),
    "hand over a training record": (deed(issue_record), None),
    "apply for an examination": (deed(apply_for), None),
    "draft a case": (deed(draft), Duty.DRAFT_CASES),
}


def tried(url, folder, act, secret, duty, *, instructor_secret=None):
    with instances.everything(url, folder), transaction():
        who = scene()
        person_id = subject(who, secret, duty=duty)
        teachers = [subject(who, instructor_secret, duty=Duty.TEACH)] if instructor_secret is not None else []
        code = new_class(who, *teachers)
    with instances.process_of("training", url, folder) as app:
        outcome, said = act(app, who, person_id, code)
        for teacher in teachers:
            outcome = outcome.replace(teacher, "…")
    with instances.everything(url, folder), transaction():
        # The next try shall find as many instructors as this one did.
        db.session.execute(delete(Grant).where(Grant.duty == Duty.TEACH))
    return outcome, said


def compare(known, unknown):
    assert known[0] == unknown[0], "the answer tells"
    assert known[1] == unknown[1], "the statements tell"
    assert known[1], "nothing was asked of the database"
    named = {table for table in SECRET_TABLES for statement, _many in known[1] if table in statement}
    assert named == set()


@pytest.mark.parametrize("act", ACTS)
def test_an_act_about_somebody_with_a_secret_answers_as_about_anybody(url, folder, act):
    do, duty = ACTS[act]
    compare(tried(url, folder, do, True, duty), tried(url, folder, do, False, duty))


@pytest.mark.parametrize("act", ["enrol", "hand over a training record"])
def test_a_learner_of_a_secretly_appointed_instructor_is_enrolled_as_anybody_is(url, folder, act):
    """The act makes a conflict on the examination side, which alone learns of it."""
    do, duty = ACTS[act]
    known = tried(url, folder, do, True, duty, instructor_secret=True)
    compare(known, tried(url, folder, do, False, duty, instructor_secret=False))


def test_a_duty_of_the_training_side_is_granted_as_to_anybody(url, folder):
    def grant(secret):
        with instances.everything(url, folder), transaction():
            who = scene()
            person_id = subject(who, secret)
        with instances.process_of("oversight", url, folder) as app:
            app.test_client_class = Client
            client = app.test_client()
            client.sign_in(db.session.get_one(Person, who[Duty.ADMINISTER_SECURITY]))
            username = name_of(person_id)
            data = {
                "duty": Duty.TEACH.value,
                "organisation": "",
                "starts_on": clock.today().isoformat(),
                "ends_on": (clock.today() + timedelta(days=9)).isoformat(),
            }
            data["organisation"] = db.session.get_one(Organisation, who["body"]).code
            with watched() as said:
                answer = client.post(f"/oversight/people/{username}/duties", data=data)
                assert answer.status_code == 302
                text = plain(answer, username, person_id)
            return text, said

    compare(grant(True), grant(False))


def name_of(person_id):
    return db.session.scalar(select(Account.username).where(Account.person_id == person_id))


def test_the_comparison_notices_a_look_at_the_examination(url, folder):
    """The control: the same act in a process of the whole house, with a look at the secret before it."""

    def curious(who, person, code):
        if db.session.query(models.Appointed).filter_by(person_id=person.id).count():
            raise ValueError("appointed")

    outcomes = []
    for secret in (True, False):
        with instances.everything(url, folder):
            with transaction():
                who = scene()
                person_id = subject(who, secret)
            outcomes.append(deed(curious)(None, who, person_id, ""))
    with pytest.raises(AssertionError):
        compare(*outcomes)
