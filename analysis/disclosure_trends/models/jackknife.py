"""Intervals from leaving out one cluster at a time: no random numbers, few clusters.

Source: MacKinnon, Nielsen and Webb 2023, Journal of Applied Econometrics 38:671-694
(the cluster jackknife); t with one degree of freedom less than there are clusters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from disclosure_trends.models.panel import Floats
from disclosure_trends.results import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Jackknifed:
    """A number and how much it moves when one cluster is left out.

    Attributes
    ----------
    value : float
        Computed from all clusters; not a number where it is undefined.
    error : float
        Standard error.
    clusters : int
        Replicates that the error rests on.
    dropped : int
        Replicates in which the number is undefined.
    """

    value: float
    error: float
    clusters: int
    dropped: int

    @property
    def is_defined(self) -> bool:
        """Whether both the value and its error can be printed."""
        return bool(np.isfinite(self.value) and np.isfinite(self.error))

    def half_width(self, level: float) -> float:
        """Half of the interval at this level, from Student's t."""
        from scipy.stats import t

        return float(t.ppf((1 + level) / 2, self.clusters - 1) * self.error)

    def p_value(self, null: float = 0.0) -> float:
        """Two-sided p of the value against `null`; 1 where nothing varies at it."""
        from scipy.stats import t

        if self.error == 0:
            return float(self.value == null)
        statistic = abs(self.value - null) / self.error
        return float(2 * t.sf(statistic, self.clusters - 1))

    def estimate(
        self, *, unit: str, level: float = 0.95, scale: float = 1.0
    ) -> Estimate:
        """Write it as an estimate, multiplied by `scale`."""
        half = self.half_width(level)
        ends = sorted([scale * (self.value - half), scale * (self.value + half)])
        return Estimate(
            value=scale * self.value,
            lower=ends[0],
            upper=ends[1],
            level=level,
            kind="confidence",
            unit=unit,
        )


def jackknife(values: Floats) -> Jackknifed:
    """Read a number's error off its leave-one-out replicates.

    Parameters
    ----------
    values : array, shape (1 + G,)
        The number from all clusters, then with each of the G clusters left out;
        not a number where it is undefined.

    Returns
    -------
    Jackknifed
        With squared error (n-1)/n sum (replicate - mean of replicates)^2 over the n
        replicates that are defined.
    """
    replicates = values[1:]
    kept = replicates[np.isfinite(replicates)]
    n = len(kept)
    spread = float(((kept - kept.mean()) ** 2).sum()) if n > 1 else np.nan
    return Jackknifed(
        value=float(values[0]),
        error=float(np.sqrt((n - 1) / n * spread)) if n > 1 else np.nan,
        clusters=n,
        dropped=len(replicates) - n,
    )
