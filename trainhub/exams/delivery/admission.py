"""From the desk to the machine: letting a candidate in, signing in at a seat, moving to another machine."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from datetime import datetime

from trainhub import ledger
from trainhub.exams.delivery.chain import hash_token
from trainhub.exams.delivery.halts import stands_still, stood_still_for
from trainhub.exams.delivery.holding import SHORTEST_REASON, attempt_of, locked
from trainhub.exams.delivery.models import MOVED_FROM, Attempt, AttemptState
from trainhub.exams.delivery.on_paper.arranging import sits_on_paper
from trainhub.exams.delivery.reserve import reserve_begun_with
from trainhub.exams.sites.networks import is_inside, read_address
from trainhub.exams.sittings import (
    Candidate,
    CandidateState,
    Sitting,
    SittingState,
    candidate_by_ticket,
    hold_sitting,
)
from trainhub.kernel import clock, keys
from trainhub.kernel.db import db, lock
from trainhub.kernel.errors import Conflict, Invalid
from trainhub.kernel.i18n import _l
from trainhub.people.models import Person
from trainhub.people.persons import id_number_of

WRONG_ENTRIES = 8


def admit(candidate: Candidate, *, by: Person) -> Attempt:
    """Let a candidate in whose identity was confirmed at the desk; only then can they sign in at a machine.

    Raises:
        Conflict: the registration is withdrawn, entry is not open, or they were admitted before.
    """
    # Not beside whoever pauses or closes the sitting: nobody is let in past that, or left out of it. It is
    # held before the candidate, as by whoever lets in many.
    hold_sitting(candidate.sitting, shared=True)
    lock("candidate", candidate.id)
    db.session.refresh(candidate)
    if candidate.state != CandidateState.REGISTERED:
        raise Conflict(_l("This registration has been withdrawn."))
    if candidate.seat_number is None:
        raise Conflict(_l("This candidate has no seat yet."))
    if not is_open_for_entry(candidate.sitting, clock.now(), candidate.sitting_room_id):
        raise Conflict(_l("Candidates are let in only while the sitting is open for entry."))
    if attempt_of(candidate) is not None:
        raise Conflict(_l("This candidate was admitted before."))
    attempt = Attempt(candidate_id=candidate.id, sitting_id=candidate.sitting_id, admitted_at=clock.now())
    attempt.on_paper = sits_on_paper(candidate)
    # Who comes after time stood still has as long as the others, and the form that they have now.
    stood = stood_still_for(candidate.sitting, candidate.sitting_room_id)
    attempt.halted_seconds = round(stood.total_seconds())
    attempt.paper_code = reserve_begun_with(candidate.sitting, candidate.sitting_room_id)
    if (halt := stands_still(candidate)) is not None:
        attempt.state, attempt.halt_id, attempt.paused_at = AttemptState.PAUSED, halt.id, clock.now()
    db.session.add(attempt)
    db.session.flush()
    ledger.append(
        "candidate.admitted",
        by=by,
        side="exam",
        sitting=candidate.sitting.code,
        candidate=candidate.code,
        attempt=attempt.code,
        on_paper=attempt.on_paper,
        halted_seconds=attempt.halted_seconds,
    )
    return attempt


def is_open_for_entry(sitting: Sitting, now: datetime, room_id: int | None = None) -> bool:
    """Tell whether candidates are let in now; while their sitting or room stands still, entry stays open."""
    is_soon_enough = now - stood_still_for(sitting, room_id) <= sitting.entry_until
    return sitting.state == SittingState.OPEN and sitting.entry_from <= now and is_soon_enough


def enter(
    ticket_number: str, last_six: str, machine: str = "", presented: str = "", address: str = ""
) -> tuple[Attempt, str] | None:
    """Sign a candidate in at the machine in front of them: one machine, until the desk moves them.

    Args:
        ticket_number: of the admission ticket.
        last_six: last six characters of their ID number.
        machine: a mark that this browser keeps: if the answer to its sign-in was lost on the way, or the
            request came twice, the same browser gets the same token again.
        presented: the token that this browser still holds, if any.
        address: from which the request comes; empty: from the room.

    Returns:
        The attempt and the token for this machine; None whatever is wrong, so that trying teaches nothing.

    Raises:
        Conflict: the desk moved the candidate away from this machine, and no other one has signed in yet.
    """
    candidate = candidate_by_ticket(ticket_number)
    attempt = None if candidate is None else attempt_of(candidate)
    if candidate is None or attempt is None:
        return None
    locked(attempt)
    counter = "wrong_entries_outside" if is_outside(candidate, address) else "wrong_entries"
    if not _fits(attempt, counter, last_six):
        return None
    if attempt.state == AttemptState.HANDED_IN or attempt.on_paper:
        return None
    if attempt.has_machine:
        token = _token_for(attempt, machine)
        return (attempt, token) if machine and hash_token(token) == attempt.token_hash else None
    if attempt.token_hash in [_moved_from(each) for each in (presented, _token_for(attempt, machine))]:
        raise Conflict(
            _l("You were moved to another machine: sign in there, or ask the invigilator to move you here.")
        )
    setattr(attempt, counter, 0)
    attempt.machines += 1
    token = _token_for(attempt, machine) if machine else secrets.token_urlsafe(32)
    attempt.token_hash = hash_token(token)
    attempt.last_seen_at = clock.now()
    ledger.append(
        "attempt.machine.bound",
        by=candidate.person,
        side="exam",
        attempt=attempt.code,
        machine=attempt.machines,
    )
    return attempt, token


def _fits(attempt: Attempt, counter: str, last_six: str) -> bool:
    """Tell whether the digits are right and the ticket is not locked there; if not, count the entry."""
    number = id_number_of(attempt.candidate.person) or secrets.token_hex(9)
    fits = hmac.compare_digest(number[-6:].encode(), last_six.strip().upper().encode())
    wrong = getattr(attempt, counter)
    if fits and wrong < WRONG_ENTRIES:
        return True
    setattr(attempt, counter, wrong + 1)
    return False


def is_outside(candidate: Candidate, address: str) -> bool:
    """Tell whether an address is outside the networks of a candidate's room, where any are entered.

    Whoever read a ticket's number can enter wrong digits from anywhere; that must not lock it in the room.
    """
    networks = [] if candidate.room is None else candidate.room.exam_room.networks
    if not networks or not address:
        return False
    return not is_inside(read_address(address), [ipaddress.ip_network(each.network) for each in networks])


def _moved_from(token: str) -> str:
    """Return what stands in the place of a token's hash once its machine was left."""
    return MOVED_FROM + hash_token(token)


def _token_for(attempt: Attempt, machine: str) -> str:
    """Return the token of a browser for the machine that an attempt is at: always the same one."""
    facts = f"delivery-token|{attempt.code}|{attempt.machines}|{machine}"
    return hmac.digest(keys.key("exam"), facts.encode(), "sha256").hex()


def unlock(attempt: Attempt, *, by: Person) -> int:
    """Let a candidate try again whose ticket was locked by wrong entries; returns how many those were.

    Anybody who has read the number of a ticket can lock it, so it must not take more than a look at the face.

    Raises:
        Conflict: it is not locked, or the paper has been handed in.
    """
    locked(attempt)
    if attempt.state == AttemptState.HANDED_IN:
        raise Conflict(_l("The paper has been handed in."))
    if max(attempt.wrong_entries, attempt.wrong_entries_outside) < WRONG_ENTRIES:
        raise Conflict(_l("This ticket is not locked."))
    wrong = attempt.wrong_entries + attempt.wrong_entries_outside
    attempt.wrong_entries = attempt.wrong_entries_outside = 0
    ledger.append("attempt.unlocked", by=by, side="exam", attempt=attempt.code, wrong_entries=wrong)
    return wrong


def move(attempt: Attempt, reason: str, *, by: Person) -> None:
    """Let a candidate go on at another machine: the old one can write no more from this moment.

    Nor can it sign in again before the new one did. Where they are to stay there after all, they are moved
    once more: then whichever machine signs in first has them.

    Raises:
        Invalid: no reason is given.
        Conflict: the paper has been handed in.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_l("Say why in a few words."))
    locked(attempt)
    if attempt.state == AttemptState.HANDED_IN:
        raise Conflict(_l("The paper has been handed in."))
    attempt.token_hash = f"{MOVED_FROM}{attempt.token_hash}" if attempt.has_machine else None
    attempt.wrong_entries = attempt.wrong_entries_outside = 0
    ledger.append("attempt.moved", by=by, side="exam", attempt=attempt.code, reason=reason.strip())
