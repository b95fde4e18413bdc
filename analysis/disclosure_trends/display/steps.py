"""The adoption curve: steps with a band, a weighted curve, and who is still waiting."""

from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import numbers, theme
from disclosure_trends.display.figures import FigureSpec, finish

if TYPE_CHECKING:
    import plotly.graph_objects as go

Annotation = dict[str, object]
_RIGHT: Final = 180
_EVENT_ROWS: Final = 2
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def draw_adoption(
    curve: pd.DataFrame, *, events: pd.DataFrame, spec: FigureSpec
) -> "go.Figure":
    """Draw the cumulative share that has moved.

    Parameters
    ----------
    curve : pandas.DataFrame
        One row a month: ``period, period_start, moved_share, lower, upper,
        volume_share, not_yet``; shares hold at the end of the month.
    events : pandas.DataFrame
        ``date, label``: dated facts, drawn as dotted lines.
    spec : FigureSpec
        What stands around the drawing.

    Returns
    -------
    plotly.graph_objects.Figure
        The figure, with a layout for narrow screens.
    """
    import plotly.graph_objects as go

    fig = go.Figure()
    if not curve.empty:
        fig.add_traces(
            [
                _band(curve),
                _step(curve, "volume_share", colour=theme.S0, dash="dash"),
                _step(curve, "moved_share", colour=theme.S1),
            ]
        )
    labels = [*_end_labels(curve), *_event_labels(events)]
    fig.update_layout(
        margin={"l": 44, "r": _RIGHT, "t": 48, "b": 76},
        xaxis=_month_axis(curve, every=1 + len(curve) // 13),
        yaxis={
            "range": [0, 100],
            "tickvals": [0, 25, 50, 75, 100],
            "ticktext": ["0", "25", "50", "75", "100%"],
        },
        shapes=_event_lines(events),
        annotations=[*labels, *_waiting(curve, every=1 + len(curve) // 13)],
    )
    narrow = {
        "margin": {"l": 40, "r": 56, "t": 48, "b": 76},
        "xaxis": _month_axis(curve, every=1 + len(curve) // 5),
        "annotations": [
            *_end_labels(curve, short=True),
            *_event_labels(events),
            *_waiting(curve, every=1 + len(curve) // 5),
        ],
    }
    return finish(fig, spec, height=380, narrow=narrow)


def _days(curve: pd.DataFrame) -> list[str]:
    """Return the first day of each month and the day after the last one."""
    starts = pd.to_datetime(curve["period_start"])
    after = starts.iloc[-1] + pd.offsets.MonthBegin(1)
    return [day.strftime("%Y-%m-%d") for day in [*starts, after]]


def _percent(values: "pd.Series[float]") -> list[float | None]:
    """Return shares in per cent at the ends of months, from zero at the opening."""
    shares = [None if pd.isna(v) else 100 * float(v) for v in values]
    return [0.0, *shares]


def _step(
    curve: pd.DataFrame, column: str, *, colour: str, dash: str = "solid"
) -> "go.Scatter":
    import plotly.graph_objects as go

    values = _percent(curve[column])
    if all(value is None for value in values[1:]):
        values = [None] * len(values)
    return go.Scatter(
        x=_days(curve),
        y=values,
        mode="lines",
        line={"shape": "hv", "color": colour, "width": 2.25, "dash": dash},
        hovertemplate="%{x|%b %Y}: %{y:.0f}%<extra></extra>",
    )


def _band(curve: pd.DataFrame) -> "go.Scatter":
    """Draw the interval as one closed outline of steps."""
    import plotly.graph_objects as go

    known = curve["lower"].notna() & curve["upper"].notna()
    days = _days(curve)
    xs: list[str] = []
    upper: list[float] = []
    lower: list[float] = []
    for n in [n for n, inside in enumerate(known) if inside]:
        # A share of the end of month n holds until the end of the next month.
        until = days[min(n + 2, len(days) - 1)]
        xs += [days[n + 1], until]
        upper += [100 * float(curve["upper"].iloc[n])] * 2
        lower += [100 * float(curve["lower"].iloc[n])] * 2
    return go.Scatter(
        x=[*xs, *reversed(xs)],
        y=[*upper, *reversed(lower)],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=theme.faded(theme.S1),
        hoverinfo="skip",
    )


def _end_labels(curve: pd.DataFrame, *, short: bool = False) -> list[Annotation]:
    """Write both shares beside the ends of the curves, apart from each other."""
    if curve.empty:
        return []
    last = curve.iloc[-1]
    moved, volume = float(last["moved_share"]), last["volume_share"]
    texts = [(moved, numbers.percent_short(moved), " of authorities")]
    if pd.notna(volume):
        share = float(volume)
        texts.append((share, numbers.percent_short(share), " of their requests"))
    higher = max(share for share, _, _ in texts)
    labels: list[Annotation] = []
    for n, (share, value, what) in enumerate(texts):
        close = len(texts) == 2 and abs(texts[0][0] - texts[1][0]) < 0.12
        up = share == higher if texts[0][0] != texts[-1][0] else n == 0
        text = f"<b>{value}</b>" + ("" if short else what)
        if n == 0 and not short and pd.notna(last["lower"]):
            ends = numbers.span(float(last["lower"]), float(last["upper"]), "share")
            text += f'<br><span style="font-size:12px">{ends}, 95% interval</span>'
        labels.append(
            {
                "xref": "paper",
                "x": 1,
                "xanchor": "left",
                "xshift": 8,
                "y": 100 * share,
                "yshift": (16 if up else -16) if close else 0,
                "align": "left",
                "text": text,
                "showarrow": False,
            }
        )
    return labels


def _event_lines(events: pd.DataFrame) -> list[dict[str, object]]:
    line = {"color": theme.S0, "width": 1, "dash": "dot"}
    return [
        {
            "type": "line",
            "x0": day.strftime("%Y-%m-%d"),
            "x1": day.strftime("%Y-%m-%d"),
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": line,
        }
        for day in pd.to_datetime(events["date"])
    ]


def _event_labels(events: pd.DataFrame) -> list[Annotation]:
    """Name each event above the plot, in two rows by turns."""
    labels: list[Annotation] = []
    for n, event in enumerate(events.itertuples()):
        day = pd.Timestamp(str(event.date))
        when = f"{day.day} {_MONTHS[day.month - 1]}"
        labels.append(
            {
                "x": day.strftime("%Y-%m-%d"),
                "xanchor": "left" if n == 0 else "center",
                "yref": "paper",
                "y": 1,
                "yanchor": "bottom",
                "yshift": 4 + 16 * (n % _EVENT_ROWS),
                "text": f"{event.label}, {when}",
                "showarrow": False,
            }
        )
    return labels


def _month_axis(curve: pd.DataFrame, *, every: int) -> dict[str, object]:
    if curve.empty:
        return {"showticklabels": False, "showgrid": False}
    days = _days(curve)
    starts = [pd.Timestamp(day) for day in days[:-1]]
    texts = [
        _MONTHS[day.month - 1] + (f"<br>{day.year}" if n == 0 or day.month == 1 else "")
        for n, day in enumerate(starts)
    ]
    return {
        "type": "date",
        "range": [days[0], days[-1]],
        "tickvals": days[:-1:every],
        "ticktext": texts[::every],
        "showgrid": False,
    }


def _waiting(curve: pd.DataFrame, *, every: int) -> list[Annotation]:
    """Write how many had not moved when a month began, below the axis."""
    if curve.empty:
        return []
    small = 'style="font-size:12px"'
    below = {"yref": "paper", "y": 0, "yanchor": "top", "showarrow": False}
    head: Annotation = {
        **below,
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "yshift": -38,
        "text": f"<span {small}>Authorities not yet moved</span>",
    }
    counts: list[Annotation] = [
        {
            **below,
            "x": day,
            "xanchor": "center",
            "yshift": -54,
            "text": f"<span {small}>{numbers.count(float(waiting))}</span>",
        }
        for day, waiting in list(zip(_days(curve), curve["not_yet"], strict=False))[
            ::every
        ]
    ]
    return [head, *counts]
