"""How a count grows: trend, season, declared steps, and a forecast with its record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from disclosure_trends.counts.counts import Counts
from disclosure_trends.display import numbers, wording
from disclosure_trends.errors import SettingsError, UnknownRegionError
from disclosure_trends.models.arguments import is_number, is_whole
from disclosure_trends.models.calibration import PER_YEAR
from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.models.trend.count_regression import (
    LARGEST_ERROR,
    CountFit,
    fit_counts,
    gate_effect,
    gate_growth,
)
from disclosure_trends.models.trend.design import (
    Step,
    TrendDesign,
    choose_waves,
    log_offset,
)
from disclosure_trends.models.trend.events import (
    Events,
    read_events,
    refuse_step,
    same_weeks,
)
from disclosure_trends.models.trend.forecast import forecast_table, track_record
from disclosure_trends.models.trend.result import FEW, NOT_STEADY, TrendResult
from disclosure_trends.models.uptick.series_matrix import exposure_check
from disclosure_trends.results import Check, Estimate, NotEstimable
from disclosure_trends.vocabulary.periods import Freq, parse_period
from disclosure_trends.vocabulary.regions import membership_changes

LEAST_PERIODS: Final = 8
LEAST_INSIDE: Final = 0.5  # share of past forecasts that must have held
LEAST_TO_POOL: Final = 3
MOST_POOLED: Final = 200  # series
GROWTH: Final = 1  # position of the growth coefficient


def fit_trend(
    counts: Counts,
    *,
    region: str,
    events: Events | None = None,
    horizon: int = 0,
    level: float = 0.95,
) -> TrendResult:
    """Fit growth, season and declared steps of one series, and forecast it.

    Parameters
    ----------
    counts : Counts
        Incomplete periods are left out of the fit.
    region : str
        Name of the series.
    events : DataFrame, mapping or sequence, optional
        Declared dates, each with a step of its own: a frame with `date` and `label`
        (as `load_events` returns), a mapping name -> date, or dates. A period that
        holds the date counts as far as its days lie on or after it.
    horizon : int
        Periods to forecast after the last complete one.
    level : float
        Level of all intervals.

    Returns
    -------
    TrendResult
        `.estimates["growth_per_year"]` (a ratio; 1 is no growth), the same pooled over
        all series, and one estimate per event; `.tables["forecast"]` and
        `.tables["track_record"]`. What does not truly fit is a `NotEstimable`.

    Raises
    ------
    SettingsError
        There is no such series, or an argument is out of range.
    """
    sane = is_number(level) and is_whole(horizon)
    if not sane or not 0 < level < 1 or horizon < 0:
        raise SettingsError(
            f"fit_trend: level={level!r}, horizon={horizon!r}; allowed are a level "
            "between 0 and 1 and a whole number from 0 as horizon"
        )
    series = counts.series(region)
    ripe = series[series["is_complete"] & series["value"].notna()]
    steps = read_events(events)
    refused = {step.name: refuse_step(step, list(ripe["period"])) for step in steps}
    usable = tuple(step for step in steps if refused[step.name] is None)
    design = _design(ripe, freq=counts.freq, steps=usable)
    fit = _fit(ripe, design)
    estimates: dict[str, Estimate | NotEstimable] = {
        "growth_per_year": gate_growth(
            _effect(fit, GROWTH, level=level, unit="per year")
        ),
        "growth_per_year_pooled": _pooled_growth(counts, level=level),
    }
    for name, refusal in refused.items():
        estimates[name] = refusal or _step_effect(fit, design, name, level=level)
    consecutive, periods = _consecutive(series, ripe)
    record_level = 0.9
    tables = {
        "trend": _fitted(series, ripe, design, fit, level=level),
        "events": _event_rows(steps, estimates),
        "forecast": forecast_table(
            consecutive, periods, horizon=horizon, freq=counts.freq, level=level
        ),
        "track_record": track_record(
            consecutive,
            periods,
            horizon=horizon,
            freq=counts.freq,
            level=record_level,
        ),
    }
    return TrendResult(
        tables=tables,
        estimates=estimates,
        checks=(
            *_checks(counts, ripe, steps, region=region),
            *_steady(estimates["growth_per_year"], tables["track_record"]),
        ),
        evidence=counts.evidence,
        region=region,
        level=level,
        freq=counts.freq,
        measure=counts.measure,
        by=counts.by,
        events=tuple(step.name for step in steps),
        dispersion=fit.dispersion if isinstance(fit, CountFit) else None,
    )


def _design(
    ripe: pd.DataFrame, *, freq: Freq, steps: tuple[Step, ...]
) -> TrendDesign | None:
    if ripe.empty:
        return None
    return TrendDesign(
        freq=freq,
        origin=parse_period(str(ripe["period"].iloc[-1])).end,
        waves=choose_waves(freq, len(ripe)),
        steps=steps,
    )


def _fit(ripe: pd.DataFrame, design: TrendDesign | None) -> CountFit | NotEstimable:
    if design is None or len(ripe) < LEAST_PERIODS:
        return NotEstimable(
            f"only {wording.plural(len(ripe), 'complete period')}; {LEAST_PERIODS} are "
            "needed",
            rule="too_short",
        )
    return fit_counts(
        ripe["value"].to_numpy(dtype=float),
        design.columns(list(ripe["period"])),
        log_offset(ripe, freq=design.freq),
        lags=int(min(PER_YEAR[design.freq], len(ripe) // 4)),
    )


def _effect(
    fit: CountFit | NotEstimable, position: int, *, level: float, unit: str
) -> Estimate | NotEstimable:
    """Ratio with its t interval, behind the gate."""
    if isinstance(fit, NotEstimable):
        return fit
    effect = float(fit.beta[position])
    error = float(np.sqrt(fit.covariance[position, position]))
    half = float(stdtrit(fit.df, (1 + level) / 2)) * error
    return gate_effect(effect, error) or Estimate(
        value=float(np.exp(effect)),
        lower=float(np.exp(effect - half)),
        upper=float(np.exp(effect + half)),
        level=level,
        kind="confidence",
        unit=unit,
    )


def _step_effect(
    fit: CountFit | NotEstimable,
    design: TrendDesign | None,
    name: str,
    *,
    level: float,
) -> Estimate | NotEstimable:
    if design is None or isinstance(fit, NotEstimable):
        return fit if isinstance(fit, NotEstimable) else _nothing()
    place = [step.name for step in design.steps].index(name)
    position = len(fit.beta) - len(design.steps) + place
    return _effect(fit, position, level=level, unit="ratio")


def _nothing() -> NotEstimable:
    return NotEstimable("no period is complete", rule="too_short")


def _pooled_growth(counts: Counts, *, level: float) -> Estimate | NotEstimable:
    """Average the growth of all series, random effects (DerSimonian, Laird 1986)."""
    regions = counts.regions
    if len(regions) < LEAST_TO_POOL or len(regions) > MOST_POOLED:
        return NotEstimable(
            f"pooled over {LEAST_TO_POOL} to {MOST_POOLED} series only; "
            f"there are {len(regions)}",
            rule="nothing_to_pool",
        )
    effects, errors = [], []
    for region in regions:
        series = counts.series(region)
        ripe = series[series["is_complete"] & series["value"].notna()]
        fit = _fit(ripe, _design(ripe, freq=counts.freq, steps=()))
        if isinstance(fit, NotEstimable):
            continue
        effect, error = fit.beta[GROWTH], np.sqrt(fit.covariance[GROWTH, GROWTH])
        if gate_effect(float(effect), float(error)) is None:
            effects.append(float(effect))
            errors.append(float(error))
    if len(effects) < LEAST_TO_POOL:
        return NotEstimable(
            f"only {len(effects)} series carry a trend; {LEAST_TO_POOL} are needed",
            rule="nothing_to_pool",
        )
    return _pool(np.array(effects), np.array(errors), level=level)


def _pool(effects: Array, errors: Array, *, level: float) -> Estimate:
    weight = 1 / errors**2
    centre = (weight * effects).sum() / weight.sum()
    excess = (weight * (effects - centre) ** 2).sum() - (len(effects) - 1)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    between = max(float(excess / scale), 0.0)
    weight = 1 / (errors**2 + between)
    centre = float((weight * effects).sum() / weight.sum())
    half = float(stdtrit(len(effects) - 1, (1 + level) / 2)) / float(
        np.sqrt(weight.sum())
    )
    return Estimate(
        value=float(np.exp(centre)),
        lower=float(np.exp(centre - half)),
        upper=float(np.exp(centre + half)),
        level=level,
        kind="confidence",
        unit="per year",
    )


def _consecutive(series: pd.DataFrame, ripe: pd.DataFrame) -> tuple[Array, list[str]]:
    """Cut the counts after the last complete period; NaN where one is missing."""
    if ripe.empty:
        return np.zeros(0), []
    first, last = ripe["period_start"].iloc[0], ripe["period_start"].iloc[-1]
    span = series[(series["period_start"] >= first) & (series["period_start"] <= last)]
    complete = span["is_complete"] & span["value"].notna()
    values = span["value"].where(complete).to_numpy(dtype=float, na_value=np.nan)
    return values, list(span["period"])


def _fitted(
    series: pd.DataFrame,
    ripe: pd.DataFrame,
    design: TrendDesign | None,
    fit: CountFit | NotEstimable,
    *,
    level: float,
) -> pd.DataFrame:
    table = series[["period", "period_start", "value", "is_complete"]].copy()
    for name in ("expected", "lower", "upper"):
        table[name] = np.nan
    if design is None or isinstance(fit, NotEstimable):
        return table
    x = design.columns(list(ripe["period"]))
    error = np.sqrt(np.einsum("ni,ij,nj->n", x, fit.covariance, x))
    error[error > LARGEST_ERROR] = np.nan  # such a fit ran away there
    half = stdtrit(fit.df, (1 + level) / 2) * error
    rows = table["period"].isin(ripe["period"])
    table.loc[rows, "expected"] = fit.mean
    table.loc[rows, "lower"] = fit.mean * np.exp(-half)
    table.loc[rows, "upper"] = fit.mean * np.exp(half)
    return table


def _event_rows(
    steps: tuple[Step, ...], estimates: Mapping[str, Estimate | NotEstimable]
) -> pd.DataFrame:
    rows = []
    for step in steps:
        found = estimates[step.name]
        row: dict[str, object] = {
            "event": step.name,
            "date": step.day.isoformat(),
            "status": "estimated",
        }
        if isinstance(found, NotEstimable):
            row["status"] = str(found)
        else:
            row |= {
                "ratio": found.value,
                "lower": found.lower,
                "upper": found.upper,
            }
        rows.append(row)
    columns = ["event", "date", "ratio", "lower", "upper", "status"]
    return pd.DataFrame(rows, columns=columns)


def _checks(
    counts: Counts, ripe: pd.DataFrame, steps: tuple[Step, ...], *, region: str
) -> tuple[Check, ...]:
    checks = [*counts.checks, *exposure_check(ripe)]
    for step in steps:
        checks += same_weeks(step, region=region, among=steps)
    checks += _membership(ripe, region)
    return tuple(checks)


def _steady(growth: Estimate | NotEstimable, record: pd.DataFrame) -> tuple[Check, ...]:
    """Warn where a constant growth is refused or past forecasts mostly failed."""
    why = ""
    if isinstance(growth, NotEstimable):
        why = growth.reason if growth.rule == "not_steady" else ""
    elif len(record):
        row = record.iloc[0]
        n, inside = int(row["forecasts"]), float(row["coverage"])
        if n >= FEW and inside < LEAST_INSIDE:
            why = (
                f"a constant growth does not describe the series: only "
                f"{numbers.percent(inside)} of {numbers.count(n)} past forecasts fell "
                f"within their {numbers.percent(row['level'])} interval"
            )
    if not why:
        return ()
    return (Check(name=NOT_STEADY, passed=False, text=wording.sentence(why)),)


def _membership(ripe: pd.DataFrame, region: str) -> tuple[Check, ...]:
    """Warn where the region gained or lost members within the span."""
    if ripe.empty:
        return ()
    try:
        changes = membership_changes(region)
    except UnknownRegionError:
        return ()
    first = parse_period(str(ripe["period"].iloc[0])).start
    last = parse_period(str(ripe["period"].iloc[-1])).end
    inside = [str(day) for day in changes if first < day <= last]
    if not inside:
        return ()
    text = (
        f"The members of {region} changed on {', '.join(inside)}: part of the trend is "
        "a change of who is counted; use a fixed group to compare like with like."
    )
    return (Check(name="membership_change", passed=False, text=text),)
