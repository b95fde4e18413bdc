"""Simulated counts with a known truth, as `Counts`, with reporting delays if wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, get_args

import numpy as np
import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.simulate.outbreaks import (
    SCENARIOS,
    Draw,
    Process,
    Step,
    draw_series,
)
from disclosure_trends.vocabulary.periods import parse_period, period_range

FIRST_DAY: Final = date(2013, 1, 1)
LONGEST_DELAY: Final = 365  # days


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedCounts:
    """Counts that were drawn, not recorded, and the answer they hold.

    Attributes
    ----------
    counts
        `Counts` with evidence `simulated`.
    truth
        `series`: one row per region with scenario, sizes, and `first_period` and
        `last_period` of the rise that is to be found (both inclusive).
        `ordinary`: `region, period, mean, value`, the true mean and the counts without
        that rise. `reports`, if delays were asked for: `region, period, delay, value`,
        what was logged how many days after the start of the period, in full.
    """

    counts: Counts
    truth: Mapping[str, pd.DataFrame]


def simulate_counts(
    scenario: str,
    *,
    rng: int | np.random.Generator,
    freq: Step = "month",
    replicates: int = 5,
    numbers: tuple[int, ...] | None = None,
    mean_delay: float | None = None,
) -> SimulatedCounts:
    """Draw series of counts whose outbreaks are known.

    Parameters
    ----------
    scenario : str
        `outbreaks` (the 42 published scenarios), `level_shift`, `drift`,
        `spiky_season` or `sustained`.
    rng : int or numpy.random.Generator
        Seed or source of the draws; the same seed gives the same counts.
    freq : str
        `week` (624 weeks), `month` (144 months) or `quarter` (48 quarters).
    replicates : int
        Series per scenario number.
    numbers : tuple of int, optional
        Which of the 42 scenarios; by default all, or the 14 with one harmonic where
        the scenario is not `outbreaks`.
    mean_delay : float, optional
        Mean days from receipt to logging; adds `truth["reports"]`.

    Returns
    -------
    SimulatedCounts
        Counts of measure `received`, and their truth.

    Raises
    ------
    SettingsError
        The scenario, the frequency or a number is unknown.
    """
    _check(scenario, get_args(Process), name="scenario")
    _check(freq, get_args(Step), name="freq")
    if numbers is not None and not all(1 <= n <= len(SCENARIOS) for n in numbers):
        raise SettingsError(
            f"numbers: {numbers} are not all known; allowed are 1 to {len(SCENARIOS)}"
        )
    generator = np.random.default_rng(rng)
    process = next(name for name in get_args(Process) if name == scenario)
    draw = draw_series(
        process,
        seed=rng if isinstance(rng, int) else int(generator.integers(2**31)),
        step=freq,
        scenarios=numbers,
        replicates=replicates,
    )
    periods = _periods(draw.grid.n, freq=freq)
    regions = [
        f"S{number:02d}-{i % replicates + 1:03d}"
        for i, number in enumerate(draw.scenario)
    ]
    truth = {
        "series": _series_truth(draw, regions, periods),
        "ordinary": _long(regions, periods, mean=draw.mean, value=draw.without),
    }
    if mean_delay is not None:
        truth["reports"] = _reports(draw, regions, periods, mean_delay, generator)
    frame = _long(regions, periods, value=draw.counts)
    counts = Counts.from_frame(
        frame, freq=freq, measure="received", evidence="simulated"
    )
    return SimulatedCounts(counts=counts, truth=truth)


def _check(word: str, allowed: tuple[str, ...], *, name: str) -> None:
    if word not in allowed:
        raise SettingsError(
            f"{name}: {word!r} is unknown; allowed are {', '.join(allowed)}"
            f"{nearest(str(word), allowed)}"
        )


def _periods(n: int, *, freq: Step) -> list[str]:
    days = {"week": 7, "month": 31, "quarter": 92}[freq]
    last = FIRST_DAY + timedelta(days=(n + 2) * days)
    return period_range(FIRST_DAY, last, freq=freq)[:n]


def _long(
    regions: list[str], periods: list[str], **values: np.typing.NDArray[np.float64]
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "region": np.repeat(regions, len(periods)),
            "period": np.tile(periods, len(regions)),
        }
    )
    for name, array in values.items():
        flat = array.ravel()
        frame[name] = flat.astype("int64") if name == "value" else flat
    return frame


def _series_truth(draw: Draw, regions: list[str], periods: list[str]) -> pd.DataFrame:
    chosen = [SCENARIOS[number - 1] for number in draw.scenario]
    return pd.DataFrame(
        {
            "region": regions,
            "scenario": draw.scenario,
            "set": [scenario.set for scenario in chosen],
            "trend": [scenario.trend for scenario in chosen],
            "harmonics": [scenario.harmonics for scenario in chosen],
            "dispersion": draw.dispersion,
            "past_size": draw.past_size,
            "size": draw.size,
            "first_period": [periods[i] for i in draw.first],
            "last_period": [periods[i] for i in draw.last],
        }
    )


def _reports(
    draw: Draw,
    regions: list[str],
    periods: list[str],
    mean_delay: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Log every count after a waiting time: day of receipt plus a geometric delay."""
    if mean_delay <= 0:
        raise SettingsError(f"mean_delay: {mean_delay} is not above 0")
    n_days = {text: parse_period(text).days for text in periods}
    parts = []
    for region, row in zip(regions, draw.counts.astype(np.int64), strict=True):
        index = np.repeat(np.arange(len(periods)), row)
        length = np.array([n_days[periods[i]] for i in range(len(periods))])[index]
        received = np.floor(rng.random(len(index)) * length)
        waited = rng.geometric(1 / (1 + mean_delay), size=len(index)) - 1
        delay = (received + np.minimum(waited, LONGEST_DELAY)).astype(np.int64)
        cells, value = np.unique(np.c_[index, delay], axis=0, return_counts=True)
        parts.append(
            pd.DataFrame(
                {
                    "region": region,
                    "period": [periods[i] for i in cells[:, 0]],
                    "delay": cells[:, 1],
                    "value": value,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
