"""Negative binomial given by mean and dispersion: tails, quantiles, log density.

Everywhere here `dispersion` is variance / mean; at 1 the distribution is Poisson.
All functions broadcast over arrays.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

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
    tail = np.ones(y.shape)
    plain, spread = (y > 0) & (phi <= 1), (y > 0) & (phi > 1)
    tail[plain] = gammainc(y[plain], mu[plain])
    y, mu, phi = y[spread], mu[spread], phi[spread]
    excess = np.maximum(phi - 1, 1e-12)
    tail[spread] = betainc(y, mu / excess, excess / (1 + excess))
    return tail


def log_kernel(count: Array, mean: Array, dispersion: Array) -> Array:
    """Log of P(Y = count) up to a term of the count alone, `-log(count!)`.

    Poisson for a dispersion below 1.000001.
    """
    phi = np.maximum(dispersion, _ALMOST_POISSON)
    size = mean / (phi - 1)
    spread = (
        log_rising(size, count) - size * np.log(phi) + count * np.log((phi - 1) / phi)
    )
    plain = count * np.log(mean) - mean
    return np.where(np.asarray(dispersion) < _ALMOST_POISSON, plain, spread)


def log_rising(start: Array, steps: Array) -> Array:
    """Log of start (start + 1) ... (start + steps - 1), a ratio of two gamma functions.

    Both gamma functions are moved eight steps up, where four terms of Stirling's series
    leave less than 1e-11; that costs a third of two calls of the library, and where
    both are large the difference keeps more digits than theirs does.
    """
    end = start + steps
    low, high = start + 8, end + 8
    stirling = (low - 0.5) * np.log(high / low) + steps * (np.log(high) - 1)
    moved = np.log(_eight_up(start) / _eight_up(end))
    rising: Array = stirling + _stirling_tail(high) - _stirling_tail(low) + moved
    return rising


def _eight_up(x: Array) -> Array:
    """Product x (x + 1) ... (x + 7), its factors taken in pairs from both ends."""
    q = x * (x + 7)
    product: Array = q * (q + 6) * (q + 10) * (q + 12)
    return product


def _stirling_tail(x: Array) -> Array:
    """Add to Stirling's formula what it lacks of the log gamma function from 8 on."""
    inverse = 1 / x
    square = inverse * inverse
    tail: Array = inverse * (
        1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680)))
    )
    return tail


def smallest_count(
    tail: Callable[[Array, Rows], Array], *, share: float, guess: Array, width: Array
) -> Array:
    """Smallest count u with P(Y > u) <= share, for every element at once.

    So `value > u` says exactly what `P(Y >= value) <= share` says: a quantile made of
    the very tail that gives the p-value cannot contradict it.

    Parameters
    ----------
    tail : callable
        Maps counts and the positions they belong to to P(Y >= count), falling in the
        count.
    share : float
        Probability to stay under.
    guess, width : ndarray
        Where to begin, and how far to step; any positive numbers lead to the answer.

    Returns
    -------
    ndarray
        Whole numbers from 0; infinite where even 1e15 is not enough.
    """
    high = np.clip(np.ceil(np.nan_to_num(guess, posinf=LARGEST)), 0.0, LARGEST)
    step = np.ceil(np.clip(np.nan_to_num(width, posinf=LARGEST), 1.0, LARGEST))
    low = np.full_like(high, -1.0)
    short = _short(tail, high, share, np.arange(len(high)))
    _climb(tail, share, low, high, step.copy(), short)
    _descend(tail, share, low, high, step)
    while True:
        open_ = np.flatnonzero(high - low > 1)
        if not len(open_):
            break
        middle = np.floor((low[open_] + high[open_]) / 2)
        enough = tail(middle + 1, open_) <= share
        high[open_] = np.where(enough, middle, high[open_])
        low[open_] = np.where(enough, low[open_], middle)
    return np.where(high >= LARGEST, np.inf, high)


def _short(
    tail: Callable[[Array, Rows], Array], high: Array, share: float, rows: Rows
) -> Rows:
    """Those of the rows whose upper end is too small and can still grow."""
    small = ~(tail(high[rows] + 1, rows) <= share) & (high[rows] < LARGEST)
    chosen: Rows = rows[small]
    return chosen


def _climb(
    tail: Callable[[Array, Rows], Array],
    share: float,
    low: Array,
    high: Array,
    step: Array,
    short: Rows,
) -> None:
    """Raise the upper end in growing steps until it is large enough."""
    while len(short):
        low[short] = high[short]
        high[short] = np.minimum(high[short] + step[short], LARGEST)
        step[short] *= 2
        short = _short(tail, high, share, short)


def _descend(
    tail: Callable[[Array, Rows], Array],
    share: float,
    low: Array,
    high: Array,
    step: Array,
) -> None:
    """Lower both ends in growing steps until the lower one is too small."""
    far = np.flatnonzero((low < 0) & (high < LARGEST))
    while len(far):
        below = np.maximum(high[far] - step[far], -1.0)
        enough = (below >= 0) & (tail(below + 1, far) <= share)
        low[far] = np.where(enough, low[far], below)
        high[far] = np.where(enough, below, high[far])
        step[far] *= 2
        far = far[enough]
