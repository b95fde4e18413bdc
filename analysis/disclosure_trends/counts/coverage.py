"""Coverage: how many members of a region have a figure for a window, and who lacks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.vocabulary.periods import Window, parse_period
from disclosure_trends.vocabulary.regions import COMPLEMENT, region_members

EMPTY: Final = WindowCounts(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of a region a total speaks of.

    Attributes
    ----------
    observed, expected
        Number of members with a figure, and of all members.
    missing
        Codes of the members without one, sorted.
    members
        Codes of the members with one, sorted.
    """

    observed: int
    expected: int
    missing: tuple[str, ...]
    members: tuple[str, ...]

    @property
    def text(self) -> str:
        """The coverage as a reader sees it: `26 of 27`."""
        return f"{self.observed} of {self.expected}"


def cover_windows(
    series: Mapping[str, WindowCounts],
    *,
    region: str,
    windows: Iterable[Window],
    without: Iterable[str] = (),
    exact: bool = False,
) -> Coverage:
    """Count the members of a region that have a figure for every one of the windows.

    A member is observed where its count in each window is limited by a published
    figure, be it one for a longer window, provided that the figures part what came
    before the end of the last window from what came after: a total that runs on past
    that day does not count. A group is expected whole; of a complement only those
    countries are expected that have a figure in one of the windows.

    Parameters
    ----------
    series
        Country code to what is published on it.
    region
        A country, a group, or `non-` before a group; members of the last window's
        last day.
    windows
        The windows that are used, the latest last.
    without
        Members to leave out of the region.
    exact
        Ask for identified counts, not only for limited ones.

    Returns
    -------
    Coverage
        Observed, expected and missing members.
    """
    spans = tuple(windows)
    last_day = spans[-1].end
    members = region_members(region, on=last_day) - frozenset(without)
    if region.startswith(COMPLEMENT):
        members = frozenset(
            c for c in members if _has_any(series.get(c, EMPTY), spans, last_day)
        )
    known = _is_exact if exact else _is_limited
    observed = [c for c in members if known(series.get(c, EMPTY), spans)]
    return Coverage(
        observed=len(observed),
        expected=len(members),
        missing=tuple(sorted(members.difference(observed))),
        members=tuple(sorted(observed)),
    )


def _has_any(counts: WindowCounts, spans: tuple[Window, ...], last_day: date) -> bool:
    cells = (cell for cell in counts.cells if cell.window.end <= last_day)
    return any(cell.window.overlaps(span) for cell in cells for span in spans)


def _is_limited(counts: WindowCounts, spans: tuple[Window, ...]) -> bool:
    limited = all(counts.range(span).is_observed for span in spans)
    return limited and counts.is_cut(spans[-1].end)


def _is_exact(counts: WindowCounts, spans: tuple[Window, ...]) -> bool:
    return all(counts.range(span).is_exact for span in spans)


def tabulate_coverage(
    series: Mapping[str, WindowCounts], *, countries: Iterable[str], periods: list[str]
) -> pd.DataFrame:
    """Tell for each country and period what kind of figure there is.

    Parameters
    ----------
    series
        Country code to what is published on it.
    countries
        Codes of the rows.
    periods
        Texts of the columns.

    Returns
    -------
    DataFrame
        Columns `country, period, status, value, lower, upper`. Status is `exact`,
        `in a longer window` (only a total that covers the period is published), or
        `none`: nothing was published, which is not a zero.
    """
    rows = []
    for country in countries:
        counts = series.get(country, EMPTY)
        for period in periods:
            span = parse_period(period)
            found = counts.range(span)
            status = "none"
            if found.is_exact:
                status = "exact"
            elif found.is_observed:
                status = "in a longer window"
            value = found.lower if found.is_exact else None
            upper = found.upper if found.is_observed else None
            rows.append((country, period, status, value, found.lower, upper))
    columns = ["country", "period", "status", "value", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"value": "Int64", "lower": "Int64", "upper": "Int64"}
    )
