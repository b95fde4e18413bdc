"""Columns and candidate models of the mixture baseline: shapes only, no data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from disclosure_trends.models.negative_binomial import Array

YEAR: Final = 12  # months
PASSES: Final = 3  # of fitting and weighing
PARAMETERS: Final = 4  # columns that every model has
FIXED_SD: Final = (1e3, 0.25, 1.0, 1.0)  # level, growth per year, one harmonic
DRIFTS: Final = (0.0, 0.02, 0.04, 0.08)  # sd of the level's walk, per root month
SEASONS: Final = (0.0, 0.1, 0.3)  # sd of further harmonics
TURN: Final = 0.15  # sd of a season that changes, per two years
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """Everything about a history of `n` months that does not depend on the counts.

    The columns stand in the order fixed, further season, drift, turning season.

    Attributes
    ----------
    matrix
        Full design (n, columns).
    products, place
        The different products of two columns (products, n), and which of them belongs
        to which pair of columns (columns, columns).
    row
        Row of the predicted month.
    age
        Months before the last month of the history.
    season, drift, turn
        Number of columns of these kinds; there are always four fixed ones.
    gaps
        Distance between the centres of the two blocks beside each boundary.
    ahead
        Months from the last month of the history to the predicted one.
    """

    matrix: Array
    products: Array
    place: Ints
    row: Array
    age: Array
    season: int
    drift: int
    turn: int
    gaps: Array
    ahead: int

    @property
    def fixed(self) -> Array:
        """Columns that every model has."""
        return self.matrix[:, :PARAMETERS]

    @property
    def steps(self) -> bool:
        """Whether one past step is a model of its own."""
        return self.drift >= 3


@lru_cache(maxsize=64)
def make_design(n: int, *, ahead: int) -> Design:
    """Columns for a history of `n` months and a prediction `ahead` months later."""
    t = np.arange(n)
    age = (n - 1 - t).astype(float)
    cuts, turns = _drift_cuts(n), list(range(2 * YEAR, n - YEAR + 1, 2 * YEAR))
    first = np.column_stack([*_harmonic(t, 1)])
    fixed = np.column_stack([np.ones(n), (t - n + 1) / YEAR, first])
    drift = _stack([(age >= cut).astype(float) for cut in cuts], n)
    turning = _stack([(age >= cut) * wave for cut in turns for wave in first.T], n)
    matrix = np.hstack([fixed, _season(t), drift, turning])
    now = np.array([n - 1 + ahead])
    row = np.zeros(matrix.shape[1])
    row[:4] = np.r_[1.0, (now - n + 1) / YEAR, np.hstack(_harmonic(now, 1))]
    row[4:13] = _season(now)[0]
    edges = np.r_[0, cuts, n].astype(float)
    products, place = distinct_products(matrix)
    return Design(
        matrix=matrix,
        products=products,
        place=place,
        row=row,
        age=age,
        season=9,
        drift=drift.shape[1],
        turn=turning.shape[1],
        gaps=(edges[2:] - edges[:-2]) / 2,
        ahead=ahead,
    )


def distinct_products(matrix: Array) -> tuple[Array, Ints]:
    """Multiply every two columns, once where pairs give the same product.

    Returns
    -------
    ndarray
        The different products, shape (products, rows).
    ndarray
        Which of them belongs to a pair of columns, shape (columns, columns).
    """
    n, p = matrix.shape
    every = (matrix[:, :, None] * matrix[:, None, :]).reshape(n, -1).T
    # The products of two pairs may differ in their last digit.
    _, first, place = np.unique(
        every.round(9), axis=0, return_index=True, return_inverse=True
    )
    return every[first], place.reshape(p, p)


def _drift_cuts(n: int) -> list[int]:
    """Ages at which the level may move: half-years to three years, then years."""
    cuts, cut = [], 6
    while cut < n - 3:
        cuts.append(cut)
        cut += 6 if cut < 36 else 12
    return cuts


def _harmonic(t: Ints, j: int) -> tuple[Array, Array]:
    angle = 2 * np.pi * j * (t + 1) / YEAR
    return np.cos(angle), np.sin(angle)


def _season(t: Ints) -> Array:
    pairs = [wave * np.sqrt(2) for j in range(2, 6) for wave in _harmonic(t, j)]
    return np.column_stack([*pairs, np.cos(np.pi * (t + 1))])


def _stack(columns: list[Array], n: int) -> Array:
    return np.column_stack(columns) if columns else np.zeros((n, 0))


def log_prior(q: float, s: float, r: float) -> float:
    """Log prior weight of a model by its standard deviations, not normalised."""
    drift = 0.5 if q == 0 else 1 / 6
    season = 0.7 if s == 0 else 0.15
    return float(np.log(drift * season * (0.3 if r else 1)))
