"""How an author writes hazards where no script draws them: a line each, read strictly.

``no helmet: 1200,3400 2500,3400 2500,5000`` is a polygon, ``…: rectangle 1200,3400 2500,5000`` and
``…: ellipse 1200,3400 2500,5000`` are given by two corners, and ``…: 12.5-15 s`` is a time of a film.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from trainhub.exams.bank.authoring import Misread, lines_of
from trainhub.exams.bank.details import Region
from trainhub.kernel.i18n import _

_NAMED = re.compile(r"^(.*)[:：]([^:：]*)$")
_CORNER = re.compile(r"(\d{1,5})\s*,\s*(\d{1,5})", re.ASCII)
_PLACE = re.compile(r"(?P<shape>rectangle|ellipse|)\s*(?P<place>[\d,.\s-]+?)\s*(?P<unit>s?)", re.ASCII)
_TIME = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)\s*-\s*(\d{1,4}(?:\.\d{1,3})?)", re.ASCII)


def read_regions(text: str | None) -> tuple[Region, ...]:
    """Return the hazards, a line each.

    Raises:
        Misread: a line says no place.
    """
    return tuple(_region(number, line) for number, line in enumerate(lines_of(text), start=1))


def _region(number: int, line: str) -> Region:
    name, place = _split(line)
    told = _PLACE.fullmatch(place)
    if told is None or not name:
        raise _misread(number)
    if told["unit"]:
        times = _TIME.fullmatch(told["place"].strip())
        if times is None or told["shape"]:
            raise _misread(number)
        begins, ends = (int(Decimal(each) * 1000) for each in times.groups())
        return Region(name, (), begins, ends)
    corners = tuple((int(across), int(down)) for across, down in _CORNER.findall(told["place"]))
    if not corners or _CORNER.sub("", told["place"]).strip(" "):
        raise _misread(number)
    if not told["shape"]:
        return Region(name, corners)
    if len(corners) != 2:
        raise _misread(number)
    (left, top), (right, bottom) = corners
    box = ((min(left, right), min(top, bottom)), (max(left, right), max(top, bottom)))
    if told["shape"] == "ellipse":
        return Region(name, box, is_ellipse=True)
    (left, top), (right, bottom) = box
    return Region(name, ((left, top), (right, top), (right, bottom), (left, bottom)))


def _split(line: str) -> tuple[str, str]:
    """Return name and place of a line; the name may hold colons of its own, the place is of narrow signs."""
    told = _NAMED.match(line)
    return ("", "") if told is None else (told[1].strip(), unicodedata.normalize("NFKC", told[2]).strip())


def _misread(number: int) -> Misread:
    return Misread(
        "regions",
        _(
            "Line %(number)s: write what is wrong, a colon and where, such as no helmet: rectangle 1200,3400 "
            "2500,5000",
            number=number,
        ),
    )


def write_regions(regions: tuple[Region, ...]) -> str:
    """Return hazards as their author writes them."""
    return "\n".join(f"{region.name}: {_place(region)}" for region in regions)


def _place(region: Region) -> str:
    if region.from_ms is not None and region.to_ms is not None:
        return f"{Decimal(region.from_ms) / 1000}-{Decimal(region.to_ms) / 1000} s"
    corners = " ".join(f"{across},{down}" for across, down in region.corners)
    return f"ellipse {corners}" if region.is_ellipse else corners
