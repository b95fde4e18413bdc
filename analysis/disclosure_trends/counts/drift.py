"""Drift of a ratio: users per request that change show that the counting changed."""

from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd

from disclosure_trends.counts.coverage import EMPTY
from disclosure_trends.counts.windows import WindowCounts

MIN_BASE: Final = 50
"""Requests that the first window compared with must hold, so that chance is small."""
MIN_LATER: Final = 30
"""Requests that a later window must hold to be compared."""
FACTOR: Final = 2.0
"""A ratio more than this many times, or less than one part of, the first is drift."""

_COLUMNS: Final = [
    "country",
    "base_period",
    "base_ratio",
    "period",
    "ratio",
    "factor",
]


def find_ratio_drift(
    series: Mapping[tuple[str, str], WindowCounts],
    *,
    numerator: str = "users_affected",
    denominator: str = "requests_fulfilled",
) -> pd.DataFrame:
    """Find countries whose users per request changed by more than a factor of two.

    Each country is compared with its own first window that holds enough requests. A
    change of what is counted, or of the mix, is the first hypothesis; not conduct.

    Parameters
    ----------
    series
        (country, measure) to the counts over its windows.
    numerator, denominator
        The two measures of the ratio.

    Returns
    -------
    DataFrame
        One row per country that drifts, its window of largest departure: `country,
        base_period, base_ratio, period, ratio, factor`.
    """
    countries = sorted({c for c, measure in series if measure == denominator})
    rows = []
    for country in countries:
        above = series.get((country, numerator), EMPTY)
        below = series.get((country, denominator), EMPTY)
        departures = list(_departures(above, below))
        drifting = [d for d in departures if max(d[4], 1 / d[4]) > FACTOR]
        if drifting:
            worst = max(drifting, key=lambda d: max(d[4], 1 / d[4]))
            rows.append((country, *worst))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _departures(
    above: WindowCounts, below: WindowCounts
) -> Iterator[tuple[str, float, str, float, float]]:
    base: tuple[str, float] | None = None
    for cell in below.finest():
        users = above.range(cell.window)
        if not (cell.is_exact and users.is_exact) or users.lower == 0:
            continue
        n_requests = cell.lower
        ratio = users.lower / n_requests if n_requests else 0.0
        if base is None:
            if n_requests >= MIN_BASE:
                base = cell.window.text, ratio
        elif n_requests >= MIN_LATER:
            yield (*base, cell.window.text, ratio, ratio / base[1])
