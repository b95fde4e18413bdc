"""Rates over time: one panel per series, the interval as a band, gaps as gaps."""

from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import numbers, theme
from disclosure_trends.display.figures import FigureSpec, finish
from disclosure_trends.display.tables import TableSpec

if TYPE_CHECKING:
    import plotly.graph_objects as go

_PANELS: Final = 12
_PANEL_HEIGHT: Final = 110


def draw_rates(
    table: pd.DataFrame,
    *,
    spec: TableSpec,
    meaning: str,
    unit: str,
    as_of: str,
    simulated: bool,
) -> "go.Figure":
    """Draw a rate of every series that has one.

    Parameters
    ----------
    table : pandas.DataFrame
        ``region, period, period_start, rate, lower, upper, status``.
    spec : TableSpec
        The same numbers with their display rules.
    meaning : str
        What the rate is.
    unit : str
        ``share`` or ``ratio``.
    as_of : str
        Last day known of.
    simulated : bool
        Whether nothing here describes reality.

    Returns
    -------
    plotly.graph_objects.Figure
        The figure; at most twelve panels, those with the most cases.
    """
    import plotly.graph_objects as go

    shown = table[table["rate"].notna()]
    cases = shown.groupby("region")["denominator"].sum()
    regions = sorted(cases.sort_values(ascending=False).index[:_PANELS])
    fig = go.Figure()
    annotations = []
    height = 1 / max(len(regions), 1)
    for n, region in enumerate(regions):
        rows = shown[shown["region"] == region].sort_values("period_start")
        axis = "y" if n == 0 else f"y{n + 1}"
        top = 1 - n * height
        for trace in (_band(rows), _line(rows, unit=unit)):
            fig.add_trace(trace.update(yaxis=axis))
        domain = [top - 0.78 * height, top - 0.12 * height]
        fig.update_layout({axis.replace("y", "yaxis"): _axis(domain, unit=unit)})
        annotations.append(_name(region, rows, y=top - 0.02 * height, unit=unit))
    fig.update_layout(
        annotations=annotations,
        margin={"l": 44, "r": 16, "t": 8, "b": 32},
        xaxis={"type": "date", "anchor": "free", "position": 0, "showgrid": False},
    )
    figure = FigureSpec(
        name=spec.name,
        title=spec.caption,
        subtitle="Line: the rate of each period; band: its interval; hollow dot: a "
        "period that is not over.",
        alt=f"Small panels of a rate over time for {', '.join(regions) or 'no series'}."
        f" {meaning}",
        caption="A wide band means few cases.",
        source="Cleaned request log.",
        as_of=as_of,
        table=spec,
        simulated=simulated,
    )
    total = 60 + _PANEL_HEIGHT * max(len(regions), 1)
    return finish(fig, figure, height=total, narrow={"margin": {"l": 40, "r": 8}})


def _days(rows: pd.DataFrame) -> list[str]:
    return [day.strftime("%Y-%m-%d") for day in pd.to_datetime(rows["period_start"])]


def _line(rows: pd.DataFrame, *, unit: str) -> "go.Scatter":
    import plotly.graph_objects as go

    complete = [status == "estimated" for status in rows["status"]]
    return go.Scatter(
        x=_days(rows),
        y=[float(rate) for rate in rows["rate"]],
        mode="lines+markers",
        line={"color": theme.S1, "width": 2},
        marker={
            "size": 6,
            "color": [theme.S1 if one else "rgba(0,0,0,0)" for one in complete],
            "line": {"color": theme.S1, "width": 1.5},
        },
        text=[
            f"{period}: {numbers.number(float(rate), unit)}"
            for period, rate in zip(rows["period"], rows["rate"], strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )


def _band(rows: pd.DataFrame) -> "go.Scatter":
    import plotly.graph_objects as go

    known = rows[rows["lower"].notna()]
    days = _days(known)
    upper = [float(end) for end in known["upper"]]
    lower = [float(end) for end in known["lower"]]
    return go.Scatter(
        x=[*days, *reversed(days)],
        y=[*upper, *reversed(lower)],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=theme.faded(theme.S1),
        hoverinfo="skip",
    )


def _axis(domain: list[float], *, unit: str) -> dict[str, object]:
    axis: dict[str, object] = {"domain": domain, "nticks": 3}
    if unit == "share":
        axis |= {"range": [0, 1], "tickvals": [0, 0.5, 1], "tickformat": ".0%"}
    else:
        axis |= {"rangemode": "tozero"}
    return axis


def _name(region: str, rows: pd.DataFrame, *, y: float, unit: str) -> dict[str, object]:
    done = rows[rows["status"] == "estimated"]
    last = "" if done.empty else numbers.number(float(done["rate"].iloc[-1]), unit)
    return {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": y,
        "yanchor": "top",
        "text": f"<b>{region}</b>  {last}",
        "showarrow": False,
    }
