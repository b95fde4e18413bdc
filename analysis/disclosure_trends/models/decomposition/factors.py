"""Valid requests of two windows as volume x routing x validity, authority by authority.

``V = sum_a N_a sum_l s_al p_al``: N requests received, s the share of line l, p the
validity on it. Parts are exact for each authority and added up, so that a shift of
requests between authorities counts as volume.
"""

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from disclosure_trends.models.decomposition.shapley import (
    Floats,
    fill_from_other,
    lmdi_product,
    ratio,
    shapley_product,
)

FACTORS: Final = ("volume", "routing", "validity")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoWindows:
    """Counts of every authority in the two windows.

    Attributes
    ----------
    country : ndarray of str, shape (A,)
        Country of each authority.
    submitted, valid, disclosed : ndarray, shape (A, 2)
        Requests received, valid, and (partially) disclosed; before and after.
    on_line, off_line, on_line_valid, off_line_valid : ndarray, shape (A, 2)
        Requests on the designated line and beside it, and the valid ones; where the
        line is unknown they are in neither.
    unassessed : ndarray, shape (A, 2), or None
        Requests of which nobody found whether they are valid; they are not valid here.
    """

    country: NDArray[np.str_]
    submitted: Floats
    valid: Floats
    disclosed: Floats
    on_line: Floats
    off_line: Floats
    on_line_valid: Floats
    off_line_valid: Floats
    unassessed: Floats | None = None

    @property
    def lines(self) -> Floats:
        """Requests by line, shape (A, 2, 3): on it, beside it, unknown."""
        unknown = self.submitted - self.on_line - self.off_line
        return np.stack([self.on_line, self.off_line, unknown], axis=2)

    @property
    def lines_valid(self) -> Floats:
        """Valid requests by line, shape (A, 2, 3)."""
        unknown = self.valid - self.on_line_valid - self.off_line_valid
        return np.stack([self.on_line_valid, self.off_line_valid, unknown], axis=2)

    @property
    def line_is_known(self) -> bool:
        """Whether the line is known of some request in both windows."""
        known = (self.on_line + self.off_line).sum(axis=0)
        return bool((known > 0).all())

    def without_lines(self) -> "TwoWindows":
        """Return the same counts with every line unknown."""
        gone = np.zeros_like(self.submitted)
        return replace(
            self, on_line=gone, off_line=gone, on_line_valid=gone, off_line_valid=gone
        )

    def summed(self) -> "TwoWindows":
        """Return the region as if it were one authority."""
        sums = {
            f.name: getattr(self, f.name).sum(axis=0, keepdims=True)
            for f in fields(self)
            if f.name != "country" and getattr(self, f.name) is not None
        }
        return TwoWindows(country=np.array([""]), **sums)


def split_valid(counts: TwoWindows) -> Floats:
    """Split each authority's change of valid requests over the three factors.

    Parameters
    ----------
    counts : TwoWindows
        Both windows.

    Returns
    -------
    ndarray, shape (3, A)
        Volume, routing, validity; they add up to the change of each authority.
    """
    before, after = _factors(counts)
    return np.asarray(shapley_product(before, after).sum(axis=2))


def split_disclosed(counts: TwoWindows) -> Floats:
    """Split each authority's change of disclosed requests over four factors.

    The fourth is disclosed / valid. What was disclosed without any valid request goes
    to it too, so that the parts add up.

    Parameters
    ----------
    counts : TwoWindows
        Both windows.

    Returns
    -------
    ndarray, shape (4, A)
        Volume, routing, validity, disclosure.
    """
    rate = ratio(counts.disclosed, counts.valid)
    rates = np.stack(fill_from_other(rate[:, 0], rate[:, 1]))[:, None, :, None]
    before, after = _factors(counts)
    n_lines = before.shape[2]
    both = [
        np.concatenate([lines, np.broadcast_to(rate, (1, *lines.shape[1:2], n_lines))])
        for lines, rate in zip((before, after), rates, strict=True)
    ]
    parts = shapley_product(*both).sum(axis=2)
    change = counts.disclosed[:, 1] - counts.disclosed[:, 0]
    parts[3] += change - parts.sum(axis=0)
    return np.asarray(parts)


def split_region_lmdi(counts: TwoWindows) -> Floats:
    """Split the region's change by logarithmic means, lines but not authorities apart.

    Parameters
    ----------
    counts : TwoWindows
        Both windows.

    Returns
    -------
    ndarray, shape (3,)
        Volume, routing, validity; not a number where a line has valid requests in one
        window only.
    """
    region = counts.summed()
    lines, valid = region.lines[0], region.lines_valid[0]
    # Requests of unknown line stand with those beside the line.
    lines = np.stack([lines[:, 0], lines[:, 1:].sum(axis=1)])
    valid = np.stack([valid[:, 0], valid[:, 1:].sum(axis=1)])
    volume = np.broadcast_to(region.submitted[0], lines.shape)
    factors = np.stack([volume, ratio(lines, volume), ratio(valid, lines)])
    factors = np.where(valid == 0, 0.0, factors)
    return np.asarray(lmdi_product(factors[..., 0], factors[..., 1]).sum(axis=1))


def _factors(counts: TwoWindows) -> tuple[Floats, Floats]:
    """Volume, routing and validity of both windows, each of shape (3, A, lines)."""
    lines, valid = counts.lines, counts.lines_valid
    volume = np.broadcast_to(counts.submitted[:, :, None], lines.shape)
    share, validity = ratio(lines, volume), ratio(valid, lines)
    shares = fill_from_other(share[:, 0], share[:, 1])
    rates = fill_from_other(validity[:, 0], validity[:, 1])
    before, after = (
        np.stack([volume[:, window], shares[window], rates[window]])
        for window in (0, 1)
    )
    return before, after
