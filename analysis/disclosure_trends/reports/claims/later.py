"""What came after the claims: countries and their steps, events, the newest figures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from disclosure_trends.display import numbers, wording
from disclosure_trends.display.tables import TableSpec
from disclosure_trends.errors import SettingsError
from disclosure_trends.reports.claims.pictures import show_countries, show_events
from disclosure_trends.results import Finding, Number, Point, Result
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.periods import (
    Window,
    format_day,
    format_period,
    parse_period,
    previous_period,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from disclosure_trends.reports.claims.assess import ClaimsResult


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaterResult(Result):
    """Countries with their step, dated events, and what was seen since last quarter.

    Attributes
    ----------
    tables
        `new`: the figures first seen since the last quarter ended, `country,
        period_start, period_end, observed_on`.
    claims
        The claims that it stands beside.
    """

    claims: "ClaimsResult" = field(repr=False)

    def findings(self) -> tuple[Finding, ...]:
        """Say what is new since the last quarter ended."""
        return tuple(_say_new(self))

    def points(self) -> tuple[Point, ...]:
        """Choose none: the main points are those of the claims."""
        return ()

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Return the countries with their step and trend, and the events."""
        return (*show_countries(self.claims), *show_events(self.claims))

    def _draw(self, name: str) -> "go.Figure":
        raise SettingsError(f"figure(): what came later has no figure {name!r}")


def tell_later(claims: "ClaimsResult") -> LaterResult:
    """Gather what came after the claims."""
    return LaterResult(
        tables={"new": _first_seen(claims)},
        evidence=claims.evidence,
        claims=claims,
    )


def _last_quarter(claims: "ClaimsResult") -> Window:
    return parse_period(previous_period(format_period(claims.as_of, freq="quarter")))


def _first_seen(claims: "ClaimsResult") -> pd.DataFrame:
    """Return the cells whose first observation lies after the last quarter's end."""
    table, figures = claims.published.table, claims.published
    used = table[
        (table["measure"] == figures.main_measure) & (table["source_grade"] != "X")
    ]
    keys = ["country", "period_start", "period_end"]
    # A cell that was ever seen without a day is not known to be new.
    dated = used.groupby(keys)["observed_on"].agg(lambda days: bool(days.notna().all()))
    first = used.groupby(keys)["observed_on"].min()[dated].reset_index()
    since = pd.Timestamp(_last_quarter(claims).end)
    return first[first["observed_on"] > since].reset_index(drop=True)


def _say_new(result: LaterResult) -> Iterator[Finding]:
    claims, new = result.claims, result.tables["new"]
    if claims.published.table.empty:
        return
    quarter = _last_quarter(claims)
    since, what = format_day(quarter.end), measure_name(claims.published.main_measure)
    found: dict[str, Number] = {"figures": len(new), "since": since}
    text = f"No figure of {what} was first seen after {since}"
    if len(new):
        n_countries = int(new["country"].nunique())
        ends = zip(new["period_start"], new["period_end"], strict=True)
        own = [Window(a.date(), b.date()) for a, b in ends].count(quarter)
        found |= {"countries": n_countries, "own": own, "quarter": quarter.words}
        text = (
            f"New since {since}: {wording.plural(len(new), 'figure')} of {what}, for "
            f"{wording.plural(n_countries, 'country', 'countries')}; "
            f"{numbers.count(own)} of them {'is' if own == 1 else 'are'} for "
            f"{quarter.words}, the others for other windows"
        )
        if own == len(new):
            text = text.split(";", maxsplit=1)[0] + f"; all are for {quarter.words}"
    yield Finding(
        id="later.new",
        question="What is new since the last quarter ended?",
        statement=wording.sentence(text),
        numbers=found,
        evidence=result.evidence,
    )
