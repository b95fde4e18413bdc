"""Authorities by months: the arrays that adoption, decomposition and attribution share.

A row is an authority of a country; rows are sorted, so that nothing computed from a
panel depends on the order of the rows of a log.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from disclosure_trends.errors import SettingsError
from disclosure_trends.vocabulary.periods import (
    Window,
    format_period,
    parse_period,
    period_range,
)
from disclosure_trends.vocabulary.regions import region_members

if TYPE_CHECKING:
    from disclosure_trends.logs.cleaned import CleanedLog

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.str_]

NEVER: Final = 10_000
"""Adoption month of an authority that has not adopted."""
MATURE_DAYS: Final = 30
"""A request counts as valid if that was decided within so many days of receipt."""
MAX_MONTHS: Final = 36
"""Longer histories are cut: an authority's level is taken as one number."""

_COUNTED: Final = {
    "submitted": "received",
    "valid": "valid",
    "on_line": "on_line",
    "off_line": "off_line",
    "on_line_valid": "on_line_valid",
    "off_line_valid": "off_line_valid",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """Counts of each authority in each month.

    Attributes
    ----------
    authority : array of str, shape (A,)
        Pseudonyms; never shown. With `country` they are sorted and unique.
    country : array of str, shape (A,)
        Country of the authority.
    inside : array of bool, shape (A,)
        Whether it belongs to the region that was asked about.
    months : tuple of str
        The T months, in order, without holes: ``"2024-03"``.
    matured : array of bool, shape (T,)
        Whether every request of the month had `MATURE_DAYS` days to be decided.
    submitted, valid : array of float, shape (A, T)
        Requests received, and those of them that were found valid in time.
    on_line, off_line : array of float, shape (A, T)
        Requests on the designated line and beside it; both leave out unknown lines.
    on_line_valid, off_line_valid : array of float, shape (A, T)
        The valid ones of these.
    adopted : array of int, shape (A,)
        Index of the month of adoption, which is the first treated month; negative if
        before the first month, `NEVER` if there is none.
    basis : array of str, shape (A,)
        ``"registered"``, ``"change point"``, or empty where there is no adoption.
    """

    authority: Texts
    country: Texts
    inside: Bools
    months: tuple[str, ...]
    matured: Bools
    submitted: Floats
    valid: Floats
    on_line: Floats
    off_line: Floats
    on_line_valid: Floats
    off_line_valid: Floats
    adopted: Ints
    basis: Texts

    @property
    def n_authorities(self) -> int:
        """Number of rows."""
        return len(self.authority)

    @property
    def n_months(self) -> int:
        """Number of months."""
        return len(self.months)

    @property
    def routable(self) -> Floats:
        """Requests that were or could have been on the line, shape (A, T).

        Before anybody used the line there was none: all requests were beside it,
        though no line is known for them.
        """
        used = np.flatnonzero(self.on_line.sum(axis=0) > 0)
        first = int(used[0]) if used.size else 0
        early = np.arange(self.n_months) < first
        return np.where(early[None, :], self.submitted, self.on_line + self.off_line)

    def take(self, rows: Bools) -> Panel:
        """Return the panel of some authorities.

        Parameters
        ----------
        rows : array of bool, shape (A,)
            The authorities to keep.

        Returns
        -------
        Panel
            In the same order.
        """
        by_row = ("authority", "country", "inside", "adopted", "basis", *_COUNTED)
        return replace(self, **{name: getattr(self, name)[rows] for name in by_row})

    def region(self) -> Panel:
        """Return the authorities of the region that was asked about."""
        return self.take(self.inside)

    def with_adoption(self, adopted: Ints, basis: Texts) -> Panel:
        """Return the same counts with other months of adoption."""
        return replace(self, adopted=adopted, basis=basis)

    def since(self, first: int) -> Panel:
        """Return the panel from a month on; earlier adoption stays earlier.

        Parameters
        ----------
        first : int
            Place of the first month to keep.

        Returns
        -------
        Panel
            Adoption before that month has a negative index.
        """
        if first == 0:
            return self
        shifted = np.where(self.adopted == NEVER, NEVER, self.adopted - first)
        cut = {name: getattr(self, name)[:, first:] for name in _COUNTED}
        return replace(
            self,
            months=self.months[first:],
            matured=self.matured[first:],
            adopted=shifted,
            **cut,
        )

    def columns(self, window: Window) -> Ints:
        """Find the months of a window.

        Parameters
        ----------
        window : Window
            Whole months.

        Returns
        -------
        array of int
            Their places in `months`; empty if the panel has none of them.
        """
        wanted = set(months_of(window))
        return np.array(
            [i for i, month in enumerate(self.months) if month in wanted],
            dtype=np.int64,
        )


def months_of(window: Window) -> list[str]:
    """List the months of a window that begins and ends with a month.

    Parameters
    ----------
    window : Window
        For example the one of ``"2024Q3"``.

    Returns
    -------
    list of str
        ``["2024-07", "2024-08", "2024-09"]``.

    Raises
    ------
    SettingsError
        If the window cuts a month.
    """
    whole = window.start.day == 1 and (window.end + timedelta(days=1)).day == 1
    if not whole:
        raise SettingsError(
            f"window {window.text}: it cuts a month; allowed are whole months, "
            "quarters, halves and years; choose one of these"
        )
    return period_range(window.start, window.end, freq="month")


def arrange_panel(
    *,
    authority: Sequence[str] | Texts,
    country: Sequence[str] | Texts,
    inside: Bools,
    months: Sequence[str],
    counts: Mapping[str, NDArray[np.number]],
    adopted: Ints | None = None,
    matured: Bools | None = None,
) -> Panel:
    """Arrange arrays as a panel: sorted, of one type.

    Parameters
    ----------
    authority, country : sequence of str, length A
        Pseudonym and country.
    inside : array of bool, shape (A,)
        Whether the authority belongs to the region asked about.
    months : sequence of str, length T
        Months in order.
    counts : dict of array, each of shape (A, T)
        `submitted, valid, on_line, off_line, on_line_valid, off_line_valid`.
    adopted : array of int, shape (A,), optional
        Month of adoption, taken as registered; without it nobody has adopted.
    matured : array of bool, shape (T,), optional
        Without it all months are matured.

    Returns
    -------
    Panel
        Rows sorted by country and authority.
    """
    keys, places = np.asarray(authority, dtype=str), np.asarray(country, dtype=str)
    order = np.lexsort((keys, places))
    when = np.full(len(keys), NEVER) if adopted is None else np.asarray(adopted)
    when = np.where(when >= len(months), NEVER, when).astype(np.int64)[order]
    arrays = {
        name: np.ascontiguousarray(counts[name], dtype=np.float64)[order]
        for name in _COUNTED
    }
    everything = np.ones(len(months), dtype=np.bool_)
    return Panel(
        authority=keys[order],
        country=places[order],
        inside=np.asarray(inside, dtype=np.bool_)[order],
        months=tuple(months),
        matured=everything if matured is None else matured,
        adopted=when,
        basis=np.where(when == NEVER, "", "registered").astype(str),
        **arrays,
    )


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
    return _route_by_channel(cells, designated=frozenset(designated))


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
    counted = _COUNTED | {"valid": measure}
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
