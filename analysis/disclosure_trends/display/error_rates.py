"""Operating curves: what is found, and what is alarmed falsely, by level of counts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import numbers, theme
from disclosure_trends.display.figures import FigureSpec, finish
from disclosure_trends.display.tables import ColumnRule, TableSpec

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Column, name, colour, dash and the side of the line on which its name stands.
FOUND: Final = (
    ("power_double", "at the double", theme.S1, "solid", "right"),
    ("power_half", "at one and a half times", theme.S3, "dash", "left"),
)


def draw_error_rates(
    curves: pd.DataFrame,
    *,
    level: float | None,
    rate: float,
    name: str,
    title: str,
    subtitle: str,
    simulated: bool = False,
) -> go.Figure:
    """Draw the share of rises found above the share of quiet periods alarmed.

    Parameters
    ----------
    curves : pandas.DataFrame
        `level, false_alarm, power_half, power_double, series`, by rising level.
    level : float, optional
        Level to mark: that of the series asked about.
    rate : float
        False-alarm rate asked for; a dashed line.
    name, title, subtitle : str
        Slug, heading, and of which series this speaks.
    simulated : bool
        Whether the series asked about are simulated too.

    Returns
    -------
    plotly.graph_objects.Figure
        The figure.
    """
    import plotly.graph_objects as go

    levels = [float(value) for value in curves["level"]]
    fig = go.Figure()
    for key, label, colour, dash, side in FOUND:
        shares = [float(share) for share in curves[key]]
        _line(fig, levels, shares, colour=colour, dash=dash)
        if shares:
            _label(fig, levels, shares, text=label, anchor=side)
    false = [float(share) for share in curves["false_alarm"]]
    _line(fig, levels, false, colour=theme.S2, dash="solid", axis="y2")
    most = max([*false, rate]) * 1.2
    fig.update_layout(
        margin={"l": 8, "r": 8, "t": 12, "b": 24},
        xaxis={
            "type": "log",
            "anchor": "y2",
            "showgrid": False,
            "tickvals": levels,
            "ticktext": [numbers.count(value) for value in levels],
        },
        yaxis={"domain": [0.38, 1], "range": [0, 1.05], "tickformat": ".0%"},
        yaxis2={
            "domain": [0, 0.28],
            "range": [0, most],
            "tickvals": [0, rate],
            "ticktext": ["0", numbers.percent_short(rate)],
        },
        shapes=_marks(level, rate),
    )
    spec = FigureSpec(
        name=name,
        title=title,
        subtitle=f"{subtitle} Above: share of single raised periods that are found. "
        "Below: share of quiet periods that raise an alarm. Across: mean count of a "
        "period.",
        alt="Lines of the share of rises found by level of the counts, above a line of "
        "the share of quiet periods with an alarm.",
        caption="From simulated series of one length and dispersion. Dashed below: the "
        "rate asked for."
        + (" Vertical: the level of the series examined." if level else ""),
        source="",
        table=TableSpec(
            name=name,
            caption="The numbers drawn",
            columns=(
                ColumnRule(key="level", label="Mean count", kind="count"),
                ColumnRule(key="false_alarm", label="False alarms", kind="percent"),
                ColumnRule(
                    key="power_half", label="One and a half times", kind="percent"
                ),
                ColumnRule(key="power_double", label="Double", kind="percent"),
                ColumnRule(key="series", label="Simulated series", kind="count"),
            ),
            rows=curves,
        ),
        simulated=simulated,
    )
    return finish(fig, spec, height=340)


def _line(
    fig: go.Figure,
    levels: list[float],
    shares: list[float],
    *,
    colour: str,
    dash: str,
    axis: str = "y",
) -> None:
    fig.add_scatter(
        x=levels,
        y=shares,
        yaxis=axis,
        mode="lines+markers",
        line={"color": colour, "width": 2, "dash": dash},
        marker={"color": colour, "size": 6},
        hovertemplate="%{x:,}: %{y:.1%}<extra></extra>",
    )


def _label(
    fig: go.Figure, levels: list[float], shares: list[float], *, text: str, anchor: str
) -> None:
    """Name a line where it is steepest, so that no legend is needed."""
    middle = min(range(len(shares)), key=lambda i: abs(shares[i] - 0.5))
    away = -1 if anchor == "right" else 1
    fig.add_annotation(
        x=math.log10(levels[middle]),
        y=shares[middle],
        text=text,
        showarrow=False,
        xanchor=anchor,
        xshift=8 * away,
        yshift=-8 * away,
    )


def _marks(level: float | None, rate: float) -> list[dict[str, object]]:
    """Dash the rate asked for; mark the level of the series examined."""
    quiet = {"color": theme.S0, "width": 1, "dash": "dash"}
    across = {"type": "line", "xref": "paper", "yref": "y2", "x0": 0, "x1": 1}
    marks: list[dict[str, object]] = [{**across, "y0": rate, "y1": rate, "line": quiet}]
    if level:
        down = {"type": "line", "xref": "x", "yref": "paper", "y0": 0, "y1": 1}
        line = {"color": theme.S0, "width": 1}
        marks.append({**down, "x0": level, "x1": level, "line": line})
    return marks
