"""When the simulated platform finds out whether a request is valid."""

import numpy as np
from numpy.typing import NDArray

from disclosure_trends.simulate.calendar import SimulatedMonths

MATURE_DAYS = 30.0
_PROMPT_DAYS = (0.5, 14.0)  # shortest and longest delay where decisions are prompt
_GRID = 2000

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def draw_delays(
    size: int, *, decision_days: float | None, rng: np.random.Generator
) -> Floats:
    """Draw days from receipt to decision: exponential where late, else even.

    Parameters
    ----------
    size : int
        Number of requests.
    decision_days : float or None
        Mean of late decisions; None where decisions are prompt.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    ndarray
        Days.
    """
    if decision_days is None:
        return rng.uniform(*_PROMPT_DAYS, size=size)
    return rng.exponential(decision_days, size=size)


def decided_shares(
    months: SimulatedMonths, *, decision_days: float | None
) -> tuple[Floats, Floats]:
    """Work out the chance of a decision within 30 days and by the cut, and by the cut.

    Requests arrive evenly over a month. Within 30 days means by the end of the 30th
    day after that of receipt, as a log is counted.

    Parameters
    ----------
    months : SimulatedMonths
        The calendar.
    decision_days : float or None
        As in `draw_delays`.

    Returns
    -------
    tuple of ndarray
        Both chances, by month.
    """
    receipt = (np.arange(_GRID) + 0.5) / _GRID * months.days[:, None]
    left = (months.days_left + months.days)[:, None] - receipt
    by_cut = _chance_by(left, decision_days=decision_days)
    in_time = np.minimum(left, np.floor(receipt) + MATURE_DAYS + 1 - receipt)
    within = _chance_by(in_time, decision_days=decision_days)
    return within.mean(axis=1), by_cut.mean(axis=1)


def draw_receipts(
    group: Ints,
    *,
    days: float,
    days_left: float,
    decision_days: float | None,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Draw receipt and delay of requests whose fate is already known.

    Parameters
    ----------
    group : ndarray of int
        0 decided within 30 days and by the cut, 1 decided later but by the cut,
        2 not decided by the cut, -1 not known.
    days, days_left : float
        Length of the month, and days from its end to the cut.
    decision_days : float or None
        As in `draw_delays`.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    tuple of ndarray
        Receipt in days from the start of the month, and delay in days.
    """
    receipt, delay = np.zeros(group.size), np.zeros(group.size)
    todo = np.arange(group.size)
    while todo.size:  # rejection: the groups were drawn with these very chances
        receipt[todo] = rng.uniform(0, days, size=todo.size)
        delay[todo] = draw_delays(todo.size, decision_days=decision_days, rng=rng)
        decided = receipt[todo] + delay[todo]
        is_late = np.floor(decided) > np.floor(receipt[todo]) + MATURE_DAYS
        drawn = np.where(decided >= days + days_left, 2, is_late.astype(int))
        todo = todo[(group[todo] >= 0) & (drawn != group[todo])]
    return receipt, delay


def _chance_by(days: Floats, *, decision_days: float | None) -> Floats:
    if decision_days is None:
        first, last = _PROMPT_DAYS
        return np.clip((days - first) / (last - first), 0, 1)
    chance: Floats = 1 - np.exp(-days / decision_days)
    return chance
