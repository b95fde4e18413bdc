"""A trend in words: growth, declared steps, forecast and how good forecasts were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from disclosure_trends.display import numbers, wording
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.models.uptick.series_matrix import (
    in_period,
    period_noun,
    period_words,
    region_words,
)
from disclosure_trends.results import (
    Estimate,
    Finding,
    Limit,
    NotEstimable,
    Number,
    Point,
    Result,
    Word,
    point_of,
)
from disclosure_trends.vocabulary.measures import measure_name, measure_unit
from disclosure_trends.vocabulary.periods import Freq

if TYPE_CHECKING:
    import plotly.graph_objects as go


MOST_SPREAD: Final = 10  # times the lower end; a wider interval forecasts nothing
SMALL: Final = 5  # of a lower end below this, this
NOT_STEADY: Final = "growth_not_steady"  # name of a check
FEW: Final = 8  # forecasts; of fewer no rate is given


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrendResult(Result):
    """How one series grows, steps and goes on.

    Attributes
    ----------
    tables
        `trend` (counts, fitted means with intervals), `events` (one declared date a
        row), `forecast` (`period, period_start, expected, lower, upper`),
        `track_record` (`horizon, forecasts, coverage, level, wis, wis_naive, skill`).
    estimates
        `growth_per_year` (ratio, 1 is none), `growth_per_year_pooled`, and one ratio
        per event under its name.
    region, level, freq, measure, events, dispersion
        As asked for; the dispersion is None where nothing fitted.
    by
        What the series are; those by authority are for the analyst alone.
    """

    figures: ClassVar[tuple[str, ...]] = ("trend",)

    region: str
    level: float
    freq: Freq
    measure: str
    events: tuple[str, ...]
    dispersion: float | None
    by: tuple[str, ...] = ("region",)

    @property
    def is_shown(self) -> bool:
        """Whether a report may show it: not a series that names an authority."""
        return "authority" not in self.by

    def findings(self) -> tuple[Finding, ...]:
        """Say how the series grows, what each declared date changed, what is next."""
        return (self._growth(), *self._steps(), *self._next(), *self._record())

    def points(self) -> tuple[Point, ...]:
        """Choose each finding with its first number, but no number of a handful."""
        return tuple(
            point_of(one, next(iter(one.numbers.values())))
            for one in self.findings()
            if "inside" not in one.numbers
        )

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Return the track record of the forecasts."""
        record = self.tables["track_record"]
        if record.empty:
            return ()
        return (
            TableSpec(
                name="track_record",
                caption="How forecasts of the last periods would have fared",
                columns=(
                    ColumnRule(key="horizon", label="Periods ahead", kind="count"),
                    ColumnRule(key="forecasts", label="Forecasts", kind="count"),
                    ColumnRule(key="coverage", label="Within interval", kind="percent"),
                    ColumnRule(key="level", label="Interval", kind="percent"),
                    ColumnRule(key="wis", label="Score", kind="ratio"),
                    ColumnRule(key="wis_naive", label="Last year's", kind="ratio"),
                    ColumnRule(key="skill", label="Better by", kind="percent"),
                ),
                rows=record,
                note="Score: weighted interval score in counts, lower is better. Last "
                "year's: the count a year earlier as forecast.",
            ),
        )

    def limits(self) -> tuple[Limit, ...]:
        """Say what a trend does not show."""
        return (
            Limit(
                "Before and after",
                "A step at a declared date is a difference before and after it, "
                "whatever else changed at the time.",
            ),
            Limit(
                "Growth",
                "A series that stepped once and one that grows steadily can have the "
                "same growth per year.",
            ),
            Limit("Forecast", "A forecast holds while things go on as they did."),
        )

    def words(self) -> tuple[Word, ...]:
        """Explain growth."""
        return (
            Word(
                "Growth per year",
                "By what factor the count changes in a year, season and declared steps "
                "apart; 1.00 is none.",
            ),
        )

    def _growth(self) -> Finding:
        growth = self.estimates["growth_per_year"]
        name = region_words(self.region)
        if isinstance(growth, NotEstimable):
            said = f"{name}: no trend can be given, {growth.reason}"
        else:
            word = wording.direction(growth.lower, growth.upper)
            verb = {"rose": "rose", "fell": "fell"}.get(word, "did not clearly move")
            value = numbers.ratio(growth.value or 0.0)
            span = numbers.span(growth.lower, growth.upper, "per year")
            said = f"{name} {verb}: {value} times a year ({span}), season apart"
            if any(check.name == NOT_STEADY for check in self.checks):
                said += ", but a constant growth does not describe the series"
        return self._finding(f"trend-{self.region}", said, {"growth_per_year": growth})

    def _steps(self) -> Iterator[Finding]:
        for number, name in enumerate(self.events, start=1):
            effect = self.estimates[name]
            if isinstance(effect, NotEstimable):
                said = f"After {name} no change can be given, {effect.reason}"
            else:
                word = wording.direction(effect.lower, effect.upper)
                verb = {"rose": "higher", "fell": "lower"}.get(
                    word, "not clearly moved"
                )
                value = numbers.ratio(effect.value or 0.0)
                span = numbers.span(effect.lower, effect.upper, "ratio")
                said = f"After {name} the level was {verb}: {value} times ({span})"
            yield self._finding(
                f"event-{self.region}-{number}", said, {"rate_ratio": effect}
            )

    def _next(self) -> Iterator[Finding]:
        table = self.tables["forecast"]
        if table.empty:
            return
        last = table.iloc[-1]
        expected = Estimate(
            value=float(last["expected"]),
            lower=float(last["lower"]),
            upper=float(last["upper"]),
            level=self.level,
            kind="prediction",
            unit=measure_unit(self.measure) or measure_name(self.measure),
        )
        when = period_words(str(last["period"]))
        level = numbers.percent(self.level)
        ends = numbers.span(expected.lower, expected.upper, "requests")
        said = (
            f"{region_words(self.region)}: {numbers.count(last['expected'])} are "
            f"expected {in_period(str(last['period']))} ({ends}, the {level} interval)"
        )
        if last["upper"] > MOST_SPREAD * max(last["lower"], SMALL):
            said = (
                f"{region_words(self.region)}: no forecast is of use; the {level} "
                f"interval for {when} goes from {ends}"
            )
        found: dict[str, Number] = {"expected": expected, "period": when}
        found["level"] = level
        yield self._finding(f"forecast-{self.region}", said, found)

    def _record(self) -> Iterator[Finding]:
        record = self.tables["track_record"]
        if record.empty:
            return
        row = record.iloc[0]
        inside = numbers.percent(row["coverage"])
        level = numbers.percent(row["level"])
        n = int(row["forecasts"])
        if n < FEW:
            yield self._few(n, inside=round(n * float(row["coverage"])), level=level)
            return
        better = row["wis"] < row["wis_naive"]
        said = (
            f"Of {numbers.count(n)} past forecasts one {period_noun(self.freq)} ahead "
            f"{inside} fell within their {level} interval; they were "
            f"{'closer than' if better else 'no closer than'} last year's count"
        )
        found: dict[str, Number] = {"coverage": inside, "level": level, "forecasts": n}
        yield self._finding(f"record-{self.region}", said, found)

    def _few(self, n: int, *, inside: int, level: str) -> Finding:
        """Say of a handful of forecasts how they fared, and make no rate of it."""
        past = (
            f"past forecast{'' if n == 1 else 's'} one {period_noun(self.freq)} ahead"
        )
        if n == 1:
            fared = "fell" if inside else "did not fall"
            said = f"The one {past} that can be checked {fared} within its {level} "
            said += "interval: too little to trust or to blame the method"
        else:
            said = (
                f"Of only {numbers.count(n)} {past} {numbers.count(inside)} fell "
                f"within their {level} interval: too few for a rate"
            )
        found: dict[str, Number] = {"inside": inside, "forecasts": n, "level": level}
        return self._finding(f"record-{self.region}", said, found)

    def _finding(self, slug: str, said: str, found: dict[str, Number]) -> Finding:
        return Finding(
            id=slug,
            question="How does the count grow?",
            statement=wording.sentence(said),
            numbers=found,
            evidence=self.evidence,
            region=self.region,
            checks=self.checks,
        )

    def _draw(self, name: str) -> go.Figure:
        from disclosure_trends.display.forecast import draw_trend

        return draw_trend(
            self.tables["trend"],
            forecast=self.tables["forecast"],
            events=self.tables["events"],
            name=name,
            title=self.findings()[0].statement,
            measure=self.measure,
            simulated=self.evidence == "simulated",
        )
