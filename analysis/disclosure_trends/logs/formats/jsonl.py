"""Stages JSON: one object per line, one array, or objects one after the other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from disclosure_trends.logs.formats.decoding import Encoding
from disclosure_trends.logs.formats.delimited import (
    TextCounts,
    count_bad_lines,
    storable,
)
from disclosure_trends.logs.formats.fast import pieces
from disclosure_trends.logs.formats.header import plan_columns, required_columns
from disclosure_trends.logs.formats.intake import Readable, read_at_least
from disclosure_trends.logs.formats.json_fast import JsonFastReader, JsonStretch
from disclosure_trends.logs.formats.json_rows import (
    JsonPlan,
    JsonRow,
    StrictJson,
    keys_of,
)
from disclosure_trends.logs.formats.text import (
    Item,
    Staged,
    finished_part,
    refuse_legacy,
)
from disclosure_trends.logs.formats.writer import RowBuffer, StageWriter
from disclosure_trends.logs.limits import (
    DOCUMENT_BYTES,
    FIELD_CHARACTERS,
    JSON_DEPTH,
    LINE_BYTES,
    MIB,
    joined,
)
from disclosure_trends.logs.shown import refusal
from disclosure_trends.logs.stage import StagedFile

_ESCAPING = "surrogateescape"
_PROBE_LINES = 20
_PIECE, _SMALL, _FIRST_PIECE = MIB, 128 * 1024, 64 * 1024
_PROBED = 64
_NOTHING = frozenset((b"", b"\r", b"{}", b"{}\r"))
_KEY_OBJECTS = 1_000
_TEXTS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')


@dataclass(slots=True)
class _Run:
    """What one run over a text needs and counts."""

    plan: JsonPlan
    buffer: RowBuffer
    where: str
    counts: TextCounts = field(default_factory=TextCounts)


def stage_json(
    text: Readable, item: Item, *, encoding: Encoding, container: str
) -> Staged:
    """Stage a text that begins as JSON does.

    Raises
    ------
    RequestLogError
        It is one object and no log, an array that is no JSON, or too large a document.
    """
    head = read_at_least(text, MIB)
    every = item.planner is not plan_columns
    plan = JsonPlan(
        item.read, where=item.where, keys=_first_keys(head) if every else None
    )
    shape = _shape(head, whole=len(head) < MIB)
    with StageWriter(
        item.target, source_name=item.name, columns=plan.columns
    ) as writer:
        run = _Run(plan, RowBuffer(writer), item.where)
        if shape == "lines":
            fast = None if item.strict_only else JsonFastReader(plan)
            _stage_lines(_chunks(head, text, item.where), fast, writer, run)
        else:
            document = _document(head, text, item.where)
            _stage_document(document, run, item.where)
        run.buffer.flush()
        plan.refuse_incomplete(run.counts.records)
        refuse_legacy(run.counts, encoding, item.where)
    file = StagedFile(
        name=item.name,
        path=item.path,
        sha256="",
        size=0,
        format=("jsonl" if shape == "lines" else "json") + container,
        encoding=encoding.name,
        records=run.counts.records,
        blank_lines=run.counts.blank,
        columns=_columns(plan, item, records=run.counts.records),
        unknown_columns=plan.unknown_keys,
        options=item.read,
    )
    part = finished_part(writer)
    if part is not None:
        part = replace(part, columns=tuple(plan.own_names()))
    return Staged(file, part)


def _columns(plan: JsonPlan, item: Item, *, records: int) -> dict[str, tuple[str, ...]]:
    """Return what was read; a text without a record lacks no column that is needed."""
    found = plan.own_names()
    if not records and item.planner is plan_columns:
        found |= {c: () for c in required_columns(item.read) if c not in found}
    return found


def _first_keys(head: bytes) -> tuple[str, ...]:
    """Return the keys of the objects at the beginning of a text."""
    strict = StrictJson()
    text = head.decode("utf-8", _ESCAPING)
    rows: list[JsonRow] = []
    position = 0
    while len(rows) < _KEY_OBJECTS:
        position = _skip(text, position, " \t\r\n,[\ufeff")
        found = strict.at(text, position)
        if found is None:
            break
        row, position = found
        rows.append(row)
    return keys_of(rows)


def _shape(head: bytes, *, whole: bool) -> str:
    text = head.decode("utf-8", _ESCAPING).lstrip()
    if text.startswith("["):
        return "document"
    lines = [line for line in text.split("\n") if line.strip()]
    if not whole and len(lines) > 1:
        lines.pop()
    strict = StrictJson()
    if any(strict.values(line) is not None for line in lines[:_PROBE_LINES]):
        return "lines"
    first = strict.first(text)
    return "document" if first is not None else "lines"


def _chunks(head: bytes, text: Readable, where: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines before a chunk and the chunk, whole lines but for the last."""
    rest = head
    number = 0
    while True:
        cut = rest.rfind(b"\n") + 1
        if cut:
            yield number, rest[:cut]
            number += rest.count(b"\n", 0, cut)
            rest = rest[cut:]
        if len(rest) > LINE_BYTES:
            raise refusal(
                f"{where}, line {number + 1:,}",
                f"a line longer than {LINE_BYTES >> 20} MiB",
                "a request is one line",
                "write one object per line",
            )
        data = text.read(8 * MIB)
        if not data:
            break
        rest += data
    if rest:
        yield number, rest


def _stage_lines(
    chunks: Iterator[tuple[int, bytes]],
    fast: JsonFastReader | None,
    writer: StageWriter,
    run: _Run,
) -> None:
    """Stage lines: regular stretches fast, all others one by one."""
    for before, chunk in chunks:
        if fast is None:
            _stage_strictly(chunk, before, run)
            continue
        number = before
        for piece in _pieces(chunk, fast):
            found = fast.read(piece)
            whole = found is not None or len(piece) <= _SMALL
            for data in [piece] if whole else pieces(piece, _SMALL):
                stretch = found if whole else fast.read(data)
                if stretch is None:
                    number += _stage_strictly(data, number, run, fast)
                else:
                    number += _keep_stretch(data, stretch, number, writer, run)


def _pieces(chunk: bytes, fast: JsonFastReader) -> Iterator[bytes]:
    """Cut a chunk into pieces, small ones as long as no key is known."""
    start = 0
    while start < len(chunk):
        size = _PIECE if fast.knows_keys else _FIRST_PIECE
        stop = chunk.find(b"\n", min(start + size, len(chunk)) - 1) + 1 or len(chunk)
        yield chunk[start:stop]
        start = stop


def _stage_strictly(
    data: bytes, before: int, run: _Run, fast: JsonFastReader | None = None
) -> int:
    """Stage lines one by one and return how many there are."""
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, start=before + 1):
        if line in _NOTHING:
            run.counts.blank += 1
        else:
            _stage_line(line, number, run)
    if fast is not None:
        fast.learn(lines[:_PROBED])
    return len(lines)


def _keep_stretch(
    data: bytes, stretch: JsonStretch, before: int, writer: StageWriter, run: _Run
) -> int:
    """Write a regular stretch and return how many lines it has.

    What may be no request goes to the strict reader.
    """
    run.buffer.flush()
    rows = len(stretch.starts)
    numbers = pa.array(np.arange(before + 1, before + 1 + rows), pa.int64())
    values = stretch.values
    run.counts.plain_lines += not data.isascii()
    if len(stretch.doubtful):
        kept = np.ones(rows, bool)
        kept[stretch.doubtful] = False
        values = [value.filter(pa.array(kept)) for value in values]
        numbers = numbers.filter(pa.array(kept))
        for i in stretch.doubtful.tolist():
            line = data[stretch.starts[i] : stretch.ends[i]]
            _stage_line(line, before + 1 + i, run)
    writer.add(values, numbers)
    run.counts.records += len(numbers)
    return rows


def _stage_line(data: bytes, number: int, run: _Run) -> None:
    line = data.decode("utf-8", _ESCAPING).strip("\ufeff \t\r\n\x0b\x0c")
    if not line:
        run.counts.blank += 1
        return
    if not data.isascii():
        count_bad_lines(data, run.counts, first=number)
    raw = storable(line)
    if raw != line:
        _set_aside({"invalid_utf8"}, number, raw, run)
        return
    rows = None
    if depth(line) <= JSON_DEPTH:
        rows = run.plan.strict.values(line)
    if rows is None:
        _set_aside({"bad_json"}, number, raw, run)
        return
    # A list gains blanks when it becomes text, never more than it has characters.
    short = len(line) * 2 <= FIELD_CHARACTERS and "\\u" not in line
    for row in rows:
        _stage_row(row, number, raw, run, short=short)


def _stage_row(
    row: JsonRow, number: int, raw: str, run: _Run, *, short: bool = False
) -> None:
    if row.is_empty:
        run.counts.blank += 1
        return
    codes = set(row.codes)
    values = None if codes else run.plan.values(row, codes, short=short)
    if values is None and not codes:
        run.counts.blank += 1
        return
    if codes:
        _set_aside(codes, number, raw, run)
        return
    run.counts.records += 1
    run.buffer.add(values, number)


def _set_aside(codes: set[str], number: int, raw: str, run: _Run) -> None:
    run.counts.records += 1
    run.counts.set_aside(where=run.where)
    run.buffer.add(None, number, structural=joined(codes), raw=raw)


def _document(head: bytes, text: Readable, where: str) -> str:
    data = head
    while len(data) <= DOCUMENT_BYTES:
        more = text.read(MIB)
        if not more:
            break
        data += more
    else:
        raise refusal(
            where,
            f"a JSON document of more than {DOCUMENT_BYTES >> 20} MiB",
            "JSON of that size has one object per line",
            "write it as JSON Lines",
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise refusal(
            where,
            f"byte {error.start:,} of the document is not UTF-8",
            "JSON is UTF-8",
            "write it again as UTF-8",
        ) from error


def _stage_document(text: str, run: _Run, where: str) -> None:
    """Stage the elements of an array, or objects one after the other."""
    position = _skip(text, 0, " \t\r\n\ufeff")
    array = text[position : position + 1] == "["
    position += array
    number = 0
    while True:
        position = _skip(text, position, " \t\r\n")
        if position == len(text):
            if array:
                raise _broken(where, text, position, "the array does not end")
            return
        if array and text[position] == "]":
            rest = text[position + 1 :].strip()
            if rest:
                raise _broken(where, text, position + 1, "text follows the array")
            return
        number += 1
        found = run.plan.strict.at(text, position)
        if found is None:
            raise _broken(where, text, position, f"value {number:,} is no JSON")
        row, end = found
        _stage_row(row, number, text[position:end], run)
        position = _skip(text, end, " \t\r\n")
        if array and text[position : position + 1] == ",":
            position = _skip(text, position + 1, " \t\r\n")
            if text[position : position + 1] == "]":
                raise _broken(where, text, position, "a comma before the end")
        elif array and text[position : position + 1] not in ("]", ""):
            raise _broken(where, text, position, "no comma after a value")


def _skip(text: str, position: int, marks: str) -> int:
    while position < len(text) and text[position] in marks:
        position += 1
    return position


def _broken(where: str, text: str, position: int, what: str) -> Exception:
    line = text.count("\n", 0, position) + 1
    return refusal(
        f"{where}, line {line:,}",
        f"the JSON is damaged: {what}",
        "a document is whole or none of it can be trusted",
        "export it again, or write one object per line",
    )


def depth(line: str) -> int:
    """Return how deep a line nests, brackets inside texts left out."""
    if line.count("{") + line.count("[") <= JSON_DEPTH:
        return 0
    level = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", _TEXTS.sub("", line)):
        level += 1 if bracket in "[{" else -1
        deepest = max(deepest, level)
    return deepest
