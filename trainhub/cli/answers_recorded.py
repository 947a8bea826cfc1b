"""What a candidate's page sent in a real Chromium: the load generator sends the same, in the same proportion.

``python -m benchmarks.record_attempt`` records it anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from trainhub.cli.answers_line import head_of


@dataclass(frozen=True)
class Recorded:
    """One recorded attempt.

    Args:
        heads: lines of the head that Chromium sent, by the kind of its call.
        events: body of the call in which the page says which machine it runs at.
        statics: paths of style sheets, pictures and scripts, in the order in which they were asked for.
        change_every_s: seconds between two changes of an answer, as the recorded candidate worked.
        beat_every_s: seconds after which the page gives a sign of life.
    """

    heads: dict[str, dict[str, str]]
    events: str
    statics: tuple[str, ...]
    change_every_s: float
    beat_every_s: float

    def head(self, kind: str, method: str, path: str, port: int, *own: str) -> bytes:
        """Return the head of a call without its last empty line.

        Args:
            kind: what the call is for.
            method: of HTTP.
            path: what is asked.
            port: of the server.
            own: head lines of this candidate alone.
        """
        address = f"127.0.0.1:{port}"
        lines = (
            f"{name}: {value.replace('{address}', f'http://{address}')}"
            for name, value in self.heads[kind].items()
            if name != "content-type"
        )
        return head_of(method, path, f"Host: {address}", *lines, *own)


@cache
def recorded() -> Recorded:
    """Return the attempt that travels with the program."""
    found: dict[str, Any] = json.loads((files("trainhub.cli") / "recorded_attempt.json").read_text("utf-8"))
    return Recorded(
        heads={kind: facts["heads"] for kind, facts in found["kinds"].items()},
        events=found["kinds"]["events"]["body"],
        statics=tuple(found["statics"]),
        change_every_s=found["change_every_s"],
        beat_every_s=found["beat_every_s"],
    )
