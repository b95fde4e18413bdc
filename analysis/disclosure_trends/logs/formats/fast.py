"""The fast reader of regular stretches of a delimited text.

A scan over the bytes proves that a stretch is regular: valid UTF-8, no NUL, quotes only
as RFC 4180 has them, no blank line, no lone carriage return, no long field. Only then
Arrow's reader sees it, as text; it refuses a stretch with a wrong number of fields.
Whatever is not proved goes to the strict reader, so both must agree on what is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from disclosure_trends.logs.formats.header import ColumnPlan, Feed
from disclosure_trends.logs.formats.rows import join_texts
from disclosure_trends.logs.limits import FIELD_CHARACTERS
from disclosure_trends.vocabulary.columns import columns_of

_Positions: TypeAlias = NDArray[np.int64]
SMALL = 128 * 1024
"""Pieces of this size are tried where a larger one is not regular."""

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_MARK = b"\xef\xbb\xbf"  # Arrow's reader would drop it at the start of a stretch.


@dataclass(frozen=True, slots=True)
class Stretch:
    """A regular stretch of a text.

    Attributes
    ----------
    size : int
        Its bytes, up to the end of its last record; the rest was not looked at.
    lines, blank : int
        Physical lines, and how many of them hold nothing.
    starts, ends : array of int
        Where each record begins, and where its line ends.
    numbers : array of int
        Physical line of each record, counted from 0 in the stretch.
    table : pyarrow.Table or None
        The columns that are read, as text, named by their own position; None where
        every line is blank.
    """

    size: int
    lines: int
    blank: int
    starts: _Positions
    ends: _Positions
    numbers: _Positions
    table: pa.Table | None


class FastReader:
    """Reads regular stretches.

    Parameters
    ----------
    plan : ColumnPlan
        The columns to read.
    delimiter : str
        One ASCII character.
    extra : bool
        Whether every record has one further, empty field.
    """

    def __init__(self, plan: ColumnPlan, *, delimiter: str, extra: bool) -> None:
        self._plan = plan
        self._delimiter = delimiter.encode()
        self._width = len(plan.header)
        self._extra = extra
        names = [str(i) for i in range(self._width + extra)]
        read = [str(i) for i in plan.positions] + ([names[-1]] if extra else [])
        self._names = names
        self._convert = csv.ConvertOptions(
            include_columns=read,
            column_types=dict.fromkeys(read, pa.string()),
            strings_can_be_null=False,
            check_utf8=False,
        )
        self._instants = frozenset(columns_of("instant"))
        # Lines of nothing but these hold no cell with a text.
        self._blank_bytes = np.frombuffer(b" \t\r\n" + self._delimiter, np.uint8)
        self._blank_starts = [b"\n" + mark for mark in (b" ", b"\t", self._delimiter)]
        self._suspects = self._suspect_pattern()

    def read(self, data: bytes) -> Stretch | None:
        """Return the regular stretch at the start of `data`, or None.

        `data` ends with a line end. Where its last line is inside a quoted field the
        stretch ends before the record that is cut.
        """
        if b"\x00" in data or data.startswith(_MARK) or not _is_utf8(data):
            return None
        array = np.frombuffer(data, np.uint8)
        breaks = np.flatnonzero(array == _NEWLINE)
        if len(breaks) * 8 > len(data) > SMALL:
            return None  # Mostly blank lines: positions would outgrow the text.
        if b"\r" in data and not _returns_are_paired(array):
            return None
        outer = breaks
        if b'"' in data:
            outer, breaks = self._outside_quotes(array, breaks)
            if not len(outer):
                return None
        size = int(outer[-1]) + 1
        return self._parsed(data[:size], array, outer, breaks)

    def _outside_quotes(
        self, array: NDArray[np.uint8], breaks: _Positions
    ) -> tuple[_Positions, _Positions]:
        """Return the line ends outside of quotes, and all up to the last of these.

        The first is empty where quotes are not regular or swallow rows.
        """
        quotes = np.flatnonzero(array == _QUOTE)
        inside = (np.searchsorted(quotes, breaks) & 1).astype(bool)
        outer = breaks[~inside]
        if not len(outer):
            return outer, breaks
        size = int(outer[-1]) + 1
        quotes = quotes[: int(np.searchsorted(quotes, size))]
        breaks = breaks[: int(np.searchsorted(breaks, size))]
        regular = self._quotes_are_regular(array, quotes)
        if not regular or (
            len(outer) < len(breaks) and self._swallows(array, quotes, breaks)
        ):
            return outer[:0], breaks
        return outer, breaks

    def _parsed(
        self, data: bytes, array: NDArray[np.uint8], outer: _Positions, all_: _Positions
    ) -> Stretch | None:
        starts = np.concatenate([[0], outer[:-1] + 1])
        ends = outer - (array[np.maximum(outer - 1, 0)] == _RETURN)
        lengths = ends - starts
        if lengths.max() > FIELD_CHARACTERS:
            return None
        lines, size = len(all_), len(data)
        filled = lengths > 0
        if any(mark in data for mark in self._blank_starts):
            text = ~np.isin(array[:size], self._blank_bytes)
            filled &= np.add.reduceat(text, starts, dtype=np.int64) > 0
        blank = len(filled) - int(np.count_nonzero(filled))
        if blank:
            # Blank lines are taken out: Arrow's reader would make rows of them.
            kept = np.repeat(filled, outer + 1 - starts)
            data = array[: len(kept)][kept].tobytes()
            starts, ends = starts[filled], ends[filled]
        numbers = np.searchsorted(all_, starts)
        table = None
        if len(starts):
            table = self._table(data, multiline=len(outer) < lines)
            if table is None or table.num_rows != len(starts):
                return None
        return Stretch(size, lines, blank, starts, ends, numbers, table)

    def _table(self, data: bytes, *, multiline: bool) -> pa.Table | None:
        try:
            table = csv.read_csv(
                pa.BufferReader(data),
                read_options=csv.ReadOptions(
                    column_names=self._names, block_size=len(data) + 1
                ),
                parse_options=csv.ParseOptions(
                    delimiter=self._delimiter.decode(),
                    newlines_in_values=multiline,
                    ignore_empty_lines=False,
                ),
                convert_options=self._convert,
            )
        except pa.ArrowInvalid:
            return None
        if self._extra:
            last = table.column(table.num_columns - 1)
            if pc.max(pc.binary_length(last)).as_py():
                return None
        return table.combine_chunks()

    def values(self, table: pa.Table) -> list[pa.Array]:
        """Return the canonical columns of a stretch's table."""
        return [self._value(feed, table) for feed in self._plan.feeds]

    def suspects(self, table: pa.Table) -> _Positions:
        """Return the rows that may be no request: blank, a total, the header again."""
        if self._suspects is None:
            return np.arange(table.num_rows)
        position, pattern = self._suspects
        column = table.column(str(position)).chunk(0)
        mask = pc.match_substring_regex(column, pattern)
        return np.flatnonzero(mask.to_numpy(zero_copy_only=False))

    def _suspect_pattern(self) -> tuple[int, str] | None:
        """Look at the date: it is empty, or begins as its header does."""
        feeds = {feed.name: feed for feed in self._plan.feeds}
        feed = feeds.get("received_at", next(iter(self._plan.feeds), None))
        if feed is None or feed.how != "one":
            return None
        blank = r"[\s\p{Z}\x{feff}\x{1c}-\x{1f}\x{85}]"
        first = self._plan.header[feed.own[0]].strip().lstrip("\ufeff")[:1]
        if not (first.isascii() and first.isalpha()):
            return None
        return feed.own[0], rf"^{blank}*($|[{first.lower()}{first.upper()}])"

    def _value(self, feed: Feed, table: pa.Table) -> pa.Array:
        parts = [table.column(str(i)).chunk(0) for i in feed.own]
        if feed.how == "one":
            return parts[0]
        if feed.how == "first":
            filled = [pc.if_else(_is_filled(p), p, None) for p in parts]
            return pc.coalesce(*filled, parts[0])
        instant = feed.name in self._instants
        rows = zip(*(part.to_pylist() for part in parts), strict=True)
        return pa.array([join_texts(row, instant=instant) for row in rows], pa.string())

    def _quotes_are_regular(self, array: NDArray[np.uint8], quotes: _Positions) -> bool:
        """Check that every quote opens, closes or doubles one, and none is stray."""
        openings, closings = quotes[0::2], quotes[1::2]
        before = array[np.maximum(openings - 1, 0)]
        starts = (before == self._delimiter[0]) | (before == _NEWLINE)
        starts |= (before == _QUOTE) & (openings > 0)
        starts |= openings == 0
        after = array[np.minimum(closings + 1, len(array) - 1)]
        stops = (after == self._delimiter[0]) | (after == _NEWLINE)
        stops |= (after == _RETURN) | (after == _QUOTE)
        return bool(starts.all() and stops.all())

    def _swallows(
        self, array: NDArray[np.uint8], quotes: _Positions, breaks: _Positions
    ) -> bool:
        """Tell whether a quoted field holds as many delimiters as whole rows would."""
        openings, closings = quotes[0::2], quotes[1::2]
        doubled = closings[:-1] + 1 == openings[1:]
        first = openings[np.concatenate([[True], ~doubled])]
        last = closings[np.concatenate([~doubled, [True]])]
        held = np.searchsorted(breaks, last) - np.searchsorted(breaks, first)
        for i in np.flatnonzero(held):
            field = array[first[i] : last[i]]
            marks = int(np.count_nonzero(field == self._delimiter[0]))
            if marks >= held[i] * max(self._width - 1, 1):
                return True
        return False


def pieces(data: bytes, size: int, *, end: bytes = b"\n") -> Iterator[bytes]:
    """Cut `data` into pieces of about `size` bytes that end with a line end."""
    start = 0
    while start < len(data):
        stop = data.find(end, min(start + size, len(data)) - 1) + 1
        stop = stop or len(data)
        yield data[start:stop]
        start = stop


def _is_filled(column: pa.Array) -> pa.Array:
    return pc.match_substring_regex(column, r"[^\s\p{Z}\x{1c}-\x{1f}\x{85}]")


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _returns_are_paired(array: NDArray[np.uint8]) -> bool:
    returns = np.flatnonzero(array == _RETURN)
    return bool(returns[-1] + 1 < len(array) and (array[returns + 1] == _NEWLINE).all())


DOUBLE_ENCODED = re.compile(
    rb"\xc3[\x82\x83]\xc2[\x80-\xbf]|\xc3\xa2\xe2\x82\xac|\xc3[\x82\x83]\xc3\x82"
)
"""UTF-8 read as a western code page and encoded again: what é and the like become."""
