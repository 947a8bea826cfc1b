"""The candidate's exam: attempt, answer journal, clock, receipt. An answer is saved when it is durable."""

from trainhub.exams.delivery.admission import admit, attempt_of, enter, move
from trainhub.exams.delivery.chain import Change, How
from trainhub.exams.delivery.journal import JournalRefusal, Reason
from trainhub.exams.delivery.models import Attempt, AttemptState, Ending
from trainhub.exams.delivery.reading import (
    Presence,
    Progress,
    attempts_of,
    check_receipt,
    final_responses,
    is_intact,
    progress_of,
)
from trainhub.exams.delivery.working import (
    close_all,
    close_overdue,
    end_for_misconduct,
    extend,
    hand_in,
    start,
)
from trainhub.exams.delivery.writer import append

__all__ = [
    "Attempt",
    "AttemptState",
    "Change",
    "Ending",
    "How",
    "JournalRefusal",
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
    "end_for_misconduct",
    "enter",
    "extend",
    "final_responses",
    "hand_in",
    "is_intact",
    "move",
    "progress_of",
    "start",
]
