"""Splits typed records as they come: usable ones are written once and for all.

What has a reason against it, or an id that occurs again, goes to a small file beside,
to be ranked or quarantined. So the bulk of a log is written one time only.
"""

from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from disclosure_trends.logs.formats.writer import GROUP_ROWS, writing
from disclosure_trends.logs.marks import INSTANTS
from disclosure_trends.logs.phases import advance
from disclosure_trends.vocabulary.columns import COLUMN_NAMES, COLUMNS, columns_of

Marks = Counter[tuple[int, int]]
"""How many clean records carry a mask of repairs and a mask of warnings."""

_TYPES: Final = {
    "instant": pa.timestamp("us", tz="UTC"),
    "count": pa.int64(),
    "flag": pa.bool_(),
}
_SCHEMA: Final = pa.schema(
    [
        *((column.name, _TYPES.get(column.kind, pa.string())) for column in COLUMNS),
        ("is_valid", pa.bool_()),
        ("on_designated_line", pa.bool_()),
        ("source_file", pa.string()),
        ("source_row", pa.int64()),
    ]
)
DERIVED: Final = tuple(_SCHEMA.names[len(COLUMN_NAMES) :])
# Ids and instants hardly repeat: a dictionary of them is built in vain.
_UNLIKE: Final = {*columns_of("id", "instant"), "source_row"}


class RequestsWriter:
    """Writes the clean rows of a log, in row groups of an even size.

    Parameters
    ----------
    path : pathlib.Path
        The Parquet file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pending: list[pa.Table] = []
        self._rows = 0
        with writing(path):
            self._writer = pq.ParquetWriter(
                path,
                _SCHEMA,
                compression="zstd",
                use_dictionary=[c for c in _SCHEMA.names if c not in _UNLIKE],
                store_schema=False,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with writing(self.path):
            if kind is None:
                self._flush()
            self._writer.close()

    def add(self, rows: pa.RecordBatch, *, source_file: str | None = None) -> None:
        """Add clean rows.

        Parameters
        ----------
        rows : pyarrow.RecordBatch
            Canonical columns, instants as microseconds; those that are not there are
            null in all rows.
        source_file : str, optional
            Their file, where the rows do not name it.
        """
        if not rows.num_rows:
            return
        columns = [self._column(rows, field, source_file) for field in _SCHEMA]
        self._pending.append(pa.Table.from_arrays(columns, schema=_SCHEMA))
        self._rows += rows.num_rows
        if self._rows >= GROUP_ROWS:
            with writing(self.path):
                self._flush()

    def _column(
        self, rows: pa.RecordBatch, field: pa.Field, source_file: str | None
    ) -> pa.Array:
        if field.name not in rows.schema.names:
            if field.name == "source_file":
                return pa.repeat(pa.scalar(source_file, field.type), rows.num_rows)
            return pa.nulls(rows.num_rows, field.type)
        column = rows.column(field.name)
        return column.view(field.type) if field.name in INSTANTS else column

    def _flush(self) -> None:
        if self._pending:
            table = pa.concat_tables(self._pending)
            self._writer.write_table(table, row_group_size=self._rows)
        self._pending, self._rows = [], 0


def split_typed(
    records: pa.RecordBatchReader,
    writer: RequestsWriter,
    *,
    name: str,
    beside: Path,
    total: int,
) -> Marks:
    """Write the usable records of one file, and all others beside.

    Parameters
    ----------
    records : pyarrow.RecordBatchReader
        What `typed_query` yields.
    writer : RequestsWriter
        For records without a reason against them whose id occurs once.
    name : str
        ``source_file`` of the records.
    beside : pathlib.Path
        Parquet file for the others, with all columns of `records`.
    total : int
        About how many records there are: only to say how far this is.

    Returns
    -------
    Counter
        Marks of the usable records.
    """
    marks: Marks = Counter()
    done = 0
    with (
        writing(beside),
        pq.ParquetWriter(
            beside, records.schema, compression="lz4", write_statistics=False
        ) as others,
    ):
        for batch in records:
            done += batch.num_rows
            advance(done, max(done, total))
            usable = pc.equal(batch.column("reasons"), 0)
            usable = pc.and_not(usable, batch.column("is_repeated"))
            kept = batch.filter(usable)
            writer.add(kept, source_file=name)
            marks += _marks(kept)
            if kept.num_rows < batch.num_rows:
                others.write_batch(batch.filter(pc.invert(usable)))
    return marks


def _marks(rows: pa.RecordBatch) -> Marks:
    table = pa.Table.from_batches([rows.select(["repairs", "warnings"])])
    found = table.group_by(["repairs", "warnings"]).aggregate([([], "count_all")])
    return Counter(
        {
            (row["repairs"], row["warnings"]): row["count_all"]
            for row in found.to_pylist()
        }
    )
