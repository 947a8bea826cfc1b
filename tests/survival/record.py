"""The list of what was sent and acknowledged, kept outside the server: lines of JSON, only ever added."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Record:
    """A file of events, written through at least five times a second.

    Of candidates: ``made`` (a change got its number), ``acknowledged``, ``started``, ``refused``,
    ``handed_in``, ``signed_in``, ``turned_out``, ``server_error``, ``problem``, ``totals``. Of the director:
    ``clock``, ``begins``, ``fault``, ``moved``, ``not_moved``.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._flushed = 0.0

    def note(self, kind: str, **facts: Any) -> None:
        """Add an event."""
        self._file.write(json.dumps({"kind": kind, "at": time.time()} | facts, ensure_ascii=False) + "\n")
        now = time.monotonic()
        if now - self._flushed > 0.2:
            self.flush()
            self._flushed = now

    def flush(self) -> None:
        """Hand what was noted to the operating system."""
        self._file.flush()


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The events of a file, in order."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
