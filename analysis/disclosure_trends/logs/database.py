"""One locked DuckDB: bounded memory, UTC, no network, no folder but its own."""

import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from disclosure_trends.errors import SettingsError

_BATCH_ROWS = 122_880
_SIZE = re.compile(r"\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)", re.IGNORECASE)


def open_database(
    folder: Path,
    *,
    memory: str = "1GB",
    threads: int | None = None,
    write_to: tuple[Path, ...] = (),
) -> duckdb.DuckDBPyConnection:
    """Open an in-memory database that can touch one folder of our own making.

    Parameters
    ----------
    folder : pathlib.Path
        Where it may read, write and spill.
    memory : str
        Limit of its buffers, as ``"1GB"``; reads and code take up to 200 MB more.
    threads : int, optional
        Threads; all cores by default.
    write_to : tuple of pathlib.Path
        Further folders that it may touch.

    Returns
    -------
    duckdb.DuckDBPyConnection
        The connection; its configuration can no longer be changed.

    Raises
    ------
    SettingsError
        If `memory` or `threads` cannot be understood.
    """
    check_resources(memory=memory, threads=threads)
    connection = duckdb.connect(":memory:")
    allowed = ", ".join(quote_text(f"{place}/") for place in (folder, *write_to))
    settings = [
        "SET TimeZone='UTC'",
        f"SET memory_limit={quote_text(memory)}",
        "SET preserve_insertion_order=false",
        f"SET temp_directory={quote_text(str(folder / 'spill'))}",
        "SET autoinstall_known_extensions=false",
        "SET autoload_known_extensions=false",
        f"SET allowed_directories=[{allowed}]",
        "SET enable_progress_bar=false",
        "SET enable_external_access=false",
        "SET lock_configuration=true",
    ]
    if threads is not None:
        settings.insert(0, f"SET threads={threads}")
    for setting in settings:
        run(connection, setting)
    return connection


def check_resources(*, memory: str, threads: int | None) -> None:
    """Refuse a memory limit or a number of threads that cannot be understood.

    Parameters
    ----------
    memory : str
        As ``"1GB"``.
    threads : int or None
        None for all cores.

    Raises
    ------
    SettingsError
        Naming what was found and what is allowed.
    """
    if not _SIZE.fullmatch(memory.strip()):
        raise SettingsError(
            f"memory: got {memory!r}; it takes a size with its unit, as '1GB'"
        )
    if threads is not None and threads < 1:
        raise SettingsError(f"threads: got {threads!r}; it takes 1 or more, or None")


def quote_text(text: str) -> str:
    """Write a text as an SQL literal.

    Parameters
    ----------
    text : str
        Any text without NUL.

    Returns
    -------
    str
        In single quotes, quotes doubled.
    """
    return "'" + text.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """Write a name as an SQL identifier.

    Parameters
    ----------
    name : str
        Any name.

    Returns
    -------
    str
        In double quotes, quotes doubled.
    """
    return '"' + name.replace('"', '""') + '"'


def run(database: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """Run one statement to its end.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where. A result that is not drained would block it (DuckDB 2.0).
    query : str
        One SQL statement.

    Returns
    -------
    list of tuple
        Its rows.
    """
    return database.execute(query).fetchall()


def read_batches(
    database: duckdb.DuckDBPyConnection, query: str
) -> pa.RecordBatchReader:
    """Run one query and hand its rows out as they come.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where. It is busy until the reader is drained.
    query : str
        One SQL query.

    Returns
    -------
    pyarrow.RecordBatchReader
        Batches of up to 122,880 rows.
    """
    return database.sql(query).to_arrow_reader(_BATCH_ROWS)
