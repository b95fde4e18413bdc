"""The claims report in pictures: bounds, windows of countries, coverage."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.counts.coverage import tabulate_coverage
from disclosure_trends.counts.panels import (
    PanelHead,
    lay_out_panels,
    months_from,
    quarters_of,
)
from disclosure_trends.counts.pictures import coverage_spec, windows_spec
from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.display import numbers, wording
from disclosure_trends.display.bounds import draw_bounds
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.display.windows import draw_coverage, draw_windows
from disclosure_trends.models.windows.steps import Step
from disclosure_trends.models.windows.words import draw_bounds_of
from disclosure_trends.reports.claims.words import region_series
from disclosure_trends.results import Estimate
from disclosure_trends.vocabulary.countries import country_name
from disclosure_trends.vocabulary.events import MOVING_KINDS, load_events
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.periods import Window, format_day, parse_period
from disclosure_trends.vocabulary.regions import describe_region, region_members

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from disclosure_trends.reports.claims.assess import ClaimsResult

MAX_PANELS: Final = 8
MIN_BASE: Final = 5
"""No ratio is written on a base of fewer requests: `from 3` instead."""
_TONES: Final = ("s1", "s2")
_STEEPEST: Final = (
    "country",
    "name",
    "group",
    "tone",
    "before",
    "mean_quarter",
    "after",
    "ratio",
    "note",
)


def draw(result: "ClaimsResult", name: str) -> "go.Figure":
    """Draw one of the figures of the claims."""
    if not result.bounds:
        return (
            _draw_nothing(result) if name == "bounds" else result.published.figure(name)
        )
    if name == "bounds":
        return draw_bounds_of(result.bounds, name=name)
    if name == "coverage":
        return _draw_coverage(result)
    if not result.steps:
        return result.published.figure(name)
    return _draw_windows(result)


def _draw_nothing(result: "ClaimsResult") -> "go.Figure":
    """Draw the empty axis of the bounds: nothing that they need was published."""
    rises = [one.claim for one in result.judged if one.claim.rule == "rise"]
    regions = (rises[0].region, rises[0].counter_region)
    rows = [
        {
            "label": wording.sentence(describe_region(region)).rstrip("."),
            "members": 0,
            "known_before": 0,
            "known_after": 0,
            "free": 0,
            "lower": None,
            "upper": None,
            "direction": "not established",
            "tone": tone,
        }
        for region, tone in zip(regions, _TONES, strict=True)
    ]
    return draw_bounds(
        pd.DataFrame(rows),
        name="bounds",
        what=measure_name(rises[0].proxy or rises[0].measure),
        before=parse_period(rises[0].before).words,
        after=parse_period(rises[0].after).words,
        title=f"No figure was published by {format_day(result.as_of)}",
        as_of=result.as_of.isoformat(),
    )


def _draw_windows(result: "ClaimsResult") -> "go.Figure":
    series = region_series(result)
    heads = [
        PanelHead(
            country=str(row["country"]), note=str(row["note"]), tone=str(row["tone"])
        )
        for row in steepest(result).to_dict("records")
    ]
    bars = lay_out_panels(series, heads=heads)
    what = measure_name(result.bounds[0].measure)
    spec = windows_spec(
        result.published,
        bars,
        what=what,
        title=_windows_title(result.steps, what),
        subtitle=_windows_subtitle(result.steps, what),
    )
    days = _event_days(result, quarters_of(series))
    if days:
        spec = replace(
            spec,
            caption=f"{spec.caption} Dotted lines: dated events of the platform, see "
            "the table of events; none is shown to have moved a count.",
        )
    return draw_windows(bars, spec, marks=months_from(quarters_of(series), days))


def _event_days(result: "ClaimsResult", quarters: list[str]) -> list[date]:
    """Return the days, within the quarters, of events that concern every country."""
    events = load_events(
        kinds=MOVING_KINDS, platform=result.published.platform, as_of=result.as_of
    )
    if not quarters:
        return []
    drawn = Window(parse_period(quarters[0]).start, parse_period(quarters[-1]).end)
    days = [
        day.date()
        for day, scope, precision in zip(
            events["date"], events["scope"], events["precision"], strict=True
        )
        if scope == "platform" and precision == "day"
    ]
    return [day for day in days if drawn.start <= day <= drawn.end]


def _windows_title(steps: tuple[Step, ...], what: str) -> str:
    known = [s for s in steps if isinstance(s.ratio, Estimate)]
    name = wording.sentence(what).rstrip(".")
    if not known:
        return f"{name} by country and window"
    rose = [s for s in known if isinstance(s.ratio, Estimate) and _rose(s.ratio)]
    where = "inside and outside" if len(rose) == len(known) > 1 else "not everywhere"
    if not rose:
        return f"{name} show no certain step in {known[0].after.words}"
    region = describe_region(known[0].region)
    where = f"{where} {region}" if where.startswith("inside") else where
    return f"{name} stepped up in {known[0].after.words}, {where}"


def _rose(ratio: Estimate) -> bool:
    return (ratio.lower or 0) > 1


def _windows_subtitle(steps: tuple[Step, ...], what: str) -> str:
    text = (
        f"{wording.sentence(what).rstrip('.')} per quarter. Each panel has its own "
        "scale; its highest quarter is labelled."
    )
    if not any(isinstance(step.ratio, Estimate) for step in steps):
        return text
    return (
        f"{text} Beside the name: {steps[0].after.words} against the mean quarter of "
        f"{steps[0].before.words}."
    )


def steepest(result: "ClaimsResult") -> pd.DataFrame:
    """Choose the countries with most requests after, and order them by their step.

    Returns
    -------
    DataFrame
        Columns `country, name, group, tone, before, mean_quarter, after, ratio, note`.
    """
    rows: list[dict[str, object]] = []
    series = region_series(result)
    for step, tone in zip(result.steps, _TONES, strict=False):
        counts = {c: _pair(series[c], step) for c in _reporting(series, step)}
        largest = sorted(counts, key=lambda c: (_size(counts[c]), c))[:MAX_PANELS]
        made = [_row(c, counts[c], step, tone) for c in largest]
        rows += sorted(made, key=lambda row: -_as_float(row["ratio"]))
    return pd.DataFrame(rows, columns=list(_STEEPEST))


def _reporting(series: Mapping[str, WindowCounts], step: Step) -> tuple[str, ...]:
    """Return who reports both windows; where nobody does yet, who reports the first."""
    if step.coverage.members:
        return step.coverage.members
    members = region_members(step.region, on=step.before.end) & series.keys()
    return tuple(sorted(c for c in members if series[c].range(step.before).is_exact))


def _size(pair: tuple[float, float | None]) -> float:
    return -(pair[0] if pair[1] is None else pair[1])


def _as_float(value: object) -> float:
    return float(value) if isinstance(value, float) else -1.0


def _pair(counts: WindowCounts, step: Step) -> tuple[float, float | None]:
    after = counts.range(step.after)
    return counts.range(step.before).lower, after.lower if after.is_exact else None


def _row(
    country: str, pair: tuple[float, float | None], step: Step, tone: str
) -> dict[str, object]:
    before, after = pair
    mean = before * step.after.days / step.before.days
    if step.before.is_whole_months and step.after.is_whole_months:
        mean = before * step.after.months / step.before.months
    ratio = after / mean if before >= MIN_BASE and after is not None else None
    note = "" if after is None else f"from {numbers.count(before)}"
    return {
        "country": country,
        "name": country_name(country),
        "group": wording.sentence(describe_region(step.region)).rstrip("."),
        "tone": tone,
        "before": before,
        "mean_quarter": mean,
        "after": after,
        "ratio": ratio,
        "note": note if ratio is None else f"{numbers.ratio(ratio)}×",
    }


def _draw_coverage(result: "ClaimsResult") -> "go.Figure":
    region = result.bounds[0].region
    series: Mapping[str, WindowCounts] = region_series(result)
    periods = quarters_of(series)
    last = parse_period(periods[-1]).end
    members = sorted(region_members(region, on=last))
    matrix = tabulate_coverage(series, countries=members, periods=periods)
    spec = coverage_spec(
        result.published, matrix, of=f"members of {describe_region(region)}"
    )
    return draw_coverage(matrix, spec, tone=_TONES[0])


def show_events(result: "ClaimsResult") -> tuple[TableSpec, ...]:
    """Return the dated events that could move a count, with their sources."""
    region = result.bounds[0].region if result.bounds else None
    events = load_events(
        region=region,
        kinds=MOVING_KINDS,
        platform=result.published.platform,
        as_of=result.as_of,
    )
    if events.empty:
        return ()
    pairs = zip(events["date"], events["date_to"], strict=True)
    events["day"] = [Window(a.date(), b.date()).words for a, b in pairs]
    return (
        TableSpec(
            name="events",
            caption="Dated events that could move a count; none is shown to have",
            columns=(
                ColumnRule(key="day", label="Day, or between"),
                ColumnRule(key="kind", label="Kind"),
                ColumnRule(key="label", label="Event"),
                ColumnRule(key="source_url", label="Source"),
            ),
            rows=events,
        ),
    )


def show_countries(result: "ClaimsResult") -> tuple[TableSpec, ...]:
    """Return the table of countries with their step and their trend."""
    rows = steepest(result)
    if rows.empty:
        return ()
    series = region_series(result)
    quarters = [parse_period(quarter) for quarter in quarters_of(series)]
    rows["trend"] = [
        [r.lower if r.is_exact else None for r in map(series[c].range, quarters)]
        for c in rows["country"]
    ]
    step = result.steps[0]
    return (
        TableSpec(
            name="countries",
            caption="The countries with most requests, and how steep their step was",
            columns=(
                ColumnRule(key="name", label="Country"),
                ColumnRule(key="before", label=step.before.words, kind="count"),
                ColumnRule(key="mean_quarter", label="Mean quarter", kind="number"),
                ColumnRule(key="after", label=step.after.words, kind="count"),
                ColumnRule(key="note", label="Times the mean"),
                ColumnRule(key="trend", label="By quarter", kind="spark"),
            ),
            rows=rows,
            note="Trend: one mark a quarter, own scale; a gap is a quarter without a "
            "figure of its own.",
            group="group",
        ),
    )
