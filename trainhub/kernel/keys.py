"""The keys of an instance: one file each, readable by the owner alone, never in the database.

A process that must not read something is simply not given the key: a training process has no ``exam`` key.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path
from typing import cast

from flask import current_app

COMMON = ("session", "people", "people-index", "ledger-salt")
SYMMETRIC = {
    "all": (*COMMON, "exam"),
    "exam": (*COMMON, "exam"),
    "training": COMMON,
    "oversight": COMMON,
}
"""The keys that a process needs, by the side it serves: only the examination side has the key of content."""


class MissingKey(RuntimeError):
    """A key file is not there; the process may not start, or may not do this."""


def create_missing_keys(folder: Path, side: str = "all") -> list[str]:
    """Make the keys that a side of an instance needs and does not have yet.

    Returns:
        The names of the keys that were made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # parents=True alone would open it to all
    folder.mkdir(exist_ok=True, mode=0o700)
    made = []
    for name in SYMMETRIC[side]:
        path = folder / f"{name}.key"
        if not path.exists():
            _write_once(path, base64.b64encode(secrets.token_bytes(32)))
            made.append(name)
    return made


def read_key(folder: Path, name: str) -> bytes:
    """Return the 32 bytes of a key.

    Raises:
        MissingKey: there is no such file.
    """
    path = folder / f"{name}.key"
    try:
        return base64.b64decode(path.read_bytes())
    except FileNotFoundError:
        raise MissingKey(
            f"the key file {path.name} is missing in {folder}; run: trainhub db upgrade"
        ) from None


def is_there(folder: Path, name: str) -> bool:
    """Tell whether a key can be read by this process."""
    return os.access(folder / f"{name}.key", os.R_OK)


def key(name: str) -> bytes:
    """Return a key of the running application by name; read from disk once."""
    cache = cast("dict[str, bytes]", current_app.extensions.setdefault("trainhub-keys", {}))
    if name not in cache:
        cache[name] = read_key(current_app.config["SETTINGS"].keys, name)
    return cache[name]


def key_file(name: str) -> Path:
    """Return where a key or certificate file of another form (PEM) lives in this instance."""
    return cast(Path, current_app.config["SETTINGS"].keys) / name


def write_secret(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read; never over an existing one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_once(path, content)


def _write_once(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
