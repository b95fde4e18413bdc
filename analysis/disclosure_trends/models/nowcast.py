"""What is still to come: recent counts, completed for cases that are not in yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from disclosure_trends.display import numbers, wording
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.models.negative_binomial import Array
from disclosure_trends.models.nowcast_end import ages, end_with_log, triangle_of
from disclosure_trends.models.nowcast_source import (
    DelayedCounts,
    read_frame,
    read_log,
)
from disclosure_trends.models.reporting_delay import (
    LEAST_ROWS,
    DelayModel,
    Ints,
    fit_delay,
)
from disclosure_trends.models.uptick.predictive import NODES, Predictive, widen
from disclosure_trends.models.uptick.series_matrix import period_words, region_words
from disclosure_trends.results import (
    Check,
    Estimate,
    Finding,
    Limit,
    NotEstimable,
    Number,
    Result,
)
from disclosure_trends.vocabulary.periods import Freq, parse_as_of, parse_period
from disclosure_trends.vocabulary.periods import period_range as periods_between

if TYPE_CHECKING:
    import plotly.graph_objects as go

WHOLE: Final = 0.98  # share known from which a period is left alone
TOO_EARLY: Final = 0.2  # share known below which nothing is said
LEVEL: Final = 0.95
PRIOR_PERIODS: Final = 0.05  # weight of earlier periods' mean
OWN_DELAY: Final = 200  # cases from which a region has a delay model of its own
COLUMNS: Final = ("region", "period", "reported", "value", "lower", "upper", "status")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NowcastResult(Result):
    """Counts of recent periods, with what is still to come.

    Attributes
    ----------
    tables
        `nowcast`: `region, period, reported, value, lower, upper, status`; the status
        is `whole` (left alone), `nowcast`, `too early`, `not estimable` or `not
        logged` (the log ends before), and the last three hold missing values.
    estimates
        Per region its latest nowcast period; `nowcast` where nothing could be said.
    freq, measure, as_of, level
        As asked for.
    """

    figures: ClassVar[tuple[str, ...]] = ("nowcast",)

    freq: Freq
    measure: str
    as_of: str
    level: float

    def findings(self) -> tuple[Finding, ...]:
        """Say what is still to come, or why it cannot be said."""
        refused = self.estimates.get("nowcast")
        if isinstance(refused, NotEstimable):
            said = f"What is still to come cannot be determined, {refused.reason}"
            return (self._finding("nowcast", said, {"nowcast": refused}),)
        return tuple(self._latest())

    def limits(self) -> tuple[Limit, ...]:
        """Say what a nowcast assumes."""
        return (
            Limit(
                "Late cases",
                "Nowcasts assume that cases now come in as late as in recent periods.",
            ),
        )

    def _latest(self) -> Iterator[Finding]:
        rows = self.tables["nowcast"]
        open_ = rows[rows["status"] == "nowcast"]
        if open_.empty:
            said = f"All periods are whole or too early to tell on {self.as_of}"
            yield self._finding("nowcast", said, {"as_of": self.as_of})
        for row in open_.groupby("region").tail(1).to_dict("records"):
            expected = self.estimates[str(row["region"])]
            if isinstance(expected, NotEstimable):
                continue
            found: dict[str, Number] = {
                "value": expected,
                "reported": int(row["reported"]),
            }
            name = region_words(str(row["region"]))
            span = numbers.span(expected.lower, expected.upper, "requests")
            said = (
                f"{name}: {numbers.count(row['reported'])} are known for "
                f"{period_words(str(row['period']))}, about "
                f"{numbers.count(row['value'])} ({span}) will be"
            )
            yield self._finding(f"nowcast-{row['region']}", said, found)

    def _finding(self, slug: str, said: str, found: dict[str, Number]) -> Finding:
        return Finding(
            id=slug,
            question="What is still to come?",
            statement=wording.sentence(said),
            numbers=found,
            evidence=self.evidence,
            checks=self.checks,
        )

    def _draw(self, name: str) -> go.Figure:
        from disclosure_trends.display.series import draw_nowcast

        return draw_nowcast(
            self.tables["nowcast"],
            name=name,
            measure=self.measure,
            as_of=self.as_of,
            simulated=self.evidence == "simulated",
        )


def nowcast_counts(
    data: CleanedLog | pd.DataFrame,
    *,
    by: str = "region",
    freq: Freq = "month",
    measure: str = "valid",
    visible: str = "logged_at",
    as_of: str | date | None = None,
) -> NowcastResult:
    """Complete recent counts for what is not in yet.

    Parameters
    ----------
    data : CleanedLog or DataFrame
        A log, or a frame `region, period, delay, value`: `delay` in whole days from
        the start of the period to the day on which the rows appeared.
    by, freq, measure : str
        As in `count_requests`; `freq` also says how long a frame's periods are.
    visible : str
        Column whose date makes a row of the log appear.
    as_of : str or date, optional
        Last day known of, inclusive; the log's own, or the last day a row appeared.

    Returns
    -------
    NowcastResult
        Periods of which almost all is known are left alone; those that the log does
        not reach are `not logged`; where delays cannot be told,
        `.estimates["nowcast"]` says why.

    Raises
    ------
    SettingsError
        An argument is unknown, or the frame lacks a column.
    """
    known_to = None if as_of is None else parse_as_of(as_of)
    if isinstance(data, pd.DataFrame):
        source = read_frame(data, freq=freq, as_of=known_to)
    else:
        source = read_log(
            data, by=by, freq=freq, measure=measure, visible=visible, as_of=known_to
        )
    asked = source.as_of
    source = end_with_log(source, freq=freq)
    periods = _periods(source, freq)
    refused = source.refused or _no_delays(source)
    table, estimates, checks = (
        (_blank(source), {"nowcast": refused}, ())
        if refused is not None
        else _complete(source, periods)
    )
    after = [
        text
        for text in periods_between(source.as_of, asked, freq=freq)
        if parse_period(text).start > source.as_of
    ]
    return NowcastResult(
        tables={"nowcast": _not_logged(table, after)},
        estimates=estimates,
        checks=(*source.checks, *checks),
        evidence=source.evidence,
        freq=freq,
        measure=measure,
        as_of=asked.isoformat(),
        level=LEVEL,
    )


def _periods(source: DelayedCounts, freq: Freq) -> list[str]:
    if source.cells.empty:
        return []
    first = min(parse_period(text).start for text in source.cells["period"].unique())
    return periods_between(first, source.as_of, freq=freq)


def _no_delays(source: DelayedCounts) -> NotEstimable | None:
    if source.cells.empty:
        return NotEstimable("no case has appeared yet", rule="too_short")
    if int(source.cells["delay"].max()) == 0:
        return NotEstimable(
            "every row appeared on the first day of its period: no delay is recorded",
            rule="not_identifiable",
        )
    return None


def _blank(source: DelayedCounts) -> pd.DataFrame:
    """Give the counts as reported, nothing completed."""
    cells = source.cells
    if cells.empty:
        return pd.DataFrame({name: [] for name in COLUMNS})
    sums = cells.groupby(["region", "period"])["value"].sum()
    table = sums.rename("reported").reset_index()
    for name in ("value", "lower", "upper"):
        table[name] = np.nan
    return table.assign(status="not estimable")


def _not_logged(table: pd.DataFrame, after: list[str]) -> pd.DataFrame:
    """Append the periods that the log does not reach, nothing known of them."""
    if table.empty or not after:
        return table
    regions = table["region"].unique()
    rows = pd.DataFrame(
        {
            "region": np.repeat(regions, len(after)),
            "period": np.tile(np.array(after, dtype=object), len(regions)),
        }
    ).astype("str")
    rows = rows.reindex(columns=list(COLUMNS)).assign(status="not logged")
    for name in ("reported", "value", "lower", "upper"):
        rows[name] = rows[name].astype("Int64" if name == "reported" else "float64")
    both = pd.concat([table.astype({"reported": "Int64"}), rows], ignore_index=True)
    return both.sort_values(["region", "period"], kind="stable", ignore_index=True)


def _complete(
    source: DelayedCounts, periods: list[str]
) -> tuple[pd.DataFrame, dict[str, Estimate | NotEstimable], tuple[Check, ...]]:
    age = ages(periods, as_of=source.as_of)
    cells = source.cells
    regions = sorted(cells["region"].unique())
    triangles = {
        region: triangle_of(cells[cells["region"] == region], periods, int(age.max()))
        for region in regions
    }
    shared = fit_delay(sum(triangles.values(), np.zeros((1, 1))), age)
    rows: list[tuple[object, ...]] = []
    estimates: dict[str, Estimate | NotEstimable] = {}
    pooled = 0
    for region, triangle in triangles.items():
        own = fit_delay(triangle, age) if triangle.sum() >= OWN_DELAY else "too few"
        model = own if isinstance(own, DelayModel) else shared
        pooled += not isinstance(own, DelayModel)
        if isinstance(model, str):
            estimates["nowcast"] = NotEstimable(model, rule="not_identifiable")
            return _blank(source), estimates, ()
        first = int(triangle.sum(axis=1).argmax() > 0) and int(
            (triangle.sum(axis=1) > 0).argmax()
        )
        for n in range(first, len(periods)):
            row = _complete_period(triangle, n, age, model)
            rows.append((region, periods[n], *row))
            if row[-1] == "nowcast":
                estimates[region] = Estimate(
                    value=float(row[1]),
                    lower=float(row[2]),
                    upper=float(row[3]),
                    level=LEVEL,
                    kind="prediction",
                    unit="requests",
                )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    text = (
        f"{pooled} of {len(regions)} series have fewer than {OWN_DELAY} cases and "
        "share one model of the delay."
    )
    checks = (Check(name="shared_delay", passed=None, text=text),) if pooled else ()
    return table, estimates, checks


def _complete_period(
    triangle: Array, n: int, age: Ints, model: DelayModel
) -> tuple[int, float, float, float, str]:
    reported = int(triangle[n].sum())
    share, spread = model.at(int(age[n]))
    if share < TOO_EARLY:
        return reported, np.nan, np.nan, np.nan, "too early"
    remaining = _remaining(triangle, n, age, model, share, spread)
    tail = (1 - LEVEL) / 2
    upper = reported + float(remaining.upper(tail)[0])
    if share >= WHOLE:
        return reported, float(reported), float(reported), upper, "whole"
    lower = reported + float(remaining.upper(1 - tail)[0])
    value = reported + float(remaining.expected[0])
    return reported, value, lower, upper, "nowcast"


def _remaining(
    triangle: Array, n: int, age: Ints, model: DelayModel, share: float, spread: float
) -> Predictive:
    """Cases still to come: what is known, scaled, with all that is not known.

    The known part is a thinned count; its mean is drawn a little to that of earlier
    periods, so that an empty start does not predict an empty period.
    """
    whole = [triangle[m].sum() for m in range(n) if model.at(int(age[m]))[0] >= WHOLE][
        -12:
    ]
    before = float(np.mean(whole)) if whole else 0.0
    reported = float(triangle[n].sum())
    room = PRIOR_PERIODS + share
    mean = (reported + PRIOR_PERIODS * before + 0.1) * (1 - share) / room
    final = reported + mean
    # Variance of the share itself, learnt from so many cases.
    learnt = spread * share * (1 - share) / max(model.cases, LEAST_ROWS)
    extra = final**2 * learnt / share**2 / max(mean, 1e-9)
    base = np.array([[max(spread, 1.0)]])
    dispersion = [
        np.maximum(phi / room + extra, 1 + 1e-6)
        for phi in widen(base, df=float(max(model.periods - 1, 3)))
    ]
    return Predictive(
        weight=np.array([[weight for _, weight in NODES]]),
        mean=np.full((1, len(NODES)), max(mean, 1e-9)),
        dispersion=np.hstack(dispersion),
    )
