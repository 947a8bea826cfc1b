"""Seats are given by chance, spread over the rooms, and neighbours work for different employers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.factories.sittings import make_arranged_sitting, make_candidate, make_sitting, settle_eligibility
from trainhub.exams.sittings.plan import candidates_of, get_sitting
from trainhub.exams.sittings.seating import (
    arrange,
    draw_seats,
    free_seats,
    give_seat,
    place_by_chance,
    spread,
)
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import in_language
from trainhub.ledger import Entry


def neighbours_of_one_group(places, per_row):
    taken = {(place.room, place.seat): place.occupant[0] for place in places}
    beside = [(r, s) for (r, s), group in taken.items() if s % per_row and taken.get((r, s + 1)) == group]
    return beside + [(r, s) for (r, s), group in taken.items() if taken.get((r, s + per_row)) == group]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=4, max_size=8))
def test_everybody_gets_exactly_one_seat(sizes):
    people = [(group, number) for group, size in enumerate(sizes) for number in range(size)]
    places = place_by_chance(people, lambda each: str(each[0]), [(30, 6)] * (len(people) // 30 + 1))
    assert sorted(place.occupant for place in places) == sorted(people)
    assert len({(place.room, place.seat) for place in places}) == len(people)


def test_neighbours_work_for_different_employers_where_there_are_enough():
    people = [(group, number) for group in range(6) for number in range(15)]
    places = place_by_chance(people, lambda each: str(each[0]), [(30, 6)] * 3)
    assert neighbours_of_one_group(places, 6) == []


def test_one_large_employer_still_gets_seats():
    people = [(0, number) for number in range(20)] + [(1, 0), (2, 0)]
    places = place_by_chance(people, lambda each: str(each[0]), [(30, 6)])
    assert len(places) == 22


def test_seats_are_not_the_order_of_the_list():
    people = [(number % 5, number) for number in range(30)]
    one, two = (place_by_chance(people, lambda each: str(each[0]), [(30, 6)]) for _ in range(2))
    assert one != two


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.data())
def test_rooms_are_filled_evenly_and_never_over(seats, data):
    total = data.draw(st.integers(0, sum(seats)))
    filled = spread(total, seats)
    assert sum(filled) == total
    assert all(there <= most for there, most in zip(filled, seats, strict=True))


@pytest.fixture(autouse=True)
def english(request):
    """Read the reasons in English."""
    if "house" in request.fixturenames:
        request.getfixturevalue("app")
        with in_language("en"):
            yield
    else:
        yield


def test_who_is_not_eligible_yet_gets_no_seat(house):
    with transaction():
        sitting = make_sitting(house.centre, house.by)
        settled = make_candidate(sitting, house.by)
        settle_eligibility(sitting, house.by, house.second)
        still_open = make_candidate(sitting, house.by)
        arrange(sitting, by=house.by)
    assert settled.seat_number == 1
    assert still_open.seat_number is None


def test_nobody_eligible_means_no_arrangement(house):
    with transaction():
        sitting = make_sitting(house.centre, house.by)
        make_candidate(sitting, house.by)
    with pytest.raises(Conflict, match="eligible"), transaction():
        arrange(sitting, by=house.by)


def test_arranging_again_replaces_the_seats_and_leaves_two_trails(house):
    with transaction():
        sitting = make_arranged_sitting(house.centre, house.by, house.second, candidates=8)
        arrange(sitting, by=house.by)
    assert sorted(each.seat_number for each in candidates_of(sitting)) == list(range(1, 9))
    assert list(db.session.scalars(select(Entry.kind))).count("sitting.arranged") == 2


def test_database_refuses_the_same_seat_twice(house):
    with transaction():
        sitting = make_arranged_sitting(house.centre, house.by, house.second, candidates=2)
    one, two = candidates_of(sitting)
    with pytest.raises(IntegrityError), transaction():
        two.seat_number = one.seat_number
        two.sitting_room_id = one.sitting_room_id


def test_taken_seat_is_not_given_again_and_a_free_one_is(house):
    with transaction():
        sitting = make_arranged_sitting(house.centre, house.by, house.second, candidates=2)
    one, two = candidates_of(sitting)
    with pytest.raises(Conflict, match="taken"), transaction():
        give_seat(two, sitting.rooms[0], one.seat_number, "机器故障", by=house.by)
    room, seat = free_seats(sitting)[0]
    with transaction():
        give_seat(two, room, seat, "机器故障", by=house.by)
    assert two.seat_number == seat


def drawn_ahead(house, number):
    """A sitting of so many candidates, and the seats that were drawn for them before any deed."""
    with transaction():
        sitting = make_sitting(house.centre, house.by)
        for _each in range(number):
            make_candidate(sitting, house.by)
        settle_eligibility(sitting, house.by, house.second)
        code = sitting.code
    with reading():
        return code, draw_seats(get_sitting(code))


def test_who_comes_between_the_draw_and_the_deed_has_a_seat_too(house):
    code, drawn = drawn_ahead(house, 3)
    with transaction():
        make_candidate(get_sitting(code), house.by)
        settle_eligibility(get_sitting(code), house.by, house.second)
    with transaction():
        assert arrange(get_sitting(code), drawn, by=house.by) == 4
    assert all(each.seat_number for each in candidates_of(get_sitting(code)))


def test_seats_that_were_drawn_before_the_deed_are_those_that_are_given(house):
    code, drawn = drawn_ahead(house, 6)
    with transaction():
        arrange(get_sitting(code), drawn, by=house.by)
    given = {each.id: (each.sitting_room_id, each.seat_number) for each in candidates_of(get_sitting(code))}
    assert given == drawn.seats
