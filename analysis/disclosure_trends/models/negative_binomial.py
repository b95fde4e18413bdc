"""Negative binomial given by mean and dispersion: tails, quantiles, log density.

Everywhere here `dispersion` is variance / mean; at 1 the distribution is Poisson.
All functions broadcast over arrays.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc, gammaln

Array = npt.NDArray[np.float64]

_ALMOST_POISSON = 1 + 1e-6
LARGEST = 1e15  # whole numbers are still exact in floating point


def upper_tail(count: npt.ArrayLike, mean: npt.ArrayLike, dispersion: Array) -> Array:
    """P(Y >= count), the p-value of an uptick.

    Parameters
    ----------
    count : array_like
        Counts, whole numbers.
    mean : array_like
        Mean of the distribution, above 0.
    dispersion : ndarray
        Variance / mean; at most 1 is Poisson.

    Returns
    -------
    ndarray
        Probability; 1 where count is 0 or less.
    """
    y, mu, phi = np.broadcast_arrays(
        np.asarray(count, dtype=float),
        np.asarray(mean, dtype=float),
        np.asarray(dispersion, dtype=float),
    )
    excess = np.maximum(phi - 1, 1e-12)
    y_used = np.maximum(y, 1)
    spread = betainc(y_used, mu / excess, excess / (1 + excess))
    tail = np.where(phi > 1, spread, gammainc(y_used, mu))
    return np.where(y <= 0, 1.0, tail)


def log_density(count: Array, mean: Array, dispersion: Array) -> Array:
    """Natural logarithm of P(Y = count); Poisson for a dispersion below 1.000001."""
    phi = np.maximum(dispersion, _ALMOST_POISSON)
    size = mean / (phi - 1)
    spread = (
        gammaln(count + size)
        - gammaln(size)
        - gammaln(count + 1)
        - size * np.log(phi)
        + count * np.log((phi - 1) / phi)
    )
    plain = count * np.log(mean) - mean - gammaln(count + 1)
    return np.where(np.asarray(dispersion) < _ALMOST_POISSON, plain, spread)


def smallest_count(
    tail: Callable[[Array], Array], *, share: float, guess: Array, width: Array
) -> Array:
    """Smallest count u with P(Y > u) <= share, for every element at once.

    So `value > u` says exactly what `P(Y >= value) <= share` says: a quantile made of
    the very tail that gives the p-value cannot contradict it.

    Parameters
    ----------
    tail : callable
        Maps an array of counts to P(Y >= count), falling in the count.
    share : float
        Probability to stay under.
    guess, width : ndarray
        Where to begin, and how far to step; any positive numbers lead to the answer.

    Returns
    -------
    ndarray
        Whole numbers from 0; infinite where even 1e15 is not enough.
    """
    low, high = _bracket(tail, share=share, guess=guess, width=width)
    while True:
        open_ = high - low > 1
        if not open_.any():
            break
        middle = np.where(open_, np.floor((low + high) / 2), high)
        enough = tail(middle + 1) <= share
        high = np.where(open_ & enough, middle, high)
        low = np.where(open_ & ~enough, middle, low)
    return np.where(high >= LARGEST, np.inf, high)


def _bracket(
    tail: Callable[[Array], Array], *, share: float, guess: Array, width: Array
) -> tuple[Array, Array]:
    """`low` is too small (or -1), `high` is large enough (or the largest count)."""
    high = np.clip(np.ceil(np.nan_to_num(guess, posinf=LARGEST)), 0.0, LARGEST)
    step = np.ceil(np.clip(np.nan_to_num(width, posinf=LARGEST), 1.0, LARGEST))
    low, first = np.full_like(high, -1.0), step
    short = ~(tail(high + 1) <= share) & (high < LARGEST)
    while short.any():
        low = np.where(short, high, low)
        high = np.where(short, np.minimum(high + step, LARGEST), high)
        step = step * 2
        short &= ~(tail(high + 1) <= share) & (high < LARGEST)
    step = first
    far = (low < 0) & (high < LARGEST)
    while far.any():
        below = np.maximum(high - step, -1.0)
        enough = (below >= 0) & (tail(below + 1) <= share)
        low = np.where(far & ~enough, below, low)
        high = np.where(far & enough, below, high)
        far &= enough
        step = step * 2
    return low, high
