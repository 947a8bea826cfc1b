"""The keys of an instance: one file each, readable by the owner alone, never in the database.

A process that must not read something is simply not given the key: a training process has no ``exam`` key.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from flask import current_app

from trainhub.kernel import cipher, clock

_BYTES = 32
COMMON = ("session", "people", "people-index", "ledger-salt")
SYMMETRIC = {
    "all": (*COMMON, "exam", "ledger-signing"),
    "exam": (*COMMON, "exam", "ledger-signing"),
    "training": COMMON,
    "oversight": (*COMMON, "ledger-signing"),
}
"""The keys that a process needs, by the side it serves: only the examination side has the key of content."""


class MissingKey(RuntimeError):
    """A key file is not there or holds no key; the process may not start, or may not do this."""


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
            _write_once(path, base64.b64encode(secrets.token_bytes(_BYTES)))
            made.append(name)
    return made


def read_key(folder: Path, name: str) -> bytes:
    """Return the 32 bytes of a key.

    Raises:
        MissingKey: there is no such file, or it holds no key.
    """
    path = folder / f"{name}.key"
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except FileNotFoundError:
        raise _missing(folder, name) from None
    except binascii.Error:
        key = b""
    if len(key) != _BYTES:
        raise MissingKey(f"the key file {path} holds no key of {_BYTES} bytes; bring it back from a backup")
    return key


def _missing(folder: Path, name: str) -> MissingKey:
    return MissingKey(f"the key file {name}.key is missing in {folder}; run: trainhub db upgrade")


def is_there(folder: Path, name: str) -> bool:
    """Tell whether a key can be read by this process."""
    return os.access(folder / f"{name}.key", os.R_OK)


def key(name: str) -> bytes:
    """Return a key of the running application by name."""
    return ring(name)[0]


def ring(name: str) -> tuple[bytes, ...]:
    """Return a key and those that it replaced, the newest first; read again once the file has changed."""
    folder: Path = current_app.config["SETTINGS"].keys
    cache = cast("dict[str, tuple[Any, tuple[bytes, ...]]]", current_app.extensions.setdefault("keys", {}))
    try:
        # A string: this is asked several times in each call of an exam.
        found = os.stat(f"{folder}/{name}.key")
    except FileNotFoundError:
        raise _missing(folder, name) from None
    state = (found.st_mtime_ns, found.st_ino)
    known = cache.get(name)
    if known is None or known[0] != state:
        old = sorted((path.stem for path in folder.glob(f"{name}-old-*.key")), reverse=True)
        cache[name] = known = (state, tuple(read_key(folder, each) for each in (name, *old)))
    return known[1]


def seal(name: str, plain: bytes, context: str) -> bytes:
    """Encrypt with a key of the running application; ``context`` binds the bytes to their row."""
    return cipher.encrypt(key(name), plain, context)


def unseal(name: str, sealed: bytes, context: str) -> bytes:
    """Undo ``seal``, also what was sealed with a key that has been replaced since.

    Raises:
        Undecipherable: the bytes were changed or belong elsewhere.
    """
    return cipher.decrypt_by(ring(name), sealed, context)


def begin_rotation(name: str) -> bool:
    """Put a fresh key in the place of one; the old one stays beside it, to read what it sealed.

    Returns:
        False if a rotation was under way already; then it is to be gone on with.
    """
    folder: Path = current_app.config["SETTINGS"].keys
    present, fresh, mark = folder / f"{name}.key", folder / f"{name}.key.new", folder / f"{name}.rotating"
    goes_on = mark.exists()
    if not goes_on:
        fresh.unlink(missing_ok=True)
        _write_once(fresh, base64.b64encode(secrets.token_bytes(_BYTES)))
        os.link(present, folder / f"{name}-old-{clock.now():%Y%m%dT%H%M%S%f}.key")
        _write_once(mark, b"")
    if fresh.exists():
        fresh.replace(present)
    return not goes_on


def end_rotation(name: str) -> list[str]:
    """Note that nothing is sealed with an older key any more.

    Returns:
        The names of the files with older keys; only backups made before still need them.
    """
    folder: Path = current_app.config["SETTINGS"].keys
    (folder / f"{name}.rotating").unlink(missing_ok=True)
    return sorted(path.name for path in folder.glob(f"{name}-old-*.key"))


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


@lru_cache(64)
def derived(key: bytes, purpose: bytes) -> bytes:
    """Return the key for one purpose that follows from another (HMAC-SHA-256)."""
    return hmac.digest(key, purpose, "sha256")


def mac(key: bytes, message: bytes) -> str:
    """Return the HMAC-SHA-256 of a short message, 64 hexadecimal digits.

    ``hmac.digest`` would let go of the interpreter for it and wait to get it back: in a rush longer than the
    mark takes to make.
    """
    made = _keyed(key).copy()
    made.update(message)
    return made.hexdigest()


@lru_cache(64)
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")
