"""A publication is one act: nobody sees half a sitting, whenever its process dies, and nobody waits long."""

from sqlalchemy import event, func, select

from tests.factories.marking import Marked
from tests.killing import killed_at
from trainhub import handover
from trainhub.exams.marking import mark_sitting, publish_results
from trainhub.exams.marking.models import Result, ResultState
from trainhub.kernel.db import db, known_to_deed
from trainhub.ledger import Entry
from trainhub.people.models import Message


def out():
    """Count what is out: results, outcomes, messages, and what the ledger says of them."""
    db.session.rollback()
    found = (
        select(func.count(Result.id)).where(Result.state == ResultState.PUBLISHED),
        select(func.count(handover.Outcome.id)),
        select(func.count(Message.id)).where(Message.subject == "result.published"),
        select(func.count(Entry.id)).where(Entry.kind == "outcome.published"),
        select(func.count(Entry.id)).where(Entry.kind == "message.queued"),
    )
    return [db.session.scalar(each) for each in found]


def make_marked(app, number):
    story = Marked(app, right=[10] * number)
    mark_sitting(story.code, story.marker_id)
    return story


def publish(story):
    return publish_results(story.code, story.publisher_id)


def test_a_publication_that_is_killed_has_published_nothing_and_is_done_again_whole(on_either):
    story = make_marked(on_either, 4)
    [nothing, whole] = [[0] * 5, [4] * 5]
    deaths = 0
    for statement in (2, 4, 7, 10, 13, 16, 19, 22, 26, 30):
        if killed_at(statement, lambda: publish(story)):
            deaths += 1
            assert out() == nothing, f"killed before statement {statement}"
        else:
            break
    assert deaths >= 4
    if out() == nothing:
        assert publish(story) == 4
    assert out() == whole


def test_who_writes_waits_for_a_publication_of_many_as_long_as_for_one_of_few(app):
    """What is asked of the database while others may not write to it does not grow with the results."""
    asked = []

    def hear(_connection, _cursor, statement, *_others):
        if known_to_deed() is not None:
            asked.append(statement)

    stories = [make_marked(app, number) for number in (2, 3, 9)]
    event.listen(db.engine, "before_cursor_execute", hear)
    publish(stories[0])
    counts = []
    for story in stories[1:]:
        asked.clear()
        publish(story)
        counts.append(len(asked))
    assert out()[:3] == [14] * 3
    assert counts[0] == counts[1], asked
