"""The claims report in words: headline, main points, limits."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from disclosure_trends.counts.panels import quarters_of
from disclosure_trends.counts.reading import LIMITS, WORDS
from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.display import numbers, wording
from disclosure_trends.models.windows.bounds import BoundsResult
from disclosure_trends.models.windows.steps import Step
from disclosure_trends.models.windows.words import allowed, members_text, say_amount
from disclosure_trends.reports.claims.basis import Basis
from disclosure_trends.reports.claims.shift import say_steps
from disclosure_trends.reports.claims.texts import UNDETERMINED
from disclosure_trends.results import (
    Estimate,
    Finding,
    Limit,
    NotEstimable,
    Number,
    Point,
    Word,
    point_of,
)
from disclosure_trends.vocabulary.countries import country_in_prose
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.periods import Window, format_day, parse_period
from disclosure_trends.vocabulary.regions import (
    COMPLEMENT,
    describe_region,
    region_members,
)

if TYPE_CHECKING:
    from disclosure_trends.reports.claims.assess import ClaimsResult

MAX_HEADLINE: Final = 160
MAX_POINTS: Final = 6
MOSTLY: Final = 0.9
"""Share of a region's members that must be observed for a headline to name it."""


def say_headline(result: "ClaimsResult") -> Finding:
    """Say in one sentence what is certain, on whom it hangs, and what is not known."""
    texts, found, region, period = _headline(result)
    short = [text for text in texts if len(wording.sentence(text)) <= MAX_HEADLINE]
    return Finding(
        id="claims.headline",
        question="Is the rise real, and why did it come?",
        statement=wording.sentence(short[0] if short else texts[-1]),
        numbers=found,
        evidence=result.evidence,
        region=region,
        period=period,
    )


def _headline(
    result: "ClaimsResult",
) -> tuple[list[str], dict[str, Number], str | None, str | None]:
    """Return the sentence, longest form first, and its numbers."""
    if not result.bounds or not result.bounds[0].coverage.observed:
        day = format_day(result.as_of)
        text = f"No figure that would decide whether requests rose was public by {day}"
        return [text], {"as_of": day}, None, None
    bounds = result.bounds[0]
    ratio = bounds.estimates["ratio"]
    found: dict[str, Number] = {
        "ratio": ratio,
        "after": bounds.after.words,
        "before": bounds.before.words,
    }
    texts = list(_headlines(result, bounds, ratio, found))
    return texts, found, bounds.region, bounds.after.text


def _headlines(
    result: "ClaimsResult",
    bounds: BoundsResult,
    ratio: Estimate | NotEstimable,
    found: dict[str, Number],
) -> Iterator[str]:
    """Yield the sentence, longest form first, and add its numbers to those found."""
    where, when = _inside(bounds), bounds.after.words
    what = measure_name(bounds.measure)
    found["observed"] = bounds.coverage.observed
    if isinstance(ratio, Estimate) and bounds.direction == "not established":
        text = f"Whether {what} {where} rose in {when} is not established"
        yield f"{text}: {allowed(ratio)} {bounds.before.words}"
        yield text
        return
    size, sizes = say_amount(bounds)
    found |= sizes
    text = f"{what} {where} {size} in {when}"
    hang = ""
    if bounds.pivotal and bounds.coverage.observed > 1:
        verb = {"rose": "rise", "fell": "fall"}.get(bounds.direction, "standstill")
        found["hangs_on"] = country_in_prose(bounds.pivotal[0])
        hang = f"; without {found['hangs_on']} no {verb} is established"
    elif bounds.direction in {"rose", "fell"} and bounds.coverage.observed > 1:
        hang = "; no single member carries it"
    why = _why(result)
    if why and bounds.direction in {"rose", "fell"}:
        yield f"{text}{hang}, {why}"
        short = hang.replace("no rise is", "none is").replace("no fall is", "none is")
        yield f"{text}{short}, {why}"
    yield f"{text}{hang}"
    yield text


def _why(result: "ClaimsResult") -> str:
    causes = [one for one in result.judged if one.claim.rule == "attribution"]
    if not causes or any(one.verdict != UNDETERMINED for one in causes):
        return ""
    from_log = any(one.finding.evidence == "log" for one in causes)
    return f"and {'the log' if from_log else 'totals'} cannot show why"


def _inside(bounds: BoundsResult) -> str:
    """Say where: the region, if nearly all of it is observed, else who is."""
    name, coverage = describe_region(bounds.region), bounds.coverage
    if bounds.region.startswith(COMPLEMENT):
        return name
    if coverage.observed == 1 < coverage.expected:
        return f"in {members_text(bounds)}"
    if coverage.observed < MOSTLY * coverage.expected:
        return f"in {numbers.count(coverage.observed)} members of {name}"
    return f"in {name}"


def say_main(result: "ClaimsResult") -> tuple[Finding, ...]:
    """Return the findings that the verdicts rest on, most important first."""
    return tuple(_main(result))


def _main(result: "ClaimsResult") -> Iterator[Finding]:
    for bounds in result.bounds:
        said = bounds.findings()
        yield said[0]
        yield from (one for one in said[1:] if one.id.endswith("hangs_on"))
    if result.steps:
        yield from _step_finding(result)
    yield from _cause(result)
    yield from _coverage(result)
    yield from _not_yet(result)


def _step_finding(result: "ClaimsResult") -> Iterator[Finding]:
    known = [step for step in result.steps if isinstance(step.ratio, Estimate)]
    shifts = [one for one in result.judged if one.claim.rule == "no_shift"]
    if not known:
        return
    basis = Basis(published=result.published, as_of=result.as_of, log=None)
    text, found = say_steps(known, basis, shifts[0].claim.measure)
    yield Finding(
        id="claims.step",
        question="Did requests rise later, inside and outside the region?",
        statement=wording.sentence(
            f"{text}; {_moves(known)} at the same time show no cause"
        ),
        numbers={"ratios": shifts[0].figure, **found},
        evidence="published",
        period=known[0].after.text,
    )


def _moves(steps: list[Step]) -> str:
    values = [step.ratio for step in steps if isinstance(step.ratio, Estimate)]
    rose = all((value.lower or 0.0) > 1 for value in values)
    return "rises" if rose else "changes"


def _verb(result: "ClaimsResult") -> str:
    """Say `rose` only where a rise is certain."""
    rose = result.bounds and result.bounds[0].direction == "rose"
    return "rose" if rose else "changed"


def _cause(result: "ClaimsResult") -> Iterator[Finding]:
    for one in result.judged:
        if one.claim.rule == "attribution" and one.verdict == UNDETERMINED:
            text = (
                f"Why requests {_verb(result)} cannot be determined. "
                f"{one.finding.statement}"
            )
            yield Finding(
                id="claims.cause",
                question=one.claim.question,
                statement=text,
                numbers=dict(one.finding.numbers),
                evidence=one.finding.evidence,
            )


def region_series(result: "ClaimsResult") -> dict[str, WindowCounts]:
    """Return the series that the rise is judged by; nothing where there is none."""
    return dict(result.published.of(result.bounds[0].measure)) if result.bounds else {}


def quarters_after(result: "ClaimsResult") -> list[str]:
    """List the quarters from the window after the rise on."""
    start = result.bounds[0].after.start
    quarters = quarters_of(region_series(result))
    return [quarter for quarter in quarters if parse_period(quarter).start > start]


def _coverage(result: "ClaimsResult") -> Iterator[Finding]:
    """Say how few members have a figure in the poorest later quarter."""
    if not result.bounds or not (later := quarters_after(result)):
        return
    bounds = result.bounds[0]
    n_of = {quarter: _exact(result, parse_period(quarter)) for quarter in later}
    poorest = min(later, key=lambda quarter: (n_of[quarter], quarter))
    n_then = _exact(result, bounds.after)
    if n_of[poorest] == n_then:
        return
    span = parse_period(poorest)
    expected = len(region_members(bounds.region, on=span.end))
    text = (
        f"{numbers.count(n_of[poorest])} of {numbers.count(expected)} members of "
        f"{describe_region(bounds.region)} have a figure of their own for "
        f"{span.words}, against {numbers.count(n_then)} for {bounds.after.words}: "
        "totals of different quarters must not be compared"
    )
    yield Finding(
        id="claims.coverage",
        question="Who reports?",
        statement=wording.sentence(text),
        numbers={
            "coverage": f"{n_of[poorest]} of {expected}",
            "members": n_of[poorest],
            "expected": expected,
            "members_then": n_then,
            "window": span.words,
            "after": bounds.after.words,
        },
        evidence="published",
        region=bounds.region,
        period=poorest,
    )


def _exact(result: "ClaimsResult", span: Window) -> int:
    """Count the members of the region with an exact figure for a window."""
    series = region_series(result)
    members = region_members(result.bounds[0].region, on=span.end) & series.keys()
    return sum(series[country].range(span).is_exact for country in members)


def _not_yet(result: "ClaimsResult") -> Iterator[Finding]:
    """Say which window of a claim had not been published by the day of knowledge."""
    day = format_day(result.as_of)
    basis = Basis(published=result.published, as_of=result.as_of, log=None)
    told: set[Window] = set()
    for judged in result.judged:
        series = basis.series(basis.measure_of(judged.claim))
        if not judged.claim.after or not series:
            continue
        window = parse_period(judged.claim.after)
        if window in told or any(c.range(window).is_observed for c in series.values()):
            continue
        told.add(window)
        yield Finding(
            id=f"claims.not_yet.{window.text}",
            question="What was not yet known?",
            statement=f"No figure for {window.words} was yet published by {day}.",
            numbers={"window": window.words, "as_of": day},
            evidence="published",
            period=window.text,
        )


_UNITS = {"claims.step": "times", "claims.coverage": "members"}


def choose_points(result: "ClaimsResult") -> tuple[Point, ...]:
    """Give each main point its big number."""
    points = []
    for finding in say_main(result):
        number = next(iter(finding.numbers.values()))
        if finding.id == "claims.cause":
            number = finding.numbers["share"]
        points.append(point_of(finding, number, _UNITS.get(finding.id, "")))
    return tuple(points[:MAX_POINTS])


def list_limits(result: "ClaimsResult") -> tuple[Limit, ...]:
    """Say what the figures do not show."""
    return (*LIMITS, *_limits(result))


def _limits(result: "ClaimsResult") -> Iterator[Limit]:
    yield Limit(
        f"Why requests {_verb(result)}",
        "Whatever fell into or beside the windows, nothing here assigns the change to "
        "any of it. Rises inside and outside a region at the same time neither show "
        "nor exclude a part of any of them.",
    )
    yield Limit(
        "The world",
        "What is said of countries outside a region is said of reporting countries: "
        "those somebody asked about.",
    )
    if result.bounds and result.bounds[0].coverage.observed == 1:
        name = wording.sentence(describe_region(result.bounds[0].region)).rstrip(".")
        who = country_in_prose(result.bounds[0].coverage.members[0])
        yield Limit(f"{name} at large", f"Of all its members only {who} is observed.")
    elif result.bounds and result.bounds[0].pivotal:
        bounds = result.bounds[0]
        member = country_in_prose(bounds.pivotal[0])
        name = describe_region(bounds.region)
        yield Limit(
            f"{wording.sentence(name).rstrip('.')} at large",
            f"The certain change of {name} hangs on {member}. For members whose "
            "figures are not split it could lie in any part of their window.",
        )
    yield Limit(
        "Crime, or conduct",
        "A count of answers says nothing about how much crime there was or how well an "
        "authority worked.",
    )


def list_words(result: "ClaimsResult") -> tuple[Word, ...]:
    """Explain the terms."""
    del result
    return (
        *WORDS,
        Word(
            "Supported in part",
            "What the claim says holds for a narrower statement, which is given.",
        ),
        Word(
            "Cannot be determined",
            "The published figures agree with the claim as well as with its contrary.",
        ),
    )
