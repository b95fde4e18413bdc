"""Writes the all-text stage: row groups of canonical columns, flat in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from disclosure_trends.errors import OutputError
from disclosure_trends.logs.limits import MIB
from disclosure_trends.logs.shown import shown
from disclosure_trends.vocabulary.columns import columns_of

GROUP_ROWS = 122_880
_GROUP_BYTES = 64 * MIB


class StageWriter:
    """Collects the rows of one source and writes them as one Parquet file.

    Parameters
    ----------
    path : pathlib.Path
        The file to write, inside the stage's folder.
    source_name : str
        ``source_file`` of every row.
    columns : sequence of str
        Canonical columns of the rows.
    """

    def __init__(self, path: Path, *, source_name: str, columns: Sequence[str]) -> None:
        self.path = path
        self.columns = tuple(columns)
        self.source_name = source_name
        # Ids and instants hardly repeat: a dictionary of them is built in vain.
        unlike = {*columns_of("id", "instant"), "source_row"}
        self._worded = [c for c in (*columns, "source_file") if c not in unlike]
        self.rows = 0
        self._source = pa.array([source_name], pa.string())
        self._writer: pq.ParquetWriter | None = None
        self._pending: list[pa.Table] = []
        self._pending_rows = 0
        self._pending_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush()
        if self._writer is not None:
            with writing(self.path):
                self._writer.close()
        if kind is not None:
            self.path.unlink(missing_ok=True)

    def add(
        self,
        values: Sequence[pa.Array],
        source_rows: pa.Array,
        *,
        structural: pa.Array | None = None,
        raw: pa.Array | None = None,
    ) -> None:
        """Add rows, column by column."""
        rows = len(source_rows)
        if not rows:
            return
        nothing = pa.nulls(rows, pa.string())
        source = pa.DictionaryArray.from_arrays(
            pa.array([0], pa.int32()).take(pa.array([0] * rows, pa.int32())),
            self._source,
        )
        table = pa.Table.from_arrays(
            [
                *values,
                source,
                source_rows,
                nothing if structural is None else structural,
                nothing if raw is None else raw,
            ],
            names=[*self.columns, "source_file", "source_row", "structural", "raw"],
        )
        self._pending.append(table)
        self.rows += rows
        self._pending_rows += rows
        self._pending_bytes += table.nbytes
        if self._pending_rows >= GROUP_ROWS or self._pending_bytes >= _GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._pending:
            return
        table = pa.concat_tables(self._pending)
        with writing(self.path):
            if self._writer is None:
                self._writer = pq.ParquetWriter(
                    self.path,
                    table.schema,
                    compression="lz4",
                    use_dictionary=self._worded,
                    store_schema=False,
                    write_statistics=False,
                )
            self._writer.write_table(table, row_group_size=GROUP_ROWS)
        self._pending = []
        self._pending_rows = 0
        self._pending_bytes = 0


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say that the disk, and not the log, is at fault."""
    try:
        yield
    except OSError as error:
        message = (
            f"stage: cannot be written in {shown(str(path.parent), longest=200)} "
            f"({error.strerror or 'the disk refuses'}); it needs about 150 bytes a "
            "record; free some space, or set TMPDIR"
        )
        raise OutputError(message) from error


class RowBuffer:
    """Collects single rows and hands them to the writer a few thousand at a time."""

    def __init__(self, writer: StageWriter) -> None:
        self._writer = writer
        self._width = len(writer.columns)
        self._reset()

    def add(
        self,
        values: Sequence[str | None] | None,
        source_row: int,
        *,
        structural: str | None = None,
        raw: str | None = None,
    ) -> None:
        """Add one row; without values its columns are null."""
        if values is None:
            values = [None] * self._width
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)
        self._source_rows.append(source_row)
        self._structural.append(structural)
        self._raw.append(raw)
        self._characters += len(raw or "") + sum(len(v) for v in values if v)
        if len(self._source_rows) >= 16_384 or self._characters > 8 * MIB:
            self.flush()

    def flush(self) -> None:
        """Hand the rows over."""
        self._writer.add(
            [pa.array(column, pa.string()) for column in self._columns],
            pa.array(self._source_rows, pa.int64()),
            structural=pa.array(self._structural, pa.string()),
            raw=pa.array(self._raw, pa.string()),
        )
        self._reset()

    def _reset(self) -> None:
        self._columns: list[list[str | None]] = [[] for _ in range(self._width)]
        self._source_rows: list[int] = []
        self._structural: list[str | None] = []
        self._raw: list[str | None] = []
        self._characters = 0
