"""Stages a DataFrame, an Arrow table or an Arrow reader."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pandas as pd
import pyarrow as pa

from disclosure_trends.errors import SettingsError
from disclosure_trends.logs.formats.header import ColumnPlan, refuse_incomplete
from disclosure_trends.logs.formats.tables import TableStager
from disclosure_trends.logs.formats.text import Item, Staged, finished_part
from disclosure_trends.logs.formats.texts import cell_text
from disclosure_trends.logs.formats.writer import StageWriter
from disclosure_trends.logs.stage import StagedFile

_BATCH = 65_536


@runtime_checkable
class ArrowStream(Protocol):
    """Anything that hands out an Arrow stream."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the stream."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Own columns of some rows, and what is known to be wrong with rows of it."""

    columns: list[pa.Array]
    codes: dict[int, set[str]]


def stage_frame(source: object, item: Item) -> Staged:
    """Stage a DataFrame, an Arrow table, reader or stream.

    Raises
    ------
    RequestLogError
        A required column is missing, or one is there twice.
    SettingsError
        The source is none of these.
    """
    if isinstance(source, pd.DataFrame):
        header = tuple(_label(label) for label in source.columns)
        plan = plan_of(header, item)
        return stage_batches(_frame_batches(source, plan), plan, item, kind="frame")
    if isinstance(source, ArrowStream):
        reader = pa.RecordBatchReader.from_stream(source)
        plan = plan_of(tuple(reader.schema.names), item)
        return stage_batches(arrow_batches(reader, plan), plan, item, kind="arrow")
    message = (
        f"source: got {type(source).__name__}; it takes a path or several, a "
        "DataFrame, an Arrow table or reader, or a DatabaseQuery; give one of these"
    )
    raise SettingsError(message)


def plan_of(header: tuple[str, ...], item: Item) -> ColumnPlan:
    """Plan the columns of a typed source and refuse it where one is missing."""
    plan = item.planner(header, read=item.read, where=item.where)
    refuse_incomplete(plan, where=item.where)
    return plan


def stage_batches(
    batches: Iterator[Batch], plan: ColumnPlan, item: Item, *, kind: str
) -> Staged:
    """Stage batches of the plan's own columns, by ascending position."""
    with StageWriter(
        item.target, source_name=item.name, columns=plan.columns
    ) as writer:
        stager = TableStager(plan, writer)
        for batch in batches:
            stager.add(batch.columns, codes=batch.codes)
    part = finished_part(writer)
    file = StagedFile(
        name=item.name,
        path=item.path,
        sha256=_sha256(part.path) if part else hashlib.sha256().hexdigest(),
        size=part.path.stat().st_size if part else 0,
        format=kind,
        records=stager.records,
        blank_lines=stager.blank,
        columns=plan.own_names(),
        unknown_columns=len(plan.header) - len(plan.positions),
        options=item.read,
    )
    return Staged(file, part)


def arrow_batches(reader: pa.RecordBatchReader, plan: ColumnPlan) -> Iterator[Batch]:
    """Yield the plan's columns of each batch of a reader."""
    for batch in reader:
        for start in range(0, batch.num_rows, _BATCH):
            piece = batch.slice(start, _BATCH)
            yield Batch([piece.column(i) for i in plan.positions], {})


def _frame_batches(frame: pd.DataFrame, plan: ColumnPlan) -> Iterator[Batch]:
    for start in range(0, len(frame), _BATCH):
        piece = frame.iloc[start : start + _BATCH]
        codes: dict[int, set[str]] = {}
        columns = [_column(piece.iloc[:, i], codes) for i in plan.positions]
        yield Batch(columns, codes)


def _column(series: "pd.Series[Any]", codes: dict[int, set[str]]) -> pa.Array:
    if series.dtype != object:
        try:
            array = pa.Array.from_pandas(series)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            pass
        else:
            return array.combine_chunks() if _is_chunked(array) else array
    texts = []
    for row, value in enumerate(series.tolist()):
        missing = value is None or value is pd.NA or value is pd.NaT
        text = None if missing else cell_text(value)
        if text is not None and not _is_unicode(text):
            codes.setdefault(row, set()).add("invalid_unicode")
            text = text.encode("utf-8", "backslashreplace").decode()
        texts.append(text)
    return pa.array(texts, pa.string())


def _is_chunked(array: object) -> bool:
    return isinstance(array, pa.ChunkedArray)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _label(label: object) -> str:
    return label if isinstance(label, str) else str(label)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
