"""``trainhub staffing``; ``solve INSTANCE.json``: assign staff of any instance, without any database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from trainhub.cli.acting import say, says_json
from trainhub.cli.drawing import draw, replay
from trainhub.cli.ending import BadContent
from trainhub.cli.files import json_in

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("staffing")
def staffing() -> None:
    """Plan exam staff, and draw who comes."""


staffing.add_command(draw)
staffing.add_command(replay)


@staffing.command("solve")
@click.argument("instance", type=FILE)
@click.option("--previous", type=FILE, help="An earlier result, of which as much as possible stays.")
@says_json
def solve(instance: Path, previous: Path | None, as_json: bool) -> None:
    """Choose staff for the sittings of INSTANCE; status 1 if places stay empty, and why.

    A name of which nothing is known is not read, and a warning names file, line and field.
    """
    # The solver is large: only this command waits for it.
    from trainhub.exams.staffing.plan import BadInstance, read_instance
    from trainhub.exams.staffing.plan.answering import answer, previous_of
    from trainhub.exams.staffing.plan.unread import unknown_in, unread_in

    written = json_in(instance)
    earlier = json_in(previous) if previous else None
    try:
        wanted = read_instance(written.value)
    except BadInstance as problem:
        raise BadContent(written.told(problem)) from None
    warnings = [written.told(each) for each in unread_in(written.value)]
    before: tuple[Any, ...] = ()
    if earlier is not None:
        try:
            before = previous_of(earlier.value)
        except BadInstance as problem:
            raise BadContent(earlier.told(problem)) from None
        warnings += [earlier.told(each) for each in unknown_in(before, wanted)]
    found = answer(wanted, before, lambda text: click.echo(text, err=True)) | {"warnings": warnings}
    if found["shortages"]:
        count = sum(each["missing"] for each in found["shortages"])
        found["error"] = "1 place stays empty" if count == 1 else f"{count} places stay empty"
    say(found, "\n".join(_told(found)), as_json)
    sys.exit(1 if found["shortages"] else 0)


def _told(found: dict[str, Any]) -> list[str]:
    lines = [f"warning: {each}" for each in found["warnings"]]
    lines += [f"{each['sitting']}  {each['duty']:11}  {each['person']}" for each in found["assignments"]]
    for each in found["shortages"]:
        why = ", ".join(_reason(reason) for reason in each["because"])
        lines.append(f"{each['sitting']}  {each['duty']:11}  {each['missing']} missing: {why}")
    gap = f"{100 * found['gap']:.2f} %"
    return [*lines, f"{found['status']}, cost {found['objective']:.0f}, gap {gap}, {found['seconds']} s"]


def _reason(reason: dict[str, Any]) -> str:
    number = len(reason["people"]) or reason.get("missing", 0)
    return f"{reason.get('rule') or reason['shortage']} ({number})"
