"""Assembly: every cell exactly, least exposed first, repeatable by its seed, and short cells named."""

from __future__ import annotations

import pytest

from tests.factories.bank import make_approved, make_bank, make_blueprint, make_staff
from tests.factories.people import make_officer
from trainhub.exams import papers
from trainhub.exams.bank import ItemType, add_knowledge_point, retire
from trainhub.exams.bank.items import newest_version
from trainhub.exams.papers.blueprints import Cell, cells_of
from trainhub.exams.papers.preparing import Short
from trainhub.exams.papers.supply import candidates_for
from trainhub.kernel.errors import Forbidden, Invalid
from trainhub.separation.duties import Duty


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
