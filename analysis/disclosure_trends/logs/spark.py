"""The engine ``spark``: the rules run in workers, Spark spreads, retries and commits.

Whatever concerns the log as a whole is decided before, once. The records are spread by
their ids, each worker runs the text of the rules on its part, and what comes back is
held against what went out.
"""

import os
import re
import shutil
import warnings
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa

from disclosure_trends.errors import (
    DisclosureTrendsError,
    LedgerError,
    SettingsError,
)
from disclosure_trends.logs.database import quote_text, read_batches, run
from disclosure_trends.logs.judging import Fates, clean_here
from disclosure_trends.logs.partitions import (
    ACCOUNT,
    JUDGED,
    Job,
    add_accounts,
    clean_part,
)
from disclosure_trends.logs.phases import begin_phase
from disclosure_trends.logs.plans import FilePlan
from disclosure_trends.logs.rules.lookups import empty_words, put_table
from disclosure_trends.logs.rules.outputs import REQUESTS, write_outputs
from disclosure_trends.logs.split import DERIVED, RequestsWriter
from disclosure_trends.logs.stage import BOOKKEEPING, Stage, quoted_name
from disclosure_trends.vocabulary.columns import COLUMN_NAMES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PART_ROWS: Final = 250_000
"""About as many records are one worker's part."""

_WORDS: Final = pa.schema([("word", pa.string())])
_DUPLICATES: Final = "'duplicate_exact', 'duplicate_conflict'"


def check_spark() -> None:
    """Refuse the engine, before anything is read, where it cannot run.

    Raises
    ------
    SettingsError
        If pyspark or Java is missing; the message says how to get it.
    """
    if find_spec("pyspark") is None:
        raise SettingsError(
            "engine: 'spark' needs pyspark, which is not installed; it comes with "
            "pip install 'disclosure-trends[spark]'; install it, or leave engine out"
        )
    home = os.environ.get("JAVA_HOME")
    java = Path(home) / "bin" / "java" if home else None
    if not (shutil.which(str(java)) if java else shutil.which("java")):
        where = f"JAVA_HOME ({home})" if home else "PATH"
        raise SettingsError(
            f"engine: 'spark' needs Java, and there is none in {where}; version 17 or "
            "newer is allowed; install it (Debian: openjdk-17-jre-headless), or leave "
            "engine out"
        )


def clean_on_spark(
    database: duckdb.DuckDBPyConnection,
    plans: Sequence[FilePlan],
    *,
    stage: Stage,
    work: Path,
    kept: Path,
    as_of: date,
    memory: str,
    threads: int | None,
) -> Fates:
    """Judge the records of a log on Spark, and write its three files.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Of this process, with the macros of the rules.
    plans : sequence of FilePlan
        How every file is read.
    stage : Stage
        The staged records.
    work, kept : pathlib.Path
        For what lies between; for the files of the cleaned log. Workers must see the
        first one under the same path.
    as_of : datetime.date
        Last day that is known of.
    memory : str
        Limit of the buffers of each worker.
    threads : int or None
        Workers at a time, where no Spark runs already; None for one a core.

    Returns
    -------
    Fates
        What became of the records.

    Raises
    ------
    LedgerError
        If a record went missing on the way.
    DisclosureTrendsError
        If Spark failed.
    """
    if not stage.records:
        return clean_here(
            database, plans, stage=stage, work=work, kept=kept, as_of=as_of
        )
    begin_phase(f"spreading {stage.records:,} records by their ids")
    _spread(database, plans, stage=stage, folder=work)
    (work / "scratch").mkdir()
    job = Job(
        plans=tuple(plans),
        as_of=as_of,
        memory=memory,
        scratch=str(work / "scratch"),
    )
    begin_phase(f"judging {stage.records:,} records on Spark")
    parts = -(-stage.records // PART_ROWS)
    session = _running_session()
    if session is None:
        from disclosure_trends.logs.local_spark import run_locally

        run_locally(job, folder=work, parts=parts, threads=threads)
    else:
        run_job(session, job, folder=work, parts=parts)
    return _gather(database, stage, work=work, kept=kept)


def run_job(session: "SparkSession", job: Job, *, folder: Path, parts: int) -> None:
    """Let the workers of a session judge the spread records.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
        Whose workers.
    job : Job
        What they must know.
    folder : pathlib.Path
        With the spread records; the judged ones are committed into it.
    parts : int
        Least number of parts.

    Raises
    ------
    DisclosureTrendsError
        If the job failed. No text of Spark's is in it: it could quote a record.
    """

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Judge one part."""
        yield from clean_part(batches, job=job)

    why = ""
    parts = max(parts, session.sparkContext.defaultParallelism)
    try:
        with warnings.catch_warnings():
            # It warns of pandas 3; only Arrow goes to the workers and back.
            warnings.simplefilter("ignore", FutureWarning)
            spread = session.read.parquet(_literal(_place(folder / "spread")))
            judged = (
                spread.repartition(parts, "bucket")
                .drop("bucket")
                .mapInArrow(task, _spark_types())
            )
            judged.write.parquet(_place(folder / "judged"))
    except Exception as error:  # noqa: BLE001 - its text must not reach anybody
        why = _reason(type(error).__name__, str(error))
    if why:
        raise DisclosureTrendsError(why)


def _reason(kind: str, text: str) -> str:
    """Say why a job failed, in our words."""
    found = re.search(r"WorkerError: <(\w+)>", text)
    missing = re.search(r"No module named '(\w+)", text)
    if missing:
        return (
            f"engine: the workers of Spark have no module {missing[1]}; all must have "
            "this package with the same versions; install it on the workers, or name "
            "the Python that has it in PYSPARK_PYTHON"
        )
    how = kind
    if found:
        how = f"{found[1]} in a worker"
    elif "Python worker exited unexpectedly" in text:
        how = "its workers were killed"
    return (
        f"engine: Spark gave up ({how}); nothing was written; a worker takes up to "
        "200 MB beside memory=, and needs the folder of temporary files; lower "
        "threads, set TMPDIR to a place that all workers see and that has room, or "
        "leave engine out"
    )


def _place(path: Path) -> str:
    return f"file://{path}"


def _literal(place: str) -> str:
    """Write a place that is to be read, where Spark expects a pattern."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", place)


def _spark_types() -> str:
    names = {"int64": "bigint", "bool": "boolean", "string": "string"}
    return ", ".join(
        f"{field.name} {names.get(str(field.type), 'array<string>')}"
        for field in JUDGED
    )


def _running_session() -> "SparkSession | None":
    """Return the session that is there already: an own one, or spark-submit's."""
    from pyspark.sql import SparkSession

    if "PYSPARK_GATEWAY_PORT" in os.environ:
        return SparkSession.builder.getOrCreate()
    return SparkSession.getActiveSession()


def _spread(
    database: duckdb.DuckDBPyConnection,
    plans: Sequence[FilePlan],
    *,
    stage: Stage,
    folder: Path,
) -> None:
    """Write the staged records with the number of the part that each belongs to.

    All records of an id, whatever its letter case and blanks around, get one number;
    those without an id are scattered.
    """
    (folder / "spread").mkdir()
    columns = ", ".join([*map(quoted_name, stage.columns), *BOOKKEEPING])
    for plan in plans:
        words = [(word,) for word in empty_words("request_id", read=plan.file.options)]
        put_table(database, "no_id", words, _WORDS)
        row = "source_file || ':' || source_row"
        bucket = f"hash(lower({row}))"
        if not plan.reading.ids_are_rows:
            none = "is_blank(request_id) OR request_id IN (SELECT word FROM no_id)"
            bucket = (
                f"CASE WHEN coalesce({none}, true) THEN hash({row}) "
                "ELSE hash(lower(trim(request_id))) END"
            )
        path = folder / "spread" / f"part-{plan.reading.number:05d}.parquet"
        # Spark has no unsigned numbers.
        run(
            database,
            f"COPY (SELECT {columns}, ({bucket} >> 1)::BIGINT AS bucket FROM "
            f"({stage.select_file(plan.file.name)})) TO {quote_text(str(path))} "
            "(FORMAT parquet, COMPRESSION snappy)",
        )


def _gather(
    database: duckdb.DuckDBPyConnection, stage: Stage, *, work: Path, kept: Path
) -> Fates:
    """Put the committed rows into their files, and hold them against the account."""
    files = sorted((work / "judged").glob("part-*.parquet"))
    paths = ", ".join(quote_text(str(path)) for path in files)
    judged = f"SELECT * FROM read_parquet([{paths}])"
    accounts = f"SELECT account FROM ({judged}) WHERE fate = '{ACCOUNT}'"
    fates = add_accounts([account for (account,) in run(database, accounts)])
    _check_rows(database, judged, fates)
    clean = ", ".join([*COLUMN_NAMES, *DERIVED])
    with RequestsWriter(kept / REQUESTS) as writer:
        for rows in read_batches(
            database, f"SELECT {clean} FROM ({judged}) WHERE fate = 'clean'"
        ):
            writer.add(rows)
    begin_phase("writing what was set aside")
    write_outputs(
        database,
        typed=f"SELECT * FROM ({judged}) WHERE fate = 'quarantined'",
        ranked=f"SELECT * FROM ({judged}) WHERE fate IN ('superseded', {_DUPLICATES})",
        staged=stage.columns,
        folder=kept,
    )
    return fates


def _check_rows(database: duckdb.DuckDBPyConnection, judged: str, fates: Fates) -> None:
    """See that the rows are those that the workers counted."""
    query = (
        "SELECT source_file, count(*) FILTER (fate = 'clean'), "
        "count(*) FILTER (fate = 'superseded'), "
        f"count(*) FILTER (fate IN ('quarantined', {_DUPLICATES})) "
        f"FROM ({judged}) WHERE fate <> '{ACCOUNT}' GROUP BY ALL"
    )
    found = {name: tuple(n) for name, *n in run(database, query)}
    counted = {
        name: (one.clean, one.superseded, sum(one.by_reason.values()))
        for name, one in fates.counts.items()
    }
    for name in sorted(found.keys() | counted.keys()):
        came, said = found.get(name, (0, 0, 0)), counted.get(name, (0, 0, 0))
        if came != said:
            raise LedgerError(
                f"{name}: the workers counted {said[0]} clean + {said[1]} superseded + "
                f"{said[2]} quarantined records, but {came[0]} + {came[1]} + {came[2]} "
                "came back; the two must be equal; this is a bug, please report it"
            )
