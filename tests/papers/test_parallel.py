"""Parallel forms keep every demand, are the best there are where all can be tried, or say what is short."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import small_papers
from tests.papers import forms_checker
from trainhub.cli import main
from trainhub.cli import papers_invented as invented
from trainhub.exams.papers.parallel import BadFile, answer, read_blueprint, read_items

COLUMNS = (
    "id",
    "type",
    "knowledge_point",
    "level",
    "facility",
    "discrimination",
    "marks",
    "exposure",
    "enemy_group",
    "last_used",
)


def item(name, **said):
    plain = dict.fromkeys(COLUMNS, "") | {
        "type": "single",
        "facility": 0.5,
        "discrimination": 1,
        "exposure": 0,
    }
    return plain | {"id": name} | said


def cell(count=1, **said):
    return {"type": None, "knowledge_point": None, "level": None, "count": count} | said


def as_csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def assembled(rows, cells, **said):
    wanted = {"cells": cells, "forms": 1, "time_limit_s": 20, **said}
    blueprint = read_blueprint(wanted)
    return answer(blueprint, read_items(as_csv(rows).decode(), blueprint)[0])


def short(found):
    return [(each["index"], each["needed"], each["available"]) for each in found["short"]]


def bank(count, **said):
    return [item(f"I{number}", **said) for number in range(count)]


def test_the_cell_that_is_short_is_named_with_its_number():
    rows = [*bank(5, type="single"), item("M", type="multiple")]
    found = assembled(rows, [cell(3, type="single"), cell(4, type="multiple")])
    assert (found["status"], found["forms"], short(found)) == ("infeasible", [], [(1, 4, 1)])
    assert found["short"][0]["cell"]["type"] == "multiple"
    assert "3 short" in found["error"]


def test_cells_that_need_the_same_items_are_short_together():
    rows = [item("A", level="1"), item("B", level="1"), item("C", level="2")]
    found = assembled(rows, [cell(2, level="1"), cell(2)])
    assert short(found) == [(1, 2, 1)]
    assert found["short"][0]["reason"] == "other cells need the same items"


@pytest.mark.parametrize("asked", [(2, 5), (5, 2)])
def test_of_two_cells_for_which_as_many_items_fit_the_one_that_asks_for_more_is_short(asked):
    found = assembled(bank(5), [cell(count) for count in asked])
    assert short(found) == [(asked.index(5), 5, 3)]


def test_enemies_make_a_cell_short():
    found = assembled(bank(3, enemy_group="E"), [cell(2)])
    assert short(found) == [(0, 2, 1)]
    assert found["short"][0]["reason"] == "enemies must not meet in one form"


def test_forms_that_share_nothing_need_as_many_items_as_they_have_places():
    found = assembled(bank(5), [cell(2)], forms=3, max_overlap=0)
    assert short(found) == [(0, 6, 5)]
    assert assembled(bank(6), [cell(2)], forms=3, max_overlap=0)["status"] == "optimal"


def test_little_overlap_is_told_as_what_is_in_the_way():
    found = assembled(bank(4), [cell(3)], forms=3, max_overlap=1)
    assert found["short"][0]["reason"] == "forms would share more items than they may"


def test_exposed_items_and_those_of_the_last_papers_are_kept_out_and_counted():
    rows = [
        item("A", exposure=3),
        item("B", last_used="2026-05-01"),
        item("C", last_used="2026-04-01"),
        item("D"),
    ]
    found = assembled(rows, [cell(3)], max_exposure=3, min_distance=1)
    assert short(found) == [(0, 3, 2)]
    assert found["short"][0]["kept_out"] == {"max_exposure": 1, "min_distance": 1}
    (form,) = assembled(rows, [cell(2)], max_exposure=3, min_distance=1)["forms"]
    assert form["items"] == ["C", "D"]


def test_an_item_is_used_in_no_more_forms_than_its_exposure_leaves():
    rows = [item("A", exposure=1), item("B", exposure=2), item("C", exposure=2)]
    assert assembled(rows, [cell(1)], forms=4, max_exposure=3)["status"] == "optimal"
    assert short(assembled(rows, [cell(1)], forms=5, max_exposure=3)) == [(0, 5, 4)]


def test_a_target_out_of_reach_is_told_with_what_the_bank_reaches():
    found = assembled(bank(9), [cell(2)], facility={"target": 0.8, "tolerance": 0.1})
    assert (found["status"], found["short"]) == ("infeasible", [])
    assert "a facility of 0.5000 to 0.5000" in found["error"]


def test_without_tolerance_the_nearest_forms_come_with_the_bound():
    found = assembled(bank(9), [cell(2)], facility={"target": 0.8})
    assert (found["status"], found["objective"], found["bound"], found["gap"]) == ("optimal", 6000, 6000, 0)


def test_marks_choose_among_items_unless_none_is_worth_them():
    rows = [item("A", marks=1), item("B", marks=2), item("C", marks=2)]
    assert short(assembled(rows, [cell(3, marks=2)])) == [(0, 3, 2)]
    found = assembled(rows, [cell(3, marks=5)])
    assert (found["status"], found["warnings"]) == (
        "optimal",
        ["cells[0]: no item is worth 5; the blueprint gives the marks"],
    )


NAMES = st.sampled_from([None, "1", "2"])
CELLS = st.lists(
    st.builds(
        lambda kind, level, count: cell(count, type=kind, level=level), NAMES, NAMES, st.integers(1, 2)
    ),
    min_size=1,
    max_size=2,
)
ITEMS = st.lists(
    st.builds(
        lambda kind, level, facility, slope, exposure, group, ago: {
            "type": kind,
            "level": level,
            "facility": facility / 20,
            "discrimination": slope / 4,
            "exposure": exposure,
            "enemy_group": group,
            "last_used": ago,
        },
        st.sampled_from("12"),
        st.sampled_from("12"),
        st.integers(2, 19),
        st.integers(0, 5),
        st.integers(0, 2),
        st.sampled_from(["", "", "", "X", "Y", "X;Y", "Y;Z"]),
        st.sampled_from(["", "", "", 1, 2]),
    ),
    min_size=1,
    max_size=6,
)
GOALS = st.sampled_from([None, {"target": 0.6, "tolerance": 0.1}, {"target": 0.5, "tolerance": None}])
LIMITS = st.one_of(st.none(), st.integers(0, 2))


@settings(max_examples=80)
@given(ITEMS, CELLS, st.integers(1, 3), GOALS, LIMITS, st.sampled_from([None, 2, 3]), st.integers(0, 2))
def test_any_tiny_bank_gives_the_best_forms_there_are_or_none(
    rows, cells, forms, goal, overlap, exposure, seed
):
    rows = [item(f"I{number}") | each for number, each in enumerate(rows)]
    wanted = {"cells": cells, "forms": forms, "max_overlap": overlap, "max_exposure": exposure}
    wanted |= {"min_distance": seed} | ({"facility": goal} if goal else {})
    found = assembled(rows, **wanted, seed=seed)
    best = forms_checker.best(rows, wanted)
    assert (found["status"] == "infeasible") == (best is None)
    if best is None:
        assert found["short"] or found["error"]
        return
    assert (found["status"], found["objective"], found["bound"]) == ("optimal", best, best)
    known = {each["id"]: each for each in rows}
    chosen = [[known[name] for name in form["items"]] for form in found["forms"]]
    assert forms_checker.allowed(chosen, wanted)
    assert forms_checker.cost(chosen, wanted) == best
    possible = [{each["id"] for each in form} for form in forms_checker.possible_forms(rows, cells)]
    for form, told in zip(chosen, found["forms"], strict=True):
        assert set(told["items"]) in possible
        assert all(
            forms_checker.matches(each, cells[place]) for each, place in zip(form, told["cells"], strict=True)
        )


@settings(max_examples=40)
@given(ITEMS, CELLS, LIMITS)
def test_the_items_told_as_missing_are_enough_and_one_fewer_is_not(rows, cells, overlap):
    rows = [item(f"I{number}") | each for number, each in enumerate(rows)]
    found = assembled(rows, cells, max_overlap=overlap)
    missing = [
        item(f"new {each['index']} {number}") | {name: each["cell"][name] or "" for name in ("type", "level")}
        for each in found["short"]
        for number in range(each["needed"] - each["available"])
    ]
    # What the cells need besides, enemies for one, may still be short: it is told next.
    for _step in range(3):
        again = assembled([*rows, *missing], cells, max_overlap=overlap)
        if not again["short"]:
            break
        missing += [
            item(f"more {len(missing)} {each['index']} {n}")
            | {name: each["cell"][name] or "" for name in ("type", "level")}
            for each in again["short"]
            for n in range(each["needed"] - each["available"])
        ]
    assert again["status"] == "optimal"
    if missing:
        assert assembled([*rows, *missing[:-1]], cells, max_overlap=overlap)["status"] == "infeasible"


def test_a_large_bank_keeps_every_demand_and_the_same_seed_gives_the_same_forms():
    rows, wanted = invented.items(4000, seed=3), invented.blueprint(6, seed=5)
    blueprint = read_blueprint(wanted)
    items, _warnings = read_items(invented.as_csv(rows).decode(), blueprint)
    found = answer(blueprint, items)
    assert invented.complaints(rows, wanted, [each["items"] for each in found["forms"]]) == []
    assert max(abs(each["facility"] - invented.TARGET) for each in found["forms"]) < 0.0001
    drawn = invented.drawn(rows, wanted["cells"], 6, seed=5)
    apart = [each["facility"] for each in found["forms"]]
    assert max(drawn) - min(drawn) > 10 * (max(apart) - min(apart))
    again = answer(blueprint, items)
    assert again["forms"] == found["forms"]
    other = answer(read_blueprint(wanted | {"seed": 6}), items)
    assert other["forms"] != found["forms"]


TOO_LARGE = 10**400
"""JSON knows no largest number, and no float holds this one."""


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ([], "a blueprint is a JSON object"),
        ({"cells": []}, "cells: a blueprint has a list"),
        ({"cells": [cell(1), 5]}, r"cells\[1\]: a cell is an object"),
        ({"cells": [{"type": "single"}]}, r"cells\[0\].count: a cell says how many"),
        ({"cells": [cell(1.5)]}, r"cells\[0\].count: 1.5 is no whole number"),
        ({"cells": [cell(1, level=[1])]}, r"cells\[0\].level: \[1\] is no text"),
        ({"cells": [cell()], "facility": {"target": 2}}, "facility.target: 2 is more than 1"),
        ({"cells": [cell()], "facility": {}}, "facility.target: a target is missing"),
        ({"cells": [cell()], "max_overlap": "few"}, "max_overlap: 'few' is no number"),
        ({"cells": [cell()], "forms": 0}, "forms: 1 to 1000 forms"),
        ({"cells": [cell(type="\ud800")]}, r"cells\[0\].type: '.ud800' is no text"),
        ({"cells": [cell()], "information": {"target": 1e300}}, r"information.target: 1e\+300 is more than"),
        ({"cells": [cell()], "facility": {"target": 0.5, "tolerance": 2}}, "facility.tolerance: 2 is more"),
        ({"cells": [cell()], "gap": TOO_LARGE}, "gap: 1000.*… is more than 1e"),
        ({"cells": [cell()], "max_overlap": TOO_LARGE}, "max_overlap: 1000.*… is more than 1e"),
        ({"cells": [cell(marks=TOO_LARGE)]}, r"cells\[0\].marks: 1000.*… is more than 1e"),
        ({"cells": [cell()], "facility": {"target": TOO_LARGE}}, "facility.target: 1000.*… is more than 1e"),
        ({"cells": [cell(level=float("nan"))]}, r"cells\[0\].level: nan is no text"),
        ({"cells": [cell(9999)]}, "cells: a form has 1 to 2000 questions, not 9999"),
    ],
)
def test_a_bad_blueprint_is_told_where_it_is_bad(written, says):
    with pytest.raises(BadFile, match="^" + says):
        read_blueprint(written)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "line 1: the file is empty"),
        (b"\n \n", "line 2: the file is empty"),
        (b"ID,level\n", "line 1: there is no column 'id'; there are: ID, level"),
        (b"id,type\n", "line 1: there is no column 'level'"),
        (b"id,id,level\n", "line 1: the column 'id' stands there more than once"),
        (b"id,level,facility\nA,1\n", "line 2: 2 fields, but 3 columns"),
        (b"id,level,facility\nA,1,hard\n", "line 2, column facility: 'hard' is no number"),
        (b"id,level,facility\n\nA,1,1.2\n", "line 3, column facility: '1.2' is out of range"),
        (b"id,level,facility\nA,1,nan\n", "line 2, column facility: 'nan' is out of range"),
        (b"id,level,discrimination\nA,1,1e200\n", "line 2, column discrimination: '1e200' is out of range"),
        (b"id,level\nA,1\nA,1\n", "line 3, column id: 'A' stands in line 2 already"),
        (b"id,level\n,1\n", "line 2, column id: an item has an id"),
        (b"id,level,last_used\nA,1,long ago\n", "line 2, column last_used: 'long ago' is neither"),
        (b"id,level,last_used\nA,1,2026-02-30\n", "line 2, column last_used: '2026-02-30' is neither"),
        (b"id,level,last_used\nA,1,2026-07-01x\n", "line 2, column last_used: '2026-07-01x' is neither"),
        (b"id,level,marks\nA,1,1e300\n", "line 2, column marks: '1e300' is out of range (0 to 1e"),
        (b"id,level,exposure\nA,1,1e300\n", "line 2, column exposure: '1e300' is out of range (0 to 1e"),
        (b"id,level,marks\nA,1,1_0\n", "line 2, column marks: '1_0' is no number"),
        (b'id,level\n"A,1\n', "line 2: unexpected end of data"),
    ],
)
def test_a_bad_item_file_is_told_where_it_is_bad(content, says):
    blueprint = read_blueprint({"cells": [cell(level="1")], "min_distance": 1})
    with pytest.raises(BadFile, match="^" + says.replace("(", r"\(")):
        read_items(content.decode(), blueprint)


def run(folder, blueprint, rows, *options):
    (folder / "blueprint.json").write_text(blueprint if isinstance(blueprint, str) else json.dumps(blueprint))
    (folder / "items.csv").write_bytes(rows if isinstance(rows, bytes) else as_csv(rows))
    command = ["papers", "assemble", str(folder / "blueprint.json"), "--items", str(folder / "items.csv")]
    return CliRunner().invoke(main, [*command, *options])


def test_the_command_needs_no_instance_and_tells_by_its_status(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(tmp_path / "nowhere"))
    done = run(tmp_path, {"cells": [cell(2)], "max_overlap": 0}, bank(6), "--forms", "3", "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["status"], len(found["forms"])) == (0, "optimal", 3)
    assert len({name for form in found["forms"] for name in form["items"]}) == 6
    missing = run(tmp_path, {"cells": [cell(9)]}, bank(6), "--json")
    assert (missing.exit_code, short(json.loads(missing.stdout))) == (1, [(0, 9, 6)])
    assert "3 short" in run(tmp_path, {"cells": [cell(9)]}, bank(6)).stdout
    misspelt = {"cells": [cell(5, levle="1", level="", type="single")], "max_exposur": 1, "max_exposure": 2}
    told = run(tmp_path, misspelt, as_csv(bank(6, exposure=2)).replace(b"enemy_group", b"enemies")).stdout
    assert "warning: columns not read: enemies" in told and "warning: max_exposur: nothing" in told
    assert "warning: cells[0].levle: nothing" in told
    assert "5 short: the bank has too few items for the cell (6 more fit, kept out by max_exposure)" in told
    assert not (tmp_path / "nowhere").exists()


def test_a_search_that_the_clock_ends_without_forms_answers_in_the_words_of_the_contract(tmp_path):
    chance = Random(1)
    rows = [
        item(
            f"I{number}",
            facility=round(chance.random(), 4),
            enemy_group=";".join(str(chance.randrange(60)) for _each in range(3)),
        )
        for number in range(120)
    ]
    exact = {"target": 0.5, "tolerance": 0.00001}
    hard = {"cells": [cell(12)], "forms": 4, "max_overlap": 0, "facility": exact, "time_limit_s": 0.1}

    done = run(tmp_path, hard, rows, "--json")

    found = json.loads(done.stdout)
    assert (done.exit_code, found["status"], found["proven"]) == (1, "infeasible", False)
    assert found["forms"] == [] and "nor a proof that there are none" in found["error"]
    few = json.loads(run(tmp_path, {"cells": [cell(9)]}, bank(6), "--json").stdout)
    assert (few["status"], few["proven"]) == ("infeasible", True)


def test_bad_files_are_refused_with_status_1(tmp_path):
    twice = '{"cells": [{"count": 1}], "forms": 1, "forms": 2}'
    for blueprint, rows in (
        ("{", bank(1)),
        (twice, bank(1)),
        ({"cells": 3}, bank(1)),
        ({"cells": [cell()]}, b"\xff\xfe"),
    ):
        done = run(tmp_path, blueprint, rows)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "Traceback" not in done.stderr


def test_the_benchmark_holds_the_random_draw_beside_the_solver():
    done = CliRunner().invoke(main, ["bench", "papers", "--size", "3000", "3", "--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, set(told)) == (0, {"figures", "floor", "ratio", "conditions"})
    assert told["ratio"]["3000 items, 3 forms"] >= 10


def test_the_example_of_the_documentation_prints_what_the_documentation_says():
    text = Path("docs/papers.md").read_text(encoding="utf-8")
    command, *lines = text.split("```\n$ trainhub ")[1].split("\n```")[0].splitlines()
    told = CliRunner().invoke(main, command.split())
    assert (told.exit_code, told.stdout.splitlines()) == (0, lines)


def test_a_small_search_finds_forms_that_keep_everything_before_it_makes_any_better():
    blueprint, items = small_papers.instance(53, 60)
    steps = []
    found = answer(replace(blueprint, gap=1.0), items, steps.append)
    forms = [each["items"] for each in found["forms"]]
    assert len(forms) == blueprint.forms == 4 and not small_papers.complaints(blueprint, items, forms)
    assert not [step for step in steps if "broken" in step and "broken 0" not in step]


def test_where_no_form_is_within_a_tolerance_the_demands_are_named_of_which_each_alone_hinders():
    rows = [
        item("a", facility=0.5, enemy_group="x"),
        item("b", facility=0.5, enemy_group="x"),
        item("c", facility=0.9),
    ]
    found = assembled(rows, [cell(2)], facility={"target": 0.5, "tolerance": 0.05})
    assert (found["status"], found["proven"], found["short"]) == ("infeasible", True, [])
    assert (
        found["helps"] == ["facility", "enemies"]
        and "without any one of: facility, enemies" in found["error"]
    )
