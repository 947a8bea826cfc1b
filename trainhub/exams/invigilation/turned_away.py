"""Machines that were turned away (wrong network, no locked browser), as marks on the seats of the desk."""

from __future__ import annotations

from trainhub.exams.delivery.refusals import refusals_of
from trainhub.exams.sittings import Sitting


def turned_away_marks(sitting: Sitting) -> dict[int, dict[str, int]]:
    """Return how many times machines of each seat were turned away, by the id of the candidate."""
    marks: dict[int, dict[str, int]] = {}
    for refusal in refusals_of(sitting):
        mark = marks.setdefault(refusal.attempt.candidate_id, {"refused": 0})
        mark["refused"] += refusal.times
    return marks
