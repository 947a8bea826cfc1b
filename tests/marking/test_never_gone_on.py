"""Whose exam was broken off and never went on has not failed: nothing counts, and no try is used up."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.factories.marking import Marked
from tests.worlds import built_once
from trainhub import handover
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.reading import is_intact
from trainhub.exams.marking import mark_sitting, publish_results, results_of
from trainhub.exams.marking.borne_out import require_borne_out
from trainhub.exams.marking.coming_again import without_pass
from trainhub.exams.marking.models import Result
from trainhub.exams.marking.statistics import spread_of
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict
from trainhub.people.messages import own_messages

DONE, STRONG, WEAK = range(3)


class BrokenOff(Marked):
    """One handed in, then a power cut broke the sitting off for two others, for good."""

    def _close(self, app, misconduct):
        with transaction():
            delivery.hand_in(db.session.get_one(Attempt, self.attempts[DONE]), 10)
        with transaction():
            self.stop()
        super()._close(app, misconduct)

    def stop(self):
        planner = self.person(self.planner_id)
        delivery.halt(self.sitting, HaltKind.SUSPENSION, "考点停电，无法恢复", by=planner)

    def ending(self, place):
        return db.session.get_one(Attempt, self.attempts[place]).ending

    def publish(self):
        mark_sitting(self.code, self.marker_id)
        publish_results(self.code, self.publisher_id)
        db.session.rollback()
        return {result.candidate_id: result for result in results_of(self.sitting)}

    def result(self, results, place):
        return results[db.session.get_one(Attempt, self.attempts[place]).candidate_id]


@pytest.fixture
@built_once
def story(app):
    return BrokenOff(app, right=(10, 10, 2))


def test_who_handed_in_before_keeps_their_result_and_the_others_have_none_that_counts(story):
    assert [story.ending(each) for each in (DONE, STRONG, WEAK)] == ["candidate", "broken_off", "broken_off"]
    results = story.publish()
    said = [
        (result.standing, result.marks, result.passed)
        for result in (story.result(results, each) for each in (DONE, STRONG, WEAK))
    ]
    assert said == [("counted", 100, True), ("broken_off", 0, False), ("broken_off", 0, False)]


def test_their_journals_stay_whole(story):
    assert all(is_intact(db.session.get_one(Attempt, each)) for each in story.attempts)


def test_no_try_is_used_up_and_the_registers_agree(story):
    results = story.publish()
    persons = [story.result(results, place).person_id for place in (DONE, STRONG, WEAK)]
    outcomes = handover.outcomes_of_each(persons)
    assert [[each.passed for each in outcomes.get(person, [])] for person in persons] == [[True], [], []]
    require_borne_out(story.sitting)


def test_they_may_come_to_another_sitting_and_are_named_as_broken_off(story):
    results = story.publish()
    named = {candidate.id: str(why) for candidate, why in without_pass(story.sitting)}
    cut_off = {story.result(results, each).candidate_id for each in (STRONG, WEAK)}
    assert named == dict.fromkeys(cut_off, "broken_off")


def test_they_are_told_that_it_does_not_count(story, client):
    results = story.publish()
    weak = story.result(results, WEAK)
    words = [text for _message, text in own_messages(weak.person)]
    assert any("不占用考试次数" in each for each in words)
    client.sign_in(weak.person)
    page = client.get("/exam/my").text
    assert "中止未恢复，不计成绩" in page
    assert "未通过" not in page


def test_the_spread_and_the_statistics_leave_them_out(story, client):
    story.publish()
    client.sign_in(story.person(story.marker_id))
    page = client.get(f"/exam/marking/{story.code}?lang=en").text
    assert page.count("broken off, does not count") == 2
    spread = spread_of(story.sitting)
    assert (spread.passed, spread.failed, spread.broken_off) == (1, 0, 2)
    assert "Broken off" in page


def test_misconduct_weighs_more_than_that_the_exam_was_broken_off(app):
    story = BrokenOff(app, right=(10, 10, 2), misconduct=(WEAK,))
    results = story.publish()
    assert story.result(results, WEAK).standing == "misconduct"
    assert story.result(results, STRONG).standing == "broken_off"


def test_a_result_said_to_be_broken_off_by_sql_is_found(story):
    results = story.publish()
    passed = story.result(results, DONE)
    with transaction():
        db.session.execute(
            update(Result).where(Result.id == passed.id).values(standing="broken_off", passed=False)
        )
    with pytest.raises(Conflict):
        require_borne_out(story.sitting)


def test_who_goes_on_after_the_break_is_marked_as_ever(app):
    class GoneOn(BrokenOff):
        def stop(self):
            super().stop()
            with clock.set_to(clock.now() + timedelta(minutes=5)):
                (row,) = delivery.open_halts(self.sitting)
                delivery.resume(row, by=self.person(self.planner_id))

    story = GoneOn(app, right=(10, 10, 2))
    results = story.publish()
    assert [story.result(results, each).standing for each in (DONE, STRONG, WEAK)] == ["counted"] * 3
