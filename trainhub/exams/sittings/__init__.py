"""Sittings: the plan, who is registered and may sit, seats and tickets, from plan to publication."""

from trainhub.exams.sittings.changes import note_change
from trainhub.exams.sittings.conduct import (
    Obstacle,
    close_sitting,
    closing_checks,
    note_marked,
    note_published,
    open_sitting,
    opening_checks,
)
from trainhub.exams.sittings.finding import room_of_candidate, sittings_of
from trainhub.exams.sittings.holding import hold_sitting
from trainhub.exams.sittings.models import (
    Candidate,
    CandidateState,
    Eligibility,
    Part,
    Sitting,
    SittingRoom,
    SittingState,
)
from trainhub.exams.sittings.objections import candidate_by_ticket, objected, objected_in, open_objections
from trainhub.exams.sittings.plan import (
    candidates_of,
    capacity,
    get_sitting,
    number_of_candidates,
    plan_sitting,
)
from trainhub.exams.sittings.registration import Registration, register
from trainhub.exams.sittings.reserve import (
    awaited_papers,
    begun_papers,
    give_reserve_paper,
    papers_given,
    reserves_of,
)
from trainhub.exams.sittings.tickets import candidate_by_check_in, tickets_of_person

__all__ = [
    "Candidate",
    "CandidateState",
    "Eligibility",
    "Obstacle",
    "Part",
    "Registration",
    "Sitting",
    "SittingRoom",
    "SittingState",
    "awaited_papers",
    "begun_papers",
    "candidate_by_check_in",
    "candidate_by_ticket",
    "candidates_of",
    "capacity",
    "close_sitting",
    "closing_checks",
    "get_sitting",
    "give_reserve_paper",
    "hold_sitting",
    "note_change",
    "note_marked",
    "note_published",
    "number_of_candidates",
    "objected",
    "objected_in",
    "open_objections",
    "open_sitting",
    "opening_checks",
    "papers_given",
    "plan_sitting",
    "register",
    "reserves_of",
    "room_of_candidate",
    "sittings_of",
    "tickets_of_person",
]
