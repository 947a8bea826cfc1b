"""Keys of Safe Exam Browser, as its makers document them: Config Key, and the hashes that go with a request.

https://safeexambrowser.org/developer/seb-config-key.html: the settings as "SEB-JSON" (sorted, no white space,
nothing escaped), SHA-256, in hexadecimal digits. A request carries SHA-256 of its address and the key, so the
key itself is never sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

CONFIG_KEY_HEADER = "X-SafeExamBrowser-ConfigKeyHash"
BROWSER_KEY_HEADER = "X-SafeExamBrowser-RequestHash"
WITHOUT_MEANING = "originatorVersion"


def config_key(settings: Mapping[str, Any]) -> str:
    """Return the Config Key of a configuration, the same in every version of the browser.

    Args:
        settings: what the property list holds.
    """
    kept = {name: value for name, value in settings.items() if name != WITHOUT_MEANING}
    return hashlib.sha256(seb_json(kept).encode()).hexdigest()


def seb_json(value: Any) -> str:
    """Return a value of a property list in the form that is hashed."""
    if isinstance(value, Mapping):
        inner = [
            f'"{name}":{seb_json(value[name])}'
            for name in sorted(value, key=_alphabetical)
            if not _is_empty(value[name])
        ]
        return "{" + ",".join(inner) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return "[" + ",".join(seb_json(each) for each in value) + "]"
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, bytes):
        value = base64.b64encode(value).decode()
    if isinstance(value, datetime):
        # A property list knows no zone: its times are UTC.
        value = value.replace(tzinfo=UTC).isoformat()
    return f'"{value}"'


def _alphabetical(name: str) -> tuple[str, str]:
    """Order names without regard to capitals; where nothing else differs, the small letter first."""
    return name.casefold(), name.swapcase()


def _is_empty(value: Any) -> bool:
    return isinstance(value, Mapping) and all(_is_empty(each) for each in value.values())


@lru_cache(4096)
def request_hash(address: str, key: str) -> str:
    """Return what a request for an address carries of a key; what follows ``#`` never counts."""
    return hashlib.sha256((address.partition("#")[0] + key).encode()).hexdigest()


def is_among(given: str, expected: Iterable[str]) -> bool:
    """Tell whether a hash is one of those expected; how long that takes tells nothing about them."""
    shown = given.strip().lower().encode()
    found = False
    for each in expected:
        found |= hmac.compare_digest(shown, each.encode())
    return found
