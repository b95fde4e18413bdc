"""One row a region: is it up, since when, by how much, and what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.display import numbers, wording
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.models.change_point import (
    ONE_SIDED,
    ChangePointResult,
    date_uptick,
    is_clear,
)
from disclosure_trends.models.uptick.result import UptickScan
from disclosure_trends.models.uptick.series_matrix import in_period, period_words
from disclosure_trends.models.uptick.tables import last_counts
from disclosure_trends.models.uptick.words import Row, number_or_none, result_word
from disclosure_trends.results import (
    Estimate,
    Finding,
    Limit,
    NotEstimable,
    Point,
    Result,
    Word,
)
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.regions import label_region

if TYPE_CHECKING:
    import plotly.graph_objects as go

QUIET: Final = "quiet-"  # findings of a scan about one series without an alarm
RATES: Final = ("chance", "calibration")  # findings of a scan about its error rates
COLUMNS: Final = (
    "region",
    "period",
    "value",
    "expected",
    "lower",
    "upper",
    "verdict",
    "since",
    "change",
    "change_lower",
    "change_upper",
    "provisional",
)
WIDEST: Final = 0.5  # share of all periods; a wider set of dates dates nothing
NONE: Final = Estimate(value=None, lower=None, upper=None)
LIMITS: Final = (
    Limit(
        "Quiet regions",
        "No alarm is no proof that nothing rose: small rises are often missed, as the "
        "error rates say.",
    ),
    Limit(
        "Since when",
        "A date that was searched for assumes one lasting change, is weaker evidence "
        "than one declared beforehand, and says nothing about the cause.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegionRows(Result):
    """The latest complete period of every region, beside the date of its one change.

    Attributes
    ----------
    tables
        `regions`: one row a region with `region, period, value, expected, lower,
        upper, verdict, since, change, change_lower, change_upper, provisional`;
        `lower` and `upper` are what the region's own past makes likely, `since` and
        `change` are missing where no lasting change stands out.
    scan
        Whether each region is up.
    dated
        Since when, by region.
    left_out
        Regions that never had a case.
    """

    figures: ClassVar[tuple[str, ...]] = ("upticks",)

    scan: UptickScan
    dated: Mapping[str, ChangePointResult]
    left_out: tuple[str, ...]

    @property
    def is_shown(self) -> bool:
        """Whether a report may show it: not a series that names an authority."""
        return self.scan.is_shown

    def findings(self) -> tuple[Finding, ...]:
        """Say what rose, and since when; what stayed as expected is in the rows."""
        said = [f for f in self.scan.findings() if not f.id.startswith(QUIET)]
        rates = [f for f in said if f.id in RATES]
        dated = [
            found
            for result in self.dated.values()
            if _why_undated(result) is None
            for found in result.findings()
        ]
        return (*(f for f in said if f not in rates), *dated, *rates)

    def points(self) -> tuple[Point, ...]:
        """Leave the main points to what the report is about."""
        return ()

    def limits(self) -> tuple[Limit, ...]:
        """Say what the rows do not show."""
        return LIMITS

    def words(self) -> tuple[Word, ...]:
        """Explain the words of the rows."""
        return self.scan.words()

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Return one row a region in words, strongest change first."""
        rows = self.tables["regions"]
        if rows.empty:
            return ()
        label = wording.sentence(measure_name(self.scan.measure)).rstrip(".")
        shown = pd.DataFrame([_shown(row) for row in rows.to_dict("records")])
        past = last_counts(self.scan.tables["history"], until=str(rows["period"].max()))
        shown["past"] = rows["region"].map(past)
        note = (
            "Expected: what a region's own past makes likely. Since and change: where "
            "one lasting rise or fall stands out from noise. Not complete: periods "
            "whose counts may still grow or that the log does not reach, never judged."
        )
        if self.left_out:
            named = wording.listing([label_region(one) for one in self.left_out])
            note += f" Without a row, because they had no case: {named}."
        return (
            TableSpec(
                name="regions",
                caption=f"Every region {in_period(str(rows['period'].max()))}",
                columns=(
                    ColumnRule(key="name", label="Region"),
                    ColumnRule(key="past", label="Last periods", kind="spark"),
                    ColumnRule(key="value", label=label, kind="count"),
                    ColumnRule(key="band", label="Expected"),
                    ColumnRule(key="verdict", label="Verdict"),
                    ColumnRule(key="since", label="Since"),
                    ColumnRule(key="change", label="Change"),
                    ColumnRule(key="provisional", label="Not complete"),
                ),
                rows=shown,
                note=note,
            ),
        )

    def _draw(self, name: str) -> go.Figure:
        return self.scan.figure(name)


def region_rows(scan: UptickScan, *, level: float = 0.95) -> RegionRows:
    """Put the verdict of a scan beside the date of each region's one lasting change.

    Parameters
    ----------
    scan : UptickScan
        What the scan found; it holds the counts.
    level : float
        Level of the set of dates and of the ratio's interval.

    Returns
    -------
    RegionRows
        One row a region that ever had a case, strongest change first.
    """
    latest = scan.latest
    counts = Counts(
        table=scan.tables["history"],
        freq=scan.freq,
        measure=scan.measure,
        evidence=scan.evidence,
        as_of=None,
        by=scan.by,
        checks=(),
    )
    totals = counts.table.groupby("region", sort=False)["value"].sum()
    held = [region for region in counts.regions if totals[region] > 0]
    dated = {r: date_uptick(counts, region=r, level=level) for r in held}
    order = [str(region) for region in scan.tables["ranking"]["region"]]
    order = [r for r in order if r in held] + [r for r in held if r not in order]
    records = latest.set_index("region").to_dict("index") if len(latest) else {}
    rows = [
        _row(region, records[region], dated[region], counts)
        for region in order
        if region in records
    ]
    return RegionRows(
        tables={"regions": pd.DataFrame(rows, columns=list(COLUMNS))},
        checks=scan.checks,
        evidence=scan.evidence,
        scan=scan,
        dated=dated,
        left_out=tuple(region for region in counts.regions if region not in held),
    )


def _row(
    region: str, found: Row, dated: ChangePointResult, counts: Counts
) -> dict[str, object]:
    ratio, undated = dated.estimates["rate_ratio"], _why_undated(dated)
    change = ratio if undated is None and isinstance(ratio, Estimate) else NONE
    period = str(found["period"])
    series = counts.series(region)
    complete = series.loc[series["is_complete"] & series["value"].notna(), "period"]
    last = str(complete.iloc[-1]) if len(complete) else ""
    open_ = series.loc[series["period"] > last, "period"]
    return {
        "region": region,
        "period": period,
        "value": found["value"],
        "expected": number_or_none(found["expected"]),
        "lower": number_or_none(found["lower"]),
        "upper": number_or_none(found["upper"]),
        "verdict": _verdict(found),
        "since": undated or _since(dated),
        "change": change.value,
        "change_lower": change.lower,
        "change_upper": change.upper,
        "provisional": _span(list(open_)),
    }


def _verdict(found: Row) -> str:
    if found["status"] == "examined" and found["value"] < found["lower"]:
        return "below expected"
    return result_word(found)


def _why_undated(dated: ChangePointResult) -> str | None:
    """Say why a region has no date; None where it has one."""
    ratio = dated.estimates["rate_ratio"]
    if isinstance(ratio, NotEstimable) and ratio.rule not in ONE_SIDED:
        return ratio.reason
    if isinstance(ratio, Estimate) and not is_clear(ratio):
        return "no lasting rise or fall stands out"
    if len(dated.date_set) > WIDEST * int(dated.tables["history"]["is_complete"].sum()):
        return "no date stands out"
    return None


def _since(dated: ChangePointResult) -> str:
    """Name the first and the last likely date."""
    first, last = (period_words(dated.date_set[k]) for k in (0, -1))
    return first if len(dated.date_set) == 1 else f"between {first} and {last}"


def _span(periods: list[str]) -> str:
    """Name the first and the last of some periods."""
    if not periods:
        return "none"
    first, last = period_words(periods[0]), period_words(periods[-1])
    return first if len(periods) == 1 else f"{first} to {last}"


def _shown(row: Row) -> dict[str, object]:
    """Write a row as a reader sees it."""
    band = change = None
    if row["upper"] is not None and not pd.isna(row["upper"]):
        band = numbers.count(row["upper"])
        if not pd.isna(row["lower"]):
            band = f"{numbers.count(row['lower'])} to {band}"
    if not pd.isna(row["change"]):
        span = numbers.span(row["change_lower"], row["change_upper"], "ratio")
        change = f"{numbers.ratio(row['change'])} times ({span})"
    return {
        "name": label_region(str(row["region"])),
        "value": row["value"],
        "band": band,
        "verdict": row["verdict"],
        "since": row["since"],
        "change": change,
        "provisional": row["provisional"],
    }
