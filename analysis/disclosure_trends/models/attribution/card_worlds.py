"""Simulated logs of a given shape, with the truth known: what a card is drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from disclosure_trends.models.attribution.effect import estimate_effect
from disclosure_trends.models.panel import NEVER, Floats, Ints, Panel, arrange_panel

# Spreads between authorities and between countries and months, on the log or logit
# scale: those of the simulated request logs.
_LEVEL_SD, _PLACE_SD, _KNACK_SD, _HABIT_SD = 0.9, 0.10, 0.3, 0.5
_STRAY, _MOVED, _SHOCK = 0.05, 0.90, 0.20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a card depends on.

    Attributes
    ----------
    authorities, countries, months : int
        Of the region, in the panel.
    volume : float
        Requests per authority and month.
    size : float
        Of the negative binomial counts: small means noisy.
    adopters : float
        Share of the authorities that adopt.
    early : float
        Share of the adopters that do so before the later window.
    valid_on, valid_off : float
        Validity on the line and beside it.
    window : int
        Months of each window.
    """

    authorities: int
    countries: int
    months: int
    volume: float
    size: float
    adopters: float
    early: float
    valid_on: float
    valid_off: float
    window: int


def draw_replicate(
    shape: Shape, lines: tuple[float, float], rng: np.random.Generator
) -> tuple[float, float, float, float, float]:
    """Draw one log: error, half-width and value of the share; error, half of total."""
    world = _draw(shape, lines, rng)
    months = np.arange(shape.months)
    before, after = months[-2 * shape.window : -shape.window], months[-shape.window :]
    effect = estimate_effect(world.panel, before=before, after=after)
    share, total = effect.share("rerouted"), effect.share("adoption")
    if not (share.is_defined and total.is_defined):
        return (np.nan,) * 5
    truth = world.true_share(before, after)
    halves = share.half_width(0.95), total.half_width(0.95)
    return (
        share.value - truth,
        halves[0],
        share.value,
        total.value - truth,
        halves[1],
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _World:
    """A drawn panel and what was expected with and without adoption."""

    panel: Panel
    valid: Floats
    without: Floats

    def true_share(self, before: Ints, after: Ints) -> float:
        """Re-routed share of the expected change; nothing is induced here."""
        change = self.valid[:, after].sum() - self.valid[:, before].sum()
        rest = self.without[:, after].sum() - self.without[:, before].sum()
        return float((change - rest) / change)


def _draw(shape: Shape, lines: tuple[float, float], rng: np.random.Generator) -> _World:
    """Draw one log: levels, moves, routing, validity, then the counts."""
    size, months = shape.authorities, np.arange(shape.months)
    place = rng.integers(0, shape.countries, size)
    adopted = _draw_moves(shape, rng)
    level = rng.normal(np.log(shape.volume) - _LEVEL_SD**2 / 2, _LEVEL_SD, size)
    shock = _SHOCK * (months >= shape.months - shape.window)
    local = rng.normal(0, _PLACE_SD, (shape.countries, shape.months))[place]
    demand = np.exp(level[:, None] + shock[None, :] + local)
    habit = rng.normal(0, _HABIT_SD, size)[:, None]
    knack = rng.normal(0, _KNACK_SD, size)[:, None]
    event = months[None, :] - adopted[:, None]
    ramp = np.where(event > 0, 1.0, np.where(event == 0, 0.5, 0.0))
    opened = months >= min(adopted.min(), shape.months - 1)
    stray = _expit(_logit(_STRAY) + habit) * opened[None, :]
    moved = _expit(_logit(_MOVED) + habit)
    routing = stray + ramp * (moved - stray)
    valid_on, valid_off = (_expit(_logit(rate) + knack) for rate in lines)
    noise = rng.gamma(shape.size, 1 / shape.size, demand.shape)
    submitted = rng.poisson(demand * noise)
    on_line = rng.binomial(submitted, routing)
    on_valid = rng.binomial(on_line, np.broadcast_to(valid_on, demand.shape))
    off_line = submitted - on_line
    off_valid = rng.binomial(off_line, np.broadcast_to(valid_off, demand.shape))
    panel = arrange_panel(
        authority=[f"{i:05d}" for i in range(size)],
        country=[f"{i:02d}" for i in place],
        inside=np.ones(size, dtype=np.bool_),
        months=[str(month) for month in months],
        counts={
            "submitted": submitted,
            "valid": on_valid + off_valid,
            "on_line": on_line,
            "off_line": off_line,
            "on_line_valid": on_valid,
            "off_line_valid": off_valid,
        },
        adopted=adopted,
    )
    mixed = routing * valid_on + (1 - routing) * valid_off
    unmoved = stray * valid_on + (1 - stray) * valid_off
    return _World(panel=panel, valid=demand * mixed, without=demand * unmoved)


def _draw_moves(shape: Shape, rng: np.random.Generator) -> Ints:
    """Months of adoption: early ones up to the later window, late ones within it."""
    first = shape.months - shape.window
    movers = rng.random(shape.authorities) < shape.adopters
    early = rng.random(shape.authorities) < shape.early
    # Early moves pile up towards the later window, as diffusion does.
    back = np.floor(rng.exponential(1.5, shape.authorities)).astype(np.int64)
    back = np.minimum(back, max(0, min(first - 2, 5)))
    late = rng.integers(first, shape.months, shape.authorities)
    return np.where(movers, np.where(early, first - 1 - back, late), NEVER)


def _logit(rate: float) -> float:
    return float(np.log(rate / (1 - rate)))


def _expit(value: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-value)))
