"""The beacon (信标): a sign of the server with its time, to which answers given without network are chained.

It says that at this moment the journal of this attempt had reached this number. Nobody else can make one, so
whoever presents it was in touch with the server then, and not before.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from trainhub.kernel import keys
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l

_FIELDS = frozenset(("at", "sequence", "mac"))
_MARK = 32


@dataclass(frozen=True, slots=True)
class Beacon:
    """What a page brings back: the server's moment, how far its journal was, the server's mark on both."""

    at: datetime
    sequence: int
    mac: str


def beacon_key() -> bytes:
    """Return the key of beacons, derived from that of the examination side."""
    return keys.derived(keys.key("exam"), b"delivery-beacon")


def light(key: bytes, attempt_code: str, at: datetime, sequence: int) -> dict[str, Any]:
    """Return a beacon as the page keeps it."""
    moment = milliseconds(at)
    return {"at": moment, "sequence": sequence, "mac": _mac(key, attempt_code, moment, sequence)}


def read_beacon(data: object) -> Beacon | None:
    """Read a beacon from JSON; None is none.

    Raises:
        Invalid: it has another form.
    """
    if data is None:
        return None
    if not isinstance(data, dict) or data.keys() != _FIELDS or not isinstance(data["mac"], str):
        raise Invalid(_l("A packet has a list of changes and nothing else."))
    at, sequence = data["at"], data["sequence"]
    if any(isinstance(each, bool) or not isinstance(each, int) for each in (at, sequence)):
        raise Invalid(_l("A packet has a list of changes and nothing else."))
    is_mark = len(data["mac"]) == _MARK and data["mac"].isascii()
    if not 0 <= at < 2**43 or not 0 <= sequence < 2**31 or not is_mark:
        raise Invalid(_l("A packet has a list of changes and nothing else."))
    return Beacon(datetime.fromtimestamp(at / 1000, UTC), sequence, data["mac"])


def is_genuine(key: bytes, attempt_code: str, beacon: Beacon) -> bool:
    """Tell whether this server made a beacon for this attempt."""
    made = _mac(key, attempt_code, milliseconds(beacon.at), beacon.sequence)
    return hmac.compare_digest(made.encode(), beacon.mac.encode())


def milliseconds(moment: datetime) -> int:
    """Return a moment as milliseconds since 1970: what the page's clock reckons with."""
    return round(moment.timestamp() * 1000)


def _mac(key: bytes, attempt_code: str, at: int, sequence: int) -> str:
    return keys.mac(key, f"{attempt_code}|{at}|{sequence}".encode())[:_MARK]
