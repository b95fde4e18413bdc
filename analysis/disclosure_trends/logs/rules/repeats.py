"""Which ids occur more than once, found in one scan of the ids alone."""

from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

from disclosure_trends.logs.database import quote_text, run
from disclosure_trends.logs.memory import check_versions

_BUCKET: Final = 12_000_000
_BATCH: Final = 500_000
SIMULATED_PREFIX: Final = "SIM-"


def find_repeated(
    database: duckdb.DuckDBPyConnection, ids: str, *, records: int, folder: Path
) -> bool:
    """Fill the table ``repeated`` with the hashes of ids that occur twice or more.

    Letter case and blanks around are ignored, so that ids which differ only in them
    are seen too. Two ids of one hash do no harm: the ranking compares the ids.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where.
    ids : str
        SQL query that yields ``request_id`` of every record that has one.
    records : int
        About how many; decides whether one pass of memory is enough.
    folder : pathlib.Path
        For the hashes of a log that is too large for one pass.

    Returns
    -------
    bool
        Whether any id is of a simulated request.

    Raises
    ------
    RequestLogError
        If one id stands on more records than can be ranked in the memory given.
    """
    hashed = f"SELECT hash(lower(trim(request_id))) AS h, request_id FROM ({ids})"
    simulated = f"count(*) FILTER (starts_with(request_id, '{SIMULATED_PREFIX}'))"
    buckets = records // _BUCKET + 1
    if buckets == 1:
        source = hashed
    else:
        path = quote_text(str(folder / "ids.parquet"))
        marked = f"SELECT h, starts_with(request_id, '{SIMULATED_PREFIX}') AS sim"
        run(database, f"COPY ({marked} FROM ({hashed})) TO {path} (FORMAT parquet)")
        source = f"SELECT h FROM read_parquet({path})"
    found = [_repeated(database, source, n, buckets) for n in range(buckets)]
    (memory,) = run(database, "SELECT current_setting('memory_limit')")[0]
    check_versions(max(most for _, most in found), memory=memory)
    table = pa.table(
        {"h": pa.array(np.concatenate([h for h, _ in found]), pa.uint64())}
    )
    database.register("incoming", table)
    run(database, "CREATE OR REPLACE TEMP TABLE repeated AS SELECT h FROM incoming")
    database.unregister("incoming")
    if buckets > 1:
        count = f"SELECT count(*) FILTER (sim) FROM read_parquet({path})"
    else:
        count = f"SELECT {simulated} FROM ({ids})"
    return bool(run(database, count)[0][0])


def _repeated(
    database: duckdb.DuckDBPyConnection, hashed: str, bucket: int, buckets: int
) -> "tuple[np.ndarray[tuple[int], np.dtype[np.uint64]], int]":
    """Return the hashes that occur again, and how often the commonest does."""
    chosen = f" WHERE h % {buckets} = {bucket}" if buckets > 1 else ""
    reader = database.sql(f"SELECT h FROM ({hashed}){chosen}").to_arrow_reader(_BATCH)
    batches = [batch.column(0).to_numpy() for batch in reader]
    if not batches:
        return np.empty(0, np.uint64), 0
    hashes = np.concatenate(batches)
    del batches
    hashes.sort()
    again, counts = np.unique(hashes[1:][hashes[1:] == hashes[:-1]], return_counts=True)
    return again, int(counts.max(initial=-1)) + 1
