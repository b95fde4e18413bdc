"""Counts from published figures whose windows are calendar periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.vocabulary.periods import Freq

if TYPE_CHECKING:
    from disclosure_trends.counts.published import PublishedFigures


def published_counts(
    published: PublishedFigures, *, freq: Freq = "quarter", measure: str | None = None
) -> Counts:
    """Take from published figures those whose window is one calendar period.

    Windows of any other length, and figures that are only bounded, stay out: a longer
    window cannot be split without a model. So do figures that a better source
    contradicts, and wide ones that their own parts contradict.

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
    rows = [
        (country, cell.window.text, int(cell.lower))
        for country, known in published.of(wanted).items()
        for cell in known.cells
        if cell.window.freq == freq and cell.is_exact
    ]
    frame = pd.DataFrame(rows, columns=["region", "period", "value"])
    return Counts.from_frame(
        frame,
        freq=freq,
        measure=wanted,
        evidence=published.evidence,
        as_of=published.as_of,
    )
