"""Files of the house (films, imports, tickets, certificates): a folder with unguessable names."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial as partial_of
from pathlib import Path
from typing import BinaryIO, cast

from flask import current_app

from trainhub.kernel.db import if_undone
from trainhub.kernel.errors import NotFound
from trainhub.kernel.i18n import _l
from trainhub.kernel.identifiers import random_id


def put(source: BinaryIO, suffix: str) -> str:
    """Keep a file; it is on disk, whole, when this returns, and gone again if the present deed fails.

    Args:
        source: where the bytes come from, read from its present position.
        suffix: ending of the name, such as ``.mp4``; given by us, never by the uploader.

    Returns:
        The key under which ``path`` finds it.
    """
    name = random_id() + suffix
    key = f"{name[:2]}/{name}"
    target = _root() / key
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(target.suffix + ".part")
    with partial.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(target)
    if_undone(partial_of(remove, key))
    return key


def replace(key: str, content: bytes) -> None:
    """Put other bytes in the place of a kept file's; who reads meanwhile gets the one or the other, whole."""
    put_in_place(lay_beside(key, content), key)


def lay_beside(key: str, content: bytes) -> Path:
    """Put other bytes on disk beside a kept file, for ``put_in_place``: that takes no time any more."""
    target = path(key)
    partial = target.with_suffix(target.suffix + ".part")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return partial


def put_in_place(partial: Path, key: str) -> None:
    """Put what lies beside a kept file in its place, unless the file was removed meanwhile."""
    try:
        partial.replace(path(key))
    except NotFound:
        partial.unlink(missing_ok=True)


def path(key: str) -> Path:
    """Return where a kept file lies.

    Raises:
        NotFound: there is none under this key.
    """
    root = _root()
    found = (root / key).resolve()
    if not found.is_relative_to(root) or not found.is_file():
        raise NotFound(_l("This file is no longer kept here."))
    return found


def read(key: str) -> bytes:
    """Return a kept file's bytes."""
    return path(key).read_bytes()


def remove(key: str) -> None:
    """Delete a kept file; nothing happens if it is gone already."""
    (_root() / key).unlink(missing_ok=True)


def keys(suffix: str) -> Iterator[str]:
    """Return the keys of all kept files of a kind, those begun and never finished included."""
    root = _root()
    for each in (suffix, f"{suffix}.part"):
        yield from (found.relative_to(root).as_posix() for found in root.glob(f"??/*{each}"))


def older_than(seconds: float, keys: Iterable[str]) -> Iterator[str]:
    """Return which files are older, by the clock that their disk itself goes by."""
    root = _root()
    with tempfile.TemporaryFile(dir=root) as probe:
        now = os.fstat(probe.fileno()).st_mtime
    for key in keys:
        with suppress(FileNotFoundError):
            if now - (root / key).stat().st_mtime > seconds:
                yield key


def place() -> str:
    """Return where files are kept."""
    return str(_root())


def _root() -> Path:
    return cast(Path, current_app.config["SETTINGS"].storage).resolve()
