"""What the figures of windows draw: bars as wide as the published windows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from disclosure_trends.counts.coverage import EMPTY
from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.vocabulary.countries import country_name
from disclosure_trends.vocabulary.periods import Window, parse_period, period_range

GRID_MONTHS: Final = 3
DAYS_IN_MONTH: Final = 30.5
"""Near enough to place a line within a month."""
_COLUMNS: Final = [
    "label",
    "note",
    "tone",
    "country",
    "period",
    "start",
    "width",
    "total",
    "height",
    "status",
    "tick",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelHead:
    """Whose panel it is: its note at the right, and its colour."""

    country: str
    note: str = ""
    tone: str = "s1"


def main_measure(series: Iterable[tuple[str, str]]) -> str:
    """Return the measure that most countries have; the first by name if equal."""
    n_of: dict[str, int] = {}
    for _, measure in sorted(series):
        n_of[measure] = n_of.get(measure, 0) + 1
    return max(n_of, key=lambda measure: n_of[measure], default="requests_fulfilled")


def quarters_of(series: Mapping[str, WindowCounts]) -> list[str]:
    """List the quarters from the first to the last that any figure touches."""
    windows = [cell.window for counts in series.values() for cell in counts.cells]
    if not windows:
        return []
    first = min(window.start for window in windows)
    return period_range(first, max(window.end for window in windows), freq="quarter")


def lay_out_panels(
    series: Mapping[str, WindowCounts], *, heads: Iterable[PanelHead]
) -> pd.DataFrame:
    """Build the bars of small multiples, one panel a country.

    Parameters
    ----------
    series
        Country code to what is published on it.
    heads
        The panels in their order.

    Returns
    -------
    DataFrame
        As `display.windows.draw_windows` reads it, with `country` and `period` beside.
    """
    quarters = quarters_of(series)
    origin = parse_period(quarters[0]).start if quarters else date.min
    rows = []
    for head in heads:
        counts = series.get(head.country, EMPTY)
        name = country_name(head.country)
        rows += [
            (name, head.note, head.tone, head.country, *bar)
            for bar in _bars(counts, quarters, origin)
        ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _bars(
    counts: WindowCounts, quarters: list[str], origin: date
) -> Iterator[tuple[str, float, float, float | None, float, str, str]]:
    """Yield a bar a quarter where it is known, else one for the longer figure."""
    drawn: set[Window] = set()
    for quarter in quarters:
        span = parse_period(quarter)
        found = counts.range(span)
        tick = str(span.start.year) if span.start.month == 1 else ""
        if found.is_exact:
            start = _months(origin, span.start)
            value = found.lower
            yield quarter, start, GRID_MONTHS, value, value, "exact", tick
            continue
        longer = _narrowest(counts, span)
        if longer is None:
            start = _months(origin, span.start)
            yield quarter, start, GRID_MONTHS, None, 0.0, "none", tick
        elif longer not in drawn:
            drawn.add(longer)
            start = _months(origin, longer.start)
            width = _months(longer.start, longer.end) + 1
            total = counts.range(longer).lower
            height = total * GRID_MONTHS / width
            year = str(longer.start.year) if longer.start.month == 1 else ""
            yield longer.text, start, width, total, height, "wide", year


def _narrowest(counts: WindowCounts, span: Window) -> Window | None:
    holding = [c.window for c in counts.cells if c.window.contains(span)]
    return min(holding, key=lambda window: window.days, default=None)


def _months(start: date, day: date) -> int:
    return (day.year - start.year) * 12 + day.month - start.month


def months_from(quarters: list[str], days: Iterable[date]) -> list[float]:
    """Place days on the axis of the panels: months from the first quarter's start."""
    origin = parse_period(quarters[0]).start if quarters else date.min
    return [_months(origin, day) + (day.day - 1) / DAYS_IN_MONTH for day in days]
