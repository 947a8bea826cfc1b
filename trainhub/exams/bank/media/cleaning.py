"""A file that somebody sent: told by what it holds, checked, and written anew with nothing hidden in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from trainhub.exams.bank.limits_media import LARGEST, MB
from trainhub.exams.bank.media.pictures import picture_anew
from trainhub.exams.bank.media.recordings import recording_anew
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

_PICTURES = ((b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF87a", "GIF"), (b"GIF89a", "GIF"))


@dataclass(frozen=True)
class CleanMedium:
    """A file as the bank keeps it (已清理的媒体).

    Args:
        content: the bytes, written by this house.
        content_type: what they are.
        width: of a picture or film.
        height: of a picture or film.
        duration_ms: of a sound or film.
    """

    content: bytes
    content_type: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the file in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def kind(self) -> str:
        """``image``, ``audio`` or ``video``."""
        return self.content_type.partition("/")[0]


RECORDING = 1_000_000
"""What opening a sound or film costs, in points of a picture."""


def _uncounted(_points: int) -> None:
    """Let any number of points be decoded: those of one file."""


def clean_medium(sent: bytes, counted: Callable[[int], None] = _uncounted) -> CleanMedium:
    """Return a file as it may be kept; its name and what it says it is are of no interest.

    Args:
        sent: the file.
        counted: is told of points before they are decoded, and may raise Invalid.

    Raises:
        Invalid: it is of no kind that is taken, too large, too long, broken, or would explode on decoding.
    """
    if not sent:
        raise Invalid(_("The file is empty."))
    kind = _picture(sent)
    if kind is not None:
        _require_size(sent, "image")
        return CleanMedium(*picture_anew(sent, kind, counted))
    container = _container(sent)
    if container is None:
        raise Invalid(
            _(
                "This is no file that a question can show. Pictures: PNG, JPEG, WebP, GIF; sound: MP3, OGG, "
                "WAV, M4A; film: MP4, WebM."
            )
        )
    _require_size(sent, "video")
    counted(RECORDING)
    content, content_type, width, height, duration = recording_anew(sent, container)
    clean = CleanMedium(content, content_type, width, height, duration)
    _require_size(sent, clean.kind)
    return clean


def _require_size(sent: bytes, kind: str) -> None:
    if len(sent) > LARGEST[kind]:
        raise Invalid(
            _(
                "The file has %(size)s MB; at most %(most)s MB can be taken.",
                size=round(len(sent) / MB, 1),
                most=LARGEST[kind] // MB,
            )
        )


def _picture(sent: bytes) -> str | None:
    if sent[:4] == b"RIFF" and sent[8:12] == b"WEBP":
        return "WEBP"
    return next((kind for begins, kind in _PICTURES if sent.startswith(begins)), None)


def _container(sent: bytes) -> str | None:
    """Return the container of a sound or film as its first bytes say."""
    if sent[4:8] == b"ftyp":
        return "mp4"
    if sent.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    if sent.startswith(b"OggS"):
        return "ogg"
    if sent[:4] == b"RIFF" and sent[8:12] == b"WAVE":
        return "wav"
    if sent.startswith(b"ID3") or (len(sent) > 1 and sent[0] == 0xFF and sent[1] & 0xE6 == 0xE2):
        return "mp3"
    return None
