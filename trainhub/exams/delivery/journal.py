"""The answer journal: what a packet of changes does to a candidate's sheet.

A packet is taken whole or refused whole. What arrives in time goes into the journal; what arrives after the
end, chained to a sign of the server from before it, goes into the late journal and counts only once it is
confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from trainhub.exams.delivery.beacon import Beacon, is_genuine, light
from trainhub.exams.delivery.chain import Change
from trainhub.exams.delivery.models import AttemptState, Circumstance, Ending, LateState
from trainhub.exams.delivery.sheet import Sheet
from trainhub.exams.sittings import SittingState
from trainhub.kernel.errors import Conflict, DomainError, Invalid
from trainhub.kernel.i18n import _l

GAP_IN_THE_NETWORK = timedelta(seconds=90)
TAKES_LATE = (SittingState.OPEN, SittingState.CLOSED)
LATE_ENDINGS = (Ending.DEADLINE, Ending.SITTING_CLOSED)


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


class Unfit(Invalid):
    """One change of a packet is none that could ever be taken; the page sets it aside and goes on without.

    Args:
        problem: what is wrong with it.
        place: where it stands in the packet, from 0.
        change: what it said, as it was sent.
    """

    reason = "unfit"

    def __init__(self, problem: Invalid, place: int, change: object) -> None:
        super().__init__(problem.message)
        self.place = place
        self.change = change


class Overloaded(DomainError):
    """The server cannot take the packet now; the page keeps it and tries again."""

    status = 503


@dataclass(frozen=True, slots=True)
class Packet:
    """What one request brings: attempt, token hash, changes in order (none: a sign of life), last beacon."""

    attempt_code: str
    token_hash: str
    changes: tuple[Change, ...]
    beacon: Beacon | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What is durable: last number and link of the journal, and the links of this packet.

    ``late`` tells that changes of the packet went into the late journal; ``paused`` how time stands still;
    ``beacon_key`` makes the page's next beacon, and is None where it gets none.
    """

    attempt_code: str
    last_sequence: int
    head: str
    links: dict[int, str]
    state: str
    deadline: datetime | None
    hand_in_from: datetime
    now: datetime
    beacon_key: bytes | None = field(repr=False)
    paused: dict[str, Any] | None
    late: bool

    @property
    def beacon(self) -> dict[str, Any] | None:
        """A fresh beacon, made by who asks for it, for other processes wait until a batch is done."""
        if self.beacon_key is None:
            return None
        return light(self.beacon_key, self.attempt_code, self.now, self.last_sequence)


def take(sheet: Sheet, packet: Packet, now: datetime, key: bytes) -> Acknowledgement:
    """Take a packet, or raise and leave the sheet as it was.

    Args:
        sheet: of the attempt, held.
        packet: what arrived.
        now: by the server's clock, read when the sheet was held.
        key: of beacons.

    Raises:
        JournalRefusal: not begun, over, handed in, a gap, or a number used for something else.
        Unfit: an answer that the question does not offer.
    """
    changes = packet.changes
    new = [change for change in changes if not _is_repeated(sheet, change)] if changes else ()
    if new:
        if _is_late(sheet, now):
            _take_late(sheet, new, packet, now, key)
        else:
            _take_in_time(sheet, new, packet, now, key)
    if sheet.is_open:
        sheet.seen_at = now
    return Acknowledgement(
        attempt_code=sheet.code,
        last_sequence=sheet.newest,
        head=sheet.newest_link,
        links={change.sequence: sheet.known[change.sequence][1] for change in changes},
        state=sheet.state,
        deadline=sheet.deadline_at(now),
        hand_in_from=sheet.hand_in_from(),
        now=now,
        beacon_key=key if sheet.goes_on(now) else None,
        paused=sheet.paused(),
        late=bool(sheet.late_sequence) and any(each.sequence > sheet.last_sequence for each in changes),
    )


def _is_repeated(sheet: Sheet, change: Change) -> bool:
    if change.sequence > sheet.newest:
        return False
    if sheet.known[change.sequence][0] != change:
        raise JournalRefusal(Reason.CHANGED, sheet.newest + 1)
    return True


def _is_late(sheet: Sheet, now: datetime) -> bool:
    if sheet.state == AttemptState.ADMITTED or not sheet.has_begun:
        raise JournalRefusal(Reason.NOT_STARTED, sheet.newest + 1)
    return sheet.state == AttemptState.HANDED_IN or sheet.is_over(now)


def _take_in_time(sheet: Sheet, new: Sequence[Change], packet: Packet, now: datetime, key: bytes) -> None:
    _check(sheet, new, packet)
    beacon = packet.beacon
    if sheet.state == AttemptState.PAUSED:
        circumstance = Circumstance.PAUSED
    elif beacon and now - beacon.at > GAP_IN_THE_NETWORK and is_genuine(key, sheet.code, beacon):
        circumstance = Circumstance.OFFLINE
    else:
        circumstance = Circumstance.PROMPT
    for change in new:
        sheet.add(change, now, circumstance)


def _take_late(sheet: Sheet, new: Sequence[Change], packet: Packet, now: datetime, key: bytes) -> None:
    """Put changes into the late journal: they follow the sealed journal and a beacon from before the end."""
    if sheet.state == AttemptState.HANDED_IN and sheet.ending not in LATE_ENDINGS:
        raise JournalRefusal(Reason.HANDED_IN, sheet.newest + 1)
    beacon = packet.beacon
    open_to_late = sheet.sitting_state in TAKES_LATE and sheet.late_state in (
        LateState.NONE,
        LateState.PROVISIONAL,
    )
    if beacon is None or not open_to_late or not is_genuine(key, sheet.code, beacon):
        raise JournalRefusal(Reason.DEADLINE, sheet.newest + 1)
    if sheet.deadline is None or beacon.at > sheet.deadline or beacon.sequence > sheet.last_sequence:
        raise JournalRefusal(Reason.DEADLINE, sheet.newest + 1)
    _check(sheet, new, packet)
    if sheet.state != AttemptState.HANDED_IN:
        sheet.close(Ending.DEADLINE, now, by_id=None)
    for change in new:
        sheet.add_late(change, now, beacon)


def _check(sheet: Sheet, new: Sequence[Change], packet: Packet) -> None:
    expected = sheet.newest + 1
    slots = sheet.slots
    for number, change in enumerate(new, start=expected):
        if change.sequence != number:
            raise JournalRefusal(Reason.GAP, expected)
        try:
            if change.position > len(slots):
                raise Invalid(_l("There is no such question on this paper."))
            slots[change.position - 1].check(change.response)
        except Invalid as problem:
            raise Unfit(problem, packet.changes.index(change), change.facts()) from None
