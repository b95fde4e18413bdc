"""What qualifies a decomposition: maturity, windows of unlike length, membership."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from disclosure_trends.display.wording import listing
from disclosure_trends.models.decomposition.window_counts import touched_months
from disclosure_trends.results import Check, NotEstimable
from disclosure_trends.vocabulary.periods import Window, format_day, parse_period
from disclosure_trends.vocabulary.regions import describe_region, membership_changes

if TYPE_CHECKING:
    from disclosure_trends.logs.cleaned import CleanedLog
    from disclosure_trends.models.decomposition.factors import TwoWindows

_UNKNOWN_LINE: Final = 0.05
_TURNOVER: Final = 0.25
_UNASSESSED: Final = 0.05  # points between the windows
_DAYS_APART: Final = 3  # quarters differ by up to two days


def list_checks(
    cleaned: CleanedLog,
    *,
    region: str,
    windows: tuple[Window, Window],
    within_days: int | None,
) -> tuple[Check, ...]:
    """Look at what may mislead a reader of a decomposition.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    region : str
        Whose requests.
    windows : tuple of Window
        Before and after.
    within_days : int or None
        Days within which a request must be found valid.

    Returns
    -------
    tuple of Check
        In a fixed order.
    """
    return (
        _is_mature(cleaned, after=windows[1], within_days=within_days),
        _same_length(windows),
        _same_members(region, windows=windows),
    )


def routing_is_known(
    cleaned: CleanedLog, counts: TwoWindows, *, windows: tuple[Window, Window]
) -> NotEstimable | None:
    """Say why routing is not known, if it is not.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    counts : TwoWindows
        Both windows.
    windows : tuple of Window
        Before and after.

    Returns
    -------
    NotEstimable or None
        None where the line is known of some requests in both windows.
    """
    if not cleaned.is_recorded("channel"):
        return NotEstimable("channel is not recorded", rule="not_recorded")
    known = (counts.on_line + counts.off_line).sum(axis=0)
    missing = [w.words for w, n in zip(windows, known, strict=True) if n == 0]
    if not missing:
        return None
    return NotEstimable(
        f"no request of {' and '.join(missing)} has a known line: "
        "none was designated, or the channel is unknown",
        rule="line_unknown",
    )


def line_check(counts: TwoWindows) -> Check:
    """Look at the share of requests of which the line is not known."""
    known = (counts.on_line + counts.off_line).sum(axis=0)
    received = np.maximum(counts.submitted.sum(axis=0), 1)
    passed = bool((known >= (1 - _UNKNOWN_LINE) * received).all())
    text = (
        "The line of nearly every request is known in both windows."
        if passed
        else "The line of many requests is unknown; they stand as a line of their own, "
        "and part of the routing may be a change of what is known."
    )
    return Check("line_known", passed, text)


def turnover_check(counts: TwoWindows) -> Check:
    """Look at the share of requests by authorities that filed in one window only."""
    both = (counts.submitted > 0).all(axis=1)
    received = np.maximum(counts.submitted.sum(axis=0), 1)
    lonely = counts.submitted[~both].sum(axis=0) / received
    passed = bool((lonely <= _TURNOVER).all())
    text = (
        "Nearly all requests come from authorities that filed in both windows."
        if passed
        else "Many requests come from authorities that filed in one window only. What "
        "those bring counts as volume, at their own validity: where validity changed "
        "with them, the region's totals show it and the parts by authority do not."
    )
    return Check("turnover", passed, text)


def assessed_check(counts: TwoWindows) -> Check:
    """Look at whether as many requests are without a finding in both windows."""
    if counts.unassessed is None:
        text = "How many requests nobody assessed is not known."
        return Check("assessed", None, text)
    received = np.maximum(counts.submitted.sum(axis=0), 1)
    before, after = counts.unassessed.sum(axis=0) / received
    passed = bool(abs(after - before) <= _UNASSESSED)
    text = (
        "About as many requests are without a finding on validity in both windows."
        if passed
        else f"{'More' if after > before else 'Fewer'} requests of the later window "
        "than of the earlier one are without a finding on validity. They count as not "
        "valid, so part of the change in validity is a change in what was found out."
    )
    return Check("assessed", passed, text)


def window_is_missing(
    cleaned: CleanedLog,
    *,
    windows: tuple[Window, Window],
    gaps: tuple[tuple[str, ...], ...],
) -> NotEstimable | None:
    """Say why a window cannot be counted, if it cannot.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    windows : tuple of Window
        Before and after.
    gaps : tuple of tuple of str
        Months of each window of which the log holds no request from anywhere.

    Returns
    -------
    NotEstimable or None
        A window that had not ended, or of which nothing was logged, is not zero.
    """
    for window, missing in zip(windows, gaps, strict=True):
        if window.end > cleaned.as_of:
            day = format_day(cleaned.as_of)
            reason = f"{window.words} had not ended by {day}, the last day of the log"
            return NotEstimable(reason, rule="incomplete_period")
        if len(missing) == len(touched_months(window)):
            reason = f"the log holds no request of {window.words}, from anywhere"
            return NotEstimable(reason, rule="no_requests")
    return None


def gaps_check(gaps: tuple[tuple[str, ...], ...]) -> Check:
    """Look at whether every month of both windows was logged."""
    missing = [parse_period(month).words for window in gaps for month in window]
    text = (
        "The log holds requests of every month of both windows."
        if not missing
        else f"The log holds no request of {listing(missing)} from anywhere: it may "
        "begin later or end earlier than the windows, and part of the change is that."
    )
    return Check("gaps", not missing, text)


def _is_mature(cleaned: CleanedLog, *, after: Window, within_days: int | None) -> Check:
    if within_days is None:
        return Check(
            "maturity",
            None,
            "No day of a decision is recorded: requests count as valid whenever that "
            "was found out, and the later window may still be incomplete.",
        )
    mature_on = after.end + timedelta(days=within_days)
    if mature_on <= cleaned.as_of:
        text = "All requests of both windows had the same time to be found valid."
        return Check("maturity", passed=True, text=text)
    return Check(
        "maturity",
        passed=False,
        text="The latest requests had less time to be found valid than the earlier "
        f"ones; the later window is settled from {format_day(mature_on)} on.",
    )


def _same_length(windows: tuple[Window, Window]) -> Check:
    passed = abs(windows[0].days - windows[1].days) <= _DAYS_APART
    text = (
        "Both windows are equally long."
        if passed
        else "The windows differ in length, and part of the volume is that."
    )
    return Check("window_length", passed, text)


def _same_members(region: str, *, windows: tuple[Window, Window]) -> Check:
    start, end = windows[0].start, windows[1].end
    passed = not any(start < day <= end for day in membership_changes(region))
    text = (
        "The region has the same members in both windows."
        if passed
        else f"Membership of {describe_region(region)} changed between the windows; "
        "those who are members in the later one are counted in both."
    )
    return Check("membership", passed, text)
