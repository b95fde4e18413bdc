"""The parameters behind a simulated log: demand, routing and validity of everybody."""

import csv
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from disclosure_trends.resources import vocabulary_text
from disclosure_trends.simulate.calendar import (
    LINE_MONTH,
    SHOCK_MONTH,
    SimulatedMonths,
)
from disclosure_trends.simulate.scenarios import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

INSIDE = "EU"
LEAKED_VALIDITY = 0.75
_LEAK_MONTH = 20
_ADOPTERS = 0.70
_DORMANT = 0.02
_VALID_ON_LINE, _VALID_ELSEWHERE, _VALID_RELABELLED = 0.75, 0.12, 0.40
_STRAY_SHARE, _ADOPTED_SHARE = 0.05, 0.90


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """What was drawn once and then held fixed: expectations, authority by month.

    Attributes
    ----------
    country, region : ndarray of str
        Of each authority; the region is the adopting one or its complement.
    adopted : ndarray of int
        Position of the month of adoption; the number of months where there is none.
    demand, demand_without : ndarray
        Expected requests, with adoption as it happened and without any.
    share, share_without : ndarray
        Share sent to the designated line, likewise.
    valid_on, valid_off : ndarray
        Validity on the designated line and on the others.
    leak : ndarray
        Share of the other lines' requests that somebody else files on the line.
    """

    country: NDArray[np.str_]
    region: NDArray[np.str_]
    adopted: Ints
    demand: Floats
    demand_without: Floats
    share: Floats
    share_without: Floats
    valid_on: Floats
    valid_off: Floats
    leak: Floats

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Authorities of the adopting region."""
        return np.asarray(self.region == INSIDE)

    @property
    def validity(self) -> Floats:
        """Expected validity of a request, with adoption (and leaks) as it happened."""
        off = (1 - self.leak) * self.valid_off + self.leak * LEAKED_VALIDITY
        return self.share * self.valid_on + (1 - self.share) * off

    @property
    def validity_without(self) -> Floats:
        """Expected validity of a request had nobody adopted the line."""
        without = self.share_without
        return without * self.valid_on + (1 - without) * self.valid_off


def draw_world(
    scenario: Scenario, *, months: SimulatedMonths, rng: np.random.Generator
) -> World:
    """Draw authorities, their demand, their moves and the validity of each line.

    Parameters
    ----------
    scenario : Scenario
        What is true in this world.
    months : SimulatedMonths
        Its calendar.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    World
        Expectations; nothing is counted yet.
    """
    country, region = _draw_countries(scenario, rng=rng)
    adopted = _draw_adoption(scenario, months=months, region=region, rng=rng)
    demand, without = _draw_demand(
        scenario,
        months=months,
        country=country,
        region=region,
        adopted=adopted,
        rng=rng,
    )
    share, share_without = _draw_routing(
        months=months, region=region, adopted=adopted, rng=rng
    )
    valid_on, valid_off = _draw_validity(
        scenario, months=months, size=region.size, rng=rng
    )
    waiting = (region == INSIDE)[:, None] & ~_after(adopted, months=months)
    return World(
        country=country,
        region=region,
        adopted=adopted,
        demand=demand,
        demand_without=without,
        share=share,
        share_without=share_without,
        valid_on=valid_on,
        valid_off=valid_off,
        leak=scenario.leak * (waiting & (months.design >= _LEAK_MONTH)),
    )


def simulated_places() -> dict[str, tuple[str, ...]]:
    """Countries of the simulated worlds by region, alpha-2.

    Returns
    -------
    dict
        The adopting region and its complement, in the order of the table.
    """
    places: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(io.StringIO(vocabulary_text("simulated_places.csv"))):
        places[row["region"]] = (*places.get(row["region"], ()), row["country"])
    return places


def _draw_countries(
    scenario: Scenario, *, rng: np.random.Generator
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    counts = (
        (scenario.inside, scenario.countries_inside),
        (scenario.outside, scenario.countries_outside),
    )
    country, region = [], []
    for (name, pool), (size, different) in zip(
        simulated_places().items(), counts, strict=True
    ):
        kept = rng.choice(len(pool), size=different, replace=False)
        country.append(np.array(pool)[rng.choice(np.sort(kept), size=size)])
        region.append(np.full(size, name))
    return np.concatenate(country), np.concatenate(region)


def _draw_adoption(
    scenario: Scenario,
    *,
    months: SimulatedMonths,
    region: NDArray[np.str_],
    rng: np.random.Generator,
) -> Ints:
    """Position of the month of adoption; the number of months for never."""
    willing = rng.random(region.size) < _ADOPTERS
    month = np.ceil(20.5 + 1.3 * _logit(rng.random(region.size)))
    month = np.maximum(LINE_MONTH, month)
    adopts = (region == INSIDE) & willing & (month <= months.design[-1])
    if scenario.all_at_once:
        adopts, month = region == INSIDE, np.full(region.size, float(SHOCK_MONTH))
    never = len(months.starts)
    position = month.astype(np.int64) - months.design[0]
    return np.where(adopts, np.maximum(position, 0), never)


def _draw_demand(
    scenario: Scenario,
    *,
    months: SimulatedMonths,
    country: NDArray[np.str_],
    region: NDArray[np.str_],
    adopted: Ints,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Draw the expected requests, with adoption and without."""
    design, size = months.design, region.size
    level = rng.normal(np.log(6), 0.9, size=size)
    places, place = np.unique(country, return_inverse=True)
    local = rng.normal(0, 0.10, size=(places.size, design.size))[place]
    season = 0.10 * np.cos(2 * np.pi * (months.calendar_month - 11) / 12)
    season -= 0.12 * (months.calendar_month == 8)
    shock = scenario.shock * ((region == INSIDE)[:, None] & (design >= SHOCK_MONTH))
    log_demand = level[:, None] + season + 0.004 * design + local + shock

    after = _after(adopted, months=months)
    event = np.arange(design.size) - adopted[:, None]
    mover = (adopted < design.size)[:, None]
    own = scenario.selection * after
    own = own + scenario.anticipation * np.clip(event + 4, 0, 4) * mover
    without = np.exp(log_demand + own)
    created = rng.normal(scenario.stimulus, scenario.stimulus_spread, size=size)
    demand = without * np.exp(created[:, None] * after)

    movers = np.flatnonzero(adopted < design.size)
    entrants = rng.choice(
        movers, size=min(scenario.entrants, movers.size), replace=False
    )
    dormant = np.zeros(size, dtype=bool)
    dormant[entrants] = True
    asleep = np.where(dormant, _DORMANT, 1.0)[:, None]
    return demand * np.where(after, 1.0, asleep), without * asleep


def _draw_routing(
    *,
    months: SimulatedMonths,
    region: NDArray[np.str_],
    adopted: Ints,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Share on the designated line, with adoption and without."""
    habit = rng.normal(0, 0.5, size=region.size)
    open_to = (region == INSIDE)[:, None] & (months.design >= LINE_MONTH)
    stray = _expit(_logit(_STRAY_SHARE) + habit)[:, None] * open_to
    moved = _expit(_logit(_ADOPTED_SHARE) + habit)[:, None]
    event = np.arange(months.design.size) - adopted[:, None]
    ramp = np.where(event > 0, 1.0, np.where(event == 0, 0.5, 0.0))
    return stray + ramp * (moved - stray), stray


def _draw_validity(
    scenario: Scenario, *, months: SimulatedMonths, size: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw the validity of requests on the designated line and elsewhere."""
    knack = rng.normal(0, 0.3, size=size)[:, None]
    changed = months.design >= SHOCK_MONTH
    on, off = _VALID_ON_LINE, _VALID_ELSEWHERE
    if scenario.relabel:
        on = off = _VALID_RELABELLED
    everywhere = knack + scenario.policy * changed
    return (
        _expit(_logit(on) + everywhere + scenario.line_policy * changed),
        _expit(_logit(off) + everywhere),
    )


def _after(adopted: Ints, *, months: SimulatedMonths) -> NDArray[np.bool_]:
    """Months from the month of adoption on."""
    return np.arange(months.design.size) >= adopted[:, None]


def _logit(p: Floats | float) -> Floats:
    chance = np.asarray(p, dtype=np.float64)
    odds: Floats = chance / (1 - chance)
    return np.log(odds)


def _expit(x: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-x))
    return chance
