"""Marking, publishing, changing a key and giving out, killed anywhere, go on and are done once."""

import os
import random
import signal

import pytest
from sqlalchemy import event, func, select, text, update

from tests.factories.judging import WORDS, Written
from tests.factories.marking import Marked
from tests.killing import killed_at
from tests.marking.test_key_changes import Story
from tests.worlds import built_once
from trainhub import handover
from trainhub.exams.marking import entering, giving_out, mark_sitting, publish_results, results_of
from trainhub.exams.marking.models import Mark, Result, ResultState
from trainhub.exams.marking.models_judging import Judgement, WrittenResponse
from trainhub.exams.marking.models_keys import KeyEffect
from trainhub.exams.marking.work import ALLOT, MARK, PUBLISH, REKEY
from trainhub.kernel import jobs, migrations
from trainhub.kernel.alone import alone
from trainhub.kernel.broken_off import TAKING_UP
from trainhub.kernel.db import db, known_to_deed, transaction
from trainhub.kernel.errors import Conflict
from trainhub.kernel.jobs import Job
from trainhub.ledger import Entry
from trainhub.people.models import Message
from trainhub.separation.models import Judged

NEVER = 10**9


@pytest.fixture(autouse=True)
def small_lots(monkeypatch):
    monkeypatch.setattr(entering, "PAPERS_AT_ONCE", 2)
    monkeypatch.setattr(giving_out, "RESPONSES_AT_ONCE", 2)
    monkeypatch.setattr(giving_out, "KNOWN_AT_ONCE", 2)


@pytest.fixture
@built_once
def marking(app):
    return Marking(app)


@pytest.fixture
@built_once
def allotting(app):
    return Allotting(app)


def number(statement):
    return db.session.scalar(select(func.count()).select_from(statement.subquery()))


def told(*kinds):
    return [number(select(Entry.id).where(Entry.kind == kind)) for kind in kinds]


def messages(subject):
    return number(select(Message.id).where(Message.subject == subject))


class Marking(Marked):
    """Five papers that wait to be marked."""

    kind, done = MARK, [5, 50, 0, 1, 1]

    def __init__(self, app):
        super().__init__(app, right=(10, 8, 7, 6, 5))
        self.arguments = {"sitting_code": self.code, "by_id": self.marker_id}

    def seen(self):
        """What is seen from outside: results of the sitting, with their marks, and the ledger."""
        mine = select(Result.id).where(Result.sitting_id == self.sitting.id)
        out = number(select(Result.id).where(Result.state == ResultState.PUBLISHED))
        marks = select(Mark.number).where(Mark.result_id.in_(mine))
        return [number(mine), number(marks), out, *told("results.marked", "sitting.marked")]


class Publishing(Marked):
    """Three results that wait to go out."""

    kind, done = PUBLISH, [3, 3, 3, 3, 3, 1]

    def __init__(self, app):
        super().__init__(app, right=(10, 8, 7))
        mark_sitting(self.code, self.marker_id)
        self.arguments = {"sitting_code": self.code, "by_id": self.publisher_id}

    def seen(self):
        out = number(select(Result.id).where(Result.state == ResultState.PUBLISHED))
        outcomes = number(select(handover.Outcome.id))
        kinds = ("outcome.published", "message.queued", "results.published")
        return [out, outcomes, messages("result.published"), *told(*kinds)]


class Rekeying(Story):
    """Four published results, three of which a voided question changes."""

    kind, done = REKEY, [4, 3, 3, 3, 1]

    def __init__(self, app):
        super().__init__(app)
        publish_results(self.code, self.publisher_id)
        self.arguments = {"change_code": self.propose(), "by_id": self.second_id}

    def seen(self):
        again = number(select(handover.Outcome.id)) - 4
        kinds = ("result.rekeyed", "key_change.approved")
        return [number(select(KeyEffect.result_id)), again, messages("result.corrected"), *told(*kinds)]


class Allotting(Written):
    """Five responses that two of three assessors each are to mark."""

    kind, done = ALLOT, [5, 10, 10, 10, 1]
    goes_on = True

    def __init__(self, app):
        super().__init__(app, words=(WORDS,) * 5)
        self.arguments = {"sitting_code": self.code, "by_id": self.marker_id}

    def seen(self):
        turns = select(Judgement.response_id, Judgement.turn).distinct()
        given = [number(each) for each in (select(Judgement.id), turns, select(Judged.id))]
        return [number(select(WrittenResponse.id)), *given, *told("responses.allotted")]


def begin(story):
    jobs.run_pending()
    with transaction():
        jobs.start(story.kind, "x", by=None, **story.arguments)
    db.session.rollback()


def seen(story):
    db.session.rollback()
    found = story.seen()
    db.session.rollback()
    return found


def job():
    db.session.rollback()
    return db.session.scalar(select(Job).where(Job.kind.in_((MARK, PUBLISH, REKEY, ALLOT))))


def killed_anywhere_and_done_once(story, monkeypatch):
    """Kill its process at two statements by chance, and once between its last deed and its last word."""
    nothing = seen(story)
    begin(story)
    chance, deaths = random.Random(story.code), 0
    for last in (20, 60):
        deaths += killed_at(chance.randint(3, last), jobs.run_pending)
        assert seen(story) in (nothing, story.done) or hasattr(story, "goes_on"), f"half of it, {deaths}"
        TAKING_UP.run()
    with monkeypatch.context() as there:
        there.setattr(jobs, "_note", die_before_it_says_so)
        killed_at(NEVER, jobs.run_pending)
    assert deaths and seen(story) == story.done
    assert (job().state, bool(job().result_url)) == ("done", True)
    TAKING_UP.run()
    jobs.run_pending()
    assert seen(story) == story.done


def die_before_it_says_so(job_id, **values):
    if values["state"] != jobs.JobState.RUNNING:
        os.kill(os.getpid(), signal.SIGKILL)
    with transaction():
        db.session.execute(update(Job).where(Job.id == job_id).values(**values))


def test_killed_marking_is_taken_up_and_nobody_sees_half_a_sitting(on_either, monkeypatch):
    killed_anywhere_and_done_once(Marking(on_either), monkeypatch)
    assert number(select(Result.id)) == 5


@pytest.mark.parametrize("story", [Publishing, Rekeying])
def test_killed_work_is_taken_up_and_done_once(app, story, monkeypatch):
    killed_anywhere_and_done_once(story(app), monkeypatch)


def test_killed_giving_out_is_taken_up_and_done_once(allotting, monkeypatch):
    killed_anywhere_and_done_once(allotting, monkeypatch)


def test_the_ledger_tells_of_all_that_was_given_out_however_often_it_was_broken_off(allotting, monkeypatch):
    story = allotting
    begin(story)
    fill = giving_out.fill

    def die_at_the_second(sitting, places, by):
        if number(select(Judgement.id)):
            os.kill(os.getpid(), signal.SIGKILL)
        return fill(sitting, places, by)

    with monkeypatch.context() as there:
        there.setattr(giving_out, "fill", die_at_the_second)
        assert killed_at(NEVER, jobs.run_pending)
    assert seen(story)[:2] == [5, 4]
    TAKING_UP.run()
    jobs.run_pending()
    body = db.session.scalar(select(Entry.body).where(Entry.kind == "responses.allotted"))
    assert '"allotted":10' in body and '"missing":0' in body and '"responses":5' in body


def test_a_second_marking_at_the_same_time_is_refused(marking):
    with alone(db.engine, f"marking:{marking.code}"), pytest.raises(Conflict, match="正在评卷"):
        mark_sitting(marking.code, marking.marker_id)
    assert mark_sitting(marking.code, marking.marker_id) == 5


def test_what_was_entered_when_marking_fails_at_its_end_is_taken_away(marking):
    def fail():
        raise Conflict("x")

    with pytest.raises(Conflict):
        mark_sitting(marking.code, marking.marker_id, ended=fail)
    assert [number(select(Result.id)), number(select(Mark.number)), *seen(marking)] == [0] * 7
    assert mark_sitting(marking.code, marking.marker_id) == 5


def test_what_was_entered_is_nobodys_result_until_the_sitting_is_marked(marking, monkeypatch):
    story, found = marking, []
    let_count = entering.let_count

    def look(sitting, count):
        found.append((len(results_of(sitting)), number(select(Result.id))))
        let_count(sitting, count)

    monkeypatch.setattr("trainhub.exams.marking.marking.let_count", look)
    mark_sitting(story.code, story.marker_id)
    assert found == [(0, 5)]


def test_on_the_way_down_what_is_only_entered_goes(marking):
    mark_sitting(marking.code, marking.marker_id)
    with transaction():
        db.session.execute(text("UPDATE marking_result SET state = 'entered', sitting_id = NULL"))
    db.session.remove()
    migrations.downgrade(db.engine, "0069")
    assert [number(select(Result.id)), number(select(Mark.number))] == [0, 0]
    db.session.remove()
    migrations.upgrade(db.engine)


def test_who_writes_waits_for_a_key_of_many_results_as_long_as_for_one_of_few(app):
    """What is asked of the database in the deed of a key does not grow with the results."""
    counts = []

    def hear(_connection, _cursor, statement, *_others):
        if known_to_deed() is not None:
            asked.append(statement)

    stories = [Story(app, right) for right in ((10, 9), (10,) + (9,) * 7)]
    for story in stories:
        publish_results(story.code, story.publisher_id)
    event.listen(db.engine, "before_cursor_execute", hear)
    for story in stories:
        asked = []
        story.approve(story.propose())
        counts.append(len(asked))
    assert counts[1] <= counts[0]
