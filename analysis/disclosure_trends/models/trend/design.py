"""Columns of a trend: level, growth, season, weekdays, declared steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from disclosure_trends.models.calibration import PER_YEAR
from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.vocabulary.periods import Freq, parse_period

# Years of history that one, two and three waves need.
YEARS_FOR_WAVES: Final = (2, 3, 5)
LEAST_AROUND: Final = 3  # periods on both sides of a declared step


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A declared date from which the level may differ."""

    name: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrendDesign:
    """How periods become rows of a regression.

    Attributes
    ----------
    freq, origin
        Length of a period; time 0.
    waves
        Pairs of harmonics.
    steps
        Declared steps with a column each.
    """

    freq: Freq
    origin: date
    waves: int
    steps: tuple[Step, ...] = ()

    def columns(self, periods: list[str]) -> Array:
        """Rows: constant, growth per year, waves, weekdays, steps."""
        windows = [parse_period(text) for text in periods]
        middle = np.array([(w.start - self.origin).days + w.days / 2 for w in windows])
        years = middle / 365.25
        parts = [np.ones(len(years)), years]
        for j in range(1, self.waves + 1):
            angle = 2 * np.pi * j * years
            # A wave of half the sampling rate has one column only.
            alone = 2 * j == PER_YEAR[self.freq]
            parts += [np.cos(angle)] if alone else [np.cos(angle), np.sin(angle)]
        if self.freq == "day":
            weekday = np.array([window.start.weekday() for window in windows])
            parts += [(weekday == day) * 1.0 for day in range(1, 7)]
        parts += [self._step(step, periods) for step in self.steps]
        return np.column_stack(parts)

    def _step(self, step: Step, periods: list[str]) -> Array:
        """Share of each period's days that lie on or after the day of the step."""
        windows = [parse_period(text) for text in periods]
        after = [(window.end - step.day).days + 1 for window in windows]
        days = np.array([window.days for window in windows], dtype=float)
        share: Array = np.clip(np.array(after, dtype=float) / days, 0.0, 1.0)
        return share


def choose_waves(freq: Freq, n: int) -> int:
    """As many pairs of waves as the history supports."""
    per_year = PER_YEAR[freq]
    if per_year < 4:
        return 0
    years = n / per_year
    waves = sum(years >= least for least in YEARS_FOR_WAVES)
    return min(waves, 1 if per_year <= 4 else 3)


def log_offset(rows: pd.DataFrame, *, freq: Freq) -> Array:
    """Log of the length of each period and of its exposure, around their means."""
    days = np.array([parse_period(text).days for text in rows["period"]], dtype=float)
    offset = np.log(days) if freq in {"month", "quarter", "half", "year"} else 0 * days
    if "exposure" in rows.columns and bool(rows["exposure"].notna().all()):
        offset = offset + np.log(rows["exposure"].to_numpy(dtype=float))
    centred: Array = offset - offset.mean() if len(offset) else offset
    return centred
