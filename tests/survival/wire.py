"""HTTP as cheap as it gets: one kept connection a candidate, so that a thousand fit beside the server."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass, field
from typing import Any

PATIENCE_S = 8.0
Address = tuple[str, int]


class Unreachable(Exception):
    """No answer, or half of one: whether the server acted is not known."""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str] = field(default_factory=list)

    def json(self) -> Any:
        """The body as JSON; None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Wire:
    """A candidate's connection to one of the servers; cut, it is made anew, perhaps to another one.

    Args:
        addresses: of the servers, or of the proxy before them.
        chance: which is taken.
    """

    def __init__(self, addresses: list[Address], chance: random.Random) -> None:
        self._addresses, self._chance = addresses, chance
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request and wait for the whole answer.

        Raises:
            Unreachable: it did not come.
        """
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._exchange(method, path, body, headers or {})
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError, TimeoutError) as problem:
            self.cut()
            raise Unreachable(repr(problem)) from None
        except asyncio.CancelledError:
            self.cut()
            raise

    async def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self._writer is None or self._writer.is_closing():
            host, port = self._chance.choice(self._addresses)
            self._reader, self._writer = await asyncio.open_connection(host, port)
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        assert self._reader is not None
        answer = await _read(self._reader)
        if answer.headers.get("connection", "").lower() == "close":
            self.cut()
        return answer

    def cut(self) -> None:
        """Drop the connection without a word."""
        if self._writer is not None:
            self._writer.transport.abort()
            self._reader = self._writer = None


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers, cookies = {}, []
    for line in head[1:-2]:
        name, _colon, value = line.partition(":")
        if name.lower() == "set-cookie":
            cookies.append(value.strip().partition(";")[0])
        headers[name.lower()] = value.strip()
    if "chunked" in headers.get("transfer-encoding", ""):
        body = await _read_chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(int(head[0].split(" ")[1]), headers, body, cookies)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readline()
    return b"".join(parts)
