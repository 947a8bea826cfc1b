"""Enough different people or not: the plan of a centre, its reasons, its neighbours, its absences."""

from datetime import timedelta

import pytest

from tests.factories.people import make_officer, make_organisation
from tests.factories.separation import state_class
from tests.factories.sites import make_centre, make_site, make_site_owner
from tests.factories.sittings import make_candidate, make_sitting
from tests.factories.staffing import make_staff_member
from tests.worlds import built_once
from trainhub import ledger, regulations, separation
from trainhub.exams.sites.models import Site
from trainhub.exams.sittings import Part
from trainhub.exams.staffing import Appointment, appoint, appointments_of, needs_of
from trainhub.exams.staffing import outlook as outlook_room
from trainhub.exams.staffing.absences import enter_absence, withdraw_absence
from trainhub.exams.staffing.barring import barred_by_rules, proposed
from trainhub.exams.staffing.changing import change_for
from trainhub.exams.staffing.lending import neighbours
from trainhub.exams.staffing.models import AbsenceKind, StaffAbsence
from trainhub.exams.staffing.outlook import Budget, outlook
from trainhub.exams.staffing.plan import read_instance, solve
from trainhub.exams.staffing.planning import draft
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.people.models import OrganisationKind
from trainhub.separation.duties import Duty


@pytest.fixture(autouse=True)
def time_enough(monkeypatch):
    """What a slow machine would not finish in the time of a request is no matter of these tests."""
    monkeypatch.setattr(outlook_room, "SECONDS", 120.0)


class City:
    """A centre with its officer and sittings, and a period of four weeks."""

    def __init__(self):
        self.centre = make_centre()
        self.by = make_officer(Duty.ASSIGN_STAFF, self.centre)
        self.first, self.last = clock.today(), clock.today() + timedelta(days=28)

    def sitting(self, days=3, **more):
        return make_sitting(more.pop("centre", self.centre), self.by, days=days, **more)

    def member(self, duty=Duty.INVIGILATE, centre=None, **more):
        return make_staff_member(centre or self.centre, self.by, duty, **more)

    def inspector(self, centre=None):
        """Somebody from outside the district of every site."""
        authority = make_organisation(OrganisationKind.AUTHORITY, district="市直")
        return self.member(Duty.INSPECT, centre, organisation=authority, district="市直")

    def draft(self, **more):
        return draft([self.centre.id], self.first, self.last, **more)

    def outlook(self):
        return outlook(self.draft())

    def row(self, told, duty=Duty.INVIGILATE, sitting=None):
        return next(
            each for each in told.rows if each.place.duty is duty and sitting in (None, each.place.sitting)
        )


@pytest.fixture
@built_once
def city(app):
    return City()


def names_in(told):
    return {name for why in told.reasons for name in why.names}


def test_a_centre_with_enough_people_is_told_so_with_what_is_to_be_drawn(city):
    city.sitting()
    city.inspector()
    for _each in range(3):
        city.member()
    told = city.outlook()
    assert (told.status, told.short, told.to_fill) == ("optimal", 0, 3)
    row = city.row(told)
    assert (row.place.needed, row.possible, row.to_draw) == (2, 3, 2)
    assert (told.least, told.most, told.fair) == (0, 1, 1)
    assert db.session.query(Appointment).count() == 0


def test_who_is_appointed_counts_as_there_and_is_not_sent_elsewhere_at_that_time(city):
    one, other = city.sitting(), city.sitting()
    staff = [city.member() for _each in range(3)]
    for person in staff[:2]:
        appoint(one, one.rooms[0], person, Duty.INVIGILATE, by=city.by)
    told = city.outlook()
    assert city.row(told, sitting=one).place.missing == 0
    row = city.row(told, sitting=other)
    assert (row.possible, row.to_draw, row.short) == (1, 1, 1)
    assert [(why.rule, why.missing) for why in row.reasons] == [("", 1)]


def test_who_is_appointed_is_not_sent_to_their_own_place_a_second_time(city):
    sitting = city.sitting()
    person = city.member()
    appoint(sitting, sitting.rooms[0], person, Duty.INVIGILATE, by=city.by)
    row = city.row(city.outlook())
    assert (row.place.missing, row.possible, row.to_draw, row.short) == (1, 0, 0, 1)


def test_a_rule_that_keeps_people_away_is_named_with_its_title_and_whom_it_keeps(city):
    sitting = city.sitting()
    candidate = make_candidate(sitting, city.by)
    city.member()
    instructor = city.member()
    state_class(instructor, [candidate.person], days_ago=30)
    row = city.row(city.outlook())
    assert (row.possible, row.short) == (1, 1)
    (why,) = row.reasons
    assert (why.rule, why.names) == ("S-07", (instructor.name,))
    assert str(why.text) != ""


def test_lifting_exactly_the_reasons_that_are_named_fills_every_place(city):
    sitting = city.sitting()
    candidate = make_candidate(sitting, city.by)
    city.inspector()
    staff = [city.member() for _each in range(2)]
    for person in staff:
        state_class(person, [candidate.person], days_ago=30)
    drafted = city.draft()
    assert outlook(drafted).short == 2
    rules = {why.rule for why in outlook(drafted).reasons}
    lifted = {pair: found - rules for pair, found in drafted.barred.items()}
    assert solve(type(drafted)(**{**vars(drafted), "barred": lifted}).instance(5.0)).missing == {}


def test_where_nobody_is_kept_away_more_people_are_asked_for(city):
    city.sitting()
    city.member()
    (why,) = city.row(city.outlook()).reasons
    assert (why.rule, why.missing) == ("", 1)


def test_an_inspector_of_the_district_is_kept_away_by_the_rule_on_inspectors(city):
    sitting = city.sitting()
    inspector = city.member(Duty.INSPECT, district=sitting.site.district)
    (why,) = city.row(city.outlook(), Duty.INSPECT).reasons
    assert (why.rule, why.names) == ("S-10", (inspector.name,))


def test_a_rule_on_one_duty_does_not_keep_a_person_from_another_at_the_same_sitting(city):
    """S-07 speaks of invigilators; who taught a candidate may still inspect."""
    sitting = city.sitting()
    candidate = make_candidate(sitting, city.by)
    inspector = city.inspector()
    from tests.factories.people import give_duty
    from trainhub.exams.staffing import enter

    give_duty(inspector, Duty.INVIGILATE, city.centre)
    enter(inspector, Duty.INVIGILATE, city.centre, city.first, city.last, centre=city.centre, by=city.by)
    state_class(inspector, [candidate.person], days_ago=30)
    told = city.outlook()
    assert city.row(told, Duty.INSPECT).short == 0
    assert city.row(told).possible == 0


def test_a_register_that_ends_before_the_day_is_said_so(city):
    city.sitting(days=10)
    city.member()
    ending = city.member(days=5)
    (why,) = city.row(city.outlook()).reasons
    assert (why.rule, why.names) == ("", (ending.name,))


def test_an_appointment_that_a_late_fact_forbids_does_not_count_as_staff(city):
    sitting = city.sitting()
    candidate = make_candidate(sitting, city.by)
    person = city.member()
    appoint(sitting, sitting.rooms[0], person, Duty.INVIGILATE, by=city.by)
    assert city.row(city.outlook()).place.missing == 1
    state_class(person, [candidate.person], days_ago=30)
    row = city.row(city.outlook())
    assert (row.place.missing, row.possible) == (2, 0)


def test_the_rotation_is_kept_over_the_whole_plan_and_not_only_pair_by_pair(city):
    """Nobody may be at one site on more days in a row than the rotation allows (S-20)."""
    most = int(regulations.value("separation.consecutive_same_site", on=clock.today()))
    site = make_site(city.centre, by=city.by)
    for days in range(2, 2 + most + 1):
        city.sitting(days=days, site=site)
    for _each in range(2):
        city.member()
    told = city.outlook()
    inviting = [row for row in told.rows if row.place.duty is Duty.INVIGILATE]
    assert sum(row.to_draw for row in inviting) == 2 * most
    assert sum(row.short for row in inviting) == 2
    assert "S-20" in {why.rule for row in inviting for why in row.reasons}
    assert told.unsettled == 0
    city.member()
    city.member()
    assert sum(row.short for row in city.outlook().rows if row.place.duty is Duty.INVIGILATE) == 0


def test_alternatives_of_one_person_do_not_count_as_rotation(city):
    """Ten sittings at one site and one possible person: each pair alone is allowed."""
    site = make_site(city.centre, by=city.by)
    for days in range(2, 8):
        city.sitting(days=days, site=site)
    city.member()
    assert all(row.possible == 1 for row in city.outlook().rows if row.place.duty is Duty.INVIGILATE)


def test_a_practical_sitting_needs_assessors(city):
    sitting = city.sitting()
    assert Duty.ASSESS not in needs_of(sitting)
    sitting.part = Part.PRACTICAL
    assert needs_of(sitting)[Duty.ASSESS].needed == 2
    city.member(Duty.ASSESS)
    row = city.row(city.outlook(), Duty.ASSESS)
    assert (row.to_draw, row.short) == (1, 1)


def test_a_period_leaves_out_what_lies_outside(city):
    city.sitting(days=3)
    city.sitting(days=40)
    assert len({row.place.sitting.code for row in city.outlook().rows}) == 1


def test_the_file_of_a_plan_is_an_instance_for_the_command_line_without_names_or_reasons(city):
    city.sitting()
    person = city.member()
    city.inspector()
    until = clock.today() + timedelta(days=9)
    enter_absence(person, clock.today(), until, AbsenceKind.ILLNESS, centre=city.centre, by=city.by)
    written = city.draft().written(60.0)
    assert person.name not in str(written)
    assert AbsenceKind.ILLNESS not in str(written)
    read = read_instance(written)
    assert [len(each.unavailable) for each in read.people if each.id == person.id] == [1]
    assert solve(read).missing == solve(city.draft().instance(60.0)).missing


def test_a_spent_time_is_told_and_not_exceeded(city):
    for days in range(2, 12):
        city.sitting(days=days)
    for _each in range(6):
        city.member()
    told = outlook(city.draft(), Budget(0.0))
    assert told.status in ("optimal", "feasible", "unknown")
    assert told.seconds < 2


def test_an_absence_keeps_a_person_out_of_the_plan_until_it_is_taken_back(city):
    sitting = city.sitting()
    people = [city.member() for _each in range(2)]
    day = clock.local_day(sitting.starts_at)
    row = enter_absence(people[0], day, day, AbsenceKind.LEAVE, centre=city.centre, by=city.by)
    told = city.outlook()
    assert (city.row(told).short, names_in(told)) == (1, {people[0].name})
    withdraw_absence(row, by=city.by)
    assert city.row(city.outlook()).short == 0


def test_absences_are_refused_with_the_reason_and_on_record_without_it(city):
    person, today = city.member(), clock.today()
    other = city.member(centre=make_centre())
    day = timedelta(days=1)
    with pytest.raises(Invalid):
        enter_absence(person, today + day, today, AbsenceKind.LEAVE, centre=city.centre, by=city.by)
    with pytest.raises(Invalid):
        enter_absence(person, today - 3 * day, today - day, AbsenceKind.LEAVE, centre=city.centre, by=city.by)
    with pytest.raises(NotFound):
        enter_absence(other, today, today, AbsenceKind.LEAVE, centre=city.centre, by=city.by)
    row = enter_absence(person, today, today + day, AbsenceKind.ILLNESS, centre=city.centre, by=city.by)
    with pytest.raises(Conflict):
        enter_absence(person, today, today, AbsenceKind.ILLNESS, centre=city.centre, by=city.by)
    withdraw_absence(row, by=city.by)
    with pytest.raises(Conflict):
        withdraw_absence(row, by=city.by)
    entries = [each for each in db.session.query(ledger.Entry) if each.kind.startswith("staff.absence")]
    assert [each.kind for each in entries] == ["staff.absence_entered", "staff.absence_withdrawn"]
    assert all(AbsenceKind.ILLNESS not in each.body for each in entries)
    assert db.session.query(StaffAbsence).count() == 1


def test_a_neighbour_lends_who_is_free_and_keeps_its_own_sittings_staffed(city):
    city.sitting()
    city.member()
    neighbour = make_centre()
    city.sitting(centre=neighbour)
    for _each in range(2):
        city.member(centre=neighbour)
    own, (found,) = neighbours([city.centre.id], city.first, city.last)
    offer = next(each for each in found.offers if each.place.duty is Duty.INVIGILATE)
    assert (own.short > 0, offer.short, offer.possible, offer.spared) == (True, 1, 2, 0)
    city.member(centre=neighbour)
    _own, (found,) = neighbours([city.centre.id], city.first, city.last)
    offer = next(each for each in found.offers if each.place.duty is Duty.INVIGILATE)
    assert (offer.possible, offer.spared, found.spared) == (3, 1, 1)


def test_a_neighbour_that_lacks_people_itself_lends_nobody_it_needs(city):
    city.sitting()
    neighbour = make_centre()
    city.sitting(centre=neighbour)
    city.member(centre=neighbour)
    _own, (found,) = neighbours([city.centre.id], city.first, city.last)
    assert [each.possible for each in found.offers if each.place.duty is Duty.INVIGILATE] == [1]
    assert found.spared == 0


def test_a_neighbour_is_not_robbed_of_one_place_to_fill_two_of_ours(city):
    """Their long sitting runs beside two of ours: whoever is there could fill two places here instead."""
    first = city.sitting()
    second = city.sitting()
    second.starts_at = first.starts_at + timedelta(hours=4)
    neighbour = make_centre()
    long = city.sitting(centre=neighbour)
    long.minutes = 600
    for sitting in (first, second):
        sitting.minutes = 60
    city.member(centre=neighbour)
    _own, (found,) = neighbours([city.centre.id], city.first, city.last)
    assert [each.possible for each in found.offers if each.place.duty is Duty.INVIGILATE] == [1, 1]
    assert found.spared == 0
    city.member(centre=neighbour)
    city.member(centre=neighbour)
    _own, (found,) = neighbours([city.centre.id], city.first, city.last)
    assert found.spared == 2


def test_a_neighbour_in_conflict_with_a_candidate_is_not_counted(city):
    sitting = city.sitting()
    candidate = make_candidate(sitting, city.by)
    neighbour = make_centre()
    instructor = city.member(centre=neighbour)
    state_class(instructor, [candidate.person], days_ago=30)
    _own, (found,) = neighbours([city.centre.id], city.first, city.last)
    offer = next(each for each in found.offers if each.place.duty is Duty.INVIGILATE)
    assert (offer.possible, offer.spared) == (0, 0)


def test_with_enough_own_people_no_neighbour_is_asked(city):
    city.sitting()
    city.inspector()
    for _each in range(2):
        city.member()
    city.member(centre=make_centre())
    own, found = neighbours([city.centre.id], city.first, city.last)
    assert (own.short, found) == (0, [])


def test_somebody_ill_leaves_one_place_to_draw_and_everybody_else_where_they_are(city):
    sitting, later = city.sitting(days=3), city.sitting(days=5)
    people = [city.member() for _each in range(4)]
    for person in people[:2]:
        appoint(sitting, sitting.rooms[0], person, Duty.INVIGILATE, by=city.by)
        appoint(later, later.rooms[0], person, Duty.INVIGILATE, by=city.by)
    day = clock.local_day(sitting.starts_at)
    change = change_for(people[0], day, day, centres=[city.centre.id])
    (redraw,) = change.redraws
    assert (redraw.place.sitting, redraw.number, redraw.missing) == (sitting, 1, 0)
    assert (redraw.possible, redraw.freed, change.kept) == (2, (), 1)
    assert len(appointments_of(sitting)) == 2


def test_somebody_else_is_moved_only_where_the_place_cannot_be_filled_otherwise(city):
    """Only the one invigilator of the other sitting may come here; somebody free may go there."""
    here, there = city.sitting(), city.sitting()
    candidate = make_candidate(here, city.by)
    ill, partner, movable, fourth = (city.member() for _each in range(4))
    free = city.member()
    for person in (fourth, free):
        state_class(person, [candidate.person], days_ago=30)
    for person in (ill, partner):
        appoint(here, here.rooms[0], person, Duty.INVIGILATE, by=city.by)
    for person in (movable, fourth):
        appoint(there, there.rooms[0], person, Duty.INVIGILATE, by=city.by)
    day = clock.local_day(here.starts_at)
    change = change_for(ill, day, day, centres=[city.centre.id])
    told = {each.place.sitting.code: (each.number, each.freed, each.missing) for each in change.redraws}
    assert told == {here.code: (1, (), 0), there.code: (1, (movable.name,), 0)}
    assert change.kept == 2


def test_where_nobody_else_is_found_the_change_says_why_and_does_not_blame_the_absence(city):
    sitting = city.sitting()
    candidate = make_candidate(sitting, city.by)
    ill, instructor = city.member(), city.member()
    state_class(instructor, [candidate.person], days_ago=30)
    appoint(sitting, sitting.rooms[0], ill, Duty.INVIGILATE, by=city.by)
    day = clock.local_day(sitting.starts_at)
    enter_absence(ill, day, day, AbsenceKind.ILLNESS, centre=city.centre, by=city.by)
    (redraw,) = change_for(ill, day, day, centres=[city.centre.id]).redraws
    assert (redraw.number, redraw.missing, redraw.possible) == (1, 1, 0)
    assert [(why.rule, why.names) for why in redraw.reasons] == [("S-07", (instructor.name,))]


def test_somebody_there_beyond_the_need_is_not_replaced(city):
    sitting = city.sitting()
    people = [city.member() for _each in range(3)]
    for person in people:
        appoint(sitting, sitting.rooms[0], person, Duty.INVIGILATE, by=city.by)
    day = clock.local_day(sitting.starts_at)
    change = change_for(people[0], day, day, centres=[city.centre.id])
    assert (change.redraws, change.kept) == ((), 2)


def test_asking_about_all_pairs_together_says_what_asking_about_each_alone_says(city):
    """No rule may be fooled by the other rows that are asked about at the same time."""
    site = make_site(city.centre, by=city.by)
    sittings = [city.sitting(days=days, site=site) for days in (2, 3, 4, 5, 6)]
    sittings.append(city.sitting(days=3))
    candidate = make_candidate(sittings[2], city.by)
    people = [city.member() for _each in range(5)] + [city.inspector()]
    state_class(people[0], [candidate.person], days_ago=30)
    for sitting in sittings[:3]:
        appoint(sitting, sitting.rooms[0], people[1], Duty.INVIGILATE, by=city.by)
    places = city.draft().places
    asked = [
        (person.id, place)
        for place in places
        for person in people
        if (place.duty is Duty.INSPECT) == (person is people[-1])
    ]
    together = barred_by_rules(asked)
    for person_id, place in asked:
        alone = {each.rule.id for each in separation.check(proposed(person_id, place))}
        assert together.get((person_id, place), frozenset()) == alone
    assert {rule for rules in together.values() for rule in rules} >= {"S-07", "S-19", "S-20"}


def test_an_absence_that_touches_no_appointment_changes_nothing(city):
    sitting = city.sitting()
    person, idle = city.member(), city.member()
    appoint(sitting, sitting.rooms[0], person, Duty.INVIGILATE, by=city.by)
    day = clock.local_day(sitting.starts_at)
    assert change_for(idle, day, day, centres=[city.centre.id]).redraws == ()
    before = day - timedelta(days=1)
    assert change_for(person, before, before, centres=[city.centre.id]).redraws == ()


def test_a_site_of_the_persons_own_organisation_is_near(city):
    owner = make_site_owner()
    site = make_site(city.centre, by=city.by)
    site.organisation_id = owner.id
    city.sitting(site=site)
    person = city.member(organisation=owner)
    (somebody,) = [each for each in city.draft().instance(5.0).people if each.id == person.id]
    assert somebody.site == db.session.get_one(Site, site.id).code
