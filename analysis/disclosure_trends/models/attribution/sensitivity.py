"""How far trends may diverge before the answer changes: Delta-SD intervals.

Source: Rambachan and Roth 2023, Review of Economic Studies 90:2555-2591. The path of
the untreated difference between adopters and others may bend by at most M from one
month to the next. The interval is the shortest of fixed length whose worst bias over
all such paths is covered.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from disclosure_trends.models.attribution.event_study import EventStudy, covariance
from disclosure_trends.models.panel import Floats

PRE: Final = 5
POST: Final = 1
_HALVINGS: Final = 12
_LARGEST_MULTIPLE: Final = 8.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventPath:
    """Coefficients of an event study relative to the month before adoption.

    Attributes
    ----------
    coefficients : array, shape (pre + post,)
        Times -pre..-1, then 1..post; time 0 is the reference and left out.
    sigma : array, shape (pre + post, pre + post)
        Their covariance.
    pre : int
        Number of coefficients before the reference.
    target : array, shape (post,)
        Weights of the later coefficients in the effect that is asked for.
    """

    coefficients: Floats
    sigma: Floats
    pre: int
    target: Floats

    @property
    def times(self) -> Floats:
        """Times of the coefficients, the reference being 0."""
        post = len(self.target)
        return np.array([*range(-self.pre, 0), *range(1, post + 1)], dtype=np.float64)

    @property
    def largest_bend(self) -> float:
        """Largest second difference before adoption, the reference included."""
        path = np.append(self.coefficients[: self.pre], 0.0)
        return float(np.abs(np.diff(path, 2)).max())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """How much bending the answer stands.

    Attributes
    ----------
    breakdown : float
        Smallest M at which the interval contains no effect; 0 if it does already
        with straight trends, infinite if no M that was tried does.
    largest_bend : float
        Largest second difference before adoption.
    """

    breakdown: float
    largest_bend: float

    @property
    def multiple(self) -> float:
        """Breakdown as a multiple of the largest bend before adoption."""
        if self.breakdown == 0:
            return 0.0
        return self.breakdown / self.largest_bend if self.largest_bend else math.inf


def fixed_length_interval(
    path: EventPath, *, bend: float, level: float = 0.95
) -> tuple[float, float]:
    """Shortest fixed-length interval that holds under every path bending by `bend`.

    Parameters
    ----------
    path : EventPath
        Coefficients and what is asked of them.
    bend : float
        M: largest change of the slope from one month to the next.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper end.
    """
    problem = _Problem(path, level)
    weights, half = problem.shortest(bend)
    centre = float(weights @ path.coefficients)
    return centre - half, centre + half


def find_breakdown(path: EventPath, *, level: float = 0.95) -> Sensitivity:
    """Find the smallest bend at which the interval contains no effect.

    Parameters
    ----------
    path : EventPath
        Coefficients and what is asked of them.
    level : float
        Confidence level.

    Returns
    -------
    Sensitivity
        Found by bisection between 0 and eight times the largest bend before adoption.
    """
    problem = _Problem(path, level)
    largest = path.largest_bend
    low, high = 0.0, _LARGEST_MULTIPLE * largest
    if problem.contains_zero(low):
        return Sensitivity(breakdown=0.0, largest_bend=largest)
    if not problem.contains_zero(high):
        return Sensitivity(breakdown=math.inf, largest_bend=largest)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if problem.contains_zero(middle) else (middle, high)
    return Sensitivity(breakdown=high, largest_bend=largest)


def path_of(study: EventStudy, outcome: str) -> EventPath | None:
    """Read the path of an outcome off an event study.

    Parameters
    ----------
    study : EventStudy
        Its anchored ratios are used: six months before adoption to three after.
    outcome : str
        ``valid``, ``submitted`` or ``validity``.

    Returns
    -------
    EventPath or None
        Relative to the month before adoption, the effect being the mean of the first
        `POST` months; None where a coefficient is undefined.
    """
    chosen = range(-PRE - 1, POST)
    columns = [study.events.index(event) for event in chosen]
    ratios = study.anchored[outcome][:, columns]
    relative = ratios - ratios[:, [PRE]]
    relative = np.delete(relative, PRE, axis=1)
    defined = np.asarray(np.isfinite(relative).all(axis=1), dtype=np.bool_)
    if not defined[0] or defined[1:].sum() <= relative.shape[1]:
        return None
    return EventPath(
        coefficients=relative[0],
        sigma=covariance(relative),
        pre=PRE,
        target=np.full(POST, 1 / POST),
    )


def critical_value(ratio: float, *, level: float = 0.95) -> float:
    """Quantile of |Z + ratio|: what a biased estimator needs for its level.

    Parameters
    ----------
    ratio : float
        Worst bias over standard error, not negative.
    level : float
        Confidence level.

    Returns
    -------
    float
        c with P(|Z + ratio| <= c) = level; far out one tail alone decides.
    """
    if ratio >= 8:
        return ratio + _normal_quantile(level)
    value = ratio + _normal_quantile(level if ratio > 0.5 else (1 + level) / 2)
    for _ in range(50):
        inside = _normal(value - ratio) - _normal(-value - ratio)
        slope = _density(value - ratio) + _density(value + ratio)
        step = (inside - level) / slope
        value -= step
        if abs(step) < 1e-12:
            break
    return value


def _normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


def _density(x: float) -> float:
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _normal_quantile(p: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(p))


class _Problem:
    """Minimise the half-length over the weights on the months before adoption."""

    def __init__(self, path: EventPath, level: float) -> None:
        self._path, self._level = path, level
        times, pre = path.times, path.pre
        knots = np.arange(-pre + 1, len(path.target))
        rising = np.maximum(times[None, :] - knots[:, None], 0)
        falling = np.maximum(knots[:, None] - times[None, :], 0)
        self._bends = np.where(knots[:, None] >= 0, rising, falling)
        # Straight trends must cancel: sum of weight x time is zero.
        early = times[:pre]
        self._needed = -float(path.target @ times[pre:])
        basis = np.linalg.svd(early[None, :])[2][1:]
        self._free = basis
        last = np.zeros(pre)
        last[-1] = self._needed / early[-1]
        spread = self._needed * early / float(early @ early)
        self._starts = (basis @ spread, basis @ last)
        self._origin = spread

    def weights(self, free: Floats) -> Floats:
        """All weights, from the free ones before adoption."""
        return np.concatenate([self._origin + free @ self._free, self._path.target])

    def half(self, free: Floats, bend: float) -> float:
        """Half-length of the interval with these weights."""
        weights = self.weights(free)
        error = math.sqrt(max(float(weights @ self._path.sigma @ weights), 1e-300))
        bias = bend * float(np.abs(self._bends @ weights).sum())
        return error * critical_value(bias / error, level=self._level)

    def shortest(self, bend: float) -> tuple[Floats, float]:
        """Weights of the shortest interval and its half-length."""
        from scipy.optimize import minimize

        found = []
        for start in self._starts:
            # Scaled to order one: the stopping rule of the search is absolute.
            unit = self.half(start, bend)

            def relative(free: Floats, unit: float = unit) -> float:
                return self.half(free, bend) / unit

            search = minimize(
                relative,
                start,
                method="SLSQP",
                options={"maxiter": 200, "ftol": 1e-10},
            )
            found.append(np.asarray(search.x, dtype=np.float64))
        best = min(found, key=lambda free: self.half(free, bend))
        return self.weights(best), self.half(best, bend)

    def contains_zero(self, bend: float) -> bool:
        """Whether the shortest interval leaves open that there is no effect."""
        weights, half = self.shortest(bend)
        return abs(float(weights @ self._path.coefficients)) <= half
