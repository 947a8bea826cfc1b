"""What may be done to an attempt: a candidate's machine saves, begins, hands in; the house closes.

Each deed judges one sheet by plain rules; ``batch`` holds the sheets and writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trainhub.exams.delivery.beacon import milliseconds
from trainhub.exams.delivery.drawing import Drawn, draw
from trainhub.exams.delivery.form import Form
from trainhub.exams.delivery.forms_prepared import prepared
from trainhub.exams.delivery.journal import SENTENCES, JournalRefusal, Packet, Reason, take
from trainhub.exams.delivery.models import AttemptState, Ending
from trainhub.exams.delivery.sheet import Sheet
from trainhub.exams.sittings import SittingState
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _, _l
from trainhub.kernel.pages import local_time

PAUSED = _l("The exam stands still for the moment. Please stay seated.")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an attempt stands after a deed, as the page is told it."""

    attempt_id: int
    sitting_code: str
    paper_code: str | None
    form: Form | None
    facts: dict[str, Any]
    beacon: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class FormMissing:
    """Nothing was done: this process must prepare the form document first."""

    paper_code: str | None
    sitting_code: str


@dataclass(frozen=True, slots=True)
class Save:
    """Take a packet of changes."""

    packet: Packet

    @property
    def token_hash(self) -> str | None:
        """Which machine asks."""
        return self.packet.token_hash

    @property
    def attempt_code(self) -> str | None:
        """Which attempt the page believes it writes to."""
        return self.packet.attempt_code

    def do(self, sheet: Sheet, now: datetime, key: bytes) -> Any:
        """Return the acknowledgement."""
        return take(sheet, self.packet, now, key)


@dataclass(frozen=True, slots=True)
class Begin:
    """Begin: record the candidate's order, open the clock; beginning again changes nothing.

    Args:
        token_hash: which machine asks.
        attempt_code: the attempt that its page believes it belongs to.
        drawn: an order drawn ahead; used if it is for this attempt and the paper it turns out to have.
    """

    token_hash: str | None
    attempt_code: str | None = None
    drawn: Drawn | None = None

    def do(self, sheet: Sheet, now: datetime, key: bytes) -> Any:
        """Return where the attempt stands, or which form document is missing.

        Raises:
            Conflict: the sitting is not open, has not begun, stands still, or the paper is handed in.
        """
        if sheet.has_begun or sheet.state == AttemptState.HANDED_IN:
            if sheet.is_open:
                sheet.seen_at = now
            return standing(sheet, now, key)
        if sheet.state == AttemptState.PAUSED:
            raise Conflict(PAUSED)
        if sheet.sitting_state != SittingState.OPEN or now < sheet.starts_at:
            raise Conflict(_l("The exam has not begun yet."))
        paper_code = sheet.paper_code or sheet.sitting_paper
        document = prepared(paper_code, sheet.sitting_code)
        if document is None or paper_code is None:
            return FormMissing(paper_code, sheet.sitting_code)
        whose = sheet.code, sheet.sitting_code, paper_code
        drawn = self.drawn if self.drawn is not None and self.drawn.whose == whose else draw(document, *whose)
        sheet.begin(drawn.form, drawn.written, drawn.link, paper_code, now)
        return standing(sheet, now, key)


@dataclass(frozen=True, slots=True)
class HandIn:
    """Hand in for the candidate and seal the journal; handing in again gives the same receipt.

    Args:
        token_hash: which machine asks.
        last_sequence: the number of the last change that the page made: the seal waits for it.
        attempt_code: the attempt that its page believes it belongs to.
        at_end: whether the page hands in only because it takes the time to be over: where more was given
            meanwhile, the candidate goes on.
    """

    token_hash: str | None
    last_sequence: int | None
    attempt_code: str | None = None
    at_end: bool = False

    def do(self, sheet: Sheet, now: datetime, key: bytes) -> Any:
        """Return where the attempt stands.

        Raises:
            Conflict: not begun, standing still, or it is too early to hand in or not the end.
            JournalRefusal: changes are on their way, or the page counts otherwise than the journal.
        """
        if sheet.state == AttemptState.HANDED_IN:
            return standing(sheet, now, key)
        if sheet.state == AttemptState.PAUSED:
            raise Conflict(PAUSED)
        if sheet.state != AttemptState.WORKING or sheet.deadline is None:
            raise Conflict(SENTENCES[Reason.NOT_STARTED])
        over = now >= sheet.deadline
        if not over:
            if self.at_end:
                raise Conflict(_l("Your time is not over yet."))
            if self.last_sequence is not None and self.last_sequence != sheet.last_sequence:
                raise JournalRefusal(Reason.GAP, sheet.last_sequence + 1)
            allowed_from = sheet.hand_in_from()
            if now < allowed_from:
                raise Conflict(_("You may hand in from %(time)s on.", time=local_time(allowed_from)))
        sheet.close(Ending.DEADLINE if over else Ending.CANDIDATE, now, by_id=None)
        return standing(sheet, now, key)


@dataclass(frozen=True, slots=True)
class Close:
    """Seal an attempt from outside: its time is over, the sitting closes, or two people ended it."""

    ending: Ending
    by_id: str | None
    overdue_before: datetime | None = None
    token_hash: str | None = None
    attempt_code: str | None = None

    def do(self, sheet: Sheet, now: datetime, key: bytes) -> Any:
        """Return whether the attempt was sealed just now."""
        if sheet.state == AttemptState.HANDED_IN:
            return False
        if self.overdue_before is not None:
            working = sheet.state == AttemptState.WORKING and sheet.deadline is not None
            if not working or sheet.deadline is None or sheet.deadline >= self.overdue_before:
                return False
        sheet.close(self.ending, now, by_id=self.by_id)
        return True


def standing(sheet: Sheet, now: datetime, key: bytes) -> Standing:
    """Return where an attempt stands, as the page is told it."""
    deadline = sheet.deadline_at(now)
    facts = {
        "state": str(sheet.state),
        "now": milliseconds(now),
        "deadline": None if deadline is None else milliseconds(deadline),
        "last_sequence": sheet.newest,
        "head": sheet.newest_link,
        "hand_in_from": milliseconds(sheet.hand_in_from()),
        "paused": sheet.paused(),
    }
    if sheet.state == AttemptState.HANDED_IN and sheet.ended_at is not None:
        facts |= {
            "ending": sheet.ending,
            "ended_at": milliseconds(sheet.ended_at),
            "receipt": sheet.receipt,
            "seal": sheet.seal,
            "late": str(sheet.late_state),
        }
    return Standing(
        attempt_id=sheet.attempt_id,
        sitting_code=sheet.sitting_code,
        paper_code=sheet.paper_code,
        form=sheet.form,
        facts=facts,
        beacon=sheet.beacon(key, now),
    )
