"""Bounds of a change: what published totals prove, whatever their unknown split was.

With A the count after and B the count before, each member's share of both is only known
to lie between the bounds that its published windows leave (partial identification,
Manski, Partial Identification of Probability Distributions, 2003). The ratio of the
totals lies between sum(A lowest) / sum(B highest) and sum(A highest) / sum(B lowest):
bounds, without a probability.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from disclosure_trends.counts.coverage import Coverage, cover_windows
from disclosure_trends.counts.published import PublishedFigures
from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.display import wording
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.errors import PeriodError, SettingsError, nearest
from disclosure_trends.models.bounds_checks import check_attained, check_membership
from disclosure_trends.results import (
    Estimate,
    Finding,
    Limit,
    NotEstimable,
    Result,
)
from disclosure_trends.vocabulary.countries import country_name
from disclosure_trends.vocabulary.measures import measure_unit
from disclosure_trends.vocabulary.periods import Window, parse_period
from disclosure_trends.vocabulary.regions import (
    check_region,
    describe_region,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoundsResult(Result):
    """Bounds of a ratio of two windows, for a region and without each of its members.

    Attributes
    ----------
    tables
        `members` (`country, known_before, known_after, free, lower_without,
        upper_without`: certain counts, the count whose window is not certain, and the
        bounds without this member; an unbounded end is infinite, what cannot be
        computed is missing) and `groups` (the region, and the region without the
        member that the direction hangs on).
    estimates
        `ratio`, `before` and `after`, all of kind `bounds`.
    coverage
        Members observed, expected and missing.
    pivotal
        Members without whom the direction is no longer certain, the one that most
        hangs on first.
    region, before, after, measure, as_of, source
        What was asked, the day of knowledge, and where most figures are from.
    """

    figures: ClassVar[tuple[str, ...]] = ("bounds",)

    coverage: Coverage
    pivotal: tuple[str, ...]
    region: str
    before: Window
    after: Window
    measure: str
    as_of: date | None
    source: str

    @property
    def direction(self) -> str:
        """`rose`, `fell`, `did not change`, or `not established`."""
        ratio = self.estimates["ratio"]
        if isinstance(ratio, NotEstimable):
            return "not established"
        return wording.direction(ratio.lower, ratio.upper)

    def findings(self) -> tuple[Finding, ...]:
        """Say which direction is certain, and on whom that hangs."""
        from disclosure_trends.models.bounds_words import say_bounds

        return say_bounds(self)

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Return the members' table."""
        rows = self.table.assign(name=[country_name(c) for c in self.table["country"]])
        return (
            TableSpec(
                name=f"bounds_{self.region}",
                caption="What is certain of each member, and the bounds without it",
                columns=(
                    ColumnRule(key="name", label="Member"),
                    ColumnRule(
                        key="known_before", label="Certain before", kind="count"
                    ),
                    ColumnRule(key="known_after", label="Certain after", kind="count"),
                    ColumnRule(key="free", label="In either", kind="count"),
                    ColumnRule(key="lower_without", label="Lower", kind="ratio"),
                    ColumnRule(key="upper_without", label="Upper", kind="ratio"),
                ),
                rows=rows,
                note=f"Before: {self.before.words}; after: {self.after.words}.",
            ),
        )

    def limits(self) -> tuple[Limit, ...]:
        """Say what bounds do not show."""
        return (
            Limit(
                "Bounds",
                "Bounds are what the published totals allow. They carry no "
                "probability, and no value between them is likelier than another.",
            ),
        )

    def _draw(self, name: str) -> "go.Figure":
        from disclosure_trends.models.bounds_words import draw_bounds_of

        return draw_bounds_of((self,), name=name)


def bound_change(
    published: PublishedFigures,
    *,
    region: str,
    before: str,
    after: str,
    measure: str = "requests_fulfilled",
    without: Iterable[str] = (),
) -> BoundsResult:
    """Bound the ratio of two windows over the observed members of a region.

    Parameters
    ----------
    published
        Figures of one platform.
    region
        A country, a group, or `non-` before a group; members on the last day of
        `after`.
    before, after
        Two periods that do not overlap, the earlier one first.
    measure
        The measure counted.
    without
        Country codes to leave out.

    Returns
    -------
    BoundsResult
        Bounds of after / before. A member is observed where both its counts are
        limited by a published figure; the others are named, never taken as zero.

    Raises
    ------
    SettingsError
        If a region, a country left out or a measure is unknown.
    PeriodError
        If the windows overlap or come in the wrong order.
    """
    check_region(region)
    spans = parse_period(before, name="before"), parse_period(after, name="after")
    if spans[1].start <= spans[0].end:
        raise PeriodError(
            f"after: {after!r} does not begin after {before!r} has ended; give two "
            "periods that do not overlap, the earlier one as before"
        )
    left_out = tuple(without)
    series = published.of(measure)
    coverage = cover_windows(series, region=region, windows=spans, without=left_out)
    _check_left_out(left_out, region=region, series=series)
    counts = _member_counts(series, coverage.members, spans)
    ratio = _ratio(counts)
    members = _leave_one_out(counts)
    pivotal = _pivotal(ratio, members)
    unit = measure_unit(measure)
    return BoundsResult(
        tables={
            "members": members,
            "groups": _groups(counts, region=region, pivotal=pivotal, ratio=ratio),
        },
        estimates={
            "ratio": ratio,
            "before": _total(counts, "before", unit),
            "after": _total(counts, "after", unit),
        },
        checks=(
            check_attained(series, coverage.members, spans),
            *check_membership(region, spans),
        ),
        evidence=published.evidence,
        coverage=coverage,
        pivotal=pivotal,
        region=region,
        before=spans[0],
        after=spans[1],
        measure=measure,
        as_of=published.as_of,
        source=published.source,
    )


def _check_left_out(
    left_out: tuple[str, ...], *, region: str, series: Mapping[str, WindowCounts]
) -> None:
    for country in left_out:
        if country not in series and series:
            raise SettingsError(
                f"without: {country!r} has no figure for {region!r}"
                f"{nearest(country, series)}; give country codes such as 'FR'"
            )


def _member_counts(
    series: Mapping[str, WindowCounts],
    members: tuple[str, ...],
    spans: tuple[Window, Window],
) -> pd.DataFrame:
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


def _ratio(counts: pd.DataFrame) -> Estimate | NotEstimable:
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


def _leave_one_out(counts: pd.DataFrame) -> pd.DataFrame:
    """Bound the ratio without each member in turn."""
    lowers: list[float | None] = []
    uppers: list[float | None] = []
    for country in counts["country"]:
        rest = _ratio(counts[counts["country"] != country])
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


def _pivotal(ratio: Estimate | NotEstimable, members: pd.DataFrame) -> tuple[str, ...]:
    """Find the members without whom the direction is not certain any more."""
    if isinstance(ratio, NotEstimable):
        return ()
    direction = wording.direction(ratio.lower, ratio.upper)
    if direction == "not established":
        return ()
    found = []
    for row in members.dropna(subset=["lower_without"]).to_dict("records"):
        lower, upper = float(row["lower_without"]), float(row["upper_without"])
        rest = wording.direction(lower, None if upper == inf else upper)
        if rest != direction:
            distance = lower if direction == "rose" else -upper
            found.append((distance, str(row["country"])))
    return tuple(country for _, country in sorted(found))


def _groups(
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
        label = f"{name} without {country_name(country)}"
        rows.append(_group(rest, label=label, region=region, ratio=_ratio(rest)))
    return pd.DataFrame(rows)


def _group(
    counts: pd.DataFrame, *, label: str, region: str, ratio: Estimate | NotEstimable
) -> dict[str, object]:
    members = _leave_one_out(counts)
    lower: float | None = None
    upper: float | None = None
    direction = "not established"
    if isinstance(ratio, Estimate):
        lower, upper = ratio.lower, inf if ratio.upper is None else ratio.upper
        direction = wording.direction(ratio.lower, ratio.upper)
    return {
        "label": wording.sentence(label).rstrip("."),
        "region": region,
        "members": len(counts),
        "known_before": int(members["known_before"].sum()),
        "known_after": int(members["known_after"].sum()),
        "free": int(members["free"].sum()),
        "lower": lower,
        "upper": upper,
        "direction": direction,
    }


def _total(counts: pd.DataFrame, when: str, unit: str) -> Estimate | NotEstimable:
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
