"""Turns a table of a bundle into heads, row groups and cells ready to be set."""

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from markupsafe import Markup

from disclosure_trends.display import numbers
from disclosure_trends.display.tables import ColumnKind, cell_text
from disclosure_trends.reports import fields
from disclosure_trends.reports.fields import Record
from disclosure_trends.reports.page import markup

# The shape that stands before a verdict; its words always stand beside it.
_GLYPHS: Mapping[str, str] = {
    "supported": "disc",
    "met": "disc",
    "passes": "disc",
    "supported in part": "half",
    "met in part": "half",
    "marginal": "half",
    "contradicted": "diamond",
    "missed": "diamond",
    "not met": "diamond",
    "fails": "diamond",
    "cannot be determined from these data": "ring",
    "cannot be told": "ring",
    "not tried": "ring",
}
_ADDRESS = re.compile(r"https?://(?:www\.)?(?P<place>[^/?#\s]+)\S*$")
_TEXTUAL = frozenset({"text", "date"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column."""

    label: str
    unit: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line or row of bars in a cell; `x`, `y`, `height` in its own pixels."""

    text: str
    bars: tuple[tuple[float, float, float], ...] = ()
    gaps: tuple[float, ...] = ()
    lines: tuple[str, ...] = ()
    end: tuple[float, float] | None = None
    bar_width: float = 0.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, or a small drawing with its text."""

    text: str
    is_number: bool
    spark: Spark | None = None
    glyph: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A block of rows under one heading; the heading may be empty."""

    label: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table as a reader sees it, and the same as a CSV file in a link."""

    name: str
    caption: str
    heads: tuple[Head, ...]
    groups: tuple[Group, ...]
    note: str
    source: str
    csv: Markup

    @property
    def length(self) -> int:
        """Number of rows."""
        return sum(len(group.rows) for group in self.groups)


def read_table(table: Record) -> DataTable:
    """Read a table of a bundle.

    Parameters
    ----------
    table : mapping
        What `TableSpec.to_json` writes.

    Returns
    -------
    DataTable
        Heads, groups of rows, note and CSV link.

    Raises
    ------
    NotebookError
        If it has another shape.
    """
    name = fields.text(table, "name")
    columns = fields.records(table, "columns")
    place = f"table {name}, rows"
    rows = [
        fields.listing(row, place) for row in fields.listing(table.get("rows"), place)
    ]
    heads = tuple(
        Head(fields.text(c, "label"), fields.text(c, "unit"), not _is_textual(c))
        for c in columns
    )
    return DataTable(
        name=name,
        caption=fields.text(table, "caption"),
        heads=heads,
        groups=tuple(_grouped(columns, rows, fields.text(table, "group"))),
        note=fields.text(table, "note"),
        source=fields.text(table, "source"),
        csv=markup.uncut(f"data:text/csv;charset=utf-8,{quote(to_csv(heads, rows))}"),
    )


def _is_textual(column: Record) -> bool:
    return fields.text(column, "kind") in _TEXTUAL | {"spark"}


def _grouped(
    columns: Sequence[Record], rows: Sequence[Sequence[object]], group: str
) -> list[Group]:
    """Set rows under the value of the group column, in the order given."""
    keys = [fields.text(column, "key") for column in columns]
    place = keys.index(group) if group in keys else len(keys)

    def label(row: Sequence[object]) -> str:
        return cell_text(row[place], "text") if group and place < len(row) else ""

    return [
        Group(name, tuple(_cells(columns, row) for row in block))
        for name, block in groupby(rows, key=label)
    ]


def _cells(columns: Sequence[Record], row: Sequence[object]) -> tuple[Cell, ...]:
    return tuple(
        _cell(value, column) for value, column in zip(row, columns, strict=False)
    )


def _cell(value: object, column: Record) -> Cell:
    kind = fields.text(column, "kind")
    if kind == "spark":
        drawn = draw_spark(_numbers(value))
        return Cell(drawn.text, is_number=False, spark=drawn)
    text = value_text(value, kind)
    address = _ADDRESS.match(text) if kind == "text" else None
    if address:
        return Cell(address["place"], is_number=False, address=text)
    shape = glyph_of(text) if kind == "text" else ""
    return Cell(text, is_number=kind not in _TEXTUAL, glyph=shape)


def glyph_of(verdict: str) -> str:
    """Return the shape of a verdict; empty for a text that is none."""
    return _GLYPHS.get(verdict.casefold(), "")


def value_text(value: object, kind: str = "") -> str:
    """Write any JSON value of a bundle as a reader sees it.

    Parameters
    ----------
    value : object
        A scalar, or an estimate or refusal as JSON.
    kind : str
        The kind of its column, where it has one.

    Returns
    -------
    str
        ``"2.15 to 34.5"``, ``"not estimable: ..."``, ``"6,992"``; an en dash where
        there is no value.
    """
    if isinstance(value, Mapping):
        return estimate_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return cell_text(None, "text")
    known: dict[str, ColumnKind] = {"count": "count", "ratio": "ratio"}
    known |= {"percent": "percent", "number": "number"}
    return cell_text(value, known.get(kind, "text"))


def estimate_text(value: Record) -> str:
    """Write an estimate, or the reason why there is none.

    Parameters
    ----------
    value : mapping
        ``value, lower, upper, unit`` or ``reason``.

    Returns
    -------
    str
        ``"2.1 (1.4 to 3.1)"``, ``"2.15 to 34.5"`` or ``"not estimable: ..."``.
    """
    if "reason" in value:
        return f"not estimable: {fields.text(value, 'reason')}"
    unit = fields.text(value, "unit")
    middle, lower, upper = (_number(value.get(k)) for k in ("value", "lower", "upper"))
    interval = numbers.span(lower, upper, unit)
    if middle is None:
        return interval
    text = numbers.number(middle, unit)
    return text if lower is None is upper else f"{text} ({interval})"


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if is_number and isinstance(value, int | float) else None


def _numbers(value: object) -> list[float | None]:
    return [_number(item) for item in fields.listing(value, "a small line")]


def draw_spark(values: Sequence[float | None], *, width: float = 99) -> Spark:
    """Lay out a small drawing: bars for whole numbers, a line for the rest.

    Missing values are hatched gaps between bars and breaks in a line; never zero.

    Parameters
    ----------
    values : sequence of float or None
        In order of time.
    width : float
        Width in pixels; the height is 23.

    Returns
    -------
    Spark
        Positions and a text alternative.
    """
    present = [value for value in values if value is not None]
    if not present:
        return Spark(text="no values")
    text = f"{len(values)} values, {_ends(present)}"
    if len(present) < len(values):
        text += f", {len(values) - len(present)} missing"
    if all(value.is_integer() and value >= 0 for value in present):
        return _bars(values, max(present), width, text)
    return _line(values, min(present), max(present), width, text)


def _ends(present: Sequence[float]) -> str:
    first, last = numbers.decimal(present[0]), numbers.decimal(present[-1])
    return f"from {first} to {last}, highest {numbers.decimal(max(present))}"


def _bars(values: Sequence[float | None], top: float, width: float, text: str) -> Spark:
    step = min(width / len(values), 13.0)
    heights = [None if v is None else 22 * v / (top or 1) for v in values]
    return Spark(
        text=text,
        bars=tuple(
            (round(i * step, 2), round(22 - h, 2), round(h, 2))
            for i, h in enumerate(heights)
            if h is not None
        ),
        gaps=tuple(round(i * step, 2) for i, h in enumerate(heights) if h is None),
        bar_width=round(step - 1, 2),
    )


def _line(
    values: Sequence[float | None], low: float, high: float, width: float, text: str
) -> Spark:
    step = (width - 6) / max(len(values) - 1, 1)
    reach = (high - low) or 1.0
    places = [
        None
        if v is None
        else (round(3 + i * step, 2), round(20 - 17 * (v - low) / reach, 2))
        for i, v in enumerate(values)
    ]
    runs = [
        " ".join(f"{p[0]:g},{p[1]:g}" for p in run if p)
        for there, run in groupby(places, key=lambda p: p is not None)
        if there
    ]
    return Spark(text=text, lines=tuple(runs), end=places[-1])


def to_csv(heads: Sequence[Head], rows: Sequence[Sequence[object]]) -> str:
    """Write a table as CSV that no spreadsheet takes for formulas.

    Parameters
    ----------
    heads : sequence of Head
        Columns; values beyond them are left out.
    rows : sequence of sequence
        JSON values: numbers unrounded, missing values empty.

    Returns
    -------
    str
        RFC 4180 with line feeds; texts that begin like a formula get a leading ``'``.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    labels = [f"{h.label} ({h.unit})" if h.unit else h.label for h in heads]
    writer.writerow([_harmless(label) for label in labels])
    writer.writerows(
        [_harmless(_flat(value)) for value in row[: len(heads)]] for row in rows
    )
    return out.getvalue()


def _flat(value: object) -> object:
    if isinstance(value, Mapping):
        return estimate_text(value)
    if isinstance(value, list | tuple):
        return " ".join("" if item is None else str(item) for item in value)
    return "" if value is None else value


def _harmless(value: object) -> object:
    is_formula = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if is_formula else value
