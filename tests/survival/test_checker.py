"""The comparison itself: whatever a server did to one response of many, or to one hand-in, is seen.

The database is brought into the state in which a broken server would have left it, with a chain that adds up
again wherever such a server would have made one.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select, update

from tests.factories.delivery import change, make_seated_sitting, make_working_attempt
from tests.survival import checker
from tests.survival.record import Record
from trainhub import ledger
from trainhub.exams import delivery
from trainhub.exams.delivery.batch import change_of
from trainhub.exams.delivery.beacon import milliseconds
from trainhub.exams.delivery.chain import first_link, hash_token, next_link, seal_of
from trainhub.exams.delivery.deeds import HandIn
from trainhub.exams.delivery.models import Attempt, Response
from trainhub.exams.delivery.presenting import completed
from trainhub.exams.delivery.writer import writer
from trainhub.kernel.db import db, transaction
from trainhub.ledger import Entry

SEATS, ANSWERS = 6, 40
CHANCE = random.Random(7)


@pytest.fixture
def folder(app, tmp_path):
    """An exam that went well, with the notes of its candidates; nothing is amiss."""
    sitting = make_seated_sitting()
    record = Record(tmp_path / "record.jsonl")
    Record(tmp_path / "director.jsonl").flush()
    begun = [make_working_attempt(sitting, seat) for seat in range(1, SEATS + 1)]
    seats = [(attempt.code, token) for attempt, token in begun]
    for code, token in seats:
        with transaction():
            ledger.append("attempt.started", by=None, side="exam", attempt=code)
        _sit(record, code, token)
    record.flush()
    assert checker.check(tmp_path).problems == []
    return tmp_path


def _sit(record: Record, code: str, token: str) -> None:
    for number in range(1, ANSWERS + 1):
        made = change(number, CHANCE.randint(1, 4), CHANCE.choice("TF"), shown_ms=number)
        record.note("made", attempt=code, change=made.facts())
        sent = time.time()
        db.session.rollback()
        taken = delivery.append(code, token, [made])
        record.note(
            "acknowledged",
            attempt=code,
            contents={number: number},
            sent=sent,
            late=False,
            last_sequence=taken.last_sequence,
            head=taken.head,
            links=taken.links,
            now=milliseconds(taken.now),
            deadline=milliseconds(taken.deadline),
        )
    sent = time.time()
    told = completed(writer().submit(HandIn(hash_token(token), ANSWERS, code)))
    kept = ("receipt", "seal", "ending", "ended_at", "last_sequence", "head", "deadline", "now")
    record.note(
        "handed_in", attempt=code, sent=sent, last=ANSWERS, unsent=False, **{k: told[k] for k in kept}
    )


def _an_attempt() -> Attempt:
    return db.session.scalars(select(Attempt).order_by(Attempt.id).offset(3)).first()


def _rows(attempt: Attempt) -> list[dict]:
    wanted = select(Response.__table__).where(Response.attempt_id == attempt.id).order_by(Response.sequence)
    return [dict(row) for row in db.session.execute(wanted).mappings()]


def _keep(attempt: Attempt, rows: list[dict]) -> None:
    """Write a journal anew as a server would that got these changes in this order, seal and ledger too."""
    db.session.execute(delete(Response).where(Response.attempt_id == attempt.id))
    link = first_link(attempt.code, attempt.sitting.code, attempt.paper_code, attempt.form)
    for number, row in enumerate(rows, 1):
        row["sequence"] = number
        remarks = {"circumstance": row["circumstance"]} if row["circumstance"] else {}
        link = row["link"] = next_link(link, change_of(row), row["received_at"], **remarks)
    db.session.execute(insert(Response), rows)
    attempt.last_sequence, attempt.head = len(rows), link
    attempt.seal = seal_of(attempt.code, len(rows), link, attempt.ended_at, attempt.ending)
    entry = db.session.scalars(select(Entry).where(Entry.leaf_hash == attempt.ledger_leaf)).one()
    facts = json.loads(entry.body)
    facts["facts"] |= {"entries": len(rows), "head": link, "seal": attempt.seal}
    body = json.dumps(facts)
    db.session.execute(update(Entry).where(Entry.leaf_hash == attempt.ledger_leaf).values(body=body))


def lose_one(attempt):
    rows = _rows(attempt)
    _keep(attempt, rows[:17] + rows[18:])


def lose_the_last(attempt):
    _keep(attempt, _rows(attempt)[:-1])


def double_one(attempt):
    rows = _rows(attempt)
    _keep(attempt, [*rows[:18], dict(rows[17]), *rows[18:]])


def double_at_the_end(attempt):
    rows = _rows(attempt)
    _keep(attempt, [*rows, dict(rows[-1])])


def change_order(attempt):
    rows = _rows(attempt)
    rows[17], rows[18] = rows[18], rows[17]
    _keep(attempt, rows)


def change_one(attempt):
    rows = _rows(attempt)
    rows[17]["response"] = '"F"' if rows[17]["response"] == '"T"' else '"T"'
    _keep(attempt, rows)


def change_one_and_no_link(attempt):
    own = (Response.attempt_id == attempt.id, Response.sequence == 18)
    db.session.execute(update(Response).where(*own).values(flagged=True))


def invent_one(attempt):
    rows = _rows(attempt)
    _keep(attempt, [*rows, rows[-1] | {"shown_ms": 999}])


def lose_the_hand_in(attempt):
    attempt.state, attempt.ended_at, attempt.ending = "working", None, None
    attempt.receipt = attempt.seal = attempt.ledger_leaf = None


def hand_in_anew(attempt):
    attempt.receipt = "AAAA-BBBB-CCCC"


def lose_everything(attempt):
    db.session.execute(delete(Response).where(Response.attempt_id == attempt.id))
    attempt.last_sequence = 0


BREAKING: list[tuple[Callable[[Attempt], None], str]] = [
    (lose_one, "changed"),
    (lose_the_last, "lost"),
    (double_one, "doubled"),
    (double_at_the_end, "doubled"),
    (change_order, "changed"),
    (change_one, "foreign"),
    (change_one_and_no_link, "foreign"),
    (invent_one, "foreign"),
    (lose_the_hand_in, "lost"),
    (hand_in_anew, "changed"),
    (lose_everything, "lost"),
]


@pytest.mark.parametrize(("break_it", "kind"), BREAKING, ids=lambda each: getattr(each, "__name__", each))
def test_one_broken_thing_among_all_the_others_is_named(folder, break_it, kind):
    with transaction():
        attempt = _an_attempt()
        code = attempt.code
        break_it(attempt)

    verdict = checker.check(folder)

    assert kind in verdict.kinds()
    of_attempts = [each for each in verdict.problems if not each.startswith(("ledger", "receipt"))]
    assert all(code in each for each in of_attempts)


def test_an_exam_in_which_nobody_did_anything_is_not_passed(app, tmp_path):
    make_working_attempt(make_seated_sitting())
    for name in ("record.jsonl", "director.jsonl"):
        Record(tmp_path / name).flush()

    assert checker.check(tmp_path).kinds()["empty"] == 2
