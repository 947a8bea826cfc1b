"""Examining a proof by itself: is it ours, is it whole, was anything changed? It knows no register."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trainhub.kernel.documents import examination
from trainhub.kernel.documents.examination import Verdict, Why

__all__ = ["MAXIMUM_BYTES", "Examined", "Verdict", "Why", "examine", "told_number"]

MAXIMUM_BYTES = 2 * 1024 * 1024
_NUMBER = re.compile(rb"/Subject\s*\(([A-Z0-9-]{4,40})\)")
_VALID_TO = re.compile(rb"/Keywords\s*\([^()]{0,60}valid-to=(\d{4}-\d{2}-\d{2})\)")


@dataclass(frozen=True)
class Examined:
    """What the file itself tells.

    Args:
        verdict: of the file alone.
        why: the finding behind it.
        number: as the file says, to be believed only if genuine.
        valid_to: as the file says (ISO day).
    """

    verdict: Verdict
    why: Why
    number: str | None = None
    valid_to: str | None = None


def examine(data: bytes, root: bytes | None) -> Examined:
    """Tell what a file is by its own bytes and one trusted root.

    Args:
        data: the whole file.
        root: the root certificate (PEM); None where nothing was ever issued: then nothing is ours.

    Returns:
        genuine, altered, incomplete, foreign or unreadable; never an exception, whatever the bytes are.
    """
    found = examination.examine(data, root, MAXIMUM_BYTES, claims=lambda file: told_number(file) is not None)
    if found[1] is Why.TOO_LARGE or not data.startswith(b"%PDF-"):
        return Examined(*found)
    return Examined(*found, told_number(data), _told(_VALID_TO, data))


def told_number(data: bytes) -> str | None:
    """Return the certificate number that a file claims, read without parsing it."""
    return _told(_NUMBER, data)


def _told(pattern: re.Pattern[bytes], data: bytes) -> str | None:
    match = pattern.search(data)
    return match.group(1).decode("ascii") if match else None
