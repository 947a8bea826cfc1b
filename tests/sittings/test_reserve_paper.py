"""The reserve paper of a sitting: another sealed paper beside the first, known to every rule at once."""

import pytest

from tests.factories.bank import make_bank, make_sealed, make_staff
from tests.factories.people import give_duty
from tests.factories.sittings import make_candidate, make_sitting
from tests.worlds import built_once
from trainhub.exams.delivery.models import Attempt
from trainhub.exams.papers.sealing import sitting_sources, use_sources
from trainhub.exams.sittings import give_reserve_paper
from trainhub.exams.sittings.models import SittingState
from trainhub.exams.sittings.plan import give_paper
from trainhub.exams.sittings.reserve import papers_for_reserve
from trainhub.kernel import clock
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.ledger import Entry
from trainhub.separation.comparing import compare
from trainhub.separation.duties import Duty
from trainhub.separation.models import Uses
from trainhub.separation.stating import standing


@pytest.fixture
@built_once
def papers(app):
    """Two sealed papers and a sitting that uses the first."""
    with transaction():
        staff = make_staff()
        bank = make_bank(staff)
        codes = [make_sealed(staff, bank).code for _each in range(3)]
        arranger = staff.author
        give_duty(arranger, Duty.ARRANGE_SITTINGS, staff.centre)
        sitting = make_sitting(staff.centre, arranger)
        give_paper(sitting, codes[0], by=arranger)
    return sitting, codes, arranger


def used(sitting):
    return sorted(row.paper_code for row in standing(Uses, sitting_code=sitting.code))


def test_the_reserve_stands_in_the_register_beside_the_first_paper(papers):
    sitting, codes, arranger = papers
    with transaction():
        give_reserve_paper(sitting, codes[1], by=arranger)

    assert used(sitting) == sorted(codes[:2])
    assert [each for each in compare().differences if each.relation == "uses"] == []


def test_another_first_paper_leaves_the_reserve_where_it_is(papers):
    sitting, codes, arranger = papers
    with transaction():
        give_reserve_paper(sitting, codes[1], by=arranger)
        give_paper(sitting, codes[2], by=arranger)

    assert used(sitting) == sorted(codes[1:])


def test_the_reserve_is_another_sealed_paper_and_given_once(papers):
    sitting, codes, arranger = papers
    for code, error in ((codes[0], Conflict), ("NO-SUCH-PAPER", Invalid)):
        with pytest.raises(error), transaction():
            give_reserve_paper(sitting, code, by=arranger)
    with transaction():
        give_reserve_paper(sitting, codes[1], by=arranger)
    with pytest.raises(Conflict), transaction():
        give_reserve_paper(sitting, codes[2], by=arranger)


def begin(sitting, arranger, paper_code):
    """Let somebody of a sitting begin a paper."""
    candidate = make_candidate(sitting, arranger)
    facts = {"paper_code": paper_code, "admitted_at": clock.now(), "started_at": clock.now()}
    db.session.add(Attempt(candidate_id=candidate.id, sitting_id=sitting.id, **facts))


def test_once_the_reserve_is_begun_the_next_is_given_and_it_stays_a_paper_of_the_sitting(papers):
    sitting, codes, arranger = papers
    with transaction():
        give_reserve_paper(sitting, codes[1], by=arranger)
        assert papers_for_reserve(sitting) == []
        begin(sitting, arranger, codes[1])
        assert papers_for_reserve(sitting) == [codes[2]]
    with pytest.raises(Conflict), transaction():
        give_reserve_paper(sitting, codes[1], by=arranger)
    with transaction():
        give_reserve_paper(sitting, codes[2], by=arranger)

    assert sitting.reserve_paper_code == codes[2]
    assert used(sitting) == sorted(codes)
    assert [each for each in compare().differences if each.relation == "uses"] == []
    assert sitting_sources[-1](sitting.code).paper_codes == set(codes)
    assert [use.paper_code for source in use_sources for use in source([codes[1]])] == [codes[1]]
    given = db.session.query(Entry).filter_by(kind="sitting.reserve_paper.given").order_by(Entry.id.desc())
    assert f'"before":"{codes[1]}"' in given.first().body


def test_a_sitting_under_way_can_still_be_given_one_and_a_closed_one_not(papers):
    sitting, codes, arranger = papers
    sitting.state = SittingState.OPEN
    db.session.commit()
    with transaction():
        give_reserve_paper(sitting, codes[1], by=arranger)
    sitting.state, sitting.reserve_paper_code = SittingState.CLOSED, None
    db.session.commit()
    with pytest.raises(Conflict), transaction():
        give_reserve_paper(sitting, codes[2], by=arranger)


def test_the_page_of_the_sitting_gives_it(client, papers):
    sitting, codes, arranger = papers
    code = sitting.code
    client.sign_in(arranger)
    assert codes[1] in client.get(f"/exam/sittings/{code}").get_data(as_text=True)

    answer = client.post(f"/exam/sittings/{code}/reserve-paper", data={"reserve-paper": codes[1]})

    assert answer.status_code == 302
    assert used(sitting) == sorted(codes[:2])
