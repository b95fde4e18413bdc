"""How much of an uptick is the communication line: the answer, or its refusal.

The estimate is an imputation of what would have come without adoption; the headline is
re-routing (the same demand on a better line), beside it what authorities filed beyond
the expected after they moved, which cannot be told from self-selection.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.display.wording import listing
from disclosure_trends.errors import SettingsError
from disclosure_trends.models.attribution import tables, words
from disclosure_trends.models.attribution.case import Case, read_case
from disclosure_trends.models.attribution.limits import WORDS, limits
from disclosure_trends.models.attribution.refusals import (
    Refusal,
    refuse_totals,
    refuse_unnamed,
)
from disclosure_trends.models.attribution.scrutiny import Scrutiny, scrutinise
from disclosure_trends.models.attribution.totals import read_totals
from disclosure_trends.models.attribution.verdict import Judgement, judge_case
from disclosure_trends.models.decomposition.window_counts import two_windows
from disclosure_trends.models.panel import months_of
from disclosure_trends.results import (
    Check,
    Estimate,
    Evidence,
    Finding,
    Limit,
    NotEstimable,
    Point,
    Result,
    Word,
)
from disclosure_trends.vocabulary.periods import Window
from disclosure_trends.vocabulary.regions import check_region

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from disclosure_trends.display.tables import Json, TableSpec
    from disclosure_trends.logs.cleaned import CleanedLog
    from disclosure_trends.models.attribution.grades import Letter

NAMES: Final = (
    "change",
    "share",
    "share_rerouted",
    "share_induced",
    "demand",
    "validity",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttributionResult(Result):
    """The share of a change of valid requests that is the line.

    Attributes
    ----------
    estimates : mapping
        ``change`` (valid requests after less before), ``share`` of it that would be
        missing had nobody moved to the line, of which ``share_rerouted`` is the same
        demand on a better line and ``share_induced`` is demand beyond the expected
        after the move, caused or not; ``demand`` and ``validity`` (requests): the
        background. Always all of them.
    tables : mapping
        ``parts`` (the bars), ``conventions`` (both ways of dividing the interaction),
        ``needs`` (what the method needs and has), ``attempts`` (to break the answer),
        ``events`` (around the move), ``countries`` (left out one at a time),
        ``specifications`` (under every choice), ``calibration``. Empty frames where
        the result was refused.
    region, before, after, as_of
        What was asked, and the day of knowledge.
    grade : str
        A to D; D where nothing is identified.
    missed : str
        The criterion missed that weighs most; empty for A.
    refused : str or None
        The rule by which no share is printed.
    refusal : Refusal or None
        The refusal in full.
    policies : tuple of str
        Days within the windows on which a policy changed, in words.
    """

    figures: ClassVar[tuple[str, ...]] = (
        "waterfall",
        "events",
        "attempts",
        "countries",
        "specifications",
    )

    region: str
    before: Window
    after: Window
    as_of: str
    grade: Letter
    missed: str
    refusal: Refusal | None
    policies: tuple[str, ...] = ()

    @property
    def refused(self) -> str | None:
        """The rule by which no share is printed; None where one is."""
        return None if self.refusal is None else self.refusal.rule

    def findings(self) -> tuple[Finding, ...]:
        """Answer, or say why not; then the parts and what they had to stand."""
        return words.say(self)

    def points(self) -> tuple[Point, ...]:
        """Choose the main points: the parts, not the tests."""
        return words.choose_points(self.findings())

    def limits(self) -> tuple[Limit, ...]:
        """Say what an attribution does not show."""
        return limits(self)

    def words(self) -> tuple[Word, ...]:
        """Explain the terms."""
        return WORDS

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Show needs, conventions and calibration."""
        return tables.show_tables(self)

    def extra(self) -> Json:
        """Return grade and refusal for the page."""
        return words.page_parts(self)

    def _draw(self, name: str) -> go.Figure:
        return tables.draw(self, name)


def attribute_uptick(
    data: CleanedLog | Counts | Result,
    *,
    region: str,
    before: str,
    after: str,
    adoption_dates: pd.DataFrame | None = None,
    designated: Collection[str] | None = None,
    policies: pd.DataFrame | None = None,
) -> AttributionResult:
    """Say how much of a change of valid requests is due to the communication line.

    Parameters
    ----------
    data : CleanedLog, Counts or PublishedFigures
        The log. Counts and published figures hold no authority and no line: they are
        refused by rule R1.
    region : str
        Country, group, or ``non-`` before a group.
    before, after : str
        Two windows of whole months in order, both ends inclusive.
    adoption_dates : DataFrame, optional
        Register of adoption: ``authority, adopted_on`` and optionally ``basis``. An
        empty date says that the authority has not adopted. Authorities that are not
        listed, and all if there is no register, are dated by the change point of their
        own routing. A ``basis`` of ``first use`` is refused (R10).
    designated : collection of str, optional
        Channels that are the right line; without it the table of lines decides, by
        the day of receipt.
    policies : DataFrame, optional
        Changes of what is accepted: ``date``, and optionally ``scope`` and
        ``channel`` (empty: every channel).

    Returns
    -------
    AttributionResult
        With all its estimates, as `NotEstimable` where a rule refuses them.

    Raises
    ------
    SettingsError
        If the region is unknown, the windows overlap, cut a month or differ in length,
        or a frame lacks a column.
    """
    check_region(region)
    windows = two_windows(before, after)
    lengths = [len(months_of(window)) for window in windows]
    if lengths[0] != lengths[1]:
        raise SettingsError(
            f"before, after: {windows[0].text} has {lengths[0]} months and "
            f"{windows[1].text} has {lengths[1]}; allowed are windows of equal length, "
            "because counts are compared; choose two of one length"
        )
    if isinstance(data, Counts | Result):
        return _refuse_totals(data, region=region, windows=windows)
    if not hasattr(data, "is_recorded"):
        raise SettingsError(
            f"attribute_uptick: data is a {type(data).__name__}; a CleanedLog is "
            "needed; clean the log with clean_requests"
        )
    if not data.is_recorded("authority"):
        return _bare(data, refuse_unnamed(), region=region, windows=windows)
    case = read_case(
        data,
        region=region,
        windows=windows,
        adoption_dates=adoption_dates,
        designated=designated,
        policies=policies,
    )
    return answer_case(case)


def answer_case(case: Case) -> AttributionResult:
    """Answer a question from its panels.

    Parameters
    ----------
    case : Case
        Question and panels.

    Returns
    -------
    AttributionResult
        Bit-identical when run again, whatever the order of the rows of the log.
    """
    judgement = judge_case(case)
    if judgement.refusal is not None:
        return _assemble(case, judgement, None)
    return _assemble(case, judgement, scrutinise(case, judgement))


def _assemble(
    case: Case, judgement: Judgement, scrutiny: Scrutiny | None
) -> AttributionResult:
    return AttributionResult(
        tables=tables.tabulate(case, judgement, scrutiny),
        estimates=_estimates(case, judgement),
        checks=(*case.checks, *tables.list_checks(case, judgement, scrutiny)),
        evidence=case.evidence,
        region=case.region,
        before=case.before,
        after=case.after,
        as_of=case.as_of,
        grade="D" if scrutiny is None else scrutiny.grade.reached,
        missed="" if scrutiny is None else scrutiny.grade.sentence,
        refusal=judgement.refusal,
        policies=tuple(policy.text for policy in case.policies),
    )


def _estimates(case: Case, judgement: Judgement) -> dict[str, Estimate | NotEstimable]:
    """Print what the rules allow, each name in its place."""
    observed = _observed(case, judgement)
    if judgement.refusal is not None:
        reason = _not_estimable(judgement.refusal)
        return dict.fromkeys(NAMES, reason) | {"change": observed}
    shares = {
        name: _share(judgement, part)
        for name, part in (
            ("share", "adoption"),
            ("share_rerouted", "rerouted"),
            ("share_induced", "induced"),
        )
    }
    counts = {name: _count(judgement, name) for name in ("demand", "validity")}
    return {"change": observed, **shares, **counts}


def _observed(case: Case, judgement: Judgement) -> Estimate | NotEstimable:
    """Give the change, unless a window was not logged or is not over: that is no 0."""
    if case.unlogged:
        months = listing(case.unlogged)
        return NotEstimable(f"the log holds no request of {months}", rule="R2")
    if case.after.end.isoformat() > case.as_of:
        return NotEstimable(f"{case.after.words} had not ended", rule="R6")
    change = float(judgement.effect.split.change[0])
    return Estimate(value=change, lower=None, upper=None, level=None, unit="change")


def _not_estimable(refusal: Refusal) -> NotEstimable:
    return NotEstimable(refusal.sentence.rstrip("."), rule=refusal.rule)


def _share(judgement: Judgement, part: str) -> Estimate | NotEstimable:
    if not judgement.stable:
        return NotEstimable("the change is no larger than chance makes it", rule="G2")
    if judgement.total_refuted and part != "rerouted":
        return _REFUTED
    share = judgement.effect.share(part)
    return share.estimate(unit="share") if share.is_defined else _UNSTABLE


def _count(judgement: Judgement, part: str) -> Estimate | NotEstimable:
    """Give a part in requests: its share's interval times the observed change.

    Leaving a country out moves the change itself; where shares are unstable that
    cannot be helped, and the interval is that of the part.
    """
    if judgement.total_refuted:
        return _REFUTED
    if judgement.stable:
        share = judgement.effect.share(part)
        change = float(judgement.effect.split.change[0])
        if share.is_defined:
            return share.estimate(unit="change", scale=change)
        return _UNSTABLE
    count = judgement.effect.count(part)
    return count.estimate(unit="change") if count.is_defined else _UNSTABLE


_REFUTED: Final = NotEstimable(
    "submitted requests of those who moved rose before they moved", rule="placebo"
)
_UNSTABLE: Final = NotEstimable("it is undefined when a country is left out", rule="G6")


def _refuse_totals(
    data: Counts | Result, *, region: str, windows: tuple[Window, Window]
) -> AttributionResult:
    """Refuse totals by rule R1, with what they do say."""
    said = read_totals(data, region=region, windows=windows)
    measured = tables.false_claims_of_totals()
    return _without_log(
        refuse_totals(**measured, instead=said.text, figures=said.figures),
        change=said.change,
        evidence=data.evidence,
        region=region,
        windows=windows,
        as_of=said.as_of,
    )


def _bare(
    cleaned: CleanedLog,
    refusal: Refusal,
    *,
    region: str,
    windows: tuple[Window, Window],
) -> AttributionResult:
    """Refuse a log that does not name authorities."""
    unknown = NotEstimable("authority is not recorded", rule=refusal.rule)
    return _without_log(
        refusal,
        change=unknown,
        evidence=cleaned.evidence,
        region=region,
        windows=windows,
        as_of=cleaned.as_of.isoformat(),
    )


def _without_log(
    refusal: Refusal,
    *,
    change: Estimate | NotEstimable,
    evidence: Evidence,
    region: str,
    windows: tuple[Window, Window],
    as_of: str,
) -> AttributionResult:
    estimates = dict.fromkeys(NAMES, _not_estimable(refusal)) | {"change": change}
    return AttributionResult(
        tables=tables.no_tables(),
        estimates=estimates,
        checks=(Check(refusal.rule, passed=False, text=refusal.why),),
        evidence=evidence,
        region=region,
        before=windows[0],
        after=windows[1],
        as_of=as_of,
        grade="D",
        missed="",
        refusal=refusal,
    )
