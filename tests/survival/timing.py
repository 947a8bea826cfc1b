"""Which answers of the server's clock were legal, given how the director set it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.survival.record import read
from trainhub.exams.delivery.models import Attempt

SETTLING_S = 2.5
TOLERANCE_S = 0.25


@dataclass(frozen=True)
class Times:
    """The settings of the servers' clock, and when the faults began and ended, in true time.

    Args:
        offsets: moment and seconds beside the true time, in order.
        faults: beginning and end of each.
    """

    offsets: list[tuple[float, float]]
    faults: list[tuple[float, float]]

    @classmethod
    def of(cls, record: Path) -> Times:
        """Read the director's notes."""
        offsets, faults = [(0.0, 0.0)], []
        for event in read(record):
            if event["kind"] == "clock":
                offsets.append((event["at"], event["offset"]))
            elif event["kind"] == "fault":
                faults.append((event["began"], event["ended"]))
        return cls(offsets, faults)

    def possible(self, sent: float, received: float) -> tuple[float, float]:
        """The earliest and the latest that the server's clock can have shown between two true moments.

        A process takes a moment to see that its clock was set, so both settings are possible for a while.
        """
        ends = [moment for moment, _offset in self.offsets[1:]] + [float("inf")]
        fitting = [
            offset
            for (moment, offset), end in zip(self.offsets, ends, strict=True)
            if moment <= received and sent <= end + SETTLING_S
        ]
        return sent + min(fitting) - TOLERANCE_S, received + max(fitting) + TOLERANCE_S

    def problems(self, attempt: Attempt, page: Any, rows: list[Any]) -> Iterable[str]:
        """What the clock forbids: an answer taken after the deadline, or refused before it."""
        for row in rows:
            if attempt.deadline is not None and row.received_at > attempt.deadline:
                yield f"late: response {row.sequence} was taken after the deadline"
        for told in page.acknowledgements:
            least, most = self.possible(told["sent"], told["at"])
            if not least <= told["now"] / 1000 <= most:
                yield f"clock: an acknowledgement says it is {told['now']}, between {least} and {most}"
        if attempt.deadline is None:
            return
        for told in page.refused:
            if told["reason"] != "deadline":
                continue
            _least, most = self.possible(told["at"] - 10, told["at"])
            if most < attempt.deadline.timestamp():
                yield "early: refused as too late before the deadline"

    def deadlines_within(self, attempts: list[Attempt]) -> int:
        """How many deadlines passed while a fault lasted."""
        moments = [each.deadline.timestamp() for each in attempts if each.deadline is not None]
        return sum(any(began <= moment <= ended for began, ended in self.faults) for moment in moments)
