"""What a page says to the server and what the answers mean: the one place that knows the contract."""

from __future__ import annotations

import gzip
import json
import re
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from tests.survival.wire import Answer, Unreachable, Wire

PATH = "/exam/attempt"
LETTERS = "ABCDEFGHIJKL"
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Refusal(Exception):
    """A definite no.

    Args:
        status: of the answer.
        body: what it says.
    """

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {json.dumps(body, ensure_ascii=False)[:200]}")
        self.status, self.body = status, body
        self.reason, self.expected = body.get("reason"), body.get("expected")


class Busy(Unreachable):
    """The server asks to come again; ``after`` is in how many seconds."""

    def __init__(self, after: float) -> None:
        super().__init__("503")
        self.after = after


class Failed(Unreachable):
    """The server says that something failed on its side; whether it acted is not known."""


@dataclass(frozen=True)
class Question:
    """What can be answered at one position: T and F, letters, or several letters."""

    type: str
    letters: tuple[str, ...]


@dataclass
class Standing:
    """What the server says of an attempt.

    Args:
        told: the whole answer.
        questions: by position, from 1; only after the start.
        order: the form as handed out, which never changes.
    """

    told: dict[str, Any]
    questions: list[Question] = field(default_factory=list)
    order: str = ""


class Server:
    """The server as one candidate's page knows it.

    Args:
        wire: the connection.
        attempt: code of the attempt.
        token: of the machine.
    """

    def __init__(self, wire: Wire, attempt: str, token: str) -> None:
        self.wire, self.attempt, self.token = wire, attempt, token
        self.kept_documents: dict[str, list[dict[str, Any]]] = {}

    async def sign_in(self, ticket: str, last_six: str) -> None:
        """Sign in through the page, as a browser does; the token is then known."""
        page = await self.wire.ask("GET", PATH)
        found = CSRF.search(page.body.decode(errors="replace"))
        if page.status != 200 or found is None:
            raise _trouble(page)
        form = {"csrf_token": found[1], "ticket_number": ticket, "last_six": last_six}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "; ".join(page.cookies)}
        answer = await self.wire.ask("POST", f"{PATH}/enter", urllib.parse.urlencode(form).encode(), headers)
        if answer.status != 302:
            raise _trouble(answer)
        cookies = dict(cookie.split("=", 1) for cookie in answer.cookies)
        self.token = cookies["trainhub-attempt"]

    async def start(self) -> Standing:
        """Begin, or go on after a reload; the form document is fetched once, as the browser keeps it."""
        told = await self._tell("start", {})
        if "form" not in told:
            return Standing(told)
        address, order = told["form"]["address"], told["form"]["order"]
        if address not in self.kept_documents:
            self.kept_documents[address] = await self._fetch(address)
        questions = []
        for place, options in order:
            kind = self.kept_documents[address][place]["type"]
            letters = ("T", "F") if kind == "true_false" else tuple(LETTERS[: len(options)])
            questions.append(Question(kind, letters))
        return Standing(told, questions, json.dumps(order))

    async def _fetch(self, address: str) -> list[dict[str, Any]]:
        answer = await self.wire.ask("GET", address, b"", self._headers())
        if answer.status != 200:
            raise _trouble(answer)
        document = json.loads(gzip.decompress(answer.body))
        return list(document["questions"])

    async def save(self, changes: list[dict[str, Any]], beacon: Any) -> dict[str, Any]:
        """Send changes in order; none is a sign of life."""
        return await self._tell("journal", {"changes": changes, "beacon": beacon})

    async def hand_in(self, last_sequence: int) -> dict[str, Any]:
        """Hand in."""
        return await self._tell("hand-in", {"last_sequence": last_sequence})

    def packet(self, changes: list[dict[str, Any]], beacon: Any) -> bytes:
        """A packet of changes as it goes over the wire, to be sent a second time."""
        return json.dumps({"changes": changes, "beacon": beacon}).encode()

    async def say_again(self, wire: Wire, packet: bytes) -> Answer:
        """Send an old packet over another connection."""
        return await wire.ask("POST", f"{PATH}/journal", packet, self._headers())

    async def _tell(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        said = json.dumps(body).encode()
        answer = await self.wire.ask("POST", f"{PATH}/{name}", said, self._headers())
        if answer.status != 200:
            raise _trouble(answer)
        told = answer.json()
        if not isinstance(told, dict):
            raise Unreachable("not JSON")
        return told

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return headers | {"X-Attempt": self.attempt, "Authorization": f"Bearer {self.token}"}


def _trouble(answer: Answer) -> Exception:
    if answer.status in (429, 503):
        return Busy(float(answer.headers.get("retry-after", 1)))
    if answer.status >= 500:
        return Failed(str(answer.status))
    body = answer.json()
    return Refusal(answer.status, body if isinstance(body, dict) else {})
