"""Bounds in words and in one picture: what is certain, and on whom it hangs."""

from collections.abc import Mapping, Sequence
from math import ceil, floor
from typing import TYPE_CHECKING

import pandas as pd

from disclosure_trends.display import numbers, wording
from disclosure_trends.display.bounds import draw_bounds
from disclosure_trends.results import Estimate, Finding, NotEstimable, Number
from disclosure_trends.vocabulary.countries import country_in_prose
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.regions import (
    COMPLEMENT,
    describe_region,
    known_countries,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from disclosure_trends.models.windows.bounds import BoundsResult

QUESTION = "Did the count rise, whatever the unknown split of the totals was?"
ANY = "the totals allow any change"
SLACK = 1e-9
"""A number that is whole but for floating point is not rounded away from itself."""
FOLD_FROM = 1.5
"""From this lower bound on a rise is told as a multiple, below it in per cent."""


def say_bounds(result: "BoundsResult") -> tuple[Finding, ...]:
    """Say which direction is certain, on whom it hangs, and who is missing."""
    return (_change(result), *_hangs_on(result), *_who_is_observed(result))


def members_text(result: "BoundsResult") -> str:
    """Name whom a total speaks of: `the 26 observed members of the EU`."""
    region = result.region
    if region in known_countries():
        return country_in_prose(region)
    n = result.coverage.observed
    outside = region.startswith(COMPLEMENT)
    if n == 1:
        name = country_in_prose(result.coverage.members[0])
        one = "country" if outside else "member of"
        return f"{name}, the one observed {one} {describe_region(region)},"
    many = "countries" if outside else "members of"
    return f"the {numbers.count(n)} observed {many} {describe_region(region)}"


def say_amount(result: "BoundsResult") -> tuple[str, dict[str, Number]]:
    """Say how large a certain change is, with its numbers.

    Returns
    -------
    tuple
        `rose at least 2.1-fold`, `fell 50 per cent`, `rose from 0 to 270`. Where the
        ends differ the lower one is rounded down and the upper one up.
    """
    ratio = result.estimates["ratio"]
    if isinstance(ratio, NotEstimable):
        after = str(result.estimates["after"])
        return f"{result.direction} from 0 to {after}", {"count_after": after}
    lower, upper = ratio.lower or 0.0, ratio.upper
    if result.direction == "did not change":
        return "did not change", {}
    if result.direction == "rose" and lower >= FOLD_FROM:
        exact = lower == upper
        size = numbers.ratio(lower) if exact else numbers.at_least(lower)
        text = f"{size}-fold" if exact else f"at least {size}-fold"
        return f"rose {text}", {"at_least": size}
    change = change_share(ratio)
    size = _per_cent(100 * (change.lower or 0.0), change.upper)
    return f"{result.direction} {size} per cent", {"change": change, "per_cent": size}


def _per_cent(lower: float, upper: float | None) -> str:
    """Write shares in per cent, rounded outwards: never stronger than the truth."""
    if upper is None:
        return f"at least {numbers.at_least(lower)}"
    if lower == 100 * upper:
        return numbers.percent_short(upper).removesuffix("%")
    low, high = floor(10 * lower + SLACK) / 10, ceil(1000 * upper - SLACK) / 10
    return f"{low:g} to {high:g}"


def allowed(ratio: Estimate) -> str:
    """Say which ratios the totals allow where no direction is certain."""
    if not ratio.lower and ratio.upper is None:
        return ANY
    return f"the totals allow {ratio} times"


def without_pivot(result: "BoundsResult") -> tuple[str, dict[str, Number]]:
    """Say what is left without the member that the direction hangs on."""
    rest = bounds_of(result.tables["groups"].iloc[1])
    text = "from zero" if isinstance(rest, NotEstimable) else f"{rest} times"
    name = country_in_prose(result.pivotal[0])
    return text, {"without": rest, "member": name}


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
    established = result.direction != "not established"
    if isinstance(ratio, NotEstimable) and not established:
        text = (
            f"Whether {what} {_of(result)} rose in {after}, compared with {before}, "
            f"cannot be determined: {ratio.reason}"
        )
    elif isinstance(ratio, Estimate) and not established:
        if allowed(ratio) == ANY:
            found = {"allowed": "any change", **found}
        text = (
            f"Whether {what} of {who}{_together(result)} rose or fell in {after}, "
            f"compared with {before}, is not established: {allowed(ratio)}"
        )
    else:
        size, sizes = say_amount(result)
        found |= sizes
        text = (
            f"{what} of {who}{_together(result)} {size} in {after}, compared with "
            f"{before}"
        )
        if unsplit:
            found["unsplit"] = unsplit
            text += (
                ", even in the worst case for the "
                f"{_count_members(result, unsplit)} whose figures are not split"
            )
    if established and not result.before.is_as_long_as(result.after):
        text += "; the windows differ in length, so these are counts, not rates"
    return _finding(result, "change", QUESTION, text, found)


def _count_members(result: "BoundsResult", n: int) -> str:
    if result.region.startswith(COMPLEMENT):
        return wording.plural(n, "country", "countries")
    return wording.plural(n, "member")


def _together(result: "BoundsResult") -> str:
    return " together" if result.coverage.observed > 1 else ""


def _of(result: "BoundsResult") -> str:
    region = result.region
    name = describe_region(region)
    return name if region.startswith(COMPLEMENT) else f"of {name}"


def _hangs_on(result: "BoundsResult") -> tuple[Finding, ...]:
    """Name the member without whom the direction is not certain."""
    question = "Does the result hang on one member?"
    if result.direction == "not established" or len(result.table) < 2:
        return ()
    if not result.pivotal:
        text = "No single member carries this: the direction stays without any one"
        return (_finding(result, "hangs_on_none", question, text, {}),)
    rest, found = without_pivot(result)
    also = [country_in_prose(c) for c in result.pivotal[1:]]
    verb = {"rose": "a rise", "fell": "a fall"}.get(result.direction, "this")
    text = f"without {found['member']} {verb} is not established: {rest}"
    if also:
        text += f"; nor is it without {wording.listing(also)}"
    return (_finding(result, "hangs_on", question, text, found),)


def bounds_of(row: "pd.Series[float]") -> Estimate | NotEstimable:
    """Read the bounds of one row of the groups table."""
    if pd.isna(row["lower"]):
        return NotEstimable(
            reason="the count before is zero, so there is nothing to compare with",
            rule="zero_before",
        )
    upper = float(row["upper"])
    return Estimate(
        value=None,
        lower=float(row["lower"]),
        upper=None if upper == float("inf") else upper,
        level=None,
        kind="bounds",
        unit="ratio",
    )


def _who_is_observed(result: "BoundsResult") -> tuple[Finding, ...]:
    if result.region in known_countries():
        return ()
    coverage = result.coverage
    has = "has" if coverage.observed == 1 else "have"
    text = f"{coverage.text} {has} a figure for both windows"
    names = [country_in_prose(code) for code in coverage.missing]
    if 0 < len(names) <= 6:
        text += (
            f"; {wording.listing(names)} {'has' if len(names) == 1 else 'have'} none"
        )
    found = {"observed": coverage.observed, "expected": coverage.expected}
    question = "Of whom does the total speak?"
    return (_finding(result, "coverage", question, text, found),)


def _finding(
    result: "BoundsResult",
    slug: str,
    question: str,
    text: str,
    found: Mapping[str, Number],
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
    return f"{where}: {_shown(result)}"


def _shown(result: "BoundsResult") -> str:
    verb = {"rose": "rise", "fell": "fall"}.get(result.direction)
    if not result.coverage.observed:
        return "no figure for both windows is published"
    if result.direction == "not established":
        return "the totals allow a rise as well as a fall"
    if result.region in known_countries():
        return f"the {verb} is certain" if verb else "the count did not change"
    if result.coverage.observed == 1:
        name = country_in_prose(result.coverage.members[0])
        return f"{f'a {verb}' if verb else 'no change'}, but only {name} is observed"
    if verb is None:
        return "the count did not change"
    but = "without any one member"
    if result.pivotal:
        but = f"but it rests on {country_in_prose(result.pivotal[0])}"
    return f"the {verb} holds in the worst case, {but}"
