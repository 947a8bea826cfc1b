"""A moving picture written anew frame by frame; no more frames are decoded than it may have."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from PIL import Image

from trainhub.exams.bank.limits_media import LONGEST_SIDE, MOST_FRAMES, MOST_POINTS
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

_LEAST_MS, _USUAL_MS = 20, 100


def write_moving(picture: Image.Image, out: io.BytesIO, counted: Callable[[int], None]) -> tuple[int, int]:
    """Write a moving picture as a GIF and return its size.

    Args:
        picture: as it was opened.
        out: where to.
        counted: is told of the points of each further frame before they are decoded.

    Raises:
        Invalid: it has too many frames, or too many points in all of them.
    """
    times: list[int] = []
    frames = _frames(picture, times, counted)
    first = next(frames)
    # Pillow asks for a frame's time after it has taken the frame, so the list may grow while it writes.
    first.save(out, "GIF", save_all=True, append_images=frames, duration=times, loop=0, disposal=2)
    return first.size


def _frames(picture: Image.Image, times: list[int], counted: Callable[[int], None]) -> Iterator[Image.Image]:
    points = picture.width * picture.height
    for number in range(MOST_FRAMES + 1):
        if number:
            try:
                picture.seek(number)
            except EOFError:
                return
            if number == MOST_FRAMES:
                raise Invalid(_("The moving picture has more than %(most)s frames.", most=MOST_FRAMES))
            if (number + 1) * points > MOST_POINTS:
                raise _too_large()
            counted(points)
        shown = picture.convert("RGBA")
        fresh = Image.new("RGBA", shown.size)
        fresh.paste(shown)
        fresh.thumbnail((LONGEST_SIDE // 2, LONGEST_SIDE // 2))
        times.append(max(_LEAST_MS, int(picture.info.get("duration", _USUAL_MS))))
        yield fresh


def _too_large() -> Invalid:
    return Invalid(
        _(
            "The frames of the moving picture have too many points together; at most %(most)s million.",
            most=MOST_POINTS // 1_000_000,
        )
    )
