"""Cleans one part of a log in a worker: the same rules, on all versions of some ids.

The rows come back in one shape, each with its fate, and the account of the part is one
row more: what carries the rows carries the account.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from disclosure_trends import errors
from disclosure_trends.errors import DisclosureTrendsError, SettingsError
from disclosure_trends.logs.database import (
    open_database,
    quote_text,
    read_batches,
    run,
)
from disclosure_trends.logs.doubts import most_days
from disclosure_trends.logs.judging import Fates, Judged, judge_records
from disclosure_trends.logs.marks import INSTANTS
from disclosure_trends.logs.memory import within_memory
from disclosure_trends.logs.plans import FilePlan
from disclosure_trends.logs.rules.outputs import (
    REQUESTS,
    FileCounts,
    count_outputs,
    in_order,
)
from disclosure_trends.logs.rules.typed import macro_statements
from disclosure_trends.logs.split import DERIVED
from disclosure_trends.vocabulary.columns import COLUMN_NAMES, COLUMNS

_ROWS: Final = 20_000
_TYPES: Final = {"instant": pa.int64(), "count": pa.int64(), "flag": pa.bool_()}
JUDGED: Final = pa.schema(
    [
        *((column.name, _TYPES.get(column.kind, pa.string())) for column in COLUMNS),
        ("is_valid", pa.bool_()),
        ("on_designated_line", pa.bool_()),
        ("source_file", pa.string()),
        ("source_row", pa.int64()),
        ("reasons", pa.int64()),
        ("raw", pa.string()),
        ("raw_row", pa.list_(pa.string())),
        ("fate", pa.string()),
        ("account", pa.string()),
    ]
)
"""The one shape of what a worker hands back: instants are microseconds since 1970."""


class WorkerError(Exception):
    """What went wrong in a worker, without a word of the log: it may be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """All that a worker must know, decided once for the whole log.

    Attributes
    ----------
    plans : tuple of FilePlan
        How every file is read.
    as_of : datetime.date
        Last day that is known of.
    memory : str
        Limit of one worker's buffers.
    scratch : str
        Folder for what lies between.
    version : str
        The engine's; workers with another one are refused.
    """

    plans: tuple[FilePlan, ...]
    as_of: date
    memory: str
    scratch: str
    version: str = duckdb.__version__


def clean_part(
    batches: Iterator[pa.RecordBatch], *, job: Job
) -> Iterator[pa.RecordBatch]:
    """Judge the records of one part.

    Parameters
    ----------
    batches : iterator of pyarrow.RecordBatch
        Staged records; all versions of an id are in one part.
    job : Job
        What was decided for the whole log.

    Yields
    ------
    pyarrow.RecordBatch
        Batches of the schema `JUDGED`. A refusal is a row too, so that it reaches the
        one who asked in its own words.

    Raises
    ------
    WorkerError
        Anything else, by the name of its class alone: a message may quote a record.
    """
    failed = ""
    try:
        yield from _clean(batches, job)
    except DisclosureTrendsError as error:
        yield _one(error=[type(error).__name__, str(error)])
    except Exception as error:  # noqa: BLE001 - its text must not leave the worker
        failed = type(error).__name__
    if failed:
        raise WorkerError(f"<{failed}>")


def _clean(batches: Iterator[pa.RecordBatch], job: Job) -> Iterator[pa.RecordBatch]:
    if duckdb.__version__ != job.version:
        raise SettingsError(
            f"engine: a worker has duckdb {duckdb.__version__}, the log was read with "
            f"{job.version}; all must have the same; install it on the workers"
        )
    folder = Path(tempfile.mkdtemp(dir=job.scratch))
    try:
        records = _write(batches, folder / "stage.parquet")
        if records:
            with (
                within_memory(job.memory),
                open_database(folder, memory=job.memory, threads=1) as database,
            ):
                yield from _judge(database, job, folder=folder, records=records)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(batches: Iterator[pa.RecordBatch], path: Path) -> int:
    """Set the records aside: they are read more than once."""
    writer, records = None, 0
    for batch in batches:
        if writer is None:
            writer = pq.ParquetWriter(path, batch.schema, compression="lz4")
        writer.write_batch(batch)
        records += batch.num_rows
    if writer is not None:
        writer.close()
    return records


def _judge(
    database: duckdb.DuckDBPyConnection, job: Job, *, folder: Path, records: int
) -> Iterator[pa.RecordBatch]:
    for statement in macro_statements():
        run(database, statement)
    stage = f"SELECT * FROM read_parquet([{quote_text(str(folder / 'stage.parquet'))}])"
    found = {
        row[0] for row in run(database, f"SELECT DISTINCT source_file FROM ({stage})")
    }
    requests = folder / REQUESTS
    judged = judge_records(
        database,
        job.plans,
        stage=stage,
        rows_of=lambda name: f"{stage} WHERE source_file = {quote_text(name)}",
        records=records,
        folder=folder,
        requests=requests,
        as_of=job.as_of,
        absent={p.file.name for p in job.plans} - found,
    )
    for query in _queries(judged, requests):
        for batch in read_batches(database, query):
            for start in range(0, batch.num_rows, _ROWS):
                yield batch.slice(start, _ROWS).cast(JUDGED)
    counts = count_outputs(
        database, typed=judged.typed, ranked=judged.ranked, usable=judged.usable
    )
    yield _one(
        files={name: asdict(one) for name, one in counts.items()},
        simulated=judged.simulated,
        most_days=most_days(database, judged.ranked),
    )


def _queries(judged: Judged, requests: Path) -> Iterator[str]:
    """Write the queries of all records, each of which is in one of them."""
    instants = {c: f"epoch_us({c}) AS {c}" for c in INSTANTS}
    stored = ", ".join([*(instants.get(c, c) for c in COLUMN_NAMES), *DERIVED])
    yield (
        f"SELECT {stored}, 0::BIGINT AS reasons, NULL::VARCHAR AS raw, "
        "NULL::VARCHAR[] AS raw_row, 'clean' AS fate, NULL::VARCHAR AS account "
        f"FROM read_parquet([{quote_text(str(requests))}])"
    )
    columns = ", ".join([*COLUMN_NAMES, *DERIVED, "reasons, raw, raw_row"])
    yield (
        f"SELECT {columns}, 'quarantined' AS fate, NULL::VARCHAR AS account "
        f"FROM ({judged.typed}) WHERE reasons <> 0"
    )
    yield (
        f"SELECT {columns}, fate, NULL::VARCHAR AS account "
        f"FROM ({judged.ranked}) WHERE fate <> 'clean'"
    )


def _one(**said: object) -> pa.RecordBatch:
    """Say something about the part as a whole, as one row."""
    row = dict.fromkeys(JUDGED.names) | {"fate": ACCOUNT, "account": json.dumps(said)}
    return pa.RecordBatch.from_pylist([row], schema=JUDGED)


ACCOUNT: Final = "account"


def add_accounts(accounts: list[str]) -> Fates:
    """Add up what the workers said of their parts.

    Parameters
    ----------
    accounts : list of str
        Texts of the column ``account``.

    Returns
    -------
    Fates
        Of all records.

    Raises
    ------
    DisclosureTrendsError
        What a worker refused.
    """
    said = [json.loads(account) for account in accounts]
    for one in said:
        if "error" in one:
            name, message = one["error"]
            raise getattr(errors, name)(message)
    counts: dict[str, FileCounts] = {}
    for one in said:
        for name, counted in one["files"].items():
            _add(counts.setdefault(name, FileCounts()), FileCounts(**counted))
    return Fates(
        counts={name: in_order(one) for name, one in counts.items()},
        simulated=any(one["simulated"] for one in said),
        most_days=max(
            ((d, n) for d, n in (one["most_days"] for one in said)), default=(0, 0)
        ),
    )


def _add(total: FileCounts, part: FileCounts) -> None:
    total.clean += part.clean
    total.superseded += part.superseded
    total.only_future += part.only_future
    _add_up(total.by_reason, part.by_reason)
    _add_up(total.warnings, part.warnings)
    _add_up(total.naive, part.naive)
    for column, kinds in part.repairs.items():
        _add_up(total.repairs.setdefault(column, {}), kinds)


def _add_up(total: dict[str, int], part: Mapping[str, int]) -> None:
    for name, n in part.items():
        total[name] = total.get(name, 0) + n
