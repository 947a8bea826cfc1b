"""The points of a picture in a sensible size and upright, in a picture without a past.

It is done in strips: a copy of a large picture in whole would double what it costs.
"""

from __future__ import annotations

import math

from PIL import ExifTags, Image

from trainhub.exams.bank.limits_media import LONGEST_SIDE

_STRIP = 128
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by what Exif says of how the camera was held."""


def scaled(picture: Image.Image) -> Image.Image:
    """Return the points of a picture, no side longer than is kept."""
    picture.load()
    mode = "RGBA" if picture.has_transparency_data else "L" if picture.mode in ("1", "L") else "RGB"
    width, height = picture.size
    share = max(1.0, max(picture.size) / LONGEST_SIDE)
    fresh = Image.new(mode, (max(1, round(width / share)), max(1, round(height / share))))
    for top in range(0, fresh.height, _STRIP):
        bottom = min(top + _STRIP, fresh.height)
        first, last = top * height / fresh.height, bottom * height / fresh.height
        # The points beside a strip count for its own as well: twice the share is as far as the filter looks.
        beside = math.ceil(2 * share) if share > 1 else 0
        above, below = max(0, math.floor(first) - beside), min(height, math.ceil(last) + beside)
        strip = picture.crop((0, above, width, below)).convert(mode)
        if strip.size != (fresh.width, bottom - top):
            box = (0, first - above, width, last - above)
            strip = strip.resize((fresh.width, bottom - top), Image.Resampling.BICUBIC, box)
        fresh.paste(strip, (0, top))
    return fresh


def upright(points: Image.Image, picture: Image.Image) -> Image.Image:
    """Turn points as the camera of their picture was held; what says so may be broken, and then they stay."""
    turn = _TURNS.get(_orientation(picture))
    return points if turn is None else points.transpose(turn)


def lies(picture: Image.Image) -> bool:
    """Tell whether a picture lies on its side, so that its width is the height of what is shown."""
    return _orientation(picture) in (5, 6, 7, 8)


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except (SyntaxError, ValueError, OSError, KeyError, TypeError):
        return 1
