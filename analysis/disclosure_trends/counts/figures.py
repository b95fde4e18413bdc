"""Counts from a CSV somebody else counted, and from published calendar periods."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.errors import SettingsError
from disclosure_trends.vocabulary.periods import Freq, Window, period_freq

if TYPE_CHECKING:
    from disclosure_trends.counts.published import PublishedFigures


def read_counts(
    path: str | Path, *, measure: str = "requests", as_of: str | date | None = None
) -> Counts:
    """Read a CSV of counts; the periods say how long they are.

    Parameters
    ----------
    path : str or path
        A CSV with `region, period, value`, optionally `exposure` and `is_complete`.
    measure : str
        What is counted.
    as_of : str or date, optional
        Last day, inclusive, of which the file knows.

    Returns
    -------
    Counts
        Evidence `published`.

    Raises
    ------
    SettingsError
        A column is missing, or periods or values cannot be read.
    """
    frame = pd.read_csv(
        path,
        dtype={"region": "str", "period": "str"},
        keep_default_na=False,
        na_values={"value": [""], "exposure": [""]},
    )
    if "period" not in frame.columns or frame.empty:
        raise SettingsError(
            f"{Path(path).name}: there are no periods; needed are the columns region, "
            "period, value and one row per count"
        )
    freq = period_freq(str(frame["period"].iloc[0]))
    return Counts.from_frame(frame, freq=freq, measure=measure, as_of=as_of)


def published_counts(
    published: PublishedFigures, *, freq: Freq = "quarter", measure: str | None = None
) -> Counts:
    """Take from published figures those whose window is one calendar period.

    Windows of any other length, and figures that are only bounded, stay out: a longer
    window cannot be split without a model.

    Parameters
    ----------
    published : PublishedFigures
        Figures over windows.
    freq : str
        Length of the wanted periods.
    measure : str, optional
        The figures' main measure by default.

    Returns
    -------
    Counts
        One series per country.
    """
    wanted = measure or published.main_measure
    table = published.table
    rows = table[(table["measure"] == wanted) & table["value"].notna()]
    windows = [
        Window(start.date(), end.date())
        for start, end in zip(rows["period_start"], rows["period_end"], strict=True)
    ]
    whole = [window.freq == freq for window in windows]
    frame = pd.DataFrame(
        {
            "region": rows["country"].to_numpy(),
            "period": [window.text for window in windows],
            "value": rows["value"].to_numpy(),
        }
    )[whole]
    last = frame.drop_duplicates(["region", "period"], keep="last")
    return Counts.from_frame(last, freq=freq, measure=wanted)
