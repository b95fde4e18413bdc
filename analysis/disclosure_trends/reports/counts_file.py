"""Counts from a CSV that somebody else counted."""

from pathlib import Path

import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.errors import SettingsError
from disclosure_trends.vocabulary.periods import period_freq


def read_counts(path: Path, *, as_of: str, measure: str = "requests") -> Counts:
    """Read a CSV of counts; the periods say how long they are.

    Parameters
    ----------
    path : Path
        A CSV with `region, period, value`, optionally `exposure` and `is_complete`.
    as_of : str
        Last day, inclusive, of which the file knows.
    measure : str
        What is counted.

    Returns
    -------
    Counts
        Evidence `published`.

    Raises
    ------
    SettingsError
        There is no such file, a column is missing, or periods or values cannot be
        read.
    """
    if not path.is_file():
        raise SettingsError(
            f"parameter 'counts': there is no file {path.name}; allowed is the path of "
            "a CSV with the columns region, period, value"
        )
    frame = pd.read_csv(
        path,
        dtype={"region": "str", "period": "str"},
        keep_default_na=False,
        na_values={"value": [""], "exposure": [""]},
    )
    if "period" not in frame.columns or frame.empty:
        raise SettingsError(
            f"{path.name}: there are no periods; needed are the columns region, "
            "period, value and one row per count"
        )
    freq = period_freq(str(frame["period"].iloc[0]))
    return Counts.from_frame(frame, freq=freq, measure=measure, as_of=as_of)
