"""Films: taken only if they are films, cut into parts with known bytes, and served by ranges.

``index_film`` looks into the file in a process of its own (``film_probe``), because decoders of
strangers' files are where programs break. ``serve_range`` answers RFC 9110 range requests and tells
``on_sent`` which bytes it hands out; ``FilmIndex.parts_within`` turns byte ranges into parts, over as
many requests as a player makes.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from flask import Response, request

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l

PROBE = Path(__file__).with_name("film_probe.py")
SECONDS_ALLOWED = 150
LONGEST_SECONDS = 4 * 3600
SMALLEST_SIDE, LARGEST_SIDE = 64, 4096
PIECE = 64 * 1024
LONGEST_ANSWER = 8 * 1024 * 1024
"""A range without an end is answered with at most so many bytes: a paused player holds no thread."""

MEDIA_TYPES = {"mp4": "video/mp4", "matroska": "video/webm"}
REASONS: dict[str, Any] = {
    "kind": _l("This is not an MP4 or WebM film."),
    "unreadable": _l("The film cannot be read. It may be damaged or cut off."),
    "no_picture": _l("The file holds no picture."),
    "codec": _l("Only H.264 with AAC in MP4, or VP8, VP9 or AV1 with Opus or Vorbis in WebM can be played."),
    "structure": _l("The film's inner structure does not let it be counted part by part."),
    "size": _l("The film's picture is too small or too large."),
    "length": _l("A film lasts between one second and four hours."),
    "slow": _l("Reading the film took too long."),
}


@dataclass(frozen=True)
class Part:
    """A piece of a film between two key frames: its time, and the bytes that hold its picture."""

    number: int
    starts_s: float
    ends_s: float
    first_byte: int
    last_byte: int


@dataclass(frozen=True)
class FilmIndex:
    """What a film is, and where its parts lie (影片索引)."""

    duration_s: float
    width: int
    height: int
    codec: str
    media_type: str
    parts: list[Part]

    def parts_within(self, ranges: Iterable[tuple[int, int]]) -> frozenset[int]:
        """Return the numbers of the parts whose bytes all lie within some ranges (first, last byte)."""
        merged = merge(ranges)
        return frozenset(
            part.number
            for part in self.parts
            if any(first <= part.first_byte and part.last_byte <= last for first, last in merged)
        )

    def to_json(self) -> str:
        """Write the index for keeping."""
        facts = {key: value for key, value in vars(self).items() if key != "parts"}
        rows = [[part.starts_s, part.ends_s, part.first_byte, part.last_byte] for part in self.parts]
        return json.dumps({**facts, "parts": rows})

    @classmethod
    def from_json(cls, text: str) -> FilmIndex:
        """Read a kept index."""
        facts = json.loads(text)
        parts = [Part(number, *row) for number, row in enumerate(facts.pop("parts"))]
        return cls(parts=parts, **facts)


def merge(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ranges (first, last; both included) that touch or overlap."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def refusal(reason: str) -> Invalid:
    """Return the error for one of the reasons why a file is not taken as a film."""
    return Invalid(REASONS[reason])


def check_beginning(beginning: bytes) -> str:
    """Return the container that a file's first bytes promise, ``mp4`` or ``matroska``.

    Raises:
        Invalid: they are not a film's, whatever the file's name says.
    """
    if beginning[4:8] == b"ftyp":
        return "mp4"
    if beginning[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in beginning[:64]:
        return "matroska"
    raise refusal("kind")


def index_film(path: Path) -> FilmIndex:
    """Look into a file and return its index; slow for long films, so call it outside any transaction.

    Raises:
        Invalid: it is no film that browsers play, or its length or size is absurd.
    """
    with path.open("rb") as file:
        container = check_beginning(file.read(64))
    facts = _probe(path, container)
    width, height, duration = facts["width"], facts["height"], facts["duration_ms"] / 1000
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in (width, height)):
        raise refusal("size")
    if not 1 <= duration <= LONGEST_SECONDS:
        raise refusal("length")
    starts = [row[0] for row in facts["parts"]] + [duration]
    if any(after < before for before, after in pairwise(starts)):
        raise refusal("structure")
    parts = [
        Part(number, starts_s, starts[number + 1], int(first), int(last))
        for number, (starts_s, first, last) in enumerate(facts["parts"])
    ]
    return FilmIndex(duration, width, height, facts["codec"], MEDIA_TYPES[container], parts)


def _probe(path: Path, container: str) -> dict[str, Any]:
    command = [sys.executable, "-P", str(PROBE), str(path.resolve()), container]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS_ALLOWED, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise refusal("slow") from None
    try:
        facts: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise refusal("unreadable") from None
    if "refused" in facts:
        raise refusal(facts["refused"])
    return facts


OnSent = Callable[[int, int], None]
"""(first byte, last byte), called for each piece as it is handed to the network."""


def serve_range(
    path: Path,
    media_type: str = "video/mp4",
    *,
    on_sent: OnSent | None = None,
    on_end: Callable[[], None] | None = None,
) -> Response:
    """Answer the present request with a file or the range of it that is asked for (RFC 9110, section 14).

    Args:
        path: of the file.
        media_type: as its index says.
        on_sent: told of every piece as it goes out; it runs outside the request.
        on_end: told when the answer is complete or the player has gone.
    """
    size = path.stat().st_size
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": "inline",
        "Cache-Control": "private, no-store",
    }
    wanted = wanted_range(request.headers.get("Range"), size)
    if wanted is None:
        first, last, status = 0, size - 1, 200
    else:
        first, last = wanted
        if first > last:
            return Response(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        status = 206
    headers["Content-Length"] = str(last - first + 1)
    body = iter(()) if request.method == "HEAD" else _pieces(path, first, last, on_sent, on_end)
    return Response(body, status, headers, mimetype=media_type, direct_passthrough=True)


def wanted_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the one range asked for, clipped to the file; None: all of it; (1, 0): it cannot be satisfied.

    Several ranges at once, other units and malformed headers are ignored, as the RFC allows.
    """
    match = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", (header or "").replace(" ", ""))
    if match is None or match[0] == "bytes=-":
        return None
    if not match[1]:
        length = min(int(match[2]), size)
        return (size - length, size - 1) if length else (1, 0)
    first = int(match[1])
    if not match[2]:
        last = min(size - 1, first + LONGEST_ANSWER - 1)
    else:
        last = min(size - 1, int(match[2]))
        if int(match[2]) < first:
            return None
    return (first, last) if first < size else (1, 0)


def _pieces(
    path: Path, first: int, last: int, on_sent: OnSent | None, on_end: Callable[[], None] | None
) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            file.seek(first)
            while first <= last and (piece := file.read(min(PIECE, last - first + 1))):
                if on_sent is not None:
                    on_sent(first, first + len(piece) - 1)
                yield piece
                first += len(piece)
    finally:
        if on_end is not None:
            on_end()
