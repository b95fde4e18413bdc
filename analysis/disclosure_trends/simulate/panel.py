"""A simulated log as arrays, authority by month: fast enough for Monte-Carlo work."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from disclosure_trends.simulate.calendar import (
    AFTER,
    BEFORE,
    DAYS_OPEN,
    SimulatedMonths,
    simulated_months,
)
from disclosure_trends.simulate.decisions import decided_shares
from disclosure_trends.simulate.scenarios import Scenario, find_scenario
from disclosure_trends.simulate.truth import expected_truth
from disclosure_trends.simulate.worlds import (
    LEAKED_VALIDITY,
    Floats,
    Ints,
    World,
    draw_world,
)

_SIZE = 8.0  # of the negative binomial counts
_DAYS_OPEN_LATE = 10
_TYPES = ("police", "prosecutor") * 2 + ("police", "court")
_BODIES = {
    "police": "police unit",
    "prosecutor": "prosecutor's office",
    "court": "court",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PanelDraw:
    """One draw of a scenario as counts.

    Attributes
    ----------
    scenario : str
        Its name.
    months : tuple of str
        The months, ``2024-09``.
    before_months, after_months : ndarray of int
        Positions of the months of the two windows.
    authority, authority_type, country, region : ndarray of str
        Pseudonym, type, alpha-2 code, and adopting region or complement, by authority.
    adopted_month : ndarray of int
        Position of the month of adoption, itself adopted; ``len(months)`` for never.
    submitted : ndarray of int
        Requests received, authority by month.
    on_line, on_line_valid : ndarray of int
        Those on the designated line, and the valid ones among them.
    valid : ndarray of int
        Valid requests, whenever that is found out.
    matured : ndarray of int
        Found valid within 30 days of receipt, in whole days, and by the cut.
    visible : ndarray of int
        Found valid by the cut, the last day of the log.
    calendar : SimulatedMonths
        The calendar, with the cut.
    truth : mapping
        The expected answer.
    world : World
        The parameters it was drawn from.
    """

    scenario: str
    months: tuple[str, ...]
    before_months: Ints
    after_months: Ints
    authority: NDArray[np.str_]
    authority_type: NDArray[np.str_]
    country: NDArray[np.str_]
    region: NDArray[np.str_]
    adopted_month: Ints
    submitted: Ints
    on_line: Ints
    on_line_valid: Ints
    valid: Ints
    matured: Ints
    visible: Ints
    calendar: SimulatedMonths
    truth: Mapping[str, float | str]
    world: World


def draw_panel(
    scenario: str,
    *,
    rng: int | np.random.Generator,
    end: str = "2024-09",
    months: int = 24,
    rows: int | None = None,
    after: str | None = None,
    days_open: int | None = None,
) -> PanelDraw:
    """Draw a log with a known truth, as counts.

    Counts are negative binomial (size 8); lines and validity are binomial given them.

    Parameters
    ----------
    scenario : str
        Name of the scenario.
    rng : int or numpy.random.Generator
        Seed or source of the draws; the same seed gives the same panel.
    end : str
        Last month.
    months : int
        Number of months; the windows compared are two
        consecutive quarters.
    rows : int, optional
        Exact number of requests; by default as many as the design yields (about
        43,000 in 24 months).
    after : str, optional
        The later quarter, if it is not the last whole one.
    days_open : int, optional
        Days from the end of the last month to the cut; by default 31, or 10 where
        decisions are late.

    Returns
    -------
    PanelDraw
        Counts and truth.

    Raises
    ------
    SettingsError
        If the scenario is unknown or the log would not hold both windows.
    """
    settings = find_scenario(scenario)
    rng = np.random.default_rng(rng)
    if days_open is None:
        days_open = DAYS_OPEN if settings.decision_days is None else _DAYS_OPEN_LATE
    calendar = simulated_months(
        end=end, months=months, after=after, days_open=days_open
    )
    world = draw_world(settings, months=calendar, rng=rng)
    submitted, scale = _draw_submitted(world.demand, rows=rows, rng=rng)
    on_line = rng.binomial(submitted, world.share)
    leaked = rng.binomial(submitted - on_line, world.leak)
    on_line_valid = rng.binomial(on_line, world.valid_on)
    on_line_valid += rng.binomial(leaked, LEAKED_VALIDITY)
    elsewhere = submitted - on_line - leaked
    valid = on_line_valid + rng.binomial(elsewhere, world.valid_off)
    matured, visible = _draw_decided(valid, settings, months=calendar, rng=rng)
    names, types = _authorities(world.country)
    return PanelDraw(
        scenario=scenario,
        months=calendar.names,
        before_months=calendar.window(BEFORE),
        after_months=calendar.window(AFTER),
        authority=names,
        authority_type=types,
        country=world.country,
        region=world.region,
        adopted_month=world.adopted,
        submitted=submitted,
        on_line=on_line + leaked,
        on_line_valid=on_line_valid,
        valid=valid,
        matured=matured,
        visible=visible,
        calendar=calendar,
        truth=expected_truth(world, months=calendar, scale=scale),
        world=world,
    )


def _draw_submitted(
    demand: Floats, *, rows: int | None, rng: np.random.Generator
) -> tuple[Ints, float]:
    """Over-dispersed counts and the factor by which demand was scaled.

    Given their total, Poisson counts are multinomial: that is how exactly `rows`
    requests are drawn from the same model.
    """
    weight = demand * rng.gamma(_SIZE, 1 / _SIZE, size=demand.shape)
    if rows is None:
        return rng.poisson(weight), 1.0
    flat = rng.multinomial(rows, (weight / weight.sum()).ravel())
    return flat.reshape(demand.shape), rows / float(demand.sum())


def _draw_decided(
    valid: Ints,
    scenario: Scenario,
    *,
    months: SimulatedMonths,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Split off the requests found valid within 30 days, and by the cut."""
    mature, visible = decided_shares(months, decision_days=scenario.decision_days)
    matured = rng.binomial(valid, mature)
    later = np.clip((visible - mature) / np.maximum(1 - mature, 1e-12), 0, 1)
    return matured, matured + rng.binomial(valid - matured, later)


def _authorities(country: NDArray[np.str_]) -> tuple[NDArray[np.str_], ...]:
    """Name every authority, and its type; the name says that it is simulated."""
    kind = [_TYPES[n % len(_TYPES)] for n in range(country.size)]
    names = [
        f"Simulated {_BODIES[k]} {n:03d}, {c}"
        for n, (k, c) in enumerate(zip(kind, country, strict=True), 1)
    ]
    return np.array(names), np.array(kind)
