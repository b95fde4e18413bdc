"""Finds the day until which a log was kept, from when its rows appeared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from disclosure_trends.counts.log_end import SURELY
from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.models.reporting_delay import Ints, fit_delay
from disclosure_trends.results import Check
from disclosure_trends.vocabulary.periods import (
    Freq,
    format_day,
    parse_period,
    period_range,
)

if TYPE_CHECKING:
    from disclosure_trends.models.nowcast_source import DelayedCounts

RECENT: Final = 12  # last logged periods whose mean later ones are held against


def end_with_log(source: DelayedCounts, *, freq: Freq) -> DelayedCounts:
    """Let the source know no more than the log can be taken to know.

    Parameters
    ----------
    source : DelayedCounts
        Cells that had appeared on its `as_of`.
    freq : str
        Length of its periods.

    Returns
    -------
    DelayedCounts
        As it was; but where nothing came for longer than ever before, though `SURELY`
        many would have, cells and `as_of` end where the log does, and it says so.
    """
    every = source.every
    if source.refused is not None or every.empty:
        return source
    until = min(
        _last_appearance(every, as_of=source.as_of),
        _last_period(every, as_of=source.as_of, freq=freq),
    )
    if until >= source.as_of:
        return source
    text = (
        f"The log seems to end on {format_day(until)}, though as_of is "
        f"{format_day(source.as_of)}: nothing later is used, and later periods are "
        "taken as not logged, not as zero."
    )
    return replace(
        source,
        cells=source.cells[appeared(source.cells) <= pd.Timestamp(until)],
        as_of=until,
        checks=(*source.checks, Check(name="log_end", passed=False, text=text)),
    )


def appeared(cells: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """Day on which the cases of each cell appeared: start of the period and delay."""
    starts = {
        text: pd.Timestamp(parse_period(text).start)
        for text in cells["period"].unique()
    }
    start = pd.to_datetime(cells["period"].map(starts))
    seen: pd.Series[pd.Timestamp] = start + pd.to_timedelta(cells["delay"], unit="D")
    return seen


def triangle_of(cells: pd.DataFrame, periods: list[str], longest: int) -> Array:
    """Cases by period and days since its start, later ones on the longest day."""
    place = {text: n for n, text in enumerate(periods)}
    triangle = np.zeros((len(place), longest + 1))
    rows = cells["period"].map(place).to_numpy(dtype=np.int64)
    days = np.minimum(cells["delay"].to_numpy(dtype=np.int64), longest)
    np.add.at(triangle, (rows, days), cells["value"].to_numpy(dtype=float))
    return triangle


def ages(periods: list[str], *, as_of: date) -> Ints:
    """Days since the start of each period."""
    starts = [parse_period(text).start for text in periods]
    return np.array([(as_of - start).days for start in starts], dtype=np.int64)


def _last_appearance(every: pd.DataFrame, *, as_of: date) -> date:
    """Last day a row appeared and the longest earlier silence, if all is quiet since.

    The rule of `counts.log_end.kept_until`, on the days on which rows appeared.
    """
    held = every[every["value"] > 0]
    if held.empty:
        return as_of
    days = np.unique(appeared(held).to_numpy(dtype="datetime64[D]").astype(np.int64))
    last = date(1970, 1, 1) + timedelta(days=int(days[-1]))
    longest = int((np.diff(days) - 1).max(initial=0))
    quiet = (as_of - last).days
    per_day = float(held["value"].sum()) / float(days[-1] - days[0] + 1)
    if quiet <= longest or per_day * quiet < SURELY:
        return as_of
    return last + timedelta(days=longest)


def _last_period(every: pd.DataFrame, *, as_of: date, freq: Freq) -> date:
    """Last day of the last period with a case, if later ones should have had many.

    Or the day on which its first case appeared, where that is later.
    A single row that appeared late cannot hide this end, as it can that of the days.
    """
    first = min(parse_period(text).start for text in every["period"].unique())
    periods = period_range(first, as_of, freq=freq)
    age = ages(periods, as_of=as_of)
    triangle = triangle_of(every, periods, int(age.max()))
    model = fit_delay(triangle, age)
    held = np.flatnonzero(triangle.sum(axis=1))
    if isinstance(model, str):
        return as_of
    last = int(held[-1])
    silent = age[last + 1 :]
    mean = float(triangle[max(last + 1 - RECENT, 0) : last + 1].sum(axis=1).mean())
    due = mean * sum(model.at(int(days))[0] for days in silent)
    end = parse_period(periods[last]).end
    if (as_of - end).days <= _longest_wait(triangle, age) or due < SURELY:
        return as_of
    first_seen = int(age[last]) - int((triangle[last] > 0).argmax())
    return max(end, as_of - timedelta(days=first_seen))


def _longest_wait(triangle: Array, age: Ints) -> int:
    """Most days that a next period let wait for its first case, before now.

    Counted from the end of the newest period with a case, so that logs filled in
    batches are known as such.
    """
    held = np.flatnonzero(triangle.sum(axis=1))
    shown = (triangle > 0).argmax(axis=1) - age
    longest, newest = 0, int(held[0])
    for n in held[np.argsort(shown[held], kind="stable")]:
        if n > newest:
            longest = max(longest, int(shown[n] + age[newest + 1]) + 1)
            newest = int(n)
    return longest
