"""The fast reader of regular stretches of JSON Lines.

A scan over the bytes proves that every line is one flat object: each line begins with
the only brace that opens in it and ends with one that closes, and holds no zero byte,
no lone surrogate and nothing that is long. Arrow's reader then sees the keys that the
strict reader has met, each as the one type it had; a further key, a key that comes
twice or another type is an error there. Whatever is not proved goes to the strict
reader, so both must agree on what is.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import json as arrow_json

from disclosure_trends.logs.formats.json_rows import JsonPlan, json_text
from disclosure_trends.logs.limits import FIELD_CHARACTERS

_Positions: TypeAlias = NDArray[np.int64]
_MOST_KEYS = 256
_NEWLINE, _RETURN, _OPEN, _CLOSE = b"\n\r{}"
# Minus zero, and what is no number: Arrow reads them, and not as they are written.
_ODD = re.compile(rb"\x00|\\u0000|\\u[dD][89a-fA-F]|:[ \t\r]*(?:-0|-?Inf|NaN)")
_TEXTS = pa.list_(pa.string())
_FILLED = r"[^\s\p{Z}\x{1c}-\x{1f}\x{85}]"


@dataclass(frozen=True, slots=True)
class JsonStretch:
    """A regular stretch of lines.

    Attributes
    ----------
    values : list of pyarrow.Array
        The columns of the plan, as text.
    starts, ends : array of int
        Where each line begins, and where its object ends.
    doubtful : array of int
        Rows that may be no request, for the strict reader; counted from 0.
    """

    values: list[pa.Array]
    starts: _Positions
    ends: _Positions
    doubtful: _Positions


class JsonFastReader:
    """Reads regular stretches by the keys that the strict reader has met.

    Parameters
    ----------
    plan : JsonPlan
        Knows the keys and the columns that they feed.
    """

    def __init__(self, plan: JsonPlan) -> None:
        self._plan = plan
        self._types: dict[str, pa.DataType] = {}

    @property
    def knows_keys(self) -> bool:
        """Whether the strict reader has met a key."""
        return bool(self._plan.keys_met())

    def learn(self, lines: Iterable[bytes]) -> None:
        """See which type the values of each key have in some lines."""
        for line in lines:
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if not isinstance(found, dict):
                continue
            for key, value in found.items():
                if value is not None and len(self._types) <= _MOST_KEYS:
                    self._types[key] = _type_of(value)

    def read(self, data: bytes) -> JsonStretch | None:
        """Return what `data`, whole lines, holds where it is regular, else None."""
        keys = self._plan.keys_met()
        if not 0 < len(keys) <= _MOST_KEYS or self._plan.feeds_twice():
            return None
        lines = _flat_objects(data)
        table = self._table(data, keys) if lines is not None else None
        if lines is None or table is None or table.num_rows != len(lines[0]):
            return None
        texts = {key: _as_text(table.column(key).chunk(0), key, data) for key in keys}
        whole = {key: text for key, text in texts.items() if text is not None}
        if len(whole) < len(texts):
            return None
        columns = self._plan.columns_of(whole)
        return JsonStretch(columns, *lines, self._doubtful(columns))

    def _table(self, data: bytes, keys: Sequence[str]) -> pa.Table | None:
        schema = pa.schema([(key, self._types.get(key, pa.string())) for key in keys])
        try:
            table = arrow_json.read_json(
                pa.BufferReader(data),
                read_options=arrow_json.ReadOptions(
                    use_threads=False, block_size=len(data) + 1
                ),
                parse_options=arrow_json.ParseOptions(
                    explicit_schema=schema, unexpected_field_behavior="error"
                ),
            )
        except (pa.ArrowException, ValueError):
            return None
        return table.combine_chunks()

    def _doubtful(self, columns: list[pa.Array]) -> _Positions:
        """Return the rows without a date: only these are blank, or a total."""
        looked_at = columns
        if "received_at" in self._plan.columns:
            looked_at = [columns[self._plan.columns.index("received_at")]]
        blank = pa.array(np.ones(len(columns[0]), bool))
        for column in looked_at:
            filled = pc.match_substring_regex(column, _FILLED)
            blank = pc.and_(blank, pc.invert(pc.fill_null(filled, False)))  # noqa: FBT003
        return np.flatnonzero(blank.to_numpy(zero_copy_only=False))


def _type_of(value: object) -> pa.DataType:
    kinds = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), list: _TEXTS}
    return kinds.get(type(value), pa.string())


def _as_text(column: pa.Array, key: str, data: bytes) -> pa.Array | None:
    """Write values as the strict reader keeps them; None where they may differ."""
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_list(kind):
        return pa.array(map(json_text, column.to_pylist()), pa.string())
    if pa.types.is_floating(kind):
        # A float forgets how it was written: every one must be a whole number and .0
        name = re.escape(json.dumps(key, ensure_ascii=False).encode())
        form = rb"(?<!\\)%b[ \t\r]*:[ \t\r]*-?[1-9]?\d{0,14}\.0(?=[ \t\r]*[,}])"
        if len(re.findall(form % name, data)) != len(column) - column.null_count:
            return None
        whole = column.cast(pa.int64()).cast(pa.string())
        return pc.binary_join_element_wise(whole, ".0", "")
    return column.cast(pa.string())


def _is_utf8(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False


def _flat_objects(data: bytes) -> tuple[_Positions, _Positions] | None:
    """Return where lines begin and end, where each may be one object and is short.

    Each begins with the only opening brace that it has, and ends with a closing one.
    """
    if _ODD.search(data) is not None or not _is_utf8(data):
        return None
    array = np.frombuffer(data, np.uint8)
    breaks = np.flatnonzero(array == _NEWLINE)
    if not len(breaks) or breaks[-1] != len(data) - 1:
        return None
    if int(np.count_nonzero(array == _OPEN)) != len(breaks):
        return None
    starts = np.concatenate([[0], breaks[:-1] + 1])
    ends = breaks - (array[np.maximum(breaks - 1, 0)] == _RETURN)
    if (ends <= starts).any() or (ends - starts).max() > FIELD_CHARACTERS:
        return None
    braced = (array[starts] == _OPEN) & (array[ends - 1] == _CLOSE)
    return (starts, ends) if braced.all() else None
