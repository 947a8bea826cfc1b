"""``trainhub items import``: a question file from the command line, by the same rules as the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from trainhub.cli.acting import acting, application, as_line, asks_who, says_json, speaking
from trainhub.cli.ending import answers_with
from trainhub.cli.item_columns import columns_said, naming_what_is_unsure
from trainhub.cli.item_export import bank_named, export_file
from trainhub.cli.item_stats import stats
from trainhub.exams.bank.asking import known_layouts
from trainhub.exams.bank.exchange import FORMATS, read_file
from trainhub.exams.bank.handing_in import new_import
from trainhub.exams.bank.import_report import Report
from trainhub.exams.bank.imports import import_items
from trainhub.exams.bank.imports_alone import judged_alone
from trainhub.exams.bank.reading import ParsedFile
from trainhub.exams.bank.reading.layouts import Columns
from trainhub.exams.bank.reading.looks import Unsure
from trainhub.kernel.db import reading, transaction
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _, for_any_reader, ngettext, read_throughout
from trainhub.people.persons import get_person


@click.group()
def items() -> None:
    """Items of the banks."""


items.add_command(stats)
items.add_command(export_file)


@items.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bank", "code", help="Code of the bank; a dry run may do without.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["auto", *FORMATS]),
    default="auto",
    show_default=True,
    help="Form of the file; auto tells it by what stands in the file.",
)
@click.option("--columns", "said", multiple=True, help="What a column means, as HEADING=MEANING; often.")
@click.option(
    "--columns-file",
    "said_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The same as a JSON object of headings and meanings.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Only say what would happen; needs no person.",
)
@click.option("--keep-drafts", is_flag=True, help="Leave the items as drafts instead of handing them in.")
@says_json
@asks_who
def import_file(
    file: Path,
    code: str | None,
    form: str,
    said: tuple[str, ...],
    said_file: Path | None,
    dry_run: bool,
    keep_drafts: bool,
    as_json: bool,
    username: str | None,
    password: str | None,
) -> None:
    """Take the questions of FILE into a bank; every row is accounted for.

    A dry run without a bank judges the file alone: what it repeats is looked for within it only.
    Where the columns of a table are not surely understood nothing comes in, and what is unsure is named.
    Meanings: stem, answer, type, options, option:A to option:H, explanation, point, level,
    cognitive, source, targets, rubric, longest, credit, ignored. Numbers that a column has for types, or for
    right and wrong, are explained as type(1单选 2多选) and answer(1正确 0错误).
    """
    answers_with(Report(file.name, form=None, dry_run=dry_run).plain())
    columns = columns_said(said, said_file)
    if code is None:
        if not dry_run:
            raise click.UsageError("Say into which bank: --bank CODE. Only a --dry-run does without.")
        with speaking(as_json), naming_what_is_unsure(as_json):
            parsed = _read(file, form, columns)
            _print(judged_alone(parsed, file.name).plain(), as_json)
        return
    with application(as_json), naming_what_is_unsure(as_json):
        by = None if dry_run and username is None else acting(username, password)
        report = _import(file, form, code, by, columns, submit=not keep_drafts, dry_run=dry_run)
        _print(report, as_json)


def _import(
    file: Path,
    form: str,
    code: str,
    by: str | None,
    columns: Columns,
    *,
    submit: bool,
    dry_run: bool,
) -> dict[str, Any]:
    with reading():
        if not columns.headings:
            columns = Columns(known_layouts(bank_named(code, by)))
    with for_any_reader():
        parsed = _read(file, form, columns)
    click.echo(ngettext("%(num)s row read", "%(num)s rows read", len(parsed.rows)), err=True)
    with transaction():
        bank = bank_named(code, by)
        bank_id, kept = bank.id, None
        if by is not None and not dry_run:
            kept = new_import(bank, file.name, by=get_person(by), submit=submit, dry_run=dry_run).id
    with for_any_reader():
        report = import_items(
            parsed,
            bank_id,
            kept,
            file_name=file.name,
            by=by,
            submit=submit,
            dry_run=dry_run,
            tell=lambda done, total: click.echo(f"{done}/{total}", err=True),
        )
    plain: dict[str, Any] = read_throughout(report.plain())
    return plain


def _read(file: Path, form: str, columns: Columns) -> ParsedFile:
    """Read a file of questions; what is refused of it names the file."""
    try:
        return read_file(file, form, columns)
    except Unsure:
        raise
    except Invalid as problem:
        raise Invalid(f"{file.name}: {problem}") from problem


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    click.echo(
        _(
            "%(rows)s rows: %(imported)s new, %(duplicates)s repeated, %(rejected)s rejected, %(held)s held.",
            rows=report["rows"],
            imported=report["imported"],
            duplicates=report["duplicates"],
            rejected=len(report["rejected"]),
            held=len(report["held"]),
        )
    )
    for row in [*report["rejected"], *report["held"]]:
        click.echo(as_line(f"{row['where']}  {row['reason']}"))
    for warning in report["warnings"]:
        click.echo(as_line(f"{warning['where']}  {warning['text']}"))
