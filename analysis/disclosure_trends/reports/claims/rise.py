"""Claims of a rise: certain or not, of what was said or of a stand-in."""

from typing import Final

from disclosure_trends.display import numbers, wording
from disclosure_trends.models.windows.bounds import BoundsResult, bound_change
from disclosure_trends.models.windows.words import (
    allowed,
    members_text,
    say_amount,
    without_pivot,
)
from disclosure_trends.reports.claims.basis import (
    Basis,
    judged_as,
    unpublished,
)
from disclosure_trends.reports.claims.texts import (
    CONTRADICTED,
    IN_PART,
    SUPPORTED,
    UNDETERMINED,
    Claim,
    Judged,
    Verdict,
)
from disclosure_trends.results import Estimate, NotEstimable, Number
from disclosure_trends.vocabulary.countries import country_in_prose
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.periods import parse_period
from disclosure_trends.vocabulary.regions import describe_region

MAX_NAMED: Final = 4
"""Members whose split would help most are named, so many of them."""


def judge_rise(claim: Claim, basis: Basis) -> Judged:
    """Bound the change; a log with validity answers for the claim's own measure."""
    from disclosure_trends.reports.claims.log import count_valid, say_valid

    if basis.log is not None:
        valid = count_valid(basis.log, claim)
        if valid is not None:
            verdict = SUPPORTED if valid.after > valid.before else CONTRADICTED
            return say_valid(claim, verdict, valid)
    bounds = bounds_for(claim, basis)
    if bounds is None or not bounds.coverage.observed:
        after = parse_period(claim.after).words
        return unpublished(claim, basis, f"{describe_region(claim.region)} in {after}")
    ratio = bounds.estimates["ratio"]
    is_proxy = bounds.measure != claim.measure
    text, found = _say_rise(bounds)
    if is_proxy:
        text += f"; {measure_name(claim.measure)} are not published"
    return judged_as(
        claim,
        _verdict_of_rise(bounds, is_proxy=is_proxy),
        text,
        {"ratio": ratio, **found},
        figure="" if isinstance(ratio, NotEstimable) else str(ratio),
        would_decide=_splits_needed(bounds) + claim.needs,
        bounds=(ratio.lower, ratio.upper) if isinstance(ratio, Estimate) else None,
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
    """Support a claim whole only if its own measure rose, for all, on no one member.

    A rise of the members that are observed, of a stand-in, or one that hangs on one
    member supports a narrower statement. What is observed contradicts a rise if it
    fell or stayed; a stand-in contradicts nothing.
    """
    if bounds.direction == "rose":
        whole = bounds.coverage.observed == bounds.coverage.expected
        return SUPPORTED if whole and not (is_proxy or bounds.pivotal) else IN_PART
    if bounds.direction in {"fell", "did not change"} and not is_proxy:
        return CONTRADICTED
    return UNDETERMINED


def _say_rise(bounds: BoundsResult) -> tuple[str, dict[str, Number]]:
    what, who = measure_name(bounds.measure), members_text(bounds)
    after, before = bounds.after.words, bounds.before.words
    ratio = bounds.estimates["ratio"]
    found: dict[str, Number] = {
        "observed": bounds.coverage.observed,
        "expected": bounds.coverage.expected,
        "after": after,
        "before": before,
    }
    if isinstance(ratio, Estimate) and bounds.direction == "not established":
        text = (
            f"Whether {what} of {who} rose in {after}, compared with {before}, is not "
            f"established: {allowed(ratio)}"
        )
        return text, found
    together = " together" if bounds.coverage.observed > 1 else ""
    size, sizes = say_amount(bounds)
    found |= sizes
    text = f"{what} of {who}{together} {size} in {after}, from {before}"
    if bounds.pivotal and bounds.coverage.observed > 1:
        rest, left = without_pivot(bounds)
        found |= left
        verb = {"rose": "a rise", "fell": "a fall"}.get(bounds.direction, "this")
        text += f"; without {left['member']} {verb} is not established ({rest})"
    return text, found


def _splits_needed(bounds: BoundsResult) -> str:
    """Name the members whose unsplit totals leave most open."""
    unsplit = bounds.table[bounds.table["free"] > 0]
    largest = unsplit.sort_values(["free", "country"], ascending=[False, True])
    named = [
        f"{country_in_prose(row['country'])} ({numbers.count(row['free'])})"
        for row in largest.head(MAX_NAMED).to_dict("records")
    ]
    return f"The splits of {wording.listing(named)}. " if named else ""
