"""Counts from published figures whose windows are calendar periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.vocabulary.periods import Freq, Window

if TYPE_CHECKING:
    from disclosure_trends.counts.published import PublishedFigures


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
