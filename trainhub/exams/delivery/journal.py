"""The answer journal (design, section 4): appended, chained, and acknowledged only once it is durable.

A batch of packets is judged and written in one transaction (group commit); ``writer`` gathers the batches.
Everything else reads the journal later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, tuple_, update

from trainhub.exams.delivery.chain import Change, How, next_link
from trainhub.exams.delivery.form import read_form
from trainhub.exams.delivery.models import Attempt, AttemptState, Response
from trainhub.kernel import clock
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, DomainError, Invalid, NotSignedIn
from trainhub.kernel.i18n import _l


class Reason(StrEnum):
    """Why the journal refused a packet; the candidate's page acts on it."""

    NOT_STARTED = "not_started"
    DEADLINE = "deadline"
    HANDED_IN = "handed_in"
    GAP = "gap"
    CHANGED = "changed"


SENTENCES = {
    Reason.NOT_STARTED: _l("The exam has not begun for you yet."),
    Reason.DEADLINE: _l("Your time is over; nothing more is accepted."),
    Reason.HANDED_IN: _l("The paper has been handed in; nothing more is accepted."),
    Reason.GAP: _l("Earlier changes are missing; they must be sent first."),
    Reason.CHANGED: _l("A change with this number was received with other content."),
}


class JournalRefusal(Conflict):
    """The journal did not take a packet, and nothing of it was kept.

    Args:
        reason: why.
        expected: the number of the next change that the journal takes.
    """

    def __init__(self, reason: Reason, expected: int) -> None:
        super().__init__(SENTENCES[reason])
        self.reason = reason
        self.expected = expected


class Overloaded(DomainError):
    """The server cannot take the packet now; the page keeps it and tries again."""

    status = 503


@dataclass(frozen=True)
class Packet:
    """What one request brings: attempt, token hash, changes in order (none: a sign of life)."""

    attempt_code: str
    token_hash: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Acknowledgement:
    """What is durable: last number and link of the journal, and the links of this packet."""

    last_sequence: int
    head: str
    links: dict[int, str]
    state: str
    deadline: datetime | None
    now: datetime


@dataclass
class _Page:
    """One attempt's journal while a batch is being written."""

    attempt_id: int
    code: str
    state: str
    deadline: datetime | None
    form: str | None
    last_sequence: int
    head: str
    seen_at: datetime | None = None
    answered_at: datetime | None = None
    known: dict[int, tuple[Change, str]] = field(default_factory=dict)
    fresh: list[dict[str, Any]] = field(default_factory=list)

    def acknowledge(self, packet: Packet, now: datetime) -> Acknowledgement:
        """Take a packet whole, or raise and leave everything as it was."""
        new = [change for change in packet.changes if not self._is_repeated(change)]
        if new:
            self._check(new, now)
            for change in new:
                self._add(change, now)
        if self.state == AttemptState.WORKING:
            self.seen_at = now
        links = {change.sequence: self.known[change.sequence][1] for change in packet.changes}
        return Acknowledgement(self.last_sequence, self.head, links, self.state, self.deadline, now)

    def _is_repeated(self, change: Change) -> bool:
        if change.sequence > self.last_sequence:
            return False
        if self.known[change.sequence][0] != change:
            raise JournalRefusal(Reason.CHANGED, self.last_sequence + 1)
        return True

    def _check(self, new: Sequence[Change], now: datetime) -> None:
        expected = self.last_sequence + 1
        if self.state == AttemptState.HANDED_IN:
            raise JournalRefusal(Reason.HANDED_IN, expected)
        if self.state != AttemptState.WORKING or self.deadline is None or self.form is None:
            raise JournalRefusal(Reason.NOT_STARTED, expected)
        if now > self.deadline:
            raise JournalRefusal(Reason.DEADLINE, expected)
        if [change.sequence for change in new] != list(range(expected, expected + len(new))):
            raise JournalRefusal(Reason.GAP, expected)
        form = read_form(self.form)
        for change in new:
            if change.position > len(form):
                raise Invalid(_l("There is no such question on this paper."))
            form[change.position - 1].check(change.response)

    def _add(self, change: Change, now: datetime) -> None:
        self.head = next_link(self.head, change, now)
        self.last_sequence = change.sequence
        self.answered_at = now
        self.known[change.sequence] = (change, self.head)
        self.fresh.append(
            change.facts()
            | {"attempt_id": self.attempt_id, "received_at": now, "link": self.head}
            | {"response": json.dumps(change.response, separators=(",", ":"))}
        )

    def head_row(self) -> dict[str, Any]:
        """Return what the attempt's row keeps of its journal."""
        return {
            "key": self.attempt_id,
            "seen": self.seen_at,
            "answered": self.answered_at,
            "last": self.last_sequence,
            "link": self.head,
        }


def commit_packets(packets: Sequence[Packet]) -> list[Acknowledgement | DomainError]:
    """Write a batch in one transaction; when this returns, what it acknowledges is on disk.

    Args:
        packets: in the order of arrival.

    Returns:
        For each packet its acknowledgement, or why it was refused; a refused packet leaves no trace.
    """
    with db.engine.begin() as connection:
        pages = _lock_pages(connection, {packet.token_hash for packet in packets})
        _read_known(connection, pages, packets)
        # The clock is read when the lock is held: an answer that waited past its deadline is late.
        now = clock.now()
        outcomes = [_judge(pages.get(packet.token_hash), packet, now) for packet in packets]
        _write(connection, pages.values())
    return outcomes


def _judge(page: _Page | None, packet: Packet, now: datetime) -> Acknowledgement | DomainError:
    if page is None or page.code != packet.attempt_code:
        return NotSignedIn(_l("This machine may not write to the exam. Ask the invigilator."))
    try:
        return page.acknowledge(packet, now)
    except DomainError as refusal:
        return refusal


def _lock_pages(connection: Connection, token_hashes: set[str]) -> dict[str, _Page]:
    columns = Attempt.__table__.c
    wanted = (
        select(
            columns.token_hash, columns.id, columns.code, columns.state, columns.deadline, columns.form,
            columns.last_sequence, columns.head,
        )
        .where(columns.token_hash.in_(token_hashes))
        .order_by(columns.id)
        .with_for_update()
    )  # fmt: skip
    return {row.token_hash: _Page(*row[1:]) for row in connection.execute(wanted)}


def _read_known(connection: Connection, pages: dict[str, _Page], packets: Sequence[Packet]) -> None:
    """Fetch the rows that a packet repeats, so that a retry gets the same links as the first time."""
    by_attempt = {page.attempt_id: page for page in pages.values()}
    keys = {
        (page.attempt_id, change.sequence)
        for packet in packets
        if (page := pages.get(packet.token_hash))
        for change in packet.changes
        if change.sequence <= page.last_sequence
    }
    if not keys:
        return
    columns = Response.__table__.c
    wanted = select(Response.__table__).where(tuple_(columns.attempt_id, columns.sequence).in_(sorted(keys)))
    for row in connection.execute(wanted).mappings():
        by_attempt[row["attempt_id"]].known[row["sequence"]] = (change_of(row), row["link"])


def change_of(row: RowMapping) -> Change:
    """Return a stored row of the journal as the change it records."""
    return Change(
        sequence=row["sequence"],
        position=row["position"],
        response=json.loads(row["response"]),
        flagged=row["flagged"],
        how=How(row["how"]),
        shown_ms=row["shown_ms"],
    )


def _write(connection: Connection, pages: Iterable[_Page]) -> None:
    seen = [page for page in pages if page.seen_at is not None]
    fresh = [row for page in seen for row in page.fresh]
    if fresh:
        connection.execute(insert(Response), fresh)
    columns = Attempt.__table__.c
    touch = update(Attempt).where(columns.id == bindparam("key"))
    beats = [{"key": page.attempt_id, "seen": page.seen_at} for page in seen if not page.fresh]
    if beats:
        connection.execute(touch.values(last_seen_at=bindparam("seen")), beats)
    heads = [
        {
            "key": p.attempt_id,
            "seen": p.seen_at,
            "answered": p.answered_at,
            "last": p.last_sequence,
            "link": p.head,
        }
        for p in seen
        if p.fresh
    ]
    if heads:
        moved = touch.values(
            last_seen_at=bindparam("seen"),
            last_response_at=bindparam("answered"),
            last_sequence=bindparam("last"),
            head=bindparam("link"),
        )
        connection.execute(moved, heads)
