"""A trend with its forecast: counts, fitted line, bands, declared dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from disclosure_trends.display import theme
from disclosure_trends.display.figures import FigureSpec, finish
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.display.wording import capital
from disclosure_trends.vocabulary.measures import measure_name

if TYPE_CHECKING:
    import plotly.graph_objects as go


def draw_trend(
    trend: pd.DataFrame,
    *,
    forecast: pd.DataFrame,
    events: pd.DataFrame,
    name: str,
    title: str,
    measure: str,
    simulated: bool,
) -> go.Figure:
    """Draw counts, their fitted trend and the forecast.

    Parameters
    ----------
    trend : pandas.DataFrame
        `period, period_start, value, expected, lower, upper, is_complete`.
    forecast : pandas.DataFrame
        `period, period_start, expected, lower, upper`; may be empty.
    events : pandas.DataFrame
        `event, date`; drawn as dotted lines with letters.
    name, title, measure : str
        Slug, heading, what is counted.
    simulated : bool
        Whether nothing here describes reality.

    Returns
    -------
    plotly.graph_objects.Figure
        The figure.
    """
    import plotly.graph_objects as go

    label = measure_name(measure)
    complete = trend["is_complete"] & trend["value"].notna()
    fig = go.Figure()
    fig.add_traces([*_band(trend, theme.S0), *_band(forecast, theme.S1)])
    fig.add_scatter(
        x=_days(trend),
        y=_plain(trend["value"].where(complete)),
        mode="lines",
        line={"color": theme.S1, "width": 1.8},
        connectgaps=False,
        hovertemplate="%{x}: %{y:,}<extra></extra>",
    )
    fig.add_scatter(
        x=[*_days(trend), *_days(forecast)],
        y=[*_plain(trend["expected"]), *_plain(forecast["expected"])],
        mode="lines",
        line={"color": theme.INK2, "width": 1.2, "dash": "dot"},
        hoverinfo="skip",
    )
    letters = [chr(ord("A") + n % 26) for n in range(len(events))]
    fig.update_layout(
        margin={"l": 8, "r": 8, "t": 28, "b": 24},
        xaxis={"type": "date", "showgrid": False},
        yaxis={"rangemode": "tozero"},
        shapes=[_line(day) for day in events["date"]],
        annotations=[
            {"text": letter, "x": day, "y": 1.04, "yref": "paper", "xanchor": "center"}
            for letter, day in zip(letters, events["date"], strict=True)
        ],
    )
    explained = " ".join(
        f"{letter}: {event}."
        for letter, event in zip(letters, events["event"], strict=True)
    )
    known = trend.assign(value=trend["value"].where(complete))
    rows = pd.concat([known, forecast], ignore_index=True)
    spec = FigureSpec(
        name=name,
        title=title.rstrip("."),
        subtitle=f"{capital(label)}. Grey band: interval of the fitted mean. Blue "
        "band: interval of the forecast counts.",
        alt=f"Line of {label} with its fitted trend and a forecast of "
        f"{len(forecast)} periods.",
        caption=f"Line: counts of complete periods. Dotted: fitted mean. {explained}",
        source="",
        table=TableSpec(
            name=name,
            caption="The numbers drawn",
            columns=(
                ColumnRule(key="period", label="Period"),
                ColumnRule(key="value", label=capital(label), kind="count"),
                ColumnRule(key="expected", label="Expected", kind="count"),
                ColumnRule(key="lower", label="Lower", kind="count"),
                ColumnRule(key="upper", label="Upper", kind="count"),
            ),
            rows=rows,
        ),
        simulated=simulated,
    )
    return finish(fig, spec, height=340)


def _days(table: pd.DataFrame) -> list[str]:
    return [pd.Timestamp(day).strftime("%Y-%m-%d") for day in table["period_start"]]


def _plain(values: pd.Series[float]) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in values]


def _band(table: pd.DataFrame, colour: str) -> list[go.Scatter]:
    """Close the interval as one outline."""
    import plotly.graph_objects as go

    known = table[table["upper"].notna()]
    if known.empty:
        return []
    days = _days(known)
    upper, lower = _plain(known["upper"]), _plain(known["lower"])
    return [
        go.Scatter(
            x=[*days, *days[::-1]],
            y=[*upper, *lower[::-1]],
            mode="lines",
            fill="toself",
            fillcolor=theme.faded(colour),
            line={"width": 0},
            hoverinfo="skip",
        )
    ]


def _line(day: str) -> dict[str, object]:
    return {
        "type": "line",
        "x0": day,
        "x1": day,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": theme.INK2, "width": 1, "dash": "dot"},
    }
