"""One simulated candidate: answers, keeps a journal, retries, reloads, repeats, hands in; and takes notes."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

from tests.survival.machine_journal import Journal
from tests.survival.protocol import Busy, Failed, Question, Refusal, Server, Standing
from tests.survival.record import Record
from tests.survival.wire import Address, Unreachable, Wire
from tests.survival.world import Seat

BEAT_S = 12.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.3, 4.0
REALIGNMENTS = 5
TWICE, OLD, AHEAD = 0.04, 0.04, 0.03
OLD_PACKETS = 6


class Candidate:
    """A candidate and the machine they sit at; what ``reload`` keeps is what a browser would keep.

    Args:
        seat: who they are.
        addresses: where the server is.
        record: the notes, outside the server.
        chance: theirs alone.
        pace: seconds between two answers, on average.
    """

    def __init__(
        self, seat: Seat, addresses: list[Address], record: Record, chance: random.Random, pace: float
    ) -> None:
        self.seat, self.addresses, self.record, self.chance, self.pace = seat, addresses, record, chance, pace
        self.server = Server(Wire(addresses, chance), seat.attempt, seat.token)
        self.journal = Journal(lambda change: self.note("made", change=change))
        self.nudge = asyncio.Event()
        self.leaving = self.stays = self.is_sealed = self.is_done = self.wants_to_move = False
        self.counts = dict.fromkeys(("saves", "retries", "busy", "failed", "reloads", "repeats"), 0)
        self.questions: list[Question] = []
        self.order, self.made, self.failures, self.realigned = "", 0, 0, 0
        self.beacon: Any = None
        self.old: list[tuple[list[dict[str, Any]], bytes]] = []
        self.deadline = self.ahead = 0.0
        self.next_answer = self.next_beat = 0.0

    def note(self, kind: str, **facts: Any) -> None:
        """Write something down."""
        self.record.note(kind, attempt=self.seat.attempt, **facts)

    def reload(self) -> None:
        """Close the page: what was in memory is gone, what was kept stays."""
        self.counts["reloads"] += 1
        kept = self.server.kept_documents
        self.server = Server(Wire(self.addresses, self.chance), self.seat.attempt, self.server.token)
        self.server.kept_documents = kept
        self.failures = 0

    # ---- from the door to the receipt

    async def sit(self) -> None:
        """Go through the exam from wherever this machine stands."""
        await self._enter()
        while not self.is_done:
            if not self.server.token:
                await self._enter()
            self._answer()
            if self.leaving and self.stays and not self.journal.unsent:
                self.is_done = True
            elif self._is_over() or self.is_sealed:
                await self.trying(self._settle_and_hand_in)
            elif self.leaving and not self.journal.unsent:
                await self.trying(self._hand_in)
            elif self.journal.unsent or time.monotonic() >= self.next_beat:
                await self.trying(self._send)
            else:
                await self._wait()

    async def _enter(self) -> None:
        """Sign in and open the paper; whoever is moved in between signs in again."""
        opened = False
        while not opened:
            while not self.server.token:
                await self.trying(self._sign_in)
            opened = await self.trying(self._start)

    async def trying(self, deed: Any) -> bool:
        """Do something; after a failure wait longer each time, with chance in it, and say that it failed."""
        pause = 0.0
        try:
            await deed()
        except Busy as busy:
            self.counts["busy"] += 1
            pause = busy.after * self.chance.uniform(1, 1.5)
        except Failed as failed:
            self.counts["failed"] += 1
            self.note("server_error", deed=deed.__name__, status=str(failed))
        except Unreachable:
            self.counts["retries"] += 1
        except Refusal as refusal:
            if self._act_on(refusal, deed.__name__):
                return False
        else:
            self.failures = 0
            return True
        self.failures += 1
        grown = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**self.failures)
        await asyncio.sleep(max(pause, grown * self.chance.uniform(0.5, 1)))
        return False

    def _act_on(self, refusal: Refusal, deed: str) -> bool:
        """Do what the page does on a refusal; returns whether to go on at once."""
        self.note("refused", deed=deed, reason=refusal.reason, expected=refusal.expected, text=str(refusal))
        if refusal.reason in ("gap", "changed") and refusal.expected:
            self.journal.realign(refusal.expected)
            self.realigned += 1
            return self.realigned <= REALIGNMENTS
        if refusal.reason in ("deadline", "handed_in"):
            self.leaving, self.stays, self.is_sealed = True, False, True
            return True
        if refusal.status == 401 and deed != "_sign_in":
            # Moved by the invigilator; the checker asks whether that is so.
            self.note("turned_out")
            self.server.token = ""
        if deed == "_sign_in" and refusal.status == 422:
            # The answer to an earlier try was lost, so the place is bound; the invigilator moves them.
            self.wants_to_move = True
        return False

    async def _sign_in(self) -> None:
        await self.server.sign_in(self.seat.ticket, self.seat.last_six)
        self.wants_to_move = False
        self.note("signed_in")

    async def _start(self) -> None:
        sent = time.time()
        standing = await self.server.start()
        if self.order and standing.order and self.order != standing.order:
            self.note("problem", what="the form of the questions is another one after a reload")
        self._learn(standing.told, sent)
        self.questions, self.order = standing.questions, standing.order or self.order
        self.note("started", last=standing.told["last_sequence"], head=standing.told["head"])
        if not self.journal.open(standing.told["last_sequence"], standing.told["head"]):
            self.note("problem", what="the head is not the link that was acknowledged here")
        if "answers" in standing.told:
            self._compare_answers(standing)
            self.beacon = self.beacon or standing.told["beacon"]
        self.next_answer = time.monotonic() + self.chance.expovariate(1 / self.pace)
        self.next_beat = time.monotonic() + BEAT_S

    def _compare_answers(self, standing: Standing) -> None:
        """What the server shows after a reload is what was acknowledged."""
        last = standing.told["last_sequence"]
        if any(number not in self.journal.kept for number in range(1, last + 1)):
            return
        wanted = {}
        for number in range(1, last + 1):
            change = self.journal.kept[number]
            wanted[change["position"]] = (change["response"], change["flagged"])
        shown = {each["position"]: (each["response"], each["flagged"]) for each in standing.told["answers"]}
        if shown != wanted:
            self.note("problem", what="the answers shown after a reload are not those that were given")

    # ---- working

    def _answer(self) -> None:
        """Make the changes that are due; a candidate goes on while the line is dead."""
        while not self.leaving and self.next_answer <= time.monotonic() and not self._is_over():
            self.made += 1
            position = self.chance.randint(1, len(self.questions))
            change = {"position": position, "response": self._choose(self.questions[position - 1])}
            change["flagged"] = self.chance.random() < 0.1
            change["how"] = self.chance.choice(["pointer", "touch", "key"])
            # Nobody else makes a change with this number, so a change that is there twice is seen.
            change["shown_ms"] = self.made
            self.journal.add(change)
            self.next_answer += self.chance.expovariate(1 / self.pace)

    def _choose(self, question: Question) -> str | list[str] | None:
        if self.chance.random() < 0.05:
            return None
        if question.type == "multiple":
            number = self.chance.randint(1, len(question.letters))
            return sorted(self.chance.sample(question.letters, number))
        return self.chance.choice(question.letters)

    async def _send(self) -> None:
        packet = self.journal.packet()
        if packet and self.chance.random() < AHEAD:
            await self._say(packet[1:] or packet)
        twin = None
        if self.chance.random() < TWICE:
            twin = asyncio.create_task(self._say(packet))
        try:
            await self._save(packet)
        finally:
            if twin:
                await twin
        if self.old and self.chance.random() < OLD:
            await self._say(self.chance.choice(self.old)[0])

    async def _save(self, packet: list[dict[str, Any]]) -> None:
        sent = time.time()
        told = await self.server.save(packet, self.beacon)
        self._acknowledged(packet, told, sent)
        self.counts["saves"] += bool(packet)
        self.realigned = 0
        self._keep_beacon(told["beacon"])
        self.next_beat = time.monotonic() + BEAT_S
        if packet:
            self.old = [*self.old[1 - OLD_PACKETS :], (packet, b"")]

    def _keep_beacon(self, beacon: Any) -> None:
        """Keep the newest sign of the server from before the end: what is sent late is chained to it."""
        if beacon and (not self.deadline or beacon["at"] <= self.deadline):
            self.beacon = beacon

    def _acknowledged(self, packet: list[dict[str, Any]], told: dict[str, Any], sent: float) -> None:
        contents = {change["sequence"]: change["shown_ms"] for change in packet}
        facts = {key: told[key] for key in ("last_sequence", "head", "links", "now", "deadline")}
        self.note("acknowledged", contents=contents, sent=sent, late=bool(told.get("late")), **facts)
        if other := self.journal.acknowledge(packet, told["links"]):
            self.note("problem", what=f"other links than those acknowledged before: {other}")
        if set(contents) - {int(number) for number in told["links"]}:
            self.note("problem", what="an acknowledgement without a link for each change")
        self._learn(told, sent)

    async def _say(self, packet: list[dict[str, Any]]) -> None:
        """Say something old, early or twice over a line of its own; nothing may break."""
        self.counts["repeats"] += 1
        wire, sent = Wire(self.addresses, self.chance), time.time()
        try:
            answer = await self.server.say_again(wire, self.server.packet(packet, self.beacon))
        except Unreachable:
            return
        finally:
            wire.cut()
        told = answer.json()
        if answer.status == 200 and isinstance(told, dict):
            contents = {change["sequence"]: change["shown_ms"] for change in packet}
            facts = {key: told[key] for key in ("last_sequence", "head", "links", "now", "deadline")}
            self.note("acknowledged", contents=contents, sent=sent, late=bool(told.get("late")), **facts)
        elif answer.status == 401:
            self.note("turned_out")
        elif answer.status not in (409, 503, 500, 502, 504):
            self.note("problem", what=f"an old packet was answered {answer.status}", text=str(told)[:200])

    async def _settle_and_hand_in(self) -> None:
        """The time is over: send what is not acknowledged, whatever the server says to it; then hand in."""
        if self.journal.unsent:
            try:
                await self._save(self.journal.packet())
            except Refusal as refusal:
                if refusal.reason not in ("deadline", "handed_in"):
                    raise
                self.note("refused", deed="_save", reason=refusal.reason, expected=refusal.expected)
        await self._hand_in()

    async def _hand_in(self) -> None:
        last = self.journal.last
        sent = time.time()
        told = await self.server.hand_in(last)
        if told["state"] != "handed_in":
            raise Unreachable("not handed in")
        kept = ("receipt", "seal", "ending", "ended_at", "last_sequence", "head", "deadline", "now")
        self.note("handed_in", sent=sent, last=last, unsent=self.journal.unsent, **{k: told[k] for k in kept})
        if self.chance.random() < 0.3:
            again = await self.server.hand_in(last)
            if again["receipt"] != told["receipt"]:
                self.note("problem", what="another receipt for the same hand-in")
        self.is_done = True

    # ---- time

    def now(self) -> float:
        """The server's time, in milliseconds, as this page knows it."""
        return time.monotonic() * 1000 + self.ahead

    def _learn(self, told: dict[str, Any], sent: float) -> None:
        trip = (time.time() - sent) * 1000
        self.ahead = told["now"] + trip / 2 - time.monotonic() * 1000
        self.deadline = told["deadline"] or self.deadline
        if told["state"] == "handed_in":
            self.leaving, self.stays, self.is_sealed = True, False, True

    def _is_over(self) -> bool:
        return bool(self.deadline) and self.now() >= self.deadline

    async def _wait(self) -> None:
        left = (self.deadline - self.now()) / 1000 if self.deadline else BEAT_S
        due = self.next_beat if self.leaving else min(self.next_answer, self.next_beat)
        self.nudge.clear()
        try:
            await asyncio.wait_for(self.nudge.wait(), max(0.01, min(due - time.monotonic(), left)))
        except TimeoutError:
            pass
