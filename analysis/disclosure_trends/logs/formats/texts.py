"""Typed columns as text: ISO dates, plain digits, and one parser sees everything."""

import json
from collections.abc import Callable
from datetime import date, datetime, time
from math import isinf, isnan
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def as_text(array: pa.Array) -> tuple[pa.Array, frozenset[int]]:
    """Return a column as text, and the rows whose bytes are no text.

    Timestamps become ISO text, those with a zone in UTC with ``Z``; whole numbers
    become plain digits, NaN is missing; lists and structures become JSON.
    """
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    kind = array.type
    if _is_string(kind):
        return _checked(array)
    if pa.types.is_floating(kind):
        return _floats(array), frozenset()
    if pa.types.is_nested(kind) or pa.types.is_duration(kind):
        texts = [cell_text(value) for value in array.to_pylist()]
        return pa.array(texts, pa.string()), frozenset()
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        array = array.cast(pa.timestamp(kind.unit, "UTC"))
    return array.cast(pa.string()), frozenset()


def cell_text(value: object) -> str | None:
    """Return one Python value as text; missing ones are None."""
    if value is None or isinstance(value, str):
        return value
    for kind, text in _TEXT_OF.items():
        if isinstance(value, kind):
            return text(value)
    return str(value)


def _instant_text(value: datetime) -> str | None:
    # pandas' NaT is a datetime that equals nothing.
    return value.isoformat(sep=" ") if value == value else None  # noqa: PLR0124


def _float_text(value: float) -> str | None:
    if isnan(value):
        return None
    if not isinf(value) and value.is_integer():
        return str(int(value))
    return repr(float(value))


_STRINGS = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
    pa.types.is_fixed_size_binary,
)


def _is_string(kind: pa.DataType) -> bool:
    return any(test(kind) for test in _STRINGS)


def _checked(array: pa.Array) -> tuple[pa.Array, frozenset[int]]:
    """Cast to text; values that do not decode are escaped and their rows named."""
    try:
        text = array.cast(pa.binary()).cast(pa.string())
        text.validate(full=True)
    except pa.ArrowInvalid:
        values = array.cast(pa.binary()).to_pylist()
    else:
        return text, frozenset()
    bad = frozenset(i for i, v in enumerate(values) if v is not None and not _valid(v))
    texts = [
        None if v is None else v.decode("utf-8", "backslashreplace") for v in values
    ]
    return pa.array(texts, pa.string()), bad


def _valid(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _floats(array: pa.Array) -> pa.Array:
    values = array.cast(pa.float64())
    values = pc.if_else(pc.is_nan(values), None, values)
    small = pc.less(pc.abs(values), 2.0**53)
    whole = pc.and_(small, pc.equal(pc.trunc(values), values))
    if pc.all(pc.fill_null(whole, True)).as_py():  # noqa: FBT003
        return values.cast(pa.int64()).cast(pa.string())
    return pa.array([cell_text(value) for value in values.to_pylist()], pa.string())


_TEXT_OF: dict[type, Callable[[Any], str | None]] = {
    bool: lambda value: "true" if value else "false",
    float: _float_text,
    datetime: _instant_text,
    date: date.isoformat,
    time: time.isoformat,
    bytes: lambda value: value.decode("utf-8", "backslashreplace"),
    list: lambda value: json.dumps(value, ensure_ascii=False, default=str),
    tuple: lambda value: json.dumps(value, ensure_ascii=False, default=str),
    dict: lambda value: json.dumps(value, ensure_ascii=False, default=str),
}
"""In this order: a bool is an int, an instant is a date."""
