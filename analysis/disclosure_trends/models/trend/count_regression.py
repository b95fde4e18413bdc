"""Quasi-Poisson regression of one series, with Newey-West errors and a gate.

A fit that did not truly fit (separated, singular, absurd errors) gives no number: the
convergence flag alone does not protect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from disclosure_trends.display import numbers, wording
from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.results import Estimate, NotEstimable

STEPS: Final = 50
LARGEST_EFFECT: Final = 10.0  # absolute log ratio beyond which a fit ran away
LARGEST_ERROR: Final = 3.0  # standard error of a log ratio that says nothing
LARGEST_GROWTH: Final = 10.0  # a year; a step or a start looks like more
LEAST_NONZERO: Final = 4
SMALLEST_PIVOT: Final = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountFit:
    """A fit that passed the gate.

    Attributes
    ----------
    beta, covariance
        Coefficients; their covariance, Newey-West or quasi-Poisson, whichever is the
        larger for each coefficient.
    mean
        Fitted means.
    dispersion, df
        Pearson dispersion (at least 1) and its degrees of freedom.
    """

    beta: Array
    covariance: Array
    mean: Array
    dispersion: float
    df: int


def fit_counts(
    counts: Array, design: Array, offset: Array, *, lags: int
) -> CountFit | NotEstimable:
    """Fit log mean = offset + design @ beta.

    Parameters
    ----------
    counts : ndarray
        Known counts, oldest first.
    design : ndarray
        Columns (n, p), the first one constant.
    offset : ndarray
        Log of length and exposure.
    lags : int
        Lags of the Newey-West covariance (Newey and West 1987, Econometrica 55, 703;
        Bartlett weights, no small-sample factor).

    Returns
    -------
    CountFit or NotEstimable
        The reason where the fit cannot be trusted.
    """
    n, p = design.shape
    if n < p + 3:
        return NotEstimable(
            f"only {wording.plural(n, 'complete period')} for {p} coefficients; "
            f"{p + 3} are needed",
            rule="too_short",
        )
    nonzero = int((counts > 0).sum())
    if nonzero < LEAST_NONZERO:
        return NotEstimable(
            f"only {wording.plural(nonzero, 'period')} with a case; {LEAST_NONZERO} "
            "are needed",
            rule="too_few_cases",
        )
    scale = np.sqrt((design**2).sum(axis=0))
    if (scale == 0).any() or _pivot(design / np.maximum(scale, 1e-300)) < (
        SMALLEST_PIVOT
    ):
        return NotEstimable(
            "trend, season and events cannot be told apart in this history",
            rule="singular",
        )
    solved = _solve(counts, design, offset)
    if solved is None:
        return NotEstimable("the fit did not settle", rule="no_fit")
    beta, mean = solved
    bread: Array = np.asarray(np.linalg.inv(design.T @ (mean[:, None] * design)), float)
    dispersion = max(float(((counts - mean) ** 2 / mean).sum()) / (n - p), 1.0)
    plain = dispersion * bread
    robust = _newey_west(counts, mean, design, bread, lags=lags)
    grow = np.sqrt(np.maximum(np.diag(robust) / np.diag(plain), 1.0))
    return CountFit(
        beta=beta,
        covariance=plain * grow[:, None] * grow[None, :],
        mean=mean,
        dispersion=dispersion,
        df=n - p,
    )


def gate_effect(effect: float, error: float) -> NotEstimable | None:
    """Refuse a log ratio that ran away or says nothing."""
    if not np.isfinite(effect) or abs(effect) > LARGEST_EFFECT:
        return NotEstimable(
            "the effect runs away: there is nothing to compare with", rule="separated"
        )
    if not np.isfinite(error) or error > LARGEST_ERROR:
        return NotEstimable(
            "the history says nothing about this effect", rule="no_information"
        )
    return None


def gate_growth(growth: Estimate | NotEstimable) -> Estimate | NotEstimable:
    """Refuse a growth per year that no series keeps up: it is a step or a start."""
    if isinstance(growth, NotEstimable) or growth.value is None:
        return growth
    if 1 / LARGEST_GROWTH <= growth.value <= LARGEST_GROWTH:
        return growth
    times = numbers.ratio(max(growth.value, 1 / growth.value))
    way = "growth" if growth.value > 1 else "fall"
    return NotEstimable(
        f"a constant growth does not describe the series: it would be a {way} of "
        f"{times} times a year",
        rule="not_steady",
    )


def _pivot(design: Array) -> float:
    """Smallest squared singular value of scaled columns."""
    return float(np.linalg.svd(design, compute_uv=False).min() ** 2)


def _solve(counts: Array, design: Array, offset: Array) -> tuple[Array, Array] | None:
    eta: Array = np.log(counts + 0.5)
    beta: Array = np.zeros(design.shape[1])
    for _ in range(STEPS):
        mean = np.exp(eta)
        weighted = design * mean[:, None]
        z = eta - offset + (counts - mean) / mean
        try:
            solved = np.linalg.solve(design.T @ weighted, weighted.T @ z)
        except np.linalg.LinAlgError:
            return None
        new: Array = np.asarray(solved, dtype=float)
        eta = np.clip(design @ new + offset, -30, 30)
        if not np.isfinite(new).all():
            return None
        if np.abs(new - beta).max() < 1e-9:
            mean = np.exp(eta)
            return new, mean
        beta = new
    return None


def _newey_west(
    counts: Array, mean: Array, design: Array, bread: Array, *, lags: int
) -> Array:
    score = design * (counts - mean)[:, None]
    meat = score.T @ score
    for lag in range(1, min(lags, len(counts) - 1) + 1):
        cross = score[lag:].T @ score[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    covariance: Array = bread @ meat @ bread
    return covariance
