"""People mark what was written: two blind, a third where they differ, and nobody whom a rule keeps away."""

import re

import pytest
from sqlalchemy import select, text

from tests.factories.judging import Written
from tests.factories.people import make_organisation, make_person
from tests.worlds import built_once
from trainhub.exams.bank.details import Criterion, Rubric
from trainhub.exams.marking import (
    Wanted,
    approve_correction,
    approve_key_change,
    differences,
    mark_sitting,
    propose_key_change,
    publish_results,
    results_of,
)
from trainhub.exams.marking.allotting import release
from trainhub.exams.marking.judged_anew import anew_of, ask_anew, new_marks, propose_anew
from trainhub.exams.marking.judging import enter, note_of, own_judgement, own_work, read_sheet
from trainhub.exams.marking.models_judging import Judgement, JudgementState, WrittenResponse
from trainhub.exams.marking.reliability import by_assessor, by_question
from trainhub.exams.marking.shown_figures import behaviours_of
from trainhub.exams.marking.written import counted, is_empty, responses_of
from trainhub.governance.duties import record_grant
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from trainhub.kernel.i18n import as_read, in_language
from trainhub.ledger import Entry
from trainhub.people.models import OrganisationKind
from trainhub.separation import audit, relations
from trainhub.separation.declaring import declare
from trainhub.separation.duties import Duty
from trainhub.separation.models import Judged, Related


@pytest.fixture
@built_once
def story(app):
    return Written(app)


@pytest.fixture
@built_once
def allotted(story):
    assert story.allot() == (2, 0)
    return story


def response():
    return db.session.scalars(select(WrittenResponse)).one()


def marks(story):
    return [(each.marks, each.passed, each.state) for each in results_of(story.sitting)]


def test_two_assessors_mark_and_the_result_waits_for_both(allotted):
    with pytest.raises(Conflict, match="1 份作答等待人工评阅"):
        mark_sitting(allotted.code, allotted.marker_id)
    allotted.give_all([2, 2])
    with pytest.raises(Conflict, match="1 份作答等待人工评阅"):
        publish_results(allotted.code, allotted.publisher_id)
    allotted.give_all([2, 3])
    # 9 of twice 5 points, of 8 marks: 7.2, rounded down; and 2 marks from the machine.
    assert response().twice_points == 9
    assert mark_sitting(allotted.code, allotted.marker_id) == 1
    assert publish_results(allotted.code, allotted.publisher_id) == 1
    assert marks(allotted) == [(9, True, "published")]
    assert [(each.number, each.given) for each in results_of(allotted.sitting)[0].item_marks] == [
        (1, 2),
        (2, 7),
    ]


def test_a_sitting_whose_responses_nobody_was_given_is_not_marked(story):
    with pytest.raises(Conflict, match="第 2 题的作答等待人工评阅"):
        mark_sitting(story.code, story.marker_id)


def test_where_two_differ_a_third_marks_and_the_two_nearest_count(allotted):
    allotted.give_all([0, 0], [2, 3])
    assert response().twice_points is None
    (third, code), had = allotted.to_mark()[0], {each.assessor_id for each in response().entered()}
    assert third not in had
    allotted.give(third, code, [2, 1])
    assert response().twice_points == 8
    assert allotted.to_mark() == []


def test_what_was_left_empty_earns_nothing_and_is_given_to_nobody(app):
    story = Written(app, words=(None, " \n ".strip() or None))
    assert story.allot() == (0, 0)
    mark_sitting(story.code, story.marker_id)
    assert [each[0] for each in marks(story)] == [2, 2]


def test_an_assessor_sees_question_rubric_and_words_and_nothing_of_whose_they_are(allotted):
    assessor, code = allotted.to_mark()[0]
    by = allotted.person(assessor)
    sheet = read_sheet(own_judgement(code, by=by), by=by)
    assert "动火审批" in sheet.text
    assert "\n" in sheet.text
    assert [each.points for each in sheet.rubric.criteria] == [2, 3]
    assert set(vars(sheet)) == {"item", "rubric", "text", "is_cut"}
    other = next(each for each in allotted.assessors if each != assessor)
    with pytest.raises(NotFound):
        own_judgement(code, by=allotted.person(other))


def test_what_goes_beyond_the_rubric_counts_nowhere_and_a_note_is_sealed(allotted):
    rubric = Rubric((Criterion("审批", 2),), "", 4)
    assert counted("先审批再清理", rubric) == "先审批再" and counted(None, rubric) == ""
    assert is_empty("    全在后面", rubric) and not is_empty("  审批", rubric)
    assessor, code = allotted.to_mark()[0]
    by = allotted.person(assessor)
    with pytest.raises(Invalid, match="500"):
        enter(own_judgement(code, by=by), [1, 1], by=by, note="长" * 501)
    db.session.rollback()
    with transaction():
        by = allotted.person(assessor)
        enter(own_judgement(code, by=by), [1, 1], by=by, note=" 第二条表述含糊。 ")
    row = db.session.scalars(select(Judgement).where(Judgement.code == code)).one()
    assert note_of(row) == "第二条表述含糊。" and "含糊".encode() not in row.note_sealed


@pytest.mark.parametrize("points", [[2], [2, 3, 0], [3, 3], [-1, 3], []])
def test_points_outside_of_the_rubric_are_refused(allotted, points):
    with pytest.raises(Invalid, match="评分标准"):
        allotted.give(*allotted.to_mark()[0], points)


def test_what_was_entered_is_entered_once(allotted):
    assessor, code = allotted.to_mark()[0]
    allotted.give(assessor, code, [1, 1])
    with pytest.raises(Conflict, match="不再改动"):
        allotted.give(assessor, code, [2, 3])
    assert db.session.scalars(select(Judgement.total).where(Judgement.code == code)).one() == 2


def test_nobody_gets_responses_of_people_they_taught_work_with_or_are_close_to(app):
    story = Written(app, assessors=5)
    taught, colleague, close, *free = story.assessors
    (candidate,) = story.candidates
    school, firm = (make_organisation(OrganisationKind.TRAINING_BODY) for _each in range(2))
    day = story.sitting.starts_at.date()
    relations.state_taught(taught, "K", school, day, None, by=None, source="test")
    relations.state_attended(candidate, "K", school, day, None, by=None, source="test")
    relations.state_employed(colleague, firm, day, by=None, source="test")
    relations.state_employed(candidate, firm, day, by=None, source="test")
    declare(Related(person_id=candidate, other_id=close), by=story.person(close), source="test")
    db.session.commit()
    assert story.allot() == (2, 0)
    assert {assessor for assessor, _code in story.to_mark()} == set(free)
    story.give_all([0, 0], [2, 3])
    assert story.to_mark() == []
    assert not audit(compares=False).violations


def test_what_becomes_known_later_takes_a_response_away_and_gives_it_to_somebody_else(allotted):
    assessor, code = allotted.to_mark()[0]
    with transaction():
        by = allotted.person(assessor)
        declare(Related(person_id=assessor, other_id=allotted.candidates[0]), by=by, source="test")
    with pytest.raises(Conflict, match="将交给他人"):
        by = allotted.person(assessor)
        read_sheet(own_judgement(code, by=by), by=by)
    db.session.rollback()
    assert allotted.give(assessor, code, [2, 3]) is False
    assert assessor not in {each for each, _code in allotted.to_mark()}
    assert len(allotted.to_mark()) == 2
    with pytest.raises(Conflict, match="已不由您评阅"):
        allotted.give(assessor, code, [2, 3])
    assert not [each for each in audit(compares=False).violations if each.rule.id in ("S-23", "S-24")]


def test_who_does_not_finish_gives_back_and_does_not_get_it_again(allotted):
    assessor, code = allotted.to_mark()[0]
    with transaction():
        assert release(allotted.sitting, assessor, by=allotted.person(allotted.marker_id)) == (1, 0)
    assert len(allotted.to_mark()) == 2
    assert assessor not in {each for each, _code in allotted.to_mark()}
    with pytest.raises(Conflict, match="已不由您评阅"):
        allotted.give(assessor, code, [1, 1])
    stays = next(each for each, _code in allotted.to_mark())
    with transaction():
        assert release(allotted.sitting, stays, by=allotted.person(allotted.marker_id)) == (1, 1)
    assert allotted.allot() == (0, 1)
    with pytest.raises(Forbidden):
        release(allotted.sitting, stays, by=allotted.person(assessor))


def test_who_is_in_charge_of_marking_reads_and_marks_nothing(allotted):
    assessor, code = allotted.to_mark()[0]
    with transaction():
        by, day = allotted.person(assessor), clock.today()
        record_grant(by, Duty.MARK, allotted.sitting.organisation, day, day, by=None)
    with pytest.raises(Forbidden, match="负责评卷"):
        allotted.give(assessor, code, [2, 3])
    with transaction():
        release(allotted.sitting, assessor, by=allotted.person(allotted.marker_id))
    assert assessor not in {each for each, _code in allotted.to_mark()}


def test_two_records_of_one_assessor_mark_once(app):
    story = Written(app, assessors=2)
    one, other = story.assessors
    with transaction():
        relations.join_persons(other, one, by=None, source="test")
    assert story.allot() == (1, 1)


def test_a_mark_changed_past_the_assessor_keeps_the_results_from_going_out(allotted):
    allotted.give_all([2, 2], [2, 3])
    mark_sitting(allotted.code, allotted.marker_id)
    assert differences(allotted.sitting) == []
    db.session.execute(
        text("UPDATE marking_judgement SET points = '[2, 3]', total = 5 WHERE points = '[2, 2]'")
    )
    db.session.commit()
    ticket = results_of(allotted.sitting)[0].candidate.ticket_number
    with pytest.raises(Conflict):
        publish_results(allotted.code, allotted.publisher_id)
    db.session.rollback()
    db.session.execute(text("UPDATE marking_written_response SET twice_points = 10"))
    db.session.execute(text("UPDATE marking_result SET marks = 10"))
    db.session.execute(text("UPDATE marking_mark SET given = 8 WHERE number = 2"))
    db.session.commit()
    with pytest.raises(Conflict, match=ticket):
        publish_results(allotted.code, allotted.publisher_id)


def test_an_objection_leads_to_a_new_marking_by_somebody_else_and_a_correction_by_two(app):
    story = Written(app, assessors=5)
    story.allot()
    story.give_all([2, 0], [2, 0])
    mark_sitting(story.code, story.marker_id)
    publish_results(story.code, story.publisher_id)
    had = {each.assessor_id for each in response().entered()}
    with transaction():
        given = ask_anew(response(), "考生对简答题得分有异议", by=story.person(story.marker_id))
        assert given.assessor_id not in had
    assert new_marks(response()) is None
    with pytest.raises(Conflict, match="已交由他人复评"):
        ask_anew(response(), "再来一次也可以吗", by=story.person(story.marker_id))
    db.session.rollback()
    story.give(*story.to_mark()[0], [2, 3])
    # 2, 2 and 5 points: the two nearest are still 2 and 2.
    assert new_marks(response()) == (5, 5)
    with pytest.raises(Conflict, match="不改变成绩"):
        propose_anew(response(), by=story.person(story.marker_id))
    db.session.rollback()
    with transaction():
        ask_anew(response(), "两次评分仍相差太大", by=story.person(story.marker_id))
    story.give(*story.to_mark()[0], [2, 3])
    # 2, 2, 5 and 5 points: of pairs as near as another the higher counts, all 8 marks instead of 3.
    assert new_marks(response()) == (5, 10)
    assert sorted(each.turn for each in response().judgements) == [1, 2, 4, 5]
    assert differences(story.sitting) == []


def test_a_marking_anew_that_changes_the_result_is_approved_by_another_person(app):
    story = Written(app, assessors=5)
    story.allot()
    story.give_all([1, 0], [2, 0])
    mark_sitting(story.code, story.marker_id)
    publish_results(story.code, story.publisher_id)
    with transaction():
        ask_anew(response(), "考生对简答题得分有异议", by=story.person(story.marker_id))
    story.give(*story.to_mark()[0], [2, 0])
    # 1.5 of 5 points were worth 2 of 8 marks, 2 points are worth 3; the machine gave 2.
    assert new_marks(response()) == (4, 5)
    with transaction():
        with in_language("en"):
            correction = propose_anew(response(), by=story.person(story.marker_id))
        assert not re.search("[A-Za-z]{3}", as_read(correction.reason))
    with transaction():
        approve_correction(db.session.merge(correction), by=story.person(story.second_marker_id))
    assert [each[0] for each in marks(story)] == [5]
    assert anew_of(response()).correction.state == "approved"
    assert differences(story.sitting) == []
    with transaction():
        ask_anew(response(), "考生再次提出异议", by=story.person(story.marker_id))
    assert new_marks(response()) is None
    story.give(*story.to_mark()[0], [0, 0])
    # 1, 2, 2 and 0 points are worth what was approved before: nothing is counted twice.
    assert new_marks(response()) == (5, 5)


def test_a_voided_question_gives_its_marks_to_everybody_and_no_other_rubric_marks_again(app):
    story = Written(app)
    story.allot()
    story.give_all([0, 0], [0, 0])
    mark_sitting(story.code, story.marker_id)
    with transaction():
        wanted = Wanted("CR", 1, None, "题目有误，评分不一", "会议纪要 12 号")
        change = propose_key_change(story.sitting.organisation, wanted, by=story.person(story.marker_id)).code
    assert approve_key_change(change, story.second_marker_id) == 1
    assert [each[0] for each in marks(story)] == [10]


def test_what_was_written_to_a_question_voided_before_marking_is_asked_of_nobody(story):
    void(story)
    assert story.allot() == (0, 0)
    mark_sitting(story.code, story.marker_id)
    assert [each[0] for each in marks(story)] == [10]


def test_a_question_voided_while_people_mark_leaves_them_no_work(allotted):
    allotted.give(*allotted.to_mark()[0], [0, 0])
    (assessor, code) = allotted.to_mark()[0]
    void(allotted)
    assert own_work(allotted.person(assessor)) == []
    with pytest.raises(Conflict, match="认定有误"):
        allotted.give(assessor, code, [1, 1])
    with transaction():
        assert release(allotted.sitting, assessor, by=allotted.person(allotted.marker_id)) == (1, 0)
    assert allotted.to_mark() == []
    assert allotted.allot() == (0, 0)
    mark_sitting(allotted.code, allotted.marker_id)
    assert [each[0] for each in marks(allotted)] == [10]


def test_a_sitting_whose_written_question_was_voided_waits_for_no_assessor(allotted):
    void(allotted)
    mark_sitting(allotted.code, allotted.marker_id)
    assert publish_results(allotted.code, allotted.publisher_id) == 1
    assert [each[0] for each in marks(allotted)] == [10]
    assert differences(allotted.sitting) == []


def void(story):
    """Two people void the question that people mark."""
    with transaction():
        wanted = Wanted("CR", 1, None, "题目有误，评分不一", "会议纪要 12 号")
        change = propose_key_change(story.sitting.organisation, wanted, by=story.person(story.marker_id)).code
    approve_key_change(change, story.second_marker_id)


def test_how_far_assessors_agree_is_told_by_question_and_by_assessor(app):
    story = Written(app, words=("甲", "乙"), assessors=2)
    story.allot()
    one, other = story.assessors
    for assessor, code in story.to_mark():
        story.give(assessor, code, [1, 0] if assessor == one else [1, 1])
    rows = responses_of(story.sitting)
    (question,) = by_question(rows, 20).values()
    assert (question.pairs, question.equal_percent, question.near_percent, question.mean_apart) == (
        2,
        0,
        100,
        20,
    )
    people = by_assessor(rows, 20)
    assert (people[one].mean_above, people[other].mean_above) == (-20, 20)
    mark_sitting(story.code, story.marker_id)
    (behaviour,) = behaviours_of(story.sitting)
    # 1.5 of 5 points are 2 of 8 marks: a mark in between is a figure of the question as any other.
    assert [each.figures.facility for each in behaviour.report.items] == [1, 0.25]


def test_everything_leaves_a_trail_that_an_auditor_can_replay(allotted):
    allotted.give_all([0, 0], [2, 3], [2, 2])
    kinds = [entry.kind for entry in db.session.query(Entry).order_by(Entry.id) if "respons" in entry.kind]
    assert kinds == ["responses.allotted", *["response.judged"] * 3, "response.settled"]
    rows = db.session.scalars(select(Judged)).all()
    assert {each.other_id for each in rows} == set(allotted.candidates)
    assert len({each.person_id for each in rows}) == 3
    assert own_work(make_person()) == []
    assert {each.state for each in response().judgements} == {JudgementState.ENTERED}
