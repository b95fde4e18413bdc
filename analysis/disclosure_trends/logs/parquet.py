"""Stages Parquet: plain text columns are read in place, all others as text."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from disclosure_trends.errors import DisclosureTrendsError, RequestLogError
from disclosure_trends.logs.frames import Batch, plan_of, stage_batches
from disclosure_trends.logs.header import ColumnPlan
from disclosure_trends.logs.intake import Intake
from disclosure_trends.logs.pages import PageError, verify_pages
from disclosure_trends.logs.rows import RowReader
from disclosure_trends.logs.shown import refusal
from disclosure_trends.logs.stage import StagedFile, StagePart, quoted_name, quoted_text
from disclosure_trends.logs.tables import narrow_plan
from disclosure_trends.logs.text import Item, Staged

IN_PLACE_ROWS = 200_000
"""Smaller files are rewritten: that costs little and finds what is damaged inside."""

_BATCH = 16_384


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
        staged = stage_batches(_batches(file, plan), plan, item, kind="parquet")
    copy.unlink()
    return staged


def _batches(file: pq.ParquetFile, plan: ColumnPlan) -> Iterator[Batch]:
    wanted = [plan.header[i] for i in plan.positions]
    for batch in file.iter_batches(batch_size=_BATCH, columns=wanted):
        yield Batch([batch.column(name) for name in wanted], {})


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
    if not _all_requests(copy, plan, own):
        return None
    part = StagePart(path=copy, columns=plan.columns, source_name=item.name, own=own)
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


def _all_requests(copy: Path, plan: ColumnPlan, own: dict[str, str]) -> bool:
    """Tell whether no row is blank, a total or the header again."""
    import duckdb

    if "received_at" not in own:
        return False
    date = quoted_name(own["received_at"])
    header = quoted_text(own["received_at"].strip().casefold())
    columns = ", ".join(quoted_name(name) for name in _by_position(plan))
    suspects = (
        f"SELECT {columns} FROM read_parquet({quoted_text(str(copy))}) "
        f"WHERE {date} IS NULL OR trim({date}) = '' OR lower(trim({date})) = {header}"
    )
    rows = RowReader(narrow_plan(plan))
    with duckdb.connect(config={"threads": 1}) as connection:
        relation = connection.execute(suspects)
        while found := relation.fetchmany(_BATCH):
            if any(rows.is_blank(cells) or rows.codes(cells) for cells in found):
                return False
    return True


def _by_position(plan: ColumnPlan) -> list[str]:
    return [plan.header[i] for i in plan.positions]


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """Turn what Arrow says of a damaged file into a refusal."""
    import duckdb

    try:
        yield
    except DisclosureTrendsError:
        raise
    except PageError as error:
        raise _damaged(where, str(error)) from error
    except (pa.ArrowException, OSError, MemoryError, duckdb.Error) as error:
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
