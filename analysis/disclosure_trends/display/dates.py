"""The date of a change: the counts, and the probability of every date below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from disclosure_trends.display import numbers, theme
from disclosure_trends.display.figures import FigureSpec, finish
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.display.wording import capital
from disclosure_trends.vocabulary.measures import measure_name

if TYPE_CHECKING:
    import plotly.graph_objects as go


def draw_dates(
    history: pd.DataFrame,
    *,
    dates: pd.DataFrame,
    date_set: tuple[str, ...],
    name: str,
    title: str,
    measure: str,
    simulated: bool,
) -> go.Figure:
    """Draw the counts above the probability that the change began in a period.

    Parameters
    ----------
    history : pandas.DataFrame
        `period, period_start, value, is_complete`, one series; nothing is drawn behind
        the last complete period, nor the count of an open one.
    dates : pandas.DataFrame
        `period, probability`.
    date_set : tuple of str
        Periods that hold the date; shaded.
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

    rows = _complete(history).merge(dates, on="period", how="left")
    days = [day.strftime("%Y-%m-%d") for day in rows["period_start"]]
    values = [None if pd.isna(value) else int(value) for value in rows["value"]]
    shares = [None if pd.isna(share) else float(share) for share in rows["probability"]]
    inside = [period in set(date_set) for period in rows["period"]]
    label = measure_name(measure)
    fig = go.Figure()
    fig.add_scatter(
        x=days,
        y=values,
        mode="lines",
        line={"color": theme.S1, "width": 2},
        connectgaps=False,
        hovertemplate="%{x}: %{y:,}<extra></extra>",
    )
    fig.add_bar(
        x=days,
        y=shares,
        yaxis="y2",
        marker={"color": [theme.S2 if flag else theme.S0 for flag in inside]},
        hovertemplate="%{x}: %{y:.0%}<extra></extra>",
    )
    most = max([share for share in shares if share is not None], default=0.0)
    fig.update_layout(
        margin={"l": 8, "r": 8, "t": 12, "b": 24},
        xaxis={"type": "date", "anchor": "y2", "showgrid": False},
        yaxis={"domain": [0.38, 1], "rangemode": "tozero"},
        yaxis2={
            "domain": [0, 0.28],
            "range": [0, max(most * 1.1, 0.01)],
            "tickvals": [0, most],
            "ticktext": ["0", numbers.percent_short(most)],
        },
    )
    spec = FigureSpec(
        name=name,
        title=title.rstrip("."),
        subtitle=f"Above: {label}. Below: probability that the new level began in the "
        "period.",
        alt=f"Line of {label} above bars of the probability of each date of change.",
        caption="Orange bars: the set of likely dates. Grey bars: other dates.",
        source="",
        table=TableSpec(
            name=name,
            caption="The numbers drawn",
            columns=(
                ColumnRule(key="period", label="Period"),
                ColumnRule(key="value", label=capital(label), kind="count"),
                ColumnRule(key="probability", label="Probability", kind="percent"),
            ),
            rows=rows,
        ),
        simulated=simulated,
    )
    return finish(fig, spec, height=340)


def _complete(history: pd.DataFrame) -> pd.DataFrame:
    """Keep the series up to its last complete period; blank what is open before."""
    known = history.loc[history["is_complete"], "period_start"]
    last = known.max() if len(known) else history["period_start"].max()
    rows: pd.DataFrame = history[history["period_start"] <= last]
    return rows.assign(value=rows["value"].where(rows["is_complete"]))
