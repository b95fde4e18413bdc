"""Small multiples of counts: where the panels stand, and what is drawn in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import numbers, theme
from disclosure_trends.display.figures import FigureSpec, finish
from disclosure_trends.vocabulary.regions import label_region

if TYPE_CHECKING:
    import plotly.graph_objects as go

COLUMNS: Final = 4
NARROW_COLUMNS: Final = 2
SCALE: Final = 0.2
NARROW_SCALE: Final = 0.32
END: Final = 0.95
NARROW_END: Final = 0.88
DOTTED: Final = 16  # periods; of so few each count gets a dot, so that none is lost
FOOT: Final = 34  # pixels below the panels, where SIMULATED may stand
LETTERS: Final = 28  # of a name above a panel
NARROW_LETTERS: Final = 20
ROW_HEIGHT: Final = 150
WIDTH: Final = 900  # pixels that a wide figure has for its panels


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """Where the panels stand, in shares of the figure."""

    panels: int
    columns: int
    scale: float  # share of a panel's width that the numbers beside it take
    end: float  # where it ends, so that half a label has room beside it

    @property
    def rows(self) -> int:
        """Rows of panels."""
        return max(-(-self.panels // self.columns), 1)

    def domain(self, n: int) -> tuple[list[float], list[float]]:
        """Left and right, bottom and top of panel `n`."""
        row, column = divmod(n, self.columns)
        width, height = 1 / self.columns, 1 / self.rows
        top = 1 - row * height
        left = column * width
        return (
            [left + self.scale * width, left + self.end * width],
            [top - 0.82 * height, top - 0.20 * height],
        )


def draw_panels(shown: pd.DataFrame, spec: FigureSpec) -> go.Figure:
    """Draw one panel a series, with its expected band and alarms.

    Parameters
    ----------
    shown : pandas.DataFrame
        `region, period, x, value, is_complete, expected, lower, upper, alarm`, sorted
        by series and `x`.
    spec : FigureSpec
        What the page says around the figure.

    Returns
    -------
    plotly.graph_objects.Figure
        Panels of four, on narrow screens two, in a row.
    """
    import plotly.graph_objects as go

    names = list(shown["region"].unique())
    n = max(len(names), 1)
    wide = _Grid(panels=len(names), columns=min(COLUMNS, n), scale=SCALE, end=END)
    narrow = _Grid(
        panels=len(names),
        columns=min(NARROW_COLUMNS, n),
        scale=NARROW_SCALE,
        end=NARROW_END,
    )
    fig = go.Figure()
    for n, region in enumerate(names):
        rows = shown[shown["region"] == region]
        fig.add_traces(list(_panel(rows, n, wide)))
    fig.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": FOOT},
        **_layout(shown, names, wide, letters=LETTERS),
    )
    height = 16 + FOOT + ROW_HEIGHT * wide.rows
    small = {
        "height": 16 + FOOT + ROW_HEIGHT * narrow.rows,
        **_layout(shown, names, narrow, letters=NARROW_LETTERS),
    }
    return finish(fig, spec, height=height, narrow=small)


def _short(name: str, letters: int) -> str:
    """Cut a name that would run into the next panel."""
    return name if len(name) <= letters else f"{name[: letters - 1].rstrip(' ,')}…"


def _suffix(n: int) -> str:
    return "" if n == 0 else str(n + 1)


def _layout(
    shown: pd.DataFrame, names: list[str], grid: _Grid, *, letters: int
) -> dict[str, object]:
    layout: dict[str, object] = {}
    annotations = []
    for n, region in enumerate(names):
        rows = shown[shown["region"] == region]
        across, up = grid.domain(n)
        top = _top(rows)
        ticks = [rows["x"].iloc[0], rows["x"].iloc[-1]]
        # Of a day its month: two whole dates do not fit below a panel.
        texts = [str(rows["period"].iloc[k])[:8].rstrip("-") for k in (0, -1)]
        layout[f"xaxis{_suffix(n)}"] = {
            "domain": across,
            "anchor": f"y{_suffix(n)}",
            "range": [ticks[0] - 0.6, ticks[1] + 0.6],
            "tickvals": [int(tick) for tick in ticks],
            "ticktext": texts,
            "showgrid": False,
            "automargin": False,
        }
        layout[f"yaxis{_suffix(n)}"] = {
            "domain": up,
            "anchor": f"x{_suffix(n)}",
            "range": [0, top * 1.08],
            "tickvals": [0, top],
            "ticktext": ["0", numbers.count(top)],
            "automargin": False,
        }
        annotations.append(
            {
                "text": f"<b>{_short(label_region(region), letters)}</b>",
                "x": (n % grid.columns) / grid.columns,
                "y": up[1] + 0.1 * (up[1] - up[0]),
                "xref": "paper",
                "yref": "paper",
                "xanchor": "left",
                "yanchor": "bottom",
            }
        )
    layout["annotations"] = annotations
    return layout


def _top(rows: pd.DataFrame) -> float:
    known = pd.concat([rows["value"], rows["upper"]]).dropna().astype("float64")
    finite = known[known < 1e15]
    return max(float(finite.max()) if len(finite) else 1.0, 1.0)


def _panel(rows: pd.DataFrame, n: int, grid: _Grid) -> Iterator[go.Scatter]:
    import plotly.graph_objects as go

    axes = {"xaxis": f"x{_suffix(n)}", "yaxis": f"y{_suffix(n)}"}
    yield from _band(rows, axes)
    values = [None if pd.isna(value) else int(value) for value in rows["value"]]
    complete = [bool(flag) for flag in rows["is_complete"]]
    hover = [
        f"{period}: {'no count' if value is None else numbers.count(value)}"
        for period, value in zip(rows["period"], values, strict=True)
    ]
    yield go.Scatter(
        x=[int(x) for x in rows["x"]],
        y=values,
        mode="lines+markers" if len(rows) <= DOTTED else "lines",
        line={"color": theme.S1, "width": 1.6},
        marker={"size": 4, "color": theme.S1},
        connectgaps=False,
        hovertext=hover,
        hoverinfo="text",
        **axes,
    )
    alarms = rows[rows["alarm"].eq(other=True).fillna(value=False)]
    if len(alarms):
        yield go.Scatter(
            x=[int(x) for x in alarms["x"]],
            y=[int(value) for value in alarms["value"]],
            mode="markers",
            marker={
                "size": 10,
                "color": "rgba(0,0,0,0)",
                "line": {"color": theme.S2, "width": 2.5},
            },
            hoverinfo="skip",
            **axes,
        )
    across, up = grid.domain(n)
    unit = WIDTH * (across[1] - across[0]) / (len(rows) + 0.2)
    height = ROW_HEIGHT * grid.rows * (up[1] - up[0])
    for x, flag in zip(rows["x"], complete, strict=True):
        if not flag:
            box = (int(x) - 0.5, int(x) + 0.5, 0.0, _top(rows))
            xs, ys = theme.hatch(box, width=max(unit, 4), height=height)
            yield go.Scatter(
                x=xs,
                y=ys,
                mode="lines",
                line={"color": theme.S0, "width": 1.1},
                hoverinfo="skip",
                **axes,
            )


def _band(rows: pd.DataFrame, axes: dict[str, str]) -> Iterator[go.Scatter]:
    """Fill the expected range, one bar wide around every examined period."""
    import plotly.graph_objects as go

    known = rows[rows["upper"].notna()]
    if known.empty:
        return
    xs: list[float | None] = []
    ys: list[float | None] = []
    for x, low, high in zip(known["x"], known["lower"], known["upper"], strict=True):
        bottom = 0.0 if pd.isna(low) else float(low)
        top = min(float(high), _top(rows) * 1.08)
        xs += [x - 0.5, x + 0.5, x + 0.5, x - 0.5, x - 0.5, None]
        ys += [bottom, bottom, top, top, bottom, None]
    yield go.Scatter(
        x=xs,
        y=ys,
        mode="lines",
        fill="toself",
        fillcolor=theme.faded(theme.S0),
        line={"width": 0},
        hoverinfo="skip",
        **axes,
    )
    yield go.Scatter(
        x=[int(x) for x in known["x"]],
        y=[float(value) for value in known["expected"]],
        mode="lines" if len(known) > 1 else "markers",
        line={"color": theme.INK2, "width": 1.2, "dash": "dot"},
        marker={"size": 5, "color": theme.INK2},
        hoverinfo="skip",
        **axes,
    )
