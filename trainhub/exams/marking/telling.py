"""What the figures of a paper and of a question say, in words for people who are no psychometricians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import erf, sqrt

from trainhub.exams.bank.followed_up import looked_at_since
from trainhub.exams.bank.statistics.calibration import ENOUGH_FOR, Model
from trainhub.exams.bank.statistics.curves import Parameters
from trainhub.exams.bank.statistics.flags import FEWEST, FlagKind
from trainhub.exams.bank.statistics.report import ItemReport
from trainhub.exams.marking.answered import Question
from trainhub.exams.marking.behaviour import Behaviour
from trainhub.kernel.i18n import _, _l, ngettext

FLAGS = {
    FlagKind.KEY_LIKELY_WRONG: (_l("key likely wrong"), "bad"),
    FlagKind.DRIFTING: (_l("drifting"), "warn"),
    FlagKind.HAZARD_LACKING: (_l("hazard perhaps lacking"), "warn"),
    FlagKind.HAZARD_UNFOUND: (_l("hazard that nobody finds"), "warn"),
    FlagKind.TOO_EASY: (_l("too easy"), "neutral"),
    FlagKind.TOO_HARD: (_l("too hard"), "warn"),
    FlagKind.WEAK: (_l("separates little"), "warn"),
    FlagKind.DEAD_DISTRACTOR: (_l("dead option"), "neutral"),
}
"""Short name and tone of each flag, the gravest first."""

GOOD, FAIR, POOR = 0.40, 0.30, 0.20
"""Upper less lower group: very good, good, and below what is poor (Ebel and Frisbie 1991)."""

SLOW, STEEP = 0.65, 1.35
"""Steepness of a curve: below the first it rises slowly, from the second on steeply (Baker 2001, table 1)."""


@dataclass(frozen=True)
class Flagged:
    """A question that a person should look at, and when a reviewer did since it was marked."""

    question: Question
    item: ItemReport
    looked_at: datetime | None


def flagged(behaviour: Behaviour) -> list[Flagged]:
    """Return the questions with flags: those that nobody looked at since first, and the gravest first."""
    order = list(FLAGS)
    rows = [(question, item) for question, item in behaviour.rows if item.flags]
    looked = looked_at_since([question.item_code for question, _item in rows], behaviour.marked_at)
    found = [Flagged(question, item, looked.get(question.item_code)) for question, item in rows]
    return sorted(found, key=lambda each: (each.looked_at is not None, order.index(each.item.flags[0].kind)))


def by_kind(found: Sequence[Flagged]) -> list[tuple[FlagKind, list[Flagged]]]:
    """Return flagged questions by the gravest thing that speaks against each, the gravest first."""
    order = list(FLAGS)
    groups: dict[FlagKind, list[Flagged]] = {}
    for each in sorted(found, key=lambda each: order.index(each.item.flags[0].kind)):
        groups.setdefault(each.item.flags[0].kind, []).append(each)
    return list(groups.items())


def paper_in_words(behaviour: Behaviour) -> list[str]:
    """Say how far the marks of a paper can be relied upon."""
    whole, count = behaviour.report.whole, behaviour.report.candidates
    told = []
    if whole.mean is not None:
        text = ngettext(
            "%(num)s candidate reached %(mean)s of %(possible)s marks.",
            "%(num)s candidates reached %(mean)s of %(possible)s marks on average.",
            count,
            mean=f"{whole.mean:.1f}",
            possible=behaviour.possible,
        )
        told.append(text)
    if count < FEWEST:
        return told
    if whole.alpha is None or whole.sem is None:
        told.append(
            _("How far the marks can be relied upon cannot be computed: there are too few, or all are equal.")
        )
        return told
    told.append(
        _(
            "About %(percent)s %% of the differences between candidates would show again with another paper "
            "of this kind; the rest is chance.",
            percent=round(100 * max(0.0, whole.alpha)),
        )
    )
    told.append(
        _(
            "Two candidates who know the same can easily be %(marks)s marks apart by chance alone.",
            marks=max(1, round(whole.sem * 2**0.5)),
        )
    )
    return told


def too_few(candidates: int) -> str:
    """Say that so few candidates bear out nothing, and how many do; empty where there are enough."""
    if candidates >= FEWEST:
        return ""
    return ngettext(
        "Only %(num)s candidate counts here: too few to say anything about the paper or a question, for "
        "chance decides nearly everything. From %(needed)s candidates on, reliability, separation, "
        "options and hints stand here; from %(curves)s on, curves.",
        "Only %(num)s candidates count here: too few to say anything about the paper or a question, for "
        "chance decides nearly everything. From %(needed)s candidates on, reliability, separation, "
        "options and hints stand here; from %(curves)s on, curves.",
        candidates,
        needed=FEWEST,
        curves=ENOUGH_FOR[Model.RASCH],
    )


def item_in_words(item: ItemReport, candidates: int) -> list[str]:
    """Say how hard a question was and whether it separates."""
    told = []
    if item.figures.facility is not None:
        told.append(
            _("%(percent)s %% of what it gives was reached.", percent=round(100 * item.figures.facility))
        )
    if item.unanswered:
        told.append(
            ngettext(
                "%(num)s candidate left it out.",
                "%(num)s candidates left it out.",
                item.unanswered,
            )
        )
    if candidates >= FEWEST and item.figures.upper_lower is not None:
        told.append(_separates(item.figures.upper_lower))
    return told


def _separates(difference: float) -> str:
    rounded = round(100 * difference)
    points = f"{rounded:+d}" if rounded else "0"
    if difference >= GOOD:
        return _("The best against the weakest: %(points)s points. It separates very well.", points=points)
    if difference >= FAIR:
        return _("The best against the weakest: %(points)s points. It separates well.", points=points)
    if difference >= POOR:
        return _("The best against the weakest: %(points)s points. It separates somewhat.", points=points)
    if difference >= 0:
        return _("The best against the weakest: %(points)s points. It hardly separates.", points=points)
    return _("The best against the weakest: %(points)s points. Something is wrong with it.", points=points)


def curve_in_words(parameters: Parameters, model: Model) -> list[str]:
    """Say for whom a question is an even chance, and how sharply its curve parts weaker and stronger.

    Abilities have mean 0 and deviation 1, so that each stands for a share of the candidates. A steepness that
    was fitted for all questions together says nothing of this one.
    """
    told = [_even_chance(parameters.difficulty)]
    if model == Model.TWO_PARAMETERS:
        told.append(_rises(parameters.discrimination))
    else:
        told.append(
            _(
                "With fewer than 200 candidates one steepness is fitted for all questions: "
                "believe the circles, where they leave the line."
            )
        )
    return told


def _even_chance(difficulty: float) -> str:
    weaker = round(50 * (1 + erf(difficulty / sqrt(2))))
    ability = f"{difficulty:+.2f}".replace("-", "−")
    if weaker < 1:
        return _(
            "Even the weakest have more than an even chance at it (ability %(ability)s).", ability=ability
        )
    if weaker > 99:
        return _("Hardly anybody has an even chance at it (ability %(ability)s).", ability=ability)
    return _(
        "Who has an even chance at it is about as able as the candidate who leaves %(weaker)s of 100 others "
        "behind (ability %(ability)s).",
        weaker=weaker,
        ability=ability,
    )


def _rises(steepness: float) -> str:
    value = f"{steepness:.2f}"
    if steepness < SLOW:
        return _(
            "From weaker to stronger it rises slowly: steepness %(value)s, below %(slow)s.",
            value=value,
            slow=SLOW,
        )
    if steepness < STEEP:
        return _(
            "From weaker to stronger it rises clearly: steepness %(value)s, from %(slow)s to %(steep)s.",
            value=value,
            slow=SLOW,
            steep=STEEP,
        )
    return _(
        "From weaker to stronger it rises steeply: steepness %(value)s, from %(steep)s on.",
        value=value,
        steep=STEEP,
    )
