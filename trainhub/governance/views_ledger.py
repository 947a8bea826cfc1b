"""The ledger as the auditor reads it, and the proof that a decision stands in it."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from trainhub import ledger
from trainhub.governance.guards import requires
from trainhub.governance.ledger_words import WORDS, words_in
from trainhub.kernel.db import db
from trainhub.ledger.reading import HIGHEST
from trainhub.people.models import Person
from trainhub.separation.duties import Duty


def add_routes(blueprint: Blueprint) -> None:
    """Give oversight's pages the ledger."""
    blueprint.get("/ledger")(read_ledger)
    blueprint.get("/ledger/<int:number>/proof")(download_proof)


@requires(Duty.AUDIT)
def read_ledger() -> ResponseReturnValue:
    """List the decisions, newest first, filtered by kind."""
    kind = request.args.get("kind", "")
    page = ledger.decisions(kind, before=_number("before"), after=_number("after"))
    head = ledger.newest_head()
    by_ids = {entry.by_id for entry in page.entries if entry.by_id}
    names = {
        person.id: person.name for person in db.session.scalars(select(Person).where(Person.id.in_(by_ids)))
    }
    return render_template(
        "governance/ledger.html",
        page=page,
        names=names,
        kinds=ledger.kinds(),
        kind=kind,
        words=WORDS,
        words_in=words_in,
        total=ledger.number_of_decisions(),
        head=head,
        proved=ledger.covered(page.entries, head),
        waiting=ledger.number_waiting(),
    )


@requires(Duty.AUDIT)
def download_proof(number: int) -> ResponseReturnValue:
    """Hand out the proof that a decision is in the ledger, for whoever checks it without us."""
    answer = jsonify(ledger.prove(number))
    answer.headers["Content-Disposition"] = f'attachment; filename="proof-{number}.json"'
    return answer


def _number(name: str) -> int | None:
    """Return the number of an entry that the address names; what is none is as if it were not there."""
    value = request.args.get(name, type=int)
    return None if value is None else min(max(0, value), HIGHEST)
