"""Whether the latest period is up: each series against its own past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.models.arguments import is_number, is_whole
from disclosure_trends.models.farrington import farrington_flexible, first_testable
from disclosure_trends.models.uptick.baselines import Judgement, judge_period
from disclosure_trends.models.uptick.farrington_control import read_control
from disclosure_trends.models.uptick.multiplicity import false_discovery_rate
from disclosure_trends.models.uptick.result import UptickScan
from disclosure_trends.models.uptick.series_matrix import SeriesMatrix, series_matrix
from disclosure_trends.models.uptick.tables import (
    checks_of,
    no_rows,
    ranking,
    rows_of,
    short_history,
    typical_shape,
)
from disclosure_trends.vocabulary.periods import Freq

Method = Literal["calibrated", "farrington"]
PER_YEAR: Final[dict[Freq, int]] = {
    "day": 365,
    "week": 52,
    "month": 12,
    "quarter": 4,
    "half": 2,
    "year": 1,
}


def detect_upticks(
    counts: Counts,
    *,
    method: Method = "calibrated",
    false_alarm_rate: float = 0.01,
    last: int = 1,
    control: Mapping[str, Any] | None = None,
) -> UptickScan:
    """Compare the last complete periods of every series with their own past.

    Parameters
    ----------
    counts : Counts
        Counts with one key; incomplete periods are never examined.
    method : str
        `calibrated` (default) or `farrington`, R's farringtonFlexible.
    false_alarm_rate : float
        Share of periods without a rise that may raise an alarm, above 0 and at most
        .5.
    last : int
        How many complete periods to examine, from the latest backwards.
    control : mapping, optional
        R's control list; only with `method="farrington"`. Its `alpha`, where given,
        is the rate of false alarms; `range` is not taken, see `last`.

    Returns
    -------
    UptickScan
        `.table`: one row per series and period with `region, period, value, expected,
        lower, upper, p_value, q_value, alarm, status`. An alarm is a value above
        `upper`, which is the same as a p-value of at most the rate and a value above
        `expected`: where rare bursts lift the expectation above the quantile, a count
        between them has a small p-value, but is no rise. (`farrington` keeps R's
        bound.) Rows that were not examined hold missing values and say why in
        `status`.

    Raises
    ------
    SettingsError
        An argument or a name in `control` is unknown or out of range.
    """
    _check_arguments(method, false_alarm_rate, last, control)
    matrix = series_matrix(counts)
    columns = _examined_columns(matrix, last=last)
    if method == "calibrated":
        judged = {
            column: judge_period(
                matrix, column, freq=counts.freq, rate=false_alarm_rate
            )
            for column in columns
        }
        frames = [
            _calibrated_rows(matrix, column, judgement, false_alarm_rate)
            for column, judgement in judged.items()
        ]
    else:
        judged = {}
        settings = {"alpha": false_alarm_rate, **(control or {})}
        false_alarm_rate = read_control(settings).alpha
        frames = [
            _farrington_rows(matrix, column, counts.freq, settings)
            for column in columns
        ]
    table = pd.concat(frames, ignore_index=True) if frames else no_rows()
    if len(frames) > 1:
        order = ["region", "period"]
        table = table.sort_values(order, kind="stable", ignore_index=True)
    return UptickScan(
        tables={
            "upticks": table,
            "ranking": ranking(matrix, judged),
            "short_history": short_history(matrix, table),
            "history": counts.to_frame(),
        },
        checks=checks_of(counts, matrix, table, judged),
        evidence=counts.evidence,
        method=method,
        false_alarm_rate=false_alarm_rate,
        freq=counts.freq,
        measure=counts.measure,
        by=counts.by,
        as_of=None if counts.as_of is None else counts.as_of.isoformat(),
        shape=typical_shape(
            matrix,
            judged,
            freq=counts.freq,
            method=method,
            rate=false_alarm_rate,
        ),
    )


def _check_arguments(
    method: str, rate: float, last: int, control: Mapping[str, Any] | None
) -> None:
    allowed = get_args(Method)
    if method not in allowed:
        raise SettingsError(
            f"method: {method!r} is unknown; allowed are {', '.join(allowed)}"
            f"{nearest(str(method), allowed)}"
        )
    if not is_number(rate) or not 0 < rate <= 0.5:
        raise SettingsError(
            f"false_alarm_rate: {rate!r} is out of range; allowed is above 0 and at "
            "most 0.5; 0.01 means one false alarm in a hundred quiet periods"
        )
    if not is_whole(last):
        raise SettingsError(
            f"last: {last!r} is no whole number; give how many periods to examine"
        )
    if last < 1:
        raise SettingsError(
            f"last: {last} is below 1; give how many periods to examine"
        )
    if control is not None and method != "farrington":
        raise SettingsError(
            f"control: given with method={method!r}; it is R's control list; leave it "
            "out, or set method='farrington'"
        )
    if read_control(control).range is not None:
        raise SettingsError(
            "control: range is not taken here, the last complete periods are examined; "
            "leave it out and say with last= how many"
        )


def _examined_columns(matrix: SeriesMatrix, *, last: int) -> list[int]:
    """Last periods that some series has complete, and all later ones."""
    complete = np.flatnonzero((~np.isnan(matrix.ripe)).any(axis=0))
    if not len(complete):
        return list(range(len(matrix.periods)))[-last:]
    return list(range(int(complete[-last:][0]), len(matrix.periods)))


def _calibrated_rows(
    matrix: SeriesMatrix, column: int, judged: Judgement, rate: float
) -> pd.DataFrame:
    examined = judged.status == "examined"
    above = matrix.ripe[:, column] > judged.expected
    alarm = pd.array((judged.p_value <= rate) & above, dtype="boolean")
    alarm[~examined] = pd.NA
    return rows_of(
        matrix,
        column,
        expected=judged.expected,
        lower=judged.lower,
        upper=judged.upper,
        p_value=judged.p_value,
        q_value=false_discovery_rate(judged.p_value),
        alarm=alarm,
        status=judged.status,
    )


def _farrington_rows(
    matrix: SeriesMatrix, column: int, freq: Freq, control: Mapping[str, Any]
) -> pd.DataFrame:
    per_year = PER_YEAR[freq]
    settings = read_control(control)
    n = len(matrix.regions)
    gone = np.full(n, np.nan)
    value = matrix.ripe[:, column]
    status = np.where(np.isnan(value), "incomplete period", "short history")
    first = first_testable(freq=per_year, b=settings.b, w=settings.w)
    if column + 1 < first:
        none = pd.array([pd.NA] * n, dtype="boolean")
        return rows_of(
            matrix,
            column,
            expected=gone,
            lower=gone,
            upper=gone,
            p_value=gone,
            q_value=gone,
            alarm=none,
            status=status,
        )
    start = column + 1 - first
    known = ~np.isnan(value) & (~np.isnan(matrix.ripe[:, start:column])).all(axis=1)
    found = farrington_flexible(
        matrix.ripe[known],
        freq=per_year,
        control=control,
        range=[column + 1, column + 1],
    )
    columns = {}
    for name, source in (
        ("expected", found.expected),
        ("upper", found.upperbound),
        ("p_value", found.pvalue),
    ):
        columns[name] = gone.copy()
        columns[name][known] = source[:, 0]
    masked = np.isnan(columns["upper"])
    status[known] = np.where(masked[known], "too few cases", "examined")
    columns["p_value"][masked] = np.nan
    alarm = pd.array(np.zeros(n, dtype=bool), dtype="boolean")
    alarm[known] = found.alarm[:, 0]
    alarm[status != "examined"] = pd.NA
    return rows_of(
        matrix,
        column,
        lower=gone,
        q_value=false_discovery_rate(columns["p_value"]),
        alarm=alarm,
        status=status,
        **columns,
    )
