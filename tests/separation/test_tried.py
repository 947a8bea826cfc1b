"""Every rule is tried in every way round it: the table names the test, or says why there is no such way."""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

from trainhub.separation import RULES

WAYS = {"act", "page", "import", "race", "between", "merged", "late"}
TABLE = tomllib.loads((Path(__file__).parent / "tried.toml").read_text(encoding="utf-8"))
EVERY = TABLE.pop("every")


@cache
def functions_in(file):
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}


def test_the_table_holds_every_rule_and_no_other():
    assert set(TABLE) == {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", TABLE)
def test_each_way_round_a_rule_is_tried_or_does_not_exist(rule):
    tried = EVERY | TABLE[rule]
    assert tried.keys() == WAYS
    for said in tried.values():
        if isinstance(said, dict):
            assert len(said["none"]) > 30
            continue
        file, name = said.split("::")
        assert name in functions_in(file)
