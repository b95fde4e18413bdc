"""A handful of counts: what counting noise alone would say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import beta, binom, binomtest, chi2, norm

from disclosure_trends.results import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortComparison:
    """The last two of a few counts, under counting noise and under their own.

    Attributes
    ----------
    previous, value, total
        Last count but one, last count, sum of all.
    rate_ratio
        Last over last but one, with the exact interval under counting noise only.
    exact_p
        Two-sided exact conditional p-value under counting noise only.
    one_sided_p
        Exact p-value of the last count against all before it together.
    chi_square, chi_square_p, dispersion
        Homogeneity of all counts; the dispersion is chi-square / degrees of freedom.
    z, scaled_z, scaled_p
        Standardised change, divided by the root of the dispersion (at least 1), and
        its two-sided p-value.
    """

    previous: int
    value: int
    total: int
    rate_ratio: Estimate
    exact_p: float
    one_sided_p: float
    chi_square: float
    chi_square_p: float
    dispersion: float
    z: float
    scaled_z: float
    scaled_p: float

    @property
    def flat(self) -> bool:
        """Whether even counting noise explains the change."""
        return self.exact_p > 0.05

    @property
    def overdispersed(self) -> bool:
        """Whether the counts vary more than counting noise would let them."""
        return self.chi_square_p < 0.05


def compare_last(counts: Sequence[int], *, level: float = 0.95) -> ShortComparison:
    """Compare the last count with the one before, of periods of equal length.

    Parameters
    ----------
    counts : sequence of int
        At least two counts, oldest first, not all zero in the last two.
    level : float
        Level of the interval.

    Returns
    -------
    ShortComparison
        Exact conditional comparison (Przyborowski and Wilenski 1940, Biometrika 31,
        313): given their sum, the last count is binomial.
    """
    previous, value = int(counts[-2]), int(counts[-1])
    both, n = previous + value, len(counts)
    total = int(sum(counts))
    tail = (1 - level) / 2
    low = beta.ppf(tail, value, previous + 1) if value else 0.0
    high = beta.ppf(1 - tail, value + 1, previous) if previous else 1.0
    mean = total / n
    chi_square = sum((count - mean) ** 2 for count in counts) / mean
    dispersion = chi_square / (n - 1)
    z = (value - previous) / both**0.5
    scaled = z / max(dispersion, 1.0) ** 0.5
    return ShortComparison(
        previous=previous,
        value=value,
        total=total,
        rate_ratio=Estimate(
            value=value / previous if previous else None,
            lower=float(low / (1 - low)),
            upper=float(high / (1 - high)) if high < 1 else None,
            level=level,
            kind="confidence",
            unit="ratio",
        ),
        exact_p=float(binomtest(value, both, 0.5).pvalue),
        one_sided_p=float(binom.sf(value - 1, total, 1 / n)),
        chi_square=chi_square,
        chi_square_p=float(chi2.sf(chi_square, n - 1)),
        dispersion=dispersion,
        z=z,
        scaled_z=scaled,
        scaled_p=float(2 * norm.sf(abs(scaled))),
    )
