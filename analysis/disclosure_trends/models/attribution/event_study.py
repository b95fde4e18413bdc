"""Month by month around adoption: what came over what was expected.

Before adoption the expectation is fitted on the months up to `LEADS` before it, so
that no month helps to predict itself; from adoption on it is the one of the estimate.
Valid per submitted is the fingerprint of re-routing: flat before, a step at adoption.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from disclosure_trends.models.attribution.effect import Effect
from disclosure_trends.models.attribution.imputation import Cells, Fit, fit_cells
from disclosure_trends.models.attribution.placebo import log_ratio
from disclosure_trends.models.jackknife import Jackknifed, jackknife
from disclosure_trends.models.panel import NEVER, Floats

LEADS: Final = 6
LAGS: Final = 6
OUTCOMES: Final = ("valid", "submitted", "validity")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventStudy:
    """Log ratios of observed to expected by month from adoption.

    Attributes
    ----------
    events : tuple of int
        Months from adoption, 0 being the month of adoption.
    ratios : dict of array, each of shape (1 + G, events)
        By outcome (`OUTCOMES`); row 0 from all countries, the others with one left
        out; not a number where it is undefined.
    anchored : dict of array
        The same with one expectation for all months, the one fitted up to `LEADS`
        months before adoption: what sensitivity to diverging trends is judged by.
    """

    events: tuple[int, ...]
    ratios: dict[str, Floats]
    anchored: dict[str, Floats]

    def at(self, outcome: str, event: int) -> Jackknifed:
        """Log ratio of an outcome in one month from adoption, with its error."""
        return jackknife(self.ratios[outcome][:, self.events.index(event)])


def study_events(effect: Effect) -> EventStudy:
    """Follow adopters from six months before adoption to six months after.

    Parameters
    ----------
    effect : Effect
        Its cells, weights and models are used.

    Returns
    -------
    EventStudy
        For valid and submitted requests and for valid per submitted. Cohorts with
        fewer than two months left to learn from are not followed.
    """
    events = tuple(range(-LEADS, LAGS + 1))
    ratios: dict[str, Floats] = {}
    anchored: dict[str, Floats] = {}
    for name, cells, fit in (
        ("valid", effect.valid, effect.fit_valid),
        ("submitted", effect.submitted, effect.fit_submitted),
    ):
        early = fit_cells(cells, effect.weights, shift=LEADS)
        leads = _ratios(cells, effect.weights, early, events)
        lags = _ratios(cells, effect.weights, fit, events)
        anchored[name] = leads
        ratios[name] = np.hstack([leads[:, :LEADS], lags[:, LEADS:]])
    for kind in (ratios, anchored):
        kind["validity"] = kind["valid"] - kind["submitted"]
    return EventStudy(events=events, ratios=ratios, anchored=anchored)


def _ratios(cells: Cells, weights: Floats, fit: Fit, events: tuple[int, ...]) -> Floats:
    """Log of observed over expected sums by month from adoption, shape (B, E)."""
    observed = np.einsum("bc,ckt->bkt", weights, cells.totals)
    followed = (cells.cohorts >= LEADS + 2) & (cells.cohorts < NEVER)
    columns = []
    for event in events:
        month = cells.cohorts + event
        rows = np.flatnonzero(followed & (month < cells.months))
        seen = observed[:, rows, month[rows]].sum(axis=1)
        expected = fit.expected[:, rows, month[rows]].sum(axis=1)
        columns.append(log_ratio(seen, expected))
    return np.stack(columns, axis=1)


def covariance(replicates: Floats) -> Floats:
    """Jackknife covariance of a vector from its leave-one-out replicates.

    Parameters
    ----------
    replicates : array, shape (1 + G, E)
        Row 0 is the estimate; replicates that are not all numbers are dropped.

    Returns
    -------
    array, shape (E, E)
        (n-1)/n sum of outer products of deviations from their mean.
    """
    kept = replicates[1:][np.isfinite(replicates[1:]).all(axis=1)]
    deviations = kept - kept.mean(axis=0)
    return np.asarray((len(kept) - 1) / max(len(kept), 1) * deviations.T @ deviations)
