"""What a notebook shows, in its order: headings, prose, results and drawings.

Only two kinds of output enter a page: our own bundle and a plotly figure. ``text/html``
of a cell never does, nor anything else that could bring script or style with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from disclosure_trends.display.wording import sentence
from disclosure_trends.errors import NotebookError
from disclosure_trends.reports import fields
from disclosure_trends.reports.fields import Record
from disclosure_trends.reports.page import markup
from disclosure_trends.reports.page.drawings import Drawing, read_drawing
from disclosure_trends.reports.page.markup import Heading, Prose
from disclosure_trends.results import BUNDLE_TYPE

PLOTLY_TYPE = "application/vnd.plotly.v1+json"


@dataclass(frozen=True, slots=True)
class Shown:
    """A result that a cell displayed: its bundle."""

    bundle: Record


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something a cell displayed that a page does not take, and why."""

    text: str
    kind: str = "left_out"


Item = Heading | Prose | Shown | Drawing | LeftOut


def read_notebook(notebook: Record) -> Iterator[Item]:
    """Read what a page may show of an executed notebook.

    Parameters
    ----------
    notebook : mapping
        A notebook of format 4.

    Yields
    ------
    Heading, Prose, Shown, Drawing or LeftOut
        In the order of the cells.

    Raises
    ------
    NotebookError
        If a cell failed: a page is never made of a failed notebook.
    """
    for position, cell in enumerate(fields.records(notebook, "cells"), start=1):
        if cell.get("cell_type") == "markdown":
            yield from markup.read_markdown(_source(cell))
        elif cell.get("cell_type") == "code":
            for output in fields.records(cell, "outputs"):
                yield from _read_output(output, position)


def _source(cell: Record) -> str:
    source = cell.get("source")
    return source if isinstance(source, str) else "".join(fields.texts(cell, "source"))


def _read_output(output: Record, position: int) -> Iterator[Item]:
    kind = output.get("output_type")
    if kind == "error":
        message = (
            f"report page, cell {position}: the cell failed with "
            f"{fields.text(output, 'ename')}; a page needs a notebook that ran to its "
            "end; mend the cell and run the notebook again"
        )
        raise NotebookError(message)
    if kind not in {"display_data", "execute_result"}:
        return
    data = fields.record(output.get("data", {}), f"output of cell {position}")
    if PLOTLY_TYPE in data:
        drawing = read_drawing(fields.record(data[PLOTLY_TYPE], f"cell {position}"))
        yield _left_out("figure", drawing) if isinstance(drawing, str) else drawing
    elif BUNDLE_TYPE in data:
        yield Shown(fields.record(data[BUNDLE_TYPE], f"cell {position}"))
    elif any(mime != "text/plain" for mime in data):
        kinds = ", ".join(sorted(str(mime) for mime in data if mime != "text/plain"))
        yield _left_out("output", f"a report does not show {kinds}")


def _left_out(thing: str, reason: str) -> LeftOut:
    return LeftOut(sentence(f"One {thing} of the notebook is left out here: {reason}"))
