"""Reference regression of the Farrington method: R's glm, batched over series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, xlogy

from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.models.uptick.farrington_control import FarringtonControl

EPSILON = 2.220446049250313e-16  # R's floor of the mean
STOP, STEPS = 1e-8, 25  # glm.control of R


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reference:
    """What the past says about the tested period, one element per series.

    Attributes
    ----------
    eta, se
        Log mean and its standard error.
    phi
        Dispersion, at least 1.
    trend
        Coefficient of time per period; missing where there is none.
    """

    eta: Array
    se: Array
    phi: Array
    trend: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fit:
    beta: Array
    cov: Array
    mu: Array
    working: Array
    converged: npt.NDArray[np.bool_]


def fit_reference(
    y: Array,
    times: Array,
    labels: npt.NDArray[np.int64],
    *,
    k: int,
    ctrl: FarringtonControl,
) -> Reference:
    """Fit the reference counts `y` (series, points) and predict index `k`."""
    blocks = np.unique(labels)[1:]
    season = (labels[:, None] == blocks).astype(float)
    now = (blocks == ctrl.noPeriods).astype(float)
    ones = np.ones((len(times), 1))
    flat = np.hstack([ones, season])
    gone = np.full(len(y), np.nan)
    out = Reference(eta=gone.copy(), se=gone.copy(), phi=gone.copy(), trend=gone)
    keep = np.zeros(len(y), dtype=bool)
    if ctrl.trend and ctrl.b >= 3:
        centre, scale = times.mean(), max(float(np.ptp(times)), 1.0)
        sloped = np.insert(flat, 1, (times - centre) / scale, axis=1)
        row = np.r_[1.0, (k - centre) / scale, now]
        fit = _fit_and_predict(y, sloped, row, ctrl)
        keep = _keeps_trend(y, fit, df=len(times) - len(row), ctrl=ctrl)
        out.eta[keep], out.se[keep] = fit.eta[keep], fit.se[keep]
        out.phi[keep], out.trend[keep] = fit.phi[keep], fit.slope[keep] / scale
    if not keep.all():
        rest = ~keep
        fit = _fit_and_predict(y[rest], flat, np.r_[1.0, now], ctrl)
        out.eta[rest], out.se[rest], out.phi[rest] = fit.eta, fit.se, fit.phi
    return out


def _keeps_trend(
    y: Array, fit: _Prediction, *, df: int, ctrl: FarringtonControl
) -> npt.NDArray[np.bool_]:
    """Significant, not extrapolating, and a fit at all."""
    with np.errstate(all="ignore"):
        p = 2 * stdtr(df, -np.abs(fit.slope / fit.slope_se))
        modest = np.exp(fit.eta) <= y.max(axis=1)
    keep: npt.NDArray[np.bool_] = (p < ctrl.pThresholdTrend) & modest
    return keep & np.isfinite(fit.eta)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Prediction:
    eta: Array
    se: Array
    phi: Array
    slope: Array
    slope_se: Array


def _fit_and_predict(
    y: Array, design: Array, row: Array, ctrl: FarringtonControl
) -> _Prediction:
    """Two fits with reweighting between them; not converged is missing."""
    n, p = design.shape
    df = n - p
    ones = np.ones_like(y)
    with np.errstate(all="ignore"):
        fit = _poisson(y, design, ones)
        phi, omega = _dispersion(y, fit, df), ones
        if ctrl.reweight:
            omega = _weights(y, design, fit, phi, ctrl.weightsThreshold)
            first = fit.converged
            fit = _poisson(y, design, omega)
            fit = _Fit(
                beta=fit.beta,
                cov=fit.cov,
                mu=fit.mu,
                working=fit.working,
                converged=first,
            )
            phi = _dispersion(y, fit, df)
        # After reweighting surveillance has replaced the working weights by omega.
        scale = omega if ctrl.reweight else fit.working
        s2 = (scale * ((y - fit.mu) / fit.mu) ** 2).sum(axis=1) / df
        spread = np.sqrt(s2[:, None] * np.einsum("sii->si", fit.cov))
        eta = fit.beta @ row
        se = np.sqrt(s2 * np.einsum("i,sij,j->s", row, fit.cov, row))
    gone = ~fit.converged
    slope = fit.beta[:, 1] if p > 1 else np.full(len(y), np.nan)
    slope_se = spread[:, 1] if p > 1 else np.full(len(y), np.nan)
    return _Prediction(
        eta=np.where(gone, np.nan, eta),
        se=np.where(gone, np.nan, se),
        phi=np.where(gone, np.nan, phi),
        slope=slope,
        slope_se=slope_se,
    )


def _poisson(y: Array, design: Array, prior: Array) -> _Fit:
    """Poisson log-link fit as R's glm does it, its stopping rule included.

    `working` are the weights of the last solve: they use the mean of the step before,
    and R computes dispersion and leverages from them.
    """
    s, (n, p) = len(y), design.shape
    beta = np.zeros((s, p))
    cov = np.zeros((s, p, p))
    working = np.zeros((s, n))
    mu = y + 0.1
    eta = np.log(mu)
    deviance = _deviance(y, mu, prior)
    converged = np.zeros(s, dtype=bool)
    active = np.arange(s)
    for _ in range(STEPS):
        w = prior[active] * mu[active]
        z = eta[active] + (y[active] - mu[active]) / mu[active]
        inverse = _inverse(np.einsum("ni,sn,nj->sij", design, w, design, optimize=True))
        step = np.einsum("sij,sj->si", inverse, (w * z) @ design)
        eta_new = step @ design.T
        mu_new = np.maximum(np.exp(eta_new), EPSILON)
        dev_new = _deviance(y[active], mu_new, prior[active])
        beta[active], cov[active], working[active] = step, inverse, w
        mu[active], eta[active] = mu_new, eta_new
        done = np.abs(dev_new - deviance[active]) / (np.abs(dev_new) + 0.1) < STOP
        deviance[active] = dev_new
        converged[active[done]] = True
        active = active[~done & np.isfinite(dev_new)]
        if not len(active):
            break
    return _Fit(beta=beta, cov=cov, mu=mu, working=working, converged=converged)


def _inverse(matrices: Array) -> Array:
    """Inverse of symmetric matrices, scaled first: weights span many magnitudes."""
    scale = 1 / np.sqrt(np.maximum(np.einsum("sii->si", matrices), 1e-300))
    scaled = matrices * scale[:, :, None] * scale[:, None, :]
    ok = np.isfinite(scaled).all(axis=(1, 2))
    scaled[~ok] = np.eye(matrices.shape[1])
    try:
        inverse = np.linalg.inv(scaled)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(scaled, hermitian=True)
    inverse[~ok] = np.nan
    unscaled: Array = inverse * scale[:, :, None] * scale[:, None, :]
    return unscaled


def _deviance(y: Array, mu: Array, prior: Array) -> Array:
    deviance: Array = 2 * (prior * (xlogy(y, y / mu) - (y - mu))).sum(axis=1)
    return deviance


def _dispersion(y: Array, fit: _Fit, df: int) -> Array:
    pearson = (fit.working * ((y - fit.mu) / fit.mu) ** 2).sum(axis=1) / df
    dispersion: Array = np.maximum(pearson, 1.0)
    return dispersion


def _weights(y: Array, design: Array, fit: _Fit, phi: Array, threshold: float) -> Array:
    """One-sided weights from Anscombe residuals; they sum to the number of points."""
    leverage = fit.working * np.einsum(
        "ni,sij,nj->sn", design, fit.cov, design, optimize=True
    )
    mu = fit.mu
    residual = 1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - np.sqrt(mu))
    residual /= np.sqrt(phi[:, None] * (1 - leverage))
    u = np.where(residual > threshold, residual**-2.0, 1.0)
    weights: Array = y.shape[1] * u / u.sum(axis=1, keepdims=True)
    return weights
