"""The plan keeps every condition, staffs as much as can be, and blames exactly what is in the way."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.staffing.plan_checker import OF_THE_PERSON, complaints, lifted, most_places
from trainhub.cli import main
from trainhub.exams.staffing.plan import BadInstance, read_instance
from trainhub.exams.staffing.plan.answering import answer, previous_of


def sitting(code="S1", day=1, hour=9, district="A", **needs):
    return {
        "id": code,
        "starts_at": f"2026-07-{day:02d}T{hour:02d}:00:00+08:00",
        "ends_at": f"2026-07-{day:02d}T{hour + 2:02d}:00:00+08:00",
        "site": f"site {district}",
        "district": district,
        "qualification": "LV",
        "candidates": 30,
        "rooms": 1,
        "needs": needs or {"invigilator": 1},
    }


def person(code, *duties, district="A", **more):
    return {
        "id": code,
        "duties": list(duties or ["invigilator"]),
        "qualifications": [],
        "district": district,
        **more,
    }


def instance(sittings, people, forbidden=(), **said):
    return {
        "sittings": sittings,
        "people": people,
        "forbidden": list(forbidden),
        "settings": {"time_limit_s": 20, "gap": 0, **said},
    }


def forbid(who, where, rule="S-07"):
    return {"person": who, "sitting": where, "rule": rule}


def plan(written, previous=()):
    return answer(read_instance(written), previous)


def who(found):
    return {(each["sitting"], each["person"]) for each in found["assignments"]}


def test_a_forbidden_person_does_not_come():
    found = plan(instance([sitting()], [person("P"), person("Q")], [forbid("P", "S1")]))
    assert (who(found), found["shortages"], found["status"]) == ({("S1", "Q")}, [], "optimal")


def test_the_load_is_shared():
    sittings = [sitting(f"S{day}", day=day) for day in range(1, 7)]
    found = plan(instance(sittings, [person("P"), person("Q"), person("R")]))
    assert found["load"] == {"min": 2, "max": 2}


def test_near_people_come_before_far_ones():
    found = plan(instance([sitting()], [person("P", district="B"), person("Q")]))
    assert who(found) == {("S1", "Q")}


def test_cross_district_means_nobody_of_the_district():
    both = [person("P", district="B"), person("Q")]
    assert who(plan(instance([sitting()], both, cross_district=True))) == {("S1", "P")}


def test_an_inspector_is_of_another_district_and_site():
    people = [
        person("P", "inspector"),
        person("Q", "inspector", district="B", site="site A"),
        person("R", "inspector", district="B"),
    ]
    assert who(plan(instance([sitting(inspector=1)], people))) == {("S1", "R")}


def test_an_assessor_has_the_qualification():
    people = [person("P", "assessor"), person("Q", "assessor", qualifications=["LV"])]
    assert who(plan(instance([sitting(assessor=1)], people))) == {("S1", "Q")}


def test_nobody_is_in_two_places_or_has_two_duties():
    both = [sitting("S1", hour=9), sitting("S2", hour=10), sitting("S3", hour=11)]
    found = plan(instance(both, [person("P")]))
    assert len(found["assignments"]) == 2
    found = plan(instance([sitting(invigilator=1, assessor=1)], [person("P", "invigilator", "assessor")]))
    assert len(found["assignments"]) == 1


def test_what_cannot_be_staffed_is_left_out_and_the_rest_is_planned():
    found = plan(instance([sitting("S1"), sitting("S2", day=2)], [person("P")], [forbid("P", "S1")]))
    assert who(found) == {("S2", "P")}
    assert found["shortages"] == [
        {
            "sitting": "S1",
            "duty": "invigilator",
            "missing": 1,
            "because": [{"rule": "S-07", "people": ["P"]}],
        }
    ]


def test_missing_people_are_named_only_if_nothing_else_helps():
    found = plan(instance([sitting(invigilator=2)], [person("P"), person("Q", max_sittings=0)]))
    assert found["shortages"][0]["because"] == [{"shortage": "max_sittings", "people": ["Q"]}]
    found = plan(instance([sitting(invigilator=3)], [person("P"), person("Q")]))
    assert found["shortages"][0]["because"] == [{"shortage": "people", "people": [], "missing": 1}]


def test_a_rule_can_forbid_one_duty_alone():
    both = person("P", "invigilator", "assessor", qualifications=["LV"])
    written = instance([sitting(invigilator=1)], [both], [{**forbid("P", "S1"), "duty": "invigilator"}])
    assert plan(written)["shortages"][0]["because"] == [{"rule": "S-07", "people": ["P"]}]
    written["sittings"] = [sitting(assessor=1)]
    assert plan(written)["shortages"] == []


def test_a_late_change_changes_as_little_as_can_be():
    sittings = [sitting(f"S{day}", day=day, invigilator=2) for day in range(1, 6)]
    people = [person(f"P{number}") for number in range(6)]
    first = plan(instance(sittings, people))
    ill = first["assignments"][0]["person"]
    people = [one if one["id"] != ill else {**one, "max_sittings": 0} for one in people]
    second = plan(instance(sittings, people), previous_of(first))
    assert second["shortages"] == []
    assert who(first) - who(second) == {pair for pair in who(first) if pair[1] == ill}


CODES = st.sampled_from(["P0", "P1", "P2", "P3"])
PEOPLE = st.lists(
    st.builds(
        lambda duties, district, qualified, most, away: {
            "duties": sorted(duties),
            "district": district,
            "qualifications": ["LV"] if qualified else [],
            "max_sittings": most,
            "unavailable": [["2026-07-01T00:00:00+08:00", "2026-07-01T23:00:00+08:00"]] if away else [],
        },
        st.sets(st.sampled_from(["invigilator", "assessor", "inspector"]), min_size=1),
        st.sampled_from("AB"),
        st.booleans(),
        st.integers(0, 3),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)
NEEDS = st.fixed_dictionaries(
    {"invigilator": st.integers(0, 2)},
    optional={"assessor": st.just(1), "inspector": st.just(1)},
)
SITTINGS = st.lists(st.tuples(st.integers(1, 2), st.integers(9, 10), NEEDS), min_size=1, max_size=2)
FORBIDDEN = st.lists(
    st.tuples(CODES, st.sampled_from(["S0", "S1"]), st.sampled_from(["S-07", "S-09"])), max_size=4
)


@settings(max_examples=60)
@given(SITTINGS, PEOPLE, FORBIDDEN, st.booleans())
def test_any_small_instance_is_planned_as_well_as_trying_everything(sittings, people, forbidden, cross):
    written = instance(
        [{**sitting(f"S{n}", day, hour), "needs": needs} for n, (day, hour, needs) in enumerate(sittings)],
        [{**each, "id": f"P{n}"} for n, each in enumerate(people)],
        [
            forbid(*each)
            for each in forbidden
            if int(each[0][1]) < len(people) and int(each[1][1]) < len(sittings)
        ],
        cross_district=cross,
    )
    found = plan(written)
    assert complaints(written, found["assignments"]) == []
    assert len(found["assignments"]) == most_places(written)
    missing = sum(each["missing"] for each in found["shortages"])
    needed = sum(sum(each["needs"].values()) for each in written["sittings"])
    assert len(found["assignments"]) + missing == needed
    assert plan(lifted(written, found["shortages"]))["shortages"] == []
    for short in found["shortages"]:
        for reason in short["because"]:
            name = reason.get("rule") or reason["shortage"]
            where = name if name in OF_THE_PERSON else (short["sitting"], short["duty"], name)
            left = lifted(written, found["shortages"], where)
            assert plan(left)["shortages"] != [], (name, written)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sittings": "none"}, "the instance: 'sittings' is missing or no list"),
        ({"sittings": [{**sitting(), "starts_at": "soon"}]}, "sittings[0].starts_at: 'soon' is no moment"),
        ({"sittings": [sitting(), sitting()]}, "sittings: the id 'S1' stands there more than once"),
        ({"sittings": [{**sitting(), "needs": {"cook": 1}}]}, "sittings[0].needs: 'cook': 1"),
        ({"people": [{"id": "P", "duties": ["cook"]}]}, "people[0].duties: 'cook' is none of"),
        ({"people": [{"duties": []}]}, "people[0]: 'id' is missing"),
        ({"forbidden": [forbid("X", "S1")]}, "forbidden[0]: there is no person 'X'"),
        ({"settings": {"gap": "small"}}, "settings.gap: 'small' is no number"),
    ],
)
def test_a_bad_file_is_told_where_it_is_bad(change, says):
    with pytest.raises(BadInstance, match="^" + says.replace("[", r"\[").replace("]", r"\]")):
        read_instance(instance([sitting()], [person("P")]) | change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"people": [person("P") | {"qualifications": "SAFETY"}]}, "people[0]: 'qualifications'"),
        ({"people": [person("P") | {"unavailable": 5}]}, "people[0]: 'unavailable'"),
        (
            {"people": [person("P") | {"unavailable": [["2026-07-02T09:00", "2026-07-01T09:00"]]}]},
            "people[0].unavailable[0]: it ends before",
        ),
        ({"forbidden": 5}, "the instance: 'forbidden'"),
        ({"settings": {"time_limit_s": float("nan")}}, "settings.time_limit_s: nan"),
        ({"settings": {"gap": 10**400}}, "settings.gap: 1000"),
        ({"settings": {"cross_district": "false"}}, "settings: 'cross_district'"),
    ],
)
def test_a_value_of_another_form_is_told_with_its_place(change, says):
    with pytest.raises(BadInstance) as told:
        read_instance(instance([sitting()], [person("P")]) | change)
    assert str(told.value).startswith(says)


def solve_file(folder, written, *options, as_json=True):
    path = folder / "instance.json"
    path.write_text(written if isinstance(written, str) else json.dumps(written), encoding="utf-8")
    asked = ["--json"] if as_json else []
    return CliRunner().invoke(main, ["staffing", "solve", str(path), *asked, *options])


def test_the_command_needs_no_instance_and_tells_by_its_status(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINHUB_INSTANCE", str(tmp_path / "nowhere"))
    done = solve_file(tmp_path, instance([sitting()], [person("P")]))
    assert (done.exit_code, json.loads(done.stdout)["assignments"][0]["person"]) == (0, "P")
    previous = tmp_path / "previous.json"
    previous.write_text(done.stdout)
    again = solve_file(
        tmp_path, instance([sitting()], [person("P"), person("Q")]), "--previous", str(previous)
    )
    assert who(json.loads(again.stdout)) == {("S1", "P")}
    short = solve_file(tmp_path, instance([sitting()], []))
    assert (short.exit_code, json.loads(short.stdout)["error"]) == (1, "1 place stays empty")
    assert solve_file(tmp_path, "{").exit_code == 1
    assert solve_file(tmp_path, {"people": []}).exit_code == 1
    assert not (tmp_path / "nowhere").exists()


def test_a_name_of_which_nothing_is_known_is_told_with_file_line_and_field(tmp_path):
    plain = instance([sitting()], [person("P")])
    assert json.loads(solve_file(tmp_path, plain).stdout)["warnings"] == []
    misspelt = json.loads(json.dumps(plain))
    misspelt["people"][0] |= {"unavailible": [], "name": "王"}
    misspelt["sittings"][0] |= {"candidates": 30, "rooms": 1, "remark": ""}
    misspelt |= {"setings": {}, "settings": {"timelimit": 3}, "forbidden": []}
    text = json.dumps(misspelt, indent=1, ensure_ascii=False)

    told = json.loads(solve_file(tmp_path, text).stdout)["warnings"]

    lines = text.splitlines()
    places = {}
    for each in told:
        name, line, rest = each.split(": ", 2)
        field = rest.partition(": ")[0]
        assert f'"{field.rpartition(".")[2]}"' in lines[int(line.removeprefix("line ")) - 1]
        places[field] = name
    fields = (
        "sittings[0].remark",
        "people[0].unavailible",
        "people[0].name",
        "setings",
        "settings.timelimit",
    )
    assert places == dict.fromkeys(fields, "instance.json")
    spoken = solve_file(tmp_path, text, as_json=False).stdout
    assert spoken.startswith("warning: instance.json: line ")


def test_whoever_an_earlier_result_names_and_the_instance_has_not_is_told(tmp_path):
    previous = tmp_path / "previous.json"
    kept = {"sitting": "S1", "person": "P", "duty": "invigilator"}
    assignments = [kept, {"sitting": "S9", "person": "Z", "duty": "cook"}]
    previous.write_text(json.dumps({"assignments": assignments}, indent=1))

    done = solve_file(tmp_path, instance([sitting()], [person("P")]), "--previous", str(previous))

    assert json.loads(done.stdout)["warnings"] == [
        f"previous.json: line {line}: assignments[1].{name}: "
        f"the instance has no {name} {said!r}; it is not kept"
        for line, name, said in ((9, "sitting", "S9"), (10, "person", "Z"), (11, "duty", "cook"))
    ]
    previous.write_text('{"assignments": [3]}')
    bad = solve_file(tmp_path, instance([sitting()], [person("P")]), "--previous", str(previous))
    assert bad.exit_code == 1 and "previous.json: line 1: assignments" in json.loads(bad.stdout)["error"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda one: one["sittings"][0].update(starts_at="soon"), r"line \d+: sittings\[0\].starts_at: "),
        (lambda one: one["people"][1].update(duties=["cook"]), r"line \d+: people\[1\].duties: "),
        (lambda one: one["people"][1].pop("id"), r"line \d+: people\[1\]: "),
        (lambda one: one.update(settings={"gap": "x"}), r"line \d+: settings.gap: "),
    ],
)
def test_what_has_another_form_is_refused_with_file_line_and_field(tmp_path, change, place):
    written = json.loads(json.dumps(instance([sitting()], [person("P"), person("Q")])))
    change(written)
    done = solve_file(tmp_path, json.dumps(written, indent=1))
    assert done.exit_code == 1
    assert re.match(f"instance.json: {place}", json.loads(done.stdout)["error"]), done.stdout


def test_the_example_of_the_documentation_prints_what_the_documentation_says():
    text = Path("docs/staffing.md").read_text(encoding="utf-8")
    command, *lines = text.split("```\n$ trainhub ")[1].split("\n```")[0].splitlines()
    told = CliRunner().invoke(main, command.split())
    assert told.exit_code == 1
    assert told.stdout.splitlines()[: len(lines)] == lines
