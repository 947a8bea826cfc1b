"""A batch of deeds in one transaction: sheets held, judged one after the other, written back at once.

Many requests share one commit; nothing is acknowledged before it is done. Whoever else wants to change an
attempt waits for the same rows, so a batch and a deed of the desk never cross.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import Connection, RowMapping, bindparam, insert, select, tuple_

from trainhub import ledger
from trainhub.exams.delivery import quick
from trainhub.exams.delivery.beacon import beacon_key
from trainhub.exams.delivery.chain import Change, How
from trainhub.exams.delivery.deeds import Save
from trainhub.exams.delivery.form import Slot, slots_of
from trainhub.exams.delivery.models import Attempt, Halt, LateResponse, Response
from trainhub.exams.delivery.noting import append_events, open_notebooks
from trainhub.exams.delivery.sheet import Sheet
from trainhub.exams.sittings.models import Sitting
from trainhub.kernel import clock
from trainhub.kernel.errors import DomainError, NotSignedIn
from trainhub.kernel.i18n import _l
from trainhub.kernel.many import Reading

KNOWN_FORMS = 20_000

_a, _s, _h = Attempt.__table__.c, Sitting.__table__.c, Halt.__table__.c
_SHEETS = (
    select(
        _a.token_hash, _a.id, _a.code, _a.round, _a.state, _a.paper_code,
        _a.started_at.is_not(None), _a.deadline, _a.last_sequence, _a.head,
        _a.extra_seconds, _a.halted_seconds, _a.paused_at, _a.ended_at, _a.ending, _a.receipt, _a.seal,
        _a.late_state, _a.late_sequence, _a.late_head,
        _s.code, _s.state, _s.paper_code, _s.starts_at, _s.minutes, _s.late_entry_minutes,
        _s.early_hand_in_minutes,
        _h.kind, _h.began_at, _h.resumes_at,
    )
    .select_from(Attempt)
    .join(Sitting, Sitting.id == Attempt.sitting_id)
    .outerjoin(Halt, Halt.id == Attempt.halt_id)
    .order_by(_a.id)
)  # fmt: skip
_HELD = _SHEETS.with_for_update(of=Attempt, key_share=True)
"""Held against whoever would change an attempt, not against whoever adds something that belongs to one."""

_BY_TOKEN = Reading(_HELD, among=(_a.token_hash, "tokens"))
_BY_ID = Reading(_HELD, among=(_a.id, "ids"))
_HALTS = (
    select(_a.id, _h.kind, _h.began_at, _h.resumes_at)
    .join(Halt, Halt.id == _a.halt_id)
    .where(_a.id.in_(bindparam("ids", expanding=True)))
)
_STATES = (
    select(_s.code, _s.state)
    .where(_s.code.in_(bindparam("codes", expanding=True)))
    .order_by(_s.code)
    .with_for_update(read=True)
)
_OF_MACHINE = _SHEETS.where(_a.token_hash == bindparam("token"))
_FORMS = Reading(select(_a.id, _a.form), among=(_a.id, "ids"))


class Deed(Protocol):
    """Something to be done to one attempt."""

    @property
    def token_hash(self) -> str | None:
        """The token of the machine that asks; None where the attempt is named by its number."""

    @property
    def attempt_code(self) -> str | None:
        """The attempt that the page believes it writes to; None where nobody needs to say."""

    def do(self, sheet: Sheet, now: Any, key: bytes) -> Any:
        """Judge and change the sheet, or raise and leave it as it was."""


Outcome = Any
"""What a deed returned, or the DomainError with which it was refused."""


def do_all(
    deeds: Sequence[Deed], connection: Connection, reading_is_over: Callable[[], object]
) -> list[Outcome]:
    """Do the deeds of machines in one transaction that the caller commits.

    Args:
        deeds: in the order of arrival, each with its token.
        connection: in a transaction that may write.
        reading_is_over: called before the first row is written.

    Returns:
        For each deed what it returned, or why it was refused; a refused deed leaves no trace.
    """
    tokens = {deed.token_hash for deed in deeds}
    rows = _BY_TOKEN.rows(connection, {"tokens": sorted(token for token in tokens if token)})
    sheets = {row[0]: Sheet(*row) for row in rows}
    outcomes = _judged(connection, [(sheets.get(deed.token_hash), deed) for deed in deeds])
    reading_is_over()
    _write(connection, list(sheets.values()))
    return outcomes


def look(connection: Connection, token_hash: str) -> Sheet | None:
    """Return the sheet of a machine's attempt without holding it: for looking alone."""
    row = connection.execute(_OF_MACHINE, {"token": token_hash}).first()
    return None if row is None else Sheet(*row)


def do_to(connection: Connection, attempt_ids: Iterable[int], deed: Deed) -> list[Outcome]:
    """Do one deed to some attempts, in the order of their numbers."""
    rows = _BY_ID.rows(connection, {"ids": sorted(attempt_ids)})
    sheets = [Sheet(*row) for row in rows]
    outcomes = _judged(connection, [(sheet, deed) for sheet in sheets])
    _write(connection, sheets)
    return outcomes


def _judged(connection: Connection, pairs: Sequence[tuple[Sheet | None, Deed]]) -> list[Outcome]:
    _read_halts(connection, [sheet for sheet, _deed in pairs if sheet is not None])
    _read_states(connection, pairs)
    _read_known(connection, pairs)
    _give_slots(connection, pairs)
    open_notebooks(connection, pairs)
    key = beacon_key()
    # The clock is read when the rows are held: an answer that waited past its deadline is late.
    now = clock.now()
    return [_outcome(sheet, deed, now, key) for sheet, deed in pairs]


def _read_halts(connection: Connection, sheets: Sequence[Sheet]) -> None:
    """Learn of a pause for which a batch had waited: with the sheets it saw what there was before."""
    unknown = {each.attempt_id: each for each in sheets if each.paused_at and each.halt_kind is None}
    if unknown:
        for attempt_id, *halt in connection.execute(_HALTS, {"ids": sorted(unknown)}):
            sheet = unknown[attempt_id]
            sheet.halt_kind, sheet.halt_began_at, sheet.halt_resumes_at = halt


def _read_states(connection: Connection, pairs: Sequence[tuple[Sheet | None, Deed]]) -> None:
    """Learn whether a sitting still takes what comes late: whoever is just marking it is waited for."""
    now = clock.now()
    late: dict[str, list[Sheet]] = {}
    for sheet, deed in pairs:
        if sheet is not None and isinstance(deed, Save) and deed.packet.changes and not sheet.goes_on(now):
            late.setdefault(sheet.sitting_code, []).append(sheet)
    if late:
        for code, state in connection.execute(_STATES, {"codes": sorted(late)}):
            for sheet in late[code]:
                sheet.sitting_state = state


def _outcome(sheet: Sheet | None, deed: Deed, now: Any, key: bytes) -> Outcome:
    if sheet is None or deed.attempt_code not in (None, sheet.code):
        return NotSignedIn(_l("This machine may not write to the exam. Ask the invigilator."))
    try:
        return deed.do(sheet, now, key)
    except DomainError as refusal:
        return refusal


def _read_known(connection: Connection, pairs: Sequence[tuple[Sheet | None, Deed]]) -> None:
    """Fetch the rows that a packet repeats, so that a retry gets the same links as the first time."""
    by_attempt: dict[int, Sheet] = {}
    keys: set[tuple[int, int]] = set()
    for sheet, deed in pairs:
        if sheet is not None and isinstance(deed, Save):
            for change in deed.packet.changes:
                if change.sequence <= sheet.newest:
                    by_attempt[sheet.attempt_id] = sheet
                    keys.add((sheet.attempt_id, change.sequence))
    if not keys:
        return
    for model in (Response, LateResponse):
        columns = model.__table__.c
        wanted = select(model.__table__).where(tuple_(columns.attempt_id, columns.sequence).in_(sorted(keys)))
        for row in connection.execute(wanted).mappings():
            by_attempt[row["attempt_id"]].known[row["sequence"]] = (change_of(row), row["link"])


def change_of(row: RowMapping | Mapping[str, Any]) -> Change:
    """Return a stored row of the journal as the change it records."""
    return Change(
        sequence=row["sequence"],
        position=row["position"],
        response=json.loads(row["response"]),
        flagged=row["flagged"],
        how=How(row["how"]),
        shown_ms=row["shown_ms"],
    )


def _give_slots(connection: Connection, pairs: Sequence[tuple[Sheet | None, Deed]]) -> None:
    """Give each sheet that gets new answers what can be answered at each place of its form."""
    known: OrderedDict[int, tuple[Slot, ...]] = current_app.extensions.setdefault("slots", OrderedDict())
    missing: dict[int, Sheet] = {}
    for sheet, deed in pairs:
        if sheet is None or not sheet.has_begun or not isinstance(deed, Save) or not deed.packet.changes:
            continue
        slots = known.get(sheet.attempt_id)
        if slots is None:
            missing[sheet.attempt_id] = sheet
        else:
            sheet.slots = slots
    if not missing:
        return
    for attempt_id, form in _FORMS.rows(connection, {"ids": sorted(missing)}):
        missing[attempt_id].slots = known[attempt_id] = slots_of(form or "[]")
    while len(known) > KNOWN_FORMS:
        known.popitem(last=False)


def _write(connection: Connection, sheets: Sequence[Sheet]) -> None:
    quick.RESPONSES.insert(connection, [row for sheet in sheets for row in sheet.fresh])
    late = [row for sheet in sheets for row in sheet.fresh_late]
    if late:
        connection.execute(insert(LateResponse), late)
    append_events(connection, sheets)
    _append_leaves(connection, sheets)
    quick.BEGUN.update(connection, [each.begun | {"id": each.attempt_id} for each in sheets if each.begun])
    quiet = [each for each in sheets if each.seen_at and not each.begun and not each.fresh]
    quick.SEEN.update(connection, [{"last_seen_at": each.seen_at, "id": each.attempt_id} for each in quiet])
    quick.HEADS.update(connection, [_head(each) for each in sheets if each.fresh])
    quick.CLOSED.update(connection, [_end(each.attempt_id, each.closed) for each in sheets if each.closed])
    quick.LATE.update(connection, [_late(each) for each in sheets if each.fresh_late])


def _head(sheet: Sheet) -> dict[str, Any]:
    return {
        "last_seen_at": sheet.seen_at or sheet.answered_at,
        "last_response_at": sheet.answered_at,
        "last_sequence": sheet.last_sequence,
        "head": sheet.head,
        "id": sheet.attempt_id,
    }


def _end(attempt_id: int, closed: dict[str, Any]) -> dict[str, Any]:
    return closed | {"paused_at": None, "halt_id": None, "id": attempt_id}


def _late(sheet: Sheet) -> dict[str, Any]:
    return {
        "late_state": sheet.late_state,
        "late_sequence": sheet.late_sequence,
        "late_head": sheet.late_head,
        "late_received_at": sheet.fresh_late[-1]["received_at"],
        "id": sheet.attempt_id,
    }


def _append_leaves(connection: Connection, sheets: Sequence[Sheet]) -> None:
    """Record beginnings and endings in the ledger, and note the leaf of each ending with its attempt."""
    drafts = [(sheet, leaf) for sheet in sheets for leaf in sheet.leaves]
    if not drafts:
        return
    hashes = ledger.append_all(connection, [leaf for _sheet, leaf in drafts], side="exam")
    for (sheet, (kind, _by, _facts)), leaf_hash in zip(drafts, hashes, strict=True):
        if kind == "attempt.handed_in" and sheet.closed is not None:
            sheet.closed["ledger_leaf"] = leaf_hash
