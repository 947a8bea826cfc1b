"""``trainhub keys rotate``: a new key for a bank, or a new master key, with the content in place."""

from __future__ import annotations

from typing import Any

import click

from trainhub import ledger
from trainhub.cli.acting import acting, application, asks_who, say, says_json
from trainhub.exams.bank import rotation
from trainhub.governance.duties import duties_of
from trainhub.kernel import keys as key_files
from trainhub.kernel.db import reading, transaction
from trainhub.kernel.errors import Forbidden
from trainhub.kernel.i18n import _
from trainhub.kernel.rewrapping import MASTER, rewrap
from trainhub.people.persons import get_person
from trainhub.separation.duties import Duty


@click.group()
def keys() -> None:
    """Replace keys of content while it is read and written."""


@keys.command("rotate")
@click.option("--bank", "code", help="Give this bank a new key and encrypt its content anew.")
@click.option(
    "--master", is_flag=True, help="Make a new master key and wrap anew whatever the old one sealed."
)
@asks_who
@says_json
def rotate(code: str | None, master: bool, username: str | None, password: str | None, as_json: bool) -> None:
    """Rotate the key of a bank, or the master key; run it again if it was broken off."""
    if bool(code) == master:
        raise click.UsageError("say either --bank CODE or --master")
    with application(as_json):
        by_id = acting(username, password)
        with reading():
            if Duty.ADMINISTER_SYSTEM not in duties_of(get_person(by_id)):
                raise Forbidden(_("This act belongs to a duty that you do not hold."))
        answer = _master(by_id) if master else _bank(str(code), by_id)
    text = f"{answer['rows']} rows are sealed with the new key."
    if answer.get("old_keys"):
        text += f" Only backups made before still need: {', '.join(answer['old_keys'])}."
    say(answer, text, as_json)


def _tell(done: int) -> None:
    click.echo(f"  {done} rows", err=True)


def _bank(code: str, by_id: str) -> dict[str, Any]:
    return {"bank": code, "rows": rotation.rotate(code, by=get_person(by_id), tell=_tell)}


def _master(by_id: str) -> dict[str, Any]:
    if key_files.begin_rotation(MASTER):
        with transaction():
            ledger.append("master_key.replaced", by=get_person(by_id), side="exam")
    rows = 0
    while fresh := rewrap(_tell):
        rows += fresh
    old = key_files.end_rotation(MASTER)
    with transaction():
        ledger.append("master_key.rotated", by=get_person(by_id), side="exam", rows=rows)
    return {"rows": rows, "old_keys": old}
