"""Keeping what a page noticed, in the batch of the journal: no event waits for a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, func, insert, select, tuple_

from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import WatchEvent
from trainhub.exams.delivery.noticing import (
    LARGEST_NUMBER,
    LARGEST_REFUSED,
    MOST_EVENTS,
    MOST_REFUSED,
    EventKind,
    Noticed,
    size_of,
)
from trainhub.exams.delivery.sheet import Notebook, Sheet
from trainhub.kernel.errors import TooMany
from trainhub.kernel.i18n import _l

_a, _e = Attempt.__table__.c, WatchEvent.__table__.c
_BOOKS = (
    select(_a.id, _a.admitted_at, func.count(_e.id))
    .select_from(Attempt)
    .outerjoin(WatchEvent, (_e.attempt_id == _a.id) & (_e.number <= LARGEST_NUMBER))
    .where(_a.id.in_(bindparam("ids", expanding=True)))
    .group_by(_a.id, _a.admitted_at)
)
_REFUSED = (
    select(_e.attempt_id, func.count(), func.sum(func.length(cast(_e.detail, Text))))
    .where(_e.attempt_id.in_(bindparam("ids", expanding=True)), _e.number > LARGEST_NUMBER)
    .group_by(_e.attempt_id)
)


@dataclass(frozen=True, slots=True)
class Note:
    """Keep what a page noticed; the same number again changes nothing, past a limit nothing is kept.

    Args:
        token_hash: which machine asks.
        attempt_code: the attempt that its page believes it belongs to.
        events: as read.
        agent: the browser as it names itself, kept with the machine.
        address: where the machine is in the network, kept with the machine.
    """

    token_hash: str | None
    attempt_code: str | None
    events: tuple[Noticed, ...]
    agent: str = ""
    address: str = ""

    def do(self, sheet: Sheet, now: datetime, key: bytes) -> int:
        """Return how many of the events were new."""
        book = _open(sheet)
        seen_by_server = {"agent": self.agent[:300], "address": self.address[:60]}
        before = len(book.fresh)
        for each in self.events:
            if each.number in book.numbers or book.kept >= MOST_EVENTS:
                continue
            book.kept += 1
            more = seen_by_server if each.kind is EventKind.MACHINE else {}
            _add(sheet, each, each.detail | more, now)
        return len(book.fresh) - before


@dataclass(frozen=True, slots=True)
class NoteRefused:
    """Keep an answer that could not be taken, before it is called so.

    However many there are, the first ones are kept as they were sent, and of every one its question, length
    and digest: a flood can neither fill the disk nor drive out what came before it.

    Args:
        token_hash: which machine asks.
        attempt_code: the attempt that its page believes it belongs to.
        refused: what it said.
    """

    token_hash: str | None
    attempt_code: str | None
    refused: Noticed

    @property
    def events(self) -> tuple[Noticed, ...]:
        """What is to be looked up before it is done."""
        return (self.refused,)

    def do(self, sheet: Sheet, now: datetime, key: bytes) -> bool:
        """Keep it, unless it is kept already; returns whether it was new.

        Raises:
            TooMany: so many are kept that no more are.
        """
        book, detail = _open(sheet), self.refused.detail
        if self.refused.number in book.numbers:
            return False
        if book.refused >= MOST_REFUSED:
            raise TooMany(_l("This machine tells too much at once."))
        if book.refused_size + size_of(detail) > LARGEST_REFUSED:
            detail = {name: value for name, value in detail.items() if name != "said"}
        book.refused += 1
        book.refused_size += size_of(detail)
        _add(sheet, self.refused, detail, now)
        return True


def _open(sheet: Sheet) -> Notebook:
    assert sheet.notebook is not None, "opened before the deeds are judged"
    return sheet.notebook


def _add(sheet: Sheet, each: Noticed, detail: dict[str, Any], now: datetime) -> None:
    book = _open(sheet)
    book.numbers.add(each.number)
    row = {
        "attempt_id": sheet.attempt_id,
        "number": each.number,
        "kind": each.kind.value,
        "at": max(now - timedelta(milliseconds=each.ago_ms), book.admitted_at),
        "received_at": now,
        "detail": detail,
    }
    book.fresh.append(row)


def open_notebooks(connection: Connection, pairs: Sequence[tuple[Sheet | None, Any]]) -> None:
    """Give each sheet that gets events what is known of its earlier ones."""
    noted = [
        (sheet, deed) for sheet, deed in pairs if sheet is not None and isinstance(deed, (Note, NoteRefused))
    ]
    if not noted:
        return
    sheets = {sheet.attempt_id: sheet for sheet, _deed in noted}
    for attempt_id, admitted_at, kept in connection.execute(_BOOKS, {"ids": sorted(sheets)}):
        sheets[attempt_id].notebook = Notebook(admitted_at, kept)
    refused = sorted({sheet.attempt_id for sheet, deed in noted if isinstance(deed, NoteRefused)})
    for attempt_id, number, size in connection.execute(_REFUSED, {"ids": refused}) if refused else ():
        book = _open(sheets[attempt_id])
        book.refused, book.refused_size = number, size
    told = sorted({(sheet.attempt_id, each.number) for sheet, deed in noted for each in deed.events})
    wanted = select(_e.attempt_id, _e.number).where(tuple_(_e.attempt_id, _e.number).in_(told))
    for attempt_id, number in connection.execute(wanted):
        _open(sheets[attempt_id]).numbers.add(number)


def append_events(connection: Connection, sheets: Sequence[Sheet]) -> None:
    """Write the new events of a batch."""
    rows = [row for sheet in sheets if sheet.notebook is not None for row in sheet.notebook.fresh]
    if rows:
        # Of a single row its number would be asked back, which PostgreSQL tells after the commit here.
        connection.execute(insert(WatchEvent).inline(), rows)
