"""Rates of a cleaned log by region and period, with Wilson intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, get_args

import pandas as pd

from disclosure_trends.counts.aggregate import (
    count_grid,
    counting_checks,
    missing_columns,
)
from disclosure_trends.counts.cells import MEASURES, Where
from disclosure_trends.counts.maturity import mark_mature
from disclosure_trends.counts.rate_rules import (
    LEVEL,
    RULES,
    Rate,
    RateRule,
    rates_table,
    wilson_interval,
)
from disclosure_trends.display import numbers
from disclosure_trends.display.tables import TableSpec
from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.results import (
    Estimate,
    Finding,
    Limit,
    NotEstimable,
    Point,
    Result,
    Word,
)
from disclosure_trends.vocabulary.periods import Freq, parse_period
from disclosure_trends.vocabulary.regions import describe_region

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RatesResult(Result):
    """A rate by region and period.

    Attributes
    ----------
    rate, freq : str
        Which rate; length of a period.
    by : tuple of str
        What the key columns hold. One name: its column is called ``region``.
    as_of : str
        Last day of which the log knows.
    """

    figures: ClassVar[tuple[str, ...]] = ("rates",)

    rate: str
    freq: Freq
    by: tuple[str, ...]
    as_of: str

    @property
    def is_shown(self) -> bool:
        """Whether a report may show it: no authority, nothing below one key."""
        return len(self.by) == 1 and self.by != ("authority",)

    def findings(self) -> tuple[Finding, ...]:
        """Say the latest complete rate of each series."""
        if not self.is_shown:
            return ()
        return tuple(self._finding(name, one) for name, one in self.estimates.items())

    def _finding(self, region: str, estimate: Estimate | NotEstimable) -> Finding:
        rule = RULES[self.rate]
        where = describe_region(region)
        if isinstance(estimate, NotEstimable):
            statement = f"No rate for {where}: {estimate.reason}."
            return self._said(region, statement, {"rate": estimate}, period=None)
        last = latest_complete(self.table, region)
        cases, period = int(last["denominator"]), str(last["period"])
        words = parse_period(period).words
        share = numbers.ratio(estimate.value or 0.0)
        if rule.unit == "share":
            share = numbers.percent(estimate.value or 0.0)
            ends = numbers.span(estimate.lower, estimate.upper, "share")
            statement = (
                f"{share} of {numbers.count(cases)} {rule.of_what} from {where} "
                f"{rule.share_of} in {words} (95% interval {ends})."
            )
        else:
            statement = (
                f"{share} {rule.share_of} from {where} in {words}, over "
                f"{numbers.count(cases)} {rule.of_what}."
            )
        parts: dict[str, Estimate | NotEstimable | int | str] = {
            "rate": estimate,
            "cases": cases,
            "period": words,
        }
        return self._said(region, statement, parts, period=period)

    def _said(
        self,
        region: str,
        statement: str,
        parts: Mapping[str, Estimate | NotEstimable | int | str],
        *,
        period: str | None,
    ) -> Finding:
        return Finding(
            id=f"{self.rate}_{region}",
            question=f"What was the {self.rate.replace('_', ' ')} rate?",
            statement=statement,
            numbers=parts,
            evidence=self.evidence,
            region=region,
            period=period,
            checks=self.checks,
        )

    def points(self) -> tuple[Point, ...]:
        """Show up to six rates."""
        unit = RULES[self.rate].unit
        if not self.is_shown:
            return ()
        return tuple(
            Point(f"{self.rate}_{name}", numbers.number(one.value or 0.0, unit))
            for name, one in self.estimates.items()
            if isinstance(one, Estimate)
        )[:6]

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Show all rates."""
        if not self.is_shown:
            return ()
        return (rates_table(self.table, rate=self.rate),)

    def limits(self) -> tuple[Limit, ...]:
        """Say what a rate cannot tell."""
        text = (
            "A rate may move because other requests came in, not because the same "
            "ones were treated differently."
        )
        return (Limit("Mix", text),)

    def words(self) -> tuple[Word, ...]:
        """Define the rate."""
        name = f"{self.rate.replace('_', ' ')} rate"
        return (Word(name, RULES[self.rate].meaning),)

    def _draw(self, name: str) -> "go.Figure":
        del name
        from disclosure_trends.display.rates import draw_rates

        if not self.is_shown:
            raise SettingsError(
                f"figure(): rates by {', '.join(self.by)} are for the analyst alone; "
                "a figure has one key that names no authority; choose another by="
            )
        return draw_rates(
            self.table,
            spec=rates_table(self.table, rate=self.rate),
            meaning=RULES[self.rate].meaning,
            unit=RULES[self.rate].unit,
            as_of=self.as_of,
            simulated=self.evidence == "simulated",
        )


def rate_requests(
    cleaned: CleanedLog,
    *,
    by: str | tuple[str, ...] = "region",
    freq: Freq = "quarter",
    rate: Rate = "validity",
    regions: Sequence[str] | None = None,
    where: Where | None = None,
    within_days: int | None = None,
) -> RatesResult:
    """Compute a rate by region (or another key) and period.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    by, freq, regions, where, within_days
        As in `count_requests`.
    rate : str
        ``validity`` = valid / (valid + invalid); ``disclosure`` = disclosed or partly
        disclosed / (received - pending - withdrawn); ``designated_line`` = on it /
        line known; ``accounts_per_request``. What is unknown is in no rate.

    Returns
    -------
    RatesResult
        ``.table`` has ``numerator, denominator, rate, lower, upper, status`` with
        Wilson intervals (none for accounts, whose number varies between requests);
        ``.estimates`` one per series, of its latest complete period; the series with
        the most cases first.

    Raises
    ------
    SettingsError
        An argument does not exist.
    """
    if rate not in get_args(Rate):
        raise SettingsError(
            f"rate: {rate!r} is unknown; allowed are {', '.join(get_args(Rate))}"
            f"{nearest(str(rate), get_args(Rate))}"
        )
    names = (by,) if isinstance(by, str) else tuple(by)
    grid = count_grid(
        cleaned,
        by=names,
        freq=freq,
        regions=regions,
        where=where,
        within_days=within_days,
    )
    rule = RULES[rate]
    lacking = tuple(
        dict.fromkeys(
            what
            for measure in rule.needs
            for what in missing_columns(cleaned, measure, within_days=within_days)
        )
    )
    table = _rates(grid, rule=rule, known=not lacking)
    ripe = mark_mature(table["period"], as_of=cleaned.as_of, wait_days=within_days or 0)
    table["status"] = [
        _status(cases, complete=bool(complete), lacking=bool(lacking))
        for cases, complete in zip(table["denominator"], ripe, strict=True)
    ]
    return RatesResult(
        tables={"rates": table},
        estimates=_latest(table, rule=rule, lacking=lacking) if len(names) == 1 else {},
        checks=counting_checks(
            cleaned, names, regions, missing=lacking, measures=rule.needs
        ),
        evidence=cleaned.evidence,
        rate=rate,
        freq=freq,
        by=names,
        as_of=cleaned.as_of.isoformat(),
    )


def _rates(grid: pd.DataFrame, *, rule: RateRule, known: bool) -> pd.DataFrame:
    keys = [column for column in grid.columns if column not in MEASURES]
    table = grid[keys].copy()
    starts = {p: pd.Timestamp(parse_period(p).start) for p in table["period"].unique()}
    table["period_start"] = pd.to_datetime(table["period"].map(starts)).astype(
        "datetime64[us]"
    )
    for name, parts in (
        ("numerator", rule.numerator),
        ("denominator", rule.denominator),
    ):
        total = sum(grid[measure] * sign for measure, sign in parts.items())
        table[name] = pd.Series(total, index=grid.index).astype("Int64")
        if not known:
            table[name] = pd.array([pd.NA] * len(table), dtype="Int64")
    values = [
        _rate(hits, cases, unit=rule.unit)
        for hits, cases in zip(table["numerator"], table["denominator"], strict=True)
    ]
    for place, name in enumerate(("rate", "lower", "upper")):
        column = [value[place] for value in values]
        table[name] = pd.array(column, dtype="Float64")
    return table


def _rate(
    hits: object, cases: object, *, unit: str
) -> tuple[float | None, float | None, float | None]:
    if cases is pd.NA or int(str(cases)) <= 0:
        return None, None, None
    n, total = int(str(hits)), int(str(cases))
    if unit != "share":
        return n / total, None, None
    return n / total, *wilson_interval(n, total)


def _status(cases: object, *, complete: bool, lacking: bool) -> str:
    if lacking:
        return "not recorded"
    if not complete:
        return "incomplete period"
    return "estimated" if int(str(cases)) > 0 else "no cases"


def latest_complete(table: pd.DataFrame, region: str) -> "pd.Series[str]":
    """Return the row of the latest complete period of a series that has cases.

    Parameters
    ----------
    table : pandas.DataFrame
        Of a `RatesResult`.
    region : str
        The series; it has such a row.

    Returns
    -------
    pandas.Series
        The row.
    """
    rows = table[(table["region"] == region) & (table["status"] == "estimated")]
    return rows.sort_values("period_start").iloc[-1]


def _latest(
    table: pd.DataFrame, *, rule: RateRule, lacking: tuple[str, ...]
) -> dict[str, Estimate | NotEstimable]:
    estimates: dict[str, Estimate | NotEstimable] = {}
    cases = table.groupby("region", sort=True)["denominator"].sum()
    for region in cases.sort_values(ascending=False, kind="stable").index:
        known = table[(table["region"] == region) & (table["status"] == "estimated")]
        if lacking:
            reason = f"{lacking[0]} is not recorded"
            estimates[region] = NotEstimable(reason, rule="not_recorded")
        elif known.empty:
            reason = f"there are no {rule.of_what} in a complete period"
            estimates[region] = NotEstimable(reason, rule="no_cases")
        else:
            row = latest_complete(table, region)
            bounded = rule.unit == "share"
            estimates[region] = Estimate(
                value=float(row["rate"]),
                lower=float(row["lower"]) if bounded else None,
                upper=float(row["upper"]) if bounded else None,
                level=LEVEL,
                kind="confidence",
                unit=rule.unit,
            )
    return estimates
