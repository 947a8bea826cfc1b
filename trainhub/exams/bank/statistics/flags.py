"""What is conspicuous about an item (异常提示), so that a person reviews it: a flag never decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from trainhub.exams.bank.statistics.classical import ItemFigures
from trainhub.exams.bank.statistics.distractors import OptionFigures
from trainhub.exams.bank.statistics.drift import Shift

FEWEST = 10
"""Candidates below whom nothing is flagged: one of them would be ten per cent."""
TOO_EASY = 0.95
"""Facility above which an item tells hardly anybody apart: a convention."""
TOO_HARD = 0.20
"""Facility below which an item is beyond nearly everybody: a convention, below what guessing gives."""
WEAK = 0.20
"""Upper less lower group below which an item is poor (Ebel and Frisbie 1991, Essentials of Educational
Measurement)."""
DEAD = 0.05
"""Share below which a distractor does not work (Tarrant, Ware and Mohammed 2009, BMC Medical
Education 9:40)."""
SURE = 2.0
"""A correlation counts when it is this many times its standard error under chance, 1 / sqrt(n)."""

CROWD = 0.75
"""Share that chooses one wrong option of an item too hard, from which its key is doubted: a convention."""

Say = Callable[..., str]


class FlagKind(StrEnum):
    """What can be conspicuous."""

    KEY_LIKELY_WRONG = "key_likely_wrong"
    DRIFTING = "drifting"
    TOO_EASY = "too_easy"
    TOO_HARD = "too_hard"
    WEAK = "weak"
    DEAD_DISTRACTOR = "dead_distractor"
    HAZARD_LACKING = "hazard_lacking"
    HAZARD_UNFOUND = "hazard_unfound"


@dataclass(frozen=True)
class Flag:
    """One thing that is conspicuous about an item, with the numbers of its sentence."""

    kind: FlagKind
    values: Mapping[str, Any] = field(default_factory=dict)


def flags_of(
    figures: ItemFigures,
    candidates: int,
    options: Mapping[str, OptionFigures] | None = None,
    shift: Shift | None = None,
) -> list[Flag]:
    """Return what is conspicuous about an item, the gravest first.

    Args:
        figures: of the item.
        candidates: how many there were.
        options: figures of what could be chosen, where that is known.
        shift: how it moved since an earlier sitting, where there was one.
    """
    if candidates < FEWEST or figures.facility is None:
        return []
    found = list(_key(figures, candidates, options or {}))
    if shift is not None and shift.is_drift:
        found.append(
            Flag(FlagKind.DRIFTING, {"before": _percent(shift.earlier), "now": _percent(shift.later)})
        )
    found += _extreme(figures.facility, options or {})
    plain = {each.kind for each in found} & {FlagKind.KEY_LIKELY_WRONG, FlagKind.TOO_EASY, FlagKind.TOO_HARD}
    if not plain and figures.upper_lower is not None and figures.upper_lower < WEAK:
        found.append(Flag(FlagKind.WEAK, {"points": _percent(figures.upper_lower)}))
    if figures.facility <= TOO_EASY:
        found += _dead(options or {}, candidates)
    return found


def _key(figures: ItemFigures, candidates: int, options: Mapping[str, OptionFigures]) -> Iterator[Flag]:
    chance = SURE / candidates**0.5
    own = figures.item_rest or 0.0
    better = [
        (each.point_biserial_rest, name)
        for name, each in options.items()
        if not each.is_key and each.point_biserial_rest is not None
        if each.point_biserial_rest > max(own, chance)
    ]
    if better:
        key = "".join(name for name, each in options.items() if each.is_key)
        yield Flag(FlagKind.KEY_LIKELY_WRONG, {"option": max(better)[1], "key": key})
    elif own < -chance:
        yield Flag(FlagKind.KEY_LIKELY_WRONG)
    elif figures.facility is not None and figures.facility < TOO_HARD:
        yield from _crowd(options)


def _crowd(options: Mapping[str, OptionFigures]) -> Iterator[Flag]:
    """Doubt the key where nearly everybody, good and weak, chose one other option: nothing correlates."""
    share, name = max(
        ((each.share or 0.0, name) for name, each in options.items() if not each.is_key), default=(0.0, "")
    )
    if share >= CROWD:
        key = "".join(name for name, each in options.items() if each.is_key)
        yield Flag(FlagKind.KEY_LIKELY_WRONG, {"option": name, "key": key, "percent": _percent(share)})


def _extreme(facility: float, options: Mapping[str, OptionFigures]) -> Iterator[Flag]:
    if facility > TOO_EASY:
        yield Flag(FlagKind.TOO_EASY, {"percent": _percent(facility)})
    elif facility < TOO_HARD:
        yield Flag(FlagKind.TOO_HARD, {"percent": _percent(facility)} | _guessing(facility, options))


def _guessing(facility: float, options: Mapping[str, OptionFigures]) -> dict[str, int]:
    """Return what blind guessing would give, where one option of some that bear letters is right."""
    is_offered = all(len(name) == 1 and name.isalpha() for name in options)
    if not is_offered or sum(each.is_key for each in options.values()) != 1 or facility * len(options) >= 1:
        return {}
    return {"options": len(options), "guess": _percent(1 / len(options))}


def _dead(options: Mapping[str, OptionFigures], candidates: int) -> Iterator[Flag]:
    if candidates * DEAD < 1:
        return
    dead = [name for name, each in options.items() if not each.is_key and (each.share or 0.0) < DEAD]
    if dead:
        yield Flag(FlagKind.DEAD_DISTRACTOR, {"options": ", ".join(dead)})


def _percent(share: float) -> int:
    return round(100 * share)


SIGNS = {"T": "√", "F": "×"}
"""What pages show of the two answers to a true or false question."""


def as_shown(flag: Flag) -> Flag:
    """Return a flag that names the answers to a true or false question as pages show them, not as kept."""
    named = {flag.values.get("option"), flag.values.get("key")}
    if named != SIGNS.keys():
        return flag
    return replace(flag, values={name: SIGNS.get(value, value) for name, value in flag.values.items()})


def sentence(flag: Flag, _: Say) -> str:
    """Return a flag in words that need no knowledge of statistics.

    Args:
        flag: what is conspicuous.
        _: translates a text and fills its placeholders.
    """
    values = flag.values
    if flag.kind is FlagKind.KEY_LIKELY_WRONG:
        if "percent" in values:
            return _(
                "%(percent)s %% chose %(option)s rather than the key %(key)s: the key may be wrong.", **values
            )
        if not values:
            return _(
                "Those who did well elsewhere got this wrong more often than the others: "
                "the key may be wrong, or the question misleads."
            )
        return _(
            "Those who did well elsewhere chose %(option)s rather than the key %(key)s: "
            "the key may be wrong.",
            **values,
        )
    if flag.kind is FlagKind.DRIFTING:
        if values["now"] < values["before"]:
            return _(
                "Its marks were reached to %(before)s %% before and to %(now)s %% now, more than the "
                "groups differ elsewhere: law, text or key may have changed.",
                **values,
            )
        return _(
            "Its marks were reached to %(before)s %% before and to %(now)s %% now, more than the groups "
            "differ elsewhere: it may have become known.",
            **values,
        )
    return _plain_sentence(flag, _)


def _plain_sentence(flag: Flag, _: Say) -> str:
    values = flag.values
    if flag.kind is FlagKind.TOO_EASY:
        return _("%(percent)s %% of its marks are reached: it tells hardly anybody apart.", **values)
    if flag.kind is FlagKind.TOO_HARD and "guess" in values:
        return _(
            "Only %(percent)s %% of its marks are reached; blind guessing among its %(options)s options "
            "would give %(guess)s %%.",
            **values,
        )
    if flag.kind is FlagKind.TOO_HARD:
        return _("Only %(percent)s %% of its marks are reached: it is beyond nearly everybody.", **values)
    if flag.kind is FlagKind.WEAK:
        return _(
            "The best are only %(points)s points ahead of the weakest: it says little about who knows more.",
            **values,
        )
    if flag.kind is FlagKind.HAZARD_LACKING:
        return _(
            "%(percent)s %% set a mark where the key knows no hazard, at %(where)s: it may lack one there.",
            percent=values["percent"],
            where=_place(str(values["where"]), _),
        )
    if flag.kind is FlagKind.HAZARD_UNFOUND:
        hazards = _(", ").join(str(values["hazards"]).split(", "))
        return _("Hardly anybody finds hazard %(hazards)s: it may not be seen, or be none.", hazards=hazards)
    options = _(", ").join(str(values["options"]).split(", "))
    return _("Hardly anybody chooses %(options)s: it could as well be missing.", options=options)


def _place(where: str, _: Say) -> str:
    """Return a place of a picture in words; a moment of a film needs none."""
    across, on_picture, down = where.partition(" / ")
    return (
        _("%(across)s from the left, %(down)s from the top", across=across, down=down)
        if on_picture
        else where
    )
