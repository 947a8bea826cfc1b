"""Classical test theory: how hard each item is, how well it separates, how far to rely on the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainhub.exams.bank.statistics.responses import Numbers

TAIL = 0.27
"""Share of candidates in the upper and in the lower group (Kelley 1939: best for a normal score)."""
NOTHING = 1e-12
"""A variance below this is none: what is left of it comes from rounding."""


@dataclass(frozen=True)
class ItemFigures:
    """One item in figures; None is what cannot be computed.

    Args:
        facility: mean share of its marks that was reached (难度).
        deviation: standard deviation of that share, of the sample.
        item_total: correlation with the total (区分度).
        item_rest: correlation with the total of the other items.
        upper_lower: facility in the upper 27 % less facility in the lower 27 %.
        alpha_if_dropped: alpha of the other items.
    """

    facility: float | None
    deviation: float | None
    item_total: float | None
    item_rest: float | None
    upper_lower: float | None
    alpha_if_dropped: float | None


@dataclass(frozen=True)
class Reliability:
    """How far the total can be relied upon (信度); None is what cannot be computed."""

    mean: float | None
    deviation: float | None
    alpha: float | None
    alpha_standardised: float | None
    kr20: float | None
    kr20_sample_variance: float | None
    guttman_lambda6: float | None
    sem: float | None


def item_figures(scores: Numbers, weights: Numbers | None = None) -> tuple[ItemFigures, ...]:
    """Return the figures of each item of a matrix without gaps.

    Args:
        scores: a row a candidate, a column an item: its marks.
        weights: the possible marks of each item; 1 unless given.
    """
    candidates, items = scores.shape
    if candidates == 0:
        return tuple(ItemFigures(None, None, None, None, None, None) for _place in range(items))
    total = scores.sum(axis=1)
    possible = np.ones(items) if weights is None else weights
    others = _alphas_without(scores, total)
    return tuple(_one(scores, total, place, float(possible[place]), others[place]) for place in range(items))


def _one(scores: Numbers, total: Numbers, place: int, possible: float, without: float | None) -> ItemFigures:
    item = scores[:, place]
    share = item / possible
    return ItemFigures(
        facility=float(share.mean()),
        deviation=float(share.std(ddof=1)) if len(item) > 1 else None,
        item_total=correlation(item, total),
        item_rest=correlation(item, total - item) if scores.shape[1] > 1 else None,
        upper_lower=_upper_lower(share, total),
        alpha_if_dropped=without,
    )


def correlation(one: Numbers, other: Numbers) -> float | None:
    """Return the correlation of two columns; None where one of them does not vary."""
    if len(one) < 2:
        return None
    one, other = one - one.mean(), other - other.mean()
    squares = float(one @ one), float(other @ other)
    if min(squares) < NOTHING * len(one):
        return None
    return float((one @ other) / np.sqrt(squares[0] * squares[1]))


def _upper_lower(item: Numbers, total: Numbers) -> float | None:
    """Compare the best with the worst 27 %; those of one total share the places left at the border."""
    if len(item) < 2:
        return None
    size = max(1, int(TAIL * len(item) + 0.5))
    return _mean_of_best(item, total, size) - _mean_of_best(item, -total, size)


def _mean_of_best(item: Numbers, total: Numbers, size: int) -> float:
    border = np.sort(total)[-size]
    above, at = total > border + 1e-9, np.abs(total - border) <= 1e-9
    left = size - int(above.sum())
    return float((item[above].sum() + item[at].mean() * left) / size)


def _alphas_without(scores: Numbers, total: Numbers) -> list[float | None]:
    """Return the alpha of all items but one, for each: from variances alone, without building each matrix."""
    candidates, items = (int(each) for each in scores.shape)
    if items < 3 or candidates < 2:
        return [None] * items
    own = scores.var(axis=0, ddof=1)
    shared = (scores - scores.mean(axis=0)).T @ (total - total.mean()) / (candidates - 1)
    wholes = total.var(ddof=1) + own - 2 * shared
    left = items - 1
    return [
        None if whole < NOTHING else left / (left - 1) * (1 - float(own.sum() - mine) / float(whole))
        for mine, whole in zip(own, wholes, strict=True)
    ]


def alpha(scores: Numbers) -> float | None:
    """Return Cronbach's alpha; the same for variances of the sample and of the population."""
    candidates, items = (int(each) for each in scores.shape)
    if items < 2 or candidates < 2:
        return None
    whole = float(scores.sum(axis=1).var(ddof=1))
    if whole < NOTHING:
        return None
    return items / (items - 1) * (1 - float(scores.var(axis=0, ddof=1).sum()) / whole)


def kr20(scores: Numbers, *, sample_variance: bool = False) -> float | None:
    """Return KR-20; None unless every mark is 0 or 1.

    Args:
        scores: a row a candidate, a column an item.
        sample_variance: divide the squares of the total by n - 1 instead of n. With n, which is the default,
            KR-20 is Cronbach's alpha.
    """
    candidates, items = (int(each) for each in scores.shape)
    if items < 2 or candidates < 2 or not np.isin(scores, (0.0, 1.0)).all():
        return None
    whole = float(scores.sum(axis=1).var(ddof=1 if sample_variance else 0))
    if whole < NOTHING:
        return None
    right = scores.mean(axis=0)
    return items / (items - 1) * (1 - float((right * (1 - right)).sum()) / whole)


def reliability(scores: Numbers) -> Reliability:
    """Return the figures of the whole."""
    candidates = scores.shape[0]
    total = scores.sum(axis=1)
    deviation = float(total.std(ddof=1)) if candidates > 1 else None
    raw = alpha(scores)
    standardised, lambda6 = _of_correlations(scores)
    return Reliability(
        mean=float(total.mean()) if candidates else None,
        deviation=deviation,
        alpha=raw,
        alpha_standardised=standardised,
        kr20=kr20(scores),
        kr20_sample_variance=kr20(scores, sample_variance=True),
        guttman_lambda6=lambda6,
        sem=None if raw is None or deviation is None else deviation * _unexplained(raw) ** 0.5,
    )


def _unexplained(share: float) -> float:
    """Return what is left of 1; a rest that comes from rounding is none, and its root would not be small."""
    return 1 - share if 1 - share > NOTHING else 0.0


def _of_correlations(scores: Numbers) -> tuple[float | None, float | None]:
    """Return alpha of standardised items and Guttman's lambda 6; both need every item to vary."""
    candidates, items = scores.shape
    if items < 2 or candidates < 2 or (scores.var(axis=0) < NOTHING).any():
        return None, None
    between = np.corrcoef(scores, rowvar=False)
    whole = float(between.sum())
    if whole < NOTHING:
        return None, None
    standardised = items / (items - 1) * (1 - items / whole)
    if np.linalg.cond(between) > 1e10:
        return standardised, None
    unique = 1 / np.diag(np.linalg.inv(between))
    return standardised, 1 - float(unique.sum()) / whole
