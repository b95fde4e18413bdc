"""Stages a delimited text: regular stretches fast, all others by the strict reader."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from disclosure_trends.logs.formats.dialect import Dialect, find_dialect, split_lines
from disclosure_trends.logs.formats.fast import (
    DOUBLE_ENCODED,
    SMALL,
    FastReader,
    Stretch,
    pieces,
)
from disclosure_trends.logs.formats.header import Planner, plan_columns
from disclosure_trends.logs.formats.intake import Readable, read_at_least
from disclosure_trends.logs.formats.rows import RowReader
from disclosure_trends.logs.formats.tokeniser import Record, Tokeniser
from disclosure_trends.logs.formats.writer import RowBuffer, StageWriter
from disclosure_trends.logs.limits import (
    BROKEN_RECORDS,
    FIELD_CHARACTERS,
    LINE_BYTES,
    MIB,
    joined,
)
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.shown import refusal

CHUNK = 8 * MIB
SAMPLE = MIB
_ESCAPING = "surrogateescape"


@dataclass(slots=True)
class TextCounts:
    """What was counted while a text was read; see `StagedFile`."""

    records: int = 0
    blank: int = 0
    inner: int = 0
    lines: int = 0
    plain_lines: int = 0
    bad_lines: int = 0
    first_bad: tuple[int, bytes] = (0, b"")
    unended: tuple[int, str] | None = None
    broken: int = 0
    warnings: Counter[str] = field(default_factory=Counter)

    def set_aside(self, *, where: str) -> None:
        """Count a record of which the form is broken.

        Raises
        ------
        RequestLogError
            There are very many of them, and they are most of the records so far.
        """
        self.broken += 1
        if self.broken >= BROKEN_RECORDS and self.broken * 2 > self.records:
            raise refusal(
                where,
                f"{self.broken:,} of its first {self.records:,} records are broken "
                "in their form",
                "a log that is mostly broken is another file, or a damaged one",
                "look at its first lines, pass what is above the requests with "
                "skip_lines=, or export it again",
            )


class TextReader:
    """Reads one delimited text, given as UTF-8 without its mark.

    Parameters
    ----------
    source : Readable
        The bytes.
    read : ReadOptions
        What is declared.
    where : str
        The escaped name of the file.
    planner : Planner
        Finds the columns to read.
    strict_only : bool
        Whether the strict reader reads all of it: both ways must agree.
    """

    def __init__(
        self,
        source: Readable,
        *,
        read: ReadOptions,
        where: str,
        planner: Planner = plan_columns,
        strict_only: bool = False,
    ) -> None:
        self._source = source
        self._where = where
        self._strict_only = strict_only
        self._share = read.max_quarantine_share
        self._head = read_at_least(source, SAMPLE)
        sample = self._head.decode("utf-8", _ESCAPING)
        self.dialect: Dialect = find_dialect(
            sample,
            read=read,
            where=where,
            planner=planner,
            whole=len(self._head) < SAMPLE,
        )
        self.counts = TextCounts()
        plan = self.dialect.plan
        self._body = _after_lines(self._head, self.dialect)
        self._rows = RowReader(plan)
        self._fast = FastReader(
            plan, delimiter=self.dialect.delimiter, extra=self.dialect.extra
        )
        self._strict = Tokeniser(
            self.dialect.delimiter,
            width=len(plan.header),
            extra=self.dialect.extra,
            where=where,
            line=self.dialect.skip,
        )
        above = self._head[: len(self._head) - len(self._body)]
        count_bad_lines(above, self.counts, first=1)

    def stage(self, writer: StageWriter) -> TextCounts:
        """Write every record to the stage and return the counts."""
        buffer = RowBuffer(writer)
        last = b"\n"
        for chunk in self._chunks():
            last = chunk
            self._chunk(chunk, writer, buffer)
        self._keep(self._strict.finish(), buffer)
        buffer.flush()
        if last.endswith(b"\x00"):
            raise refusal(
                f"{self._where}, end of file",
                "it ends with zero bytes: the program that wrote it crashed?",
                "a text ends with its last line",
                "export it again",
            )
        self.counts.lines = self._strict.line
        if not last.endswith((b"\n", b"\r")):
            self.counts.unended = self._last_cell()
        self._refuse_long_span()
        return self.counts

    def _chunks(self) -> Iterator[bytes]:
        """Yield pieces that end with a line end, after preamble and header."""
        rest = self._body
        while True:
            data = self._source.read(CHUNK)
            if not data:
                break
            rest += data
            if len(rest) < CHUNK:
                continue
            cut = self._cut(rest)
            if cut:
                yield rest[:cut]
                rest = rest[cut:]
            elif len(rest) > LINE_BYTES + CHUNK:
                raise refusal(
                    f"{self._where}, line {self._strict.line + 1:,}",
                    f"a line longer than {LINE_BYTES >> 20} MiB",
                    "a request is one line",
                    "see that the file has line ends",
                )
        if rest:
            yield rest

    def _cut(self, data: bytes) -> int:
        if not self.dialect.cr_only:
            return data.rfind(b"\n") + 1
        # A carriage return at the very end may be half of a line end.
        return data.rfind(b"\r", 0, len(data) - 1) + 1

    def _chunk(self, chunk: bytes, writer: StageWriter, buffer: RowBuffer) -> None:
        if DOUBLE_ENCODED.search(chunk) is not None:
            self.counts.warnings["double_encoded"] += len(DOUBLE_ENCODED.findall(chunk))
        if self._strict_only or self.dialect.cr_only:
            self._slow(chunk, buffer)
            return
        data = self._until_closed(chunk, buffer)
        rest = self._try_fast(data, writer, buffer)
        if rest is not data:
            self._slow(rest, buffer)
            return
        for piece in pieces(data, SMALL):
            left = self._until_closed(piece, buffer)
            self._slow(self._try_fast(left, writer, buffer), buffer)

    def _until_closed(self, data: bytes, buffer: RowBuffer) -> bytes:
        """Read on to the end of a quoted field that is open; return the rest."""
        position = 0
        while self._strict.is_open and position < len(data):
            stop = data.find(b"\n", position) + 1 or len(data)
            self._slow(data[position:stop], buffer)
            position = stop
        return data[position:] if position else data

    def _try_fast(self, data: bytes, writer: StageWriter, buffer: RowBuffer) -> bytes:
        """Read a regular stretch at the start of `data` and return the rest."""
        if self._strict.is_open or not data.endswith(b"\n"):
            return data
        stretch = self._fast.read(data)
        if stretch is None:
            return data
        buffer.flush()
        self._keep_stretch(data, stretch, writer)
        return data[stretch.size :]

    def _keep_stretch(self, data: bytes, stretch: Stretch, writer: StageWriter) -> None:
        rows = len(stretch.starts)
        base = self._strict.line + 1
        self._strict.line += stretch.lines
        self.counts.blank += stretch.blank
        self.counts.inner += stretch.lines - stretch.blank - rows
        self.counts.plain_lines += not data.isascii()
        if stretch.table is None:
            return
        numbers = pa.array(stretch.numbers + base, pa.int64())
        values = self._fast.values(stretch.table)
        structural = raw = None
        odd: dict[int, tuple[str, str]] = {}
        blank = []
        for i in self._fast.suspects(stretch.table).tolist():
            text = data[stretch.starts[i] : stretch.ends[i]].decode()
            cells = self._strict.cells(text)
            if self._rows.is_blank(cells):
                blank.append(i)
                continue
            codes = joined(self._rows.codes(cells))
            if codes is not None:
                odd[i] = codes, text
        if odd:
            structural = _sparse(rows, {i: codes for i, (codes, _) in odd.items()})
            raw = _sparse(rows, {i: text for i, (_, text) in odd.items()})
            whole = structural.is_null()
            values = [_where(whole, value) for value in values]
        if blank:
            kept = np.ones(rows, bool)
            kept[blank] = False
            mask = pa.array(kept)
            values = [value.filter(mask) for value in values]
            numbers = numbers.filter(mask)
            structural = structural.filter(mask) if structural is not None else None
            raw = raw.filter(mask) if raw is not None else None
        writer.add(values, numbers, structural=structural, raw=raw)
        self.counts.records += rows - len(blank)
        self.counts.blank += len(blank)
        for _ in odd:
            self.counts.set_aside(where=self._where)

    def _slow(self, data: bytes, buffer: RowBuffer) -> None:
        end = b"\r" if self.dialect.cr_only else b"\n"
        for piece in pieces(data, SMALL, end=end):
            text = piece.decode("utf-8", _ESCAPING)
            if not text.isascii():
                count_bad_lines(piece, self.counts, first=self._strict.line + 1)
            for line, mark in split_lines(text, cr_only=self.dialect.cr_only):
                # Lines of nothing, which may be millions, are counted and no more.
                if line.strip("\r") or self._strict.is_open:
                    self._keep(self._strict.feed(line, mark), buffer)
                else:
                    self._strict.line += len(line) + 1
                    self.counts.blank += len(line) + 1

    def _keep(self, records: Iterator[Record], buffer: RowBuffer) -> None:
        """Write what the strict reader says."""
        counts = self.counts
        for record in records:
            counts.inner += record.lines - 1
            if self._is_blank(record):
                counts.blank += 1
                continue
            counts.records += 1
            codes = self._codes(record)
            if codes is None:
                buffer.add(self._rows.values(record.cells or []), record.line)
            else:
                counts.set_aside(where=self._where)
                raw = storable(record.raw)
                buffer.add(None, record.line, structural=codes, raw=raw)

    def _is_blank(self, record: Record) -> bool:
        if record.cells is None:
            return not record.codes
        if record.codes:
            return not any(cell.strip() for cell in record.cells)
        return self._rows.is_blank(record.cells)

    def _codes(self, record: Record) -> str | None:
        codes = set(record.codes)
        if not record.raw.isascii() and not _encodes(record.raw):
            codes.add("invalid_utf8")
        if "\x00" in record.raw:
            codes.add("control_character")
        if record.cells is not None and not record.codes:
            codes |= self._rows.codes(record.cells)
        elif any(len(cell) > FIELD_CHARACTERS for cell in record.cells or ()):
            codes.add("field_too_long")
        return joined(codes)

    def _last_cell(self) -> tuple[int, str] | None:
        """Return row and column of the cell at the very end, if it is read."""
        plan = self.dialect.plan
        end = len(plan.header) - 1
        return next(
            ((self._strict.line, feed.name) for feed in plan.feeds if end in feed.own),
            None,
        )

    def _refuse_long_span(self) -> None:
        """Refuse a file of which one quote swallows more than the gate allows."""
        length, line = self._strict.longest_span
        if length > 20 and length > self._share * self.counts.records:
            raise refusal(
                f"{self._where}, line {line:,}",
                f"a quote opens here and swallows {length:,} lines",
                f"more than {self._share:.0%} of the records are too many to set aside",
                "correct this line, or export the log again",
            )


def count_bad_lines(data: bytes, counts: TextCounts, *, first: int) -> None:
    """Count the lines with other than ASCII bytes by whether they decode.

    Parameters
    ----------
    data : bytes
        Lines.
    counts : TextCounts
        Where they are counted.
    first : int
        Number of the first of them.
    """
    for number, line in enumerate(data.split(b"\n"), start=first):
        if line.isascii():
            continue
        try:
            line.decode()
        except UnicodeDecodeError as error:
            if not counts.bad_lines:
                counts.first_bad = (number, line[error.start : error.start + 3])
            counts.bad_lines += 1
        else:
            counts.plain_lines += 1


def _after_lines(head: bytes, dialect: Dialect) -> bytes:
    """Return what follows preamble and header."""
    mark = b"\r" if dialect.cr_only else b"\n"
    position = 0
    for _ in range(dialect.skip):
        position = head.find(mark, position) + 1 or len(head)
    return head[position:]


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def storable(text: str) -> str:
    """Return a text with bytes that do not decode written as escapes."""
    return text.encode("utf-8", _ESCAPING).decode("utf-8", "backslashreplace")


def _sparse(rows: int, filled: dict[int, str]) -> pa.Array:
    texts: list[str | None] = [None] * rows
    for i, text in filled.items():
        texts[i] = text
    return pa.array(texts, pa.string())


def _where(mask: pa.Array, values: pa.Array) -> pa.Array:
    return pc.if_else(mask, values, None)
