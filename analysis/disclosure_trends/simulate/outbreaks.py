"""Arrays of simulated counts with outbreaks: the published scenarios, and harder ones.

The 42 scenarios cross seven parameter sets of Noufaily et al. (2013, Statistics in
Medicine 32, 1206) with trend or none and none, one or two harmonics. Every series has
a twin without the tested outbreak: false alarms are counted on the twin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Process = Literal["outbreaks", "level_shift", "drift", "spiky_season", "sustained"]
Step = Literal["week", "month", "quarter"]

# theta, beta, cosine, sine, dispersion of each set, per week.
SETS: Final = (
    (0.1, 0.0025, 0.6, 0.6, 1.5),
    (-2.0, 0.005, 0.1, 0.3, 2.0),
    (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0),
    (2.5, 0.001, 1.0, 0.1, 3.0),
    (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
)
PAST_SIZES: Final = (0, 2, 3, 5, 10)
WEEKS: Final[dict[Step, float]] = {"week": 1.0, "month": 52 / 12, "quarter": 13.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Length of the series and of its parts, in steps; ends are exclusive."""

    step: Step
    n: int
    past: tuple[int, int]
    tested: tuple[int, int]

    @property
    def year(self) -> int:
        """Steps in a year."""
        return round(52 / WEEKS[self.step])


GRIDS: Final[dict[Step, Grid]] = {
    "week": Grid(step="week", n=624, past=(312, 575), tested=(575, 624)),
    "month": Grid(step="month", n=144, past=(72, 132), tested=(132, 144)),
    "quarter": Grid(step="quarter", n=48, past=(24, 44), tested=(44, 48)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One of the 42: parameter set (1 to 7), trend or none, number of harmonics."""

    number: int
    set: int
    trend: bool
    harmonics: int


SCENARIOS: Final = tuple(
    Scenario(
        number=set_ * 6 + trend * 3 + m + 1,
        set=set_ + 1,
        trend=bool(trend),
        harmonics=m,
    )
    for set_ in range(7)
    for trend in (0, 1)
    for m in (0, 1, 2)
)
# The other processes were specified with one harmonic.
SINGLE_HARMONIC: Final = tuple(
    scenario.number for scenario in SCENARIOS if scenario.harmonics == 1
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draw:
    """Simulated series, one row each.

    Attributes
    ----------
    counts
        Counts, shape (series, steps).
    without
        The same counts without the outbreak that is to be found.
    mean
        True mean of the ordinary counts.
    dispersion, scenario, past_size, size
        Per series: variance / mean, number of the scenario, size of the four past
        outbreaks and of the tested one in standard deviations (0: none; a sustained
        rise: 0).
    first, last
        First and last step of the tested outbreak, 0-based, both inclusive.
    grid
        Which steps are history and which are tested.
    """

    counts: Array
    without: Array
    mean: Array
    dispersion: Array
    scenario: Ints
    past_size: Ints
    size: Ints
    first: Ints
    last: Ints
    grid: Grid


def draw_series(
    process: Process,
    *,
    seed: int,
    step: Step = "month",
    scenarios: Sequence[int] | None = None,
    replicates: int = 5,
) -> Draw:
    """Draw series with a known outbreak.

    Every series has a generator of its own, made from the seed, the scenario and the
    replicate: a larger run holds a smaller one.

    Parameters
    ----------
    process : str
        `outbreaks` as published; `level_shift` (past level times .5, 1.5 or 2),
        `drift` (a random walk of the log mean), `spiky_season` (one month halved, one
        at 1.6), `sustained` (the rise stays).
    seed : int
        Seed, from 0.
    step : str
        `week`, `month` or `quarter`.
    scenarios : sequence of int, optional
        Numbers of the 42 scenarios; by default all for `outbreaks`, else those with
        one harmonic.
    replicates : int
        Series per scenario; past outbreak sizes take turns, so multiples of 5 are
        balanced.

    Returns
    -------
    Draw
        Scenario outermost, then replicate.
    """
    default = range(1, 43) if process == "outbreaks" else SINGLE_HARMONIC
    chosen = [SCENARIOS[i - 1] for i in (default if scenarios is None else scenarios)]
    grid = GRIDS[step]
    rows = [
        _draw_one(process, scenario, grid, seed=seed, replicate=replicate)
        for scenario in chosen
        for replicate in range(replicates)
    ]
    return Draw(
        counts=np.array([row["counts"] for row in rows], dtype=float),
        without=np.array([row["without"] for row in rows], dtype=float),
        mean=np.array([row["mean"] for row in rows], dtype=float),
        dispersion=np.array([row["dispersion"] for row in rows], dtype=float),
        scenario=np.repeat([scenario.number for scenario in chosen], replicates),
        past_size=np.array([row["past_size"] for row in rows], dtype=np.int64),
        size=np.array([row["size"] for row in rows], dtype=np.int64),
        first=np.array([row["first"] for row in rows], dtype=np.int64),
        last=np.array([row["last"] for row in rows], dtype=np.int64),
        grid=grid,
    )


def true_mean(scenario: Scenario, grid: Grid) -> Array:
    """Mean of the ordinary counts at every step."""
    theta, beta, cosine, sine, _ = SETS[scenario.set - 1]
    weeks = WEEKS[grid.step]
    t = np.arange(1, grid.n + 1)
    log_mean = theta + np.log(weeks) + (beta * weeks * t if scenario.trend else 0 * t)
    for j in range(1, scenario.harmonics + 1):
        angle = 2 * np.pi * j * t / grid.year
        log_mean = log_mean + cosine * np.cos(angle) + sine * np.sin(angle)
    mean: Array = np.exp(log_mean)
    return mean


def counts_around(mean: Array, dispersion: float, rng: np.random.Generator) -> Array:
    """Draw negative binomial counts of variance dispersion * mean; Poisson at 1."""
    if dispersion <= 1:
        return rng.poisson(mean).astype(float)
    size = mean / (dispersion - 1)
    return rng.negative_binomial(size, 1 / dispersion).astype(float)


def _draw_one(
    process: Process, scenario: Scenario, grid: Grid, *, seed: int, replicate: int
) -> dict[str, Array | float | int]:
    rng = np.random.default_rng([seed, scenario.number, replicate])
    dispersion = SETS[scenario.set - 1][4]
    mean = _bend(process, true_mean(scenario, grid), grid, rng)
    without = counts_around(mean, dispersion, rng)
    past_size = PAST_SIZES[replicate % len(PAST_SIZES)]
    if past_size:
        starts = rng.choice(np.arange(*grid.past), size=4, replace=False)
        for start in starts:
            cases = _cases(past_size, start, mean, dispersion, grid, rng)
            for position in cases[cases < grid.past[1]]:
                without[position] += 1
    if process == "sustained":
        return _sustained(mean, dispersion, without, past_size, grid, rng)
    size = int(rng.integers(1, 11))
    start = int(rng.integers(*grid.tested))
    cases = np.empty(0, dtype=np.int64)
    while not len(cases):
        cases = _cases(size, start, mean, dispersion, grid, rng)
        cases = cases[cases < grid.n]
    counts = without + np.bincount(cases, minlength=grid.n)
    return {
        "counts": counts,
        "without": without,
        "mean": mean,
        "dispersion": dispersion,
        "past_size": past_size,
        "size": size,
        "first": start,
        "last": int(cases.max()),
    }


def _cases(
    size: int,
    start: int,
    mean: Array,
    dispersion: float,
    grid: Grid,
    rng: np.random.Generator,
) -> Ints:
    """Draw the steps of an outbreak's cases: lognormal weeks after its start."""
    n = rng.poisson(size * np.sqrt(dispersion * mean[start]))
    weeks = rng.lognormal(0.0, 0.5, size=n)
    steps: Ints = start + np.floor(weeks / WEEKS[grid.step]).astype(np.int64)
    return steps


def _bend(process: Process, mean: Array, grid: Grid, rng: np.random.Generator) -> Array:
    """Change the mean in the way the process asks for."""
    mean = mean.copy()
    if process == "level_shift":
        span = np.array([72, 120]) * grid.n // 144
        mean[int(rng.integers(*span)) :] *= rng.choice([0.5, 1.5, 2.0])
    elif process == "drift":
        mean *= np.exp(np.cumsum(rng.normal(0, 0.04, grid.n)))
    elif process == "spiky_season":
        part = np.arange(grid.n) % grid.year
        mean[part == 8 * grid.year // 12 - 1] *= 0.5
        mean[part == grid.year - 1] *= 1.6
    return mean


def _sustained(
    mean: Array,
    dispersion: float,
    without: Array,
    past_size: int,
    grid: Grid,
    rng: np.random.Generator,
) -> dict[str, Array | float | int]:
    """Rise by a half or to the double, at once or within half a year, and stay."""
    start = int(rng.integers(*grid.tested))
    extra = float(rng.choice([0.5, 1.0]))
    ramp = int(rng.choice([1, grid.year // 2]))
    grown = np.clip((np.arange(grid.n) - start + 1) / ramp, 0, 1)
    added = counts_around(np.maximum(mean * extra * grown, 1e-12), dispersion, rng)
    return {
        "counts": without + np.where(grown > 0, added, 0),
        "without": without,
        "mean": mean,
        "dispersion": dispersion,
        "past_size": past_size,
        "size": 0,
        "first": start,
        "last": grid.n - 1,
    }
