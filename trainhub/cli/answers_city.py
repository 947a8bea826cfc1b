"""A whole sitting as the load generator lives it: all come in, all begin, all work, all hand in.

Each candidate signs in with ticket and number, has its own token, order and journal, changes an answer about
every fifty seconds and gives a sign of life every thirty, as the page does.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from typing import Any
from urllib.parse import urlencode

from trainhub.cli.answers_line import Broken, Line, head_of
from trainhub.cli.answers_load import PATH, Seat, begin, hand_in, save, summary

TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
ATTEMPT = re.compile(rb'data-attempt="([0-9a-f]+)"')
COOKIE = re.compile(rb"set-cookie: ([^=]+)=([^;]+)", re.IGNORECASE)
CHANGE_EVERY_S = 50.0
BEAT_EVERY_S = 30.0


async def live(seats: list[Seat], order: dict[str, Any]) -> dict[str, Any]:
    """Live a sitting; returns what is told of each of its parts.

    Args:
        seats: the candidates; ``code`` holds the ticket number and ``token`` the digits until they sign in.
        order: port, seconds of the rushes and of the work, connections that sign in at once.
    """
    port = order["port"]
    lines = [Line("127.0.0.1", port) for _seat in seats]
    found: dict[str, Any] = {}
    found["sign_in"] = await _sign_all_in(seats, lines, order["sign_in_at_once"])
    found["start"] = await _rush(seats, lines, order["rush_s"], begin)
    found["work"] = await _work(seats, lines, order["work_s"])
    found["hand_in"] = await _rush(seats, lines, order["rush_s"], hand_in)
    for line in lines:
        line.close()
    return found


async def _sign_all_in(seats: list[Seat], lines: list[Line], at_once: int) -> dict[str, Any]:
    began = time.perf_counter()
    waiting = list(zip(seats, lines, strict=True))[::-1]
    took: list[float] = []

    async def work() -> None:
        while waiting:
            seat, line = waiting.pop()
            took.append(await sign_in(seat, line))

    await asyncio.gather(*(work() for _each in range(at_once)))
    return summary(took, time.perf_counter() - began, seats)


async def sign_in(seat: Seat, line: Line) -> float:
    """Come in as a person does: the page, ticket and number, the exam's page."""
    began = time.perf_counter()
    cookies: dict[bytes, bytes] = {}

    async def ask(method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        jar = "; ".join(f"{name.decode()}={value.decode()}" for name, value in cookies.items())
        head = head_of(method, path, f"Cookie: {jar}") if jar else head_of(method, path)
        if body:
            head += b"Content-Type: application/x-www-form-urlencoded\r\n"
            head += b"Content-Length: %d\r\n" % len(body)
        status, headers, answer = await line.ask(head + b"\r\n" + body)
        cookies.update(COOKIE.findall(headers))
        return status, answer

    _status, page = await ask("GET", PATH)
    token = TOKEN.search(page)
    form = {
        "csrf_token": token[1].decode() if token else "",
        "ticket_number": seat.code,
        "last_six": seat.token,
    }
    await ask("POST", f"{PATH}/enter", urlencode(form).encode())
    _status, exam = await ask("GET", PATH)
    attempt = ATTEMPT.search(exam)
    if attempt is None:
        seat.errors += 1
    else:
        seat.code, seat.token = attempt[1].decode(), cookies[b"trainhub-attempt"].decode()
    return time.perf_counter() - began


async def _rush(seats: list[Seat], lines: list[Line], seconds: float, job: Any) -> dict[str, Any]:
    """Have everybody do one thing at a moment of their own within so many seconds."""
    took: list[float] = []

    async def one(seat: Seat, line: Line) -> None:
        await asyncio.sleep(random.uniform(0, seconds))  # noqa: S311
        try:
            took.append(await job(seat, line))
        except (Broken, OSError):
            seat.errors += 1

    began = time.perf_counter()
    await asyncio.gather(*(one(seat, line) for seat, line in zip(seats, lines, strict=True)))
    return summary(took, time.perf_counter() - began, seats)


async def _work(seats: list[Seat], lines: list[Line], seconds: float) -> dict[str, Any]:
    """Have everybody answer for a while: a change about every fifty seconds, a sign of life every thirty."""
    until = time.perf_counter() + seconds
    saves: list[float] = []
    beats: list[float] = []

    async def one(seat: Seat, line: Line) -> None:
        chance = random.Random(seat.code)  # noqa: S311
        head = seat.head("POST", f"{PATH}/journal")
        change_at = time.perf_counter() + chance.uniform(0, 2 * CHANGE_EVERY_S)
        beat_at = time.perf_counter() + chance.uniform(0, BEAT_EVERY_S)
        while (next_at := min(change_at, beat_at)) < until:
            await asyncio.sleep(max(0.0, next_at - time.perf_counter()))
            if next_at == change_at:
                saves.append(await save(seat, line, head, [seat.change(chance)]))
                change_at += chance.uniform(0.2, 1.8) * CHANGE_EVERY_S
            else:
                beats.append(await save(seat, line, head, []))
            # A page that has just been answered needs no sign of life for a while.
            beat_at = time.perf_counter() + BEAT_EVERY_S

    began = time.perf_counter()
    await asyncio.gather(*(one(seat, line) for seat, line in zip(seats, lines, strict=True)))
    spent = time.perf_counter() - began
    return {"saves": summary(saves, spent, seats), "beats": summary(beats, spent, [])}
