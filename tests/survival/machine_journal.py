"""The journal that the page keeps on its machine (trainhub/static/js/delivery-journal.js), rule by rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PACKET = 100
Change = dict[str, Any]


class Journal:
    """Changes by number, what of them is durable, and what is kept when the page is closed.

    Args:
        note: called with each change that gets a number, also when it gets another one.
    """

    def __init__(self, note: Callable[[Change], None]) -> None:
        self._note = note
        self.kept: dict[int, Change] = {}
        self.links: dict[int, str] = {}
        self.base = self.durable = self.realigned = 0
        self.changes: list[Change] = []

    def open(self, last_sequence: int, head: str) -> bool:
        """Begin with what the server has; False if its head is not the link that was acknowledged here."""
        same = last_sequence not in self.links or self.links[last_sequence] == head
        self.base = self.durable = last_sequence
        self.changes = [self.kept[number] for number in sorted(self.kept) if number > last_sequence]
        if self.changes and self.changes[0]["sequence"] != last_sequence + 1:
            self._renumber()
        return same

    @property
    def last(self) -> int:
        """Number of the newest change."""
        return self.base + len(self.changes)

    @property
    def unsent(self) -> int:
        """How many changes are not acknowledged."""
        return self.last - self.durable

    def add(self, change: Change) -> None:
        """Number a change and keep it."""
        numbered = {"sequence": self.last + 1} | change
        self.changes.append(numbered)
        self._keep(numbered)

    def packet(self) -> list[Change]:
        """What is to be sent next; empty as a sign of life."""
        start = self.durable - self.base
        return [dict(change) for change in self.changes[start : start + PACKET]]

    def acknowledge(self, packet: list[Change], links: dict[str, str]) -> list[int]:
        """Take an acknowledgement; returns the numbers whose link is not the one acknowledged before."""
        other = []
        for number, link in ((int(number), link) for number, link in links.items()):
            if self.links.setdefault(number, link) != link:
                other.append(number)
        if packet:
            self.durable = max(self.durable, packet[-1]["sequence"])
        return other

    def realign(self, expected: int) -> None:
        """Go on at the number that the server expects; numbers that another used are left to it."""
        self.realigned += 1
        if self.base <= expected - 1 < self.durable:
            self.durable = expected - 1
            return
        self.changes = self.changes[self.durable - self.base :]
        self.base = self.durable = expected - 1
        self._renumber()

    def _renumber(self) -> None:
        self.kept = {number: change for number, change in self.kept.items() if number <= self.durable}
        renumbered = []
        for place, change in enumerate(self.changes):
            renumbered.append(change | {"sequence": self.durable + 1 + place})
            self._keep(renumbered[-1])
        self.changes = renumbered

    def _keep(self, change: Change) -> None:
        self.kept[change["sequence"]] = change
        self._note(change)
