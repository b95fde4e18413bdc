"""Finds the day until which a log was kept, where that is before its `as_of`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from disclosure_trends.counts.cells import silence
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.results import Check
from disclosure_trends.vocabulary.periods import format_day

SURELY: Final = 20.0
"""Requests that would have come in the silence, on average; by chance none comes in
one of 500 million such silences (Poisson, exp(-20))."""


def kept_until(cleaned: CleanedLog) -> date:
    """Return the last day of which the log can be taken to know.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.

    Returns
    -------
    datetime.date
        Its `as_of`; but where no request came from anywhere for longer than ever
        before, and many would have been expected meanwhile, the log was not kept so
        long: then the last request plus the longest earlier silence.
    """
    found = silence(cleaned)
    if found is None:
        return cleaned.as_of
    first, last, longest = found
    quiet = (cleaned.as_of - last).days
    per_day = cleaned.ledger.total.clean / ((last - first).days + 1)
    if quiet <= longest or per_day * quiet < SURELY:
        return cleaned.as_of
    return last + timedelta(days=longest)


def end_check(cleaned: CleanedLog, *, until: date) -> tuple[Check, ...]:
    """Say that a log ends before the day as of which it was cleaned, if it does."""
    if until >= cleaned.as_of:
        return ()
    text = (
        f"The log holds no request from anywhere after {format_day(until)}, though it "
        f"was cleaned as of {format_day(cleaned.as_of)}: periods that end later are "
        "taken as not logged, not as zero."
    )
    return (Check(name="log_end", passed=None, text=text),)
