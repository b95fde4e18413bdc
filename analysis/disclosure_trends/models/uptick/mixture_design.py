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
class Family:
    """Models that share their columns.

    Attributes
    ----------
    columns
        Positions of their columns in the full design.
    members
        Positions of the models.
    q, s, r
        Standard deviations of drift, season and turning season, one per member.
    """

    columns: Ints
    members: Ints
    q: Array
    s: Array
    r: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """Everything about a history of `n` months that does not depend on the counts.

    Attributes
    ----------
    matrix, products
        Full design (n, columns), and all products of two columns (n, columns squared).
    row
        Row of the predicted month.
    age
        Months before the last month of the history.
    fixed, season, drift, turn
        Positions of the four kinds of columns.
    gaps
        Distance between the centres of the two blocks beside each boundary.
    families
        The models, grouped by their columns.
    log_prior
        One per model, not normalised.
    ahead
        Months from the last month of the history to the predicted one.
    """

    matrix: Array
    products: Array
    row: Array
    age: Array
    fixed: Ints
    season: Ints
    drift: Ints
    turn: Ints
    gaps: Array
    families: tuple[Family, ...]
    log_prior: Array
    ahead: int

    @property
    def steps(self) -> bool:
        """Whether one past step is a model of its own."""
        return len(self.drift) >= 3


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
    positions = np.split(
        np.arange(matrix.shape[1]), np.cumsum([4, 9, len(cuts)]).tolist()
    )
    families, log_prior = _families(positions)
    edges = np.r_[0, cuts, n].astype(float)
    return Design(
        matrix=matrix,
        products=(matrix[:, :, None] * matrix[:, None, :]).reshape(n, -1),
        row=row,
        age=age,
        fixed=positions[0],
        season=positions[1],
        drift=positions[2],
        turn=positions[3],
        gaps=(edges[2:] - edges[:-2]) / 2,
        families=families,
        log_prior=log_prior,
        ahead=ahead,
    )


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


def _families(positions: list[Ints]) -> tuple[tuple[Family, ...], Array]:
    fixed, season, drift, turn = positions
    models = [(q, s, 0.0) for q in DRIFTS for s in SEASONS]
    if len(turn):
        models += [(0.0, 0.1, TURN), (0.04, 0.1, TURN)]
    log_prior = np.array(
        [
            np.log(
                (0.5 if q == 0 else 1 / 6)
                * (0.7 if s == 0 else 0.15)
                * (0.3 if r else 1)
            )
            for q, s, r in models
        ]
    )
    families = []
    kinds = [(s > 0, q > 0, r > 0) for q, s, r in models]
    for kind in dict.fromkeys(kinds):
        members = np.array([i for i, other in enumerate(kinds) if other == kind])
        q, s, r = np.array([models[i] for i in members]).T
        parts = [
            fixed,
            *(part for part, sd in zip((season, drift, turn), kind, strict=True) if sd),
        ]
        columns = np.concatenate(parts)
        families.append(Family(columns=columns, members=members, q=q, s=s, r=r))
    return tuple(families), log_prior
