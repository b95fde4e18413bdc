"""All models of one pass of the mixture baseline, solved together.

The models are the leaves of a tree. All share the fixed columns, which are eliminated
once; a branch for each variance of the further season eliminates that; its leaves
eliminate the drift for three variances at once, the turning season, or nothing. Every
system is bordered by the right-hand side and by the row to predict (see `stacked`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.models.uptick.mixture_design import (
    DRIFTS,
    FIXED_SD,
    SEASONS,
    TURN,
    Design,
    log_prior,
)
from disclosure_trends.models.uptick.mixture_weights import Weighed
from disclosure_trends.models.uptick.stacked import (
    Columns,
    Eliminated,
    eliminate,
    part,
    product,
)

STEP_PRIOR: Final = 0.1  # prior probability of one past step
STEP_VARIANCE: Final = 0.25  # of its log size
BORDER: Final = 2  # rows of a system that are no columns: right-hand side, prediction
TURNING: Final = slice(1, 2)  # branch whose season may turn ...
TURN_DRIFTS: Final = (0.0, 0.04)  # ... and the drifts that go with it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """All models of one pass.

    Attributes
    ----------
    weight, log_mean, phi, variance
        Posterior weight, predicted log mean, dispersion and variance of the log mean,
        shape (models, series); a column of `weight` adds to 1.
    beta
        Coefficients averaged over the models, shape (columns, series).
    """

    weight: Array
    log_mean: Array
    phi: Array
    variance: Array
    beta: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Given:
    """What is given in a pass, one element per series, and how models are judged."""

    df: Array
    phi: Array
    design: Design

    def log_likelihood(self, rss: Array) -> tuple[Array, Array]:
        """Dispersion and log likelihood of residual sums (..., series)."""
        phi = np.maximum((rss + 3) / (self.df + 2), 1.0)
        return phi, -0.5 * (self.df * np.log(phi) + rss / phi)

    def eliminate(self, system: Columns, variance: Array) -> tuple[Eliminated, Array]:
        """Eliminate effects of this variance (columns, models).

        Returns
        -------
        Eliminated
            What is left of the system.
        ndarray
            What the effects add to the log likelihood (..., models, series).
        """
        penalty = self.phi / variance[..., None]
        gone = eliminate(system, penalty)
        return gone, 0.5 * (np.log(penalty).sum(axis=0) - gone.log_det)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Trunk:
    """What is left once level, trend and season are gone, a branch for each season.

    Attributes
    ----------
    root, season
        What was eliminated: the fixed columns, and the further season of the branches
        that have one.
    rest
        Systems of the rows that are left, their columns (rows, branches, 1, series).
    volume
        Log likelihood but for the residuals, shape (branches, 1, series).
    """

    root: Eliminated
    season: Eliminated
    rest: Columns
    volume: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Leaf:
    """Models with the same columns after the season.

    Attributes
    ----------
    found
        Log weight (not normalised), log mean, dispersion and variance as in `Solved`,
        shape (4, branches, models, series).
    branches
        Which branches it grows on.
    rows
        Rows of the branches' systems that these models have.
    stages
        What was eliminated after the branch, in this order.
    size
        Log size of the past step, zero elsewhere, shape (drift, branches, 1, series);
        empty where there is none.
    """

    found: Array
    branches: slice
    rows: list[int]
    stages: tuple[Eliminated, ...]
    size: Array

    def coefficients(self, weight: Array) -> Array:
        """Weighted sum over the models, shape (rows, branches, series)."""
        known = np.stack([-weight, np.zeros_like(weight)])
        if len(self.size):
            known = np.concatenate([self.size * weight, known])
        for stage in reversed(self.stages):
            known = stage.complete(known)
        total: Array = known.sum(axis=2)
        return total


def solve_models(weighed: Weighed, offset: Array, phi: Array, design: Design) -> Solved:
    """Solve all models by penalised weighted least squares, and one step each."""
    given = _Given(df=weighed.df, phi=phi, design=design)
    trunk = _trunk(_system(weighed, offset, design), given)
    leaves = [_leaf(trunk, q, 0.0, given) for q in ((0.0,), DRIFTS[1:])]
    if design.steps:
        leaves.append(_step(trunk, given))
    if design.turn:
        leaves += [_leaf(trunk, (q,), TURN, given) for q in TURN_DRIFTS]
    found = np.concatenate(
        [leaf.found.reshape(4, -1, len(phi)) for leaf in leaves], axis=1
    )
    weight = np.exp(found[0] - found[0].max(axis=0))
    weight /= weight.sum(axis=0)
    return Solved(
        weight=weight,
        log_mean=found[1],
        phi=found[2],
        variance=found[3],
        beta=_average(trunk, leaves, weight, design),
    )


def _system(weighed: Weighed, offset: Array, design: Design) -> Columns:
    """X'wX bordered by X'wz, and by the row to predict."""
    z = weighed.z - offset
    wz = weighed.w * z
    products = product(design.products, weighed.w.T)
    right = product(design.matrix.T, wz.T)
    p, series = right.shape
    system = []
    for j in range(p + BORDER):
        column = np.zeros((p + BORDER - j, 1, 1, series))
        if j < p:
            np.take(products, design.place[j:, j], axis=0, out=column[:-BORDER, 0, 0])
            column[-2], column[-1] = right[j], design.row[j]
        system.append(column)
    system[p][0] = np.einsum("sn,sn->s", wz, z)
    return system


def _trunk(system: Columns, given: _Given) -> _Trunk:
    """Eliminate what all models have, then the season for each of its variances."""
    design = given.design
    fixed = given.phi * (1 / np.square(FIXED_SD))[:, None, None, None]
    root = eliminate(system, fixed)
    squares = np.square(SEASONS[1:])[:, None]
    season, gain = given.eliminate(root.rest, np.tile(squares, (design.season, 1, 1)))
    volume = -0.5 * root.log_det
    pairs = zip(root.rest[design.season :], season.rest, strict=True)
    return _Trunk(
        root=root,
        season=season,
        rest=[np.concatenate(pair, axis=1) for pair in pairs],
        volume=np.concatenate([volume, volume + gain]),
    )


def _leaf(trunk: _Trunk, q: tuple[float, ...], r: float, given: _Given) -> _Leaf:
    """Models whose drifts are all zero or all positive."""
    design = given.design
    drift = list(range(design.drift)) if any(q) else []
    turn = list(range(design.drift, design.drift + design.turn)) if r else []
    rows = [*drift, *turn, *range(len(trunk.rest) - BORDER, len(trunk.rest))]
    branches = TURNING if r else slice(None)
    rest = part([column[:, branches] for column in trunk.rest], rows)
    volume = trunk.volume[branches]
    squares = np.square(q)
    variances = [squares * design.gaps[:, None]] if drift else []
    if r:
        variances.append(np.full((design.turn, 1), r**2))
    stages = []
    for variance in variances:
        stage, gain = given.eliminate(rest, variance)
        rest, volume = stage.rest, volume + gain
        stages.append(stage)
    phi, likelihood = given.log_likelihood(rest[0][0])
    prior = np.array(
        [[log_prior(one, s, r) for one in q] for s in list(SEASONS)[branches]]
    )
    if design.steps and not any(q) and not r:
        prior += np.log(1 - STEP_PRIOR)
    walk = squares * (6 / 3 + design.ahead) + r**2 * (1 / 3 + design.ahead / 24)
    return _Leaf(
        found=np.stack(
            [
                volume + likelihood + prior[..., None],
                -rest[0][1],
                phi,
                walk[:, None] - phi * rest[1][0],
            ]
        ),
        branches=branches,
        rows=rows,
        stages=tuple(stages),
        size=np.empty(0),
    )


def _step(trunk: _Trunk, given: _Given) -> _Leaf:
    """One past step at any boundary: its weight averages, its fit is the best."""
    drift = trunk.rest[: given.design.drift]
    rss, place, spread = trunk.rest[-2][0], trunk.rest[-2][1], trunk.rest[-1][0]
    c = np.stack([column[0] for column in drift]) + given.phi / STEP_VARIANCE
    right = np.stack([column[-2] for column in drift])
    ahead = np.stack([column[-1] for column in drift])
    size = right / c
    phi, likelihood = given.log_likelihood(rss - right * size)
    likelihood -= 0.5 * np.log(c * STEP_VARIANCE / given.phi)
    top = likelihood.max(axis=0)
    mean = top + np.log(np.exp(likelihood - top).mean(axis=0))
    best = likelihood.argmax(axis=0)[None]
    chosen = np.arange(len(drift))[:, None, None, None] == best
    size = np.where(chosen, size, 0.0)
    c, phi = (np.take_along_axis(v, best, axis=0)[0] for v in (c, phi))
    shift = (ahead * chosen).sum(axis=0)
    prior = np.array([log_prior(0, s, 0) + np.log(STEP_PRIOR) for s in SEASONS])
    return _Leaf(
        found=np.stack(
            [
                trunk.volume + mean + prior[:, None, None],
                (ahead * size).sum(axis=0) - place,
                phi,
                phi * (shift**2 / c - spread),
            ]
        ),
        branches=slice(None),
        rows=[*range(len(drift)), len(trunk.rest) - 2, len(trunk.rest) - 1],
        stages=(),
        size=size,
    )


def _average(
    trunk: _Trunk, leaves: list[_Leaf], weight: Array, design: Design
) -> Array:
    """Coefficients averaged over all models, from the leaves back to the root."""
    branches, first = np.zeros((len(trunk.rest), len(SEASONS), weight.shape[1])), 0
    for leaf in leaves:
        shape = leaf.found.shape[1:]
        own = weight[first : first + shape[0] * shape[1]].reshape(shape)
        branches[leaf.rows, leaf.branches] += leaf.coefficients(own)
        first += len(own) * shape[1]
    seasons = trunk.season.complete(branches[:, 1:, None]).sum(axis=1)
    seasons[design.season :] += branches[:, 0, None]
    beta: Array = trunk.root.complete(seasons[:, None])[: len(design.row), 0, 0]
    return beta
