"""Doubts about ids: a request sent again under a new one, one id for many requests."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from disclosure_trends.display.numbers import count
from disclosure_trends.logs.database import quote_text, run
from disclosure_trends.results import Check
from disclosure_trends.vocabulary.columns import COLUMNS

MINUTES: Final = 10
"""Requests of the same content that came in as close together may be one request."""

_MANY_DAYS: Final = 5
_BATCH: Final = 500_000
_DAY: Final = 86_400_000_000
# A key holds a content above and a minute (of 31 years) below: sorted once, equal
# contents lie together in the order of their receipt.
_MINUTE_BITS: Final = 24


def count_resent(
    database: duckdb.DuckDBPyConnection, requests: Path, *, ignored: Collection[str]
) -> Mapping[str, int]:
    """Count clean requests that another one equals in all but its id and its times.

    Both are kept: only somebody who knows them can say whether they are one. Requests
    of which only the day of receipt is known are left out, and so are ids that differ
    in nothing but letter case or blanks, which carry this warning already.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where.
    requests : pathlib.Path
        Parquet file of the clean rows.
    ignored : collection of str
        Files of which the rows have no ids of their own.

    Returns
    -------
    mapping of str to int
        By ``source_file``; files without such requests are not in it.
    """
    names = ", ".join(quote_text(name) for name in ignored) or "''"
    rows = (
        f"SELECT {_key()} AS key, request_id, source_file FROM "
        f"read_parquet([{quote_text(str(requests))}]) WHERE source_file NOT IN "
        f"({names}) AND epoch_us(received_at) % {_DAY} <> 0"
    )
    found = _close_keys(database, f"SELECT key FROM ({rows})")
    if not len(found):
        return {}
    database.register("incoming", pa.table({"key": found}))
    alone = (
        "SELECT source_file, count(*) OVER (PARTITION BY lower(trim(request_id))) AS n "
        f"FROM ({rows}) WHERE key IN (SELECT key FROM incoming)"
    )
    query = f"SELECT source_file, count(*) FROM ({alone}) WHERE n = 1 GROUP BY ALL"
    counts = dict(run(database, query))
    database.unregister("incoming")
    return counts


def _key() -> str:
    content = ", ".join(
        c.name
        for c in COLUMNS
        if c.group in ("reported", "free text") and c.kind != "instant"
    )
    minute = f"(epoch_us(received_at) // 60000000) & {(1 << _MINUTE_BITS) - 1}"
    return (
        f"((hash({content}) >> {_MINUTE_BITS}) << {_MINUTE_BITS}) | ({minute})::UBIGINT"
    )


def _close_keys(database: duckdb.DuckDBPyConnection, keys: str) -> NDArray[np.uint64]:
    """Return the keys that lie within minutes of another one of their content."""
    reader = database.sql(keys).to_arrow_reader(_BATCH)
    batches = [batch.column(0).to_numpy() for batch in reader]
    if not batches:
        return np.empty(0, np.uint64)
    found = np.concatenate(batches)
    del batches
    found.sort()
    # Neighbours of one content differ by their minutes alone. Piece by piece: the
    # differences of all would take as much memory again.
    near = []
    for start in range(0, len(found), _BATCH):
        piece = found[start : start + _BATCH + 1]
        close = np.diff(piece) <= MINUTES
        near += [piece[1:][close], piece[:-1][close]]
    return np.unique(np.concatenate(near))


def most_days(database: duckdb.DuckDBPyConnection, ranked: str) -> tuple[int, int]:
    """Find the id that stands on records of the most days.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where.
    ranked : str
        SQL query of the usable records of repeated ids.

    Returns
    -------
    tuple of (int, int)
        Its days of receipt and its records; zeros where no id occurs again.
    """
    query = (
        f"SELECT count(DISTINCT received_at // {_DAY}) AS days, count(*) AS n FROM "
        f"({ranked}) GROUP BY request_id ORDER BY days DESC, n DESC LIMIT 1"
    )
    rows = run(database, query)
    return (rows[0][0], rows[0][1]) if rows else (0, 0)


def check_placeholder(days: int, n: int) -> tuple[Check, ...]:
    """Say where one id stands for so many days that it can hardly be one request.

    Parameters
    ----------
    days, n : int
        What `most_days` found.

    Returns
    -------
    tuple of Check
        One, or none.
    """
    if days < _MANY_DAYS:
        return ()
    text = (
        f"One request_id stands on {count(n)} records received on {count(days)} "
        "different days. If it means that there is none, declare it: "
        'empty={"request_id": (...)}.'
    )
    return (Check(name="placeholder_id", passed=None, text=text),)
