"""A picture measured before it is decoded, and written anew from its points: nothing else travels along."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable

from PIL import Image, UnidentifiedImageError

from trainhub.exams.bank.limits_media import (
    LEAST_SIDE,
    LONGEST_SIDE,
    MOST_PASSES,
    MOST_POINTS,
    MOST_POINTS_JPEG,
    MOST_POINTS_WEBP,
)
from trainhub.exams.bank.media.bare import is_bare, passes_of
from trainhub.exams.bank.media.moving import write_moving
from trainhub.exams.bank.media.scaling import lies, scaled, upright
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

QUALITY = 88
KINDS = ("PNG", "JPEG", "GIF", "WEBP")
Counted = Callable[[int], None]
"""What is told how many points are about to be decoded; it may refuse."""


def picture_anew(sent: bytes, kind: str, counted: Counted) -> tuple[bytes, str, int, int]:
    """Return a picture written anew: bytes, content type, width, height.

    Args:
        sent: the file.
        kind: what its first bytes say, as Pillow calls it; nothing else is tried.
        counted: is told of points before they are decoded.

    Raises:
        Invalid: it is broken, or would need absurdly much memory or time.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(sent), formats=(kind,)) as picture:
                _require_bearable(picture, sent, kind)
                counted(picture.width * picture.height)
                if is_bare(sent, kind) and max(picture.size) <= LONGEST_SIDE:
                    picture.load()
                    return sent, f"image/{kind.lower()}", *picture.size
                return _anew(picture, kind, counted)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise _too_large(MOST_POINTS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, OverflowError, IndexError):
        raise Invalid(_("The picture is broken.")) from None


def size_shown(content: bytes) -> tuple[int, int]:
    """Return width and height of a picture as programs show it, turned as its camera was held.

    Raises:
        Invalid: it is no picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=KINDS) as picture:
                return picture.size[::-1] if lies(picture) else picture.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise _too_large(MOST_POINTS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, OverflowError, IndexError):
        raise Invalid(_("The picture is broken.")) from None


def _too_large(most: int) -> Invalid:
    return Invalid(
        _("The picture has too many points; at most %(most)s million.", most=f"{most / 1_000_000:g}")
    )


def _require_bearable(picture: Image.Image, sent: bytes, kind: str) -> None:
    most = MOST_POINTS_WEBP if kind == "WEBP" else MOST_POINTS
    if kind == "JPEG":
        passes = passes_of(sent)
        if passes > MOST_PASSES:
            raise Invalid(_("The picture is written in more than %(most)s passes.", most=MOST_PASSES))
        most = MOST_POINTS_JPEG if passes == 1 else most
    if picture.width * picture.height > most:
        raise _too_large(most)
    if min(picture.size) < LEAST_SIDE:
        raise Invalid(_("The picture is smaller than %(least)s points.", least=LEAST_SIDE))


def _anew(picture: Image.Image, kind: str, counted: Counted) -> tuple[bytes, str, int, int]:
    out = io.BytesIO()
    if kind == "GIF" and getattr(picture, "is_animated", False):
        size = write_moving(picture, out, counted)
        return out.getvalue(), "image/gif", *size
    # A JPEG in passes is held twice while it is decoded.
    if picture.width * picture.height > MOST_POINTS // (2 if picture.info.get("progressive") else 1):
        picture.draft(None, (picture.width // 2, picture.height // 2))
    still = upright(scaled(picture), picture)
    if kind == "JPEG":
        plain = still if still.mode == "RGB" else still.convert("RGB")
        plain.save(out, "JPEG", quality=QUALITY)
        return out.getvalue(), "image/jpeg", *still.size
    if kind == "WEBP" and still.mode == "RGB":
        still.save(out, "WEBP", quality=QUALITY, method=4)
        return out.getvalue(), "image/webp", *still.size
    still.save(out, "PNG", optimize=False)
    return out.getvalue(), "image/png", *still.size
