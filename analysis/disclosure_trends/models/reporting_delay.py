"""How completely a period is known after so many days: reversed chain ladder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from disclosure_trends.models.negative_binomial import Array

WINDOW: Final = 12  # last periods from which each step of the delay is learnt
LEAST_WHOLE: Final = 3  # periods that must be known to the longest delay
LEAST_ROWS: Final = 30  # cases behind a delay model
LONG_TAIL: Final = 0.995  # share of cases up to which steps are learnt one by one
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DelayModel:
    """Share of a period's final count that is known after a number of days.

    Attributes
    ----------
    share
        By days since the start of the period, rising to 1; the last of it, past the
        steps learnt from recent periods, is that of the oldest half of all periods.
    spread
        Variance of the known part over its binomial variance, by days; at least 1.
    cases, periods
        What it was learnt from.
    """

    share: Array
    spread: Array
    cases: float
    periods: int

    def at(self, days: int) -> tuple[float, float]:
        """Share and spread after so many days."""
        if days < 0:
            return 0.0, 1.0
        if days >= len(self.share):
            return 1.0, 1.0
        return float(self.share[days]), float(self.spread[days])


def fit_delay(triangle: Array, observed_days: Ints) -> DelayModel | str:
    """Learn the delay from periods of different age.

    Parameters
    ----------
    triangle : ndarray
        Cases by period (oldest first) and days since its start.
    observed_days : ndarray
        Days since its start to which each period is observed.

    Returns
    -------
    DelayModel or str
        Or the reason why delays cannot be told.
    """
    longest = _longest(triangle, observed_days)
    whole = int((observed_days >= longest).sum())
    if whole < LEAST_WHOLE:
        return (
            f"only {whole} periods are old enough to be whole; {LEAST_WHOLE} are needed"
        )
    cases = float(triangle.sum())
    if cases < LEAST_ROWS:
        return f"only {cases:.0f} cases; {LEAST_ROWS} are needed"
    cumulative = np.cumsum(triangle, axis=1)
    hazard = np.zeros(longest + 1)
    for day in range(1, longest + 1):
        seen = np.flatnonzero(observed_days >= day)[-WINDOW:]
        total = cumulative[seen, day].sum()
        hazard[day] = triangle[seen, day].sum() / total if total else 0.0
    keep = np.log1p(-np.minimum(hazard, 1 - 1e-9))
    share = np.exp(np.append(np.cumsum(keep[::-1])[::-1][1:], 0.0))
    spread = _spread(cumulative, observed_days, share, longest)
    tail = _oldest_share(triangle)[longest:]
    return DelayModel(
        share=np.append(share[:-1] * tail[0], tail),
        spread=np.append(spread[:-1], np.ones(len(tail))),
        cases=cases,
        periods=whole,
    )


def _longest(triangle: Array, observed_days: Ints) -> int:
    """Days that almost all cases of the oldest half do not exceed."""
    share = _oldest_share(triangle)
    if not share[-1]:
        return int(observed_days.max(initial=0))
    return int(np.searchsorted(share, LONG_TAIL))


def _oldest_share(triangle: Array) -> Array:
    """Share of the cases of the oldest half that is known, by days."""
    known = np.cumsum(triangle[: max(len(triangle) // 2, 1)].sum(axis=0))
    share: Array = known / max(known[-1], 1.0)
    return share


def _spread(
    cumulative: Array, observed_days: Ints, share: Array, longest: int
) -> Array:
    """Extra variance of the part known early, seen on periods that are whole."""
    whole = np.flatnonzero(observed_days >= longest)[-2 * WINDOW :]
    final = cumulative[whole, longest][:, None]
    known = cumulative[whole, : longest + 1]
    chance = share * (1 - share)
    usable = (final[:, 0] > 0)[:, None] & (chance > 0)
    with np.errstate(all="ignore"):
        square = (known - share * final) ** 2 / (final * chance)
    total = np.where(usable, square, 0.0).sum(axis=0)
    n = usable.sum(axis=0)
    spread: Array = np.where(n > 1, total / np.maximum(n - 1, 1), 1.0)
    return np.maximum(spread, 1.0)
