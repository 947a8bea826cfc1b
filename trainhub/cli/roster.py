"""``trainhub roster import``: a roster of candidates from the command line, by the same rules as the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import click

from trainhub.app import create_app
from trainhub.exams.sittings.imports import import_roster
from trainhub.exams.sittings.plan import get_sitting
from trainhub.exams.sittings.rosters import read_roster
from trainhub.governance.duties import organisations_for
from trainhub.kernel.db import db, transaction
from trainhub.kernel.errors import DomainError, Forbidden, NotSignedIn
from trainhub.kernel.i18n import _
from trainhub.people.persons import get_person
from trainhub.people.sign_in import authenticate
from trainhub.separation.duties import Duty


@click.group()
def roster() -> None:
    """Rosters of candidates."""


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sitting", "codes", multiple=True, required=True, help="Code of a sitting; once for each.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen; needs no person.")
@click.option("--accept-good", is_flag=True, help="Take the good rows although others are bad.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--as", "username", help="User name of who acts.")
@click.option("--password", envvar="TRAINHUB_PASSWORD", help="Asked for unless given.")
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
    with create_app().app_context():
        try:
            by_id = None if dry_run and username is None else _acting(username, password)
            report = _import(file, codes, dry_run, accept_good, by_id)
        except DomainError as refusal:
            db.session.rollback()
            _refuse(str(refusal), as_json)
        _print(report, as_json)
    if report["rejected"] and not accept_good and not dry_run:
        raise SystemExit(1)


def _import(
    file: Path, codes: tuple[str, ...], dry_run: bool, accept_good: bool, by_id: str | None
) -> dict[str, Any]:
    parsed = read_roster(file)
    click.echo(_("%(count)s rows read", count=len(parsed.rows)), err=True)
    with transaction():
        by = None if by_id is None else get_person(by_id)
        centres = None if by is None else organisations_for(by, Duty.ARRANGE_SITTINGS)
        if by is not None and not centres:
            raise Forbidden(_("This act belongs to a duty that you do not hold."))
        sittings = [get_sitting(code, centres=centres) for code in codes]
        return import_roster(
            parsed, sittings, by=by, accept_good=accept_good, dry_run=dry_run, file_name=file.name
        )


def _acting(username: str | None, password: str | None) -> str:
    """Return the id of the person who signs in for this command."""
    if not username:
        raise NotSignedIn(_("Say who acts: --as USER."))
    secret = password or click.prompt("Password", hide_input=True, err=True)
    with transaction():
        account = authenticate(username, secret)
        person_id = None if account is None else account.person_id
    if person_id is None:
        raise NotSignedIn(_("User name and password do not fit together."))
    return person_id


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    click.echo(_("%(count)s of %(rows)s rows imported.", count=report["imported"], rows=report["rows"]))
    for row in report["rejected"]:
        click.echo(f"{row['where']}  {row['reason']}")


def _refuse(reason: str, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(json.dumps({"error": reason}, ensure_ascii=False))
    else:
        click.echo(reason, err=True)
    raise SystemExit(1)
