"""``trainhub staffing draw`` and ``replay``: take a draw from the pool to its end, and repeat it anywhere."""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

import click

from trainhub.cli.acting import acting, application, asks_who, say, says_json
from trainhub.cli.ending import BadContent
from trainhub.exams.sittings import Sitting, get_sitting
from trainhub.exams.staffing import draws, lottery
from trainhub.exams.staffing.models_of_draws import Draw, DrawState, Party
from trainhub.exams.staffing.register import STAFF_DUTIES
from trainhub.governance.duties import duties_of, organisations_for
from trainhub.kernel.db import transaction
from trainhub.kernel.errors import Conflict, Forbidden, Invalid
from trainhub.kernel.i18n import _l, as_read
from trainhub.ledger.proving import problems_of_proof
from trainhub.people.models import Person
from trainhub.people.persons import get_person
from trainhub.separation.duties import Duty

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUTPUT = click.Path(dir_okay=False, path_type=Path)
SECRET = click.Path(dir_okay=False, path_type=Path)


@click.command("draw")
@click.option("--sitting", "code", required=True, help="Code of the sitting.")
@click.option("--commit", "secret_out", type=SECRET, help="Make a secret in this new file and commit to it.")
@click.option("--reveal", "secret_in", type=SECRET, help="Reveal the secret of this file.")
@click.option("--withdraw", "why", help="Withdraw the draw for this reason.")
@click.option("--reason", default="", help="Why people are drawn anew.")
@click.option("--output", type=OUTPUT, help="Write the file of the draw once people are drawn.")
@asks_who
@says_json
def draw(
    code: str,
    secret_out: Path | None,
    secret_in: Path | None,
    why: str | None,
    reason: str,
    output: Path | None,
    username: str | None,
    password: str | None,
    as_json: bool,
) -> None:
    """Draw exam staff for a sitting, step by step; each party signs in for its own steps.

    Without --commit, --reveal, --withdraw or --output the staffing officer freezes the pool.
    """
    with application(as_json):
        person_id = acting(username, password)
        with transaction():
            by = get_person(person_id)
            found = draws.draws_of(_sitting(code, by))
            if secret_out is not None:
                _commit(_newest(found), secret_out, by)
            elif secret_in is not None:
                _reveal(_newest(found), secret_in, by)
            elif why is not None:
                draws.withdraw_draw(_newest(found), why, by=by)
            elif output is None:
                sitting = get_sitting(code, centres=organisations_for(by, Duty.ASSIGN_STAFF))
                found = [draws.freeze([sitting], STAFF_DUTIES, reason, by=by)]
            newest = _newest(found)
            said = _said(newest)
            file = draws.published(newest) if output is not None else None
    if output is not None and file is not None:
        output.write_bytes(lottery.canonical(file))
    say(said, "\n".join(f"{name}: {value}" for name, value in said.items()), as_json)


def _sitting(code: str, by: Person) -> Sitting:
    """Return a sitting of whose draws the person may know.

    Raises:
        NotFound: there is none for this person.
    """
    if {Duty.SUPERVISE, Duty.AUDIT} & duties_of(by):
        return get_sitting(code)
    return get_sitting(code, centres=organisations_for(by, Duty.ASSIGN_STAFF))


def _newest(found: list[Draw]) -> Draw:
    if not found:
        raise Conflict(_l("No pool was frozen for this sitting yet."))
    return found[-1]


def _party(by: Person) -> Party:
    duties = duties_of(by)
    if Duty.SUPERVISE in duties:
        return Party.OVERSIGHT
    if Duty.ASSIGN_STAFF in duties:
        return Party.CENTRE
    raise Forbidden(_l("This person stands for neither party of a draw."))


def _commit(newest: Draw, path: Path, by: Person) -> None:
    party = _party(by)
    secret = secrets.token_hex(32)
    said = lottery.commitment(newest.code, newest.pool_hash, party, secret)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise Invalid(f"{path}: {problem.strerror}") from None
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{secret}\n")
            file.flush()
            os.fsync(file.fileno())
        draws.commit(newest, party, said, by=by)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _reveal(newest: Draw, path: Path, by: Person) -> None:
    try:
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise Invalid(f"{path}: {problem}") from None
    draws.reveal(newest, _party(by), secret, by=by)


def _said(newest: Draw) -> dict[str, Any]:
    said: dict[str, Any] = {
        "draw": newest.code,
        "state": str(newest.state),
        "pool_hash": newest.pool_hash,
        "committed": sorted(row.party for row in newest.commitments),
        "revealed": sorted(row.party for row in newest.commitments if row.secret),
    }
    if newest.state == DrawState.DRAWN:
        said["seed"] = newest.seed
        said["places"] = [
            {"sitting": each.sitting.code, "duty": each.duty, "room": each.room, "person": each.person_id}
            | ({"refused_by": as_read(each.refused_by)} if each.refused_by else {})
            for each in newest.places
        ]
    return said


@click.command("replay")
@click.argument("file", type=FILE)
@click.option("--ledger-key", help="Public key of the ledger, known from elsewhere, in hexadecimal digits.")
@says_json
def replay(file: Path, ledger_key: str | None, as_json: bool) -> None:
    """Repeat a draw from its published FILE, without database or solver; status 1 if it comes out else."""
    try:
        key = None if ledger_key is None else bytes.fromhex(ledger_key)
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint="--ledger-key") from None
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as problem:
        raise BadContent(f"{file}: {problem}") from None
    if not isinstance(written, dict):
        raise BadContent(f"{file}: this is no published draw")
    found = lottery.problems_of(written) or _problems_in_the_ledger(written, key)
    said: dict[str, Any] = {"draw": written.get("draw"), "problems": found}
    if found:
        said["error"] = found[0]
        say(said, "\n".join(found), as_json)
        sys.exit(1)
    text = f"{len(written['drawn'])} places: the draw comes out the same"
    if key is None:
        text += "\nThe ledger's key was not given: that the ledger is the authority's own is not checked."
    say(said | {"places": len(written["drawn"]), "key_checked": key is not None}, text, as_json)


def _problems_in_the_ledger(written: dict[str, Any], key: bytes | None) -> list[str]:
    """Return what is wrong with the proofs that pool and commitments stood in the ledger before the seed."""
    proofs = written.get("ledger")
    if not isinstance(proofs, list) or len(proofs) != 1 + len(lottery.PARTIES):
        return ["the file lacks the proofs that pool and commitments stand in the ledger"]
    found = [problem for proof in proofs for problem in problems_of_proof(proof, key)]
    if found:
        return found
    stood = {(each["body"] or {}).get("kind"): each for each in proofs}
    said = [(each["body"] or {}).get("facts", {}) for each in proofs]
    committed = {facts["party"]: facts["commitment"] for facts in said if "commitment" in facts}
    if not all(facts.get("draw") == written["draw"] for facts in said):
        found.append("the proofs are of another draw")
    if stood.get("draw.frozen", {}).get("body", {}).get("facts", {}).get("pool") != written["pool_hash"]:
        found.append("the ledger holds another hash of the pool")
    if committed != written["commitments"]:
        found.append("the ledger holds other commitments")
    if any((each["head"]["size"], each["head"]["root"]) != _head(written) for each in proofs):
        found.append("the head of the proofs is not the one of the seed")
    return found


def _head(written: dict[str, Any]) -> tuple[int, str]:
    return written["head"]["size"], written["head"]["root"]
