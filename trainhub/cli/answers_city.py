"""A whole sitting as the load generator lives it: all come in, all begin, all work, all hand in.

Each candidate signs in with ticket and number, has its own token, order and journal, and sends what a page
sent that was recorded in a real Chromium: the same files, the same calls with the same heads, as often.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from trainhub.cli.answers_line import Broken, Line, with_body
from trainhub.cli.answers_load import COOKIE, PATH, Seat, begin, hand_in, save, summary
from trainhub.cli.answers_recorded import recorded

TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
ATTEMPT = re.compile(rb'data-attempt="([0-9a-f]+)"')
SET_COOKIE = re.compile(rb"set-cookie: ([^=]+)=([^;]+)", re.IGNORECASE)
RETRY_AFTER = re.compile(rb"retry-after: (\d+)", re.IGNORECASE)
TELLS_AFTER_S = 3.0
"""After so long the page tells which machine it runs at (delivery-watch.js)."""


async def live(seats: list[Seat], order: dict[str, Any]) -> dict[str, Any]:
    """Live a sitting; returns what is told of each of its parts.

    Args:
        seats: the candidates; ``code`` holds the ticket number and ``token`` the digits until they sign in.
        order: port, seconds of the rushes and of the work, connections that sign in at once, whether files
            are fetched.
    """
    lines = [Line("127.0.0.1", order["port"]) for _seat in seats]
    at_once = order["sign_in_at_once"]
    found: dict[str, Any] = {}
    found["sign_in"] = await _in_turn(seats, lines, at_once, sign_in)
    if order["files"]:
        found["files"] = await _in_turn(seats, lines, at_once, fetch_files)
    found["state"] = await _in_turn(seats, lines, at_once, ask_state)
    found |= await _start(seats, lines, order["rush_s"])
    found["work"] = await _work(seats, lines, order["work_s"])
    found["hand_in"] = await _rush(seats, lines, order["rush_s"], hand_in)
    for line in lines:
        line.close()
    found["sent_again"] = sum(line.sent_again for line in lines)
    return found


Act = Callable[[Seat, Line], Awaitable[float]]


async def _in_turn(seats: list[Seat], lines: list[Line], at_once: int, act: Act) -> dict[str, Any]:
    """Have everybody do something, so many at once."""
    began = time.perf_counter()
    waiting = list(zip(seats, lines, strict=True))[::-1]
    took: list[float] = []

    async def work() -> None:
        while waiting:
            took.append(await act(*waiting.pop()))

    await asyncio.gather(*(work() for _each in range(at_once)))
    return summary(took, time.perf_counter() - began, seats)


async def sign_in(seat: Seat, line: Line) -> float:
    """Come in as a person does: the page, ticket and number, the exam's page; returns the seconds.

    Who is told to come again later comes again, as often as told; whatever else is refused is noted and not
    tried again.
    """
    began = time.perf_counter()
    cookies: dict[bytes, bytes] = {}

    async def ask(kind: str, method: str, path: str, body: bytes = b"") -> bytes:
        jar = "; ".join(f"{name.decode()}={value.decode()}" for name, value in cookies.items())
        head = recorded().head(kind, method, path, line.port, *([f"Cookie: {jar}"] if jar else []))
        if body:
            head += b"Content-Type: application/x-www-form-urlencoded\r\n"
            head += b"Content-Length: %d\r\n" % len(body)
        while True:
            status, headers, answer = await line.ask(head + b"\r\n" + body)
            cookies.update(SET_COOKIE.findall(headers))
            if status < 400:
                return answer
            seat.refused.append(f"{kind} {status}")
            if status not in (429, 503):
                return answer
            seat.retries += 1
            told = RETRY_AFTER.search(headers)
            await asyncio.sleep((int(told[1]) if told else 1) + random.random())  # noqa: S311

    token = TOKEN.search(await ask("page", "GET", PATH))
    form = {
        "csrf_token": token[1].decode() if token else "",
        "ticket_number": seat.code,
        "last_six": seat.token,
    }
    await ask("enter", "POST", f"{PATH}/enter", urlencode(form).encode())
    attempt = ATTEMPT.search(await ask("page", "GET", PATH))
    if attempt is None:
        seat.errors += 1
    else:
        seat.code, seat.token = attempt[1].decode(), cookies[COOKIE.encode()].decode()
    return time.perf_counter() - began


async def fetch_files(seat: Seat, line: Line) -> float:
    """Fetch style sheets and scripts as a browser that was never here; returns the seconds."""
    began = time.perf_counter()
    for path in recorded().statics:
        status, _head, _body = await line.ask(recorded().head("static", "GET", path, line.port) + b"\r\n")
        seat.errors += status != 200
    return time.perf_counter() - began


async def ask_state(seat: Seat, line: Line) -> float:
    """Ask where the attempt stands, as a page does when it is shown; returns the seconds."""
    began = time.perf_counter()
    status, _head, _body = await line.ask(seat.head("state", "GET", f"{PATH}/state", line) + b"\r\n")
    seat.errors += status != 200
    return time.perf_counter() - began


async def tell(seat: Seat, line: Line) -> float:
    """Tell which machine the page runs at; returns the seconds."""
    began = time.perf_counter()
    head = seat.head("events", "POST", f"{PATH}/events", line)
    status, _head, _body = await line.ask(with_body(head, recorded().events.encode()))
    seat.errors += status != 200
    return time.perf_counter() - began


async def _start(seats: list[Seat], lines: list[Line], seconds: float) -> dict[str, Any]:
    told: list[float] = []

    async def begin_and_tell(seat: Seat, line: Line) -> float:
        took = await begin(seat, line)
        await asyncio.sleep(TELLS_AFTER_S)
        told.append(await tell(seat, line))
        return took

    start = await _rush(seats, lines, seconds, begin_and_tell)
    return {"start": start, "told": summary(told, seconds, [])}


async def _rush(seats: list[Seat], lines: list[Line], seconds: float, act: Act) -> dict[str, Any]:
    """Have everybody do one thing at a moment of their own within so many seconds."""
    took: list[float] = []

    async def one(seat: Seat, line: Line) -> None:
        await asyncio.sleep(random.uniform(0, seconds))  # noqa: S311
        try:
            took.append(await act(seat, line))
        except (Broken, OSError):
            seat.errors += 1

    began = time.perf_counter()
    await asyncio.gather(*(one(seat, line) for seat, line in zip(seats, lines, strict=True)))
    return summary(took, time.perf_counter() - began, seats)


async def _work(seats: list[Seat], lines: list[Line], seconds: float) -> dict[str, Any]:
    """Have everybody answer for a while: changes and signs of life as often as the recorded page."""
    change_every_s, beat_every_s = recorded().change_every_s, recorded().beat_every_s
    until = time.perf_counter() + seconds
    saves: list[float] = []
    beats: list[float] = []

    async def one(seat: Seat, line: Line) -> None:
        chance = random.Random(seat.code)  # noqa: S311
        heads = {kind: seat.head(kind, "POST", f"{PATH}/journal", line) for kind in ("change", "beat")}
        # In the middle of their work: from the first second on answers change as often as later.
        change_at = time.perf_counter() - chance.uniform(9, 10) * change_every_s
        while change_at < time.perf_counter():
            change_at += chance.uniform(0.2, 1.8) * change_every_s
        beat_at = time.perf_counter() + chance.uniform(0, beat_every_s)
        while (next_at := min(change_at, beat_at)) < until:
            await asyncio.sleep(max(0.0, next_at - time.perf_counter()))
            if next_at == change_at:
                saves.append(await save(seat, line, heads["change"], [seat.change(chance)]))
                change_at += chance.uniform(0.2, 1.8) * change_every_s
            else:
                beats.append(await save(seat, line, heads["beat"], []))
            # A page that has just been answered needs no sign of life for a while.
            beat_at = time.perf_counter() + beat_every_s

    began = time.perf_counter()
    await asyncio.gather(*(one(seat, line) for seat, line in zip(seats, lines, strict=True)))
    spent = time.perf_counter() - began
    return {"saves": summary(saves, spent, seats), "beats": summary(beats, spent, [])}
