"""What each rate divides by what, its interval, and its table."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal

import pandas as pd

from disclosure_trends.display.tables import ColumnRule, TableSpec

Rate = Literal["validity", "disclosure", "designated_line", "accounts_per_request"]
LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRule:
    """What a rate divides by what.

    Attributes
    ----------
    numerator, denominator : str
        Measures added up, with their signs.
    needs : tuple of str
        Measures whose columns must be recorded.
    unit : str
        ``share`` or ``ratio``.
    share_of, of_what, meaning : str
        Words for sentences.
    """

    numerator: Mapping[str, int]
    denominator: Mapping[str, int]
    needs: tuple[str, ...]
    unit: str
    share_of: str
    of_what: str
    meaning: str


RULES: Final[Mapping[str, RateRule]] = {
    "validity": RateRule(
        numerator={"valid": 1},
        denominator={"valid": 1, "invalid": 1},
        needs=("valid",),
        unit="share",
        share_of="were valid",
        of_what="assessed requests",
        meaning="Valid requests among those whose validity is known.",
    ),
    "disclosure": RateRule(
        numerator={"disclosed": 1},
        denominator={"received": 1, "pending": -1, "withdrawn": -1},
        needs=("disclosed",),
        unit="share",
        share_of="led to disclosure",
        of_what="closed requests that were not withdrawn",
        meaning="Requests answered wholly or partly, among those received that are "
        "neither pending nor withdrawn.",
    ),
    "designated_line": RateRule(
        numerator={"on_line": 1},
        denominator={"on_line": 1, "off_line": 1},
        needs=("on_line",),
        unit="share",
        share_of="came on a designated line",
        of_what="requests whose line is known",
        meaning="Requests on a line designated for them on the day of receipt, among "
        "those for which a line was designated and is known.",
    ),
    "accounts_per_request": RateRule(
        numerator={"accounts_requested": 1},
        denominator={"received": 1},
        needs=("accounts_requested",),
        unit="ratio",
        share_of="accounts were asked about per request",
        of_what="requests",
        meaning="Accounts asked about, divided by requests received.",
    ),
}


def wilson_interval(
    hits: int, cases: int, *, level: float = LEVEL
) -> tuple[float, float]:
    """Return the Wilson score interval of a share.

    Parameters
    ----------
    hits, cases : int
        How many of how many; cases above 0.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper end, within 0 and 1.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; Brown, Cai & DasGupta (2001),
    Stat. Sci. 16, 101-133, eq. 4.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = hits / cases
    centre = share + z * z / (2 * cases)
    half = z * math.sqrt(share * (1 - share) / cases + z * z / (4 * cases * cases))
    scale = 1 + z * z / cases
    # Rounding must not carry an end past the share or past 0 and 1.
    lower = min(max((centre - half) / scale, 0.0), share)
    return lower, max(min((centre + half) / scale, 1.0), share)


def rates_table(table: pd.DataFrame, *, rate: str) -> TableSpec:
    """Describe the table of rates for a page.

    Parameters
    ----------
    table : pandas.DataFrame
        Of a `RatesResult`.
    rate : str
        Which rate.

    Returns
    -------
    TableSpec
        Without a column that could name an authority.
    """
    kind: Literal["percent", "ratio"] = (
        "percent" if RULES[rate].unit == "share" else "ratio"
    )
    rules = [
        ColumnRule(key="region", label="Region"),
        ColumnRule(key="period", label="Period"),
        ColumnRule(key="numerator", label="Cases counted", kind="count"),
        ColumnRule(key="denominator", label="Out of", kind="count"),
        ColumnRule(key="rate", label="Rate", kind=kind),
        ColumnRule(key="lower", label="Lower end", unit="95%", kind=kind),
        ColumnRule(key="upper", label="Upper end", unit="95%", kind=kind),
        ColumnRule(key="status", label="Status"),
    ]
    return TableSpec(
        name=f"{rate}_rates",
        caption=RULES[rate].meaning,
        columns=tuple(rule for rule in rules if rule.key in table.columns),
        rows=table,
    )
