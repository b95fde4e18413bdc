"""The same test where nothing happened: what could have proved the answer wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from disclosure_trends.models.attribution.effect import Effect, estimate_effect
from disclosure_trends.models.attribution.imputation import Cells, fit_cells
from disclosure_trends.models.jackknife import Jackknifed, jackknife
from disclosure_trends.models.panel import NEVER, Floats, Ints, Panel

LEAD: Final = 3
"""Months by which the lead placebo pretends that adoption came earlier."""


@dataclass(frozen=True, slots=True)
class Placebo:
    """One attempt to break the answer.

    Attributes
    ----------
    name : str
        Slug.
    effect : Jackknifed or None
        A log ratio that is zero if nothing happened; None where it cannot be tried.
    p_value : float or None
        Two-sided.
    reason : str
        Why it cannot be tried; empty otherwise.
    """

    name: str
    effect: Jackknifed | None
    p_value: float | None
    reason: str = ""


def lead_placebos(effect: Effect) -> tuple[Placebo, ...]:
    """Pretend that everybody adopted three months earlier.

    The model is fitted on the months before the pretended adoption; the months
    between pretended and true adoption are imputed. The statistic is the log of their
    observed over their imputed sum.

    Parameters
    ----------
    effect : Effect
        Its cells and weights are used.

    Returns
    -------
    tuple of Placebo
        For submitted requests, valid requests, and valid per submitted.
    """
    submitted = _lead_ratio(effect.submitted, effect.weights)
    valid = _lead_ratio(effect.valid, effect.weights)
    return (
        _judge("lead_submitted", submitted),
        _judge("lead_valid", valid),
        _judge("lead_validity", valid - submitted),
    )


def _lead_ratio(cells: Cells, weights: Floats) -> Floats:
    """Log of observed over imputed sums in the months just before adoption."""
    tested = cells.untreated() & ~cells.untreated(shift=LEAD)
    observed = np.einsum("bc,ckt,kt->b", weights, cells.totals, tested)
    expected = fit_cells(cells, weights, shift=LEAD).expected
    imputed = np.where(tested[None], expected, 0.0).sum(axis=(1, 2))
    return log_ratio(observed, imputed)


def log_ratio(observed: Floats, expected: Floats) -> Floats:
    """Log of a ratio; not a number unless both are positive."""
    both = (observed > 0) & (expected > 0)
    safe = np.where(both, observed, 1.0) / np.where(both, expected, 1.0)
    return np.where(both, np.log(safe), np.nan)


def region_placebo(panel: Panel, *, before: Ints, after: Ints) -> Placebo:
    """Give authorities outside the region the region's months of adoption.

    The outside authorities, in the order of their pseudonyms, take the months of the
    region's authorities in an order that spreads them evenly; nothing is drawn.

    Parameters
    ----------
    panel : Panel
        Inside and outside authorities.
    before, after : array of int
        Months of the two windows.

    Returns
    -------
    Placebo
        Log of observed over imputed validity of the pretended adopters in `after`,
        less the same in `before`.
    """
    outside = panel.take(~panel.inside & (panel.adopted == NEVER))
    if np.unique(outside.country).size < 5 or outside.n_authorities < 20:
        return Placebo("region", None, None, "too few authorities outside the region")
    months = panel.adopted[panel.inside]
    if not (months < NEVER).any():
        return Placebo("region", None, None, "nobody of the region moved")
    spread = np.argsort((np.arange(len(months)) * 0.6180339887498949) % 1.0)
    pick = np.arange(outside.n_authorities) % len(months)
    pretended = outside.with_adoption(months[spread][pick], outside.basis)
    everybody = np.ones(outside.n_authorities, dtype=np.bool_)
    pretended = replace(pretended, inside=everybody)
    effect = estimate_effect(pretended, before=before, after=after)
    return _judge("region", _rise_of_validity(effect, after))


def _rise_of_validity(effect: Effect, after: Ints) -> Floats:
    """Log of observed over imputed validity of adopters in the later window."""
    treated = ~effect.valid.untreated() & (effect.valid.cohorts >= 0)[:, None]
    chosen = np.zeros_like(treated)
    chosen[:, after] = treated[:, after]
    ratios = []
    for cells, fit in (
        (effect.valid, effect.fit_valid),
        (effect.submitted, effect.fit_submitted),
    ):
        observed = np.einsum("bc,ckt,kt->b", effect.weights, cells.totals, chosen)
        imputed = np.where(chosen[None], fit.expected, 0.0).sum(axis=(1, 2))
        ratios.append(log_ratio(observed, imputed))
    return ratios[0] - ratios[1]


def line_placebo(panel: Panel, *, before: Ints, after: Ints) -> Placebo:
    """Compare how validity changed on the line and beside it, within authorities.

    Whoever was on the line in both windows did not move between them: if validity on
    the line rose for them by more than beside it, the platform changed the line and
    not the authorities. The statistic is the difference of two Mantel-Haenszel log
    odds ratios (after against before), stratified by authority.

    Parameters
    ----------
    panel : Panel
        Only its `inside` authorities are used.
    before, after : array of int
        Months of the two windows.

    Returns
    -------
    Placebo
        Countries left out one at a time.
    """
    region = panel.region()
    lines = (
        (region.on_line, region.on_line_valid),
        (region.off_line, region.off_line_valid),
    )
    codes, country = np.unique(region.country, return_inverse=True)
    values = np.zeros(len(codes) + 1)
    for sign, (requests, valid) in zip((1.0, -1.0), lines, strict=True):
        above, below = _mantel_haenszel(requests, valid, before=before, after=after)
        by_country = np.zeros((2, len(codes)))
        np.add.at(by_country[0], country, above)
        np.add.at(by_country[1], country, below)
        total = by_country.sum(axis=1, keepdims=True)
        left = np.hstack([total, total - by_country])
        values = values + sign * log_ratio(left[0], left[1])
    placebo = _judge("line", values)
    if placebo.effect is None:
        return replace(placebo, reason="too few requests on the line in both windows")
    return placebo


def _mantel_haenszel(
    requests: Floats, valid: Floats, *, before: Ints, after: Ints
) -> tuple[Floats, Floats]:
    """Each authority's two terms of the common odds ratio of after to before."""
    n0, n1 = requests[:, before].sum(axis=1), requests[:, after].sum(axis=1)
    v0, v1 = valid[:, before].sum(axis=1), valid[:, after].sum(axis=1)
    total = np.maximum(n0 + n1, 1)
    return v1 * (n0 - v0) / total, v0 * (n1 - v1) / total


def _judge(name: str, values: Floats) -> Placebo:
    result = jackknife(values)
    if not result.is_defined:
        return Placebo(name, None, None, "there are too few requests to try it")
    return Placebo(name, result, result.p_value())


def flagged(placebo: Placebo, *, level: float) -> bool:
    """Whether the attempt succeeded at this level."""
    return placebo.p_value is not None and placebo.p_value < level


def adjusted(placebos: tuple[Placebo, ...]) -> tuple[float | None, ...]:
    """Adjust p-values for the number of attempts (Holm 1979, Scand. J. Stat. 6:65).

    Parameters
    ----------
    placebos : tuple of Placebo
        The attempts that are judged together.

    Returns
    -------
    tuple of float or None
        In the same order; None where an attempt could not be made.
    """
    tried = [(p.p_value, i) for i, p in enumerate(placebos) if p.p_value is not None]
    result: list[float | None] = [None] * len(placebos)
    running = 0.0
    for rank, (p_value, place) in enumerate(sorted(tried)):
        running = max(running, min(1.0, (len(tried) - rank) * p_value))
        result[place] = running
    return tuple(result)
