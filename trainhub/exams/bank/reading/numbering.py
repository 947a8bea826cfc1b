"""The number that stands before a question: taken away where it counts, kept where it is a quantity."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"\s*[(（]?\s*(\d{1,4})\s*[)）.．、:：]\s*(.*)", re.DOTALL)


def number_of(stem: str) -> int | None:
    """Return the number with which a stem begins, if it does."""
    found = _NUMBERED.fullmatch(stem)
    return int(found.group(1)) if found else None


def without_number(stem: str, due: int | None = None) -> str:
    """Return a stem without its number.

    Args:
        stem: as it stands in the file.
        due: the number that the rows around it count up to; a number before a digit, or without a sign after
            it, may be a quantity and is taken away only if it is this one.
    """
    found = _NUMBERED.fullmatch(stem)
    if found is not None and found.group(2).strip():
        number, rest = int(found.group(1)), found.group(2).strip()
        if not rest[0].isdigit():
            return rest
        return without_number(rest, number) if number == due else stem.strip()
    bare = re.fullmatch(rf"\s*{due}\s*[，,]?\s*([^\d\s].*)", stem, re.DOTALL) if due is not None else None
    return bare.group(1).strip() if bare is not None else stem.strip()
