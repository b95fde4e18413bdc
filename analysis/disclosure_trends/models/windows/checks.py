"""Checks of bounds: whether they are attained, and whether members changed."""

from collections.abc import Mapping

from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.display import wording
from disclosure_trends.results import Check
from disclosure_trends.vocabulary.countries import country_in_prose
from disclosure_trends.vocabulary.periods import Window
from disclosure_trends.vocabulary.regions import describe_region, membership_changes


def check_attained(
    series: Mapping[str, WindowCounts],
    members: tuple[str, ...],
    spans: tuple[Window, Window],
) -> Check:
    """Check that both ends of the ratio are reached by a split, for every member."""
    loose = [c for c in members if not _is_attained(series[c], spans)]
    names = wording.listing([country_in_prose(c) for c in loose])
    text = (
        "Some split of the published totals reaches each end of the bounds."
        if not loose
        else "The bounds hold but may be wider than need be: for "
        f"{names} the two windows cannot take their extreme counts together."
    )
    return Check("bounds_attained", not loose, text)


def _is_attained(counts: WindowCounts, spans: tuple[Window, Window]) -> bool:
    before, after = (counts.range(span) for span in spans)
    if before.is_exact or after.is_exact:
        return True
    at_low = counts.with_count(spans[1], after.lower).range(spans[0])
    at_high = counts.with_count(spans[1], after.upper).range(spans[0])
    return at_low.upper == before.upper and at_high.lower == before.lower


def check_membership(region: str, spans: tuple[Window, Window]) -> tuple[Check, ...]:
    """Say so where the members of a region changed within the windows."""
    changed = [
        day
        for day in membership_changes(region)
        if spans[0].start < day <= spans[1].end
    ]
    if not changed:
        return ()
    return (
        Check(
            "membership",
            False,  # noqa: FBT003
            f"The members of {describe_region(region)} changed on {changed[-1]}; both "
            "windows count the members of the later one.",
        ),
    )


def check_lengths(spans: tuple[Window, Window]) -> tuple[Check, ...]:
    """Say so where the windows differ in length: then counts are no rates."""
    if spans[0].is_as_long_as(spans[1]):
        return ()
    return (
        Check(
            "lengths",
            False,  # noqa: FBT003
            f"The windows differ in length ({spans[0].days} and {spans[1].days} days): "
            "counts are compared, not rates.",
        ),
    )
