"""Executed notebooks made by hand, to look at the page without running a model.

The numbers are those that the published figures give (EU 2.15 to 34.5 and so on); the
simulated ones are invented and say so.
"""

from dataclasses import dataclass, field
from typing import Any

import nbformat
import pandas as pd
import plotly.graph_objects as go

from disclosure_trends.display import theme
from disclosure_trends.display.figures import FigureSpec, finish
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.reports.page.shown import PLOTLY_TYPE
from disclosure_trends.results import (
    BUNDLE_TYPE,
    Check,
    Estimate,
    Finding,
    Limit,
    NotEstimable,
    Point,
    Result,
    Word,
)

SOURCE = "Telegram @transparency bot, collected by Te-k, CC-BY 4.0"
AS_OF = "2026-05-31"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample(Result):
    """A result whose every part is given."""

    said: tuple[Finding, ...] = ()
    big: tuple[Point, ...] = ()
    shown: tuple[TableSpec, ...] = ()
    not_shown: tuple[Limit, ...] = ()
    glossary: tuple[Word, ...] = ()
    more: dict[str, object] = field(default_factory=dict)

    def findings(self) -> tuple[Finding, ...]:
        return self.said

    def _draw(self, name: str) -> go.Figure:
        raise NotImplementedError

    def points(self) -> tuple[Point, ...]:
        return self.big

    def display_tables(self) -> tuple[TableSpec, ...]:
        return self.shown

    def limits(self) -> tuple[Limit, ...]:
        return self.not_shown

    def words(self) -> tuple[Word, ...]:
        return self.glossary

    def extra(self) -> dict[str, object]:
        return self.more


def sample(evidence: str = "published", **parts: Any) -> Sample:
    return Sample(tables={"t": pd.DataFrame()}, evidence=evidence, **parts)


def finding(name: str, statement: str, evidence: str = "published") -> Finding:
    return Finding(
        id=name,
        question="?",
        statement=statement,
        numbers={"ratio": Estimate(value=None, lower=2.15, upper=34.5, kind="bounds")},
        evidence=evidence,
    )


# -- notebooks ------------------------------------------------------------------------


def notebook(*cells: Any) -> nbformat.NotebookNode:
    """Make a notebook: a text is a Markdown cell, anything else what a cell shows."""
    made = [
        nbformat.v4.new_markdown_cell(cell) if isinstance(cell, str) else _code(cell)
        for cell in cells
    ]
    for position, cell in enumerate(made):
        cell["id"] = f"cell-{position}"
    return nbformat.v4.new_notebook(cells=made)


def _code(shown: Any) -> nbformat.NotebookNode:
    data = mime_bundle(shown)
    output = nbformat.v4.new_output("execute_result", data, execution_count=1)
    return nbformat.v4.new_code_cell("result", outputs=[output], execution_count=1)


def mime_bundle(shown: Any) -> dict[str, Any]:
    if isinstance(shown, go.Figure):
        return {PLOTLY_TYPE: shown.to_plotly_json(), "text/html": "<b>no</b>"}
    if isinstance(shown, Result):
        return dict(shown._repr_mimebundle_())
    return dict(shown)


def report_bundle(**changes: Any) -> dict[str, Any]:
    record = {
        "schema": 1,
        "type": "Report",
        "report": "leadership",
        "heading": "User data disclosed to authorities by Telegram: the EU and other "
        "countries, January 2024 to March 2026",
        "as_of": AS_OF,
        "classification": "Internal",
        "provenance": [
            ["Data", f"telegram.csv, 700 rows, sha256 {'1d20' * 16}"],
            ["Data", f"events.csv, 22 rows, sha256 {'9cde' * 16}"],
            ["Method", "BoundsResult; each estimand: analysis/METHODS.md"],
            [
                "Run again",
                "disclosure-trends report leadership --out reports --as-of 2026-05-31",
            ],
        ],
        "sources": ["https://example.org/telegram"],
        "token": "0" * 32,
    }
    return {BUNDLE_TYPE: record | changes, "text/plain": "report"}


# -- figures --------------------------------------------------------------------------


def _spec(name: str, table: TableSpec, **parts: Any) -> FigureSpec:
    base = {"subtitle": "", "caption": "", "source": SOURCE, "as_of": AS_OF}
    return FigureSpec(name=name, table=table, **base | parts)


def _axis_at(low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"domain": [low, high], **more}


BOUNDS = (
    ("EU", "26 of 27 states observed", 2.15, 34.5, "Rise established", theme.S1),
    ("EU without France", "25 states", 0.475, 33.8, "Rise not established", theme.S1),
    ("Outside the EU", "54 countries", 1.09, 1.11, "Slight rise", theme.S2),
    (
        "Outside, without India",
        "53 countries",
        0.756,
        1.40,
        "Not established",
        theme.S2,
    ),
)


def bounds_figure(*, simulated: bool = False) -> go.Figure:
    """Bars on a logarithmic axis; hollow where no change is among the bounds."""
    fig = go.Figure()
    wide: list[dict[str, Any]] = []
    small: list[dict[str, Any]] = []
    for row, (name, below, low, high, verdict, colour) in enumerate(BOUNDS):
        hollow = low < 1 < high
        fig.add_bar(
            x=[high - low],
            base=[low],
            y=[row],
            orientation="h",
            width=0.3,
            marker={
                "color": "rgba(0,0,0,0)" if hollow else colour,
                "line": {"color": colour, "width": 2 if hollow else 0},
            },
            hovertemplate=f"{name}: {low} to {high}<extra></extra>",
        )
        label = (
            f"<b>{name}</b><br><span style='color:{theme.INK2};font-size:12px'>"
            f"{below}</span>"
        )
        paper = {"xref": "paper", "y": row, "align": "left", "showarrow": False}
        ends = _ends(row, low, high)
        wide += [
            {**paper, "x": 0, "xshift": -170, "text": label},
            {**paper, "x": 1, "xshift": 16, "text": verdict},
            *ends,
        ]
        small += [
            {**paper, "x": 0, "yshift": 21, "text": f"<b>{name}</b>"},
            {**paper, "x": 1, "xanchor": "right", "yshift": 21, "text": verdict}
            | {"font": {"size": 11.5, "color": theme.INK2}},
            *ends,
        ]
    fig.update_layout(
        annotations=wide,
        margin={"l": 170, "r": 150, "t": 40, "b": 8},
        xaxis={
            "type": "log",
            "side": "top",
            "range": [-0.55, 1.8],
            "tickvals": [0.5, 1, 2, 5, 10, 20, 50],
            "ticktext": ["0.5×", "<b>1</b>", "2×", "5×", "10×", "20×", "50×"],
        },
        yaxis={"range": [3.5, -0.5], "showticklabels": False, "showgrid": False},
        shapes=[
            {
                "type": "line",
                "x0": 1,
                "x1": 1,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": theme.INK, "width": 1.25},
            }
        ],
    )
    table = TableSpec(
        name="bounds",
        caption="Bounds of the change by group",
        columns=(
            ColumnRule(key="group", label="Group"),
            ColumnRule(key="members", label="Members"),
            ColumnRule(key="lower", label="Lower", unit="ratio", kind="ratio"),
            ColumnRule(key="upper", label="Upper", unit="ratio", kind="ratio"),
        ),
        rows=pd.DataFrame(
            [row[:4] for row in BOUNDS], columns=["group", "members", "lower", "upper"]
        ),
    )
    spec = _spec(
        "bounds",
        table,
        title="The EU rise holds in the worst case, but it rests on France",
        subtitle="Requests fulfilled in July–September 2024 divided by those in "
        "April–June 2024; logarithmic scale. Bars are bounds, not intervals.",
        alt="Range chart on a logarithmic axis. EU 2.15 to 34.5; EU without France "
        "0.475 to 33.8; outside the EU 1.09 to 1.11; without India 0.756 to 1.40.",
        caption="Solid bar: every possible split of the unsplit totals gives the same "
        "direction. Hollow bar: the bounds include 1.",
        simulated=simulated,
    )
    narrow = {
        "annotations": small,
        "margin": {"l": 6, "r": 6, "t": 40, "b": 8},
        "xaxis": {
            "tickvals": [0.5, 1, 2, 5, 10, 30],
            "ticktext": ["0.5×", "<b>1</b>", "2×", "5×", "10×", "30×"],
        },
        "height": 300,
    }
    return finish(fig, spec, height=270, narrow=narrow)


def _ends(row: int, low: float, high: float) -> list[dict[str, Any]]:
    from math import log10

    text = {"y": row, "showarrow": False}
    if high / low < 2:
        both = f"<b>{low:g} to {high:.2f}</b>"
        return [{**text, "x": log10(high), "xshift": 6, "text": both}]
    return [
        {**text, "x": log10(low), "xanchor": "right", "xshift": -6}
        | {"text": f"<b>{low:g}</b>"},
        {**text, "x": log10(high), "xshift": 6, "text": f"<b>{high:g}</b>"},
    ]


PANELS: dict[str, tuple[int | None, ...]] = {
    "Italy": (None, None, None, 152, 272, 156, 139, None, 267),
    "Germany": (None, None, None, 892, 1311, 1094, 1165, 758, 1022),
    "Poland": (None, None, None, 145, 292, 304, 310, 283, None),
    "Spain": (None, None, None, 191, 493, 436, 601, 538, 517),
    "France": (4, 6, 210, 673, 668, 547, 513, 496, 630),
    "Belgium": (1, 4, 53, 165, 135, None, None, None, 103),
    "United States": (None, None, None, 886, 576, 457, 339, 334, 110),
    "India": (2461, 2151, 2380, 7649, 9197, 9653, 8867, 12146, 2734),
}


def multiples_figure() -> go.Figure:
    """One small panel a country, own scale, missing quarters hatched."""
    fig = go.Figure()
    wide: dict[str, Any] = {"annotations": []}
    small: dict[str, Any] = {"annotations": [], "height": 640}
    for i, (name, values) in enumerate(PANELS.items()):
        number = "" if i == 0 else str(i + 1)
        top = max(v for v in values if v is not None)
        colour = theme.S1 if i < 6 else theme.S2
        fig.add_bar(
            x=list(range(9)),
            y=[v or 0 for v in values],
            marker={"color": colour},
            xaxis=f"x{number}",
            yaxis=f"y{number}",
        )
        xs: list[float | None] = []
        ys: list[float | None] = []
        for j, value in enumerate(values):
            if value is None:
                part = theme.hatch((j - 0.4, j + 0.4, 0, top), width=18, height=80)
                xs += part[0]
                ys += part[1]
        fig.add_scatter(
            x=xs,
            y=ys,
            mode="lines",
            line={"color": theme.S0, "width": 1.1},
            hoverinfo="skip",
            xaxis=f"x{number}",
            yaxis=f"y{number}",
        )
        for columns, target in ((4, wide), (2, small)):
            rows = -(-len(PANELS) // columns)
            column, line = i % columns, i // columns
            left, right = column / columns, (column + 1) / columns - 0.03
            bottom = 1 - (line + 1) / rows + 0.09
            target[f"xaxis{number}"] = {
                "domain": [left, right],
                "anchor": f"y{number}",
                "showgrid": False,
                "tickvals": [0, 4, 8],
                "ticktext": ["2024", "2025", "2026"],
            }
            target[f"yaxis{number}"] = {
                "domain": [bottom, 1 - line / rows - 0.08],
                "anchor": f"x{number}",
                "range": [0, top * 1.15],
                "showticklabels": False,
                "nticks": 3,
            }
            target["annotations"].append(
                {
                    "xref": "paper",
                    "yref": "paper",
                    "x": left,
                    "y": 1 - line / rows - 0.05,
                    "yanchor": "bottom",
                    "text": f"<b>{name}</b>  <span style='color:{theme.INK2}'>"
                    f"highest {top:,}</span>",
                }
            )
    fig.update_layout(margin={"l": 4, "r": 4, "t": 8, "b": 20}, **wide)
    quarters = [f"{y} Q{q}" for y in (2024, 2025) for q in (1, 2, 3, 4)] + ["2026 Q1"]
    frame = pd.DataFrame(
        [[name, *values] for name, values in PANELS.items()],
        columns=["country", *quarters],
    )
    table = TableSpec(
        name="countries",
        caption="Requests fulfilled by country and quarter",
        columns=(
            ColumnRule(key="country", label="Country"),
            *(ColumnRule(key=q, label=q, kind="count") for q in quarters),
        ),
        rows=frame,
    )
    spec = _spec(
        "multiples",
        table,
        title="Fulfilled requests stepped up in the fourth quarter of 2024",
        subtitle="Requests fulfilled per quarter. Each panel has its own scale.",
        alt="Eight small bar charts, one a country; each is higher from October 2024.",
        caption="Hatched: nothing published, which is not zero.",
    )
    return finish(fig, spec, height=360, narrow=small)


WATERFALL = (
    ("April–June 2024", "valid requests", 0, 412, None, theme.S0),
    ("Re-routed", "same demand, better line", 412, 231, (188, 274), theme.S1),
    ("Induced or selected", "extra requests", 643, 62, (18, 109), theme.S1),
    ("Background demand", "also among the others", 705, 118, (71, 166), theme.S2),
    ("Validity or policy", "hit every line alike", 823, 45, (2, 87), theme.S2),
    ("July–September 2024", "valid requests", 0, 868, None, theme.S0),
)


def waterfall_figure() -> go.Figure:
    """Parts of a change, from top to bottom, numbers at the right."""
    fig = go.Figure()
    notes: list[dict[str, Any]] = []
    small: list[dict[str, Any]] = []
    for row, (name, below, base, size, ends, colour) in enumerate(WATERFALL):
        hollow = name.startswith(("Induced", "Validity"))
        error = None
        if ends:
            error = {
                "type": "data",
                "symmetric": False,
                "array": [ends[1] - size],
                "arrayminus": [size - ends[0]],
            }
        fig.add_bar(
            x=[size],
            base=[base],
            y=[row],
            orientation="h",
            width=0.36,
            error_x=error,
            marker={
                "color": "rgba(0,0,0,0)" if hollow else colour,
                "line": {"color": colour, "width": 2 if hollow else 0},
            },
        )
        number = f"<b>{size:+}</b>" if ends else f"<b>{size}</b>"
        interval = f"{ends[0]} to {ends[1]}" if ends else ""
        paper = {"xref": "paper", "y": row, "showarrow": False}
        quiet = {"font": {"size": 12, "color": theme.INK2}, "xanchor": "right"}
        label = (
            f"<b>{name}</b><br><span style='color:{theme.INK2};font-size:12px'>"
            f"{below}</span>"
        )
        notes += [
            {**paper, "x": 0, "xshift": -190, "text": label, "align": "left"},
            {**paper, "x": 1, "xshift": 60, "xanchor": "right", "text": number},
            {**paper, **quiet, "x": 1, "xshift": 140, "text": interval},
        ]
        small += [
            {**paper, "x": 0, "yshift": 19, "text": f"<b>{name}</b>"},
            {**paper, "x": 1, "yshift": 19, "xanchor": "right"}
            | {"text": f"{number} {interval}"},
        ]
    fig.update_layout(
        annotations=notes,
        margin={"l": 190, "r": 144, "t": 30, "b": 8},
        xaxis={"side": "top", "range": [0, 950]},
        yaxis={"range": [5.5, -0.5], "showticklabels": False, "showgrid": False},
    )
    table = TableSpec(
        name="parts",
        caption="Parts of the change in valid requests",
        columns=(
            ColumnRule(key="part", label="Part"),
            ColumnRule(key="value", label="Requests", kind="count"),
        ),
        rows=pd.DataFrame(
            {"part": [r[0] for r in WATERFALL], "value": [r[3] for r in WATERFALL]}
        ),
    )
    spec = _spec(
        "waterfall",
        table,
        title="About half of the rise is the same demand on a better line",
        subtitle="Change in valid requests. Whiskers: 95 per cent intervals.",
        alt="Waterfall from 412 to 868 valid requests, simulated: re-routed 231.",
        caption="Blue: through the line; orange: everything else.",
        source="numbers invented for a test",
        simulated=True,
    )
    narrow = {"annotations": small, "margin": {"l": 6, "r": 6}, "height": 430}
    return finish(fig, spec, height=320, narrow=narrow)


def steps_figure() -> go.Figure:
    """A step curve with its band and an end label."""
    days = [f"2024-{month:02d}-01" for month in range(1, 10)]
    share = [2, 4, 9, 15, 20, 26, 35, 52, 60]
    fig = go.Figure()
    fig.add_scatter(
        x=days + days[::-1],
        y=[min(v + 10, 100) for v in share] + [max(v - 10, 0) for v in share[::-1]],
        fill="toself",
        fillcolor=theme.faded(theme.S1),
        line={"width": 0, "shape": "hv"},
        hoverinfo="skip",
    )
    fig.add_scatter(x=days, y=share, line={"shape": "hv", "color": theme.S1})
    fig.update_layout(
        margin={"l": 40, "r": 150, "t": 20, "b": 30},
        yaxis={"range": [0, 100], "ticksuffix": "%"},
        annotations=[
            {"x": days[-1], "y": 60, "xshift": 8, "text": "<b>60%</b> of authorities"}
        ],
    )
    table = TableSpec(
        name="adoption",
        caption="Share of authorities that had moved",
        columns=(
            ColumnRule(key="day", label="Day", kind="date"),
            ColumnRule(key="share", label="Moved", unit="%", kind="count"),
        ),
        rows=pd.DataFrame({"day": days, "share": share}),
    )
    spec = _spec(
        "adoption",
        table,
        title="By the end of September most authorities had moved",
        subtitle="Cumulative share, Kaplan–Meier with a 95 per cent band.",
        alt="Step curve that rises from 2 to 60 per cent by September 2024, simulated.",
        caption="Moved on the registered day.",
        source="numbers invented for a test",
        simulated=True,
    )
    return finish(fig, spec, height=320, narrow={"margin": {"r": 20}, "height": 280})


# -- results --------------------------------------------------------------------------

VERDICT = (
    "EU requests fulfilled rose at least twofold in July–September 2024. Without "
    "France no rise is established, and the totals cannot show why."
)
POINTS = {
    "2.15 to 34.5×": "Requests fulfilled for the 26 observed EU states together rose "
    "at least 2.1-fold from April–June to July–September 2024, even in the worst case.",
    "0.475 to 33.8×": "Without France a rise is not established: the same data would "
    "allow a fall by half.",
    "1.09 to 1.11×": "Outside the EU the observed total rose 9 to 11 per cent, almost "
    "all of it India; without India, 0.756 to 1.40.",
    "No estimate": "Why requests rose cannot be determined: totals do not show which "
    "line was used.",
}


def bounds_result() -> Sample:
    said = [finding("headline", VERDICT)]
    said += [finding(f"p{i}", text) for i, text in enumerate(POINTS.values())]
    said += [finding("rest", "Luxembourg is the one state without any figure")]
    return sample(
        said=tuple(said),
        big=tuple(Point(f"p{i}", number) for i, number in enumerate(POINTS)),
        not_shown=(
            Limit("Valid requests", "The bot publishes fulfilled requests only."),
            Limit("The world", "Countries that nobody asked about are not here."),
        ),
        glossary=(
            Word("Bounds", "The lowest and highest value that the figures allow."),
            Word("Fulfilled request", "A request after which data were disclosed."),
        ),
        checks=(
            Check("members", passed=True, text="26 of 27 states have a figure"),
            Check(
                "drift", passed=False, text="Users per request drift in two countries"
            ),
            Check("edition", passed=None, text="The source is a secondary collection"),
        ),
    )


CLAIMS = [
    {
        "id": "since_2018",
        "text": "Telegram has been able to disclose the IP address and phone number of "
        "criminals, on a valid legal request, since 2018.",
        "verdict": "supported in part",
        "figure": "28 Aug 2018",
        "data_show": "The clause dates from that day. Until 23 September 2024 it named "
        "terror suspects only, on a court order.",
        "would_decide": "Disclosures made before 2024, by legal process.",
    },
    {
        "id": "brazil",
        "text": "Brazil: more than 200 requests fulfilled in January–September 2024.",
        "verdict": "supported",
        "figure": "203",
        "spark": [75, 63, 65],
        "data_show": "75, 63 and 65 by quarter; 369 users affected.",
        "would_decide": "Settled for the count. A rate needs requests received.",
    },
    {
        "id": "europe",
        "text": "Valid requests from the EU rose in the third quarter of 2024.",
        "verdict": "supported in part",
        "figure": "2.15 to 34.5",
        "bounds": [2.15, 34.5],
        "data_show": "Times the second quarter, for fulfilled requests.",
        "would_decide": "Quarter splits for Germany, Spain, Poland and Italy.",
    },
    {
        "id": "line",
        "text": "The cause: more EU authorities began to use the correct line.",
        "verdict": "cannot be determined from these data",
        "figure": None,
        "data_show": "Totals do not show which line was used (rule R1).",
        "would_decide": "A request log with authority, channel, time and validity.",
    },
    {
        "id": "table",
        "text": "A table of one secondary source.",
        "verdict": "contradicted",
        "figure": "0",
        "data_show": "Three sources give other numbers.",
        "would_decide": "",
    },
]


def claims_result() -> Sample:
    rows = [
        {**claim, "said_on": "2024-10-02", "source_url": "https://example.org/post"}
        for claim in CLAIMS
    ]
    return sample(
        said=(finding("claims", "Two of five claims hold"),), more={"claims": rows}
    )


def countries_result() -> Sample:
    rows = pd.DataFrame(
        [
            (name, "EU" if i < 6 else "Outside the EU", values[-1], list(values))
            for i, (name, values) in enumerate(PANELS.items())
        ],
        columns=["country", "group", "latest", "trend"],
    )
    rows["latest"] = rows["latest"].astype("Int64")
    shares = pd.DataFrame(
        {
            "country": ["A", "B"],
            "share": [0.67, None],
            "n": [
                Estimate(value=2.1, lower=1.4, upper=3.1, unit="ratio"),
                NotEstimable("channel is not recorded", rule="not_recorded"),
            ],
            "trend": [[0.1, 0.2, None, 0.5, 0.67], [None, 0.2, 0.2, 0.3, 0.35]],
        }
    )
    trend = ColumnRule(key="trend", label="Trend", kind="spark")
    return sample(
        said=(finding("countries", "The steepest steps are elsewhere"),),
        shown=(
            TableSpec(
                name="trends",
                caption="India is two thirds of the volume",
                columns=(
                    ColumnRule(key="country", label="Country"),
                    ColumnRule(key="latest", label="Latest", kind="count"),
                    trend,
                ),
                rows=rows,
                note="Trend: one bar a quarter, own scale; hatched: nothing published.",
                source=SOURCE,
                group="group",
            ),
            TableSpec(
                name="shares",
                caption="Share of requests on the right line",
                columns=(
                    ColumnRule(key="country", label="Country"),
                    ColumnRule(key="share", label="On it", unit="%", kind="percent"),
                    ColumnRule(key="n", label="Growth", unit="per year", kind="ratio"),
                    trend,
                ),
                rows=shares,
            ),
        ),
    )


REFUSAL = {
    "rule": "R1",
    "sentence": "The share of the rise due to the communication line cannot be "
    "determined from totals",
    "asked": "How many of the additional valid requests came of authorities moving.",
    "why": "The file holds totals by region and month: no authority, no channel.",
    "identify": [
        "One row a request with authority, channel, time of receipt and validity.",
        "Eight months before the move, and ten authorities that had not moved.",
    ],
    "instead": "Valid requests rose. That is the rise, not its cause.",
}


def attribution_result() -> Sample:
    verdict = (
        "About half of the rise in valid requests, 41 to 60 per cent, is the same "
        "demand sent on a better line. Likely, not certain."
    )
    texts = {
        "a": ("188 to 274", "231 of the additional 456 valid requests would not have "
              "been valid had authorities kept the old line."),
        "b": ("up to 64%", "With the extra requests the share is 64 per cent at most."),
    }  # fmt: skip
    return sample(
        "simulated",
        said=(
            finding("v", verdict, "simulated"),
            *(finding(k, text, "simulated") for k, (_, text) in texts.items()),
        ),
        big=tuple(Point(k, number) for k, (number, _) in texts.items()),
        more={
            "grade": {
                "reached": "C",
                "scale": "ABCD",
                "missed": "Placebos were not run, so nothing better can be claimed.",
            }
        },
        not_shown=(Limit("Anything real", "The log is invented."),),
    )


def refused_result(evidence: str = "published") -> Sample:
    return sample(
        evidence,
        said=(finding("refused", REFUSAL["sentence"], evidence),),
        more={"refusal": REFUSAL},
    )


def leadership() -> nbformat.NotebookNode:
    """Published figures first, then a part drawn from a simulated log."""
    return notebook(
        "# Is the rise real, and how much of it is the communication line?",
        bounds_result(),
        bounds_figure(),
        "## Two of five claims hold, one is contradicted",
        claims_result(),
        "## The larger step came in the fourth quarter\n\nAmong countries that report, "
        "the step is as steep outside the EU as inside it.",
        multiples_figure(),
        countries_result(),
        "## What cannot be answered from totals",
        refused_result(),
        "## What a request log would add",
        attribution_result(),
        waterfall_figure(),
        report_bundle(),
    )


def communication_line() -> nbformat.NotebookNode:
    """All of it simulated."""
    return notebook(
        "# How much of the rise is the communication line?",
        attribution_result(),
        waterfall_figure(),
        "## Most of those who moved did so before the policy changed",
        steps_figure(),
        "## A refusal",
        refused_result("simulated"),
        report_bundle(
            report="communication_line",
            heading="Simulated request log, the EU, July to September 2024 against "
            "April to June 2024",
            as_of="2024-12-31",
        ),
    )


def nothing_published() -> nbformat.NotebookNode:
    """No figure, no point, one sentence: the least a report can be."""
    return notebook(
        "# A question?",
        sample(said=(finding("none", "No figure had been published by that day"),)),
        report_bundle(as_of="2023-12-31"),
    )
