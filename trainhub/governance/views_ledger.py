"""The ledger as the auditor reads it, and the proof that a decision stands in it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from trainhub import ledger
from trainhub.governance.guards import requires
from trainhub.governance.ledger_words import WORDS, words_in
from trainhub.kernel import clock
from trainhub.ledger.reading import HIGHEST
from trainhub.ledger.signing import public_key
from trainhub.people.persons import names_of
from trainhub.separation.duties import Duty


def add_routes(blueprint: Blueprint) -> None:
    """Give oversight's pages the ledger."""
    blueprint.get("/ledger")(read_ledger)
    blueprint.get("/ledger/<int:number>/proof")(download_proof)


@requires(Duty.AUDIT)
def read_ledger() -> ResponseReturnValue:
    """List the decisions, newest first: of a kind, until a day, or the one with a number or a leaf."""
    kind, sought = request.args.get("kind", ""), request.args.get("sought", "").strip()
    day = request.args.get("day", type=_day)
    page = _sought(sought) if sought else _listed(kind, day)
    head = ledger.newest_head()
    return render_template(
        "governance/ledger.html",
        page=page,
        names=names_of(entry.by_id for entry in page.entries),
        kinds=sorted(ledger.kinds(), key=lambda each: str(WORDS.get(each, each))),
        kind=kind,
        day=day,
        sought=sought,
        words=WORDS,
        words_in=words_in,
        total=ledger.number_of_decisions(),
        head=head,
        proved=ledger.covered(page.entries, head),
        waiting=ledger.number_waiting(),
        public_key=None if head is None else public_key().hex(),
    )


def _sought(wanted: str) -> ledger.Decisions:
    """Return the decision with a number or a leaf, alone."""
    number = int(wanted) if re.fullmatch(r"[0-9]{1,9}", wanted) else ledger.number_of_leaf(wanted.lower())
    found = ledger.decisions(before=number + 1, per_page=1).entries if number is not None else ()
    return ledger.Decisions([entry for entry in found if entry.id == number], None, None)


def _listed(kind: str, day: date | None) -> ledger.Decisions:
    """Return a page of decisions; of a day, which only the first page is asked for, its last come first."""
    before, after = _number("before"), _number("after")
    if day is not None and before is None and after is None:
        midnight = datetime.combine(day + timedelta(days=1), time.min)
        before = ledger.first_number_since(clock.from_local(midnight))
    return ledger.decisions(kind, before=before, after=after)


def _day(text: str) -> date:
    """Return the day that the address names, if decisions can be of it."""
    day = date.fromisoformat(text)
    if not 1900 <= day.year < 9999:
        raise ValueError(text)
    return day


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
