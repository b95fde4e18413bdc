"""What must hold before any share is printed: the guards G1 to G6.

Each guard says what it needs and what this log has, so that a reader who is refused
learns what would have been enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from disclosure_trends.display import numbers
from disclosure_trends.display.wording import plural
from disclosure_trends.models.panel import NEVER, Bools, Floats, Ints, Panel
from disclosure_trends.results import Check

MIN_NOT_YET: Final = 10
MIN_NOT_YET_COUNTRIES: Final = 5
MIN_NOT_YET_VOLUME: Final = 0.05
MIN_HISTORY: Final = 8
MIN_COUNTRIES: Final = 5
MAX_SPILL: Final = 0.05
SIGNIFICANT_SDS: Final = 2.0
_ALIVE_MONTHS: Final = 12
_WITH_HISTORY: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Those of the region who had not adopted, month by month.

    Attributes
    ----------
    months : tuple of str
        The months of both windows.
    authorities, countries : array of int, shape (months,)
        Not yet on the line, among those that filed within the last twelve months.
    volume : array of float, shape (months,)
        Their share of the region's requests.
    """

    months: tuple[str, ...]
    authorities: Ints
    countries: Ints
    volume: Floats

    @property
    def sufficient(self) -> Bools:
        """Months in which there are enough of them (guard G1)."""
        enough = self.authorities >= MIN_NOT_YET
        enough = enough & (self.countries >= MIN_NOT_YET_COUNTRIES)
        return np.asarray(enough & (self.volume >= MIN_NOT_YET_VOLUME))

    @property
    def worst(self) -> int:
        """Place of the month with the fewest of them."""
        return int(np.lexsort((self.volume, self.countries, self.authorities))[0])


def compare_not_yet(region: Panel, *, target: Ints) -> Comparison:
    """Count who had not adopted in each month of the two windows.

    Parameters
    ----------
    region : Panel
        Authorities of the region only.
    target : array of int
        Months of both windows.

    Returns
    -------
    Comparison
        One entry per month of `target`.
    """
    last = int(target.max()) + 1
    recent = region.submitted[:, max(0, last - _ALIVE_MONTHS) : last]
    alive = recent.sum(axis=1) > 0
    waiting = (target[None, :] < region.adopted[:, None]) & alive[:, None]
    total = region.submitted[:, target].sum(axis=0)
    theirs = (region.submitted[:, target] * waiting).sum(axis=0)
    return Comparison(
        months=tuple(region.months[i] for i in target),
        authorities=waiting.sum(axis=0).astype(np.int64),
        countries=np.array(
            [np.unique(region.country[column]).size for column in waiting.T],
            dtype=np.int64,
        ),
        volume=np.divide(theirs, total, out=np.zeros_like(total), where=total > 0),
    )


def guard_comparison(comparison: Comparison) -> Check:
    """G1: enough authorities that had not adopted, in every month of both windows."""
    at = comparison.worst
    who = plural(int(comparison.authorities[at]), "authority", "authorities")
    where = plural(int(comparison.countries[at]), "country", "countries")
    text = (
        f"In {comparison.months[at]} {who} of {where} had not yet adopted the line, "
        f"with {numbers.percent(float(comparison.volume[at]))} of the requests; "
        f"{MIN_NOT_YET} authorities of {MIN_NOT_YET_COUNTRIES} countries with "
        f"{numbers.percent(MIN_NOT_YET_VOLUME)} are needed in every month."
    )
    return Check("G1", bool(comparison.sufficient.all()), text)


def guard_change(valid_before: float, valid_after: float) -> Check:
    """G2: the change exceeds what chance moves two counts of this size apart."""
    noise = SIGNIFICANT_SDS * float(np.sqrt(valid_before + valid_after))
    change = valid_after - valid_before
    text = (
        f"Valid requests changed by {numbers.signed_count(change)}; a share of a "
        f"change needs more than {numbers.count(noise)} either way."
    )
    return Check("G2", abs(change) > noise, text)


def guard_history(region: Panel) -> Check:
    """G3: months before the move to learn an authority's level from."""
    movers = region.adopted[(region.adopted >= 0) & (region.adopted < NEVER)]
    enough = movers >= MIN_HISTORY
    passed = bool(movers.size and enough.mean() >= _WITH_HISTORY)
    text = (
        f"{numbers.count(enough.sum())} of the {plural(movers.size, 'adopter')} have "
        f"{MIN_HISTORY} months before their move; "
        f"{numbers.percent(_WITH_HISTORY)} are needed."
    )
    if not movers.size:
        text = "Nobody moved within the months used."
    return Check("G3", passed, text)


def guard_countries(n: int) -> Check:
    """G4: enough countries to leave out one at a time."""
    text = (
        f"The region's requests come from {plural(n, 'country', 'countries')}; "
        f"{MIN_COUNTRIES} are needed."
    )
    return Check("G4", n >= MIN_COUNTRIES, text)


def spill_over(region: Panel, *, before: Ints, after: Ints) -> float | None:
    """Rise of the share on the line among those who had not adopted.

    Parameters
    ----------
    region : Panel
        Authorities of the region only.
    before, after : array of int
        Months of the two windows.

    Returns
    -------
    float or None
        Share after less share before of authorities that had not adopted by the end
        of both windows; None where one of them filed nothing on a known line.
    """
    waiting = region.adopted > max(int(before.max()), int(after.max()))
    known = region.on_line + region.off_line
    shares = []
    for window in (before, after):
        total = float(known[waiting][:, window].sum())
        if total == 0:
            return None
        shares.append(float(region.on_line[waiting][:, window].sum()) / total)
    return shares[1] - shares[0]


def guard_spill_over(rise: float | None) -> Check:
    """G5: those who had not adopted are not reached through those who had."""
    if rise is None:
        text = (
            "Whether authorities that had not adopted are reached through others "
            "cannot be seen: their line is not known."
        )
        return Check("G5", None, text)
    text = (
        f"The share on the line of authorities that had not adopted changed by "
        f"{points(rise)} points; more than {points(MAX_SPILL)} would mean that they "
        "are reached through others."
    )
    return Check("G5", rise <= MAX_SPILL, text)


def guard_fit(*, converged: bool, defined: bool) -> Check:
    """G6: the untreated model came to rest and is defined where it is needed."""
    if converged and defined:
        return Check("G6", passed=True, text="The untreated model is defined.")
    why = "is not defined in every month" if converged else "did not come to rest"
    return Check("G6", passed=False, text=f"The untreated model {why}.")


def points(share: float) -> str:
    """Write a difference of shares in percentage points: 0.0756 as ``7.6``."""
    return numbers.percent_short(share).removesuffix("%")
