"""Series of counts as small multiples: line, expected band, alarms, open periods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import numbers, theme
from disclosure_trends.display.figures import FigureSpec, finish
from disclosure_trends.display.tables import ColumnRule, TableSpec

if TYPE_CHECKING:
    import plotly.graph_objects as go

PANELS: Final = 12
COLUMNS: Final = 4
NARROW_COLUMNS: Final = 2
ROW_HEIGHT: Final = 150
WIDTH: Final = 900  # pixels that a wide figure has for its panels
SHOWN: Final[dict[str, int]] = {"day": 120, "week": 104, "month": 36}
FEW_SHOWN: Final = 16  # periods of longer kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """Where the panels stand, in shares of the figure."""

    panels: int
    columns: int

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
            [left + 0.16 * width, left + 0.97 * width],
            [top - 0.82 * height, top - 0.20 * height],
        )


def draw_counts(
    table: pd.DataFrame, *, measure: str, freq: str, as_of: str | None, simulated: bool
) -> go.Figure:
    """Draw every series of a grid of counts, the largest first.

    Parameters
    ----------
    table : pandas.DataFrame
        `region, period, value, is_complete`, sorted by both.
    measure, freq : str
        What is counted; length of a period.
    as_of : str, optional
        Last day known of.
    simulated : bool
        Whether nothing here describes reality.

    Returns
    -------
    plotly.graph_objects.Figure
        At most twelve panels.
    """
    totals = table.groupby("region")["value"].sum()
    order = sorted(totals.index, key=lambda region: (-int(totals[region]), region))
    shown = _shown(table, order, freq=freq)
    label = measure.replace("_", " ")
    spec = FigureSpec(
        name="counts",
        title=f"{label.capitalize()} by {freq}",
        subtitle=f"{label.capitalize()} by {freq}; every panel has its own scale.",
        alt=f"Small multiples of {label} by {freq}: {_alt_names(shown)}.",
        caption=_caption(table, order),
        source="",
        as_of=as_of or "",
        table=_table(shown, name="counts", label=label),
        simulated=simulated,
    )
    return _draw(shown, spec)


def draw_upticks(
    history: pd.DataFrame,
    *,
    scan: pd.DataFrame,
    order: list[str],
    name: str,
    title: str,
    measure: str,
    as_of: str,
    simulated: bool,
) -> go.Figure:
    """Draw the series of a scan, the strongest change first.

    Parameters
    ----------
    history : pandas.DataFrame
        `region, period, value, is_complete`.
    scan : pandas.DataFrame
        Examined periods: `region, period, expected, lower, upper, alarm`.
    order : list of str
        Series, strongest change first; others follow.
    name, title, measure, as_of : str
        Slug, heading, what is counted, last day known of.
    simulated : bool
        Whether nothing here describes reality.

    Returns
    -------
    plotly.graph_objects.Figure
        At most twelve panels, each with its own scale.
    """
    rest = [str(r) for r in history["region"].unique() if str(r) not in set(order)]
    examined = scan[["region", "period", "expected", "lower", "upper", "alarm"]]
    joined = history.merge(examined, on=["region", "period"], how="left")
    shown = _shown(joined, [*order, *rest], freq=_freq_of(history))
    label = measure.replace("_", " ")
    up = shown.loc[shown["alarm"].eq(other=True).fillna(value=False), "region"]
    alarms = ", ".join(dict.fromkeys(up)) or "none"
    spec = FigureSpec(
        name=name,
        title=title.rstrip("."),
        subtitle=f"{label.capitalize()}; every panel has its own scale. Band: what the "
        "series' own past makes likely.",
        alt=f"Small multiples of {label}, ordered by change: {_alt_names(shown)}. "
        f"Alarms: {alarms}.",
        caption="Line: counts. Band: expected range in the examined periods. Ring: "
        f"alarm. {_caption(history, [*order, *rest])}",
        source="",
        as_of=as_of,
        table=_table(shown, name=name, label=label),
        simulated=simulated,
    )
    return _draw(shown, spec)


def _freq_of(history: pd.DataFrame) -> str:
    """Length of the periods, told from how they are written."""
    text = str(history["period"].iloc[0]) if len(history) else ""
    kinds = {10: "day", 8: "week", 7: "month"}
    return kinds.get(len(text), "quarter")


def _shown(table: pd.DataFrame, order: list[str], *, freq: str) -> pd.DataFrame:
    """Last periods of the first series, in order."""
    periods = list(table["period"].unique())[-SHOWN.get(freq, FEW_SHOWN) :]
    place = {region: n for n, region in enumerate(order[:PANELS])}
    rows = table[table["region"].isin(place) & table["period"].isin(periods)].copy()
    rows["panel"] = rows["region"].map(place)
    rows["x"] = rows["period"].map({period: n for n, period in enumerate(periods)})
    for column in ("expected", "lower", "upper", "alarm"):
        if column not in rows.columns:
            rows[column] = pd.NA
    return rows.sort_values(["panel", "x"], ignore_index=True)


def _caption(table: pd.DataFrame, order: list[str]) -> str:
    parts = []
    if not bool(table["is_complete"].all()):
        parts.append("Hatched: the period is not complete.")
    if len(order) > PANELS:
        parts.append(f"{PANELS} of {len(order)} series are drawn.")
    return " ".join(parts)


def _alt_names(shown: pd.DataFrame) -> str:
    return ", ".join(shown["region"].unique()) or "no series"


def _table(shown: pd.DataFrame, *, name: str, label: str) -> TableSpec:
    return TableSpec(
        name=name,
        caption="The numbers drawn",
        columns=(
            ColumnRule(key="region", label="Series"),
            ColumnRule(key="period", label="Period"),
            ColumnRule(key="value", label=label, kind="count"),
            ColumnRule(key="expected", label="Expected", kind="count"),
            ColumnRule(key="lower", label="Lower", kind="count"),
            ColumnRule(key="upper", label="Alarm above", kind="count"),
            ColumnRule(key="alarm", label="Alarm"),
        ),
        rows=shown,
    )


def _draw(shown: pd.DataFrame, spec: FigureSpec) -> go.Figure:
    import plotly.graph_objects as go

    names = list(shown["region"].unique())
    wide = _Grid(panels=len(names), columns=min(COLUMNS, max(len(names), 1)))
    narrow = _Grid(panels=len(names), columns=min(NARROW_COLUMNS, max(len(names), 1)))
    fig = go.Figure()
    for n, region in enumerate(names):
        rows = shown[shown["region"] == region]
        fig.add_traces(list(_panel(rows, n, wide)))
    fig.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": 8}, **_layout(shown, names, wide)
    )
    height = 24 + ROW_HEIGHT * wide.rows
    small = {
        "height": 24 + ROW_HEIGHT * narrow.rows,
        **_layout(shown, names, narrow),
    }
    return finish(fig, spec, height=height, narrow=small)


def _suffix(n: int) -> str:
    return "" if n == 0 else str(n + 1)


def _layout(shown: pd.DataFrame, names: list[str], grid: _Grid) -> dict[str, object]:
    layout: dict[str, object] = {}
    annotations = []
    for n, region in enumerate(names):
        rows = shown[shown["region"] == region]
        across, up = grid.domain(n)
        top = _top(rows)
        ticks = [rows["x"].iloc[0], rows["x"].iloc[-1]]
        texts = [rows["period"].iloc[0], rows["period"].iloc[-1]]
        layout[f"xaxis{_suffix(n)}"] = {
            "domain": across,
            "anchor": f"y{_suffix(n)}",
            "range": [ticks[0] - 0.6, ticks[1] + 0.6],
            "tickvals": [int(tick) for tick in ticks],
            "ticktext": [str(text) for text in texts],
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
                "text": f"<b>{region}</b>",
                "x": across[0],
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
        mode="lines",
        line={"color": theme.S1, "width": 1.6},
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


def draw_nowcast(
    table: pd.DataFrame, *, name: str, measure: str, as_of: str, simulated: bool
) -> go.Figure:
    """Draw reported counts with the range they will probably reach.

    Parameters
    ----------
    table : pandas.DataFrame
        `region, period, reported, value, lower, upper, status`.
    name, measure, as_of : str
        Slug, what is counted, last day known of.
    simulated : bool
        Whether nothing here describes reality.

    Returns
    -------
    plotly.graph_objects.Figure
        At most twelve panels.
    """
    rows = table.rename(columns={"value": "expected", "reported": "value"})
    rows = rows.assign(is_complete=rows["status"].eq("whole"))
    open_ = rows["status"].eq("nowcast")
    for column in ("expected", "lower", "upper"):
        rows[column] = rows[column].where(open_)
    totals = rows.groupby("region")["value"].sum()
    order = sorted(totals.index, key=lambda region: (-float(totals[region]), region))
    shown = _shown(rows, order, freq=_freq_of(rows))
    label = measure.replace("_", " ")
    spec = FigureSpec(
        name=name,
        title="Recent periods are not complete yet",
        subtitle=f"{label.capitalize()}; every panel has its own scale. Band: what the "
        "count will probably reach.",
        alt=f"Small multiples of {label}, the last periods completed: "
        f"{_alt_names(shown)}.",
        caption=f"Line: counts reported so far. {_caption(rows, order)}",
        source="",
        as_of=as_of,
        table=_table(shown, name=name, label=label),
        simulated=simulated,
    )
    return _draw(shown, spec)
