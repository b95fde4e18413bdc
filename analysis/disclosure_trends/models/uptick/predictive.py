"""What the past predicts for one count: a mixture of negative binomials.

p-value and quantile come from the same tail, so that they never contradict each other:
`value > upper` exactly where `P(Y >= value) <= share`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from disclosure_trends.models.negative_binomial import (
    Array,
    Rows,
    smallest_count,
    upper_tail,
)

# Three-point Gauss-Hermite rule: what is not known about the log dispersion.
NO_WEIGHT: Final = 1e-12  # of a component; its tail cannot be seen
LIGHT: Final = 1e-4  # of a component; its tail seldom decides on a quantile
NODES: Final = ((-(3**0.5), 1 / 6), (0.0, 2 / 3), (3**0.5, 1 / 6))


def widen(dispersion: Array, *, df: Array | float) -> list[Array]:
    """Dispersion at the three nodes of its log, whose variance is 2 / df.

    Parameters
    ----------
    dispersion : ndarray
        Variance / mean, at least 1.
    df : ndarray or float
        Degrees of freedom behind it; infinite means it is known.

    Returns
    -------
    list of ndarray
        One per node, each at least 1.
    """
    spread = np.sqrt(2 / df)
    return [np.maximum(1.0, dispersion * np.exp(x * spread)) for x, _ in NODES]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Predictive:
    """Predictive distributions of counts, one row per series.

    Attributes
    ----------
    weight, mean, dispersion
        Weight (adding to 1 in a row), mean and variance / mean of every component,
        shape (series, components).
    """

    weight: Array
    mean: Array
    dispersion: Array

    @property
    def expected(self) -> Array:
        """Mean of the mixture."""
        mean: Array = (self.weight * self.mean).sum(axis=1)
        return mean

    @property
    def variance(self) -> Array:
        """Variance of the mixture."""
        second = self.dispersion * self.mean + self.mean**2
        variance: Array = (self.weight * second).sum(axis=1) - self.expected**2
        return variance

    def tail(self, count: Array) -> Array:
        """P(Y >= count), for one count per series."""
        return self._tail(count, np.arange(len(self.mean)))

    def upper(self, share: float) -> Array:
        """Smallest count that is exceeded with a probability of at most `share`."""
        spread = np.sqrt(np.maximum(self.variance, 0.0))
        skew = spread / np.maximum(np.sqrt(self.expected), 1e-9)
        z = ndtri(1 - share)
        guess = self.expected + z * spread + (z * z - 1) / 6 * skew
        width = np.maximum(0.1 * spread, 1)
        # Light components cost as much as heavy ones and seldom decide: what the
        # heavy ones say is a lower limit of the tail, with the weight of the light
        # ones an upper limit. Only where the share lies between is the tail needed.
        found = smallest_count(
            lambda count, rows: self._tail(count, rows, least=LIGHT),
            share=share,
            guess=guess,
            width=width,
        )
        every = np.arange(len(found))
        light = np.where(self.weight > LIGHT, 0.0, self.weight).sum(axis=1)
        most = self._tail(found + 1, every, least=LIGHT) + light
        open_ = np.flatnonzero(~(most <= share))
        found[open_] = smallest_count(
            lambda count, rows: self._tail(count, open_[rows]),
            share=share,
            guess=found[open_],
            width=width[open_],
        )
        return found

    def _tail(self, count: Array, rows: Rows, *, least: float = NO_WEIGHT) -> Array:
        """Tails of some series; components of less weight are left out."""
        weight = self.weight[rows]
        place, component = np.nonzero(weight > least)
        chosen = rows[place]
        tails = upper_tail(
            count[place],
            self.mean[chosen, component],
            self.dispersion[chosen, component],
        )
        total = np.bincount(
            place, weights=weight[place, component] * tails, minlength=len(rows)
        )
        return np.minimum(total, 1.0)

    def rows(self, chosen: npt.NDArray[np.bool_]) -> Predictive:
        """Only the chosen series."""
        return Predictive(
            weight=self.weight[chosen],
            mean=self.mean[chosen],
            dispersion=self.dispersion[chosen],
        )
