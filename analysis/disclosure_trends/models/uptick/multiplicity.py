"""Many series at once: false discovery rate, and ratios shrunk for ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from disclosure_trends.models.negative_binomial import Array


def false_discovery_rate(p: Array) -> Array:
    """Adjust p-values after Benjamini and Hochberg (1995, JRSS B 57, 289).

    Parameters
    ----------
    p : ndarray
        p-values of one family; NaN is not part of it.

    Returns
    -------
    ndarray
        Smallest rate of false discoveries at which each would be one.
    """
    q = np.full_like(p, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    if not len(known):
        return q
    order = known[np.argsort(p[known], kind="stable")]
    scaled = p[order] * len(known) / np.arange(1, len(known) + 1)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShrunkenRatios:
    """Ratios of count to expectation, pulled towards what the series share.

    Attributes
    ----------
    ratio
        As observed.
    shrunken, lower, upper
        Posterior median and 95 per cent interval.
    """

    ratio: Array
    shrunken: Array
    lower: Array
    upper: Array


def shrink_ratios(value: Array, expected: Array, variance: Array) -> ShrunkenRatios:
    """Shrink log ratios by empirical Bayes, so that noise does not head a ranking.

    Normal on the log scale; the variance between series solves the moment equation of
    Paule and Mandel (1982, J. Res. NBS 87, 377).

    Parameters
    ----------
    value, expected, variance : ndarray
        Count, predictive mean and predictive variance, one per series; NaN is left
        out.

    Returns
    -------
    ShrunkenRatios
        In the order given.
    """
    known = ~np.isnan(value) & ~np.isnan(expected)
    log_ratio = np.log((value + 0.5) / (expected + 0.5))
    noise = variance / (expected + 0.5) ** 2
    noise = np.maximum(noise, 1e-12)
    between = _between(log_ratio[known], noise[known])
    weight = 1 / (noise + between)
    weight_known = np.where(known, weight, 0.0)
    total = weight_known.sum()
    centre = float((weight_known * np.nan_to_num(log_ratio)).sum() / total)
    keep = between / (between + noise)
    middle = centre + keep * (log_ratio - centre)
    spread = np.sqrt(keep * noise + (1 - keep) ** 2 / total)
    return ShrunkenRatios(
        ratio=np.exp(log_ratio),
        shrunken=np.exp(middle),
        lower=np.exp(middle - 1.959964 * spread),
        upper=np.exp(middle + 1.959964 * spread),
    )


def _between(log_ratio: Array, noise: Array) -> float:
    """Variance between the series; 0 where noise explains all."""

    def excess(between: float) -> float:
        weight = 1 / (noise + between)
        centre = (weight * log_ratio).sum() / weight.sum()
        return float((weight * (log_ratio - centre) ** 2).sum()) - (len(noise) - 1)

    if len(noise) < 3 or excess(0.0) <= 0:
        return 0.0
    high = 1.0
    while excess(high) > 0:
        high *= 2
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2
