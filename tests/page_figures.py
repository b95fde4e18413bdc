"""Figures made by hand, as models draw them, for the notebooks of `page_notebooks`."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from disclosure_trends.display import theme
from disclosure_trends.display.figures import FigureSpec, finish
from disclosure_trends.display.tables import ColumnRule, TableSpec

SOURCE = "Telegram @transparency bot, collected by Te-k, CC-BY 4.0"
AS_OF = "2026-05-31"


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
