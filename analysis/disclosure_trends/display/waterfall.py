"""The waterfall: from one total to another, one horizontal bar for each part."""

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import numbers, theme
from disclosure_trends.display.figures import FigureSpec, finish

if TYPE_CHECKING:
    import plotly.graph_objects as go

Annotation = dict[str, object]
_ROW: Final = 46  # pixels from one bar to the next
_TOP, _BOTTOM = 28, 12
_LEFT, _RIGHT, _NARROW_RIGHT = 250, 200, 88
_CLEAR: Final = "rgba(0,0,0,0)"
_TEXTS: Final = ("label", "note", "kind", "mark")
_VALUES: Final = ("start", "end", "value", "lower", "upper")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bar:
    label: str
    note: str
    kind: str
    mark: str
    start: float
    end: float
    value: float
    lower: float
    upper: float

    @property
    def has_interval(self) -> bool:
        return not (isnan(self.lower) or isnan(self.upper))

    @property
    def value_text(self) -> str:
        if self.kind == "total":
            return numbers.count(self.end)
        return numbers.signed_count(self.value)

    @property
    def interval_text(self) -> str:
        return (
            numbers.span(self.lower, self.upper, "change") if self.has_interval else ""
        )


def draw_waterfall(steps: pd.DataFrame, spec: FigureSpec) -> "go.Figure":
    """Draw a waterfall.

    Parameters
    ----------
    steps : pandas.DataFrame
        One row a bar, in order. ``label`` and ``note`` (below it), ``kind``: ``total``,
        ``part``, or ``open`` for a part that the method can bound but not name;
        ``mark``: a mark colour of the theme, ``s0`` to ``s3``; ``start`` and ``end`` of
        the bar; ``value``, ``lower``, ``upper``: what the part adds and its interval,
        missing where there is none.
    spec : FigureSpec
        What stands around the drawing.

    Returns
    -------
    plotly.graph_objects.Figure
        The figure, with a layout for narrow screens.
    """
    import plotly.graph_objects as go

    rows = _bars_of(steps)
    fig = go.Figure([_bars(rows), _connectors(rows), _whiskers(rows)])
    height = _TOP + _ROW * len(rows) + _BOTTOM
    fig.update_layout(
        margin={"l": _LEFT, "r": _RIGHT, "t": _TOP, "b": _BOTTOM},
        bargap=0.65,
        xaxis={"side": "top", "tickformat": ",", "nticks": 6},
        yaxis=_row_axis(len(rows)),
        shapes=[_zero_line()],
        annotations=_wide_labels(rows),
    )
    narrow = {
        "height": _TOP + (_ROW + 12) * len(rows) + _BOTTOM,
        "margin": {"l": 8, "r": _NARROW_RIGHT, "t": _TOP, "b": _BOTTOM},
        "bargap": 0.72,
        "annotations": _narrow_labels(rows),
    }
    return finish(fig, spec, height=height, narrow=narrow)


def _bars_of(steps: pd.DataFrame) -> list[_Bar]:
    texts = steps[list(_TEXTS)].fillna("").astype(str)
    values = steps[list(_VALUES)].astype(float)
    return [
        _Bar(
            label=str(text.label),
            note=str(text.note),
            kind=str(text.kind),
            mark=str(text.mark),
            start=float(str(value.start)),
            end=float(str(value.end)),
            value=float(str(value.value)),
            lower=float(str(value.lower)),
            upper=float(str(value.upper)),
        )
        for text, value in zip(texts.itertuples(), values.itertuples(), strict=True)
    ]


def _bars(rows: list[_Bar]) -> "go.Bar":
    import plotly.graph_objects as go

    marks = [theme.MARKS[row.mark] for row in rows]
    is_open = [row.kind == "open" for row in rows]
    return go.Bar(
        orientation="h",
        y=list(range(len(rows))),
        base=[row.start for row in rows],
        x=[row.end - row.start for row in rows],
        marker={
            "color": [
                _CLEAR if hollow else mark
                for hollow, mark in zip(is_open, marks, strict=True)
            ],
            "line": {"color": marks, "width": [2 if h else 0 for h in is_open]},
        },
        customdata=[[row.label, row.value_text, row.interval_text] for row in rows],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]}"
        "<extra></extra>",
    )


def _connectors(rows: list[_Bar]) -> "go.Scatter":
    """Draw thin lines from the end of each bar to the next one."""
    import plotly.graph_objects as go

    xs: list[float | None] = []
    ys: list[float | None] = []
    for n, row in enumerate(rows[:-1]):
        end = row.end
        xs += [end, end, None]
        ys += [n, n + 1, None]
    line = {"color": theme.S0, "width": 1}
    return go.Scatter(x=xs, y=ys, mode="lines", line=line, hoverinfo="skip")


def _whiskers(rows: list[_Bar]) -> "go.Scatter":
    """Draw the interval of each part around the end of its bar."""
    import plotly.graph_objects as go

    known = [(n, row) for n, row in enumerate(rows) if row.has_interval]
    value = [row.value for _, row in known]
    upper = [row.upper for _, row in known]
    lower = [row.lower for _, row in known]
    return go.Scatter(
        x=[row.end for _, row in known],
        y=[n for n, _ in known],
        mode="markers",
        marker={"size": 1, "opacity": 0},
        hoverinfo="skip",
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [u - v for u, v in zip(upper, value, strict=True)],
            "arrayminus": [v - low for low, v in zip(lower, value, strict=True)],
            "color": theme.INK,
            "thickness": 1.5,
            "width": 4.5,
        },
    )


def _wide_labels(rows: list[_Bar]) -> list[Annotation]:
    """Name the bars at the left, and write values and intervals at the right."""
    labels: list[Annotation] = []
    for n, row in enumerate(rows):
        side = {"xref": "paper", "yref": "y", "y": n, "yanchor": "middle"}
        labels.append(
            {
                **side,
                "x": 0,
                "xanchor": "left",
                "xshift": -_LEFT + 8,
                "align": "left",
                "text": f"<b>{row.label}</b><br>{_small(row.note)}",
            }
        )
        value = {
            **side,
            "x": 1,
            "xanchor": "right",
            "text": f"<b>{row.value_text}</b>",
        }
        labels.append({**value, "xshift": 80})
        labels.append(
            {**value, "xshift": _RIGHT - 8, "text": _small(row.interval_text)}
        )
    return [{**label, "showarrow": False} for label in labels]


def _narrow_labels(rows: list[_Bar]) -> list[Annotation]:
    """Write the names above the bars; at the right the values, intervals below them."""
    labels: list[Annotation] = []
    for n, row in enumerate(rows):
        side = {"yref": "y", "y": n, "yanchor": "middle", "showarrow": False}
        above = {**side, "xref": "paper", "x": 0, "xanchor": "left", "yshift": 19}
        labels.append({**above, "text": f"<b>{row.label}</b>"})
        right = {**side, "xref": "paper", "x": 1, "xanchor": "right"}
        right["xshift"] = _NARROW_RIGHT - 4
        labels.append({**right, "text": f"<b>{row.value_text}</b>"})
        if row.has_interval:
            text = _small(row.interval_text)
            labels.append({**right, "yshift": -16, "text": text})
    return labels


def _row_axis(size: int) -> dict[str, object]:
    return {
        "range": [size - 0.5, -0.6],
        "showticklabels": False,
        "showgrid": False,
        "automargin": False,
    }


def _zero_line() -> dict[str, object]:
    line = {"color": theme.S0, "width": 1}
    ends = {"x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "line", **ends, "line": line, "layer": "below"}


def _small(text: str) -> str:
    return f'<span style="font-size:12px">{text}</span>' if text else ""
