"""Splits the change of a product into what each factor did: Shapley and LMDI-I.

Sources: Shapley value of a product = Das Gupta 1993, Standardization and decomposition
of rates (the average over all orders of change); LMDI-I in its additive form, Ang
2005, Energy Policy 33:867-871.
"""

from collections.abc import Sequence
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from disclosure_trends.models.attribution.counterfactual import logarithmic_mean

Floats = NDArray[np.float64]


def shapley_product(before: Floats, after: Floats) -> Floats:
    """Split the change of a product exactly over its factors.

    A factor's part is its change times the other factors, each at one of its two
    values, averaged over all orders in which the factors could have changed. Exact
    with zeros and negative values.

    Parameters
    ----------
    before, after : ndarray, shape (k, ...)
        The k factors of each product.

    Returns
    -------
    ndarray, shape (k, ...)
        Parts; over the first axis they add up to the change of the product.
    """
    before = np.asarray(before, dtype=np.float64)
    after = np.asarray(after, dtype=np.float64)
    return np.stack([_part(before, after, one) for one in range(len(before))])


def _part(before: Floats, after: Floats, one: int) -> Floats:
    """Average the effect of one factor over what changed before it."""
    k = len(before)
    others = [factor for factor in range(k) if factor != one]
    total = np.zeros(before.shape[1:])
    for size in range(k):
        weight = factorial(size) * factorial(k - size - 1) / factorial(k)
        for changed in combinations(others, size):
            held = [after[f] if f in changed else before[f] for f in others]
            total += weight * np.prod(np.stack([np.ones_like(total), *held]), axis=0)
    return np.asarray((after[one] - before[one]) * total)


def lmdi_product(before: Floats, after: Floats) -> Floats:
    """Split the change of a product of positive factors by logarithmic means.

    Parameters
    ----------
    before, after : ndarray, shape (k, ...)
        The k factors of each product. A product that is zero in both windows has no
        part; one that is zero in one of them has no logarithm.

    Returns
    -------
    ndarray, shape (k, ...)
        Parts, adding up to the change; not a number where there is no logarithm.
    """
    first, second = np.prod(before, axis=0), np.prod(after, axis=0)
    weight = logarithmic_mean(first, second)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = weight * (np.log(after) - np.log(before))
    return np.where((first == 0) & (second == 0), 0.0, parts)


def fill_from_other(before: Floats, after: Floats) -> tuple[Floats, Floats]:
    """Give a rate that is undefined in one window its value of the other.

    Then the change of the rate is zero and the whole change goes to the factor that
    made it undefined.

    Parameters
    ----------
    before, after : ndarray
        Rates; not a number where undefined.

    Returns
    -------
    tuple of ndarray
        Both, without gaps; 0 where both are undefined.
    """
    filled_before = np.where(np.isnan(before), after, before)
    filled_after = np.where(np.isnan(after), before, after)
    return np.nan_to_num(filled_before), np.nan_to_num(filled_after)


def ratio(above: Floats, below: Floats) -> Floats:
    """Divide; not a number where there is nothing to divide by."""
    above, below = np.asarray(above, float), np.asarray(below, float)
    gap = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    quotient: Floats = np.divide(above, below, out=gap, where=below != 0)
    return quotient


def total(values: Sequence[float] | Floats) -> float:
    """Add up without losing digits, so that bars sum to the change."""
    from math import fsum

    return fsum(np.asarray(values, dtype=np.float64).ravel().tolist())
