"""What a real request log adds to a claim: valid requests, and their line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from disclosure_trends.display import numbers, wording
from disclosure_trends.reports.claims.texts import (
    CONTRADICTED,
    IN_PART,
    SUPPORTED,
    UNDETERMINED,
    Claim,
    Judged,
    Verdict,
)
from disclosure_trends.results import Estimate, Finding, Number
from disclosure_trends.vocabulary.periods import parse_period, period_freq
from disclosure_trends.vocabulary.regions import describe_region, region_members

if TYPE_CHECKING:
    from disclosure_trends.logs.cleaned import CleanedLog


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidCounts:
    """Valid requests of a region in two windows of a log."""

    before: int
    after: int


def count_valid(log: "CleanedLog", claim: Claim) -> ValidCounts | None:
    """Count the valid requests of a claim's region; None where none are in the log."""
    from disclosure_trends.counts.aggregate import tabulate_requests

    counted = []
    for period in (claim.before, claim.after):
        cells = tabulate_requests(log, by=("country",), freq=period_freq(period))
        members = region_members(claim.region, on=parse_period(period).end)
        here = cells["country"].isin(members) & (cells["period"] == period)
        counted.append((int(cells.loc[here, "received"].sum()), cells.loc[here]))
    if not all(received for received, _ in counted):
        return None
    before, after = (int(cells["valid"].sum()) for _, cells in counted)
    return ValidCounts(before=before, after=after)


def say_valid(claim: Claim, verdict: Verdict, valid: ValidCounts) -> Judged:
    """Say what the log holds: a full count, so no interval is needed."""
    after, before = parse_period(claim.after).words, parse_period(claim.before).words
    text = (
        f"In the log valid requests from {describe_region(claim.region)} went from "
        f"{numbers.count(valid.before)} in {before} to {numbers.count(valid.after)} in "
        f"{after}"
    )
    return Judged(
        claim=claim,
        verdict=verdict,
        finding=_finding(
            claim,
            text,
            {"before": valid.before, "after": valid.after},
            {"verdict": verdict, "window": after, "window_before": before},
        ),
        figure=f"{numbers.count(valid.before)} to {numbers.count(valid.after)}",
        would_decide="Settled by the log.",
    )


def judge_attribution(claim: Claim, log: "CleanedLog") -> Judged:
    """Judge a cause by the attribution of the log: refusal, grade and interval."""
    from disclosure_trends.models.attribution.attribute import attribute_uptick

    result = attribute_uptick(
        log, region=claim.region, before=claim.before, after=claim.after
    )
    share = result.estimates["share_rerouted"]
    verdict: Verdict = UNDETERMINED
    if result.refused is None and isinstance(share, Estimate):
        if (share.lower or 0) > 0:
            verdict = SUPPORTED if result.grade in {"A", "B"} else IN_PART
        elif share.upper is not None and share.upper <= 0:
            verdict = CONTRADICTED
    text = result.findings()[0].statement
    decided = verdict != UNDETERMINED
    return Judged(
        claim=claim,
        verdict=verdict,
        finding=_finding(
            claim,
            text,
            {**result.findings()[0].numbers, "share": result.estimates["share"]},
            {"verdict": verdict, "grade": result.grade},
        ),
        figure=str(share) if isinstance(share, Estimate) else "",
        would_decide="Settled by the log." if decided else claim.needs,
    )


def _finding(
    claim: Claim, text: str, found: Mapping[str, Number], words: Mapping[str, str]
) -> Finding:
    return Finding(
        id=f"claim.{claim.claim}",
        question=claim.question,
        statement=wording.sentence(text),
        numbers={**found, **words},
        evidence="log",
        region=claim.region or None,
        period=claim.after or None,
    )
