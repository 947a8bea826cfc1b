"""``trainhub separation audit | rules | report | verify-report``: what oversight and outsiders ask."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from trainhub import separation as rules
from trainhub.cli.acting import application, say, says_json
from trainhub.config import read_settings
from trainhub.governance.ledger_words import WORDS
from trainhub.kernel.db import reading
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import in_language
from trainhub.separation.auditor import read_moment
from trainhub.separation.comparing_words import left_out, told
from trainhub.separation.naming import Names
from trainhub.separation.report_checking import Verdict, check_report
from trainhub.separation.report_issuing import issue_report
from trainhub.separation.report_signing import CERTIFICATE, FOLDER

COMPARED = "{} differences between the register and the rooms' records."
NOT_COMPARED = "Not compared with the rooms' records: that is done for now and for all, where all rooms are."

existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)
out_file = click.Path(dir_okay=False, writable=True, path_type=Path)

HEADING = """# The rules of separation

Written from the rule objects by `trainhub separation rules --output docs/rules.md`; a test compares the two.
Whether a rule is law, or a local policy that the authority has yet to confirm, stands with its source. The
figures that rules use (look-back, cooling-off, people to a room) are on the page "The law as data".

What can be overridden is so for one person and one object: by two people of the oversight side, with a reason
that shows for ever. Law, the rules of four eyes and the three administrators never can.
"""


@click.group("separation")
def separation() -> None:
    """The rules that keep training and examination apart."""


@separation.command("audit")
@click.option("--sitting", help="Only what concerns the sitting with this code.")
@click.option(
    "--at", "moment", help="As known at this moment: ISO 8601, in Beijing time unless it says otherwise."
)
@says_json
def audit(sitting: str | None, moment: str | None, as_json: bool) -> None:
    """Run every rule over the register, compare it with the rooms' records; status 1 if anything is found."""
    with application(as_json), reading():
        report = rules.audit(at=_moment(moment), sitting=sitting)
        lines = [str(violation) for violation in report.violations]
        passed = [f"let pass by two of the oversight side: {each}" for each in report.overridden]
        compared = report.comparison
        differing = [] if compared is None else [*map(str, told(compared)), *left_out(compared)]
        plain = report.as_json()
    summary = f"{len(lines)} violations in {plain['rows']} rows, {len(passed)} more let pass. "
    summary += NOT_COMPARED if compared is None else COMPARED.format(compared.total)
    say(plain, "\n".join([*lines, *passed, *differing, summary]), as_json)
    sys.exit(0 if report.is_clean else 1)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return read_moment(text)
    except Invalid as problem:
        raise click.BadParameter(str(problem), param_hint="--at") from None


@separation.command("report")
@click.option("--sitting", required=True, help="Code of the sitting.")
@click.option("--output", required=True, type=out_file, help="PDF file to write; the JSON goes beside it.")
@click.option(
    "--names",
    type=click.Choice([each.value for each in Names]),
    default=Names.MASKED.value,
    show_default=True,
    help="How much of a name is shown.",
)
@click.option(
    "--lang",
    type=click.Choice(["zh_CN", "en"]),
    default="zh_CN",
    show_default=True,
    help="Language of the report.",
)
@says_json
def report(sitting: str, output: Path, names: str, lang: str, as_json: bool) -> None:
    """Make the signed proof report of a sitting, as PDF and as JSON."""
    with application(as_json):
        made = issue_report(sitting, names=Names(names), language=lang, by=None, words=WORDS)
    beside = output.with_suffix(".json")
    output.write_bytes(made.pdf)
    beside.write_bytes(made.json)
    count = made.report["audit"]["violations"]
    answer = {
        "sitting": sitting,
        "pdf": str(output),
        "json": str(beside),
        "names": names,
        "violations": count,
        "entries": len(made.report["ledger"]["entries"]),
        "certificate": str(made.certificate),
    }
    say(answer, f"{output} and {beside.name}: {count} violations.", as_json)


@separation.command("verify-report")
@click.argument("file", type=existing_file)
@click.option("--certificate", type=existing_file, help="Certificate of the oversight side (PEM).")
@click.option("--ledger-key", "key", help="The ledger's public key as known from elsewhere, 64 hex digits.")
@says_json
def verify_report(file: Path, certificate: Path | None, key: str | None, as_json: bool) -> None:
    """Tell whether a proof report is whole and holds, by the file alone; needs no database."""
    trusted = certificate or read_settings().keys / FOLDER / CERTIFICATE
    if not trusted.is_file():
        raise click.UsageError("give the certificate of the oversight side: --certificate FILE")
    found = check_report(file.read_bytes(), trusted.read_bytes(), _ledger_key(key))
    said = [*found.problems, *([found.remark] if found.remark else [])]
    lines = [f"{found.verdict.value}: {found.reason}", *(f"  {each}" for each in said)]
    say(found.as_json(), "\n".join(lines), as_json)
    sys.exit(0 if found.verdict is Verdict.GENUINE else 1)


def _ledger_key(text: str | None) -> bytes | None:
    try:
        key = None if text is None else bytes.fromhex(text)
    except ValueError:
        key = b""
    if key is not None and len(key) != 32:
        raise click.BadParameter("64 hexadecimal digits", param_hint="--ledger-key")
    return key


@separation.command("rules")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write them into a file.")
def list_rules(output: Path | None) -> None:
    """Tell the rules in words, with their sources."""
    with application(as_json=False):
        text = rules_in_words()
    if output is None:
        click.echo(text)
    else:
        output.write_text(text, encoding="utf-8")


def rules_in_words() -> str:
    """Return the text of ``docs/rules.md``; needs an application."""
    lines = [
        HEADING,
        "| rule | what it says | 中文 | source | can be overridden | reads |",
        "|---|---|---|---|---|---|",
    ]
    for rule in rules.RULES:
        with in_language("en"):
            title, source = str(rule.title), str(rule.source)
        with in_language("zh_Hans_CN"):
            chinese = str(rule.title)
        overridable = "yes, by two" if rule.may_be_overridden else "never"
        reads = ", ".join(rule.relations) or "–"
        lines.append(f"| {rule.id} | {title} | {chinese} | {source} | {overridable} | {reads} |")
    return "\n".join(lines) + "\n"
