"""How the hazards of a picture or film went: who found each, and where marks fell that hit nothing.

Places are counted in squares of a twentieth of the picture's width and height, or in seconds of a film, each
candidate once in each. False marks of many candidates in a window of two squares by two (two seconds of a
film) may show a hazard that the key lacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from trainhub.exams.bank.details import WHOLE_PICTURE, Scene
from trainhub.exams.bank.hazards import Mark, is_film, lies_in, matched, read_marks
from trainhub.exams.bank.statistics.flags import FEWEST, Flag, FlagKind

SQUARE = WHOLE_PICTURE // 20
SECOND = 1000
UNFOUND = 0.05
"""Share of candidates below whom a hazard counts as found by nobody, like an option that nobody chooses."""
LACKING = 0.20
"""Share of candidates from whom on false marks at one place may be a hazard that the key lacks: a custom."""
MOST_PLACES = 3
"""So many places with false marks are named, the most marked first."""

Cell = tuple[int, int]
"""Square of a picture, across and down from 0; of a film the second and 0."""


@dataclass(frozen=True)
class Found:
    """One hazard: its number in the key, from 1, and how many candidates hit it."""

    number: int
    count: int
    share: float


@dataclass(frozen=True)
class Place:
    """A place at which many marked what the key does not know.

    Args:
        middle: across and down in ten-thousandths of the picture, or a moment of the film in milliseconds.
        count: how many candidates.
        share: of all candidates.
    """

    middle: Mark
    count: int
    share: float


@dataclass(frozen=True)
class SceneFigures:
    """How the hazards of one question went at one sitting.

    Args:
        scene: the hazards that counted.
        candidates: who met it, also without a mark.
        hazards: in the order of the key.
        false_marks: all marks that hit nothing.
        misled: candidates with at least one of them.
        cells: how many candidates set a false mark in each square, where anybody did.
        places: where many did, the most marked first.
    """

    scene: Scene
    candidates: int
    hazards: tuple[Found, ...]
    false_marks: int
    misled: int
    cells: dict[Cell, int]
    places: tuple[Place, ...]

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What is conspicuous; nothing with few candidates."""
        if self.candidates < FEWEST:
            return ()
        found = []
        lacking = [each for each in self.places if each.share >= LACKING]
        if lacking:
            values = {"percent": round(100 * lacking[0].share), "where": _where(lacking[0].middle)}
            found.append(Flag(FlagKind.HAZARD_LACKING, values))
        unfound = [str(each.number) for each in self.hazards if each.share < UNFOUND]
        if unfound:
            found.append(Flag(FlagKind.HAZARD_UNFOUND, {"hazards": ", ".join(unfound)}))
        return tuple(found)


def _where(middle: Mark) -> str:
    if len(middle) == 1:
        return f"{middle[0] / 1000:g} s"
    return f"{middle[0] // 100} % / {middle[1] // 100} %"


def scene_figures(scene: Scene, responses: Sequence[Any]) -> SceneFigures:
    """Return how the hazards of a scene went, from what each candidate marked; nothing marked is None.

    What is no response to this scene, or has more marks than may be set, counts as without a mark.
    """
    hit: Counter[int] = Counter()
    inside: dict[Cell, set[int]] = {}
    false_marks, misled = 0, 0
    for candidate, response in enumerate(responses):
        marks = _marks(scene, response)
        hit.update(matched(scene, marks))
        false = [mark for mark in marks if not any(lies_in(mark, region) for region in scene.regions)]
        false_marks, misled = false_marks + len(false), misled + bool(false)
        for mark in false:
            inside.setdefault(_cell(mark), set()).add(candidate)
    count = len(responses)
    return SceneFigures(
        scene,
        count,
        tuple(
            Found(place + 1, hit[place], hit[place] / count if count else 0.0)
            for place in range(len(scene.regions))
        ),
        false_marks,
        misled,
        {cell: len(who) for cell, who in sorted(inside.items())},
        tuple(_places(inside, count, in_film=is_film(scene))),
    )


def _marks(scene: Scene, response: Any) -> list[Mark]:
    if not isinstance(response, list) or not all(isinstance(each, str) for each in response):
        return []
    marks = read_marks(response, is_film(scene))
    return [] if marks is None or len(marks) > scene.most_marks else marks


def _cell(mark: Mark) -> Cell:
    if len(mark) == 1:
        return mark[0] // SECOND, 0
    last = WHOLE_PICTURE // SQUARE - 1
    return min(mark[0] // SQUARE, last), min(mark[1] // SQUARE, last)


def _places(inside: dict[Cell, set[int]], count: int, *, in_film: bool) -> Iterable[Place]:
    """Yield the windows with most candidates, none of which shares a square with one before."""
    left = dict(inside)
    for _number in range(MOST_PLACES):
        windows = {cell: _in_window(left, cell) for at in left for cell in _window(at, -1)}
        if not windows:
            return
        best = min(windows, key=lambda cell: (-len(windows[cell]), cell))
        who = windows[best]
        if len(who) < 2:
            return
        across, down = best[0] + 1, best[1] + 1
        middle: Mark = (across * SECOND,) if in_film else (across * SQUARE, down * SQUARE)
        yield Place(middle, len(who), len(who) / count)
        for cell in _window(best, 1):
            left.pop(cell, None)


def _window(cell: Cell, step: int) -> list[Cell]:
    return [(cell[0] + across, cell[1] + down) for across in (0, step) for down in (0, step)]


def _in_window(inside: dict[Cell, set[int]], cell: Cell) -> set[int]:
    return set().union(*(inside.get(each, set()) for each in _window(cell, 1)))
