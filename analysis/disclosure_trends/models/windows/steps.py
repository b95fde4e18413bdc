"""A step between two windows of unequal length, among the members that report both."""

from collections.abc import Iterable
from dataclasses import dataclass

from disclosure_trends.counts.coverage import Coverage, cover_windows
from disclosure_trends.counts.published import PublishedFigures
from disclosure_trends.models.windows.exact import rate_ratio
from disclosure_trends.results import Estimate, NotEstimable
from disclosure_trends.vocabulary.periods import Window, parse_period


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """How the rate of a region changed, among the members that report both windows.

    Attributes
    ----------
    region
        Of whom it speaks.
    coverage
        Members with an identified count in both windows.
    before, after
        The windows.
    count_before, count_after
        Totals over the observed members.
    ratio
        After per unit of time divided by before per unit of time, with an interval
        that is exact for counting noise alone.
    largest
        The member with more than half of the total before, or None.
    """

    region: str
    coverage: Coverage
    before: Window
    after: Window
    count_before: int
    count_after: int
    ratio: Estimate | NotEstimable
    largest: str | None


def measure_step(
    published: PublishedFigures,
    *,
    region: str,
    before: str,
    after: str,
    measure: str = "requests_fulfilled",
    without: Iterable[str] = (),
) -> Step:
    """Compare the rates of two windows over the members that report both exactly.

    Parameters
    ----------
    published
        Figures of one platform.
    region
        A country, a group, or `non-` before a group.
    before, after
        Two periods; their lengths count in months where both are whole months, else
        in days.
    measure
        The measure counted.
    without
        Country codes to leave out.
    """
    spans = parse_period(before, name="before"), parse_period(after, name="after")
    series = published.of(measure)
    coverage = cover_windows(
        series, region=region, windows=spans, without=without, exact=True
    )
    counts = {c: [series[c].range(s).lower for s in spans] for c in coverage.members}
    total = [int(sum(pair[i] for pair in counts.values())) for i in (0, 1)]
    ratio: Estimate | NotEstimable = NotEstimable(
        reason="no member has an exact figure for both windows", rule="not_published"
    )
    if counts:
        exposure = _length(spans[0], spans) / _length(spans[1], spans)
        ratio = rate_ratio(total[0], total[1], exposure=exposure)
    return Step(
        region=region,
        coverage=coverage,
        before=spans[0],
        after=spans[1],
        count_before=total[0],
        count_after=total[1],
        ratio=ratio,
        largest=next((c for c in counts if 2 * counts[c][0] > total[0]), None),
    )


def _length(window: Window, spans: tuple[Window, Window]) -> float:
    whole = all(span.is_whole_months for span in spans)
    return window.months if whole else window.days
