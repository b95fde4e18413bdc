"""Pictures of published figures: small multiples of windows, and coverage."""

from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.counts.coverage import tabulate_coverage
from disclosure_trends.counts.panels import (
    PanelHead,
    lay_out_panels,
    main_measure,
    quarters_of,
)
from disclosure_trends.counts.windows import WindowCounts
from disclosure_trends.display import wording
from disclosure_trends.display.attribution import draw_nothing
from disclosure_trends.display.figures import FigureSpec
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.display.windows import draw_coverage, draw_windows
from disclosure_trends.vocabulary.countries import country_in_prose
from disclosure_trends.vocabulary.measures import measure_name

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from disclosure_trends.counts.published import PublishedFigures

MAX_PANELS: Final = 12


def draw(published: "PublishedFigures", name: str) -> "go.Figure":
    """Draw the windows of the largest countries, or the coverage of all."""
    if not published.series:
        return _draw_nothing(published, name)
    measure = main_measure(published.series)
    series = published.of(measure)
    if name == "coverage":
        return _draw_coverage(published, series)
    totals = {c: sum(x.lower for x in counts.finest()) for c, counts in series.items()}
    top = sorted(totals, key=lambda c: (-totals[c], c))[:MAX_PANELS]
    bars = lay_out_panels(series, heads=[PanelHead(country=c) for c in top])
    what = measure_name(measure)
    return draw_windows(
        bars, windows_spec(published, bars, what=what, title=_windows_title(top))
    )


def _draw_nothing(published: "PublishedFigures", name: str) -> "go.Figure":
    """Say in the place of a picture that no figure was published."""
    as_of = "" if published.as_of is None else published.as_of.isoformat()
    platform = published.platform.capitalize() or "any platform"
    title = f"No figure of {platform} had been published"
    rows = pd.DataFrame({"platform": [platform], "figures": [0]})
    columns = (
        ColumnRule(key="platform", label="Platform"),
        ColumnRule(key="figures", label="Figures", kind="count"),
    )
    spec = FigureSpec(
        name=name,
        title=title,
        subtitle="There is nothing to draw.",
        alt=f"{title}; nothing is drawn.",
        caption="What was published later is not shown.",
        source="",
        as_of=as_of,
        table=TableSpec(name=name, caption=title, columns=columns, rows=rows),
        simulated=published.evidence == "simulated",
    )
    return draw_nothing(spec)


def _windows_title(top: list[str]) -> str:
    if not top:
        return "No figures are published"
    name = wording.sentence(country_in_prose(top[0])).rstrip(".")
    return f"{name} has the largest counts; windows differ by country"


def windows_spec(
    published: "PublishedFigures",
    bars: pd.DataFrame,
    *,
    what: str,
    title: str,
    name: str = "windows",
    subtitle: str = "",
) -> FigureSpec:
    """Describe small multiples of windows."""
    named = wording.listing(list(dict.fromkeys(bars["label"])))
    rows = bars.assign(value=bars["total"].astype("Int64"))
    return FigureSpec(
        name=name,
        title=title,
        subtitle=subtitle
        or f"{wording.sentence(what).rstrip('.')} per quarter. Each panel has its own "
        "scale; its highest quarter is labelled.",
        alt=f"Small multiples of bars, {what} per quarter: {named or 'no country'}.",
        caption="Filled: a figure for the quarter. Hollow: one figure for longer; its "
        "area is the total, its split is unknown. Hatched: nothing published, which is "
        "not a zero. The latest quarter is provisional.",
        source=published.source,
        as_of="" if published.as_of is None else published.as_of.isoformat(),
        table=TableSpec(
            name=name,
            caption=f"{wording.sentence(what).rstrip('.')} by country and window",
            columns=(
                ColumnRule(key="label", label="Country"),
                ColumnRule(key="period", label="Window"),
                ColumnRule(key="value", label="Count", kind="count"),
                ColumnRule(key="status", label="Kind of figure"),
            ),
            rows=rows,
        ),
        simulated=published.evidence == "simulated",
    )


def _draw_coverage(
    published: "PublishedFigures", series: dict[str, WindowCounts]
) -> "go.Figure":
    periods = quarters_of(series)
    matrix = tabulate_coverage(series, countries=sorted(series), periods=periods)
    return draw_coverage(
        matrix, coverage_spec(published, matrix, of="countries"), tone="s1"
    )


def coverage_spec(
    published: "PublishedFigures",
    matrix: pd.DataFrame,
    *,
    of: str,
    one: str = "country",
) -> FigureSpec:
    """Describe a coverage matrix of countries, called `of`, or `one` if it is one."""
    known = matrix[matrix["status"] == "exact"].groupby("period").size()
    order = list(dict.fromkeys(matrix["period"]))
    counts = [int(known.get(period, 0)) for period in order]
    n = matrix["country"].nunique()
    span = f"from {min(counts)} to {max(counts)} have" if counts else "none has"
    changes = ": the set changes"
    if counts and min(counts) == max(counts):
        span = f"{counts[0]} {'has' if counts[0] == 1 else 'have'}"
        changes = ""
    table = matrix.pivot_table(
        index="period", columns="status", values="country", aggfunc="count"
    ).reindex(columns=["exact", "in a longer window", "none"], fill_value=0)
    rows = table.fillna(0).astype(int).reset_index()
    return FigureSpec(
        name="coverage",
        title=f"Of {n} {of if n > 1 else one}, {span} a figure for a quarter{changes}",
        subtitle="Members with a published figure, by quarter.",
        alt=f"Matrix of {n} {of if n > 1 else one} by quarter; with a figure: "
        + ", ".join(f"{p} {c}" for p, c in zip(order, counts, strict=True)),
        caption="Filled: a figure for the quarter. Outlined: part of a longer window. "
        "Hatched: nothing published. Gaps are not random.",
        source=published.source,
        as_of="" if published.as_of is None else published.as_of.isoformat(),
        table=TableSpec(
            name="coverage",
            caption=f"{wording.capital(of)} with a figure, by quarter",
            columns=(
                ColumnRule(key="period", label="Quarter"),
                ColumnRule(key="exact", label="For the quarter", kind="count"),
                ColumnRule(
                    key="in a longer window", label="In a longer window", kind="count"
                ),
                ColumnRule(key="none", label="Nothing", kind="count"),
            ),
            rows=rows,
        ),
        simulated=published.evidence == "simulated",
    )
