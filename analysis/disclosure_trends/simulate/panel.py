"""A simulated log as arrays, authority by month: fast enough for Monte-Carlo work."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from disclosure_trends.simulate.calendar import (
    AFTER,
    BEFORE,
    SimulatedMonths,
    simulated_months,
)
from disclosure_trends.simulate.scenarios import Scenario, find_scenario
from disclosure_trends.simulate.truth import expected_truth
from disclosure_trends.simulate.worlds import (
    LEAKED_VALIDITY,
    Floats,
    Ints,
    World,
    draw_world,
)

MATURE_DAYS = 30
_SIZE = 8.0  # of the negative binomial counts
_DAYS_OPEN_LATE = 10


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
    authority, country, region : ndarray of str
        Pseudonym, alpha-2 code, and adopting region or complement, by authority.
    adopted_month : ndarray of int
        Position of the month of adoption, itself adopted; ``len(months)`` for never.
    submitted : ndarray of int
        Requests received, authority by month.
    on_line, on_line_valid : ndarray of int
        Those on the designated line, and the valid ones among them.
    valid : ndarray of int
        Valid requests, whenever that is found out.
    matured : ndarray of int
        Found valid within 30 days of receipt and by the cut.
    visible : ndarray of int
        Found valid by the cut, the last day of the log.
    cut : str
        That day, ``2024-10-31``.
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
    country: NDArray[np.str_]
    region: NDArray[np.str_]
    adopted_month: Ints
    submitted: Ints
    on_line: Ints
    on_line_valid: Ints
    valid: Ints
    matured: Ints
    visible: Ints
    cut: str
    truth: Mapping[str, float | str]
    world: World


def draw_panel(
    scenario: str,
    *,
    rng: int | np.random.Generator,
    end: str = "2024-09",
    months: int = 24,
    rows: int | None = None,
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
        Number of months; the windows compared are the last two whole quarters.
    rows : int, optional
        Exact number of requests; by default as many as the design yields (about
        43,000 in 24 months).

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
    open_days = {} if settings.decision_days is None else {"days_open": _DAYS_OPEN_LATE}
    calendar = simulated_months(end=end, months=months, **open_days)
    world = draw_world(settings, months=calendar, rng=rng)
    submitted, scale = _draw_submitted(world.demand, rows=rows, rng=rng)
    on_line = rng.binomial(submitted, world.share)
    leaked = rng.binomial(submitted - on_line, world.leak)
    on_line_valid = rng.binomial(on_line, world.valid_on)
    on_line_valid += rng.binomial(leaked, LEAKED_VALIDITY)
    elsewhere = submitted - on_line - leaked
    valid = on_line_valid + rng.binomial(elsewhere, world.valid_off)
    matured, visible = _draw_decided(valid, settings, months=calendar, rng=rng)
    return PanelDraw(
        scenario=scenario,
        months=calendar.names,
        before_months=calendar.window(BEFORE),
        after_months=calendar.window(AFTER),
        authority=_pseudonyms(world.country),
        country=world.country,
        region=world.region,
        adopted_month=world.adopted,
        submitted=submitted,
        on_line=on_line + leaked,
        on_line_valid=on_line_valid,
        valid=valid,
        matured=matured,
        visible=visible,
        cut=calendar.cut.isoformat(),
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
    if scenario.decision_days is None:
        return valid.copy(), valid.copy()
    mature, visible = decided_shares(months, decision_days=scenario.decision_days)
    matured = rng.binomial(valid, mature)
    later = (visible - mature) / np.maximum(1 - mature, 1e-12)
    return matured, matured + rng.binomial(valid - matured, later)


def decided_shares(
    months: SimulatedMonths, *, decision_days: float
) -> tuple[Floats, Floats]:
    """Chance of a decision within 30 days and by the cut, and of one by the cut.

    Requests arrive evenly over a month, decisions follow after an exponential delay.

    Parameters
    ----------
    months : SimulatedMonths
        The calendar.
    decision_days : float
        Mean delay in days.

    Returns
    -------
    tuple of ndarray
        Both chances, by month.
    """
    shortest = np.array([(months.cut - day).days + 1 for day in months.starts])
    shortest = shortest - months.days  # days left for the last receipt of the month
    grid = (np.arange(2000) + 0.5) / 2000
    left = shortest[:, None] + grid * months.days[:, None]
    by_cut = 1 - np.exp(-left / decision_days)
    within = 1 - np.exp(-np.minimum(left, MATURE_DAYS) / decision_days)
    return within.mean(axis=1), by_cut.mean(axis=1)


def _pseudonyms(country: NDArray[np.str_]) -> NDArray[np.str_]:
    """Pseudonyms that say they are simulated, numbered from 1."""
    names = [f"Simulated authority {n:03d}, {c}" for n, c in enumerate(country, 1)]
    return np.array(names)
