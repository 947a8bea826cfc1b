"""A proxy before the servers whose line is cut, slow or deaf on order, and which says things again.

    python -m tests.survival.proxy PORT UPSTREAM_PORT…

Orders come as lines of JSON on standard input. A new connection goes to the next server in turn, to another
one if that does not answer.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import deque
from typing import Any

REMEMBERED = 3000
LONGEST_REQUEST = 65536


class Line:
    """The line as it is at the moment."""

    def __init__(self, upstreams: list[int]) -> None:
        self.upstreams, self.turn = upstreams, 0
        self.chance = random.Random()
        self.is_down = self.is_deaf = False
        self.delay = 0.0
        self.open: set[Side] = set()
        self.requests: deque[bytes] = deque(maxlen=REMEMBERED)

    def next_upstreams(self) -> list[int]:
        """The servers in the order in which they are tried."""
        self.turn += 1
        start = self.turn % len(self.upstreams)
        return self.upstreams[start:] + self.upstreams[:start]

    # ---- orders

    def do_cut(self, seconds: float) -> None:
        """Cut every connection and refuse new ones for a while."""
        self.is_down = True
        self.drop_all()
        asyncio.get_running_loop().call_later(seconds, self._restore)

    def do_delay(self, seconds: float, least: float) -> None:
        """Let everything take longer for a while."""
        self.delay = least
        asyncio.get_running_loop().call_later(seconds, self._restore)

    def do_deafen(self, seconds: float) -> None:
        """Requests arrive, answers do not: the server acts and nobody learns of it. Then cut."""
        self.is_deaf = True
        asyncio.get_running_loop().call_later(seconds, self._undeafen)

    def do_replay(self, requests: int) -> None:
        """Say old requests again, out of order and twice over."""
        old = self.chance.sample(list(self.requests), min(requests, len(self.requests)))
        for request in [*old, *old[: len(old) // 2]]:
            asyncio.get_running_loop().create_task(self._say_again(request))

    def _restore(self) -> None:
        self.is_down, self.delay = False, 0.0

    def _undeafen(self) -> None:
        self.is_deaf = False
        self.drop_all()

    def drop_all(self) -> None:
        """Reset every connection."""
        for side in list(self.open):
            side.drop()

    async def _say_again(self, request: bytes) -> None:
        await asyncio.sleep(self.chance.uniform(0, 2))
        try:
            async with asyncio.timeout(10):
                port = self.chance.choice(self.upstreams)
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(request)
                await reader.read(LONGEST_REQUEST)
                writer.transport.abort()
        except (OSError, TimeoutError):
            pass


class Side(asyncio.Protocol):
    """One end of a connection; what arrives goes to the other end."""

    def __init__(self, line: Line, other: Side | None = None) -> None:
        self.line, self.other = line, other
        self.faces_client = other is None
        self.waiting: list[bytes] = []
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.line.open.add(self)
        if self.other is None:
            if self.line.is_down:
                self.drop()
                return
            asyncio.get_running_loop().create_task(self._reach())

    async def _reach(self) -> None:
        loop = asyncio.get_running_loop()
        for port in self.line.next_upstreams():
            try:
                _transport, other = await loop.create_connection(
                    lambda: Side(self.line, self), "127.0.0.1", port
                )
            except OSError:
                continue
            self.other = other
            for data in self.waiting:
                other.write(data)
            return
        self.drop()

    def data_received(self, data: bytes) -> None:
        if self.faces_client and data.startswith(b"POST ") and is_whole(data):
            self.line.requests.append(data)
        if not self.faces_client and self.line.is_deaf:
            return
        if self.line.delay:
            pause = self.line.delay * self.line.chance.uniform(1, 2)
            asyncio.get_running_loop().call_later(pause, self._forward, data)
        else:
            self._forward(data)

    def _forward(self, data: bytes) -> None:
        if self.other is None:
            self.waiting.append(data)
        else:
            self.other.write(data)

    def write(self, data: bytes) -> None:
        """Send out of this end."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def connection_lost(self, _problem: Exception | None) -> None:
        self.line.open.discard(self)
        if self.other is not None:
            self.other.drop()

    def drop(self) -> None:
        """Reset this end."""
        if self.transport is not None:
            self.transport.abort()


def is_whole(data: bytes) -> bool:
    """Whether these bytes are one complete request."""
    head, found, body = data.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return bool(found and lines) and len(body) == int(lines[0].split(b":")[1])


async def serve(port: int, upstreams: list[int]) -> None:
    """Carry until the orders end."""
    line = Line(upstreams)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Side(line), "127.0.0.1", port, backlog=2048)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while order := await reader.readline():
        told = json.loads(order)
        getattr(line, "do_" + told.pop("do"))(**told)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), [int(each) for each in sys.argv[2:]]))
