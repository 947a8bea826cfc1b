"""What 700 desks cost: they poll their boards over HTTP while candidates save; beside it the floor.

    python -m benchmarks.desk [--sittings 70] [--rooms 10] [--seats 14] [--seconds 20] [--saves 200] [--json]

The load generator is a process of its own on the same machine. Each desk has its own person, sign-in,
appointment to one room, and pass; it asks every 1.4 seconds as the page does, a moment later where it is
told that the server is busy, and renews its pass every fifty. The age of what a desk shows is taken at its
highest: when the next board has come, since before that was read which it replaces. The desks are opened
within half a minute before anything is measured. The floor is ``/healthz``, an empty route of the same
server, asked at the same rate by the same clients. CPU is that of the server alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks._desk_filling import Desk, Machine, fill
from tests.servers import free_port
from trainhub.app import create_app
from trainhub.cli.databases import prepare
from trainhub.cli.measuring import machine as this_machine
from trainhub.config import read_settings

EVERY_S = 1.4
AGAIN_S = (0.3, 0.5)
RENEW_S = 50.0
OPEN_S = 30.0
TICKS = os.sysconf("SC_CLK_TCK")


Answer = tuple[int, dict[str, str], bytes]


class Connection:
    """A kept connection that asks one thing after the other."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, head: str, body: bytes = b"") -> Answer:
        """Send a request; a connection that the server has closed is opened anew, as browsers do."""
        try:
            return await self._asked(head, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            self._streams = None
            return await self._asked(head, body)

    async def _asked(self, head: str, body: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(f"{head}Host: 127.0.0.1\r\n\r\n".encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        parts = (line.partition(": ") for line in lines[1:])
        headers = {name.lower(): value for name, _colon, value in parts}
        status = int(lines[0].split(" ")[1])
        content = await reader.readexactly(int(headers.get("content-length", 0))) if status != 304 else b""
        return status, headers, content


class Tally:
    """What came of the requests of a phase."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.statuses: dict[int, int] = {}
        self.ages: list[float] = []

    async def timed(self, asking: Awaitable[Answer]) -> Answer:
        """Take the time of one request."""
        begun = time.perf_counter()
        answer = await asking
        self.times.append(time.perf_counter() - begun)
        self.statuses[answer[0]] = self.statuses.get(answer[0], 0) + 1
        return answer

    def figures(self, seconds: float, cpu: float) -> dict[str, Any]:
        """Return rate, times in milliseconds, and processor seconds of the server per 1,000."""
        cuts = quantiles(self.times, n=100) if len(self.times) > 1 else [0.0] * 99
        found: dict[str, Any] = {
            "per_second": round(len(self.times) / seconds, 1),
            "p50_ms": round(cuts[49] * 1000, 2),
            "p99_ms": round(cuts[98] * 1000, 2),
            "cpu_s_per_1000": round(cpu / max(1, len(self.times)) * 1000, 3),
            "statuses": self.statuses,
        }
        if len(self.ages) > 1:
            ages = quantiles(self.ages, n=100)
            found["age_s"] = {
                "p50": round(ages[49], 2),
                "p99": round(ages[98], 2),
                "most": round(max(self.ages), 2),
            }
        return found


def processor_seconds(group: int) -> float:
    """Return the processor seconds of all processes of a group so far."""
    total = 0.0
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            if entry.name.isdigit() and os.getpgid(int(entry.name)) == group:
                fields = (entry / "stat").read_text().rpartition(") ")[2].split()
                total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


class Life:
    """A desk's page through all phases: its connection, what it has seen, its pass."""

    def __init__(self, desk: Desk, port: int) -> None:
        self._desk = desk
        self._connection = Connection(port)
        self._tag = ""
        self._pass = ""
        self._passed_at = 0.0
        self._read_at: float | None = None

    async def open(self, within_s: float, tally: Tally) -> None:
        """Come up at some moment of a span, as the page does: with a pass."""
        await asyncio.sleep(random.random() * within_s)
        while not self._pass:
            await self._look(tally)
            await asyncio.sleep(0 if self._pass else 1)

    async def live(self, until: float, tally: Tally, *, empty: bool) -> None:
        """Poll until a moment; ``empty`` asks the empty route instead."""
        await asyncio.sleep(random.random() * EVERY_S)
        self._read_at, refusals = None, 0
        while time.monotonic() < until:
            begun = time.monotonic()
            if empty:
                await tally.timed(self._connection.ask("GET /healthz HTTP/1.1\r\n"))
            else:
                refusals = refusals + 1 if await self._look(tally) == 503 else 0
            if refusals:
                await asyncio.sleep(min(random.uniform(*AGAIN_S) * 2 ** (refusals - 1), EVERY_S))
            else:
                await asyncio.sleep(max(0.0, EVERY_S - (time.monotonic() - begun)))

    async def _look(self, tally: Tally) -> int:
        desk, begun = self._desk, time.monotonic()
        head = f"GET {desk.board} HTTP/1.1\r\nCookie: {desk.cookie}\r\nAccept: application/json\r\n"
        head += "Accept-Encoding: gzip\r\n" + (f"If-None-Match: {self._tag}\r\n" if self._tag else "")
        if self._pass and begun - self._passed_at < RENEW_S:
            head += f"X-Desk-Pass: {self._pass}\r\n"
        status, headers, _body = await tally.timed(self._connection.ask(head))
        self._tag = headers.get("etag", self._tag)
        if "x-desk-pass" in headers:
            self._pass, self._passed_at = headers["x-desk-pass"], begun
        if "x-age" in headers:
            if self._read_at is not None:
                tally.ages.append(time.monotonic() - self._read_at)
            self._read_at = begun - int(headers["x-age"]) / 1000
        return status


async def candidates_save(
    machines: list[Machine], port: int, until: float, rate: float, tally: Tally
) -> None:
    """Save so many changes a second, each for another candidate in turn."""
    connections = [Connection(port) for _each in range(32)]
    turn = iter(range(10**9))

    async def one(connection: Connection) -> None:
        while time.monotonic() < until:
            begun, number = time.monotonic(), next(turn)
            place = number % len(machines)
            machine, sequence = machines[place], _SEQUENCES.get(place, 0) + 1
            _SEQUENCES[place] = sequence
            change = {"sequence": sequence, "position": sequence % 100 + 1, "response": "T"}
            change |= {"flagged": False, "how": "pointer", "shown_ms": 1500}
            body = json.dumps({"changes": [change]}).encode()
            head = f"POST /exam/attempt/journal HTTP/1.1\r\nAuthorization: Bearer {machine.token}\r\n"
            head += f"X-Attempt: {machine.attempt}\r\nContent-Type: application/json\r\n"
            await tally.timed(connection.ask(f"{head}Content-Length: {len(body)}\r\n", body))
            await asyncio.sleep(max(0.0, len(connections) / rate - (time.monotonic() - begun)))

    await asyncio.gather(*(one(connection) for connection in connections))


_SEQUENCES: dict[int, int] = {}


async def phase(
    name: str, group: int, seconds: float, lives: Callable[[float, Tally, Tally], list[Awaitable[None]]]
) -> dict[str, Any]:
    """Run one phase; returns the figures of polls and, where there are some, of saves."""
    polls, saves = Tally(), Tally()
    before, begun = processor_seconds(group), time.monotonic()
    await asyncio.gather(*lives(begun + seconds, polls, saves))
    spent, cpu = time.monotonic() - begun, processor_seconds(group) - before
    print(f"  {name}: {spent:.0f} s", file=sys.stderr)
    found: dict[str, Any] = {"cpu_s": round(cpu, 2), "load": round(os.getloadavg()[0], 1)}
    if polls.times:
        found["polls"] = polls.figures(spent, cpu)
    if saves.times:
        found["saves"] = saves.figures(spent, cpu)
    return found


async def measure(
    desks: list[Desk], machines: list[Machine], port: int, group: int, seconds: float, rate: float
) -> dict[str, Any]:
    """Run all phases: the floor, boards on which little happens, saving alone, and both together."""

    lives = [Life(desk, port) for desk in desks]

    def poll(until: float, polls: Tally, *, empty: bool = False) -> list[Awaitable[None]]:
        return [life.live(until, polls, empty=empty) for life in lives]

    def save(until: float, saves: Tally) -> list[Awaitable[None]]:
        return [candidates_save(machines, port, until, rate, saves)]

    def come_up(_until: float, polls: Tally, _saves: Tally) -> list[Awaitable[None]]:
        return [life.open(OPEN_S, polls) for life in lives]

    figures = {
        "opening": await phase("opening", group, 0, come_up),
        "floor": await phase("floor", group, seconds, lambda u, p, _s: poll(u, p, empty=True)),
        "boards": await phase("boards", group, seconds, lambda u, p, _s: poll(u, p)),
        "saves": await phase("saves", group, seconds, lambda u, _p, s: save(u, s)),
        "both": await phase("both", group, seconds, lambda u, p, s: poll(u, p) + save(u, s)),
    }
    extra = figures["both"]["cpu_s"] - figures["saves"]["cpu_s"]
    polls = sum(figures["both"]["polls"]["statuses"].values())
    figures["cpu_s_per_1000_polls_beside_saves"] = round(extra / max(1, polls) * 1000, 3)
    return figures


def serve(folder: str, port: int) -> subprocess.Popen[bytes]:
    """Start the server on an instance and wait until it answers."""
    environment = os.environ | {
        "TRAINHUB_INSTANCE": folder,
        "TRAINHUB_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    log = (Path(folder) / "server.log").open("wb")
    command = [sys.executable, "-m", "trainhub", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    while True:
        with suppress(OSError):
            asyncio.run(Connection(port).ask("GET /healthz HTTP/1.1\r\n"))
            return process
        if process.poll() is not None:
            raise SystemExit((Path(folder) / "server.log").read_text()[-3000:])
        time.sleep(0.1)


def main() -> None:
    """Fill an instance, serve it, poll it, print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("sittings", 70), ("rooms", 10), ("seats", 14)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--saves", type=float, default=200.0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"TRAINHUB_INSTANCE": folder})
        prepare(settings)
        app = create_app(settings)
        with app.app_context():
            desks, machines = fill(app, asked.sittings, asked.rooms, asked.seats)
        port = free_port()
        server = serve(folder, port)
        try:
            figures = asyncio.run(measure(desks, machines, port, server.pid, asked.seconds, asked.saves))
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
    conditions = this_machine() | {"database": "sqlite", "desks": len(desks), "candidates": len(machines)}
    answer = {"figures": figures, "conditions": conditions}
    print(json.dumps(answer, indent=None if asked.json else 2))


if __name__ == "__main__":
    main()
