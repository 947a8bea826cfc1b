"""Names that tell nothing: random ids, and codes that people can read aloud."""

from __future__ import annotations

import secrets

_READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def random_id() -> str:
    """Return 32 random hexadecimal digits."""
    return secrets.token_hex(16)


def readable_code(length: int) -> str:
    """Return a random code of letters and digits that are not mistaken for each other.

    Args:
        length: number of characters; five bits of chance each, nearly.
    """
    return "".join(secrets.choice(_READABLE) for _ in range(length))
