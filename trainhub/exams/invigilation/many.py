"""Deeds for one or many candidates: each is done or refused by itself, and the answer says which and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from trainhub import ledger
from trainhub.exams import delivery
from trainhub.exams.delivery import HaltKind
from trainhub.exams.invigilation.check_in import check_in
from trainhub.exams.invigilation.halting import SEAT_IS_FROZEN, open_halt_of
from trainhub.exams.invigilation.incidents import record_incident, require_not_marked
from trainhub.exams.invigilation.measures import (
    attempt_to_change,
    move_to_another_machine,
    note_measure,
    unlock_ticket,
)
from trainhub.exams.invigilation.models import IncidentKind, MeasureKind, PhoneGiven
from trainhub.exams.sittings import Candidate, Sitting, hold_sitting
from trainhub.kernel.db import db
from trainhub.kernel.errors import Conflict, DomainError, Invalid
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person


class Act(StrEnum):
    """What can be done for chosen seats."""

    ADMIT = "admit"
    EXTEND = "extend"
    PAUSE = "pause"
    RESUME = "resume"
    MOVE = "move"
    UNLOCK = "unlock"
    RECORD = "record"
    NOTE = "note"

    @property
    def label(self) -> Any:
        """The act in the reader's language."""
        return ACT_LABELS[self.value]


FOR_A_REASON = (Act.EXTEND, Act.PAUSE, Act.RESUME, Act.MOVE)
SHORTEST_NOTE = 2

ACT_LABELS = {
    "admit": _l("Check-in"),
    "extend": _l("Extra time"),
    "pause": _l("Pause"),
    "resume": _l("Go on"),
    "move": _l("Other machine"),
    "unlock": _l("Unlock the ticket"),
    "record": _l("Record an incident"),
    "note": _l("Note"),
}


@dataclass
class Outcome:
    """For whom something was done, and why not for the others."""

    done: list[Candidate] = field(default_factory=list)
    refused: dict[str, list[Candidate]] = field(default_factory=dict)

    def refuse(self, candidate: Candidate, why: object) -> None:
        """Note that it was not done for somebody."""
        self.refused.setdefault(str(why), []).append(candidate)

    def take(self, other: Outcome) -> None:
        """Add what came of another deed."""
        self.done += other.done
        for why, candidates in other.refused.items():
            self.refused.setdefault(why, []).extend(candidates)


def admit_chosen(candidates: Sequence[Candidate], *, documents_seen: bool, by: Person) -> Outcome:
    """Let the chosen in whose faces and ID cards were compared, each on record by themself.

    Nobody is asked for their own telephone number in a queue, and it is kept that they were not. Who wants to
    give one is checked in by themself.

    Args:
        candidates: whom.
        documents_seen: what the invigilator says: that it was done for each of them.
        by: the invigilator.

    Raises:
        Invalid: it was not; then nobody is let in.
    """
    if not documents_seen:
        raise Invalid(_l("Compare the ID card first. If it does not fit, record an incident."))

    def admit(candidate: Candidate) -> None:
        phone = PhoneGiven.NOT_ASKED
        check_in(candidate, phone, identity_confirmed=True, together=len(candidates), by=by)

    return for_each(candidates, admit)


def extend_chosen(
    sitting: Sitting, candidates: Sequence[Candidate], minutes: int, reason: str, *, by: Person
) -> Outcome:
    """Give more time to whoever of the chosen has not handed in."""

    def extend(candidate: Candidate) -> None:
        attempt_to_change(candidate)
        if not delivery.extend_many(sitting, minutes, reason, candidates=[candidate], by=by):
            raise Conflict(_l("The paper has been handed in."))
        note_measure(candidate, MeasureKind.EXTRA_TIME, reason, minutes=minutes, by=by)

    return for_each(candidates, extend)


def pause_chosen(sitting: Sitting, candidates: Sequence[Candidate], reason: str, *, by: Person) -> Outcome:
    """Let time stand still for the chosen; their questions are covered."""

    def pause(candidate: Candidate) -> None:
        attempt_to_change(candidate)
        if open_halt_of(candidate) is not None:
            raise Conflict(_l("Time stands still for this candidate already."))
        delivery.halt(sitting, HaltKind.PAUSE, reason, candidate=candidate, by=by)
        note_measure(candidate, MeasureKind.PAUSE, reason, by=by)

    return for_each(candidates, pause)


def resume_chosen(candidates: Sequence[Candidate], reason: str, *, by: Person) -> Outcome:
    """Let the chosen go on, where they were paused one by one."""

    def resume(candidate: Candidate) -> None:
        halt = open_halt_of(candidate)
        if halt is None:
            raise Conflict(_l("This candidate was not paused by themself; a paused room goes on as a whole."))
        if halt.kind == HaltKind.FREEZE:
            raise Conflict(SEAT_IS_FROZEN)
        delivery.resume(halt, by=by)
        note_measure(candidate, MeasureKind.RESUME, reason, by=by)

    return for_each(candidates, resume)


def move_chosen(candidates: Sequence[Candidate], reason: str, *, by: Person) -> Outcome:
    """Let the chosen sign in at other machines."""
    return for_each(candidates, lambda candidate: move_to_another_machine(candidate, reason, by=by))


def unlock_chosen(candidates: Sequence[Candidate], words: str, *, by: Person) -> Outcome:
    """Let the chosen try again whose tickets were locked by wrong entries."""
    return for_each(candidates, lambda candidate: unlock_ticket(candidate, words, by=by))


def record_chosen(
    sitting: Sitting,
    candidates: Sequence[Candidate],
    kind: IncidentKind,
    description: str,
    *,
    ends_attempt: bool,
    by: Person,
) -> Outcome:
    """Write a record about each of the chosen, as the first of two persons."""

    def record(candidate: Candidate) -> None:
        record_incident(sitting, candidate, kind, description, ends_attempt=ends_attempt, by=by)

    return for_each(candidates, record)


def note_chosen(candidates: Sequence[Candidate], text: str, *, by: Person) -> Outcome:
    """Keep a remark about each of the chosen; it changes nothing for them.

    Raises:
        Invalid: there are no words.
    """
    if len(text.strip()) < SHORTEST_NOTE:
        raise Invalid(_l("Write the note."))

    def note(candidate: Candidate) -> None:
        require_not_marked(candidate.sitting)
        note_measure(candidate, MeasureKind.NOTE, text, by=by)
        facts = {"sitting": candidate.sitting.code, "candidate": candidate.code}
        ledger.append("candidate.noted", by=by, side="exam", **facts)

    return for_each(candidates, note)


def for_each(candidates: Sequence[Candidate], deed: Callable[[Candidate], None]) -> Outcome:
    """Do something for each by itself: what fails for one is undone for that one alone.

    All are held before, in the order in which answers hold them; the order of seats is another one.
    """
    outcome = Outcome()
    for sitting in {candidate.sitting for candidate in candidates}:
        hold_sitting(sitting)
    delivery.hold_attempts(candidates)
    for candidate in candidates:
        try:
            with db.session.begin_nested():
                deed(candidate)
        except DomainError as refusal:
            outcome.refuse(candidate, refusal)
        else:
            outcome.done.append(candidate)
    return outcome
