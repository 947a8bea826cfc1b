"""``trainhub roster import``: a roster of candidates from the command line, by the same rules as the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from trainhub.cli.acting import acting, application, as_line, asks_who, says_json
from trainhub.exams.sittings.entering import import_roster
from trainhub.exams.sittings.plan import get_sitting
from trainhub.exams.sittings.rosters import read_roster
from trainhub.governance.duties import organisations_for
from trainhub.kernel.db import reading
from trainhub.kernel.errors import Forbidden, Invalid
from trainhub.kernel.i18n import _, ngettext
from trainhub.people.persons import get_person
from trainhub.separation.duties import Duty


@click.group()
def roster() -> None:
    """Rosters of candidates."""


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sitting", "codes", multiple=True, required=True, help="Code of a sitting; once for each.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen; needs no person.")
@click.option("--accept-good", is_flag=True, help="Take the good rows although others are bad.")
@says_json
@asks_who
def import_file(
    file: Path,
    codes: tuple[str, ...],
    dry_run: bool,
    accept_good: bool,
    as_json: bool,
    username: str | None,
    password: str | None,
) -> None:
    """Register the candidates of FILE: all or nothing, unless the good rows are asked for."""
    with application(as_json):
        by_id = None if dry_run and username is None else acting(username, password)
        report = _import(file, codes, dry_run, accept_good, by_id)
        _print(report, as_json)
    if report["rejected"] and not accept_good and not dry_run:
        raise SystemExit(1)


def _import(
    file: Path, codes: tuple[str, ...], dry_run: bool, accept_good: bool, by_id: str | None
) -> dict[str, Any]:
    try:
        parsed = read_roster(file)
    except Invalid as problem:
        raise Invalid(f"{file.name}: {problem}") from problem
    click.echo(ngettext("%(num)s row read", "%(num)s rows read", len(parsed.rows)), err=True)
    with reading():
        by = None if by_id is None else get_person(by_id)
        centres = None if by is None else organisations_for(by, Duty.ARRANGE_SITTINGS)
        if by is not None and not centres:
            raise Forbidden(_("This act belongs to a duty that you do not hold."))
        for code in codes:
            get_sitting(code, centres=centres)
    return import_roster(
        parsed,
        codes,
        by_id=by_id,
        accept_good=accept_good,
        dry_run=dry_run,
        file_name=file.name,
        told=lambda done, total: click.echo(f"  {done}/{total}", err=True),
    )


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    click.echo(_("%(count)s of %(rows)s rows imported.", count=report["imported"], rows=report["rows"]))
    for row in report["rejected"]:
        click.echo(as_line(f"{row['where']}  {row['reason']}"))
