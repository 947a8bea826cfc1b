"""The candidate's exam: attempt, answer journal, clock, receipt. An answer is saved when it is durable."""

from trainhub.exams.delivery.admission import admit, enter, move, unlock
from trainhub.exams.delivery.chain import Change, How
from trainhub.exams.delivery.halts import get_halt, halt, halts_of, open_halt_of_seat, open_halts, resume
from trainhub.exams.delivery.holding import attempt_of, hold_attempts
from trainhub.exams.delivery.journal import JournalRefusal, Reason
from trainhub.exams.delivery.late import decide_late, late_of, late_so_far, take_nothing_late, undecided
from trainhub.exams.delivery.models import Attempt, AttemptState, Ending, Halt, HaltKind, LateState
from trainhub.exams.delivery.reading import (
    Presence,
    Progress,
    attempts_of,
    check_receipt,
    final_responses,
    final_responses_of,
    is_intact,
    progress_of,
)
from trainhub.exams.delivery.reserve import is_reserve_known
from trainhub.exams.delivery.working import (
    close_all,
    close_overdue,
    end_for_misconduct,
    extend,
    extend_many,
    hand_in,
    start,
)
from trainhub.exams.delivery.writer import append

__all__ = [
    "Attempt",
    "AttemptState",
    "Change",
    "Ending",
    "Halt",
    "HaltKind",
    "How",
    "JournalRefusal",
    "LateState",
    "Presence",
    "Progress",
    "Reason",
    "admit",
    "append",
    "attempt_of",
    "attempts_of",
    "check_receipt",
    "close_all",
    "close_overdue",
    "decide_late",
    "end_for_misconduct",
    "enter",
    "extend",
    "extend_many",
    "final_responses",
    "final_responses_of",
    "get_halt",
    "halt",
    "halts_of",
    "hand_in",
    "hold_attempts",
    "is_intact",
    "is_reserve_known",
    "late_of",
    "late_so_far",
    "move",
    "open_halt_of_seat",
    "open_halts",
    "progress_of",
    "resume",
    "start",
    "take_nothing_late",
    "undecided",
    "unlock",
]
