"""Banks and blueprints that fit badly: no form breaks a rule, and a cell is short by as many as is said."""

from __future__ import annotations

from random import Random

import pytest

from tests.papers import forms_checker
from tests.papers.test_parallel import assembled, cell, item

ALONE = "the bank has too few items for the cell"


def odd(chance):
    """A bank of some dozen items at most, often exposed, hostile or just used, and what is asked of it."""
    groups = [f"g{each}" for each in range(chance.randint(0, 6))]
    rows = [
        item(
            f"I{number}",
            type=chance.choice("ab"),
            knowledge_point=chance.choice("pqr"),
            level=chance.choice("12"),
            facility=chance.randint(2, 19) / 20,
            exposure=chance.choice([0, 0, 0, 1, 3]),
            enemy_group=";".join(chance.sample(groups, min(len(groups), chance.choice([0, 0, 1, 2])))),
            last_used=chance.choice(["", "", 1, 2, 3]),
        )
        for number in range(chance.choice([1, 5, 24, 40]))
    ]
    cells = [
        cell(
            chance.randint(0, 3) or place // 3,
            type=chance.choice([None, "a", "b"]),
            knowledge_point=chance.choice([None, None, "p", "q"]),
            level=chance.choice([None, None, "1"]),
        )
        for place in range(3, chance.randint(4, 8))
    ]
    wanted = {"cells": cells, "forms": chance.choice([1, 2, 3])}
    limits = {"max_exposure": 2, "min_distance": 1, "max_overlap": 2}
    limits["facility"] = {"target": chance.choice([0.4, 0.5, 0.95]), "tolerance": 0.1}
    return rows, wanted | {name: limit for name, limit in limits.items() if chance.random() < 0.5}


def may_be_set(row, wanted):
    is_near = row["last_used"] and row["last_used"] <= wanted.get("min_distance", 0)
    return not is_near and row["exposure"] < wanted.get("max_exposure", 99)


def enemies_meet(form):
    groups = [group for each in form for group in each["enemy_group"].split(";") if group]
    return len(set(groups)) < len(groups)


@pytest.mark.parametrize("seed", range(40))
def test_no_form_breaks_a_rule_and_what_is_short_is_counted_right(seed):
    rows, wanted = odd(Random(seed))
    found = assembled(rows, seed=seed, **wanted)
    known = {each["id"]: each for each in rows}
    forms = [[known[name] for name in form["items"]] for form in found["forms"]]
    assert forms or found["error"]
    assert forms_checker.allowed(forms, wanted)
    for form, told in zip(forms, found["forms"], strict=True):
        assert not enemies_meet(form)
        assert len({each["id"] for each in form}) == len(form)
        pairs = list(zip(form, told["cells"], strict=True))
        assert all(forms_checker.matches(each, wanted["cells"][place]) for each, place in pairs)
        assert [told["cells"].count(place) for place in range(len(wanted["cells"]))] == [
            each["count"] for each in wanted["cells"]
        ]
    for each in found["short"]:
        asked = wanted["cells"][each["index"]]
        assert 0 <= each["available"] < each["needed"]
        if each["reason"] == ALONE:
            fitting = [row for row in rows if may_be_set(row, wanted) and forms_checker.matches(row, asked)]
            assert (each["needed"], each["available"]) == (asked["count"], len(fitting))
