"""The picture of a question about hazards: where they are, who found them, where false marks fell."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from trainhub.exams.bank.details import WHOLE_PICTURE, Region
from trainhub.exams.bank.hazards import is_film
from trainhub.exams.bank.models import Item, ItemVersion
from trainhub.exams.bank.presenting import addresses
from trainhub.exams.bank.statistics.hazards import SECOND, SQUARE, Found, Place, SceneFigures
from trainhub.exams.bank.vault import body_of
from trainhub.kernel.db import db

LEVELS = 5
"""So many depths of colour tell how many marked a place."""


@dataclass(frozen=True)
class Heat:
    """A square with false marks: where it begins and how large it is, in ten-thousandths of the picture."""

    x: int
    y: int
    width: int
    height: int
    level: int
    count: int


@dataclass(frozen=True)
class ScenePlot:
    """What is drawn of a scene (隐患标记分布).

    Args:
        in_film: whether hazards are moments; then all lies on one line of time.
        whole_ms: how long that line is.
        regions: the hazards.
        found: how many hit each.
        heat: squares with false marks.
        places: where many marked what the key does not know.
        misled: candidates with a false mark.
        false_marks: how many of those there are.
        candidates: who met the question.
        picture: where the reader gets the picture itself; empty for who may not read the bank.
        described: what the picture shows, in words.
    """

    in_film: bool
    whole_ms: int
    regions: tuple[Region, ...]
    found: tuple[Found, ...]
    heat: tuple[Heat, ...]
    places: tuple[Place, ...]
    misled: int
    false_marks: int
    candidates: int
    picture: str
    described: str

    def across(self, moment: int) -> int:
        """Where a moment of a film lies on its line, in ten-thousandths."""
        return moment * WHOLE_PICTURE // self.whole_ms


def plot_of(figures: SceneFigures, item_code: str, version: int, *, shows_picture: bool) -> ScenePlot:
    """Return what is drawn of a scene.

    Args:
        figures: how its hazards went.
        item_code: of the item.
        version: whose hazards counted.
        shows_picture: whether the reader may read the bank.
    """
    scene, in_film = figures.scene, is_film(figures.scene)
    ends = [region.to_ms or 0 for region in scene.regions]
    whole = max([1, *ends, *((cell[0] + 1) * SECOND for cell in figures.cells if in_film)])
    most = max(figures.cells.values(), default=1)
    heat = []
    for (across, down), count in figures.cells.items():
        level = -(-LEVELS * count // most)
        if in_film:
            begin, wide = across * SECOND * WHOLE_PICTURE // whole, SECOND * WHOLE_PICTURE // whole
            heat.append(Heat(begin, 0, wide, WHOLE_PICTURE, level, count))
        else:
            heat.append(Heat(across * SQUARE, down * SQUARE, SQUARE, SQUARE, level, count))
    picture, described = _picture(item_code, version, scene.medium) if shows_picture else ("", "")
    return ScenePlot(
        in_film,
        whole,
        scene.regions,
        figures.hazards,
        tuple(heat),
        figures.places,
        figures.misled,
        figures.false_marks,
        figures.candidates,
        "" if in_film else picture,
        described,
    )


def _picture(item_code: str, version: int, medium: str) -> tuple[str, str]:
    found = db.session.scalar(
        select(ItemVersion)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Item.code == item_code, ItemVersion.number == version)
    )
    if found is None:
        return "", ""
    body = body_of(found)
    shown = next((each for each in body.media if each.name == medium), None)
    if shown is None:
        return "", ""
    return addresses(found.item.bank, body).get(shown.digest, ""), shown.description
