"""Designated lines: which channel was the right one, for whom, from when to when."""

import csv
import io
from datetime import date
from functools import cache

import pandas as pd

from disclosure_trends.resources import vocabulary_text

LINE_COLUMNS = (
    "scope",
    "authority_type",
    "channel",
    "valid_from",
    "valid_to",
    "source_url",
)


@cache
def _lines() -> pd.DataFrame:
    rows = list(csv.DictReader(io.StringIO(vocabulary_text("designated_lines.csv"))))
    table = pd.DataFrame(rows, columns=list(LINE_COLUMNS))
    for column in ("valid_from", "valid_to"):
        days = [date.fromisoformat(day) if day else None for day in table[column]]
        table[column] = pd.Series(days, dtype="object")
    return table


def designated_lines() -> pd.DataFrame:
    """Return the table of designated lines.

    Returns
    -------
    pandas.DataFrame
        ``scope`` (country or group of the region table), ``authority_type`` (empty:
        every type), ``channel``, ``valid_from`` and ``valid_to`` (dates, both
        inclusive; None: still valid), ``source_url``. Several lines may be
        designated on one day: each of them is a right one.
    """
    return _lines().copy()
