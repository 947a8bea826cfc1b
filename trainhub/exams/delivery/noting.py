"""Keeping what a page noticed, in the batch of the journal: no event waits for a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, tuple_

from trainhub.exams.delivery.models import Attempt
from trainhub.exams.delivery.models_watch import WatchEvent
from trainhub.exams.delivery.noticing import MOST_EVENTS, MOST_REFUSED, EventKind, Noticed
from trainhub.exams.delivery.sheet import Notebook, Sheet
from trainhub.kernel.errors import TooMany
from trainhub.kernel.i18n import _l

_a, _e = Attempt.__table__.c, WatchEvent.__table__.c
_BOOKS = (
    select(_a.id, _a.admitted_at, func.count(_e.id))
    .select_from(Attempt)
    .outerjoin(WatchEvent, _e.attempt_id == _a.id)
    .where(_a.id.in_(bindparam("ids", expanding=True)))
    .group_by(_a.id, _a.admitted_at)
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
        must: whether it is refused where there are too many already, instead of being passed over.
    """

    token_hash: str | None
    attempt_code: str | None
    events: tuple[Noticed, ...]
    agent: str = ""
    address: str = ""
    must: bool = False

    def do(self, sheet: Sheet, now: datetime, key: bytes) -> int:
        """Return how many of the events were new.

        Raises:
            TooMany: there are too many of what must be kept.
        """
        book = sheet.notebook
        assert book is not None, "opened before the deeds are judged"
        seen_by_server = {"agent": self.agent[:300], "address": self.address[:60]}
        before = len(book.fresh)
        for each in self.events:
            if each.number in book.numbers:
                continue
            if book.kept >= MOST_EVENTS + MOST_REFUSED * self.must:
                if self.must:
                    raise TooMany(_l("This machine tells too much at once."))
                continue
            book.numbers.add(each.number)
            book.kept += 1
            told_at = now - timedelta(milliseconds=each.ago_ms)
            row = {
                "attempt_id": sheet.attempt_id,
                "number": each.number,
                "kind": each.kind.value,
                "at": max(told_at, book.admitted_at),
                "received_at": now,
                "detail": each.detail | (seen_by_server if each.kind is EventKind.MACHINE else {}),
            }
            book.fresh.append(row)
        return len(book.fresh) - before


def open_notebooks(connection: Connection, pairs: Sequence[tuple[Sheet | None, Any]]) -> None:
    """Give each sheet that gets events what is known of its earlier ones."""
    noted = [(sheet, deed) for sheet, deed in pairs if sheet is not None and isinstance(deed, Note)]
    if not noted:
        return
    sheets = {sheet.attempt_id: sheet for sheet, _deed in noted}
    for attempt_id, admitted_at, kept in connection.execute(_BOOKS, {"ids": sorted(sheets)}):
        sheets[attempt_id].notebook = Notebook(admitted_at, kept)
    told = sorted({(sheet.attempt_id, each.number) for sheet, deed in noted for each in deed.events})
    wanted = select(_e.attempt_id, _e.number).where(tuple_(_e.attempt_id, _e.number).in_(told))
    for attempt_id, number in connection.execute(wanted):
        sheets[attempt_id].notebook.numbers.add(number)  # type: ignore[union-attr]


def append_events(connection: Connection, sheets: Sequence[Sheet]) -> None:
    """Write the new events of a batch."""
    rows = [row for sheet in sheets if sheet.notebook is not None for row in sheet.notebook.fresh]
    if rows:
        # Of a single row its number would be asked back, which PostgreSQL tells after the commit here.
        connection.execute(insert(WatchEvent).inline(), rows)
