"""Baseline of short series, quarters above all: their mean, and pooled dispersion.

The dispersions of several regions are shrunk towards each other (Smyth 2004, variance
shrinkage, applied to Pearson dispersions), so that three or four quarters can carry a
prediction where many regions share what they know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import polygamma, psi

from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.models.uptick.predictive import NODES, Predictive, widen

LEAST_TO_POOL: Final = 5  # regions; fewer stand alone


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dispersion:
    """Dispersion of every region, and what they share.

    Attributes
    ----------
    phi
        Variance / mean per region, at least 1.
    df
        Degrees of freedom behind each.
    shared, prior_df
        Common dispersion, and its weight in degrees of freedom: 0 where nothing was
        pooled, infinite where the regions do not differ.
    """

    phi: Array
    df: Array
    shared: float
    prior_df: float


def pool_dispersion(history: Array, room: Array | None = None) -> Dispersion:
    """Estimate dispersions from histories (regions, periods); NaN is missing.

    `room` holds the exposure of every count, on any scale.
    """
    room = _known_room(history, room)
    n = (~np.isnan(history)).sum(axis=1)
    share = n / room.sum(axis=1)
    rate = np.maximum(np.nanmean(history, axis=1), 0.3) * share
    mean = np.where(room > 0, rate[:, None] * room, 1.0)
    df = np.maximum(n - 1, 1).astype(float)
    own = np.nansum((history - mean) ** 2 / mean, axis=1) / df
    usable = (np.nanmean(history, axis=1) >= 1) & (n >= 2)
    if usable.sum() < LEAST_TO_POOL:
        return Dispersion(phi=np.maximum(own, 1.0), df=df, shared=1.0, prior_df=0.0)
    prior_df, shared = _prior(own[usable], df[usable])
    if np.isinf(prior_df):
        phi = np.full(len(own), max(shared, 1.0))
        return Dispersion(phi=phi, df=df + np.inf, shared=shared, prior_df=prior_df)
    phi = np.maximum((prior_df * shared + df * own) / (prior_df + df), 1.0)
    return Dispersion(phi=phi, df=df + prior_df, shared=shared, prior_df=prior_df)


def predict_pooled(
    history: Array,
    *,
    exposure: Array | None = None,
    next_exposure: Array | None = None,
) -> tuple[Predictive, Dispersion]:
    """Predict the next period of each region from the mean of its past.

    Parameters
    ----------
    history : ndarray
        Counts, shape (regions, periods); NaN is missing.
    exposure : ndarray, optional
        Positive exposure of every count, same shape.
    next_exposure : ndarray, optional
        Exposure of the predicted period, one per region; given with `exposure`.

    Returns
    -------
    Predictive
        One row per region.
    Dispersion
        What was pooled.
    """
    pooled = pool_dispersion(history, exposure)
    total = _known_room(history, exposure).sum(axis=1)
    ahead = np.ones(len(history)) if next_exposure is None else next_exposure
    share = (ahead / total)[:, None]
    mean = (np.nansum(history, axis=1) + 0.5)[:, None] * share
    dispersion = [
        np.maximum(phi * (1 + share), 1 + 1e-9)
        for phi in widen(pooled.phi[:, None], df=pooled.df[:, None])
    ]
    shares = np.array([share for _, share in NODES])
    return Predictive(
        weight=np.tile(shares, (len(history), 1)),
        mean=np.tile(mean, (1, len(NODES))),
        dispersion=np.hstack(dispersion),
    ), pooled


def _known_room(history: Array, room: Array | None) -> Array:
    """Exposure of the known counts, 1 where nobody gave one; 0 where none is known."""
    given = np.ones_like(history) if room is None else room
    return np.where(np.isnan(history), 0.0, given)


def _prior(own: Array, df: Array) -> tuple[float, float]:
    """Degrees of freedom and location of the scaled F distribution of `own`."""
    half = df / 2
    e = np.log(np.maximum(own, 0.01)) - psi(half) + np.log(half)
    v = float(np.var(e, ddof=1) - polygamma(1, half).mean())
    if v <= 0.001:
        return float("inf"), float(np.exp(e.mean()))
    x = 0.5 + 0.5 / v
    for _ in range(50):
        tri = float(polygamma(1, x))
        step = tri * (1 - tri / v) / float(polygamma(2, x))
        x += step
        if abs(step) < 1e-10 * x:
            break
    return 2 * x, float(np.exp(e.mean() + psi(x) - np.log(x)))
