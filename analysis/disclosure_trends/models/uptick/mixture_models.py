"""All models of one pass of the mixture baseline, solved together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.models.uptick.mixture_design import (
    FIXED_SD,
    PARAMETERS,
    Design,
    Family,
)
from disclosure_trends.models.uptick.mixture_weights import Weighed
from disclosure_trends.models.uptick.stacked import solve_stack

STEP_PRIOR: Final = 0.1  # prior probability of one past step
STEP_VARIANCE: Final = 0.25  # of its log size


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """All models of one pass, shape (series, models[, columns])."""

    log_weight: Array
    beta: Array
    phi: Array
    variance: Array

    @property
    def weight(self) -> Array:
        """Posterior weight of every model; a row adds to 1."""
        top = self.log_weight.max(axis=1, keepdims=True)
        odds = np.exp(self.log_weight - top)
        weight: Array = odds / odds.sum(axis=1, keepdims=True)
        return weight


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Equations:
    """Sums of one pass: X'wX, X'wz, z'wz, and what is given."""

    gram: Array
    right: Array
    total: Array
    df: Array
    phi: Array

    def log_likelihood(self, rss: Array) -> tuple[Array, Array]:
        """Dispersion and log likelihood of residual sums (series, ...)."""
        df = self.df.reshape(-1, *([1] * (rss.ndim - 1)))
        phi = np.maximum((rss + 3) / (df + 2), 1.0)
        return phi, -0.5 * df * np.log(phi) - 0.5 * rss / phi


def solve_models(weighed: Weighed, offset: Array, phi: Array, design: Design) -> Solved:
    """Solve all models by penalised weighted least squares, and one step each."""
    z = weighed.z - offset
    p = design.matrix.shape[1]
    sums = _Equations(
        gram=(weighed.w @ design.products).reshape(-1, p, p),
        right=(weighed.w * z) @ design.matrix,
        total=(weighed.w * z * z).sum(axis=1),
        df=weighed.df,
        phi=phi,
    )
    parts = [
        part for family in design.families for part in _solve(family, sums, design)
    ]
    return Solved(
        log_weight=np.concatenate([part.log_weight for part in parts], axis=1),
        beta=np.concatenate([part.beta for part in parts], axis=1),
        phi=np.concatenate([part.phi for part in parts], axis=1),
        variance=np.concatenate([part.variance for part in parts], axis=1),
    )


def _solve(family: Family, sums: _Equations, design: Design) -> list[Solved]:
    """Solve the models that share their columns; one more each with a past step."""
    cols, models = family.columns, len(family.members)
    s, p = sums.right.shape
    penalty, log_penalty = _penalties(family, sums.phi, design)
    with_step = design.steps and not family.q.any() and not family.r.any()
    drift = design.drift if with_step else design.drift[:0]
    row = np.broadcast_to(design.row[cols, None], (s, len(cols), 1))
    crossed = sums.gram[:, cols[:, None], drift]
    sides = np.concatenate([sums.right[:, cols, None], row, crossed], axis=2)
    stacked, log_det = solve_stack(
        np.ascontiguousarray(sums.gram[:, cols[:, None], cols].transpose(1, 2, 0)),
        np.ascontiguousarray(penalty.transpose(2, 0, 1)),
        np.ascontiguousarray(sides.transpose(1, 2, 0)),
    )
    solution = stacked.transpose(2, 3, 0, 1)
    b = solution[..., 0]
    rss = sums.total[:, None] - (b * sums.right[:, None, cols]).sum(axis=2)
    phi, likelihood = sums.log_likelihood(rss)
    shared = -0.5 * log_det + 0.5 * log_penalty + design.log_prior[family.members]
    beta = np.zeros((s, models, p))
    beta[:, :, cols] = b
    plain = Solved(
        log_weight=shared + likelihood + (np.log(1 - STEP_PRIOR) if with_step else 0),
        beta=beta,
        phi=phi,
        variance=phi * (solution[..., 1] @ design.row[cols])
        + _walk_variance(family, design),
    )
    if not with_step:
        return [plain]
    step = _step(solution, crossed, rss, shared, family, sums, design)
    return [plain, step]


def _step(
    solution: Array,
    crossed: Array,
    rss: Array,
    shared: Array,
    family: Family,
    sums: _Equations,
    design: Design,
) -> Solved:
    """Add one past step at any boundary: its weight averages, its fit is the best."""
    cols, drift, row = family.columns, design.drift, design.row[family.columns]
    b, solved = solution[..., 0], solution[..., 2:]
    c = (
        sums.gram[:, None, drift, drift]
        - np.einsum("spd,smpd->smd", crossed, solved)
        + (sums.phi / STEP_VARIANCE)[:, None, None]
    )
    d = (sums.right[:, None, drift] - np.einsum("spd,smp->smd", crossed, b)) / c
    phi, likelihood = sums.log_likelihood(rss[..., None] - c * d**2)
    likelihood -= 0.5 * np.log(c * STEP_VARIANCE / sums.phi[:, None, None])
    best = likelihood.argmax(axis=2)[..., None]
    moved = np.take_along_axis(solved, best[:, :, None], axis=3)[..., 0]
    size, c, phi = (np.take_along_axis(v, best, axis=2) for v in (d, c, phi))
    beta = np.zeros((*b.shape[:2], len(design.row)))
    beta[:, :, cols] = b - moved * size
    np.put_along_axis(beta, drift[best], size, axis=2)
    top = likelihood.max(axis=2, keepdims=True)
    mean = top[..., 0] + np.log(np.exp(likelihood - top).mean(axis=2))
    spread = solution[..., 1] @ row + (moved @ row) ** 2 / c[..., 0]
    return Solved(
        log_weight=shared + mean + np.log(STEP_PRIOR),
        beta=beta,
        phi=phi[..., 0],
        variance=phi[..., 0] * spread,
    )


def _penalties(family: Family, phi: Array, design: Design) -> tuple[Array, Array]:
    """Precisions (series, models, columns), and the logs that enter the weight."""
    parts = [np.broadcast_to(1 / np.square(FIXED_SD), (len(family.q), PARAMETERS))]
    if family.s.any():
        parts.append(np.repeat(1 / family.s[:, None] ** 2, len(design.season), axis=1))
    if family.q.any():
        parts.append(1 / (family.q[:, None] ** 2 * design.gaps))
    if family.r.any():
        parts.append(np.repeat(1 / family.r[:, None] ** 2, len(design.turn), axis=1))
    precision = np.concatenate(parts, axis=1)
    penalty = phi[:, None, None] * precision
    return penalty, np.log(penalty[:, :, PARAMETERS:]).sum(axis=2)


def _walk_variance(family: Family, design: Design) -> Array:
    """Variance of what level and season may do between history and prediction."""
    drift = family.q**2 * (6 / 3 + design.ahead)
    return drift + family.r**2 * (1 / 3 + design.ahead / 24)
