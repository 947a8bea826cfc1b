"""Marking, publishing, changing a key and giving out, killed anywhere, go on and are done once."""

import os
import random
import signal
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, text, update

from tests.factories.judging import WORDS, Written
from tests.factories.marking import Marked
from tests.killing import killed_at
from tests.marking.test_key_changes import Story
from tests.worlds import built_once
from trainhub import handover
from trainhub.exams.marking import (
    approve_correction,
    entering,
    giving_out,
    mark_sitting,
    propose_correction,
    publish_results,
    results_of,
    under_way,
)
from trainhub.exams.marking.corrections import get_correction
from trainhub.exams.marking.models import Mark, Result, ResultState
from trainhub.exams.marking.models_judging import Judgement, WrittenResponse
from trainhub.exams.marking.models_keys import KeyChange, KeyEffect
from trainhub.exams.marking.work import ALLOT, MARK, PUBLISH, REKEY
from trainhub.kernel import clock, jobs, migrations
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
    monkeypatch.setattr(under_way, "TOLD_AT_ONCE", 2)
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

    kind, done = REKEY, [4, 3, 4, 1, 3, 3, 3, 1]
    goes_on = True

    def __init__(self, app):
        super().__init__(app)
        publish_results(self.code, self.publisher_id)
        self.arguments = {"change_code": self.propose(), "by_id": self.second_id}

    def seen(self):
        """What is seen from outside: effects, outcomes and marks; then what is told, and that all is."""
        again = number(select(handover.Outcome.id)) - 4
        given = number(select(Mark.number).where(Mark.item_code == "I-10", Mark.given > 0))
        whole = [number(select(KeyEffect.result_id)), again, given, *told("key_change.approved")]
        assert whole in ([0, 0, 1, 0], [4, 3, 4, 1]), "some results follow, and some do not"
        kinds = ("result.rekeyed", "key_change.followed")
        outcomes = told("outcome.published")[0] - 4
        return [*whole, outcomes, messages("result.corrected"), *told(*kinds)]


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
    # Not of other work that it has queued: the sitting's statistics are counted anew after a changed key.
    if values["state"] != jobs.JobState.RUNNING and job_id == job().id:
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
    """What is asked of the database in the longest deed of a key does not grow with the results."""
    longest = []

    def hear(_connection, _cursor, statement, *_others):
        if (deed := known_to_deed()) is not None:
            if not deeds or deeds[-1] is not deed:
                deeds.append(deed)
                asked.append(0)
            asked[-1] += 1

    stories = [Story(app, right) for right in ((10, 9, 9), (10,) + (9,) * 7)]
    for story in stories:
        publish_results(story.code, story.publisher_id)
    codes = [story.propose() for story in stories]
    event.listen(db.engine, "before_cursor_execute", hear)
    for story, code in zip(stories, codes, strict=True):
        deeds, asked = [], []
        story.approve(code)
        longest.append(max(asked))
    assert longest[1] <= longest[0]


def untold(story):
    """Kill a change of a key after the deed that all results follow, before everybody is told."""
    begin(story)

    def die(_change):
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.MonkeyPatch.context() as there:
        there.setattr(under_way, "_tell_some", die)
        assert killed_at(NEVER, jobs.run_pending)
    assert seen(story) == [4, 3, 4, 1, 0, 0, 0, 0]


def test_a_change_of_which_not_all_are_told_is_under_way_and_nothing_comes_between(app, client):
    story = Rekeying(app)
    page = f"/exam/marking/key-changes/{story.arguments['change_code']}"
    first = results_of(story.sitting)[1]
    with transaction():
        marker = story.person(story.marker_id)
        correction = propose_correction(first, 50, "复核发现误判", "复核记录 7 号", by=marker).code
    other = story.propose(item="I-9")
    untold(story)
    client.sign_in(story.person(story.second_id))
    shown = client.get(page).text
    assert "进行中" in shown and "已告知 0 个" in shown and "尚未告知" in shown
    with pytest.raises(Conflict, match="正在进行"), transaction():
        found = get_correction(correction, centres=[story.sitting.organisation_id])
        approve_correction(found, by=story.person(story.second_id))
    with pytest.raises(Conflict, match="正在进行"):
        story.approve(other)
    TAKING_UP.run()
    jobs.run_pending()
    assert seen(story) == story.done
    assert story.approve(other) > 0
    shown = client.get(page).text
    assert "进行中" not in shown and "尚未告知" not in shown


def test_a_change_that_lost_its_job_is_told_by_a_chore(app):
    story = Rekeying(app)
    untold(story)
    with transaction():
        db.session.execute(update(Job).where(Job.kind == REKEY).values(state="failed", ended_at=clock.now()))
    under_way.FOLLOWING.run()
    assert seen(story) == [4, 3, 4, 1, 0, 0, 0, 0]
    with clock.set_to(clock.now() + under_way.PATIENCE + timedelta(seconds=1)):
        for _round in range(4):
            under_way.FOLLOWING.run()
    assert seen(story) == story.done


def test_a_change_that_was_done_before_it_could_be_under_way_is_done(app):
    story = Rekeying(app)
    story.approve(story.arguments["change_code"], story.second_id)
    db.session.remove()
    migrations.downgrade(db.engine, "0075")
    migrations.upgrade(db.engine)
    change = db.session.scalar(select(KeyChange))
    assert change.followed_at == change.decided_at
    assert {each.followed_at for each in change.effects} == {change.decided_at}
