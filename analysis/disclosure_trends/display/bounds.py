"""Figure of bounds: one bar a group, solid where every possible split agrees."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import numbers, theme, wording
from disclosure_trends.display.figures import FigureSpec, finish
from disclosure_trends.display.tables import ColumnRule, TableSpec

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW_HEIGHT: Final = 46
NAMES: Final = -186
"""Pixels by which the names of the rows stand left of the axis."""
_WORDS: Final = {
    "rose": "rise certain",
    "fell": "fall certain",
    "did not change": "no change",
    "not established": "not established",
}
_TICKS: Final = (0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000)


def draw_bounds(
    rows: pd.DataFrame,
    *,
    name: str,
    what: str,
    before: str,
    after: str,
    title: str,
    as_of: str = "",
    source: str = "",
    simulated: bool = False,
) -> "go.Figure":
    """Draw bounds of a ratio on a logarithmic axis.

    Parameters
    ----------
    rows
        One bar a row, from top to bottom: `label, members, known_before, known_after,
        free, lower, upper, direction, tone` (`s1`, `s2` or `s3`). An infinite `upper`
        is unbounded; missing bounds draw no bar.
    name, title, source, as_of
        Slug, heading, origin and day of knowledge of the figure.
    what, before, after
        The measure and the two windows, in words.
    simulated
        Whether a reader must be told that nothing here describes reality.

    Returns
    -------
    plotly.graph_objects.Figure
        Solid: the direction is certain. Hollow: the bounds include no change.
    """
    import plotly.graph_objects as go

    bars = _bars(rows)
    limits = _axis_limits(bars)
    fig = go.Figure()
    for position, bar in enumerate(bars):
        if bar.lower is None:
            continue
        left, right = bar.ends(limits)
        solid = bar.direction != "not established"
        colour = theme.MARKS[bar.tone]
        fig.add_bar(
            orientation="h",
            y=[position],
            x=[right - left],
            base=[left],
            width=0.34,
            marker={
                "color": colour if solid else "rgba(0,0,0,0)",
                "line": {"color": colour, "width": 2},
            },
            hovertemplate=f"{bar.label}: {bar.text}<extra></extra>",
        )
    fig.update_layout(
        barmode="overlay",
        margin={"l": 190, "r": 150, "t": 30, "b": 30},
        xaxis={
            "type": "log",
            "side": "top",
            "range": [math.log10(limit) for limit in limits],
            "tickvals": [t for t in _TICKS if limits[0] <= t <= limits[1]],
            "ticktext": [_tick(t) for t in _TICKS if limits[0] <= t <= limits[1]],
        },
        yaxis={"range": [len(bars) - 0.4, -0.6], "showticklabels": False},
        annotations=_labels(bars, limits),
    )
    fig.update_yaxes(showgrid=False)
    fig.add_shape(
        type="line",
        x0=1,
        x1=1,
        y0=0,
        y1=1,
        yref="paper",
        layer="above",
        line={"color": theme.S0, "width": 2},
    )
    spec = FigureSpec(
        name=name,
        title=title,
        subtitle=f"{wording.sentence(what).rstrip('.')} in {after} divided by those in "
        f"{before}; logarithmic scale. Bars are bounds, not confidence intervals.",
        alt=_alt(bars, what),
        caption="Solid bar: every possible split of the unsplit totals gives the same "
        "direction. Hollow bar: the bounds include no change, so the totals allow "
        "a fall as well as a rise.",
        source=source,
        as_of=as_of,
        table=_table(rows, name),
        simulated=simulated,
    )
    height = 60 + ROW_HEIGHT * len(bars)
    return finish(fig, spec, height=height, narrow=_narrow(bars, height))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bar:
    label: str
    members: int
    lower: float | None
    upper: float | None
    direction: str
    tone: str

    @property
    def text(self) -> str:
        return numbers.span(self.lower, self.upper, "ratio")

    def ends(self, limits: tuple[float, float]) -> tuple[float, float]:
        """Cut the bar where the axis ends; an unbounded end meets the edge."""
        left = max(self.lower or 0.0, limits[0])
        return left, limits[1] if self.upper is None else min(self.upper, limits[1])


def _bars(rows: pd.DataFrame) -> list[_Bar]:
    return [
        _Bar(
            label=str(row["label"]),
            members=int(row["members"]),
            lower=_finite(row["lower"]),
            upper=_finite(row["upper"]),
            direction=str(row["direction"]),
            tone=str(row["tone"]),
        )
        for row in rows.to_dict("records")
    ]


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _tick(value: float) -> str:
    text = f"{value:g}"
    return f"<b>{text}</b>" if value == 1 else text


def _axis_limits(bars: list[_Bar]) -> tuple[float, float]:
    """Leave room at both ends; a zero or an unbounded end meets the edge."""
    ends = [end for bar in bars for end in (bar.lower, bar.upper) if end]
    return min([*ends, 0.5]) / 1.9, max([*ends, 2.0]) * 1.9


def _labels(bars: list[_Bar], limits: tuple[float, float]) -> list[dict[str, object]]:
    """Name each row at the left, its ends at the bar, its verdict at the right."""
    labels: list[dict[str, object]] = []
    for position, bar in enumerate(bars):
        name = {
            "x": 0,
            "xref": "paper",
            "xshift": NAMES,
            "y": position,
            "align": "left",
            "text": f"<b>{bar.label}</b><br><span style='font-size:12px'>"
            f"{wording.plural(bar.members, 'country', 'countries')}</span>",
        }
        words = _verdict(bar)
        side = {"x": 1, "xref": "paper", "xshift": 12, "y": position, "text": words}
        labels += [name, side, *_end_labels(bar, position, limits)]
    return labels


def _verdict(bar: _Bar) -> str:
    if bar.lower is None and bar.direction == "not established":
        return "cannot be computed"
    return _WORDS[bar.direction]


def _end_labels(
    bar: _Bar, position: int, limits: tuple[float, float]
) -> Iterator[dict[str, object]]:
    if bar.lower is None:
        return
    upper = "no bound" if bar.upper is None else numbers.ratio(bar.upper)
    left, right = bar.ends(limits)
    ends = [(right, upper, "left", 6)]
    if bar.lower != bar.upper:
        ends.append((left, numbers.ratio(bar.lower), "right", -6))
    for x, text, anchor, shift in ends:
        yield {
            "x": math.log10(x),
            "y": position,
            "text": f"<b>{text}</b>",
            "xanchor": anchor,
            "xshift": shift,
            "font": {"size": 12},
        }


def _narrow(bars: list[_Bar], height: int) -> dict[str, object]:
    """On a phone the names stand above the bars; the verdicts are in the table."""
    labels = []
    for label in _labels(bars, _axis_limits(bars)):
        if label.get("xshift") == NAMES:
            name = str(label["text"]).split("<br>", maxsplit=1)[0]
            labels.append({**label, "text": name, "xshift": 0, "yshift": 22})
        elif label.get("xref") != "paper":
            labels.append(label)
    return {
        "height": height + 14 * len(bars),
        "margin": {"l": 8, "r": 8, "t": 30, "b": 24},
        "annotations": labels,
    }


def _alt(bars: list[_Bar], what: str) -> str:
    parts = [
        f"{bar.label} {'' if bar.lower is None else f'{bar.text}, '}{_verdict(bar)}"
        for bar in bars
    ]
    return f"Bars of the bounds of the ratio of {what}: {'; '.join(parts)}."


def _table(rows: pd.DataFrame, name: str) -> TableSpec:
    return TableSpec(
        name=name,
        caption="Bounds of the change by group",
        columns=(
            ColumnRule(key="label", label="Group"),
            ColumnRule(key="members", label="Countries", kind="count"),
            ColumnRule(key="known_before", label="Certain before", kind="count"),
            ColumnRule(key="known_after", label="Certain after", kind="count"),
            ColumnRule(key="free", label="Not split", kind="count"),
            ColumnRule(key="lower", label="Lower", kind="ratio"),
            ColumnRule(key="upper", label="Upper", kind="ratio"),
        ),
        rows=rows,
    )
