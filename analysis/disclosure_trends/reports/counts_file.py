"""Counts from a CSV that somebody else counted."""

from pathlib import Path

import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.errors import SettingsError
from disclosure_trends.vocabulary.periods import period_freq


def read_counts(path: Path, *, as_of: str, measure: str = "cases") -> Counts:
    """Read a CSV of counts; the periods say how long they are.

    Parameters
    ----------
    path : Path
        A CSV with `region, period, value`, optionally `exposure` and `is_complete`;
        and optionally `measure`, one word for all rows: what is counted.
    as_of : str
        Last day, inclusive, of which the file knows.
    measure : str
        What is counted, where the file does not say it.

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
    measure = _one_measure(frame, path.name) or measure
    return Counts.from_frame(frame, freq=freq, measure=measure, as_of=as_of)


def _one_measure(frame: pd.DataFrame, name: str) -> str:
    """Return what the file says it counts; counts of several things are refused."""
    if "measure" not in frame.columns:
        return ""
    said = sorted({str(word).strip() for word in frame["measure"]} - {""})
    if len(said) > 1:
        raise SettingsError(
            f"{name}: counts {', '.join(said[:3])}{', ...' if said[3:] else ''}; "
            "allowed is one measure a file; give one file for each"
        )
    return said[0] if said else ""
