"""How much of what a page claims was learnt: pure rules, the heart of hours counted by the server (学时).

A page sends beats; the server's clock is the only one. Three rules make lying worthless:

* progress is never more than the time that passed between two beats on the server's clock (plus what was
  left over of the beat before, at most ``BURST_MS``), so no client is faster than life;
* a jump of the position gains nothing and starts anew from where it lands;
* a silence longer than ``LONGEST_SILENCE_MS`` gains nothing: who does not beat does not learn.

What was fetched, which viewing is running and how full the day is, ``viewing`` adds to this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

BURST_MS = 2_000
LONGEST_SILENCE_MS = 45_000


class Reason(StrEnum):
    """Why a beat counted, or why not; the page says it in the reader's language."""

    COUNTED = "counted"
    NOTHING_NEW = "nothing_new"
    SILENCE = "silence"
    JUMPED = "jumped"
    NOT_FETCHED = "not_fetched"
    REPLAYED = "replayed"
    TAKEN_OVER = "taken_over"
    EXPIRED = "expired"
    DAY_FULL = "day_full"
    CONFIRM = "confirm"
    COMPLETE = "complete"


@dataclass(frozen=True)
class Pace:
    """Where a viewing stands on the server's clock.

    Args:
        at: when it last beat.
        carried_ms: time passed that no beat has claimed yet, at most ``BURST_MS``.
        anchor_ms: position up to which progress is accepted.
        run_from_ms: position from which progress has been without a jump.
    """

    at: datetime
    carried_ms: int = 0
    anchor_ms: int = 0
    run_from_ms: int = 0


@dataclass(frozen=True)
class Step:
    """What a beat is worth before the other rules: the whole seconds passed, and why it was no more."""

    pace: Pace
    seconds: range
    reason: Reason


def start_pace(now: datetime, position_ms: int = 0) -> Pace:
    """Return the pace of a viewing that begins now at a position."""
    return Pace(now, 0, position_ms, position_ms)


def film_step(pace: Pace, now: datetime, position_ms: int) -> Step:
    """Weigh a film's beat: which whole seconds of the film did this beat prove to have been played?"""
    elapsed = _elapsed_ms(pace, now)
    if elapsed > LONGEST_SILENCE_MS:
        return Step(start_pace(now, position_ms), range(0), Reason.SILENCE)
    available = pace.carried_ms + elapsed
    advance = position_ms - pace.anchor_ms
    if advance < 0 or advance > available + BURST_MS:
        return Step(start_pace(now, position_ms), range(0), Reason.JUMPED)
    return _advance(pace, now, min(advance, available), available)


def reading_step(pace: Pace, now: datetime) -> Step:
    """Weigh a text's beat: reading has no position, so the time that passed is the progress."""
    elapsed = _elapsed_ms(pace, now)
    if elapsed > LONGEST_SILENCE_MS:
        return Step(start_pace(now, pace.anchor_ms), range(0), Reason.SILENCE)
    return _advance(pace, now, elapsed, elapsed)


def _elapsed_ms(pace: Pace, now: datetime) -> int:
    return max(0, (now - pace.at) // timedelta(milliseconds=1))


def _advance(pace: Pace, now: datetime, moved: int, available: int) -> Step:
    anchor = pace.anchor_ms + moved
    first = max(-(-pace.run_from_ms // 1000), pace.anchor_ms // 1000)
    carried = min(BURST_MS, available - moved)
    after = replace(pace, at=max(now, pace.at), carried_ms=carried, anchor_ms=anchor)
    seconds = range(first, max(first, anchor // 1000))
    return Step(after, seconds, Reason.COUNTED if seconds else Reason.NOTHING_NEW)


class Watched:
    """Which seconds of a film or text one person has learnt: each counts once, kept as bits."""

    def __init__(self, kept: bytes = b"") -> None:
        self._bits = int.from_bytes(kept, "little")

    def __contains__(self, second: int) -> bool:
        return bool(self._bits >> second & 1)

    def __len__(self) -> int:
        return self._bits.bit_count()

    def add(self, seconds: Iterable[int]) -> None:
        """Count seconds."""
        for second in seconds:
            self._bits |= 1 << second

    def new(self, seconds: Iterable[int], total: int) -> list[int]:
        """Return those of some seconds that exist and do not count yet."""
        return [second for second in seconds if 0 <= second < total and second not in self]

    def first_missing(self, total: int) -> int:
        """Return the first second that does not count yet, ``total`` if all do."""
        lowest_zero = ~self._bits & (self._bits + 1)
        return min(total, lowest_zero.bit_length() - 1)

    def stretches(self, total: int) -> list[tuple[int, int]]:
        """Return the stretches that count, as (first second, second after the last)."""
        seconds = f"{self._bits:b}"[::-1][:total]
        return [(run.start(), run.end()) for run in re.finditer("1+", seconds)]

    def to_bytes(self) -> bytes:
        """Write the bits for keeping."""
        return self._bits.to_bytes((self._bits.bit_length() + 7) // 8, "little")
