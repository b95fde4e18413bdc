"""First robust fit of the mixture baseline, and the form of its variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from disclosure_trends.models.negative_binomial import Array, log_kernel
from disclosure_trends.models.uptick.mixture_design import (
    FIXED_SD,
    PARAMETERS,
    PASSES,
    Design,
)
from disclosure_trends.models.uptick.stacked import product

ROBUST: Final = 2.58  # Anscombe residual above which a start weight falls
STEPS: Final = 8  # of a start fit
LOWEST, HIGHEST = -12.0, 25.0  # log means


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Start:
    """First robust fit and the form of the variance, per series."""

    eta: Array
    phi: Array
    centre: Array
    proportional: npt.NDArray[np.bool_]

    def growth(self, mu: Array) -> Array:
        """Excess dispersion relative to the centre: 1, or mu / centre."""
        shape = (-1, *([1] * (mu.ndim - 1)))
        ratio = mu / self.centre.reshape(shape)
        return np.where(self.proportional.reshape(shape), ratio, 1.0)


def start_fit(y: Array, seen: Array, offset: Array, design: Design) -> Start:
    """Three robust Poisson fits, then the choice between two variance forms."""
    x = design.fixed
    products = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    tau = seen
    for step in range(PASSES):
        eta, inverse = _poisson(y, tau, offset, x, products)
        mu = np.exp(eta)
        if step == PASSES - 1:
            break
        leverage = tau * mu * product(inverse.reshape(len(y), -1), products.T)
        pearson = tau * (y - mu) ** 2 / mu / np.maximum(1 - leverage, 0.05)
        phi = np.maximum(pearson.sum(axis=1) / tau.sum(axis=1), 1.0)
        anscombe = 1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - np.sqrt(mu))
        anscombe /= np.sqrt(phi)[:, None]
        tau = seen * np.minimum(ROBUST / np.maximum(anscombe, ROBUST), 1.0) ** 2
    df = np.maximum(tau.sum(axis=1) - PARAMETERS, 1.0)
    phi = np.maximum((tau * (y - mu) ** 2 / mu).sum(axis=1) / df, 1.0)
    centre = np.exp((seen * eta).sum(axis=1) / seen.sum(axis=1))
    rising = _proportional_dispersion(y, mu, tau, df, phi, centre)
    excess = (rising - 1)[:, None] * mu / centre[:, None]
    gain = log_kernel(y, mu, 1 + excess) - log_kernel(y, mu, phi[:, None])
    proportional = ((tau * gain).sum(axis=1) > 1.5) & (phi > 1.02)
    return Start(
        eta=eta,
        phi=np.where(proportional, rising, phi),
        centre=centre,
        proportional=proportional,
    )


def _poisson(
    y: Array, weight: Array, offset: Array, x: Array, products: Array
) -> tuple[Array, Array]:
    """Take a few weighted steps from y + 0.1; a series that settled stays."""
    p = x.shape[1]
    ridge = np.diag(1 / np.square(FIXED_SD))
    result, inverse = np.empty_like(y), np.empty((len(y), p, p))
    moving = np.arange(len(y))
    mu = y + 0.1
    eta = np.log(mu)
    beta = np.full((len(y), p), np.inf)
    for _ in range(STEPS):
        w = weight * mu
        z = w * (eta - offset) + weight * (y - mu)
        inverse[moving] = np.linalg.inv(product(w, products).reshape(-1, p, p) + ridge)
        last, beta = beta, np.einsum("sij,sj->si", inverse[moving], product(z, x))
        eta = np.clip(product(beta, x.T) + offset, LOWEST, HIGHEST)
        result[moving] = eta
        moved = np.abs(beta - last).max(axis=1) >= 1e-5
        if not moved.any():
            break
        moving, eta, beta = moving[moved], eta[moved], beta[moved]
        y, weight, offset = y[moved], weight[moved], offset[moved]
        mu = np.exp(eta)
    return result, inverse


def _proportional_dispersion(
    y: Array, mu: Array, tau: Array, df: Array, phi: Array, centre: Array
) -> Array:
    """Dispersion at the centre if the excess grows with the mean; by bisection."""
    low, high = np.ones_like(phi), 1 + 20 * phi
    square = tau * (y - mu) ** 2 / mu
    ratio = mu / centre[:, None]
    for _ in range(20):
        middle = (low + high) / 2
        found = (square / (1 + (middle - 1)[:, None] * ratio)).sum(axis=1)
        low = np.where(found > df, middle, low)
        high = np.where(found > df, high, middle)
    return (low + high) / 2
