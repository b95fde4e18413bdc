"""Claims of a count: a published figure against the number that was said."""

from collections.abc import Callable, Mapping

from disclosure_trends.counts.windows import Range, WindowCounts
from disclosure_trends.display import numbers, wording
from disclosure_trends.reports.claims.basis import (
    Basis,
    judged_as,
    unpublished,
)
from disclosure_trends.reports.claims.texts import (
    CONTRADICTED,
    SUPPORTED,
    UNDETERMINED,
    Claim,
    Judged,
    Verdict,
)
from disclosure_trends.results import Estimate, Number
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.periods import Window, parse_period
from disclosure_trends.vocabulary.regions import (
    describe_region,
    region_members,
)


def judge_count(claim: Claim, basis: Basis) -> Judged:
    """Compare a published count with the number that the claim gives."""
    series = basis.series(claim.measure)
    window = parse_period(claim.after, name="after")
    members = sorted(region_members(claim.region, on=window.end) & series.keys())
    total = _add(series, members, window)
    where = describe_region(claim.region)
    if not members or not total.is_observed:
        return unpublished(claim, basis, f"{where} in {window.words}")
    verdict = _compare(claim, total)
    what = measure_name(claim.measure)
    span = numbers.span(total.lower, total.upper, "requests")
    figure = numbers.count(total.lower) if total.is_exact else span
    text = f"{where}: {figure} {what} in {window.words}"
    found: dict[str, Number] = {"count": _as_number(total), "window": window.words}
    parts = series[members[0]].parts_of(window) if len(members) == 1 else ()
    values = tuple(cell.lower for cell in parts if cell.is_exact)
    if len(values) > 1:
        listed = wording.listing([numbers.count(value) for value in values])
        text += f", in parts {listed}"
        found |= {f"part {i}": value for i, value in enumerate(values, start=1)}
    settled = verdict in {SUPPORTED, CONTRADICTED}
    decide = f"{'Settled for the count.' if settled else 'The count.'} {claim.needs}"
    return judged_as(
        claim,
        verdict,
        text,
        found,
        figure=figure,
        would_decide=decide,
        spark=values if len(values) > 1 else (),
    )


def _add(
    series: Mapping[str, WindowCounts], members: list[str], window: Window
) -> Range:
    ranges = [series[country].range(window) for country in members]
    return Range(lower=sum(r.lower for r in ranges), upper=sum(r.upper for r in ranges))


def _compare(claim: Claim, total: Range) -> Verdict:
    """Tell whether all, none or some of a range agrees with the claim's number."""
    tests: dict[str, Callable[[float], bool]] = {
        ">": lambda value: value > claim.threshold,
        "<": lambda value: value < claim.threshold,
        "nearly": lambda value: (
            abs(value - claim.threshold) <= claim.tolerance * claim.threshold
        ),
    }
    fits = [tests[claim.operator](end) for end in (total.lower, total.upper)]
    if all(fits):
        return SUPPORTED
    beyond = any(fits) or total.lower < claim.threshold < total.upper
    return UNDETERMINED if beyond else CONTRADICTED


def _as_number(total: Range) -> Number:
    if total.is_exact:
        return total.lower
    return Estimate(
        value=None,
        lower=total.lower,
        upper=total.upper,
        level=None,
        kind="bounds",
        unit="requests",
    )
