"""A photograph that somebody sent: measured before it is decoded, written anew from its points."""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _l

LARGEST_BYTES = 8 * 1024 * 1024
MOST_POINTS = 40_000_000
LONGEST_SIDE = 1024
QUALITY = 80


def clean_jpeg(sent: bytes) -> bytes:
    """Return a photograph as a new, smaller JPEG that holds its points and nothing else.

    Args:
        sent: what was sent, of whatever it says it is.

    Raises:
        Invalid: too large, no JPEG, broken, or a picture that would need absurdly much memory.
    """
    if not 0 < len(sent) <= LARGEST_BYTES:
        raise Invalid(_l("A photograph has at most 8 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _written_anew(sent)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid(_l("This is no photograph that can be used. Send a JPEG.")) from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Invalid(_l("This photograph is broken. Take it again.")) from None


def _written_anew(sent: bytes) -> bytes:
    with Image.open(io.BytesIO(sent), formats=("JPEG",)) as picture:
        width, height = picture.size
        if width * height > MOST_POINTS:
            raise Invalid(_l("This is no photograph that can be used. Send a JPEG."))
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        small = picture.convert("RGB")
        small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        # A new picture: no place, no device, no preview travels along.
        fresh = Image.new("RGB", small.size)
        fresh.paste(small)
        out = io.BytesIO()
        fresh.save(out, "JPEG", quality=QUALITY)
        return out.getvalue()
