"""Who holds SQLite's pen for how long, and how long the saves beside it take."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.desk import Connection
from trainhub.kernel.turns import TurnTaking


@dataclass
class Deed:
    """What was seen while something was done: when, and each time that it held the pen."""

    name: str
    began: float = 0.0
    ended: float = 0.0
    processor: float = 0.0
    holds: list[tuple[float, float]] = field(default_factory=list)

    def figures(self, saves: list[tuple[float, float, int]]) -> dict[str, Any]:
        """Return what it took, the longest hold by clock and processor, and the saves beside it."""
        longest = max(self.holds, default=(0.0, 0.0))
        met = [each for each in saves if self.began <= each[0] < self.ended]
        times = sorted(seconds for _at, seconds, status in met if status == 200)
        return {
            "deed": self.name,
            "seconds": round(self.ended - self.began, 2),
            "processor_s": round(self.processor, 2),
            "turns": len(self.holds),
            "longest_hold_ms": round(longest[0] * 1000),
            "its_processor_ms": round(longest[1] * 1000),
            "saves": len(met),
            "refused": len(met) - len(times),
            "p50_ms": _part(times, 0.5),
            "p99_ms": _part(times, 0.99),
            "most_ms": _part(times, 1.0),
        }


def _part(times: list[float], part: float) -> float | None:
    return round(times[min(len(times) - 1, int(len(times) * part))] * 1000, 1) if times else None


_present: list[Deed] = []


class Watched(TurnTaking):
    """A connection that tells how long its turn lasted, by the clock and by its thread's processor."""

    _since: tuple[float, float] | None = None

    def take_turn(self, patience_s: float | None = None) -> None:
        """Take the turn, and remember since when."""
        had = self._has_turn
        super().take_turn(patience_s)
        if self._has_turn and not had:
            self._since = (time.monotonic(), time.thread_time())

    def give_back_turn(self) -> None:
        """Tell how long the turn lasted."""
        super().give_back_turn()
        since, self._since = self._since, None
        if since is not None and _present:
            hold = (time.monotonic() - since[0], max(0.0, time.thread_time() - since[1]))
            _present[-1].holds.append(hold)


@contextmanager
def watched(name: str, deeds: list[Deed]) -> Iterator[None]:
    """Do something while its turns are counted."""
    deed = Deed(name, time.monotonic())
    used = time.process_time()
    _present.append(deed)
    try:
        yield
    finally:
        _present.pop()
        deed.ended, deed.processor = time.monotonic(), time.process_time() - used
        deeds.append(deed)


class Saves:
    """A stream of durable saves over HTTP, in a process of its own, each for another candidate in turn."""

    def __init__(self, machines: list[tuple[str, str]], port: int, rate: float, folder: Path) -> None:
        self._file = folder / "saves.json"
        context = multiprocessing.get_context("spawn")
        self._stop, self._begun = context.Event(), context.Event()
        given = (machines, port, rate, str(self._file), self._stop, self._begun)
        self._process = context.Process(target=_stream, args=given, daemon=True)
        self._process.start()

    def await_first(self) -> None:
        """Wait until the first save is answered: the process has to load first."""
        self._begun.wait(60)

    def end(self) -> list[tuple[float, float, int]]:
        """End the stream; returns of each save when it began, the seconds that it took, and its status."""
        self._stop.set()
        self._process.join(30)
        return [tuple(each) for each in json.loads(self._file.read_text())]


def _stream(
    machines: list[tuple[str, str]], port: int, rate: float, file: str, stop: Any, begun: Any
) -> None:
    taken: list[tuple[float, float, int]] = []
    asyncio.run(_save(Connection(port), *machines[0], 0))
    begun.set()
    asyncio.run(_save_all(machines, port, rate, taken, stop))
    Path(file).write_text(json.dumps(taken))


async def _save_all(
    machines: list[tuple[str, str]], port: int, rate: float, taken: list[tuple[float, float, int]], stop: Any
) -> None:
    """Begin a save at its moment whether the one before is answered or not: a wait is not forgotten."""
    sequences = [0] * len(machines)
    connections = [Connection(port) for _each in machines]
    busy: set[int] = set()

    async def one(place: int) -> None:
        sequences[place] += 1
        began = time.monotonic()
        try:
            status = await _save(connections[place], *machines[place], sequences[place])
        finally:
            busy.discard(place)
        if status != 200:
            sequences[place] -= 1
        taken.append((began, time.monotonic() - began, status))

    tasks, begun, number = set(), time.monotonic(), 0
    while not stop.is_set():
        number += 1
        place = number % len(machines)
        if place not in busy:
            busy.add(place)
            task = asyncio.create_task(one(place))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
    await asyncio.gather(*tasks)


async def _save(connection: Connection, attempt: str, token: str, sequence: int) -> int:
    change = {"sequence": sequence, "position": sequence % 100 + 1, "response": "T"}
    change |= {"flagged": False, "how": "pointer", "shown_ms": 1500}
    body = json.dumps({"changes": [change]}).encode()
    head = f"POST /exam/attempt/journal HTTP/1.1\r\nAuthorization: Bearer {token}\r\nX-Attempt: {attempt}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return (await connection.ask(head, body))[0]
