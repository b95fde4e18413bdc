"""Which baseline judges a period, and what it says: one period of all series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.models.uptick.mixture_baseline import predict_mixture
from disclosure_trends.models.uptick.pooled import Dispersion, predict_pooled
from disclosure_trends.models.uptick.predictive import Predictive
from disclosure_trends.models.uptick.scan import ScanPrediction, ScanShape, predict_scan
from disclosure_trends.models.uptick.series_matrix import (
    SeriesMatrix,
    first_seen,
    lacks_exposure,
)
from disclosure_trends.vocabulary.periods import Freq

Status = Literal[
    "examined", "short history", "incomplete period", "too few cases", "new line"
]
Bools = npt.NDArray[np.bool_]

LEAST_CASES: Final = 5  # in history and tested period together
LEAST_MONTHS: Final = 12  # for the monthly baseline
LEAST_WEEKS: Final = 52
LEAST_DAYS: Final = 56
ALONE: Final = 8  # short periods that a series needs by itself ...
TOGETHER: Final = 4  # ... and where enough series are pooled
ENOUGH_SERIES: Final = 20  # to count as "some thirty"
MONTH_GAP: Final = 1  # months before the tested one that stay out of its history
WEEK_GAP, DAY_GAP = 4, 7
DAY_HALF_LIFE: Final = 365.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judgement:
    """One period of all series; NaN where a series was not examined.

    Attributes
    ----------
    status
        Words of `Status`.
    expected, lower, upper, variance, p_value
        Of the predictive distribution; `upper` is exceeded with a probability of at
        most the rate asked for and is no less than the whole part of `expected`,
        `lower` is undercut likewise.
    pooled
        What short series shared, where they were pooled.
    """

    status: npt.NDArray[np.str_]
    expected: Array
    lower: Array
    upper: Array
    variance: Array
    p_value: Array
    pooled: Dispersion | None


def judge_period(
    matrix: SeriesMatrix, column: int, *, freq: Freq, rate: float
) -> Judgement:
    """Judge one period of every series against what was before it.

    Parameters
    ----------
    matrix : SeriesMatrix
        Counts of all series.
    column : int
        Position of the period, 0-based.
    freq : str
        Length of a period.
    rate : float
        False-alarm rate.

    Returns
    -------
    Judgement
        One element per series.
    """
    history, value = matrix.ripe[:, :column], matrix.ripe[:, column]
    known = (~np.isnan(history)).sum(axis=1)
    status = _first_status(history, value)
    open_ = status == "examined"
    out = _empty(status)
    pooled = None
    full = open_ & (known >= _least(freq))
    if full.any():
        _fill_full(out, matrix, column, full, freq=freq, rate=rate)
    short = open_ & ~full
    if short.any():
        pooled, enough = _fill_short(out, matrix, column, short, rate=rate)
        status[short & ~enough] = "short history"
    return Judgement(status=status, pooled=pooled, **out)


def _least(freq: Freq) -> int:
    """Known periods from which the baseline of this frequency can be fitted."""
    least = {"month": LEAST_MONTHS, "week": LEAST_WEEKS, "day": LEAST_DAYS}
    return least.get(freq, np.iinfo(np.int64).max)


def _first_status(history: Array, value: Array) -> npt.NDArray[np.str_]:
    """Status that needs no baseline; `examined` where one may be asked."""
    before = np.nansum(history, axis=1)
    status = np.full(len(value), "examined", dtype="<U17")
    status[before + np.nan_to_num(value) < LEAST_CASES] = "too few cases"
    nothing_before = (before == 0) & (value > 0)
    status[nothing_before] = "new line" if history.shape[1] else "short history"
    status[np.isnan(value)] = "incomplete period"
    return status


def _empty(status: npt.NDArray[np.str_]) -> dict[str, Array]:
    names = ("expected", "lower", "upper", "variance", "p_value")
    return {name: np.full(len(status), np.nan) for name in names}


def _fill(
    out: dict[str, Array],
    rows: npt.NDArray[np.int64],
    prediction: Predictive | ScanPrediction,
    value: Array,
    rate: float,
) -> None:
    out["expected"][rows] = prediction.expected
    out["variance"][rows] = prediction.variance
    out["lower"][rows] = prediction.upper(1 - rate)
    # A rare burst can lift the mean above the quantile; no count below it is a rise.
    out["upper"][rows] = np.maximum(
        prediction.upper(rate), np.floor(prediction.expected)
    )
    out["p_value"][rows] = prediction.tail(value[rows])


def _fill_full(
    out: dict[str, Array],
    matrix: SeriesMatrix,
    column: int,
    wanted: Bools,
    *,
    freq: Freq,
    rate: float,
) -> None:
    """Series that begin together are fitted together."""
    begins = first_seen(matrix.ripe)
    for begin in np.unique(begins[wanted]):
        rows = np.flatnonzero(wanted & (begins == begin))
        counts = matrix.ripe[rows, begin : column + 1]
        room = _exposure(matrix, rows, int(begin), column)
        logs = None if room is None else np.log(room)
        if freq == "month":
            prediction: Predictive | ScanPrediction = predict_mixture(
                counts[:, : -1 - MONTH_GAP],
                ahead=1 + MONTH_GAP,
                log_exposure=None if logs is None else logs[:, : -1 - MONTH_GAP],
                next_log_exposure=None if logs is None else logs[:, -1],
            )
        else:
            shape = scan_shape(freq, n=counts.shape[1])
            prediction = predict_scan(counts, shape=shape, log_exposure=logs)
        _fill(out, rows, prediction, matrix.ripe[:, column], rate)


def _exposure(
    matrix: SeriesMatrix, rows: npt.NDArray[np.int64], begin: int, column: int
) -> Array | None:
    """Exposure around a geometric mean of 1; None where nobody gave one.

    A count without one makes its series stand without exposure: see `lacks_exposure`.
    """
    if matrix.exposure is None:
        return None
    logs = np.log(matrix.exposure[rows, begin : column + 1])
    logs[lacks_exposure(matrix)[rows]] = 0.0
    centre = np.nanmean(logs, axis=1, keepdims=True)
    room: Array = np.exp(np.where(np.isnan(logs), 0.0, logs - centre))
    return room


def scan_shape(freq: Freq, *, n: int) -> ScanShape:
    """Form of the weekly or daily regression that a history of `n` periods carries."""
    if freq == "week":
        long = n >= 104
        return ScanShape(
            year=52, harmonics=2 if long else 1, gap=WEEK_GAP, prior=not long
        )
    return ScanShape(
        year=365.25,
        harmonics=2 if n >= 730 else 1,
        gap=DAY_GAP,
        weekdays=True,
        half_life=DAY_HALF_LIFE,
        prior=True,
    )


def _fill_short(
    out: dict[str, Array],
    matrix: SeriesMatrix,
    column: int,
    wanted: Bools,
    *,
    rate: float,
) -> tuple[Dispersion | None, Bools]:
    """Judge series by their own mean, with dispersions pooled over all of them."""
    history, value = matrix.ripe[:, :column], matrix.ripe[:, column]
    known = (~np.isnan(history)).sum(axis=1)
    together = int((wanted & (known >= TOGETHER)).sum()) >= ENOUGH_SERIES
    enough = wanted & (known >= (TOGETHER if together else ALONE))
    if not enough.any():
        return None, enough
    rows = np.flatnonzero(enough)
    room = _exposure(matrix, rows, 0, column)
    prediction, pooled = predict_pooled(
        history[rows],
        exposure=None if room is None else room[:, :-1],
        next_exposure=None if room is None else room[:, -1],
    )
    _fill(out, rows, prediction, value, rate)
    return pooled, enough
