"""Every direct dependency is explained, locked with hashes, and nothing else is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GROUPS = {
    "requirements.in": "The running site",
    "requirements-build.in": "Building",
    "requirements-test.in": "Tests and tools",
}


def wanted(file: str) -> dict[str, str]:
    """Names of the .in file, each with its version text."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    entries = (
        re.match(r"([A-Za-z0-9_.-]+)(?:\[[^]]*])?(.*)", line) for line in lines if line and line[0] != "#"
    )
    return {entry[1]: entry[2] for entry in entries if entry}


def explained(heading: str) -> dict[str, list[str]]:
    """Rows of the table below a heading, by package."""
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    section = next(part for part in text.split("\n## ") if part.startswith(heading))
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line[:1] == "|"
    ]
    return {row[0]: row[1:] for row in rows[2:]}


@pytest.mark.parametrize(("file", "heading"), GROUPS.items())
def test_every_dependency_has_its_row_and_every_row_its_dependency(file, heading):
    assert sorted(wanted(file)) == sorted(explained(heading))


@pytest.mark.parametrize(("file", "heading"), GROUPS.items())
def test_every_row_names_version_line_licence_and_reason(file, heading):
    for name, (version, licence, reason) in explained(heading).items():
        assert version == "any" or version.split()[0] in wanted(file)[name], name
        assert licence and len(reason.split()) > 1, name


@pytest.mark.parametrize("file", GROUPS)
def test_every_dependency_is_locked_with_hashes_and_no_place_to_fetch_it_from(file):
    lock = (ROOT / file.replace(".in", ".lock")).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", lock)
    locked = {entry.split("==")[0]: entry for entry in entries if not entry.startswith("#")}
    assert {name.lower().replace("_", "-") for name in wanted(file)} <= {
        name.split("[")[0] for name in locked
    }
    assert all("--hash=sha256:" in entry for entry in locked.values())
    assert not re.search(r"://|--(extra-)?index-url|--find-links", lock)


def test_tests_run_on_the_versions_that_the_site_runs_on():
    def pins(file: str) -> set[str]:
        return set(
            re.findall(r"^([a-z0-9_.\[\],-]+==[^ ]+)", (ROOT / file).read_text(encoding="utf-8"), re.M)
        )

    assert pins("requirements.lock") | pins("requirements-build.lock") <= pins("requirements-test.lock")
