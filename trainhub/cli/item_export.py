"""``trainhub items export``: the items of a bank as a file for other programs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from trainhub.cli.acting import acting, application, asks_who, says_json
from trainhub.exams.bank.agreeing import ask_to_export
from trainhub.exams.bank.banks import get_bank
from trainhub.exams.bank.exchange.writing import WRITTEN
from trainhub.exams.bank.exchange.writing_qti import VERSIONS
from trainhub.exams.bank.exporting import export_items, weigh_items
from trainhub.exams.bank.models import Bank
from trainhub.exams.bank.models_export import ExportRequest
from trainhub.kernel.db import db, reading, transaction
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _, ngettext
from trainhub.people.persons import get_person
from trainhub.separation.duties import Duty


@click.command("export")
@click.option("--bank", "code", required=True, help="Code of the bank.")
@click.option("--format", "form", type=click.Choice(WRITTEN), required=True, help="Form of the file.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where the file goes.")
@click.option(
    "--qti-version",
    "version",
    type=click.Choice(VERSIONS),
    default="2.2",
    show_default=True,
    help="With --format qti.",
)
@click.option("--dry-run", is_flag=True, help="Only say what the form cannot carry; needs no person.")
@click.option(
    "--reason", default="", help="Ask a second person to agree, where one has to; nothing is written."
)
@says_json
@asks_who
def export_file(
    code: str,
    form: str,
    output: Path | None,
    version: str,
    dry_run: bool,
    reason: str,
    as_json: bool,
    username: str | None,
    password: str | None,
) -> None:
    """Write the items of a bank to a file; who does it stands in the ledger."""
    if output is None and not dry_run and not reason:
        raise click.UsageError("--output FILE, --dry-run, or --reason TEXT")
    if dry_run and reason:
        raise click.UsageError("--dry-run or --reason TEXT")
    with application(as_json):
        if dry_run:
            by = None if username is None else acting(username, password)
            with reading():
                told = weigh_items(bank_named(code, by), form, version=version)
            _print(told.plain() | {"dry_run": True}, as_json)
            return
        by = acting(username, password)
        with transaction():
            person, bank = get_person(by), bank_named(code, by)
            if reason:
                _say_asked(ask_to_export(bank, form, reason, by=person), as_json)
                return
            export = export_items(bank, form, by=person, version=version)
            if output is not None:
                _keep(output, export.content)
        _print(export.plain() | {"dry_run": False}, as_json)


def bank_named(code: str, by: str | None) -> Bank:
    """Return a bank, for a person one for which they write items.

    Raises:
        NotFound: there is none, or the person does not write items for it.
    """
    if by is not None:
        return get_bank(code, by=get_person(by), duty=Duty.AUTHOR_ITEMS)
    bank = db.session.query(Bank).filter_by(code=code).one_or_none()
    if bank is None:
        raise NotFound(_("There is no bank %(code)s.", code=code))
    return bank


def _say_asked(row: ExportRequest, as_json: bool) -> None:
    told = {"request": row.code, "items": row.items, "expires_at": row.expires_at.isoformat()}
    text = ngettext(
        "Asked for the export of %(num)s approved item.",
        "Asked for the export of %(num)s approved items.",
        row.items,
    )
    click.echo(json.dumps(told) if as_json else text)


def _keep(output: Path, content: bytes) -> None:
    """Write the file so that nobody else on the machine can read it."""
    handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    click.echo(
        _(
            "%(items)s items: %(exported)s can go out, %(left)s are left out, %(lossy)s lose something.",
            items=report["items"],
            exported=report["exported"],
            left=len(report["left_out"]),
            lossy=len(report["lossy"]),
        )
    )
    click.echo(
        _(
            "No form carries the state of an item, its earlier versions, comments, or how often it was set: "
            "what comes in is a new item of whoever brings it."
        )
    )
    if report["import_refuses"]:
        click.echo(_("An import here would not take this file back: %(why)s", why=report["import_refuses"]))
    for item in [*report["left_out"], *report["lossy"]]:
        click.echo(f"{item['item']}  {', '.join(item['fields'])}")
