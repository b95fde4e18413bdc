"""Each claim, its findings, its verdict: computed from published figures or a log."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from disclosure_trends.counts.published import PublishedFigures
from disclosure_trends.display.tables import Json
from disclosure_trends.errors import SettingsError
from disclosure_trends.models.windows.bounds import BoundsResult
from disclosure_trends.models.windows.steps import Step
from disclosure_trends.reports.claims.basis import Basis
from disclosure_trends.reports.claims.rise import bounds_for
from disclosure_trends.reports.claims.rules import judge_claim
from disclosure_trends.reports.claims.shift import steps_for
from disclosure_trends.reports.claims.texts import Judged, read_claims
from disclosure_trends.results import Check, Finding, Limit, Point, Result, Word
from disclosure_trends.vocabulary.periods import parse_as_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from disclosure_trends.logs.cleaned import CleanedLog
    from disclosure_trends.reports.claims.later import LaterResult

COLUMNS = (
    "claim",
    "text",
    "said_on",
    "source_url",
    "verdict",
    "statement",
    "would_decide",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClaimsResult(Result):
    """Claims with their verdicts.

    Attributes
    ----------
    tables
        `claims`: one row per claim, `claim, text, said_on, source_url, verdict,
        statement, would_decide`.
    judged
        The claims with their findings.
    as_of
        The day of knowledge.
    bounds, steps
        The bounds and the steps that the verdicts rest on, each inside and outside
        the region; empty where nothing was published.
    published
        The figures known on the day.
    """

    figures: ClassVar[tuple[str, ...]] = ("bounds", "windows", "coverage")

    judged: tuple[Judged, ...]
    as_of: date
    bounds: tuple[BoundsResult, ...] = field(repr=False)
    steps: tuple[Step, ...] = field(repr=False)
    published: PublishedFigures = field(repr=False)

    def findings(self) -> tuple[Finding, ...]:
        """Return the headline, the main points, then one finding per claim."""
        from disclosure_trends.reports.claims.words import say_headline, say_main

        claims = tuple(judged.finding for judged in self.judged)
        return (say_headline(self), *say_main(self), *claims)

    def points(self) -> tuple[Point, ...]:
        """Choose the main points; the claims have a table of their own."""
        from disclosure_trends.reports.claims.words import choose_points

        return choose_points(self)

    @property
    def later(self) -> "LaterResult":
        """What came after: the countries' steps, the events, the newest figures."""
        from disclosure_trends.reports.claims.later import tell_later

        return tell_later(self)

    def limits(self) -> tuple[Limit, ...]:
        """Say what the figures do not show."""
        from disclosure_trends.reports.claims.words import list_limits

        return list_limits(self)

    def words(self) -> tuple[Word, ...]:
        """Explain the terms."""
        from disclosure_trends.reports.claims.words import list_words

        return list_words(self)

    def extra(self) -> Json:
        """Return the claims for the page."""
        return {"claims": [_to_json(judged) for judged in self.judged]}

    def _draw(self, name: str) -> "go.Figure":
        from disclosure_trends.reports.claims.pictures import draw

        return draw(self, name)


def assess_claims(
    published: PublishedFigures,
    *,
    as_of: str | date,
    log: "CleanedLog | None" = None,
) -> ClaimsResult:
    """Judge every claim by what was known on a day.

    Parameters
    ----------
    published
        Figures of one platform; what was observed after `as_of` is left out.
    as_of
        The day of knowledge.
    log
        A real request log that adds its findings; a simulated one is refused.

    Returns
    -------
    ClaimsResult
        One row per claim, also where nothing was known.

    Raises
    ------
    SettingsError
        If the log is simulated, or the figures are of several platforms.
    """
    day = parse_as_of(as_of)
    if log is not None and log.evidence == "simulated":
        raise SettingsError(
            "assess_claims: log= is simulated; a verdict on a real claim rests on a "
            "real log only; leave log= out and show the simulated log apart"
        )
    known = published.known_on(day)
    if "," in known.platform:
        raise SettingsError(
            f"assess_claims: the figures are those of {known.platform}; compare one "
            "platform at a time and load a file of one"
        )
    claims = read_claims()
    basis = Basis(published=_real(known), as_of=day, log=log)
    judged = tuple(judge_claim(claim, basis) for claim in claims)
    rises = [claim for claim in claims if claim.rule == "rise"]
    shifts = [claim for claim in claims if claim.rule == "no_shift"]
    bounds = [
        bounds_for(claim, basis, region)
        for claim in rises[:1]
        for region in (claim.region, claim.counter_region)
    ]
    return ClaimsResult(
        tables={"claims": _tabulate(judged)},
        checks=(*known.checks, *_checks(known, claims[0].platform)),
        evidence="published",
        judged=judged,
        as_of=day,
        bounds=tuple(result for result in bounds if result is not None),
        steps=tuple(step for claim in shifts[:1] for step in steps_for(claim, basis)),
        published=basis.published,
    )


def _real(published: PublishedFigures) -> PublishedFigures:
    """Leave out figures that are simulated: no verdict rests on them."""
    if published.evidence != "simulated":
        return published
    return published.known_on(date.min)


def _checks(published: PublishedFigures, platform: str) -> Sequence[Check]:
    checks = []
    if published.evidence == "simulated":
        checks.append(
            Check(
                "real_figures",
                False,  # noqa: FBT003
                "The figures are simulated: no verdict on a real claim rests on them.",
            )
        )
    if published.platform and published.platform != platform:
        checks.append(
            Check(
                "platform",
                False,  # noqa: FBT003
                f"The claims were made about {platform}; the figures are those of "
                f"{published.platform}: the verdicts say whether the same sentences "
                "hold there.",
            )
        )
    return checks


def _tabulate(judged: tuple[Judged, ...]) -> pd.DataFrame:
    rows = [
        (
            one.claim.claim,
            one.claim.text,
            pd.Timestamp(one.claim.said_on),
            one.claim.source_url,
            one.verdict,
            one.finding.statement,
            one.would_decide,
        )
        for one in judged
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _to_json(judged: Judged) -> Json:
    claim = judged.claim
    return {
        "id": claim.claim,
        "text": claim.text,
        "said_on": claim.said_on.isoformat(),
        "source_url": claim.source_url,
        "verdict": judged.verdict,
        "findings": [judged.finding.id],
        "would_decide": judged.would_decide,
        "figure": judged.figure,
        "data_show": judged.finding.statement,
        "bounds": list(judged.bounds) if judged.bounds else None,
        "spark": list(judged.spark) or None,
    }
