"""Exact inference for counts in two windows, and randomisation over few countries.

The rate ratio of two Poisson counts given their sum is binomial (Przyborowski and
Wilenski 1940; Clopper and Pearson 1934), the ratio of two such ratios given all margins
is non-central hypergeometric (Fisher 1935). Both speak of counting noise only. Whether
the chosen members differ from others is asked by randomisation over which of the
compared countries are called members (Fisher 1935, The Design of Experiments).
"""

from collections.abc import Sequence
from itertools import combinations
from math import log
from typing import Final

from disclosure_trends.results import Estimate, NotEstimable

MAX_ASSIGNMENTS: Final = 200_000
"""More assignments than this are not enumerated."""
_CORRECTION: Final = 0.5
"""Added to the counts of the randomisation statistic: zeros have no logarithm."""


def rate_ratio(
    before: float, after: float, *, exposure: float = 1.0, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return the ratio of two Poisson rates with its exact conditional interval.

    Parameters
    ----------
    before, after
        Counts.
    exposure
        Length of the window before divided by that of the window after.
    level
        Confidence level.

    Returns
    -------
    Estimate or NotEstimable
        `after / before * exposure`. Given the sum n, the count after is binomial with
        p = r / (r + exposure) for the ratio r of the rates; the interval is the
        Clopper-Pearson interval of p carried over. Nothing where both are zero.
    """
    from scipy.stats import beta

    if before + after == 0:
        return NotEstimable(reason="both counts are zero", rule="zero_counts")
    tail = (1 - level) / 2
    low = beta.ppf(tail, after, before + 1) if after else 0.0
    high = beta.ppf(1 - tail, after + 1, before) if before else None
    return Estimate(
        value=after / before * exposure if before else None,
        lower=float(low / (1 - low) * exposure),
        upper=None if high is None else float(high / (1 - high) * exposure),
        level=level,
        kind="confidence",
        unit="ratio",
    )


def ratio_of_ratios(
    counts: tuple[tuple[int, int], tuple[int, int]], *, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return the ratio of two rate ratios with its exact conditional interval.

    Parameters
    ----------
    counts
        (before, after) of the members, then of the others.
    level
        Confidence level.
    """
    from scipy.stats.contingency import odds_ratio

    (before, after), (before_2, after_2) = counts
    if min(before, after_2) == 0 or before_2 == 0:
        return NotEstimable(
            reason="a count that would be divided by is zero", rule="zero_counts"
        )
    found = odds_ratio([[after, before], [after_2, before_2]], kind="conditional")
    interval = found.confidence_interval(level)
    return Estimate(
        value=(after / before) / (after_2 / before_2),
        lower=float(interval.low),
        upper=float(interval.high),
        level=level,
        kind="confidence",
        unit="ratio",
    )


def randomisation_p(counts: Sequence[tuple[int, int]], *, n_members: int) -> float:
    """Return the share of assignments whose statistic is at least the observed one.

    Parameters
    ----------
    counts
        Rows (before, after), the members first.
    n_members
        How many of the rows are members.

    Returns
    -------
    float
        One-sided p-value of ln((after + 0.5) / (before + 0.5)) of the chosen together
        minus that of the others, over all choices of so many countries.
    """
    assignments = combinations(range(len(counts)), n_members)
    statistics = [_statistic(counts, frozenset(chosen)) for chosen in assignments]
    # The first combination is the observed one; a tie counts as at least as large.
    reached = sum(value >= statistics[0] - 1e-12 for value in statistics)
    return reached / len(statistics)


def _statistic(counts: Sequence[tuple[int, int]], chosen: frozenset[int]) -> float:
    def rise(rows: list[tuple[int, int]]) -> float:
        before = sum(row[0] for row in rows) + _CORRECTION
        return log((sum(row[1] for row in rows) + _CORRECTION) / before)

    inside = [row for number, row in enumerate(counts) if number in chosen]
    outside = [row for number, row in enumerate(counts) if number not in chosen]
    return rise(inside) - rise(outside)
