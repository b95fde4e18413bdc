"""The change between two windows as an exact sum: two parts adoption, two background.

With V valid and N submitted requests, V0 and N0 the same had nobody adopted, and
v0 = V0/N0, the parts are

    adoption   = (V - V0) after less (V - V0) before
    induced    = (N - N0) v0 after less (N - N0) v0 before
    re-routed  = adoption - induced
    demand     = L(V0 before, V0 after) ln(N0 after / N0 before)
    validity   = L(V0 before, V0 after) ln(v0 after / v0 before)

where L(a, b) = (b - a) / ln(b / a) is the logarithmic mean (LMDI-I: Ang 2005, Energy
Policy 33:867-871). Re-routed, induced, demand and validity add up to the change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from disclosure_trends.models.attribution.imputation import Cells, Fit
from disclosure_trends.models.panel import NEVER, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Totals:
    """Observed and counterfactual totals of the region in the two windows.

    Attributes
    ----------
    before, after : array, shape (B,)
        Observed.
    before_0, after_0 : array, shape (B,)
        Had nobody adopted; not a number where that is not identified.
    """

    before: Floats
    after: Floats
    before_0: Floats
    after_0: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """The parts of the change of valid requests, each of shape (B,), in requests.

    Attributes
    ----------
    change : array
        Valid requests after less before, as observed.
    rerouted, induced, demand, validity : array
        Add up to `change`.
    shared : array
        What adoption contributed by the other convention, in which the interaction of
        adoption with everything else is shared between both (LMDI-I).
    """

    change: Floats
    rerouted: Floats
    induced: Floats
    demand: Floats
    validity: Floats
    shared: Floats

    @property
    def adoption(self) -> Floats:
        """Re-routed and induced together."""
        return self.rerouted + self.induced

    def share(self, part: Floats) -> Floats:
        """Divide a part by the change; not a number where nothing changed."""
        nothing = np.full_like(part, np.nan)
        return np.divide(part, self.change, out=nothing, where=self.change != 0)


def window_totals(
    cells: Cells, weights: Floats, fit: Fit, *, before: Ints, after: Ints
) -> Totals:
    """Add a region up over two windows, with and without adoption.

    Parameters
    ----------
    cells : Cells
        Sums by cluster, cohort and month.
    weights : array, shape (B, C)
        The weights of `fit`.
    fit : Fit
        The untreated model of these cells.
    before, after : array of int
        Months of the two windows.

    Returns
    -------
    Totals
        Cohorts adopted before the first month have no month to learn from: what they
        filed stands on both sides, so that their change is background.
    """
    observed = np.einsum("bc,ckt->bkt", weights, cells.totals)
    start = np.where(cells.cohorts < 0, NEVER, cells.cohorts)
    treated = np.arange(cells.months)[None, :] >= start[:, None]
    without = np.where(treated[None], fit.expected, observed)
    return Totals(
        before=observed[:, :, before].sum(axis=(1, 2)),
        after=observed[:, :, after].sum(axis=(1, 2)),
        before_0=without[:, :, before].sum(axis=(1, 2)),
        after_0=without[:, :, after].sum(axis=(1, 2)),
    )


def split_change(valid: Totals, submitted: Totals) -> Split:
    """Split the change of valid requests into its four parts.

    Parameters
    ----------
    valid, submitted : Totals
        Of the same windows and weights.

    Returns
    -------
    Split
        Exact: the parts add up to the change to the last digits. Where a logarithm
        does not exist, demand and validity share the background as Shapley's value
        does, and a rate without requests takes the rate of the other window.
    """
    rate_before = _rate(valid.before_0, submitted.before_0)
    rate_after = _rate(valid.after_0, submitted.after_0)
    missing_before, missing_after = np.isnan(rate_before), np.isnan(rate_after)
    rate_before, rate_after = (
        np.where(missing_before, np.nan_to_num(rate_after), rate_before),
        np.where(missing_after, np.nan_to_num(rate_before), rate_after),
    )
    before = valid.before - valid.before_0
    adoption = (valid.after - valid.after_0) - before
    induced = (submitted.after - submitted.after_0) * rate_after
    induced = induced - (submitted.before - submitted.before_0) * rate_before
    background = valid.after_0 - valid.before_0
    demand = _demand(valid, submitted, rate_before, rate_after)
    return Split(
        change=valid.after - valid.before,
        rerouted=adoption - induced,
        induced=induced,
        demand=demand,
        validity=background - demand,
        shared=_shared(valid),
    )


def logarithmic_mean(a: Floats, b: Floats) -> Floats:
    """L(a, b) = (b - a) / ln(b / a), and a where both are equal; 0 if one is 0."""
    positive = (a > 0) & (b > 0)
    safe_a, safe_b = np.where(positive, a, 1.0), np.where(positive, b, 1.0)
    log_ratio = np.log(safe_b / safe_a)
    # Near equality the quotient loses its digits; the series keeps them.
    near = np.abs(log_ratio) < 1e-3
    series = np.sqrt(safe_a * safe_b) * (1 + log_ratio**2 / 24)
    quotient = (safe_b - safe_a) / np.where(near, 1.0, log_ratio)
    return np.where(positive, np.where(near, series, quotient), 0.0)


def _rate(valid: Floats, submitted: Floats) -> Floats:
    return np.divide(
        valid, submitted, out=np.full_like(valid, np.nan), where=submitted > 0
    )


def _demand(
    valid: Totals, submitted: Totals, rate_before: Floats, rate_after: Floats
) -> Floats:
    """Part of the background that comes of more or fewer requests."""
    logs = (valid.before_0 > 0) & (valid.after_0 > 0)
    logs &= (submitted.before_0 > 0) & (submitted.after_0 > 0)
    growth = np.where(logs, submitted.after_0, 1.0) / np.where(
        logs, submitted.before_0, 1.0
    )
    by_logs = logarithmic_mean(valid.before_0, valid.after_0) * np.log(growth)
    by_halves = (
        (submitted.after_0 - submitted.before_0) * (rate_before + rate_after) / 2
    )
    return np.where(logs, by_logs, by_halves)


def _shared(valid: Totals) -> Floats:
    """Adoption's contribution when V = V0 x M is split by logarithmic means."""
    every = (valid.before, valid.after, valid.before_0, valid.after_0)
    defined = np.logical_and.reduce([x > 0 for x in every])
    before, after, before_0, after_0 = (np.where(defined, x, 1.0) for x in every)
    multiple = np.log(after / after_0) - np.log(before / before_0)
    return np.where(defined, logarithmic_mean(before, after) * multiple, np.nan)
