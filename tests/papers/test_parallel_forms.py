"""Parallel forms from the bank: every demand is kept, what is short is named, the search can be repeated."""

import re

import pytest
from sqlalchemy import select

from tests.factories.bank import make_approved, make_bank, make_blueprint, make_staff
from tests.factories.opening import make_opening_officers, make_waiting_sitting, passphrase_of
from trainhub.exams import papers
from trainhub.exams.bank import ItemType
from trainhub.exams.bank.classifying import level_items
from trainhub.exams.bank.flags import Finding, raise_flags
from trainhub.exams.bank.items import newest_version
from trainhub.exams.bank.levels import CognitiveLevel
from trainhub.exams.bank.review import retire
from trainhub.exams.papers.assembly import discard, keep, repeated
from trainhub.exams.papers.blueprints import cells_of
from trainhub.exams.papers.checks import checks_of, facts_of
from trainhub.exams.papers.enemies import enemies_for, let_meet, pairs_among, set_apart
from trainhub.exams.papers.preparing import Short, prepare, search
from trainhub.exams.papers.supply import candidates_for
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, Invalid, NotFound
from trainhub.ledger import Entry
from trainhub.separation.report_ledger import facts_of_entry

CELLS = [
    papers.Cell("single", None, 2, 3, "apply"),
    papers.Cell("single", None, 2, 3),
    papers.Cell("true_false", None, 2, 1),
]


@pytest.fixture
def staff(app):
    return make_staff()


@pytest.fixture
def items(staff):
    """Ten single choices, the first four of which ask to apply, and eight true or false questions."""
    bank = make_bank(staff)
    single = make_approved(bank, staff, ItemType.SINGLE, 10)
    truth = make_approved(bank, staff, ItemType.TRUE_FALSE, 8)
    level_items(single[:4], CognitiveLevel.APPLY, by=staff.author)
    db.session.flush()
    return single, truth


def blueprint_for(staff, **demands):
    made = make_blueprint(staff, CELLS)
    cells, by = cells_of(made), staff.paper_officer
    papers.change_cells(made, cells, 60, 8, by=by, demands=papers.Demands(**demands))
    return made


def held(paper):
    return {place.item_id for place in paper.places}


def observe(items, facilities, candidates=40):
    papers.note_figures(
        "S-1",
        [
            papers.Observed(item.code, 1, candidates, facility, papers.slope_of(0.4))
            for item, facility in zip(items, facilities, strict=True)
        ],
    )


def test_forms_keep_cells_levels_enemies_and_overlap_reach_their_target_and_can_be_found_again(staff, items):
    single, truth = items
    observe([*single, *truth], [0.5, 0.9] * 9)
    set_apart([single[0].code, single[1].code], by=staff.author)
    blueprint = blueprint_for(staff, forms=2, facility=0.7, overlap_percent=50)

    assembly = papers.assemble_forms(blueprint, by=staff.paper_officer)

    assert assembly.status == "optimal"
    one, two = assembly.papers
    assert (one.form, two.form) == (1, 2)
    for paper in (one, two):
        levels = [place.item.cognitive for place in paper.places if place.item.type == "single"]
        assert len(levels) == 4 and levels.count("apply") >= 2
        assert not {single[0].id, single[1].id} <= held(paper)
        assert [check.title for check in checks_of(paper) if check.holds is False] == []
        assert "40" in facts_of(paper)[1].facility
    assert len(held(one) & held(two)) <= 3
    assert [form["facility"] for form in assembly.result["forms"]] == [0.7, 0.7]
    assert assembly.result["common"] == [[1, 2, len(held(one) & held(two))]]
    _problem, again = repeated(assembly)
    codes = {item.id: item.code for item in (*single, *truth)}
    assert [set(form) for form in again.forms] == [{codes[each] for each in held(p)} for p in (one, two)]
    (entry,) = db.session.scalars(select(Entry).where(Entry.kind == "papers.assembled"))
    assert facts_of_entry(entry)["papers"] == [one.code, two.code]
    assert assembly.seed not in str(facts_of_entry(entry))


def test_a_target_is_not_said_to_hold_of_questions_of_which_nothing_is_known(staff, items):
    single, truth = items
    blueprint = blueprint_for(staff, facility=0.7, facility_tolerance=0.01)
    unknown = checks_of(papers.assemble(blueprint, by=staff.paper_officer))[3:]
    assert [(check.holds, check.found) for check in unknown] == [(None, "各题均无数据")] * 2

    observe(truth, [0.7] * 8)
    difficulty, information = checks_of(papers.assemble(blueprint, by=staff.paper_officer))[3:]
    assert (difficulty.holds, information.holds) == (True, None)
    assert difficulty.found == "0.700，目标 0.700（6 题中 2 题已知）"
    assert information.found.endswith("（6 题中 2 题已知）")


def test_items_that_wait_for_a_look_are_left_out_where_the_blueprint_says_so(staff, items):
    _single, truth = items
    centre = staff.centre.id
    waiting = truth[:7]
    findings = [Finding(item.code, 1, "too_easy", {"facility": 1.0}) for item in waiting]
    raise_flags(centre, "S-1", findings, by=None)
    assert papers.assemble(blueprint_for(staff), by=staff.paper_officer) is not None

    with pytest.raises(Short) as short:
        papers.assemble(blueprint_for(staff, without_flagged=True), by=staff.paper_officer)

    (shortage,) = short.value.shortages
    assert (shortage.cell.type, shortage.needed, shortage.available) == ("true_false", 2, 1)
    assert shortage.kept_out == {"flagged": 7}


def test_distance_from_the_last_papers_and_exposure_are_kept_and_their_shortage_is_named(staff, items):
    first = papers.assemble(blueprint_for(staff), by=staff.paper_officer)
    near = papers.assemble(blueprint_for(staff, papers_back=3, common_percent=34), by=staff.paper_officer)
    assert len(held(near) & held(first)) <= 2
    before = near.assembly.result["forms"][0]["before"]
    assert before == [[first.code, len(held(near) & held(first))]]

    with pytest.raises(Short) as short:
        papers.assemble(blueprint_for(staff, papers_back=2), by=staff.paper_officer)
    shortage = max(short.value.shortages, key=lambda each: each.missing)
    assert shortage.missing >= 1
    assert "min_distance" in (shortage.kept_out or {})

    for paper in (first, near):
        discard(paper, by=staff.paper_officer)
    with pytest.raises(Short) as short:
        papers.assemble_forms(blueprint_for(staff, forms=5, most_uses=1), by=staff.paper_officer)
    # Five forms take 20 single choices and 10 questions of truth; the bank has 10 and 8.
    assert sum(each.missing for each in short.value.shortages) == 12
    assert {each.reason for each in short.value.shortages} == {"items cannot be used in so many forms"}
    # A draw may take an item that asks to apply for a cell that asks for no level: two papers need up to six.
    level_items(items[0][4:6], CognitiveLevel.APPLY, by=staff.author)
    kept = papers.assemble(blueprint_for(staff), by=staff.paper_officer)
    once = papers.assemble(blueprint_for(staff, most_uses=1), by=staff.paper_officer)
    assert not held(kept) & held(once)


def as_it_waits(paper, how, staff):
    """Bring an assembled paper on its way."""
    if how != "assembled":
        papers.see_proof(paper, by=staff.paper_reviewer)
    if how == "approved":
        papers.approve_paper(paper, by=staff.paper_reviewer)
    elif how == "sent back":
        papers.send_paper_back(paper, "换题", by=staff.paper_reviewer)
    elif how == "discarded":
        discard(paper, by=staff.paper_officer)
    db.session.flush()


DEMANDS = ({"papers_back": 1}, {"most_uses": 1})


@pytest.mark.parametrize("demands", DEMANDS)
@pytest.mark.parametrize("how", ["assembled", "seen", "approved"])
def test_a_paper_that_is_not_sealed_yet_counts_and_a_shortage_names_it(staff, items, how, demands):
    level_items(items[0][4:6], CognitiveLevel.APPLY, by=staff.author)
    first = papers.assemble(blueprint_for(staff), by=staff.paper_officer)
    as_it_waits(first, how, staff)

    second = papers.assemble(blueprint_for(staff, **demands), by=staff.paper_officer)
    assert not held(first) & held(second)

    as_it_waits(second, how, staff)
    both = {"papers_back": 2} if "papers_back" in demands else demands
    with pytest.raises(Short) as short:
        papers.assemble(blueprint_for(staff, **both), by=staff.paper_officer)
    named = {code for each in short.value.shortages for code in each.held_by}
    assert named == {first.code, second.code}
    assert all(code in str(short.value) for code in named)


@pytest.mark.parametrize("demands", DEMANDS)
@pytest.mark.parametrize("how", ["sent back", "discarded"])
def test_a_paper_that_was_given_up_gives_its_items_back(staff, items, how, demands):
    first = papers.assemble(blueprint_for(staff), by=staff.paper_officer)
    others = [item for item in (*items[0], *items[1]) if item.id not in held(first)]
    for item in others:
        retire(newest_version(item), "不再使用", by=staff.reviewer)
    with pytest.raises(Short):
        papers.assemble(blueprint_for(staff, **demands), by=staff.paper_officer)

    as_it_waits(first, how, staff)
    second = papers.assemble(blueprint_for(staff, **demands), by=staff.paper_officer)
    assert held(second) == held(first)


@pytest.mark.parametrize("demands", DEMANDS)
def test_two_searches_at_once_do_not_take_the_same_items(staff, items, demands):
    level_items(items[0][4:6], CognitiveLevel.APPLY, by=staff.author)
    blueprint, by = blueprint_for(staff, **demands), staff.paper_officer
    one, two = prepare(blueprint), prepare(blueprint)
    first = keep(one, *search(one), by=by).papers[0]

    with pytest.raises(Conflict, match="其间又组成了一份"):
        keep(two, *search(two), by=by)

    again = prepare(blueprint)
    assert not held(first) & held(keep(again, *search(again), by=by).papers[0])


def test_a_search_that_counts_no_papers_is_not_disturbed_by_another(staff, items):
    one, two = prepare(blueprint_for(staff)), prepare(blueprint_for(staff))
    for each in (one, two):
        assert keep(each, *search(each), by=staff.paper_officer).papers


def shortage_page(staff, client, **demands):
    """The page of an assembly for which the bank was not enough."""
    prepared = prepare(blueprint_for(staff, **demands))
    assembly = keep(prepared, *search(prepared), by=staff.paper_officer)
    client.sign_in(staff.paper_officer)
    db.session.commit()
    return client.get(f"/exam/papers/assemblies/{assembly.code}").text


def test_the_page_of_a_shortage_names_the_papers_that_hold_what_fits(staff, items, client):
    level_items(items[0][4:6], CognitiveLevel.APPLY, by=staff.author)
    first = papers.assemble(blueprint_for(staff), by=staff.paper_officer)
    papers.assemble(blueprint_for(staff, papers_back=1), by=staff.paper_officer)
    page = shortage_page(staff, client, papers_back=2)
    assert re.search(f"由以下试卷占用：[^<]*{first.code}：[1-9]", page)


def test_a_cell_that_only_limits_empty_is_not_said_to_lack_items(staff, items, client):
    for item in items[1][:6]:
        retire(newest_version(item), "停用", by=staff.reviewer)
    papers.assemble(blueprint_for(staff), by=staff.paper_officer)
    page = shortage_page(staff, client, papers_back=1)
    assert "需 2 题，可用 0 题。 符合本格的试题本来够用，但受此处所列限制不能选用" in page
    assert "题库中符合本格的题太少" not in page


def test_a_bank_that_is_too_small_by_itself_is_said_to_be(staff, items, client):
    for item in items[1][:7]:
        retire(newest_version(item), "停用", by=staff.reviewer)
    page = shortage_page(staff, client)
    assert "需 2 题，可用 1 题。 题库中符合本格的题太少" in page


def test_what_is_short_for_several_forms_is_counted_in_places_of_all_of_them(staff, items, client):
    page = shortage_page(staff, client, forms=5, most_uses=1)
    assert "各套卷合计需 10 题次，最多可填 8 题次。" in page


def test_enemies_that_leave_too_little_are_told_as_the_reason(staff, items):
    single, _truth = items
    set_apart([item.code for item in single[:4]], by=staff.paper_officer)

    with pytest.raises(Short) as short:
        papers.assemble(blueprint_for(staff), by=staff.paper_officer)

    (shortage,) = short.value.shortages
    assert (shortage.cell.level, shortage.missing) == ("apply", 1)
    assert shortage.reason == "enemies must not meet in one form"


def test_enemies_are_set_for_ones_own_items_only_and_ended_not_erased(staff, items):
    single, _truth = items
    other = make_staff()
    codes = [single[0].code, single[1].code]
    with pytest.raises(Invalid):
        set_apart(codes, by=other.author)
    with pytest.raises(Invalid):
        set_apart(codes[:1], by=staff.author)
    (row,) = set_apart([codes[0].lower(), codes[1]], by=staff.author)
    with pytest.raises(Conflict):
        set_apart(codes, by=staff.author)
    assert pairs_among([each.id for each in single]) >= {(single[0].id, single[1].id)}
    with pytest.raises(NotFound):
        let_meet(row.code, by=other.author)

    let_meet(row.code, by=staff.paper_officer)

    assert (single[0].id, single[1].id) not in pairs_among([each.id for each in single])
    assert db.session.scalars(enemies_for(staff.author)).all() == []
    assert row.ended_by_id == staff.paper_officer.id


def test_a_form_that_officers_open_early_does_not_tell_the_one_that_is_still_closed(staff, items):
    assembly = papers.assemble_forms(blueprint_for(staff, forms=2), by=staff.paper_officer)
    seed, forms = assembly.seed, list(assembly.papers)
    near = blueprint_for(staff, papers_back=2, common_percent=90)
    later = papers.assemble_forms(near, by=staff.paper_officer)
    assert len(repeated(later)[1].forms) == 1
    officers = make_opening_officers(staff.centre)
    begun = prepare(near)
    found = search(begun)
    for paper in forms:
        papers.see_proof(paper, by=staff.paper_reviewer)
        papers.approve_paper(paper, by=staff.paper_reviewer)
        papers.seal_paper(paper, officers, by=staff.paper_reviewer)
    db.session.flush()
    seeds = [assembly.seed]
    # What was counted while they lay open would tell them too.
    with pytest.raises(Conflict):
        repeated(later)
    with pytest.raises(Conflict):
        keep(begun, *found, by=staff.paper_officer)

    for paper in forms:
        sitting = make_waiting_sitting(paper)
        for number in (0, 1):
            papers.give_share(paper, sitting.code, passphrase_of(number), by=officers[number])
        seeds.append(assembly.seed)

    assert len({seed, *seeds[:2]}) == 3
    assert seeds[2] == seed
    assert len(repeated(later)[1].forms) == 1
    assert {paper.seed for paper in forms} == {""}


def test_what_candidates_showed_counts_before_what_an_author_thinks_and_few_say_nothing(staff, items):
    single, truth = items
    single[1].level, single[2].level = 1, 3
    observe(single[:2], [0.4, 0.6], candidates=9)
    by_code = {each.code: each for each in candidates_for(blueprint_for(staff))}
    assert by_code[single[0].code].facility is None
    assert by_code[single[1].code].facility == 0.85
    assert by_code[single[2].code].facility == 0.5

    papers.note_figures("S-2", [papers.Observed(single[1].code, 1, 31, 0.2, None)])
    found = {each.code: each for each in candidates_for(blueprint_for(staff))}[single[1].code]
    assert found.measured
    assert found.facility == pytest.approx((9 * 0.6 + 31 * 0.2) / 40)
    assert newest_version(truth[0]).number == 1


@pytest.mark.parametrize(
    "demands",
    [{"forms": 0}, {"facility": 1.2}, {"facility_tolerance": 0.1}, {"common_percent": 101}, {"most_uses": 0}],
)
def test_a_demand_that_no_form_can_meet_is_refused(staff, items, demands):
    with pytest.raises(Invalid):
        blueprint_for(staff, **demands)
