"""Posterior over the date of one lasting change, given trend and season.

Counts and exposures are divided by the dispersion before they enter the likelihood
("tempering"), so that counts which vary more than counting noise date a change less
sharply. What the dispersion is, whether there is a trend, slow or fast, and a season:
the models are averaged, each weighed by how well it tells the counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from scipy.special import gammaln, stdtr, xlogy

from disclosure_trends.models.negative_binomial import Array

FIRST, LAST = 2, 2  # periods that must lie before and after the change
# Standard deviation of the log growth in a year -> prior share; 0 is no trend. Whether
# a rise is a step or a trend must not be decided by a single guess of its size.
TRENDS: Final = {0.0: 0.6, 0.1: 0.25, 0.25: 0.15}
WAVE_SD: Final = 0.3  # of each wave, on the log scale
WEEKDAY_SD: Final = 1.0
SEASON_ODDS: Final = 3.0  # prior odds of a season
LIKELY: Final = 0.2  # a size of trend with at least this posterior share is heard
STEPS: Final = 12
LARGEST: Final = 700.0  # log of a number that can still be written
TINY: Final = 1e-300
NODES: Final = np.linspace(-3.0, 4.0, 10)  # of the log dispersion, in its own errors
# The dispersion is 1 (chance alone) as likely as not; above 1 its density falls as
# this power of it, so that its prior is proper.
POISSON: Final = 0.5
TAIL: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepPosterior:
    """Where a step lies, and how high it is.

    Attributes
    ----------
    probability
        Of each position being the first at the new level; adds to 1.
    weight, log_ratio, spread, df
        Mixture of t distributions of the log rate ratio.
    trend
        Standard deviation of the trend behind each part of the mixture.
    dispersion
        Variance / mean of the counts around the fullest model.
    evidence
        Largest likelihood ratio of a step against none, divided by the dispersion that
        the counts and the prior share make likely.
    """

    probability: Array
    weight: Array
    log_ratio: Array
    spread: Array
    trend: Array
    df: int
    dispersion: float
    evidence: float

    def ratio_quantile(self, share: float) -> float:
        """Quantile of the rate ratio; infinite where it cannot be written."""
        return _written(self.log_ratio_quantile(share))

    def ratio_interval(self, level: float) -> tuple[float, float]:
        """Interval of the rate ratio that holds with and without a trend.

        It spans the interval of the mixture and that of each size of trend which the
        counts leave likely: a small step and a trend look alike, and no prior share
        of trends is right for every series.
        """
        tail = (1 - level) / 2
        views = [self.weight]
        for sd in np.unique(self.trend):
            part = np.where(self.trend == sd, self.weight, 0.0)
            views += [part / part.sum()] if part.sum() >= LIKELY else []
        low = min(self._quantile(tail, view) for view in views)
        high = max(self._quantile(1 - tail, view) for view in views)
        return _written(low), _written(high)

    def log_ratio_quantile(self, share: float) -> float:
        """Quantile of the log rate ratio."""
        return self._quantile(share, self.weight)

    def _quantile(self, share: float, weight: Array) -> float:
        low = float((self.log_ratio - 12 * self.spread).min())
        high = float((self.log_ratio + 12 * self.spread).max())
        for _ in range(80):
            middle = (low + high) / 2
            below = stdtr(self.df, (middle - self.log_ratio) / self.spread)
            reached = float((weight * below).sum()) < share
            low, high = (middle, high) if reached else (low, middle)
        return (low + high) / 2

    def date_set(self, level: float) -> Array:
        """Positions in order of falling probability until the level is reached."""
        order = np.argsort(-self.probability, kind="stable")
        before = np.cumsum(self.probability[order]) - self.probability[order]
        chosen: Array = np.sort(order[before < level])
        return chosen


def _written(exponent: float) -> float:
    return float(np.exp(exponent)) if exponent < LARGEST else float("inf")


def step_posterior(
    counts: Array,
    *,
    per_year: float,
    times: Array | None = None,
    exposure: Array | None = None,
    weekdays: bool = False,
) -> StepPosterior:
    """Weigh every possible date of one step.

    Parameters
    ----------
    counts : ndarray
        Counts of the known periods, oldest first, at least six.
    per_year : float
        Periods in a year.
    times : ndarray, optional
        Position of each period on the calendar grid, where some are missing.
    exposure : ndarray, optional
        Positive exposure per period.
    weekdays : bool
        Whether periods are days and the weekday matters.

    Returns
    -------
    StepPosterior
        Over the positions of `counts`.
    """
    n = len(counts)
    t = np.arange(n, dtype=float) if times is None else times
    base = np.ones(n) if exposure is None else exposure / exposure.mean()
    trend, waves, days = _columns(t, per_year=per_year, weekdays=weekdays)
    choices = list(product(TRENDS, (False, True) if len(waves[1]) else (False,)))
    designs = [
        _join([(trend, np.array([sd]))] * (sd > 0) + [waves] * with_waves + [days], n)
        for sd, with_waves in choices
    ]
    fullest = _fit(counts, base, *designs[-1], phi=1.0)
    best = int(fullest.log_lik.argmax())
    mu = fullest.mean[best]
    df = max(n - 3 - len(designs[-1][1]), 2)
    phi = max(float(((counts - mu) ** 2 / mu).sum()) / df, 1.0)
    fits = [_fit(counts, base, *design, phi=phi) for design in designs]
    flat = max(_flat(counts, base, *design, phi=phi) for design in designs)
    odds = np.log([TRENDS[sd] * SEASON_ODDS**waves_in for sd, waves_in in choices])
    nodes, prior = _noise(phi, df=df)
    joint = _weigh(counts, fits, odds[:, None] + prior[:, None, None], nodes=nodes)
    weight = joint.sum(axis=0)
    noise = np.tensordot(nodes, joint, axes=1) / np.maximum(weight, TINY)
    noise = np.maximum(noise, 1.0)  # a weight may be too small to be written
    probability = np.zeros(n)
    probability[FIRST : n - LAST + 1] = weight.sum(axis=0)
    likely = 1 / float((joint.sum(axis=(1, 2)) / nodes).sum())
    return StepPosterior(
        probability=probability,
        weight=weight.ravel(),
        log_ratio=np.concatenate([fit.step for fit in fits]),
        spread=np.concatenate([fit.step_se for fit in fits])
        * np.sqrt(noise / phi).ravel(),
        trend=np.repeat([sd for sd, _ in choices], weight.shape[1]),
        df=df,
        dispersion=phi,
        evidence=2 * (max(float(fit.penalised.max()) for fit in fits) - flat) / likely,
    )


Columns = tuple[Array, Array]  # columns and their prior standard deviations


def _columns(
    t: Array, *, per_year: float, weekdays: bool
) -> tuple[Array, Columns, Columns]:
    n, span = len(t), float(np.ptp(t)) + 1
    trend = ((t - t.mean()) / per_year)[:, None]
    pairs = 0
    if per_year >= 4 and span >= 1.5 * per_year:
        pairs = 2 if span >= 5 * per_year and per_year > 4 else 1
    waves = [
        wave(2 * np.pi * j * t / per_year)
        for j in range(1, pairs + 1)
        for wave in (np.cos, np.sin)
    ]
    days = [(t % 7 == day) * 1.0 for day in range(1, 7)] if weekdays else []
    return (
        trend,
        (_stack(waves, n), np.full(len(waves), WAVE_SD)),
        (_stack(days, n), np.full(len(days), WEEKDAY_SD)),
    )


def _stack(columns: list[Array], n: int) -> Array:
    return np.column_stack(columns) if columns else np.zeros((n, 0))


def _join(parts: list[Columns], n: int) -> Columns:
    columns = np.hstack([np.zeros((n, 0)), *(part[0] for part in parts)])
    return columns, np.concatenate([np.zeros(0), *(part[1] for part in parts)])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fit:
    """One model with every possible step, first axis the step."""

    mean: Array
    shape: Array
    nuisance: Array
    log_det: Array
    prior: Array
    log_lik: Array
    step: Array
    step_se: Array
    phi: float

    @property
    def penalised(self) -> Array:
        """Log likelihood less what the prior takes, in units of counts."""
        return self.log_lik + self.prior


def _fit(counts: Array, base: Array, columns: Array, sd: Array, *, phi: float) -> _Fit:
    """Penalised Poisson fits with a level before and one after every position."""
    n, q = columns.shape
    steps = np.arange(FIRST, n - LAST + 1)
    after = (np.arange(n) >= steps[:, None]).astype(float)
    x = np.concatenate(
        [
            (1 - after)[:, :, None],
            after[:, :, None],
            np.broadcast_to(columns, (len(steps), n, q)),
        ],
        axis=2,
    )
    penalty = np.diag(np.r_[1e-9, 1e-9, phi / sd**2])
    mean, beta, gram = _newton(counts, base, x, penalty)
    covariance = np.linalg.inv(gram / phi)
    contrast = np.zeros(2 + q)
    contrast[:2] = -1, 1
    variance = np.einsum("i,kij,j->k", contrast, covariance, contrast)
    nuisance = beta[:, 2:]
    levels = np.einsum("knn->kn", gram[:, :2, :2])
    cross = gram[:, :2, 2:]
    schur = gram[:, 2:, 2:] - np.einsum("kiq,ki,kir->kqr", cross, 1 / levels, cross)
    log_det = np.linalg.slogdet(schur)[1] if q else np.zeros(len(steps))
    return _Fit(
        mean=mean,
        shape=base * np.exp(np.clip(nuisance @ columns.T, -30, 30)),
        nuisance=nuisance,
        log_det=log_det + 2 * np.log(sd).sum(),
        prior=-0.5 * phi * (nuisance**2 / sd**2).sum(axis=1),
        log_lik=(counts * np.log(mean) - mean).sum(axis=1),
        step=beta @ contrast,
        step_se=np.sqrt(variance),
        phi=phi,
    )


def _flat(
    counts: Array, base: Array, columns: Array, sd: Array, *, phi: float
) -> float:
    """Penalised log likelihood without a step."""
    x = np.hstack([np.ones((len(counts), 1)), columns])[None]
    penalty = np.diag(np.r_[1e-9, phi / sd**2])
    mean, beta, _ = _newton(counts, base, x, penalty)
    prior = -0.5 * phi * float((beta[0, 1:] ** 2 / sd**2).sum())
    return float((counts * np.log(mean) - mean).sum()) + prior


def _newton(
    counts: Array, base: Array, x: Array, penalty: Array
) -> tuple[Array, Array, Array]:
    """Solve by iteratively reweighted least squares, all steps at once."""
    log_base = np.log(base)
    eta = np.broadcast_to(np.log(counts + 0.1), x.shape[:2])
    gram = np.zeros((len(x), x.shape[2], x.shape[2]))
    beta = np.zeros((len(x), x.shape[2]))
    for _ in range(STEPS):
        mu = np.exp(eta)
        z = eta - log_base + (counts - mu) / mu
        weighted = x * mu[:, :, None]
        gram = weighted.transpose(0, 2, 1) @ x + penalty
        right = np.einsum("kni,kn->ki", weighted, z)
        new = np.linalg.solve(gram, right[..., None])[..., 0]
        settled = np.abs(new - beta).max() < 1e-8
        beta = new
        eta = np.clip(np.einsum("kni,ki->kn", x, beta) + log_base, -15, 30)
        if settled:
            break
    return np.exp(eta), beta, gram


def _noise(phi: float, *, df: int) -> tuple[Array, Array]:
    """List what the dispersion may be, with the log prior share of each value."""
    place = np.log(phi) + NODES * np.sqrt(2 / df)
    room = (NODES[1] - NODES[0]) * np.sqrt(2 / df)
    above = place[place > 0]
    slab = np.log((1 - POISSON) * TAIL * room) - TAIL * above
    return np.exp(np.r_[0.0, above]), np.r_[np.log(POISSON), slab]


def _weigh(counts: Array, fits: list[_Fit], prior: Array, *, nodes: Array) -> Array:
    """Posterior of dispersion, model and date.

    The extended quasi-likelihood (Nelder and Pregibon 1987, Biometrika 74, 221) makes
    weights of different dispersions comparable, so that a model which leaves more
    unexplained is also held to be noisier.
    """
    told = float((xlogy(counts, counts) - counts).sum())
    fitted = np.stack(
        [[_log_weight(counts, fit, float(node)) for fit in fits] for node in nodes]
    )
    likelihood = -told / nodes - len(counts) / 2 * np.log(nodes)
    score = fitted + likelihood[:, None, None] + prior
    weight = np.exp(score - score.max())
    normalised: Array = weight / weight.sum()
    return normalised


def _log_weight(counts: Array, fit: _Fit, phi: float) -> Array:
    """Log posterior weight: levels integrated exactly, the rest by Laplace's method."""
    n = len(counts)
    steps = np.arange(FIRST, n - LAST + 1)
    cut = steps - 1
    events = np.cumsum(counts)
    room = np.cumsum(fit.shape, axis=1)
    before, after = events[cut], events[-1] - events[cut]
    rows = np.arange(len(steps))
    early, late = room[rows, cut], room[:, -1] - room[rows, cut]
    levels = _gamma(before / phi, early / phi) + _gamma(after / phi, late / phi)
    spared = xlogy(counts, fit.shape).sum(axis=1) / phi
    volume = fit.log_det - fit.nuisance.shape[1] * np.log(phi)
    weight: Array = levels + spared + fit.prior / fit.phi - 0.5 * volume
    return weight


def _gamma(events: Array, room: Array) -> Array:
    """Log of the integral over a rate with a Gamma(1/2, rate 0) prior."""
    weight: Array = gammaln(events + 0.5) - (events + 0.5) * np.log(room)
    return weight
