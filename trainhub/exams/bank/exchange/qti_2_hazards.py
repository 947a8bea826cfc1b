"""Points set on a picture and places chosen on it, of QTI 2 and 3, as hazards.

Here each hazard earns the same, a mark on nothing costs a share of that, and the whole is never below zero.
What a file counts in another way holds the question with that reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lxml.etree import _Element

from trainhub.exams.bank.checking_media import LONGEST_REGION_NAME, MOST_MARKS
from trainhub.exams.bank.content import ItemType
from trainhub.exams.bank.details import Region, Scene
from trainhub.exams.bank.exchange.areas import (
    NO_SIZE,
    Shape,
    Size,
    Unreadable,
    read_corners,
    region_of,
    shape_of,
)
from trainhub.exams.bank.exchange.found import Question, Unfit, decimal_of
from trainhub.exams.bank.exchange.limits import MOST_ANSWERS, too_many
from trainhub.exams.bank.exchange.qti_2_text import exactly
from trainhub.exams.bank.exchange.writing_qti_hazards import HAZARD
from trainhub.exams.bank.media.pictures import size_shown
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

Facts = Mapping[str, str]
_ADDING = frozenset({"setOutcomeValue", "sum"})
"""Elements through which what the points earn becomes the score unchanged."""


@dataclass(frozen=True)
class _Area:
    """An area of a file, what a response in it earns, and what it is called."""

    shape: Shape
    worth: Decimal
    name: str = ""


@dataclass(frozen=True)
class _Marks:
    """What the areas of a file earn.

    Args:
        areas: in the order of the file.
        elsewhere: what a response on none of them earns.
        bounds: lowest and highest score, where the file says them.
    """

    areas: Sequence[_Area]
    elsewhere: Decimal
    bounds: tuple[Decimal | None, Decimal | None] = (None, None)


def read_points(
    question: Question, root: _Element, declaration: _Element | None, interaction: _Element, facts: Facts
) -> None:
    """Read points that are to be set on a picture.

    Args:
        question: to be filled.
        root: the item.
        declaration: of the response; None if the item has none.
        interaction: what asks for the points.
        facts: what our own export says beside them.

    Raises:
        Unfit: no area of the picture counts as right.
    """
    mapping = None if declaration is None else declaration.find("areaMapping")
    if declaration is None or mapping is None:
        raise Unfit(_("The file names no area of the picture as right."))
    entries = _few(mapping.findall("areaMapEntry"))
    said = list(_names_of_hazards(root)) if question.is_exact else []
    names = said if len(said) == len(entries) else [""] * len(entries)
    areas = [
        _Area(_shape(each), decimal_of(each.get("mappedValue")), name)
        for each, name in zip(entries, names, strict=True)
    ]
    marks = _Marks(areas, decimal_of(mapping.get("defaultValue") or "0"), _bounds(mapping))
    if not _adds_up(root, declaration, "mapResponsePoint", "map_response_point"):
        question.doubts.append(_other_marks())
    _put(question, interaction, declaration, marks, read_corners(facts.get("areas", "")))


def read_hotspots(
    question: Question, root: _Element, declaration: _Element | None, interaction: _Element
) -> None:
    """Read places of a picture of which some are to be chosen; here they are found without being shown.

    Args:
        question: to be filled.
        root: the item.
        declaration: of the response; None if the item has none.
        interaction: what shows the places.

    Raises:
        Unfit: none of them counts as right.
    """
    if declaration is None:
        raise Unfit(_("The question has no key."))
    mapping = declaration.find("mapping")
    if mapping is not None and _adds_up(root, declaration, "mapResponse", "map_response"):
        worth = {each.get("mapKey"): decimal_of(each.get("mappedValue")) for each in mapping.iter("mapEntry")}
        otherwise, bounds = decimal_of(mapping.get("defaultValue") or "0"), _bounds(mapping)
    else:
        right = [(each.text or "").strip() for each in declaration.iterfind("correctResponse/value")]
        worth, otherwise, bounds = dict.fromkeys(right, Decimal(1)), Decimal(0), (None, None)
        if len(right) > 1:
            question.doubts.append(
                _("In the file only the whole answer earns marks; here each hazard earns its part.")
            )
    areas = [
        _Area(_shape(each), worth.get(each.get("identifier"), otherwise), each.get("hotspotLabel") or "")
        for each in _few(interaction.findall(".//hotspotChoice"))
    ]
    question.notes.append(
        _("In the file candidates choose among places that are shown; here they look for them.")
    )
    wrong = {each.worth for each in areas if each.worth <= 0} or {Decimal(0)}
    if len(wrong) > 1:
        question.doubts.append(_other_marks())
    right_ones = [each for each in areas if each.worth > 0]
    _put(question, interaction, declaration, _Marks(right_ones, min(wrong), bounds), [])


def _few(areas: list[_Element]) -> list[_Element]:
    if len(areas) > MOST_ANSWERS:
        raise Unfit(too_many())
    return areas


def _other_marks() -> str:
    return _("The file counts marks on the picture in a way that cannot be said here; check what each earns.")


def _shape(element: _Element) -> Shape:
    return (element.get("shape") or "").strip(), element.get("coords") or ""


def _bounds(mapping: _Element) -> tuple[Decimal | None, Decimal | None]:
    low, high = mapping.get("lowerBound"), mapping.get("upperBound")
    return None if low is None else decimal_of(low), None if high is None else decimal_of(high)


def _adds_up(root: _Element, declaration: _Element, tag: str, template: str) -> bool:
    """Tell whether an item's score is what the mapping of a response says, as the template does it."""
    processing = root.find("responseProcessing")
    if processing is None:
        return True
    told = (processing.get("template") or "").rpartition("/")[2].removesuffix(".xml")
    if told:
        return told == template
    return any(
        each.get("identifier") == declaration.get("identifier")
        and (parent := each.getparent()) is not None
        and str(parent.tag) in _ADDING
        for each in processing.iter(tag)
    )


def _put(
    question: Question, interaction: _Element, declaration: _Element, marks: _Marks, own: Sequence[Region]
) -> None:
    """Put a scene into a question, and what of the file's marks it does not say into its doubts."""
    question.kind = ItemType.HAZARD_SPOTTING
    right = [each for each in marks.areas if each.worth > 0]
    if not right:
        raise Unfit(_("The file names no area of the picture as right."))
    hit = right[0].worth
    percent = -marks.elsewhere * 100 / hit
    if not _is_said(marks, hit):
        question.doubts.append(_other_marks())
    medium, size = _picture(question, interaction)
    regions = _named(question, right, size)
    if len(own) == len(right):
        regions = [
            replace(each, corners=fine.corners, is_ellipse=fine.is_ellipse)
            if shape_of(fine, size) == area.shape
            else each
            for each, fine, area in zip(regions, own, right, strict=True)
        ]
    cost = min(max(round(percent), 0), 100)
    question.detail = Scene(medium, tuple(regions), cost, _most(question, interaction, declaration))


def _is_said(marks: _Marks, hit: Decimal) -> bool:
    """Tell whether a scene of the bank counts as a file does."""
    low, high = marks.bounds
    cost = -marks.elsewhere * 100 / hit
    others = {each.worth for each in marks.areas if each.worth != hit}
    count = sum(each.worth == hit for each in marks.areas)
    return (
        0 <= cost <= 100
        and cost == round(cost)
        and (not others or (others == {Decimal(0)} and cost == 0))
        and low in ((None, Decimal(0)) if cost == 0 else (Decimal(0),))
        and (high is None or high >= hit * count)
    )


def _most(question: Question, interaction: _Element, declaration: _Element) -> int:
    """Return how many marks may be set; where a file sets no bound, as many as can be here."""
    said = (interaction.get("maxChoices") or "").strip()
    most = int(said) if said.isdecimal() and len(said) < 4 else 0
    if not said and declaration.get("cardinality") == "single":
        most = 1
    if most == 0:
        most = MOST_MARKS
        question.notes.append(
            _("The file lets candidates set any number of marks; here they set %(most)s at most.", most=most)
        )
    return most


def _picture(question: Question, interaction: _Element) -> tuple[str, Size]:
    """Return the name of the picture on which marks are set, and its size in the points of the file."""
    shown = next(interaction.iter("object", "img"), None)
    if shown is None:
        raise Unfit(_("The file shows no picture on which marks could be set."))
    named = (shown.get("data") or shown.get("src") or "").strip()
    said = shown.get("alt") or shown.get("title") or shown.text or ""
    medium = question.carrying.take(named, said if question.is_exact else " ".join(said.split()))
    question.doubts += question.carrying.problems
    question.carrying.problems.clear()
    size = _size(shown, question.carrying.content_of(named))
    if size is NO_SIZE or (medium is not None and not medium.content_type.startswith("image/")):
        name = named.rpartition("/")[2][:60]
        raise Unfit(_("The file shows no picture on which marks could be set: %(name)s.", name=name))
    return "" if medium is None else medium.name, size


def _size(shown: _Element, content: bytes | None) -> Size:
    """Return the size in which a file counts: what it says, what follows from one side, or the picture's own.

    Raises:
        Unfit: the picture is broken.
    """
    said = [(shown.get(each) or "").strip().removesuffix("px") for each in ("width", "height")]
    sides = [int(each) if each.isdecimal() and len(each) < 6 else 0 for each in said]
    if all(sides) or content is None:
        return (sides[0], sides[1]) if all(sides) else NO_SIZE
    try:
        own = size_shown(content)
    except Invalid as problem:
        raise Unfit(str(problem)) from problem
    if sides[0]:
        return sides[0], max(1, round(sides[0] * own[1] / own[0]))
    return (max(1, round(sides[1] * own[0] / own[1])), sides[1]) if sides[1] else own


def _named(question: Question, areas: Sequence[_Area], size: Size) -> list[Region]:
    """Return the hazards in the areas of a file; those that it does not name bear numbers."""
    regions = []
    for number, area in enumerate(areas, start=1):
        name = area.name if question.is_exact else _tidy(area.name)
        try:
            regions.append(region_of(name or _("area %(number)s", number=number), area.shape, size))
        except Unreadable:
            said = f"{area.shape[0]} {area.shape[1]}".strip()[:60]
            raise Unfit(_("The area “%(area)s” of the picture cannot be read.", area=said)) from None
    if not all(each.name.strip() for each in areas):
        question.notes.append(_("The file does not say what is wrong in its areas; they bear numbers."))
    return regions


def _tidy(name: str) -> str:
    return "".join(each for each in name if each.isprintable()).strip()[:LONGEST_REGION_NAME]


def _names_of_hazards(root: _Element) -> Iterator[str]:
    for line in root.iterfind("itemBody//rubricBlock//li"):
        if (line.get("id") or "").startswith(HAZARD):
            yield exactly(line)
