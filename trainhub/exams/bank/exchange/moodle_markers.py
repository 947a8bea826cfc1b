"""Moodle's markers that are dragged onto a picture (ddmarker), as hazards, and hazards as such markers.

There the areas hit count, divided by the areas or, if that is more, by the markers set. That is what a scene
of the bank says if it lets candidates set as many marks as it has hazards, and false marks cost nothing.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.checking_media import LONGEST_REGION_NAME, MOST_MARKS
from trainhub.exams.bank.content import ItemBody, ItemType, Medium
from trainhub.exams.bank.details import Region, Scene
from trainhub.exams.bank.exchange.areas import (
    Shape,
    Size,
    Unreadable,
    read_corners,
    region_of,
    shape_of,
    write_corners,
)
from trainhub.exams.bank.exchange.found import Question, Unfit
from trainhub.exams.bank.exchange.limits import MOST_ANSWERS, too_many
from trainhub.exams.bank.exchange.wording import from_html
from trainhub.exams.bank.media.pictures import size_shown
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

LARGEST: Size = (600, 400)
"""Moodle makes larger pictures smaller when it takes them in, and their areas lie elsewhere then."""
_CORNERS_OF_ELLIPSE = 32
_MARKER = "×"
_SHAPES = {"circle": "circle", "rectangle": "rect", "polygon": "poly"}
_MOST_FILES = 20


@dataclass(frozen=True)
class _Drop:
    """An area of a file, and the number of the marker that belongs there."""

    shape: str
    coords: str
    choice: str


def read_markers(question: Question, element: _Element, facts: dict[str, str]) -> None:
    """Read markers that are to be dragged onto a picture.

    Raises:
        Unfit: there is no picture, no area, or one that cannot be read.
    """
    question.kind = ItemType.HAZARD_SPOTTING
    drops = [
        _Drop(*((each.findtext(name) or "").strip() for name in ("shape", "coords", "choice")))
        for each in element.iterfind("drop")
    ]
    drops = [each for each in drops if each.coords]
    if len(drops) > MOST_ANSWERS:
        raise Unfit(too_many())
    if not drops:
        raise Unfit(_("The file names no area of the picture as right."))
    medium, size = _picture(question, element, unquote(facts.get("alt", "")))
    labels = _labels(question, element)
    names = _names(question, drops, labels, facts)
    regions = _fine([_region(*pair, size) for pair in zip(names, drops, strict=True)], drops, facts, size)
    most = _most(question, element, drops, labels)
    question.detail = Scene(medium, tuple(regions), 0, most)


def _picture(question: Question, element: _Element, said: str) -> tuple[str, Size]:
    """Return the name of the picture that stands beside the texts of a question, and its size."""
    file = element.find("file")
    try:
        content = b"" if file is None else base64.b64decode(file.text or "", validate=False)
        size = size_shown(content)
    except (binascii.Error, ValueError, Invalid) as problem:
        raise Unfit(_("The file shows no picture on which marks could be set.")) from problem
    name = ((file.get("path") or "/") + (file.get("name") or "")).lstrip("/") if file is not None else ""
    numbered = (f"{number}/{name}" for number in range(_MOST_FILES))
    known = (quote(each) for each in (name, *numbered))
    named = next((each for each in known if question.carrying.files(each) == content), quote(name))
    medium = question.carrying.take(named, said)
    question.doubts += question.carrying.problems
    question.carrying.problems.clear()
    return "" if medium is None else medium.name, size


def _labels(question: Question, element: _Element) -> dict[str, str]:
    """Return what the markers of a file say, by their numbers."""
    return {
        (each.findtext("no") or "").strip(): from_html(
            each.findtext("text") or each.findtext("text/text") or ""
        ).text
        for each in element.iterfind("drag")
    }


def _names(
    question: Question, drops: Sequence[_Drop], labels: Mapping[str, str], facts: Mapping[str, str]
) -> list[str]:
    said = [unquote(each) for each in facts.get("names", "").split(",")]
    if question.is_exact and len(said) == len(drops):
        return said
    if not all(each.choice in labels for each in drops):
        raise Unfit(_("An area of the picture belongs to a marker that the file has not."))
    if len(labels) > 1:
        question.doubts.append(
            _("In the file each mark has a name that must stand at its place; here a mark has none.")
        )
        found = [labels[each.choice][:LONGEST_REGION_NAME] for each in drops]
        return [each or _("area %(number)s", number=number) for number, each in enumerate(found, 1)]
    question.notes.append(_("The file does not say what is wrong in its areas; they bear numbers."))
    return [_("area %(number)s", number=number) for number in range(1, len(drops) + 1)]


def _region(name: str, drop: _Drop, size: Size) -> Region:
    """Return the area of a file as a hazard.

    Raises:
        Unfit: it cannot be read.
    """
    coords = drop.coords.replace(";", ",")
    try:
        if drop.shape == "rectangle":
            left, top, wide, high = (float(each) for each in coords.split(","))
            coords = ",".join(f"{each:g}" for each in (left, top, left + wide, top + high))
        return region_of(name, (_SHAPES.get(drop.shape, ""), coords), size)
    except (Unreadable, ValueError):
        said = f"{drop.shape} {drop.coords}".strip()[:60]
        raise Unfit(_("The area “%(area)s” of the picture cannot be read.", area=said)) from None


def _fine(
    regions: Sequence[Region], drops: Sequence[_Drop], facts: Mapping[str, str], size: Size
) -> list[Region]:
    """Return hazards with the corners that our own export says, where the areas are still theirs."""
    own = read_corners(facts.get("areas", ""))
    if len(own) != len(regions):
        return list(regions)
    return [
        replace(each, corners=fine.corners, is_ellipse=fine.is_ellipse)
        if _shape(fine, size) == (drop.shape, drop.coords)
        else each
        for each, fine, drop in zip(regions, own, drops, strict=True)
    ]


def _most(question: Question, element: _Element, drops: Sequence[_Drop], labels: Mapping[str, str]) -> int:
    """Return how many marks may be set; another number than that of the areas counts in another way there."""
    said = [
        0 if each.find("infinite") is not None else int((each.findtext("noofdrags") or "1").strip() or 1)
        for each in element.iterfind("drag")
        if (each.findtext("noofdrags") or "1").strip().isdecimal()
    ]
    if len(labels) == 1 and said == [len(drops)]:
        return len(drops)
    if len(labels) == 1:
        question.doubts.append(
            _(
                "The file counts marks on the picture in a way that cannot be said here; "
                "check what each earns."
            )
        )
        return min(max(len(drops), said[0] if said and said[0] else MOST_MARKS), MOST_MARKS)
    return len(drops)


def _shape(region: Region, size: Size) -> Shape:
    """Return the area of a hazard as Moodle writes it; an ellipse that is no circle has many corners."""
    kind, coords = shape_of(region, size)
    numbers = [int(each) for each in coords.split(",")]
    if kind == "circle":
        return "circle", f"{numbers[0]},{numbers[1]};{numbers[2]}"
    if kind == "rect":
        left, top, right, bottom = numbers
        return "rectangle", f"{left},{top};{right - left},{bottom - top}"
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    if kind == "ellipse":
        x, y, wide, high = numbers
        turns = (2 * math.pi * step / _CORNERS_OF_ELLIPSE for step in range(_CORNERS_OF_ELLIPSE))
        points = [(round(x + wide * math.cos(turn)), round(y + high * math.sin(turn))) for turn in turns]
    return "polygon", ";".join(f"{across},{down}" for across, down in points)


def markers_of(body: ItemBody, files: Mapping[str, bytes]) -> Size | None:
    """Return the size of the picture of hazards that Moodle counts as the bank does; None if it would not."""
    scene, medium = body.detail, _medium(body)
    if not isinstance(scene, Scene) or medium is None or not medium.content_type.startswith("image/"):
        return None
    if scene.false_percent or scene.most_marks != len(scene.regions):
        return None
    try:
        size = size_shown(files.get(medium.digest, b""))
    except Invalid:
        return None
    return size if size[0] <= LARGEST[0] and size[1] <= LARGEST[1] else None


def _medium(body: ItemBody) -> Medium | None:
    name = body.detail.medium if isinstance(body.detail, Scene) else ""
    return next((each for each in body.media if each.name == name), None)


def write_markers(
    question: _Element, body: ItemBody, size: Size, files: Mapping[str, bytes]
) -> dict[str, str]:
    """Write the picture, its one kind of marker and its areas.

    Returns:
        What only we read: corners, which are finer than points, and what is wrong in the areas.
    """
    scene, medium = body.detail, _medium(body)
    assert isinstance(scene, Scene) and medium is not None
    etree.SubElement(question, "file", name=medium.name, path="/", encoding="base64").text = base64.b64encode(
        files[medium.digest]
    ).decode()
    drag = etree.SubElement(question, "drag")
    for name, text in (("no", "1"), ("text", _MARKER), ("noofdrags", str(scene.most_marks))):
        etree.SubElement(drag, name).text = text
    for number, region in enumerate(scene.regions, start=1):
        shape, coords = _shape(region, size)
        drop = etree.SubElement(question, "drop")
        for name, text in (("no", str(number)), ("shape", shape), ("coords", coords), ("choice", "1")):
            etree.SubElement(drop, name).text = text
    names = ",".join(quote(each.name, safe="") for each in scene.regions)
    return {
        "areas": write_corners(scene.regions),
        "names": names,
        "alt": quote(medium.description, safe=""),
    }
