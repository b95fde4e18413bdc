"""What a verdict may rest on, and how it is written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from disclosure_trends.counts.published import PublishedFigures
from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.display import wording
from disclosure_trends.reports.claims.texts import (
    UNDETERMINED,
    Claim,
    Judged,
    Verdict,
)
from disclosure_trends.results import Finding, Number
from disclosure_trends.vocabulary.periods import format_day

if TYPE_CHECKING:
    from disclosure_trends.logs.cleaned import CleanedLog


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


def judged_as(
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
    """Write down a verdict with the sentence and the numbers that it rests on."""
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


def unpublished(claim: Claim, basis: Basis, what: str) -> Judged:
    """Say that the figures that would decide were not there yet."""
    text = f"No figure for {what} had been published by {basis.day}"
    return judged_as(claim, UNDETERMINED, text, {"as_of": basis.day})
