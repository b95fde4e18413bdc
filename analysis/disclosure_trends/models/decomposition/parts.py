"""Turns counts of two windows into estimates of the parts of a change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from disclosure_trends.models.decomposition.factors import (
    FACTORS,
    TwoWindows,
    split_disclosed,
    split_region_lmdi,
    split_valid,
)
from disclosure_trends.models.decomposition.shapley import Floats, total
from disclosure_trends.models.jackknife import jackknife
from disclosure_trends.results import Check, Estimate, NotEstimable

MIN_COUNTRIES: Final = 5
"""With fewer countries no interval is given."""
STABLE: Final = 2.0
"""Shares of a change are stable if it exceeds so many times its counting noise."""
NAMES: Final = ("change", *FACTORS)

Estimates = dict[str, Estimate | NotEstimable]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """The parts of a change, ready for a result.

    Attributes
    ----------
    estimates : mapping
        ``change`` and the three factors.
    factors : DataFrame
        ``factor, value, lower, upper, lmdi``; one row for each factor that is known.
    countries : DataFrame
        ``country, submitted_before, submitted_after, valid_before, valid_after,
        change`` and a column for each factor that is known.
    disclosed : DataFrame
        ``factor, value`` for disclosed requests.
    valid : tuple of float
        Valid requests before and after.
    checks : tuple of Check
        What qualifies the parts.
    """

    estimates: Estimates
    factors: pd.DataFrame
    countries: pd.DataFrame
    disclosed: pd.DataFrame
    valid: tuple[float, float]
    checks: tuple[Check, ...]

    def with_check(self, check: Check) -> "Parts":
        """Return the same parts with one more check."""
        return replace(self, checks=(*self.checks, check))


def nothing(reason: NotEstimable) -> Parts:
    """Return the parts of a change of which nothing is known."""
    return Parts(
        estimates=dict.fromkeys(NAMES, reason),
        factors=pd.DataFrame(columns=["factor", "value", "lower", "upper", "lmdi"]),
        countries=pd.DataFrame(columns=["country", "change"]),
        disclosed=pd.DataFrame(columns=["factor", "value"]),
        valid=(0.0, 0.0),
        checks=(),
    )


def decompose_counts(counts: TwoWindows, *, routing: NotEstimable | None) -> Parts:
    """Split the change of valid requests.

    Parameters
    ----------
    counts : TwoWindows
        Both windows.
    routing : NotEstimable or None
        Why routing is not known; then volume and validity carry the whole change.

    Returns
    -------
    Parts
        They add up to the change.
    """
    if routing is not None:
        counts = counts.without_lines()
    known = [f for f in FACTORS if f != "routing" or routing is None]
    parts = split_valid(counts)
    places, place = np.unique(counts.country, return_inverse=True)
    by_country: Floats = np.stack(
        [np.bincount(place, p, places.size).astype(np.float64) for p in parts]
    )
    estimates: Estimates = {"change": _change(counts)}
    for n, name in enumerate(FACTORS):
        estimates[name] = _estimate(by_country, n, parts=parts, counts=counts)
    if routing is not None:
        estimates["routing"] = routing
    return Parts(
        estimates=estimates,
        factors=_factor_table(estimates, counts=counts, known=known),
        countries=_country_table(counts, by_country=by_country, known=known),
        disclosed=_disclosed_table(counts, known=known),
        valid=(total(counts.valid[:, 0]), total(counts.valid[:, 1])),
        checks=(_enough_countries(places.size),),
    )


def _change(counts: TwoWindows) -> Estimate:
    change = total(counts.valid[:, 1] - counts.valid[:, 0])
    return Estimate(value=change, lower=None, upper=None, level=None, unit="change")


def _estimate(
    by_country: Floats, factor: int, *, parts: Floats, counts: TwoWindows
) -> Estimate:
    """Give a part its interval: countries of the region left out one at a time.

    The interval is that of the part's share of the change, times the change: leaving a
    country out moves the change itself. Where the change is within its counting noise
    shares are unstable, and the part is scaled to all countries instead.
    """
    value = total(parts[factor])
    n = by_country.shape[1]
    if n < MIN_COUNTRIES:
        return Estimate(value=value, lower=None, upper=None, level=None, unit="change")
    change = total(parts)
    left = value - by_country[factor]
    noise = np.sqrt(counts.valid.sum())
    if abs(change) > STABLE * noise:
        left_change = change - by_country.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            replicates = change * left / left_change
    else:
        replicates = left * n / (n - 1)
    replicates = replicates[np.isfinite(replicates)]
    return jackknife(np.array([value, *replicates])).estimate(unit="change")


def _factor_table(
    estimates: Mapping[str, Estimate | NotEstimable],
    *,
    counts: TwoWindows,
    known: list[str],
) -> pd.DataFrame:
    lmdi = dict(zip(FACTORS, split_region_lmdi(counts), strict=True))
    rows = []
    for name in known:
        part = estimates[name]
        if isinstance(part, Estimate):
            ends = {"lower": part.lower, "upper": part.upper}
            rows.append(
                {"factor": name, "value": part.value, **ends, "lmdi": lmdi[name]}
            )
    numeric = ["value", "lower", "upper", "lmdi"]
    return pd.DataFrame(rows).astype(dict.fromkeys(numeric, float))


def _country_table(
    counts: TwoWindows, *, by_country: Floats, known: list[str]
) -> pd.DataFrame:
    places, place = np.unique(counts.country, return_inverse=True)
    columns: dict[str, object] = {"country": places}
    for name, values in (("submitted", counts.submitted), ("valid", counts.valid)):
        for n, window in enumerate(("before", "after")):
            sums = np.bincount(place, values[:, n], places.size)
            columns[f"{name}_{window}"] = np.rint(sums).astype(int)
    table = pd.DataFrame(columns)
    table["change"] = table["valid_after"] - table["valid_before"]
    for name in known:
        table[name] = by_country[FACTORS.index(name)]
    return table


def _disclosed_table(counts: TwoWindows, *, known: list[str]) -> pd.DataFrame:
    parts = split_disclosed(counts).sum(axis=1)
    names = [*FACTORS, "disclosure"]
    kept = [n for n, name in enumerate(names) if name in known or name == "disclosure"]
    return pd.DataFrame(
        {"factor": [names[n] for n in kept], "value": [float(parts[n]) for n in kept]}
    )


def _enough_countries(n: int) -> Check:
    passed = n >= MIN_COUNTRIES
    text = (
        "Intervals rest on leaving out one country at a time."
        if passed
        else "There are too few countries for an interval: the parts are given without."
    )
    return Check("countries", passed, text)
