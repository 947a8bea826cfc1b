"""Machines that were turned away (wrong network, no locked browser), as marks on the seats of the desk."""

from __future__ import annotations

from trainhub.exams.delivery.refusals import times_turned_away


def turned_away_marks(sitting_id: int) -> dict[int, dict[str, int]]:
    """Return how many times machines of each seat were turned away, by the id of the candidate."""
    return {candidate_id: {"refused": times} for candidate_id, times in times_turned_away(sitting_id).items()}
