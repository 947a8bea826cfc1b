"""One kept-open HTTP connection of the load generator, as cheap as asyncio allows."""

from __future__ import annotations

import asyncio
import json
from typing import Any


class Broken(ConnectionError):
    """The server closed the connection before it had answered."""


class Line(asyncio.Protocol):
    """A connection on which one request after the other is asked.

    Args:
        host: of the server.
        port: of the server.

    Attributes:
        sent_again: how often a request was sent again on a new connection.
    """

    def __init__(self, host: str, port: int) -> None:
        self.port = port
        self.sent_again = 0
        self._host = host
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[tuple[int, bytes, bytes]] | None = None
        self._buffer = bytearray()
        self._head_ends = -1
        self._length = 0

    async def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send a request; returns status, head and body of the answer.

        A request that met the end of a connection kept open for long is sent again on a new one, as browsers
        do: a server may hang up on whoever was silent for half a minute, and cannot know what is on its way.

        Raises:
            Broken: the server went away.
        """
        kept = self._transport is not None and not self._transport.is_closing()
        try:
            return await self._send(request)
        except Broken:
            if not kept or self._buffer:
                raise
        self.sent_again += 1
        return await self._send(request)

    async def _send(self, request: bytes) -> tuple[int, bytes, bytes]:
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            self._buffer.clear()
            self._head_ends = -1
            await loop.create_connection(lambda: self, self._host, self.port)
        assert self._transport is not None
        self._waiting = loop.create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(Broken("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        """Put an answer together and hand it over once it is whole."""
        buffer = self._buffer
        buffer += data
        if self._head_ends < 0:
            self._head_ends = buffer.find(b"\r\n\r\n")
            if self._head_ends < 0:
                return
            head = bytes(buffer[: self._head_ends]).lower()
            place = head.find(b"content-length:")
            self._length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        whole = self._head_ends + 4 + self._length
        if len(buffer) < whole:
            return
        status, head = int(buffer[9:12]), bytes(buffer[: self._head_ends])
        body = bytes(buffer[self._head_ends + 4 : whole])
        del buffer[:whole]
        self._head_ends = -1
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result((status, head, body))


def head_of(method: str, path: str, *headers: str) -> bytes:
    """Return the lines of a request before its length and body."""
    lines = [f"{method} {path} HTTP/1.1", *headers]
    return ("\r\n".join(lines) + "\r\n").encode()


def with_body(head: bytes, facts: Any) -> bytes:
    """Return a whole request with a JSON body."""
    body = facts if isinstance(facts, bytes) else json.dumps(facts, separators=(",", ":")).encode()
    return head + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
