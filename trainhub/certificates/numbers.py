"""Certificate numbers: our own, with a random tail, telling nobody's ID number and not to be walked."""

from __future__ import annotations

import re
from datetime import date

from trainhub.kernel.identifiers import readable_code

PREFIX = "KH"
_GROUPS, _LENGTH = 3, 4
_FORM = re.compile(r"KH(\d{4})([2-9A-HJKMNP-Z]{12})")


def new_number(issued_on: date) -> str:
    """Return a new number such as ``KH2026-7F3K-9QWD-2MXP``: year and 59 bits of chance."""
    tail = "-".join(readable_code(_LENGTH) for _ in range(_GROUPS))
    return f"{PREFIX}{issued_on.year}-{tail}"


def parse_number(text: str) -> str | None:
    """Return a number in its one written form, or None if the text cannot be one.

    Args:
        text: as typed: blanks, hyphens and lower case are forgiven.
    """
    bare = re.sub(r"[\s\-‐–—]", "", text).upper()
    match = _FORM.fullmatch(bare)
    if match is None:
        return None
    year, tail = match.groups()
    return f"{PREFIX}{year}-" + "-".join(tail[place : place + _LENGTH] for place in range(0, 12, _LENGTH))
