"""A sitting that was under way when the house was brought up gets its reading lengths by itself."""

import pytest

from tests.factories.bank import make_sealed, make_staff
from tests.factories.delivery import make_seated_sitting, make_working_attempt
from tests.factories.opening import make_opening_officers, make_sealed_for
from trainhub.exams.delivery.lengths import MEASURING, missing
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import ReadingLengths
from trainhub.exams.sittings import note_change
from trainhub.exams.sittings.models import SittingState
from trainhub.kernel.db import db, reading
from trainhub.ledger import Entry


@pytest.fixture
def under_way(app):
    """A sitting with somebody at work on a sealed paper, of which no process wrote anything down."""
    sitting = make_seated_sitting(paper_code=make_sealed(make_staff()).code)
    attempt, _token = make_working_attempt(sitting)
    attempt.paper_code = sitting.paper_code
    db.session.commit()
    return attempt.id


def openings():
    return db.session.query(Entry).filter_by(kind="paper.opened").count()


def test_the_next_round_reads_the_paper_once_on_record(app, under_way):
    MEASURING.run()

    [row] = db.session.query(ReadingLengths)
    assert row.paper_code == db.session.get(Attempt, under_way).paper_code
    assert len(row.lengths) == 8 and all(length > 0 for _number, _part, length in row.lengths)
    assert openings() == 1
    assert app.extensions.get("opened-papers", {}) == {}, "nothing of the paper stays in the process"

    MEASURING.run()
    assert openings() == 1


def test_a_reserve_that_was_followed_by_another_one_is_looked_for_as_well(app, under_way):
    """One room is at work on it still, while the sitting has the next one in reserve."""
    attempt = db.session.get(Attempt, under_way)
    sitting, earlier = attempt.sitting, attempt.paper_code
    sitting.paper_code, sitting.reserve_paper_code = "P-FIRST", "P-NEXT"
    note_change(sitting, "reserve_paper_given", by=sitting.planned_by, paper=earlier)
    note_change(sitting, "reserve_paper_given", by=sitting.planned_by, paper="P-NEXT")
    db.session.commit()

    MEASURING.run()
    assert [row.paper_code for row in db.session.query(ReadingLengths)] == [earlier]


@pytest.mark.parametrize("why", ["nobody has begun", "it is closed"])
def test_where_nobody_is_at_work_no_paper_is_opened(app, under_way, why):
    attempt = db.session.get(Attempt, under_way)
    if why == "nobody has begun":
        attempt.started_at = None
    else:
        attempt.sitting.state = SittingState.CLOSED
    db.session.commit()

    MEASURING.run()

    assert openings() == 0


def test_a_paper_that_waits_for_its_officers_is_left_to_them(app):
    staff = make_staff()
    paper = make_sealed_for(staff, make_opening_officers(staff.centre))
    attempt, _token = make_working_attempt(make_seated_sitting(paper_code=paper.code))
    attempt.paper_code = paper.code
    db.session.commit()

    with reading():
        assert missing() == []
