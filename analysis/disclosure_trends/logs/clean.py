"""Cleans a request log: every record ends as clean, superseded or quarantined."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Final, Literal, get_args

import duckdb
import pandas as pd

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.logs.cleaned import (
    CleanedLog,
    PrivateFolder,
    mapping_frame,
    write_ledger,
)
from disclosure_trends.logs.database import (
    check_resources,
    open_database,
    quote_text,
    read_batches,
    run,
)
from disclosure_trends.logs.doubts import check_placeholder, count_resent
from disclosure_trends.logs.folders import check_target, move_into
from disclosure_trends.logs.ledger import FileTally, Ledger
from disclosure_trends.logs.memory import within_memory
from disclosure_trends.logs.options import ReadOptions, refuse_blanks
from disclosure_trends.logs.rules.gate import check_ledger
from disclosure_trends.logs.rules.lookups import Spellings, fill_lookups, map_survey
from disclosure_trends.logs.rules.outputs import (
    PASSING,
    REQUESTS,
    FileCounts,
    count_outputs,
    write_outputs,
)
from disclosure_trends.logs.rules.plan import plan_reading, refuse_unknown_values
from disclosure_trends.logs.rules.reading import Reading
from disclosure_trends.logs.rules.repeats import find_repeated
from disclosure_trends.logs.rules.stored import stored_query
from disclosure_trends.logs.rules.survey import (
    Survey,
    decide_date_orders,
    describe_order,
    survey_file,
)
from disclosure_trends.logs.rules.typed import macro_statements, typed_query
from disclosure_trends.logs.rules.versions import ranked_query
from disclosure_trends.logs.shown import shown
from disclosure_trends.logs.sources import Read, Source, stage_source
from disclosure_trends.logs.split import Marks, RequestsWriter, split_typed
from disclosure_trends.logs.stage import Stage, StagedFile
from disclosure_trends.vocabulary.columns import COLUMN_NAMES, columns_of
from disclosure_trends.vocabulary.periods import parse_as_of

Engine = Literal["duckdb", "spark"]
_AS_IT_COMES: Final = ReadOptions()
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """One file: what was found in it, and how it is read."""

    file: StagedFile
    rows: str
    survey: Survey
    reading: Reading
    spellings: Spellings


def clean_requests(
    source: Source,
    *,
    as_of: str | date,
    out: str | PathLike[str] | None = None,
    read: Read = _AS_IT_COMES,
    engine: Engine = "duckdb",
    memory: str = "1GB",
    threads: int | None = None,
) -> CleanedLog:
    """Clean a request log and account for every record of it.

    Parameters
    ----------
    source : path, sequence of paths, DataFrame, Arrow table or reader, DatabaseQuery
        The log. The name of an existing file is that file; only otherwise is it a
        pattern.
    as_of : str or datetime.date
        Last day, inclusive, of which the result knows: ``"2024-12-31"``. Requests
        received later are set aside; what was decided later is still open.
    out : str or path, optional
        Folder for ``requests.parquet``, ``quarantine.parquet``,
        ``superseded.parquet`` and ``ledger.json``; a cleaned log there is replaced.
        Without it the rows live as long as the result.
    read : ReadOptions or mapping of str to ReadOptions
        What the files cannot prove, for all of them or by file name.
    engine : {"duckdb", "spark"}
        Where the rules run. Spark is for logs that no one machine holds; below that
        it only costs more.
    memory : str
        Limit of the engine's buffers.
    threads : int, optional
        Threads; all cores by default.

    Returns
    -------
    CleanedLog
        Also where much was set aside: then a check says so.

    Raises
    ------
    RequestLogError
        A file cannot be trusted as it stands; the message says what to declare.
    SettingsError
        An option is unknown, mistyped or does not fit.
    OutputError
        `out` cannot be written.
    InputChangedError
        A file changed while it was read.
    """
    day = parse_as_of(as_of)
    _check_settings(read, engine=engine, memory=memory, threads=threads)
    target = None if out is None else check_target(out)
    work, kept = PrivateFolder(), PrivateFolder()
    try:
        _LOGGER.info("reading")
        stage = stage_source(source, read=read, folder=work.path)
        with (
            within_memory(memory),
            open_database(
                work.path, memory=memory, threads=threads, write_to=(kept.path,)
            ) as database,
        ):
            log = _clean_stage(database, stage, work=work.path, kept=kept, as_of=day)
        write_ledger(log, kept.path)
    finally:
        work.remove()
    if target is None:
        return log
    move_into(kept.path, target)
    kept.remove()
    return log.moved(target)


def _check_settings(
    read: Read, *, engine: str, memory: str, threads: int | None
) -> None:
    if engine not in get_args(Engine):
        raise SettingsError(
            f"engine: got {engine!r}; it is 'duckdb' or 'spark'"
            f"{nearest(str(engine), get_args(Engine))}"
        )
    if engine == "spark":
        raise SettingsError(
            "engine: 'spark' is not available in this version; it is 'duckdb'; "
            "leave engine out"
        )
    check_resources(memory=memory, threads=threads)
    options = {"the log": read} if isinstance(read, ReadOptions) else read
    for where, one in options.items():
        refuse_blanks(one, where=f"options of {where}")
        refuse_unknown_values(one, where=where)


def _clean_stage(
    database: duckdb.DuckDBPyConnection,
    stage: Stage,
    *,
    work: Path,
    kept: PrivateFolder,
    as_of: date,
) -> CleanedLog:
    """Survey, map, judge, rank, account: the method in its order."""
    for statement in macro_statements():
        run(database, statement)
    plans = [
        _plan(database, stage, number, as_of) for number in range(len(stage.files))
    ]
    _LOGGER.info("looking for repeated ids")
    simulated = find_repeated(database, _ids(stage), records=stage.records, folder=work)
    _LOGGER.info("judging %d records", stage.records)
    with RequestsWriter(kept.path / REQUESTS) as writer:
        typed, usable = _judge(database, plans, writer, folder=work, as_of=as_of)
        _LOGGER.info("ranking the versions of repeated ids")
        ranked = _rank(database, typed, plans, folder=work)
        for rows in read_batches(
            database, f"SELECT * FROM ({ranked}) WHERE fate = 'clean'"
        ):
            writer.add(rows)
    _LOGGER.info("writing what was set aside")
    write_outputs(
        database,
        typed=typed,
        ranked=ranked,
        staged=stage.columns,
        folder=kept.path,
    )
    counts = count_outputs(database, typed=typed, ranked=ranked, usable=usable)
    no_ids = [plan.file.name for plan in plans if plan.reading.ids_are_rows]
    resent = count_resent(database, kept.path / REQUESTS, ignored=no_ids)
    for name, n in resent.items():
        counts[name].warn("possible_duplicate", n)
    tallies = [_tally(plan, counts.get(plan.file.name, FileCounts())) for plan in plans]
    ledger = Ledger.of(tallies)
    return CleanedLog(
        folder=kept.path,
        as_of=as_of,
        evidence="simulated" if simulated else "log",
        ledger=ledger,
        spellings=_mapping(plans),
        not_recorded=_never_recorded(plans),
        checks=check_ledger(ledger) + check_placeholder(database, ranked),
        keeper=kept,
    )


def _plan(
    database: duckdb.DuckDBPyConnection, stage: Stage, number: int, as_of: date
) -> _Plan:
    """Look at one file once, and decide how it is read."""
    file = stage.files[number]
    read = file.options
    name = quote_text(file.name)
    rows = f"SELECT * FROM ({stage.select()}) WHERE source_file = {name}"
    columns = tuple(column for column in stage.columns if column in file.columns)
    words = tuple(c for c in read.terms if c in columns_of("text"))
    survey = survey_file(database, rows, columns=columns, terms=words)
    reading = plan_reading(
        columns,
        staged=stage.columns,
        name=file.name,
        number=number,
        read=read,
        orders=decide_date_orders(survey, read=read, where=shown(file.name)),
        offset_only=frozenset(c for c, d in survey.dates.items() if not d.unmarked),
        as_of=as_of,
        unended=file.unended,
    )
    spellings = map_survey(survey, reading=reading, read=read)
    return _Plan(
        file=file, rows=rows, survey=survey, reading=reading, spellings=spellings
    )


def _ids(stage: Stage) -> str:
    if "request_id" not in stage.columns:
        return "SELECT NULL::VARCHAR AS request_id WHERE false"
    return (
        f"SELECT request_id FROM ({stage.select()}) "
        "WHERE structural IS NULL AND request_id <> ''"
    )


def _judge(
    database: duckdb.DuckDBPyConnection,
    plans: Sequence[_Plan],
    writer: RequestsWriter,
    *,
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
        records = read_batches(database, typed_query(plan.rows, reading=plan.reading))
        usable[name] = split_typed(records, writer, name=name, beside=beside)
        parts.append(stored_query(quote_text(str(beside)), reading=plan.reading))
    return " UNION ALL ".join(parts), usable


def _rank(
    database: duckdb.DuckDBPyConnection,
    typed: str,
    plans: Sequence[_Plan],
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


def _tally(plan: _Plan, counts: FileCounts) -> FileTally:
    """Account for one file."""
    file, read = plan.file, plan.file.options
    return FileTally(
        name=file.name,
        sha256=file.sha256,
        format=file.format,
        size=file.size,
        encoding=file.encoding,
        delimiter=file.delimiter,
        sheet=file.sheet,
        skipped_preamble=[list(line) for line in file.skipped_preamble],
        blank_lines=file.blank_lines,
        source_warnings=dict(file.warnings),
        records=file.records,
        clean=counts.clean,
        superseded=counts.superseded,
        quarantined=sum(counts.by_reason.values()),
        by_reason=counts.by_reason,
        only_future=counts.only_future,
        repairs=counts.repairs,
        warnings=counts.warnings,
        naive=counts.naive,
        zone_assumed=read.source_timezone or "UTC",
        date_orders={
            column: describe_order(
                "dmy" if order == "dmy" else "mdy",
                plan.survey.dates[column],
                declared=read.date_order is not None,
            )
            for column, order in plan.reading.orders.items()
            if plan.survey.dates[column].slashed
        },
        declared=_declared(read),
        not_recorded=[c for c in COLUMN_NAMES if not _records(plan.reading, c)],
        max_quarantine_share=read.max_quarantine_share,
    )


def _records(reading: Reading, column: str) -> bool:
    by_row = column == "accounts_requested" and reading.rows_are_accounts
    return (
        by_row
        or reading.has(column)
        or (column == "request_id" and reading.ids_are_rows)
    )


def _never_recorded(plans: Sequence[_Plan]) -> frozenset[str]:
    return frozenset(
        column
        for column in COLUMN_NAMES
        if not any(_records(plan.reading, column) for plan in plans)
    )


def _declared(read: ReadOptions) -> dict[str, object]:
    """Say what was declared, in words that JSON can hold."""
    said = {f.name: getattr(read, f.name) for f in fields(read)}
    return {
        name: _plain(value)
        for name, value in said.items()
        if value != getattr(_AS_IT_COMES, name)
    }


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool) else repr(value)


def _mapping(plans: Sequence[_Plan]) -> pd.DataFrame:
    """Report every spelling that was looked up, and what it was taken for."""
    seen: dict[tuple[str, str, str | None], int] = {}
    for plan in plans:
        for column, mapped in plan.spellings.items():
            found = plan.survey.spellings.get(column, {})
            for spelling, meaning in mapped.items():
                number = None if meaning.number is None else str(meaning.number)
                key = (column, spelling, meaning.value or number)
                n = found.get(spelling, plan.survey.rows)
                seen[key] = seen.get(key, 0) + n
    order = {column: n for n, column in enumerate(COLUMN_NAMES)}
    rows = [(*key, n) for key, n in seen.items()]
    rows.sort(key=lambda row: (order[row[0]], -row[3], row[1], row[2] or ""))
    return mapping_frame(rows)
