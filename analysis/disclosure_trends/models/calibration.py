"""How often a method cries wolf on series like these, and what it misses.

Answers come from a shipped table of operating curves; a shape that is not in it is
simulated once per process, with a seed made from the shape itself.
"""

from __future__ import annotations

import csv
import io
import zlib
from dataclasses import asdict, astuple, dataclass, replace
from functools import cache
from typing import Final, Literal

import numpy as np
import pandas as pd

from disclosure_trends.models.farrington import farrington_flexible, first_testable
from disclosure_trends.models.negative_binomial import Array, upper_tail
from disclosure_trends.models.uptick.baselines import (
    ENOUGH_SERIES,
    Judgement,
    judge_period,
)
from disclosure_trends.models.uptick.farrington_control import FarringtonControl
from disclosure_trends.models.uptick.series_matrix import SeriesMatrix
from disclosure_trends.resources import package_text
from disclosure_trends.vocabulary.periods import Freq

LEVELS: Final = (1, 3, 10, 30, 100, 300, 1000)
DISPERSIONS: Final = (1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
HISTORIES: Final[dict[Freq, tuple[int, ...]]] = {
    "month": (12, 24, 36, 60, 120),
    "week": (52, 104, 260, 520),
    "day": (60, 180, 365, 730),
    "quarter": (4, 8, 12, 20),
    "half": (4, 8, 12),
    "year": (4, 8, 12),
}
PER_YEAR: Final[dict[Freq, float]] = {
    "month": 12,
    "week": 52,
    "day": 365.25,
    "quarter": 4,
    "half": 2,
    "year": 1,
}
SEASON: Final = 0.2  # amplitude of the simulated season, on the log scale
WAIT: Final = 6  # periods within which a lasting rise should be found
SERIES: Final = 200  # per shape
SHORT: Final = ("quarter", "half", "year")
# Half a step of either grid: a shape further beyond its ends has no near neighbour.
LEVEL_SLACK, DISPERSION_SLACK = (1000 / 300) ** 0.5, (10 / 5) ** 0.5
POOL: Final = 30  # regions that share a dispersion in the simulations


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What matters for the error rates of a series.

    Attributes
    ----------
    freq, history, level, dispersion
        Length of a period, known periods before the tested one, mean count per
        period, variance / mean.
    rate
        False-alarm rate asked for.
    method
        `calibrated` or `farrington`.
    pool
        Series that short histories are pooled over; 1 stands alone.
    """

    freq: Freq
    history: int
    level: float
    dispersion: float
    rate: float = 0.01
    method: Literal["calibrated", "farrington"] = "calibrated"
    pool: int = 1

    def nearest(self) -> Shape:
        """Return the tabulated shape that is closest; a history is rounded down."""
        steps = HISTORIES[self.freq]
        shorter = [step for step in steps if step <= self.history]
        return Shape(
            freq=self.freq,
            history=max(shorter, default=steps[0]),
            level=_closest(self.level, LEVELS),
            dispersion=_closest(self.dispersion, DISPERSIONS),
            rate=self.rate,
            method=self.method,
            pool=self._nearest_pool(),
        )

    def _nearest_pool(self) -> int:
        """Long series do not pool."""
        short = self.freq in SHORT
        return POOL if short and self.pool >= ENOUGH_SERIES else 1

    @property
    def is_outside(self) -> bool:
        """Whether level or dispersion lie more than half a step beyond the table."""
        low, high = LEVELS[0] / LEVEL_SLACK, LEVELS[-1] * LEVEL_SLACK
        most = DISPERSIONS[-1] * DISPERSION_SLACK
        return not low <= self.level <= high or self.dispersion > most

    @property
    def seed(self) -> int:
        """Seed that the shape itself determines."""
        return zlib.crc32(repr(astuple(self)).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingCurve:
    """Error rates of one shape, from simulated series.

    Attributes
    ----------
    false_alarm
        Share of quiet periods with an alarm.
    power_half, power_double
        Share of single periods found that rise to 1.5 times and to the double.
    delay
        Mean periods until a lasting rise to the double is found, the first period
        counted as 1, over those found within six.
    found
        Share of lasting rises to the double found within six periods.
    series
        Simulated series.
    source
        `table` or `simulated`.
    """

    false_alarm: float
    power_half: float
    power_double: float
    delay: float
    found: float
    series: int
    source: Literal["table", "simulated"] = "table"


def operating_curve(shape: Shape) -> OperatingCurve:
    """Look the error rates of a shape up, or simulate them once per process.

    Parameters
    ----------
    shape : Shape
        Any shape; the nearest tabulated one answers for it.

    Returns
    -------
    OperatingCurve
        Its rates.
    """
    near = shape.nearest()
    return _table().get(near) or _simulated(near)


def curves_by_level(shape: Shape) -> pd.DataFrame:
    """Error rates of series like these at every tabulated level.

    Parameters
    ----------
    shape : Shape
        Any shape; the nearest tabulated one answers for it.

    Returns
    -------
    DataFrame
        `level, false_alarm, power_half, power_double, delay, found, series`, by rising
        level; the one level of the shape where its rate or method is not tabulated.
    """
    near = shape.nearest()
    shapes = [replace(near, level=float(level)) for level in LEVELS]
    known = [one for one in shapes if one in _table()] or [near]
    curves = [operating_curve(one) for one in known]
    frame = pd.DataFrame([asdict(curve) for curve in curves])
    frame.insert(0, "level", [one.level for one in known])
    return frame.drop(columns="source")


@cache
def _simulated(shape: Shape) -> OperatingCurve:
    return simulate_curve(shape, series=SERIES)


@cache
def _table() -> dict[Shape, OperatingCurve]:
    rows = csv.DictReader(io.StringIO(package_text("models/operating_curves.csv")))
    return {_shape_of(row): _curve_of(row) for row in rows}


def _shape_of(row: dict[str, str]) -> Shape:
    freqs: dict[str, Freq] = {freq: freq for freq in HISTORIES}
    return Shape(
        freq=freqs[row["freq"]],
        history=int(row["history"]),
        level=float(row["level"]),
        dispersion=float(row["dispersion"]),
        rate=float(row["rate"]),
        pool=int(row["pool"]),
    )


def _curve_of(row: dict[str, str]) -> OperatingCurve:
    return OperatingCurve(
        false_alarm=float(row["false_alarm"]),
        power_half=float(row["power_half"]),
        power_double=float(row["power_double"]),
        delay=float(row["delay"]),
        found=float(row["found"]),
        series=int(row["series"]),
    )


def simulate_curve(shape: Shape, *, series: int) -> OperatingCurve:
    """Simulate quiet and rising series of a shape and count what the method does.

    Counts are negative binomial around a season of one harmonic; false alarms and
    power are exact given each series' bound, so that few series are enough.

    Parameters
    ----------
    shape : Shape
        Taken as it is.
    series : int
        Number of simulated series.

    Returns
    -------
    OperatingCurve
        With source `simulated`.
    """
    rng = np.random.default_rng(shape.seed)
    n = shape.history + WAIT
    wave = 2 * np.pi * np.arange(n) / PER_YEAR[shape.freq]
    phase = rng.uniform(0, 2 * np.pi, size=(series, 1))
    season = SEASON if PER_YEAR[shape.freq] > 1 else 0.0
    mean = shape.level * np.exp(season * np.cos(wave + phase))
    counts = _draw(mean, shape.dispersion, rng)
    upper = _upper(counts, shape.history, shape)
    now = mean[:, shape.history]
    rates = [
        float(np.nanmean(_above(upper, factor * now, shape.dispersion)))
        for factor in (1.0, 1.5, 2.0)
    ]
    rising = counts.copy()
    later = slice(shape.history, n)
    rising[:, later] = _draw(2 * mean[:, later], shape.dispersion, rng)
    delays = _delays(rising, shape)
    found = ~np.isnan(delays)
    return OperatingCurve(
        false_alarm=rates[0],
        power_half=rates[1],
        power_double=rates[2],
        delay=float(delays[found].mean()) if found.any() else float("nan"),
        found=float(found.mean()),
        series=series,
        source="simulated",
    )


def _delays(rising: Array, shape: Shape) -> Array:
    """Periods until the first alarm; NaN where there is none within the wait."""
    delays = np.full(len(rising), np.nan)
    for wait in range(WAIT):
        column = shape.history + wait
        alarm = rising[:, column] > _upper(rising, column, shape)
        delays = np.where(np.isnan(delays) & alarm, wait + 1, delays)
    return delays


def _upper(counts: Array, column: int, shape: Shape) -> Array:
    """Bound of one column; infinite where nothing could be said."""
    if shape.method == "farrington":
        per_year = round(PER_YEAR[shape.freq])
        years = (column - FarringtonControl().w) // per_year
        control = {"alpha": shape.rate, "b": max(min(years, 5), 1)}
        if column + 1 < first_testable(freq=per_year, b=int(control["b"]), w=3):
            return np.full(len(counts), np.inf)
        found = farrington_flexible(
            counts, freq=per_year, control=control, range=[column + 1, column + 1]
        )
        return np.nan_to_num(found.upperbound[:, 0], nan=np.inf)
    size = shape.pool if shape.pool > 1 or shape.freq in SHORT else len(counts)
    parts = [
        _judge(counts[i : i + size], column, shape).upper
        for i in range(0, len(counts), size)
    ]
    return np.nan_to_num(np.concatenate(parts), nan=np.inf, posinf=np.inf)


def _judge(counts: Array, column: int, shape: Shape) -> Judgement:
    matrix = SeriesMatrix(
        regions=tuple(str(i) for i in range(len(counts))),
        periods=tuple(str(i) for i in range(counts.shape[1])),
        counts=counts,
        ripe=counts,
        exposure=None,
    )
    return judge_period(matrix, column, freq=shape.freq, rate=shape.rate)


def _above(upper: Array, mean: Array, dispersion: float) -> Array:
    """Exact probability of a count above the bound."""
    spread = np.full_like(mean, dispersion)
    finite = np.isfinite(upper)
    tail = upper_tail(np.where(finite, upper, 0.0) + 1, mean, spread)
    return np.where(finite, tail, 0.0)


def _draw(mean: Array, dispersion: float, rng: np.random.Generator) -> Array:
    if dispersion <= 1:
        return rng.poisson(mean).astype(float)
    size = mean / (dispersion - 1)
    return rng.negative_binomial(size, 1 / dispersion).astype(float)


def _closest(value: float, allowed: tuple[float, ...]) -> float:
    """Nearest on the log scale."""
    logs = np.log(np.asarray(allowed, dtype=float))
    return float(allowed[int(np.abs(logs - np.log(max(value, 1e-9))).argmin())])
