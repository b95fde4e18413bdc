"""The one pass of the rules: records are typed and judged, their versions ranked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from disclosure_trends.logs.database import quote_text, read_batches, run
from disclosure_trends.logs.doubts import most_days
from disclosure_trends.logs.phases import begin_phase
from disclosure_trends.logs.plans import FilePlan
from disclosure_trends.logs.rules.lookups import empty_words, fill_lookups
from disclosure_trends.logs.rules.outputs import (
    PASSING,
    REQUESTS,
    FileCounts,
    count_outputs,
    write_outputs,
)
from disclosure_trends.logs.rules.repeats import find_repeated
from disclosure_trends.logs.rules.stored import stored_query
from disclosure_trends.logs.rules.typed import typed_query
from disclosure_trends.logs.rules.versions import ranked_query
from disclosure_trends.logs.split import Marks, RequestsWriter, split_typed
from disclosure_trends.logs.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the pass leaves beside the clean rows.

    Attributes
    ----------
    typed : str
        SQL query of the typed records that were not usable as they stood.
    ranked : str
        SQL query of those of repeated ids, with their fate.
    usable : mapping of str to Counter
        Marks of the records that were usable as they stood, by ``source_file``.
    simulated : bool
        Whether any id is of a simulated request.
    """

    typed: str
    ranked: str
    usable: Mapping[str, Marks]
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """What became of all records of a log.

    Attributes
    ----------
    counts : mapping of str to FileCounts
        By ``source_file``.
    simulated : bool
        Whether any id is of a simulated request.
    most_days : tuple of (int, int)
        Days and records of the id that stands on the most days.
    """

    counts: Mapping[str, FileCounts]
    simulated: bool
    most_days: tuple[int, int]


def clean_here(
    database: duckdb.DuckDBPyConnection,
    plans: Sequence[FilePlan],
    *,
    stage: Stage,
    work: Path,
    kept: Path,
    as_of: date,
) -> Fates:
    """Judge all records of a log in this process, and write its three files.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where, with the macros of the rules.
    plans : sequence of FilePlan
        How every file is read.
    stage : Stage
        The staged records.
    work, kept : pathlib.Path
        For what lies between; for the files of the cleaned log.
    as_of : datetime.date
        Last day that is known of.

    Returns
    -------
    Fates
        What became of them.
    """
    judged = judge_records(
        database,
        plans,
        stage=stage.select(),
        rows_of=stage.select_file,
        records=stage.records,
        folder=work,
        requests=kept / REQUESTS,
        as_of=as_of,
    )
    typed, ranked = judged.typed, judged.ranked
    begin_phase("writing what was set aside")
    write_outputs(
        database, typed=typed, ranked=ranked, staged=stage.columns, folder=kept
    )
    counts = count_outputs(database, typed=typed, ranked=ranked, usable=judged.usable)
    return Fates(
        counts=counts,
        simulated=judged.simulated,
        most_days=most_days(database, ranked),
    )


def judge_records(
    database: duckdb.DuckDBPyConnection,
    plans: Sequence[FilePlan],
    *,
    stage: str,
    rows_of: Callable[[str], str],
    records: int,
    folder: Path,
    requests: Path,
    as_of: date,
    absent: Collection[str] = (),
) -> Judged:
    """Judge staged records and write the clean ones.

    All versions of an id must be among them: then the records of a log may be judged
    together or in any number of parts.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where, with the macros of the rules.
    plans : sequence of FilePlan
        How every file of the log is read.
    stage : str
        SQL query of the staged records.
    rows_of : callable
        From ``source_file`` to the SQL query of those of one file: a scan of all parts
        for each of many files would cost the square of their number.
    records : int
        About how many.
    folder : pathlib.Path
        For what lies between.
    requests : pathlib.Path
        Parquet file for the clean rows.
    as_of : datetime.date
        Last day that is known of.
    absent : collection of str
        Files that have none of these records.

    Returns
    -------
    Judged
        The others, and what to know of all of them.
    """
    begin_phase("looking for repeated ids")
    ids = _ids(stage, plans)
    simulated = find_repeated(database, ids, records=records, folder=folder)
    begin_phase(f"judging {records:,} records")
    with RequestsWriter(requests) as writer:
        typed, usable = _judge(
            database,
            [plan for plan in plans if plan.file.name not in absent],
            writer,
            rows_of=rows_of,
            folder=folder,
            as_of=as_of,
        )
        begin_phase("ranking the versions of repeated ids")
        ranked = _rank(database, typed, plans, folder=folder)
        for rows in read_batches(
            database, f"SELECT * FROM ({ranked}) WHERE fate = 'clean'"
        ):
            writer.add(rows)
    return Judged(typed=typed, ranked=ranked, usable=usable, simulated=simulated)


def _ids(stage: str, plans: Sequence[FilePlan]) -> str:
    if not any("request_id" in plan.reading.staged for plan in plans):
        return "SELECT NULL::VARCHAR AS request_id WHERE false"
    # As the rules do: what is declared to mean none is it letter by letter.
    none = "".join(
        f" AND NOT (source_file = {quote_text(plan.file.name)} AND "
        f"request_id IN ({', '.join(map(quote_text, words))}))"
        for plan in plans
        if (words := empty_words("request_id", read=plan.file.options))
    )
    return (
        f"SELECT request_id FROM ({stage}) "
        f"WHERE structural IS NULL AND request_id <> ''{none}"
    )


def _judge(
    database: duckdb.DuckDBPyConnection,
    plans: Sequence[FilePlan],
    writer: RequestsWriter,
    *,
    rows_of: Callable[[str], str],
    folder: Path,
    as_of: date,
) -> tuple[str, dict[str, Marks]]:
    """Type and judge every file, and write what is usable.

    Return the query of all other records, and the marks of the usable ones by file.
    """
    parts, usable = [], {}
    for plan in plans:
        fill_lookups(
            database,
            spellings=plan.spellings,
            reading=plan.reading,
            read=plan.file.options,
            as_of=as_of,
        )
        beside = folder / f"typed-{plan.reading.number:05d}.parquet"
        name = plan.file.name
        query = typed_query(rows_of(name), reading=plan.reading)
        records = read_batches(database, query)
        usable[name] = split_typed(
            records, writer, name=name, beside=beside, total=plan.file.records
        )
        parts.append(stored_query(quote_text(str(beside)), reading=plan.reading))
    return " UNION ALL ".join(parts), usable


def _rank(
    database: duckdb.DuckDBPyConnection,
    typed: str,
    plans: Sequence[FilePlan],
    *,
    folder: Path,
) -> str:
    """Decide between the versions of each id; return the query of them."""
    readings = [plan.reading for plan in plans]
    query = ranked_query(
        typed,
        end_us=readings[0].end_us,
        account_files=tuple(r.number for r in readings if r.rows_are_accounts),
        later_file_wins=any(plan.file.options.later_file_wins for plan in plans),
    )
    path = quote_text(str(folder / "ranked.parquet"))
    run(database, f"COPY ({query}) TO {path} {PASSING}")
    return f"SELECT * FROM read_parquet([{path}])"
