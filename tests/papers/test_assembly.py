"""Assembly: every cell exactly, least exposed first, repeatable by its seed, and short cells named."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.bank import make_approved, make_bank, make_blueprint, make_staff
from tests.factories.people import make_officer
from trainhub.exams import papers
from trainhub.exams.bank import ItemType, add_knowledge_point, retire
from trainhub.exams.bank.items import newest_version
from trainhub.exams.papers.assembly import Candidate, Short, candidates_for, choose
from trainhub.exams.papers.blueprints import Cell, cells_of
from trainhub.kernel.errors import Forbidden, Invalid
from trainhub.separation.duties import Duty


def candidates(*points, kind="single", exposure=0):
    return [Candidate(number, number, kind, point, exposure) for number, point in enumerate(points, start=1)]


def test_a_wide_cell_does_not_take_what_a_narrow_one_needs():
    cells = [Cell("single", None, 2, 1), Cell("single", "1", 1, 1)]

    for seed in range(50):
        wide, narrow = choose(cells, candidates(1, 2, 2), {"1": frozenset({1})}, random.Random(seed))
        assert [each.point_id for each in narrow] == [1]
        assert {each.point_id for each in wide} == {2}


def test_what_was_set_least_is_set_first():
    free = [Candidate(n, n, "single", None, exposure) for n, exposure in enumerate([3, 0, 1, 0, 2], start=1)]

    (chosen,) = choose([Cell("single", None, 3, 1)], free, {}, random.Random(1))

    assert {each.version_id for each in chosen} == {2, 3, 4}


def test_the_same_seed_gives_the_same_choice_and_another_another():
    free = candidates(*[None] * 40)
    cells = [Cell("single", None, 10, 1)]

    first, again, other = (choose(cells, free, {}, random.Random(seed))[0] for seed in (7, 7, 8))

    assert first == again
    assert first != other


@given(
    st.lists(st.sampled_from([1, 2, 3, None]), max_size=20),
    st.lists(st.tuples(st.sampled_from([None, "1", "12"]), st.integers(1, 6)), min_size=1, max_size=4),
    st.integers(0, 99),
)
def test_a_paper_is_found_whenever_there_is_one(points, wanted, seed):
    covered = {"1": frozenset({1}), "12": frozenset({1, 2})}
    cells = [Cell("single", code, count, 1) for code, count in wanted]
    ones = sum(count for code, count in wanted if code == "1")
    twelves = ones + sum(count for code, count in wanted if code == "12")
    everything = sum(count for _code, count in wanted)
    have_ones, have_twelves = points.count(1), points.count(1) + points.count(2)
    is_possible = ones <= have_ones and twelves <= have_twelves and everything <= len(points)

    try:
        chosen = choose(cells, candidates(*points), covered, random.Random(seed))
    except Short as short:
        assert not is_possible
        assert all(each.available < each.needed for each in short.shortages)
    else:
        assert is_possible
        taken = [each for cell in chosen for each in cell]
        assert len(taken) == len(set(taken)) == everything


@pytest.fixture
def staff(app):
    return make_staff()


def test_a_paper_has_the_types_in_order_and_every_item_once(staff):
    bank = make_bank(staff)
    make_approved(bank, staff, ItemType.TRUE_FALSE, 9)
    make_approved(bank, staff, ItemType.SINGLE, 5)

    paper = papers.assemble(make_blueprint(staff), by=staff.paper_officer)

    assert [place.number for place in paper.places] == list(range(1, 9))
    assert [place.item.type for place in paper.places] == ["true_false"] * 5 + ["single"] * 3
    assert len({place.item_id for place in paper.places}) == 8
    assert paper.marks == 8


def test_the_short_cell_is_named_with_the_number_missing(staff):
    bank = make_bank(staff)
    make_approved(bank, staff, ItemType.TRUE_FALSE, 9)
    make_approved(bank, staff, ItemType.SINGLE, 1)

    with pytest.raises(Short) as short:
        papers.assemble(make_blueprint(staff), by=staff.paper_officer)

    (shortage,) = short.value.shortages
    assert (shortage.cell.type, shortage.needed, shortage.available) == ("single", 3, 1)
    assert "2" in str(short.value)


def test_only_approved_items_of_that_centre_and_qualification_are_set(staff):
    bank = make_bank(staff)
    kept, retired = make_approved(bank, staff, ItemType.SINGLE, 2)
    retire(newest_version(retired), "过时", by=staff.reviewer)
    make_approved(make_bank(staff, "PRINCIPAL"), staff)
    other = make_staff()
    make_approved(make_bank(other), other)

    found = candidates_for(make_blueprint(staff))

    assert [each.item_id for each in found] == [kept.id]


def test_a_knowledge_point_covers_what_lies_under_it(staff):
    bank = make_bank(staff)
    law = add_knowledge_point("SAFETY-MANAGER", "01", "法律法规", by=staff.author)
    child = add_knowledge_point("SAFETY-MANAGER", "01.1", "安全生产法", law, by=staff.author)
    (item,) = make_approved(bank, staff, ItemType.SINGLE, 1, child)
    make_approved(bank, staff, ItemType.SINGLE, 3)

    paper = papers.assemble(make_blueprint(staff, [Cell("single", "01", 1, 2)]), by=staff.paper_officer)

    assert [place.item_id for place in paper.places] == [item.id]
    assert paper.marks == 2


def test_a_blueprint_is_what_the_law_of_today_says_unless_changed(staff):
    make_bank(staff)
    blueprint = papers.draw_blueprint("SAFETY-MANAGER", staff.centre, "标准卷", by=staff.paper_officer)

    assert [(cell.type, cell.count, cell.marks) for cell in cells_of(blueprint)] == [
        ("true_false", 70, 1),
        ("single", 30, 1),
    ]
    assert (blueprint.minutes, blueprint.pass_mark) == (120, 80)
    with pytest.raises(Invalid):
        papers.change_cells(blueprint, [Cell("single", None, 30, 1)], 120, 80, by=staff.paper_officer)


def test_only_a_paper_officer_of_the_centre_assembles(staff):
    make_bank(staff)
    blueprint = make_blueprint(staff)
    for person in (staff.author, staff.paper_reviewer, make_officer(Duty.ASSEMBLE_PAPERS)):
        with pytest.raises(Forbidden):
            papers.assemble(blueprint, by=person)
