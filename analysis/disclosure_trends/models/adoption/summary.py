"""Numbers of an adoption: how many moved, how fast, how cleanly."""

from __future__ import annotations

from typing import Final

import numpy as np

from disclosure_trends.models.adoption.moves import Moves
from disclosure_trends.models.adoption.routing import change_points
from disclosure_trends.models.adoption.survival import MoveCurve
from disclosure_trends.models.attribution.guards import guard_spill_over, spill_over
from disclosure_trends.models.panel import NEVER, Floats, Ints
from disclosure_trends.results import Check, Estimate, NotEstimable

NAMES: Final = (
    "moved",
    "moved_volume",
    "median_months",
    "date_range",
    "lag",
    "spill_over",
)
_LEVEL: Final = 0.95
_QUARTER: Final = 3  # months

Estimates = dict[str, Estimate | NotEstimable]


def summarise_moves(moves: Moves) -> tuple[Estimates, tuple[Check, ...]]:
    """Work out the estimates of an adoption, and what qualifies them.

    Parameters
    ----------
    moves : Moves
        Authorities by kind of move.

    Returns
    -------
    tuple
        Estimates (all names, also where nothing can be said) and checks.
    """
    if moves.problem is not None:
        return dict.fromkeys(NAMES, moves.problem), ()
    curve, volume = moves.curve(), moves.volume_curve()
    rise = _spill_over(moves)
    estimates: Estimates = {
        "moved": _last(curve),
        "moved_volume": NotEstimable(
            "the log holds no request from before the line opened", rule="no_history"
        )
        if volume is None
        else _last(volume),
        "median_months": _median_months(curve),
        "date_range": _date_range(moves),
        "lag": _lag(moves),
        "spill_over": NotEstimable(
            "nobody waited whose line is known in the last two quarters",
            rule="line_unknown",
        )
        if rise is None
        else Estimate(value=rise, lower=None, upper=None, level=None, unit="share"),
    }
    return estimates, (_dates_check(moves), guard_spill_over(rise))


def _last(curve: MoveCurve) -> Estimate:
    ends = [
        None if np.isnan(x[-1]) else float(x[-1]) for x in (curve.lower, curve.upper)
    ]
    return Estimate(
        value=float(curve.share[-1]),
        lower=ends[0],
        upper=ends[1],
        level=None if None in ends else _LEVEL,
        unit="share",
    )


def _median_months(curve: MoveCurve) -> Estimate | NotEstimable:
    """Months until half had moved; the interval inverts that of the curve."""
    reached = np.flatnonzero(curve.share >= 0.5)
    if not reached.size:
        return NotEstimable("fewer than half have moved", rule="not_reached")
    ends = []
    for band in (curve.upper, curve.lower):
        crossed = np.flatnonzero(np.nan_to_num(band) >= 0.5)
        ends.append(float(crossed[0]) if crossed.size else None)
    return Estimate(
        value=float(reached[0]),
        lower=ends[0],
        upper=ends[1],
        level=_LEVEL,
        unit="months",
    )


def _date_range(moves: Moves) -> Estimate | NotEstimable:
    """Months that fit an inferred move as well as its date: the median number."""
    inferred = moves.panel.basis == "change point"
    inferred &= (moves.panel.adopted >= 0) & (moves.panel.adopted < NEVER)
    if not inferred.any():
        return NotEstimable("no date is inferred from routing", rule="no_change_point")
    first, last = moves.date_ranges()
    return _median((last - first + 1)[inferred])


def _lag(moves: Moves) -> Estimate | NotEstimable:
    """Months from the registered move until the authority's own routing changed."""
    registered = (moves.panel.basis == "registered") & (moves.panel.adopted >= 0)
    if not registered.any():
        reason = "no move is registered, so there is nothing to compare routing with"
        return NotEstimable(reason, rule="not_registered")
    routed = change_points(moves.panel.on_line, moves.known)
    both = registered & (routed < NEVER)
    if not both.any():
        reason = "no registered move shows in the routing of its authority"
        return NotEstimable(reason, rule="no_change_point")
    return _median((routed - moves.panel.adopted)[both])


def _median(values: Ints) -> Estimate:
    """Median of whole numbers with its order-statistic interval."""
    from scipy.stats import binom

    ordered: Floats = np.sort(values).astype(np.float64)
    n = ordered.size
    below = int(binom.ppf((1 - _LEVEL) / 2, n, 0.5)) - 1
    enough = below >= 0
    return Estimate(
        value=float(np.median(ordered)),
        lower=float(ordered[below]) if enough else None,
        upper=float(ordered[n - 1 - below]) if enough else None,
        level=_LEVEL if enough else None,
        unit="months",
    )


def _spill_over(moves: Moves) -> float | None:
    """Change of the share on the line of those not yet moved, quarter on quarter."""
    end = moves.panel.n_months
    if end < 2 * _QUARTER:
        return None
    before = np.arange(end - 2 * _QUARTER, end - _QUARTER)
    return spill_over(moves.panel, before=before, after=np.arange(end - _QUARTER, end))


def _dates_check(moves: Moves) -> Check:
    moved = moves.has_moved
    registered = bool((moves.panel.basis[moved] == "registered").all())
    if not moved.any():
        return Check("dates", None, "Nobody has moved, so there is no date to check.")
    if registered:
        return Check("dates", passed=True, text="Every move has a registered date.")
    return Check(
        "dates",
        passed=False,
        text="Some moves have no registered date: the change point of the authority's "
        "own routing stands in, which can be a month or more off.",
    )
