"""A picture measured before it is decoded, and written anew from its points: nothing else travels along."""

from __future__ import annotations

import io
import warnings
from typing import Any

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from trainhub.exams.bank.limits_media import LEAST_SIDE, LONGEST_SIDE, MOST_FRAMES, MOST_POINTS
from trainhub.exams.bank.media.bare import is_bare
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

QUALITY = 88


def picture_anew(sent: bytes, kind: str) -> tuple[bytes, str, int, int]:
    """Return a picture written anew: bytes, content type, width, height.

    Args:
        sent: the file.
        kind: what its first bytes say, as Pillow calls it; nothing else is tried.

    Raises:
        Invalid: it is broken, or would need absurdly much memory.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(sent), formats=(kind,)) as picture:
                if (
                    is_bare(sent, kind)
                    and max(picture.size) <= LONGEST_SIDE
                    and min(picture.size) >= LEAST_SIDE
                ):
                    picture.load()
                    return sent, f"image/{kind.lower()}", *picture.size
                return _anew(picture, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise _too_large() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, OverflowError, IndexError):
        raise Invalid(_("The picture is broken.")) from None


def _too_large() -> Invalid:
    return Invalid(
        _("The picture has too many points; at most %(most)s million.", most=MOST_POINTS // 1_000_000)
    )


def _anew(picture: Image.Image, kind: str) -> tuple[bytes, str, int, int]:
    width, height = picture.size
    frames = getattr(picture, "n_frames", 1)
    if width * height > MOST_POINTS or width * height * min(frames, MOST_FRAMES) > 8 * MOST_POINTS:
        raise _too_large()
    if min(width, height) < LEAST_SIDE:
        raise Invalid(_("The picture is smaller than %(least)s points.", least=LEAST_SIDE))
    if frames > MOST_FRAMES:
        raise Invalid(_("The moving picture has more than %(most)s frames.", most=MOST_FRAMES))
    out = io.BytesIO()
    if frames > 1 and kind == "GIF":
        size = _moving(picture, out)
        return out.getvalue(), "image/gif", *size
    still = _still(picture)
    if kind == "JPEG":
        still.convert("RGB").save(out, "JPEG", quality=QUALITY)
        return out.getvalue(), "image/jpeg", *still.size
    if kind == "WEBP" and still.mode == "RGB":
        still.save(out, "WEBP", quality=QUALITY, method=4)
        return out.getvalue(), "image/webp", *still.size
    still.save(out, "PNG", optimize=False)
    return out.getvalue(), "image/png", *still.size


def _still(picture: Image.Image) -> Image.Image:
    """Return the points of a picture, upright and of a sensible size, in a picture without a past."""
    upright: Any = _upright(picture)
    mode = "RGBA" if upright.has_transparency_data else "L" if upright.mode in ("1", "L") else "RGB"
    points = upright.convert(mode)
    if max(points.size) > LONGEST_SIDE:
        points.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    fresh = Image.new(mode, points.size)
    fresh.paste(points)
    return fresh


def _upright(picture: Image.Image) -> Any:
    """Turn a picture as its camera held it; what says so may be broken, and then it stays as it is."""
    try:
        return ImageOps.exif_transpose(picture)
    except (SyntaxError, ValueError, OSError, KeyError, TypeError):
        return picture


def _moving(picture: Image.Image, out: io.BytesIO) -> tuple[int, int]:
    frames, times = [], []
    for frame in ImageSequence.Iterator(picture):
        points = frame.convert("RGBA")
        fresh = Image.new("RGBA", points.size)
        fresh.paste(points)
        fresh.thumbnail((LONGEST_SIDE // 2, LONGEST_SIDE // 2))
        frames.append(fresh)
        times.append(max(20, int(frame.info.get("duration", 100))))
    first, *others = frames
    first.save(out, "GIF", save_all=True, append_images=others, duration=times, loop=0, disposal=2)
    return first.size
