"""Journals looked at after the fact: what raises an alarm, and that only a person decides about it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories.delivery import (
    change,
    lay_out_paper,
    make_seated_sitting,
    make_working_attempt,
    note_events,
)
from tests.factories.people import make_person
from trainhub import create_app
from trainhub.exams.delivery import How, append, watching
from trainhub.exams.delivery.forms_prepared import prepare
from trainhub.exams.delivery.lengths import lengths_of
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import Alarm, ReadingLengths, WatchMark
from trainhub.exams.delivery.noticing import EventKind, Noticed
from trainhub.kernel import clock
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.ledger import Entry
from trainhub.people.models import Person

LATER = timedelta(minutes=3)
ANSWERS = ["T", "F", "T", "F", "A", "B", "C", "D"]


@pytest.fixture
def at_work(app):
    sitting = make_seated_sitting(paper_code="P-TEST")
    lay_out_paper(app, sitting)
    attempt, token = make_working_attempt(sitting)
    with transaction():
        prepare("P-TEST", attempt.sitting.code)
    return attempt.id, attempt.code, token


def answer(at_work, *, how=How.POINTER, shown_ms=4000, start=1, count=8):
    changes = [
        change(start + index, start + index, ANSWERS[start + index - 1], how=how, shown_ms=shown_ms)
        for index in range(count)
    ]
    db.session.rollback()
    append(at_work[1], at_work[2], changes)


def look(moment=None):
    """Do the chore some time later; returns the alarms that there are then."""
    db.session.rollback()
    with clock.set_to(moment or clock.now() + LATER):
        with reading():
            due = watching.is_due()
        if due:
            with transaction():
                watching.look_at_what_is_new()
    return [alarm.kind for alarm in db.session.scalars(select(Alarm).order_by(Alarm.id))]


def attempt_of(at_work):
    return db.session.get(Attempt, at_work[0], populate_existing=True)


def notice(at_work, kind, *positions):
    with transaction():
        events = [Noticed(100 + place, kind, 0, {"position": place}) for place in positions]
        note_events(at_work[0], events)


def test_answers_that_enter_themselves_raise_an_alarm_that_is_recorded_and_changes_nothing(at_work):
    before = (attempt_of(at_work).state, attempt_of(at_work).deadline, attempt_of(at_work).token_hash)
    answer(at_work, how=How.NONE, shown_ms=30)

    assert look() == ["no_hand", "too_fast"]
    attempt = attempt_of(at_work)
    assert (attempt.state, attempt.deadline, attempt.token_hash) == before
    assert db.session.scalar(select(func.count()).where(Entry.kind == "alarm.raised")) == 2


def test_answers_of_a_person_raise_none(at_work):
    answer(at_work)

    assert look() == []


def test_what_assistive_technology_pressed_is_no_alarm(at_work):
    notice(at_work, EventKind.ASSISTED, *range(1, 9))
    answer(at_work, how=How.NONE)

    assert look() == []


def test_a_program_that_presses_is_an_alarm_even_before_any_answer_arrives(at_work):
    notice(at_work, EventKind.UNTRUSTED, 1, 2, 3)

    assert look() == ["scripted"]


def test_other_windows_copying_and_second_screens_are_never_an_alarm(at_work):
    harmless = [kind for kind in EventKind if kind is not EventKind.UNTRUSTED]
    for kind in harmless:
        notice(at_work, kind, *range(1, 9))
    answer(at_work)

    assert look() == []


def test_a_journal_is_read_once_and_an_idle_one_not_at_all(at_work):
    answer(at_work, how=How.NONE, count=4)
    look()
    assert db.session.get(WatchMark, at_work[0]).sequence == 4
    with clock.set_to(clock.now() + 2 * LATER), reading():
        assert not watching.is_due()

    answer(at_work, how=How.NONE, start=5, count=1)
    assert look(clock.now() + 2 * LATER) == ["no_hand"]


def test_the_same_again_adds_to_the_alarm_until_somebody_decides(at_work):
    answer(at_work, how=How.NONE, count=5)
    look()
    notice(at_work, EventKind.UNTRUSTED, 1, 2, 3)
    look()
    notice(at_work, EventKind.UNTRUSTED, 4, 5, 6)
    assert look(clock.now() + 2 * LATER) == ["no_hand", "scripted"]
    scripted = db.session.scalars(select(Alarm).where(Alarm.kind == "scripted")).one()
    assert (scripted.times, len(scripted.evidence)) == (2, 6)

    with transaction():
        watching.dismiss(db.session.get(Alarm, scripted.id), "考生使用语音控制软件", by=make_person())
    notice(at_work, EventKind.UNTRUSTED, 7, 8, 9)
    assert look(clock.now() + 3 * LATER) == ["no_hand", "scripted", "scripted"]


@pytest.fixture
def alarm(at_work):
    answer(at_work, how=How.NONE, count=5)
    look()
    person = make_person()
    db.session.commit()
    return db.session.scalars(select(Alarm)).one().id, person.id


def by(alarm):
    return db.session.get(Alarm, alarm[0]), db.session.get(Person, alarm[1])


def test_a_person_sees_then_dismisses_with_a_reason_and_both_are_recorded(alarm):
    row, person = by(alarm)
    watching.mark_seen(row, by=person)
    watching.dismiss(row, "已到座位查看，考生本人操作", by=person)

    assert (row.state, row.by_id, row.reason) == ("dismissed", person.id, "已到座位查看，考生本人操作")
    kinds = set(db.session.scalars(select(Entry.kind)))
    assert {"alarm.raised", "alarm.seen", "alarm.dismissed"} <= kinds


def test_an_alarm_is_not_dismissed_without_a_reason_or_twice(alarm):
    row, person = by(alarm)
    with pytest.raises(Invalid):
        watching.dismiss(row, "  ", by=person)
    watching.dismiss(row, "设备误触", by=person)
    with pytest.raises(Conflict):
        watching.mark_seen(row, by=person)


@pytest.fixture
def beside(app):
    """A process on the same database that has opened no paper, as a worker or one that was begun anew."""
    other = create_app(app.config["SETTINGS"])
    yield other
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("looker", ["the process with the paper", "the one without"])
def test_whoever_looks_at_a_journal_raises_the_same_alarms_with_the_paper_open_or_not(
    app, beside, at_work, looker
):
    # Faster than the text can be read, slower than a glance: only the length of the questions tells.
    answer(at_work, shown_ms=450)
    db.session.remove()

    with (app if looker == "the process with the paper" else beside).app_context() as context:
        has_paper = bool(context.app.extensions.get("opened-papers"))
        assert has_paper == (looker == "the process with the paper")
        assert look() == ["too_fast"]
        db.session.remove()


def test_the_length_of_a_question_is_known_without_the_paper_which_is_never_opened_for_it(app, at_work):
    known = lengths_of(attempt_of(at_work))
    assert min(known.values()) > 20
    app.extensions["opened-papers"].clear()

    assert lengths_of(attempt_of(at_work)) == known
    assert app.extensions["opened-papers"] == {}


def test_of_the_lengths_numbers_alone_are_written_down_once(app, at_work):
    attempt = attempt_of(at_work)
    code = attempt.sitting.code
    numbers = [each.number for each in app.extensions["opened-papers"]["P-TEST", code].items]
    app.extensions["prepared-forms"].clear()
    with transaction():
        prepare("P-TEST", code)

    [row] = db.session.scalars(select(ReadingLengths))
    assert [number for number, _part, _length in row.lengths] == numbers
    assert all(type(each) is int for line in row.lengths for each in line)


def test_rows_that_have_just_arrived_wait_for_what_the_page_noticed_about_them(at_work):
    answer(at_work, how=How.NONE, shown_ms=30)

    assert look(clock.now()) == []
    assert look(clock.now() + watching.SETTLES_AFTER + timedelta(seconds=1)) == ["no_hand", "too_fast"]
