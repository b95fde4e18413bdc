"""Published figures in words, tables and pictures: what they say and do not fit."""

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.counts.drift import FACTOR
from disclosure_trends.counts.panels import main_measure, quarters_of
from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.display import numbers, wording
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.results import (
    Finding,
    Limit,
    Number,
    Point,
    Word,
    point_of,
)
from disclosure_trends.vocabulary.countries import country_in_prose, country_name
from disclosure_trends.vocabulary.measures import measure_name, measure_unit
from disclosure_trends.vocabulary.periods import Window, format_day, parse_period

if TYPE_CHECKING:
    from disclosure_trends.counts.published import PublishedFigures

LIMITS: Final = (
    Limit(
        "Valid requests",
        "Only the measures shown here are published. How many requests were received, "
        "valid or refused is unknown, so no rate can be given.",
    ),
    Limit(
        "Missing figures",
        "A missing figure is not a zero. Figures exist where somebody asked for them, "
        "so gaps are not random, and totals of different windows cover different "
        "countries.",
    ),
)
WORDS: Final = (
    Word("Fulfilled request", "A request on which some data were disclosed."),
    Word(
        "Window",
        "The days that a figure covers. Some cover a quarter, some longer; a window is "
        "never spread over shorter ones.",
    ),
    Word("Bounds", "The lowest and highest count that the published figures allow."),
)
Lines = list[tuple[str, str, str, dict[str, Number]]]


def read_findings(published: "PublishedFigures") -> tuple[Finding, ...]:
    """Say what is published, what is split and what does not fit."""
    lines = _nothing(published) if not published.series else _lines(published)
    return tuple(
        Finding(
            id=f"published.{slug}",
            question=question,
            statement=wording.sentence(text),
            numbers=found,
            evidence=published.evidence,
            checks=published.checks,
        )
        for slug, question, text, found in lines
    )


def choose_points(published: "PublishedFigures") -> tuple[Point, ...]:
    """Set beside each sentence the number that it is about, and what that counts."""
    unit = measure_unit(main_measure(published.series))
    units = {
        "published.scope": "countries",
        "published.largest": unit,
        "published.splits": unit,
        "published.latest": "countries",
        "published.contradictions": "figures",
        "published.drift": "countries",
    }
    users = {f"published.{slug}": unit for slug, unit in _unfit_units(published)}
    return tuple(
        point_of(one, next(iter(one.numbers.values())), (units | users).get(one.id, ""))
        for one in read_findings(published)
        if one.numbers
    )


def _unfit_units(published: "PublishedFigures") -> Iterator[tuple[str, str]]:
    for row in published.tables["inconsistencies"].to_dict("records"):
        window = Window(row["period_start"].date(), row["period_end"].date())
        slug = f"inconsistency.{row['country']}.{window.text}"
        yield slug, measure_unit(row["measure"])


def _nothing(published: "PublishedFigures") -> Lines:
    platform = published.platform.capitalize() or "any platform"
    found: dict[str, Number] = {}
    if "," in published.platform:
        text = f"The figures are those of {published.platform}: load one platform"
    elif published.as_of is None:
        text = f"There are no figures of {platform}"
    else:
        found["as_of"] = format_day(published.as_of)
        text = f"No figure of {platform} had been published by {found['as_of']}"
    return [("nothing", "What is published?", text, found)]


def _lines(published: "PublishedFigures") -> Lines:
    measure = main_measure(published.series)
    series = published.of(measure)
    widest, n_widest = _widest(series)
    return [
        *_scope(published, series, measure),
        *_largest(series, measure, widest, n_widest),
        *_splits(series, measure, widest),
        *_latest(series, widest, n_widest),
        *_unfit(published),
        *_contradicted(published),
        *_drift(published),
    ]


def _scope(
    published: "PublishedFigures", series: dict[str, WindowCounts], measure: str
) -> Lines:
    windows = {cell.window for counts in series.values() for cell in counts.cells}
    platform = published.platform.capitalize()
    found: dict[str, Number] = {"countries": len(series), "windows": len(windows)}
    text = (
        f"{platform}: {measure_name(measure)} are published for "
        f"{_countries(len(series))} over "
    )
    if len(windows) == 1:
        text += wording.plural(1, "window")
    elif all(len(counts.cells) == len(windows) for counts in series.values()):
        text += f"the same {numbers.count(len(windows))} windows"
    else:
        text += (
            f"{numbers.count(len(windows))} different windows, so totals must not be "
            "joined into one line"
        )
    return [("scope", "What is published?", text, found)]


def _countries(n: int) -> str:
    return wording.plural(n, "country", "countries")


def _widest(series: dict[str, WindowCounts]) -> tuple[Window, int]:
    """Return the window for which most countries have a figure, and how many."""
    n_of: dict[Window, int] = {}
    for counts in series.values():
        for cell in counts.cells:
            n_of[cell.window] = n_of.get(cell.window, 0) + 1
    widest = max(sorted(n_of), key=lambda window: n_of[window])
    return widest, n_of[widest]


def _stated(series: dict[str, WindowCounts], window: Window) -> dict[str, float]:
    cells = {country: counts.stated(window) for country, counts in series.items()}
    return {c: cell.lower for c, cell in cells.items() if cell and cell.is_exact}


def _largest(
    series: dict[str, WindowCounts], measure: str, widest: Window, n_widest: int
) -> Lines:
    stated = _stated(series, widest)
    top = sorted(stated, key=lambda country: (-stated[country], country))[:3]
    zeros = sum(value == 0 for value in stated.values())
    found: dict[str, Number] = {country_name(c): int(stated[c]) for c in top}
    found |= {"countries": n_widest, "zeros": zeros, "window": widest.words}
    have = "country has" if n_widest == 1 else "countries have"
    text = f"{numbers.count(n_widest)} {have} a figure for {widest.words}"
    if n_widest < len(series):
        text = f"Most countries, {numbers.count(n_widest)}, have a figure for "
        text += widest.words
    if zeros:
        text += (
            f"; {numbers.count(zeros)} of these {'is' if zeros == 1 else 'are'} zero"
        )
    named = [f"{country_name(c)} {numbers.count(stated[c])}" for c in top]
    if named:
        text += f". The largest {measure_name(measure)}: {wording.listing(named)}"
    return [("largest", "Where were most?", text, found)]


def _splits(series: dict[str, WindowCounts], measure: str, widest: Window) -> Lines:
    """Tell the parts of the widest window where they are published, steepest first."""
    parts = {c: counts.parts_of(widest) for c, counts in series.items()}
    values = {
        c: [cell.lower for cell in cells]
        for c, cells in parts.items()
        if len(cells) > 1 and all(cell.is_exact for cell in cells)
    }
    if not values:
        return []
    order = sorted(values, key=lambda c: (-_last_step(values[c]), c))
    arrows = {c: " → ".join(numbers.count(v) for v in values[c]) for c in order}
    found: dict[str, Number] = {country_name(c): arrows[c] for c in order}
    found |= {"split": len(order), "window": widest.words}
    named = "; ".join(f"{country_name(c)} {arrows[c]}" for c in order[:8])
    text = (
        f"{_countries(len(order))} split {widest.words} into parts "
        f"({measure_name(measure)}): {named}"
    )
    return [("splits", "Which figures are split?", text, found)]


def _last_step(values: list[float]) -> float:
    if values[-2] > 0:
        return values[-1] / values[-2]
    return inf if values[-1] > 0 else 1.0


def _latest(series: dict[str, WindowCounts], widest: Window, n_widest: int) -> Lines:
    latest = quarters_of(series)[-1]
    span = parse_period(latest)
    n = sum(counts.range(span).is_exact for counts in series.values())
    if span == widest or n == n_widest:
        return []
    found: dict[str, Number] = {
        "countries": n,
        "countries_widest": n_widest,
        "latest": span.words,
        "window": widest.words,
    }
    text = (
        f"{wording.plural(n, 'country has', 'countries have')} a figure for "
        f"{span.words}, against {numbers.count(n_widest)} for {widest.words}; the "
        "latest figures are provisional, and a missing one is not a zero"
    )
    return [("latest", "How complete is the latest quarter?", text, found)]


def _unfit(published: "PublishedFigures") -> Lines:
    lines: Lines = []
    for row in published.tables["inconsistencies"].to_dict("records"):
        window = Window(row["period_start"].date(), row["period_end"].date())
        what = measure_name(row["measure"])
        parts = numbers.count(row["parts_low"])
        stated = numbers.count(row["stated"])
        text = (
            f"{country_in_prose(row['country'])}: the parts of {window.words} add up "
            f"to {parts} {what}, against {stated} stated; the parts are used"
        )
        found: dict[str, Number] = {
            "parts": int(row["parts_low"]),
            "stated": int(row["stated"]),
            "window": window.words,
        }
        slug = f"inconsistency.{row['country']}.{window.text}"
        lines.append((slug, "Which figures contradict their own parts?", text, found))
    return lines


def _contradicted(published: "PublishedFigures") -> Lines:
    shown = published.tables["contradictions"]
    n = int((shown["treatment"] == "not used").sum())
    if not n:
        return []
    sources = shown.loc[shown["treatment"] == "not used", "source_url"].nunique()
    text = (
        f"{wording.plural(n, 'figure')} of {wording.plural(sources, 'source')} "
        "contradict a better source for the same country and window; they are used "
        "nowhere"
    )
    found: dict[str, Number] = {"figures": n, "sources": sources}
    return [("contradictions", "Which sources contradict each other?", text, found)]


def _drift(published: "PublishedFigures") -> Lines:
    names = [country_in_prose(c) for c in published.tables["drift"]["country"]]
    if not names:
        return []
    found: dict[str, Number] = {"countries": len(names), "factor": FACTOR}
    text = (
        f"Users per request changed by more than a factor of {FACTOR:g} in "
        f"{wording.listing(names)}: what is counted may have changed, so compare "
        "requests there with care"
    )
    return [("drift", "Did the counting change?", text, found)]


def show_tables(published: "PublishedFigures") -> tuple[TableSpec, ...]:
    """Return the tables of a report, without those that would be empty."""
    return tuple(table for table in _tables(published) if len(table.rows))


def _tables(published: "PublishedFigures") -> Iterator[TableSpec]:
    named = {key: _with_names(frame) for key, frame in published.tables.items()}
    yield TableSpec(
        name="contradictions",
        caption="Figures that a better source contradicts; they are used nowhere",
        columns=(
            ColumnRule(key="name", label="Country"),
            ColumnRule(key="window", label="Window"),
            ColumnRule(key="what", label="Measure"),
            ColumnRule(key="value", label="Figure", kind="count"),
            ColumnRule(key="used_low", label="Used instead", kind="count"),
            ColumnRule(key="source_grade", label="Grade"),
            ColumnRule(key="source_url", label="Source"),
        ),
        rows=named["contradictions"],
    )
    yield TableSpec(
        name="inconsistencies",
        caption="Figures that their own parts contradict; the parts are used",
        columns=(
            ColumnRule(key="name", label="Country"),
            ColumnRule(key="window", label="Window"),
            ColumnRule(key="what", label="Measure"),
            ColumnRule(key="stated", label="Stated", kind="count"),
            ColumnRule(key="parts_low", label="Parts", kind="count"),
        ),
        rows=named["inconsistencies"],
    )
    yield TableSpec(
        name="drift",
        caption="Countries whose users per request changed most",
        columns=(
            ColumnRule(key="name", label="Country"),
            ColumnRule(key="base_period", label="First window"),
            ColumnRule(key="base_ratio", label="Users per request", kind="ratio"),
            ColumnRule(key="period", label="Furthest window"),
            ColumnRule(key="ratio", label="Users per request", kind="ratio"),
        ),
        rows=named["drift"],
        note="A threshold, not a test: where users vary much from one request to the "
        "next, a country with few requests can pass it by chance. METHODS.md says how "
        "often.",
    )


def _with_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Add what a reader sees of country, window and measure."""
    named = frame.assign(name=[country_name(c) for c in frame["country"]])
    if "period_start" in frame:
        ends = zip(frame["period_start"], frame["period_end"], strict=True)
        named["window"] = [Window(a.date(), b.date()).text for a, b in ends]
        named["what"] = [measure_name(m) for m in frame["measure"]]
    return named
