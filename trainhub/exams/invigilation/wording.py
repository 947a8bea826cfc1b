"""Seats in words, as they are read out in a room and told on the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trainhub.exams.sittings import Candidate
from trainhub.kernel.i18n import _

LONGEST_LIST = 2
"""So many neighbours are named one by one."""


def seat_of(candidate: Candidate) -> str:
    """Return the seat of a candidate; with its room where there are several, for each has a seat 1."""
    seat = _("Seat %(number)s", number=candidate.seat_number)
    if candidate.room is None or len(candidate.sitting.rooms) == 1:
        return seat
    return f"{candidate.room.name} · {seat}"


def seats_in_words(candidates: Iterable[Candidate]) -> str:
    """Return seats as they are read out: neighbours as a range, and by rooms where there are several."""
    rooms: dict[str, list[int]] = {}
    for each in candidates:
        rooms.setdefault(each.room.name if each.room else "–", []).append(each.seat_number or 0)
    told = {room: _(", ").join(_ranges(sorted(numbers))) for room, numbers in rooms.items()}
    if len(told) == 1:
        return next(iter(told.values()))
    return " · ".join(f"{room}{_(': ')}{numbers}" for room, numbers in told.items())


def _ranges(numbers: Sequence[int]) -> list[str]:
    """Return numbers in order, three and more that follow each other as one range."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [
        part
        for run in runs
        for part in ([f"{run[0]}–{run[-1]}"] if len(run) > LONGEST_LIST else [str(each) for each in run])
    ]
