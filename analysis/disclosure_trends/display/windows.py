"""Figures of windows: small multiples whose bars are as wide as what was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import numbers, theme
from disclosure_trends.display.figures import FigureSpec, finish

if TYPE_CHECKING:
    import plotly.graph_objects as go

PANEL_HEIGHT: Final = 150
COLUMNS: Final = 4
NARROW_COLUMNS: Final = 2
_GAP_X: Final = 0.035
_PANEL_WIDTH_PX: Final = 220
_PLOT_HEIGHT_PX: Final = 84


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Panel:
    label: str
    note: str
    tone: str
    rows: pd.DataFrame
    peak: float


def draw_windows(
    bars: pd.DataFrame, spec: FigureSpec, *, marks: Sequence[float] = ()
) -> "go.Figure":
    """Draw one panel a country, each with its own scale, in the order of the rows.

    Parameters
    ----------
    bars
        One bar a row: `label, note, tone, start, width, total, height, status`.
        `start` and `width` are in months from the first month drawn; `height` is the
        mean per quarter, so that the area is the total; `status` is `exact`, `wide`
        (one figure for longer than a quarter) or `none` (nothing published). The
        column `tick` names the year at the bars that begin one, and is empty else.
    spec
        What stands around the drawing.
    marks
        Days to mark by a dashed line in every panel, in months from the first month.

    Returns
    -------
    plotly.graph_objects.Figure
        Filled: a figure for the quarter. Hollow: a figure for longer. Hatched:
        nothing published, which is not a zero.
    """
    import plotly.graph_objects as go

    panels = _panels(bars)
    fig = go.Figure()
    for number, panel in enumerate(panels, start=1):
        _draw_panel(fig, panel, number)
        _draw_marks(fig, marks, number)
    months = float((bars["start"] + bars["width"]).max()) if panels else 1.0
    wide = _arrange(panels, COLUMNS, months)
    narrow = _arrange(panels, NARROW_COLUMNS, months)
    fig.update_layout(
        barmode="overlay", margin={"l": 4, "r": 4, "t": 8, "b": 22}, **wide
    )
    height = PANEL_HEIGHT * ceil(len(panels) / COLUMNS) + 24
    narrow["height"] = PANEL_HEIGHT * ceil(len(panels) / NARROW_COLUMNS) + 24
    return finish(fig, spec, height=height, narrow=narrow)


def _panels(bars: pd.DataFrame) -> list[_Panel]:
    panels = []
    for label, rows in bars.groupby("label", sort=False):
        first = rows.iloc[0]
        panels.append(
            _Panel(
                label=str(label),
                note=str(first["note"]),
                tone=str(first["tone"]),
                rows=rows,
                peak=max(float(rows["height"].max()), 1.0),
            )
        )
    return panels


def _draw_panel(fig: "go.Figure", panel: _Panel, number: int) -> None:
    axes = {"xaxis": f"x{_suffix(number)}", "yaxis": f"y{_suffix(number)}"}
    colour = theme.MARKS[panel.tone]
    for status, fill in (("exact", colour), ("wide", "rgba(0,0,0,0)")):
        rows = panel.rows[panel.rows["status"] == status]
        if rows.empty:
            continue
        fig.add_bar(
            x=(rows["start"] + rows["width"] / 2).tolist(),
            y=rows["height"].tolist(),
            width=(rows["width"] - 0.5).tolist(),
            marker={"color": fill, "line": {"color": colour, "width": 1.5}},
            customdata=[numbers.count(total) for total in rows["total"]],
            hovertemplate="%{customdata}<extra></extra>",
            **axes,
        )
    xs, ys = _hatches(panel)
    if xs:
        fig.add_scatter(
            x=xs, y=ys, hoverinfo="skip", line={"color": theme.S0, "width": 1.1}, **axes
        )


def _draw_marks(fig: "go.Figure", marks: Sequence[float], number: int) -> None:
    suffix = _suffix(number)
    for mark in marks:
        fig.add_shape(
            type="line",
            xref=f"x{suffix}",
            yref=f"y{suffix} domain",
            x0=mark,
            x1=mark,
            y0=0,
            y1=1,
            layer="below",
            line={"color": theme.S0, "width": 1.2, "dash": "dot"},
        )


def _suffix(number: int) -> str:
    """Return the number of an axis as plotly writes it: the first has none."""
    return "" if number == 1 else str(number)


def _hatches(panel: _Panel) -> tuple[list[float | None], list[float | None]]:
    missing = panel.rows[panel.rows["status"] == "none"]
    months = float((panel.rows["start"] + panel.rows["width"]).max())
    xs: list[float | None] = []
    ys: list[float | None] = []
    for start, width in zip(missing["start"], missing["width"], strict=True):
        box = (start + 0.25, start + width - 0.25, 0.0, panel.peak)
        pixels = _PANEL_WIDTH_PX * (width - 0.5) / months
        more = theme.hatch(box, width=pixels, height=_PLOT_HEIGHT_PX)
        xs += more[0]
        ys += more[1]
    return xs, ys


def _arrange(panels: list[_Panel], columns: int, months: float) -> dict[str, object]:
    """Place the panels in rows of so many, all over the same months, and label them."""
    layout: dict[str, object] = {}
    labels: list[dict[str, object]] = []
    n_rows = ceil(len(panels) / columns)
    for number, panel in enumerate(panels, start=1):
        row, column = divmod(number - 1, columns)
        left = column * (1 + _GAP_X) / columns
        right = left + (1 - _GAP_X * (columns - 1)) / columns
        top = 1 - row / n_rows
        bottom = top - 1 / n_rows
        ticks = panel.rows[panel.rows["tick"] != ""]
        layout[f"xaxis{_suffix(number)}"] = {
            "domain": [left, min(right, 1.0)],
            "anchor": f"y{_suffix(number)}",
            "range": [-0.8, months + 0.3],
            "showgrid": False,
            "tickvals": ticks["start"].tolist(),
            "ticktext": ticks["tick"].tolist(),
            "tickfont": {"size": 11.5},
        }
        layout[f"yaxis{_suffix(number)}"] = {
            "domain": [bottom + 0.16 / n_rows, top - 0.26 / n_rows],
            "anchor": f"x{_suffix(number)}",
            "range": [0, panel.peak * 1.18],
            "showticklabels": False,
            "showgrid": False,
        }
        labels += _heading(panel, left, min(right, 1.0), top - 0.03 / n_rows)
        labels += _value_labels(panel, number)
    layout["annotations"] = labels
    return layout


def _heading(
    panel: _Panel, left: float, right: float, top: float
) -> list[dict[str, object]]:
    place = {"xref": "paper", "yref": "paper", "y": top, "yanchor": "top"}
    return [
        {**place, "x": left, "text": f"<b>{panel.label}</b>"},
        {**place, "x": right, "xanchor": "right", "text": panel.note},
    ]


def _value_labels(panel: _Panel, number: int) -> list[dict[str, object]]:
    """Label the highest quarter, every wide figure and every zero."""
    rows = panel.rows
    exact = rows[(rows["status"] == "exact") & (rows["height"] > 0)]
    marked = rows[
        (rows["status"] == "wide")
        | rows.index.isin(exact.nlargest(1, "height").index)
        | ((rows["status"] == "exact") & (rows["height"] == 0))
    ]
    labels: list[dict[str, object]] = []
    for row in marked.to_dict("records"):
        text = numbers.count(row["total"])
        if row["status"] == "wide":
            text += f" in {row['width']:g} mo."
        labels.append(
            {
                "xref": f"x{_suffix(number)}",
                "yref": f"y{_suffix(number)}",
                "x": row["start"] + row["width"] / 2,
                "y": row["height"],
                "xanchor": "center",
                "yanchor": "bottom",
                "text": text,
                "font": {"size": 11.5},
            }
        )
    return labels


def draw_coverage(matrix: pd.DataFrame, spec: FigureSpec, *, tone: str) -> "go.Figure":
    """Draw which members have a figure in which period, and how many of them.

    Parameters
    ----------
    matrix
        Columns `period, country, status` (`exact`, `in a longer window`, `none`),
        complete, periods and countries in the order to draw.
    spec
        What stands around the drawing.
    tone
        Colour of the filled cells: `s1`, `s2` or `s3`.

    Returns
    -------
    plotly.graph_objects.Figure
        Filled: a figure for the period. Outlined: part of a longer window. Hatched:
        nothing published.
    """
    import plotly.graph_objects as go

    periods = list(dict.fromkeys(matrix["period"]))
    countries = list(dict.fromkeys(matrix["country"]))
    row = matrix["period"].map({p: i for i, p in enumerate(periods)})
    column = matrix["country"].map({c: i for i, c in enumerate(countries)})
    colour = theme.MARKS[tone]
    fig = go.Figure()
    for status, fill in (("exact", colour), ("in a longer window", "rgba(0,0,0,0)")):
        here = matrix["status"] == status
        fig.add_bar(
            orientation="h",
            y=row[here].tolist(),
            base=[c - 0.4 for c in column[here]],
            x=[0.8] * int(here.sum()),
            width=0.72,
            marker={"color": fill, "line": {"color": colour, "width": 1.2}},
            hoverinfo="skip",
        )
    xs: list[float | None] = []
    ys: list[float | None] = []
    missing = matrix["status"] == "none"
    for r, c in zip(row[missing], column[missing], strict=True):
        box = (c - 0.4, c + 0.4, r + 0.36, r - 0.36)
        more = theme.hatch(box, width=700 / max(len(countries), 1), height=16)
        xs += more[0]
        ys += more[1]
    fig.add_scatter(x=xs, y=ys, hoverinfo="skip", line={"color": theme.S0, "width": 1})
    narrow_ticks = {"showticklabels": False}
    fig.update_layout(
        barmode="overlay",
        margin={"l": 70, "r": 84, "t": 26, "b": 8},
        xaxis={
            "side": "top",
            "range": [-0.6, len(countries) - 0.4],
            "tickvals": list(range(len(countries))),
            "ticktext": countries,
            "tickfont": {"size": 11.5},
            "showticklabels": len(countries) <= 40,
            "showgrid": False,
        },
        yaxis={
            "range": [len(periods) - 0.4, -0.6],
            "tickvals": list(range(len(periods))),
            "ticktext": periods,
            "showgrid": False,
        },
        annotations=_row_totals(matrix, periods, len(countries)),
    )
    height = 60 + 24 * len(periods)
    return finish(fig, spec, height=height, narrow={"xaxis": narrow_ticks})


def _row_totals(
    matrix: pd.DataFrame, periods: list[str], n: int
) -> list[dict[str, object]]:
    known = matrix[matrix["status"] == "exact"].groupby("period").size()
    return [
        {
            "x": 1,
            "xref": "paper",
            "xshift": 8,
            "y": position,
            "text": f"<b>{int(known.get(period, 0))}</b> of {n}",
            "font": {"size": 12},
        }
        for position, period in enumerate(periods)
    ]
