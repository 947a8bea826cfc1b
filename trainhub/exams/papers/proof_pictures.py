"""The pictures of a proof, for print: of a size that paper shows, hazards drawn on them with numbers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw

from trainhub.exams.bank.details import WHOLE_PICTURE, Region, Scene
from trainhub.exams.bank.media import clear_media, media_of
from trainhub.exams.papers.content import PaperItem

LONGEST_SIDE = 1200
INK = "#c81e1e"


@dataclass(frozen=True)
class Printed:
    """A picture as it is printed (付印图片)."""

    content: io.BytesIO
    size: tuple[int, int]
    description: str

    def size_within(self, width: float, height: float) -> tuple[float, float]:
        """Return the largest size of its shape within a frame."""
        scale = min(width / self.size[0], height / self.size[1])
        return self.size[0] * scale, self.size[1] * scale


def pictures_of(item: PaperItem) -> Iterator[Printed]:
    """Yield the pictures that a question shows, in the order of its files.

    Raises:
        ChangedMedium: a file is not what the question says it is.
    """
    media = [medium for medium in media_of(item.body) if medium.content_type.startswith("image/")]
    if not media:
        return
    clear = clear_media(item.item_code, item.body)
    detail = item.body.detail
    for medium in dict.fromkeys(media):
        with Image.open(io.BytesIO(clear[medium.digest])) as opened:
            picture = opened.convert("RGB")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        if isinstance(detail, Scene) and detail.medium == medium.name:
            _mark(picture, detail.regions)
        out = io.BytesIO()
        picture.save(out, "PNG")
        out.seek(0)
        yield Printed(out, picture.size, medium.description)


def _mark(picture: Image.Image, regions: tuple[Region, ...]) -> None:
    pen = ImageDraw.Draw(picture)
    across, down = (side / WHOLE_PICTURE for side in picture.size)
    for number, region in enumerate(regions, start=1):
        places = [(x * across, y * down) for x, y in region.corners]
        if region.is_ellipse:
            pen.ellipse([*places[0], *places[1]], outline=INK, width=4)
        elif places:
            pen.line([*places, places[0]], fill=INK, width=4)
        if places:
            left, top = min(x for x, _y in places), min(y for _x, y in places)
            pen.text(
                (left + 6, top + 4), str(number), fill=INK, font_size=28, stroke_width=3, stroke_fill="white"
            )
