"""``trainhub ledger verify | head | prove | check``: the log that nobody can rewrite unnoticed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from trainhub.cli.acting import application, refuse, say, says_json
from trainhub.cli.ending import BadContent
from trainhub.kernel.db import reading, transaction
from trainhub.kernel.errors import DomainError
from trainhub.ledger import proving, sequencing, verifying
from trainhub.ledger.signing import may_sign, public_key

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUTPUT = click.Path(dir_okay=False, path_type=Path)


@click.group("ledger")
def ledger() -> None:
    """The ledger of decisions: verify it, take its head out of the house, prove an entry."""


@ledger.command("verify")
@click.option("--head", "files", multiple=True, type=FILE, help="Head, or file of heads, kept outside.")
@says_json
def verify(files: tuple[Path, ...], as_json: bool) -> None:
    """Compute the whole tree anew and compare it with every head; status 1 if anything does not fit."""
    outside = [head for path in files for head in _heads_in(path)]
    with application(as_json), reading():
        verdict = verifying.verify(outside)
    lines = [f"{'-' if each.index is None else each.index}: {each.what}" for each in verdict.problems]
    lines.append(f"{verdict.size} leaves, {verdict.waiting} waiting, root {verdict.root}")
    if not outside:
        lines.append("No head from outside was compared: that the end was cut off cannot be excluded.")
    say(verdict.as_json(), "\n".join(lines), as_json)
    sys.exit(1 if verdict.problems else 0)


def _heads_in(path: Path) -> list[dict[str, Any]]:
    """Return the heads in a file: one JSON object, or one in each line.

    Raises:
        BadContent: the file holds something else; the message says in which line.
    """
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    found = []
    lines = [text] if text.startswith("{\n") else text.splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            head = json.loads(line)
            if (
                not isinstance(head["size"], int)
                or head["size"] < 1
                or len(bytes.fromhex(head["root"])) != 32
            ):
                raise ValueError("size or root")
            found.append(head | {"at": str(head["at"])})
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadContent(f"{path}, line {number}: this is no head") from None
    if not found:
        raise BadContent(f"{path} holds no head")
    return found


@ledger.command("head")
@click.option("--output", type=OUTPUT, help="Append the head to this file.")
@says_json
def head(output: Path | None, as_json: bool) -> None:
    """Sequence what waits, sign the head, and print it; keep it where nobody of the house can change it."""
    with application(as_json):
        with transaction():
            while sequencing.sequence() == sequencing.BATCH:
                pass
            sequencing.sign_head()
        newest = sequencing.newest_head()
        if newest is None:
            refuse(DomainError("The ledger has no entries yet."), as_json)
        said = sequencing.head_as_json(newest) | {"public_key": public_key().hex() if may_sign() else None}
    line = json.dumps(said)
    if output is not None:
        with output.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    say(said, line, as_json)


@ledger.command("prove")
@click.argument("entry", type=int)
@click.option("--output", type=OUTPUT, help="Write the proof into this file.")
@says_json
def prove(entry: int, output: Path | None, as_json: bool) -> None:
    """Prove to an outsider that the entry of this number is in the ledger."""
    with application(as_json), reading():
        proof = proving.prove(entry)
    text = json.dumps(proof, ensure_ascii=False, indent=1)
    if output is not None:
        output.write_text(text + "\n", encoding="utf-8")
    say(proof, text if output is None else f"The proof is in {output}.", as_json)


@ledger.command("check")
@click.argument("proof", type=FILE)
@click.option("--key", help="The ledger's public key as known from elsewhere, 64 hexadecimal digits.")
@says_json
def check(proof: Path, key: str | None, as_json: bool) -> None:
    """Check a proof that somebody handed out; needs neither database nor instance."""
    try:
        public = None if key is None else bytes.fromhex(key)
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint="--key") from None
    try:
        said = json.loads(proof.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as problem:
        raise BadContent(f"{proof}: {problem}") from None
    problems = proving.problems_of_proof(said, public)
    text = "\n".join(problems) or "The entry is in the ledger whose head is in the proof."
    say({"ok": not problems, "problems": problems}, text, as_json)
    sys.exit(1 if problems else 0)
