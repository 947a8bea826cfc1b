"""Sketches of questions (MinHash): keyed numbers, equal in as many places as two texts share pieces.

The pieces are hashed with a key that only the examination side has, so that neither sketch nor bands tell a
word. One key serves all banks, for items are compared across them; it is made once, wrapped by the master key
and taken along when that is rotated.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from flask import g

from trainhub.exams.bank.models_alike import SketchKey
from trainhub.kernel import keys
from trainhub.kernel.db import db, lock
from trainhub.kernel.rewrapping import MASTER, sealed_by_master

ROWS, BANDS = 3, 32
PLACES = ROWS * BANDS
_CONTEXT = "bank-sketch-key"

sealed_by_master(SketchKey, "key_sealed", lambda _row: _CONTEXT)


class Sketcher:
    """Makes sketches with one key.

    Args:
        key: 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, int] = {}

    @cached_property
    def _turns(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        drawn = b"".join(
            hashlib.blake2b(f"turn {place}".encode(), key=self._key, digest_size=16).digest()
            for place in range(PLACES)
        )
        numbers = np.frombuffer(drawn, dtype=np.uint64).reshape(PLACES, 2)
        return numbers[:, 0:1] | np.uint64(1), numbers[:, 1:2]

    def _number(self, token: str) -> int:
        found = self._known.get(token)
        if found is None:
            digest = hashlib.blake2b(token.encode(), key=self._key, digest_size=8).digest()
            found = self._known[token] = int.from_bytes(digest, "big")
        return found

    def sketch(self, tokens: Iterable[str]) -> bytes:
        """Return the sketch of a text's pieces: two bytes for each place."""
        numbers = np.array([self._number(each) for each in tokens] or [0], dtype=np.uint64)
        times, plus = self._turns
        least: np.ndarray[Any, Any] = (numbers[None, :] * times + plus).min(axis=1)
        # The least of many numbers has empty high bits: mixed, every bit of it counts.
        mixed = (least ^ (least >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
        return bytes((mixed >> np.uint64(48)).astype("<u2").tobytes())

    def bands(self, sketch: bytes, owner: int) -> list[int]:
        """Return the numbers under which a sketch is found by others of one owner: like texts share some."""
        size = 2 * ROWS
        return [
            int.from_bytes(
                hashlib.blake2b(
                    b"%d:%d:" % (owner, band) + sketch[band * size : (band + 1) * size],
                    key=self._key,
                    digest_size=8,
                ).digest(),
                "big",
            )
            >> 1
            for band in range(BANDS)
        ]


def shares(one: bytes, others: Sequence[bytes]) -> np.ndarray[Any, Any]:
    """Return for each of some sketches in which share of its places it equals one."""
    if not others:
        return np.zeros(0)
    table = np.frombuffer(b"".join(others), dtype="<u2").reshape(len(others), PLACES)
    equal: np.ndarray[Any, Any] = (table == np.frombuffer(one, dtype="<u2")).mean(axis=1)
    return equal


def is_any_sketched() -> bool:
    """Tell whether there is a key, and so perhaps a sketch; asked where nothing may be written."""
    return db.session.get(SketchKey, 1) is not None


def sketcher() -> Sketcher:
    """Return the sketcher of the examination side; its key is unwrapped once a request and never outlives it.

    The key is made when there is none yet, so call it in a deed that may write.
    """
    made: dict[bytes, Sketcher] = g.setdefault("bank-sketchers", {})
    sealed = _sealed_key()
    if sealed not in made:
        made[sealed] = Sketcher(keys.unseal(MASTER, sealed, _CONTEXT))
    return made[sealed]


def _sealed_key() -> bytes:
    row = db.session.get(SketchKey, 1)
    if row is None:
        lock("bank", "sketch-key")
        row = db.session.get(SketchKey, 1, populate_existing=True)
    if row is None:
        row = SketchKey(id=1, key_sealed=keys.seal(MASTER, secrets.token_bytes(32), _CONTEXT))
        db.session.add(row)
        db.session.flush()
    return row.key_sealed
