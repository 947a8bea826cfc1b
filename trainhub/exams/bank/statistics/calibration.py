"""Rasch and 2PL by marginal maximum likelihood: item parameters that do not hang on who sat."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from trainhub.exams.bank.statistics.curves import Parameters
from trainhub.exams.bank.statistics.responses import Numbers

POINTS = 61
STEEPEST, FARTHEST = 6.0, 12.0
"""Bounds of slope and intercept: beyond them an item is as good as a step, and the data say no more of it."""


class Model(StrEnum):
    """Rasch: one slope for all items. 2PL: a slope for each."""

    RASCH = "rasch"
    TWO_PARAMETERS = "2pl"


ENOUGH_FOR = {Model.RASCH: 30, Model.TWO_PARAMETERS: 200}
"""Candidates below which nothing is calibrated. Linacre (1994): 30 give a Rasch difficulty to one logit with
95 % confidence; Drasgow (1989): 200 are the least for 2PL by marginal maximum likelihood."""


@dataclass(frozen=True)
class Calibration:
    """Item parameters of a matrix (参数标定).

    Args:
        model: Rasch or 2PL.
        items: parameters by column; None for an item that everybody or nobody got right.
        log_likelihood: of the matrix.
        converged: whether the search came to its end.
        nodes: abilities of the quadrature.
        posterior: a row a candidate: how likely each of these abilities is for them.
    """

    model: Model
    items: tuple[Parameters | None, ...]
    log_likelihood: float
    converged: bool
    nodes: Numbers
    posterior: Numbers

    @property
    def calibrated(self) -> list[Parameters]:
        """The parameters of the items that have some."""
        return [each for each in self.items if each is not None]

    @property
    def abilities(self) -> Numbers:
        """The expected ability of each candidate."""
        return self.posterior @ self.nodes


def fitting_model(candidates: int) -> Model | None:
    """Return the richest model for which so many candidates are enough."""
    for model in (Model.TWO_PARAMETERS, Model.RASCH):
        if candidates >= ENOUGH_FOR[model]:
            return model
    return None


class _Likelihood:
    """The marginal likelihood of a matrix of 0 and 1, and its slope, by Gauss-Hermite quadrature."""

    def __init__(self, right: Numbers, model: Model) -> None:
        self.patterns, places, counts = np.unique(right, axis=0, return_inverse=True, return_counts=True)
        self.places, self.counts = places.reshape(-1), counts.astype(np.float64)
        self.model, self.size = model, right.shape[1]
        nodes, weights = np.polynomial.hermite_e.hermegauss(POINTS)
        self.nodes, self.log_weights = nodes, np.log(weights / weights.sum())

    def split(self, parameters: Numbers) -> tuple[Numbers, Numbers]:
        """Return slopes and intercepts of all items."""
        return np.resize(parameters[self.size :], self.size), parameters[: self.size]

    def joint(self, parameters: Numbers) -> tuple[Numbers, Numbers]:
        """Return the log-likelihood of each pattern at each node, and the chance of each item there."""
        slopes, intercepts = self.split(parameters)
        logits = intercepts[:, None] + slopes[:, None] * self.nodes[None, :]
        spread = np.logaddexp(0.0, logits)
        joint: Numbers = self.patterns @ logits - spread.sum(axis=0)[None, :] + self.log_weights[None, :]
        return joint, np.exp(logits - spread)

    def posterior(self, parameters: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Return the log-likelihood of each pattern, the posterior of each, and the chance of each item."""
        joint, chance = self.joint(parameters)
        highest = joint.max(axis=1, keepdims=True)
        marginal = highest + np.log(np.exp(joint - highest).sum(axis=1, keepdims=True))
        return marginal[:, 0], np.exp(joint - marginal), chance

    def slopes_of(self, parameters: Numbers) -> tuple[Numbers, Numbers]:
        """Return the log-likelihood of each pattern and its derivatives by each parameter."""
        marginal, posterior, chance = self.posterior(parameters)
        ability = posterior @ self.nodes
        by_intercept = self.patterns - posterior @ chance.T
        by_slope = self.patterns * ability[:, None] - posterior @ (chance * self.nodes[None, :]).T
        if self.model is Model.RASCH:
            by_slope = by_slope.sum(axis=1, keepdims=True)
        return marginal, np.hstack([by_intercept, by_slope])

    def __call__(self, parameters: Numbers) -> tuple[float, Numbers]:
        marginal, derivatives = self.slopes_of(parameters)
        return -float(self.counts @ marginal), -(self.counts @ derivatives)

    def covariance(self, parameters: Numbers) -> Numbers | None:
        """Return the covariance of the estimates from the cross-products of the derivatives."""
        _marginal, derivatives = self.slopes_of(parameters)
        found = derivatives.T @ (derivatives * self.counts[:, None])
        if np.linalg.cond(found) > 1e12:
            return None
        return np.linalg.inv(found).astype(np.float64)


def calibrate(scores: Numbers, model: Model) -> Calibration | None:
    """Find the most likely parameters of each item for abilities that are normal with mean 0 and deviation 1.

    Args:
        scores: a row a candidate, a column an item, without gaps: the share of its marks that was reached; an
            item counts as right with all of them.
        model: Rasch or 2PL.

    Returns:
        None unless there are two candidates and two items that some got right and others did not.
    """
    from scipy.optimize import minimize  # large: only a calibration waits for it

    right = (scores >= 1).astype(np.float64)
    share = right.mean(axis=0) if len(right) else np.zeros(right.shape[1])
    varying = np.flatnonzero((share > 0) & (share < 1))
    if len(right) < 2 or len(varying) < 2:
        return None
    likelihood = _Likelihood(right[:, varying], model)
    share = share[varying]
    slopes = np.ones(1 if model is Model.RASCH else len(varying))
    start = np.concatenate([np.log(share / (1 - share)), slopes])
    lowest = 0.0 if model is Model.RASCH else -STEEPEST
    bounds = [(-FARTHEST, FARTHEST)] * len(varying) + [(lowest, STEEPEST)] * len(slopes)
    settings = {"maxiter": 2000, "maxfun": 4000, "ftol": 1e-13, "gtol": 1e-6, "maxcor": 20}
    found = minimize(likelihood, start, jac=True, method="L-BFGS-B", bounds=bounds, options=settings)
    items: list[Parameters | None] = [None] * right.shape[1]
    for place, parameters in zip(varying, _parameters(likelihood, found.x), strict=True):
        items[place] = parameters
    _marginal, posterior, _chance = likelihood.posterior(found.x)
    return Calibration(
        model,
        tuple(items),
        -float(found.fun),
        bool(found.success),
        likelihood.nodes,
        posterior[likelihood.places],
    )


def _parameters(likelihood: _Likelihood, estimates: Numbers) -> list[Parameters | None]:
    slopes, intercepts = likelihood.split(estimates)
    covariance = likelihood.covariance(estimates)
    return [
        _one(likelihood, covariance, place, float(slopes[place]), float(intercepts[place]))
        for place in range(likelihood.size)
    ]


def _one(
    likelihood: _Likelihood, covariance: Numbers | None, place: int, slope: float, intercept: float
) -> Parameters | None:
    if abs(slope) < 1e-3:  # a flat curve has no place where half of the candidates are right
        return None
    if covariance is None:
        return Parameters(-intercept / slope, slope)
    at = likelihood.size + (place if likelihood.model is Model.TWO_PARAMETERS else 0)
    towards = np.array([-1 / slope, intercept / slope**2])
    block = covariance[np.ix_([place, at], [place, at])]
    return Parameters(
        -intercept / slope, slope, float((towards @ block @ towards) ** 0.5), float(block[1, 1] ** 0.5)
    )
