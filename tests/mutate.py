"""Take every condition and every join out of every rule in turn; the scenarios must notice each one.

Run by ``make mutate`` and ``make test``. A mutant that no scenario tells from its rule is printed, and
the run fails.
"""

from __future__ import annotations

import ast
import copy
import inspect
import sys
import tempfile
import time
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import true
from sqlalchemy.exc import SAWarning

from tests.separation.scenarios import NOW, SCENARIOS, Row, Scenario, made
from trainhub import create_app, regulations
from trainhub.config import read_settings
from trainhub.kernel import clock, keys, migrations
from trainhub.kernel.db import db, transaction
from trainhub.separation import (
    rules_of_content,
    rules_of_duties,
    rules_of_marking,
    rules_of_staffing,
    rules_of_the_day,
    rules_of_wings,
)
from trainhub.separation.decisions import run
from trainhub.separation.register import Register
from trainhub.separation.rules import Rule

MODULES = (
    rules_of_duties,
    rules_of_wings,
    rules_of_the_day,
    rules_of_staffing,
    rules_of_content,
    rules_of_marking,
)
ALWAYS = ast.Call(ast.Name("_always", ast.Load()), [], [])


@dataclass(frozen=True)
class Mutant:
    """A module of rules with one condition or join taken out.

    Args:
        module: which.
        line: where the condition stands.
        what: what was taken out.
        tree: the module without it.
    """

    module: types.ModuleType
    line: int
    what: str
    tree: ast.Module

    def rules(self) -> dict[str, Rule]:
        """Return the rules of the mutated module by identifier."""
        name = self.module.__name__
        fresh = types.ModuleType(name)
        fresh.__dict__["_always"] = true
        exec(compile(ast.fix_missing_locations(self.tree), f"{name} (mutant)", "exec"), fresh.__dict__)
        return {rule.id: rule for rule in fresh.RULES}


def mutants() -> Iterator[Mutant]:
    """Return every mutant of every module, in the order of the source."""
    for module in MODULES:
        tree = ast.parse(inspect.getsource(module))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for place, call in enumerate(calls):
            for argument in _taken_out(call):
                changed = copy.deepcopy(tree)
                twin = [node for node in ast.walk(changed) if isinstance(node, ast.Call)][place]
                what = _without(twin, argument)
                yield Mutant(module, call.args[argument].lineno, what, changed)


def _taken_out(call: ast.Call) -> list[int]:
    """Return which arguments of a call are conditions that can be taken out."""
    name = _name(call)
    if name == "where":
        return list(range(len(call.args)))
    if name in ("and_", "or_") and len(call.args) > 1:
        return list(range(len(call.args)))
    if name == "join" and len(call.args) == 2:
        return [1]
    if name == "join_from" and len(call.args) == 3:
        return [2]
    return []


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def _without(call: ast.Call, argument: int) -> str:
    """Take an argument out of a call; what a join is on, and a last condition, become always true."""
    gone = ast.unparse(call.args[argument])
    if _name(call) in ("join", "join_from") or len(call.args) == 1:
        call.args[argument] = ALWAYS
    else:
        del call.args[argument]
    return f"{_name(call)}: {' '.join(gone.split())}"


def _cases(scenario: Scenario) -> Iterator[tuple[str, list[Row], bool]]:
    yield "as it is", list(scenario.rows.values()), True
    for changes, broken in ((scenario.spared, False), (scenario.broken_too, True)):
        for label, change in changes.items():
            yield label, scenario.changed(change), broken


def _sql(rule: Rule) -> str:
    return "\n".join(str(way.query(Register())) for way in rule.ways)


def notices(scenario: Scenario, rule: Rule) -> bool:
    """Tell whether a scenario tells a rule from the one that was written."""
    for _label, rows, broken in _cases(scenario):
        db.session.add_all([made(each) for each in rows])
        db.session.flush()
        try:
            found = {(each.person, each.object) for way in rule.ways for each in run(rule, way, Register())}
        except Exception:
            return True
        finally:
            db.session.rollback()
        wrong = found & scenario.never if broken else found
        if (scenario.found in found) is not broken or wrong:
            return True
    return False


def survives(mutant: Mutant, written: dict[str, str]) -> list[str]:
    """Return the rules that a mutant changed without any scenario noticing; none: it was found out."""
    try:
        changed = {name: rule for name, rule in mutant.rules().items() if _sql(rule) != written[name]}
    except Exception:
        return []
    for name, rule in changed.items():
        if any(notices(scenario, rule) for scenario in SCENARIOS if scenario.rule == name):
            return []
    return sorted(changed)


def main() -> int:
    """Try every mutant, print the table, and return 1 if one survives."""
    warnings.simplefilter("ignore", SAWarning)
    begun, tried, survivors = time.monotonic(), 0, []
    with tempfile.TemporaryDirectory() as folder, clock.set_to(NOW):
        keys.create_missing_keys(Path(folder) / "keys")
        app = create_app(read_settings({"TRAINHUB_INSTANCE": folder}))
        with app.app_context():
            migrations.upgrade(db.engine)
            with transaction():
                regulations.load_figures()
            written = {rule.id: _sql(rule) for module in MODULES for rule in module.RULES}
            for mutant in mutants():
                tried += 1
                rules = survives(mutant, written)
                if rules:
                    survivors.append((mutant, rules))
            db.session.remove()
            db.engine.dispose()
    for mutant, rules in survivors:
        place = f"{mutant.module.__name__.rsplit('.', 1)[-1]}.py:{mutant.line}"
        print(f"SURVIVED  {place:28} {', '.join(rules):12} {mutant.what}")
    seconds = time.monotonic() - begun
    print(f"{tried} mutants, {len(survivors)} survived, {seconds:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
