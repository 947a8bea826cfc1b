"""The flow knows the same conditions as the plan, and is never dearer than the best plan."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from trainhub.cli import main
from trainhub.cli import staffing_invented as staffing
from trainhub.exams.staffing.plan import blaming, read_instance, solve, solving
from trainhub.exams.staffing.plan.flowing import MISSING, blocks, bound_of, flow_of
from trainhub.exams.staffing.plan.instance import obstacles
from trainhub.exams.staffing.plan.lifting import lifted
from trainhub.exams.staffing.plan.offering import People

SIZES = st.tuples(st.integers(1, 12), st.integers(1, 40), st.integers(0, 99), st.booleans())


def written(sittings, people, seed, chained, possible=None):
    made = staffing.instance(sittings, people, seed, possible, chained)
    made["settings"]["gap"] = 0
    return made


@settings(max_examples=40)
@given(SIZES, st.booleans())
def test_arrays_say_the_same_of_every_pair_as_the_conditions_do(size, cross):
    made = written(*size)
    made["settings"]["cross_district"] = cross
    wanted = read_instance(made)
    people = People(wanted)
    for place, _needed in people.places():
        one_by_one = [
            number
            for number, person in enumerate(wanted.people)
            if obstacles(wanted, person, wanted.sittings[place[0]], place[1]) == frozenset()
        ]
        assert people.able(place).tolist() == one_by_one


@settings(max_examples=25)
@given(SIZES)
def test_no_plan_is_cheaper_than_the_flow_and_no_flow_than_the_bound(size):
    made = written(*size)
    wanted = read_instance(made)
    people = People(wanted)
    plan, flow = solve(wanted), flow_of(people, people.offer(None, {}), {})
    assert bound_of(people, {}) <= flow.cost <= plan.objective
    assert staffing.complaints(made, [vars(each) for each in plan.assignments]) == []
    assert plan.bound <= plan.objective


@settings(max_examples=40)
@given(SIZES)
def test_sittings_of_a_block_all_overlap(size):
    sittings = read_instance(written(*size)).sittings
    found = blocks(sittings)
    for one, mine in zip(sittings, found, strict=True):
        assert all(one.overlaps(other) for other, its in zip(sittings, found, strict=True) if its == mine)


def test_a_plan_is_the_same_for_the_same_seed():
    wanted = read_instance(written(20, 100, 3, False))
    assert solve(wanted).assignments == solve(wanted).assignments


@settings(max_examples=25)
@given(SIZES)
def test_a_plan_of_few_offers_is_as_good_as_one_of_all(size):
    made = written(*size)
    wanted = read_instance(made)
    whole = solve(wanted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "WHOLE", 0)
        patch.setattr(solving, "CHAINED", 0)
        patch.setattr(solving, "FIRST_OFFER", 1)
        patch.setattr(solving, "NEAR", 40)
        few = solve(wanted)
    assert few.objective == whole.objective
    assert few.bound <= whole.objective
    assert staffing.complaints(made, [vars(each) for each in few.assignments]) == []


def test_what_keeps_a_place_empty_is_found_near_the_plan_of_a_large_instance():
    made = written(12, 120, 5, False)
    made["forbidden"] = [{"person": each["id"], "sitting": "S3", "rule": "S-08"} for each in made["people"]]
    wanted = read_instance(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blaming, "WHOLE", 0)
        patch.setattr(blaming, "FIRST_OFFER", 1)
        plan = solve(wanted)
        found = blaming.blame(wanted, plan.missing, plan.assignments)
    assert {code for code, _duty in plan.missing} == {code for code, _duty in found} == {"S3"}
    assert {each.reason for reasons in found.values() for each in reasons} == {"S-08"}
    because = [(*place, each) for place, reasons in found.items() for each in reasons]
    assert not solve(lifted(wanted, because)).missing


def test_no_number_of_long_ways_or_uneven_loads_outweighs_a_missing_person():
    made = written(60, 40, 7, True)
    wanted = read_instance(made)
    plan, flow = solve(wanted), flow_of(People(wanted), People(wanted).offer(None, {}), {})
    assert flow.missing <= sum(plan.missing.values())
    assert plan.objective // MISSING == sum(plan.missing.values()) > 0


def test_the_benchmark_checks_its_plans_and_tells_the_floor():
    command = ["bench", "staffing", "--size", "12", "120", "--seconds", "10", "--json"]
    found = CliRunner().invoke(main, command)
    answer = json.loads(found.stdout)
    assert found.exit_code == 0, found.output
    assert {"figures", "floor", "ratio", "conditions"} <= answer.keys()
    for each in answer["figures"].values():
        assert (each["complaints"], each["status"]) == (0, "optimal")
