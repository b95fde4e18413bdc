"""Kaplan-Meier curves of a move in whole months, of heads and of weights.

Sources: Kaplan and Meier 1958, JASA 53:457-481; Greenwood's variance with the log-log
transformation, Kalbfleisch and Prentice 2002, section 1.4.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MoveCurve:
    """Share that has moved by the end of each month.

    Attributes
    ----------
    at_risk, moved : ndarray, shape (T,)
        Heads (or weights) that had not moved when the month began and were still
        observed, and those of them that moved in it.
    share : ndarray, shape (T,)
        Cumulative share moved, 0 to 1.
    lower, upper : ndarray, shape (T,)
        Interval; not a number where it is undefined (nobody has moved, or everybody).
    """

    at_risk: Floats
    moved: Floats
    share: Floats
    lower: Floats
    upper: Floats


def trace_moves(
    month: Ints, has_moved: Bools, *, n_months: int, level: float = 0.95
) -> MoveCurve:
    """Estimate the share that has moved, with those who left early censored.

    Parameters
    ----------
    month : ndarray of int, shape (A,)
        Month of the move, or the last month in which an authority was observed
        unmoved; from 0.
    has_moved : ndarray of bool, shape (A,)
        Which of the two `month` is.
    n_months : int
        Length of the curve.
    level : float
        Confidence level.

    Returns
    -------
    MoveCurve
        Pointwise log-log intervals from Greenwood's variance.
    """
    from scipy.stats import norm

    at_risk, moved = _count(month, has_moved, np.ones(month.size), n_months=n_months)
    unmoved = _unmoved(at_risk, moved)
    stayed = at_risk - moved
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(moved > 0, moved / (at_risk * stayed), 0.0)
        log_unmoved = np.log(unmoved)
        error = np.sqrt(np.cumsum(terms)) / np.abs(log_unmoved)
        half = norm.ppf((1 + level) / 2) * error
        ends = [unmoved ** np.exp(sign * half) for sign in (-1, 1)]
    inside = (unmoved > 0) & (unmoved < 1)
    lower, upper = (np.where(inside, 1 - end, np.nan) for end in ends)
    return MoveCurve(
        at_risk=at_risk, moved=moved, share=1 - unmoved, lower=lower, upper=upper
    )


def trace_weighted_moves(
    month: Ints,
    has_moved: Bools,
    *,
    weight: Floats,
    cluster: NDArray[np.str_],
    n_months: int,
    level: float = 0.95,
) -> MoveCurve:
    """Estimate the share of weight that has moved.

    Parameters
    ----------
    month, has_moved, n_months, level
        As in `trace_moves`.
    weight : ndarray, shape (A,)
        For example the requests an authority filed before the line opened.
    cluster : ndarray of str, shape (A,)
        What is left out, one at a time, for the interval: countries.

    Returns
    -------
    MoveCurve
        Intervals from Student's t with one degree of freedom less than there are
        clusters, cut to 0 and 1; undefined with fewer than five clusters.
    """
    from scipy.stats import t

    at_risk, moved = _count(month, has_moved, weight, n_months=n_months)
    share = 1 - _unmoved(at_risk, moved)
    names = np.unique(cluster[weight > 0])
    n = names.size
    lower = upper = np.full(n_months, np.nan)
    if n >= 5:
        replicates = np.stack(
            [
                1
                - _unmoved(
                    *_count(
                        month, has_moved, weight * (cluster != name), n_months=n_months
                    )
                )
                for name in names
            ]
        )
        spread = ((replicates - replicates.mean(axis=0)) ** 2).sum(axis=0)
        half = t.ppf((1 + level) / 2, n - 1) * np.sqrt((n - 1) / n * spread)
        inside = (share > 0) & (share < 1)
        lower = np.where(inside, np.clip(share - half, 0, 1), np.nan)
        upper = np.where(inside, np.clip(share + half, 0, 1), np.nan)
    return MoveCurve(
        at_risk=at_risk, moved=moved, share=share, lower=lower, upper=upper
    )


def _count(
    month: Ints, has_moved: Bools, weight: Floats, *, n_months: int
) -> tuple[Floats, Floats]:
    """Weight at risk at the start of each month, and weight that moves in it."""
    leaving = np.bincount(month, weight, n_months)
    moved = np.bincount(month[has_moved], weight[has_moved], n_months)
    at_risk = leaving[::-1].cumsum()[::-1]
    return at_risk.astype(np.float64), moved.astype(np.float64)


def _unmoved(at_risk: Floats, moved: Floats) -> Floats:
    """Product of the shares that stayed; a month with nobody at risk changes nothing.

    Kept between 0 and 1, which sums of weights can miss by a rounding error.
    """
    gone = np.divide(moved, at_risk, out=np.zeros_like(moved), where=at_risk > 0)
    return np.cumprod(np.clip(1 - gone, 0, 1))
