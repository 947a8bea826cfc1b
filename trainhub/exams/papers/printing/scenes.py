"""Hazard spotting on paper: the picture large, pale under a grid where crosses are set, the key drawn in.

Booklet and answer sheet show it in one size, so that what was found in the one is found in the other.
"""

from __future__ import annotations

import io

from PIL import Image

from trainhub.exams.bank.content import ItemBody, ItemType
from trainhub.exams.bank.details import Scene
from trainhub.exams.bank.hazards import is_film
from trainhub.exams.bank.media import clear_media, media_of
from trainhub.exams.bank.wording import rule_of
from trainhub.exams.papers.content import PaperItem
from trainhub.exams.papers.printing.laying import Picture
from trainhub.exams.papers.printing.pen import LEFT, LINE, RISE, WIDTH, Pen
from trainhub.exams.papers.proof_pictures import pictures_of
from trainhub.kernel.i18n import _, ngettext
from trainhub.kernel.pdf import GREY, RULE

HIGHEST = 150.0
PALE = 0.55
TENTHS = 10


def files_of(item: PaperItem) -> dict[str, Picture]:
    """Return the pictures that a question shows, by their digests.

    Raises:
        ChangedMedium: a file is not what the question says it is.
    """
    clear = clear_media(item.item_code, item.body) if any(media_of(item.body)) else {}
    return {digest: Picture(content) for digest, content in clear.items()}


def is_hazard_film(body: ItemBody) -> bool:
    """Tell whether a question asks for hazards in a film, whose moments nobody can mark on paper."""
    return isinstance(body.detail, Scene) and is_film(body.detail)


def ask_scene(pen: Pen, _left: float, body: ItemBody) -> None:
    """Write how many crosses may be set and what they earn, and show the picture below."""
    if isinstance(body.detail, Scene):
        told = ngettext("%(num)s cross at most.", "%(num)s crosses at most.", body.detail.most_marks)
        pen.words(f"{told} {rule_of(ItemType.HAZARD_SPOTTING, body)}", left=LEFT, size=9)
        pen.gap(2)
        _show(pen, body)


def mark_scene(pen: Pen, _left: float, body: ItemBody) -> None:
    """Show the picture on which crosses are set."""
    if isinstance(body.detail, Scene):
        told = ngettext("%(num)s cross at most.", "%(num)s crosses at most.", body.detail.most_marks)
        pen.document.text(LEFT + WIDTH, pen.y, told, 9.5, align="right")
        pen.gap(7)
        _show(pen, body, is_to_mark=True)


def height_of_scene(pen: Pen, body: ItemBody) -> float:
    """Return the height that the picture of a question and what stands above it take; 0 if it has none."""
    picture = _picture(pen, body)
    return 0.0 if picture is None else _size(picture)[1] + 2 * LINE


def _show(pen: Pen, body: ItemBody, *, is_to_mark: bool = False) -> None:
    picture = _picture(pen, body)
    if picture is None:
        return
    width, height = _size(picture)
    pen.room(height + 2)
    left, top = LEFT + (WIDTH - width) / 2, pen.y - RISE
    content = _paled(picture.printed) if is_to_mark else picture.printed
    pen.document.picture(left, top, width, height, io.BytesIO(content))
    if is_to_mark:
        _grid(pen, left, top, width, height)
    pen.document.box(left, top, width, height, edge=GREY)
    pen.gap(height + RISE)


def _picture(pen: Pen, body: ItemBody) -> Picture | None:
    name = body.detail.medium if isinstance(body.detail, Scene) else ""
    digest = next((each.digest for each in body.media if each.name == name), "")
    return pen.files.get(digest)


def _size(picture: Picture) -> tuple[float, float]:
    across, down = picture.size
    scale = min(WIDTH / across, HIGHEST / down)
    return across * scale, down * scale


def _grid(pen: Pen, left: float, top: float, width: float, height: float) -> None:
    """Draw lines at each tenth, as the page has them on which the crosses are entered."""
    for tenth in range(1, TENTHS):
        x, y = left + width * tenth / TENTHS, top + height * tenth / TENTHS
        pen.document.line(x, top, x, top + height, colour=RULE)
        pen.document.line(left, y, left + width, y, colour=RULE)


def _paled(printed: bytes) -> bytes:
    """Return a picture paler, so that a cross of a pen stands out from it."""
    with Image.open(io.BytesIO(printed)) as opened:
        picture = opened.convert("RGB")
    out = io.BytesIO()
    pale = Image.blend(Image.new("RGB", picture.size, "white"), picture, PALE)
    pale.save(out, "JPEG", quality=85)
    return out.getvalue()


def draw_key(pen: Pen, item: PaperItem) -> None:
    """Show a question's picture with its hazards drawn in, each with its number."""
    for picture in pictures_of(item):
        width, height = picture.size_within(WIDTH, HIGHEST)
        pen.room(height + 8)
        pen.line(_("Question %(number)s", number=item.number), strong=True)
        pen.document.picture(LEFT, pen.y - RISE, width, height, picture.content)
        pen.gap(height + RISE)
