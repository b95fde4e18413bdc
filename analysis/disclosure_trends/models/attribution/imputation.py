"""What would have come without adoption: a Poisson imputation of treated months.

Untreated model: E[Y] = authority effect x month effect of the region, fitted on the
months before each authority's adoption only. It is the saturated Poisson model of
staggered adoption (Wooldridge 2023, The Econometrics Journal 26) read as imputation
(Borusyak, Jaravel and Spiess 2024, Review of Economic Studies 91).

Every authority that adopts in one month has the same untreated months, so the fit
needs only the sums by country, month of adoption and calendar month. The iteration
below is the one over single authorities, term by term, at a cost that does not grow
with their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from disclosure_trends.models.panel import NEVER, Bools, Floats, Ints, Panel

TOLERANCE: Final = 1e-6
MAX_ROUNDS: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Sums over the authorities of one cluster that adopted in one month.

    Attributes
    ----------
    clusters : tuple of str
        The C clusters (countries) of the region, sorted.
    cohorts : array of int, shape (K,)
        Months of adoption that occur; the last may be `NEVER`; -1 stands for
        "before the first month".
    months : int
        Number T of months.
    totals : array, shape (C, K, T)
        Sums of the counts.
    """

    clusters: tuple[str, ...]
    cohorts: Ints
    months: int
    totals: Floats

    def untreated(self, *, shift: int = 0) -> Bools:
        """Mark the months before adoption.

        Parameters
        ----------
        shift : int
            Pretend that everybody adopted so many months earlier.

        Returns
        -------
        array of bool, shape (K, T)
            True where the month lies before the (pretended) month of adoption.
        """
        start = np.where(self.cohorts == NEVER, NEVER, self.cohorts - shift)
        return np.arange(self.months)[None, :] < start[:, None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """The untreated model, for B vectors of weights at once.

    Attributes
    ----------
    expected : array, shape (B, K, T)
        Imputed sums of each cohort in every month; not a number where nobody
        untreated is left in the month.
    month_effect : array, shape (B, T)
        Not a number where it is undefined.
    converged : array of bool, shape (B,)
        Whether the iteration came to rest.
    """

    expected: Floats
    month_effect: Floats
    converged: Bools


def sum_cells(
    panel: Panel, counts: Floats, *, clusters: np.ndarray | None = None
) -> Cells:
    """Add the authorities of the region up by cluster and month of adoption.

    Parameters
    ----------
    panel : Panel
        Only its `inside` authorities are used.
    counts : array, shape (A, T)
        The panel's `submitted`, `valid` or any other counts.
    clusters : array, shape (A,), optional
        What is left out together; the country by default.

    Returns
    -------
    Cells
        Sums; cohorts adopted before the first month are kept apart as -1.
    """
    inside = panel.inside
    labels = (panel.country if clusters is None else clusters)[inside]
    names, row = np.unique(labels, return_inverse=True)
    adopted = np.where(panel.adopted < 0, -1, panel.adopted)[inside]
    cohorts, column = np.unique(adopted, return_inverse=True)
    totals = np.zeros((len(names), len(cohorts), panel.n_months))
    np.add.at(totals, (row, column), counts[inside])
    return Cells(
        clusters=tuple(str(name) for name in names),
        cohorts=cohorts.astype(np.int64),
        months=panel.n_months,
        totals=totals,
    )


def leave_one_out(n: int) -> Floats:
    """Weights of the point estimate and of the n replicates of the jackknife.

    Parameters
    ----------
    n : int
        Number of clusters.

    Returns
    -------
    array, shape (1 + n, n)
        Ones; row 1 + j has a zero at j.
    """
    return np.vstack([np.ones(n), 1 - np.eye(n)])


def impute(
    sums: Floats,
    untreated: Bools,
    *,
    tolerance: float = TOLERANCE,
    max_rounds: int = MAX_ROUNDS,
) -> Fit:
    """Fit the untreated model by iterative proportional fitting.

    Parameters
    ----------
    sums : array, shape (B, K, T)
        Weighted sums by cohort and month, one layer per vector of weights.
    untreated : array of bool, shape (K, T)
        Cells that the model may learn from.
    tolerance : float
        Largest change of the log of an authority effect at rest.
    max_rounds : int
        Rounds after which a layer counts as not converged.

    Returns
    -------
    Fit
        Effects of authorities without any untreated request are zero, so that all
        they file counts as more than expected. The scale of the two effects is
        arbitrary; only their product is used.
    """
    known = untreated.astype(np.float64)
    history = np.einsum("bkt,kt->bk", sums, known)
    observed = np.einsum("bkt,kt->bt", sums, known)
    level = history / np.maximum(known.sum(axis=1), 1)
    converged = np.zeros(len(sums), dtype=np.bool_)
    gamma = np.full(observed.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(max_rounds):
            active = ~converged
            denominator = level[active] @ known
            effect = np.where(denominator > 0, observed[active] / denominator, np.nan)
            gamma[active] = effect
            exposure = np.nan_to_num(effect) @ known.T
            renewed = np.where(exposure > 0, history[active] / exposure, 0.0)
            both = (renewed > 0) & (level[active] > 0)
            step = np.where(both, np.abs(np.log(renewed / level[active])), 0.0)
            level[active] = renewed
            converged[active] = step.max(axis=1, initial=0.0) < tolerance
            if converged.all():
                break
    expected = level[:, :, None] * gamma[:, None, :]
    return Fit(expected=expected, month_effect=gamma, converged=converged)


def fit_cells(cells: Cells, weights: Floats, *, shift: int = 0) -> Fit:
    """Fit the untreated model to summed cells under each vector of weights.

    Parameters
    ----------
    cells : Cells
        Sums by cluster, cohort and month.
    weights : array, shape (B, C)
        Weight of each cluster; zero leaves it out.
    shift : int
        Pretend that everybody adopted so many months earlier.

    Returns
    -------
    Fit
        One layer per vector of weights.
    """
    sums = np.einsum("bc,ckt->bkt", weights, cells.totals)
    return impute(sums, cells.untreated(shift=shift))
