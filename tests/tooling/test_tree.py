"""The text of the tree: what may not stand in it, and how large its pieces may grow."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 400
FUNCTION_LINES = 50
FOLLOWED_BY_OTHERS = {".lock", ".woff2", ".ttf", ".png", ".mp4", ".xlsx", ".mo", ".ico"}

# The forbidden words stand here in pieces, so that this file does not hold them.
MACHINE = [
    r"(?<![\w.])/wo" + r"rk/(?:main|wt|venv|shared|repo|\.\w+)\b",
    r"(?<![\w.])/(?:ro" + r"ot|ho" + r"me/(?:user|runner|dev))/",
    r"/tmp/" + "bash" + "_jobs",
    r"\b(?:" + "|".join(["pypi" + r"\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs"]) + r")\b",
    r"\b(?:deb|security)" + r"\.debian\.org\b",
]
UNFINISHED = [r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bXX" + r"X\b"]


@cache
def texts() -> list[tuple[Path, str]]:
    """Every text file that the tree holds or is about to hold."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    paths = [Path(name) for name in names if name and Path(name).suffix not in FOLLOWED_BY_OTHERS]
    own = [path for path in paths if "vendor" not in path.parts and (ROOT / path).is_file()]
    return [(path, (ROOT / path).read_text(encoding="utf-8", errors="ignore")) for path in own]


@cache
def modules() -> list[tuple[Path, ast.Module]]:
    """Every module of the package, taken apart."""
    own = [(path, text) for path, text in texts() if path.suffix == ".py" and path.parts[0] == "trainhub"]
    return [(path, ast.parse(text)) for path, text in own]


def found(pattern: str) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:80]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("pattern", MACHINE)
def test_no_file_names_a_machine_or_where_packages_come_from(pattern):
    assert found(pattern) == []


@pytest.mark.parametrize("pattern", UNFINISHED)
def test_nothing_is_left_for_later_in_the_code(pattern):
    assert found(pattern) == []


def test_the_forbidden_words_would_be_seen():
    samples = ["see /wo" + "rk/main/x", "/ro" + "ot/.config", "/tmp/bash" + "_jobs.0", "at pypi" + ".org"]
    samples.append("deb" + ".debian.org")
    assert all(re.search(pattern, text) for pattern, text in zip(MACHINE, samples, strict=True))
    harmless = ["/home/training", "/work", "home/work-safety", "/courses/work/main"]
    assert not any(re.search(pattern, text) for pattern in MACHINE for text in harmless)


def test_no_module_is_longer_than_a_reader_can_hold():
    modules = [(path, text) for path, text in texts() if path.suffix == ".py" and path.parts[0] == "trainhub"]
    assert [f"{path}: {lines}" for path, text in modules if (lines := text.count("\n")) > FILE_LINES] == []


FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_no_function_is_longer_than_a_screen():
    functions = [
        (path, node) for path, tree in modules() for node in ast.walk(tree) if isinstance(node, FUNCTION)
    ]
    assert [
        f"{path}:{node.lineno}: {node.name}"
        for path, node in functions
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES
    ] == []


def test_every_public_function_says_what_it_is_for():
    functions = [(path, node) for path, tree in modules() for node in tree.body if isinstance(node, FUNCTION)]
    assert [
        f"{path}:{node.lineno}: {node.name}"
        for path, node in functions
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ] == []


EXAM_ROOMS = {"bank", "papers", "sites", "sittings", "staffing", "delivery", "invigilation", "marking"}
WINGS = ({"courses", "cases"}, {"exams", "certificates", *EXAM_ROOMS})


def names_of(rooms: set[str]) -> str:
    """Matches a column, an endpoint, a template or a table that belongs to one of the rooms."""
    room = "(?:" + "|".join(sorted(rooms)) + ")"
    quoted = rf"""["'](?:{room}_\w+\.\w+|{room}\.\w+|{room}/[\w/-]+\.html)["']"""
    return rf"{quoted}|\b(?:FROM|JOIN|INTO|UPDATE)\s+{room}_\w+"


@pytest.mark.parametrize(("own", "other"), [WINGS, WINGS[::-1]], ids=["training", "examination"])
def test_no_text_of_a_wing_names_what_belongs_to_the_other(own, other):
    # Imports are a contract of import-linter; this finds names in strings. In a process of one side the
    # other's endpoints do not exist, so a page that links to one fails there.
    places = [(path, text) for path, text in texts() if path.parts[0] in {"trainhub", "templates"}]
    rooms = [(path, text) for path, text in places if len(path.parts) > 2 and path.parts[1] in own]
    pattern = names_of(other)
    assert [f"{path}: {hit[0]}" for path, text in rooms for hit in re.finditer(pattern, text)] == []


def test_a_name_of_the_other_wing_would_be_seen():
    pattern = names_of(WINGS[1])
    seen = ["'bank_item.id'", '"certificates.issue"', "'exams/desk.html'", "JOIN sittings_seat ON"]
    assert all(re.search(pattern, text) for text in seen)
    unseen = ["'bank holiday'", "the papers. Then", "'courses.index'", "select from sites"]
    assert not any(re.search(pattern, text) for text in unseen)
