"""What the documentation says of itself and of the program: contents, links, files, commands, settings."""

import re
from dataclasses import fields

import click
import pytest

from trainhub.cli import main
from trainhub.config import Settings
from trainhub.kernel.resources import PACKAGE

ROOT = PACKAGE.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def text_of(page):
    return page.read_text(encoding="utf-8")


def links_of(page):
    """Where a page leads to within the tree: file and heading."""
    for address in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if not address.startswith(("http://", "https://")):
            file, _sign, heading = address.partition("#")
            yield (page.parent / file).resolve() if file else page, heading


def headings_of(page):
    """The names by which headings of a page are linked."""
    found = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in found}


def commands(command=main, path="trainhub"):
    """All commands that do something, as one types them."""
    if not isinstance(command, click.Group):
        yield path
        return
    for name, each in command.commands.items():
        yield from commands(each, f"{path} {name}")


def test_the_contents_lead_to_every_page():
    listed = {file for file, _heading in links_of(DOCS / "README.md")}

    assert [each for each in PAGES[1:] if each not in listed and each != DOCS / "README.md"] == []


@EACH_PAGE
def test_every_link_leads_somewhere(page):
    for file, heading in links_of(page):
        assert file.exists(), file
        assert not heading or heading in headings_of(file), (file, heading)


@EACH_PAGE
def test_every_file_of_the_tree_that_a_page_names_is_there(page):
    named = re.findall(
        r"(?<![\w/.-])((?:docs|tests|trainhub|deploy|benchmarks|templates|static|exams|kernel|invigilation)"
        r"/[\w/-]+\.(?:py|md|json|toml|html|js|yaml|conf|sql|ttf|csv))\b",
        text_of(page),
    )
    rooms = (ROOT, PACKAGE, PACKAGE / "exams")

    assert sorted(each for each in set(named) if not any((room / each).exists() for room in rooms)) == []


def test_the_page_of_commands_names_every_one_and_no_other():
    named = re.findall(r"`(trainhub [a-z][a-z -]*[a-z])`", text_of(DOCS / "command-line.md").split("### ")[0])

    assert sorted(set(named)) == sorted(commands())


@EACH_PAGE
def test_a_page_writes_no_command_that_does_not_exist(page):
    known = set(commands())
    groups = {" ".join(each.split()[:2]) for each in known if each.count(" ") > 1}
    shown = "\n".join(re.findall(r"^```.*?^```|^    [^\n]*$", text_of(page), re.MULTILINE | re.DOTALL))
    lines = re.findall(r"^ *(trainhub [a-z].*)$", shown, re.MULTILINE)
    quoted = re.findall(r"`(trainhub [a-z][^`]*)`", text_of(page))
    written = [each.split() for each in (*lines, *quoted)]
    length = [3 if " ".join(words[:2]) in groups else 2 for words in written]

    assert [
        words for words, most in zip(written, length, strict=True) if " ".join(words[:most]) not in known
    ] == []


def test_the_page_of_commands_names_every_setting():
    text = text_of(DOCS / "command-line.md")
    named = set(re.findall(r"TRAINHUB_[A-Z_]+", text))
    read = set(re.findall(r'"(TRAINHUB_[A-Z_]+)"', text_of(PACKAGE / "config.py")))
    asked = {each.envvar for command in _all(main) for each in command.params if each.envvar}

    assert len(read) >= len(fields(Settings)) - 1  # cookies follow the public address
    assert named == read | asked


def _all(command):
    yield command
    for each in getattr(command, "commands", {}).values():
        yield from _all(each)
