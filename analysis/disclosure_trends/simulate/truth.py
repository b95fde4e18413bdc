"""The truth of a simulated log: what a perfect analyst would answer.

All numbers are expectations given the drawn parameters, for the adopting region, the
"after" window minus the "before" window.
"""

import math

import numpy as np

from disclosure_trends.simulate.calendar import AFTER, BEFORE, SimulatedMonths
from disclosure_trends.simulate.worlds import World

Truth = dict[str, float | str]


def expected_truth(world: World, *, months: SimulatedMonths, scale: float) -> Truth:
    """Work out the true change of valid requests and where it came from.

    With ``v1`` and ``v0`` the expected valid requests with and without adoption:
    adoption is ``v1 - v0``, of which induced is the extra demand at the validity that
    it would have had, and re-routed the rest; what remains is ``v0``, split into
    demand and validity by the logarithmic mean (LMDI-I).

    Parameters
    ----------
    world : World
        The drawn parameters.
    months : SimulatedMonths
        The calendar with the two windows.
    scale : float
        Factor on all demand.

    Returns
    -------
    dict
        ``change, share, share_rerouted, share_induced, demand, validity`` (requests,
        and fractions of the change), ``before`` and ``after`` (the quarters), and
        beside them ``rerouted, induced, share_lmdi, valid_before, valid_after`` and
        ``as_of``, the last day on which anything was recorded.
    """
    inside = world.inside[:, None]
    parts = {
        "valid": world.demand * world.validity,
        "valid_without": world.demand_without * world.validity_without,
        "induced": (world.demand - world.demand_without) * world.validity_without,
        "demand_without": world.demand_without,
    }
    sums = {
        name: [
            scale * float((cells * inside)[:, months.window(window)].sum())
            for window in (BEFORE, AFTER)
        ]
        for name, cells in parts.items()
    }
    valid, without = sums["valid"], sums["valid_without"]
    change = valid[1] - valid[0]
    adoption = change - (without[1] - without[0])
    induced = sums["induced"][1] - sums["induced"][0]
    weight = log_mean(*without)
    growth = math.log(sums["demand_without"][1] / sums["demand_without"][0])
    multiplier = math.log(valid[1] / without[1]) - math.log(valid[0] / without[0])
    return {
        "change": change,
        "share": adoption / change,
        "share_rerouted": (adoption - induced) / change,
        "share_induced": induced / change,
        "demand": weight * growth,
        "validity": without[1] - without[0] - weight * growth,
        "before": months.window_name(BEFORE),
        "after": months.window_name(AFTER),
        "rerouted": adoption - induced,
        "induced": induced,
        "share_lmdi": log_mean(*valid) * multiplier / change,
        "valid_before": valid[0],
        "valid_after": valid[1],
        "as_of": months.cut.isoformat(),
    }


def log_mean(first: float, second: float) -> float:
    """Logarithmic mean ``(b - a) / ln(b / a)`` of two positive numbers."""
    if np.isclose(first, second, rtol=1e-12, atol=0):
        return first
    return (second - first) / math.log(second / first)
