"""When a period is ripe: it is over, and late arrivals are in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from disclosure_trends.errors import SettingsError
from disclosure_trends.vocabulary.periods import parse_period


def mature_on(period: str, *, wait_days: int) -> date:
    """First day on which a period counts as complete.

    Parameters
    ----------
    period : str
        Period as text.
    wait_days : int
        Days to wait after its last day; 0 means the last day itself.

    Returns
    -------
    date
        Its last day plus `wait_days`.
    """
    if wait_days < 0:
        raise SettingsError(
            f"wait_days: {wait_days} is negative; allowed are whole days from 0"
        )
    return parse_period(period).end + timedelta(days=wait_days)


def mark_mature(
    periods: Iterable[str], *, as_of: date, wait_days: int = 0
) -> pd.Series[bool]:
    """Say for each period whether it is complete on `as_of` (inclusive).

    Computed from `as_of` alone, never from the clock: a period is complete when its
    last day, plus the days to wait, is not later than `as_of`.

    Parameters
    ----------
    periods : iterable of str
        Periods as text, repeats allowed.
    as_of : date
        Last day of which the data know.
    wait_days : int
        Days to wait for late arrivals or for decisions, e.g. 30 for "valid within 30
        days of receipt".

    Returns
    -------
    Series of bool
        In the order given.
    """
    texts = list(periods)
    ripe = {text: mature_on(text, wait_days=wait_days) <= as_of for text in set(texts)}
    return pd.Series([ripe[text] for text in texts], dtype="bool")


def days_to_wait(delays: Iterable[int], *, share: float = 0.98) -> int | None:
    """Days after which a `share` of what will come has come.

    Parameters
    ----------
    delays : iterable of int
        Delay in days of every row of periods that are old enough to be whole.
    share : float
        Share of rows to wait for, above 0 and at most 1.

    Returns
    -------
    int or None
        Smallest observed delay that at least `share` of the rows do not exceed; None
        where there are no rows.
    """
    if not 0 < share <= 1:
        raise SettingsError(f"share: {share} is not above 0 and at most 1")
    days = np.sort(np.fromiter(delays, dtype=np.int64))
    if not len(days):
        return None
    return int(days[int(np.ceil(share * len(days))) - 1])
