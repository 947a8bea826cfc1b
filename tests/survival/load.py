"""The process of the candidates: never killed, keeps the list of what was acknowledged, takes orders.

    python -m tests.survival.load SEATS.json RECORD.jsonl

Orders come as lines of JSON on standard input; what it needs and how far it is goes out the same way.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.survival.candidate import Candidate
from tests.survival.record import Record
from tests.survival.world import Seat

STAY_SHARE = 0.1
RELOAD_AFTER_S = (0.1, 3.0)


class Load:
    """All candidates of a run."""

    def __init__(self, told: dict[str, Any], record: Path) -> None:
        self.chance = random.Random(told["seed"])
        self.record = Record(record)
        self.ramp = float(told["ramp"])
        self.candidates = [self._candidate(told, place) for place in range(len(told["seats"]))]
        self.tasks: dict[Candidate, asyncio.Task[None]] = {}
        self.asked_to_move: set[str] = set()

    def _candidate(self, told: dict[str, Any], place: int) -> Candidate:
        # Half of them come through the proxy, which is cut, slow or deaf now and then.
        ways = told["addresses"]
        addresses = [tuple(each) for each in ways[place % len(ways)]]
        seat = Seat(**told["seats"][place])
        return Candidate(
            seat, addresses, self.record, random.Random(told["seed"] * 7919 + place), told["pace"]
        )

    async def run(self) -> int:
        """Sit until everybody is through."""
        orders = asyncio.create_task(self._take_orders())
        for candidate in self.candidates:
            self._seat(candidate, self.chance.uniform(0, self.ramp))
        while not all(candidate.is_done for candidate in self.candidates):
            await asyncio.sleep(0.5)
            self._tell()
        self._finish()
        orders.cancel()
        return 0

    def _seat(self, candidate: Candidate, after: float) -> None:
        self.tasks[candidate] = asyncio.create_task(self._sit(candidate, after))

    async def _sit(self, candidate: Candidate, after: float) -> None:
        await asyncio.sleep(after)
        try:
            await candidate.sit()
        except Exception as problem:
            candidate.note("problem", what=f"the candidate's page broke: {problem!r}")
            candidate.is_done = True

    async def _take_orders(self) -> None:
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            order = json.loads(line)
            getattr(self, "do_" + order.pop("do"))(**order)
        # The director is gone: nobody needs this any more.
        self.do_give_up()

    def do_rush(self, share: float) -> None:
        """Let some hand in within a second."""
        loop = asyncio.get_running_loop()
        for candidate in self._some(share, lambda each: not each.leaving):
            candidate.stays = False
            loop.call_later(self.chance.random(), self._leave, candidate)

    def do_reload(self, share: float) -> None:
        """Close some pages in the middle of whatever they do, and open them again."""
        for candidate in self._some(share, lambda each: not each.is_done):
            self.tasks[candidate].cancel()
            candidate.reload()
            self._seat(candidate, self.chance.uniform(*RELOAD_AFTER_S))

    def do_finish(self) -> None:
        """Let everybody come to the end; some leave without handing in."""
        loop = asyncio.get_running_loop()
        for candidate in self.candidates:
            candidate.stays = candidate.stays or self.chance.random() < STAY_SHARE
            loop.call_later(self.chance.uniform(0, 3), self._leave, candidate)

    def do_give_up(self) -> None:
        """End although some are not through; they are named."""
        for candidate in self.candidates:
            if not candidate.is_done:
                where = {"started": bool(candidate.questions), "unsent": candidate.journal.unsent}
                where |= {"leaving": candidate.leaving, "signed_in": bool(candidate.server.token)}
                candidate.note("problem", what="not through at the end of the run", **where)
                self.tasks[candidate].cancel()
                candidate.is_done = True

    def _some(self, share: float, which: Any) -> list[Candidate]:
        return [each for each in self.candidates if which(each) and self.chance.random() < share]

    @staticmethod
    def _leave(candidate: Candidate) -> None:
        candidate.leaving = True
        candidate.nudge.set()

    def _tell(self) -> None:
        self.record.flush()
        moves = [each.seat.attempt for each in self.candidates if each.wants_to_move and not each.is_done]
        say(
            saves=sum(each.counts["saves"] for each in self.candidates),
            working=sum(bool(each.questions) and not each.is_done for each in self.candidates),
            done=sum(each.is_done for each in self.candidates),
            moves=moves,
        )

    def _finish(self) -> None:
        totals: Counter[str] = Counter()
        for candidate in self.candidates:
            totals.update(candidate.counts)
            totals["realigned"] += candidate.journal.realigned
        self.record.note("totals", **totals)
        self.record.flush()
        self._tell()


def say(**facts: Any) -> None:
    """Tell the director."""
    print(json.dumps(facts), flush=True)


def main() -> int:
    """Read who sits where, and let them sit."""
    began = time.monotonic()
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    status = asyncio.run(Load(told, Path(sys.argv[2])).run())
    say(seconds=round(time.monotonic() - began, 1))
    return status


if __name__ == "__main__":
    sys.exit(main())
