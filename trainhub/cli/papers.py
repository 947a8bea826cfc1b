"""``trainhub papers assemble``: parallel forms of any blueprint from files alone, without any database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from trainhub.cli.acting import say, says_json
from trainhub.cli.ending import BadContent
from trainhub.cli.files import json_in, text_in
from trainhub.cli.measuring import told

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("papers")
def papers() -> None:
    """Papers, assembled from blueprints."""


@papers.command("assemble")
@click.argument("blueprint", type=FILE)
@click.option("--items", "item_file", type=FILE, required=True, help="The items, as CSV.")
@click.option("--forms", type=click.IntRange(1, 1000), help="How many forms, whatever the blueprint says.")
@says_json
def assemble(blueprint: Path, item_file: Path, forms: int | None, as_json: bool) -> None:
    """Assemble parallel forms of BLUEPRINT; status 1 if the items are not enough, and what is short."""
    # The solver is large: only this command waits for it.
    from trainhub.exams.papers.parallel import BadFile, answer, read_blueprint, read_items

    written = json_in(blueprint)
    try:
        wanted = read_blueprint(written.value, forms)
    except BadFile as problem:
        raise BadContent(written.told(problem)) from None
    try:
        items, warnings = read_items(text_in(item_file), wanted)
    except BadFile as problem:
        raise BadContent(f"{item_file.name}: {problem}") from None
    found = answer(wanted, items, told, warnings)
    say(found, "\n".join(_lines(found)), as_json)
    sys.exit(0 if found["forms"] else 1)


def _lines(found: dict[str, Any]) -> list[str]:
    from trainhub.exams.papers.parallel import kept_out_in_words

    lines = [f"warning: {each}" for each in found["warnings"]]
    for number, form in enumerate(found["forms"], start=1):
        mean = "unknown" if form["facility"] is None else f"{form['facility']:.4f}"
        lines.append(f"form {number}: facility {mean}, information {form['information']:.4f}")
        lines.append("  " + " ".join(form["items"]))
    for each in found["short"]:
        cell = " · ".join(each["cell"][name] or "any" for name in ("type", "knowledge_point", "level"))
        missing = each["needed"] - each["available"]
        lines.append(
            f"cells[{each['index']}] {cell}: {each['needed']} needed, {each['available']} available, "
            f"{missing} short: {each['reason']}{kept_out_in_words(each['kept_out'])}"
        )
    if not found["forms"]:
        return [*lines, *_nothing(found)]
    distance = f"objective {found['objective']}, bound {found['bound']}"
    return [*lines, f"{found['status']}, {distance}, two forms share {found['max_common']} items at most"]


def _nothing(found: dict[str, Any]) -> list[str]:
    """Say why there are no forms; the last line says whether that is proven."""
    from trainhub.exams.papers.parallel import helps_in_words

    why = helps_in_words(found["helps"]).removeprefix("; ") if found["short"] else found["error"]
    end = "infeasible: proven" if found["proven"] else "infeasible: nothing found in time, and nothing proven"
    return [*([why] if why else []), end]
