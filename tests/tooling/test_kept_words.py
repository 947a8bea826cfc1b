"""Nothing that the house says in the language of whoever acts is written down for others in that language.

Read from the code: rows, the ledger and messages take words of the house only as kept for any reader.
What reaches a row by way of several functions is beyond this test: the rooms try their own pages.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2] / "trainhub"
SAYS = {"_", "ngettext"}
REFUSALS = {"DomainError", "Invalid", "Conflict", "Refused"}
OF_FORMS = {"errors", "choices", "form_errors"}
"""What is set of a form is shown at once to whoever acts."""

WHY = {"reason", "basis"}
"""What arguments are called that say why something is done; such words are kept."""

WORDS = {"note", "text", "words", "description", "remarks"}
"""What they are called too, where it is said who acts."""

READERS = ("exams/bank/exchange/", "exams/bank/reading/")
"""What is wrong with a row of a file is kept by whoever has the file read."""

OF_THEIR_OWN = {"kernel/jobs.py"}
"""A job is shown to nobody but its owner, whose language it keeps with itself."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Return every module of the house but the commands, which only talk, and the demo."""
    for file in sorted(ROOT.rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        text = file.read_text(encoding="utf-8")
        if name.startswith(("cli/", "demo/")) or name in OF_THEIR_OWN:
            continue
        if "i18n" in text or "__tablename__" in text:
            yield name, ast.parse(text)


def tables(modules: list[tuple[str, ast.Module]]) -> set[str]:
    """Return the names of all classes that are tables; the ledger's own is written by ``append`` alone."""
    return {
        node.name
        for _name, tree in modules
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for line in node.body
        if isinstance(line, ast.Assign) and "__tablename__" in {ast.unparse(each) for each in line.targets}
    } - {"Entry"}


def deeds(modules: list[tuple[str, ast.Module]]) -> dict[str, list[int]]:
    """Return the names of functions that are told why, and the places of that argument."""
    found: dict[str, list[int]] = {}
    for name, tree in modules:
        for node in ast.walk(tree) if not name.startswith(READERS) else ():
            if isinstance(node, ast.FunctionDef):
                acts = "by" in {each.arg for each in node.args.kwonlyargs}
                names = WHY | WORDS if acts else WHY
                if wanted := [place for place, each in enumerate(node.args.args) if each.arg in names]:
                    found[node.name] = wanted
    return found


class Look(ast.NodeVisitor):
    """What one function writes down, while it is known which of its names hold words of the house."""

    def __init__(self, written_by: set[str], told_why: dict[str, list[int]]) -> None:
        self.written_by, self.told_why = written_by, told_why
        self.worded: set[str] = set()
        self.refusals: set[str] = set()
        self.found: list[int] = []

    def says(self, node: ast.AST) -> bool:
        """Tell whether an expression holds words in the language of who acts."""
        return any(
            (isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and self._is_said(each))
            or (isinstance(each, ast.Name) and each.id in self.worded)
            for each in ast.walk(node)
        )

    def _is_said(self, call: ast.Call) -> bool:
        assert isinstance(call.func, ast.Name)
        if call.func.id == "str" and call.args and isinstance(call.args[0], ast.Name):
            return call.args[0].id in self.refusals
        return call.func.id in SAYS

    def visit_With(self, node: ast.With) -> None:
        """Pass by what is kept for any reader."""
        if not any("for_any_reader" in ast.unparse(each.context_expr) for each in node.items):
            self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """Know a refusal by its name."""
        self.refusals.add(node.name or "")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Pass by what is said to who acts."""

    def visit_Assign(self, node: ast.Assign) -> None:
        """Follow words into names, and see them put into a column."""
        if self.says(node.value):
            for target in node.targets:
                parts = target.elts if isinstance(target, ast.Tuple) else [target]
                self.worded |= {each.id for each in parts if isinstance(each, ast.Name)}
                if any(isinstance(each, ast.Attribute) and each.attr not in OF_FORMS for each in parts):
                    self.found.append(node.lineno)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """See words put into a row, the ledger or a message."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        holder = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        writes = name in self.written_by or (name == "append" and holder == "ledger")
        values = [*node.args, *(each.value for each in node.keywords)]
        writes = writes or (name == "tell" and holder in ("", "messages") and len(values) >= 3)
        places = self.told_why.get(name, []) if holder != "self" else []
        whys = [value for place, value in enumerate(node.args) if place in places]
        if places:
            whys += [each.value for each in node.keywords if each.arg in WHY | WORDS]
        if any(self.says(each) for each in whys):
            self.found.append(node.lineno)
        if writes and any(self.says(each) for each in values):
            self.found.append(node.lineno)
        self.generic_visit(node)


def places(name: str, tree: ast.Module, written_by: set[str], told_why: dict[str, list[int]]) -> list[str]:
    """Return where a module writes words down in the language of who acts."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            look = Look(written_by, told_why)
            for argument in [*node.args.args, *node.args.kwonlyargs]:
                if argument.annotation and REFUSALS & set(ast.unparse(argument.annotation).split(" | ")):
                    look.refusals.add(argument.arg)
            for line in node.body:
                look.visit(line)
            found |= set(look.found)
    return [f"{name}:{line}" for line in sorted(found)]


def test_words_of_the_house_are_kept_for_any_reader_wherever_they_are_written_down():
    modules = list(trees())
    written_by = tables(modules)
    assert len(written_by) > 100
    told_why = deeds(modules)
    assert {"retire", "suspend_site", "propose_correction"} <= told_why.keys()
    assert [place for name, tree in modules for place in places(name, tree, written_by, told_why)] == []


def test_this_test_finds_words_in_a_row_in_a_column_in_the_ledger_and_in_a_message():
    code = """
def one(site, who):
    reason = _("not met")
    Site(reason=reason)
    site.state_reason = f"{who}: {_('not met')}"
    ledger.append("site", why=_("not met"))
    messages.tell(who, "site", reason)
    try:
        begin()
    except Invalid as problem:
        site.state_reason = str(problem)
    with for_any_reader():
        Site(reason=_("not met"))
    raise Invalid(_("not met"))


def two(site, problem: Invalid | None):
    site.state, site.reason = "off", str(problem)
    suspend(site, _("not met"), by=problem)

def suspend(site, reason):
    rename(site, _("not met"))
"""
    found = places("a", ast.parse(code), {"Site"}, deeds([("a", ast.parse(code))]))
    assert found == ["a:4", "a:5", "a:6", "a:7", "a:11", "a:18", "a:19"]
