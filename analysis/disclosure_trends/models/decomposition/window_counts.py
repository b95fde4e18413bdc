"""Counts a cleaned log in two windows, by authority: what a decomposition needs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from disclosure_trends.errors import SettingsError
from disclosure_trends.models.decomposition.factors import TwoWindows
from disclosure_trends.vocabulary.periods import Window, parse_period, period_range
from disclosure_trends.vocabulary.regions import region_members

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from disclosure_trends.logs.cleaned import CleanedLog

MATURE_DAYS: Final = 30
_COUNTED: Final = {
    "submitted": "received",
    "valid": "valid",
    "disclosed": "disclosed",
    "on_line": "on_line",
    "off_line": "off_line",
    "on_line_valid": "on_line_valid",
    "off_line_valid": "off_line_valid",
    "unassessed": "unassessed",
}


def two_windows(before: str, after: str) -> tuple[Window, Window]:
    """Read the two windows that are compared.

    Parameters
    ----------
    before, after : str
        Periods or windows, both ends inclusive.

    Returns
    -------
    tuple of Window
        The earlier and the later one.

    Raises
    ------
    SettingsError
        If the earlier one does not end before the later one starts.
    """
    first = parse_period(before, name="before")
    second = parse_period(after, name="after")
    if first.end >= second.start:
        raise SettingsError(
            f"before, after: {first.text} does not end before {second.text} starts; "
            "allowed are two windows in order that share no day; swap or shorten them"
        )
    return first, second


def decision_days(cleaned: CleanedLog) -> int | None:
    """Days within which a request must be found valid, alike in both windows.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.

    Returns
    -------
    int or None
        None where the log records no day of any decision.
    """
    dated = any(cleaned.is_recorded(name) for name in ("validated_at", "closed_at"))
    return MATURE_DAYS if dated else None


def count_windows(
    cleaned: CleanedLog,
    *,
    region: str,
    windows: tuple[Window, Window],
    where: Mapping[str, Sequence[str]] | None = None,
    within_days: int | None,
) -> TwoWindows:
    """Count requests of a region by authority in two windows.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    region : str
        Its members on the last day of the later window.
    windows : tuple of Window
        Before and after.
    where : mapping, optional
        Column to values that are kept.
    within_days : int or None
        A request counts as valid if found so within so many days.

    Returns
    -------
    TwoWindows
        One entry an authority, sorted by country and authority.
    """
    # DuckDB is slow to import, and a decomposition can also start from arrays.
    from disclosure_trends.counts.aggregate import tabulate_requests

    cells = tabulate_requests(
        cleaned,
        by=("country", "authority"),
        freq="month" if all(map(_is_whole_months, windows)) else "day",
        where=where,
        within_days=within_days,
    )
    members = region_members(region, on=windows[1].end)
    cells = cells[cells["country"].isin(sorted(members))]
    return _arrange(cells, windows=windows)


def touched_months(window: Window) -> list[str]:
    """List the calendar months that a window touches."""
    return period_range(window.start, window.end, freq="month")


def find_gaps(
    cleaned: CleanedLog, *, windows: tuple[Window, Window]
) -> tuple[tuple[str, ...], ...]:
    """Find the months of each window of which the log holds no request at all.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    windows : tuple of Window
        Before and after.

    Returns
    -------
    tuple of tuple of str
        Months, of any region, in order; empty where every month was logged.
    """
    from disclosure_trends.counts.aggregate import tabulate_requests

    cells = tabulate_requests(cleaned, by=("country",), freq="month")
    logged = set(cells["period"])
    return tuple(
        tuple(month for month in touched_months(window) if month not in logged)
        for window in windows
    )


def _arrange(cells: pd.DataFrame, *, windows: tuple[Window, Window]) -> TwoWindows:
    starts = {text: parse_period(text).start for text in cells["period"].unique()}
    start = cells["period"].map(starts)
    names = ["country", "authority"]
    cells = cells.assign(authority=cells["authority"].fillna("").astype(str))
    inside = [(start >= w.start) & (start <= w.end) for w in windows]
    sums = [
        cells[kept].groupby(names, sort=True)[[*_COUNTED.values()]].sum()
        for kept in inside
    ]
    rows = sums[0].index.union(sums[1].index)
    both = [s.reindex(rows, fill_value=0).astype(float) for s in sums]
    counts = {
        name: np.stack([b[column].to_numpy(dtype=float) for b in both], axis=1)
        for name, column in _COUNTED.items()
    }
    country = np.array([str(row[0]) for row in rows], dtype=str)
    return TwoWindows(country=country, **counts)


def _is_whole_months(window: Window) -> bool:
    return window.start.day == 1 and (window.end + timedelta(days=1)).day == 1
