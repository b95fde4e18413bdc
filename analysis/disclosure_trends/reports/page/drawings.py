"""Turns a plotly figure of a notebook into what stands on the page and what is packed.

Title, subtitle, alternative text, caption and data table are HTML; only the drawing
itself goes to plotly.js, its template once per page.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from disclosure_trends.display.figures import META_KEY
from disclosure_trends.reports import fields
from disclosure_trends.reports.fields import Record
from disclosure_trends.reports.page.data_tables import DataTable, read_table

# The traces that need neither eval nor a network, and that print small.
TRACES = frozenset({"scatter", "bar"})
TALL = 860  # pixels; what is taller does not fit a printed page


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure: what stands around it, and the drawing for plotly.js."""

    title: str
    subtitle: str
    alt: str
    caption: str
    source: str
    as_of: str
    simulated: bool
    table: DataTable
    height: int
    narrow_height: int
    plot: Record
    kind: str = "figure"

    @property
    def is_tall(self) -> bool:
        """Whether print may break it."""
        return self.height > TALL


def read_drawing(figure: Record) -> Drawing | str:
    """Read a figure output of a notebook.

    Parameters
    ----------
    figure : mapping
        ``application/vnd.plotly.v1+json``.

    Returns
    -------
    Drawing or str
        The figure, or the reason why it cannot stand in a report.

    Raises
    ------
    NotebookError
        If it is not a figure at all.
    """
    layout = fields.record(figure.get("layout", {}), "figure, layout")
    meta = layout.get("meta")
    spec = meta.get(META_KEY) if isinstance(meta, dict) else None
    if not isinstance(spec, dict):
        return "it has no title, text alternative and data table (display.figures)"
    data = fields.records(figure, "data")
    foreign = sorted({fields.text(t, "type") or "scatter" for t in data} - TRACES)
    if foreign:
        return f"traces of type {', '.join(foreign)} cannot be drawn offline"
    return _drawing(data, layout, spec)


def _drawing(data: Sequence[Record], layout: Record, spec: Record) -> Drawing:
    narrow = _first_axes(fields.record(spec.get("narrow") or {}, "figure, narrow"))
    height = _pixels(layout.get("height"), 360)
    kept = {k: v for k, v in layout.items() if k not in {"meta", "width"}}
    return Drawing(
        title=fields.text(spec, "title"),
        subtitle=fields.text(spec, "subtitle"),
        alt=fields.text(spec, "alt"),
        caption=fields.text(spec, "caption"),
        source=fields.text(spec, "source"),
        as_of=fields.text(spec, "as_of"),
        simulated=bool(spec.get("simulated")),
        table=read_table(fields.record(spec.get("table"), "figure, table")),
        height=height,
        narrow_height=_pixels(narrow.get("height"), height),
        plot={"data": list(data), "layout": kept, "narrow": narrow},
    )


def _first_axes(layout: Record) -> Record:
    """Call the first axes ``xaxis`` and ``yaxis``, as plotly.js does.

    plotly's Python side also takes ``xaxis1`` and mends it in a layout; what is
    exchanged on a narrow screen is a plain mapping that nobody mended.
    """
    names = {"xaxis1": "xaxis", "yaxis1": "yaxis"}
    return {names.get(key, key): _anchored(value) for key, value in layout.items()}


def _anchored(value: object) -> object:
    if not isinstance(value, dict) or value.get("anchor") not in {"x1", "y1"}:
        return value
    return {**value, "anchor": str(value["anchor"])[0]}


def _pixels(value: object, default: int) -> int:
    return round(value) if isinstance(value, int | float) else default


def share_templates(drawings: Sequence[Drawing]) -> Record:
    """Gather the drawings of a page, each template once.

    Parameters
    ----------
    drawings : sequence of Drawing
        In the order of the page.

    Returns
    -------
    mapping
        ``templates`` and ``figures``; a figure's ``template`` is a position.
    """
    templates: dict[str, object] = {}
    figures = []
    for drawing in drawings:
        layout = dict(fields.record(drawing.plot["layout"], "figure, layout"))
        template = layout.pop("template", {})
        key = json.dumps(template, sort_keys=True)
        templates.setdefault(key, template)
        figures.append(
            {**drawing.plot, "layout": layout, "template": list(templates).index(key)}
        )
    return {"templates": list(templates.values()), "figures": figures}
