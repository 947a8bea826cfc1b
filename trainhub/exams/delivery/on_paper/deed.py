"""Bringing a read sheet into the journal: order, answers and seal in one deed, as a machine's would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trainhub.exams.delivery.chain import Answer, Change, How, first_link
from trainhub.exams.delivery.form import Form, read_form
from trainhub.exams.delivery.models import AttemptState, Circumstance, Ending
from trainhub.exams.delivery.sheet import Sheet
from trainhub.kernel.errors import Conflict
from trainhub.kernel.i18n import _l


@dataclass(frozen=True, slots=True)
class TakeFromPaper:
    """Write what stands on an answer sheet into the journal of its attempt, and seal it.

    Args:
        form: what can be answered, as it is recorded; the order is the paper's own.
        paper_code: of the form.
        answers: place by place; None where nothing was answered.
        by_id: whose entry settled it.
    """

    form: str
    paper_code: str
    answers: Sequence[Answer]
    by_id: str
    token_hash: str | None = None
    attempt_code: str | None = None

    def do(self, sheet: Sheet, now: datetime, key: bytes) -> Any:
        """Return the seal.

        Raises:
            Conflict: the attempt is sealed.
            Invalid: an answer that the question does not offer.
        """
        if sheet.state == AttemptState.HANDED_IN or sheet.has_begun:
            raise Conflict(_l("The paper has been handed in."))
        form = read_form(self.form)
        for place, answer in zip(form, self.answers, strict=True):
            place.slot.check(answer)
        self._begin(sheet, form)
        for position, answer in enumerate(self.answers, start=1):
            if answer is not None:
                change = Change(sheet.last_sequence + 1, position, answer, False, How.PAPER, 0)
                sheet.add(change, now, Circumstance.PROMPT)
        sheet.close(Ending.PAPER, now, by_id=self.by_id)
        return sheet.seal

    def _begin(self, sheet: Sheet, form: Form) -> None:
        """Record the order; the time was that of the sitting, and no clock ran here."""
        link = first_link(sheet.code, sheet.sitting_code, self.paper_code, self.form)
        length = timedelta(minutes=sheet.minutes, seconds=sheet.extra_seconds + sheet.halted_seconds)
        sheet.has_begun, sheet.head, sheet.form = True, link, form
        sheet.paper_code, sheet.slots = self.paper_code, tuple(place.slot for place in form)
        sheet.deadline = sheet.starts_at + length
        sheet.begun = {
            "state": AttemptState.WORKING,
            "form": self.form,
            "paper_code": self.paper_code,
            "head": link,
            "started_at": sheet.starts_at,
            "deadline": sheet.deadline,
            "last_seen_at": None,
        }
