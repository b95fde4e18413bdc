"""The calibrated monthly baseline: a few models averaged, past months weighed.

The baseline averages over a few models (steady, drifting, one past step, changing
season), each month of the past counts by its chance of being ordinary, and the
prediction carries what is not known about mean and dispersion. The constants were
fixed before any series of this project was seen; they are not tuned to data.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.models.uptick.mixture_design import PASSES, Design, make_design
from disclosure_trends.models.uptick.mixture_models import Solved, solve_models
from disclosure_trends.models.uptick.mixture_start import (
    HIGHEST,
    LOWEST,
    Start,
    start_fit,
)
from disclosure_trends.models.uptick.mixture_weights import (
    OUTBREAK_SHARE,
    Belief,
    Weighed,
    weigh,
)
from disclosure_trends.models.uptick.predictive import NODES, Predictive, widen
from disclosure_trends.models.uptick.stacked import product

BATCH: Final = 128  # series solved together; few enough for the caches


def predict_mixture(
    history: Array,
    *,
    ahead: int = 2,
    log_exposure: Array | None = None,
    next_log_exposure: Array | None = None,
) -> Predictive:
    """Predict one month of each series from its past.

    Parameters
    ----------
    history : ndarray
        Counts, shape (series, months), oldest first; NaN is missing.
    ahead : int
        Months from the last month of the history to the predicted one; 2 leaves one
        month between them out, so that an uptick that begins does not hide itself.
    log_exposure, next_log_exposure : ndarray, optional
        Log exposure, of the shape of `history` and (series,); 0 without it.

    Returns
    -------
    Predictive
        One row per series; a row does not depend on the other series.
    """
    design = make_design(history.shape[1], ahead=ahead)
    offset = np.zeros_like(history) if log_exposure is None else log_exposure
    last = np.zeros(len(history)) if next_log_exposure is None else next_log_exposure
    parts = [
        _predict_batch(
            history[i : i + BATCH], offset[i : i + BATCH], last[i : i + BATCH], design
        )
        for i in range(0, len(history), BATCH)
    ]
    return Predictive(
        weight=np.concatenate([part.weight for part in parts]),
        mean=np.concatenate([part.mean for part in parts]),
        dispersion=np.concatenate([part.dispersion for part in parts]),
    )


def _predict_batch(
    history: Array, offset: Array, last_offset: Array, design: Design
) -> Predictive:
    seen = (~np.isnan(history)).astype(float)
    y = np.nan_to_num(history)
    start = start_fit(y, seen, offset, design)
    eta = start.eta
    belief = Belief(
        phi=start.phi,
        outbreak=np.full(len(y), OUTBREAK_SHARE),
        recent=np.ones(len(y)),
    )
    for _ in range(PASSES):
        weighed = weigh(y, seen, eta, belief, start, design)
        solved = solve_models(weighed, offset, belief.phi, design)
        linear = product(solved.beta.T, design.matrix.T)
        eta = np.clip(linear + offset, LOWEST, HIGHEST)
        belief = Belief(
            phi=(solved.weight * solved.phi).sum(axis=0),
            outbreak=weighed.outbreak,
            recent=np.maximum(weighed.kappa, 1.0),
        )
    return _predict(solved, weighed, start, last_offset)


def _predict(
    solved: Solved, weighed: Weighed, start: Start, last_offset: Array
) -> Predictive:
    mean = np.exp(np.clip(solved.log_mean + last_offset, -30, 30)).T
    base = np.maximum(1.0, solved.phi * weighed.kappa).T
    growth = start.growth(mean)
    variance = solved.variance.T
    dispersion = [
        np.maximum(1 + (phi - 1) * growth + mean * variance, 1 + 1e-6)
        for phi in widen(base, df=weighed.recent_df[:, None])
    ]
    weight = solved.weight.T
    return Predictive(
        weight=np.concatenate([share * weight for _, share in NODES], axis=1),
        mean=np.concatenate([mean] * len(NODES), axis=1),
        dispersion=np.concatenate(dispersion, axis=1),
    )
