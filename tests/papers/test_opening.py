"""Two of several officers open a paper; one alone, a copy of everything, or a changed row open nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text

from tests.factories.bank import make_paper, make_sealed, make_staff
from tests.factories.opening import (
    make_opening_officers,
    make_sealed_for,
    make_waiting_sitting,
    passphrase_of,
)
from tests.factories.people import give_duty, make_officer, make_organisation
from trainhub.exams import papers
from trainhub.exams.papers import opening
from trainhub.exams.papers.models import Place
from trainhub.exams.papers.models_opening import FirstShare, OpeningKey, Share
from trainhub.exams.papers.opening_keys import LOCKED_FOR, TRIES, WrongPassphrase
from trainhub.exams.papers.reviewing import remarks_on
from trainhub.exams.sittings.models import SittingState
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from trainhub.ledger import Entry
from trainhub.people.models import OrganisationKind
from trainhub.separation import check, relations
from trainhub.separation.duties import Duty
from trainhub.separation.models import Appointed, Contains, Uses
from trainhub.separation.report_ledger import facts_of_entry


@pytest.fixture
def staff(app):
    return make_staff()


@pytest.fixture
def officers(staff):
    return make_opening_officers(staff.centre)


@pytest.fixture
def paper(staff, officers):
    return make_sealed_for(staff, officers)


@pytest.fixture
def sitting(paper):
    return make_waiting_sitting(paper)


def give(paper, sitting, officers, number):
    return papers.give_share(paper, sitting.code, passphrase_of(number), by=officers[number])


def read(paper, sitting):
    return papers.open_paper(paper.code, by=None, sitting_code=sitting.code, at=clock.now())


def begin(sitting):
    sitting.starts_at = clock.now() - timedelta(minutes=1)
    db.session.flush()


def facts(kind):
    return [facts_of_entry(entry) for entry in db.session.scalars(select(Entry).where(Entry.kind == kind))]


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (0, 2), (2, 1)])
def test_any_two_officers_open_the_paper_before_the_start_and_candidates_read_it_from_then_on(
    paper, sitting, officers, pair
):
    first, second = pair

    assert give(paper, sitting, officers, first) is False
    assert not papers.is_ready(paper.code)
    assert give(paper, sitting, officers, second) is True
    assert papers.is_ready(paper.code)

    with pytest.raises(Conflict):
        read(paper, sitting)
    begin(sitting)
    assert [item.number for item in read(paper, sitting).items] == list(range(1, 9))
    (opened,) = facts("paper.opened_by_two")
    assert (opened["first"], opened["second"]) == (officers[first].id, officers[second].id)
    assert db.session.scalars(select(FirstShare)).all() == []


def test_a_sitting_that_has_begun_without_its_officers_says_plainly_that_the_paper_is_not_open(
    paper, sitting, officers
):
    begin(sitting)
    with pytest.raises(papers.NotOpened, match=paper.code):
        read(paper, sitting)

    give(paper, sitting, officers, 0)
    with pytest.raises(papers.NotOpened):
        read(paper, sitting)
    give(paper, sitting, officers, 1)

    assert read(paper, sitting).marks == 8


def test_nothing_in_the_tables_tells_the_questions_until_the_paper_is_open(staff, officers):
    paper = make_paper(staff)
    seed, codes = paper.assembly.seed, [place.item.code for place in paper.places]
    states = [place.version.state for place in paper.places]
    versions = [place.version for place in paper.places]
    papers.see_proof(paper, by=staff.paper_reviewer)
    papers.approve_paper(paper, "第三题很好", by=staff.paper_reviewer)
    papers.seal_paper(paper, officers, by=staff.paper_reviewer)

    assert (paper.seed, paper.places, paper.questions) == ("", [], 8)
    assert paper.assembly.seed != seed
    assert db.session.scalars(select(Place).where(Place.paper_id == paper.id)).all() == []
    assert db.session.scalars(select(Contains).where(Contains.paper_code == paper.code)).all() == []
    assert [version.state for version in versions] == states
    assert [words for _row, words in remarks_on(paper)] == [""]

    sitting = make_waiting_sitting(paper)
    give(paper, sitting, officers, 0)
    give(paper, sitting, officers, 1)

    assert paper.assembly.seed == seed
    assert [place.item.code for place in paper.places] == codes
    held = db.session.scalars(select(Contains.item_code).where(Contains.paper_code == paper.code)).all()
    assert sorted(held) == sorted(codes)
    db.session.expire_all()
    assert {version.state for version in versions} == {"live"}
    assert [words for _row, words in remarks_on(paper)] == ["第三题很好"]


def test_who_wrote_or_reviewed_an_item_is_still_kept_from_staff_of_its_sitting(paper, sitting, staff):
    today, now = clock.today(), clock.now()
    uses = {"sitting_code": sitting.code, "paper_code": paper.code, "source": "plan", "recorded_at": now}
    db.session.add(Uses(**uses, starts_on=today, void=False))
    db.session.flush()
    expected = {staff.author: True, staff.reviewer: True, make_officer(Duty.INVIGILATE): False}
    for person, is_barred in expected.items():
        duty = {"person_id": person.id, "sitting_code": sitting.code, "duty": Duty.INVIGILATE}
        found = {violation.rule.id for violation in check(Appointed(**duty, starts_on=today, void=False))}
        assert ("S-17" in found) is is_barred


def test_one_officer_alone_opens_nothing_however_often_they_try(paper, sitting, officers):
    give(paper, sitting, officers, 0)

    with pytest.raises(Conflict):
        give(paper, sitting, officers, 0)
    assert paper.key_sealed is None


def test_two_records_of_one_person_are_one_officer(paper, sitting, officers, staff):
    relations.join_persons(officers[1].id, officers[0].id, by=None, source="identity")
    give(paper, sitting, officers, 0)

    with pytest.raises((Conflict, NotFound)):
        give(paper, sitting, officers, 1)
    with pytest.raises(Conflict):
        papers.give_share(paper, sitting.code, passphrase_of(1), by=officers[0])
    assert give(paper, sitting, officers, 2) is True


def test_nobody_seals_a_paper_for_two_records_of_one_person(staff, officers):
    relations.join_persons(officers[1].id, officers[0].id, by=None, source="identity")

    with pytest.raises(Invalid):
        make_sealed_for(staff, officers[:2])


def test_it_is_too_early_before_the_minutes_of_the_law_and_before_the_sitting_is_open_for_entry(
    paper, sitting, officers
):
    sitting.starts_at = clock.now() + timedelta(minutes=16)
    with pytest.raises(Conflict):
        give(paper, sitting, officers, 0)

    sitting.starts_at, sitting.state = clock.now() + timedelta(minutes=5), SittingState.ARRANGED
    with pytest.raises(Conflict):
        give(paper, sitting, officers, 0)
    assert facts("paper.share_given") == []


def test_a_server_whose_clock_was_put_forward_opens_no_paper_of_officers(paper, sitting):
    with clock.set_to(clock.now() + timedelta(days=2)), pytest.raises(papers.NotOpened):
        read(paper, sitting)


def test_an_officer_of_another_centre_or_without_the_duty_or_without_a_share_finds_no_paper(
    paper, sitting, officers, staff
):
    stranger, newcomer = make_officer(Duty.OPEN_PAPERS), make_officer(Duty.OPEN_PAPERS, staff.centre)
    for person in (stranger, newcomer, staff.paper_reviewer):
        with pytest.raises(NotFound):
            papers.give_share(paper, sitting.code, passphrase_of(0), by=person)

    db.session.execute(delete(Grant).where(Grant.person_id == officers[0].id))
    give_duty(officers[0], Duty.OPEN_PAPERS, make_officer_centre())
    with pytest.raises(NotFound):
        give(paper, sitting, officers, 0)


def make_officer_centre():
    return make_organisation(OrganisationKind.EXAM_CENTRE)


def test_a_first_share_is_of_no_use_for_another_sitting_or_paper(staff, paper, sitting, officers):
    other = make_waiting_sitting(paper)
    give(paper, sitting, officers, 0)

    assert give(paper, other, officers, 1) is False
    assert paper.key_sealed is None

    second = make_sealed_for(staff, officers)
    there = make_waiting_sitting(second)
    row = db.session.scalars(select(FirstShare).where(FirstShare.sitting_code == sitting.code)).one()
    values = {"code": row.code, "share": row.share_id, "sealed": row.share_sealed, "ends": row.ends_at}
    give(second, there, officers, 0)
    replayed = db.session.scalars(select(FirstShare).where(FirstShare.sitting_code == there.code)).one()
    replayed.share_sealed = values["sealed"]
    db.session.flush()
    with pytest.raises(Conflict):
        give(second, there, officers, 1)


def test_a_first_share_runs_out_and_is_erased(paper, sitting, officers):
    give(paper, sitting, officers, 0)
    assert not opening.are_overdue()

    sitting.starts_at = clock.now() + timedelta(minutes=40)
    with clock.set_to(clock.now() + timedelta(minutes=31)):
        assert opening.are_overdue()
        assert give(paper, sitting, officers, 1) is False
        opening.forget_overdue()
        assert len(db.session.scalars(select(FirstShare)).all()) == 1
    with clock.set_to(clock.now() + timedelta(hours=2)):
        opening.forget_overdue()
    db.session.flush()
    assert db.session.scalars(select(FirstShare)).all() == []
    assert len(facts("paper.share_expired")) == 1


def test_a_share_swapped_or_changed_by_sql_is_noticed(paper, sitting, officers, staff):
    mine, other, third = db.session.scalars(select(Share).order_by(Share.number)).all()
    mine_was = mine.sealed
    mine.sealed = other.sealed
    db.session.flush()
    number = [person.id for person in officers].index(mine.person_id)
    with pytest.raises(Conflict, match=str(mine.number)):
        give(paper, sitting, officers, number)

    mine.sealed = mine_was[:-1] + bytes([mine_was[-1] ^ 1])
    db.session.flush()
    with pytest.raises(Conflict):
        give(paper, sitting, officers, number)

    mine.sealed = mine_was
    third.person_id = staff.author.id
    give_duty(staff.author, Duty.OPEN_PAPERS, staff.centre)
    db.session.flush()
    papers.make_key("a passphrase of the author", by=staff.author)
    with pytest.raises(Conflict):
        papers.give_share(paper, sitting.code, "a passphrase of the author", by=staff.author)
    assert paper.key_sealed is None


def test_a_public_key_put_in_by_sql_receives_no_share_and_opens_none(staff, officers, paper, sitting):
    mallory = papers.make_key("known to somebody else", by=officers[2])
    key = db.session.scalars(
        select(OpeningKey).where(OpeningKey.person_id == officers[0].id, OpeningKey.replaced_at.is_(None))
    ).one()
    for column in ("public_key", "private_sealed", "salt"):
        setattr(key, column, getattr(mallory, column))
    db.session.flush()

    with pytest.raises(Conflict):
        make_sealed_for(staff, officers[:2])
    with pytest.raises(Conflict):
        give(paper, sitting, officers, 0)


def test_wrong_passphrases_are_counted_put_on_record_and_lock_the_key_for_a_while(paper, sitting, officers):
    for left in range(TRIES - 1, -1, -1):
        told = f"再错 {left} 次，密钥将锁定" if left else "密钥锁定至"
        with pytest.raises(WrongPassphrase, match=told):
            papers.give_share(paper, sitting.code, "not the passphrase", by=officers[0])

    with pytest.raises(WrongPassphrase, match="其他持有份额的启封员"):
        give(paper, sitting, officers, 0)
    assert (len(facts("opening_key.failed")), len(facts("opening_key.locked"))) == (TRIES, 1)
    sitting.starts_at = clock.now() + LOCKED_FOR
    with clock.set_to(clock.now() + LOCKED_FOR + timedelta(seconds=1)):
        assert give(paper, sitting, officers, 0) is False


def test_a_replaced_key_still_reads_the_shares_that_it_received(paper, sitting, officers, staff):
    papers.make_key("another passphrase, a new one", by=officers[0])

    with pytest.raises(WrongPassphrase):
        papers.give_share(paper, sitting.code, "another passphrase, a new one", by=officers[0])
    assert give(paper, sitting, officers, 0) is False
    assert give(paper, sitting, officers, 1) is True
    later = make_sealed_for(staff, officers)
    there = make_waiting_sitting(later)
    with pytest.raises(WrongPassphrase):
        give(later, there, officers, 0)
    assert papers.give_share(later, there.code, "another passphrase, a new one", by=officers[0]) is False


def test_a_key_is_made_by_opening_officers_alone_and_under_a_long_passphrase(staff):
    with pytest.raises(Forbidden):
        papers.make_key("long enough for anybody", by=staff.author)
    officer = make_officer(Duty.OPEN_PAPERS, staff.centre)
    with pytest.raises(Invalid):
        papers.make_key("too short", by=officer)


def test_shares_go_to_two_officers_at_least_of_the_same_centre_with_a_key(staff, officers):
    without_key = make_officer(Duty.OPEN_PAPERS, staff.centre)
    (stranger,) = make_opening_officers(make_officer_centre(), 1)
    for chosen in (
        officers[:1],
        [officers[0], officers[0]],
        [officers[0], without_key],
        [officers[0], stranger],
    ):
        with pytest.raises(Invalid):
            make_sealed_for(staff, chosen)


def test_who_assembled_a_paper_does_not_seal_it_for_officers_either(staff, officers):
    paper = make_paper(staff)
    papers.see_proof(paper, by=staff.paper_reviewer)
    papers.approve_paper(paper, by=staff.paper_reviewer)
    give_duty(staff.paper_officer, Duty.REVIEW_PAPERS, staff.centre)
    with pytest.raises(Refused):
        papers.seal_paper(paper, officers, by=staff.paper_officer)


def test_a_paper_of_the_clock_opens_by_itself_and_is_ready_at_once(staff, officers):
    paper = make_sealed(staff)
    sitting = make_waiting_sitting(paper)

    assert papers.is_ready(paper.code)
    assert not papers.is_ready("P-NONE")
    with pytest.raises(NotFound):
        give(paper, sitting, officers, 0)
    begin(sitting)
    assert read(paper, sitting).marks == 8


def test_a_paper_is_opened_once(paper, sitting, officers):
    give(paper, sitting, officers, 0)
    give(paper, sitting, officers, 1)
    key = paper.key_sealed

    with pytest.raises(Conflict):
        give(paper, sitting, officers, 2)
    assert paper.key_sealed == key


def test_an_opened_paper_whose_content_was_altered_is_not_opened(paper, sitting, officers):
    give(paper, sitting, officers, 0)
    db.session.execute(
        text("UPDATE papers_paper SET content_sealed = :bytes WHERE code = :code"),
        {"bytes": b"x" * 40, "code": paper.code},
    )
    db.session.expire(paper)
    with pytest.raises(Conflict):
        give(paper, sitting, officers, 1)
