"""Every kind of decision that the house writes into the ledger has words for those who read it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainhub.governance.ledger_words import WORDS

HOUSE = Path(__file__).parents[2] / "trainhub"
KIND = re.compile(r"[a-z_]+(\.[a-z_]+)+")
RECORDS = {"append", "_record", "_note", "record_entry", "forgetting"}
"""What the functions are called that write an entry of the kind which they are given."""
COMPOSED = {
    ("exams/bank/review.py", "item."): {"item.approved", "item.sent_back", "item.retired"},
    ("exams/bank/alike/pairs.py", "items.judged_"): {"items.judged_same", "items.judged_different"},
    ("exams/delivery/watching.py", "alarm."): {"alarm.seen", "alarm.dismissed", "alarm.frozen"},
    ("exams/sittings/conduct.py", "sitting."): {"sitting.closed", "sitting.marked", "sitting.published"},
}
"""Kinds of which only the beginning stands in the code."""
OF_A_MEASUREMENT = {"bench.act"}


@pytest.fixture(scope="module")
def trees():
    """The code of the house, by file."""
    return {
        str(file.relative_to(HOUSE)): ast.parse(file.read_text())
        for file in sorted(HOUSE.rglob("*.py"))
        if file.name != "ledger_words.py"
    }


def test_every_kind_of_decision_has_words(trees):
    written = {kind for tree in trees.values() for kind in _kinds_in(tree)}

    assert len(written) > 150
    assert written - set(WORDS) == OF_A_MEASUREMENT
    assert set().union(*COMPOSED.values()) <= set(WORDS)


def test_no_words_are_kept_for_a_kind_that_nothing_writes(trees):
    said = {node.value for tree in trees.values() for node in ast.walk(tree) if _is_kind(node)}

    assert set(WORDS) - said - set().union(*COMPOSED.values()) == set()


def test_kinds_are_composed_only_where_it_is_said(trees):
    found = {
        (file, ast.unparse(call.args[0])[2:].split("{")[0])
        for file, tree in trees.items()
        for call in _recording(tree)
        if isinstance(call.args[0], ast.JoinedStr)
    }

    assert found == set(COMPOSED)


def _recording(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls that write an entry, or make somebody write it."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and node.args
            and re.sub(r"^ledger\.", "", ast.unparse(node.func)) in RECORDS
        ):
            yield node


def _kinds_in(tree: ast.AST) -> Iterator[str]:
    for call in _recording(tree):
        for given in call.args:
            either = [given.body, given.orelse] if isinstance(given, ast.IfExp) else [given]
            yield from (each.value for each in either if _is_kind(each))
    if "append_all" in ast.unparse(tree):
        drafts = (
            node.elts[0] for node in ast.walk(tree) if isinstance(node, ast.Tuple) and len(node.elts) == 3
        )
        yield from (each.value for each in drafts if _is_kind(each))


def _is_kind(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(KIND.fullmatch(node.value))
