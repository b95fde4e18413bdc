"""The estimate itself: impute, split, leave out one country at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from disclosure_trends.models.attribution.counterfactual import (
    Split,
    split_change,
    window_totals,
)
from disclosure_trends.models.attribution.imputation import (
    Cells,
    Fit,
    fit_cells,
    leave_one_out,
    sum_cells,
)
from disclosure_trends.models.jackknife import Jackknifed, jackknife
from disclosure_trends.models.panel import Floats, Ints, Panel, Texts

PARTS: Final = ("rerouted", "induced", "demand", "validity")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effect:
    """The split of a change, with its leave-one-out replicates.

    Attributes
    ----------
    valid, submitted : Cells
        The sums that were fitted.
    weights : array, shape (1 + G, G)
        Row 0 is everybody; row 1 + j leaves cluster j out.
    fit_valid, fit_submitted : Fit
        The untreated models.
    split : Split
        Parts of the change, one entry per row of `weights`.
    """

    valid: Cells
    submitted: Cells
    weights: Floats
    fit_valid: Fit
    fit_submitted: Fit
    split: Split

    @property
    def clusters(self) -> tuple[str, ...]:
        """What was left out, in the order of the replicates."""
        return self.valid.clusters

    @property
    def converged(self) -> bool:
        """Whether the two models of all authorities came to rest."""
        return bool(self.fit_valid.converged[0] and self.fit_submitted.converged[0])

    @property
    def defined(self) -> bool:
        """Whether every part of the change is a number."""
        parts = [getattr(self.split, name)[0] for name in PARTS]
        return bool(np.isfinite(parts).all())

    def replicates(self, name: str) -> Floats:
        """Share of the change of a part, `adoption` or `shared`, shape (1 + G,).

        Adoption's is the sum of its parts' shares, to the last bit.
        """
        if name == "adoption":
            return self.replicates("rerouted") + self.replicates("induced")
        return self.split.share(getattr(self.split, name))

    def share(self, name: str) -> Jackknifed:
        """Share of the change of a part, `adoption` or `shared`, with its error."""
        return jackknife(self.replicates(name))

    def count(self, name: str) -> Jackknifed:
        """Part of the change in requests, with its error."""
        return jackknife(getattr(self.split, name))


def estimate_effect(
    panel: Panel, *, before: Ints, after: Ints, clusters: Texts | None = None
) -> Effect:
    """Split the change of valid requests between two windows.

    Parameters
    ----------
    panel : Panel
        Only its `inside` authorities are used.
    before, after : array of int
        Months of the two windows.
    clusters : array of str, shape (A,), optional
        What is left out together; the country by default.

    Returns
    -------
    Effect
        Not refused, whatever the guards say: a part that is not identified is not a
        number.
    """
    valid = sum_cells(panel, panel.valid, clusters=clusters)
    submitted = sum_cells(panel, panel.submitted, clusters=clusters)
    weights = leave_one_out(len(valid.clusters))
    fit_valid, fit_submitted = fit_cells(valid, weights), fit_cells(submitted, weights)
    split = split_change(
        window_totals(valid, weights, fit_valid, before=before, after=after),
        window_totals(submitted, weights, fit_submitted, before=before, after=after),
    )
    return Effect(
        valid=valid,
        submitted=submitted,
        weights=weights,
        fit_valid=fit_valid,
        fit_submitted=fit_submitted,
        split=split,
    )
