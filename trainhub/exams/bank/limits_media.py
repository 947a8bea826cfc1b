"""How large and how long a file of an item may be: all figures in one place.

They are bounds of this house, not of the law: what a machine in an exam room can fetch and show.
"""

from __future__ import annotations

MB = 1024 * 1024

LARGEST = {"image": 8 * MB, "audio": 10 * MB, "video": 40 * MB}
"""Bytes of a file as it is sent, by kind."""

MOST_POINTS = 13_000_000
"""Points of a picture before it is decoded, and of a moving one in all its frames; a photograph of a phone
has twelve million. What claims more is not decoded at all: each costs four bytes."""

MOST_POINTS_JPEG = 24_000_000
"""Of a JPEG that is written in one pass, which can be decoded at half its size."""

MOST_POINTS_WEBP = 4_400_000
"""Of a WebP, whose decoder holds each point four times."""

MOST_PASSES = 30
"""Passes over its points in which a JPEG may be written; programs write about ten, and each costs time."""

LONGEST_SIDE = 2400
"""Points of the longer side of a picture as it is kept; a larger one is made smaller."""

LEAST_SIDE = 8
MOST_FRAMES = 200
"""Frames of a moving picture."""

LONGEST_MS = {"audio": 10 * 60_000, "video": 5 * 60_000}
LARGEST_FRAME = 1920 * 1920
"""Points of a film's picture: 1920 × 1080 either way up, and whatever shape telephones film in between."""

LONGEST_DESCRIPTION = 300
MOST_MEDIA = 12
"""Files of one question."""

LARGEST_QUESTION = 60 * MB
"""Bytes of all files of one question."""
