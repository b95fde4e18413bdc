"""Bounds in words and in one picture: what is certain, and on whom it hangs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from disclosure_trends.display import numbers, wording
from disclosure_trends.display.bounds import draw_bounds
from disclosure_trends.results import Estimate, Finding, NotEstimable, Number
from disclosure_trends.vocabulary.countries import country_name
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.regions import (
    COMPLEMENT,
    describe_region,
    known_countries,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from disclosure_trends.models.bounds import BoundsResult

QUESTION = "Did the count rise, whatever the unknown split of the totals was?"
FOLD_FROM = 1.5
"""From this lower bound on a rise is told as a multiple, below it in per cent."""


def say_bounds(result: "BoundsResult") -> tuple[Finding, ...]:
    """Say which direction is certain, on whom it hangs, and who is missing."""
    return (_change(result), *_hangs_on(result), _who_is_observed(result))


def members_text(result: "BoundsResult") -> str:
    """Name whom a total speaks of: `the 26 observed members of the EU`."""
    region = result.region
    if region in known_countries():
        return country_name(region)
    n = numbers.count(result.coverage.observed)
    if region.startswith(COMPLEMENT):
        return f"the {n} observed countries {describe_region(region)}"
    return f"the {n} observed members of {describe_region(region)}"


def amount(ratio: Estimate) -> str:
    """Say how large a certain change is: `rose at least 2.1-fold`."""
    direction = wording.direction(ratio.lower, ratio.upper)
    lower = ratio.lower or 0.0
    if direction == "rose" and lower >= FOLD_FROM:
        return f"rose {wording.fold(lower)}"
    if direction == "did not change":
        return direction
    change = change_share(ratio)
    span = numbers.span(change.lower, change.upper, "share").replace("%", " per cent")
    return f"{direction} {span}"


def change_share(ratio: Estimate) -> Estimate:
    """Turn a ratio into the share by which the count rose or fell."""
    lower, upper = ratio.lower or 0.0, ratio.upper
    if lower >= 1:
        ends = (lower - 1, None if upper is None else upper - 1)
    else:
        ends = (1 - (upper or 0.0), 1 - lower)
    return Estimate(
        value=None,
        lower=ends[0],
        upper=ends[1],
        level=None,
        kind="bounds",
        unit="share",
    )


def _change(result: "BoundsResult") -> Finding:
    ratio = result.estimates["ratio"]
    what = measure_name(result.measure)
    who, after, before = members_text(result), result.after.words, result.before.words
    found: dict[str, Number] = {
        "ratio": ratio,
        "observed": result.coverage.observed,
        "expected": result.coverage.expected,
        "before": before,
        "after": after,
    }
    unsplit = int((result.table["free"] > 0).sum())
    if isinstance(ratio, NotEstimable):
        text = (
            f"Whether {what} {_of(result)} rose in {after}, compared with {before}, "
            f"cannot be determined: {ratio.reason}"
        )
    elif result.direction == "not established":
        text = (
            f"Whether {what} of {who}{_together(result)} rose or fell in {after}, "
            f"compared with {before}, is not established: the totals allow {ratio} "
            "times"
        )
    else:
        found |= {"change": change_share(ratio), "at_least": _at_least(ratio)}
        text = (
            f"{what} of {who}{_together(result)} {amount(ratio)} in {after}, compared "
            f"with {before}"
        )
        if unsplit:
            found["unsplit"] = unsplit
            text += (
                ", even in the worst case for the "
                f"{_count_members(result, unsplit)} whose figures are not split"
            )
    return _finding(result, "change", QUESTION, text, found)


def _count_members(result: "BoundsResult", n: int) -> str:
    if result.region.startswith(COMPLEMENT):
        return wording.plural(n, "country", "countries")
    return wording.plural(n, "member")


def _together(result: "BoundsResult") -> str:
    return " together" if result.coverage.expected > 1 else ""


def _of(result: "BoundsResult") -> str:
    region = result.region
    name = describe_region(region)
    return name if region.startswith(COMPLEMENT) else f"of {name}"


def _at_least(ratio: Estimate) -> str:
    return numbers.at_least(ratio.lower or 0.0)


def _hangs_on(result: "BoundsResult") -> tuple[Finding, ...]:
    """Name the member without whom the direction is not certain."""
    question = "Does the result hang on one member?"
    if result.direction == "not established" or len(result.table) < 2:
        return ()
    if not result.pivotal:
        text = "No single member carries this: the direction stays without any one"
        return (_finding(result, "hangs_on_none", question, text, {}),)
    country = result.pivotal[0]
    rest = result.tables["groups"].iloc[1]
    bounds = bounds_of(rest)
    also = [country_name(c) for c in result.pivotal[1:]]
    verb = {"rose": "a rise", "fell": "a fall"}.get(result.direction, "this")
    text = f"without {country_name(country)} {verb} is not established: {bounds} times"
    if also:
        text += f"; nor is it without {wording.listing(also)}"
    found: dict[str, Number] = {"without": bounds, "member": country_name(country)}
    return (_finding(result, "hangs_on", question, text, found),)


def bounds_of(row: "pd.Series[float]") -> Estimate:
    """Read the bounds of one row of the groups table."""
    upper = float(row["upper"])
    return Estimate(
        value=None,
        lower=float(row["lower"]),
        upper=None if upper == float("inf") else upper,
        level=None,
        kind="bounds",
        unit="ratio",
    )


def _who_is_observed(result: "BoundsResult") -> Finding:
    coverage = result.coverage
    text = f"{coverage.text} have a figure for both windows"
    names = [country_name(code) for code in coverage.missing]
    if 0 < len(names) <= 6:
        text += (
            f"; {wording.listing(names)} {'has' if len(names) == 1 else 'have'} none"
        )
    return _finding(
        result,
        "coverage",
        "Of whom does the total speak?",
        text,
        {"observed": coverage.observed, "expected": coverage.expected},
    )


def _finding(
    result: "BoundsResult",
    slug: str,
    question: str,
    text: str,
    found: dict[str, Number],
) -> Finding:
    return Finding(
        id=f"bounds.{result.region}.{slug}",
        question=question,
        statement=wording.sentence(text),
        numbers=found,
        evidence=result.evidence,
        region=result.region,
        period=result.after.text,
        checks=result.checks,
    )


def draw_bounds_of(results: Sequence["BoundsResult"], *, name: str) -> "go.Figure":
    """Draw the bounds of one or more regions, each with and without its pivot."""
    first = results[0]
    rows = pd.concat([result.tables["groups"] for result in results], ignore_index=True)
    tones = [f"s{number % 3 + 1}" for number, _ in enumerate(results)]
    tone = dict(zip([result.region for result in results], tones, strict=True))
    rows["tone"] = [tone[region] for region in rows["region"]]
    return draw_bounds(
        rows,
        name=name,
        what=measure_name(first.measure),
        before=first.before.words,
        after=first.after.words,
        title=_title(first),
        source=first.source,
        as_of="" if first.as_of is None else first.as_of.isoformat(),
        simulated=first.evidence == "simulated",
    )


def _title(result: "BoundsResult") -> str:
    """Say in one sentence what the picture shows of the first region."""
    where = wording.sentence(describe_region(result.region)).rstrip(".")
    if result.direction == "not established":
        return f"{where}: the totals allow a rise as well as a fall"
    verb = {"rose": "rise", "fell": "fall"}.get(result.direction, "count")
    if not result.pivotal:
        return f"{where}: the {verb} holds in the worst case, without any one member"
    member = country_name(result.pivotal[0])
    return f"{where}: the {verb} holds in the worst case, but it rests on {member}"
