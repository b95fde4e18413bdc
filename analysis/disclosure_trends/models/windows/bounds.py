"""Bounds of a change: what published totals prove, whatever their unknown split was.

With A the count after and B the count before, each member's share of both is only known
to lie between the bounds that its published windows leave (partial identification,
Manski, Partial Identification of Probability Distributions, 2003). The ratio of the
totals lies between sum(A lowest) / sum(B highest) and sum(A highest) / sum(B lowest):
bounds, without a probability.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from disclosure_trends.counts.coverage import Coverage, cover_windows
from disclosure_trends.counts.published import PublishedFigures
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.errors import PeriodError, SettingsError, nearest
from disclosure_trends.models.windows.checks import (
    check_attained,
    check_lengths,
    check_membership,
)
from disclosure_trends.models.windows.members import (
    bound_ratio,
    bound_total,
    compare_counts,
    count_members,
    find_pivotal,
    leave_one_out,
    tabulate_groups,
)
from disclosure_trends.results import Finding, Limit, NotEstimable, Result
from disclosure_trends.vocabulary.countries import country_name
from disclosure_trends.vocabulary.measures import measure_unit
from disclosure_trends.vocabulary.periods import Window, parse_period
from disclosure_trends.vocabulary.regions import (
    check_region,
    known_countries,
    region_members,
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
        before, after = self.estimates["before"], self.estimates["after"]
        if isinstance(before, NotEstimable) or isinstance(after, NotEstimable):
            return "not established"
        return compare_counts(
            (before.lower or 0.0, before.upper or 0.0),
            (after.lower or 0.0, after.upper or 0.0),
        )

    def findings(self) -> tuple[Finding, ...]:
        """Say which direction is certain, and on whom that hangs."""
        from disclosure_trends.models.windows.words import say_bounds

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
        from disclosure_trends.models.windows.words import draw_bounds_of

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
    _check_left_out(left_out, region=region, on=spans[1].end)
    counts = count_members(series, coverage.members, spans)
    ratio = bound_ratio(counts)
    members = leave_one_out(counts)
    pivotal = find_pivotal(counts) if region not in known_countries() else ()
    unit = measure_unit(measure)
    return BoundsResult(
        tables={
            "members": members,
            "groups": tabulate_groups(
                counts, region=region, pivotal=pivotal, ratio=ratio
            ),
        },
        estimates={
            "ratio": ratio,
            "before": bound_total(counts, "before", unit),
            "after": bound_total(counts, "after", unit),
        },
        checks=(
            check_attained(series, coverage.members, spans),
            *check_membership(region, spans),
            *check_lengths(spans),
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


def _check_left_out(left_out: tuple[str, ...], *, region: str, on: date) -> None:
    members = region_members(region, on=on)
    for country in left_out:
        if country not in members:
            raise SettingsError(
                f"without: {country!r} is no member of {region!r}"
                f"{nearest(country, sorted(members))}; give codes of members, such as "
                f"{min(members)!r}"
            )
