"""``trainhub certificate issue | verify | revoke``: for operators, and for outsiders who check us."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from trainhub.app import create_app
from trainhub.certificates.authority import FOLDER
from trainhub.certificates.examination import MAXIMUM_BYTES, Examined, Verdict
from trainhub.certificates.issuing import issue_for_sitting
from trainhub.certificates.revocation import revoke_number
from trainhub.certificates.verification import Finding, verify_offline, verify_pdf
from trainhub.certificates.wording import REASONS, VERDICTS
from trainhub.cli.acting import acting, application, asks_who, say, says_json
from trainhub.config import read_settings
from trainhub.governance.duties import duties_of
from trainhub.kernel import clock
from trainhub.kernel.db import transaction
from trainhub.kernel.errors import Forbidden
from trainhub.kernel.i18n import _
from trainhub.people.persons import get_person
from trainhub.separation.duties import Duty

existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("certificate")
def certificate() -> None:
    """Issue, verify and revoke certificates."""


@certificate.command("verify")
@click.argument("file", type=existing_file)
@click.option("--offline", is_flag=True, help="Judge by the file alone; needs no database.")
@click.option(
    "--root", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Root certificate (PEM)."
)
@says_json
def verify(file: Path, offline: bool, root: Path | None, as_json: bool) -> None:
    """Tell whether a PDF file is a genuine certificate of ours."""
    with file.open("rb") as source:
        data = source.read(MAXIMUM_BYTES + 1)
    with create_app().app_context() if not offline else _nothing():
        found = _offline(data, root) if offline else verify_pdf(data)
        answer: dict[str, Any] = {
            "verdict": found.verdict.value,
            "number": found.number,
            "reason": found.why.value if offline else str(REASONS[found.why]),
        }
        text = found.verdict.value if offline else f"{VERDICTS[found.verdict].answer} {answer['reason']}"
    say(answer, text, as_json)
    sys.exit(0 if found.verdict is Verdict.GENUINE else 1)


@certificate.command("issue")
@click.option("--sitting", required=True, help="Code of the sitting.")
@asks_who
@says_json
def issue(sitting: str, username: str | None, password: str | None, as_json: bool) -> None:
    """Issue the certificates of a sitting's published and passed results."""
    with application(as_json):
        by_id = _officer(username, password)
        count = issue_for_sitting(sitting, by_id, lambda done, total: click.echo(f"{done}/{total}", err=True))
    say({"sitting": sitting, "issued": count}, f"{count} certificates issued.", as_json)


@certificate.command("revoke")
@click.argument("number")
@click.option("--reason", required=True, help="Why; it stands in the ledger.")
@asks_who
@says_json
def revoke(number: str, reason: str, username: str | None, password: str | None, as_json: bool) -> None:
    """Revoke a certificate; who issued it is refused."""
    with application(as_json):
        by_id = _officer(username, password)
        with transaction():
            revoked = revoke_number(number, reason, by=get_person(by_id))
            number = revoked.number
    say({"number": number, "revoked": True}, f"{number} is revoked.", as_json)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _offline(data: bytes, root: Path | None) -> Examined | Finding:
    path = root or read_settings().keys / FOLDER / "root.crt.pem"
    if not path.is_file():
        raise click.UsageError("give the root certificate: --root FILE")
    return verify_offline(data, path.read_bytes(), clock.today())


def _officer(username: str | None, password: str | None) -> str:
    by_id = acting(username, password)
    with transaction():
        if Duty.ISSUE_CERTIFICATES not in duties_of(get_person(by_id)):
            raise Forbidden(_("This act belongs to a duty that you do not hold."))
    return by_id
