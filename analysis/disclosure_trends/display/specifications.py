"""The specification curve: estimates by size, and the choices that led to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import theme
from disclosure_trends.display.attribution import LINE, Entry, draw_nothing, small
from disclosure_trends.display.figures import FigureSpec, finish

if TYPE_CHECKING:
    import plotly.graph_objects as go

_CHOICES: Final = ("dates", "measure", "history", "window", "countries", "left_out")
_HALF: Final = 0.18
"""Half of the height of a stroke, in rows."""


def draw_specifications(frame: pd.DataFrame, spec: FigureSpec) -> go.Figure:
    """Draw the specification curve: estimates by size, and the choices below.

    Parameters
    ----------
    frame : DataFrame
        The choices, ``share, lower, upper, is_headline, rank``.
    spec : FigureSpec
        What stands around the drawing.

    Returns
    -------
    plotly.graph_objects.Figure
        The headline's choice is filled.
    """
    import plotly.graph_objects as go

    shown = frame.dropna(subset=["share", "lower", "upper"]).sort_values("rank")
    if shown.empty:
        return draw_nothing(spec)
    rank = list(range(1, len(shown) + 1))
    share = [float(value) for value in shown["share"]]
    chosen = [bool(value) for value in shown["is_headline"]]
    whiskers = go.Scatter(
        x=[place for r in rank for place in (r, r, None)],
        y=[
            end
            for low, high in zip(shown["lower"], shown["upper"], strict=True)
            for end in (float(low), float(high), None)
        ],
        mode="lines",
        line={"color": theme.S0, "width": 1},
        hoverinfo="skip",
    )
    marks = go.Scatter(
        x=rank,
        y=share,
        mode="markers",
        marker={
            "size": [10 if one else 5 for one in chosen],
            "symbol": ["circle" if one else "circle-open" for one in chosen],
            "color": theme.S1,
            # Marks of several sizes are translucent by default: in print each would
            # be a picture of its own, ten times the weight.
            "opacity": 1,
        },
        hovertemplate="%{y:.0%}<extra></extra>",
    )
    labels, dots = _choice_rows(shown)
    fig = go.Figure([whiskers, marks, dots])
    split = 0.46
    fig.update_layout(
        margin={"l": 190, "r": 8, "t": 12, "b": 12},
        xaxis={"visible": False, "anchor": "y", "range": [0, len(shown) + 1]},
        yaxis={"domain": [split, 1], "tickformat": ".0%", "nticks": 6},
        yaxis2={
            "domain": [0, split - 0.06],
            "range": [len(labels) - 0.5, -0.5],
            "showgrid": False,
            "showticklabels": False,
            "anchor": "x",
        },
        annotations=[_choice_label(text, i) for i, text in enumerate(labels)],
        shapes=[_level(0.0)],
    )
    narrow: Entry = {
        "margin": {"l": 44, "r": 8, "t": 12, "b": 12},
        "yaxis": {"domain": [0, 1], "tickformat": ".0%", "nticks": 6},
        "yaxis2": {"domain": [0, 0.001], "range": [-9, -8], "visible": False},
        "annotations": [],
        "height": 260,
    }
    return finish(fig, spec, height=250 + 19 * len(labels), narrow=narrow)


def _choice_rows(shown: pd.DataFrame) -> tuple[list[str], go.Scatter]:
    """Name every choice that varies and mark where it was made."""
    import plotly.graph_objects as go

    labels: list[str] = []
    xs: list[int | None] = []
    ys: list[float | None] = []
    for name in _CHOICES:
        options = list(dict.fromkeys(shown[name]))
        if len(options) < 2:
            continue
        for option in sorted(options, key=str):
            made = [i for i, value in enumerate(shown[name], 1) if value == option]
            row = len(labels)
            # One line with gaps: a mark each weighs as much as all else in print.
            xs += [x for place in made for x in (place, place, None)]
            ys += [y for _ in made for y in (row - _HALF, row + _HALF, None)]
            head = name.replace("left_out", "left out")
            labels.append(f"{head}: {option}")
    trace = go.Scatter(
        x=xs,
        y=ys,
        yaxis="y2",
        mode="lines",
        line={"color": theme.S0, "width": 1.5},
        hoverinfo="skip",
    )
    return labels, trace


def _choice_label(text: str, row: int) -> Entry:
    return {
        "text": small(text),
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": -186,
        "yref": "y2",
        "y": row,
        "showarrow": False,
    }


def _level(y: float) -> Entry:
    ends: Entry = {"x0": 0, "x1": 1, "xref": "paper", "y0": y, "y1": y}
    return {"type": "line", **ends, "line": LINE, "layer": "below"}
