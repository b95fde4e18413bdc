"""An adoption in words, in tables and as a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from disclosure_trends.display import numbers, wording
from disclosure_trends.display.figures import FigureSpec
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.results import (
    Estimate,
    Finding,
    Limit,
    NotEstimable,
    Number,
    Word,
)
from disclosure_trends.vocabulary.countries import country_name
from disclosure_trends.vocabulary.periods import parse_period
from disclosure_trends.vocabulary.regions import describe_region

if TYPE_CHECKING:
    from disclosure_trends.models.adoption.trace import AdoptionResult

QUESTION: Final = "Who moved to the designated line, and when?"
KINDS: Final = {
    "mover": ("moved from another line", "Moved"),
    "new": ("were new on it", "New on it"),
    "already": ("were on it before the log begins", "Before"),
    "not_yet": ("were not yet on it", "Not yet"),
}
LIMITS: Final = (
    Limit(
        "When exactly they moved",
        "Dates that are inferred from routing say when an authority's requests "
        "changed line, not when it was told to.",
    ),
)
WORDS: Final = (
    Word(
        "Designated line",
        "The channel that was the right one for an authority on the day of receipt.",
    ),
    Word(
        "Moved",
        "Registered on the designated line; without a register, the month in which the "
        "share of an authority's own requests on it changed. Never the first use.",
    ),
)


def say_adoption(result: AdoptionResult) -> tuple[Finding, ...]:
    """Say how many moved, how much of the requests, and who they were."""
    moved = result.estimates["moved"]
    region, until = describe_region(result.region), _until(result)
    if isinstance(moved, NotEstimable):
        text = f"Who moved to the designated line from {region} is not known: "
        return (_finding(result, "moved", text + moved.reason, {"moved": moved}),)
    sums = _kind_sums(result)
    text = (
        f"By the end of {until} an estimated {numbers.percent(moved.value or 0)} of "
        f"the {wording.plural(sum(sums.values()), 'authority', 'authorities')} from "
        f"{region} had moved to the designated line; those that stopped filing count "
        "as long as they filed"
    )
    found: dict[str, Number] = {
        "moved": moved,
        "authorities": sum(sums.values()),
        "until": until,
    }
    return (
        _finding(result, "moved", text, found),
        *_volume(result),
        *_lag(result),
        _who(result, sums),
    )


def _volume(result: AdoptionResult) -> tuple[Finding, ...]:
    volume = result.estimates["moved_volume"]
    if isinstance(volume, NotEstimable):
        return ()
    text = (
        f"Those who moved had filed {numbers.percent(volume.value or 0)} of the "
        "requests from before the line opened"
    )
    return (_finding(result, "moved_volume", text, {"moved_volume": volume}),)


def _lag(result: AdoptionResult) -> tuple[Finding, ...]:
    lag = result.estimates["lag"]
    if isinstance(lag, NotEstimable) or lag.value is None:
        return ()
    months = numbers.number(abs(lag.value), "months")
    noun = "month" if abs(lag.value) == 1 else "months"
    when = f"{months} {noun} {'after' if lag.value > 0 else 'before'}"
    text = (
        "Routing changed in the very month of the registered move"
        if lag.value == 0
        else f"Routing changed {when} the registered move"
    )
    found: dict[str, Number] = {"lag": lag, "lag_months": abs(lag.value)}
    return (_finding(result, "lag", f"{text}, in the median", found),)


def _who(result: AdoptionResult, sums: dict[str, int]) -> Finding:
    said = [f"{numbers.count(sums[kind])} {KINDS[kind][0]}" for kind in KINDS]
    text = f"Of the authorities, {wording.listing(said)}"
    return _finding(result, "who", text, dict(sums))


def _kind_sums(result: AdoptionResult) -> dict[str, int]:
    countries = result.tables["countries"]
    return {kind: int(countries[kind].sum()) for kind in KINDS}


def _finding(
    result: AdoptionResult, name: str, text: str, found: dict[str, Number]
) -> Finding:
    return Finding(
        id=f"adoption_{name}",
        question=QUESTION,
        statement=wording.sentence(text),
        numbers=found,
        evidence=result.evidence,
        region=result.region,
        period=result.until,
        checks=result.checks,
    )


def show_tables(result: AdoptionResult) -> tuple[TableSpec, ...]:
    """Show who moved in each country; authorities are never shown."""
    rows = result.tables["countries"]
    if rows.empty:
        return ()
    shown = rows.assign(name=[country_name(code) for code in rows["country"]])
    shown = shown.sort_values(["submitted", "country"], ascending=[False, True])
    return (
        TableSpec(
            name="adoption_countries",
            caption="Who moved, by country",
            columns=(
                ColumnRule(key="name", label="Country"),
                *(
                    ColumnRule(key=kind, label=KINDS[kind][1], kind="count")
                    for kind in KINDS
                ),
                ColumnRule(
                    key="submitted", label="Requests, last quarter", kind="count"
                ),
                ColumnRule(
                    key="line_share", label="On the line, last quarter", kind="percent"
                ),
                ColumnRule(
                    key="line_shares", label="On the line, by month", kind="spark"
                ),
            ),
            rows=shown,
            note="Authorities by what they did; share of requests on the right line.",
            source=_source(result),
        ),
    )


def describe_figure(result: AdoptionResult) -> FigureSpec:
    """Say what stands around the adoption curve."""
    moved, region = result.estimates["moved"], describe_region(result.region)
    until = _until(result)
    if isinstance(moved, Estimate):
        share = numbers.percent(moved.value or 0)
        title = (
            f"By the end of {until} {share} of authorities had moved to the right line"
        )
        band = (
            f", 95 per cent interval {numbers.span(moved.lower, moved.upper, 'share')}"
            if moved.lower is not None
            else ""
        )
        alt = (
            "Step curve of the cumulative share of authorities that moved to the "
            f"designated line, to {until}: {share}{band}."
        )
    else:
        title = f"Who moved to the right line is not known: {moved.reason}"
        alt = f"Empty chart: {moved.reason}."
    return FigureSpec(
        name="adoption_curve",
        title=title,
        subtitle=f"Cumulative share of the authorities from {region} that had moved, "
        "per cent. Solid: authorities, Kaplan\u2013Meier with 95 per cent band. "
        "Dashed: the same, weighted by each authority's requests before the line "
        "opened.",
        alt=alt,
        caption="Moved on the registered day where there is one, else at the change "
        "point of the authority's own routing; never at first use.",
        source=_source(result),
        as_of=result.as_of,
        table=_curve_spec(result),
        simulated=result.evidence == "simulated",
    )


def _curve_spec(result: AdoptionResult) -> TableSpec:
    shares = {
        "moved_share": "Authorities moved",
        "lower": "Lower",
        "upper": "Upper",
        "volume_share": "Their requests",
        "volume_lower": "Lower",
        "volume_upper": "Upper",
        "line_share": "Requests on the line",
    }
    rows = result.tables["curve"]
    return TableSpec(
        name="adoption_curve",
        caption="Share moved to the designated line, by month",
        columns=(
            ColumnRule(key="period", label="Month"),
            *(
                ColumnRule(key=key, label=label, kind="percent")
                for key, label in shares.items()
            ),
            ColumnRule(key="not_yet", label="Not yet moved", kind="count"),
        ),
        rows=rows.assign(**{key: rows[key].astype(np.float64) for key in shares}),
    )


def _until(result: AdoptionResult) -> str:
    return parse_period(result.until).words


def _source(result: AdoptionResult) -> str:
    return "Simulated log" if result.evidence == "simulated" else "Request log"
