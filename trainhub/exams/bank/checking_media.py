"""What makes the rich texts, files and hazards of a question sound."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trainhub.exams.bank.details import WHOLE_PICTURE, Medium, Region, Scene
from trainhub.exams.bank.limits_media import LONGEST_DESCRIPTION, LONGEST_MS, MOST_MEDIA
from trainhub.exams.bank.rich import (
    Nodes,
    canonical,
    formulas_in,
    is_name,
    names_in,
    problem_in,
    read_nodes,
    texts_in,
)
from trainhub.exams.bank.rich.formulas import begun, undrawable
from trainhub.exams.bank.texts import rich_texts
from trainhub.kernel.errors import Invalid
from trainhub.kernel.i18n import _

if TYPE_CHECKING:
    from trainhub.exams.bank.content import ItemBody

CONTENT_TYPES = frozenset(
    {
        "image/png", "image/jpeg", "image/webp", "image/gif", "audio/mpeg", "audio/ogg", "audio/wav",
        "audio/mp4", "audio/webm", "video/mp4", "video/webm",
    }
)  # fmt: skip
LONGEST_HTML = 20_000
MOST_FORMULAS = 60
MOST_REGIONS = 20
MOST_CORNERS = 40
MOST_MARKS = 40
LONGEST_REGION_NAME = 200
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def check_media(body: ItemBody) -> None:
    """Raise Invalid unless rich texts stand in the bank's form and every file is described and shown once."""
    names = [medium.name for medium in body.media]
    if len(names) > MOST_MEDIA or len(set(names)) != len(names):
        raise Invalid(
            _("A question shows %(most)s files at most, each with a name of its own.", most=MOST_MEDIA)
        )
    for medium in body.media:
        _check_medium(medium)
    shown = _shown_by_texts(body) if body.rich else set()
    if isinstance(body.detail, Scene):
        shown.add(body.detail.medium)
        if not body.detail.medium:
            raise Invalid(_("There is no picture or film on which the hazards are marked."))
    missing = sorted(shown - set(names))
    if missing:
        raise Invalid(_("The text shows a file “%(name)s” that the question has not.", name=missing[0][:60]))
    unused = sorted(set(names) - shown)
    if unused:
        raise Invalid(_("The file “%(name)s” stands nowhere in the text.", name=unused[0]))


def _check_medium(medium: Medium) -> None:
    said = medium.description.strip()
    if not said or len(said) > LONGEST_DESCRIPTION or not said.isprintable():
        raise Invalid(
            _(
                "The file “%(name)s” needs a description of %(most)s characters at most, for who cannot see "
                "or hear it.",
                name=medium.name[:60],
                most=LONGEST_DESCRIPTION,
            )
        )
    if (
        not is_name(medium.name)
        or not _DIGEST.fullmatch(medium.digest)
        or medium.content_type not in CONTENT_TYPES
    ):
        raise Invalid(_("A file of the question has no usable name or kind."))


def _shown_by_texts(body: ItemBody) -> set[str]:
    shown: set[str] = set()
    for text in rich_texts(body):
        if len(text) > LONGEST_HTML:
            raise Invalid(_("A text has too much layout; make it simpler."))
        if not canonical(text):
            raise Invalid(_("The layout of a text is none that the bank keeps."))
        nodes = read_nodes(text)
        shown.update(names_in(nodes))
        _check_formulas(nodes)
    return shown


def _check_formulas(nodes: Nodes) -> None:
    """Raise Invalid if a text holds what begins like a formula and is none, or one that cannot be drawn."""
    if sum(1 for _each in formulas_in(nodes)) > MOST_FORMULAS:
        raise Invalid(_("A text holds %(most)s formulas at most.", most=MOST_FORMULAS))
    for text in texts_in(nodes):
        problem = problem_in(text)
        if problem:
            raise Invalid(
                _(
                    "The formula “%(formula)s” cannot be read. %(problem)s",
                    formula=begun(text),
                    problem=problem,
                )
            )
    for formula in formulas_in(nodes):
        problem = undrawable(formula)
        if problem:
            raise Invalid(
                _(
                    "The formula “%(formula)s” cannot be read. %(problem)s",
                    formula=formula.name[:60],
                    problem=problem,
                )
            )


def check_scene(body: ItemBody, scene: Scene) -> None:
    """Raise Invalid unless a hazard-spotting question has a picture or film and hazards that can be hit."""
    medium = next((each for each in body.media if each.name == scene.medium), None)
    kind = None if medium is None else medium.content_type.partition("/")[0]
    if body.options or body.answer or kind not in ("image", "video"):
        raise Invalid(_("Hazard spotting needs a picture or a film in which the hazards are."))
    if not 1 <= len(scene.regions) <= MOST_REGIONS:
        raise Invalid(_("Mark one to %(most)s hazards.", most=MOST_REGIONS))
    if not 0 <= scene.false_percent <= 100:
        raise Invalid(_("A false mark costs 0 to 100 percent of a hit."))
    if not len(scene.regions) <= scene.most_marks <= MOST_MARKS:
        raise Invalid(
            _(
                "Candidates may set at least as many marks as there are hazards, and %(most)s at most.",
                most=MOST_MARKS,
            )
        )
    for number, region in enumerate(scene.regions, start=1):
        problem = _of_film(region) if kind == "video" else _of_picture(region)
        if problem:
            raise Invalid(_("Hazard %(number)s: %(problem)s", number=number, problem=problem))


def _of_picture(region: Region) -> str:
    inside = all(0 <= place <= WHOLE_PICTURE for corner in region.corners for place in corner)
    least, most = (2, 2) if region.is_ellipse else (3, MOST_CORNERS)
    if region.from_ms is not None or region.to_ms is not None or not least <= len(region.corners) <= most:
        return _("it is no area of the picture.")
    if not inside or _area(region) == 0:
        return _("its area is empty or lies outside of the picture.")
    return _named(region)


def _of_film(region: Region) -> str:
    begins, ends = region.from_ms, region.to_ms
    if region.corners or begins is None or ends is None or not 0 <= begins < ends <= LONGEST_MS["video"]:
        return _("it needs a first and a last moment of the film.")
    return _named(region)


def _named(region: Region) -> str:
    if not region.name.strip() or len(region.name) > LONGEST_REGION_NAME or not region.name.isprintable():
        return _("say in a few words what is wrong there.")
    return ""


def _area(region: Region) -> int:
    """Return twice the area of a region, never below zero."""
    corners = region.corners
    if region.is_ellipse:
        (left, top), (right, bottom) = corners
        return abs((right - left) * (bottom - top))
    following = (*corners[1:], corners[0])
    return abs(sum(one[0] * two[1] - two[0] * one[1] for one, two in zip(corners, following, strict=True)))
