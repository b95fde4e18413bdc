"""A table with its display rules: what each column is, not how a page draws it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from disclosure_trends.display import numbers

ColumnKind = Literal["text", "count", "ratio", "percent", "number", "date", "spark"]
Json = dict[str, object]

# Columns that could name a body or a request never enter a bundle, whoever asks.
_PRIVATE = frozenset({"authority", "request_id", "related_request_id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """How one column of a table is headed and written.

    Attributes
    ----------
    key : str
        Column of the frame.
    label : str
        Head of the column, in words.
    unit : str
        Unit shown in the head; empty for none.
    kind : str
        Decides alignment and number format. ``spark`` holds a sequence of numbers or
        missing values, drawn as a small line.
    """

    key: str
    label: str
    unit: str = ""
    kind: ColumnKind = "text"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableSpec:
    """A frame with everything a reader needs beside it.

    Attributes
    ----------
    name : str
        Slug; also the file name of the CSV.
    caption : str
        What the table shows, as a sentence.
    columns : tuple of ColumnRule
        The columns shown, in order.
    rows : pandas.DataFrame
        The values; not altered.
    note, source : str
        Shown below the table.
    group : str or None
        Column whose value heads each block of rows.
    """

    name: str
    caption: str
    columns: tuple[ColumnRule, ...]
    rows: pd.DataFrame
    note: str = ""
    source: str = ""
    group: str | None = None

    def to_json(self) -> Json:
        """Return the table as plain JSON values; missing values are null.

        Returns
        -------
        dict
            ``name, caption, columns, rows, note, source, group``. Rows are lists in
            the order of the columns (the group column is added last if not shown).

        Raises
        ------
        ValueError
            If a column would show an authority or a request.
        """
        keys = [rule.key for rule in self.columns]
        private = _PRIVATE.intersection(keys)
        if private:
            message = f"table {self.name}: column {sorted(private)[0]} is never shown"
            raise ValueError(message)
        if self.group and self.group not in keys:
            keys.append(self.group)
        rows = self.rows[keys].itertuples(index=False, name=None)
        return {
            "name": self.name,
            "caption": self.caption,
            "columns": [
                {"key": c.key, "label": c.label, "unit": c.unit, "kind": c.kind}
                for c in self.columns
            ],
            "rows": [[plain(value) for value in row] for row in rows],
            "note": self.note,
            "source": self.source,
            "group": self.group,
        }


def plain(value: object) -> object:
    """Turn a cell into a JSON value: numpy scalars, dates and missing values too.

    Parameters
    ----------
    value : object
        A scalar, a sequence of scalars, a mapping, or an object with ``to_json``.

    Returns
    -------
    object
        None, bool, int, float, str, list or dict.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "to_json") and not isinstance(value, pd.DataFrame | pd.Series):
        return plain(value.to_json())
    if hasattr(value, "tolist"):  # numpy scalar or array, pandas series
        return plain(value.tolist())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(item) for item in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    """Turn one value into a JSON value; what is missing or not finite is null."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str | bool | int):
        return value
    return str(value.isoformat())[:10] if hasattr(value, "isoformat") else str(value)


def cell_text(value: object, kind: ColumnKind) -> str:
    """Write a JSON value of a table as the text a reader sees.

    Parameters
    ----------
    value : object
        A value as `TableSpec.to_json` gives it.
    kind : str
        The kind of its column.

    Returns
    -------
    str
        The text; an en dash where the value is missing.
    """
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        writers = {
            "count": numbers.count,
            "ratio": numbers.ratio,
            "percent": numbers.percent_short,
        }
        return writers.get(kind, numbers.decimal)(value)
    return str(value)
