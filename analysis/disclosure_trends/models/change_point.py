"""Since when, and by how much: the date of one lasting change of level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.display import numbers, wording
from disclosure_trends.errors import SettingsError
from disclosure_trends.models.arguments import is_number
from disclosure_trends.models.calibration import PER_YEAR
from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.models.step_posterior import StepPosterior, step_posterior
from disclosure_trends.models.trend.count_regression import gate_effect
from disclosure_trends.models.uptick.series_matrix import (
    exposure_check,
    in_period,
    period_noun,
    period_words,
    region_words,
)
from disclosure_trends.results import (
    Check,
    Estimate,
    Finding,
    Limit,
    NotEstimable,
    Number,
    Result,
    Word,
)
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.periods import Freq

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEAST_PERIODS: Final = 8
LEAST_CASES: Final = 10
# Likelihood ratio over dispersion that noise exceeds one time in forty at a date
# declared beforehand, more often at the best of all dates. Below it nothing is said;
# above it only an interval that leaves out 1 is called a rise or a fall.
NOISE: Final = 5.02
ONE_SIDED: Final = {"from_nothing": "rose from", "to_nothing": "fell to"}
MOST_DAYS: Final = 730


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChangePointResult(Result):
    """When a count changed its level for good, and by how much.

    Attributes
    ----------
    tables
        `dates`: `period, probability`, the period being the first at the new level;
        `history`: the counts used.
    date_set
        Periods that together hold the date with the level asked for; all periods
        where the date is not estimable. It need not be an interval.
    region, level, freq, measure
        As asked for.
    dispersion
        Variance / mean of the counts around trend, season and step.
    by
        What the series are; those by authority are for the analyst alone.
    """

    figures: ClassVar[tuple[str, ...]] = ("dates",)

    date_set: tuple[str, ...]
    region: str
    level: float
    freq: Freq
    measure: str
    dispersion: float | None
    by: tuple[str, ...] = ("region",)

    @property
    def is_shown(self) -> bool:
        """Whether a report may show it: not a series that names an authority."""
        return "authority" not in self.by

    def findings(self) -> tuple[Finding, ...]:
        """Say since when, how wide the set is, and by how much."""
        ratio = self.estimates["rate_ratio"]
        name = region_words(self.region)
        found: dict[str, Number] = {"rate_ratio": ratio}
        if isinstance(ratio, NotEstimable) and ratio.rule not in ONE_SIDED:
            said = f"{name}: the date of a change cannot be determined, {ratio.reason}"
            return (self._finding(wording.sentence(said), found),)
        found["dates"] = len(self.date_set)
        found["when"] = self._when()
        width = wording.plural(len(self.date_set), period_noun(self.freq))
        what, when = measure_name(self.measure), self._when()
        said = (
            f"{name}: the number of {what} {_changed(ratio)}, {when}; the set of "
            f"likely dates is {width} wide."
        )
        if isinstance(ratio, Estimate) and not is_clear(ratio):
            said = (
                f"{name}: no lasting rise or fall of the number of {what} stands out; "
                f"if there was one, it was to {_times(ratio)}, {when}."
            )
        return (self._finding(wording.sentence(said), found),)

    def limits(self) -> tuple[Limit, ...]:
        """Say what a date does not show."""
        return (
            Limit(
                "One change",
                "The date assumes one lasting change; bursts and several changes are "
                "not told apart.",
            ),
            Limit(
                "Searched dates",
                "A date that was searched for is weaker evidence than one declared "
                "beforehand, and says nothing about the cause.",
            ),
        )

    def words(self) -> tuple[Word, ...]:
        """Explain the set of dates."""
        share = numbers.percent(self.level)
        return (
            Word(
                "Set of likely dates",
                f"The fewest periods that together hold the date with {share} "
                "probability.",
            ),
        )

    def _when(self) -> str:
        first, last = period_words(self.date_set[0]), period_words(self.date_set[-1])
        if len(self.date_set) == 1:
            return f"from {first} on"
        start = in_period(self.date_set[0])
        return f"beginning {start} at the earliest and {last} at the latest"

    def _finding(self, said: str, found: dict[str, Number]) -> Finding:
        return Finding(
            id=f"dated-{self.region}",
            question="Since when, and by how much?",
            statement=said,
            numbers=found,
            evidence=self.evidence,
            region=self.region,
            checks=self.checks,
        )

    def _draw(self, name: str) -> go.Figure:
        from disclosure_trends.display.dates import draw_dates

        return draw_dates(
            self.tables["history"],
            dates=self.tables["dates"],
            date_set=self.date_set,
            name=name,
            title=self.findings()[0].statement,
            measure=self.measure,
            simulated=self.evidence == "simulated",
        )


def is_clear(ratio: Estimate) -> bool:
    """Tell whether the interval of a ratio shows a rise or a fall."""
    return wording.direction(ratio.lower, ratio.upper) in {"rose", "fell"}


def _changed(ratio: Estimate | NotEstimable) -> str:
    """Say how the level changed."""
    if isinstance(ratio, NotEstimable):
        return f"{ONE_SIDED[ratio.rule]} nothing"
    return f"{wording.direction(ratio.lower, ratio.upper)} to {_times(ratio)}"


def _times(ratio: Estimate) -> str:
    value = numbers.ratio(ratio.value or 0.0)
    span = numbers.span(ratio.lower, ratio.upper, "ratio")
    return f"{value} times its level ({span})"


def date_uptick(
    counts: Counts, *, region: str, level: float = 0.95
) -> ChangePointResult:
    """Date the one lasting change of a series, given its trend and season.

    Parameters
    ----------
    counts : Counts
        Incomplete periods are left out.
    region : str
        Name of the series.
    level : float
        Probability that the set of dates holds, between 0 and 1.

    Returns
    -------
    ChangePointResult
        `.table` with `period, probability`, `.date_set`, and
        `.estimates["rate_ratio"]`. Where the history is too short, the cases too few
        or nothing stands out from noise, the ratio is a `NotEstimable` and the set
        holds all periods. From or to nothing there is a date, but no ratio.

    Raises
    ------
    SettingsError
        There is no such series, or the level is out of range.
    """
    if not is_number(level) or not 0 < level < 1:
        raise SettingsError(f"level: {level!r} is out of range; allowed is 0 to 1")
    series = counts.series(region)
    ripe = series[series["is_complete"] & series["value"].notna()]
    checks = (*counts.checks, *exposure_check(ripe))
    if counts.freq == "day" and len(ripe) > MOST_DAYS:
        ripe = ripe.tail(MOST_DAYS)
        text = f"Only the last {MOST_DAYS} days were searched for a change."
        checks += (Check(name="recent_days_only", passed=None, text=text),)
    posterior: StepPosterior | None = None
    ratio: Estimate | NotEstimable | None = _refusal(ripe)
    if ratio is None:
        posterior = _posterior(ripe, series, counts.freq)
        ratio = _ratio(posterior, ripe["value"].to_numpy(dtype=float), level=level)
    table, date_set = _dates(series, ripe, posterior, level=level)
    if isinstance(ratio, NotEstimable) and ratio.rule not in ONE_SIDED:
        date_set = tuple(series["period"])
    return ChangePointResult(
        tables={"dates": table, "history": series},
        estimates={"rate_ratio": ratio},
        checks=checks,
        evidence=counts.evidence,
        date_set=date_set,
        region=region,
        level=level,
        freq=counts.freq,
        measure=counts.measure,
        by=counts.by,
        dispersion=None if posterior is None else posterior.dispersion,
    )


def _refusal(ripe: pd.DataFrame) -> NotEstimable | None:
    n, cases = len(ripe), int(ripe["value"].sum())
    if n < LEAST_PERIODS:
        return NotEstimable(
            f"only {wording.plural(n, 'complete period')}; {LEAST_PERIODS} are needed",
            rule="too_short",
        )
    if cases < LEAST_CASES:
        return NotEstimable(
            f"only {wording.plural(cases, 'case')} in all; {LEAST_CASES} are needed",
            rule="too_few_cases",
        )
    return None


def _posterior(ripe: pd.DataFrame, series: pd.DataFrame, freq: Freq) -> StepPosterior:
    place = {period: n for n, period in enumerate(series["period"])}
    exposure = None
    if "exposure" in ripe.columns and bool(ripe["exposure"].notna().all()):
        exposure = ripe["exposure"].to_numpy(dtype=float)
    return step_posterior(
        ripe["value"].to_numpy(dtype=float),
        per_year=PER_YEAR[freq],
        times=np.array([place[period] for period in ripe["period"]], dtype=float),
        exposure=exposure,
        weekdays=freq == "day",
    )


def _dates(
    series: pd.DataFrame,
    ripe: pd.DataFrame,
    posterior: StepPosterior | None,
    *,
    level: float,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Probability of every period, and the periods that hold the level."""
    table = pd.DataFrame({"period": series["period"], "probability": np.nan})
    if posterior is None:
        return table, tuple(series["period"])
    table["probability"] = 0.0
    table.loc[table["period"].isin(ripe["period"]), "probability"] = (
        posterior.probability
    )
    periods = list(ripe["period"])
    return table, tuple(periods[int(n)] for n in posterior.date_set(level))


def _ratio(
    posterior: StepPosterior, values: Array, *, level: float
) -> Estimate | NotEstimable:
    """Rate ratio with its interval; a ratio that ran away is none."""
    if posterior.evidence < NOISE:
        return NotEstimable("no lasting change stands out from noise", rule="flat")
    tail = (1 - level) / 2
    low, middle, high = (
        posterior.log_ratio_quantile(share) for share in (tail, 0.5, 1 - tail)
    )
    start = int(posterior.probability.argmax())
    if not values[:start].any():
        return NotEstimable("nothing came before the change", rule="from_nothing")
    if not values[start:].any():
        return NotEstimable("nothing came after the change", rule="to_nothing")
    refused = gate_effect(middle, (high - low) / 4)
    lower, upper = posterior.ratio_interval(level)
    return refused or Estimate(
        value=posterior.ratio_quantile(0.5),
        lower=lower,
        upper=upper,
        level=level,
        kind="confidence",
        unit="ratio",
    )
