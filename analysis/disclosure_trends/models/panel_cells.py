"""Counts a cleaned log by authority and month, and arranges the cells as a panel."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.models.panel import (
    COUNTED,
    Floats,
    Ints,
    Panel,
    arrange_panel,
    months_of,
)
from disclosure_trends.vocabulary.periods import (
    Window,
    format_period,
    parse_period,
    period_range,
)
from disclosure_trends.vocabulary.regions import region_members
from disclosure_trends.vocabulary.terms import CHANNELS

if TYPE_CHECKING:
    from disclosure_trends.logs.cleaned import CleanedLog

MATURE_DAYS: Final = 30
"""A request counts as valid if that was decided within so many days of receipt."""
MAX_MONTHS: Final = 36
"""Longer histories are cut: an authority's level is taken as one number."""


def count_cells(
    cleaned: CleanedLog,
    *,
    designated: Collection[str] | None = None,
    within_days: int | None = MATURE_DAYS,
) -> pd.DataFrame:
    """Count a cleaned log by country, authority and month, in long form.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    designated : collection of str, optional
        Channels that are the right line; without it the table of lines decides.
    within_days : int, optional
        Decisions count that were taken within so many days; None for no limit.

    Returns
    -------
    DataFrame
        The columns of `counts.aggregate.tabulate_requests`. Requests that name no
        authority count as one more authority of their country, the empty text.
    """
    # DuckDB is slow to import, and panels are also made without it.
    from disclosure_trends.counts.aggregate import tabulate_requests

    by = ("country", "authority") + (("channel",) if designated is not None else ())
    cells = tabulate_requests(cleaned, by=by, freq="month", within_days=within_days)
    cells = cells.dropna(subset=["country", "period"])
    cells = cells.assign(authority=cells["authority"].fillna("").astype(str))
    if designated is None:
        return cells
    return _route_by_channel(cells, designated=check_channels(designated))


def panel_of_cells(
    cells: pd.DataFrame,
    *,
    region: str,
    windows: tuple[Window, Window],
    as_of: date,
    measure: str = "valid",
) -> Panel:
    """Arrange counted cells as a panel.

    Parameters
    ----------
    cells : DataFrame
        From `count_cells`.
    region : str
        Its members on the last day of the later window are inside.
    windows : tuple of Window
        Before and after. The panel ends with the last month of `after`, holds all
        months of both, and at most `MAX_MONTHS` months if that is enough.
    as_of : date
        Last day of which the log knows, inclusive.
    measure : str
        Column that is taken as valid.

    Returns
    -------
    Panel
        Nobody has adopted yet.
    """
    before, after = windows
    last = format_period(after.end, freq="month")
    cells = cells[cells["period"] <= last]
    months = _months(cells, needed=months_of(before)[0], last=last)
    cells = cells[cells["period"] >= months[0]]
    keys = pd.MultiIndex.from_frame(cells[["country", "authority"]].astype(str))
    row, units = keys.factorize(sort=True)
    rows: Ints = np.asarray(row, dtype=np.int64)
    place = {month: i for i, month in enumerate(months)}
    column: Ints = np.array([place[month] for month in cells["period"]], dtype=np.int64)
    country = np.array([unit[0] for unit in units], dtype=str)
    members = region_members(region, on=after.end)
    shape = (len(units), len(months))
    counted = COUNTED | {"valid": measure}
    return arrange_panel(
        authority=[unit[1] for unit in units],
        country=country,
        inside=np.isin(country, sorted(members)),
        months=months,
        counts={
            name: _matrix(cells[source], rows, column, shape)
            for name, source in counted.items()
        },
        matured=np.array([_is_mature(month, as_of) for month in months]),
    )


def mature_from(month: str) -> date:
    """First day on which a month counts as matured (inclusive)."""
    return parse_period(month).end + timedelta(days=MATURE_DAYS)


def _is_mature(month: str, as_of: date) -> bool:
    return mature_from(month) <= as_of


def _months(cells: pd.DataFrame, *, needed: str, last: str) -> list[str]:
    """List the months of a panel: without holes, from `needed` at the latest."""
    first = min(cells["period"].min() if len(cells) else needed, needed)
    start, end = parse_period(first).start, parse_period(last).start
    months = period_range(start, end, freq="month")
    longest = max(MAX_MONTHS, len(months) - months.index(needed))
    return months[-longest:]


def _matrix(
    values: pd.Series[float], row: Ints, column: Ints, shape: tuple[int, int]
) -> Floats:
    matrix = np.zeros(shape)
    filled = values.to_numpy(dtype=np.float64, na_value=0.0)
    np.add.at(matrix, (row, column), filled)
    return matrix


def check_channels(designated: Collection[str]) -> frozenset[str]:
    """Accept the channels that are named as the right line.

    Parameters
    ----------
    designated : collection of str
        Channels; a single text is one channel.

    Returns
    -------
    frozenset of str
        Canonical channels, at least one.

    Raises
    ------
    SettingsError
        If none is named, or one is no channel.
    """
    named = {designated} if isinstance(designated, str) else set(designated)
    if not named:
        raise SettingsError(
            "designated: no channel is named; allowed are channels such as "
            "'dsa_contact_point', or None for the table of lines; name one"
        )
    for channel in sorted(named):
        if channel not in CHANNELS:
            raise SettingsError(
                f"designated: {channel!r} is no channel; allowed are "
                f"{', '.join(CHANNELS)}; choose from these{nearest(channel, CHANNELS)}"
            )
    return frozenset(named)


def _route_by_channel(
    cells: pd.DataFrame, *, designated: frozenset[str]
) -> pd.DataFrame:
    """Replace the lines of the table by the channels that were named."""
    channel = cells["channel"].astype("string").fillna("unknown")
    on = channel.isin(sorted(designated)).to_numpy()
    off = ~on & (channel != "unknown").to_numpy()
    return cells.assign(
        on_line=cells["received"].where(on, 0),
        off_line=cells["received"].where(off, 0),
        on_line_valid=cells["valid"].where(on, 0),
        off_line_valid=cells["valid"].where(off, 0),
    )
