"""The rules that judge a claim: each computes a verdict, none holds one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.counts.published import PublishedFigures
from disclosure_trends.counts.windows import Range, WindowCounts
from disclosure_trends.display import numbers, wording
from disclosure_trends.models.bounds import BoundsResult, bound_change
from disclosure_trends.models.bounds_words import amount, bounds_of, members_text
from disclosure_trends.models.steps import Step, measure_step
from disclosure_trends.reports.claim_list import (
    CONTRADICTED,
    IN_PART,
    SUPPORTED,
    UNDETERMINED,
    Claim,
    Judged,
    Verdict,
)
from disclosure_trends.results import Estimate, Finding, NotEstimable, Number
from disclosure_trends.vocabulary.countries import country_name
from disclosure_trends.vocabulary.events import MOVING_KINDS, load_events
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.periods import Window, format_day, parse_period
from disclosure_trends.vocabulary.regions import (
    COMPLEMENT,
    describe_region,
    known_countries,
    region_members,
)

if TYPE_CHECKING:
    from disclosure_trends.logs.cleaned import CleanedLog

MAX_NAMED: Final = 4
"""Members whose split would help most are named, so many of them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Basis:
    """What a verdict may rest on.

    Attributes
    ----------
    published
        The figures known on the day; none where they are simulated.
    as_of
        The day of knowledge.
    log
        A real request log, or None.
    """

    published: PublishedFigures
    as_of: date
    log: "CleanedLog | None"

    @property
    def day(self) -> str:
        """The day of knowledge in words."""
        return format_day(self.as_of)

    def series(self, measure: str) -> Mapping[str, WindowCounts]:
        """Return what is published on a measure; nothing where it is not."""
        if all(kept != measure for _, kept in self.published.series):
            return {}
        return self.published.of(measure)

    def measure_of(self, claim: Claim) -> str:
        """Return the measure that the claim names, or what stands in for it."""
        return claim.measure if self.series(claim.measure) else claim.proxy


def judge_claim(claim: Claim, basis: Basis) -> Judged:
    """Judge one claim by its rule."""
    return RULES[claim.rule](claim, basis)


def _judged(
    claim: Claim,
    verdict: Verdict,
    text: str,
    found: Mapping[str, Number],
    *,
    figure: str = "",
    would_decide: str = "",
    bounds: tuple[float | None, float | None] | None = None,
    spark: tuple[float, ...] = (),
) -> Judged:
    return Judged(
        claim=claim,
        verdict=verdict,
        finding=Finding(
            id=f"claim.{claim.claim}",
            question=claim.question,
            statement=wording.sentence(text),
            numbers={**found, "verdict": verdict, "would_decide": would_decide},
            evidence="published",
            region=claim.region or None,
            period=claim.after or None,
        ),
        figure=figure,
        would_decide=would_decide or claim.needs,
        bounds=bounds,
        spark=spark,
    )


def _unpublished(claim: Claim, basis: Basis, what: str) -> Judged:
    """Say that the figures that would decide were not there yet."""
    text = f"No figure for {what} had been published by {basis.day}"
    return _judged(claim, UNDETERMINED, text, {"as_of": basis.day})


# -- a count against a number --------------------------------------------------


def judge_count(claim: Claim, basis: Basis) -> Judged:
    """Compare a published count with the number that the claim gives."""
    series = basis.series(claim.measure)
    window = parse_period(claim.after, name="after")
    members = sorted(region_members(claim.region, on=window.end) & series.keys())
    total = _add(series, members, window)
    where = _place(claim.region)
    if not members or not total.is_observed:
        return _unpublished(claim, basis, f"{where} in {window.words}")
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
    return _judged(
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


# -- a rise --------------------------------------------------------------------


def judge_rise(claim: Claim, basis: Basis) -> Judged:
    """Bound the change; a log with validity answers for the claim's own measure."""
    from disclosure_trends.reports.claim_log import count_valid, say_valid

    if basis.log is not None:
        valid = count_valid(basis.log, claim)
        if valid is not None:
            verdict = SUPPORTED if valid.after > valid.before else CONTRADICTED
            return say_valid(claim, verdict, valid)
    bounds = bounds_for(claim, basis)
    if bounds is None or isinstance(bounds.estimates["ratio"], NotEstimable):
        after = parse_period(claim.after).words
        return _unpublished(claim, basis, f"{_place(claim.region)} in {after}")
    ratio = bounds.estimates["ratio"]
    is_proxy = bounds.measure != claim.measure
    text, found = _say_rise(bounds, ratio)
    if is_proxy:
        text += f"; {measure_name(claim.measure)} are not published"
    return _judged(
        claim,
        _verdict_of_rise(bounds, is_proxy=is_proxy),
        text,
        {"ratio": ratio, **found},
        figure=str(ratio),
        would_decide=_splits_needed(bounds) + claim.needs,
        bounds=(ratio.lower, ratio.upper),
    )


def bounds_for(claim: Claim, basis: Basis, region: str = "") -> BoundsResult | None:
    """Bound the change that a claim speaks of; None where nothing is published."""
    measure = basis.measure_of(claim)
    if not basis.series(measure):
        return None
    return bound_change(
        basis.published,
        region=region or claim.region,
        before=claim.before,
        after=claim.after,
        measure=measure,
    )


def _verdict_of_rise(bounds: BoundsResult, *, is_proxy: bool) -> Verdict:
    """Support a claim whole only if its own measure rose and no member is pivotal."""
    if bounds.direction == "rose":
        return IN_PART if is_proxy or bounds.pivotal else SUPPORTED
    if bounds.direction in {"fell", "did not change"} and not is_proxy:
        return CONTRADICTED
    return UNDETERMINED


def _say_rise(bounds: BoundsResult, ratio: Estimate) -> tuple[str, dict[str, Number]]:
    what, who = measure_name(bounds.measure), members_text(bounds)
    after, before = bounds.after.words, bounds.before.words
    found: dict[str, Number] = {
        "observed": bounds.coverage.observed,
        "expected": bounds.coverage.expected,
        "after": after,
        "before": before,
    }
    if bounds.direction == "not established":
        text = (
            f"Whether {what} of {who} rose in {after}, compared with {before}, is not "
            f"established: the totals allow {ratio} times"
        )
        return text, found
    found["at_least"] = numbers.at_least(ratio.lower or 0)
    text = f"{what} of {who} together {amount(ratio)} in {after}, from {before}"
    if bounds.pivotal:
        member = country_name(bounds.pivotal[0])
        rest = bounds_of(bounds.tables["groups"].iloc[1])
        found |= {"without": rest, "hangs_on": member}
        verb = "a rise" if bounds.direction == "rose" else "this"
        text += f"; without {member} {verb} is not established ({rest} times)"
    return text, found


def _splits_needed(bounds: BoundsResult) -> str:
    """Name the members whose unsplit totals leave most open."""
    unsplit = bounds.table[bounds.table["free"] > 0]
    largest = unsplit.sort_values(["free", "country"], ascending=[False, True])
    named = [
        f"{country_name(row['country'])} ({numbers.count(row['free'])})"
        for row in largest.head(MAX_NAMED).to_dict("records")
    ]
    return f"The splits of {wording.listing(named)}. " if named else ""


# -- a cause -------------------------------------------------------------------


def judge_cause(claim: Claim, basis: Basis) -> Judged:
    """Totals identify no cause; only a request log can."""
    from disclosure_trends.models.attribution import attribute_uptick
    from disclosure_trends.reports.claim_log import judge_attribution

    if basis.log is not None:
        return judge_attribution(claim, basis.log)
    refused = attribute_uptick(
        basis.published, region=claim.region, before=claim.before, after=claim.after
    )
    window = Window(parse_period(claim.before).start, parse_period(claim.after).end)
    events = load_events(
        region=claim.region,
        kinds=MOVING_KINDS,
        platform=basis.published.platform,
        as_of=basis.as_of,
    )
    start, end = pd.Timestamp(window.start), pd.Timestamp(window.end)
    n = int(((events["date"] <= end) & (events["date_to"] >= start)).sum())
    rule = refused.refused or ""
    text = (
        f"Totals do not show which line a request came by (rule {rule}), and "
        f"{wording.plural(n, 'dated event')} that could move the count "
        f"{'lies' if n == 1 else 'lie'} in {window.words}"
    )
    found: dict[str, Number] = {"rule": rule, "events": n, "window": window.words}
    found["share"] = refused.estimates["share"]
    return _judged(claim, UNDETERMINED, text, found, would_decide=claim.needs)


# -- a policy ------------------------------------------------------------------


def judge_policy(claim: Claim, basis: Basis) -> Judged:
    """Read from the dated policies since when, and for whom, disclosure was allowed."""
    policies = load_events(
        kinds=("policy",), platform=basis.published.platform, as_of=basis.as_of
    )
    policies = policies[(policies["scope"] == "platform") & (policies["allows"] != "")]
    since = parse_period(claim.before, name="before")
    if policies.empty:
        text = f"No dated policy of {basis.published.platform} is known by {basis.day}"
        return _judged(claim, UNDETERMINED, text, {"as_of": basis.day})
    first = policies.iloc[0]
    begun = format_day(first["date"].date())
    text = f"The policy allows it since {begun}"
    found: dict[str, Number] = {"since": begun}
    if first["date"] > pd.Timestamp(since.end):
        verdict: Verdict = CONTRADICTED
    elif first["allows"] == claim.subject:
        verdict = SUPPORTED
    else:
        verdict = IN_PART
        changed = policies[policies["allows"] == claim.subject]
        until = ""
        if not changed.empty:
            day = format_day(changed.iloc[0]["date"].date())
            found["changed"] = day
            until = f" until {day}"
        text += f";{until} it named {first['allows']} only"
    return _judged(claim, verdict, text, found, figure=begun)


# -- no shift ------------------------------------------------------------------


def judge_no_shift(claim: Claim, basis: Basis) -> Judged:
    """Set the later rise inside and outside the region beside a claim of no shift."""
    after = parse_period(claim.after).words
    steps = [s for s in steps_for(claim, basis) if isinstance(s.ratio, Estimate)]
    if not steps:
        return _unpublished(claim, basis, after)
    text, found = say_steps(steps, basis, claim.measure)
    small = all(_is_below(step.ratio, claim.threshold) for step in steps)
    reason = (
        "no step of that size is seen"
        if small
        else "whether the policy did that, fulfilled counts cannot show"
    )
    return _judged(
        claim,
        IN_PART if small else UNDETERMINED,
        f"{text}; {reason}",
        found,
        figure=" and ".join(_value(step.ratio) for step in steps),
    )


def steps_for(claim: Claim, basis: Basis) -> list[Step]:
    """Measure the step inside and outside the region of a claim."""
    if not basis.series(claim.measure):
        return []
    return [
        measure_step(
            basis.published,
            region=region,
            before=claim.before,
            after=claim.after,
            measure=claim.measure,
        )
        for region in (claim.region, claim.counter_region)
    ]


def say_steps(
    steps: list[Step], basis: Basis, measure: str
) -> tuple[str, dict[str, Number]]:
    """Say how steep the steps are, among the countries that report."""
    said = [_say_step(step, basis, measure) for step in steps]
    after, before = steps[0].after.words, steps[0].before.words
    found: dict[str, Number] = {"after": after, "before": before}
    for _, values in said:
        found |= values
    text = (
        f"Among reporting countries the rate in {after}, against {before}, was "
        f"{' and '.join(words for words, _ in said)}"
    )
    return text, found


def _say_step(step: Step, basis: Basis, measure: str) -> tuple[str, dict[str, Number]]:
    """Say how steep a step is, and how steep without the member that dominates it."""
    found: dict[str, Number] = {
        f"{step.region} ratio": step.ratio,
        f"{step.region} members": step.coverage.observed,
    }
    n = step.coverage.observed
    who = (
        f"{numbers.count(n)} {'country' if n == 1 else 'countries'} "
        f"{describe_region(step.region)}"
        if step.region.startswith(COMPLEMENT)
        else f"{wording.plural(n, 'member')} of {describe_region(step.region)}"
    )
    text = f"{_value(step.ratio)} times as high in {who}"
    if step.largest is not None and n > 1:
        rest = measure_step(
            basis.published,
            region=step.region,
            before=step.before.text,
            after=step.after.text,
            measure=measure,
            without=(step.largest,),
        )
        found[f"{step.region} without"] = rest.ratio
        text += f" ({_value(rest.ratio)} without {country_name(step.largest)})"
    return text, found


def _is_below(ratio: Estimate | NotEstimable, threshold: float) -> bool:
    known = isinstance(ratio, Estimate) and ratio.upper is not None
    return known and isinstance(ratio, Estimate) and (ratio.upper or 0) < threshold


def _value(ratio: Estimate | NotEstimable) -> str:
    if isinstance(ratio, NotEstimable):
        return "an unknown number of"
    if ratio.value is None:
        return numbers.span(ratio.lower, None, "ratio")
    return numbers.ratio(ratio.value)


def _place(region: str) -> str:
    if region in known_countries():
        return country_name(region)
    return describe_region(region)


RULES: Final[Mapping[str, Callable[[Claim, Basis], Judged]]] = {
    "count": judge_count,
    "rise": judge_rise,
    "attribution": judge_cause,
    "policy": judge_policy,
    "no_shift": judge_no_shift,
}
