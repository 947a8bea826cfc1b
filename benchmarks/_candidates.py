"""Simulated candidates: each a browser of its own over HTTP, answering as a person would, only faster."""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass, field

import httpx

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ATTEMPT = re.compile(r'data-attempt="([0-9a-f]+)"')
RAMP_S = 30.0
THINK_S = 1.4


@dataclass
class Candidate:
    """One candidate and what became of them.

    Args:
        ticket: number of the admission ticket.
        digits: last six characters of the ID number.
        skill: share of questions that the candidate knows.
        keys: right option texts by stem; ``T`` or ``F`` for true or false.
    """

    ticket: str
    digits: str
    skill: float
    keys: dict[str, str]
    code: str = ""
    given: dict[int, str] = field(default_factory=dict)
    right: int = 0
    receipt: str = ""
    latencies: list[float] = field(default_factory=list)
    retries: int = 0


async def sit(candidate: Candidate, address: str, chance: random.Random) -> None:
    """Enter, begin, answer every question one by one, hand in."""
    async with httpx.AsyncClient(base_url=address, timeout=60, verify=False) as client:
        await asyncio.sleep(chance.uniform(0, RAMP_S))
        await _enter(candidate, client)
        headers = {"X-Attempt": candidate.code, "Accept": "application/json"}
        for sequence, question in enumerate(await _questions(client, headers), start=1):
            await asyncio.sleep(chance.uniform(0.3, 1.7) * THINK_S)
            await _answer(candidate, client, headers, sequence, question, chance)
        last = {"last_sequence": len(candidate.given)}
        answer = await client.post("/exam/attempt/hand-in", json=last, headers=headers)
        answer.raise_for_status()
        candidate.receipt = answer.json()["receipt"]


async def _enter(candidate: Candidate, client: httpx.AsyncClient) -> None:
    page = await client.get("/exam/attempt")
    form = {"csrf_token": TOKEN.search(page.text)[1], "ticket_number": candidate.ticket}
    answer = await client.post("/exam/attempt/enter", data=form | {"last_six": candidate.digits})
    assert answer.status_code == 302, (answer.status_code, candidate.ticket)
    exam = await client.get("/exam/attempt")
    candidate.code = ATTEMPT.search(exam.text)[1]


async def _questions(client, headers) -> list[dict]:
    """Begin, fetch the form document, and put it into this candidate's order, as the page does."""
    begun = await client.post("/exam/attempt/start", json={}, headers=headers)
    begun.raise_for_status()
    form = begun.json()["form"]
    shared = (await client.get(form["address"], headers=headers)).raise_for_status().json()["questions"]
    return [
        shared[place]
        | {
            "position": position,
            "options": [
                {"letter": "ABCDEFGHIJKL"[shown], "text": shared[place]["options"][option]}
                for shown, option in enumerate(options)
            ],
        }
        for position, (place, options) in enumerate(form["order"], start=1)
    ]


async def _answer(candidate, client, headers, sequence, question, chance) -> None:
    letter, is_right = _choose(candidate, question, chance)
    change = {"sequence": sequence, "position": question["position"], "response": letter, "flagged": False}
    change |= {"how": "key", "shown_ms": chance.randint(800, 60_000)}
    while True:
        began = time.perf_counter()
        answer = await client.post("/exam/attempt/journal", json={"changes": [change]}, headers=headers)
        candidate.latencies.append(time.perf_counter() - began)
        if answer.status_code == 200:
            assert str(sequence) in answer.json()["links"]
            break
        assert answer.status_code == 503, (answer.status_code, answer.text)
        candidate.retries += 1
        await asyncio.sleep(1)
    candidate.given[question["position"]] = letter
    candidate.right += is_right


def _choose(candidate, question, chance) -> tuple[str, bool]:
    key = candidate.keys[question["stem"]]
    letters = {option["letter"]: option["text"] for option in question["options"]} or {"T": "T", "F": "F"}
    right = next(letter for letter, text in letters.items() if text == key)
    if chance.random() < candidate.skill:
        return right, True
    return chance.choice([letter for letter in letters if letter != right]), False


def run_all(candidates: list[Candidate], address: str) -> float:
    """Let all candidates sit at once; returns the seconds that it took."""

    async def everybody() -> None:
        sitting = (sit(each, address, random.Random(place)) for place, each in enumerate(candidates))
        await asyncio.gather(*sitting)

    began = time.perf_counter()
    asyncio.run(everybody())
    return time.perf_counter() - began


def floor(address: str, count: int = 1500, at_once: int = 12) -> list[float]:
    """How long the same client waits for the barest answer of the same server."""

    async def ask() -> list[float]:
        async with httpx.AsyncClient(base_url=address, verify=False) as client:
            seconds: list[float] = []

            async def one() -> None:
                for _each in range(count // at_once):
                    began = time.perf_counter()
                    (await client.get("/healthz")).raise_for_status()
                    seconds.append(time.perf_counter() - began)

            await asyncio.gather(*(one() for _ in range(at_once)))
            return seconds

    return asyncio.run(ask())
