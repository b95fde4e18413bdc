"""Stages Parquet: plain text columns are read in place, all others as text."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from disclosure_trends.errors import DisclosureTrendsError, RequestLogError
from disclosure_trends.logs.formats.frames import Batch, plan_of, stage_batches
from disclosure_trends.logs.formats.header import ColumnPlan
from disclosure_trends.logs.formats.intake import Intake, refuse_expansion
from disclosure_trends.logs.formats.pages import PageError, verify_pages
from disclosure_trends.logs.formats.rows import TOTALS
from disclosure_trends.logs.formats.text import Item, Staged
from disclosure_trends.logs.limits import FIELD_CHARACTERS, MIB
from disclosure_trends.logs.shown import refusal
from disclosure_trends.logs.stage import (
    StagedFile,
    StagePart,
    quoted_name,
    quoted_text,
    text_faults,
)

IN_PLACE_ROWS = 200_000
"""Smaller files are rewritten: that costs little and finds what is damaged inside."""

_BATCH = 16_384
_FLOOR = 64 * MIB
"""Columns of few values shrink far: below this unpacked size the ratio is no matter."""


def stage_parquet(intake: Intake, item: Item) -> Staged:
    """Stage a Parquet file from a private copy of it.

    Raises
    ------
    RequestLogError
        The file is damaged or cut, a checksum is wrong, or a column is missing.
    """
    copy = item.target.with_suffix(".source.parquet")
    intake.copy_to(copy)
    with _explained(item.where):
        file = pq.ParquetFile(
            copy,
            page_checksum_verification=True,
            coerce_int96_timestamp_unit="us",
        )
        names = tuple(file.schema_arrow.names)
        plan = plan_of(names, item)
        if _is_plain(file, plan) and not item.copy_parquet:
            staged = _in_place(copy, file, plan, item)
            if staged is not None:
                return staged
        batches = _batches(file, plan, packed=copy.stat().st_size, where=item.where)
        staged = stage_batches(batches, plan, item, kind="parquet")
    copy.unlink()
    return staged


def _batches(
    file: pq.ParquetFile, plan: ColumnPlan, *, packed: int, where: str
) -> Iterator[Batch]:
    wanted = [plan.header[i] for i in plan.positions]
    unpacked = 0
    for batch in file.iter_batches(batch_size=_BATCH, columns=wanted):
        unpacked += sum(_unpacked_bytes(column) for column in batch.columns)
        refuse_expansion(unpacked, packed=packed, where=where, floor=_FLOOR)
        yield Batch([batch.column(name) for name in wanted], {})


def _unpacked_bytes(column: pa.Array) -> int:
    """Return the size of a column; of a dictionary once each row has its own copy."""
    if not pa.types.is_dictionary(column.type) or not _is_text(column.type):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary).take(column.indices)
    return int(pc.sum(lengths).as_py() or 0)


def _is_plain(file: pq.ParquetFile, plan: ColumnPlan) -> bool:
    """Tell whether the columns that are read hold text, each for one column."""
    schema = file.schema_arrow
    return file.metadata.num_rows >= IN_PLACE_ROWS and all(
        feed.how == "one" and _is_text(schema.field(feed.own[0]).type)
        for feed in plan.feeds
    )


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _in_place(
    copy: Path, file: pq.ParquetFile, plan: ColumnPlan, item: Item
) -> Staged | None:
    """Stage without rewriting; None where a row is not a plain request."""
    own = {feed.name: plan.header[feed.own[0]] for feed in plan.feeds}
    verify_pages(copy, file.metadata, set(own.values()))
    faulty = _look_through(copy, own, where=item.where)
    if faulty is None:
        return None
    part = StagePart(
        path=copy, name=item.name, columns=plan.columns, own=own, faulty=faulty
    )
    staged = StagedFile(
        name=item.name,
        path=item.path,
        sha256="",
        size=0,
        format="parquet",
        records=file.metadata.num_rows,
        columns=plan.own_names(),
        unknown_columns=len(plan.header) - len(plan.positions),
        options=item.read,
    )
    return Staged(staged, part)


def _look_through(copy: Path, own: dict[str, str], *, where: str) -> bool | None:
    """Decode every text once; tell whether one is too long or holds a NUL.

    None where a row is blank, a total or the header again, or a page cannot be decoded:
    then the file is rewritten row by row, which says what is wrong.
    """
    import duckdb

    if "received_at" not in own:
        return None
    table = f"read_parquet({quoted_text(str(copy))})"
    long, zero = text_faults(own.values())
    bytes_ = [f"coalesce(strlen({quoted_name(n)}), 0)" for n in own.values()]
    # Characters are counted only where there are that many bytes.
    longest = ", ".join(f"max({one})" for one in bytes_)
    try:
        with duckdb.connect(config={"memory_limit": "1GB"}) as connection:
            connection.execute(
                f"SELECT count(*) FILTER ({zero}), count(*) FILTER "
                f"({_no_request(own)}), sum({' + '.join(bytes_)}), "
                f"greatest({longest}) > {FIELD_CHARACTERS} FROM {table}"
            )
            faults, others, unpacked, may_be_long = connection.fetchall()[0]
            if may_be_long:
                connection.execute(f"SELECT count(*) FILTER ({long}) FROM {table}")
                faults += connection.fetchall()[0][0]
    except duckdb.Error:
        return None
    refuse_expansion(unpacked, packed=copy.stat().st_size, where=where, floor=_FLOOR)
    return None if others else bool(faults)


def _no_request(own: dict[str, str]) -> str:
    """Return the SQL of rows that may be blank, a total or the header again."""
    received = own["received_at"]
    date, name = quoted_name(received), quoted_text(received.strip().casefold())
    texts = [f"nullif(trim({quoted_name(column)}), '')" for column in own.values()]
    label = f"lower(coalesce({', '.join(texts)}, ''))"
    words = ", ".join(quoted_text(word) for word in ("", *sorted(TOTALS)))
    empty = f"({date} IS NULL OR trim({date}) = '')"
    # A date that begins with a digit is looked at no further: CASE, unlike AND in a
    # select list, works out a branch only for the rows that take it.
    return (
        f"CASE WHEN {date} IS NULL OR {date} < '0' OR {date} >= ':' THEN "
        f"CASE WHEN {empty} THEN replace(rtrim({label}, ':'), ' ', '_') IN ({words}) "
        f"ELSE lower(trim({date})) = {name} END ELSE false END"
    )


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """Turn what Arrow says of a damaged file into a refusal."""
    try:
        yield
    except DisclosureTrendsError:
        raise
    except PageError as error:
        raise _damaged(where, str(error)) from error
    except (pa.ArrowException, OSError, MemoryError) as error:
        raise _damaged(where, _plain(error)) from None
    except (ValueError, KeyError, OverflowError) as error:
        raise _damaged(where, type(error).__name__) from error


def _plain(error: Exception) -> str:
    text = str(error)
    if "CRC" in text or "checksum" in text:
        return "a page does not match its checksum"
    if "footer" in text or "magic bytes" in text:
        return "its footer is missing or cut"
    return "it cannot be decoded"


def _damaged(where: str, what: str) -> RequestLogError:
    return refusal(
        where,
        f"the Parquet file is damaged ({what})",
        "every page and the footer must be whole",
        "fetch or write it again",
    )
