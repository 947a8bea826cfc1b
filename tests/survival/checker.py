"""Compares what the candidates wrote down with what the database holds, response by response.

The list of what was acknowledged comes from outside the server; the database is opened directly.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from tests.survival import timing
from tests.survival.record import read
from trainhub import ledger
from trainhub.exams.delivery.models import Attempt, AttemptState, Ending, LateResponse, Response
from trainhub.exams.delivery.reading import check_receipt, is_intact
from trainhub.kernel.db import db, reading
from trainhub.ledger import Entry

SHOWN = 25


@dataclass
class Notes:
    """What one candidate's page wrote down.

    Args:
        made: every content that ever had a number, by number, then by the content's own mark.
        links: acknowledged, by number; each with the mark of the content.
        heads: what the server said the journal's last number and link were.
        refused: definite refusals.
        handed_in: the answers to a hand-in.
    """

    made: dict[int, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    links: dict[int, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))
    heads: set[tuple[int, str]] = field(default_factory=set)
    acknowledgements: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    handed_in: list[dict[str, Any]] = field(default_factory=list)
    is_started: bool = False
    sign_ins: int = 0
    turned_out: int = 0


@dataclass
class Verdict:
    """What the comparison found.

    Args:
        problems: sentences, each something that must not be; empty: the run is passed.
        figures: how much was compared.
    """

    problems: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return not self.problems

    def kinds(self) -> Counter[str]:
        """How many problems of each kind: the words before the colon."""
        return Counter(problem.partition(":")[0] for problem in self.problems)


def take_notes(record: Path, verdict: Verdict) -> dict[str, Notes]:
    """Read what the candidates wrote down; what they noticed themselves is a problem already."""
    notes: dict[str, Notes] = defaultdict(Notes)
    figures: Counter[str] = Counter()
    for event in read(record):
        kind = event["kind"]
        if kind == "totals":
            figures.update({key: value for key, value in event.items() if key not in ("kind", "at")})
            continue
        page = notes[event["attempt"]]
        if kind == "made":
            change = event["change"]
            page.made[change["sequence"]][change["shown_ms"]] = change
        elif kind == "acknowledged":
            _take_acknowledgement(page, event)
        elif kind == "started":
            page.is_started = True
            page.heads.add((event["last"], event["head"]))
        elif kind == "refused":
            page.refused.append(event)
        elif kind == "handed_in":
            page.handed_in.append(event)
            page.heads.add((event["last_sequence"], event["head"]))
        elif kind == "signed_in":
            page.sign_ins += 1
        elif kind == "turned_out":
            page.turned_out += 1
        elif kind == "server_error":
            figures[f"{event['status']} on {event['deed']}"] += 1
        elif kind == "problem":
            verdict.problems.append(
                f"the page saw: {event['attempt']}: {event['what']} {event.get('text', '')}"
            )
    verdict.figures |= dict(figures)
    return notes


def _take_acknowledgement(page: Notes, event: dict[str, Any]) -> None:
    page.acknowledgements.append(event)
    page.heads.add((event["last_sequence"], event["head"]))
    for number, link in event["links"].items():
        page.links[int(number)].add((link, event["contents"][number]))


def check(folder: Path) -> Verdict:
    """Compare everything; call it in the context of an application on the database."""
    verdict = Verdict()
    notes = take_notes(folder / "record.jsonl", verdict)
    times = timing.Times.of(folder / "director.jsonl")
    moved = {each["attempt"] for each in read(folder / "director.jsonl") if each["kind"] == "moved"}
    with reading():
        attempts = {each.code: each for each in db.session.scalars(select(Attempt))}
        rows, late = _rows(Response), _rows(LateResponse)
        entries = _ledger_entries()
        for code in attempts.keys() | notes.keys():
            if code not in attempts:
                verdict.problems.append(f"lost: attempt {code} is not there at all")
                continue
            attempt, page = attempts[code], notes.get(code, Notes())
            found = [*_journal(page, [*rows[attempt.id], *late[attempt.id]])]
            found += _ending(attempt, page, entries[code])
            found += _late(attempt, rows[attempt.id], late[attempt.id], entries[code])
            found += times.problems(attempt, page, rows[attempt.id])
            if page.turned_out and code not in moved:
                found.append("turned out: the machine lost its place, and nobody had moved the candidate")
            verdict.problems += [f"{each} (attempt {code})" for each in found]
        _whole(verdict)
    _figures(verdict, notes, attempts, rows, late, times)
    _require_an_exam(verdict, notes, len(attempts))
    return verdict


def _rows(journal: type[Response | LateResponse]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    columns = journal.__table__.c
    for row in db.session.execute(select(*columns).order_by(columns.attempt_id, columns.sequence)):
        found[row.attempt_id].append(row)
    return found


def _journal(page: Notes, rows: list[Any]) -> list[str]:
    """Every acknowledged response is there, unchanged, once; nothing else is, but what the candidate sent."""
    found = []
    if [row.sequence for row in rows] != list(range(1, len(rows) + 1)):
        found.append(f"gap: the numbers are {[row.sequence for row in rows][:30]}")
    by_number = {row.sequence: row for row in rows}
    for number, acknowledged in page.links.items():
        row = by_number.get(number)
        if row is None:
            found.append(f"lost: response {number} was acknowledged and is not there")
            continue
        if {link for link, _mark in acknowledged} != {row.link}:
            found.append(f"changed: response {number} was acknowledged with another link")
        if {mark for _link, mark in acknowledged} != {row.shown_ms}:
            found.append(f"changed: response {number} was acknowledged for another content")
    for row in rows:
        if row.shown_ms not in page.made[row.sequence] or not _same(
            page.made[row.sequence][row.shown_ms], row
        ):
            found.append(f"foreign: response {row.sequence} is not what the candidate sent")
    for mark, times in Counter(row.shown_ms for row in rows).items():
        if times > 1:
            found.append(f"doubled: the change with the mark {mark} is there {times} times")
    for last, head in page.heads:
        if last and (last not in by_number or by_number[last].link != head):
            found.append(f"lost: the server once said that it had {last} responses with another head")
    return found


def _same(change: dict[str, Any], row: Any) -> bool:
    return bool(
        change["position"] == row.position
        and change["response"] == json.loads(row.response)
        and change["flagged"] == row.flagged
        and change["how"] == row.how
    )


def _ledger_entries() -> dict[str, Counter[str]]:
    """How often each kind of decision stands in the ledger, by attempt."""
    entries: dict[str, Counter[str]] = defaultdict(Counter)
    wanted = select(Entry.kind, Entry.body).where(Entry.kind.like("attempt.%"))
    for kind, body in db.session.execute(wanted):
        entries[json.loads(body)["facts"]["attempt"]][kind] += 1
    return entries


def _ending(attempt: Attempt, page: Notes, of_ledger: Counter[str]) -> list[str]:
    """The chain is whole; begun once, sealed once, and the receipt is the one that was given."""
    found = []
    if not is_intact(attempt):
        found.append("broken: the chain of links does not add up")
    if page.is_started and attempt.state == AttemptState.ADMITTED:
        found.append("lost: the start")
    if of_ledger["attempt.started"] != int(attempt.started_at is not None):
        found.append(f"doubled: {of_ledger['attempt.started']} starts in the ledger")
    is_sealed = attempt.state == AttemptState.HANDED_IN
    if of_ledger["attempt.handed_in"] != int(is_sealed):
        found.append(f"doubled: {of_ledger['attempt.handed_in']} hand-ins in the ledger")
    bound = of_ledger["attempt.machine.bound"]
    if bound and bound != attempt.machines:
        found.append(f"doubled: {bound} sign-ins in the ledger, {attempt.machines} with the attempt")
    for told in page.handed_in:
        wanted = (told["receipt"], told["seal"], told["ending"])
        if not is_sealed:
            found.append(f"lost: the hand-in with the receipt {told['receipt']}")
        elif (attempt.receipt, attempt.seal, attempt.ending) != wanted:
            found.append("changed: the seal is not the one of the receipt")
        elif told["ending"] == Ending.CANDIDATE and told["last"] != attempt.last_sequence:
            found.append("lost: handed in before everything had arrived")
    return found


def _late(attempt: Attempt, rows: list[Any], late: list[Any], of_ledger: Counter[str]) -> list[str]:
    """What came late stands in the late journal, follows the sealed one, and is told to the ledger once."""
    found = []
    if attempt.last_sequence != len(rows):
        found.append(f"broken: {len(rows)} responses, and the attempt says {attempt.last_sequence}")
    if attempt.late_sequence != (len(rows) + len(late) if late else 0):
        found.append(f"broken: {len(late)} late responses, and the attempt says {attempt.late_sequence}")
    if of_ledger["attempt.late.received"] != int(bool(late)):
        found.append(
            f"doubled: told {of_ledger['attempt.late.received']} times to the ledger that some were late"
        )
    if late and attempt.ending != Ending.DEADLINE:
        found.append(f"late: taken after an ending by {attempt.ending}")
    for row in late:
        if attempt.deadline is None or row.beacon_at > attempt.deadline:
            found.append(f"late: response {row.sequence} is chained to a sign from after the deadline")
    return found


def _whole(verdict: Verdict) -> None:
    """The ledger adds up, and so does the file of the database."""
    told = ledger.verify().as_json()
    if not told["ok"]:
        verdict.problems.append(f"ledger: {json.dumps(told['problems'][:5])}")
    verdict.figures["entries of the ledger"] = told["size"]
    if db.engine.dialect.name == "sqlite":
        said = [row[0] for row in db.session.execute(text("PRAGMA integrity_check"))]
        if said != ["ok"]:
            verdict.problems.append(f"database: {said[:3]}")


def _require_an_exam(verdict: Verdict, notes: dict[str, Notes], candidates: int) -> None:
    """Nothing is lost where nothing was given: a run in which most did nothing shows nothing."""
    answered = sum(bool(page.links) for page in notes.values())
    if answered * 2 < candidates or not candidates:
        verdict.problems.append(f"empty: {answered} of {candidates} candidates got an answer acknowledged")
    if not any(page.handed_in for page in notes.values()):
        verdict.problems.append("empty: nobody got a receipt")


def _figures(
    verdict: Verdict,
    notes: dict[str, Notes],
    attempts: dict[str, Attempt],
    rows: dict[int, list[Any]],
    late: dict[int, list[Any]],
    times: timing.Times,
) -> None:
    endings = Counter(each.ending or each.state for each in attempts.values())
    receipts = [told["receipt"] for page in notes.values() for told in page.handed_in]
    with reading():
        sample = receipts[:: max(1, len(receipts) // 40)]
        wrong = [each for each in sample if (said := check_receipt(each)) is None or not said.is_intact]
    if wrong:
        verdict.problems.append(f"receipt: {wrong[:3]} cannot be checked")
    refused = Counter(str(each["reason"]) for page in notes.values() for each in page.refused)
    verdict.figures |= {
        "candidates": len(notes),
        "responses acknowledged": sum(len(page.links) for page in notes.values()),
        "acknowledgements": sum(len(page.acknowledgements) for page in notes.values()),
        "responses in the database": sum(len(each) for each in rows.values()),
        "responses that came late": sum(len(each) for each in late.values()),
        "receipts": len(receipts),
        "deadlines within a fault": times.deadlines_within(list(attempts.values())),
    }
    verdict.figures |= {f"ended {ending}": count for ending, count in sorted(endings.items())}
    verdict.figures |= {f"refused {reason}": count for reason, count in sorted(refused.items())}
