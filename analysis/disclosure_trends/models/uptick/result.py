"""A scan for upticks in words: one line per series, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
import pandas as pd

from disclosure_trends.display import numbers, wording
from disclosure_trends.display.tables import TableSpec
from disclosure_trends.models.calibration import Shape, operating_curve
from disclosure_trends.models.uptick.error_rates import error_rates_figure
from disclosure_trends.models.uptick.series_matrix import (
    in_period,
    period_words,
    region_words,
)
from disclosure_trends.models.uptick.tables import shown_rows
from disclosure_trends.models.uptick.words import (
    LIMITS,
    WORDS,
    Row,
    few,
    number_or_none,
    p_text,
    say_calibration,
    say_chance,
    why_short,
)
from disclosure_trends.results import (
    Estimate,
    Finding,
    Limit,
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

    from disclosure_trends.models.region_rows import RegionRows

QUESTION: Final = "Is the latest count above what its own past predicts?"
ALL_NAMED: Final = 40  # series; beyond, only alarms get a sentence each
MOST_POINTS: Final = 6
VERDICT: Final = 160  # characters
SMALLEST_BASE: Final = 5  # no ratio on less


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UptickScan(Result):
    """Which series are up in the latest complete period, at a stated error rate.

    Attributes
    ----------
    tables
        `upticks` (one row per series and examined period), `ranking` (ratio of count
        to expectation in the latest period, shrunk), `short_history` (what counting
        noise alone would say of series too short to judge), `history` (the counts).
    method, false_alarm_rate, freq, measure, as_of
        As asked for.
    shape
        Shape of the typical series, for the error rates; None if none was examined.
    by
        What the series are; those by authority are for the analyst alone.
    """

    figures: ClassVar[tuple[str, ...]] = ("upticks", "error_rates")

    method: Literal["calibrated", "farrington"]
    false_alarm_rate: float
    freq: Freq
    measure: str
    as_of: str | None
    shape: Shape | None
    by: tuple[str, ...] = ("region",)

    @property
    def is_shown(self) -> bool:
        """Whether a report may show it: not a series that names an authority."""
        return "authority" not in self.by

    @property
    def strongest(self) -> str:
        """Series with most alarms; else the one that is largest."""
        table, history = self.tables["upticks"], self.tables["history"]
        alarms = table.loc[table["alarm"].fillna(value=False).astype("bool"), "region"]
        if len(alarms):
            return str(alarms.value_counts().sort_index(kind="stable").idxmax())
        totals = history.groupby("region")["value"].sum()
        return "" if totals.empty else str(totals.idxmax())

    @property
    def latest(self) -> pd.DataFrame:
        """Rows of the latest period in which anything was examined."""
        table = self.tables["upticks"]
        examined = table[table["status"] == "examined"]
        if examined.empty and table.empty:
            return table
        period = (examined if len(examined) else table)["period"].max()
        latest: pd.DataFrame = table.loc[table["period"] == period]
        return latest

    def findings(self) -> tuple[Finding, ...]:
        """Say what rose, series by series, and how often that would be chance."""
        latest = self.latest
        said = [
            self._headline(latest),
            *self._earlier(latest),
            *self._series(latest),
            *self._short(),
        ]
        return (*said, *self._chance(), *self._calibration())

    def points(self) -> tuple[Point, ...]:
        """Choose the alarms of the latest period as main points."""
        found = self.findings()
        alarms = [one for one in found if one.id.startswith(("uptick-", "earlier-"))]
        rates = [one for one in found if one.id in {"chance", "calibration"}]
        chosen = [*alarms[: MOST_POINTS - len(rates)], *rates]
        return tuple(
            point_of(one, next(iter(one.numbers.values())), self._unit_of(one.id))
            for one in chosen
        )

    def _unit_of(self, finding: str) -> str:
        """Say what the number beside a sentence counts."""
        if finding == "calibration":
            return "of quiet periods"
        return self._unit if finding.startswith("uptick-") else "alarms"

    @property
    def _unit(self) -> str:
        return measure_unit(self.measure) or measure_name(self.measure)

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Return the latest period of every series, strongest change first."""
        latest = self.latest
        if latest.empty:
            return ()
        history, order = self.tables["history"], self.tables["ranking"]
        return (
            shown_rows(latest, ranking=order, history=history, measure=self.measure),
        )

    def by_region(self, *, level: float = 0.95) -> RegionRows:
        """Put the latest verdict of each series beside the date of its lasting change.

        Parameters
        ----------
        level : float
            Level of the set of dates and of the ratio's interval.

        Returns
        -------
        RegionRows
            One row a series that ever had a case, strongest change first.
        """
        from disclosure_trends.models.region_rows import region_rows

        return region_rows(self, level=level)

    def limits(self) -> tuple[Limit, ...]:
        """Say what a scan does not show."""
        return LIMITS

    def words(self) -> tuple[Word, ...]:
        """Explain the words of the findings."""
        return WORDS

    def _draw(self, name: str) -> go.Figure:
        simulated = self.evidence == "simulated"
        if name == "error_rates":
            return error_rates_figure(self.shape, name=name, simulated=simulated)
        from disclosure_trends.display.series import draw_upticks

        return draw_upticks(
            self.tables["history"],
            scan=self.tables["upticks"],
            order=[str(region) for region in self.tables["ranking"]["region"]],
            name=name,
            title=self._headline(self.latest).statement,
            measure=self.measure,
            as_of=self.as_of or "",
            simulated=simulated,
        )

    def _finding(
        self,
        slug: str,
        statement: str,
        found: dict[str, Number],
        row: Row | None = None,
    ) -> Finding:
        return Finding(
            id=slug,
            question=QUESTION,
            statement=statement,
            numbers=found,
            evidence=self.evidence,
            region=None if row is None else str(row["region"]),
            period=None if row is None else str(row["period"]),
        )

    def _headline(self, latest: pd.DataFrame) -> Finding:
        examined = latest[latest["status"] == "examined"]
        n = len(examined)
        if not n:
            return self._nothing_examined(latest)
        period = str(examined["period"].iloc[0])
        when = in_period(period)
        up = [region_words(str(r)) for r in examined.loc[examined["alarm"], "region"]]
        found: dict[str, Number] = {
            "alarms": len(up),
            "examined": n,
            "period": period_words(period),
        }
        if not up:
            what = {1: "The series", 2: "Both series"}.get(n, f"All {numbers.count(n)}")
            if n < len(latest):
                found["series"] = len(latest)
                what = f"{numbers.count(n)} of {numbers.count(len(latest))} series "
                what += "could be examined and"
            below = bool((examined["value"] < examined["lower"]).any())
            stayed = "stayed at or below" if below else "stayed within"
            said = f"No uptick {when}: {what[:1].lower()}{what[1:]} {stayed} what "
            said += "its own past" if n == 1 else "their own past"
            said += " makes likely"
            more = f"{said}{self._but_earlier(latest)}."
            return self._finding(
                "upticks", more if len(more) <= VERDICT else f"{said}.", found
            )
        if n == 1:
            said = f"{up[0]} rose above what its own past makes likely {when}."
            return self._finding("upticks", wording.sentence(said), found)
        said = (
            f"{numbers.count(len(up))} of {numbers.count(n)} series rose above what "
            f"their own past makes likely {when}"
        )
        named = f"{said}: {wording.listing(up)}."
        return self._finding(
            "upticks", named if len(named) <= VERDICT else f"{said}.", found
        )

    def _but_earlier(self, latest: pd.DataFrame) -> str:
        """Name the series that raised alarms before, so that no calm is claimed."""
        before = self._raised_before(latest)["region"].value_counts()
        if before.empty:
            return ""
        names = [region_words(str(region)) for region in before.sort_index().index]
        return f", but {wording.listing(names)} raised alarms earlier"

    def _raised_before(self, latest: pd.DataFrame) -> pd.DataFrame:
        """Rows of earlier periods in which an alarm was raised."""
        table = self.tables["upticks"]
        raised = table["alarm"].fillna(value=False).astype("bool")
        rows: pd.DataFrame = table[raised & (table["period"] < latest["period"].max())]
        return rows

    def _nothing_examined(self, latest: pd.DataFrame) -> Finding:
        for check in self.checks:
            if check.name == "not_recorded" and check.passed is False:
                why = check.text[:1].lower() + check.text[1:]
                said = f"No uptick can be claimed: {why}"
                return self._finding("upticks", wording.sentence(said), {"examined": 0})
        if latest.empty:
            none = "No uptick can be claimed, there is no series to examine."
            return self._finding("upticks", none, {"examined": 0})
        reasons = latest["status"].value_counts().sort_index()
        counted = {str(reason): int(n) for reason, n in reasons.items()}
        each = [f"{why} ({numbers.count(n)})" for why, n in counted.items()]
        listed = wording.listing(each)
        said = f"No uptick can be claimed, no series could be examined: {listed}."
        return self._finding("upticks", said, {"examined": 0, **counted})

    def _series(self, latest: pd.DataFrame) -> Iterator[Finding]:
        examined = latest[latest["status"] == "examined"]
        few = len(latest) <= ALL_NAMED
        order = examined.sort_values("p_value", kind="stable")
        for row in order.to_dict("records"):
            if bool(row["alarm"]):
                yield self._risen(row)
            elif few:
                yield self._quiet(row)

    def _earlier(self, latest: pd.DataFrame) -> Iterator[Finding]:
        """Name the alarms of earlier examined periods, series by series."""
        if latest.empty:
            return
        before = self._raised_before(latest)
        groups = sorted(before.groupby("region"), key=lambda pair: -len(pair[1]))
        for region, rows in groups[:ALL_NAMED]:
            n = len(rows)
            first, last = (period_words(str(rows["period"].iloc[k])) for k in (0, -1))
            when = in_period(str(rows["period"].iloc[0]))
            if n > 1:
                when = f"between {first} and {last}"
            said = (
                f"{region_words(str(region))}: "
                f"{wording.plural(n, 'earlier alarm')} {when}"
            )
            yield self._finding(
                f"earlier-{region}", wording.sentence(said), {"alarms": n, "when": when}
            )

    def _risen(self, row: Row) -> Finding:
        found = self._numbers(row)
        said = (
            f"{self._subject(row)}, above the {numbers.count(row['upper'])} that its "
            f"own past makes likely: about {few(row['expected'])} were expected"
        )
        if row["expected"] >= SMALLEST_BASE:
            ratio = float(row["value"]) / float(row["expected"])
            found["rate_ratio"] = Estimate(
                value=ratio, lower=None, upper=None, level=None, unit="ratio"
            )
            said += f", {numbers.ratio(ratio)} times as many came"
        said += "."
        return self._finding(f"uptick-{row['region']}", said, found, row)

    def _quiet(self, row: Row) -> Finding:
        found = self._numbers(row)
        said = (
            f"{self._subject(row)}, not above the {numbers.count(row['upper'])} that "
            "its own past makes likely."
        )
        return self._finding(f"quiet-{row['region']}", said, found, row)

    def _subject(self, row: Row) -> str:
        name = wording.sentence(region_words(str(row["region"]))).rstrip(".")
        when = in_period(str(row["period"]))
        return f"{name}: {numbers.count(row['value'])} {when}"

    def _numbers(self, row: Row) -> dict[str, Number]:
        lower = None if np.isnan(row["lower"]) else float(row["lower"])
        return {
            "value": int(row["value"]),
            "expected": Estimate(
                value=float(row["expected"]),
                lower=lower,
                upper=float(row["upper"]),
                level=1 - (1 if lower is None else 2) * self.false_alarm_rate,
                kind="prediction",
                unit=self._unit,
            ),
            "upper": float(row["upper"]),
            "p_value": float(row["p_value"]),
            "q_value": float(row["q_value"]),
        }

    def _short(self) -> Iterator[Finding]:
        """Say of short series what may be said, and that it is no uptick."""
        table = self.tables["short_history"]
        latest = table[table["period"] == self.latest["period"].max()]
        for row in latest.head(ALL_NAMED).to_dict("records"):
            found: dict[str, Number] = {
                "value": int(row["value"]),
                "previous": int(row["previous"]),
                "rate_ratio": Estimate(
                    value=number_or_none(row["rate_ratio"]),
                    lower=number_or_none(row["lower"]),
                    upper=number_or_none(row["upper"]),
                    unit="ratio",
                ),
                "exact_p": p_text(row["exact_p"]),
                "dispersion": float(row["dispersion"]),
                "scaled_p": p_text(row["scaled_p"]),
            }
            said = f"{self._subject(row)} after {numbers.count(row['previous'])}{{}}"
            yield self._finding(
                f"short-{row['region']}", said.format(why_short(row)), found, row
            )

    def _chance(self) -> Iterator[Finding]:
        table = self.tables["upticks"]
        examined = int((table["status"] == "examined").sum())
        if examined < 2:
            return
        alarms = int(table["alarm"].sum())
        series = table.loc[table["status"] == "examined", "region"].nunique()
        yield self._finding(
            "chance",
            *say_chance(
                alarms, cells=examined, series=series, rate=self.false_alarm_rate
            ),
        )

    def _calibration(self) -> Iterator[Finding]:
        if self.shape is None:
            return
        said, found = say_calibration(operating_curve(self.shape), shape=self.shape)
        yield self._finding("calibration", said, found)
