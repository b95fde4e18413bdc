"""Authorities by months: the arrays that adoption, decomposition and attribution share.

A row is an authority of a country; rows are sorted, so that nothing computed from a
panel depends on the order of the rows of a log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from disclosure_trends.errors import SettingsError
from disclosure_trends.vocabulary.periods import (
    Window,
    period_range,
)

if TYPE_CHECKING:
    pass

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.str_]

NEVER: Final = 10_000
"""Adoption month of an authority that has not adopted."""
COUNTED: Final = {
    "submitted": "received",
    "valid": "valid",
    "on_line": "on_line",
    "off_line": "off_line",
    "on_line_valid": "on_line_valid",
    "off_line_valid": "off_line_valid",
}
"""Array of a panel -> column of the counted cells."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """Counts of each authority in each month.

    Attributes
    ----------
    authority : array of str, shape (A,)
        Pseudonyms; never shown. With `country` they are sorted and unique.
    country : array of str, shape (A,)
        Country of the authority.
    inside : array of bool, shape (A,)
        Whether it belongs to the region that was asked about.
    months : tuple of str
        The T months, in order, without holes: ``"2024-03"``.
    matured : array of bool, shape (T,)
        Whether every request of the month had the days in which it counts.
    submitted, valid : array of float, shape (A, T)
        Requests received, and those of them that were found valid in time.
    on_line, off_line : array of float, shape (A, T)
        Requests on the designated line and beside it; both leave out unknown lines.
    on_line_valid, off_line_valid : array of float, shape (A, T)
        The valid ones of these.
    adopted : array of int, shape (A,)
        Index of the month of adoption, which is the first treated month; negative if
        before the first month, `NEVER` if there is none.
    basis : array of str, shape (A,)
        ``"registered"``, ``"change point"``, or empty where there is no adoption.
    """

    authority: Texts
    country: Texts
    inside: Bools
    months: tuple[str, ...]
    matured: Bools
    submitted: Floats
    valid: Floats
    on_line: Floats
    off_line: Floats
    on_line_valid: Floats
    off_line_valid: Floats
    adopted: Ints
    basis: Texts

    @property
    def n_authorities(self) -> int:
        """Number of rows."""
        return len(self.authority)

    @property
    def n_months(self) -> int:
        """Number of months."""
        return len(self.months)

    @property
    def routable(self) -> Floats:
        """Requests that were or could have been on the line, shape (A, T).

        Before anybody used the line there was none: all requests were beside it,
        though no line is known for them.
        """
        used = np.flatnonzero(self.on_line.sum(axis=0) > 0)
        first = int(used[0]) if used.size else 0
        early = np.arange(self.n_months) < first
        return np.where(early[None, :], self.submitted, self.on_line + self.off_line)

    def take(self, rows: Bools) -> Panel:
        """Return the panel of some authorities.

        Parameters
        ----------
        rows : array of bool, shape (A,)
            The authorities to keep.

        Returns
        -------
        Panel
            In the same order.
        """
        by_row = ("authority", "country", "inside", "adopted", "basis", *COUNTED)
        return replace(self, **{name: getattr(self, name)[rows] for name in by_row})

    def region(self) -> Panel:
        """Return the authorities of the region that was asked about."""
        return self.take(self.inside)

    def with_adoption(self, adopted: Ints, basis: Texts) -> Panel:
        """Return the same counts with other months of adoption."""
        return replace(self, adopted=adopted, basis=basis)

    def since(self, first: int) -> Panel:
        """Return the panel from a month on; earlier adoption stays earlier.

        Parameters
        ----------
        first : int
            Place of the first month to keep.

        Returns
        -------
        Panel
            Adoption before that month has a negative index.
        """
        if first == 0:
            return self
        shifted = np.where(self.adopted == NEVER, NEVER, self.adopted - first)
        cut = {name: getattr(self, name)[:, first:] for name in COUNTED}
        return replace(
            self,
            months=self.months[first:],
            matured=self.matured[first:],
            adopted=shifted,
            **cut,
        )

    def columns(self, window: Window) -> Ints:
        """Find the months of a window.

        Parameters
        ----------
        window : Window
            Whole months.

        Returns
        -------
        array of int
            Their places in `months`; empty if the panel has none of them.
        """
        wanted = set(months_of(window))
        return np.array(
            [i for i, month in enumerate(self.months) if month in wanted],
            dtype=np.int64,
        )


def months_of(window: Window) -> list[str]:
    """List the months of a window that begins and ends with a month.

    Parameters
    ----------
    window : Window
        For example the one of ``"2024Q3"``.

    Returns
    -------
    list of str
        ``["2024-07", "2024-08", "2024-09"]``.

    Raises
    ------
    SettingsError
        If the window cuts a month.
    """
    whole = window.start.day == 1 and (window.end + timedelta(days=1)).day == 1
    if not whole:
        raise SettingsError(
            f"window {window.text}: it cuts a month; allowed are whole months, "
            "quarters, halves and years; choose one of these"
        )
    return period_range(window.start, window.end, freq="month")


def arrange_panel(
    *,
    authority: Sequence[str] | Texts,
    country: Sequence[str] | Texts,
    inside: Bools,
    months: Sequence[str],
    counts: Mapping[str, NDArray[np.number]],
    adopted: Ints | None = None,
    matured: Bools | None = None,
) -> Panel:
    """Arrange arrays as a panel: sorted, of one type.

    Parameters
    ----------
    authority, country : sequence of str, length A
        Pseudonym and country.
    inside : array of bool, shape (A,)
        Whether the authority belongs to the region asked about.
    months : sequence of str, length T
        Months in order.
    counts : dict of array, each of shape (A, T)
        `submitted, valid, on_line, off_line, on_line_valid, off_line_valid`.
    adopted : array of int, shape (A,), optional
        Month of adoption, taken as registered; without it nobody has adopted.
    matured : array of bool, shape (T,), optional
        Without it all months are matured.

    Returns
    -------
    Panel
        Rows sorted by country and authority.
    """
    keys, places = np.asarray(authority, dtype=str), np.asarray(country, dtype=str)
    order = np.lexsort((keys, places))
    when = np.full(len(keys), NEVER) if adopted is None else np.asarray(adopted)
    when = np.where(when >= len(months), NEVER, when).astype(np.int64)[order]
    arrays = {
        name: np.ascontiguousarray(counts[name], dtype=np.float64)[order]
        for name in COUNTED
    }
    everything = np.ones(len(months), dtype=np.bool_)
    return Panel(
        authority=keys[order],
        country=places[order],
        inside=np.asarray(inside, dtype=np.bool_)[order],
        months=tuple(months),
        matured=everything if matured is None else matured,
        adopted=when,
        basis=np.where(when == NEVER, "", "registered").astype(str),
        **arrays,
    )
