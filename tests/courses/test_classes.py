"""Classes: whom they have, who may enrol, and that the hours and records of their members are true."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories.courses import make_class, make_course
from tests.factories.people import make_officer, make_organisation, make_person
from trainhub.courses import classes, records, viewing
from trainhub.courses.models import Member
from trainhub.courses.progress import own_member, progress_of, start_lesson
from trainhub.courses.work import open_work
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.ledger.models import Entry
from trainhub.separation.duties import Duty

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def still_clock(app):
    with clock.set_to(START):
        yield


@pytest.fixture
def body():
    return make_organisation("training_body")


@pytest.fixture
def manager(body):
    return make_officer(Duty.MANAGE_COURSES, body)


@pytest.fixture
def issuer(body):
    return make_officer(Duty.ISSUE_TRAINING_RECORDS, body)


@pytest.fixture
def instructor(body):
    return make_officer(Duty.TEACH, body)


@pytest.fixture
def course(body, manager):
    return make_course(body, manager)


def opened(course, manager, **changes):
    today = clock.today()
    facts = {"name": "第一期", "starts_on": today, "ends_on": today + timedelta(days=30), "is_open": False}
    return classes.open_class(course.published, **(facts | changes), by=manager)


def learn(training_class, person, lessons=None):
    """Read the lessons of a class honestly."""
    member = own_member(training_class.code, person)
    for lesson in training_class.syllabus.lessons[:lessons]:
        started, sequence = start_lesson(member, lesson), 0
        while not viewing.is_complete(person.id, started.viewing.subject):
            clock.move(timedelta(seconds=30))
            sequence += 1
            ids = person, started.viewing.id, started.token
            viewing.beat(*ids, sequence=sequence, position_ms=0)


def kinds():
    return db.session.scalars(select(Entry.kind)).all()


def test_a_class_is_opened_on_a_published_course_and_leaves_a_trail(course, manager):
    training_class = opened(course, manager)
    assert training_class.syllabus is course.published
    assert "class.opened" in kinds()


def test_a_class_of_another_organisation_is_not_opened(course):
    stranger = make_officer(Duty.MANAGE_COURSES, make_organisation("training_body"))
    with pytest.raises(Forbidden):
        opened(course, stranger)


def test_a_draft_cannot_be_taught(body, manager):
    draft = make_course(body, manager, published=False).draft
    today = clock.today()
    with pytest.raises(Conflict):
        classes.open_class(draft, "第一期", today, today, is_open=False, by=manager)


def test_a_class_does_not_end_before_it_begins(course, manager):
    with pytest.raises(Invalid):
        opened(course, manager, ends_on=clock.today() - timedelta(days=1))


def test_only_an_instructor_of_the_organisation_teaches(course, manager, instructor):
    training_class = opened(course, manager)
    classes.assign_instructor(training_class, instructor, by=manager)
    assert "class.instructor_assigned" in kinds()
    with pytest.raises(Conflict):
        classes.assign_instructor(training_class, instructor, by=manager)
    with pytest.raises(Invalid):
        classes.assign_instructor(training_class, make_officer(Duty.TEACH), by=manager)


def test_nobody_teaches_and_learns_in_one_class(course, manager, instructor):
    training_class = opened(course, manager)
    classes.assign_instructor(training_class, instructor, by=manager)
    with pytest.raises(Invalid):
        classes.enrol(training_class, instructor, by=manager)


def test_a_person_is_enrolled_once_and_it_leaves_a_trail(course, manager):
    training_class, person = opened(course, manager), make_person()
    classes.enrol(training_class, person, by=manager)
    assert "class.enrolled" in kinds()
    with pytest.raises(Conflict):
        classes.enrol(training_class, person, by=manager)


def test_nobody_is_enrolled_in_a_class_that_is_over(course, manager):
    training_class = opened(course, manager)
    clock.move(timedelta(days=40))
    with pytest.raises(Conflict):
        classes.enrol(training_class, make_person(), by=manager)


def test_a_trainee_enrols_themself_in_an_open_class_only(course, manager):
    person = make_person()
    closed, is_open = opened(course, manager), opened(course, manager, is_open=True)
    classes.enrol_oneself(is_open.code, by=person)
    with pytest.raises(NotFound):
        classes.enrol_oneself(closed.code, by=person)


def test_another_organisations_class_is_not_found(course, manager):
    training_class = opened(course, manager)
    stranger = make_officer(Duty.MANAGE_COURSES, make_organisation("training_body"))
    for find in (classes.staffed_class, classes.managed_class, records.issuing_class):
        with pytest.raises(NotFound):
            find(training_class.code, stranger)


def test_hours_of_one_class_do_not_count_in_another(course, manager):
    person = make_person()
    first = make_class(course, manager, members=[person])
    second = make_class(course, manager, members=[person])
    learn(first, person)
    assert [one.done_s for one in progress_of([first.members[0], second.members[0]])] == [120, 0]


def test_a_member_is_ready_only_when_all_lessons_and_hours_are_done(course, manager):
    person = make_person()
    training_class = make_class(course, manager, members=[person])
    learn(training_class, person, lessons=1)
    assert records.ready_members(training_class) == []
    learn(training_class, person)
    (progress,) = records.ready_members(training_class)
    assert (progress.done_s, progress.percent, progress.next_lesson) == (120, 100, None)


def test_records_are_issued_in_one_act_for_those_chosen(course, manager, issuer):
    first, second = make_person(), make_person()
    training_class = make_class(course, manager, members=[first, second])
    learn(training_class, first)
    learn(training_class, second)
    issued = records.issue_records(training_class, [first.id], by=issuer)
    assert [member.person_id for member in issued] == [first.id]
    assert issued[0].record_code
    assert "class.record_issued" in kinds()
    assert [one.member.person_id for one in records.ready_members(training_class)] == [second.id]


def test_no_record_is_issued_for_somebody_who_is_not_ready_nor_twice(course, manager, issuer):
    ready, lazy = make_person(), make_person()
    training_class = make_class(course, manager, members=[ready, lazy])
    learn(training_class, ready)
    with pytest.raises(Conflict):
        records.issue_records(training_class, [ready.id, lazy.id], by=issuer)
    assert db.session.scalars(select(Member.record_code)).all() == [None, None]
    records.issue_records(training_class, [ready.id], by=issuer)
    with pytest.raises(Conflict):
        records.issue_records(training_class, [ready.id], by=issuer)
    with pytest.raises(Invalid):
        records.issue_records(training_class, [], by=issuer)


def test_who_is_late_against_the_plan_is_behind(course, manager):
    person = make_person()
    training_class = make_class(course, manager, members=[person], days=9)
    learn(training_class, person, lessons=1)
    assert not progress_of(training_class.members)[0].is_behind
    clock.move(timedelta(days=7))
    assert progress_of(training_class.members)[0].is_behind


def test_open_work_comes_from_the_rows_and_goes_with_them(app, course, manager, issuer, instructor):
    person = make_person()
    training_class = make_class(course, manager, members=[person], instructors=[instructor], days=9)
    with app.test_request_context():
        assert [task.url for task in open_work(person, frozenset())] == [
            f"/training/classes/{training_class.code}/lessons/{training_class.syllabus.lessons[0].code}"
        ]
        clock.move(timedelta(days=5))
        assert [task.count for task in open_work(instructor, frozenset({Duty.TEACH}))] == [1]
        learn(training_class, person)
        assert open_work(person, frozenset()) == []
        assert open_work(instructor, frozenset({Duty.TEACH})) == []
        duties = frozenset({Duty.ISSUE_TRAINING_RECORDS})
        assert [task.count for task in open_work(issuer, duties)] == [1]
        records.issue_records(training_class, [person.id], by=issuer)
        assert open_work(issuer, duties) == []


def test_who_enrols_in_a_class_that_closed_meanwhile_is_told_on_the_page_of_its_course(
    client, course, manager
):
    closed, title = opened(course, manager), course.title
    address = f"/training/classes/{closed.code}/join"
    client.sign_in(make_person())
    db.session.commit()
    answer = client.post(address)
    assert answer.status_code == 404 and title in answer.text and "data-focus" in answer.text
    assert "data-focus" not in client.post("/training/classes/NONE/join").text
