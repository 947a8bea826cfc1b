"""Telling a picture with losses that holds its points and nothing else: writing it anew would only blur it.

A JPEG or WebP that this house wrote comes back from an export as it went out, and keeps its digest.
"""

from __future__ import annotations

_ALLOWED = frozenset({0xC0, 0xC2, 0xC4, 0xDB, 0xDD})
"""Frames, tables and restarts of a JPEG."""

_START, _SCAN, _END = 0xD8, 0xDA, 0xD9
_JFIF = b"JFIF\0\x01"
_JFIF_LENGTH = 16


def is_bare(content: bytes, kind: str) -> bool:
    """Tell whether a JPEG or WebP has no comment, no tag, no profile and no byte behind its end."""
    if kind == "WEBP":
        return _is_bare_webp(content)
    return kind == "JPEG" and _is_bare_jpeg(content)


def _is_bare_webp(content: bytes) -> bool:
    """One chunk of points that fills the file."""
    size = int.from_bytes(content[4:8], "little")
    inner = int.from_bytes(content[16:20], "little")
    is_points = content[12:16] in (b"VP8 ", b"VP8L")
    return is_points and size + 8 == len(content) and inner + inner % 2 + 20 == len(content)


def _is_bare_jpeg(content: bytes) -> bool:
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return False
        marker = content[at + 1]
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xE0:
            if (
                content[at + 4 : at + 10] != _JFIF
                or length != _JFIF_LENGTH
                or content[at + 16 : at + 18] != b"\0\0"
            ):
                return False
        elif marker not in _ALLOWED and marker != _SCAN:
            return False
        at += 2 + length
        if marker == _SCAN:
            at = _behind_scan(content, at)
            if content[at : at + 2] == bytes((0xFF, _END)):
                return at + 2 == len(content)
    return False


def passes_of(content: bytes) -> int:
    """Return in how many passes over its points a JPEG is written; its small likeness in Exif is none."""
    at, passes = 2, 0
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != _END:
        if content[at + 1] == 0xFF:
            at += 1
            continue
        is_scan = content[at + 1] == _SCAN
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if is_scan:
            passes += 1
            at = _behind_scan(content, at)
    return passes


def _behind_scan(content: bytes, at: int) -> int:
    """Return where the next marker stands that is neither a stuffed byte nor a restart."""
    while at + 1 < len(content):
        at = content.find(0xFF, at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2
    return len(content)
