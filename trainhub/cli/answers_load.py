"""The load generator of ``trainhub bench answers``, in a process of its own: candidates by the thousand.

Reads what to do as JSON on its standard input, writes what came of it as JSON on its standard output.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from trainhub.cli.answers_line import Broken, Line, with_body
from trainhub.cli.answers_recorded import recorded

PATH = "/exam/attempt"
JOURNAL, EMPTY, COMMIT = f"{PATH}/journal", "/empty", "/commit"
TURNS = 6
COOKIE = "trainhub-attempt"


@dataclass
class Seat:
    """One simulated candidate: token, journal as its page keeps it, and what the server acknowledged.

    Args:
        code: of the attempt.
        token: of the machine.
        slots: number of options of each place of its form.
    """

    code: str
    token: str
    slots: list[int] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    sequence: int = 0
    beacon: dict[str, Any] | None = None
    errors: int = 0
    retries: int = 0
    refused: list[str] = field(default_factory=list)
    """What was asked and answered otherwise than hoped for, as ``enter 429``."""

    def head(self, kind: str, method: str, path: str, line: Line) -> bytes:
        """Return the head of one of this candidate's calls, as Chromium sends it."""
        own = f"X-Attempt: {self.code}", f"Cookie: {COOKIE}={self.token}"
        return recorded().head(kind, method, path, line.port, *own)

    def change(self, chance: random.Random) -> dict[str, Any]:
        """Return the next change that this candidate makes."""
        self.sequence += 1
        place = chance.randrange(len(self.types) or 1)
        kind = self.types[place] if self.types else "true_false"
        letter = (
            chance.choice("TF") if kind == "true_false" else "ABCDEFGH"[chance.randrange(self.slots[place])]
        )
        return {
            "sequence": self.sequence,
            "position": place + 1,
            "response": [letter] if kind == "multiple" else letter,
            "flagged": False,
            "how": "pointer",
            "shown_ms": chance.randint(3_000, 60_000),
        }


async def save(seat: Seat, line: Line, head: bytes, changes: list[dict[str, Any]]) -> float:
    """Save until it is acknowledged; returns the seconds of the last try."""
    packet = with_body(head, {"changes": changes, "beacon": seat.beacon})
    while True:
        began = time.perf_counter()
        try:
            status, _head, body = await line.ask(packet)
        except (Broken, OSError):
            seat.retries += 1
            await asyncio.sleep(0.2 + random.random())  # noqa: S311
            continue
        took = time.perf_counter() - began
        if status == 200:
            answer = json.loads(body)
            seat.beacon = answer["beacon"] or seat.beacon
            if answer["last_sequence"] < seat.sequence:
                seat.errors += 1
            return took
        if status != 503:
            seat.errors += 1
            return took
        seat.retries += 1
        await asyncio.sleep(1 + random.random())  # noqa: S311


async def begin(seat: Seat, line: Line) -> float:
    """Open the paper: begin, and fetch the form document; returns the seconds of both."""
    began = time.perf_counter()
    status, _head, body = await line.ask(with_body(seat.head("start", "POST", f"{PATH}/start", line), {}))
    if status != 200:
        seat.errors += 1
        return time.perf_counter() - began
    form = json.loads(body)["form"]
    status, _head, _packed = await line.ask(seat.head("form", "GET", form["address"], line) + b"\r\n")
    seat.errors += status != 200
    took = time.perf_counter() - began
    seat.slots = [len(options) for _question, options in form["order"]]
    seat.types = ["true_false" if not count else "single" for count in seat.slots]
    return took


async def hand_in(seat: Seat, line: Line) -> float:
    """Hand in; returns the seconds."""
    began = time.perf_counter()
    head = seat.head("hand-in", "POST", f"{PATH}/hand-in", line)
    request = with_body(head, {"last_sequence": seat.sequence})
    status, _head, body = await line.ask(request)
    seat.errors += status != 200 or b'"receipt"' not in body
    return time.perf_counter() - began


Job = Callable[[Seat, Line], Coroutine[Any, Any, float]]


async def each_once(seats: list[Seat], lines: list[Line], job: Job) -> list[float]:
    """Do one thing for every candidate, as many at once as there are connections."""
    waiting = list(reversed(seats))
    took: list[float] = []

    async def work(line: Line) -> None:
        while waiting:
            took.append(await job(waiting.pop(), line))

    await asyncio.gather(*(work(line) for line in lines))
    return took


async def saturate(seats: list[Seat], lines: list[Line], seconds: float, path: str) -> list[float]:
    """Have each connection save one answer after the other for a while."""
    until = time.perf_counter() + seconds
    took: list[float] = []

    async def work(seat: Seat, line: Line) -> None:
        chance = random.Random(seat.code)  # noqa: S311
        head = seat.head("change", "POST", path, line)
        while time.perf_counter() < until:
            took.append(await save(seat, line, head, [seat.change(chance)]))

    await asyncio.gather(*(work(seat, line) for seat, line in zip(seats, lines, strict=False)))
    return took


async def by_turns(seats: list[Seat], order: dict[str, Any]) -> dict[str, Any]:
    """Save at the house and at its floor by turns: what the machine does meanwhile meets both alike.

    Each turn has new connections, for which process of a server gets a connection is the kernel's draw, and
    at eight of them that alone makes a third of the pace.
    """
    at_floor = [replace(seat, sequence=0) for seat in seats]
    sides = {"floor": (at_floor, order["floor_port"], COMMIT), "house": (seats, order["port"], JOURNAL)}
    took: dict[str, list[float]] = {name: [] for name in sides}
    cpu = dict.fromkeys(sides, 0.0)
    for _turn in range(TURNS):
        for name, (who, port, path) in sides.items():
            lines = [Line("127.0.0.1", port) for _each in who]
            before = time.process_time()
            took[name] += await saturate(who, lines, order["seconds"] / TURNS, path)
            cpu[name] += time.process_time() - before
            for line in lines:
                line.close()
    return {
        name: summary(took[name], order["seconds"], who) | {"load_cpu_s": round(cpu[name], 2)}
        for name, (who, _port, _path) in sides.items()
    }


def summary(took: list[float], seconds: float, seats: list[Seat]) -> dict[str, Any]:
    """Return what is told of a part: how many a second, and how long they took, in milliseconds."""
    ordered = sorted(took)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1) if ordered else 0.0

    return {
        "done": len(took),
        "per_second": round(len(took) / seconds, 1),
        "p50_ms": at(0.50),
        "p95_ms": at(0.95),
        "p99_ms": at(0.99),
        "max_ms": at(1.0),
        "errors": sum(seat.errors for seat in seats),
        "retries": sum(seat.retries for seat in seats),
        "refused": dict(Counter(told for seat in seats for told in seat.refused)),
    }


async def _do(order: dict[str, Any]) -> dict[str, Any]:
    from trainhub.cli.answers_city import live

    seats = [Seat(**facts) for facts in order["seats"]]
    kind = order["do"]
    if kind == "city":
        return await live(seats, order)
    if kind == "turns":
        return await by_turns(seats, order) | _kept(seats)
    lines = [Line("127.0.0.1", order["port"]) for _each in range(order.get("connections", 1))]
    began = time.perf_counter()
    if kind == "empty":
        took = await saturate(seats, lines, order["seconds"], EMPTY)
    else:
        took = await each_once(seats, lines, {"begin": begin, "hand_in": hand_in}[kind])
    found = summary(took, time.perf_counter() - began, seats)
    for line in lines:
        line.close()
    return found | _kept(seats)


def _kept(seats: list[Seat]) -> dict[str, Any]:
    """Return what the next order needs of the candidates."""
    return {"seats": [vars(seat) | {"errors": 0, "retries": 0, "refused": []} for seat in seats]}


def main() -> None:
    """Do what standard input says."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    order = json.loads(sys.stdin.read())
    before = time.process_time()
    found = asyncio.run(_do(order))
    found["load_cpu_s"] = round(time.process_time() - before, 2)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
