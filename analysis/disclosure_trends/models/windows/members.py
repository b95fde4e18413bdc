"""Counts of the members of a region: the arithmetic of bounds, and who is pivotal."""

from collections.abc import Mapping
from math import inf

import pandas as pd

from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.display import wording
from disclosure_trends.results import Estimate, NotEstimable
from disclosure_trends.vocabulary.countries import country_in_prose
from disclosure_trends.vocabulary.periods import Window
from disclosure_trends.vocabulary.regions import describe_region


def count_members(
    series: Mapping[str, WindowCounts],
    members: tuple[str, ...],
    spans: tuple[Window, Window],
) -> pd.DataFrame:
    """Return the ranges of the counts of each member: a row a country."""
    ranges = {c: tuple(series[c].range(span) for span in spans) for c in members}
    return pd.DataFrame(
        {
            "country": list(ranges),
            "before_low": [before.lower for before, _ in ranges.values()],
            "before_high": [before.upper for before, _ in ranges.values()],
            "after_low": [after.lower for _, after in ranges.values()],
            "after_high": [after.upper for _, after in ranges.values()],
        }
    ).astype({"country": "str"})


def bound_ratio(counts: pd.DataFrame) -> Estimate | NotEstimable:
    """Bound the ratio of the totals of some members."""
    if counts.empty:
        return NotEstimable(
            reason="no member has a figure for both windows", rule="not_published"
        )
    total = counts.drop(columns="country").sum()
    return _ratio_of(
        (total["before_low"], total["before_high"]),
        (total["after_low"], total["after_high"]),
    )


def _ratio_of(
    before: tuple[float, float], after: tuple[float, float]
) -> Estimate | NotEstimable:
    if before[1] == 0:
        return NotEstimable(
            reason="the count before is zero, so there is nothing to compare with",
            rule="zero_before",
        )
    return Estimate(
        value=None,
        lower=after[0] / before[1],
        upper=after[1] / before[0] if before[0] > 0 else None,
        level=None,
        kind="bounds",
        unit="ratio",
    )


def leave_one_out(counts: pd.DataFrame) -> pd.DataFrame:
    """Bound the ratio without each member in turn."""
    lowers: list[float | None] = []
    uppers: list[float | None] = []
    for country in counts["country"]:
        rest = bound_ratio(counts[counts["country"] != country])
        if isinstance(rest, NotEstimable):
            lowers.append(None)
            uppers.append(None)
        else:
            lowers.append(rest.lower)
            uppers.append(inf if rest.upper is None else rest.upper)
    free = (counts["before_high"] - counts["before_low"]).combine(
        counts["after_high"] - counts["after_low"], max
    )
    return pd.DataFrame(
        {
            "country": counts["country"],
            "known_before": counts["before_low"].astype("Int64"),
            "known_after": counts["after_low"].astype("Int64"),
            "free": free.astype("Int64"),
            "lower_without": pd.array(lowers, dtype="Float64"),
            "upper_without": pd.array(uppers, dtype="Float64"),
        }
    )


def compare_counts(before: tuple[float, float], after: tuple[float, float]) -> str:
    """Compare two ranges of counts: also from zero, where there is no ratio."""
    if before[0] == before[1] == after[0] == after[1]:
        return "did not change"
    if after[0] > before[1]:
        return "rose"
    return "fell" if after[1] < before[0] else "not established"


def _direction_of(counts: pd.DataFrame) -> str:
    total = counts.drop(columns="country").sum()
    return (
        "not established"
        if counts.empty
        else compare_counts(
            (total["before_low"], total["before_high"]),
            (total["after_low"], total["after_high"]),
        )
    )


def find_pivotal(counts: pd.DataFrame) -> tuple[str, ...]:
    """Find the members without whom the direction is not certain any more.

    A member who is the only one observed is one of them: without it there is nothing.
    """
    direction = _direction_of(counts)
    if direction == "not established":
        return ()
    found = []
    for country in counts["country"]:
        rest = counts[counts["country"] != country]
        if _direction_of(rest) != direction:
            ratio = bound_ratio(rest)
            found.append((_distance(ratio, direction), str(country)))
    return tuple(country for _, country in sorted(found))


def _distance(ratio: Estimate | NotEstimable, direction: str) -> float:
    """Order pivotal members: the further from the direction, the smaller."""
    if isinstance(ratio, NotEstimable):
        return -inf
    if direction == "rose":
        return ratio.lower or 0.0
    return -inf if ratio.upper is None else -ratio.upper


def tabulate_groups(
    counts: pd.DataFrame,
    *,
    region: str,
    pivotal: tuple[str, ...],
    ratio: Estimate | NotEstimable,
) -> pd.DataFrame:
    """Return the region, and the region without the member that it hangs on."""
    name = describe_region(region)
    rows = [_group(counts, label=name, region=region, ratio=ratio)]
    for country in pivotal[:1]:
        rest = counts[counts["country"] != country]
        label = f"{name} without {country_in_prose(country)}"
        rows.append(_group(rest, label=label, region=region, ratio=bound_ratio(rest)))
    return pd.DataFrame(rows)


def _group(
    counts: pd.DataFrame, *, label: str, region: str, ratio: Estimate | NotEstimable
) -> dict[str, object]:
    members = leave_one_out(counts)
    lower: float | None = None
    upper: float | None = None
    if isinstance(ratio, Estimate):
        lower, upper = ratio.lower, inf if ratio.upper is None else ratio.upper
    return {
        "label": wording.sentence(label).rstrip("."),
        "region": region,
        "members": len(counts),
        "known_before": int(members["known_before"].sum()),
        "known_after": int(members["known_after"].sum()),
        "free": int(members["free"].sum()),
        "lower": lower,
        "upper": upper,
        "direction": _direction_of(counts),
    }


def bound_total(counts: pd.DataFrame, when: str, unit: str) -> Estimate | NotEstimable:
    """Bound the total of some members in one of the two windows."""
    if counts.empty:
        return NotEstimable(
            reason="no member has a figure for both windows", rule="not_published"
        )
    return Estimate(
        value=None,
        lower=float(counts[f"{when}_low"].sum()),
        upper=float(counts[f"{when}_high"].sum()),
        level=None,
        kind="bounds",
        unit=unit,
    )
