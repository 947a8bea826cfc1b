"""Accident cases: facts that are checked, a level that is computed, four eyes, search, acknowledgement."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.factories.cases import FACTS, Authority
from tests.factories.courses import make_class, make_course, make_film
from tests.factories.people import make_officer, make_organisation, make_person
from trainhub import ledger
from trainhub.cases import approving, drafting, watching
from trainhub.cases.finding import Filter, listing, search
from trainhub.cases.models import CaseState, VersionState
from trainhub.courses.viewing import beat, note_fetched
from trainhub.governance.models import Grant
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from trainhub.separation.duties import Duty


@pytest.fixture
def authority(app):
    return Authority()


def kinds():
    return [entry.kind for entry in db.session.query(ledger.Entry).order_by(ledger.Entry.id)]


@pytest.mark.parametrize(
    ("deaths", "injured", "loss_fen", "level"),
    [
        (0, 0, 0, "ordinary"),
        (2, 9, 999_999_999, "ordinary"),
        (3, 0, 0, "serious"),
        (0, 10, 0, "serious"),
        (0, 0, 1_000_000_000, "serious"),
        (10, 0, 0, "grave"),
        (9, 49, 4_999_999_999, "serious"),
        (30, 0, 0, "especially_grave"),
        (0, 100, 0, "especially_grave"),
        (1, 0, 10_000_000_000, "especially_grave"),
    ],
)
def test_the_level_follows_from_the_consequences(authority, deaths, injured, loss_fen, level):
    case = authority.draft(deaths=deaths, serious_injuries=injured, loss_fen=loss_fen)
    assert case.versions[0].level == level


@pytest.mark.parametrize(
    "wrong",
    [
        {"occurred_on": date(2999, 1, 1)},
        {"title": "短"},
        {"deaths": -1},
        {"industry": "magic"},
        {"cause": "fate"},
        {"accident_type": "machinery_injury"},
        {"source_url": "javascript:alert(1)"},
        {"events": "长" * 20_001},
    ],
)
def test_a_fact_that_cannot_be_is_refused_and_leaves_nothing(authority, wrong):
    with pytest.raises(Invalid):
        authority.draft(**wrong)
    assert kinds().count("case.drafted") == 0


def test_the_table_of_types_is_that_of_the_day_of_the_accident(authority):
    old = authority.draft(occurred_on=date(2025, 8, 3), accident_type="machinery_injury")
    assert old.versions[0].accident_type == "machinery_injury"
    with pytest.raises(Invalid):
        authority.draft(occurred_on=date(2025, 8, 3), accident_type="dust_explosion")


def test_another_person_approves_and_readers_see_it(authority):
    case = authority.hand_in()
    with pytest.raises(NotFound):
        watching.readable_case(case.code)
    approving.approve(case, by=authority.approver)
    assert watching.readable_case(case.code).published.number == 1
    assert kinds()[-1] == "case.approved"


def test_who_drafted_does_not_approve_even_with_both_duties(authority):
    both = make_officer(Duty.DRAFT_CASES, authority.organisation)

    today = clock.today()
    db.session.add(
        Grant(
            person_id=both.id,
            organisation_id=authority.organisation.id,
            duty=Duty.APPROVE_CASES,
            starts_on=today,
            ends_on=today + timedelta(days=9),
        )
    )
    case = drafting.draft_case(FACTS, authority.organisation, by=both)
    drafting.submit(case, by=both)
    for act in (
        lambda: approving.approve(case, by=both),
        lambda: approving.send_back(case, "请修改", by=both),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.rule.id == "S-15"
    assert case.state == CaseState.IN_WORK


def test_a_case_sent_back_says_why_and_can_be_handed_in_again(authority):
    case = authority.hand_in()
    with pytest.raises(Invalid):
        approving.send_back(case, " ", by=authority.approver)
    approving.send_back(case, "请核对损失", by=authority.approver)
    assert (case.in_work.state, case.in_work.remark) == (VersionState.DRAFT, "请核对损失")
    drafting.change_draft(case, replace(FACTS, loss_fen=1), by=authority.drafter)
    drafting.submit(case, by=authority.drafter)
    approving.approve(case, by=authority.approver)
    assert case.published.loss_fen == 1


def test_a_published_case_is_corrected_by_a_new_version_that_also_needs_four_eyes(authority):
    case = authority.publish()
    drafting.begin_correction(case, by=authority.drafter)
    drafting.change_draft(case, replace(FACTS, deaths=3), by=authority.drafter)
    assert (case.published.number, case.published.level) == (1, "ordinary")
    drafting.submit(case, by=authority.drafter)
    approving.approve(case, by=authority.approver)
    assert [each.state for each in case.versions] == [VersionState.REPLACED, VersionState.PUBLISHED]
    assert (case.published.number, case.published.level) == (2, "serious")
    with pytest.raises(Conflict):
        drafting.change_draft(case, FACTS, by=authority.drafter)


def test_wrong_states_are_refused(authority):
    case = authority.draft()
    for act in (
        lambda: approving.approve(case, by=authority.approver),
        lambda: approving.withdraw(case, "理由充分", by=authority.approver),
        lambda: drafting.begin_correction(case, by=authority.drafter),
        lambda: watching.assign(case, "", clock.today(), by=authority.drafter),
    ):
        with pytest.raises(Conflict):
            act()
    drafting.submit(case, by=authority.drafter)
    with pytest.raises(Conflict):
        drafting.submit(case, by=authority.drafter)


def test_another_authority_neither_drafts_nor_approves_here(authority):
    other = Authority()
    case = authority.hand_in()
    with pytest.raises(Forbidden):
        approving.approve(case, by=other.approver)
    with pytest.raises(Forbidden):
        drafting.draft_case(FACTS, authority.organisation, by=other.drafter)
    with pytest.raises(NotFound):
        drafting.get_case(case.code, organisations=[other.organisation.id])


def test_a_withdrawn_case_is_gone_for_readers(authority):
    case = authority.publish()
    approving.withdraw(case, "事实有误", by=authority.approver)
    with pytest.raises(NotFound):
        watching.readable_case(case.code)
    assert search("传送带", Filter()) == []


def test_withdrawing_ends_the_version_in_work_so_that_nothing_comes_back_unseen(authority):
    case = authority.publish()
    drafting.begin_correction(case, by=authority.drafter)
    drafting.submit(case, by=authority.drafter)
    approving.withdraw(case, "事实有误", by=authority.approver)
    with pytest.raises(Conflict):
        approving.approve(case, by=authority.approver)
    assert (case.state, case.in_work) == (CaseState.WITHDRAWN, None)


def test_who_gave_a_case_its_film_does_not_approve_it(authority):
    both = make_officer(Duty.DRAFT_CASES, authority.organisation)
    today = clock.today()
    db.session.add(
        Grant(
            person_id=both.id,
            organisation_id=authority.organisation.id,
            duty=Duty.APPROVE_CASES,
            starts_on=today,
            ends_on=today + timedelta(days=9),
        )
    )
    case = authority.draft()
    film = make_film(seconds=20, organisation=authority.organisation, by=both)
    drafting.give_film(case, film, by=both)
    drafting.submit(case, by=authority.drafter)
    with pytest.raises(Refused) as refused:
        approving.approve(case, by=both)
    assert refused.value.rule.id == "S-15"


def test_words_are_found_in_chinese_and_the_best_comes_first(authority):
    in_title = authority.publish(title="上锁挂牌缺失致一人死亡的案例", events="设备启动。")
    in_text = authority.publish(title="传送带伤害案例一则", direct_cause="作业人员没有上锁。")
    authority.publish(
        title="高处坠落案例一则",
        events="踏空坠落。",
        direct_cause="未系安全带。",
        lessons="系好再上。",
        measures="设生命线。",
    )
    found = search("上锁", Filter())
    assert [each.version.case.code for each in found] == [in_title.code, in_text.code]
    assert ("上锁", True) in found[1].passage
    assert [each.version.case.code for each in search("传送带 作业人员", Filter())] == [in_text.code]
    assert search("上锁 不存在的词", Filter()) == []
    assert search("锁上", Filter()) == []


def test_what_is_not_published_is_not_found(authority):
    authority.hand_in(title="尚未发布的秘密案例")
    assert search("秘密案例", Filter()) == []
    assert db.session.scalars(listing(Filter())).all() == []


def test_filters_narrow_down(authority):
    grave = authority.publish(title="重大事故案例", deaths=12, industry="construction")
    authority.publish(title="一般事故案例", occurred_on=date(2025, 3, 1), accident_type="fire")
    for wanted in (
        Filter(level="grave"),
        Filter(industry="construction"),
        Filter(year="2026"),
        Filter(accident_type="machinery"),
    ):
        assert [each.case.code for each in db.session.scalars(listing(wanted))] == [grave.code]
    assert db.session.scalars(listing(Filter(year="x"))).all()


def test_a_case_with_film_is_acknowledged_only_when_the_server_saw_it_to_its_end(authority):
    film = make_film(seconds=20, organisation=authority.organisation, by=authority.drafter)
    case = authority.publish(film)
    person = make_person()
    with pytest.raises(Conflict):
        watching.acknowledge(case, person, agreed=True)
    started = watching.start_watching(case, person)
    note_fetched(started.viewing.id, [(0, film.size - 1)])
    with clock.set_to(clock.now()):
        for number in range(1, 6):
            clock.move(timedelta(seconds=5))
            answer = beat(
                person, started.viewing.id, started.token, sequence=number, position_ms=number * 5000
            )
    assert answer.watched_s == answer.total_s
    with pytest.raises(Invalid):
        watching.acknowledge(case, person, agreed=False)
    watching.acknowledge(case, person, agreed=True)
    with pytest.raises(Conflict):
        watching.acknowledge(case, person, agreed=True)
    assert [row.person_id for row in watching.coverage_of(case).acknowledged] == [person.id]
    assert kinds()[-1] == "case.acknowledged"


def test_beats_without_the_film_gain_nothing_for_a_case(authority):
    film = make_film(seconds=20, organisation=authority.organisation, by=authority.drafter)
    case, person = authority.publish(film), make_person()
    started = watching.start_watching(case, person)
    with clock.set_to(clock.now()):
        for number in range(1, 6):
            clock.move(timedelta(seconds=5))
            beat(person, started.viewing.id, started.token, sequence=number, position_ms=number * 5000)
    with pytest.raises(Conflict):
        watching.acknowledge(case, person, agreed=True)


def test_an_assigned_case_waits_for_who_learns_until_it_is_acknowledged(authority):
    body = make_organisation("training_body")
    manager, learner, stranger = make_officer(Duty.MANAGE_COURSES, body), make_person(), make_person()
    make_class(make_course(body, manager), manager, members=[learner])
    case = authority.publish()
    watching.assign(case, "PRINCIPAL", clock.today() + timedelta(days=3), by=authority.drafter)
    assert [row.case_id for row in watching.open_assignments(learner)] == [case.id]
    assert watching.open_assignments(stranger) == []
    assert [each.id for each in watching.coverage_of(case).missing] == [learner.id]
    watching.acknowledge(case, learner, agreed=True)
    assert watching.open_assignments(learner) == []
    with pytest.raises(Invalid):
        watching.assign(case, "", clock.today() - timedelta(days=1), by=authority.drafter)
