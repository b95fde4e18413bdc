"""Baseline of weekly and daily counts: harmonics, trend, weekday, robust weights.

A quasi-Poisson regression with one-sided weights predicts the last period and the last
two together; the two p-values are combined by Cauchy's rule, so that a short burst and
one that lasts are both seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from disclosure_trends.models.negative_binomial import (
    Array,
    Rows,
    smallest_count,
    upper_tail,
)

ROBUST: Final = 2.58  # Anscombe residual above which a weight falls
PASSES: Final = 3
WINDOWS: Final = (1, 2)
TREND_SD: Final = 0.25  # of the log growth in a year
WAVE_SD: Final = 0.3  # of each wave, on the log scale
BATCH: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanShape:
    """Form of the regression.

    Attributes
    ----------
    year
        Periods in a year.
    harmonics
        Pairs of waves.
    gap
        Periods before the tested one that are left out of the history.
    weekdays
        Whether periods are days and the weekday matters.
    half_life
        Periods after which the past counts half; None means that all counts fully.
    prior
        Whether trend and waves have a prior, as they must where the history is too
        short to show a whole season twice: what the data cannot tell widens the
        prediction instead of bending it.
    """

    year: float
    harmonics: int
    gap: int
    weekdays: bool = False
    half_life: float | None = None
    prior: bool = False

    def precision(self, columns: int) -> Array:
        """Prior precision of every column, for a dispersion of 1."""
        precision = np.full(columns, 1e-12)
        if self.prior:
            precision[1] = 1 / (5 * TREND_SD) ** 2
            precision[2 : 2 + 2 * self.harmonics] = 1 / WAVE_SD**2
        return precision


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScanPrediction:
    """Predictive distributions of the last period and of the last two, per series.

    Attributes
    ----------
    mean, dispersion
        Mean and variance / mean, shape (series, windows).
    before
        Count of the period before the tested one; NaN where it is missing.
    phi
        Dispersion of the regression, one per series.
    """

    mean: Array
    dispersion: Array
    before: Array
    phi: Array

    @property
    def expected(self) -> Array:
        """Mean of the tested period."""
        return self.mean[:, 0]

    @property
    def variance(self) -> Array:
        """Variance of the tested period."""
        variance: Array = self.mean[:, 0] * self.dispersion[:, 0]
        return variance

    def tail(self, count: Array) -> Array:
        """p-value of a count: combined over the windows, falling in the count."""
        return self._tail(count, np.arange(len(self.mean)))

    def _tail(self, count: Array, rows: Rows) -> Array:
        mean, spread, before = self.mean[rows], self.dispersion[rows], self.before[rows]
        one = upper_tail(count, mean[:, 0], spread[:, 0])
        known = ~np.isnan(before)
        both = upper_tail(count + np.nan_to_num(before), mean[:, 1], spread[:, 1])
        return np.where(known, combine(np.stack([one, both])), one)

    def upper(self, share: float) -> Array:
        """Smallest count whose excess has a p-value of at most `share`."""
        spread = np.sqrt(self.variance)
        return smallest_count(
            self._tail,
            share=share,
            guess=self.expected + 2 * spread,
            width=np.maximum(0.5 * spread, 1.0),
        )


def combine(p: Array) -> Array:
    """Combine p-values along the first axis by Cauchy's rule.

    The mean of the Cauchy quantiles is Cauchy again, whatever the dependence of the
    small ones (Liu and Xie 2020, JASA 115, 393).
    """
    clipped = np.clip(p, 1e-15, 1 - 1e-12)
    score = np.tan((0.5 - clipped) * np.pi).mean(axis=0)
    combined: Array = 0.5 - np.arctan(score) / np.pi
    # The formula loses its digits where the score is large.
    return np.where(score > 1e6, 1 / (np.pi * np.maximum(score, 1.0)), combined)


def predict_scan(
    counts: Array, *, shape: ScanShape, log_exposure: Array | None = None
) -> ScanPrediction:
    """Predict the last period of each series from its past.

    Parameters
    ----------
    counts : ndarray
        Shape (series, periods), oldest first, the tested period last (its own value
        is not used); NaN is missing.
    shape : ScanShape
        Form of the regression.
    log_exposure : ndarray, optional
        Log of the exposure of every count, same shape, also of the tested period.

    Returns
    -------
    ScanPrediction
        One row per series.
    """
    offset = np.zeros_like(counts) if log_exposure is None else log_exposure
    parts = [
        _predict_batch(counts[i : i + BATCH], offset[i : i + BATCH], shape)
        for i in range(0, len(counts), BATCH)
    ]
    return ScanPrediction(
        mean=np.concatenate([part.mean for part in parts]),
        dispersion=np.concatenate([part.dispersion for part in parts]),
        before=np.concatenate([part.before for part in parts]),
        phi=np.concatenate([part.phi for part in parts]),
    )


@lru_cache(maxsize=64)
def scan_design(n: int, *, shape: ScanShape) -> Array:
    """Lay out level, trend, waves and weekdays of `n` periods; do not write to it."""
    t = np.arange(1, n + 1)
    waves = [
        wave(2 * np.pi * j * t / shape.year)
        for j in range(1, shape.harmonics + 1)
        for wave in (np.cos, np.sin)
    ]
    days = [(t % 7 == day) * 1.0 for day in range(1, 7)] if shape.weekdays else []
    return np.column_stack([np.ones(n), (t - n) / (5 * shape.year), *waves, *days])


def _predict_batch(counts: Array, offset: Array, shape: ScanShape) -> ScanPrediction:
    n = counts.shape[1]
    design = scan_design(n, shape=shape)
    x = design[: n - shape.gap - 1]
    history = counts[:, : len(x)]
    seen = (~np.isnan(history)).astype(float)
    fade = np.ones(len(x))
    if shape.half_life is not None:
        fade = 2 ** (-np.arange(len(x))[::-1] / shape.half_life)
    y = np.nan_to_num(history)
    weight, phi = seen * fade, np.ones(len(y))
    precision = shape.precision(x.shape[1])
    for step in range(PASSES):
        beta, mu, inverse = _poisson(
            y, weight, x, phi[:, None] * precision, offset[:, : len(x)]
        )
        hat = np.einsum("ni,sij,nj->sn", x, inverse, x, optimize=True)
        leverage = np.minimum(weight * mu * hat, 0.95)
        pearson = weight * (y - mu) ** 2 / mu / (1 - leverage)
        phi = np.maximum(pearson.sum(axis=1) / weight.sum(axis=1), 1.0)
        if step < PASSES - 1:
            anscombe = 1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - np.sqrt(mu))
            excess = np.maximum(anscombe / np.sqrt(phi)[:, None], ROBUST)
            weight = seen * fade * (ROBUST / excess) ** 2
    cov = phi[:, None, None] * inverse
    diagonal = np.arange(x.shape[1])
    if shape.half_life is not None:
        meat = np.einsum("ni,sn,nj->sij", x, weight**2 * mu, x, optimize=True)
        meat[:, diagonal, diagonal] += phi[:, None] * precision
        cov = cov @ meat @ inverse
    means, dispersions = [], []
    for window in WINDOWS:
        rows = design[n - window :]
        m = np.exp(np.clip(beta @ rows.T + offset[:, n - window :], -30, 30))
        total = m.sum(axis=1)
        gradient = m @ rows
        spread = np.einsum("si,sij,sj->s", gradient, cov, gradient) / total
        means.append(total)
        dispersions.append(np.maximum(phi + spread, 1 + 1e-9))
    return ScanPrediction(
        mean=np.stack(means, axis=1),
        dispersion=np.stack(dispersions, axis=1),
        before=counts[:, -2],
        phi=phi,
    )


def _poisson(
    y: Array, weight: Array, x: Array, penalty: Array, offset: Array
) -> tuple[Array, Array, Array]:
    """Weighted Poisson fit to convergence; a series that settled stays."""
    p = x.shape[1]
    products = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    diagonal = np.arange(p)
    mu = y + 0.1
    eta = np.log(mu)
    beta = np.zeros((len(y), p))
    inverse = np.zeros((len(y), p, p))
    moving = np.arange(len(y))
    for _ in range(25):
        w = weight[moving] * mu[moving]
        z = eta[moving] - offset[moving] + (y[moving] - mu[moving]) / mu[moving]
        gram = (w @ products).reshape(-1, p, p)
        gram[:, diagonal, diagonal] += penalty[moving]
        inverse[moving] = np.linalg.inv(gram)
        new = np.einsum("sij,sj->si", inverse[moving], (w * z) @ x)
        moved = np.abs(new - beta[moving]).max(axis=1) >= 1e-10
        beta[moving] = new
        eta[moving] = np.clip(new @ x.T + offset[moving], -20, 30)
        mu[moving] = np.exp(eta[moving])
        moving = moving[moved]
        if not len(moving):
            break
    return beta, mu, inverse
