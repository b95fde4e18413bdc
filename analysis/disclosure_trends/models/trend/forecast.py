"""Forecasts of one series, and their track record against last year's counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from disclosure_trends.models.calibration import PER_YEAR
from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.models.trend.count_regression import CountFit, fit_counts
from disclosure_trends.models.trend.design import TrendDesign, choose_waves
from disclosure_trends.models.uptick.baselines import LEAST_MONTHS
from disclosure_trends.models.uptick.mixture_baseline import predict_mixture
from disclosure_trends.models.uptick.predictive import NODES, Predictive, widen
from disclosure_trends.vocabulary.periods import Freq, next_period, parse_period

ORIGINS: Final = 24  # last periods from which the past is forecast again
HORIZONS: Final = (1, 3, 6, 12)
SCORED: Final = (0.5, 0.9)  # levels of the interval score, the median apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """One forecast: median, and interval ends by level."""

    period: str
    expected: float
    median: float
    ends: dict[float, tuple[float, float]]


def predict_ahead(
    counts: Array, periods: list[str], *, ahead: int, freq: Freq
) -> tuple[str, Predictive] | None:
    """Predict the period `ahead` of the last one; None where nothing can be said.

    Parameters
    ----------
    counts : ndarray
        Counts of consecutive periods, NaN where missing.
    periods : list of str
        Their periods.
    ahead : int
        How many periods ahead, from 1.
    freq : str
        Length of a period.

    Returns
    -------
    tuple of str and Predictive, or None
        The period and its distribution: the calibrated baseline for months, a count
        regression with the variance of its coefficients otherwise.
    """
    known = ~np.isnan(counts)
    if not known.any():
        return None
    target = periods[-1]
    for _ in range(ahead):
        target = next_period(target)
    if freq == "month":
        first = int(known.argmax())
        if known.sum() < LEAST_MONTHS or np.nansum(counts) < 5:
            return None
        return target, predict_mixture(counts[None, first:], ahead=ahead)
    return _regress_ahead(counts[known], list(np.array(periods)[known]), target, freq)


def _regress_ahead(
    counts: Array, periods: list[str], target: str, freq: Freq
) -> tuple[str, Predictive] | None:
    design = TrendDesign(
        freq=freq,
        origin=parse_period(periods[-1]).end,
        waves=choose_waves(freq, len(counts)),
    )
    x = design.columns(periods)
    lags = int(min(PER_YEAR[freq], len(counts) // 4))
    fit = fit_counts(counts, x, np.zeros(len(counts)), lags=lags)
    if not isinstance(fit, CountFit):
        return None
    row = design.columns([target])[0]
    mean = np.exp(np.clip(row @ fit.beta, -30, 30))
    spread = float(row @ fit.covariance @ row)
    dispersion = [
        np.maximum(phi + mean * spread, 1 + 1e-6)
        for phi in widen(np.array([[fit.dispersion]]), df=float(fit.df))
    ]
    return target, Predictive(
        weight=np.array([[share for _, share in NODES]]),
        mean=np.full((1, len(NODES)), mean),
        dispersion=np.hstack(dispersion),
    )


def describe(
    period: str, prediction: Predictive, levels: tuple[float, ...]
) -> Forecast:
    """Read mean, median and intervals off a predictive distribution."""
    ends = {
        level: (
            float(prediction.upper((1 + level) / 2)[0]),
            float(prediction.upper((1 - level) / 2)[0]),
        )
        for level in levels
    }
    return Forecast(
        period=period,
        expected=float(prediction.expected[0]),
        median=float(prediction.upper(0.5)[0]),
        ends=ends,
    )


def forecast_table(
    counts: Array, periods: list[str], *, horizon: int, freq: Freq, level: float
) -> pd.DataFrame:
    """Forecast the next periods, one row each."""
    rows = []
    for ahead in range(1, horizon + 1):
        predicted = predict_ahead(counts, periods, ahead=ahead, freq=freq)
        if predicted is None:
            break
        found = describe(*predicted, (level,))
        lower, upper = found.ends[level]
        rows.append(
            {
                "period": found.period,
                "period_start": pd.Timestamp(parse_period(found.period).start),
                "expected": found.expected,
                "lower": lower,
                "upper": upper,
            }
        )
    columns = ["period", "period_start", "expected", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns)


def track_record(
    counts: Array, periods: list[str], *, horizon: int, freq: Freq, level: float
) -> pd.DataFrame:
    """Forecast the last periods again from what was known before each.

    Parameters
    ----------
    counts, periods : ndarray, list of str
        The whole series; missing counts are NaN.
    horizon : int
        Longest horizon wanted; 1, 3, 6 and 12 up to it are scored.
    freq : str
        Length of a period.
    level : float
        Level whose coverage is reported.

    Returns
    -------
    DataFrame
        `horizon, forecasts, coverage, level, wis, wis_naive, skill`: the weighted
        interval score (Bracher et al. 2021, PLoS Comput. Biol. 17, e1008618) in
        counts, and that of last year's count with the year-on-year spread.
    """
    rows = []
    for ahead in [h for h in HORIZONS if h <= max(horizon, 1)]:
        origins = _origins(counts, ahead=ahead, year=round(PER_YEAR[freq]))
        predictions = _predict_again(counts, periods, origins, ahead, freq)
        scored = [
            _score(counts, origin, ahead, prediction, freq, level)
            for origin, prediction in zip(origins, predictions, strict=True)
        ]
        scores = [score for score in scored if score is not None]
        if scores:
            inside, ours, naive = np.array(scores).mean(axis=0)
            rows.append((ahead, len(scores), inside, level, ours, naive))
    columns = ["horizon", "forecasts", "coverage", "level", "wis", "wis_naive"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(skill=1 - table["wis"] / table["wis_naive"])


def _origins(counts: Array, *, ahead: int, year: int) -> list[int]:
    """Lengths of the histories from which the last periods are forecast again."""
    least = max(2 * year, 8)
    targets = range(max(len(counts) - ORIGINS, 0), len(counts))
    return [
        target - ahead + 1
        for target in targets
        if not np.isnan(counts[target]) and target - ahead + 1 >= least
    ]


def _predict_again(
    counts: Array, periods: list[str], origins: list[int], ahead: int, freq: Freq
) -> list[Predictive | None]:
    """Forecast from every origin; months as one batch of histories of equal length."""
    if freq != "month" or not origins:
        found = [
            predict_ahead(counts[:o], periods[:o], ahead=ahead, freq=freq)
            for o in origins
        ]
        return [None if one is None else one[1] for one in found]
    length = min(origins)
    histories = np.stack([counts[origin - length : origin] for origin in origins])
    known = (~np.isnan(histories)).sum(axis=1) >= LEAST_MONTHS
    usable = known & (np.nansum(histories, axis=1) >= 5)
    if not usable.any():
        return [None] * len(origins)
    batch = predict_mixture(histories[usable], ahead=ahead)
    place = np.cumsum(usable) - 1
    return [
        batch.rows(np.arange(usable.sum()) == place[n]) if usable[n] else None
        for n in range(len(origins))
    ]


def _score(
    counts: Array,
    origin: int,
    ahead: int,
    prediction: Predictive | None,
    freq: Freq,
    level: float,
) -> tuple[float, float, float] | None:
    year = round(PER_YEAR[freq])
    naive = _seasonal_naive(counts[:origin], ahead=ahead, year=year)
    if prediction is None or naive is None:
        return None
    found = describe("", prediction, tuple(sorted({*SCORED, level})))
    lower, upper = found.ends[level]
    y = float(counts[origin + ahead - 1])
    return (
        float(lower <= y <= upper),
        _wis(y, found),
        _wis(y, describe("", naive, SCORED)),
    )


def _seasonal_naive(history: Array, *, ahead: int, year: int) -> Predictive | None:
    """Last year's count, as variable as counts are from year to year."""
    place = len(history) + ahead - 1 - year
    while place >= len(history):
        place -= year
    if place < 0 or np.isnan(history[place]):
        return None
    now, before = history[year:], history[:-year]
    known = ~np.isnan(now) & ~np.isnan(before)
    both = np.maximum(now + before, 1.0)[known]
    if not len(both):
        return None
    spread = max(float(((now - before)[known] ** 2 / both).mean()), 1.0)
    mean = max(float(history[place]), 0.5)
    return Predictive(
        weight=np.ones((1, 1)),
        mean=np.full((1, 1), mean),
        dispersion=np.full((1, 1), 2 * spread),
    )


def _wis(y: float, found: Forecast) -> float:
    total = 0.5 * abs(y - found.median)
    for level in SCORED:
        lower, upper = found.ends[level]
        alpha = 1 - level
        miss = max(lower - y, 0) + max(y - upper, 0)
        total += alpha / 2 * (upper - lower + 2 / alpha * miss)
    return total / (len(SCORED) + 0.5)
