"""Cleans a request log: every record ends as clean, superseded or quarantined."""

from collections.abc import Callable
from datetime import date
from functools import partial
from os import PathLike
from typing import Final, Literal, get_args

import duckdb

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.logs.accounts import (
    account_for,
    never_recorded,
    report_mapping,
)
from disclosure_trends.logs.cleaned import CleanedLog, PrivateFolder, write_ledger
from disclosure_trends.logs.database import check_resources, open_database, run
from disclosure_trends.logs.doubts import check_placeholder, count_resent
from disclosure_trends.logs.folders import check_target, move_into
from disclosure_trends.logs.judging import Fates, clean_here
from disclosure_trends.logs.memory import within_memory
from disclosure_trends.logs.options import ReadOptions, refuse_blanks
from disclosure_trends.logs.phases import begin_phase, in_phases, note_phase
from disclosure_trends.logs.plans import no_ids, plan_files
from disclosure_trends.logs.rules.gate import check_ledger
from disclosure_trends.logs.rules.outputs import REQUESTS
from disclosure_trends.logs.rules.plan import refuse_unknown_values
from disclosure_trends.logs.rules.typed import macro_statements
from disclosure_trends.logs.sources import Read, Source, stage_source
from disclosure_trends.logs.stage import Stage
from disclosure_trends.vocabulary.periods import parse_as_of

Engine = Literal["duckdb", "spark"]
_AS_IT_COMES: Final = ReadOptions()


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
        Where the rules run. ``spark`` (``pip install 'disclosure-trends[spark]'``, and
        Java) is for logs that no one machine holds; below that it only costs more. It
        runs in the session that is active or that ``spark-submit`` started, else on
        this machine.
    memory : str
        Limit of the engine's buffers; on Spark, of those of each worker.
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
    DisclosureTrendsError
        Spark failed.
    """
    day = parse_as_of(as_of)
    _check_settings(read, engine=engine, memory=memory, threads=threads)
    target = None if out is None else check_target(out)
    work, kept = PrivateFolder(), PrivateFolder()
    judge: Callable[..., Fates] = clean_here
    if engine == "spark":
        from disclosure_trends.logs.spark import clean_on_spark

        judge = partial(clean_on_spark, memory=memory, threads=threads)
    judge = partial(judge, work=work.path, kept=kept.path, as_of=day)
    try:
        with in_phases():
            begin_phase("reading")
            stage = stage_source(source, read=read, folder=work.path)
            note_phase(f"{stage.records:,} records")
            with (
                within_memory(memory),
                open_database(
                    work.path, memory=memory, threads=threads, write_to=(kept.path,)
                ) as database,
            ):
                log = _clean_stage(database, stage, judge=judge, kept=kept, as_of=day)
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
        from disclosure_trends.logs.spark import check_spark

        check_spark()
    check_resources(memory=memory, threads=threads)
    options = {"the log": read} if isinstance(read, ReadOptions) else read
    for where, one in options.items():
        refuse_blanks(one, where=f"options of {where}")
        refuse_unknown_values(one, where=where)


def _clean_stage(
    database: duckdb.DuckDBPyConnection,
    stage: Stage,
    *,
    judge: Callable[..., Fates],
    kept: PrivateFolder,
    as_of: date,
) -> CleanedLog:
    """Survey, map, judge, rank, account: the method in its order."""
    for statement in macro_statements():
        run(database, statement)
    begin_phase("looking at spellings and dates")
    plans = plan_files(database, stage, as_of=as_of)
    fates = judge(database, plans, stage=stage)
    begin_phase("looking for requests that were sent again")
    resent = count_resent(database, kept.path / REQUESTS, ignored=no_ids(plans))
    for name, n in resent.items():
        fates.counts[name].warn("possible_duplicate", n)
    ledger = account_for(plans, fates.counts)
    return CleanedLog(
        folder=kept.path,
        as_of=as_of,
        evidence="simulated" if fates.simulated else "log",
        ledger=ledger,
        spellings=report_mapping(plans),
        not_recorded=never_recorded(plans),
        checks=check_ledger(ledger) + check_placeholder(*fates.most_days),
        keeper=kept,
    )
