"""How often the attribution is wrong for a log of this shape, by simulation.

A shape is a log's size, spread, volume, noise and timing, each rounded to a ladder,
so that logs alike share a card. Its worlds are drawn with a seed derived from the
shape: one in which the line is better by as much as in the log, and one in which both
lines are alike. The package ships the cards of the usual shapes; others are drawn
once per process, in less than ten seconds, with fewer replicates for larger logs.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from functools import cache
from typing import Final

import numpy as np

from disclosure_trends.models.attribution.card_worlds import Shape, draw_replicate
from disclosure_trends.models.attribution.effect import Effect
from disclosure_trends.models.panel import NEVER, Floats, Ints, Panel
from disclosure_trends.resources import package_text

CURVES: Final = "models/attribution/attribution_curves.csv"
PROMISED_COVERAGE: Final = 0.92
PROMISED_FALSE_CLAIMS: Final = 0.075
_REPLICATES: Final = (20, 200)
_CELLS: Final = 8_000_000
_LADDERS: Final[Mapping[str, tuple[float, ...]]] = {
    "authorities": (10, 15, 20, 30, 45, 60, 90, 120, 180, 270, 400, 600, 1000, 3000),
    "countries": (5, 6, 8, 10, 13, 17, 21, 27),
    "months": (12, 18, 24, 36),
    "volume": (0.5, 1, 2, 4, 8, 16, 32),
    "size": (1, 2, 4, 8, 16),
    "adopters": (0.2, 0.4, 0.6, 0.8),
    "early": (0.25, 0.5, 0.75),
    "valid_on": (0.2, 0.4, 0.6, 0.75, 0.9),
    "valid_off": (0.1, 0.2, 0.4, 0.6),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationCard:
    """What the method does on simulated logs of one shape.

    Attributes
    ----------
    replicates : int
        Logs drawn in each of the two worlds.
    identified : float
        Share of them in which the shares are defined.
    bias, bias_error : float
        Mean error of the re-routed share, and its Monte-Carlo standard error.
    coverage : float
        Share of the 95 per cent intervals of the re-routed share that hold the truth.
    coverage_total : float
        The same for re-routed and induced together.
    false_claims : float
        Share of the logs in which the line did nothing and the interval excludes it.
    power : float
        Share of the logs in which the line did as much as here and the interval
        excludes that it did nothing.
    """

    replicates: int
    identified: float
    bias: float
    bias_error: float
    coverage: float
    coverage_total: float
    false_claims: float
    power: float

    def error(self, rate: float) -> float:
        """Monte-Carlo standard error of a rate of this card."""
        return float(np.sqrt(max(rate * (1 - rate), 0.0) / max(self.replicates, 1)))

    @property
    def keeps_promise(self) -> bool:
        """Whether coverage and false claims are as promised, up to simulation error.

        Two Monte-Carlo errors at the promised rate are allowed.
        """
        slack = 2 * self.error(PROMISED_COVERAGE)
        if self.coverage < PROMISED_COVERAGE - slack:
            return False
        slack = 2 * self.error(PROMISED_FALSE_CLAIMS)
        return self.false_claims <= PROMISED_FALSE_CLAIMS + slack


def shape_of(panel: Panel, effect: Effect, *, before: Ints, after: Ints) -> Shape:
    """Round a log to its shape.

    Parameters
    ----------
    panel : Panel
        Only its `inside` authorities are used.
    effect : Effect
        The estimate, for the noise around its untreated model.
    before, after : array of int
        Months of the two windows.

    Returns
    -------
    Shape
        Every field on its ladder.
    """
    region = panel.region()
    movers = (region.adopted >= 0) & (region.adopted < NEVER)
    early = region.adopted[movers] < after.min()
    raw = {
        "authorities": region.n_authorities,
        "countries": np.unique(region.country).size,
        "months": region.n_months,
        "volume": region.submitted.mean(),
        "size": _noise(region, effect),
        "adopters": movers.mean(),
        "early": early.mean() if early.size else 0.5,
        "valid_on": _rate(region.on_line_valid, region.on_line, 0.75),
        "valid_off": _rate(region.off_line_valid, region.off_line, 0.1),
    }
    steps = {name: _step(name, float(value)) for name, value in raw.items()}
    steps["countries"] = min(steps["countries"], steps["authorities"])
    steps["window"] = float(min(len(before), len(after)))
    return _shape(steps)


def _shape(steps: Mapping[str, float]) -> Shape:
    return Shape(
        authorities=int(steps["authorities"]),
        countries=int(steps["countries"]),
        months=int(steps["months"]),
        volume=steps["volume"],
        size=steps["size"],
        adopters=steps["adopters"],
        early=steps["early"],
        valid_on=steps["valid_on"],
        valid_off=steps["valid_off"],
        window=int(steps["window"]),
    )


def _rate(valid: Floats, requests: Floats, default: float) -> float:
    total = float(requests.sum())
    return float(valid.sum()) / total if total else default


def _step(name: str, value: float) -> float:
    """Nearest step of a ladder, on the log scale."""
    ladder = np.array(_LADDERS[name])
    return float(ladder[np.abs(np.log(max(value, 1e-6) / ladder)).argmin()])


def _noise(region: Panel, effect: Effect) -> float:
    """Size of the negative binomial from the spread of untreated months.

    Moments: the mean of (y - m)^2 - y over the mean of m^2 is one over the size.
    """
    gamma = np.nan_to_num(effect.fit_submitted.month_effect[0])
    known = np.arange(region.n_months)[None, :] < region.adopted[:, None]
    counts = region.submitted
    exposure = known @ gamma
    history = (counts * known).sum(axis=1)
    level = np.divide(history, exposure, out=np.zeros_like(history), where=exposure > 0)
    mean = level[:, None] * gamma[None, :]
    excess = float((((counts - mean) ** 2 - counts) * known).sum())
    square = float((mean**2 * known).sum())
    return square / excess if excess > 0 else max(_LADDERS["size"])


def look_up_card(shape: Shape) -> CalibrationCard:
    """Return the card of a shape: the shipped one, else one drawn now.

    Parameters
    ----------
    shape : Shape
        As `shape_of` rounds it.

    Returns
    -------
    CalibrationCard
        The same in every process.
    """
    return _shipped_cards().get(shape) or draw_card(shape)


@cache
def draw_card(shape: Shape) -> CalibrationCard:
    """Simulate the card of a shape.

    Parameters
    ----------
    shape : Shape
        As `shape_of` rounds it.

    Returns
    -------
    CalibrationCard
        From as many replicates as fit in a fixed number of simulated cells.
    """
    digest = hashlib.sha256(repr(astuple(shape)).encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    return simulate_card(shape, rng=rng, replicates=replicates_of(shape))


def replicates_of(shape: Shape) -> int:
    """Say how many logs a fixed number of simulated cells allows, in each world."""
    cells = shape.authorities * shape.months
    return int(np.clip(_CELLS // cells, *_REPLICATES))


def simulate_card(
    shape: Shape, *, rng: np.random.Generator, replicates: int
) -> CalibrationCard:
    """Measure the method on logs of a shape drawn from a source of random numbers.

    Parameters
    ----------
    shape : Shape
        As `shape_of` rounds it.
    rng : numpy.random.Generator
        Source of the draws.
    replicates : int
        Logs in each of the two worlds.

    Returns
    -------
    CalibrationCard
        Worst rates where fewer than two logs are identified.
    """
    alike = (shape.valid_on + shape.valid_off) / 2
    null = [draw_replicate(shape, (alike, alike), rng) for _ in range(replicates)]
    lines = (shape.valid_on, shape.valid_off)
    drawn = np.array([draw_replicate(shape, lines, rng) for _ in range(replicates)])
    nothing = np.array(null)
    kept = drawn[np.isfinite(drawn).all(axis=1)]
    nothing = nothing[np.isfinite(nothing).all(axis=1)]
    if len(kept) < 2 or len(nothing) == 0:
        return CalibrationCard(
            replicates=replicates,
            identified=0.0,
            bias=0.0,
            bias_error=0.0,
            coverage=0.0,
            coverage_total=0.0,
            false_claims=1.0,
            power=0.0,
        )
    error, half, value, total_error, total_half = kept.T
    return CalibrationCard(
        replicates=replicates,
        identified=len(kept) / len(drawn),
        bias=float(error.mean()),
        bias_error=float(error.std(ddof=1) / np.sqrt(len(error))),
        coverage=float((np.abs(error) <= half).mean()),
        coverage_total=float((np.abs(total_error) <= total_half).mean()),
        false_claims=float((np.abs(nothing[:, 2]) > nothing[:, 1]).mean()),
        power=float((value - half > 0).mean()),
    )


def cards_as_rows(shapes: list[Shape]) -> list[dict[str, float]]:
    """Draw cards for the shipped table.

    Parameters
    ----------
    shapes : list of Shape
        The shapes to ship.

    Returns
    -------
    list of dict
        One row per shape: its fields, then those of its card.
    """
    return [asdict(shape) | asdict(draw_card(shape)) for shape in shapes]


@cache
def _shipped_cards() -> Mapping[Shape, CalibrationCard]:
    cards = {}
    for row in csv.DictReader(io.StringIO(package_text(CURVES))):
        values = {name: float(value) for name, value in row.items()}
        cards[_shape(values)] = CalibrationCard(
            replicates=int(values["replicates"]),
            identified=values["identified"],
            bias=values["bias"],
            bias_error=values["bias_error"],
            coverage=values["coverage"],
            coverage_total=values["coverage_total"],
            false_claims=values["false_claims"],
            power=values["power"],
        )
    return cards
