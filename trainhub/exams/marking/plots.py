"""The three pictures of statistics: an item's curve, what its options attract, and where a paper measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trainhub.exams.bank.statistics.curves import (
    Parameters,
    characteristic,
    whole_information,
)
from trainhub.exams.bank.statistics.distractors import GROUPS, OptionFigures
from trainhub.exams.bank.statistics.flags import SIGNS
from trainhub.exams.bank.statistics.responses import Numbers
from trainhub.exams.marking.behaviour import Behaviour
from trainhub.exams.marking.drawing import Dot, Frame, Line, Plot, apart, percent
from trainhub.kernel.i18n import _

ABILITIES = np.linspace(-3, 3, 61)
FEWEST_OBSERVED = 5
"""Candidates (by weight) below whom nothing observed is drawn."""


def _by_ability() -> tuple[tuple[float, str], ...]:
    frame = Frame(-3, 3)
    words = ((-2.0, _("weaker"), "−2"), (0.0, _("average"), "0"), (2.0, _("stronger"), "+2"))
    return tuple((frame.x(place), f"{word} {number}") for place, word, number in words)


def _even_chance(frame: Frame, ability: float) -> tuple[tuple[float, str], ...]:
    return ((frame.x(ability), _("even chance")),) if -3 <= ability <= 3 else ()


def _in_percent(frame: Frame) -> tuple[tuple[float, str], ...]:
    return tuple((frame.y(share), f"{round(100 * share)} %") for share in (0, 0.25, 0.5, 0.75, 1))


def item_curve(behaviour: Behaviour, place: int) -> Plot | None:
    """Draw the characteristic curve of an item with what was observed; None without parameters."""
    calibration = behaviour.calibration
    item = None if calibration is None else calibration.items[place]
    if calibration is None or item is None:
        return None
    frame = Frame(-3, 3)
    seen = [
        each
        for each in calibration.observed[place]
        if each.weight >= FEWEST_OBSERVED and -3 <= each.ability <= 3
    ]
    most = max((each.weight for each in seen), default=1.0)
    curve = characteristic(item, ABILITIES)
    return Plot(
        lines=(frame.line("", list(zip(ABILITIES.tolist(), curve.tolist(), strict=True)), is_strong=True),),
        dots=tuple(frame.dot(each.ability, each.share, each.weight / most) for each in seen),
        across=_by_ability(),
        up=_in_percent(frame),
        posts=_even_chance(frame, item.difficulty),
        columns=(_("Ability"), _("Candidates, about"), _("Right, observed"), _("Right, curve")),
        table=tuple(
            (
                f"{each.ability:+.1f}",
                f"{each.weight:.0f}",
                percent(each.share),
                percent(_at(item, each.ability)),
            )
            for each in seen
        ),
    )


def _at(item: Parameters, ability: float) -> float:
    return float(characteristic(item, np.array([ability]))[0])


def option_curves(options: Mapping[str, OptionFigures]) -> Plot | None:
    """Draw how often each option is chosen from the weakest fifth to the strongest; None without options."""
    if not options:
        return None
    if options.keys() == SIGNS.keys():
        options = {SIGNS[name]: options[name] for name in SIGNS}
    frame = Frame(0, GROUPS - 1)
    lines, dots = [], []
    for style, (name, each) in enumerate(options.items()):
        points = [(float(group), share) for group, share in enumerate(each.by_group) if share is not None]
        if points:
            lines.append(_option(frame, name, points, style, is_key=each.is_key))
            dots += [frame.dot(*point, 0.02) for point in points]
    return Plot(
        lines=apart(lines),
        dots=tuple(dots),
        across=((frame.x(0.35), _("weakest fifth")), (frame.x(GROUPS - 1.35), _("strongest fifth"))),
        up=_in_percent(frame),
        posts=(),
        columns=(_("Option"), *(_groups()), _("All")),
        table=tuple(
            (
                f"{name} ✓" if each.is_key else name,
                *(percent(share) for share in each.by_group),
                percent(each.share),
            )
            for name, each in options.items()
        ),
    )


def _groups() -> list[str]:
    return [_("weakest"), *(str(group) for group in range(2, GROUPS)), _("strongest")]


def _option(
    frame: Frame, name: str, points: Sequence[tuple[float, float]], style: int, *, is_key: bool
) -> Line:
    return frame.line(f"{name} ✓" if is_key else name, points, style, is_strong=is_key)


@dataclass(frozen=True)
class Sharpness:
    """Where a paper measures best, in marks, and how that lies to the pass mark."""

    plot: Plot
    best: int
    pass_mark: int
    is_near: bool


def paper_information(behaviour: Behaviour) -> Sharpness | None:
    """Draw where a paper measures sharply, with the pass mark; None without parameters."""
    calibration = behaviour.calibration
    if calibration is None or not calibration.calibrated:
        return None
    tells = whole_information(calibration.calibrated, ABILITIES)
    expected = _expected_marks(behaviour, calibration.items)
    top = float(tells.max())
    passing = int(np.abs(expected - behaviour.pass_mark).argmin())
    frame = Frame(-3, 3, top * 1.1)
    return Sharpness(
        plot=Plot(
            lines=(
                frame.line("", list(zip(ABILITIES.tolist(), tells.tolist(), strict=True)), is_strong=True),
            ),
            dots=(Dot(frame.x(float(ABILITIES[passing])), frame.y(float(tells[passing])), 5),),
            across=_by_ability(),
            up=((frame.y(0), _("dull")), (frame.y(top), _("sharp"))),
            posts=((frame.x(float(ABILITIES[passing])), _("pass mark")),),
            columns=(
                _("Ability"),
                _("Marks to be expected"),
                _("Information"),
                _("Uncertainty of the ability"),
            ),
            table=tuple(
                (
                    f"{ABILITIES[at]:+.1f}",
                    f"{expected[at]:.0f}",
                    f"{tells[at]:.2f}",
                    f"± {tells[at] ** -0.5:.2f}" if tells[at] > 0 else "–",
                )
                for at in range(0, len(ABILITIES), 5)
            ),
        ),
        best=round(float(expected[int(tells.argmax())])),
        pass_mark=behaviour.pass_mark,
        is_near=bool(tells[passing] >= 0.7 * top),
    )


def _expected_marks(behaviour: Behaviour, items: Sequence[Parameters | None]) -> Numbers:
    expected = np.zeros_like(ABILITIES)
    for place, (question, parameters) in enumerate(zip(behaviour.questions, items, strict=True)):
        if parameters is None:
            expected += question.possible * behaviour.right[place]
        else:
            expected += question.possible * characteristic(parameters, ABILITIES)
    return expected
