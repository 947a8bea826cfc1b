"""What a type of question holds beside stem, options and key: a small class each, and its written form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainhub.exams.bank.content import ItemBody

WHOLE_PICTURE = 10_000
"""Places on a picture are ten-thousandths of its width and height, whatever its size on a screen."""


LONGEST_RESPONSE = 2_000
"""Characters that a rubric may promise and the journal takes: every save writes the whole response anew."""


@dataclass(frozen=True)
class Medium:
    """A picture, sound or film of an item (媒体): ``name`` in the text stands for a file.

    Args:
        name: as the text calls it, such as ``valve.png``.
        digest: SHA-256 of the file in hexadecimal; the file lies in the bank's media.
        content_type: as found in the file, not as claimed.
        description: for who cannot see or hear it.
    """

    name: str
    digest: str
    content_type: str
    description: str = ""


@dataclass(frozen=True)
class Blank:
    """One blank (空) of a fill-in and what may stand in it.

    Args:
        accepted: the variants that are right; the first is the one shown as the key.
        case_sensitive: whether letters must be as large or small as in the key.
        tolerance: where the variants are numbers, how far from one an answer may be.
    """

    accepted: tuple[str, ...]
    case_sensitive: bool = False
    tolerance: Decimal | None = None


@dataclass(frozen=True)
class Blanks:
    """The blanks of a fill-in (填空题) in the order in which the stem has them.

    Args:
        blanks: one or more.
        any_order: whether the same answers in another order are right too.
    """

    blanks: tuple[Blank, ...]
    any_order: bool = False


@dataclass(frozen=True)
class Unit:
    """A unit in which an answer may be given, and how much of the key's unit one of it is."""

    name: str
    factor: Decimal


@dataclass(frozen=True)
class Number:
    """The key of a numeric question (计算题).

    Args:
        value: in ``unit``.
        tolerance: how far from it an answer may be, in ``unit``; 0 is exact.
        unit: empty if the answer is a bare number.
        units: what else may be given; the factor turns it into ``unit``.
    """

    value: Decimal
    tolerance: Decimal = Decimal(0)
    unit: str = ""
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class Target:
    """What something can be matched with; its key is a number."""

    key: str
    text: str


@dataclass(frozen=True)
class Matching:
    """The right side of a matching (连线题); the body's options are the left, its answer ``A2``, ``B1``."""

    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Criterion:
    """One line of a rubric: what earns how many points."""

    text: str
    points: int


@dataclass(frozen=True)
class Rubric:
    """How a constructed response (简答题) is judged.

    Args:
        criteria: of which each earns its points or a part of them.
        model: an answer that earns all.
        longest: characters that an answer may have.
    """

    criteria: tuple[Criterion, ...]
    model: str = ""
    longest: int = LONGEST_RESPONSE


@dataclass(frozen=True)
class Part:
    """A question of a case set, with its weight among the others."""

    type: str
    body: ItemBody
    weight: int = 1


@dataclass(frozen=True)
class CaseSet:
    """The questions on one case (案例题); the body's stem is the case."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Region:
    """A hazard (隐患): an area of a picture, or a time of a film.

    Args:
        name: what is wrong there; shown after the exam, never in it.
        corners: of a polygon, pairs in ten-thousandths of width and height; of an ellipse two opposite
            corners of the rectangle around it; none in a film.
        from_ms: first moment of a film at which a mark hits; None in a picture.
        to_ms: last moment.
        is_ellipse: whether the area is an ellipse.
    """

    name: str
    corners: tuple[tuple[int, int], ...]
    from_ms: int | None = None
    to_ms: int | None = None
    is_ellipse: bool = False


@dataclass(frozen=True)
class Scene:
    """Where hazards are to be marked (隐患识别题).

    Args:
        medium: name of one of the body's media.
        regions: the hazards.
        false_percent: what a mark that hits nothing costs, in percent of one hit.
        most_marks: how many marks may be set.
    """

    medium: str
    regions: tuple[Region, ...]
    false_percent: int = 50
    most_marks: int = 20


Detail = Blanks | Number | Matching | Rubric | CaseSet | Scene


def write_detail(detail: Detail, write_part: Callable[[str, ItemBody], Any]) -> dict[str, Any]:
    """Return a detail as plain values; numbers as text, for they are exact."""
    match detail:
        case Blanks(blanks, any_order):
            return {"blanks": [_write_blank(each) for each in blanks], "any_order": any_order}
        case Number(value, tolerance, unit, units):
            others = [[each.name, str(each.factor)] for each in units]
            return {"value": str(value), "tolerance": str(tolerance), "unit": unit, "units": others}
        case Matching(targets):
            return {"targets": [[each.key, each.text] for each in targets]}
        case Rubric(criteria, model, longest):
            lines = [[each.text, each.points] for each in criteria]
            return {"criteria": lines, "model": model, "longest": longest}
        case CaseSet(parts):
            return {"parts": [[each.type, write_part(each.type, each.body), each.weight] for each in parts]}
        case Scene(medium, regions, false_percent, most_marks):
            return {
                "medium": medium,
                "regions": [_write_region(each) for each in regions],
                "false_percent": false_percent,
                "most_marks": most_marks,
            }


def _write_region(region: Region) -> list[Any]:
    corners = [list(corner) for corner in region.corners]
    return [region.name, corners, region.from_ms, region.to_ms, region.is_ellipse]


def _write_blank(blank: Blank) -> list[Any]:
    tolerance = None if blank.tolerance is None else str(blank.tolerance)
    return [list(blank.accepted), blank.case_sensitive, tolerance]


def read_detail(form: Mapping[str, Any], read_part: Callable[[Any], ItemBody]) -> Detail:
    """Return a detail from its plain values.

    Raises:
        ValueError: they are those of no detail.
    """
    if "blanks" in form:
        return Blanks(tuple(_read_blank(*each) for each in form["blanks"]), form["any_order"])
    if "value" in form:
        units = tuple(Unit(name, Decimal(factor)) for name, factor in form["units"])
        return Number(Decimal(form["value"]), Decimal(form["tolerance"]), form["unit"], units)
    if "targets" in form:
        return Matching(tuple(Target(*each) for each in form["targets"]))
    if "criteria" in form:
        criteria = tuple(Criterion(*each) for each in form["criteria"])
        return Rubric(criteria, form["model"], form["longest"])
    if "parts" in form:
        return CaseSet(tuple(Part(kind, read_part(body), weight) for kind, body, weight in form["parts"]))
    if "regions" in form:
        regions = tuple(_read_region(*each) for each in form["regions"])
        return Scene(form["medium"], regions, form["false_percent"], form["most_marks"])
    raise ValueError("no detail of a question")


def _read_blank(accepted: list[str], case_sensitive: bool, tolerance: str | None) -> Blank:
    return Blank(tuple(accepted), case_sensitive, None if tolerance is None else Decimal(tolerance))


def _read_region(
    name: str, corners: list[list[int]], from_ms: int | None, to_ms: int | None, is_ellipse: bool = False
) -> Region:
    return Region(name, tuple((across, down) for across, down in corners), from_ms, to_ms, is_ellipse)
