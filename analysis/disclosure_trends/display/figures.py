"""A figure with everything a reader needs beside the drawing.

The drawing is plotly's; title, subtitle, caption, source, alternative text and data
table travel in ``layout.meta`` and are set in HTML by whoever shows the figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from disclosure_trends.display import theme
from disclosure_trends.display.tables import ColumnRule, Json, TableSpec, plain

if TYPE_CHECKING:
    import plotly.graph_objects as go

META_KEY = "disclosure_trends"
_EMPTY_HEIGHT = 72  # pixels
_NOTHING = "There is nothing to draw."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FigureSpec:
    """What stands around a drawing.

    Attributes
    ----------
    name : str
        Slug, unique in a report.
    title : str
        A sentence with the finding.
    subtitle : str
        Measure, unit, scale, and what interval marks are.
    alt : str
        Text alternative: kind of chart, subject, main finding, range.
    caption : str
        How to read the chart.
    source : str
        Where the numbers come from.
    as_of : str
        The day up to which things were known, ``YYYY-MM-DD``; empty if not known.
    table : TableSpec
        The numbers drawn.
    simulated : bool
        Whether a reader must be told that nothing here describes reality.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    caption: str
    source: str
    table: TableSpec
    as_of: str = ""
    simulated: bool = False

    def to_json(self) -> Json:
        """Return the specification as plain JSON values."""
        return {
            "name": self.name,
            "title": self.title,
            "subtitle": self.subtitle,
            "alt": self.alt,
            "caption": self.caption,
            "source": self.source,
            "as_of": self.as_of,
            "simulated": self.simulated,
            "table": self.table.to_json(),
        }


def finish(
    fig: "go.Figure",
    spec: FigureSpec,
    *,
    height: int = 360,
    narrow: Mapping[str, object] | None = None,
) -> "go.Figure":
    """Give a drawing our theme and its specification.

    Parameters
    ----------
    fig : plotly.graph_objects.Figure
        Scatter and bar traces only, with plain lists as data.
    spec : FigureSpec
        What stands around the drawing.
    height : int
        Height in pixels.
    narrow : mapping, optional
        Layout entries that replace the wide ones below 560 pixels, for example
        ``{"height": 420, "margin": {"l": 90}}``.

    Returns
    -------
    plotly.graph_objects.Figure
        The same figure. Where its table has no rows it says so in words instead of
        showing empty axes.
    """
    if spec.table.rows.empty:
        spec, height, narrow = _without_data(fig, spec), _EMPTY_HEIGHT, None
    meta = {**spec.to_json(), "narrow": plain(narrow or {})}
    fig.update_layout(
        template=theme.template(), height=height, meta={META_KEY: meta}, title=None
    )
    return fig


def _without_data(fig: "go.Figure", spec: FigureSpec) -> FigureSpec:
    """Put words where nothing can be drawn, in the plot and in its table."""
    fig.data = []
    axis = {"visible": False, "range": [0, 1]}
    words = {"x": 0, "y": 0.5, "xanchor": "left", "text": _NOTHING, "showarrow": False}
    fig.layout = {"xaxis": axis, "yaxis": axis, "annotations": [words]}
    table = TableSpec(
        name=spec.table.name,
        caption=spec.table.caption,
        columns=(
            ColumnRule(key="drawn", label="To be drawn"),
            ColumnRule(key="result", label="Result"),
        ),
        rows=pd.DataFrame({"drawn": [spec.table.caption], "result": [_NOTHING]}),
    )
    return replace(spec, table=table)
