"""An attribution in sentences: the same evidence in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from disclosure_trends.display import numbers
from disclosure_trends.display.wording import listing
from disclosure_trends.models.attribution.attempts import say_signs
from disclosure_trends.models.attribution.headline import (
    change_word,
    ends_of,
    is_established,
    nobody_moved,
    part_of,
    write_answer,
)
from disclosure_trends.results import (
    Estimate,
    Finding,
    NotEstimable,
    Number,
    Point,
    point_of,
)
from disclosure_trends.vocabulary.regions import describe_region

if TYPE_CHECKING:
    from disclosure_trends.display.tables import Json
    from disclosure_trends.models.attribution.attribute import AttributionResult

QUESTION: Final = "How much of the change in valid requests is the communication line?"
_POINTS: Final = ("rerouted", "total", "demand", "validity")


def say(result: AttributionResult) -> tuple[Finding, ...]:
    """Answer first, then the parts, then what the answer had to stand."""
    if result.refusal is not None:
        return (_refuse(result),)
    makers = (
        _headline,
        _rerouted,
        _total,
        _demand,
        _validity,
        _policies,
        _conventions,
        _attempts,
        _specifications,
        _calibration,
    )
    found = (maker(result) for maker in makers)
    return tuple(finding for finding in found if finding is not None)


def choose_points(findings: tuple[Finding, ...]) -> tuple[Point, ...]:
    """Set the parts as main points, each with its interval."""
    return tuple(
        point_of(finding, next(iter(finding.numbers.values())))
        for finding in findings
        if finding.id.removeprefix("attribution_") in _POINTS
    )


def page_parts(result: AttributionResult) -> Json:
    """Return grade and refusal for the page."""
    parts: Json = {
        "grade": {"reached": result.grade, "scale": "ABCD", "missed": _why(result)}
    }
    refusal = result.refusal
    if refusal is None:
        return parts
    return parts | {
        "refusal": {
            "rule": refusal.rule,
            "sentence": refusal.sentence,
            "asked": _asked(result),
            "why": refusal.why,
            "identify": list(refusal.identify),
            "instead": refusal.instead,
        }
    }


def _why(result: AttributionResult) -> str:
    """Say what was missed for the next grade, or that nothing was."""
    if result.missed or result.refusal is not None:
        return result.missed
    return "Everything that the method needs is there."


def _asked(result: AttributionResult) -> str:
    change = result.estimates["change"]
    many = ""
    if isinstance(change, Estimate) and change.value is not None:
        many = f"{numbers.signed_count(change.value)} "
    return (
        f"How much of the change of {many}valid requests from "
        f"{describe_region(result.region)}, {result.after.words} against "
        f"{result.before.words}, came of authorities moving to the right line."
    )


def _finding(
    result: AttributionResult, name: str, text: str, found: dict[str, Number]
) -> Finding:
    return Finding(
        id="attribution" + (f"_{name}" if name else ""),
        question=QUESTION,
        statement=text,
        numbers=found,
        grade=result.grade,
        evidence=result.evidence,
        region=result.region,
        period=result.after.text,
        checks=result.checks,
    )


def _refuse(result: AttributionResult) -> Finding:
    refusal = result.refusal
    if refusal is None:
        raise ValueError(result.region)
    found: dict[str, Number] = {**result.estimates, **refusal.figures}
    found |= {"rule": refusal.rule, "why": refusal.why, "instead": refusal.instead}
    found |= {f"identify_{n}": text for n, text in enumerate(refusal.identify, 1)}
    found |= {"asked": _asked(result)}
    return _finding(result, "", refusal.sentence, found)


def _headline(result: AttributionResult) -> Finding:
    share = result.estimates["share_rerouted"]
    found: dict[str, Number] = {
        "share_rerouted": share,
        **result.estimates,
        "grade": result.grade,
        "missed": _why(result),
    }
    return _finding(result, "", write_answer(result, share), found)


def _count_of(row: dict[str, float]) -> Estimate:
    return Estimate(
        value=row["value"], lower=row["lower"], upper=row["upper"], unit="change"
    )


def _rerouted(result: AttributionResult) -> Finding | None:
    row = part_of(result, "rerouted")
    change = result.estimates["change"]
    if (
        nobody_moved(result)
        or row is None
        or not isinstance(change, Estimate)
        or change.value is None
    ):
        return None
    whole = numbers.signed_count(change.value)
    of = f"Of the change of {whole} valid requests from "
    of += describe_region(result.region)
    low, high = row["lower"], row["upper"]
    span = numbers.span(low, high, "change")
    found: dict[str, Number] = {"rerouted": _count_of(row), "change": change}
    if high < 0:
        lost = Estimate(value=-row["value"], lower=-high, upper=-low, unit="requests")
        found["lost"] = lost
        span = numbers.span(-high, -low, "requests")
        text = (
            f"Beside the change of {whole} valid requests from "
            f"{describe_region(result.region)}, {span} were lost because authorities "
            "moved to the line."
        )
    elif low <= 0:
        text = (
            f"{of}, {numbers.signed_count(high)} at most, and possibly none, would not "
            "have been valid had authorities kept the old line."
        )
    else:
        text = (
            f"{of}, {span} would not have been valid had authorities kept the old line."
        )
    return _finding(result, "rerouted", text, found)


def _total(result: AttributionResult) -> Finding | None:
    share = result.estimates["share"]
    if isinstance(share, NotEstimable):
        if share.rule != "placebo":
            return None
        text = (
            "How much more authorities filed because they moved cannot be said: their "
            "requests rose before they moved."
        )
        return _finding(result, "total", text, {"share": share})
    _, _, high = ends_of(share)
    if high <= 0 or nobody_moved(result):
        return None
    # The end of an interval beyond everything says no more than everything.
    most = f"up to {numbers.percent(high)}"
    if high >= 1:
        most = f"up to the whole {change_word(result)}"
    text = (
        "With the extra requests that authorities filed after they moved it is "
        f"{most}; whether they filed these because they moved cannot be told."
    )
    upper = Estimate(value=None, lower=None, upper=high, level=0.95, unit="share")
    return _finding(result, "total", text, {"share_at_most": upper, "share": share})


def _demand(result: AttributionResult) -> Finding | None:
    return _background(
        result,
        "demand",
        "Background demand, read off authorities that had not moved, makes up {span} "
        "of it.",
    )


def _validity(result: AttributionResult) -> Finding | None:
    return _background(
        result,
        "validity",
        "Validity or policy, which hits every line alike, makes up {span} of it.",
    )


def _policies(result: AttributionResult) -> Finding | None:
    """Say what a policy within the windows does to the answer."""
    if not result.policies:
        return None
    days = listing(result.policies)
    text = (
        f"A policy changed within the windows, on {days}. As far as it hit those who "
        "had moved and those who had not alike, it is told apart from the line and "
        "stands in validity or policy."
    )
    found: dict[str, Number] = {"validity": result.estimates["validity"], "days": days}
    return _finding(result, "policies", text, found)


def _background(result: AttributionResult, name: str, text: str) -> Finding | None:
    row = part_of(result, name)
    if row is None:
        return None
    span = numbers.span(row["lower"], row["upper"], "change")
    found: dict[str, Number] = {name: _count_of(row)}
    return _finding(result, name, text.format(span=span), found)


def _conventions(result: AttributionResult) -> Finding | None:
    rows = result.tables["conventions"]
    if len(rows) < 2 or not is_established(result):
        return None
    whole, shared = (float(value) for value in rows["share"])
    text = (
        f"Without adoption {numbers.percent(whole)} of the {change_word(result)} would "
        "be missing; where the interaction of adoption with demand and validity is "
        f"shared between them, adoption has {numbers.percent(shared)}."
    )
    if whole < 0:
        text = (
            f"Adoption's share of the {change_word(result)} is "
            f"{numbers.percent(whole)} where its interaction with demand and validity "
            f"is its own, and {numbers.percent(shared)} where it is shared."
        )
    ends = rows[["share", "lower", "upper"]].to_numpy(dtype=float)
    found: dict[str, Number] = {
        f"share_{name}": Estimate(
            value=float(value), lower=float(low), upper=float(high), unit="share"
        )
        for name, (value, low, high) in zip(("missing", "shared"), ends, strict=True)
    }
    return _finding(result, "conventions", text, found)


def _attempts(result: AttributionResult) -> Finding | None:
    results = result.tables["attempts"]["result"]
    tried = int((results != "not tried").sum())
    if tried == 0 or not is_established(result):
        return None
    passed = int((results == "passes").sum())
    text = f"{say_signs(tried - passed, tried)}."
    found: dict[str, Number] = {"signs_found": tried - passed, "signs": tried}
    return _finding(result, "attempts", text, found)


def _specifications(result: AttributionResult) -> Finding | None:
    frame = result.tables["specifications"]
    if frame.empty or nobody_moved(result):
        return None
    agree, every = int(frame["agrees"].sum()), len(frame)
    shares = frame["share"].dropna()
    if isinstance(result.estimates["share_rerouted"], NotEstimable) or shares.empty:
        return None
    text = (
        f"Under {agree} of {every} reasonable choices of dates, measure, history, "
        "window, countries and clustering the answer has the same direction; the "
        f"re-routed share goes from {numbers.percent(float(shares.min()))} to "
        f"{numbers.percent(float(shares.max()))}."
    )
    found: dict[str, Number] = {
        "specifications_agreeing": agree,
        "specifications": every,
        "smallest_share": _plain(float(shares.min())),
        "largest_share": _plain(float(shares.max())),
    }
    return _finding(result, "specifications", text, found)


def _calibration(result: AttributionResult) -> Finding | None:
    frame = result.tables["calibration"]
    if frame.empty or nobody_moved(result):
        return None
    replicates, bias, coverage, false, power = (float(v) for v in frame["value"])
    error = float(frame["error"].iloc[2])
    text = (
        f"In {numbers.count(replicates)} simulated logs of this shape the interval "
        f"held the truth in {numbers.percent(coverage)} (simulation error "
        f"{numbers.percent(error)}). Where there was no effect one was claimed in "
        f"{numbers.percent(false)}; where there was one of this size it was found in "
        f"{numbers.percent(power)}."
    )
    found: dict[str, Number] = {
        "replicates": int(replicates),
        "coverage": _plain(coverage),
        "coverage_error": _plain(error),
        "false_claims": _plain(false),
        "power": _plain(power),
        "bias": _plain(bias),
    }
    return _finding(result, "calibration", text, found)


def _plain(value: float) -> Estimate:
    return Estimate(value=value, lower=None, upper=None, level=None, unit="share")
