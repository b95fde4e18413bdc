"""Counts as arrays: one row a series, one column a period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.errors import SettingsError, UnknownRegionError
from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.results import Check
from disclosure_trends.vocabulary.periods import Freq, parse_period, period_freq
from disclosure_trends.vocabulary.regions import describe_region


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesMatrix:
    """Counts of all series on their common grid.

    Attributes
    ----------
    regions, periods
        Names of the rows and of the columns, oldest period first.
    counts
        Counts as they were reported; NaN where nothing is known.
    ripe
        The same, NaN also where the period is not complete: what a model may use.
    exposure
        Exposure, or None.
    """

    regions: tuple[str, ...]
    periods: tuple[str, ...]
    counts: Array
    ripe: Array
    exposure: Array | None


def series_matrix(counts: Counts) -> SeriesMatrix:
    """Turn counts with one key into arrays.

    Raises
    ------
    SettingsError
        The counts have several keys.
    """
    if len(counts.by) > 1:
        raise SettingsError(
            f"counts: keys {', '.join(counts.by)} are no series; allowed is one key; "
            "count with one name in by="
        )
    table = counts.table
    periods = counts.periods
    # Every series has every period, one series after the other.
    regions = tuple(
        str(region) for region in table["region"].iloc[:: len(periods) or 1]
    )
    shape = (len(regions), len(periods))
    values = table["value"].to_numpy(dtype=float, na_value=np.nan).reshape(shape)
    complete = table["is_complete"].to_numpy(dtype=bool).reshape(shape)
    exposure = None
    if "exposure" in table.columns:
        exposure = table["exposure"].to_numpy(dtype=float).reshape(shape)
    return SeriesMatrix(
        regions=regions,
        periods=periods,
        counts=values,
        ripe=np.where(complete, values, np.nan),
        exposure=exposure,
    )


def first_seen(ripe: Array) -> npt.NDArray[np.int64]:
    """Column of the first known count of each row; the row length where none is."""
    seen = ~np.isnan(ripe)
    first: npt.NDArray[np.int64] = np.where(
        seen.any(axis=1), seen.argmax(axis=1), ripe.shape[1]
    )
    return first


def lacks_exposure(matrix: SeriesMatrix) -> npt.NDArray[np.bool_]:
    """Say of each series whether a count that a model may use has no exposure."""
    if matrix.exposure is None:
        return np.zeros(len(matrix.regions), dtype=bool)
    lacks = ~np.isnan(matrix.ripe) & np.isnan(matrix.exposure)
    return np.asarray(lacks.any(axis=1), dtype=bool)


def exposure_check(ripe: pd.DataFrame) -> tuple[Check, ...]:
    """Say where exposure was given, but not for every complete period of a series."""
    if "exposure" not in ripe.columns or bool(ripe["exposure"].notna().all()):
        return ()
    text = "Some counts have no exposure: the series is taken without exposure."
    return (Check(name="exposure_missing", passed=False, text=text),)


def region_words(region: str) -> str:
    """Name a series in prose: the region's name where it has one, else its own text."""
    try:
        return describe_region(region)
    except UnknownRegionError:
        return region


def in_period(period: str) -> str:
    """Say when: `in September 2024`, but `on 24 September 2024`."""
    on = "on" if period_freq(period) == "day" else "in"
    return f"{on} {period_words(period)}"


def period_noun(freq: Freq) -> str:
    """Name the length of a period: `month`, but `half-year`."""
    return "half-year" if freq == "half" else freq


def period_words(period: str) -> str:
    """Name a period in prose: `September 2024`; a week keeps its number."""
    if period_freq(period) == "week":
        year, week = period.split("-W")
        return f"week {int(week)} of {year}"
    return parse_period(period).words
