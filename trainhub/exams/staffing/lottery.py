"""The lottery of exam staff (考务人员抽签): who is drawn follows from a published file and nothing else.

This file needs Python's standard library alone: ``python lottery.py FILE`` repeats a draw on any machine.

A draw goes like this. The pool is frozen: sittings, their places in order, people, and who may not go where.
Two parties each commit to a secret of 32 random bytes. A head of the ledger that holds both commitments is
signed. Both reveal. The seed is

    SHA-256("trainhub-draw/1|seed|" pool hash "|" secret "|" secret "|" size of the tree "|" its root)

with the secrets in the order of the parties' names, all in hexadecimal digits. At each sitting people stand
in the order of HMAC-SHA-256(seed, person "|" sitting). Places are filled in the order of the file: the first
person in that order who may come is drawn, unless a later place could then no longer be filled.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FORMAT = "trainhub-draw/1"
PARTIES = ("centre", "oversight")


class NoFilling(ValueError):
    """The places of a pool cannot all be filled."""


def canonical(value: Any) -> bytes:
    """Return canonical JSON (RFC 8785) of objects with ASCII keys, strings, integers, lists."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(pool: Mapping[str, Any]) -> str:
    """Return the hash under which a frozen pool is published, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(pool)).hexdigest()


def commitment(draw: str, pool_hash: str, party: str, secret: str) -> str:
    """Return what a party publishes before the draw; it tells nothing of the secret."""
    return hashlib.sha256(f"{FORMAT}|commit|{draw}|{pool_hash}|{party}|{secret}".encode()).hexdigest()


def seed_of(pool_hash: str, secrets: Mapping[str, str], size: int, root: str) -> str:
    """Return the seed, 64 hexadecimal digits: nobody knew it before the last secret was revealed.

    Args:
        pool_hash: of the frozen pool.
        secrets: by party.
        size: of the ledger's tree at the head that holds both commitments.
        root: of that tree.
    """
    revealed = "|".join(secrets[party] for party in PARTIES)
    return hashlib.sha256(f"{FORMAT}|seed|{pool_hash}|{revealed}|{size}|{root}".encode()).hexdigest()


def rank(seed: str, person: str, sitting: str) -> bytes:
    """Return by what people stand in order at a sitting."""
    return hmac.digest(bytes.fromhex(seed), f"{person}|{sitting}".encode(), "sha256")


def chains(sittings: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return for each sitting the number of its chain: sittings that overlap, and what overlaps those.

    A person is drawn once in a chain. That is stricter than being in two places at once, and it is what lets
    the check of later places be exact.
    """
    found: dict[str, int] = {}
    number, until = -1, ""
    for sitting in sorted(sittings, key=lambda each: (each["starts_at"], each["id"])):
        if number < 0 or sitting["starts_at"] >= until:
            number, until = number + 1, sitting["ends_at"]
        until = max(until, sitting["ends_at"])
        found[sitting["id"]] = number
    return found


class _Places:
    """Places and who could fill them; knows at any moment one way of filling all that are left.

    Each person comes once in a chain and at most so often in all: the way of filling is a flow from places
    through (person, chain) through persons, and it is mended by augmenting paths.
    """

    def __init__(self, pool: Mapping[str, Any]) -> None:
        chain = chains(pool["sittings"])
        barred = {(each["person"], each["sitting"], each["duty"]) for each in pool["excluded"]}
        self.left = {each["id"]: each["most"] for each in pool["people"]}
        self.places = [
            (sitting["id"], place["duty"], place["room"], chain[sitting["id"]])
            for sitting in pool["sittings"]
            for place in sitting["places"]
        ]
        self.able: list[list[str]] = [
            sorted(
                person["id"]
                for person in pool["people"]
                if duty in person["duties"] and (person["id"], sitting, duty) not in barred
            )
            for sitting, duty, _room, _chain in self.places
        ]
        self.planned: dict[int, str] = {}
        self.drawn: dict[int, str] = {}
        self._taken: dict[tuple[str, int], int] = {}
        self._of: dict[str, set[int]] = {person: set() for person in self.left}

    def fill(self) -> list[int]:
        """Plan all places; return the numbers of those that cannot be filled."""
        return [number for number in range(len(self.places)) if not self._augment(number)]

    def could_come(self, number: int, person: str) -> bool:
        """Tell whether a person may come and is not drawn too often or elsewhere at that time."""
        there = self._taken.get((person, self.places[number][3]))
        return person in self.able[number] and self.left[person] > 0 and there not in self.drawn

    def draw(self, number: int, person: str) -> bool:
        """Give a place to a person for good, if every other place can still be filled."""
        if not self.could_come(number, person):
            return False
        before = (dict(self.planned), dict(self._taken), {who: set(mine) for who, mine in self._of.items()})
        waiting = self._make_room(number, person)
        self.left[person] -= 1
        self.drawn[number] = person
        self._taken[person, self.places[number][3]] = number
        if all(self._augment(other) for other in waiting):
            return True
        self.left[person] += 1
        del self.drawn[number]
        self.planned, self._taken, self._of = before
        return False

    def _make_room(self, number: int, person: str) -> list[int]:
        """Take back what is planned against it; return the places that wait for somebody else."""
        if number in self.planned:
            self._release(number)
        waiting = []
        there = self._taken.get((person, self.places[number][3]))
        if there is not None:
            self._release(there)
            waiting.append(there)
        if len(self._of[person]) >= self.left[person]:
            other = min(self._of[person])
            self._release(other)
            waiting.append(other)
        return waiting

    def _release(self, number: int) -> None:
        person = self.planned.pop(number)
        del self._taken[person, self.places[number][3]]
        self._of[person].discard(number)

    def _plan(self, number: int, person: str) -> None:
        self.planned[number] = person
        self._taken[person, self.places[number][3]] = number
        self._of[person].add(number)

    def _augment(self, number: int) -> bool:
        """Plan a place that waits, moving others if need be."""
        moves = self._way(number)
        for moved, _person in moves:
            if moved in self.planned:
                self._release(moved)
        for moved, person in moves:
            self._plan(moved, person)
        return bool(moves)

    def _way(self, number: int) -> list[tuple[int, str]]:
        """Return who takes which place so that this one is filled too; empty: nobody can be moved so."""
        came: dict[int, tuple[int, str]] = {}
        seen: set[Any] = set()
        waiting = [number]
        for place in waiting:
            chain = self.places[place][3]
            for person in self.able[place]:
                if (person, chain) in seen:
                    continue
                seen.add((person, chain))
                moved = self._in_the_way(person, chain, seen)
                if moved is None:
                    return _back(came, place, person, number)
                came |= dict.fromkeys(moved, (place, person))
                waiting += moved
        return []

    def _in_the_way(self, person: str, chain: int, seen: set[Any]) -> list[int] | None:
        """Return which places, any one of them, the person must leave first; None: the person is free."""
        there = self._taken.get((person, chain))
        if there is not None:
            return [] if there in self.drawn else [there]
        if person in seen:
            return []
        seen.add(person)
        if len(self._of[person]) < self.left[person]:
            return None
        nodes = {other: (person, self.places[other][3]) for other in sorted(self._of[person])}
        moved = [other for other, node in nodes.items() if node not in seen]
        seen.update(nodes.values())
        return moved


def _back(came: Mapping[int, tuple[int, str]], place: int, person: str, number: int) -> list[tuple[int, str]]:
    moves = [(place, person)]
    while place != number:
        place, person = came[place]
        moves.append((place, person))
    return moves


def unfilled(pool: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return sitting and duty of places that nobody can fill in the best filling; empty: all can be."""
    places = _Places(pool)
    return [places.places[number][:2] for number in places.fill()]


def draw(pool: Mapping[str, Any], seed: str) -> list[dict[str, Any]]:
    """Draw people for all places of a pool.

    Args:
        pool: ``sittings`` with ``id``, ``starts_at``, ``ends_at`` and ``places`` (``duty``, ``room``) in the
            order in which they are filled; ``people`` with ``id``, ``duties`` and ``most`` sittings;
            ``excluded`` triples of ``person``, ``sitting``, ``duty``.
        seed: 64 hexadecimal digits.

    Returns:
        For each place ``sitting``, ``duty``, ``room``, ``person``, and in ``passed`` who stood before them in
        the order, could have come, and was passed over so that later places can be filled.

    Raises:
        NoFilling: not all places can be filled; nobody is drawn.
    """
    places = _Places(pool)
    if places.fill():
        raise NoFilling("not all places of this pool can be filled")
    order: dict[str, list[str]] = {}
    for sitting in pool["sittings"]:
        ranks = [(rank(seed, each["id"], sitting["id"]), each["id"]) for each in pool["people"]]
        order[sitting["id"]] = [person for _rank, person in sorted(ranks)]
    found = []
    for number, (code, duty, room, _chain) in enumerate(places.places):
        passed: list[str] = []
        for person in order[code]:
            if places.draw(number, person):
                break
            if places.could_come(number, person):
                passed.append(person)
        found.append(
            {"sitting": code, "duty": duty, "room": room, "person": places.drawn[number], "passed": passed}
        )
    return found


def problems_of(file: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a published draw; empty: it is what the pool and the seed make of it."""
    try:
        return list(_problems(file))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        return [f"this is no published draw: {problem!r}"]


def _problems(file: Mapping[str, Any]) -> Iterable[str]:
    if file["format"] != FORMAT:
        yield f"the format {file['format']!r} is not known"
        return
    if hash_of(file["pool"]) != file["pool_hash"]:
        yield "the pool is not the one whose hash was published"
    for party in PARTIES:
        said = commitment(file["draw"], file["pool_hash"], party, file["secrets"][party])
        if said != file["commitments"][party]:
            yield f"the secret of the {party} is not the one that was committed"
    seed = seed_of(file["pool_hash"], file["secrets"], file["head"]["size"], file["head"]["root"])
    if seed != file["seed"]:
        yield "the seed does not follow from the pool, the secrets and the ledger's head"
    elif draw(file["pool"], seed) != file["drawn"]:
        yield "the places were not given to those whom the lottery draws"


def main(arguments: Sequence[str]) -> int:
    """Repeat the draw of a file; return 0 if it comes out the same, 1 if not or none, 2 without a file."""
    if len(arguments) != 1:
        sys.stderr.write("usage: lottery.py FILE\n")
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as opened:
            file = json.load(opened)
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"{arguments[0]}: {problem}\n")
        return 2 if isinstance(problem, OSError) else 1
    found = problems_of(file)
    told = "\n".join(found) or f"{len(file['drawn'])} places: the draw comes out the same"
    sys.stdout.write(f"{told}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
