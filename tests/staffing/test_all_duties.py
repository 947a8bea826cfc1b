"""Enough different people for all duties: who may do two of them, who may not, and which duty is missing."""

import pytest

from tests.factories.people import give_duty, make_officer, make_organisation
from tests.factories.sites import make_centre, make_site
from tests.factories.sittings import make_sitting
from tests.factories.staffing import make_staff_member
from trainhub.exams.staffing.all_duties import CONTENT, OTHERS, filled, kept_apart, matched, sufficiency
from trainhub.people.models import OrganisationKind
from trainhub.separation.duties import Duty

A, B, C = "a", "b", "c"


def slots(*posts):
    return [(duty, 0, frozenset(people)) for duty, people in posts]


def make_team(centre, by):
    """The fewest people with whom every rule can be kept: content, staff, marks, results, certificates."""
    first = make_officer(Duty.AUTHOR_ITEMS, centre)
    second = make_officer(Duty.REVIEW_ITEMS, centre)
    third = make_officer(Duty.PUBLISH_RESULTS, centre)
    for duty in (Duty.ASSEMBLE_PAPERS, Duty.MARK, Duty.ISSUE_CERTIFICATES, Duty.MANAGE_SITES):
        give_duty(first, duty, centre)
    for duty in (Duty.REVIEW_PAPERS, Duty.MARK, Duty.ISSUE_CERTIFICATES, Duty.HANDLE_OBJECTIONS):
        give_duty(second, duty, centre)
    give_duty(third, Duty.ARRANGE_SITTINGS, centre)
    for _each in range(2):
        make_staff_member(centre, by)
    authority = make_organisation(OrganisationKind.AUTHORITY, district="市直")
    make_staff_member(centre, by, Duty.INSPECT, organisation=authority, district="市直")
    return first, second, third


@pytest.fixture
def centre(app):
    return make_centre()


@pytest.fixture
def by(centre):
    return make_officer(Duty.ASSIGN_STAFF, centre)


def state(told, rule_id):
    return next(each for each in told.parted if each.rule.id == rule_id)


def test_a_few_people_suffice_if_each_does_what_may_be_combined(centre, by):
    make_team(centre, by)
    told = sufficiency(centre)
    assert (told.is_enough, dict(told.unfilled)) == (True, {})
    assert all(each.missing == 0 for each in told.parted)


def test_but_not_a_person_of_their_own_for_each_duty_and_the_contended_duties_are_named(centre, by):
    make_team(centre, by)
    told = sufficiency(centre)
    assert sum(told.unfilled_alone.values()) > 0
    assert Duty.AUTHOR_ITEMS in told.contenders
    assert Duty.INVIGILATE not in told.contenders
    assert told.contending == 3


def test_one_person_who_marks_and_publishes_is_one_too_few(centre, by):
    first, _second, third = make_team(centre, by)
    lonely = make_centre()
    person = make_officer(Duty.MARK, lonely)
    give_duty(person, Duty.PUBLISH_RESULTS, lonely)
    told = sufficiency(lonely)
    assert state(told, "S-13").missing > 0
    assert not told.is_enough


def test_the_missing_duty_is_named(centre, by):
    told = sufficiency(centre)
    assert told.unfilled[Duty.AUTHOR_ITEMS] == 1
    assert told.unfilled[Duty.INVIGILATE] == 2
    assert told.unfilled[Duty.ISSUE_CERTIFICATES] == 2
    assert Duty.ASSIGN_STAFF not in told.unfilled


def test_duties_of_another_centre_do_not_count(centre, by):
    make_team(make_centre(), by)
    assert sufficiency(centre).unfilled[Duty.PUBLISH_RESULTS] == 1


def test_whoever_writes_items_is_not_counted_as_the_invigilator_as_well(centre, by):
    make_team(centre, by)
    lonely = make_centre()
    for _each in range(2):
        give_duty(make_staff_member(lonely, by), Duty.AUTHOR_ITEMS, lonely)
    told = sufficiency(lonely)
    assert state(told, "S-17").missing > 0


def test_an_inspector_of_the_only_sites_district_does_not_count(centre, by):
    site = make_site(centre, by=by)
    make_staff_member(centre, by, Duty.INSPECT, district=site.district)
    told = sufficiency(centre)
    assert (state(told, "S-10").people, state(told, "S-10").missing) == (0, 1)


def test_the_largest_sitting_ahead_says_how_many_invigilators(centre, by):
    make_sitting(centre, by, rooms=3)
    told = sufficiency(centre)
    assert next(post.needed for post in told.posts if post.duty is Duty.INVIGILATE) == 6


def test_all_duties_of_the_examination_side_are_asked_about(centre, by):
    told = {post.duty for post in sufficiency(centre).posts}
    # A paper can be opened by the clock, so nobody need be an opening officer; and sat at machines, so nobody
    # need be a clerk of answer sheets.
    spared = {Duty.ASSESS, Duty.OPEN_PAPERS, Duty.ENTER_SHEETS}
    wanted = {duty for duty in Duty if duty.side == "exam"} - spared
    assert told == wanted
    assert set(CONTENT) | set(OTHERS) < wanted


def test_duties_that_are_not_kept_apart_may_be_one_person():
    posts = slots((Duty.AUTHOR_ITEMS, A), (Duty.ASSEMBLE_PAPERS, A))
    assert filled(posts, kept_apart(posts)) == {0, 1}
    assert len(matched(posts)[0]) == 1


def test_a_person_is_passed_on_until_everybody_has_a_post():
    posts = slots((Duty.MARK, A + B), (Duty.PUBLISH_RESULTS, A), (Duty.ISSUE_CERTIFICATES, B + C))
    assert matched(posts) == ({0, 1, 2}, ())


def test_the_duties_that_share_too_few_people_are_named_and_no_others():
    posts = slots(
        (Duty.MARK, A + B), (Duty.PUBLISH_RESULTS, A + B), (Duty.ISSUE_CERTIFICATES, A + B), (Duty.ASSESS, C)
    )
    done, contenders = matched(posts)
    assert len(done) == 3
    assert set(contenders) == {Duty.MARK, Duty.PUBLISH_RESULTS, Duty.ISSUE_CERTIFICATES}
