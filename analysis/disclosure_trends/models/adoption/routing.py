"""When an authority moved to the designated line, read from its own requests.

First use is never taken for adoption: a stray early request would date the move too
early and blow up every comparison that hangs on it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from disclosure_trends.models.panel import NEVER, Floats, Ints

MIN_RISE: Final = 0.3
"""The share on the line must rise by more than this."""
MIN_RATIO: Final = 6.0
"""Twice the log-likelihood ratio of two shares against one must exceed this."""
SUSTAINED_SHARE: Final = 0.5


def change_points(
    on_line: Floats, known: Floats, *, min_ratio: float = MIN_RATIO
) -> Ints:
    """Date each authority's move by the best break in its share on the line.

    For every month k from the first month in which anybody used the line, one share
    is compared with two shares, before k and from k on, by twice the difference of
    the binomial log-likelihoods. k is admitted if the share rises by more than
    `MIN_RISE` and the ratio exceeds `min_ratio`; the largest ratio wins, the earliest
    month of equals.

    Parameters
    ----------
    on_line : array, shape (A, T)
        Requests on the designated line.
    known : array, shape (A, T)
        Requests whose line is known.
    min_ratio : float
        Threshold of the likelihood ratio.

    Returns
    -------
    array of int, shape (A,)
        First month of the new routing, `NEVER` where there is none.
    """
    used = np.flatnonzero(on_line.sum(axis=0) > 0)
    if used.size == 0:
        return np.full(len(on_line), NEVER, dtype=np.int64)
    ratio, rise = break_ratios(on_line, known)
    admitted = (rise > MIN_RISE) & (ratio > min_ratio)
    admitted &= np.arange(on_line.shape[1]) >= used[0]
    best = np.where(admitted, ratio, -np.inf).argmax(axis=1)
    return np.where(admitted.any(axis=1), best, NEVER).astype(np.int64)


def break_ratios(on_line: Floats, known: Floats) -> tuple[Floats, Floats]:
    """Compare two shares on the line, before each month and from it on, with one.

    Parameters
    ----------
    on_line, known : array, shape (A, T)
        Requests on the designated line, and those whose line is known.

    Returns
    -------
    tuple of array, shape (A, T)
        Twice the difference of the binomial log-likelihoods, and the rise of the
        share, for a break at each month.
    """
    hits, trials = _running(on_line), _running(known)
    hits_before, trials_before = hits[:, :-1], trials[:, :-1]
    hits_after, trials_after = (
        hits[:, -1:] - hits_before,
        trials[:, -1:] - trials_before,
    )
    ratio = 2 * (
        _log_likelihood(hits_before, trials_before)
        + _log_likelihood(hits_after, trials_after)
        - _log_likelihood(hits[:, -1:], trials[:, -1:])
    )
    rise = _share(hits_after, trials_after) - _share(hits_before, trials_before)
    return ratio, rise


def always_on_line(
    on_line: Floats, known: Floats, dated: Ints, *, min_ratio: float = MIN_RATIO
) -> Ints:
    """Date authorities that used the line from their first request on.

    They have no break to find, and yet they are not "not yet on the line": their
    share exceeds `MIN_RISE`, with a likelihood ratio above `min_ratio`.

    Parameters
    ----------
    on_line, known : array, shape (A, T)
        Requests on the designated line, and those whose line is known.
    dated : array of int, shape (A,)
        Months of the move that are known already; kept.
    min_ratio : float
        Threshold of the likelihood ratio.

    Returns
    -------
    array of int, shape (A,)
        `dated`, and for these authorities the month of their first request, or -1
        ("before the first month") where that is the first month.
    """
    from scipy.special import xlogy

    hits, trials = on_line.sum(axis=1), known.sum(axis=1)
    floor = xlogy(hits, MIN_RISE) + xlogy(trials - hits, 1 - MIN_RISE)
    clear = 2 * (_log_likelihood(hits, trials) - floor) > min_ratio
    clear &= _share(hits, trials) > MIN_RISE
    first = (known > 0).argmax(axis=1)
    start = np.where(first == 0, -1, first)
    return np.where((dated == NEVER) & clear, start, dated).astype(np.int64)


def sustained_use(on_line: Floats, known: Floats) -> Ints:
    """Date each move by the first month of lasting use: a second opinion only.

    Parameters
    ----------
    on_line, known : array, shape (A, T)
        Requests on the designated line, and those whose line is known.

    Returns
    -------
    array of int, shape (A,)
        First month in which this month and the next together have at least half of
        their requests on the line (the last month stands alone); else `NEVER`.
    """
    following = [np.pad(x[:, 1:], ((0, 0), (0, 1))) for x in (on_line, known)]
    share = _share(on_line + following[0], known + following[1])
    lasting = (share >= SUSTAINED_SHARE) & (on_line > 0)
    return np.where(lasting.any(axis=1), lasting.argmax(axis=1), NEVER).astype(np.int64)


def _running(counts: Floats) -> Floats:
    """Add up the months before each month; the last entry holds all."""
    return np.pad(counts.cumsum(axis=1), ((0, 0), (1, 0)))


def _share(hits: Floats, trials: Floats) -> Floats:
    return np.divide(hits, trials, out=np.zeros_like(trials), where=trials > 0)


def _log_likelihood(hits: Floats, trials: Floats) -> Floats:
    """Binomial log-likelihood at its maximum, without the constant."""
    from scipy.special import xlogy

    share = _share(hits, trials)
    return np.asarray(xlogy(hits, share) + xlogy(trials - hits, 1 - share))
