"""Pictures of an attribution: around the move, omissions, attempts, choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import numbers, theme
from disclosure_trends.display.figures import FigureSpec, finish

if TYPE_CHECKING:
    import plotly.graph_objects as go

Entry = dict[str, object]
_ROW: Final = 30
_GLYPHS: Final = {
    "passes": "circle",
    "marginal": "circle-open",
    "fails": "x",
    "not tried": "circle-open-dot",
}
_MARKS: Final = {
    "passes": theme.S3,
    "marginal": theme.S0,
    "fails": theme.S2,
    "not tried": theme.S0,
}
_SAID: Final = {
    "passes": "not found",
    "marginal": "weakly",
    "fails": "found",
    "not tried": "not tried",
}
LINE: Final = {"color": theme.INK, "width": 1}


def draw_events(
    events: pd.DataFrame, spec: FigureSpec, outcomes: Mapping[str, str]
) -> go.Figure:
    """Draw ratios of observed to expected around the move, one panel an outcome.

    Parameters
    ----------
    events : DataFrame
        ``outcome, event`` (months from the move), ``ratio, lower, upper``.
    spec : FigureSpec
        What stands around the drawing.
    outcomes : mapping
        Outcome to the name of its panel, in order.

    Returns
    -------
    plotly.graph_objects.Figure
        Hollow marks before the move, filled ones from it on; logarithmic scale.
    """
    import plotly.graph_objects as go

    if events.empty:
        return draw_nothing(spec)
    fig = go.Figure()
    wide: list[Entry] = []
    narrow: list[Entry] = []
    gap, n = 0.06, len(outcomes)
    width = (1 - gap * (n - 1)) / n
    layout: Entry = {"margin": {"l": 40, "r": 8, "t": 34, "b": 28}}
    slim: Entry = {"height": 560, "margin": {"l": 40, "r": 8, "t": 34, "b": 28}}
    limits = _log_range([*events["lower"], *events["upper"]])
    for i, (outcome, label) in enumerate(outcomes.items()):
        axis = "" if i == 0 else str(i + 1)
        rows = events[events["outcome"] == outcome]
        fig.add_trace(_event_trace(rows, axis))
        left = i * (width + gap)
        top = 1 - i / n
        across: Entry = {"dtick": 3, "range": [-6.6, 6.6], "showgrid": False}
        up: Entry = {"type": "log", "range": limits, **_doublings()}
        layout |= {
            f"xaxis{axis}": across
            | {"domain": [left, left + width], "anchor": f"y{axis}"},
            f"yaxis{axis}": up
            | {
                "anchor": f"x{axis}",
                "domain": [0, 1],
                "showticklabels": i == 0,
            },
        }
        slim |= {
            f"xaxis{axis}": across | {"domain": [0, 1], "anchor": f"y{axis}"},
            f"yaxis{axis}": up
            | {
                "anchor": f"x{axis}",
                "domain": [top - 1 / n + 0.09, top - 0.06],
                "showticklabels": True,
            },
        }
        text = {"text": f"<b>{label}</b>", "xref": "paper", "yref": "paper"}
        base: Entry = {**text, "showarrow": False, "xanchor": "left"}
        wide.append(base | {"x": left, "y": 1, "yanchor": "bottom", "yshift": 8})
        narrow.append(base | {"x": 0, "y": top - 0.055, "yanchor": "bottom"})
    shapes = [_crosshair(i) for i in range(n)]
    fig.update_layout(**layout, annotations=wide, shapes=shapes)
    return finish(fig, spec, height=300, narrow=slim | {"annotations": narrow})


def _event_trace(rows: pd.DataFrame, axis: str) -> go.Scatter:
    import plotly.graph_objects as go

    ratio = [float(value) for value in rows["ratio"]]
    before = [int(event) < 0 for event in rows["event"]]
    upper = [float(u) - r for u, r in zip(rows["upper"], ratio, strict=True)]
    lower = [r - float(low) for low, r in zip(rows["lower"], ratio, strict=True)]
    return go.Scatter(
        x=[int(event) for event in rows["event"]],
        y=ratio,
        xaxis=f"x{axis}",
        yaxis=f"y{axis}",
        mode="markers",
        marker={
            "size": 8,
            "symbol": ["circle-open" if early else "circle" for early in before],
            "color": [theme.S0 if early else theme.S1 for early in before],
        },
        error_y={
            "type": "data",
            "symmetric": False,
            "array": upper,
            "arrayminus": lower,
            "color": theme.INK,
            "thickness": 1.25,
            "width": 3,
        },
        hovertemplate="month %{x}: %{y:.2f}<extra></extra>",
    )


def _crosshair(panel: int) -> Entry:
    """Draw the line at 1, no change, across a panel."""
    axis = "" if panel == 0 else str(panel + 1)
    return {
        "type": "line",
        "xref": f"x{axis} domain",
        "yref": f"y{axis}",
        "x0": 0,
        "x1": 1,
        "y0": 1,
        "y1": 1,
        "line": LINE,
        "layer": "below",
    }


def _doublings() -> Entry:
    """Set ticks of a logarithmic axis at powers of two, written out."""
    powers = [2.0**n for n in range(-6, 9)]
    return {
        "tickmode": "array",
        "tickvals": powers,
        "ticktext": [f"{value:g}" for value in powers],
    }


def _log_range(values: list[float]) -> list[float]:
    from math import log10

    positive = [value for value in values if value > 0]
    return [log10(min(positive)) - 0.04, log10(max(positive)) + 0.04]


def draw_omissions(frame: pd.DataFrame, spec: FigureSpec) -> go.Figure:
    """Draw the share without each country: a tornado around the share with all.

    Parameters
    ----------
    frame : DataFrame
        ``name, share``, the weightiest first; at most twelve are drawn.
    spec : FigureSpec
        What stands around the drawing.

    Returns
    -------
    plotly.graph_objects.Figure
        One row a country.
    """
    import plotly.graph_objects as go

    shown = frame.dropna(subset=["share"])[:12]
    if shown.empty:
        return draw_nothing(spec)
    shares = [float(value) for value in shown["share"]]
    # The share with all countries is where the omissions balance.
    middle = float(frame["share"].median())
    rows = list(range(len(shares)))
    fig = go.Figure(
        go.Bar(
            orientation="h",
            y=rows,
            base=[middle] * len(rows),
            x=[share - middle for share in shares],
            marker={"color": theme.S1},
            hovertemplate="%{customdata}<extra></extra>",
            customdata=[numbers.percent_short(share) for share in shares],
        )
    )
    names = [_left_label(name, i) for i, name in enumerate(shown["name"])]
    values = [_right_label(numbers.percent_short(s), i) for i, s in enumerate(shares)]
    fig.update_layout(
        margin={"l": 150, "r": 56, "t": 28, "b": 12},
        bargap=0.5,
        xaxis={
            "side": "top",
            "tickformat": ".0%",
            "nticks": 6,
            "range": _wide_range(middle, shares),
        },
        yaxis=_rows_axis(len(rows)),
        annotations=[*names, *values],
        shapes=[_upright(middle)],
    )
    height = 40 + _ROW * len(rows)
    return finish(fig, spec, height=height, narrow={"xaxis": {"nticks": 4}})


def _wide_range(middle: float, shares: list[float]) -> list[float]:
    """Keep at least twenty points on either side: small moves must look small."""
    low = min([*shares, middle - 0.2])
    high = max([*shares, middle + 0.2])
    margin = 0.02 * (high - low)
    return [low - margin, high + margin]


def draw_attempts(frame: pd.DataFrame, spec: FigureSpec) -> go.Figure:
    """Draw the attempts to break the answer, one row each, with what came of it.

    Parameters
    ----------
    frame : DataFrame
        ``attempt, found, result``.
    spec : FigureSpec
        What stands around the drawing.

    Returns
    -------
    plotly.graph_objects.Figure
        A mark and a word a row; the findings stand in the data table too.
    """
    import plotly.graph_objects as go

    if frame.empty:
        return draw_nothing(spec)
    rows = list(range(len(frame)))
    fig = go.Figure(
        go.Scatter(
            x=[0] * len(rows),
            y=rows,
            mode="markers",
            marker={
                "size": 11,
                "symbol": [_GLYPHS[result] for result in frame["result"]],
                "color": [_MARKS[result] for result in frame["result"]],
            },
            customdata=[[str(text)] for text in frame["found"]],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )
    wide: list[Entry] = []
    narrow: list[Entry] = []
    for i, row in enumerate(frame.itertuples()):
        base: Entry = {"yref": "y", "y": i, "showarrow": False, "xanchor": "left"}
        left: Entry = base | {"xref": "paper", "x": 0}
        wide += [
            left | {"text": f"<b>{row.attempt}</b>", "xshift": -392},
            base | {"xref": "x", "x": 0, "xshift": 14, "text": _SAID[str(row.result)]},
            base | {"xref": "x", "x": 0, "xshift": 92, "text": small(str(row.found))},
        ]
        narrow += [
            left | {"text": str(row.attempt), "yshift": 12, "font": {"size": 12}},
            left
            | {
                "text": f"<b>{_SAID[str(row.result)]}</b>",
                "xshift": 22,
                "yshift": -6,
            },
        ]
    hidden: Entry = {"visible": False, "range": [-0.02, 1]}
    fig.update_layout(
        margin={"l": 400, "r": 8, "t": 8, "b": 8},
        xaxis=hidden,
        yaxis=_rows_axis(len(rows)),
        annotations=wide,
    )
    slim: Entry = {
        "height": 24 + 46 * len(rows),
        "margin": {"l": 8, "r": 8, "t": 16, "b": 8},
        "annotations": narrow,
        "xaxis": hidden | {"range": [-0.03, 1]},
    }
    return finish(fig, spec, height=24 + _ROW * len(rows), narrow=slim)


def draw_nothing(spec: FigureSpec) -> go.Figure:
    """Say in the drawing that there is nothing to draw."""
    import plotly.graph_objects as go

    fig = go.Figure()
    fig.update_layout(
        xaxis={"visible": False, "range": [0, 1]},
        yaxis={"visible": False, "range": [0, 1]},
        annotations=[
            {
                "text": "No estimate",
                "x": 0,
                "y": 0.5,
                "xref": "paper",
                "yref": "paper",
                "xanchor": "left",
                "showarrow": False,
            }
        ],
    )
    return finish(fig, spec, height=80)


def _left_label(text: str, row: int) -> Entry:
    return {
        "text": f"<b>{text}</b>",
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": -142,
        "yref": "y",
        "y": row,
        "showarrow": False,
    }


def _right_label(text: str, row: int) -> Entry:
    return {
        "text": f"<b>{text}</b>",
        "xref": "paper",
        "x": 1,
        "xanchor": "right",
        "xshift": 50,
        "yref": "y",
        "y": row,
        "showarrow": False,
    }


def _rows_axis(size: int) -> Entry:
    return {
        "range": [size - 0.5, -0.5],
        "showticklabels": False,
        "showgrid": False,
        "automargin": False,
    }


def _upright(x: float) -> Entry:
    ends: Entry = {"x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "line", **ends, "line": LINE}


def small(text: str) -> str:
    """Set a text in the size of tick labels."""
    return f'<span style="font-size:12px">{text}</span>' if text else ""
