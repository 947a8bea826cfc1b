"""Hazards on a picture as QTI has them: points to be set, areas that earn, and what a point on nothing costs.

QTI counts as this house does: an area earns once, a point on none of them what the mapping says, and the
whole is never below its lower bound. What is wrong in an area has no field in QTI: it is in a rubric.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lxml import etree
from lxml.etree import _Element

from trainhub.exams.bank.content import ItemBody, Medium
from trainhub.exams.bank.details import Scene
from trainhub.exams.bank.exchange.areas import Size, shape_of, write_corners
from trainhub.exams.bank.media.pictures import size_shown
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

HAZARD = "hazard"
"""What the lines of the rubric are called that name the hazards."""


def size_of_scene(body: ItemBody, scene: Scene, files: Mapping[str, bytes]) -> Size:
    """Return the size of the picture in which the hazards are.

    Raises:
        Invalid: they are in a film, for which QTI has no place, or the picture is not there.
    """
    medium = _medium(body, scene)
    if not medium.content_type.startswith("image/"):
        raise Invalid(_("QTI has no place for hazards in a film."))
    return size_shown(files.get(medium.digest, b""))


def _medium(body: ItemBody, scene: Scene) -> Medium:
    found = next((each for each in body.media if each.name == scene.medium), None)
    if found is None:
        raise Invalid(_("There is no picture or film on which the hazards are marked."))
    return found


def facts_of_scene(scene: Scene) -> dict[str, str]:
    """Return what only we read: the corners, which are finer than the points of the picture."""
    return {"areas": write_corners(scene.regions)}


def map_areas(declaration: _Element, scene: Scene, size: Size) -> None:
    """Say in a declaration what each hazard earns, and what a mark on nothing costs."""
    cost = Decimal(scene.false_percent) / 100
    mapping = etree.SubElement(
        declaration, "areaMapping", lowerBound="0", defaultValue=str(-cost) if cost else "0"
    )
    for region in scene.regions:
        shape, coords = shape_of(region, size)
        etree.SubElement(mapping, "areaMapEntry", shape=shape, coords=coords, mappedValue="1")


def select_points(body: ItemBody, scene: Scene, size: Size, folder: str, is_3: bool) -> _Element:
    """Return what asks for the marks: the picture, and how many there may be.

    Args:
        body: of the question.
        scene: its hazards.
        size: of the picture.
        folder: where it lies.
        is_3: whether it is for QTI 3, which shows an ``img``; QTI 2 knows an ``object`` alone.
    """
    medium = _medium(body, scene)
    asked = etree.Element(
        "selectPointInteraction", responseIdentifier="RESPONSE", maxChoices=str(scene.most_marks)
    )
    where = f"../{folder}/{medium.name}"
    if is_3:
        shown = etree.SubElement(asked, "img", src=where, alt=medium.description)
    else:
        shown = etree.SubElement(asked, "object", data=where, type=medium.content_type)
        shown.text = medium.description
    shown.set("width", str(size[0]))
    shown.set("height", str(size[1]))
    return asked


def name_hazards(inner: _Element, scene: Scene) -> None:
    """Write what is wrong in the areas into a body, in their order."""
    block = etree.SubElement(inner, "rubricBlock", view="scorer", use="scoring")
    lines = etree.SubElement(block, "ul")
    for place, region in enumerate(scene.regions, start=1):
        etree.SubElement(lines, "li", id=f"{HAZARD}{place}").text = region.name
